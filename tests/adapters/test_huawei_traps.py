"""The traps of api/huawei.md section 10, by their numbers."""

from __future__ import annotations

import ast
import asyncio
import inspect
import math
from pathlib import Path
from typing import Any

import pytest

from tests.adapters.scripted import KEY, ScriptedCall
from tests.adapters.test_huawei_access import (
    LISTED,
    PROJECT,
    REFUSED,
    access,
    account,
    listed,
    logins,
    source,
    tokens_and_lists,
)
from tests.adapters.test_huawei_kps import UNKNOWN_ID, adapter, cloud, known, one_page
from tests.fixture_files import body, reply
from tui.adapters import _huawei, _huawei_access, _huawei_brake, _huawei_tokens, huawei_kps
from tui.adapters._huawei import judge
from tui.adapters.huawei_kps import FAILED, RUNNING, HuaweiKps
from tui.answers import Want
from tui.errors import AuthError, BadRequest, Throttled
from tui.model import State
from tui.reading import read
from tui.signing import sdk_hmac

OURS = (huawei_kps, _huawei, _huawei_access, _huawei_brake, _huawei_tokens)


async def test_trap_01_a_running_row_is_live_whatever_its_prefix_says() -> None:
    page = await one_page("list.variants.json")
    assert page.tasks[1].native_state == "FAILED_RESET"
    assert {task.state for task in page.tasks} == {State.QUEUED, State.RUNNING}
    assert [task.name for task in page.tasks[:3]] == ["RESET", "RESET", "UNBIND"]


async def test_trap_02_a_failed_row_is_failed_with_a_running_type_and_a_null_code() -> None:
    task = (await one_page("list.failed-tasks.json", FAILED)).tasks[1]
    assert (task.state, task.native_state, task.error) == (State.FAILED, "RUNNING_RESET", "Update public key error")


@pytest.mark.parametrize("time", ["1768465800000", 1_768_465_800_000, "1768465800", 1_768_465_800])
async def test_trap_03_times_are_told_apart_by_magnitude(time: Any) -> None:
    page = await adapter([body({"total": 1, "tasks": [{"task_id": "x", "task_time": time}]})])[0].page(RUNNING)
    assert page.tasks[0].created_at == 1_768_465_800_000


async def test_trap_04_offset_counts_rows_and_a_repeated_page_is_passed_on_as_it_is() -> None:
    first = await one_page("list.page1.json")
    (cursor,) = first.next
    again = await one_page("list.repeated-page.json", RUNNING, cursor)
    assert [task.key for task in again.tasks] == [task.key for task in first.tasks]
    assert again.next == ()


async def test_trap_04_a_server_that_ignores_the_offset_is_found_out_and_said() -> None:
    rows = [{"task_id": str(number)} for number in range(2)]
    kps, call = adapter(lambda ask: body({"total": 6, "tasks": rows if "running" in ask.path else []}))
    outcome = await read(kps, Want(), lambda page: math.inf)
    assert outcome.missing[0] == "running-tasks (a page came twice)"
    assert len(call.asks) <= 4  # the pages that the first one planned, and the other list


async def test_trap_05_task_id_is_the_task_and_server_id_the_machine() -> None:
    task = (await one_page("list.vendor-example.json")).tasks[0]
    assert task.key.id == "aee8d2fe-5484-4753-9177-5a38dc15546c"
    assert task.extra["kps.server"] == "c9aa197b-a6b6-4c33-b3a6-fa0b4ec50006"


async def test_trap_06_the_host_is_kms_and_the_project_that_of_its_region() -> None:
    call = ScriptedCall([reply("huawei-kps/iam.projects.all.json"), LISTED])
    kps = HuaweiKps(source(), account(), call)
    await kps.plan(Want())
    await kps.page(RUNNING)
    assert call.asks[0].query == "name=ap-southeast-1"
    assert call.asks[1].host == "kms.ap-southeast-1.myhuaweicloud.com"
    assert call.asks[1].path == f"/v3/{PROJECT}/running-tasks"


async def test_trap_07_the_signed_path_ends_with_a_slash_and_the_sent_one_does_not() -> None:
    kps, call = adapter([LISTED])
    await kps.page(RUNNING)
    ask, headers = call.asks[0], dict(call.signed[0].headers)
    assert ask.path == f"/v3/{PROJECT}/running-tasks"
    signed = [("Host", ask.host), *ask.headers, ("X-Sdk-Date", headers["X-Sdk-Date"])]
    canonical = sdk_hmac.canonical_request(ask.method, ask.path, ask.query, signed)
    assert canonical.split("\n")[1] == f"/v3/{PROJECT}/running-tasks/"
    to_sign = sdk_hmac.string_to_sign(headers["X-Sdk-Date"], canonical)
    names = sdk_hmac.signed_names(signed)
    assert headers["Authorization"] == sdk_hmac.authorization(KEY.key_id, KEY.secret.reveal(), names, to_sign)


async def test_trap_08_the_query_is_sorted_on_the_wire_and_in_the_signature_alike() -> None:
    way, call, _ = access([LISTED], project_id=PROJECT)
    await listed(way)  # asks for offset before limit
    ask = call.asks[0]
    assert ask.url.endswith("?limit=1000&offset=0")
    assert sdk_hmac.canonical_request("GET", ask.path, ask.query, []).split("\n")[2] == "limit=1000&offset=0"


async def test_trap_09_a_refused_key_rests_for_five_minutes() -> None:
    way, call, clock = access(lambda ask: REFUSED, project_id=PROJECT)
    for _ in range(10):
        with pytest.raises(AuthError):
            await listed(way)
        clock.now += 29
    assert len(call.asks) == 1
    clock.now += 11
    with pytest.raises(AuthError):
        await listed(way)
    assert len(call.asks) == 2


async def test_trap_10_a_token_of_several_kilobytes_is_renewed_in_time_and_once_when_refused() -> None:
    way, call, clock = tokens_and_lists(lambda token: token != "T2")
    await listed(way)
    assert len(dict(call.signed[-1].headers)["X-Auth-Token"]) > 5000
    clock.now += 0.8 * 86_400
    await listed(way)
    assert logins(call) == 3


async def test_trap_11_the_code_of_a_429_is_kept_and_nothing_is_sent_again_down_here() -> None:
    kps, call = adapter([reply("huawei-kps/error.throttled.http429.json")])
    with pytest.raises(Throttled) as caught:
        await kps.page(RUNNING)
    assert caught.value.code == "APIGW.0308"
    assert caught.value.message.startswith("The throttling threshold has been reached")
    assert caught.value.request_id == "0f5a0000000000000000000000000055"
    assert len(call.asks) == 1


@pytest.mark.parametrize(
    ("file", "code", "kind"),
    [
        ("error.auth.apig-prefix.http401.json", "APIG.0301", AuthError),
        ("error.auth.http401.json", "APIGW.0301", AuthError),
        ("error.auth.iam.http401.json", "401", AuthError),
        ("error.bad-request.nested.http400.json", "KMS.0201", BadRequest),
    ],
)
def test_trap_12_both_prefixes_numeric_codes_and_nested_errors(file: str, code: str, kind: type[Exception]) -> None:
    error = judge(reply(f"huawei-kps/{file}"))
    assert error is not None
    assert (type(error), error.code) == (kind, code)


async def test_trap_13_total_as_text_and_tasks_null() -> None:
    assert (await one_page("list.variants.json")).total == 5
    assert (await one_page("list.empty.null.json")).tasks == ()
    page = await adapter([body({"total": "3", "tasks": [{"task_id": "x"}]})])[0].page(RUNNING)
    assert page.next == ((1, 2), (2, None))


async def test_trap_14_a_name_beyond_ascii_stays_as_it_is() -> None:
    assert [task.target for task in (await one_page("list.page1.json")).tasks] == ["ecs-名-1", "ecs-名-2"]


@pytest.mark.parametrize("file", [module.__file__ for module in (*OURS, sdk_hmac)])
def test_trap_15_nothing_here_opens_a_file_or_knows_a_home(file: str) -> None:
    tree = ast.parse(Path(file).read_text("utf-8"))
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    used |= {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    used |= {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    used |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert not used & {"open", "os", "io", "pathlib", "Path", "environ", "expanduser", "write_text", "tempfile"}


def test_trap_15_a_whole_poll_leaves_the_home_folder_empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def poll() -> None:
        kps, _ = cloud(failed=reply("huawei-kps/list.failed-tasks.json"))
        for listing in await kps.plan(Want()):
            await kps.page(listing)
        await kps.settle([known(9)])

    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    asyncio.run(poll())
    assert list(tmp_path.rglob("*")) == []


async def test_trap_16_the_only_keys_are_those_of_the_accounts_credential() -> None:
    """KooCLI's file, encrypted or not, is read by nobody here: a changed credential is all that changes a signature."""
    way, call, _ = access(lambda ask: LISTED, project_id=PROJECT)
    await listed(way)
    assert f"Access={KEY.key_id}," in dict(call.signed[0].headers)["Authorization"]
    assert not any("hcloud" in inspect.getsource(module) for module in OURS)


async def test_trap_17_a_task_that_left_the_list_is_asked_by_id_and_looked_for_among_the_failed() -> None:
    kps, call = cloud(
        failed=reply("huawei-kps/list.failed-tasks.json"),
        **{"1": reply("huawei-kps/detail.task.success-reset.json"), "2": UNKNOWN_ID},
    )
    settled = await kps.settle([known(9), known(1), known(2)])
    assert [task.state for task in settled] == [State.FAILED, State.SUCCEEDED, State.VANISHED]
    assert [ask.action.name for ask in call.asks] == [*["ListKeypairTask"] * 3, "ListFailedTask"]
    assert {task.ended_at for task in settled} == {None}


def test_every_trap_has_its_test() -> None:
    names = [name for name in globals() if name.startswith("test_trap_")]
    assert {int(name.split("_")[2]) for name in names} == set(range(1, 18))
