"""A TOML table as a frozen dataclass, after its type hints. Strict: a "yes" is no boolean, a 5 no text.

pydantic would read the same models (it writes their JSON Schema, and the tests hold the two against each other),
but importing it and building its validators costs 150 ms at every start: more than all else `list` does.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from tui.settings.kinds import Kind

T = TypeVar("T")
Reader = Callable[[Any], Any]


class Unfit(ValueError):
    """A table does not fit: `key` is the one that is wrong, "" where it is the table as a whole."""

    def __init__(self, key: str, reason: str) -> None:
        super().__init__(reason)
        self.key = key


def keys_of(model: type[Any]) -> tuple[str, ...]:
    """The keys that a model takes."""
    return tuple(one.name for one in dataclasses.fields(model))


def read(model: type[T], table: Mapping[str, Any]) -> T:
    """The table as a value of the model. Raises Unfit; unknown keys are the caller's to find."""
    found: dict[str, Any] = {}
    for name, needed, reader in _readers(model):  # type: ignore[arg-type]  # a class is hashable
        if name in table:
            try:
                found[name] = reader(table[name])
            except ValueError as error:
                raise Unfit(name, str(error)) from None
        elif needed:
            raise Unfit(name, "is needed")
    try:
        return model(**found)
    except ValueError as error:  # what __post_init__ knows better than types
        raise Unfit("", str(error)) from None


@cache
def _readers(model: Any) -> tuple[tuple[str, bool, Reader], ...]:
    hints = get_type_hints(model)
    return tuple(
        (one.name, one.default is one.default_factory is dataclasses.MISSING, _reader(hints[one.name]))
        for one in dataclasses.fields(model)
    )


def _reader(hint: Any) -> Reader:
    """How a hint is read. TypeError for one that no setting has yet: then it belongs here."""
    origin = get_origin(hint)
    if origin in (Union, UnionType):
        return _either([_reader(one) for one in get_args(hint) if one is not NoneType])
    if origin is Literal:
        return _one_of(get_args(hint))
    if origin is tuple:
        return _several(_reader(get_args(hint)[0]))
    if hint in (str, bool):
        return _exactly(hint)
    if isinstance(hint, type) and issubclass(hint, Kind):
        return hint.parse
    raise TypeError(f"no reader for {hint!r}")


def _exactly(kind: type) -> Reader:
    name = {str: "a text", bool: "true or false"}[kind]

    def read_one(value: Any) -> Any:
        if type(value) is not kind:
            raise ValueError(f"should be {name}, not {value!r}")
        return value

    return read_one


def _one_of(choices: tuple[Any, ...]) -> Reader:
    *most, last = [repr(one) for one in choices]
    names = f"{', '.join(most)} or {last}" if most else last

    def read_one(value: Any) -> Any:
        if value not in choices or type(value) is not type(choices[0]):
            raise ValueError(f"should be {names}, not {value!r}")
        return value

    return read_one


def _several(reader: Reader) -> Reader:
    def read_all(value: Any) -> Any:
        if not isinstance(value, list):
            raise ValueError(f"should be a list of texts, not {value!r}")
        return tuple(reader(one) for one in value)

    return read_all


def _either(readers: list[Reader]) -> Reader:
    if len(readers) == 1:
        return readers[0]

    def read_one(value: Any) -> Any:
        reasons = []
        for reader in readers:
            try:
                return reader(value)
            except ValueError as error:
                reasons.append(str(error).partition(", not ")[0].removeprefix("should be "))
        raise ValueError(f"should be {' or '.join(reasons)}, not {value!r}")

    return read_one
