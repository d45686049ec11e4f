"""The themes: every token, contrast of all pairs that meet, colour blindness, no colour; and files that are wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import pytest
from textual.app import App
from textual.dom import DOMNode

import tui.ui
from tests.ui.driving import monitor
from tui.errors import ConfigError
from tui.model import State
from tui.ui import themes
from tui.ui.contrast import READABLE, Rgb, linear, luminance, pairs, ratio, rgb
from tui.ui.palette import Palette
from tui.ui.theme_file import LARGEST
from tui.ui.themes import TONES, auto, choose, names, palette
from tui.ui.tokens import FAINT, MEETS, TOKENS

OURS = names()
COLOURED = [name for name in OURS if not palette(name).ansi]
STATES = ("state.bad", "state.live", "state.ok", "state.idle", "state.unknown")
# Machado, Oliveira, Fernandes 2009, "A Physiologically-based Model for Simulation of Color Vision Deficiency", full
# severity, on linear light.
SIGHTS = {
    "usual": ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)),
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
}
APART = 20.0
"""Distance in CIE Lab: 2 is seen side by side, 20 at a glance."""


def seen(colour: str, sight: str) -> tuple[float, float, float]:
    """Where a colour lies in CIE Lab for eyes that see so."""
    light = linear(rgb(colour))
    red, green, blue = (
        min(1.0, max(0.0, sum(share * one for share, one in zip(row, light, strict=True)))) for row in SIGHTS[sight]
    )
    x = (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.9505
    y = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    z = (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.0888
    fx, fy, fz = (one ** (1 / 3) if one > 0.008856 else 7.787 * one + 16 / 116 for one in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


def apart(theme: Palette, one: str, other: str, sight: str) -> float:
    """How far two tokens are from each other."""
    lefts, rights = (seen(theme.colours(token)[0], sight) for token in (one, other))
    return float(sum((left - right) ** 2 for left, right in zip(lefts, rights, strict=True)) ** 0.5)


def test_the_themes_that_were_promised_are_there() -> None:
    own = {"deck-dark", "deck-light", "ansi-dark", "ansi-light", "contrast", "cvd", "mono"}
    assert set(OURS) == own | {"catppuccin-mocha", "gruvbox-dark", "tokyo-night"}
    assert [name for name in OURS if not palette(name).dark] == ["ansi-light", "deck-light"]


@pytest.mark.parametrize("name", OURS)
def test_a_theme_has_every_token_and_is_one_for_textual(name: str) -> None:
    assert list(palette(name).styles) == list(TOKENS)
    made = palette(name).textual()
    assert (made.name, made.ansi) == (f"taskdeck-{name}", palette(name).ansi)


def test_every_token_meets_something_and_nothing_else_does() -> None:
    for under, tokens in MEETS.items():
        assert not under or under in TOKENS
        assert set(tokens) <= set(TOKENS)
    papers = {under for under in MEETS if under}
    assert {token for tokens in MEETS.values() for token in tokens} | papers == set(TOKENS)
    assert FAINT.issubset(TOKENS)


def test_contrast_is_that_of_wcag() -> None:
    black, white = rgb("#000000"), rgb("#ffffff")
    assert ratio(black, white) == ratio(white, black) == 21
    assert ratio(white, white) == 1
    assert ratio(rgb("#777777"), white) == pytest.approx(4.48, abs=0.005)  # the example everybody knows
    grey: Rgb = (0.5, 0.5, 0.5)
    assert luminance(grey) == pytest.approx(0.2140, abs=0.0001)


@pytest.mark.parametrize("name", COLOURED)
def test_every_pair_that_meets_can_be_read(name: str) -> None:
    theme = palette(name)
    found = list(pairs(theme))
    assert len(found) == sum(len(tokens) for tokens in MEETS.values())
    assert not any(style.dim for style in theme.styles.values()), "half of a colour is another contrast"
    least = {pair: 7.0 if name == "contrast" else pair.least for pair in found}
    assert [pair for pair, wanted in least.items() if pair.ratio < wanted] == []


def test_a_pair_is_measured_on_what_is_really_beneath_it(tmp_path: Path) -> None:
    lines = ['base = "deck-dark"', "[colors]", 'background = "#101010"', "[tokens]"]
    lines += ['"text" = "#202020"', '"chrome.dim" = "#ffffff on #fefefe"', '"caret" = "reverse #000000 on #111111"']
    (tmp_path / "mine.toml").write_text("\n".join(lines))
    theme = palette("mine", tmp_path)
    assert theme.colours("text") == ("#202020", "#101010")
    assert theme.colours("chrome.dim", "chrome") == ("#ffffff", "#fefefe")
    assert theme.colours("dim", "cursor") == (palette("deck-dark").colours("dim")[0], "#23364d")
    assert theme.colours("caret") == ("#111111", "#000000")
    wrong = {(pair.under, pair.token) for pair in pairs(theme) if pair.ratio < READABLE}
    assert {("background", "text"), ("chrome", "chrome.dim"), ("cursor", "text")} <= wrong
    assert list(pairs(palette("ansi-dark"))) == []  # the terminal's colours are its own


@pytest.mark.parametrize("sight", SIGHTS)
def test_cvd_keeps_the_states_apart_for_every_eye(sight: str) -> None:
    theme = palette("cvd")
    for at, one in enumerate(STATES):
        for other in STATES[at + 1 :]:
            assert apart(theme, one, other, sight) >= APART, (one, other)
    for age in ("age.slow", "age.stale"):
        assert apart(theme, "age.fresh", age, sight) >= APART


def test_the_simulation_sees_what_red_and_green_do_to_such_eyes() -> None:
    usual, blind = (apart(palette("deck-dark"), "state.bad", "state.ok", sight) for sight in ("usual", "deuteranopia"))
    assert blind < APART < usual


def test_no_colour_is_bold_dim_and_reverse_only() -> None:
    for style in palette("mono").styles.values():
        assert style.color is None
        assert style.bgcolor is None
        assert not any((style.underline, style.italic, style.strike, style.blink))
    assert choose("gruvbox-dark", {"NO_COLOR": "", "TERM": "xterm-256color"}).name == "mono"


def test_every_state_has_a_tone() -> None:
    assert set(TONES) == set(State)
    assert set(TONES.values()) == set(STATES)


@pytest.mark.parametrize(
    ("environ", "light", "name"),
    [
        ({"TERM": "xterm-256color"}, None, "deck-dark"),
        ({"TERM": "xterm", "COLORTERM": "truecolor", "COLORFGBG": "0;15"}, None, "deck-light"),
        ({"TERM": "xterm", "COLORTERM": "truecolor", "COLORFGBG": "0;15"}, False, "deck-dark"),
        ({"TERM": "xterm-256color", "COLORFGBG": "15;0"}, True, "deck-light"),
        ({"TERM": "linux"}, None, "ansi-dark"),
        ({"TERM": "xterm", "COLORFGBG": "0;default;7"}, None, "ansi-light"),
        ({"TERM": "xterm"}, True, "ansi-light"),
        ({}, None, "deck-dark"),
    ],
)
def test_auto_looks_at_the_terminal(environ: dict[str, str], light: bool | None, name: str) -> None:
    assert auto(environ, light=light) == name
    if light is None:
        assert choose("auto", environ).name == name


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        ("zzzz", "there are: auto, ansi-dark"),
        ("gruvbox", "did you mean gruvbox-dark?"),
        ("../themes/deck-dark", "does not exist"),
        ("a\x1b[2J", "does not exist"),
    ],
)
def test_an_unknown_theme_is_told_with_the_nearest(wanted: str, told: str) -> None:
    with pytest.raises(ConfigError) as found:
        choose(wanted, {})
    assert told in str(found.value)
    assert "\x1b" not in str(found.value)


def own(folder: Path, text: str, name: str = "mine") -> Palette:
    """A theme of the user's own."""
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.toml").write_text(text, "utf-8")
    return palette(name, folder)


def test_a_user_theme_says_only_what_is_other_than_its_base(tmp_path: Path) -> None:
    found = own(
        tmp_path, 'base = "gruvbox-dark"\n[colors]\nbackground = "#000000"\n[tokens]\n"key" = "italic #ffffff"\n'
    )
    below = palette("gruvbox-dark")
    assert {token for token in TOKENS if found.styles[token] != below.styles[token]} == {"key"}
    assert found.styles["key"].italic
    assert found.colors == {"background": "#000000", "foreground": "#ebdbb2"}
    assert (found.name, found.dark, found.ansi) == ("mine", True, False)
    assert [path.name for path in found.files] == ["mine.toml", "gruvbox-dark.toml"]
    assert names(tmp_path) == sorted([*OURS, "mine"])
    assert names(tmp_path / "none") == OURS


def test_a_user_theme_of_a_shipped_name_wins_and_may_build_upon_it(tmp_path: Path) -> None:
    assert own(tmp_path, 'base = "cvd"\ndark = true\n', "deck-dark").styles == palette("cvd").styles
    found = own(tmp_path, 'base = "deck-dark"\n[tokens]\n"dim" = "#ffffff"\n', "deck-dark")
    assert found.styles["dim"].color != palette("deck-dark").styles["dim"].color
    assert found.styles["text"] == palette("deck-dark").styles["text"]
    assert choose("auto", {"TERM": "xterm-256color"}, tmp_path).styles is not palette("deck-dark").styles
    assert choose("deck-dark", {}, tmp_path).palette == found


def test_the_terminals_own_colours_are_for_ansi_themes(tmp_path: Path) -> None:
    found = own(tmp_path, 'base = "ansi-dark"\n[tokens]\n"key" = "bold bright_blue on #101010"\n')
    assert found.styles["key"].color is not None
    assert found.textual().background == "ansi_default"


def test_a_whole_theme_needs_no_base(tmp_path: Path) -> None:
    text = (themes.folder() / "cvd.toml").read_text("utf-8")
    assert own(tmp_path, text).styles == palette("cvd").styles
    for token in TOKENS:
        without = "\n".join(line for line in text.splitlines() if not line.startswith(f'"{token}" '))
        with pytest.raises(ConfigError, match=rf"mine\.toml:\d+: tokens: {token} missing; .*base = "):
            own(tmp_path, without)


BASE = 'base = "deck-dark"\n'
WRONG = {
    "no TOML": ("dark = \n", "1:", "no TOML"),
    "unknown token": (
        f'{BASE}[tokens]\n"state.bda" = "#ffffff"\n',
        "3:",
        "tokens.state.bda: no such token; did you mean state.bad?",
    ),
    "unknown key": (f'{BASE}\ncolor = "x"\n', "3:", "color: no such key; did you mean colors?"),
    "unknown colour": (f'{BASE}[colors]\nbackgrund = "#000000"\n', "3:", "did you mean background?"),
    "nothing like it": (f'{BASE}[tokens]\n"qqqq" = ""\n', "3:", "tokens.qqqq: no such token"),
    "no colour": (f'{BASE}[tokens]\n"dim" = "bold #12345g"\n', "3:", "tokens.dim: '#12345g' is no colour: #rrggbb"),
    "a colour of the terminal": (f'{BASE}[tokens]\n"dim" = "red"\n', "3:", "red is a colour of the terminal"),
    "no background": (f'{BASE}[colors]\nbackground = ""\n', "3:", "colors.background: '' is no colour"),
    "no colour at all": ('base = "mono"\n[tokens]\n"dim" = "reddish"\n', "3:", "default, red, bright_blue"),
    "two colours": (f'{BASE}[tokens]\n"dim" = "#111111 #222222"\n', "3:", "is not like `bold #ff7a7a on #11151c`"),
    "nothing after on": (f'{BASE}[tokens]\n"dim" = "#111111 on"\n', "3:", "is not like"),
    "on twice": (f'{BASE}[tokens]\n"dim" = "on #111111 on #222222"\n', "3:", "is not like"),
    "a link": (f'{BASE}[tokens]\n"dim" = "link https://x.example"\n', "3:", "'link' is no colour"),
    "blinking": (f'{BASE}[tokens]\n"dim" = "blink"\n', "3:", "'blink' is no colour"),
    "no text": (f'{BASE}[tokens]\n"dim" = 7\n', "3:", "tokens.dim: a text is wanted"),
    "no table": (f'{BASE}tokens = "x"\n', "2:", "tokens: a table is wanted"),
    "no truth": ('dark = "yes"\n', "1:", "dark: true or false is wanted"),
    "no dark": ("[tokens]\n", "1:", "dark: is missing"),
    "unknown base": ('base = "deck-drak"\n', "1:", "base: theme 'deck-drak' does not exist; did you mean deck-dark?"),
    "no base": ("base = 7\n", "1:", "base: the name of a theme is wanted"),
    "its own base": ('base = "mine"\n', "1:", "theme 'mine' builds upon itself"),
    "other kind of base": (f"{BASE}ansi = true\n", "2:", "ansi: must be that of its base"),
    "control characters": (f'{BASE}[tokens]\n"a\\u001b[2J" = ""\n', "3:", "no such token"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_mistake_is_one_line_with_file_line_and_token(case: str, tmp_path: Path) -> None:
    text, line, told = WRONG[case]
    with pytest.raises(ConfigError) as found:
        own(tmp_path, text)
    said = str(found.value)
    assert said.startswith(f"{tmp_path / 'mine.toml'}:{line}")
    assert told in said
    assert said.isprintable()


def test_a_circle_of_bases_ends(tmp_path: Path) -> None:
    (tmp_path / "other.toml").write_text('base = "mine"\n')
    with pytest.raises(ConfigError, match="builds upon itself"):
        own(tmp_path, 'base = "other"\n')


def test_what_is_no_file_of_text_is_told(tmp_path: Path) -> None:
    (tmp_path / "folder.toml").mkdir()
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "large.toml").write_text("#" * (LARGEST + 1))
    for name, told in (("folder", "no file"), ("bytes", "cannot be read"), ("large", "no theme")):
        with pytest.raises(ConfigError, match=rf"{name}\.toml.*{told}"):
            palette(name, tmp_path)


def test_the_page_about_themes_names_every_theme_and_token_and_its_example_is_one(tmp_path: Path) -> None:
    page = (themes.folder().parent / "docs" / "themes.md").read_text("utf-8")
    for name in OURS:
        assert f"`{name}`" in page
    for token, meaning in TOKENS.items():
        assert f"| `{token}` | {meaning} |" in page
    (example,) = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    assert own(tmp_path, example).colors["background"] == "#000000"


def below(kind: type[DOMNode]) -> Iterator[type[DOMNode]]:
    """All that is built upon a class."""
    for one in kind.__subclasses__():
        yield from (one, *below(one))


def test_the_css_of_all_that_we_show_names_nothing_but_what_there_is() -> None:
    for module in walk_packages(tui.ui.__path__, "tui.ui."):
        import_module(module.name)
    shown = [one for one in below(DOMNode) if one.__module__.startswith("tui.")]
    bases: set[type] = {base for kind in shown for base in kind.__mro__} - {App}  # whose CSS `Dressed` does not inherit
    named = {name for base in bases for name in re.findall(r"\$([\w-]+)", vars(base).get("DEFAULT_CSS", ""))}
    assert named == set(monitor().get_css_variables())


@pytest.mark.parametrize("name", OURS)
def test_what_lies_under_all_is_what_textual_would_make_of_the_theme(name: str) -> None:
    app = monitor(theme=name)
    ours, whole = app.get_css_variables(), App.get_css_variables(app)
    for token in ("background", "foreground"):
        assert ours[token].casefold() == whole[token].casefold()
