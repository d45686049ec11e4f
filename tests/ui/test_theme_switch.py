"""Other themes while the monitor runs: by command, in the picker, when the file changes, when the terminal answers."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from rich.style import Style
from textual.drivers.headless_driver import HeadlessDriver
from textual.events import AppBlur, AppFocus
from textual.pilot import Pilot

from tests.ui.driving import press, settle, text
from tests.ui.fake_desk import NOW, FakeDesk
from tests.ui.states import tell
from tui.errors import ConfigError
from tui.model import State
from tui.status import Word
from tui.ui import themes
from tui.ui.home import Home
from tui.ui.ink import Ink, laid
from tui.ui.listening import Background
from tui.ui.shell import Taskdeck
from tui.ui.theme_picker import ThemePicker
from tui.ui.themes import palette
from tui.ui.tokens import TOKENS
from tui.ui.wardrobe import Wardrobe

pytestmark = pytest.mark.screen
TERM = {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
MINE = 'base = "deck-dark"\n[tokens]\n"head" = "#ff0000"\n'


class Stage:
    """The app with a folder of the user's themes."""

    def __init__(self, pilot: Pilot[int], folder: Path) -> None:
        app = pilot.app
        assert isinstance(app, Taskdeck)
        self.app, self.pilot, self.folder = app, pilot, folder

    @property
    def worn(self) -> str:
        """The name of the theme."""
        return self.app.wardrobe.name

    @property
    def seen(self) -> str:
        """What one reads."""
        return text(self.pilot)

    async def command(self, line: str) -> None:
        """A line after `:`."""
        await press(self.pilot, "colon", *line, "enter")

    async def edit(self, content: str, name: str = "mine") -> None:
        """Writes a theme, and a second passes."""
        write(self.folder, content, name)
        await self.second()

    async def second(self) -> None:
        """The app looks at the file."""
        self.app.look_at_file()
        await settle(self.pilot)

    def colours(self) -> set[str]:
        """Of all that is on the screen."""
        screen = self.app.screen
        styles = [segment.style for strip in screen._compositor.render_strips(screen.size) for segment in strip]
        return {colour.name for style in styles if style for colour in (style.color, style.bgcolor) if colour}


def write(folder: Path, content: str, name: str = "mine") -> None:
    """A theme of the user's, newer than the one before."""
    path = folder / f"{name}.toml"
    before = path.stat().st_mtime_ns if path.exists() else NOW
    path.write_text(content, "utf-8")
    os.utime(path, ns=(before + 1, before + 1))


@asynccontextmanager
async def stage(folder: Path, theme: str = "deck-dark", desk: FakeDesk | None = None) -> AsyncIterator[Stage]:
    """The app, running."""
    app = Taskdeck(
        desk or FakeDesk(),
        tables={"monitor": {"time": "utc"}, "ui": {"glyphs": "unicode"}},
        theme_name=theme,
        clock=lambda: NOW,
        themes=folder,
    )
    async with app.run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        yield Stage(pilot, folder)


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """One with many colours that says nothing of its background."""
    for name in ("NO_COLOR", "COLORFGBG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in TERM.items():
        monkeypatch.setenv(name, value)


async def test_a_theme_is_worn_by_name_for_this_run(tmp_path: Path) -> None:
    write(tmp_path, MINE)
    async with stage(tmp_path) as run:
        await press(run.pilot, "0")
        await run.command("theme gruvbox-dark")
        assert run.worn == "gruvbox-dark"
        assert "theme gruvbox-dark, for this run" in run.seen
        assert {"#282828", "#1d2021", "#8fb3a6"} <= run.colours()
        assert not run.colours() & {"#11151c", "#1b222d", "#7cc4ff"}
        await run.command("theme mine")
        assert {"#ff0000", "#11151c"} <= run.colours()
        assert not run.colours() & {"#282828", "#1d2021"}


async def test_the_line_completes_themes_and_says_what_is_wrong(tmp_path: Path) -> None:
    write(tmp_path, MINE)
    write(tmp_path, 'base = "deck-dark"\n[tokens]\n"hed" = ""\n', "bad")
    async with stage(tmp_path) as run:
        await press(run.pilot, "colon", *"theme tok", "tab")
        assert "theme tokyo-night" in run.seen
        await press(run.pilot, "escape")
        await run.command("theme gruvbx")
        assert "theme 'gruvbx' does not exist; did you mean gruvbox-dark?" in run.seen
        await press(run.pilot, "escape")
        await run.command("theme bad")
        assert "bad.toml:3: tokens.hed: no such token; did you mean head?" in run.seen
        assert run.worn == "deck-dark"


async def test_the_picker_shows_each_theme_and_esc_puts_the_old_one_back_on(tmp_path: Path) -> None:
    async with stage(tmp_path) as run:
        before = run.colours()
        await run.command("theme")
        assert isinstance(run.app.screen, ThemePicker)
        assert run.app.screen.choices.name_here == "deck-dark"
        await press(run.pilot, "j")
        assert run.worn == "deck-light"
        assert "#fbfbf9" in run.colours()
        await press(run.pilot, "k", "k")
        assert run.worn == "cvd"
        await press(run.pilot, "escape")
        assert (run.worn, run.colours()) == ("deck-dark", before)
        await run.command("theme")
        await press(run.pilot, "up", "x")  # any other key leaves too
        assert run.worn == "deck-dark"
        await run.command("theme")
        await press(run.pilot, "down", "enter")
        assert run.worn == "deck-light"
        assert "theme deck-light, for this run" in run.seen
        assert not run.colours() & {"#11151c", "#1b222d"}


async def test_a_theme_that_is_wrong_cannot_be_kept(tmp_path: Path) -> None:
    write(tmp_path, "dark = 1\n", "deck-e")
    async with stage(tmp_path) as run:
        await run.command("theme")
        await press(run.pilot, "j", "enter")
        assert isinstance(run.app.screen, ThemePicker)
        assert "deck-e.toml:1: dark: true or false is wanted" in run.seen
        assert run.worn == "deck-dark"
        await press(run.pilot, "j")
        assert "deck-e.toml" not in run.seen
        assert run.worn == "deck-light"


async def test_the_screens_below_a_picker_change_as_well(tmp_path: Path) -> None:
    async with stage(tmp_path) as run:
        await press(run.pilot, "0", "question_mark")
        run.app.wear(run.app.wardrobe.find("tokyo-night"))
        await settle(run.pilot)
        assert not run.colours() & {"#11151c", "#1b222d", "#c9d1dc"}
        await press(run.pilot, "escape")
        assert not run.colours() & {"#11151c", "#1b222d", "#c9d1dc", "#23364d"}


async def test_sixteen_colours_and_back(tmp_path: Path) -> None:
    async with stage(tmp_path) as run:
        before = run.colours()
        await run.command("theme ansi-dark")
        assert run.app.native_ansi_color
        assert not [name for name in run.colours() if name.startswith("#")]
        await run.command("theme deck-dark")
        assert not run.app.native_ansi_color
        await press(run.pilot, "escape")  # what was said
        assert run.colours() == before


async def test_an_edited_file_is_worn_by_itself(tmp_path: Path) -> None:
    write(tmp_path, MINE)
    async with stage(tmp_path, "mine") as run:
        await press(run.pilot, "0")
        assert "#ff0000" in run.colours()
        await run.edit(MINE.replace("#ff0000", "#00ff7f"))
        assert "#00ff7f" in run.colours()
        assert "#ff0000" not in run.colours()
        before = run.app.theme
        await run.second()
        assert run.app.theme == before  # nothing has changed: nothing is worn anew


async def test_a_mistake_in_the_file_is_one_line_and_the_old_look_stays(tmp_path: Path) -> None:
    write(tmp_path, MINE)
    async with stage(tmp_path, "mine") as run:
        await press(run.pilot, "0")
        before = run.colours()
        for content, told in (
            (MINE + '"dimm" = "#ffffff"\n', "mine.toml:4: tokens.dimm: no such token; did you mean dim?"),
            (MINE + '"dim" = "#fffff"\n', "mine.toml:4: tokens.dim: '#fffff' is no colour: #rrggbb"),
            (MINE + '"dim" = \n', "mine.toml:4:9: no TOML: Invalid value"),
        ):
            await run.edit(content)
            assert told in run.seen
            assert run.colours() - {"#e3b866"} == before - {"#e3b866"}  # the line itself is in the colour of marks
            await press(run.pilot, "j")
            await run.second()
            assert told not in run.seen, "said once"
        await run.edit(MINE.replace("#ff0000", "#0000ff"))
        assert "#0000ff" in run.colours()


async def test_a_file_that_goes_away_is_told_and_may_come_back(tmp_path: Path) -> None:
    write(tmp_path, MINE)
    async with stage(tmp_path, "mine") as run:
        (tmp_path / "mine.toml").unlink()
        await run.second()
        assert "mine.toml: gone; what was read of it stays" in run.seen
        assert run.worn == "mine"
        await run.edit(MINE.replace("#ff0000", "#0000ff"))
        await press(run.pilot, "0")
        assert "#0000ff" in run.colours()


async def test_a_base_of_the_users_is_looked_at_as_well(tmp_path: Path) -> None:
    write(tmp_path, MINE)
    write(tmp_path, 'base = "mine"\n', "upon")
    async with stage(tmp_path, "upon") as run:
        await press(run.pilot, "0")
        await run.edit(MINE.replace("#ff0000", "#00ff7f"))
        assert "#00ff7f" in run.colours()


async def test_nobody_looks_at_files_while_the_terminal_has_no_focus(tmp_path: Path) -> None:
    write(tmp_path, MINE)
    async with stage(tmp_path, "mine") as run:
        await press(run.pilot, "0")
        run.app.post_message(AppBlur())
        await settle(run.pilot)
        await run.edit(MINE.replace("#ff0000", "#00ff7f"))
        assert "#ff0000" in run.colours()
        run.app.post_message(AppFocus())
        await settle(run.pilot)
        assert "#00ff7f" in run.colours()


async def test_a_theme_that_is_wrong_at_the_start_ends_the_start(tmp_path: Path) -> None:
    write(tmp_path, MINE + '"dimm" = ""\n')
    with pytest.raises(ConfigError, match=r"mine\.toml:4: tokens\.dimm"):
        async with stage(tmp_path, "mine"):
            pass


async def test_auto_turns_light_when_the_terminal_says_so(tmp_path: Path, terminal: None) -> None:
    async with stage(tmp_path, "auto") as run:
        assert run.worn == "deck-dark"
        for light, worn in ((True, "deck-light"), (True, "deck-light"), (False, "deck-dark")):
            run.app.post_message(Background(light))
            await settle(run.pilot)
            assert run.worn == worn
            assert ("#fbfbf9" in run.colours()) is light


async def test_what_one_has_chosen_is_not_changed_by_the_terminal(tmp_path: Path, terminal: None) -> None:
    async with stage(tmp_path, "auto") as run:
        await run.command("theme cvd")
        run.app.post_message(Background(True))
        await settle(run.pilot)
        assert run.worn == "cvd"
        await run.command("theme auto")
        assert run.worn == "deck-dark"
        await run.command("theme")
        run.app.post_message(Background(True))
        await settle(run.pilot)
        assert run.worn == "deck-dark"  # while one looks
        await press(run.pilot, "escape")
        run.app.post_message(Background(True))
        await settle(run.pilot)
        assert run.worn == "deck-light"


async def test_without_colours_there_is_nothing_to_choose(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with stage(tmp_path, "auto") as run:
        await run.command("theme cvd")
        assert "NO_COLOR is set" in run.seen
        assert run.worn == "mono"
        run.app.post_message(Background(True))
        await settle(run.pilot)
        assert run.worn == "mono"


def test_the_terminal_is_asked_only_where_it_matters(
    tmp_path: Path, terminal: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def driver(theme: str) -> str:
        return Taskdeck(FakeDesk(), theme_name=theme, themes=tmp_path).driver_class.__name__

    assert driver("auto") == "Listening"
    assert driver("deck-dark") == "Tty"
    monkeypatch.setenv("NO_COLOR", "1")
    assert driver("auto") == "Tty"


def test_a_wardrobe_without_a_folder_has_ours() -> None:
    wardrobe = Wardrobe("auto", None, TERM)
    assert wardrobe.names() == themes.names()
    assert wardrobe.answered(light=False) is None
    found = wardrobe.answered(light=True)
    assert found is not None
    assert found.name == themes.auto(TERM, light=True)


WORDS = {state.label for state in State}


async def test_without_colour_the_words_of_all_states_are_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    desk = FakeDesk()
    async with stage(tmp_path, "auto", desk) as run:
        await press(run.pilot, "0")
        found = set[str]()
        for _ in range(12):
            found |= {word for word in WORDS if f" {word} " in run.seen}
            await press(run.pilot, "pagedown")
        assert found == WORDS


async def test_without_colour_the_words_of_all_sources_are_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    told = FakeDesk()
    tell(told, tuple(Word))
    found = set[Word]()
    for desk in (told, FakeDesk()):  # a live source has tasks: those of the first have not enough
        async with stage(tmp_path, "auto", desk) as run:
            await press(run.pilot, "H")
            found |= {word for word in Word if f" {word.value.lower()} " in run.seen.lower()}
    assert found == set(Word)


@pytest.mark.parametrize("name", ["ansi-dark", "ansi-light", "mono"])
async def test_the_row_of_the_cursor_is_whole_where_it_is_reversed(name: str, tmp_path: Path) -> None:
    async with stage(tmp_path, name) as run:
        await press(run.pilot, "0", "x", "j", "space", "k")
        drawn = run.app.screen._compositor.render_strips(run.app.screen.size)
        (row,) = [strip for strip in drawn if strip.text.startswith("›")]
        assert "FAIL" in row.text
        for segment in row:
            style = segment.style
            assert style is not None
            assert style.reverse
            assert not style.dim
            assert style.color is None or style.color.is_default
            assert style.bgcolor is None or style.bgcolor.is_default


def test_on_a_reversed_line_a_style_keeps_its_weight_and_a_caret_turns_back() -> None:
    under = Style(reverse=True)
    assert laid(under, Style.parse("bold red on blue")) == Style(bold=True, reverse=True)
    assert laid(under, Style.parse("dim green")) == Style(reverse=True)
    assert laid(under, Style(reverse=True)) == Style(reverse=False)
    assert laid(Style.parse("on blue"), Style.parse("red")) == Style.parse("red on blue")
    strip = Ink().add("a", Style.parse("red")).add("b", Style.parse("green")).strip(4, under)
    assert [(segment.text, segment.style) for segment in strip] == [("ab", under), ("  ", under)]


SCREENS = ("0", "0x/", ":", "E", "H", "e", "nX", "0nE", "0S", "0s", "C", "L?", "01", "02", "03", "04", "05", "06")
"""Keys that lead to a screen; a second digit is a tab of a task."""


@pytest.mark.parametrize("keys", SCREENS)
async def test_no_screen_keeps_a_colour_of_the_old_theme(keys: str, tmp_path: Path) -> None:
    """All colours of the one are none of the other, so that each that stays is seen."""
    async with stage(tmp_path, "deck-dark") as run:
        if len(keys) == 2 and keys.isdigit():
            await press(run.pilot, "0", "n", "enter", keys[1])
        else:
            await press(run.pilot, *keys)
        run.app.wear(palette("contrast"))
        await settle(run.pilot)
        old = {palette("deck-dark").colours(token)[0] for token in TOKENS}
        assert not run.colours() & (old | {"#11151c", "#1b222d", "#23364d", "#213a56", "#19202a"})


async def test_a_quiet_screen_writes_no_byte_though_the_file_is_looked_at_each_second(
    tmp_path: Path, terminal: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, MINE)
    async with stage(tmp_path, "mine") as run:
        home = run.app.screen_stack[0]
        assert isinstance(home, Home)
        written: list[str] = []
        monkeypatch.setattr(HeadlessDriver, "is_headless", False)  # now Textual writes what it would to a terminal
        monkeypatch.setattr(HeadlessDriver, "write", lambda driver, data: written.append(data))
        for _ in range(5):
            home.tick()
            await run.second()
        assert written == []
        await press(run.pilot, "j")
        moved = sum(map(len, written))
        assert 0 < moved < 2_000
        await run.edit(MINE.replace("#ff0000", "#00ff00"))
        assert sum(map(len, written)) > moved + 2_000
        monkeypatch.undo()
