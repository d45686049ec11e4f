"""The log: private, rotated, and never in the way."""

from __future__ import annotations

import logging
import os
import stat
import sys
from argparse import Namespace
from pathlib import Path

import pytest

from tui import logs

root = logging.getLogger("tui")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_run_that_says_nothing_leaves_no_file(tmp_path: Path) -> None:
    logs.start(Namespace(state_dir=str(tmp_path / "state"), log=None))
    assert not (tmp_path / "state").exists()


def test_folder_and_files_are_the_owners_alone_also_after_rotation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logs, "SIZE", 200)
    old = os.umask(0)
    try:
        logs.start(Namespace(state_dir=str(tmp_path / "state"), log=None))
        for at in range(50):
            root.info("line %d with some text to fill it", at)
    finally:
        os.umask(old)
    files = sorted((tmp_path / "state").iterdir())
    assert len(files) == 1 + logs.KEPT
    assert {mode(one) for one in files} == {0o600}
    assert mode(tmp_path / "state") == 0o700


def test_starting_twice_logs_once(tmp_path: Path) -> None:
    for name in ("a", "b"):
        logs.start(Namespace(state_dir=None, log=str(tmp_path / name)))
    root.info("once")
    assert not (tmp_path / "a").exists()
    assert (tmp_path / "b").read_text().count("once") == 1


def test_odd_text_is_written(tmp_path: Path) -> None:
    logs.start(Namespace(state_dir=None, log=str(tmp_path / "log")))
    root.info("lone %s", "\ud800")
    assert "lone ␦" in (tmp_path / "log").read_text()


def test_a_log_that_cannot_be_opened_stops_nothing(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("")
    logs.start(Namespace(state_dir=str(tmp_path / "file"), log=None))
    root.error("x")
    assert capfd.readouterr() == ("", "")


@pytest.mark.skipif(sys.platform != "linux", reason="/dev/full is Linux")
def test_a_full_disk_is_nobodys_traceback(capfd: pytest.CaptureFixture[str]) -> None:
    logs.start(Namespace(state_dir=None, log="/dev/full"))
    root.error("x")
    assert capfd.readouterr() == ("", "")


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "log").symlink_to(tmp_path / "elsewhere")
    logs.start(Namespace(state_dir=None, log=str(tmp_path / "log")))
    root.error("x")
    assert not (tmp_path / "elsewhere").exists()


def test_a_trace_goes_where_it_can_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path / "temporary"))
    path = logs.write_trace(ValueError("x\ud800"), Namespace(state_dir=str(tmp_path / "state"), log=None))
    assert path == tmp_path / "state" / "taskdeck.log"
    assert "ValueError: x␦" in path.read_text()
    assert mode(path) == 0o600
    (tmp_path / "file").write_text("")
    path = logs.write_trace(ValueError("x"), Namespace(state_dir=str(tmp_path / "file"), log=None))
    assert path.parent == tmp_path / "temporary"
    (tmp_path / "temporary" / path.name).unlink()
    (tmp_path / "temporary").rmdir()
    (tmp_path / "temporary").write_text("")
    path = logs.write_trace(ValueError("x"), Namespace(state_dir=str(tmp_path / "file"), log=None))
    assert path == Path(os.devnull)


def test_where_the_state_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TASKDECK_STATE_DIR", str(tmp_path / "env"))
    assert logs.state_dir(Namespace(state_dir=str(tmp_path / "named"))) == tmp_path / "named"
    assert logs.state_dir(Namespace(state_dir=None)) == tmp_path / "env"
    monkeypatch.delenv("TASKDECK_STATE_DIR")
    assert logs.state_dir(Namespace()).name == "taskdeck"


def test_a_log_that_others_could_read_is_made_private(tmp_path: Path) -> None:
    (tmp_path / "log").write_text("")
    (tmp_path / "log").chmod(0o644)
    logs.start(Namespace(state_dir=None, log=str(tmp_path / "log")))
    root.error("x")
    assert mode(tmp_path / "log") == 0o600


def test_a_trace_does_not_go_into_a_file_that_somebody_laid_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a folder for all, a name that can be guessed may be there already: readable, or a pipe that waits for ever."""
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path))
    laid = tmp_path / f"taskdeck-{os.getpid()}.log"
    os.mkfifo(laid)
    (tmp_path / "file").write_text("")
    path = logs.write_trace(ValueError("x"), Namespace(state_dir=str(tmp_path / "file"), log=None))
    assert path != laid
    assert "ValueError: x" in path.read_text()
    assert mode(path) == 0o600


def test_a_pipe_in_place_of_the_log_holds_nothing_up(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "log")
    logs.start(Namespace(state_dir=None, log=str(tmp_path / "log")))
    root.error("x")
