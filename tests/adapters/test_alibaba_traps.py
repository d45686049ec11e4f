"""The traps of alibaba.md section 11, by number. Where one concerns the border or the credentials, our part of it."""

from __future__ import annotations

import hmac
import math
import re
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from tests.adapters.alibaba import SCOPE, asked, fc, first, ids, opensearch, walked
from tests.adapters.scripted import KEY, ScriptedCall
from tests.fixture_files import body, reply
from tui.adapters import Adapter
from tui.adapters._alibaba import fc_origin, judge, judge_envelope, sign
from tui.adapters.alibaba_fc import payload
from tui.answers import Want
from tui.calls import Ask, Credential, Secret
from tui.errors import AuthError, ClockSkew, Malformed, Throttled, Unavailable
from tui.model import State, TaskKey
from tui.reading import read
from tui.settings.kinds import Endpoint
from tui.signing import acs3

NOW = 1_768_465_800.0


async def one_ask(adapter: Adapter, call: ScriptedCall, want: Want | None = None) -> Ask:
    await first(adapter, want)
    return call.asks[-1]


async def fc_ask(want: Want | None = None, **settings: Any) -> Ask:
    adapter, call = fc([reply("alibaba-fc/list.empty.json")], **settings)
    return await one_ask(adapter, call, want)


def signed(ask: Ask, credential: Credential = KEY) -> dict[str, str]:
    return dict(sign(ask, credential, NOW).headers)


def signed_names(ask: Ask, credential: Credential = KEY) -> list[str]:
    found = re.search("SignedHeaders=([^,]+)", signed(ask, credential)["Authorization"])
    assert found is not None
    return found[1].split(";")


async def test_trap_01_pascal_or_camel_case() -> None:
    pages = []
    for case in ("camel", "pascal"):
        adapter, _ = opensearch([reply(f"alibaba-opensearch/list.page1.{case}.json")])
        pages.append(await first(adapter))
    assert pages[0].tasks == pages[1].tasks != ()
    adapter, _ = opensearch([reply("alibaba-opensearch/list.no-result.json")])
    with pytest.raises(Malformed, match="no result"):
        await first(adapter)


async def test_trap_02_failure_inside_http_200_and_success_that_says_fail() -> None:
    assert isinstance(judge_envelope(reply("alibaba-opensearch/error.throttled.http200.camel.json")), Throttled)
    example = reply("alibaba-opensearch/list.vendor-example.pascal.json")
    assert judge_envelope(example) is None
    adapter, _ = opensearch([example, body({"Status": "200", "Result": [], "TotalCount": 2})])
    (listing,) = await adapter.plan(Want())
    assert len(ids(await walked(adapter, listing))) == 1


async def test_trap_03_the_page_size_is_one_unless_told() -> None:
    adapter, call = opensearch([reply("alibaba-opensearch/list.page1.camel.json")])
    ask = await one_ask(adapter, call)
    assert asked(ask) == {"pageNumber": "1", "pageSize": "100"}
    two_of_three, _ = opensearch(
        lambda ask: reply(f"alibaba-opensearch/list.{'page1' if 'pageNumber=1&' in ask.query else 'last'}.camel.json")
    )
    (listing,) = await two_of_three.plan(Want())
    assert len(ids(await walked(two_of_three, listing))) == 3


async def test_trap_04_the_limit_is_always_100() -> None:
    adapter, call = fc([reply("alibaba-fc/list.page1.json"), reply("alibaba-fc/list.last.json")])
    (listing,) = await adapter.plan(Want())
    await walked(adapter, listing)
    assert [asked(ask)["limit"] for ask in call.asks] == ["100", "100"]


async def test_trap_05_next_token_ends_with_a_newline() -> None:
    adapter, call = fc([reply("alibaba-fc/list.page1.json"), reply("alibaba-fc/list.last.empty-token.json")])
    (listing,) = await adapter.plan(Want())
    pages = await walked(adapter, listing)
    assert call.asks[1].query == "limit=100&nextToken=MyNhYmM%3D%0A"
    assert pages[0].next == ("MyNhYmM=\n",)
    assert pages[1].next == ()


@pytest.mark.parametrize("end", [{"nextToken": ""}, {"nextToken": None}, {}])
async def test_trap_05_a_token_that_is_empty_null_or_absent_is_the_end(end: dict[str, Any]) -> None:
    adapter, call = fc([body({"tasks": [{"taskId": "a"}], **end})])
    (listing,) = await adapter.plan(Want())
    assert ids(await walked(adapter, listing)) == ["a"]
    assert len(call.asks) == 1


async def test_trap_05_a_repeated_token_ends_the_read_as_partial() -> None:
    numbers = iter(range(1000))
    adapter, call = fc(lambda ask: body({"tasks": [{"taskId": str(next(numbers))}], "nextToken": "same\n"}))
    outcome = await read(adapter, Want(), lambda page: math.inf)
    assert len(call.asks) == 2
    assert outcome.missing == ("my-func (a cursor came twice)",)


async def test_trap_06_include_payload_is_lower_case() -> None:
    assert asked(await fc_ask(Want(payload=True)))["includePayload"] == "true"


async def test_trap_07_the_payload_has_two_names_and_is_off_by_default() -> None:
    assert payload({"taskPayload": "a"}) == payload({"invocationPayload": "a"}) == "a"
    assert payload({"taskPayload": "", "invocationPayload": "b"}) == "b"
    assert "includePayload" not in asked(await fc_ask())
    adapter, _ = fc([reply("alibaba-fc/list.payload.json")])
    page = await first(adapter)
    assert payload(page.rows[0]) == '{"input":"oss://bucket/in/5.json","名":"值"}'
    assert "oss://" not in repr(page.tasks)


async def test_trap_08_the_status_decides_not_the_end_time() -> None:
    adapter, _ = fc([reply("alibaba-fc/list.vendor-example.json")])
    (task,) = (await first(adapter)).tasks
    assert (task.state, task.ended_at, task.duration_ms) == (State.RUNNING, None, None)
    rows = [{"runId": "a", "status": "running", "endTime": 1_768_465_800_000}, {"runId": "b", "status": "success"}]
    training, _ = opensearch([body({"result": [*rows, {"runId": "c", "status": "failed", "endTime": 0}]})])
    running, ended, failed = (await first(training)).tasks
    assert (running.state, running.duration_ms) == (State.RUNNING, None)
    assert (ended.state, ended.ended_at) == (State.SUCCEEDED, None)
    assert (failed.state, failed.ended_at) == (State.FAILED, None)


async def test_trap_09_milliseconds_seconds_or_nonsense() -> None:
    times = [1_582_214_400_000, 1_582_214_400, "1582214400", 100_010, 0, -1, None, ""]
    rows = [{"runId": str(at), "startTime": value} for at, value in enumerate(times)]
    adapter, call = opensearch([body({"result": rows})])
    page = await first(adapter, Want(started_after=1_582_214_400_000))
    assert [task.started_at for task in page.tasks] == [1_582_214_400_000] * 3 + [None] * 5
    assert asked(call.asks[0])["startTime"] == "1582214400000"


@pytest.mark.parametrize(
    ("info", "metrics"),
    [
        ('{"recall":91,"errors":[]}', {"recall": 91}),
        ('{\\"recall\\":91,\\"errors\\":[]}', {"recall": 91}),
        ("recall 91", None),
    ],
)
async def test_trap_10_extend_info_is_escaped_once_or_twice(info: str, metrics: dict[str, Any] | None) -> None:
    row = {"RunId": "r", "Generation": "1", "ExtendInfo": info}
    adapter, _ = opensearch([body({"Result": [row]}), body({"Result": row})])
    (known,) = (await first(adapter)).tasks
    assert known.extra.get("os.metrics") == metrics
    detail = await adapter.detail(known.key, known, output=True)
    assert detail.output is not None
    assert "recall" in detail.output.text


@pytest.mark.parametrize("file", ["error.throttled.http400", "error.throttled.http429", "error.throttled.http503"])
def test_trap_11_throttled_with_http_400(file: str) -> None:
    error = judge(reply(f"alibaba-fc/{file}.json"))
    assert isinstance(error, Throttled)
    assert error.retry_after == (0.2 if "400" in file else None)


def test_trap_12_many_error_shapes() -> None:
    old = judge(reply("alibaba-fc/error.bad-request.fc2-keys.http400.json"))
    assert old is not None
    assert (old.code, old.request_id) == ("InvalidArgument", "1-6968a5c8-15a2b3c4-0123456789ab")
    html = judge(reply("alibaba-fc/error.transient.http502.html"))
    assert isinstance(html, Unavailable)
    assert (html.http_status, html.message) == (502, "HTTP 502")
    assert judge(body(b"", status=200)) is None, "an empty 200 is what StopAsyncTask answers"


@pytest.mark.parametrize(("code", "status"), [("SignatureNotMatch", 403), ("InvalidAccessKeyId.NotFound", 404)])
def test_trap_13_the_codes_of_a_wrong_key_differ_by_gateway(code: str, status: int) -> None:
    for spelling in (code, code.lower(), code.upper()):
        assert isinstance(judge(body({"Code": spelling}, status=status)), AuthError)
    assert isinstance(judge(body({"Code": "SignatureDoesNotMatch"}, status=400)), AuthError)
    assert isinstance(judge(body({"Code": "InvalidAccessKeyID"}, status=403)), AuthError)


async def test_trap_14_clock_skew_is_measured_and_signed_again_with_a_new_nonce() -> None:
    error = judge(reply("alibaba-fc/error.clock-skew.http400.json", skew=-900.5))
    assert isinstance(error, ClockSkew)
    assert error.offset == -900.5
    ask = await fc_ask()
    first_try, second_try = (dict(sign(ask, KEY, now).headers) for now in (NOW, NOW - 900.5))
    assert first_try["x-acs-date"] == "2026-01-15T08:30:00Z"
    assert second_try["x-acs-date"] == "2026-01-15T08:14:59Z"
    nonces = {first_try["x-acs-signature-nonce"], second_try["x-acs-signature-nonce"]}
    assert len(nonces) == 2
    assert all(re.fullmatch("[0-9a-f]{32}", nonce) for nonce in nonces)


async def test_trap_15_hosts_are_stripped_replaced_and_signed_as_sent() -> None:
    assert fc_origin("ap-southeast-5\t") == "https://fcv3.ap-southeast-5.aliyuncs.com"
    ask = await fc_ask(endpoint=Endpoint("http://127.0.0.1:8099"))
    assert ask.host == "127.0.0.1:8099"
    headers = signed(ask)
    assert headers["Authorization"].endswith(signature_of(ask, headers))
    assert not any(name.lower() == "host" for name, _ in sign(ask, KEY, NOW).headers), "the border sends it"


def signature_of(ask: Ask, headers: dict[str, str], credential: Credential = KEY) -> str:
    """What a server computes from what is sent, with nothing of `acs3` but the canonical request."""
    names = re.search("SignedHeaders=([^,]+)", headers["Authorization"])
    assert names is not None
    sent = {"host": ask.host, **dict(ask.headers), **headers}
    chosen = [(name, sent[name]) for name in names[1].split(";")]
    request = acs3.canonical_request(ask.method, ask.path, ask.query, chosen, sha256(ask.body).hexdigest())
    text = "ACS3-HMAC-SHA256\n" + sha256(request.encode()).hexdigest()
    return hmac.new(credential.secret.reveal().encode(), text.encode(), sha256).hexdigest()


async def test_trap_16_the_sent_bytes_are_the_signed_bytes() -> None:
    ask = await fc_ask(Want(prefix="a b/c~+*é"), functions=("up/down *",))
    assert ask.url.endswith("/functions/up%2Fdown%20%2A/async-tasks?limit=100&prefix=a%20b%2Fc~%2B%2A%C3%A9")
    headers = signed(ask)
    assert headers["Authorization"].endswith(signature_of(ask, headers))


async def test_trap_17_no_content_type_on_a_get() -> None:
    ask = await fc_ask()
    assert ask.body == b""
    names = [name.lower() for name, _ in (*ask.headers, *sign(ask, KEY, NOW).headers)]
    assert "content-type" not in names
    assert signed(ask)["x-acs-content-sha256"] == acs3.payload_hash(b"")
    assert signed_names(ask) == [
        "host",
        "x-acs-action",
        "x-acs-content-sha256",
        "x-acs-date",
        "x-acs-signature-nonce",
        "x-acs-version",
    ]


async def test_an_sts_token_and_its_key_are_sent_and_signed() -> None:
    ask = await fc_ask()
    sts = Credential(key_id="STS.fake", secret=Secret("fake"), token=Secret("CAISfake/Token+with==chars"))
    headers = signed(ask, sts)
    assert headers["x-acs-security-token"] == "CAISfake/Token+with==chars"
    assert headers["x-acs-accesskey-id"] == "STS.fake"
    assert {"x-acs-security-token", "x-acs-accesskey-id"} <= set(signed_names(ask, sts))
    assert headers["Authorization"].endswith(signature_of(ask, headers, sts))
    unsent = signed(ask, Credential(key_id="a", secret=Secret("b"), token=Secret("")))
    assert "x-acs-security-token" not in unsent


async def test_trap_18_a_new_status_is_kept_and_not_final() -> None:
    rows = [{"taskId": name, "status": name} for name in ("Suspended", "Dequeued", "Retrying", "Stopping")]
    adapter, _ = fc([body({"tasks": rows})])
    tasks = (await first(adapter)).tasks
    assert [task.native_state for task in tasks] == ["Suspended", "Dequeued", "Retrying", "Stopping"]
    assert [task.state for task in tasks] == [State.UNKNOWN, State.QUEUED, State.RETRYING, State.STOPPING]
    assert not any(task.state.final for task in tasks)


async def test_trap_19_nulls_and_integers_as_text() -> None:
    row = {
        "taskId": 7,
        "status": "Failed",
        "startedTime": "1768465800000",
        "endTime": "1768465801000",
        "durationMs": "1000",
        "alreadyRetriedTimes": "2",
        "events": None,
        "instanceId": None,
        "taskErrorMessage": None,
        "unheard": {"of": []},
    }
    adapter, _ = fc([body({"tasks": [row, {"taskId": "a", "events": {}}]}), body({"tasks": None})])
    (listing,) = await adapter.plan(Want())
    task, other = (await adapter.page(listing)).tasks
    assert (task.key.id, task.started_at, task.ended_at) == ("7", 1_768_465_800_000, 1_768_465_801_000)
    assert (task.duration_ms, task.retries, task.error, task.extra) == (1000, 2, None, {})
    assert other.extra == {}
    assert (await adapter.page(listing)).tasks == ()
    training, _ = opensearch([body({"Result": None, "TotalCount": "5"})])
    page = await first(training)
    assert (page.tasks, page.next, page.total) == ((), (), 5)


async def test_trap_20_the_generation_is_the_key_of_the_detail() -> None:
    rows = [{"runId": "run", "generation": "12"}, {"generation": "13"}]
    answers = [body({"result": rows}), body({"result": {"generation": "12", "runId": "run"}})]
    adapter, call = opensearch(answers)
    page = await first(adapter)
    assert [task.key for task in page.tasks] == [TaskKey("ctr", SCOPE, "run"), TaskKey("ctr", SCOPE, "13")]
    assert [task.extra["os.generation"] for task in page.tasks] == ["12", "13"]
    await adapter.detail(page.tasks[0].key, page.tasks[0])
    assert call.asks[-1].path.endswith("/tasks/12")


async def test_trap_21_tasks_are_listed_by_function_in_task_mode() -> None:
    adapter, call = fc([reply("alibaba-fc/discovery.list-async-invoke-configs.json")], functions="*")
    assert [one.label for one in await adapter.plan(Want())] == ["my-func", "nightly"]
    assert len(call.asks) == 1, "no function is probed"
    named, _ = fc([], functions=("a", "b"), qualifier="prod")
    assert [one.asks.pairs for one in await named.plan(Want())] == [(("qualifier", "prod"),)] * 2


def test_trap_22_every_request_goes_through_the_one_call() -> None:
    source = "".join(
        path.read_text("utf-8") for path in (Path(__file__).parents[2] / "tui" / "adapters").glob("*alibaba*.py")
    )
    assert not re.search(r"\b(httpx|http\.client|urllib\.request|socket|AsyncClient)\b", source)


async def test_trap_23_no_file_is_opened_or_written(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def refused(*_: object, **__: object) -> None:
        raise AssertionError("an adapter opens no file")

    monkeypatch.setenv("HOME", str(tmp_path))
    adapter, call = fc([reply("alibaba-fc/list.page1.json"), reply("alibaba-fc/detail.get-async-task.json")])
    with monkeypatch.context() as patch:
        patch.setattr("builtins.open", refused)
        patch.setattr("io.open", refused)
        patch.setattr("os.open", refused)
        page = await first(adapter)
        await adapter.detail(page.tasks[2].key, page.tasks[2], output=True)
    assert len(call.signed) == 2
    assert is_empty(tmp_path)


def is_empty(folder: Path) -> bool:
    return not any(folder.iterdir())
