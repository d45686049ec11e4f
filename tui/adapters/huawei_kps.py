"""huawei-kps: tasks that bind, replace and unbind the key pairs of servers, through KPS (api/huawei.md)."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

from tui.adapters import Place, _deeds, _huawei_cli, named, one_source
from tui.adapters._huawei import request_id
from tui.adapters._huawei_access import LIST_OWN_PROJECTS, LIST_PROJECTS, Access
from tui.adapters._huawei_tokens import LOGIN
from tui.adapters._read import Row, epoch, identity, integer, mapping, remembered, rows, said, shared, text
from tui.adapters._settle import vanished, with_facts
from tui.answers import Detail, Listing, Mapped, Page, Want
from tui.calls import Action, Call, Reply
from tui.deeds import DELETE, STOP, Deed
from tui.errors import BadRequest, Denied, NotFound
from tui.model import State, Task, TaskKey
from tui.settings import Account, SourceSettings

LIST_RUNNING = Action("ListRunningTask", permission="kps:domainKeypairs:getrunningtask")
LIST_FAILED = Action("ListFailedTask", permission="kps:domainKeypairs:getfailtask")
SHOW_TASK = Action("ListKeypairTask", permission="kps:domainKeypairs:gettask")
DELETE_FAILED = Action("DeleteFailedTask", "write", permission="kps:domainKeypairs:deletefailtask")
DELETE_ALL_FAILED = Action("DeleteAllFailedTask", "write", permission="kps:domainKeypairs:deletefailtasks")

LIMIT = 1000  # the default, and the most that is documented
PLANNED = 1000  # cursors handed out at once; what a wild total would add is read page by page
SEARCHED = 1000  # pages read for one task
ABREAST = 2  # tasks asked by id at the same time

# The regions of the vendor's SDK (huawei.md 1).
REGIONS = (
    *("cn-north-1", "cn-north-2", "cn-north-4", "cn-north-9", "cn-north-11", "cn-north-12", "cn-east-2", "cn-east-3"),
    *("cn-east-4", "cn-east-5", "cn-south-1", "cn-south-2", "cn-south-4", "cn-southwest-2", "cn-southwest-3"),
    *("ap-southeast-1", "ap-southeast-2", "ap-southeast-3", "ap-southeast-4", "ap-southeast-5", "la-south-2"),
    *("la-north-2", "sa-brazil-1", "na-mexico-1", "af-south-1", "af-north-1", "me-east-1", "tr-west-1"),
    *("my-kualalumpur-1", "ru-moscow-1"),
)
RUNNING = Listing("running-tasks", "running-tasks", live=True)
FAILED = Listing("failed-tasks", "failed-tasks", stage=1, live=False)
LIVE = frozenset({State.QUEUED, State.RUNNING})
BY_PREFIX: Mapping[str, State] = {
    "READY": State.QUEUED,
    "RUNNING": State.RUNNING,
    "FAILED": State.FAILED,
    "SUCCESS": State.SUCCEEDED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings(SourceSettings):
    """`[[sources]]` of huawei-kps: no keys of its own, but `region` is needed (its project is looked up by it)."""

    def __post_init__(self) -> None:
        if not self.region:
            raise ValueError('huawei-kps needs a region, such as region = "cn-north-4"')


class Span(NamedTuple):
    """A cursor: rows from `start`, up to where the next planned page begins; None is the end of the list."""

    start: int
    stop: int | None


class HuaweiKps:
    """Key pair tasks of one project: those that run, and those that failed and were not deleted."""

    id: ClassVar[str] = "huawei-kps"
    title: ClassVar[str] = "Keypair tasks"
    short: ClassVar[str] = "KPS"
    digit: ClassVar[int] = 5
    vendor: ClassVar[str] = "huawei"
    actions: ClassVar[tuple[Action, ...]] = (
        LIST_RUNNING,
        LIST_FAILED,
        SHOW_TASK,
        LIST_PROJECTS,
        LIST_OWN_PROJECTS,
        LOGIN,
        DELETE_FAILED,
        DELETE_ALL_FAILED,
    )
    regions: ClassVar[tuple[str, ...]] = REGIONS
    settings: ClassVar[type[SourceSettings]] = Settings
    at_once: ClassVar[int] = 1
    by_hand = staticmethod(_huawei_cli.kps)

    def __init__(self, source: Settings, account: Account, call: Call, clock: Callable[[], float] = time.time) -> None:
        self._source = source
        self._origin = source.endpoint or f"https://kms.{source.region}.myhuaweicloud.com"
        self._access = Access(source, account, call, clock)

    @classmethod
    async def discover(cls, place: Place, account: Account, call: Call) -> Sequence[Mapping[str, Any]]:
        """One source for a region: worth it where the account has a project and a list shows a task."""
        here = cls(Settings(**named(place, account, cls.id)), account, call)
        return await one_source(here) if await here._access.here() else []

    async def plan(self, want: Want) -> Sequence[Listing]:
        """Both lists, the failed ones last: a task that fails in between is not missed, and counts as failed.

        What runs is only known with both, so `want` can only leave out what runs.
        """
        await self._access.project()
        if want.states is not None and State.FAILED in want.states and not want.states & LIVE:
            return (FAILED,)
        return (RUNNING, FAILED)

    async def page(self, listing: Listing, cursor: Any = None) -> Page:
        """One request, by row offset; the first page plans the others from its length and the total."""
        span = Span(0, None) if cursor is None else Span(*cursor)
        limit = LIMIT if span.stop is None else min(LIMIT, span.stop - span.start)
        failed = listing.asks == FAILED.asks
        reply = await self._access.get(
            LIST_FAILED if failed else LIST_RUNNING,
            self._origin,
            str(listing.asks),
            query=[("limit", str(limit)), ("offset", str(span.start))],
        )
        answer = mapping(reply.json, "the answer")
        found = rows(answer, "tasks")
        total = integer(answer.get("total"))
        request, came = request_id(reply), reply.at  # the reply itself goes with its bytes
        return Page(
            tasks=Mapped(found, lambda row: self._task(row, failed, came, request)),
            rows=tuple(found),
            next=_following(span, len(found), total, plan=cursor is None),
            total=total,
            request_id=request,
            at=came,
        )

    async def detail(self, key: TaskKey, known: Task | None = None, *, output: bool = False) -> Detail:
        """The task's status by id, with the facts of its row; KPS tasks print nothing."""
        row: Row | None = None
        if known is None:
            known, row = await self._listed(key.id)
        try:
            reply = await self._asked(key.id)
        except NotFound:
            if known is None or row is None:
                raise
            return Detail(known, row)  # listed a moment ago: it is there, whatever the by-id read says
        task = known or Task(key=TaskKey(self._source.name, "", key.id), state=State.UNKNOWN, kind="keypair")
        return Detail(_with_status(task, reply), reply.json)

    async def settle(self, tasks: Sequence[Task]) -> Sequence[Task]:
        """Each by id, then one look into the failed list for those that failed or that the by-id read does not know.

        Most of what leaves the running list has succeeded, and a poll has just read the top of the failed list: so a
        list of 20,000 old failures is not read for each task that ended well.
        """
        by_id = {one.key.id: one for one in await self._states(tasks)}
        lost = {key for key, task in by_id.items() if task.state in {State.FAILED, State.VANISHED}}
        failed: dict[str, tuple[Task, Row]] = {}
        try:
            failed = await self._found(FAILED, lost) if lost else {}
        except Denied:  # the by-id read says that a task failed, if not why; that one is gone it does not
            if any(task.state is State.VANISHED for task in by_id.values()):
                raise
        return [
            with_facts(task, failed[task.key.id][0]) if task.key.id in failed else by_id[task.key.id] for task in tasks
        ]

    async def _states(self, tasks: Sequence[Task]) -> list[Task]:
        """Each by id, two abreast, which is what the budget lets go: one by one a slow provider would halve it."""
        from asyncio import gather  # 40 ms, which a command without a network need not pay

        found: list[Task] = []
        for at in range(0, len(tasks), ABREAST):
            some = await gather(*map(self._state, tasks[at : at + ABREAST]), return_exceptions=True)
            for one in some:
                if isinstance(one, BaseException):
                    raise one
                found.append(one)
        return found

    async def _state(self, task: Task) -> Task:
        try:
            return _with_status(task, await self._asked(task.key.id))
        except NotFound:
            return vanished(task)

    def deeds(self, task: Task) -> Sequence[Deed]:
        """Nothing stops a task here; the record of one that failed can be deleted."""
        does = "asks KPS to delete the record of its failure, for good; key pair and server stay as they are"
        failed = task.state is State.FAILED
        why_not = "" if failed else f"only the record of a failed task can be deleted; it is {task.state.value}"
        return (
            Deed(STOP, "stop", why_not=_deeds.not_live(task) or "KPS has no operation that stops a task"),
            Deed(DELETE, "delete record", does, why_not),
        )

    async def do(self, deed: Deed, task: Task) -> str | None:
        """DELETE of one record: any 2xx with an empty body. Without its id the path would be that of all records."""
        _deeds.allow(deed, self.deeds(task))
        if task.key.id in ("", ".", ".."):
            raise BadRequest(f"{task.key.id!r} is no id of one task")
        return request_id(await self._access.delete(DELETE_FAILED, self._origin, "failed-tasks", task.key.id))

    async def _asked(self, task_id: str) -> Reply:
        """GET tasks/{task_id}. NotFound also for HTTP 400: the id is all that can be wrong with it."""
        try:
            reply = await self._access.get(SHOW_TASK, self._origin, "tasks", task_id)
        except BadRequest as error:
            if error.http_status != 400:
                raise
            raise NotFound(
                error.message, code=error.code, request_id=error.request_id, http_status=error.http_status
            ) from None
        if text(mapping(reply.json, "the answer").get("task_status")) is None:
            raise NotFound("an answer without task_status", request_id=request_id(reply), http_status=reply.status)
        return reply

    async def _listed(self, task_id: str) -> tuple[Task | None, Row | None]:
        """The row of one task; the failed ones first, as the later stage is the truth."""
        for listing in (FAILED, RUNNING):
            found = await self._found(listing, {task_id})
            if task_id in found:
                return found[task_id]
        return None, None

    async def _found(self, listing: Listing, wanted: set[str]) -> dict[str, tuple[Task, Row]]:
        """Those of the wanted ids that a list holds, read until all are found or it ends or repeats itself."""
        found: dict[str, tuple[Task, Row]] = {}
        cursors: deque[Any] = deque([None])
        seen: set[tuple[str, ...]] = set()
        for _ in range(SEARCHED):
            if not cursors or len(found) == len(wanted):
                break
            page = await self.page(listing, cursors.popleft())
            ids = tuple(identity(row, "task_id") for row in page.rows)
            if ids in seen:
                break
            seen.add(ids)
            hits = [row for ident, row in zip(ids, page.rows, strict=True) if ident in wanted]
            found.update((task.key.id, (task, row)) for task, row in zip(page.made(hits), hits, strict=True))
            cursors.extend(page.next)
        return found

    def _task(self, row: Row, failed: bool, seen_at: int, request: str | None) -> Task:
        """A row of a list: the list decides the state, whatever the prefix of operate_type says (traps 1 and 2)."""
        native = shared(row.get("operate_type"))
        state, operation = _split(native)
        if failed:
            state = State.FAILED
        elif state is not State.QUEUED:
            state = State.RUNNING
        return Task(
            key=TaskKey(self._source.name, "", identity(row, "task_id")),
            state=state,
            native_state=native,
            name=operation,
            kind="keypair",
            target=shared(row.get("server_name")),
            created_at=epoch(row.get("task_time")),
            error=_error(row) if failed else None,
            extra=_of_row(text(row.get("server_id")), text(row.get("keypair_name"))),
            seen_at=seen_at,
            request_id=request,
        )


ADAPTER = HuaweiKps


def _following(span: Span, length: int, total: int | None, *, plan: bool) -> tuple[Span, ...]:
    """The cursors after a page: how far it came is what its length says, not what was asked for."""
    end = span.start + length
    if length == 0:
        return ()
    if total is None:
        return (Span(end, span.stop),) if span.stop is None or end < span.stop else ()
    stop = total if span.stop is None else min(total, span.stop)
    if end >= stop:
        return ()
    if not plan:
        return (Span(end, span.stop),)
    starts = range(end, total, length)[:PLANNED]
    return (*(Span(start, start + length) for start in starts[:-1]), Span(starts[-1], None))


@remembered
def _split(native: str | None) -> tuple[State, str | None]:
    """State and operation of READY_RESET and its like; a text without "_" is all operation."""
    phase, mark, operation = (native or "").partition("_")
    if not mark:
        return State.UNKNOWN, native
    return BY_PREFIX.get(phase.upper(), State.UNKNOWN), operation or None


def _error(row: Row) -> str | None:
    return _worded(text(row.get("task_error_code")), said(row.get("task_error_msg")))


@remembered
def _worded(code: str | None, message: str | None) -> str | None:
    return " ".join(part for part in (code, message) if part) or None


@remembered
def _of_row(server: str | None, keypair: str | None) -> Mapping[str, Any]:
    """The facts of a row, one value for all tasks of a server with a key pair: of 10,000 tasks 2.5 MB."""
    return {name: it for name, it in (("kps.server", server), ("kps.keypair", keypair)) if it is not None}


def _facts(row: Row, names: Mapping[str, str]) -> dict[str, Any]:
    found = {fact: text(row.get(name)) for fact, name in names.items()}
    return {fact: value for fact, value in found.items() if value is not None}


def _with_status(task: Task, reply: Reply) -> Task:
    """A task as the by-id read knows it: its status and server; the rest is what its row said."""
    answer = mapping(reply.json, "the answer")
    native = text(answer.get("task_status"))
    state, operation = _split(native)
    return task._replace(
        state=state,
        native_state=native,
        name=task.name or operation,
        error=task.error if state is State.FAILED else None,
        extra={**task.extra, **_facts(answer, {"kps.server": "server_id"})},
        seen_at=reply.at,
        request_id=request_id(reply),
    )
