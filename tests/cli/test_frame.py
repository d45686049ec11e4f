"""`frame`: any screen of the monitor as text, from one whole poll."""

from __future__ import annotations

import json
import re

import pytest

from tests.cli.conftest import Said, Scene, shelf
from tui.adapters import every
from tui.text import width
from tui.ui import still
from tui.ui.desk import Provider

pytestmark = pytest.mark.screen
PROVIDERS = [Provider(one.id, one.digit, one.short, one.title) for one in every()]


def row(number: int, **more: str) -> dict[str, str | list[str]]:
    return {
        "TaskId": f"task-{number:04}",
        "TaskType": "WorkflowTask",
        "SubTaskTypes": ["转码任务", "🚀"],
        "CreateTime": f"2026-11-21T10:{number % 60:02}:00Z",
        "BeginProcessTime": f"2026-11-21T10:{number % 60:02}:30Z",
        "FinishTime": "0000-00-00T00:00:00Z",
        **more,
    }


MEDIA = shelf(
    WAITING=[row(at) for at in range(30)],
    FAILED=[row(at) for at in range(30, 40)],
    DONE=[row(40, TaskId="evil\x1b[2J[bold]"), row(41)],
)


@pytest.fixture
def media(scene: Scene) -> Scene:
    """One source of MPS: 30 wait, 10 failed, 2 went well."""
    scene.source("media", MEDIA)
    return scene


def lines_of(scene: Scene, *arguments: str) -> list[str]:
    ran = scene.run("frame", *arguments)
    assert (ran.code, ran.err) == (0, "")
    return ran.out.splitlines()


NAMES = ("deck", "all", "fc", "os", "mps", "tat", "kps", "events", "health", "help", "task", "MPS")
BIG = ((120, 40), (200, 60))


@pytest.mark.parametrize(
    ("name", "size"),
    [*((name, (80, 24)) for name in NAMES), *((name, size) for name in ("deck", "mps", "health") for size in BIG)],
)
def test_every_screen_fits_its_size(media: Scene, name: str, size: tuple[int, int]) -> None:
    lines = lines_of(media, "--screen", name, "--size", f"{size[0]}x{size[1]}")
    assert 5 < len(lines) <= size[1]
    assert max(map(width, lines)) <= size[0]
    assert all(line == line.rstrip() for line in lines)
    assert not any(ord(sign) < 32 or ord(sign) == 127 for line in lines for sign in line)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("deck", "deck"),
        ("all", "all tasks"),
        ("fc", "Function Compute"),
        ("kps", "Keypair tasks"),
        ("events", "events of this run"),
        ("health", "1 source: 1 LIVE"),
        ("help", "keys of this screen"),
        ("task", "all tasks > state:fail > task-0039"),
    ],
)
def test_each_screen_is_the_one_asked_for(media: Scene, name: str, says: str) -> None:
    words = ("state:fail",) if name == "task" else ()
    assert says in " ".join(lines_of(media, *words, "--screen", name)[0].split())


def test_without_options_it_is_the_deck_at_120x40(media: Scene) -> None:
    assert media.run("frame").out == media.run("frame", "--screen", "deck", "--size", "120x40").out


def test_the_filter_is_that_of_the_screen(media: Scene) -> None:
    lines = lines_of(media, "state:fail", "--screen", "mps")
    assert any("/ state:fail" in line for line in lines)
    assert any("10 of 42" in line for line in lines)
    assert [f"task-{at:04}" for at in range(39, 29, -1)] == [
        word for line in lines for word in line.split() if word.startswith("task-") and "FAIL" in line
    ][:10]


def test_a_filter_that_only_a_screen_knows(media: Scene) -> None:
    assert any("0 of 42" in line for line in lines_of(media, "mark:yes", "--screen", "all"))


def test_the_task_is_the_first_one_as_its_list_showed_it(media: Scene) -> None:
    text = "\n".join(lines_of(media, "id=task-0041", "--screen", "task"))
    assert "\n task           task-0041  " in text
    assert "WHEN" in text


def test_causes_and_why_are_of_what_the_filter_leaves(media: Scene) -> None:
    text = "\n".join(lines_of(media, "state:fail", "--screen", "causes"))
    assert "causes   of state:fail" in text
    assert "10  " in next(line for line in text.splitlines() if "subtask failed" in line)
    text = "\n".join(lines_of(media, "state:fail", "--screen", "why"))
    assert "WHY  evidence only, no guess" in text
    assert "SubTaskHasFailed=true" in text
    assert "9 other tasks have this cause" in text


def test_without_a_task_there_is_none_to_show(media: Scene) -> None:
    ran = media.run("frame", "nosuchword", "--screen", "task")
    assert (ran.code, ran.out, ran.err) == (1, "", "taskdeck: no task to show\n")


@pytest.mark.parametrize(
    ("size", "says"),
    [
        ("59x15", " taskdeck needs 60x15, have 59x15 (still polling)"),
        ("60x14", " taskdeck needs 60x15, have 60x14 (still polling)"),
        ("20x5", " taskdeck needs 60.."),
    ],
)
def test_a_size_that_is_too_small_is_one_line(media: Scene, size: str, says: str) -> None:
    (line,) = lines_of(media, "--size", size)
    assert line == says


@pytest.mark.parametrize("size", ["1x1", "1000x1000", "7X300"])
def test_the_ends_of_sizes(media: Scene, size: str) -> None:
    assert 1 <= len(lines_of(media, "--size", size)) <= 1_000


@pytest.mark.parametrize("size", ["0x10", "10x0", "1001x40", "40x1001", "120", "x", "-1x5", "axb", "1x1x1", "٣x٣"])
def test_other_sizes_are_refused_before_anything_is_read(scene: Scene, size: str) -> None:
    ran = scene.run("frame", f"--size={size}")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("taskdeck: --size: ")
    assert ran.err.count("\n") == 1


@pytest.mark.parametrize(
    ("name", "says"),
    [("evnts", "did you mean events?"), ("tta", "did you mean tat?"), ("\x1b[2J", "there is deck, all, fc, os, mps")],
)
def test_an_unknown_screen_names_the_nearest(scene: Scene, name: str, says: str) -> None:
    ran = scene.run("frame", "--screen", name)
    assert (ran.code, ran.out) == (2, "")
    assert says in ran.err
    assert "\x1b" not in ran.err


def test_a_wrong_filter_costs_no_call(scene: Scene) -> None:
    assert scene.refused("frame", "age<5").startswith("taskdeck: filter: age: needs a unit")


def test_a_source_that_fails_is_said_and_the_rest_is_drawn(media: Scene) -> None:
    def refused(action: str, asked: object) -> Said:
        error = {"Code": "UnauthorizedOperation", "Message": "no such right"}
        return 200, {"Response": {"Error": error, "RequestId": "r-9"}}

    media.source("other", refused)
    ran = media.run("frame", "--screen", "all")
    assert ran.code == 5
    assert ran.err == "taskdeck: other: DENIED UnauthorizedOperation no such right (r-9)\n"
    assert "task-0029" in ran.out
    assert "UnauthorizedOperation" in media.run("frame", "--screen", "health").out


def test_a_source_that_fails_alone_is_its_code_and_its_pane(scene: Scene) -> None:
    scene.source("media", lambda action, asked: (200, b"<html>"))
    ran = scene.run("frame", "--screen", "mps")
    assert ran.code == 6
    assert "ERROR" in ran.out


@pytest.mark.parametrize("environment", [{"LC_ALL": "C"}, {"LANG": "C", "LC_CTYPE": "C.UTF-8"}])
def test_ascii_where_the_locale_is(media: Scene, monkeypatch: pytest.MonkeyPatch, environment: dict[str, str]) -> None:
    monkeypatch.delenv("LC_ALL", raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    if "LC_ALL" in environment:
        monkeypatch.setattr("locale.getencoding", lambda: "ANSI_X3.4-1968")
    lines = lines_of(media, "state:fail", "--screen", "mps", "--size", "80x24")
    assert any("x FAIL" in line for line in lines)


def test_colours_and_terminals_do_not_matter(media: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = lines_of(media, "--screen", "help")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("TERM", "dumb")
    assert lines_of(media, "--screen", "help") == plain


def test_it_knows_the_saved_views_of_the_monitor_but_not_its_orders(media: Scene) -> None:
    media.state.mkdir()
    kept = {"views": {"broken": "state:fail"}, "sorts": {"all": "id", "tencent-mps": "id"}}
    (media.state / "monitor.json").write_text(json.dumps(kept))
    lines = lines_of(media, "@broken", "--screen", "all")
    assert any("10 of 42" in line for line in lines)
    rows = [line for line in lines if "FAIL" in line]
    assert "task-0039" in rows[0]
    listed = media.run("list", "@broken", "-o", "ndjson")
    assert (listed.code, len(listed.out.splitlines())) == (0, 10)


def test_every_name_is_a_screen_of_its_own() -> None:
    scenes = still.scenes(PROVIDERS)
    assert len(set(scenes.values())) == len(scenes) == len(PROVIDERS) + 8


def test_its_help_names_every_screen(scene: Scene) -> None:
    told = " ".join(scene.plain("frame", "--help").out.split())
    names = set(re.findall(r"\w+", told[told.index("--screen NAME deck") :]))
    assert still.scenes(PROVIDERS).keys() <= names
