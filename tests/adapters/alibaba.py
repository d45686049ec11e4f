"""What the Alibaba tests share: sources of both adapters on a scripted call, and queries read back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qsl

from tests.adapters.scripted import Answers, ScriptedCall
from tui.adapters import Adapter
from tui.adapters.alibaba_fc import FunctionCompute
from tui.adapters.alibaba_fc import Settings as FcSettings
from tui.adapters.alibaba_opensearch import OpenSearch
from tui.adapters.alibaba_opensearch import Settings as OsSettings
from tui.answers import Listing, Page, Want
from tui.calls import Ask
from tui.settings import Account
from tui.settings.kinds import SourceName

ACCOUNT = Account(name="ali", vendor="alibaba", credentials="demo")
SCOPE = "my-app/ctr/ctr_test"


def fc(answers: Answers, **settings: Any) -> tuple[FunctionCompute, ScriptedCall]:
    """A source of one function, unless told otherwise."""
    call = ScriptedCall(answers)
    given = {"region": "cn-hangzhou", "functions": ("my-func",), **settings}
    return FunctionCompute(
        FcSettings(name=SourceName("thumbs"), adapter="alibaba-fc", account="ali", **given), ACCOUNT, call
    ), call


def opensearch(answers: Answers, **settings: Any) -> tuple[OpenSearch, ScriptedCall]:
    """A source of one instance, unless told otherwise."""
    call = ScriptedCall(answers)
    given = {"region": "cn-hangzhou", "targets": (SCOPE,), **settings}
    return OpenSearch(
        OsSettings(name=SourceName("ctr"), adapter="alibaba-opensearch", account="ali", **given), ACCOUNT, call
    ), call


def asked(ask: Ask) -> dict[str, str]:
    """The query of a request, decoded."""
    return dict(parse_qsl(ask.query, keep_blank_values=True))


async def first(adapter: Adapter, want: Want | None = None) -> Page:
    """The first page of the first list."""
    listings = await adapter.plan(want or Want())
    return await adapter.page(listings[0])


async def walked(adapter: Adapter, listing: Listing, most: int = 500) -> list[Page]:
    """All pages of one list, breadth first; a list that does not end fails."""
    cursors: list[Any] = [None]
    pages: list[Page] = []
    while cursors:
        assert len(pages) < most, "this list does not end"
        page = await adapter.page(listing, cursors.pop(0))
        pages.append(page)
        cursors.extend(page.next)
    return pages


def ids(pages: Sequence[Page]) -> list[str]:
    """The ids of all tasks, in the order in which they came."""
    return [task.key.id for page in pages for task in page.tasks]
