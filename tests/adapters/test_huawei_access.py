"""Huawei's way in: signing, project ids, IAM tokens, and the brake that keeps a key from being locked."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.adapters.scripted import KEY, Answers, ScriptedCall
from tests.fixture_files import body, reply
from tui.adapters._huawei_access import LIST_OWN_PROJECTS, LIST_PROJECTS, Access
from tui.adapters._huawei_brake import LATELY_SECONDS, LOCK_SECONDS
from tui.adapters._huawei_tokens import LOGIN
from tui.adapters.huawei_kps import LIST_RUNNING, Settings
from tui.calls import Ask, Credential, Reply, Secret
from tui.errors import AuthError, BadRequest, ClockSkew, Denied, Malformed, NoCredential, Unavailable
from tui.settings import Account
from tui.settings.kinds import Endpoint, Region, SourceName

PROJECT = "0123456789abcdef0123456789abcdef"
KPS = "https://kms.ap-southeast-1.myhuaweicloud.com"
IAM = "https://iam.ap-southeast-1.myhuaweicloud.com"
USER = Credential(key_id="ExampleUser", secret=Secret('pa"ss wörd'), domain="ExampleAccount")
LISTED = reply("huawei-kps/list.empty.json")
REFUSED = reply("huawei-kps/error.auth.http401.json")
STALE = reply("huawei-kps/error.auth.token.http401.json")
DENIED = reply("huawei-kps/error.denied.http403.json")
DOWN = reply("huawei-kps/error.transient.http503.txt")


class Clock:
    """Epoch seconds that move only when told to."""

    def __init__(self) -> None:
        self.now = 1_768_465_800.0

    def __call__(self) -> float:
        return self.now


class Keyring(ScriptedCall):
    """A scripted call whose account can be given another credential."""

    def use(self, credential: Credential) -> None:
        self._credential = credential


def source(region: str = "ap-southeast-1", **keys: Any) -> Settings:
    return Settings(name=SourceName("keys"), adapter="huawei-kps", account="hw", region=Region(region), **keys)


def account(**keys: Any) -> Account:
    return Account(name="hw", vendor="huawei", **keys)


def access(
    answers: Answers, *, credential: Credential = KEY, region: str = "ap-southeast-1", **keys: Any
) -> tuple[Access, Keyring, Clock]:
    call, clock = Keyring(answers, credential), Clock()
    return Access(source(region), account(**keys), call, clock), call, clock


async def listed(way: Access) -> Reply:
    return await way.get(LIST_RUNNING, KPS, "running-tasks", query=[("offset", "0"), ("limit", "1000")])


def token(number: int, seconds: int = 86_400, **changes: Any) -> Reply:
    """The answer to a login; its times are of a clock that is a day behind ours."""
    told = {
        "issued_at": "2026-01-14T08:30:00.000000Z",
        "expires_at": "2026-01-15T08:30:00.000000Z" if seconds == 86_400 else "2026-01-14T08:40:00.000000Z",
        "project": {"id": PROJECT, "name": "ap-southeast-1"},
    }
    return body({"token": told | changes}, status=201, headers={"x-subject-token": f"T{number}" + "x" * 5000})


def logins(call: ScriptedCall) -> int:
    return sum(ask.action is LOGIN for ask in call.asks)


def bearer(call: ScriptedCall) -> list[str]:
    """The tokens that were sent, by their first two characters."""
    return [value[:2] for signed in call.signed for name, value in signed.headers if name == "X-Auth-Token"]


def tokens_and_lists(accepted: Callable[[str], bool] = lambda token: True) -> tuple[Access, Keyring, Clock]:
    """An IAM that counts its tokens, and a KPS that accepts some of them."""
    count = 0

    def answer(ask: Ask) -> Reply:
        nonlocal count
        if ask.action is LOGIN:
            count += 1
            return token(count)
        return LISTED if accepted(bearer(call)[-1]) else STALE

    way, call, clock = access(answer, credential=USER, auth="token")
    return way, call, clock


async def test_a_request_is_signed_with_its_project() -> None:
    way, call, _ = access([LISTED], project_id=PROJECT)
    await listed(way)
    ask, headers = call.asks[0], dict(call.signed[0].headers)
    assert ask.url == f"{KPS}/v3/{PROJECT}/running-tasks?limit=1000&offset=0"
    assert ask.headers == (("X-Project-Id", PROJECT),)
    assert list(headers) == ["X-Sdk-Date", "Authorization"]
    assert headers["X-Sdk-Date"] == "20260115T083000Z"
    assert headers["Authorization"].startswith(
        "SDK-HMAC-SHA256 Access=AKIDFAKE, SignedHeaders=host;x-project-id;x-sdk-date, Signature="
    )


async def test_an_sts_token_is_sent_and_signed() -> None:
    temporary = Credential(key_id="TEMP", secret=Secret("s"), token=Secret("sts"))
    way, call, _ = access([LISTED], credential=temporary, project_id=PROJECT)
    await listed(way)
    headers = dict(call.signed[0].headers)
    assert headers["X-Security-Token"] == "sts"
    assert "SignedHeaders=host;x-project-id;x-sdk-date;x-security-token," in headers["Authorization"]


@pytest.mark.parametrize(
    ("region", "keys", "origin"),
    [
        ("ap-southeast-1", {}, "https://iam.ap-southeast-1.myhuaweicloud.com"),
        ("cn-south-4", {}, "https://iam.myhuaweicloud.com"),
        ("cn-south-4", {"iam_endpoint": Endpoint("http://127.0.0.1:8080")}, "http://127.0.0.1:8080"),
    ],
)
async def test_the_host_of_iam(region: str, keys: dict[str, Any], origin: str) -> None:
    way, call, _ = access([body({"projects": [{"id": "p", "name": region}]})], region=region, **keys)
    assert await way.project() == "p"
    assert call.asks[0].url == f"{origin}/v3/projects?name={region}"
    assert call.asks[0].headers == ()


async def test_a_configured_project_beats_that_of_the_credential() -> None:
    own = Credential(key_id="A", secret=Secret("s"), project_id="own")
    assert await access([], credential=own, project_id="configured")[0].project() == "configured"
    assert await access([], credential=own)[0].project() == "own"


async def test_a_project_is_looked_up_once_for_each_key() -> None:
    way, call, _ = access(lambda ask: reply("huawei-kps/iam.projects.one.json"))
    assert set(await asyncio.gather(*(way.project() for _ in range(5)))) == {PROJECT}
    assert [ask.action for ask in call.asks] == [LIST_PROJECTS]
    call.use(Credential(key_id="another", secret=Secret("s")))
    assert await way.project() == PROJECT
    assert len(call.asks) == 2


async def test_without_the_right_to_list_projects_the_callers_own_are_searched() -> None:
    way, call, _ = access([DENIED, reply("huawei-kps/iam.projects.all.json")])
    assert await way.project() == PROJECT
    assert [ask.action for ask in call.asks] == [LIST_PROJECTS, LIST_OWN_PROJECTS]
    assert call.asks[1].url == f"{IAM}/v3/auth/projects"


async def test_without_any_right_the_way_out_is_said() -> None:
    way, _, _ = access([DENIED, DENIED])
    with pytest.raises(Denied) as caught:
        await way.project()
    assert caught.value.message.endswith("(set project_id of account hw to do without)")


async def test_no_project_is_an_error_that_says_what_to_set() -> None:
    way, call, _ = access(lambda ask: reply("huawei-kps/iam.projects.none.json"))
    with pytest.raises(BadRequest, match=r"no project is called ap-southeast-1.*: set project_id of account hw$"):
        await way.project()
    with pytest.raises(BadRequest):
        await way.project()
    assert len(call.asks) == 2


async def test_a_project_below_the_regions_own_is_offered_not_taken() -> None:
    below = {"id": "00112233", "name": "ap-southeast-1_team"}
    way, _, _ = access([body({"projects": [below]})])
    with pytest.raises(BadRequest, match=r"to one of 00112233 \(ap-southeast-1_team\)"):
        await way.project()


async def test_more_than_one_project_is_a_choice_for_the_user() -> None:
    two = [{"id": "p1", "name": "ap-southeast-1"}, {"id": "p2", "name": "ap-southeast-1"}]
    way, _, _ = access([body({"projects": two})])
    with pytest.raises(BadRequest, match=r"more than one .* to one of p1 .*, p2 "):
        await way.project()


async def test_a_key_pair_and_a_user_are_not_mistaken_for_each_other() -> None:
    for credential, auth in ((USER, "aksk"), (KEY, "token")):
        way, call, _ = access([], credential=credential, auth=auth, project_id=PROJECT)
        with pytest.raises(NoCredential, match="account hw: this needs"):
            await listed(way)
        assert call.asks == []


async def test_a_refused_key_is_not_sent_again_for_five_minutes() -> None:
    way, call, clock = access(lambda ask: REFUSED, project_id=PROJECT)
    with pytest.raises(AuthError):
        await listed(way)
    clock.now += 299
    with pytest.raises(AuthError) as caught:
        await listed(way)
    assert len(call.asks) == 1
    assert caught.value.code == "APIGW.0301"
    assert caught.value.http_status == 401
    assert caught.value.message.startswith(
        "refused at 2026-01-15T08:30:00Z, not sent again before 2026-01-15T08:35:00Z or until the credential changes"
    )
    clock.now += 1
    with pytest.raises(AuthError):
        await listed(way)
    assert len(call.asks) == 2


async def test_another_credential_lifts_the_brake() -> None:
    answers = iter([REFUSED, LISTED])
    way, call, _ = access(lambda ask: next(answers), project_id=PROJECT)
    with pytest.raises(AuthError):
        await listed(way)
    call.use(Credential(key_id=KEY.key_id, secret=Secret("corrected")))
    assert await listed(way) is LISTED


async def test_a_clock_set_back_does_not_hold_the_brake_for_longer() -> None:
    way, call, clock = access(lambda ask: REFUSED, project_id=PROJECT)
    with pytest.raises(AuthError):
        await listed(way)
    clock.now -= 86_400
    for _ in range(2):
        with pytest.raises(AuthError, match="not sent again"):
            await listed(way)
        clock.now += 150
    with pytest.raises(AuthError):
        await listed(way)
    assert len(call.asks) == 2


async def test_a_wrong_clock_presses_the_brake_too() -> None:
    skewed = reply("huawei-kps/error.clock-skew.http401.json", skew=1200.0)
    way, call, _ = access(lambda ask: skewed, project_id=PROJECT)
    for _ in range(2):
        with pytest.raises(ClockSkew) as caught:
            await listed(way)
        assert caught.value.offset == 1200.0
    assert len(call.asks) == 1


class Slow(Keyring):
    """Answers in the next round of the loop, and counts what is in flight."""

    flying = most = 0

    async def __call__(self, ask: Ask) -> Reply:
        Slow.flying += 1
        Slow.most = max(Slow.most, Slow.flying)
        await asyncio.sleep(0)
        try:
            return await super().__call__(ask)
        finally:
            Slow.flying -= 1


async def test_all_sources_with_one_key_share_the_brake_and_start_two_at_a_time() -> None:
    Slow.most = 0
    calls = [Slow(lambda ask: REFUSED) for _ in range(30)]
    ways = [Access(source(), account(project_id=PROJECT), call, Clock()) for call in calls]
    results = await asyncio.gather(*(listed(way) for way in ways), return_exceptions=True)
    assert all(isinstance(result, AuthError) for result in results)
    assert sum(len(call.asks) for call in calls) == Slow.most == 2


async def test_a_key_that_works_is_not_held_back() -> None:
    call = Slow(lambda ask: LISTED)
    way = Access(source(), account(project_id=PROJECT), call, Clock())
    await listed(way)
    Slow.most = 0
    await asyncio.gather(*(listed(way) for _ in range(8)))
    assert Slow.most == 8


async def test_many_credentials_do_not_pile_up() -> None:
    way, call, _ = access(lambda ask: LISTED, project_id=PROJECT)
    for number in range(100):
        call.use(Credential(key_id=f"AK{number}", secret=Secret("s")))
        await listed(way)
    from tui.adapters._huawei_brake import _STANDINGS

    assert len(_STANDINGS[asyncio.get_running_loop()]) <= 32


async def test_a_login_has_the_password_only_in_its_last_step() -> None:
    way, call, _ = tokens_and_lists()
    await listed(way)
    ask, signed = call.asks[0], call.signed[0]
    assert ask.url == f"{IAM}/v3/auth/tokens"
    assert (ask.method, ask.action.kind, ask.body) == ("POST", "read", b"")
    assert "wörd" not in repr(ask)
    assert signed.headers == (("Content-Type", "application/json;charset=utf8"),)
    assert json.loads(signed.body or b"") == {
        "auth": {
            "identity": {
                "methods": ["password"],
                "password": {
                    "user": {"name": "ExampleUser", "password": 'pa"ss wörd', "domain": {"name": "ExampleAccount"}}
                },
            },
            "scope": {"project": {"name": "ap-southeast-1"}},
        }
    }


async def test_a_token_replaces_the_signature_and_names_the_project() -> None:
    way, call, _ = tokens_and_lists()
    assert await way.project() == PROJECT
    await listed(way)
    ask, signed = call.asks[-1], call.signed[-1]
    assert ask.path == f"/v3/{PROJECT}/running-tasks"
    assert ask.headers == ()
    assert [name for name, _ in signed.headers] == ["X-Auth-Token"]
    assert signed.body is None
    assert "T1" not in repr(ask)
    assert logins(call) == 1


async def test_a_configured_project_is_the_scope_of_the_login() -> None:
    way, call, _ = access([token(1), LISTED], credential=USER, auth="token", project_id=PROJECT)
    await listed(way)
    assert json.loads(call.signed[0].body or b"")["auth"]["scope"] == {"project": {"id": PROJECT}}


async def test_one_login_serves_all_that_wait_for_it() -> None:
    way, call, _ = tokens_and_lists()
    await asyncio.gather(*(listed(way) for _ in range(8)))
    assert logins(call) == 1


async def test_a_token_is_renewed_at_80_percent_of_its_life() -> None:
    way, call, clock = tokens_and_lists()
    await listed(way)
    clock.now += 0.8 * 86_400 - 1
    await listed(way)
    assert bearer(call) == ["T1", "T1"]
    clock.now += 1
    await listed(way)
    assert bearer(call) == ["T1", "T1", "T2"]


@pytest.mark.parametrize("changes", [{"issued_at": None}, {"expires_at": ""}, {"expires_at": "2020-01-01T00:00:00Z"}])
async def test_a_token_without_a_life_of_its_own_lives_for_a_day(changes: dict[str, Any]) -> None:
    answers = iter([token(1, **changes), LISTED, LISTED, token(2), LISTED])
    way, call, clock = access(lambda ask: next(answers), credential=USER, auth="token")
    await listed(way)
    clock.now += 69_000
    await listed(way)
    clock.now += 200
    await listed(way)
    assert bearer(call) == ["T1", "T1", "T2"]


async def test_a_token_lasts_on_when_its_renewal_finds_nobody() -> None:
    up = True

    def answer(ask: Ask) -> Reply:
        if ask.action is LOGIN:
            return token(1, 600) if up else DOWN
        return LISTED

    way, call, clock = access(answer, credential=USER, auth="token")
    await listed(way)
    up = False
    clock.now += 500
    await listed(way)
    await listed(way)
    assert logins(call) == 2
    clock.now += 61
    await listed(way)
    assert logins(call) == 3
    clock.now += 100
    with pytest.raises(Unavailable):
        await listed(way)


async def test_a_refused_token_is_renewed_once() -> None:
    way, call, _ = tokens_and_lists(lambda token: token != "T1")
    await listed(way)
    assert bearer(call) == ["T1", "T2"]
    assert logins(call) == 2


async def test_a_token_refused_to_many_is_renewed_once_for_all() -> None:
    way, call, _ = tokens_and_lists(lambda token: token != "T1")
    await asyncio.gather(*(listed(way) for _ in range(5)))
    assert logins(call) == 2


async def test_a_new_token_that_is_refused_too_ends_it_for_five_minutes() -> None:
    way, call, clock = tokens_and_lists(lambda token: False)
    for _ in range(3):
        with pytest.raises(AuthError):
            await listed(way)
        clock.now += 99
    assert logins(call) == 2
    assert bearer(call) == ["T1", "T2"]
    clock.now += 10
    with pytest.raises(AuthError):
        await listed(way)
    assert logins(call) == 3


async def test_after_a_failed_login_only_another_credential_is_tried_for_five_minutes() -> None:
    answers = iter([reply("huawei-kps/error.auth.iam.http401.json"), token(1), LISTED])
    way, call, clock = access(lambda ask: next(answers), credential=USER, auth="token")
    with pytest.raises(AuthError, match="username or password is wrong"):
        await listed(way)
    clock.now += LOCK_SECONDS - 1
    with pytest.raises(AuthError, match=r"not sent again before .* or until the credential changes"):
        await listed(way)
    assert len(call.asks) == 1
    call.use(Credential(key_id="ExampleUser", secret=Secret("right"), domain="ExampleAccount"))
    assert await listed(way) is LISTED


def regions(refused: str, clock: Clock) -> tuple[dict[str, Access], Keyring]:
    """Two sources of one user in two regions; IAM refuses the login to one of them."""

    def answer(ask: Ask) -> Reply:
        if ask.action is not LOGIN:
            return LISTED
        return reply("huawei-kps/error.auth.iam.http401.json") if refused in ask.origin else token(1)

    call = Keyring(answer, USER)
    keys = account(auth="token")
    return {name: Access(source(name), keys, call, clock) for name in ("cn-north-4", "ap-southeast-1")}, call


async def test_a_login_that_one_region_refuses_stops_no_other() -> None:
    clock = Clock()
    ways, call = regions("ap-southeast-1", clock)
    assert await listed(ways["cn-north-4"]) is LISTED
    for _ in range(2):
        with pytest.raises(Denied, match="no login to ap-southeast-1, though to another region just now"):
            await listed(ways["ap-southeast-1"])
    assert logins(call) == 2
    fresh, _ = regions("ap-southeast-1", clock)
    assert await listed(fresh["cn-north-4"]) is LISTED


async def test_a_login_that_is_refused_a_while_after_the_last_good_one_stops_all() -> None:
    clock = Clock()
    ways, call = regions("ap-southeast-1", clock)
    await listed(ways["cn-north-4"])
    clock.now += LATELY_SECONDS
    with pytest.raises(AuthError, match="username or password is wrong"):
        await listed(ways["ap-southeast-1"])
    fresh, again = regions("nowhere", clock)
    with pytest.raises(AuthError, match="not sent again before"):
        await listed(fresh["cn-north-4"])
    assert (logins(call), logins(again)) == (2, 0)


async def test_a_failed_login_is_tried_again_after_five_minutes_where_somebody_asks_for_it() -> None:
    answers = iter([reply("huawei-kps/error.auth.iam.http401.json"), token(1), LISTED])
    way, _, clock = access(lambda ask: next(answers), credential=USER, auth="token")
    with pytest.raises(AuthError):
        await listed(way)
    clock.now += LOCK_SECONDS
    assert await listed(way) is LISTED


async def test_a_login_that_a_policy_denies_is_tried_again_after_five_minutes() -> None:
    denied = body({"error": {"code": 403, "message": "no login from here"}}, status=403)
    answers = iter([denied, token(1), LISTED])
    way, call, clock = access(lambda ask: next(answers), credential=USER, auth="token")
    for _ in range(3):
        with pytest.raises(Denied):
            await listed(way)
        clock.now += 99
    assert len(call.asks) == 1
    clock.now += 4
    assert await listed(way) is LISTED


async def test_a_token_that_was_refused_is_not_sent_again_after_a_failed_login() -> None:
    answers = iter([token(1), STALE, reply("huawei-kps/error.auth.iam.http401.json")])
    way, call, _ = access(lambda ask: next(answers), credential=USER, auth="token")
    for _ in range(3):
        with pytest.raises(AuthError):
            await listed(way)
    assert len(call.asks) == 3


async def test_another_users_token_is_not_used() -> None:
    way, call, _ = tokens_and_lists()
    await listed(way)
    call.use(Credential(key_id="Another", secret=Secret("x"), domain="ExampleAccount"))
    await listed(way)
    assert bearer(call) == ["T1", "T2"]


async def test_a_token_that_lasts_on_is_still_the_one_that_was_refused() -> None:
    """A request is under way while another fails to renew its token; its refusal must bring a new one."""
    sent, answered = asyncio.Event(), asyncio.Event()
    count = 0

    def answer(ask: Ask) -> Reply:
        nonlocal count
        if ask.action is not LOGIN:
            return STALE if bearer(call) == ["T1"] else LISTED
        count += 1
        return DOWN if count == 2 else token(1 if count == 1 else 2, 600)

    class Held(Keyring):
        async def __call__(self, ask: Ask) -> Reply:
            try:
                return await super().__call__(ask)
            finally:
                if bearer(self) == ["T1"] and ask.action is not LOGIN:
                    sent.set()
                    await answered.wait()

    call, clock = Held(answer, USER), Clock()
    way = Access(source(), account(auth="token"), call, clock)
    first = asyncio.create_task(listed(way))
    await sent.wait()
    clock.now += 500
    assert await listed(way) is LISTED
    answered.set()
    assert await first is LISTED
    assert bearer(call) == ["T1", "T1", "T2"]


@pytest.mark.parametrize(
    "answer",
    [
        body({"token": {}}, status=201),
        body({"token": None}, status=201, headers={"x-subject-token": "T"}),
        body({}, status=201, headers={"x-subject-token": "T"}),
        token(1, project=None),
    ],
)
async def test_a_login_without_token_or_project_cannot_be_read(answer: Reply) -> None:
    way, _, _ = access([answer], credential=USER, auth="token")
    with pytest.raises(Malformed):
        await listed(way)
