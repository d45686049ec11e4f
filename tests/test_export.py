"""Tasks into a file: whole or not at all, for its owner alone, over nothing, through no link."""

from __future__ import annotations

import csv
import json
import os
from pathlib import Path

import pytest

from tests.tasks import task as any_task
from tui import export as module
from tui.export import export
from tui.formats import JSON_FIELDS
from tui.model import Source

SOURCES = {"thumbs": Source("thumbs", "alibaba-fc", "ali-prod", "cn-shanghai")}
TASKS = [any_task(f"t-{at}", source="thumbs", error="=1+1\x1b[2J\n|") for at in range(5)]


def test_ndjson_is_one_object_a_line_in_the_order_of_the_rows(tmp_path: Path) -> None:
    path = tmp_path / "f"
    assert export(path, "ndjson", TASKS[::-1], SOURCES) == path.stat().st_size
    assert [json.loads(line)["id"] for line in path.read_text().splitlines()] == ["t-4", "t-3", "t-2", "t-1", "t-0"]


def test_csv_has_the_contracts_columns_and_no_formula(tmp_path: Path) -> None:
    export(tmp_path / "f", "csv", TASKS, SOURCES)
    data = (tmp_path / "f").read_bytes()
    assert b"\x1b" not in data
    assert data.count(b"\r\n") == len(TASKS) + 1
    rows = list(csv.DictReader(data.decode().splitlines()))
    assert list(rows[0]) == list(JSON_FIELDS)
    assert rows[0]["error"].startswith("'=1+1")


def test_md_is_a_table(tmp_path: Path) -> None:
    export(tmp_path / "f", "md", TASKS, SOURCES)
    lines = (tmp_path / "f").read_text().splitlines()
    assert len(lines) == len(TASKS) + 2
    assert all(line.startswith("| ") for line in lines)


def test_only_the_owner_can_read_it_and_nothing_else_is_left(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        export(tmp_path / "f", "csv", TASKS, SOURCES)
        export(tmp_path / "f", "md", TASKS, SOURCES, over=True)
    finally:
        os.umask(before)
    assert (tmp_path / "f").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["f"]


@pytest.mark.parametrize("over", [False, True])
def test_no_link_is_followed(tmp_path: Path, over: bool) -> None:
    victim, link = tmp_path / "victim", tmp_path / "link"
    victim.write_text("precious", "utf-8")
    for target in (victim, tmp_path / "nothing"):
        link.unlink(missing_ok=True)
        link.symlink_to(target)
        with pytest.raises(FileExistsError, match="is a link"):
            export(link, "csv", TASKS, SOURCES, over=over)
        assert link.is_symlink()
    assert victim.read_text() == "precious"
    assert not (tmp_path / "nothing").exists()


@pytest.mark.parametrize("over", [False, True])
def test_what_is_no_file_is_left_alone(tmp_path: Path, over: bool) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(FileExistsError, match="no regular file"):
        export(tmp_path / "pipe", "csv", TASKS, SOURCES, over=over)
    with pytest.raises(FileExistsError, match="is a folder"):
        export(tmp_path, "csv", TASKS, SOURCES, over=over)


def test_a_file_that_is_there_stays_unless_it_is_to_be_written_over(tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.write_text("mine", "utf-8")
    with pytest.raises(FileExistsError, match=":export! writes over it"):
        export(path, "csv", TASKS, SOURCES)
    assert path.read_text() == "mine"
    export(path, "csv", TASKS, SOURCES, over=True)
    assert path.read_text().startswith("source,")


def test_a_file_that_appears_meanwhile_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "f"

    def slowly(*arguments: object) -> None:
        path.write_text("theirs", "utf-8")

    monkeypatch.setattr(module, "KINDS", {"csv": slowly})
    with pytest.raises(FileExistsError, match="is there already"):
        export(path, "csv", TASKS, SOURCES)
    assert path.read_text() == "theirs"
    assert [one.name for one in tmp_path.iterdir()] == ["f"]


def test_where_there_are_no_hard_links_it_appears_by_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*arguments: object, **options: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    export(tmp_path / "f", "csv", TASKS, SOURCES)
    assert [one.name for one in tmp_path.iterdir()] == ["f"]
    with pytest.raises(FileExistsError):
        export(tmp_path / "f", "csv", TASKS, SOURCES)


def test_a_disk_that_is_full_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module, "KINDS", {"csv": full})
    with pytest.raises(OSError, match="No space left"):
        export(tmp_path / "f", "csv", TASKS, SOURCES)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        export(tmp_path / "no" / "f", "csv", TASKS, SOURCES)
