"""Pictures of every screen, compared with the ones in `snapshots/`. TASKDECK_SNAPSHOT_UPDATE=1 takes them anew."""

from __future__ import annotations

import os
import unicodedata
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import pytest
from textual._compositor import LayoutUpdate
from textual.pilot import Pilot
from textual.strip import Strip

from tests.ui.driving import driven, press, settle
from tests.ui.fake_desk import NOW, SOURCES, FakeDesk, fill, tasks_of
from tests.ui.states import tell
from tests.ui.svg import picture as picture_of
from tui.model import State
from tui.status import Word
from tui.text import width
from tui.ui.home import Home

pytestmark = pytest.mark.snapshot

FOLDER = Path(__file__).parent / "snapshots"
UPDATE = "TASKDECK_SNAPSHOT_UPDATE"
SIZES = [(80, 24), (120, 40), (200, 60)]


class Scene(NamedTuple):
    """How one gets to a screen: the desk, the keys, what happens on the desk meanwhile, then more keys."""

    keys: tuple[str, ...] = ()
    then: tuple[str, ...] = ()
    happens: bool = False
    troubles: bool = False
    write: bool = False
    """Whether there is the grant to act, on FC of an account marked prod."""
    words: tuple[Word, ...] = ()
    """The states that the sources are in."""
    empty: bool = False
    """Whether no source has a row."""


SCENES = {
    "deck": Scene(happens=True, troubles=True),
    "provider": Scene(("2", "j"), troubles=True),
    "all": Scene(("0", "j", "j")),
    "filtered": Scene(("0", "x", "j", "space", "space", "P", "P", "w"), happens=True),
    "wrong": Scene(("0", "slash", *"state:bad age<2")),
    "offers": Scene(("0", "slash", *"state:", "tab", "tab")),
    "command": Scene(("0", "colon", *"so")),
    "sorts": Scene(("0", "S")),
    "fields": Scene(("0", "n", "f", "j")),
    "states": Scene(("0", "s")),
    "paused": Scene(("0", "p"), ("j",), happens=True),
    "events": Scene(("0",), ("E", "j"), happens=True),
    "help": Scene(("question_mark",)),
    "task": Scene(("4", "n", "enter")),
    "task-timeline": Scene(("4", "a", "j"), ("a", "enter", "2"), happens=True),
    "task-output": Scene(("4", "n", "enter", "o", "slash", *"line", "enter")),
    "task-raw": Scene(("1", "n", "enter", "4", "minus", "j", "j")),
    "task-related": Scene(("4", "n", "enter", "5", "j")),
    "task-cli": Scene(("4", "n", "enter", "6")),
    "task-diff": Scene(("4", "n", "enter", "v")),
    "task-fact": Scene(("4", "n", "enter", "enter", "j")),
    "copies": Scene(("0", "n", "C", "j")),
    "read-only": Scene(("0", "n", "A")),
    "actions": Scene(("5", "n", "n", "space", "1", "a", "space", "space", "0", "A"), write=True),
    "confirm": Scene(("1", "a", "A", "s", *"job-1"), write=True),
    "causes": Scene(("0",), ("e", "j"), happens=True),
    "why": Scene(("4", "n", "n", "n", "X", "j"), troubles=True),
    "health": Scene(("H", "j", "j", "j", "j", "j", "j", "j"), words=tuple(Word)),
    "themes": Scene(("0", "colon", *"theme", "enter", "j", "j")),
    "cards": Scene(words=(Word.NOKEY, Word.OFFLINE, Word.ERROR, Word.EMPTY, Word.AUTH), empty=True),
}
THEMED = ("deck", "all", "task", "causes", "help")
"""What is looked at in every theme; in deck-dark as in all sizes, in ansi-dark and mono below."""
EVERYWHERE = ("deck", "all", "task", "health", "causes")
"""What is also looked at in ASCII, without colour and full of wide characters."""
THEMES = ("deck-light", "ansi-light", "contrast", "cvd", "catppuccin-mocha", "gruvbox-dark", "tokyo-night")
SMALL = (54, 12)


class Look(NamedTuple):
    """Theme, glyphs, and whether all names, targets and errors are wide."""

    theme: str = "deck-dark"
    glyphs: str = "unicode"
    wide: bool = False


DARK = Look()
VARIANTS = {
    "ascii": Look("ansi-dark", "ascii"),
    "nocolor": Look("deck-dark"),  # NO_COLOR wins over the theme that was chosen
    "cjk": Look(wide=True),
}
NAMES = (
    "视频转码任务-北京一号机房-非常长的名字",
    "サムネイル生成 🚀",
    "백업 작업 👩‍👩‍👧 밤",
    "évacué ⚠️ 已完成",
    "图像 🇨🇳 压缩",
)
TARGETS = ("数据库-主库", "本番サーバー-07", "서울/운영-모델", "备份🗄️节点")
ERRORS = (
    "内存不足:已超过 512MB 的限制,任务被终止 💥",
    "タイムアウト：600秒後に停止しました",
    "에이전트가 응답하지 않음 🛑 다시 시도",
)


class Picture(NamedTuple):
    """One file."""

    scene: str
    size: tuple[int, int]
    variant: str = ""
    look: Look = DARK

    @property
    def name(self) -> str:
        """Of the file."""
        return "-".join(filter(None, (self.scene, f"{self.size[0]}x{self.size[1]}", self.variant)))


PICTURES = [
    *(Picture(scene, size) for scene in SCENES for size in SIZES),
    *(Picture(scene, size, *variant) for scene in EVERYWHERE for size in SIZES for variant in VARIANTS.items()),
    *(Picture(scene, SIZES[1], theme, Look(theme)) for scene in THEMED for theme in THEMES),
    Picture("all", SMALL),
]


def widened(desk: FakeDesk) -> None:
    """All names, targets and errors become wide ones. Ids stay: they are the clouds'."""
    for source in SOURCES:
        rows = desk.store.tasks(source.name).values()
        texts = [
            task._replace(
                name=NAMES[at % len(NAMES)],
                target=TARGETS[at % len(TARGETS)],
                error=ERRORS[at % len(ERRORS)] if task.error else None,
            )
            for at, task in enumerate(rows)
        ]
        status = desk.store.status(source.name)
        fill(desk.store, source, texts, at=NOW - 4_000)
        desk.store.set_status(replace(status, tasks=len(texts)))


def told_wide(desk: FakeDesk) -> None:
    """What the providers say of their sources becomes wide."""
    for at, name in enumerate(desk.store.sources):
        status = desk.store.status(name)
        trouble = status.trouble and status.trouble._replace(code="签名错误", message=ERRORS[at % len(ERRORS)] * 3)
        missing = ("等待队列", "本番サーバー") if status.missing else ()
        desk.store.set_status(replace(status, trouble=trouble, last_trouble=trouble, missing=missing))


async def happen(pilot: Pilot[int], desk: FakeDesk, home: Home) -> None:
    """Two tasks of each provider fail, two live ones end well, three are new."""
    for source in SOURCES:
        rows = list(desk.store.tasks(source.name).values())
        failed = [task for task in rows if not task.state.bad][:2]
        done = [task for task in rows if task.state.live and task not in failed][:2]
        changed = [task._replace(state=State.FAILED, error="exit 137: out of memory", ended_at=NOW) for task in failed]
        changed += [task._replace(state=State.SUCCEEDED, ended_at=NOW) for task in done]
        status = desk.store.status(source.name)
        fill(desk.store, source, [*changed, *tasks_of(source, 3, seed=3)], at=NOW)
        desk.store.set_status(replace(status, tasks=len(desk.store.tasks(source.name))))
    home.take()
    await settle(pilot)


async def found(pilot: Pilot[int], home: Home) -> None:
    """Until no row is being looked for: a busy machine needs more than one slice of time."""
    while home._working or getattr(pilot.app.screen, "working", False):
        await settle(pilot)


def lines(pilot: Pilot[int]) -> list[Strip]:
    """What the picture is made of: the screen on top, and those that show through."""
    screens = pilot.app._background_screens
    update = pilot.app.screen._compositor.render_update(full=True, screen_stack=screens)
    assert isinstance(update, LayoutUpdate)
    return [Strip.join(list(line)) for line in update.strips]


def fits(drawn: list[Strip], size: tuple[int, int]) -> None:
    """Every line is there and as wide as the screen, as Textual counts and as terminals do."""
    assert len(drawn) == size[1]
    for strip in drawn:
        assert strip.cell_length == size[0], strip.text
        assert width(strip.text) <= size[0], strip.text
        for char in strip.text:
            assert unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co"), repr(strip.text)


def colourless(drawn: list[Strip]) -> None:
    """Nothing but bold, dim, underline and reverse."""
    for segment in (each for strip in drawn for each in strip):
        style = segment.style
        assert style is None or style.color is None or style.color.is_default, segment
        assert style is None or style.bgcolor is None or style.bgcolor.is_default, segment


def compare(name: str, svg: str) -> None:
    """Fails where the picture differs from the stored one, which shows beside it as `.new.svg`."""
    stored, new = FOLDER / f"{name}.svg", FOLDER / f"{name}.new.svg"
    if os.environ.get(UPDATE):
        stored.write_text(svg, encoding="utf-8")
    known = stored.read_text(encoding="utf-8") if stored.exists() else ""
    if svg == known:
        new.unlink(missing_ok=True)
        return
    new.write_text(svg, encoding="utf-8")
    pytest.fail(f"{new} differs from {stored.name}; {UPDATE}=1 takes it over")


@pytest.mark.parametrize("picture", PICTURES, ids=[each.name for each in PICTURES])
async def test_picture(picture: Picture, monkeypatch: pytest.MonkeyPatch) -> None:
    if picture.variant == "nocolor":
        monkeypatch.setenv("NO_COLOR", "1")
    scene, size, look = SCENES[picture.scene], picture.size, picture.look
    desk = FakeDesk(0 if scene.empty else 60, troubles=scene.troubles)
    if look.wide:
        widened(desk)
    if scene.write:
        desk.read_only, desk.prod = False, {SOURCES[0].name}
    tell(desk, scene.words, tasks=0 if scene.empty else None)
    if look.wide and scene.words:
        told_wide(desk)
    async with driven(desk, size, theme=look.theme, ui={"glyphs": look.glyphs}) as (pilot, home):
        for keys in (scene.keys, scene.then):
            for key in keys:
                await press(pilot, key)
                await found(pilot, home)
            if scene.happens and keys is scene.keys:
                await happen(pilot, desk, home)
                await found(pilot, home)
        drawn, svg = lines(pilot), picture_of(pilot.app)
    fits(drawn, size)
    if picture.variant == "nocolor":
        colourless(drawn)
    if picture.variant == "ascii":
        assert drawn[0].text.isascii()  # the rest has names of tasks in it
        assert drawn[-1].text.isascii()
    compare(picture.name, svg)


def test_every_picture_that_is_kept_is_one_of_these() -> None:
    names, taking = {picture.name for picture in PICTURES}, bool(os.environ.get(UPDATE))
    kept = {path.stem: path for path in FOLDER.glob("*.svg") if path.suffixes == [".svg"]}
    for stale in kept.keys() - names if taking else ():
        kept.pop(stale).unlink()
    assert names == kept.keys() | (names if taking else set())  # taken in any order
