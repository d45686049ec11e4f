"""Console pages: where a provider's own console shows a task, as near as an address that the vendor itself gives.

No address is made up: each shape is in the vendor's documents or tools (docs/copying.md says where), and an adapter
whose console has none that was found is not in the table.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from urllib.parse import quote

from tui.model import Task
from tui.settings import Account, SourceSettings

Shape = Callable[[Task, SourceSettings, Account], str | None]


def console_link(task: Task, source: SourceSettings, account: Account) -> str | None:
    """The nearest page there is; None where no address is established, or where the source is read elsewhere."""
    shape = SHAPES.get(source.adapter)
    return None if shape is None or source.endpoint is not None else shape(task, source, account)


def _function(task: Task, source: SourceSettings, account: Account) -> str | None:
    """The function: its asynchronous tasks are on a tab of that page."""
    if not source.region or not task.key.scope:
        return None
    return (
        f"https://fcnext.console.aliyun.com/{quote(source.region, safe='')}/functions/{quote(task.key.scope, safe='')}"
    )


def _opensearch(task: Task, source: SourceSettings, account: Account) -> str | None:
    """The service."""
    return "https://opensearch.console.aliyun.com"


def _media(task: Task, source: SourceSettings, account: Account) -> str | None:
    """The list of tasks, which is searched by id; of the mainland's console the service."""
    if account.site == "intl":
        return "https://console.tencentcloud.com/mps/tasks/vod"
    return "https://console.cloud.tencent.com/mps"


def _keypairs(task: Task, source: SourceSettings, account: Account) -> str | None:
    """The servers and their key pairs; of the mainland's console the service."""
    if not source.region:
        return None
    region = quote(source.region, safe="")
    if source.region.startswith("cn-"):
        return f"https://console.huaweicloud.com/dew/?region={region}"
    return f"https://console-intl.huaweicloud.com/dew/?region={region}#/dew/kps/kpsList/ecsList"


SHAPES: Mapping[str, Shape] = {
    "alibaba-fc": _function,
    "alibaba-opensearch": _opensearch,
    "tencent-mps": _media,
    "huawei-kps": _keypairs,
}
