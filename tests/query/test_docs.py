"""docs/filters.md is the page that the field table makes."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import pytest

from tests.query.samples import NOW, SOURCES, TASKS
from tui.query import parse
from tui.query.docs import HEAD, page
from tui.query.fields import NAMES

FILE = Path(__file__).parents[2] / "docs" / "filters.md"


def test_the_page_is_up_to_date() -> None:
    assert FILE.read_text(encoding="utf-8") == page(), "run: python -m tui.query.docs > docs/filters.md"


def test_it_names_every_field() -> None:
    assert all(f"`{name}`" in page() for name in NAMES)


@pytest.mark.parametrize("example", re.findall(r"^\| .* \| `([^`]+)`", HEAD, re.MULTILINE))
def test_its_examples_are_queries(example: str) -> None:
    query = parse(example)
    for task in TASKS:
        query.match(task, SOURCES[task.key.source], NOW)


@pytest.mark.filterwarnings("ignore:.*found in sys.modules:RuntimeWarning")
def test_the_command_prints_it(capsys: pytest.CaptureFixture[str]) -> None:
    runpy.run_module("tui.query.docs", run_name="__main__")
    assert capsys.readouterr().out == page()
