"""`stop` on the demo cloud: what it asks the providers, of whom it asks what first, and what its ledger says."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Ran, Said, Scene, refusing, row, shelf
from tests.cli.world import World, world
from tui.cli import stop

pytestmark = pytest.mark.cloud

# The tasks that can be acted on, by adapter: their states, the operation, and what they are afterwards.
ACTS = [
    ("alibaba-fc", ("queued", "running", "retrying"), {}, "StopAsyncTask", ("stopping", "cancelled")),
    ("tencent-mps", ("queued",), {"kind": "WorkflowTask"}, "ManageTask", ("succeeded", "failed", "cancelled")),
    ("tencent-tat", ("queued", "running"), {}, "CancelInvocation", ("stopping", "cancelled")),
    ("huawei-kps", ("failed",), {}, "DeleteFailedTask", ()),
]
each = pytest.mark.parametrize(("adapter", "states", "facts", "operation", "after"), ACTS, ids=[one[0] for one in ACTS])


@pytest.fixture
def demo() -> Iterator[World]:
    """A cloud whose time stands still: only what one asks for changes."""
    with world(tasks=900, seed=7, freeze=True) as cloud:
        yield cloud


class Command:
    """`stop` on the demo cloud."""

    def __init__(self, scene: Scene, demo: World) -> None:
        self._scene, self._demo = scene, demo
        self.config = demo.cloud.config

    def __call__(self, *arguments: str) -> Ran:
        path = self._scene.folder / "demo.toml"
        path.write_text(self.config, "utf-8")
        return self._scene.plain("--config", str(path), "stop", *arguments)


@pytest.fixture
def ask(scene: Scene, demo: World) -> Command:
    return Command(scene, demo)


class Keyboard(io.StringIO):
    """A terminal at which somebody types."""

    def isatty(self) -> bool:
        return True


def types(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr(sys, "stdin", Keyboard(text))


@each
def test_it_asks_the_provider_once_and_says_what_the_task_is_then(
    demo: World, ask: Command, adapter: str, states: Any, facts: Any, operation: str, after: Any
) -> None:
    task = demo.a_task(adapter, *states, **facts)
    ran = ask(task, "--write", "--yes")
    assert (ran.code, demo.writes) == (0, [operation]), ran.err
    label = "delete record" if adapter == "huawei-kps" else "stop"
    assert ran.out.startswith(f"{task} {label}: accepted (request ")
    truth = demo.truth(task)
    if after:
        assert truth is not None
        assert truth["state"] in after
        assert f"; it is {truth['state']} now" in ran.out
    else:
        assert truth is None
        assert ran.out.endswith("; the provider does not know it any more\n")
    assert ran.err.startswith(f"{label} {task} (")
    assert "asks " in ran.err


@each
def test_without_the_grant_it_is_an_error_of_usage_before_any_call(
    demo: World, ask: Command, adapter: str, states: Any, facts: Any, operation: str, after: Any
) -> None:
    task = demo.a_task(adapter, *states, **facts)
    before = demo.truth(task)
    ran = ask(task, "--yes")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == (
        "taskdeck: stop changes something: it needs write = true under [monitor] of the config, or --write\n"
    )
    assert demo.get("/_log") == []
    assert demo.truth(task) == before


@each
def test_a_border_without_the_grant_refuses_it_even_if_the_command_asks(
    demo: World,
    ask: Command,
    monkeypatch: pytest.MonkeyPatch,
    adapter: str,
    states: Any,
    facts: Any,
    operation: str,
    after: Any,
) -> None:
    """The command's own check is not what keeps a read-only process from writing."""
    from tui.wiring import Wiring

    real = Wiring.__init__

    def read_only(self: Wiring, *args: Any, **options: Any) -> None:
        real(self, *args, **(options | {"write": False}))

    monkeypatch.setattr(Wiring, "__init__", read_only)
    ran = ask(demo.a_task(adapter, *states, **facts), "--write", "--yes")
    assert ran.code == 2
    assert f"refused: {operation} changes something: needs write = true or --write" in ran.err
    assert demo.writes == []
    assert demo.get("/_log") != []  # the reads before it


def test_write_true_in_the_config_is_the_grant_too(demo: World, ask: Command) -> None:
    ask.config = ask.config.replace("[monitor]\n", "[monitor]\nwrite = true\n")
    ran = ask(demo.a_task("alibaba-fc", "running"), "--yes")
    assert (ran.code, demo.writes) == (0, ["StopAsyncTask"])


class TestWhatCannotBeDone:
    @pytest.mark.parametrize(
        ("adapter", "states", "facts", "why"),
        [
            ("alibaba-fc", ("succeeded",), {}, "stop: it has ended: Succeeded"),
            ("tencent-mps", ("running",), {"kind": "WorkflowTask"}, "MPS aborts a WorkflowTask only while it is"),
            ("tencent-tat", ("failed", "cancelled"), {}, "stop: it has ended: "),
            ("huawei-kps", ("running",), {}, "stop: KPS has no operation that stops a task; delete record: only"),
            ("alibaba-opensearch", ("running",), {}, "has no operation that stops a task"),
        ],
    )
    def test_it_is_told_and_not_sent(
        self, demo: World, ask: Command, adapter: str, states: Any, facts: Any, why: str
    ) -> None:
        ran = ask(demo.a_task(adapter, *states, **facts), "--write", "--yes")
        assert (ran.code, ran.out, demo.writes) == (1, "", [])
        assert why in ran.err
        assert ran.err.count("\n") == 1

    def test_a_live_stream_is_aborted_while_it_runs(self, demo: World, ask: Command) -> None:
        ran = ask(demo.a_task("tencent-mps", "running", kind="LiveProcessTask"), "--write", "--yes")
        assert (ran.code, demo.writes) == (0, ["ManageTask"]), ran.err

    def test_a_task_that_there_is_not(self, demo: World, ask: Command) -> None:
        ran = ask("tat-guangzhou/invt-nothing", "--write", "--yes")
        assert (ran.code, demo.writes) == (1, [])

    def test_a_cancel_leaves_the_other_instances_of_its_invocation_alone(self, demo: World, ask: Command) -> None:
        tasks = [one for one in demo.get("/_truth") if one["adapter"] == "tencent-tat" and one["listed"]]
        live = [one for one in tasks if one["state"] in ("queued", "running")]
        shared = next(
            one
            for one in live
            if any(two is not one and two["extra"]["tat.invocation"] == one["extra"]["tat.invocation"] for two in live)
        )
        others = {one["id"]: one["state"] for one in tasks if one["id"] != shared["id"]}
        assert ask(f"{shared['source']}/{shared['id']}", "--write", "--yes").code == 0
        now = {one["id"]: one["state"] for one in demo.get("/_truth") if one["id"] in others}
        assert now == others


class TestWhoIsAsked:
    def test_somebody_at_a_terminal_is_asked(self, demo: World, ask: Command, monkeypatch: pytest.MonkeyPatch) -> None:
        task = demo.a_task("alibaba-fc", "running")
        for typed in ("\n", "n\n", "yess\n", ""):
            types(monkeypatch, typed)
            ran = ask(task, "--write")
            assert (ran.code, ran.out, demo.writes) == (1, "", [])
            assert ran.err.endswith("stop? y\ntaskdeck: nothing was done\n")
        types(monkeypatch, "y\n")
        assert ask(task, "--write").code == 0
        assert demo.writes == ["StopAsyncTask"]

    def test_nobody_there_needs_yes(self, demo: World, ask: Command) -> None:
        ran = ask(demo.a_task("alibaba-fc", "running"), "--write")
        assert (ran.code, ran.out) == (2, "")
        assert "say --yes" in ran.err
        assert demo.get("/_log") == []

    def test_an_id_that_is_not_the_tasks_is_an_error_on_any_account(self, demo: World, ask: Command) -> None:
        task = demo.a_task("alibaba-fc", "running")
        ran = ask(task, "--write", "--yes", "--confirm", "job-1")
        assert ran.code == 2
        assert "--confirm 'job-1' is not the id of the task" in ran.err
        assert demo.get("/_log") == []


class TestProd:
    @pytest.fixture
    def prod(self, ask: Command) -> Command:
        ask.config = ask.config.replace("[accounts.ali-demo]\n", "[accounts.ali-demo]\nprod = true\n")
        return ask

    def test_without_a_terminal_the_id_is_needed_in_full(self, demo: World, prod: Command) -> None:
        task = demo.a_task("alibaba-fc", "running")
        ident = task.rpartition("/")[2]
        ran = prod(task, "--write", "--yes")
        assert ran.code == 2
        assert "account ali-demo is marked prod" in ran.err
        for wrong in (ident[:-1], ident.upper() + "x", f" {ident}", ""):
            assert prod(task, "--write", "--yes", "--confirm", wrong).code == 2
        assert prod(task, "--write", "--confirm", ident).code == 2  # --yes all the same
        assert demo.get("/_log") == []
        ran = prod(task, "--write", "--yes", "--confirm", ident)
        assert (ran.code, demo.writes) == (0, ["StopAsyncTask"]), ran.err

    def test_at_a_terminal_it_is_typed_and_yes_does_not_spare_it(
        self, demo: World, prod: Command, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        task = demo.a_task("alibaba-fc", "running")
        ident = task.rpartition("/")[2]
        for wrong in ("y\n", f"{ident[:-1]}\n", f"{ident} \n", ""):
            types(monkeypatch, wrong)
            ran = prod(task, "--write", "--yes")
            assert (ran.code, demo.writes) == (1, [])
            assert "account ali-demo is marked prod: type the id of the task to go on" in ran.err
        types(monkeypatch, f"{ident}\n")
        assert prod(task, "--write").code == 0
        assert demo.writes == ["StopAsyncTask"]

    def test_the_other_accounts_are_not(self, demo: World, prod: Command) -> None:
        assert prod(demo.a_task("tencent-tat", "running"), "--write", "--yes").code == 0
        assert demo.writes == ["CancelInvocation"]


class TestRefusals:
    """What a provider says to the write; the read before it is fine."""

    @pytest.mark.parametrize(
        ("code", "exit_code"),
        [
            ("InvalidParameterValue.NotProcessingTask", 1),
            ("FailedOperation", 1),
            ("ResourceNotFound.TaskNotFound", 1),
            ("UnauthorizedOperation", 3),
            ("AuthFailure.SignatureFailure", 3),
            ("RequestLimitExceeded", 4),
        ],
    )
    def test_it_is_one_line_with_code_and_request_id(self, scene: Scene, code: str, exit_code: int) -> None:
        asked: list[str] = []
        scene.source("media", writing(asked, refusing(code)))
        ran = scene.run("stop", "media/w-1", "--write", "--yes")
        assert (ran.code, ran.out) == (exit_code, "")
        assert f"taskdeck: media/w-1 stop: refused: {code} it says no (request r-refused)" in ran.err
        assert asked.count("ManageTask") == 1

    @pytest.mark.parametrize("answer", [(502, b"<html>"), (200, b"<html>"), (200, b"")])
    def test_without_an_answer_it_may_have_been_done_and_is_not_sent_again(
        self, scene: Scene, answer: tuple[int, bytes]
    ) -> None:
        asked: list[str] = []
        scene.source("media", writing(asked, lambda action, given: answer))
        ran = scene.run("stop", "media/w-1", "--write", "--yes")
        assert asked.count("ManageTask") == 1
        assert ran.code == 6
        assert "taskdeck: media/w-1 stop: no answer: it may have been done: " in ran.err
        assert ran.err.endswith("; it is queued now (WAITING)\n")


def writing(asked: list[str], refusal: Any) -> Any:
    """An MPS with one waiting task, and its own answer to a write."""
    listed = shelf(WAITING=[row("w-1", BeginProcessTime="", FinishTime="")])

    def answer(action: str, given: dict[str, Any]) -> Said:
        asked.append(action)
        if action == "ManageTask":
            said: Said = refusal(action, given)
            return said
        if action == "DescribeTaskDetail":
            return 200, {"Response": row("w-1", Status="WAITING", BeginProcessTime="", FinishTime="")}
        return listed(action, given)

    return answer


def test_the_grant_is_given_in_one_place() -> None:
    """No other part of the command opens a line that may write."""
    source = Path(stop.__file__).read_text("utf-8")
    assert source.count("write=True") == 1
