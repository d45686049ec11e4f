"""How the monitor starts and ends; sizes; hostile texts; what it imports."""

from __future__ import annotations

import gc
import os
import random
import subprocess
import sys
import unicodedata
import warnings
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
from textual import events
from textual.geometry import Size
from textual.pilot import Pilot

from tests.ui.driving import driven, monitor, press, settle, strips, text
from tests.ui.fake_desk import SOURCES, FakeDesk, fill, tasks_of
from tui.errors import ConfigError, Denied
from tui.ui.deck import Deck
from tui.ui.desk import Desk
from tui.ui.detail import TaskScreen
from tui.ui.home import Home
from tui.ui.shell import _today

pytestmark = pytest.mark.screen

SIZES = [(60, 15), (80, 24), (120, 40), (150, 45), (200, 60)]


def test_a_fake_is_a_desk() -> None:
    desk: Desk = FakeDesk()
    assert desk.read_only


async def test_the_first_frame_is_there_before_the_first_poll() -> None:
    seen: list[str] = []

    class Slow(FakeDesk):
        async def run(self, changed: Callable[[], None]) -> None:
            seen.append("\n".join(strip.text for strip in app.screen._compositor.render_strips()))
            await super().run(changed)

    app = monitor(Slow(0))
    async with app.run_test(size=(150, 45)) as pilot:
        while not seen:
            await settle(pilot)
    assert "1 FC" in seen[0]
    assert "loading" in seen[0]


async def test_leaving_in_the_moment_in_which_work_begins_leaves_nothing_behind() -> None:
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        app = monitor(FakeDesk())
        async with app.run_test() as pilot:
            await settle(pilot)
            await press(pilot, "enter")
            screen = app.screen
            assert isinstance(screen, TaskScreen)
            screen._ask()
            screen._ask()  # the first one's worker has not had a step yet
            app._start()
            app.exit(0)
        del screen, app, pilot
        gc.collect()
    assert [str(one.message) for one in said if "never awaited" in str(one.message)] == []


@pytest.mark.parametrize("grouped", [False, True])
async def test_a_wrong_config_ends_with_2(grouped: bool) -> None:
    desk = FakeDesk()
    error = ConfigError("config.toml:3: no such key")
    desk.error = ExceptionGroup("polling", [error]) if grouped else error
    app = monitor(desk)
    async with app.run_test() as pilot:
        await settle(pilot)
    assert (app.return_code, app.return_value, app.failure, app.crash) == (2, 2, error, None)


async def test_a_bug_of_the_desk_ends_with_70_and_no_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    desk = FakeDesk()
    desk.error = ZeroDivisionError("a bug")
    app = monitor(desk)
    async with app.run_test() as pilot:
        await settle(pilot)
    assert (app.return_code, app.failure, app.crash) == (70, None, desk.error)
    assert "Traceback" not in "".join(capsys.readouterr())


async def test_a_bug_of_the_screen_ends_with_70_and_no_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(self: Home, by: int) -> None:
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr(Home, "action_move", broken)
    app = monitor()
    with pytest.raises(ZeroDivisionError):
        async with app.run_test() as pilot:
            await press(pilot, "j")
    assert app.return_code == 70
    assert isinstance(app.crash, ZeroDivisionError)
    assert "Traceback" not in "".join(capsys.readouterr())


async def test_a_bug_while_asking_for_detail_ends_with_70() -> None:
    class Broken(FakeDesk):
        async def detail(self, key: object, *, output: bool = False) -> object:  # type: ignore[override]
            raise ZeroDivisionError("a bug")

    with pytest.raises(ZeroDivisionError):
        async with driven(Broken(), (80, 24), "enter") as (pilot, _):
            await settle(pilot)
    assert pilot.app.return_code == 70


async def test_a_refused_detail_is_one_line_with_code_and_request() -> None:
    desk = FakeDesk()
    desk.detail_error = Denied("not\x1b[2J allowed [/]", code="NoPermission", request_id="req-77")
    async with driven(desk, (120, 40), "enter") as (pilot, _):
        assert "NoPermission not␛ allowed [/] (request req-77)" in text(pilot)
        assert "created" in text(pilot)


async def test_a_note_is_in_the_header() -> None:
    desk = FakeDesk(0)
    desk.note = "starting the demo cloud"
    async with driven(desk, (80, 24)) as (pilot, _):
        assert "starting the demo cloud" in text(pilot).splitlines()[0]


async def test_troubles_are_named_and_rows_stay() -> None:
    async with driven(FakeDesk(troubles=True), (150, 45)) as (pilot, _):
        seen = text(pilot)
        assert "THROTTLED until 12:43:15" in seen
        assert "read again in 40s, every 60s: RequestLimitExceeded slow down" in seen
        assert "as of 12:41:22, 74 rows kept" in seen
        assert "AUTH APIGW.0301" in seen
        assert "not read: app/ctr/main" in seen
        assert "67+" in seen


async def test_below_the_least_size_one_line_and_back_by_itself() -> None:
    async with driven(None, (80, 24), "0", "j") as (pilot, home):
        await pilot.resize_terminal(54, 12)
        await settle(pilot)
        lines = text(pilot).splitlines()
        assert lines[0].rstrip() == " taskdeck needs 60x15, have 54x12 (still polling)"
        assert not "".join(lines[1:]).strip()
        await press(pilot, "j", "enter")
        for size in ((1, 1), (60, 15), (200, 60), (80, 24)):
            await pilot.resize_terminal(*size)
            await settle(pilot)
        assert "all tasks" in text(pilot)
        assert home.active.place.cursor == 2


async def test_the_deck_folds_with_hysteresis() -> None:
    async with driven(None, (150, 45)) as (pilot, home):
        for size, wide in (((149, 44), True), ((147, 45), False), ((149, 45), False), ((150, 45), True)):
            await pilot.resize_terminal(*size)
            await settle(pilot)
            assert home.body.has_class("-wide") is wide, size


def check(pilot: Pilot[int], size: tuple[int, int]) -> None:
    """Every line is as wide as the screen, and nothing on it is a command to a terminal."""
    lines = strips(pilot)
    assert len(lines) == size[1]
    for strip in lines:
        assert strip.cell_length == size[0]
        assert sum(segment.cell_length for segment in strip) == size[0]
        for char in strip.text:
            assert unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co"), repr(strip.text)


@pytest.mark.parametrize("size", SIZES)
async def test_no_line_is_wider_than_the_screen_and_no_control_character_is_on_it(size: tuple[int, int]) -> None:
    async with driven(FakeDesk(troubles=True), size) as (pilot, _):
        check(pilot, size)
        for keys in ("1", "2", "3", "4", "5", "W", "0", "G", "s", "f", "slash", "x", "ctrl+u"):
            await press(pilot, keys)
            check(pilot, size)
        await press(pilot, "escape", "escape", "g")
        for keys in ("n", "question_mark", "escape", "enter", "G", "J", "g", "J", "question_mark"):
            await press(pilot, keys)
            check(pilot, size)


@pytest.mark.parametrize("theme", ["deck-light", "ansi-dark", "mono"])
async def test_other_themes_draw(theme: str) -> None:
    async with driven(FakeDesk(troubles=True), (80, 24), "s", theme=theme) as (pilot, _):
        assert "state" in text(pilot)


async def test_no_color_is_bold_dim_and_reverse_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with driven(FakeDesk(troubles=True), (120, 40)) as (pilot, _):
        for strip in strips(pilot):
            for segment in strip:
                style = segment.style
                assert style is None or style.color is None or style.color.is_default
                assert style is None or style.bgcolor is None or style.bgcolor.is_default


async def test_nothing_is_painted_when_nothing_changes() -> None:
    async with driven(None, (150, 45)) as (_, home):
        painted: list[object] = []
        for canvas in [*home.panes.values(), *home.bars.values(), home.log_pane]:
            canvas.refresh = lambda *regions, **options: painted.append(regions)  # type: ignore[method-assign,assignment]
        home.tick()
        home.take()
        assert painted == []


def test_the_first_frame_imports_nothing_that_it_does_not_need() -> None:
    code = (
        "import sys, tui.ui.shell\n"
        "late = ['tui.ui.detail', 'tui.ui.help', 'tui.ui.picker', 'tui.query', 'textual.widgets._data_table',"
        " 'textual.widgets._input', 'httpx', 'pydantic', 'json']\n"
        "print([name for name in late if name in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "tui" not in found.stdout, found.stdout
    assert "httpx" not in found.stdout
    assert "pydantic" not in found.stdout


KEYS = (
    *"jkgGnNxazrpsW012345JK/?qy",
    *("enter", "escape", "tab", "shift+tab", "pagedown", "pageup", "ctrl+d", "ctrl+u", "backspace", "left", "up"),
)


@pytest.mark.parametrize("seed", range(2))
async def test_no_sequence_of_keys_sizes_and_changes_breaks_it(seed: int) -> None:
    rng = random.Random(seed)
    desk = FakeDesk(30, troubles=True)
    async with driven(desk, (80, 24)) as (pilot, home):
        for _ in range(80):
            match rng.randrange(12):
                case 0:
                    size = rng.choice([*SIZES, (1, 1), (59, 15), (149, 44), (333, 99)])
                    await pilot.resize_terminal(*size)
                case 1:
                    source = rng.choice(SOURCES)
                    fill(desk.store, source, tasks_of(source, rng.randrange(40), seed=rng.randrange(9)))
                    home.take()
                case _:
                    await press(pilot, rng.choice(KEYS))
            if pilot.app.return_code is not None:
                break
            await settle(pilot)
            assert all(strip.cell_length == pilot.app.size.width for strip in strips(pilot))


def test_a_resize_that_comes_late_says_the_size_of_now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.get_terminal_size", lambda: os.terminal_size((54, 12)))
    late, timely = (events.Resize(size, size) for size in (Size(135, 30), Size(54, 12)))
    assert _today(late).size == Size(54, 12)
    assert _today(timely) is timely


def test_home_is_to_textual_what_it_would_be_had_that_looked_through_each_of_its_acts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delattr(Deck, "__init_subclass__")

    @cache
    def again(kind: type) -> Any:
        if kind is Deck or not issubclass(kind, Deck):
            return kind
        own = {name: one for name, one in vars(kind).items() if not name.startswith(("__d", "__w"))}
        meta: Any = type(kind)
        return meta(kind.__name__, tuple(map(again, kind.__bases__)), own, inherit_bindings=False)

    known = ("_css_type_name", "_css_type_names", "_reactives", "_computes", "_inherit_css", "_inherit_bindings")
    other = again(Home)
    assert other is not Home
    assert {name: getattr(Home, name) for name in known} == {name: getattr(other, name) for name in known}
    assert Home._merged_bindings is not None
    assert Home._merged_bindings.key_to_bindings == other._merged_bindings.key_to_bindings
