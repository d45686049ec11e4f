"""The line of a key, however the file is laid out."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.toml_lines import line_of

FILE = '''\
# a note with """ and [ in it
top = 1
[monitor]   # [not.a.table]
interval = "15s"
a.b . "c d" = 2

[network]
proxy = """[
line = 1
[not.a.table]
""" # a tail
ca_bundle = \'\'\'
"""
key = 2\'\'\'
timeout = 'it"s ['
[accounts."x]y # z"]
vendor = "\\"]"
list = [
  "a", # ]
  "]", [1,
  2],
]
after = { one = 1, two = [1, 2] }
[[sources]]
name = "a"
functions = [
  "x",
]
[sources.deep]
key = 1
[[sources]]

"name" = "b"
'region' = """\\""""""
last = 1
'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("top",), 2),
        (("monitor",), 3),
        (("monitor", "interval"), 4),
        (("monitor", "a", "b", "c d"), 5),
        (("network",), 7),
        (("network", "proxy"), 8),
        (("network", "line"), 7),
        (("network", "ca_bundle"), 12),
        (("network", "timeout"), 15),
        (("accounts", "x]y # z"), 16),
        (("accounts", "x]y # z", "vendor"), 17),
        (("accounts", "x]y # z", "list", 1), 18),
        (("accounts", "x]y # z", "after", "two"), 23),
        (("sources", 0), 24),
        (("sources", 0, "name"), 25),
        (("sources", 0, "functions", 0), 26),
        (("sources", 0, "deep", "key"), 30),
        (("sources", 1), 31),
        (("sources", 1, "missing"), 31),
        (("sources", 1, "name"), 33),
        (("sources", 1, "region"), 34),
        (("sources", 1, "last"), 35),
        (("nowhere", "at", "all"), 1),
    ],
)
def test_the_line_of_a_key_or_of_what_it_is_in(path: tuple[str | int, ...], line: int) -> None:
    tomllib.loads(FILE)
    assert line_of(FILE, path) == line


def test_windows_line_ends_count_once() -> None:
    assert line_of("a = 1\r\n[b]\r\nc = 2\r\n", ("b", "c")) == 3


def test_other_line_separators_are_no_lines_of_toml() -> None:
    assert line_of('a = "\u2028\x85"\nb = 1\n', ("b",)) == 2


keys = st.one_of(
    st.from_regex(r"\A[a-z0-9_-]{1,3}\Z"), st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=4)
)
strings = st.text(st.sampled_from("ab[]{}#='\"\\\n ,."), max_size=8)


def _quoted(text: str) -> str:
    """As a basic string."""
    for raw, escaped in (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n")):
        text = text.replace(raw, escaped)
    return f'"{text}"'


def _values(text: str) -> list[str]:
    """Ways to write a value that holds a text."""
    ways = [_quoted(text), f"[{_quoted(text)}, # ]\n {_quoted(text)}]", f"{{ k = {_quoted(text)} }}"]
    ways.append('"""' + _quoted(text)[1:-1].replace("\\n", "\n") + '"""')
    if "'" not in text:
        ways.append(f"'''{text}'''")
    return ways


@given(st.data())
def test_every_key_of_any_file_is_found_on_its_line(data: Any) -> None:
    lines: list[str] = []
    expected: dict[tuple[str | int, ...], int] = {}
    names = data.draw(st.lists(keys, min_size=1, max_size=4, unique=True))
    for at, name in enumerate(names):
        repeated = data.draw(st.integers(0, 2))
        for index in range(max(1, repeated)):
            header = f"[[{_quoted(name)}]]" if repeated else f"[ {_quoted(name)} ]"
            lines.append(header + data.draw(st.sampled_from(["", " # x", "# ] ["])))
            table = (name, index) if repeated else (name,)
            expected[table] = "\n".join(lines).count("\n") + 1
            for key in data.draw(st.lists(keys, max_size=3, unique=True)):
                lines.append(f"{_quoted(key)} = {data.draw(st.sampled_from(_values(data.draw(strings))))}")
                expected[(*table, key)] = "\n".join(lines).count("\n") + 1 - lines[-1].count("\n")
        assert at < len(names)
    text = "\n".join(lines)
    tomllib.loads(text)
    for path, line in expected.items():
        assert line_of(text, path) == line
