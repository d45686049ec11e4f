"""The sources of the demo world, and the config that monitors them all."""

from collections.abc import Mapping
from typing import NamedTuple

from tui.cloud.texts import FC_FUNCTIONS


class Source(NamedTuple):
    """One source as the written config names it."""

    name: str
    adapter: str
    account: str
    region: str
    scope: str = ""  # TOML lines of its own


SOURCES = (
    Source("fc-hangzhou", "alibaba-fc", "ali-demo", "cn-hangzhou", 'functions = "*"'),
    Source(
        "fc-shanghai",
        "alibaba-fc",
        "ali-demo",
        "cn-shanghai",
        "functions = [{}]".format(", ".join(f'"{name}"' for name, *_ in FC_FUNCTIONS["cn-shanghai"])),
    ),
    Source(
        "os-hangzhou",
        "alibaba-opensearch",
        "ali-demo",
        "cn-hangzhou",
        'targets = ["shop_search/ctr/*", "shop_search/pop/pop_daily"]',
    ),
    Source(
        "os-shanghai",
        "alibaba-opensearch",
        "ali-demo",
        "cn-shanghai",
        'targets = ["news_feed/ctr/news_ctr", "news_feed/ctr/news_ctr_v2", "news_feed/hot/hot_words"]',
    ),
    Source("mps", "tencent-mps", "tx-demo", "ap-singapore"),
    Source("tat-guangzhou", "tencent-tat", "tx-demo", "ap-guangzhou"),
    Source("tat-singapore", "tencent-tat", "tx-demo", "ap-singapore"),
    Source("kps", "huawei-kps", "hw-demo", "cn-north-4"),
)
ADAPTERS = tuple(dict.fromkeys(source.adapter for source in SOURCES))
IAM = "huawei-iam"

HEAD = """\
# Written by the demo cloud: it monitors the whole of it.

[monitor]
interval = "{interval}"

[accounts.ali-demo]
vendor = "alibaba"
credentials = "demo"

[accounts.tx-demo]
vendor = "tencent"
credentials = "demo"

[accounts.hw-demo]
vendor = "huawei"
credentials = "demo"
iam_endpoint = "{iam}"
"""

SOURCE = """
[[sources]]
name = "{name}"
adapter = "{adapter}"
account = "{account}"
region = "{region}"
endpoint = "{endpoint}"
window = "all"
max_tasks = "all"
"""


def config(endpoints: Mapping[tuple[str, str], str], interval: str) -> str:
    """The TOML text; `endpoints` by adapter and region."""
    parts = [HEAD.format(interval=interval, iam=next(url for (api, _), url in endpoints.items() if api == IAM))]
    for source in SOURCES:
        endpoint = endpoints[source.adapter, source.region]
        text = SOURCE.format(**source._asdict(), endpoint=endpoint)
        parts.append(text + (source.scope + "\n" if source.scope else ""))
    return "".join(parts)
