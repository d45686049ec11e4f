"""The filter language: text -> Query, a value that can be matched against any task."""

from __future__ import annotations

from tui.query.completion import Completion, complete
from tui.query.error import QueryError
from tui.query.query import EMPTY, Query, both, parse

__all__ = ["EMPTY", "Completion", "Query", "QueryError", "both", "complete", "parse"]
