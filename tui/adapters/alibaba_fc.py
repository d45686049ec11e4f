"""Function Compute 3.0, ListAsyncTasks: one call series for each function (alibaba.md 2.1, 5.1, 9.1)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Literal, NamedTuple

from tui.adapters import Place, _alibaba, _alibaba_cli, _deeds, named
from tui.adapters._alibaba_scopes import ENDLESS, PAGES, Memory, asked_for, the_only
from tui.adapters._read import Row, epoch, identity, integer, mapping, rows, said, shared, text
from tui.adapters._settle import settled
from tui.answers import Detail, Listing, Mapped, Output, Page, Want
from tui.calls import Action, Ask, Call
from tui.deeds import STOP as STOP_IT
from tui.deeds import Deed
from tui.errors import Malformed, NotFound
from tui.model import State, Task, TaskKey, duration
from tui.settings import Account, SourceSettings

VERSION = "2023-03-30"
LIST = Action("ListAsyncTasks", permission="fc:ListAsyncTasks")
GET = Action("GetAsyncTask", permission="fc:GetAsyncTask")
DISCOVER = Action("ListAsyncInvokeConfigs", permission="fc:ListFunctionAsyncInvokeConfigs", only='for functions = "*"')
STOP = Action("StopAsyncTask", "write", permission="fc:StopAsyncTask")
LIMIT = ("limit", "100")  # the vendor's default is 20 or 50, depending on the date of its page (trap 4)

STATES: Mapping[str, State] = {
    "Enqueued": State.QUEUED,
    "Dequeued": State.QUEUED,
    "Running": State.RUNNING,
    "Retrying": State.RETRYING,
    "Stopping": State.STOPPING,
    "Succeeded": State.SUCCEEDED,
    "Failed": State.FAILED,
    "Stopped": State.CANCELLED,
    "Expired": State.EXPIRED,
    "Invalid": State.FAILED,
}
_BY_NATIVE = {native.lower(): state for native, state in STATES.items()}
_IN_ARN = re.compile(r"functions/([^/]+)(?:/(.+))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings(SourceSettings):
    """`functions`: names, or "*" for every function in task mode; `qualifier`: only this version or alias."""

    functions: tuple[str, ...] | Literal["*"]
    qualifier: str | None = None

    def __post_init__(self) -> None:
        if not self.region:
            raise ValueError('alibaba-fc needs a region, such as "cn-hangzhou"')
        if not self.functions:
            raise ValueError('functions is empty: name some, or say functions = "*"')
        if self.functions != "*" and not {"*", "", ".", ".."}.isdisjoint(self.functions):
            raise ValueError('functions holds names, or is "*" as a whole: functions = "*"')
        if self.qualifier == "":
            raise ValueError("qualifier is empty: leave it out")


class Series(NamedTuple):
    """One list of one function: the query without limit and token. Without a function: what discovery missed."""

    function: str | None
    pairs: tuple[tuple[str, str], ...] = ()


class FunctionCompute:
    """Asynchronous tasks of the functions of one region."""

    id: ClassVar[str] = "alibaba-fc"
    title: ClassVar[str] = "Function Compute"
    short: ClassVar[str] = "FC"
    digit: ClassVar[int] = 1
    vendor: ClassVar[str] = "alibaba"
    actions: ClassVar[tuple[Action, ...]] = (LIST, GET, DISCOVER, STOP)
    regions: ClassVar[tuple[str, ...]] = _alibaba.FC_REGIONS
    settings: ClassVar[type[SourceSettings]] = Settings
    at_once: ClassVar[int] = 1
    by_hand = staticmethod(_alibaba_cli.fc)

    def __init__(self, source: Settings, account: Account, call: Call) -> None:
        self._source = source
        self._call = call
        self._origin = source.endpoint or _alibaba.fc_origin(source.region)
        self._memory: Memory[tuple[str, ...]] = Memory()

    @classmethod
    async def discover(cls, place: Place, account: Account, call: Call) -> Sequence[Mapping[str, Any]]:
        """Every function in task mode."""
        here = cls(Settings(**named(place, account, cls.id), functions="*"), account, call)
        names = sorted({listing.asks.function for listing in await here.plan(Want()) if listing.asks.function})
        return [{"functions": names}] if names else []

    async def plan(self, want: Want) -> Sequence[Listing]:
        """One list for each function, of one status where the states wanted come down to one."""
        functions, whole = await self._functions()
        status = asked_for(STATES, want)
        listings = [
            Listing(
                function if status is None else f"{function} {status}",
                self._series(function, status, want),
                scope=function,
            )
            for function in functions
        ]
        if not whole:
            listings.append(Listing(DISCOVER.name, Series(None)))
        return listings

    async def page(self, listing: Listing, cursor: Any = None) -> Page:
        """One page; the cursor is the nextToken of the page before, byte for byte (trap 5)."""
        series: Series = listing.asks
        if series.function is None:
            return ENDLESS
        token = () if cursor is None else (("nextToken", cursor),)
        try:
            reply = await self._call(self._ask(LIST, (series.function, "async-tasks"), (LIMIT, *series.pairs, *token)))
        except NotFound:
            self._memory.forget()  # a function that was discovered may be gone since
            raise
        answer = mapping(reply.json, "the answer of ListAsyncTasks")
        found = rows(answer, "tasks")
        following, function = text(answer.get("nextToken")), series.function
        request, came = _alibaba.header_id(reply), reply.at  # the reply itself goes with its bytes
        return Page(
            tasks=Mapped(found, lambda row: self._task(row, function, came, request)),
            rows=tuple(found),
            next=(following,) if following and found else (),
            request_id=request,
            at=came,
        )

    async def detail(self, key: TaskKey, known: Task | None = None, *, output: bool = False) -> Detail:
        """GetAsyncTask; a task without its function is looked for in every function of the source."""
        if known is not None and not key.scope:
            key = known.key
        if key.scope:
            return await self._detail(key, output)
        functions, _ = await self._functions()
        return await the_only(key, (self._detail(key._replace(scope=function), output) for function in functions))

    async def settle(self, tasks: Sequence[Task]) -> Sequence[Task]:
        """GetAsyncTask for each."""
        return await settled(self.detail, tasks)

    def deeds(self, task: Task) -> Sequence[Deed]:
        """StopAsyncTask for a task that has not ended."""
        does = "asks Function Compute to stop it; what it is doing may still finish"
        return (Deed(STOP_IT, "stop", does, _deeds.not_live(task)),)

    async def do(self, deed: Deed, task: Task) -> str | None:
        """PUT without a body; any 2xx, with an empty one, is a yes."""
        _deeds.allow(deed, self.deeds(task))
        ask = self._ask(STOP, (task.key.scope, "async-tasks", task.key.id, "stop"), self._qualifier())
        return _alibaba.header_id(await self._call(replace(ask, method="PUT")))

    async def _detail(self, key: TaskKey, output: bool) -> Detail:
        reply = await self._call(self._ask(GET, (key.scope, "async-tasks", key.id), self._qualifier()))
        row = mapping(reply.json, "the answer of GetAsyncTask")
        returned = text(row.get("returnPayload"))
        task = self._task(row, key.scope, reply.at, _alibaba.header_id(reply))._replace(key=key)
        shown = Output(returned) if output and returned is not None else None
        return Detail(task, reply.json, shown, None if returned is None else len(returned.encode("utf-8", "replace")))

    async def _functions(self) -> tuple[tuple[str, ...], bool]:
        """The functions, each once, and whether these are all: with "*" those in task mode (trap 21)."""
        if self._source.functions != "*":
            return tuple(dict.fromkeys(self._source.functions)), True
        known = self._memory.get("*")
        if known is not None:
            return known, True
        found: dict[str, None] = {}
        seen: set[str] = set()
        token: str | None = None
        while len(seen) < PAGES:
            pairs = (LIMIT,) if token is None else (LIMIT, ("nextToken", token))
            reply = await self._call(self._ask(DISCOVER, (), pairs))
            answer = mapping(reply.json, "the answer of ListAsyncInvokeConfigs")
            configs = rows(answer, "configs")
            found.update(dict.fromkeys(_function(config) for config in configs if _in_task_mode(config)))
            token = text(answer.get("nextToken"))
            if token is None or not configs:
                self._memory.put("*", tuple(found))
                return tuple(found), True
            if token in seen:
                break
            seen.add(token)
        return tuple(found), False

    def _series(self, function: str, status: str | None, want: Want) -> Series:
        order = None if want.newest_first is None else "desc" if want.newest_first else "asc"
        given = (
            ("includePayload", "true" if want.payload else None),
            ("prefix", want.prefix or None),
            ("sortOrderByTime", order),
            ("startedTimeBegin", None if want.started_after is None else str(want.started_after)),
            ("startedTimeEnd", None if want.started_before is None else str(want.started_before)),
            ("status", status),
        )
        return Series(function, self._qualifier() + tuple((name, value) for name, value in given if value is not None))

    def _qualifier(self) -> tuple[tuple[str, str], ...]:
        return (("qualifier", self._source.qualifier),) if self._source.qualifier else ()

    def _ask(self, action: Action, under: Sequence[str], pairs: Sequence[tuple[str, str]]) -> Ask:
        segments = (VERSION, "functions", *under) if under else (VERSION, "async-invoke-configs")
        return _alibaba.ask(action, VERSION, self._origin, segments, pairs, judge=_alibaba.judge)

    def _task(self, row: Row, function: str, seen_at: int, request: str | None) -> Task:
        """One row as a task: the status decides what its times mean (trap 8)."""
        native = shared(row.get("status"))
        state = _BY_NATIVE.get((native or "").lower(), State.UNKNOWN)
        started = epoch(row.get("startedTime"))
        ended = epoch(row.get("endTime")) if state.final else None
        failed = state in {State.FAILED, State.EXPIRED}
        return Task(
            key=TaskKey(self._source.name, function, identity(row, "taskId")),
            state=state,
            native_state=native,
            name=function,
            kind="async-task",
            target=shared(row.get("qualifier")),
            started_at=started,
            ended_at=ended,
            duration_ms=duration(state, started, ended, integer(row.get("durationMs"))),
            retries=integer(row.get("alreadyRetriedTimes")),
            error=said(row.get("taskErrorMessage")) if failed else None,
            extra=_extra(row),
            seen_at=seen_at,
            request_id=request,
        )


def payload(row: Row) -> str | None:
    """What the task was given, under either of the names that the vendor's page has for it (trap 7)."""
    return text(row.get("taskPayload")) or text(row.get("invocationPayload"))


def _extra(row: Row) -> dict[str, Any]:
    extra: dict[str, Any] = {}
    instance = text(row.get("instanceId"))
    if instance is not None:
        extra["fc.instance"] = instance
    events = row.get("events")
    if isinstance(events, list) and events:
        extra["fc.events"] = len(events)
    return extra


def _in_task_mode(config: Row) -> bool:
    return (text(config.get("asyncTask")) or "").lower() == "true"


def _function(config: Row) -> str:
    """The function of an ARN in either form. A qualifier is dropped: unqualified, a function lists every task once."""
    arn = identity(config, "functionArn")
    match = _IN_ARN.search(arn)
    if match is None:
        raise Malformed(f"no function in functionArn {arn[:200]!r}")
    return match[1]


ADAPTER = FunctionCompute
