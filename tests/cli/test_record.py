"""record and replay: which files they take, and that what is written is what tail prints."""

from __future__ import annotations

import asyncio
import errno
import os
import signal
import stat
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Scene, row, shelf
from tests.cli.test_process import ended, start
from tests.tasks import NOW, SOURCE, task
from tui.cli.event_lines import ndjson
from tui.cli.record import Paper, Recorder
from tui.cli.replay import read
from tui.cli.words import Turned
from tui.errors import UsageError
from tui.model import State
from tui.recorded import Said, Sighted
from tui.status import Change, Word
from tui.store import Round, Store

BEGUN = Turned("src", Word.LIVE, Word.LOADING, NOW)


def test_record_writes_what_tail_prints_and_replay_reads_it(scene: Scene, tmp_path: Path) -> None:
    scene.source("media", shelf(WAITING=[row("q")], PROCESSING=[row("p")], DONE=[row("d")]))
    file = tmp_path / "day.ndjson"
    ran = scene.run("record", str(file), "--for", "1s")
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    printed = scene.run("tail", "-o", "ndjson", "--for", "1s")
    assert len(file.read_text().splitlines()) == len(printed.out.splitlines())
    found = read(str(file))
    assert [one.word for one in found.events if isinstance(one, Said)] == [Word.LIVE]
    states = {one.task.key.id: one.task.state for one in found.events if isinstance(one, Sighted)}
    assert states == {"q": State.QUEUED, "p": State.RUNNING, "d": State.SUCCEEDED}
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.e2e
def test_what_a_first_read_has_brought_is_there_after_ctrl_c(scene: Scene, tmp_path: Path) -> None:
    began, release = os.pipe()
    held, let_go = os.pipe()

    def slow(action: str, asked: dict[str, Any]) -> tuple[int, Any]:
        if asked.get("Status") != "WAITING":
            os.write(release, b"x")
            os.read(held, 1)
        return shelf(WAITING=[row("q")])(action, asked)

    scene.source("media", slow)
    scene.path.write_text(scene.text)
    process = start(scene, "record", str(tmp_path / "day"))
    os.read(began, 1)
    process.send_signal(signal.SIGINT)
    assert ended(process) == (130, b"", b"")
    assert [one.task.key.id for one in read(str(tmp_path / "day")).events if isinstance(one, Sighted)] == ["q"]
    for end in (began, release, let_go, held):
        os.close(end)


def test_a_filter_narrows_what_is_recorded(scene: Scene, tmp_path: Path) -> None:
    scene.source("media", shelf(WAITING=[row("q")], PROCESSING=[row("p")], DONE=[row("d")]))
    scene.run("record", str(tmp_path / "day"), "state:queued", "--for", "1s")
    found = read(str(tmp_path / "day"))
    assert [one.task.key.id for one in found.events if isinstance(one, Sighted)] == ["q"]


def test_a_recording_is_gone_on_with_behind_its_torn_line(tmp_path: Path) -> None:
    path = tmp_path / "day"
    for _ in range(2):
        with Paper(str(path)) as paper:
            paper.write([BEGUN], Store([SOURCE]))
    path.write_bytes(path.read_bytes() + b'{"event": "so')
    with Paper(str(path)) as paper:
        paper.write([], Store([SOURCE]))
        paper.write([BEGUN], Store([SOURCE]))
    found = read(str(path))
    assert (len(found.events), found.unread) == (3, 1)


def test_a_file_that_is_no_recording_stays_as_it_is(scene: Scene, tmp_path: Path) -> None:
    other = tmp_path / "notes.toml"
    other.write_text("precious = 1\n")
    for words in (("record", str(other)), ("replay", str(other))):
        said = scene.refused(*words) if words[0] == "record" else _not_read(str(other))
        assert "no recording" in said
    assert other.read_text() == "precious = 1\n"


def _not_read(path: str) -> str:
    with pytest.raises(UsageError) as told:
        read(path)
    return str(told.value)


def test_what_is_no_file_is_said(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for path in (str(tmp_path), str(pipe), str(tmp_path / "no" / "such")):
        with pytest.raises(UsageError, match="^" + path):
            Paper(path)
    assert "no file" in _not_read(str(pipe))
    assert "no file" in _not_read("/dev/zero")
    (tmp_path / "nothing").touch()
    assert "empty" in _not_read(str(tmp_path / "nothing"))
    assert "No such file" in _not_read(str(tmp_path / "none"))


def test_within_a_line_that_is_too_long_there_is_no_event(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, forged = tmp_path / "day", ndjson(BEGUN, {})
    monkeypatch.setattr("tui.cli.replay.LINE", len(forged))
    head = '{"event": "new", "extra": '
    path.write_text(f"{forged}\n{head}{' ' * (len(forged) - len(head))}{forged}}}\n{forged}")
    found = read(str(path))
    assert (len(found.events), found.unread) == (2, 1)


def test_a_full_disk_is_said_and_is_no_trace() -> None:
    paper = Paper.__new__(Paper)
    paper.path, paper.lines, paper._torn, paper._file = "day", 0, False, os.open("/dev/full", os.O_WRONLY)
    with paper, pytest.raises(UsageError, match="No space left"):
        paper.write([BEGUN], Store([SOURCE]))


def test_after_a_line_that_the_disk_took_a_part_of_the_next_one_begins_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, write = str(tmp_path / "day"), os.write
    left = [200, 0]

    def on_a_full_disk(file: int, data: bytes) -> int:
        room = left.pop(0) if left else len(data)
        if not room:
            raise OSError(errno.ENOSPC, "No space left on device")
        return write(file, data[:room])

    monkeypatch.setattr("tui.cli.record.os.write", on_a_full_disk)
    with Paper(path) as paper:
        with pytest.raises(UsageError, match="No space left"):
            paper.write([BEGUN, BEGUN], Store([SOURCE]))
        paper.write([BEGUN], Store([SOURCE]))
    found = read(path)
    assert (len(found.events), found.unread) == (2, 1)


async def test_after_a_full_disk_the_store_keeps_nothing_for_the_recorder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(file: int, data: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    async def at_once(seconds: float) -> None:
        """A second is over."""

    monkeypatch.setattr("tui.cli.record.os.write", full)
    monkeypatch.setattr("tui.cli.record.asyncio.sleep", at_once)
    store = Store([SOURCE])
    recorder = Recorder(str(tmp_path / "day"), store)
    store.merge(Round(SOURCE), [task("a", seen_at=NOW)], at=NOW)
    recorder.listen(Change(source=SOURCE, at=NOW, status=replace(store.status("src"), answered_at=NOW)))
    with pytest.raises(UsageError, match="No space left"):
        await recorder.run()
    store.merge(Round(SOURCE), [task("b", seen_at=NOW)], at=NOW)
    assert not any(map(len, store._feeds))


async def begun(path: Path, store: Store) -> tuple[Recorder, asyncio.Task[None]]:
    """The monitor's recorder at work, told of one task that runs."""
    recorder = Recorder(str(path), store)
    running = asyncio.create_task(recorder.run())
    await asyncio.sleep(0)
    recorder.listen(store.merge(Round(SOURCE), [task("a", seen_at=NOW)], at=NOW))
    return recorder, running


async def left(running: asyncio.Task[None]) -> None:
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_the_monitors_recorder_writes_what_was_not_written_when_it_ends(tmp_path: Path) -> None:
    path, store = tmp_path / "day", Store([SOURCE])
    recorder, running = await begun(path, store)
    recorder.listen(Change(source=SOURCE, at=NOW, status=store.status("src")))
    await left(running)
    (found,) = read(str(path)).events
    assert isinstance(found, Sighted)
    assert found.task.key.id == "a"


async def test_what_an_answer_by_id_brought_last_is_written_too(tmp_path: Path) -> None:
    path, store = tmp_path / "day", Store([SOURCE])
    recorder, running = await begun(path, store)
    store.set_status(replace(store.status("src"), answered_at=NOW))
    recorder.listen(Change(source=SOURCE, at=NOW, status=store.status("src")))
    store.settle(SOURCE, [task("a", State.FAILED, seen_at=NOW)], at=NOW)  # of the watch list: nobody is told
    await left(running)
    states = [one.task.state for one in read(str(path)).events if isinstance(one, Sighted)]
    assert states == [State.RUNNING, State.FAILED]
