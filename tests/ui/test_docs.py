"""README.md says what is true: its key table, its exit codes, its config, its make targets."""

from __future__ import annotations

import re
from pathlib import Path

from tui.cli.exits import Exit
from tui.settings.load import parse
from tui.ui import docs
from tui.wiring import models

PAGE = docs.FILE.read_text("utf-8")


def test_the_key_table_is_that_of_the_bindings() -> None:
    assert docs.written(PAGE) == PAGE, "run: python -m tui.ui.docs"


def test_an_old_table_is_replaced(tmp_path: Path) -> None:
    page = tmp_path / "README.md"
    page.write_text(PAGE.replace("| `?` |", "| `!` |"), "utf-8")
    docs.write(page)
    assert page.read_text("utf-8") == PAGE


def test_every_exit_code_is_explained() -> None:
    assert set(re.findall(r"^\| (\d+) \|", PAGE, re.MULTILINE)) == {str(code.value) for code in Exit}


def test_the_config_is_one() -> None:
    (config,) = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    assert [one.name for one in parse(config, models(), Path("README.md")).sources] == ["thumbs"]


def test_its_make_targets_exist() -> None:
    makefile = docs.FILE.with_name("Makefile").read_text("utf-8")
    named = set(re.findall(r"^make (\w+)", PAGE, re.MULTILINE))
    assert named <= set(re.findall(r"^(\w+):", makefile, re.MULTILINE))
    assert {"demo", "test", "unit", "check"} <= named
