"""Tencent Cloud Automation Tools, DescribeInvocationTasks (tencent.md 4): pages by offset, output in base64."""

from __future__ import annotations

import binascii
import itertools
import re
from base64 import b64decode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

from tui.adapters import Place, _deeds, _tencent_cli, named, one_source
from tui.adapters._read import Row, identity, integer, moment, remembered, rows, said, shared, text
from tui.adapters._settle import vanished
from tui.adapters._tencent import LIMIT, Product, answer, request_id, with_facts
from tui.answers import Detail, Listing, Mapped, Output, Page, Want
from tui.calls import Action, Call, Reply
from tui.deeds import STOP, Deed
from tui.errors import BadRequest, CallError, NotFound
from tui.facts import Facts
from tui.model import State, Task, TaskKey, duration
from tui.settings import Account, SourceSettings

TAT = Product("tat", "2020-10-28")
DESCRIBE_INVOCATION_TASKS = Action("DescribeInvocationTasks", rate=20, permission="tat:DescribeInvocationTasks")
CANCEL_INVOCATION = Action("CancelInvocation", kind="write", rate=20, permission="tat:CancelInvocation")

FILTER_VALUES = 5  # of one filter, at most
PLANNED = 200  # spans handed out at once, at most: a total is a foreign number
INVALID_ID = "invalidparametervalue.invalidinvocationtaskid"
INVALID_IDS = frozenset(f"invalidparametervalue.invalid{of}id" for of in ("instance", "invocation", "command"))
# Ids as the vendor makes them: small letters, so that one that is equal but for its case is the same.
ID = re.compile("[a-z]+-[a-z0-9]+")
BY_FIELD = {"target": "instance-id", "tat.invocation": "invocation-id", "tat.command": "command-id"}
WINDOWS = frozenset({"BAT", "POWERSHELL"})

STATES: Mapping[str, State] = {
    "PENDING": State.QUEUED,
    "DELIVERING": State.QUEUED,
    "DELIVER_DELAYED": State.QUEUED,
    "RUNNING": State.RUNNING,
    "CANCELLING": State.STOPPING,
    "SUCCESS": State.SUCCEEDED,
    "FAILED": State.FAILED,
    "DELIVER_FAILED": State.FAILED,
    "START_FAILED": State.FAILED,
    "TIMEOUT": State.FAILED,
    "TASK_TIMEOUT": State.FAILED,
    "CANCELLED": State.CANCELLED,
    "TERMINATED": State.CANCELLED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings(SourceSettings):
    """`tencent-tat`: `region` is required; the ids narrow the list, any number of each.

    `instance_ids`: tasks on these instances. `invocation_ids`: tasks of these invocations.
    `command_ids`: tasks of these commands.
    """

    instance_ids: tuple[str, ...] = ()
    invocation_ids: tuple[str, ...] = ()
    command_ids: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.region:
            raise ValueError('region is missing: TAT lists one region at a time, such as "ap-guangzhou"')
        for key in ("instance_ids", "invocation_ids", "command_ids"):
            if any(not one or one != one.strip() for one in getattr(self, key)):
                raise ValueError(f"{key} holds an id that is empty or has blanks around it")

    @property
    def filters(self) -> dict[str, tuple[str, ...]]:
        """The ids by the name of their filter, each once; without filters that have none."""
        named = {
            "instance-id": self.instance_ids,
            "invocation-id": self.invocation_ids,
            "command-id": self.command_ids,
        }
        return {name: tuple(dict.fromkeys(ids)) for name, ids in named.items() if ids}


class Filter(NamedTuple):
    """One filter of a list: values are alternatives, several filters must all hold."""

    name: str
    values: tuple[str, ...]


class Span(NamedTuple):
    """The rows from offset `start` to before `end`; to the end of the list where `end` is None.

    `size` is how many rows the page before had, where that was less than was asked.
    """

    start: int
    end: int | None = None
    size: int = 0


class TencentTat:
    """DescribeInvocationTasks: as a list without output, and by id, with output for one task alone."""

    id: ClassVar[str] = "tencent-tat"
    title: ClassVar[str] = "Command tasks"
    short: ClassVar[str] = "TAT"
    digit: ClassVar[int] = 4
    vendor: ClassVar[str] = "tencent"
    actions: ClassVar[tuple[Action, ...]] = (DESCRIBE_INVOCATION_TASKS, CANCEL_INVOCATION)
    # tencent.md 1.1
    regions: ClassVar[tuple[str, ...]] = (
        *("ap-guangzhou", "ap-shanghai", "ap-beijing", "ap-chengdu", "ap-chongqing", "ap-hongkong", "ap-singapore"),
    )
    settings: ClassVar[type[SourceSettings]] = Settings
    at_once: ClassVar[int] = LIMIT
    by_hand = staticmethod(_tencent_cli.tat)

    def __init__(self, source: Settings, account: Account, call: Call) -> None:
        self._source = source
        self._account = account
        self._call = call

    @classmethod
    async def discover(cls, place: Place, account: Account, call: Call) -> Sequence[Mapping[str, Any]]:
        """One source for a region: worth it where it shows a task."""
        here = cls(Settings(**named(place, account, cls.id)), account, call)
        return await one_source(here)

    async def plan(self, want: Want) -> Sequence[Listing]:
        """One list; with more ids than a filter takes, one for each combination of as many as it takes.

        The API filters neither by state nor by time and documents no order: only ids of `want` narrow it.
        """
        choices = [
            [Filter(name, values) for values in _chunks(ids, FILTER_VALUES)]
            for name, ids in _narrowed(self._source.filters, want).items()
        ]
        return [Listing(_label(filters), filters) for filters in itertools.product(*choices)]

    async def page(self, listing: Listing, cursor: Any = None) -> Page:
        """The rows of one span; the first page hands out all spans after it, and the last is open-ended."""
        span = Span(0) if cursor is None else Span(*cursor)
        asked = LIMIT if span.end is None else min(LIMIT, span.end - span.start)
        parameters: dict[str, Any] = {"Limit": asked, "Offset": span.start, "HideOutput": True}
        if listing.asks:
            parameters["Filters"] = [{"Name": name, "Values": list(values)} for name, values in listing.asks]
        try:
            reply = await self._asked(parameters)
        except (BadRequest, NotFound) as error:
            if self._configured(listing.asks) or not _no_such_id(error):
                raise
            return Page((), (), request_id=error.request_id)  # an id that there is not: no task has it
        found = rows(answer(reply), "InvocationTaskSet")
        total = integer(answer(reply).get("TotalCount"))
        request, came = request_id(reply), reply.at  # the reply itself goes with its bytes
        return Page(
            tasks=Mapped(found, lambda row: self._task(row, came, request)),
            rows=tuple(found),
            next=tuple(_after(span, len(found), asked, total)),
            total=total,
            request_id=request,
            at=came,
        )

    def _configured(self, filters: Sequence[Filter]) -> bool:
        """Whether all ids of some filters are the source's own."""
        own = self._source.filters
        return all(set(values) <= set(own.get(name, ())) for name, values in filters)

    async def detail(self, key: TaskKey, known: Task | None = None, *, output: bool = False) -> Detail:
        """The row by its id, the only place where its output is asked for (trap 9)."""
        try:
            reply = await self._asked({"InvocationTaskIds": [key.id], "Limit": 1, "HideOutput": not output})
        except BadRequest as error:
            if error.code.lower() == INVALID_ID:
                raise _not_found(key, error.request_id) from error
            raise
        for row in rows(answer(reply), "InvocationTaskSet"):
            if identity(row, "InvocationTaskId") == key.id:
                task = self._task(row, reply.at, request_id(reply))
                said = _output(row) if output else None
                return Detail(task if known is None else with_facts(known, task), reply.json, said)
        raise _not_found(key, request_id(reply))

    async def settle(self, tasks: Sequence[Task]) -> Sequence[Task]:
        """By id, a hundred at a time; what the answer leaves out has vanished."""
        found: dict[str, Task] = {}
        for ids in _chunks(tuple(dict.fromkeys(task.key.id for task in tasks)), LIMIT):
            found |= await self._found(ids)
        return [with_facts(task, found[task.key.id]) if task.key.id in found else vanished(task) for task in tasks]

    def deeds(self, task: Task) -> Sequence[Deed]:
        """CancelInvocation for the row's instance; without one it would cancel all instances (trap 20)."""
        why_not = _deeds.not_live(task)
        if not why_not and not all(_cancelled(task)):
            why_not = "its row names no invocation or no instance, and without them others would be cancelled too"
        does = f"asks TAT to cancel it on {task.target} alone; what the command has done so far stays done"
        return (Deed(STOP, "stop", does, why_not),)

    async def do(self, deed: Deed, task: Task) -> str | None:
        """CancelInvocation, which knows no task ids: invocation and instance are the task."""
        _deeds.allow(deed, self.deeds(task))
        invocation, instance = _cancelled(task)
        parameters = {"InvocationId": invocation, "InstanceIds": [instance]}
        return request_id(await self._call(TAT.ask(CANCEL_INVOCATION, parameters, self._account, self._source)))

    async def _found(self, ids: tuple[str, ...]) -> dict[str, Task]:
        """The tasks of up to a hundred ids; a refused id is not there, and the others are asked without it."""
        try:
            return await self._answered(ids)
        except (BadRequest, NotFound) as error:
            if isinstance(error, BadRequest) and error.code.lower() != INVALID_ID:
                raise
            if len(ids) == 1:
                return {}
            half = len(ids) // 2
            return await self._found(ids[:half]) | await self._found(ids[half:])

    async def _answered(self, ids: tuple[str, ...]) -> dict[str, Task]:
        """The tasks of an answer by id, read on where it says that it holds more than it shows."""
        found: dict[str, Task] = {}
        read = 0
        while True:
            asked = {"InvocationTaskIds": list(ids), "Limit": LIMIT, "Offset": read, "HideOutput": True}
            reply = await self._asked(asked)
            request = request_id(reply)
            tasks = [self._task(row, reply.at, request) for row in rows(answer(reply), "InvocationTaskSet")]
            fresh = {task.key.id: task for task in tasks if task.key.id not in found}
            found |= fresh
            read += len(tasks)
            total = integer(answer(reply).get("TotalCount")) or 0
            if not fresh or read >= total or found.keys() >= set(ids):
                return found

    async def _asked(self, parameters: Mapping[str, Any]) -> Reply:
        return await self._call(TAT.ask(DESCRIBE_INVOCATION_TASKS, parameters, self._account, self._source))

    def _task(self, row: Row, seen_at: int, request: str | None) -> Task:
        """One row. The texts stay the provider's own."""
        native = shared(row.get("TaskStatus"))
        state = STATES.get((native or "").upper(), State.UNKNOWN)
        started, ended = moment(row.get("StartTime")), moment(row.get("EndTime"))
        exit_code = integer(_object(row, "TaskResult").get("ExitCode")) if state.final else None
        command = shared(row.get("CommandId"))
        invocation, by = text(row.get("InvocationId")), text(row.get("InvocationSource"))
        return Task(
            key=TaskKey(self._source.name, "", identity(row, "InvocationTaskId")),
            state=state,
            native_state=native,
            name=shared(row.get("CommandName")) or command,
            kind=shared(_object(row, "CommandDocument").get("CommandType")),
            target=shared(row.get("InstanceId")),
            created_at=moment(row.get("CreatedTime")),
            started_at=started,
            ended_at=ended,
            duration_ms=duration(state, started, ended),
            error=_error(row, native, exit_code) if state is State.FAILED else None,
            extra=_facts(exit_code, invocation, command, by),
            seen_at=seen_at,
            request_id=request,
        )


def _after(span: Span, received: int, asked: int, total: int | None) -> Iterator[Span]:
    """What is left to read after a page: of the span, and of the list where the span is open-ended.

    Rows end with an empty page, or where the total is reached; a total below what was received says nothing
    (then a short page is the end). A short page may be an accident or a total that drifts: one page after it
    is asked for, and when that one is as long, it is the server's page size.
    """
    reached = span.start + received
    told = total if total is not None and total >= reached else None
    if received == 0 or reached == (told if span.end is None else span.end):
        return
    if span.end is not None:
        if reached < span.end and (told is None or reached < told):
            yield Span(reached, span.end)
        return
    if told is None:
        if received >= asked:
            yield Span(reached)
        return
    if received not in (asked, span.size):
        yield Span(reached, size=received)
        return
    whole = min((told - reached - 1) // received, PLANNED)
    yield from (Span(reached + n * received, reached + (n + 1) * received) for n in range(whole))
    yield Span(reached + whole * received)


def _narrowed(filters: Mapping[str, tuple[str, ...]], want: Want) -> dict[str, tuple[str, ...]]:
    """The source's filters, and the ids wanted where one filter takes them all."""
    found = dict(filters)
    for field, values in want.equal:
        name = BY_FIELD.get(field, "")
        fit = tuple(value for value in values if value in filters.get(name, values))
        if name and 0 < len(fit) <= FILTER_VALUES and all(map(ID.fullmatch, values)):
            found[name] = fit
    return found


def _cancelled(task: Task) -> tuple[str | None, str | None]:
    """The invocation and the instance that a task is one of."""
    return text(task.extra.get("tat.invocation")), text(task.target)


def _no_such_id(error: CallError) -> bool:
    return isinstance(error, NotFound) or error.code.lower() in INVALID_IDS


def _label(filters: Sequence[Filter]) -> str:
    return " ".join(f"{name}:{','.join(values)}" for name, values in filters) or "invocation tasks"


def _chunks(values: tuple[str, ...], size: int) -> Iterator[tuple[str, ...]]:
    return (values[start : start + size] for start in range(0, len(values), size))


def _object(row: Row, name: str) -> Row:
    """A part of a row; nothing where it is null or of another shape."""
    value = row.get(name)
    return value if isinstance(value, dict) else {}


@remembered
def _facts(exit_code: int | None, invocation: str | None, command: str | None, by: str | None) -> Mapping[str, Any]:
    """The facts of a row, one value for those tasks of an invocation that ended alike."""
    facts = {"tat.exit": exit_code, "tat.invocation": invocation, "tat.command": command, "tat.by": by}
    return Facts((name, value) for name, value in facts.items() if value is not None)


def _error(row: Row, native: str | None, exit_code: int | None) -> str | None:
    return said(row.get("ErrorInfo")) or (f"exit {exit_code}" if exit_code else native)


def _not_found(key: TaskKey, request: str | None) -> NotFound:
    return NotFound(f"no task {key.id} in this region", request_id=request)


def _output(row: Row) -> Output:
    """What the command printed: any bytes, at most 24 KB of them."""
    result = _object(row, "TaskResult")
    windows = (text(_object(row, "CommandDocument").get("CommandType")) or "").upper() in WINDOWS
    dropped = integer(result.get("Dropped")) or 0
    return Output(_decoded(text(result.get("Output")) or "", windows), dropped, text(result.get("OutputUrl")))


def _decoded(base64_text: str, windows: bool) -> str:
    """Base64 of UTF-8, on Windows maybe of GBK; other bytes are replaced. What is no base64 is left as it is."""
    try:
        data = b64decode(base64_text + "=" * (-len(base64_text) % 4))
    except (binascii.Error, ValueError):
        return base64_text
    for encoding in ("utf-8", "gbk") if windows else ():
        try:
            return data.decode(encoding)
        except UnicodeDecodeError as error:
            if error.end >= len(data):  # cut in the middle of the last sign
                return data.decode(encoding, "replace")
    return data.decode("utf-8", "replace")


ADAPTER = TencentTat
