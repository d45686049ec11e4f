"""JSON is what the standard library says it is, decoded in one go and in pieces."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tui import decoding
from tui.decoding import PIECE, decoded, in_pieces

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(JSON, st.booleans(), st.sampled_from(("utf-8", "utf-16", "utf-32")), st.sampled_from((None, 1)))
def test_json_is_what_the_standard_library_says_it_is(
    value: Any, plain: bool, charset: str, indent: int | None
) -> None:
    content = json.dumps(value, ensure_ascii=plain, indent=indent).encode(charset, "surrogatepass")
    known = repr((True, json.loads(content)))
    assert repr(decoded(content)) == repr(taken_apart(content)) == known


@given(st.binary(max_size=30) | st.text('{}[]",:0123456789eE+-.truefalsn\\u ', max_size=30).map(str.encode))
@example(b"NaN")
@example(b'{"a": -Infinity}')
@example(b'"\\ud800"')
@example(b"1e999")
@example(b'{"a": 1, "a": 2}')
@example(b"\xef\xbb\xbf{}")
@example(b'"\x01"')
@example(b"[" * 100_000)
def test_what_is_no_json_is_none(content: bytes) -> None:
    try:
        known: Any = (True, json.loads(content, parse_constant=int))  # int("NaN") is a ValueError
    except (ValueError, RecursionError):
        known = (False, None)
    assert repr(decoded(content)) == repr(taken_apart(content)) == repr(known)


def taken_apart(content: bytes, piece: int = 1) -> tuple[bool, Any]:
    """Decoded in pieces of a byte each."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(decoding, "PIECE", piece)
        return asyncio.run(in_pieces(content, a_turn))


async def a_turn() -> None:
    """Somebody else's."""


async def test_a_large_answer_leaves_turns_to_others_and_a_small_one_none() -> None:
    turns = 0

    async def turn() -> None:
        nonlocal turns
        turns += 1

    row = {"id": "x" * 100, "facts": [1, {"a": None}]}
    many = {"Response": {"TaskSet": [row] * 10_000, "RequestId": "r"}, "more": "y" * PIECE}
    content = json.dumps(many).encode()
    assert await in_pieces(content, turn) == (True, many)
    assert turns >= len(content) // PIECE
    turns = 0
    assert await in_pieces(json.dumps([row] * 9).encode(), turn) == (True, [row] * 9)
    assert turns == 0


async def test_what_is_deep_is_not_looked_through_at_each_level() -> None:
    looked = 0

    async def turn() -> None:
        nonlocal looked
        looked += 1

    content = b'{"a":' * 200 + b'"' + b"x" * PIECE + b'"' + b"}" * 200
    parsed, value = await in_pieces(content, turn)
    assert parsed
    assert value["a"]["a"]["a"]["a"]["a"].keys() == {"a"}
    assert looked == decoding.LEVELS
