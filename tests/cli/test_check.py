"""check: whether more tasks match than may, what is read for it, and what counts where something could not be read."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cli.conftest import Answer, Said, Scene, refusing, row, shelf
from tests.tasks import NOW, SOURCE
from tui.cli.once import there_ms
from tui.status import SourceStatus

pytestmark = pytest.mark.cloud

LISTS = shelf(PROCESSING=[row("p-1", FinishTime="")], FAILED=[row("f-1"), row("f-2")], DONE=[row("d-1")])


@pytest.mark.parametrize(
    ("words", "code", "line"),
    [
        (["state:bad"], 1, "2 tasks match (at most 0)\n"),
        (["state:bad", "--max", "1"], 1, "2 tasks match (at most 1)\n"),
        (["state:bad", "--max", "2"], 0, "2 tasks match (at most 2)\n"),
        (["--max=3", "-state:bad", "-zzz"], 0, "2 tasks match (at most 3)\n"),
        (["id:d-1"], 1, "1 task matches (at most 0)\n"),
        (["nothing-like-that"], 0, "0 tasks match (at most 0)\n"),
        (["state:bad", "limit:1", "sort:name", "--max", "1"], 1, "2 tasks match (at most 1)\n"),
        ([""], 1, "4 tasks match (at most 0)\n"),
    ],
)
def test_more_than_may_match_is_1(scene: Scene, words: list[str], code: int, line: str) -> None:
    scene.source("media", LISTS)
    assert scene.run("check", *words) == (code, line, "")


@pytest.mark.parametrize(
    ("command", "code", "calls"),
    [
        (("list", "src=media"), 0, {"media"}),
        (("check", "src=media", "--max", "9"), 0, {"media"}),
        (("wait", "src=media name:nobody"), 0, {"media"}),
        (("tail", "src=media", "--for", "1s"), 0, {"media"}),
        (("list", "-src=broken"), 0, {"media"}),
        (("list", "src=media OR state:bad"), 5, {"media", "broken"}),
        (("list", "src=media", "--source", "broken"), 3, {"broken"}),  # none is left: what was named is asked
        (("check", "src:nobody"), 5, {"media", "broken"}),
    ],
)
def test_a_source_that_cannot_match_is_not_read(
    scene: Scene, command: tuple[str, ...], code: int, calls: set[str]
) -> None:
    heard = set()

    def answering(name: str, says: Answer) -> Answer:
        def answer(action: str, asked: dict[str, Any]) -> Said:
            heard.add(name)
            return says(action, asked)

        return answer

    scene.source("media", answering("media", shelf(DONE=[row("d-1")])))
    scene.source("broken", answering("broken", refusing("AuthFailure.SignatureFailure")))
    assert scene.run(*command).code == code
    assert heard == calls


@pytest.mark.parametrize("command", ["list", "check", "wait"])
def test_a_filter_that_fits_no_source_is_said_to(scene: Scene, command: str) -> None:
    scene.source("media", LISTS)
    told = scene.run(command, "src:medai name:x")
    assert told.code == 0
    assert "taskdeck: the filter fits no configured source: src:medai name:x\n" in told.err
    assert "no configured source" not in scene.run(command, "src:media name:x").err


def test_only_what_can_match_is_asked_for(scene: Scene) -> None:
    asked_for: list[tuple[str, bool | None]] = []

    def answer(action: str, asked: dict[str, Any]) -> Said:
        asked_for.append((asked["Status"], asked.get("SubTaskHasFailed")))
        return LISTS(action, asked)

    scene.source("media", answer)
    assert scene.run("check", "state:fail", "--max", "2").code == 0
    assert asked_for == [("FINISH", True)]


@pytest.mark.parametrize(("most", "code"), [("2", 5), ("1", 1)])
def test_what_is_over_is_1_and_else_partial_data_is_5(scene: Scene, most: str, code: int) -> None:
    scene.source("media", LISTS)
    scene.source("other", refusing("UnauthorizedOperation"))
    ran = scene.run("check", "state:bad", "--max", most)
    assert (ran.code, ran.out) == (code, f"2 tasks match of what could be read (at most {most})\n")
    assert ran.err.startswith("taskdeck: other: DENIED UnauthorizedOperation")
    assert ran.err.count("\n") == 1


@pytest.mark.parametrize(
    ("refusal", "code"), [("AuthFailure.SignatureFailure", 3), ("RequestLimitExceeded", 4), ("InternalError", 6)]
)
def test_where_nobody_answers_it_is_the_code_of_the_failure(scene: Scene, refusal: str, code: int) -> None:
    scene.source("media", refusing(refusal))
    ran = scene.run("check", "state:bad")
    assert (ran.code, ran.out) == (code, "0 tasks match of what could be read (at most 0)\n")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "the following arguments are required: FILTER"),
        (["state:"], "filter: "),
        (["x", "--max", "-1"], "argument --max: -1 is below 0"),
        (["x", "--max", "many"], "'many' is no number"),
        (["x", "--for", "1s"], "unrecognized arguments: --for"),
    ],
)
def test_what_does_not_fit_is_said_before_anything_is_read(scene: Scene, words: list[str], message: str) -> None:
    assert message in scene.refused("check", *words)


@pytest.mark.parametrize(("skew", "ahead"), [(None, 0), (59.0, 0), (-240.0, -240_000), (3600.5, 3_600_500)])
def test_an_age_is_counted_on_the_clock_that_stamped_the_task(
    monkeypatch: pytest.MonkeyPatch, skew: float | None, ahead: int
) -> None:
    monkeypatch.setattr("tui.cli.once.now_ms", lambda: NOW)
    assert there_ms(SourceStatus(source=SOURCE, skew=skew)) == NOW + ahead


def test_without_sources_nothing_matches(scene: Scene) -> None:
    assert scene.run("check", "state:bad") == (0, "0 tasks match (at most 0)\n", "")
