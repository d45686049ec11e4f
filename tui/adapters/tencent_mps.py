"""Tencent Cloud Media Processing, DescribeTasks (tencent.md 3): a row says no state, the list it is in does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar, NamedTuple

from tui.adapters import Place, _deeds, _tencent_cli, named, one_source
from tui.adapters._read import Row, identity, integer, keys, moment, remembered, rows, said, shared, text
from tui.adapters._settle import settled
from tui.adapters._tencent import LIMIT, Product, answer, request_id, with_facts
from tui.answers import Detail, Listing, Mapped, Page, Want
from tui.calls import Action, Call, Reply
from tui.deeds import STOP, Deed
from tui.errors import BadRequest, Malformed, NotFound
from tui.facts import Facts
from tui.model import NO_EXTRA, State, Task, TaskKey, duration
from tui.settings import Account, SourceSettings

MPS = Product("mps", "2019-06-12")
DESCRIBE_TASKS = Action("DescribeTasks", rate=100, permission="mps:DescribeTasks")
DESCRIBE_TASK_DETAIL = Action("DescribeTaskDetail", rate=100, permission="mps:DescribeTaskDetail")
MANAGE_TASK = Action("ManageTask", kind="write", permission="mps:ManageTask")

STATES: Mapping[str, State] = {"WAITING": State.QUEUED, "PROCESSING": State.RUNNING}
SUBTASK_FAILED = "subtask failed"
LIVE_NAMES = frozenset(
    {"LiveProcessTask", "LiveStreamProcessTask"}
)  # one type: the list says the first, the detail both
NO_SUBTASKS = frozenset({"Input", "InputInfo", "MetaData", "Output"})  # of a task object: what went in and came out
_TEXT = {str}
SEARCH_PAGES = 100  # of a list, read for the row of one task


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings(SourceSettings):
    """`tencent-mps`: no keys of its own; `region` is optional."""


class Shelf(NamedTuple):
    """One of the lists: a status, for FINISH split by failed subtasks; `after` and `before` in Unix seconds."""

    status: str
    state: State
    failed: bool | None = None
    after: int | None = None
    before: int | None = None

    @property
    def label(self) -> str:
        """How the list is called when it is missing."""
        return self.status if self.failed is None else f"{self.status} {'failed' if self.failed else 'not failed'}"

    def parameters(self, limit: int, token: str | None) -> dict[str, Any]:
        """What DescribeTasks is asked; the token is sent only where there is one."""
        asked: dict[str, Any] = {"Status": self.status, "Limit": limit}
        if self.failed is not None:
            asked["SubTaskHasFailed"] = self.failed
        if self.after is not None:
            asked["StartTime"] = _iso(self.after)
        if self.before is not None:
            asked["EndTime"] = _iso(self.before)
        if token is not None:
            asked["ScrollToken"] = token
        return asked


# Read in the order of a task's life, so that one that moves on meanwhile is in at least one of them.
STAGES = {"WAITING": 0, "PROCESSING": 1, "FINISH": 2}
SHELVES = (
    Shelf("WAITING", State.QUEUED),
    Shelf("PROCESSING", State.RUNNING),
    Shelf("FINISH", State.FAILED, failed=True),
    Shelf("FINISH", State.SUCCEEDED, failed=False),
)


class TencentMps:
    """DescribeTasks as four lists, DescribeTaskDetail by id."""

    id: ClassVar[str] = "tencent-mps"
    title: ClassVar[str] = "Media processing"
    short: ClassVar[str] = "MPS"
    digit: ClassVar[int] = 3
    vendor: ClassVar[str] = "tencent"
    actions: ClassVar[tuple[Action, ...]] = (DESCRIBE_TASKS, DESCRIBE_TASK_DETAIL, MANAGE_TASK)
    regions: ClassVar[tuple[str, ...]] = ("",)
    settings: ClassVar[type[SourceSettings]] = Settings
    at_once: ClassVar[int] = 1
    by_hand = staticmethod(_tencent_cli.mps)

    def __init__(self, source: Settings, account: Account, call: Call) -> None:
        self._source = source
        self._account = account
        self._call = call

    @classmethod
    async def discover(cls, place: Place, account: Account, call: Call) -> Sequence[Mapping[str, Any]]:
        """One source for an account: worth it where a list shows a task."""
        here = cls(Settings(**named(place, account, cls.id)), account, call)
        return await one_source(here)

    async def plan(self, want: Want) -> Sequence[Listing]:
        """The four lists, or those that hold the states wanted, one at least: a wrong key is to be told.

        Times narrow the FINISH lists alone. Which time of a task they are for is not said: StartTime is at most the
        earliest that it has, EndTime at least the latest.
        """
        wanted = [shelf for shelf in SHELVES if want.states is None or shelf.state in want.states] or [SHELVES[0]]
        after = None if want.created_after is None else want.created_after // 1000
        before = None if want.ended_before is None else -(-want.ended_before // 1000)
        return [
            Listing(
                shelf.label,
                shelf if shelf.failed is None else shelf._replace(after=after, before=before),
                STAGES[shelf.status],
                live=shelf.failed is None,
            )
            for shelf in wanted
        ]

    async def page(self, listing: Listing, cursor: Any = None) -> Page:
        """The page at a ScrollToken; an empty token, or an empty page, is the end."""
        return await self._page(listing.asks, cursor)

    async def detail(self, key: TaskKey, known: Task | None = None, *, output: bool = False) -> Detail:
        """DescribeTaskDetail; it has no SubTaskTypes, so without `known` the row is looked up in its list."""
        reply = await self._describe(key.id)
        task = self._by_id(key, reply)
        row = known if known is not None else await self._listed(task)
        return Detail(task if row is None else _merged(row, task), reply.json)

    async def settle(self, tasks: Sequence[Task]) -> Sequence[Task]:
        """DescribeTaskDetail for one task after another: the API takes one id."""
        found = await settled(self.detail, tasks)
        # in the words of the lists, which every whole read would bring back; `detail` has the provider's own
        return [one._replace(error=SUBTASK_FAILED) if one.state is State.FAILED else one for one in found]

    def deeds(self, task: Task) -> Sequence[Deed]:
        """ManageTask, which can abort what waits, and a live stream while it runs."""
        why_not = _deeds.not_live(task)
        if not why_not and task.state is not State.QUEUED and task.kind not in LIVE_NAMES:
            why_not = f"MPS aborts a {task.kind or 'task'} only while it is WAITING; it is {task.native_state}"
        elif not why_not and task.state not in STATES.values():
            why_not = f"MPS aborts a live stream only while it is WAITING or PROCESSING; it is {task.native_state}"
        return (Deed(STOP, "stop", "asks MPS to abort it; it may finish first", why_not),)

    async def do(self, deed: Deed, task: Task) -> str | None:
        """ManageTask with Abort."""
        _deeds.allow(deed, self.deeds(task))
        parameters = {"OperationType": "Abort", "TaskId": task.key.id}
        return request_id(await self._call(MPS.ask(MANAGE_TASK, parameters, self._account, self._source)))

    async def _page(self, shelf: Shelf, token: str | None, limit: int = LIMIT) -> Page:
        parameters = shelf.parameters(limit, token)
        reply = await self._call(MPS.ask(DESCRIBE_TASKS, parameters, self._account, self._source))
        response = answer(reply)
        found = rows(response, "TaskSet")
        following = text(response.get("ScrollToken")) if found else None
        request, came = request_id(reply), reply.at  # the reply itself goes with its bytes
        return Page(
            tasks=Mapped(found, lambda row: self._task(row, shelf, came, request)),
            rows=tuple(found),
            next=() if following is None else (following,),
            total=integer(response.get("TotalCount")),
            request_id=request,
            at=came,
        )

    async def _describe(self, task_id: str) -> Reply:
        return await self._call(MPS.ask(DESCRIBE_TASK_DETAIL, {"TaskId": task_id}, self._account, self._source))

    async def _listed(self, task: Task) -> Task | None:
        """The row of a task in the list of its status; None where that is not known or does not show it."""
        shelves = [shelf for shelf in SHELVES if shelf.status == (task.native_state or "").upper()]
        for shelf in sorted(shelves, key=lambda shelf: shelf.state != task.state):
            found = await self._jumped_to(shelf, task.key) or await self._searched(shelf, task.key)
            if found is not None:
                return found
        return None

    async def _jumped_to(self, shelf: Shelf, key: TaskKey) -> Task | None:
        """A ScrollToken is the id of the next entry: asking with the id itself saves reading days of history."""
        try:
            page = await self._page(shelf, key.id, limit=1)
        except (BadRequest, NotFound):
            return None
        return next((task for task in page.tasks if task.key == key), None)

    async def _searched(self, shelf: Shelf, key: TaskKey) -> Task | None:
        token: str | None = None
        seen: set[str | None] = set()
        while token not in seen and len(seen) < SEARCH_PAGES:
            seen.add(token)
            page = await self._page(shelf, token)
            found = next((task for task in page.tasks if task.key == key), None)
            if found is not None or not page.next:
                return found
            token = page.next[0]
        return None

    def _task(self, row: Row, shelf: Shelf, seen_at: int, request: str | None) -> Task:
        """A row of a list: the list decides the state, whatever the times say (trap 2)."""
        kind = shared(row.get("TaskType"))
        target, extra = _work(row.get("SubTaskTypes"))
        started, ended = moment(row.get("BeginProcessTime")), moment(row.get("FinishTime"))
        return Task(
            key=TaskKey(self._source.name, "", identity(row, "TaskId")),
            state=shelf.state,
            native_state=shelf.status,
            name=kind,
            kind=kind,
            target=target,
            created_at=moment(row.get("CreateTime")),
            started_at=started,
            ended_at=ended,
            duration_ms=duration(shelf.state, started, ended),
            error=SUBTASK_FAILED if shelf.state is State.FAILED else None,
            extra=extra,
            seen_at=seen_at,
            request_id=request,
        )

    def _by_id(self, key: TaskKey, reply: Reply) -> Task:
        """The task of a DescribeTaskDetail answer."""
        response = answer(reply)
        native = text(response.get("Status"))
        if native is None:
            raise Malformed(f"no Status in the answer ({keys(response)})")
        failure = _failure(response) if native.upper() == "FINISH" else None
        finished = State.SUCCEEDED if failure is None else State.FAILED
        state = finished if native.upper() == "FINISH" else STATES.get(native.upper(), State.UNKNOWN)
        kind = text(response.get("TaskType"))
        started, ended = moment(response.get("BeginProcessTime")), moment(response.get("FinishTime"))
        return Task(
            key=key,
            state=state,
            native_state=native,
            name=kind,
            kind=kind,
            created_at=moment(response.get("CreateTime")),
            started_at=started,
            ended_at=ended,
            duration_ms=duration(state, started, ended),
            error=failure,
            seen_at=reply.at,
            request_id=request_id(reply),
        )


def _merged(row: Task, task: Task) -> Task:
    """A by-id answer with the facts of its row; of a type with two names, the list's stays."""
    merged = with_facts(row, task)
    if {row.kind, task.kind} == LIVE_NAMES:
        return merged._replace(name=row.name, kind=row.kind)
    return merged


def _failure(response: Row) -> str | None:
    """Why a finished task failed: its task object has an ErrCode, or a subtask has Status FAIL (tencent.md 3.5)."""
    objects = [value for name, value in response.items() if name.endswith("Task") and isinstance(value, dict)]
    for found in objects:
        code = integer(found.get("ErrCode"))
        if code:
            return said(found.get("Message")) or f"ErrCode {code}"
    return SUBTASK_FAILED if any(map(_failed, _inside(objects))) else None


def _inside(values: list[Any]) -> Iterator[Row]:
    """Every object in the task objects, at any depth, but for what went in and what came out."""
    pending = list(values)
    while pending:
        value = pending.pop()
        if isinstance(value, dict):
            yield value
            pending += [inner for name, inner in value.items() if name not in NO_SUBTASKS]
        elif isinstance(value, list):
            pending += value


def _failed(part: Row) -> bool:
    return (text(part.get("Status")) or "").upper() == "FAIL"


def _work(value: Any) -> tuple[str | None, Mapping[str, Any]]:
    """The target and the facts of a row: of a page of 100 there are ten different ones."""
    texts = type(value) is list and {*map(type, value)} == _TEXT
    return _together(*value) if texts else _facts(_subtasks(value))


@remembered
def _together(*texts: str) -> tuple[str | None, Mapping[str, Any]]:
    return _facts(_subtasks([*texts]))


def _facts(subtasks: list[str]) -> tuple[str | None, Mapping[str, Any]]:
    return "+".join(subtasks) or None, Facts({"mps.subtasks": subtasks}) if subtasks else NO_EXTRA


def _subtasks(value: Any) -> list[str]:
    """SubTaskTypes, an open set of texts."""
    return [found for found in map(text, value if isinstance(value, list) else [value]) if found is not None]


def _iso(seconds: int) -> str:
    return f"{datetime.fromtimestamp(max(0, seconds), UTC):%Y-%m-%dT%H:%M:%SZ}"


ADAPTER = TencentMps
