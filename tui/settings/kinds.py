"""The kinds of value a config holds: each knows how to be read, and describes itself for the JSON Schema.

They are plain floats, ints and texts to everybody else; pydantic asks them for their schema and is imported
only then, so that adapters can declare settings without its 110 ms.
"""

from __future__ import annotations

import math
import re
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar, Self

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
    from pydantic_core import CoreSchema

EVERYTHING = math.inf
"""`"all"` of `window` and `max_tasks`, `"off"` of `rate_share`: no limit of ours."""

_UNITS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86_400}
_LONGEST = 36_500 * 86_400  # a century: what a clock and a date can still be moved by
_DURATION = re.compile(r"([0-9]+(?:\.[0-9]+)?)(ms|s|m|h|d)")


def seconds(text: str) -> float:
    """`1h30m`, `15s`, `0.5s` as seconds. ValueError says what is missing."""
    end = total = 0.0
    for match in _DURATION.finditer(text):
        if match.start() != end:
            break
        total += float(match[1]) * _UNITS[match[2]]
        end = match.end()
    if not text or end != len(text):
        raise ValueError(
            f'a duration is a number with a unit (ms, s, m, h, d), such as "15s" or "24h", not {text[:40]!r}'
        )
    if total > _LONGEST:
        raise ValueError(f"{text[:40]} is too long: the most is 36500d")
    return total


class Kind(ABC):
    """A value that `tui.settings.reader` (and pydantic) reads by `parse`; `SCHEMA` describes it to pydantic."""

    SCHEMA: ClassVar[dict[str, Any]]

    @classmethod
    @abstractmethod
    def parse(cls, value: object) -> Self:
        """The value of a TOML value. ValueError says what is expected."""

    def toml(self) -> Any:
        """As it stands in a config: what the schema shows as a default."""
        return self

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        from pydantic_core import core_schema

        shown = core_schema.plain_serializer_function_ser_schema(cls.toml)
        return core_schema.no_info_plain_validator_function(cls.parse, serialization=shown)

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return dict(cls.SCHEMA)


class Seconds(Kind, float):
    """A duration of at least one second: intervals and time-outs."""

    SCHEMA: ClassVar[dict[str, Any]] = {
        "type": "string",
        "pattern": r"^(\d+(\.\d+)?(ms|s|m|h|d))+$",
        "examples": ["15s", "2m"],
    }

    @classmethod
    def parse(cls, value: object) -> Self:
        if not isinstance(value, str):
            raise ValueError(f'a duration is text with a unit, such as "15s", not {value!r}')
        found = seconds(value)
        if found < 1:
            raise ValueError(f"{value} is too short: the least is 1s")
        return cls(found)

    def toml(self) -> Any:
        return f"{self:g}s"


class Window(Kind, float):
    """How far back ended tasks are kept, in seconds; EVERYTHING for `"all"`."""

    SCHEMA: ClassVar[dict[str, Any]] = {
        "anyOf": [{"const": "all"}, {"type": "string", "pattern": r"^(\d+(\.\d+)?(ms|s|m|h|d))+$"}],
        "examples": ["24h", "7d", "all"],
    }

    @classmethod
    def parse(cls, value: object) -> Self:
        if value == "all":
            return cls(EVERYTHING)
        if not isinstance(value, str):
            raise ValueError(f'a window is a duration such as "24h", or "all", not {value!r}')
        return cls(seconds(value))

    def toml(self) -> Any:
        return "all" if math.isinf(self) else f"{self / 3600:g}h"


class Count(Kind, float):
    """A number of tasks, at least 1; EVERYTHING for `"all"`."""

    SCHEMA: ClassVar[dict[str, Any]] = {
        "anyOf": [{"const": "all"}, {"type": "integer", "minimum": 1}],
        "examples": [10000, "all"],
    }

    @classmethod
    def parse(cls, value: object) -> Self:
        if value == "all":
            return cls(EVERYTHING)
        if isinstance(value, bool) or not isinstance(value, int):
            raise ValueError(f'a whole number, or "all", not {value!r}')
        if not 1 <= value <= 2**53:
            raise ValueError(f"{str(value)[:40]} is too {'small: the least is 1' if value < 1 else 'large'}")
        return cls(value)

    def toml(self) -> Any:
        return "all" if math.isinf(self) else int(self)


class Share(Kind, float):
    """The share of a documented rate limit that we may use; EVERYTHING for `"off"`."""

    SCHEMA: ClassVar[dict[str, Any]] = {
        "anyOf": [{"const": "off"}, {"type": "number", "minimum": 0.05, "maximum": 1.0}]
    }

    @classmethod
    def parse(cls, value: object) -> Self:
        if value == "off":
            return cls(EVERYTHING)
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0.05 <= value <= 1:
            raise ValueError(f'a number from 0.05 to 1.0, or "off", not {value!r}')
        return cls(value)

    def toml(self) -> Any:
        return "off" if math.isinf(self) else float(self)


class SourceName(Kind, str):
    """The name of a source: the first part of a TASK, so without a slash."""

    SCHEMA: ClassVar[dict[str, Any]] = {"type": "string", "pattern": r"^[^/\s\x00-\x1f\x7f]+$", "examples": ["thumbs"]}

    @classmethod
    def parse(cls, value: object) -> Self:
        if not isinstance(value, str) or not value or not value.isprintable() or re.search(r"[/\s]", value):
            raise ValueError(f'a name of visible characters without blanks and "/", not {value!r}')
        return cls(value)


class Region(Kind, str):
    """A provider's region: it becomes part of a host name."""

    SCHEMA: ClassVar[dict[str, Any]] = {
        "type": "string",
        "pattern": "^[a-z0-9-]*$",
        "examples": ["cn-hangzhou", "ap-singapore"],
    }

    @classmethod
    def parse(cls, value: object) -> Self:
        if not isinstance(value, str) or not re.fullmatch("[a-z0-9-]*", value):
            raise ValueError(f'a region such as "cn-hangzhou" (small letters, digits, "-"), not {value!r}')
        return cls(value)


class Endpoint(Kind, str):
    """Scheme, host and port that replace a provider's own (rules in `tui.settings.endpoints`)."""

    SCHEMA: ClassVar[dict[str, Any]] = {"type": "string", "format": "uri", "pattern": "^https?://[^/?#@]+$"}

    @classmethod
    def parse(cls, value: object) -> Self:
        from tui.settings.endpoints import checked

        if not isinstance(value, str):
            raise ValueError(f'a URL such as "https://host.example", not {value!r}')
        return cls(checked(value))
