"""The filter language: text -> Query, a value that can be matched against any task."""

from __future__ import annotations
