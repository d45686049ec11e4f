"""Copying: what keys put into the clipboard, on which way, and the line that says so."""

from __future__ import annotations

import base64
import json
import os
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.ui.driving import driven, press, settle, strips, text
from tests.ui.fake_desk import SOURCES, FakeDesk, fill, tasks_of
from tui.clipboard import MOST, Reach, Tool
from tui.model import State
from tui.ui.acts import copying as acts
from tui.ui.copy_picker import CopyPicker, CopyTest
from tui.ui.home import Home

pytestmark = pytest.mark.screen

HOSTILE = "job\x1b[2J\x1b]52;c;ZXZpbA==\x07-\u202eexe\nrm -rf ~\n"


class Clip:
    """What was written to the terminal for its clipboard."""

    def __init__(self, pilot: Pilot[int]) -> None:
        driver = pilot.app._driver
        assert driver is not None
        self.written: list[str] = []
        driver.write = self._keep  # type: ignore[method-assign]  # what it would send is looked at

    def _keep(self, data: str) -> None:
        if data.startswith(("\x1b]52", "\x1bP")):  # not the shape of the pointer
            self.written.append(data)

    @property
    def text(self) -> str:
        """The last text."""
        found = re.fullmatch(r"\x1b\]52;c;([A-Za-z0-9+/=]*)\x07", self.written[-1])
        assert found
        return base64.b64decode(found[1]).decode()


@asynccontextmanager
async def copying(
    *keys: str, desk: FakeDesk | None = None, reach: Reach | None = None, size: tuple[int, int] = (120, 40)
) -> AsyncIterator[tuple[Pilot[int], Home, Clip]]:
    async with driven(desk, size) as (pilot, home):
        home.reach = reach or Reach()
        clip = Clip(pilot)
        await press(pilot, *keys)
        yield pilot, home, clip


async def told(pilot: Pilot[int], words: str) -> str:
    """The screen once it says so: a tool runs beside the loop."""
    while words not in (seen := text(pilot)):
        await pilot.pause()
    return seen


async def test_c_copies_the_id_and_says_how() -> None:
    async with copying("0", "c") as (pilot, home, clip):
        task = home.active.selected
        assert task is not None
        assert clip.text == task.key.id
        assert f"copied {task.key.id} ({len(task.key.id)} bytes, OSC 52)" in text(pilot)


async def test_c_copies_the_ids_of_all_marked_tasks_newest_first() -> None:
    async with copying("0", "space", "j", "space", "c") as (pilot, home, clip):
        first, third = home.active.place.rows[0], home.active.place.rows[2]
        assert clip.text == f"{first.key.id}\n{third.key.id}"
        assert "copied 2 ids (" in text(pilot)


async def test_what_a_cloud_says_reaches_the_clipboard_as_one_harmless_line() -> None:
    desk = FakeDesk(0)
    task = tasks_of(SOURCES[0], 1)[0]
    fill(desk.store, SOURCES[0], [task._replace(key=task.key._replace(id=HOSTILE), error=HOSTILE)])
    async with copying("0", "c", desk=desk) as (pilot, _, clip):
        for letter in "itJmlr1234567":
            await press(pilot, "C", letter)
        for written in clip.written:
            found = re.fullmatch(r"\x1b\]52;c;([A-Za-z0-9+/=]*)\x07", written)
            assert found
            pasted = base64.b64decode(found[1]).decode()
            assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", pasted)
            assert "rm -rf" not in [line.strip() for line in pasted.splitlines()]
        assert "\n" not in clip.written[0]


@pytest.mark.parametrize(
    ("letter", "check"),
    [
        ("i", lambda pasted, task: pasted == task.key.id),
        ("t", lambda pasted, task: pasted == str(task.key)),
        ("r", lambda pasted, task: pasted == task.request_id),
        ("l", lambda pasted, task: task.key.id in pasted and "\n" not in pasted),
        ("m", lambda pasted, task: pasted.startswith(f"**{task.state.label}** `{task.key.id}`\n\n- state: ")),
        ("J", lambda pasted, task: json.loads(pasted)["id"] == task.key.id and "raw" not in json.loads(pasted)),
    ],
)
async def test_copy_as(letter: str, check: object) -> None:
    assert callable(check)
    async with copying("0", "j", "C") as (pilot, home, clip):
        task = home.active.selected
        assert task is not None
        assert isinstance(pilot.app.screen, CopyPicker)
        assert f"copy {task.key.id} as" in text(pilot)
        await press(pilot, letter)
        assert len(pilot.app.screen_stack) == 1
        assert check(clip.text, task)
        assert "copied " in text(pilot)


async def test_copy_as_with_marks_is_ndjson_and_a_table_of_all_of_them() -> None:
    async with copying("0", "space", "space", "C", "J") as (pilot, home, clip):
        rows = home.active.place.rows[:2]
        assert [json.loads(line)["id"] for line in clip.text.split("\n")] == [task.key.id for task in rows]
        assert "copied NDJSON (" in text(pilot)
        await press(pilot, "C")
        assert "copy 2 marked tasks as" in text(pilot)
        await press(pilot, "m")
        head, rule, *lines = clip.text.split("\n")
        assert head.startswith("| STATE | SOURCE | TASK |")
        assert set(rule) == set("| -")
        assert [rows[at].key.id in line for at, line in enumerate(lines)] == [True, True]


async def test_copy_as_offers_the_cells_of_the_row_whole() -> None:
    async with copying("0", "C") as (pilot, home, clip):
        task = next(task for task in home.active.place.rows if task.error)
        await press(pilot, "escape")
        home.active.place.seek(task.key)
        await press(pilot, "C")
        names = [column.head for column in home.active.heads]
        await press(pilot, *"j" * (6 + names.index("ERROR / NOTE")), "enter")
        assert clip.text == task.error
        assert "copied ERROR / NOTE (" in text(pilot)


async def test_copy_as_takes_the_vendors_own_command() -> None:
    async with copying("4", "C", "l") as (_, home, clip):
        task = home.active.place.task
        assert task is not None
        assert clip.text.startswith("tccli tat DescribeInvocationTasks --region ap-guangzhou")
        assert task.key.id in clip.text


async def test_copy_as_of_what_is_not_there_says_so() -> None:
    desk = FakeDesk(0)
    fill(desk.store, SOURCES[0], [tasks_of(SOURCES[0], 1)[0]._replace(request_id=None)])
    async with copying("0", "C", desk=desk) as (pilot, _, clip):
        assert re.search(r"r request id +not known", text(pilot))
        await press(pilot, "r")
        assert not clip.written
        assert "request id: not known" in text(pilot)


@pytest.mark.parametrize("key", ["escape", "q", "x"])
async def test_any_other_key_leaves_the_list(key: str) -> None:
    async with copying("0", "C", key) as (pilot, home, clip):
        assert pilot.app.screen is home
        assert not clip.written


async def test_nothing_to_copy_is_said() -> None:
    async with copying("0", desk=FakeDesk(0)) as (pilot, home, clip):
        for key in "cC":
            await press(pilot, key)
            assert "no task to copy" in text(pilot)
            assert pilot.app.screen is home
        await press(pilot, "L")
        assert "no task to open in a console" in text(pilot)
        assert not clip.written


async def test_too_many_tasks_are_for_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(acts, "MOST", 20)
    async with copying("0", "asterisk", "c") as (pilot, _, clip):
        assert "370 tasks are too many for a clipboard (20): :export writes a file" in text(pilot)
        await press(pilot, "C")
        assert not isinstance(pilot.app.screen, CopyPicker)
        assert not clip.written


async def test_more_than_a_terminal_takes_is_said_and_not_sent() -> None:
    desk = FakeDesk(0)
    task = tasks_of(SOURCES[0], 1)[0]
    fill(desk.store, SOURCES[0], [task._replace(key=task.key._replace(id="i" * (MOST + 1)))])
    async with copying("0", "c", desk=desk) as (pilot, _, clip):
        seen = text(pilot)
        assert "not copied: 74,995 bytes are more than OSC 52 takes (74,994); :export writes a file" in seen
        assert not clip.written


# Tools.


def tool(folder: Path, name: str, script: str) -> Tool:
    """A program of ours in the place of a native one."""
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n", "utf-8")
    path.chmod(0o700)
    return Tool(name, (os.fspath(path), "-in"))


async def test_a_native_tool_gets_the_text_on_stdin_and_no_key_of_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TENCENTCLOUD_SECRET_KEY", "do-not-show-me")
    mine = tool(tmp_path, "xclip", f'cat > {tmp_path}/got; env > {tmp_path}/env; echo "$@" > {tmp_path}/args')
    async with copying("0", reach=Reach((mine,), environ={"PATH": os.environ["PATH"]})) as (pilot, home, clip):
        task = home.active.selected
        assert task is not None
        await press(pilot, "c")
        await told(pilot, f"copied {task.key.id} ({len(task.key.id)} bytes, xclip)")
        assert (tmp_path / "got").read_text() == task.key.id
        assert (tmp_path / "args").read_text() == "-in\n"
        assert "do-not-show-me" not in (tmp_path / "env").read_text()
        assert not clip.written


async def test_a_tool_that_fails_is_told_and_the_next_way_is_taken(tmp_path: Path) -> None:
    broken, gone = tool(tmp_path, "wl-copy", "exit 3"), Tool("xsel", ("/nowhere/xsel",))
    async with copying("0", reach=Reach((broken, gone))) as (pilot, home, clip):
        await press(pilot, "c")
        task = home.active.selected
        assert task is not None
        await told(pilot, "OSC 52; wl-copy: exit 3; xsel: No such file or directory)")
        assert clip.text == task.key.id


async def test_a_tool_that_hangs_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.ui.copying.PATIENCE", 0.05)
    async with copying("0", reach=Reach((tool(tmp_path, "xclip", "exec sleep 60"),))) as (pilot, _home, clip):
        await press(pilot, "c")
        await told(pilot, "OSC 52; xclip: no answer in 0.05 s)")
        assert len(clip.written) == 1


async def test_tmux_gets_it_beside_the_native_tool(tmp_path: Path) -> None:
    native, tmux = (tool(tmp_path, name, f"cat > {tmp_path}/{name}-got") for name in ("pbcopy", "tmux"))
    async with copying("0", reach=Reach((native,), tmux)) as (pilot, home, clip):
        task = home.active.selected
        assert task is not None
        await press(pilot, "c")
        await told(pilot, "bytes, pbcopy and tmux)")
        for name in ("pbcopy", "tmux"):
            assert (tmp_path / f"{name}-got").read_text() == task.key.id
        assert not clip.written


async def test_without_any_way_it_says_so() -> None:
    async with copying("0", "c", reach=Reach(terminal=False)) as (pilot, _, clip):
        assert "not copied: this terminal has no clipboard; :export writes a file" in text(pilot)
        assert not clip.written


async def test_copytest_tries_each_way_with_a_text_of_its_own(tmp_path: Path) -> None:
    good, bad = tool(tmp_path, "xclip", f"cat > {tmp_path}/got"), tool(tmp_path, "tmux", "exit 1")
    async with copying(*":copytest", "enter", reach=Reach((good,), bad)) as (pilot, _home, clip):
        seen = await told(pilot, "copy test")
        assert isinstance(pilot.app.screen, CopyTest)
        assert re.search(r"xclip +took it", seen)
        assert re.search(r"tmux +tmux: exit 1", seen)
        assert re.search(r"OSC 52 +sent: no terminal answers", seen)
        assert (tmp_path / "got").read_text() == "taskdeck copytest by xclip"
        assert clip.text == "taskdeck copytest by OSC 52"
        await press(pilot, "enter")
        assert len(pilot.app.screen_stack) == 1


# The console.


async def test_l_shows_and_copies_the_page_of_the_console() -> None:
    async with copying("1", "L") as (pilot, home, clip):
        task = home.active.selected
        assert task is not None
        url = f"https://console.example/{task.key.id}"
        assert clip.text == url
        assert f"copied {url}"[:30] in text(pilot)
        links = {segment.style.link for strip in strips(pilot) for segment in strip if segment.style}
        assert links == {None, url}
        await press(pilot, "j")
        assert {segment.style.link for strip in strips(pilot) for segment in strip if segment.style} == {None}


async def test_l_says_why_there_is_no_page() -> None:
    async with copying("4", "L") as (pilot, _, clip):
        assert "no page of it is known" in text(pilot)
        await press(pilot, "0", "space", "space", "L")
        assert "one page at a time: u unmarks" in text(pilot)
        assert not clip.written


async def test_the_reach_is_looked_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "TMUX", "STY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setattr("sys.platform", "linux")
    async with driven() as (pilot, home):
        clip = Clip(pilot)
        await press(pilot, "0", "c")
        assert home.reach is not None
        assert home.reach.tools == ()
        assert clip.text == home.active.place.rows[0].key.id


# Files.


async def exported(pilot: Pilot[int], line: str, words: str) -> str:
    await press(pilot, ":", *line, "enter")
    return await told(pilot, words)


async def test_export_writes_the_rows_as_they_are_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    async with copying("0", "x", "I") as (pilot, home, _):
        await exported(pilot, "export ndjson out file.ndjson", f"rows in {tmp_path}"[:30])
        found = [json.loads(line) for line in (tmp_path / "out file.ndjson").read_text().splitlines()]
        assert [one["id"] for one in found] == [task.key.id for task in home.active.place.rows]
        assert {one["state"] for one in found} <= {"failed", "expired", "vanished"}
        assert (tmp_path / "out file.ndjson").stat().st_mode & 0o777 == 0o600
        assert os.listdir(tmp_path) == ["out file.ndjson"]  # noqa: PTH208 - nothing else is left in the folder


async def test_export_writes_over_nothing_unless_it_is_told_to(tmp_path: Path) -> None:
    path = tmp_path / "o.csv"
    path.write_text("mine", "utf-8")
    async with copying("4") as (pilot, home, _):
        await exported(pilot, f"export csv {path}", "is there already; :export! writes over it")
        assert path.read_text() == "mine"
        await exported(pilot, f"export! csv {path}", f"{len(home.active.place.rows)} rows in ")
        assert path.read_text().startswith("source,adapter,account,region,id,")


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("export", "what, and where to? :export csv|ndjson|md FILE"),
        ("export csv", "what, and where to?"),
        ("export xml f", "what, and where to?"),
        ("pause!", ":pause takes no !"),
        ("nonsense!", "no such command"),
    ],
)
async def test_a_wrong_export_stays_in_the_line(line: str, why: str) -> None:
    async with copying("0", ":", *line, "enter") as (pilot, home, _):
        assert why in text(pilot)
        assert home.command.has_focus


async def test_export_into_nowhere_is_one_line(tmp_path: Path) -> None:
    async with copying("0") as (pilot, home, _):
        await exported(pilot, f"export md {tmp_path}/no/f.md", "not exported: ")
        assert "No such file or directory" in text(pilot)
        assert not home.exporting


async def test_rows_that_are_leaving_are_not_exported(tmp_path: Path) -> None:
    async with copying("0", "a") as (pilot, home, _):
        task = home.active.place.rows[0]
        fill(home.desk.store, home.desk.store.sources[task.key.source], [task._replace(state=State.SUCCEEDED)])
        home.take()
        assert home.active.place.rows[0].key == task.key
        await exported(pilot, f"export ndjson {tmp_path}/f", " rows in ")
        assert task.key.id not in (tmp_path / "f").read_text()
        await settle(pilot)
