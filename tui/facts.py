"""Facts: what only one provider says of a task, as one value for all the tasks of which it says the same."""

from __future__ import annotations

from typing import Any

DEEP = 40  # lists and objects within each other: what json still reads is too deep to be compared, drawn or written


class Facts(dict[str, Any]):
    """Nobody may change them: many tasks have them. `line` is what they are as JSON, once somebody has made it.

    Of 10,000 rows of MPS there are eight different ones, and writing them took a fifth of writing a row.
    """

    __slots__ = ("line",)

    line: str | None

    def __init__(self, *facts: Any, **more: Any) -> None:
        super().__init__(*facts, **more)
        self.line = None


def shallow(value: object, left: int = DEEP) -> bool:
    """Whether what is nested can be compared, drawn and written wherever that happens."""
    if not isinstance(value, dict | list):
        return True
    inner = value.values() if isinstance(value, dict) else value
    return left > 0 and all(shallow(one, left - 1) for one in inner)
