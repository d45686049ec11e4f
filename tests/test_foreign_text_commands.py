"""What commands print of data that asks for trouble, in every format, on stdout and stderr and in the log."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import foreign
from tests.cli.conftest import Scene, refusing
from tests.cli.world import World, named, world
from tests.test_foreign_text import REFUSAL, judge_records
from tui import cli
from tui.cloud import habits

pytestmark = [pytest.mark.cloud, pytest.mark.xdist_group("foreign")]

ADAPTERS = ("alibaba-fc", "alibaba-opensearch", "tencent-mps", "tencent-tat", "huawei-kps")
EVERY = "id,name,kind,target,scope,state,native,error,request_id,source,account,region"
WALKS: dict[str, tuple[tuple[str, ...], ...]] = {
    "list": (
        ("--columns", EVERY),
        ("--columns", EVERY, "-o", "csv"),
        ("-o", "json"),
        ("-o", "ndjson", "--raw", "--limit", "40"),
    ),
    "frame": tuple(("--screen", name, "--size", "200x60") for name in ("all", "task", "events")),
    "show": (("TASK", "--output"), ("TASK", "--output", "-o", "json")),
    "stop": (("TASK", "--write", "--yes"),),
    "tail": (("--for", "1s"), ("--for", "1s", "-o", "ndjson")),
    "wait": (("--timeout", "1s", "state:run"),),
    "check": (("state:fail",),),
    "sources": ((), ("-o", "json"), ("--discover", "ali-demo")),
    "doctor": ((), ("-o", "json")),
}
NOTHING = {
    "monitor": "tests/test_foreign_text.py",
    "demo": "tests/test_foreign_text.py",
    "cloud": "prints what it is itself",
    "record": "what `tail -o ndjson` prints, into a file, and on stderr the lines of `tail`",
    "replay": "tests/ui/test_replay.py",
    "login": "says of a refusal what the dialog says: tests/test_foreign_text.py",
    "logout": "asks no cloud",
    "accounts": "asks no cloud",
    "config": "asks no cloud",
    "completion": "asks no cloud",
}
"""Commands that print nothing of a cloud's, or where that is proved."""
ON_A_TASK = {"show": ADAPTERS, "stop": ("alibaba-fc", "tencent-tat")}
SAID: dict[str, str] = {}
"""All that each command has printed."""


@pytest.fixture(scope="module")
def clouds() -> Iterator[World]:
    """A cloud whose time stands still, and whose every task is hostile."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(habits.SHARES, "hostile", 1.0)
        with world(tasks=150, seed=5, freeze=True, faults=["hostile"]) as cloud:
            yield cloud


def judged(out: str, err: str) -> str:
    """Harmless, line by line."""
    for text in (out, err):
        troubles = foreign.trouble(text.replace("\r\n", "\n"), lines=True)  # the line ends of CSV
        assert not troubles, troubles[:5]
    return out + err


def a_task(clouds: World, adapter: str, live: bool) -> str:
    """One with an error or an output, if it may have ended; an odd id if there is one."""
    found = [one for one in clouds.get("/_truth") if one["adapter"] == adapter and one["listed"]]
    found = [one for one in found if (one["state"] in ("queued", "running")) is live] or found
    return max(map(named, found), key=lambda one: bool(foreign.trouble(one)))


@pytest.mark.parametrize("command", WALKS)
def test_a_command_prints_nothing_that_a_terminal_obeys(
    command: str, clouds: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "config.toml"
    config.write_text(clouds.cloud.config, "utf-8")
    for words in WALKS[command]:
        for adapter in ON_A_TASK.get(command, ("",)):
            task = a_task(clouds, adapter, live=command == "stop") if adapter else ""
            arguments = [task if word == "TASK" else word for word in words]
            code = cli.run(["--config", str(config), "--state-dir", str(tmp_path), command, *arguments])
            assert code in (0, 1, 3, 4, 5, 6, 7), (command, words, code)
            ran = capsys.readouterr()
            SAID[command] = SAID.get(command, "") + judged(*ran)
            if words[-1:] == ("json",):
                json.loads(ran.out)
    if command not in ("check", "wait", "doctor", "sources", "stop"):
        assert foreign.SIGNS.search(SAID[command]), "nothing foreign was printed"
    judge_records(tmp_path / "taskdeck.log")


@pytest.mark.parametrize(
    "words",
    [
        ("list",),
        ("sources",),
        ("sources", "-o", "json"),
        ("doctor",),
        ("show", "media/x"),
        ("frame", "--screen", "health", "--size", "200x60"),
        ("frame", "--screen", "mps"),
        ("check", "state:bad"),
    ],
    ids=" ".join,
)
def test_a_refusal_in_the_worst_of_words_is_harmless_too(
    words: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    scene = Scene(tmp_path, capsys)
    scene.source("media", refusing(f"Odd.{REFUSAL[:60]}", message=REFUSAL))
    try:
        ran = scene.run(*words)
    finally:
        scene.close()
    assert foreign.SIGNS.search(judged(ran.out, ran.err)), ran
    judge_records(scene.state / "taskdeck.log")


def test_every_command_is_walked_or_says_why_not() -> None:
    assert WALKS.keys() | NOTHING.keys() == set(cli._MODULES)
    assert not WALKS.keys() & NOTHING.keys()
