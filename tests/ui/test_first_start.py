"""Without a config: five panes that say how to begin, and a live source of one's own from there."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.cli.world import world
from tests.ui.driving import driven, press, settle, text
from tests.ui.fake_desk import FakeDesk
from tests.ui.fake_door import FakeCabinet, FakeDoor
from tests.ui.states import tell
from tests.ui.test_login import calm, command, fill, paste
from tui.app import LiveDesk
from tui.credentials.cabinets import Cabinets, vault_path
from tui.demo_keys import KEYS
from tui.settings.load import parse
from tui.status import Word
from tui.ui.desk import INTO_THE_DEMO
from tui.ui.shell import Taskdeck
from tui.wiring import models

screen = pytest.mark.screen
SIZES = [(60, 15), (80, 24), (200, 60)]


def unconfigured(path: Path = Path("/nowhere/taskdeck/config.toml")) -> FakeDesk:
    """A desk as one without a config is; nothing runs."""
    live = LiveDesk(path)
    live._empty(f"no config at {path}")
    desk = FakeDesk(0)
    desk.store, desk.note = live.store, live.note
    desk.door = FakeDoor(desk.poke, "")
    return desk


@screen
@pytest.mark.parametrize("size", SIZES)
async def test_every_pane_says_how_to_begin(size: tuple[int, int]) -> None:
    async with driven(unconfigured(), size) as (pilot, home):
        for digit, short in enumerate(("fc", "os", "mps", "tat", "kps"), 1):
            await press(pilot, str(digit))
            seen = text(pilot)
            assert f":login {short} " in seen
            assert ":demo " in seen
            assert "NOKEY" in seen
            assert "no config at" in seen
            assert "/nowhere/taskdeck/config.toml" in seen
        assert home.active.digit == 5


@screen
@pytest.mark.parametrize(
    ("words", "told"),
    [
        (None, "no source yet: :login"),
        ([Word.EMPTY] * 5, "every source was read whole, and has no task"),
        ([*[Word.EMPTY] * 4, Word.AUTH], "no task has been read: H says"),
        ([*[Word.AUTH] * 4, Word.LOADING], "the sources are being read for the first time"),
    ],
)
async def test_an_empty_table_of_all_tasks_says_why(words: list[Word] | None, told: str) -> None:
    desk = unconfigured() if words is None else FakeDesk(0)
    if words is not None:
        tell(desk, words)
    async with driven(desk, (80, 24), "0") as (pilot, home):
        assert told in text(pilot)
        home.write_filter("state:bad")
        await settle(pilot)
        assert told not in text(pilot)
        assert "no task matches the filter" in text(pilot)


@screen
@pytest.mark.parametrize(
    ("short", "labels"),
    [
        ("fc", ("account", "region", "functions", "AccessKey ID", "AccessKey secret", "endpoint")),
        ("os", ("targets", "AccessKey ID")),
        ("mps", ("region", "SecretId", "SecretKey")),
        ("tat", ("region", "SecretId")),
        ("kps", ("region", "Access key (AK)", "Secret key (SK)")),
    ],
)
async def test_a_new_source_is_asked_for_what_it_needs(short: str, labels: tuple[str, ...]) -> None:
    async with driven(unconfigured(), (60, 15)) as (pilot, _):
        await command(pilot, f"login {short}")
        for label in labels:
            assert label in text(pilot)
        assert "Enter test and keep" in text(pilot)


@screen
async def test_a_region_is_offered_and_one_that_cannot_be_is_refused_without_a_call(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    desk = unconfigured()
    door = desk.door
    assert isinstance(door, FakeDoor)
    monkeypatch.setattr("tui.proving.proved", door.proved)
    async with driven(desk, (80, 24)) as (pilot, _):
        await press(pilot, "U")
        await calm(pilot)
        await press(pilot, *"cn-h")
        assert "cn-hangzhou" in text(pilot)
        await press(pilot, "X", "tab", "tab", *"AK", "tab", *"sk")
        await press(pilot, "enter")
        await calm(pilot)
        assert "small letters" in text(pilot)
        assert not door.tried
        await press(pilot, "ctrl+u", *"cn-h", "right")
        await press(pilot, "enter")
        await calm(pilot)
        (new,) = door.begun
        assert (new[0].name, new[0].region, new[1].name, new[1].credentials) == (
            *("fc", "cn-hangzhou"),
            *("alibaba", "keyring"),
        )
        seen = text(pilot)
        lines = [line.strip() for line in seen[seen.index("[accounts") :].splitlines()]
        pasted = "\n".join(line for line in lines if line and not line.startswith("c copy"))
        config = parse(pasted.split("\nEnter")[0].split("\n c copy")[0].partition("\n1")[0], models(), Path("p"))
        assert config.sources == (new[0],)


@screen
@pytest.mark.parametrize(
    ("short", "typed", "told"),
    [
        ("os", ("cn-hangzhou", "bad"), "'bad' is not appGroup/function/instance"),
        ("tat", ("xx y",), "region: a region such as"),
        ("kps", ("cn-north-4", "AK1234567890", "sk", "", "http://10.0.0.1"), "endpoint: "),
    ],
)
async def test_what_no_config_may_say_is_told_before_any_call(
    monkeypatch: pytest.MonkeyPatch, short: str, typed: tuple[str, ...], told: str
) -> None:
    desk = unconfigured()
    door = desk.door
    assert isinstance(door, FakeDoor)
    monkeypatch.setattr("tui.proving.proved", door.proved)
    async with driven(desk, (80, 24)) as (pilot, _):
        await command(pilot, f"login {short}")
        given = (*typed, "AK1234567890", "sk") if len(typed) < 3 else typed
        await fill_on(pilot, *given)
        assert told in text(pilot)
        assert not door.tried


@screen
async def test_demo_leaves_for_the_demo_cloud_and_the_demo_stays() -> None:
    desk = unconfigured()
    async with driven(desk, (80, 24)) as (pilot, _):
        desk.demo = True
        await command(pilot, "demo")
        assert "this is the demo cloud" in text(pilot)
        desk.demo = False
        await press(pilot, "enter")
        await calm(pilot)
        assert pilot.app.return_value == INTO_THE_DEMO


async def until(pilot: Pilot[int], holds: Callable[[], bool]) -> None:
    """Looks at the screen until something holds: a cloud, a thread and a key derivation take their time."""
    async with asyncio.timeout(60):
        while not holds():
            await asyncio.sleep(0.01)
            await settle(pilot)


@pytest.mark.cloud
async def test_from_no_config_to_a_live_source_of_ones_own(tmp_path: Path) -> None:
    """With a real vault in place of a keyring, and the demo cloud in place of the vendor."""
    key = KEYS["alibaba"]
    path = tmp_path / "config.toml"
    with world(tasks=120, seed=5, freeze=True) as demo:
        endpoint = next(one.endpoint for one in parse(demo.cloud.config, models(), path).sources)
        desk = LiveDesk(path, state=tmp_path / "state")
        cabinet, keyring = desk.door.cabinet, FakeCabinet("keyring")
        keyring.broken = "no D-Bus session: SSH without a desktop"
        desk.door.cabinet = lambda kind: keyring if kind == keyring.name else cabinet(kind)
        app = Taskdeck(desk, tables={"ui": {"glyphs": "unicode"}}, theme_name="deck-dark")
        async with app.run_test(size=(80, 24)) as pilot:
            await until(pilot, lambda: desk._group is not None)
            await command(pilot, "login fc")
            await until(pilot, lambda: "3  the vault" in text(pilot))
            await press(pilot, "3")
            await until(pilot, lambda: "test and keep" in text(pilot))
            await paste(pilot, "cn-hangzhou")
            await press(pilot, "tab", "tab")
            await fill_on(pilot, key["access_key_id"], key["access_key_secret"], "", str(endpoint))
            await until(pilot, lambda: "the same again" in text(pilot))
            await fill(pilot, "correct horse battery", "correct horse battery")
            await until(pilot, lambda: "taskdeck never writes its config" in text(pilot))
            assert f'endpoint = "{endpoint}"' in text(pilot)
            await press(pilot, "enter")
            await until(pilot, lambda: bool(desk.store.tasks("fc")) and "live" in text(pilot))
        assert not path.exists()
        kept = vault_path(tmp_path / "state")
        assert key["access_key_secret"].encode() not in kept.read_bytes()
        assert kept.stat().st_mode & 0o777 == 0o600
        assert list(await Cabinets(tmp_path / "state")("vault").names()) == ["alibaba"]


async def fill_on(pilot: Pilot[int], *values: str) -> None:
    """Values line by line, "" for a line that stays empty, then Enter."""
    for at, value in enumerate(values):
        if at:
            await press(pilot, "tab")
        if value:
            await paste(pilot, value)
    await press(pilot, "enter")
    await calm(pilot)
