"""What each adapter finds at a place: the keys of a source worth configuring, or nothing."""

from __future__ import annotations

from typing import Any

import pytest

from tests.adapters.scripted import ScriptedCall
from tests.fixture_files import body, reply
from tui.adapters import Place, load
from tui.adapters._huawei_access import LIST_OWN_PROJECTS
from tui.calls import Ask, Reply
from tui.settings import Account

ALI, TX, HW = (Account(name=vendor, vendor=vendor) for vendor in ("alibaba", "tencent", "huawei"))
PROJECT = Account(name="hw", vendor="huawei", project_id="0123456789abcdef0123456789abcdef")


async def discovered(adapter: str, place: Place, account: Account, call: ScriptedCall) -> list[dict[str, Any]]:
    return [dict(one) for one in await load(adapter).discover(place, account, call)]


async def test_functions_in_task_mode() -> None:
    call = ScriptedCall([reply("alibaba-fc/discovery.list-async-invoke-configs.json")])
    assert await discovered("alibaba-fc", Place("cn-hangzhou"), ALI, call) == [{"functions": ["my-func", "nightly"]}]


async def test_no_function_is_no_source() -> None:
    assert await discovered("alibaba-fc", Place("cn-hangzhou"), ALI, ScriptedCall([body({"configs": []})])) == []


async def test_instances_of_the_usual_functions_of_every_application() -> None:
    def answer(ask: Ask) -> Reply:
        if ask.action.name == "ListAppGroups":
            return body({"requestId": "r", "totalCount": 1, "result": [{"name": "my app"}]})
        found = [{"instanceName": "daily"}] if "/functions/ctr/" in ask.path else []
        return body({"status": "OK", "httpCode": 200, "totalCount": len(found), "result": found})

    call = ScriptedCall(answer)
    found = await discovered("alibaba-opensearch", Place("cn-hangzhou"), ALI, call)
    assert found == [{"targets": ["my app/ctr/daily"]}]
    assert all(ask.path.startswith("/v4/openapi/app-groups") for ask in call.asks)


async def test_applications_are_read_to_the_last_page() -> None:
    pages = [[{"name": f"app-{n}"} for n in range(50)], []]

    def answer(ask: Ask) -> Reply:
        if ask.action.name == "ListAppGroups":
            return body({"requestId": "r", "totalCount": 50, "result": pages.pop(0)})
        return body({"status": "OK", "httpCode": 200, "totalCount": 0, "result": []})

    assert await discovered("alibaba-opensearch", Place("cn-hangzhou"), ALI, ScriptedCall(answer)) == []
    assert pages == []


@pytest.mark.parametrize(
    ("adapter", "account", "full", "empty", "region"),
    [
        ("tencent-mps", TX, "tencent-mps/list.processing.json", "tencent-mps/list.empty.json", ""),
        ("tencent-tat", TX, "tencent-tat/list.page1.json", "tencent-tat/list.empty.json", "ap-guangzhou"),
        ("huawei-kps", PROJECT, "huawei-kps/list.page1.json", "huawei-kps/list.empty.json", "cn-north-4"),
    ],
)
async def test_a_list_that_shows_a_task_is_a_source(
    adapter: str, account: Account, full: str, empty: str, region: str
) -> None:
    def answering(name: str) -> ScriptedCall:
        own = body({"projects": [{"id": PROJECT.project_id, "name": f"{region}_team"}]})
        return ScriptedCall(lambda ask: own if ask.action is LIST_OWN_PROJECTS else reply(name))

    place = Place(region)
    assert await discovered(adapter, place, account, answering(full)) == [{}]
    assert await discovered(adapter, place, account, answering(empty)) == []


async def test_a_project_of_another_region_is_not_looked_into() -> None:
    call = ScriptedCall([body({"projects": [{"id": PROJECT.project_id, "name": "cn-north-4"}]})])
    assert await discovered("huawei-kps", Place("cn-south-1"), PROJECT, call) == []
    assert [ask.action for ask in call.asks] == [LIST_OWN_PROJECTS]


@pytest.mark.parametrize("adapter", ["alibaba-fc", "alibaba-opensearch", "tencent-mps", "tencent-tat", "huawei-kps"])
def test_the_documented_regions_are_told(adapter: str) -> None:
    regions = load(adapter).regions
    assert len(set(regions)) == len(regions) == {"FC": 26, "OS": 11, "MPS": 1, "TAT": 7, "KPS": 30}[load(adapter).short]
