"""The filter language: text -> Query, a value that can be matched against any task."""

from __future__ import annotations

from tui.query.completion import Completion, complete
from tui.query.error import QueryError
from tui.query.query import EMPTY, Query, both, parse
from tui.query.sift import Batch
from tui.query.words import Kinds, Words

__all__ = ["EMPTY", "Batch", "Completion", "Kinds", "Query", "QueryError", "Words", "both", "complete", "parse"]
