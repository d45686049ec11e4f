"""Console pages: the addresses that vendors give, and none that is made up."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import pytest

from tests.tasks import task as any_task
from tui.consoles import console_link
from tui.model import TaskKey
from tui.settings import Account, SourceSettings
from tui.settings.kinds import Endpoint, Region, SourceName

TASK = any_task("id-1")._replace(key=TaskKey("s", "fn/../a b", "id-1"))


Vendor = Literal["alibaba", "tencent", "huawei"]
Site = Literal["intl", "mainland"]


def link(adapter: str, region: str = "", site: Site = "intl", *, vendor: Vendor = "tencent") -> str | None:
    source = SourceSettings(name=SourceName("s"), adapter=adapter, account="a", region=Region(region))
    account = Account(name="a", vendor=vendor, site=site)
    return console_link(TASK, source, account)


@pytest.mark.parametrize(
    ("adapter", "region", "site", "wanted"),
    [
        (
            *("alibaba-fc", "cn-hangzhou", "intl"),
            "https://fcnext.console.aliyun.com/cn-hangzhou/functions/fn%2F..%2Fa%20b",
        ),
        ("alibaba-fc", "", "intl", None),
        ("alibaba-opensearch", "cn-hangzhou", "intl", "https://opensearch.console.aliyun.com"),
        ("tencent-mps", "", "intl", "https://console.tencentcloud.com/mps/tasks/vod"),
        ("tencent-mps", "", "mainland", "https://console.cloud.tencent.com/mps"),
        ("tencent-tat", "ap-guangzhou", "mainland", None),
        ("tencent-tat", "ap-guangzhou", "intl", None),
        ("huawei-kps", "cn-north-4", "intl", "https://console.huaweicloud.com/dew/?region=cn-north-4"),
        (
            *("huawei-kps", "ap-southeast-3", "intl"),
            "https://console-intl.huaweicloud.com/dew/?region=ap-southeast-3#/dew/kps/kpsList/ecsList",
        ),
        ("huawei-kps", "", "intl", None),
        ("somebodys-own", "x", "intl", None),
    ],
)
def test_the_nearest_page(adapter: str, region: str, site: Site, wanted: str | None) -> None:
    assert link(adapter, region, site) == wanted


def test_what_is_read_elsewhere_has_no_page_there() -> None:
    source = SourceSettings(name=SourceName("s"), adapter="tencent-mps", account="a")
    account = Account(name="a", vendor="tencent")
    assert console_link(TASK, source, account)
    elsewhere = replace(source, endpoint=Endpoint.parse("http://127.0.0.1:8080"))
    assert console_link(TASK, elsewhere, account) is None


def test_a_foreign_name_cannot_leave_its_place_in_an_address() -> None:
    evil = TASK._replace(key=TaskKey("s", "x?a=b#c\x1b\\\x07\u202e;", "i"))
    source = SourceSettings(name=SourceName("s"), adapter="alibaba-fc", account="a", region=Region("cn-hangzhou"))
    found = console_link(evil, source, Account(name="a", vendor="alibaba"))
    assert found == ("https://fcnext.console.aliyun.com/cn-hangzhou/functions/x%3Fa%3Db%23c%1B%5C%07%E2%80%AE%3B")
