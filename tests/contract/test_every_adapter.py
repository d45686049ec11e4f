"""What every adapter must do. A new one is found by itself: a file in tui/adapters, samples, a line in the example."""

from __future__ import annotations

import copy
import dataclasses
import json
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from tests.adapters.scripted import KEY, ScriptedCall
from tests.fixture_files import body, reply, samples
from tests.settings.schema import problems
from tui.adapters import Adapter, adapter_ids, every, load, titles
from tui.answers import Listing, Page, Want
from tui.budget import Budget
from tui.calls import FREE, Ask, Credential, Reply, Signed
from tui.errors import CallError, Malformed, WriteRefused
from tui.line import Clocks, Line
from tui.model import State, TaskKey
from tui.net import Wire
from tui.settings import EVERYTHING, Account, Network, SourceSettings
from tui.settings.example import EXAMPLE
from tui.settings.kinds import Share
from tui.settings.load import parse
from tui.wiring import models

ADAPTERS = every()
DISCOVERIES = {"ListAsyncInvokeConfigs": "alibaba-fc/discovery.list-async-invoke-configs.json"}
LISTS = [
    one.file
    for one in samples()
    if re.match(r"[^/]+/list\.", one.file) and one.error_class == "ok" and one.adapter in adapter_ids()
]


@cache
def configured() -> dict[str, tuple[SourceSettings, Account]]:
    """A source of each adapter, and its account: those of the example."""
    config = parse(EXAMPLE, models(), Path("example.toml"))
    return {one.adapter: (one, config.accounts[one.account]) for one in config.sources}


def made(adapter: type[Adapter], answer: Reply) -> tuple[Adapter, ScriptedCall]:
    """An adapter whose lists all give one answer."""
    source, account = configured()[adapter.id]
    if account.vendor == "huawei":
        account = dataclasses.replace(account, project_id="0123456789abcdef0123456789abcdef")
    call = ScriptedCall(lambda ask: reply(DISCOVERIES[ask.action.name]) if ask.action.name in DISCOVERIES else answer)
    return adapter(source, account, call), call


async def first_pages(adapter: type[Adapter], answer: Reply) -> tuple[list[tuple[Listing, Page]], ScriptedCall]:
    """The first page of every list."""
    one, call = made(adapter, answer)
    return [(listing, await one.page(listing)) for listing in await one.plan(Want())], call


def place(value: Any) -> tuple[dict[str, Any], str] | None:
    """Where in an answer the list of rows is."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if isinstance(inner, list) and all(isinstance(one, dict) for one in inner):
                return value, name
            found = place(inner)
            if found:
                return found
    return None


def rows_of(value: Any) -> list[dict[str, Any]]:
    found = place(value)
    assert found
    rows: list[dict[str, Any]] = found[0][found[1]]
    return rows


def sample(file: str) -> Any:
    return copy.deepcopy(reply(file).json)


def fullest(adapter: type[Adapter]) -> str:
    """The sample list with the most rows."""
    mine = [one for one in LISTS if one.startswith(f"{adapter.id}/") and place(reply(one).json)]
    return max(mine, key=lambda one: len(rows_of(reply(one).json)))


each = pytest.mark.parametrize("adapter", ADAPTERS, ids=[one.id for one in ADAPTERS])


def test_ids_shorts_digits_and_titles_are_unique() -> None:
    for name in ("id", "short", "digit", "title"):
        assert len({getattr(one, name) for one in ADAPTERS}) == len(ADAPTERS)
    assert [one.digit for one in ADAPTERS] == sorted(one.digit for one in ADAPTERS)
    assert {one.id for one in ADAPTERS} == set(adapter_ids())


def test_the_first_frame_calls_adapters_as_they_call_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    themselves = [(one.id, one.digit, one.short, one.title) for one in ADAPTERS]
    assert [tuple(title) for title in titles()] == themselves
    monkeypatch.setattr("tui.adapters.TITLES", {})  # as of an adapter that somebody adds
    assert [tuple(title) for title in titles()] == themselves


def test_an_unknown_id_is_no_adapter() -> None:
    for wrong in ("nothing", "_read", "alibaba_fc", "", "..", "os"):
        with pytest.raises(KeyError):
            load(wrong)


@each
def test_it_says_what_it_is(adapter: type[Adapter]) -> None:
    assert re.fullmatch(r"(alibaba|tencent|huawei)-[a-z0-9-]+", adapter.id)
    assert adapter.vendor == adapter.id.split("-")[0]
    assert adapter.title.isprintable()
    assert re.fullmatch("[A-Z]{2,3}", adapter.short)
    assert 1 <= adapter.digit <= 9
    assert adapter.__doc__
    assert load(adapter.id) is adapter
    assert adapter.__module__ == f"tui.adapters.{adapter.id.replace('-', '_')}"


@each
def test_its_actions_are_named_once_and_of_a_kind(adapter: type[Adapter]) -> None:
    names = [one.name for one in adapter.actions]
    assert len(names) == len(set(names))
    assert {one.kind for one in adapter.actions} == {"read", "write"}
    assert all(one.rate is None or one.rate > 0 for one in adapter.actions)
    for one in adapter.actions:
        changes = re.match("Stop|Delete|Cancel|Manage|Terminate|Update|Put", one.name) is not None
        assert (one.kind == "write") == changes


PERMISSION = {
    "alibaba": r"[a-z]+:[A-Z]\w+",
    "tencent": r"[a-z]+:[A-Z]\w+",
    "huawei": r"[a-z]+:\w+:\w+",
}
UNNAMED: dict[str, str] = {}  # an action whose permission no document of its vendor names -> why, as far as is known


@each
def test_each_action_names_its_permission_or_a_reason_why_not(adapter: type[Adapter]) -> None:
    for one in adapter.actions:
        if one.permission == "":
            assert UNNAMED.get(one.name), one.name
        elif one.permission != FREE:
            assert re.fullmatch(PERMISSION[adapter.vendor], one.permission), one
        assert one.only.isprintable()
        assert one.resource == "*" or one.resource.format(region="r-1") != one.resource
        assert one.kind == "read" or (one.permission != FREE and not one.only)


@each
def test_its_settings_are_frozen_and_have_a_schema(adapter: type[Adapter]) -> None:
    assert issubclass(adapter.settings, SourceSettings)
    assert adapter.settings is not SourceSettings
    assert adapter.settings.__dataclass_params__.frozen  # type: ignore[attr-defined]
    assert not hasattr(configured()[adapter.id][0], "__dict__")
    assert adapter.settings.__doc__
    schema = TypeAdapter(adapter.settings).json_schema()
    assert {"name", "adapter", "account"} <= set(schema["required"])
    given = {"name": "x", "adapter": adapter.id, "account": "a", "nosuch": 1}
    assert problems(schema | {"additionalProperties": False, "required": []}, given) == [".nosuch: not allowed"]


@each
async def test_no_write_leaves_the_line_without_a_grant(adapter: type[Adapter]) -> None:
    source, account = configured()[adapter.id]

    def never(ask: Ask, credential: Credential, now: float) -> Signed:
        raise AssertionError("signed")

    async def credential() -> Credential:
        raise AssertionError("asked for a key")

    account = dataclasses.replace(account, rate_share=Share(EVERYTHING))
    async with Wire(Network()) as wire:
        line = Line(wire, account, source.region, credential, budget=Budget(), clocks=Clocks())
        for action in adapter.actions:
            if action.kind == "write":
                ask = Ask(
                    action=action,
                    method="POST",
                    origin="http://127.0.0.1:9",
                    path="/",
                    sign=never,
                    judge=lambda _: None,
                )
                with pytest.raises(WriteRefused, match=action.name):
                    await line(ask)
        assert line.calls == 0


@each
async def test_reading_asks_declared_reads_only_and_sends_what_it_signs(adapter: type[Adapter]) -> None:
    found, call = await first_pages(adapter, reply(fullest(adapter)))
    assert [task for _, page in found for task in page.tasks]
    for ask in call.asks:
        assert ask.action in adapter.actions
        assert ask.action.kind == "read"
        assert ask.origin.startswith("https://")
        assert ask.path.isascii()
        assert ask.query.isascii()
        assert not re.search(r"[\s?#]", ask.path + ask.query)
        sent = [name.lower() for name, _ in (*ask.headers, *ask.sign(ask, KEY, 1_768_465_800.0).headers)]
        assert len(sent) == len(set(sent))
        assert "host" not in sent


@each
async def test_a_signature_is_made_anew_for_every_try(adapter: type[Adapter]) -> None:
    _, call = await first_pages(adapter, reply(fullest(adapter)))
    ask = call.asks[-1]
    first, second = (ask.sign(ask, KEY, now) for now in (1_768_465_800.0, 1_768_465_801.0))
    assert first != second


@each
async def test_plans_can_be_remembered_and_told(adapter: type[Adapter]) -> None:
    found, _ = await first_pages(adapter, reply(fullest(adapter)))
    listings = [listing for listing, _ in found]
    assert listings
    assert len(set(listings)) == len(listings)
    assert len({one.label for one in listings}) == len(listings)
    assert all(one.label for one in listings)
    for _, page in found:
        assert len(set(page.next)) == len(page.next)


@pytest.mark.parametrize("file", LISTS)
async def test_every_row_is_a_task_of_its_source(file: str) -> None:
    adapter = load(file.partition("/")[0])
    found, _ = await first_pages(adapter, reply(file))
    source = configured()[adapter.id][0]
    for _, page in found:
        assert len(page.tasks) == len(page.rows)
        if place(reply(file).json):
            assert list(page.rows) == rows_of(reply(file).json)
        for task in page.tasks:
            assert task.key.source == source.name
            assert task.key.id
            assert isinstance(task.state, State)
            assert task.error is None or task.state in {State.FAILED, State.EXPIRED}
            assert task.duration_ms is None or task.state.final
            assert task.progress is None or 0 <= task.progress <= 100
            assert all(re.fullmatch(r"[a-z]+\.[a-z]+", name) for name in task.extra)
            assert task.seen_at > 0


@each
async def test_a_page_does_not_hold_the_reply_whose_bytes_it_was_read_from(adapter: type[Adapter]) -> None:
    answer = reply(fullest(adapter))
    one, _ = made(adapter, answer)
    before = sys.getrefcount(answer)
    pages = [await one.page(listing) for listing in await one.plan(Want())]
    assert [task for page in pages for task in page.tasks]
    assert sys.getrefcount(answer) == before


@each
async def test_an_unknown_field_changes_nothing(adapter: type[Adapter]) -> None:
    plain, odd = sample(fullest(adapter)), sample(fullest(adapter))
    place(odd)[0]["newField"] = {"a": [1]}  # type: ignore[index]
    for row in rows_of(odd):
        row["newField"] = [{"x": None}]
    before, _ = await first_pages(adapter, body(plain))
    after, _ = await first_pages(adapter, body(odd))
    assert [page.tasks for _, page in before] == [page.tasks for _, page in after]


@each
async def test_a_missing_list_is_malformed_and_says_which(adapter: type[Adapter]) -> None:
    value = sample(fullest(adapter))
    holder, name = place(value) or ({}, "")
    del holder[name]
    with pytest.raises(Malformed, match=name):
        await first_pages(adapter, body(value))


@each
async def test_a_null_list_is_an_empty_one(adapter: type[Adapter]) -> None:
    value = sample(fullest(adapter))
    holder, name = place(value) or ({}, "")
    holder[name] = None
    found, _ = await first_pages(adapter, body(value))
    assert all(page.tasks == () for _, page in found)


@each
@pytest.mark.parametrize("value", [None, [], "text", 5, True, {}, {"Response": None}, {"Response": []}])
async def test_an_answer_of_another_shape_is_malformed(adapter: type[Adapter], value: Any) -> None:
    with pytest.raises(Malformed):
        await first_pages(adapter, body(value))


@each
@pytest.mark.parametrize("junk", [{}, "text", 5, True, [None], ["row"], [[]]])
async def test_a_list_of_another_shape_is_malformed(adapter: type[Adapter], junk: Any) -> None:
    value = sample(fullest(adapter))
    holder, name = place(value) or ({}, "")
    holder[name] = junk
    with pytest.raises(Malformed):
        await first_pages(adapter, body(value))


ODD: list[Any] = [
    None,
    "",
    "nonsense",
    "0",
    "-1",
    "9" * 30,
    "\x1b[31m",
    0,
    -1,
    10**30,
    1e300,
    0.5,
    True,
    [],
    [[]],
    {},
    {"a": None},
]


@each
async def test_an_odd_value_in_a_row_is_a_task_or_malformed_and_never_a_bug(adapter: type[Adapter]) -> None:
    plain = sample(fullest(adapter))
    for name in dict.fromkeys(name for row in rows_of(plain) for name in row):
        for value in ODD:
            odd = copy.deepcopy(plain)
            for row in rows_of(odd):
                row[name] = value
            try:
                found, _ = await first_pages(adapter, body(odd))
                tasks = [task for _, page in found for task in page.tasks]
            except Malformed:
                continue
            assert all(task.key.id == str(task.key.id) != "" for task in tasks)
            assert all(hash(task.key) for task in tasks)


@each
async def test_odd_values_around_the_list_are_never_a_bug(adapter: type[Adapter]) -> None:
    plain = sample(fullest(adapter))
    holder, rows_name = place(plain) or ({}, "")
    for name in [one for one in holder if one not in (rows_name, "Error")]:
        for value in [one for one in ODD if one != 10**30]:
            odd = copy.deepcopy(plain)
            (place(odd) or ({}, ""))[0][name] = value
            one, _ = made(adapter, body(odd))
            try:
                for listing in await one.plan(Want()):
                    page = await one.page(listing)
                    assert len(page.next) < 10_000
                    assert page.request_id is None or isinstance(page.request_id, str)
            except CallError:
                continue


@each
async def test_nothing_to_settle_asks_nothing(adapter: type[Adapter]) -> None:
    one, call = made(adapter, reply(fullest(adapter)))
    assert list(await one.settle([])) == []
    assert call.asks == []


@each
async def test_a_wanted_state_asks_for_few_lists_each_of_its_own_name(adapter: type[Adapter]) -> None:
    one, _ = made(adapter, reply(fullest(adapter)))
    whole = {repr(listing.asks) for listing in await one.plan(Want())}
    for state in State:
        narrowed = await one.plan(Want(states=frozenset({state})))
        assert len({listing.label for listing in narrowed}) == len(narrowed)
        assert len(narrowed) <= max(len(whole), len(whole) * 3)


@each
def test_importing_it_is_cheap(adapter: type[Adapter]) -> None:
    code = f"import sys, json, {adapter.__module__}; print(json.dumps(sorted(sys.modules)))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=30)
    loaded = {name.partition(".")[0] for name in json.loads(ran.stdout)}
    assert not loaded & {"httpx", "pydantic", "pydantic_core", "textual", "rich", "keyring", "ssl", "platformdirs"}


def test_a_key_is_printed_as_a_task() -> None:
    assert str(TaskKey("a", "b/c", "d/e")) == "a/b%2Fc/d%2Fe"
