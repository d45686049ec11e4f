"""What the tests of the Tencent adapters share: a source of each, and answers as the API gives them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from tests.adapters.scripted import Answers, ScriptedCall
from tests.fixture_files import body, reply
from tui.adapters.tencent_mps import Settings as MpsSettings
from tui.adapters.tencent_mps import TencentMps
from tui.adapters.tencent_tat import Settings as TatSettings
from tui.adapters.tencent_tat import TencentTat
from tui.answers import Listing, Page, Want
from tui.calls import Ask, Reply
from tui.settings import Account
from tui.settings.kinds import Endpoint, Region, SourceName

INTL = Account(name="tx", vendor="tencent")
MAINLAND = Account(name="tx-cn", vendor="tencent", site="mainland")
NOON = 1_768_465_800_000  # 2026-01-15T08:30:00Z


def mps(
    *answers: str | Reply | Callable[[Ask], Reply],
    region: str = "",
    account: Account = INTL,
    endpoint: str | None = None,
    **call: Any,
) -> tuple[TencentMps, ScriptedCall]:
    """An MPS source over a scripted call; answers are sample files, replies, or one function."""
    source = MpsSettings(
        name=SourceName("media"),
        adapter="tencent-mps",
        account=account.name,
        region=Region(region),
        endpoint=None if endpoint is None else Endpoint(endpoint),
    )
    scripted = ScriptedCall(script(answers), **call)
    return TencentMps(source, account, scripted), scripted


def tat(
    *answers: str | Reply | Callable[[Ask], Reply],
    region: str = "ap-singapore",
    account: Account = INTL,
    instance_ids: tuple[str, ...] = (),
    invocation_ids: tuple[str, ...] = (),
    command_ids: tuple[str, ...] = (),
    **call: Any,
) -> tuple[TencentTat, ScriptedCall]:
    """A TAT source over a scripted call."""
    source = TatSettings(
        name=SourceName("commands"),
        adapter="tencent-tat",
        account=account.name,
        region=Region(region),
        instance_ids=instance_ids,
        invocation_ids=invocation_ids,
        command_ids=command_ids,
    )
    scripted = ScriptedCall(script(answers), **call)
    return TencentTat(source, account, scripted), scripted


def script(answers: tuple[str | Reply | Callable[[Ask], Reply], ...]) -> Answers:
    """Sample files and replies in their order, or a function that answers each ask."""
    if len(answers) == 1 and callable(answers[0]):
        return answers[0]
    return [reply(one) if isinstance(one, str) else one for one in answers if isinstance(one, str | Reply)]


def response(**fields: Any) -> Reply:
    """An answer in its envelope."""
    return body({"Response": {"RequestId": "request-1", **fields}})


def refused(code: str) -> Reply:
    """An error, with HTTP 200 as always."""
    return response(Error={"Code": code, "Message": f"{code} it is"})


def asked(ask: Ask) -> Any:
    """The parameters of a request."""
    return json.loads(ask.body)


def headers(call: ScriptedCall, at: int = -1) -> dict[str, str]:
    """All headers of one request that the adapter and the signer make."""
    return dict([*call.asks[at].headers, *call.signed[at].headers])


async def first_page(adapter: TencentMps | TencentTat, listing: int = 0) -> Page:
    """The first page of one of the lists."""
    return await adapter.page((await adapter.plan(Want()))[listing])


async def walk(adapter: TencentMps | TencentTat, listing: Listing) -> list[Page]:
    """All pages of a list, breadth-first."""
    pages: list[Page] = []
    cursors: list[Any] = [None]
    while cursors:
        assert len(pages) < 1000
        pages.append(await adapter.page(listing, cursors.pop(0)))
        cursors += pages[-1].next
    return pages
