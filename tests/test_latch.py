"""A refused key stops its account at once: on the wire, through the wiring, and until there is another."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

import pytest

from tests.fidelity.virtual_loop import run
from tests.test_net import KEY, ask, judge
from tui.budget import Budget, loop_time
from tui.calls import Ask, Credential, CredentialSource, Reply, Secret, Signed
from tui.errors import AuthError, CallError, Denied, NoCredential, Throttled, Unavailable
from tui.latch import KEPT, Latch
from tui.line import LOOK_SECONDS, Clocks, Line
from tui.net import Wire
from tui.settings import EVERYTHING, Account, Network
from tui.settings.kinds import Share
from tui.settings.load import parse
from tui.status import Word
from tui.store import Store
from tui.wiring import Wiring, models

OTHER = replace(KEY, key_id="AKIDOTHER")
NETWORK = Network()


@dataclass
class Cloud(Wire):
    """A wire that answers itself: 401 to every key but `good`, after `seconds`."""

    good: str = "nobody"
    seconds: float = 0.1
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    sent: list[tuple[float, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(NETWORK)

    async def _exchange(self, ask: Ask, signed: Signed) -> tuple[int, dict[str, str], bytes, int, float | None]:
        who = " ".join(value for name, value in signed.headers if name.lower() in ("authorization", "x-auth-token"))
        self.sent.append((loop_time(), who))
        await asyncio.sleep(self.seconds)
        if self.good in who:
            return self.status, self.headers, b'{"total": 0, "tasks": [], "result": []}', 0, None
        return 401, {}, b'{"error_code": "APIGW.0301", "error_msg": "no such key"}', 0, None


@dataclass
class Keys:
    """A credential source whose credential changes."""

    now: Credential | None = KEY
    asked: list[float] = field(default_factory=list)

    async def __call__(self) -> Credential:
        self.asked.append(loop_time())
        if self.now is None:
            raise NoCredential("none is set")
        return self.now


@dataclass
class Account3:
    """Three lines of one account."""

    cloud: Cloud = field(default_factory=Cloud)
    keys: Keys = field(default_factory=Keys)
    share: Share = field(default_factory=lambda: Share(0.6))
    vendor: Literal["alibaba", "huawei"] = "alibaba"

    def __post_init__(self) -> None:
        account = Account(name="acme", vendor=self.vendor, rate_share=self.share)
        budget, clocks, latch = Budget(), Clocks(lambda: 1_000_000 + loop_time()), Latch()
        self.lines = [
            Line(self.cloud, account, region, self.keys, budget=budget, clocks=clocks, latch=latch)
            for region in ("a", "b", "b")
        ]


ONE = ask("https://cloud.example")


def judged(reply: Reply) -> CallError | None:
    """The table of test_net, and what else an account may be told."""
    kinds: dict[int, type[CallError]] = {403: Denied, 429: Throttled, 503: Unavailable}
    if reply.status not in kinds:
        return judge(reply)
    error = kinds[reply.status]("wait", code="Slow", request_id="r-9", http_status=reply.status)
    if isinstance(error, Throttled) and "retry-after" in reply.headers:
        error.retry_after = float(reply.headers["retry-after"])
    return error


OTHERWISE = replace(ONE, judge=judged)


async def refused(line: Line, what: Ask = ONE) -> AuthError:
    with pytest.raises(AuthError) as caught:
        await line(what)
    return caught.value


@pytest.mark.parametrize("share", [Share(0.6), Share(EVERYTHING)])
def test_after_a_refusal_no_source_of_the_account_sends_that_key_again(share: Share) -> None:
    async def story() -> None:
        acme = Account3(share=share)
        first = await refused(acme.lines[0])
        for line in acme.lines:
            again = await refused(line)
            assert (again.message, again.code, again.http_status) == (first.message, "BadKey", 401)
            assert again is not first
        await asyncio.sleep(86_400)
        await refused(acme.lines[1])
        assert len(acme.cloud.sent) == 1
        assert [line.calls for line in acme.lines] == [1, 0, 0]

    run(story())


def test_what_waits_when_the_refusal_comes_is_not_sent() -> None:
    async def story() -> None:
        acme = Account3()
        asked = [refused(line) for line in acme.lines for _ in range(40)]
        await asyncio.gather(*asked)
        assert loop_time() == 0.375  # two steps of 0.17, up to a tick: when the next ones would have gone
        assert len(acme.cloud.sent) == 4  # two for each region: all that could be under way

    run(story())


@pytest.mark.parametrize(("vendor", "most"), [("huawei", 4), ("alibaba", 8)])
def test_fewer_are_under_way_than_lock_a_key(vendor: Literal["alibaba", "huawei"], most: int) -> None:
    """Huawei locks a key after more than five refusals in a row; sources of ten regions are read in one moment."""

    async def story() -> None:
        acme = Account3(share=Share(EVERYTHING), vendor=vendor)
        await asyncio.gather(*(refused(acme.lines[at % 3]) for at in range(10)))
        assert len(acme.cloud.sent) == most

    run(story())


def test_nor_what_waits_at_the_wire() -> None:
    async def story() -> None:
        acme = Account3(share=Share(EVERYTHING))
        await asyncio.gather(*(refused(line) for line in acme.lines for _ in range(40)))
        assert len(acme.cloud.sent) == 8

    run(story())


def test_another_key_is_sent_and_the_first_one_stays_refused() -> None:
    async def story() -> None:
        acme = Account3(Cloud(good="AKIDOTHER"))
        await refused(acme.lines[0])
        acme.keys.now = OTHER
        for line in acme.lines:
            assert (await line(ONE)).status == 200
        acme.keys.now = KEY
        await refused(acme.lines[2])
        assert len(acme.cloud.sent) == 4

    run(story())


def test_another_token_or_secret_is_another_key() -> None:
    async def story() -> None:
        acme = Account3()
        await refused(acme.lines[0])
        for now in (replace(KEY, token=None), replace(KEY, secret=Secret("else")), replace(KEY)):
            acme.keys.now = now
            await refused(acme.lines[1])
        assert len(acme.cloud.sent) == 3

    run(story())


@pytest.mark.parametrize("status", [403, 429, 503, 404])
def test_nothing_but_a_refused_key_stops_an_account(status: int) -> None:
    async def story() -> None:
        acme = Account3(Cloud(good="AKID", status=status))
        for line in acme.lines:
            if status == 404:
                assert (await line(OTHERWISE)).status == 404
                continue
            with pytest.raises((Denied, Throttled, Unavailable)):
                await line(OTHERWISE)
        assert len(acme.cloud.sent) == 3

    run(story())


def test_a_refused_session_token_is_no_refused_key() -> None:
    async def story() -> None:
        acme = Account3()
        for _ in range(3):
            await refused(acme.lines[0], replace(ONE, by_token=True))
        assert len(acme.cloud.sent) == 3
        await refused(acme.lines[1])
        await refused(acme.lines[0], replace(ONE, by_token=True))
        assert len(acme.cloud.sent) == 5

    run(story())


class TestAgain:
    def test_it_is_one_try_and_all_wait_for_how_it_ends(self) -> None:
        async def story() -> None:
            acme = Account3()
            await refused(acme.lines[0])
            acme.lines[1].again()
            await asyncio.gather(*(refused(line) for line in acme.lines for _ in range(5)))
            assert len(acme.cloud.sent) == 2
            await refused(acme.lines[1])
            assert len(acme.cloud.sent) == 2

        run(story())

    def test_a_try_that_succeeds_opens_the_account(self) -> None:
        async def story() -> None:
            acme = Account3()
            await refused(acme.lines[0])
            acme.cloud.good = "AKIDFAKE"
            await refused(acme.lines[0])
            acme.lines[1].again()
            replies = await asyncio.gather(*(line(ONE) for line in acme.lines for _ in range(3)))
            assert {one.status for one in replies} == {200}
            assert len(acme.cloud.sent) == 10

        run(story())

    def test_a_try_that_says_nothing_of_the_key_leaves_it_refused(self) -> None:
        async def story() -> None:
            acme = Account3()
            await refused(acme.lines[0])
            acme.cloud.good, acme.cloud.status = "AKIDFAKE", 503
            acme.lines[0].again()
            ends = await asyncio.gather(*(line(OTHERWISE) for line in acme.lines[:2]), return_exceptions=True)
            assert {type(one) for one in ends} == {Unavailable, AuthError}
            assert len(acme.cloud.sent) == 2

        run(story())

    def test_a_try_that_is_given_up_lets_the_others_go(self) -> None:
        async def story() -> None:
            acme = Account3()
            await refused(acme.lines[0])
            acme.lines[0].again()
            trying = asyncio.create_task(acme.lines[0](ONE))
            await asyncio.sleep(0.05)
            waiting = asyncio.create_task(refused(acme.lines[1]))
            await asyncio.sleep(0.01)
            trying.cancel()
            await waiting
            assert len(acme.cloud.sent) == 2

        run(story())

    def test_nothing_is_granted_before_a_refusal(self) -> None:
        async def story() -> None:
            acme = Account3()
            acme.lines[0].again()
            await refused(acme.lines[0])
            await refused(acme.lines[0])
            assert len(acme.cloud.sent) == 1

        run(story())


def test_a_latch_remembers_some_keys_only() -> None:
    latch = Latch()
    keys = [replace(KEY, key_id=str(number)) for number in range(KEPT + 5)]
    for one in keys:
        latch.close(one, AuthError("no"))
    assert [one for one in keys if latch.refuses(one)] == keys[5:]
    assert not latch.refuses(None)


class TestRenewed:
    @pytest.mark.parametrize("first", [KEY, None])
    def test_it_waits_for_another_credential_and_asks_no_network(self, first: Credential | None) -> None:
        async def story() -> None:
            acme = Account3(keys=Keys(first))
            with pytest.raises(CallError):
                await acme.lines[0](ONE)
            sent, waiting = len(acme.cloud.sent), asyncio.create_task(acme.lines[0].renewed())
            await asyncio.sleep(3600)
            assert not waiting.done()
            acme.keys.now = None
            await asyncio.sleep(60)
            assert not waiting.done()
            acme.keys.now = OTHER
            began = loop_time()
            await waiting
            assert loop_time() - began <= LOOK_SECONDS
            assert len(acme.cloud.sent) == sent
            assert len(acme.keys.asked) <= 2 + 3670 / LOOK_SECONDS

        run(story())

    def test_or_until_a_try_of_another_source_has_opened_the_account(self) -> None:
        async def story() -> None:
            acme = Account3()
            for line in acme.lines:
                await refused(line)
            waiting = asyncio.create_task(acme.lines[0].renewed())
            acme.cloud.good = "AKIDFAKE"
            acme.lines[1].again()
            await acme.lines[1](ONE)
            await waiting
            assert loop_time() < 2 * LOOK_SECONDS

        run(story())


class TestFigures:
    def test_a_line_says_what_it_used_and_nothing_where_the_share_is_off(self) -> None:
        async def story() -> None:
            acme = Account3(Cloud(good="AKID"))
            assert acme.lines[0].budget == 0
            for _ in range(36):
                await acme.lines[1](ONE)
            assert [line.budget for line in acme.lines] == [0, pytest.approx(0.1), 0]
            await acme.lines[2](ONE)  # a lane is known once it is used
            assert acme.lines[2].budget == acme.lines[1].budget
            free = Account3(Cloud(good="AKID"), share=Share(EVERYTHING))
            await free.lines[0](ONE)
            assert free.lines[0].budget is None

        run(story())

    def test_a_wall_is_everybodys_who_uses_the_action_in_the_region(self) -> None:
        async def story() -> None:
            acme = Account3(Cloud(good="AKID"))
            for line in acme.lines:
                await line(OTHERWISE)
            acme.cloud.status, acme.cloud.headers = 429, {"retry-after": "40"}
            assert [line.closed_until for line in acme.lines] == [None] * 3
            with pytest.raises(Throttled):
                await acme.lines[1](OTHERWISE)
            until = pytest.approx(1_000_040 + loop_time())
            assert [line.closed_until for line in acme.lines] == [None, until, until]
            sent = len(acme.cloud.sent)
            with pytest.raises(Throttled, match="wait") as caught:
                await acme.lines[2](OTHERWISE)
            assert (caught.value.code, caught.value.request_id) == ("Slow", "r-9")
            assert len(acme.cloud.sent) == sent
            await asyncio.sleep(40)
            assert [line.closed_until for line in acme.lines] == [None] * 3

        run(story())


SIX = "\n".join(
    ['[monitor]\ninterval = "15s"', '[accounts.hw]\nvendor = "huawei"\nproject_id = "0123456789abcdef0123456789abcdef"']
    + [
        f'[[sources]]\nname = "{region}"\nadapter = "huawei-kps"\naccount = "hw"\nregion = "{region}"'
        for region in ("cn-north-1", "cn-north-4", "cn-east-3", "cn-south-1", "ap-southeast-1", "ap-southeast-3")
    ]
)
THREE = "\n".join(
    ['[accounts.ali]\nvendor = "alibaba"']
    + [
        f'[[sources]]\nname = "{name}"\nadapter = "{adapter}"\naccount = "ali"\nregion = "cn-hangzhou"\n{scope}'
        for name, adapter, scope in (
            ("fc", "alibaba-fc", 'functions = ["a", "b"]'),
            ("os", "alibaba-opensearch", 'targets = ["a/b/c"]'),
            ("fc2", "alibaba-fc", 'functions = ["c", "d", "e", "f"]'),
        )
    ]
)


@dataclass
class World:
    """All pollers of a config on one cloud, in virtual time."""

    cloud: Cloud
    keys: Keys
    wiring: Wiring

    def words(self) -> set[Word]:
        return {poller.status.word(round(poller._clock() * 1000)) for poller in self.wiring.pollers.values()}


def told(
    config: str, cloud: Cloud, keys: Keys, then: Callable[[World], Awaitable[None]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Polls, and tells what happens meanwhile."""
    monkeypatch.setattr("tui.wiring.Wire", lambda *_, **__: cloud)

    def credentials(account: Account) -> CredentialSource:
        return keys

    async def story() -> None:
        settings = parse(config, models(), Path("x.toml"))
        async with Wiring(settings, Store(), credentials=credentials) as wiring:
            running = [asyncio.create_task(poller.run()) for poller in wiring.pollers.values()]
            try:
                await then(World(cloud, keys, wiring))
            finally:
                for one in running:
                    one.cancel()
                await asyncio.gather(*running, return_exceptions=True)

    run(story())


HUAWEI, HUAWEI_TOO = (Credential(key_id=one, secret=Secret("s")) for one in ("HPUAFIRST", "HPUASECOND"))


class TestPolling:
    def test_six_sources_of_one_huawei_account_send_fewer_than_five_bad_signatures(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def then(world: World) -> None:
            await asyncio.sleep(2 * 3600)
            assert world.words() == {Word.AUTH}
            assert 0 < len(world.cloud.sent) < 5
            assert world.cloud.sent[-1][0] < 1
            world.keys.now = HUAWEI_TOO
            await asyncio.sleep(LOOK_SECONDS + 5)
            assert world.words() == {Word.EMPTY}
            before = len(world.cloud.sent)
            assert not [who for at, who in world.cloud.sent if at > 1 and "HPUAFIRST" in who]
            await asyncio.sleep(60)
            assert len(world.cloud.sent) >= before + 3 * 6

        told(SIX, Cloud(good="HPUASECOND"), Keys(HUAWEI), then, monkeypatch)

    @pytest.mark.parametrize("config", [SIX, THREE])
    def test_a_key_that_ends_while_polling_stops_all_at_once(
        self, config: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        first, second = (HUAWEI, HUAWEI_TOO) if config == SIX else (KEY, OTHER)

        async def then(world: World) -> None:
            await asyncio.sleep(100)
            assert world.words() == {Word.EMPTY}
            world.cloud.good, ended = second.key_id, loop_time()
            await asyncio.sleep(3600)
            judged = ended - world.cloud.seconds  # what was under way then was refused too
            bad = [at for at, who in world.cloud.sent if at > judged and first.key_id in who]
            assert 0 < len(bad) < 5
            assert bad[-1] - bad[0] <= world.cloud.seconds
            assert world.words() == {Word.AUTH}
            world.keys.now = second
            await asyncio.sleep(30)
            assert world.words() == {Word.EMPTY}

        told(config, Cloud(good=first.key_id), Keys(first), then, monkeypatch)

    def test_the_key_of_the_keyboard_tries_once_more(self, monkeypatch: pytest.MonkeyPatch) -> None:
        async def then(world: World) -> None:
            await asyncio.sleep(60)
            assert world.words() == {Word.AUTH}
            for _ in range(3):
                before = len(world.cloud.sent)
                for poller in world.wiring.pollers.values():
                    poller.poke()
                await asyncio.sleep(60)
                assert len(world.cloud.sent) == before + 1
            world.cloud.good = KEY.key_id
            world.wiring.pollers["os"].poke()
            await asyncio.sleep(60)
            assert world.words() == {Word.EMPTY}

        told(THREE, Cloud(), Keys(KEY), then, monkeypatch)

    def test_a_source_without_a_key_goes_on_when_there_is_one(self, monkeypatch: pytest.MonkeyPatch) -> None:
        async def then(world: World) -> None:
            await asyncio.sleep(600)
            assert world.words() == {Word.NOKEY}
            assert world.cloud.sent == []
            world.keys.now = KEY
            await asyncio.sleep(30)
            assert world.words() == {Word.EMPTY}

        told(THREE, Cloud(good=KEY.key_id), Keys(None), then, monkeypatch)


def _refusal(code: str) -> AuthError:
    return AuthError("no", code=code)


def test_a_signature_that_one_source_gets_wrong_stops_no_other_while_the_key_is_good() -> None:
    latch, mine, other = Latch(), object(), object()
    latch.proved(KEY)
    latch.close(KEY, _refusal("SignatureDoesNotMatch"), mine, signature=True)
    with pytest.raises(AuthError):
        latch.check(KEY, mine)
    latch.check(KEY, other)
    assert (latch.refuses(KEY, mine), latch.refuses(KEY, other)) == (True, False)


def test_where_two_get_it_wrong_or_none_was_right_it_is_the_key() -> None:
    one, two, other = object(), object(), object()
    latch = Latch()
    latch.close(KEY, _refusal("SignatureDoesNotMatch"), one, signature=True)
    assert latch.refuses(KEY, other)
    latch = Latch()
    latch.proved(KEY)
    latch.close(KEY, _refusal("SignatureDoesNotMatch"), one, signature=True)
    latch.close(KEY, _refusal("SignatureDoesNotMatch"), two, signature=True)
    assert latch.refuses(KEY, other)


@pytest.mark.parametrize(
    ("vendor", "code", "stops"),
    [
        ("alibaba", "SignatureDoesNotMatch", False),
        ("alibaba", "InvalidAccessKeyId.NotFound", True),
        ("tencent", "AuthFailure.SignatureFailure", False),
        ("tencent", "AuthFailure.SecretIdNotFound", True),
        ("huawei", "APIGW.0301", True),
    ],
)
def test_which_refusals_stop_the_other_sources_of_an_account(vendor: Any, code: str, stops: bool) -> None:
    async def story() -> bool:
        wire, latch = Cloud(good=KEY.key_id), Latch()

        def one() -> Line:
            account = Account(name="ali", vendor=vendor)
            return Line(wire, account, "", Keys(), budget=Budget(), clocks=Clocks(), latch=latch)

        good, bad = one(), one()
        await good(ask("http://127.0.0.1:1"))
        with pytest.raises(AuthError):
            await bad(replace(ask("http://127.0.0.1:1"), judge=lambda reply: _refusal(code)))
        with pytest.raises(AuthError):
            await bad(ask("http://127.0.0.1:1"))  # not sent
        sent = len(wire.sent)
        with suppress(AuthError):
            await good(ask("http://127.0.0.1:1"))
        bad.again()
        assert await bad(ask("http://127.0.0.1:1"))  # one try, which is good
        assert await good(ask("http://127.0.0.1:1"))
        return len(wire.sent) - sent == 2

    assert run(story()) is stops
