"""Which permissions a source needs, what trying them proves, and the policies that come of it."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest

from tui.adapters import Adapter, every, load
from tui.adapters.huawei_kps import LIST_RUNNING
from tui.adapters.tencent_mps import DESCRIBE_TASK_DETAIL, DESCRIBE_TASKS
from tui.calls import FREE, Action
from tui.cli.doctor import gravest
from tui.cli.doctor.finding import Mark
from tui.cli.doctor.needs import Need, Proof, needs_of
from tui.cli.doctor.policies import grants, policies_of
from tui.cli.doctor.there import of_clocks, of_network
from tui.cli.doctor.wording import span, way
from tui.cli.exits import Exit
from tui.errors import BadRequest, CallError, Denied, NoCredential, NotFound, Throttled, Unavailable
from tui.model import State, Task, TaskKey
from tui.settings import Config
from tui.settings.example import EXAMPLE
from tui.settings.load import parse
from tui.status import SourceStatus, Trouble, Word
from tui.trial import Sent, Step, Trial
from tui.wiring import models

ADAPTERS = every()
HERE = "https://mps.example"


def config(text: str = EXAMPLE) -> Config:
    return parse(text, models(), Path("config.toml"))


def trial_of(adapter_id: str, *steps: Step, settings: Config | None = None, **more: Any) -> Trial:
    """A trial of the example's source of an adapter."""
    source = next(one for one in (settings or config()).sources if one.adapter == adapter_id)
    return Trial(settings=source, status=SourceStatus(source=source.source), steps=steps, **more)


def sent(action: Action, error: CallError | None = None, skew: float | None = None, seconds: float = 0.1) -> Sent:
    return Sent(action, HERE, seconds, error, skew)


def task() -> Task:
    return Task(key=TaskKey("media", "", "t-1"), state=State.RUNNING)


PLANNED = Step("plan", ())
LISTED = Step("list", (sent(DESCRIBE_TASKS),), None, (task(),))


def told(error: type[CallError], code: str = "Code", status: int | None = 400) -> CallError:
    return error("no", code=code, request_id="r-1", http_status=status)


class TestProof:
    @pytest.mark.parametrize(
        ("last", "proof", "why"),
        [
            (Step("id", (sent(DESCRIBE_TASK_DETAIL),)), Proof.ALLOWED, ""),
            (
                Step("id", (sent(DESCRIBE_TASK_DETAIL, told(NotFound)),), told(NotFound)),
                Proof.ALLOWED,
                "",
            ),
            (
                Step("id", (sent(DESCRIBE_TASK_DETAIL, told(BadRequest)),), told(NotFound)),
                Proof.ALLOWED,
                "",
            ),
            (
                Step("id", (sent(DESCRIBE_TASK_DETAIL, told(BadRequest)),), told(BadRequest)),
                Proof.UNPROVED,
                "Code, request r-1",
            ),
            (
                Step("id", (sent(DESCRIBE_TASK_DETAIL, told(Throttled)),), told(Throttled)),
                Proof.UNPROVED,
                "Code, request r-1",
            ),
            (
                Step("id", (sent(DESCRIBE_TASK_DETAIL, told(Denied, "")),), told(Denied, "")),
                Proof.DENIED,
                "HTTP 400, request r-1",
            ),
            (Step("id", ()), Proof.UNTRIED, "there is no task to ask for"),
        ],
    )
    async def test_of_a_task_by_its_id(self, last: Step, proof: Proof, why: str) -> None:
        needs = await needs_of(config(), trial_of("tencent-mps", PLANNED, LISTED, last))
        assert (needs[1].action, needs[1].proof, needs[1].why) == (DESCRIBE_TASK_DETAIL, proof, why)

    async def test_a_list_denied_in_one_place_is_not_called_allowed(self) -> None:
        refused = Step("list", (sent(DESCRIBE_TASKS, told(Denied)),), told(Denied))
        first, *_ = await needs_of(config(), trial_of("tencent-mps", PLANNED, LISTED, refused))
        assert (first.said, first.mark) == ("denied (Code, request r-1; allowed elsewhere)", Mark.FAIL)

    async def test_an_account_without_the_product_lacks_no_permission(self) -> None:
        error = told(Denied, "FailedOperation.InvalidMpsUser", 200)
        step = Step("list", (sent(DESCRIBE_TASKS, error),), error)
        first, *_ = await needs_of(config(), trial_of("tencent-mps", PLANNED, step))
        assert first.proof is Proof.DENIED
        assert first.way.startswith("activate the product")

    async def test_an_empty_list_is_allowed_and_says_so(self) -> None:
        empty = Step("list", (sent(DESCRIBE_TASKS),))
        first, *_ = await needs_of(config(), trial_of("tencent-mps", PLANNED, empty))
        assert first.said == "allowed (and empty: it lists no task)"

    async def test_what_another_action_has_proved_need_not_be_tried(self) -> None:
        listing, by_id, *_ = load("alibaba-opensearch").actions
        trial = trial_of("alibaba-opensearch", PLANNED, Step("list", (sent(listing),)), Step("id", ()))
        found = {need.action: need for need in await needs_of(config(), trial)}
        assert found[by_id].said == "allowed (as ListFunctionTasks is)"

    async def test_a_denial_that_the_source_can_do_without_is_a_warning(self) -> None:
        projects, own = (
            one for one in load("huawei-kps").actions if one.name.startswith("Keystone") and "List" in one.name
        )
        plan = Step("plan", (sent(projects, told(Denied)), sent(own)))
        listed = Step("list", (sent(LIST_RUNNING),), None, (task(),))
        found = {need.action: need for need in await needs_of(config(), trial_of("huawei-kps", plan, listed))}
        assert (found[projects].proof, found[projects].mark, found[projects].exit) == (
            Proof.DENIED,
            Mark.WARN,
            Exit.FINE,
        )
        assert found[projects].way == "nothing: the source can be read without it"
        assert found[own].proof is Proof.ALLOWED

    async def test_without_a_key_nothing_was_tried(self) -> None:
        error = told(NoCredential, "", None)
        trial = trial_of("tencent-mps", PLANNED, Step("list", (sent(DESCRIBE_TASKS, error),), error))
        needs = await needs_of(config(), trial)
        assert [need.said for need in needs[:2]] == ["not tried (the account has no key)"] * 2

    async def test_a_source_that_was_not_asked_says_why(self) -> None:
        needs = await needs_of(config(), trial_of("tencent-mps", skipped="not asked: because"))
        assert [need.said for need in needs[:2]] == ["not tried (not asked: because)"] * 2


class TestNeeded:
    """Without an answer, what planning would call is found out by a rehearsal that sends nothing."""

    async def needed(self, adapter_id: str, text: str) -> set[str]:
        settings = config(text)
        trial = trial_of(adapter_id, settings=settings, skipped="not asked")
        return {need.action.name for need in await needs_of(settings, trial) if need.needed}

    async def test_discovery_only_where_the_config_asks_for_it(self) -> None:
        reads = {"ListAsyncTasks", "GetAsyncTask", "StopAsyncTask"}
        assert await self.needed("alibaba-fc", EXAMPLE) == reads | {"ListAsyncInvokeConfigs"}
        named = EXAMPLE.replace('functions = "*"', 'functions = ["ingest"]')
        assert await self.needed("alibaba-fc", named) == reads

    async def test_a_star_target(self) -> None:
        assert "ListFunctionInstances" not in await self.needed("alibaba-opensearch", EXAMPLE)
        star = EXAMPLE.replace("my-app/ctr/test_model_2", "my-app/ctr/*")
        assert "ListFunctionInstances" in await self.needed("alibaba-opensearch", star)

    async def test_the_project_of_a_region(self) -> None:
        assert "KeystoneListProjects" in await self.needed("huawei-kps", EXAMPLE)
        given = EXAMPLE.replace("# project_id", "project_id")
        assert not {name for name in await self.needed("huawei-kps", given) if name.startswith("Keystone")}
        token = EXAMPLE.replace('# auth = "aksk"', 'auth = "token"')
        assert "KeystoneCreateUserTokenByPassword" in await self.needed("huawei-kps", token)

    async def test_a_bug_ends_the_rehearsal_alone(self, monkeypatch: pytest.MonkeyPatch) -> None:
        async def broken(self: Any, want: Any) -> Any:
            raise ZeroDivisionError

        monkeypatch.setattr(load("alibaba-fc"), "plan", broken)
        assert await self.needed("alibaba-fc", EXAMPLE) == {"ListAsyncTasks", "GetAsyncTask", "StopAsyncTask"}


def need(action: Action, account: str = "ali-prod", region: str = "cn-hangzhou") -> Need:
    return Need("source", account, region, action, Proof.UNTRIED)


def actions_in(value: Any) -> set[str]:
    """The permissions of a policy, whatever its language calls them."""
    statements = value.get("Statement") or value["statement"]
    return {name for one in statements for name in (one.get("Action") or one["action"])}


class TestPolicies:
    @pytest.mark.parametrize("adapter", ADAPTERS, ids=[one.id for one in ADAPTERS])
    @pytest.mark.parametrize("write", [False, True])
    async def test_every_adapter_gets_one_without_a_word_about_it_here(
        self, adapter: type[Adapter], write: bool
    ) -> None:
        settings = config()
        settings = dataclasses.replace(settings, monitor=dataclasses.replace(settings.monitor, write=write))
        needs = await needs_of(settings, trial_of(adapter.id, skipped="not asked"))
        policies = policies_of(settings, needs)
        assert {policy.kind for policy in policies} == ({"read", "write"} if write else {"read"})
        for kind in ("read", "write") if write else ("read",):
            granted = {name for one in policies if one.kind == kind for name in actions_in(one.document)}
            wanted = {one.permission for one in adapter.actions if one.kind == kind and not one.only}
            assert wanted <= granted
            assert not granted & {one.permission for one in adapter.actions if one.kind != kind}
            assert FREE not in granted
        assert all(json.loads(json.dumps(one.document)) == one.document for one in policies)

    def test_permissions_with_the_same_place_share_a_statement(self) -> None:
        app = "acs:opensearch:{region}:*:apps/*"
        one, two = Action("A", permission="os:A", resource=app), Action("B", permission="os:B", resource=app)
        wide = Action("C", permission="fc:C")
        here, there = "acs:opensearch:cn-hangzhou:*:apps/*", "acs:opensearch:cn-beijing:*:apps/*"
        found = grants(
            [need(one), need(two), need(wide), need(one, region="cn-beijing"), need(two, region="cn-beijing")]
        )
        assert found == [(("fc:C",), ("*",)), (("os:A", "os:B"), (there, here))]
        assert grants([need(one, region="")]) == [(("os:A",), ("acs:opensearch:*:*:apps/*",))]

    def test_a_permission_that_is_wanted_everywhere_is_confined_nowhere(self) -> None:
        confined = Action("A", permission="os:A", resource="acs:{region}")
        assert grants([need(confined), need(Action("B", permission="os:A"))]) == [(("os:A",), ("*",))]

    def test_the_languages(self) -> None:
        settings = config()
        alibaba, tencent, projects, everywhere = (
            policy.document
            for policy in policies_of(
                settings,
                [
                    need(Action("A", permission="fc:A")),
                    need(Action("A", permission="mps:A"), "tx-prod"),
                    need(Action("A", permission="kps:a:b"), "hw-prod"),
                    need(Action("B", permission="iam:projects:c"), "hw-prod"),
                ],
            )
        )
        assert alibaba == {"Version": "1", "Statement": [{"Effect": "Allow", "Action": ["fc:A"], "Resource": "*"}]}
        assert tencent == {
            "version": "2.0",
            "statement": [{"effect": "allow", "action": ["mps:A"], "resource": ["*"]}],
        }
        assert projects == {"Version": "1.1", "Statement": [{"Effect": "Allow", "Action": ["kps:a:b"]}]}
        assert everywhere == {"Version": "1.1", "Statement": [{"Effect": "Allow", "Action": ["iam:projects:c"]}]}

    def test_what_no_document_names_is_left_out_and_told(self) -> None:
        unnamed = need(Action("Mystery"))
        (policy,) = policies_of(config(), [unnamed, need(Action("A", permission="fc:A"))])
        assert unnamed.permission == "name not documented"
        assert policy.without == ("Mystery",)
        assert actions_in(policy.document) == {"fc:A"}

    def test_what_is_not_needed_is_not_granted(self) -> None:
        spare = need(Action("A", permission="fc:A"))._replace(needed=False)
        assert policies_of(config(), [spare]) == []


class TestClocks:
    @pytest.mark.parametrize(
        ("adapter", "skew", "mark", "said"),
        [
            ("tencent-mps", 0.3, Mark.OK, "agrees within 1 s"),
            ("tencent-mps", -60, Mark.OK, "agrees within 60 s"),
            ("tencent-mps", 75, Mark.WARN, "this machine's clock is 75 s behind that of this host"),
            ("tencent-mps", -299, Mark.WARN, "this machine's clock is 5 min ahead of that of this host"),
            ("tencent-mps", 301, Mark.FAIL, "this machine's clock is 5 min behind that of this host; "),
            ("alibaba-fc", 301, Mark.WARN, "this machine's clock is 5 min behind that of this host"),
            ("alibaba-fc", -901, Mark.FAIL, "this machine's clock is 15 min ahead of that of this host; "),
            ("huawei-kps", 86_400 * 3, Mark.FAIL, "this machine's clock is 3 days behind that of this host; "),
        ],
    )
    def test_what_the_vendor_tolerates(self, adapter: str, skew: float, mark: Mark, said: str) -> None:
        trial = trial_of(adapter, Step("plan", (sent(DESCRIBE_TASKS, skew=skew),)))
        (found,) = of_clocks(config(), [trial])
        assert (found.mark, found.exit) == (mark, Exit.AUTH if mark is Mark.FAIL else Exit.FINE)
        assert found.said.startswith(said)
        assert bool(found.way) == (mark is not Mark.OK)

    def test_one_slow_answer_is_no_wrong_clock(self) -> None:
        calls = tuple(sent(DESCRIBE_TASKS, skew=skew) for skew in (0.1, -400, 0.2))
        (found,) = of_clocks(config(), [trial_of("tencent-mps", Step("list", calls))])
        assert found.mark is Mark.OK

    def test_spans(self) -> None:
        assert [span(value) for value in (61, 119, 120, 7_200, 172_800)] == ["61 s", "119 s", "2 min", "2 h", "2 days"]


class TestNetwork:
    def test_slow_answers_are_a_warning(self) -> None:
        (found,) = of_network(config(), [trial_of("tencent-mps", Step("list", (sent(DESCRIBE_TASKS, seconds=7),)))])
        assert (found.mark, found.exit) == (Mark.WARN, Exit.FINE)
        assert "the slowest in 7.0 s" in found.said

    def test_a_server_that_says_no_is_there(self) -> None:
        error = told(Unavailable, "InternalError", 500)
        trial = trial_of("tencent-mps", Step("list", (sent(DESCRIBE_TASKS, error),), error))
        (found,) = of_network(config(), [trial])
        assert found.mark is Mark.OK

    def test_half_the_answers_are_a_warning_with_the_code_of_the_network(self) -> None:
        error = told(Unavailable, "TLSError", None)
        calls = (sent(DESCRIBE_TASKS), sent(DESCRIBE_TASKS, error))
        (found,) = of_network(config(), [trial_of("tencent-mps", Step("list", calls, error))])
        assert (found.mark, found.exit) == (Mark.WARN, Exit.NETWORK)
        assert found.said.startswith("1 of 2 calls without an answer: TLS, ")


class TestWays:
    def test_a_clock_is_not_mended_by_another_key(self) -> None:
        trouble = Trouble(Word.AUTH, "", "this machine's clock is off by +900 s: no", kind="ClockSkew")
        assert way(SourceStatus(source=config().sources[0].source), trouble) == "set this machine's clock"

    @pytest.mark.parametrize(
        ("word", "message", "said"),
        [
            (Word.AUTH, "AK access failed to reach the limit,forbidden", "wait 5 minutes"),
            (Word.AUTH, "signature mismatch", "check the key"),
            (Word.DENIED, "no", "allow the action"),
            (Word.OFFLINE, "no connection", "check the route"),
        ],
    )
    def test_none_sends_one_back_to_the_doctor(self, word: Word, message: str, said: str) -> None:
        source = config().sources[0].source
        code, kind = ("ConnectError", "Unavailable") if word is Word.OFFLINE else ("", "AuthError")
        trouble = Trouble(word, code, message, kind=kind)
        assert way(SourceStatus(source=source), trouble).startswith(said)


def test_the_most_serious_code() -> None:
    assert gravest([]) == gravest([0, 0]) == 0
    assert gravest([5, 70, 2, 6, 4, 3]) == 3
    assert gravest([5, 70, 2, 6, 4]) == 4
    assert gravest([5, 70, 2, 6]) == 6
    assert gravest([5, 70, 2]) == 2
    assert gravest([5, 0]) == 5
