"""Every size of a terminal: what fits, what goes first, storms of sizes; the lines round the panes; the mouse."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.driver import Driver
from textual.pilot import Pilot

from tests.ui.driving import driven, monitor, press, settle, strips, text
from tests.ui.fake_desk import NOW, PROVIDERS, SOURCES, FakeDesk, fill, tasks_of
from tui.ui import bars, glyphs, mouse, sizes, themes
from tui.ui.deck import Deck
from tui.ui.keys import APP, EVENTS, HOME, gathered
from tui.ui.sizes import Layout, Peek
from tui.ui.titles import Pen

pytestmark = pytest.mark.screen

PEN = Pen(themes.load("deck-dark"), glyphs.ASCII, NOW, utc=True)
layouts = st.builds(
    Layout, st.booleans(), st.booleans(), st.booleans(), st.booleans(), st.booleans(), st.sampled_from(Peek)
)


def parts(fits: Layout) -> list[bool]:
    """What a shrinking window gives up, first to last."""
    return [fits.hints, fits.event, fits.peek is not Peek.OFF, fits.states]


@given(st.integers(60, 260), layouts, st.sampled_from(["auto", "compact", "full", "deck"]))
def test_hints_go_first_then_events_then_peek_then_the_states(width: int, before: Layout, pinned: str) -> None:
    for height in range(80, 14, -1):
        before = sizes.choose(width, height, before, pinned, peek=True)
        there = parts(before)
        assert there == sorted(there), (height, there)
    assert there == [False, False, False, True]


@given(st.integers(1, 260), st.integers(1, 90), layouts, st.none() | st.booleans())
def test_a_cell_to_and_fro_changes_nothing(width: int, height: int, before: Layout, asked: bool | None) -> None:
    fits = sizes.choose(width, height, before, peek=asked)
    assert sizes.choose(width, height, fits, peek=asked) == fits
    there = sizes.choose(width + 1, height + 1, fits, peek=asked)
    again = sizes.choose(width, height, there, peek=asked)
    assert again == there or not there.enough or not again.enough
    assert sizes.choose(width + 1, height + 1, again, peek=asked) == there


@pytest.mark.parametrize(
    ("size", "asked", "peek"),
    [
        ((80, 24), None, Peek.OFF),
        ((80, 24), True, Peek.BELOW),
        ((120, 40), None, Peek.BELOW),
        ((120, 40), False, Peek.OFF),
        ((200, 60), None, Peek.BESIDE),
        ((200, 60), False, Peek.OFF),
        ((200, 60), True, Peek.BESIDE),
        ((60, 17), True, Peek.OFF),
        ((60, 18), True, Peek.BELOW),
    ],
)
def test_the_peek_by_size(size: tuple[int, int], asked: bool | None, peek: Peek) -> None:
    assert sizes.choose(*size, Layout(), peek=asked).peek is peek


def test_the_peek_has_hysteresis() -> None:
    beside = sizes.choose(180, 30, Layout())
    assert beside.peek is Peek.BESIDE
    assert sizes.choose(178, 40, beside).peek is Peek.BESIDE
    assert sizes.choose(177, 40, beside).peek is Peek.BELOW
    assert sizes.choose(179, 40, Layout()).peek is Peek.BELOW
    below = sizes.choose(100, 34, Layout())
    assert below.peek is Peek.BELOW
    assert sizes.choose(98, 32, below).peek is Peek.BELOW
    assert sizes.choose(98, 31, below).peek is Peek.OFF
    assert sizes.choose(99, 34, Layout()).peek is Peek.OFF


async def test_the_first_size_is_drawn_once_however_often_textual_tells_it(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = list[tuple[int, int]]()
    lay_out = Deck.lay_out

    def counted(home: Deck) -> None:
        drawn.append(home.app.size)
        lay_out(home)

    monkeypatch.setattr(Deck, "lay_out", counted)
    async with driven(FakeDesk(), (120, 40)) as (pilot, _):
        assert drawn == [(120, 40)]
        await pilot.resize_terminal(90, 30)
        await settle(pilot)
        await pilot.resize_terminal(120, 40)
        await settle(pilot)
        assert drawn == [(120, 40), (90, 30), (120, 40)]
        assert len(strips(pilot)) == 40


@pytest.mark.parametrize(
    ("pinned", "size", "wide", "peek"),
    [
        ("compact", (200, 60), False, False),
        ("full", (200, 60), False, True),
        ("deck", (110, 30), True, False),
        ("deck", (99, 30), False, False),
        ("auto", (110, 30), False, False),
        ("auto", (200, 60), True, False),
    ],
)
async def test_a_layout_can_be_pinned(pinned: str, size: tuple[int, int], wide: bool, peek: bool) -> None:
    async with driven(None, size, ui={"layout": pinned}) as (pilot, home):
        assert home.body.has_class("-wide") is wide
        assert bool(home.peek.region) is peek
        assert ("Keypair tasks" in text(pilot)) is wide
        check(pilot, size)


def check(pilot: Pilot[int], size: tuple[int, int]) -> None:
    """As many lines as the screen has, each as wide as it is."""
    lines = strips(pilot)
    assert len(lines) == size[1]
    assert {line.cell_length for line in lines} == {size[0]}
    assert all(sum(segment.cell_length for segment in line) == size[0] for line in lines)


def some_size(rng: random.Random) -> tuple[int, int]:
    """Mostly what people have, sometimes what nobody has."""
    if rng.random() < 0.2:
        return rng.choice([(1, 1), (1, 60), (300, 1), (60, 15), (59, 15), (60, 14), (2, 2), (200, 60), (80, 24)])
    return rng.randint(1, 210), rng.randint(1, 64)


@pytest.mark.parametrize("keys", [("0", "j", "j", "P"), ("j", "j"), ("3", "j", "j", "F")])
async def test_a_storm_of_sizes_while_polling_leaves_the_cursor_on_its_task(keys: tuple[str, ...]) -> None:
    rng, desk = random.Random(" ".join(keys)), FakeDesk(30, troubles=True)
    async with driven(desk, (120, 40), *keys) as (pilot, home):
        key = home.active.place.key
        for turn in range(25):
            size = some_size(rng)
            await pilot.resize_terminal(*size)
            source = rng.choice(SOURCES)
            fill(desk.store, source, tasks_of(source, rng.randrange(30), seed=turn % 5))
            home.take()
            await settle(pilot)
            check(pilot, size)
            assert home.active.place.key == key, size
            if size[0] < 60 or size[1] < 15:
                assert text(pilot).splitlines()[0] == sizes.small(*size)[: size[0]].ljust(size[0]) or size[0] < 52
        await pilot.resize_terminal(120, 40)
        await settle(pilot)
        assert home.active.place.cursor in home.active.place.window
        assert "needs 60x15" not in text(pilot)


@pytest.mark.parametrize("above", [("enter",), ("question_mark",), ("E",), ("s",), ("slash", "a")])
async def test_a_storm_above_another_screen(above: tuple[str, ...]) -> None:
    rng = random.Random(str(above))
    async with driven(FakeDesk(30), (120, 40), "0", "j", *above) as (pilot, _):
        on_top = pilot.app.screen
        for _ in range(8):
            size = some_size(rng)
            await pilot.resize_terminal(*size)
            await settle(pilot)
            check(pilot, size)
        await pilot.resize_terminal(80, 24)
        await settle(pilot)
        assert pilot.app.screen is on_top
        assert "needs 60x15" not in text(pilot)


def texts(bindings: list[object]) -> list[tuple[str, str]]:
    """The hints of a screen, as the bindings have them."""
    from textual.binding import Binding

    found = gathered(one for one in Binding.make_bindings([*bindings, *APP]) if one.show)  # type: ignore[list-item]
    return [(keys.split(" ")[0], binding.description) for binding, keys in found]


@pytest.mark.parametrize("cells", [60, 80, 120, 200])
@pytest.mark.parametrize("screen", [HOME, EVENTS], ids=["home", "events"])
def test_hints_are_whole_the_first_ones_and_help_is_the_last(screen: list[object], cells: int) -> None:
    keys = texts(screen)
    line = bars.hints(keys, PEN, cells).text
    assert len(line) == cells
    shown = line.strip().split("  ")
    whole = [f"{key} {told}" for key, told in keys]
    assert shown[-1] == "? help"
    assert shown == [one for one in whole if one in shown], "only whole ones, in their order"
    assert shown[:2] == whole[:2]
    missing = [one for one in whole if one not in shown]
    assert all(len(line.rstrip()) + 2 + len(one) > cells for one in missing), "all that fit"


def test_hints_are_measured_in_cells() -> None:
    line = bars.hints([("界", "x" * 20), ("?", "help")], PEN, 32)
    assert line.text.rstrip() == " 界 " + "x" * 20 + "  ? help"
    assert bars.hints([("界", "x" * 20), ("?", "help")], PEN, 31).text.strip() == "? help"
    assert bars.hints([], PEN, 9).text == " " * 9


@pytest.mark.parametrize("cells", [60, 80, 120, 200])
@pytest.mark.parametrize("view", [*(one.title for one in PROVIDERS), "all tasks", "视频转码任务" * 9])
@pytest.mark.parametrize(
    "note", ["", "starting the demo cloud", "no config at /home/somebody/.config/taskdeck/config.toml"]
)
def test_the_header_always_says_whether_it_may_write(cells: int, view: str, note: str) -> None:
    for read_only, word in ((True, "READ-ONLY" if cells >= 100 else "RO"), (False, "WRITE")):
        facts = bars.Header(
            view, "ali-prod,tx-prod,hw-staging", read_only, "15s-60s", note, "PAUSED +1234 held", 12, True
        )
        strip = bars.header(facts, PEN, cells)
        assert strip.cell_length == cells
        assert f" {word} " in f"{strip.text} "
        if len(view) < 30 and cells >= 80:
            assert view in strip.text
            assert "PAUSED +1234 held" in strip.text
            assert " follow " in strip.text


@pytest.mark.parametrize(("cells", "there"), [(60, 3), (80, 4), (120, 5), (200, 5)])
def test_the_header_gives_up_whole_parts(cells: int, there: int) -> None:
    facts = bars.Header("all tasks", "ali-prod,tx-prod", every="15s", note="")
    line = bars.header(facts, PEN, cells).text
    wanted = [
        "taskdeck  all tasks",
        "READ-ONLY" if cells >= 100 else "RO",
        "12:42 UTC",
        "every 15s",
        "ali-prod,tx-prod",
    ]
    found = [part for part in wanted if part in line]
    assert len(found) >= there
    assert ".." not in line


@pytest.mark.parametrize(
    ("choice", "environ", "on"),
    [
        ("auto", {}, True),
        ("auto", {"SSH_CONNECTION": "10.0.0.1 1 10.0.0.2 22"}, False),
        ("auto", {"SSH_TTY": "/dev/pts/1"}, False),
        ("auto", {"SSH_TTY": ""}, True),
        ("on", {"SSH_TTY": "/dev/pts/1"}, True),
        ("off", {}, False),
    ],
)
def test_when_the_mouse_is_on(choice: str, environ: dict[str, str], on: bool) -> None:
    assert mouse.wanted(choice, environ) is on


def test_the_config_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in mouse.REMOTE:
        monkeypatch.delenv(name, raising=False)
    assert monitor().mouse
    assert not monitor(ui={"mouse": "off"}).mouse
    monkeypatch.setenv("SSH_TTY", "/dev/pts/1")
    assert not monitor().mouse
    assert monitor(ui={"mouse": "on"}).mouse


async def test_m_turns_it_off_and_on_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[bool] = []
    monkeypatch.setattr("tui.ui.mouse.switch", lambda driver, on: told.append(on))
    async with driven(None, (120, 40), "m", ui={"mouse": "on"}) as (pilot, _):
        assert "mouse off" in text(pilot)
        await press(pilot, "E", "m")
        assert "mouse on" in text(pilot)
        assert told == [False, True]
        await press(pilot, "escape", "slash", "m")
        assert told == [False, True]


class Told(Driver):
    """A driver that remembers what it told the terminal, built as Textual's is."""

    _in_band_window_resize = True

    def __init__(self) -> None:
        self._mouse = False
        self.sent: list[str] = []

    def _enable_mouse_support(self) -> None:
        self.sent.append("on" if self._mouse else "")

    def _disable_mouse_support(self) -> None:
        self.sent.append("off" if self._mouse else "")

    def _enable_mouse_pixels(self) -> None:
        self.sent.append("pixels")

    def write(self, data: str) -> None: ...
    def start_application_mode(self) -> None: ...
    def disable_input(self) -> None: ...
    def stop_application_mode(self) -> None: ...


def test_the_terminal_is_told_and_stays_so_after_a_stop() -> None:
    driver = Told()
    mouse.switch(driver, True)
    assert (driver.sent, driver._mouse) == (["on", "pixels"], True)
    mouse.switch(driver, False)
    assert (driver.sent[2:], driver._mouse) == (["off"], False)


@pytest.mark.parametrize("cells", [60, 80, 120, 200])
def test_the_header_says_that_an_account_is_prod(cells: int) -> None:
    calm, dear = bars.Header("deck", "ali-prod"), bars.Header("deck", "ali-prod", prod=True)
    assert " PROD " not in bars.header(calm, PEN, cells).text
    strip = bars.header(dear, PEN, cells)
    assert strip.cell_length == cells
    chip = next(segment for segment in strip if segment.text == " PROD ")
    assert chip.style is not None
    assert chip.style.bgcolor == PEN.look["prod"].bgcolor
