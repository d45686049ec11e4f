"""Exit codes: every way a call can end, alone and together (contract, sections 1 and 4)."""

from __future__ import annotations

import re
import socket
from itertools import permutations

import pytest

from tests.cli.conftest import Answer, Scene, refusing, row, shelf
from tui.cli.exits import Exit, code_of, summed
from tui.errors import (
    AuthError,
    BadRequest,
    CallError,
    ClockSkew,
    Denied,
    Malformed,
    NoCredential,
    NotFound,
    Throttled,
    Unavailable,
    WriteRefused,
)

pytestmark = pytest.mark.cloud

CODES = {
    AuthError: 3,
    Denied: 3,
    Throttled: 4,
    ClockSkew: 3,
    NotFound: 2,
    BadRequest: 2,
    Unavailable: 6,
    Malformed: 6,
    NoCredential: 3,
    WriteRefused: 2,
    CallError: 70,
}
FAILURES: list[tuple[Answer, str, int]] = [
    (refusing("AuthFailure.SignatureFailure"), "AUTH AuthFailure.SignatureFailure it says no (r-refused)", 3),
    (refusing("AuthFailure.SignatureExpire"), "AUTH AuthFailure.SignatureExpire", 3),
    (refusing("UnauthorizedOperation"), "DENIED UnauthorizedOperation it says no", 3),
    (refusing("RequestLimitExceeded"), "THROTTLED RequestLimitExceeded it says no", 4),
    (refusing("InvalidParameterValue"), "ERROR InvalidParameterValue it says no", 2),
    (refusing("InternalError"), "OFFLINE InternalError it says no", 6),
    (lambda action, asked: (502, b"<html>"), "OFFLINE HTTP502", 6),
    (lambda action, asked: (200, b"<html>"), "ERROR HTTP200 HTTP 200 with 6 bytes", 6),
    (lambda action, asked: (200, {"Response": {"RequestId": "r"}}), "ERROR", 6),
]
FINE = shelf(DONE=[row("t-1")])


@pytest.mark.parametrize(("kind", "code"), CODES.items())
def test_the_code_of_one_error(kind: type[CallError], code: int) -> None:
    assert code_of(kind("x")) == code
    assert code_of(kind("x"), of_task=True) == (1 if kind is NotFound else code)


def test_the_gravest_failure_gives_the_code_in_any_order() -> None:
    order = [Exit.AUTH, Exit.THROTTLED, Exit.NETWORK, Exit.USAGE, Exit.BUG]
    for at in range(len(order)):
        for some in permutations(order[at:]):
            assert summed(some, answered=False) == order[at]
            assert summed(some, answered=True) == Exit.PARTIAL
    assert summed([], answered=False) == summed([], answered=True) == Exit.FINE


@pytest.mark.parametrize(("answer", "line", "code"), FAILURES)
def test_a_source_that_fails_alone(scene: Scene, answer: Answer, line: str, code: int) -> None:
    scene.source("media", answer)
    ran = scene.run("list", "-o", "ndjson")
    assert (ran.code, ran.out) == (code, "")
    assert ran.err.startswith(f"taskdeck: media: {line}")
    assert ran.err.count("\n") == 1


@pytest.mark.parametrize(("answer", "line", "code"), FAILURES)
def test_a_source_that_fails_beside_one_that_answers(scene: Scene, answer: Answer, line: str, code: int) -> None:
    scene.source("media", answer)
    scene.text = scene.text.replace("acme", "first")  # a refused key stops every source of its account
    scene.text += '[accounts.acme]\nvendor = "tencent"\ncredentials = "demo"\nrate_share = "off"\n'
    scene.source("other", FINE)
    ran = scene.run("list", "-o", "ndjson")
    assert ran.code == 5
    assert ran.out.count("\n") == 1
    assert f"media: {line}" in ran.err
    assert "other" not in ran.err


def test_sources_that_answer_are_fine(scene: Scene) -> None:
    scene.source("media", FINE)
    scene.source("other", shelf())
    assert scene.run("list", "-o", "ndjson")[0::2] == (0, "")


def test_two_failures_give_the_graver_code(scene: Scene) -> None:
    scene.source("a", refusing("InternalError"))
    scene.source("b", refusing("RequestLimitExceeded"))
    ran = scene.run("list")
    assert ran.code == 4
    assert re.findall(r"taskdeck: (\w): (\w+)", ran.err) == [("a", "OFFLINE"), ("b", "THROTTLED")]


def test_one_missing_list_is_partial_and_what_was_read_is_printed(scene: Scene) -> None:
    def answer(action: str, asked: dict[str, object]) -> tuple[int, object]:
        refused = asked["Status"] == "WAITING"
        return refusing("UnauthorizedOperation")(action, asked) if refused else FINE(action, asked)

    scene.source("media", answer)
    ran = scene.run("list", "-o", "ndjson")
    assert ran.code == 5
    assert ran.out.count("\n") == 1
    assert "media: DENIED UnauthorizedOperation it says no [not read: WAITING] (r-refused)" in ran.err


def test_more_than_max_tasks_is_partial(scene: Scene) -> None:
    scene.source("media", shelf(DONE=[row("t-1"), row("t-2")]))
    scene.text += "max_tasks = 1\n"
    ran = scene.run("list", "-o", "ndjson")
    assert ran.code == 5
    assert "media: PARTIAL not read: tasks beyond max_tasks" in ran.err


def test_a_refused_connection_is_offline(scene: Scene) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        scene.add("media", f"http://127.0.0.1:{closed.getsockname()[1]}")
        ran = scene.run("list")
    assert ran.code == 6
    assert "media: OFFLINE ConnectError" in ran.err


def test_no_key_is_no_key(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TENCENTCLOUD_SECRET_ID", raising=False)
    scene.source("media", FINE)
    scene.text = scene.text.replace('credentials = "demo"', 'credentials = "env"')
    ran = scene.run("list")
    assert ran.code == 3
    assert "media: NOKEY - account acme: TENCENTCLOUD_SECRET_ID is not set" in ran.err


@pytest.mark.parametrize(
    ("credentials", "told"),
    [
        ("vault", "account acme: the vault has no key of it; taskdeck login acme"),
        ("profile:x", r"account acme: there is no profile x: ~/\.tccli/x\.credential does not exist"),
        ("command:no-such-program", "account acme: its command names no program that is there: no-such-program"),
        ("command:sh -c 'echo log in first >&2; exit 1'", "its command .sh. ended with exit code 1: log in first"),
    ],
)
def test_a_place_without_a_key_says_what_it_lacks(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, credentials: str, told: str
) -> None:
    monkeypatch.setenv("HOME", str(scene.folder))
    scene.source("media", FINE)
    scene.text = scene.text.replace('credentials = "demo"', f'credentials = "{credentials}"')
    ran = scene.run("list")
    assert ran.code == 3
    assert ran.err.startswith("taskdeck: media: NOKEY ")
    assert re.search(told, ran.err), ran.err


def test_a_bug_in_an_adapter_is_70_and_says_where_the_trace_is(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(self: object, *rest: object) -> object:
        raise ZeroDivisionError

    monkeypatch.setattr("tui.adapters.tencent_mps.TencentMps.plan", broken)
    scene.source("media", FINE)
    ran = scene.run("list")
    log = scene.state / "taskdeck.log"
    assert ran.code == 70
    assert ran.err == f"taskdeck: media: ERROR bug a bug in taskdeck; the trace is in {log}\n"
    assert "ZeroDivisionError" in log.read_text()
    assert log.stat().st_mode & 0o777 == 0o600
    assert scene.state.stat().st_mode & 0o777 == 0o700


def test_a_bug_in_a_command_is_70_and_one_line(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*rest: object, **more: object) -> object:
        raise ZeroDivisionError("\x1b[31mred")

    monkeypatch.setattr("tui.cli.list.poll_once", broken)
    scene.source("media", FINE)
    ran = scene.run("list")
    log = scene.state / "taskdeck.log"
    assert (ran.code, ran.out) == (70, "")
    assert ran.err == f"taskdeck: a bug: ZeroDivisionError; the trace is in {log}\n"
    assert "Traceback" in log.read_text()
    assert log.stat().st_mode & 0o777 == 0o600


def test_ctrl_c_is_130(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*rest: object) -> object:
        raise KeyboardInterrupt

    monkeypatch.setattr("tui.cli.list.run", interrupted)
    assert scene.run("list").code == 130


def test_foreign_text_on_stderr_is_clean_and_one_line(scene: Scene) -> None:
    scene.source("media", refusing("X\x1b[31m", message="a\r\nb\x1b]0;t\x07\u202e"))
    ran = scene.run("list")
    assert ran.err.count("\n") == 1
    assert ran.err.strip("\n").isprintable()
