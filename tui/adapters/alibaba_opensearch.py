"""OpenSearch, ListFunctionTasks: the training tasks of function instances (alibaba.md 2.2, 5.2, 7, 9.2)."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

from tui.adapters import Place, _alibaba, _alibaba_cli, named
from tui.adapters._alibaba import folded
from tui.adapters._alibaba_info import decoded, first_error, metrics, pretty
from tui.adapters._alibaba_pages import FIRST, Cursor, following
from tui.adapters._alibaba_scopes import ENDLESS, PAGES, Memory, asked_for, the_only
from tui.adapters._read import Row, epoch, identity, integer, mapping, number, rows, shared, text
from tui.adapters._settle import settled
from tui.answers import Detail, Listing, Mapped, Output, Page, Want
from tui.calls import Action, Ask, Call, Reply
from tui.errors import BadRequest, CallError, Denied, NotFound
from tui.model import State, Task, TaskKey, duration
from tui.settings import Account, SourceSettings

VERSION = "2017-12-25"
# An application's name or its number: the vendor's pages say both, so a policy names all of the region.
ANY_APP = "acs:opensearch:{region}:*:apps/*"
LIST = Action("ListFunctionTasks", permission="opensearch:DescribeFunction", resource=ANY_APP)
GET = Action("GetFunctionTask", permission="opensearch:DescribeFunction", resource=ANY_APP)
DISCOVER = Action(
    "ListFunctionInstances",
    permission="opensearch:DescribeFunction",
    resource=ANY_APP,
    only='for a target with instance "*"',
)
APPS = Action(
    "ListAppGroups",
    permission="opensearch:ListAppGroup",
    resource="acs:opensearch:{region}:*:app-groups/*",
    only="for `taskdeck sources --discover`",
)
MOST_APPS = 1000
# There is no operation that lists an application's functions: these are the ones that the vendor's pages name.
FUNCTIONS = ("ctr", "pop", "hot", "category_prediction")
DELETE = Action("DeleteFunctionTask", "write", permission="opensearch:WriteFunction", resource=ANY_APP)

STATES: Mapping[str, State] = {"running": State.RUNNING, "success": State.SUCCEEDED, "failed": State.FAILED}


class Target(NamedTuple):
    """What a training task belongs to."""

    app: str
    function: str
    instance: str

    @property
    def scope(self) -> str:
        """What ids are unique within."""
        return "/".join(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings(SourceSettings):
    """`targets`: appGroup/function/instance, instance "*" for every instance; a "/" inside a part is %2F."""

    targets: tuple[str, ...]

    def __post_init__(self) -> None:
        if not self.region:
            raise ValueError('alibaba-opensearch needs a region, such as "cn-hangzhou"')
        if not self.targets:
            raise ValueError("targets is empty: name at least one appGroup/function/instance")
        for target in self.targets:
            parsed(target)


def parsed(target: str) -> Target:
    """A target of the config. ValueError."""
    parts = [re.sub("%2[Ff]", "/", part) for part in target.split("/")]
    if len(parts) != 3 or not {"", ".", ".."}.isdisjoint(parts) or "*" in parts[:2]:
        raise ValueError(f'{target!r} is not appGroup/function/instance (only the instance may be "*")')
    return Target(*parts)


class Series(NamedTuple):
    """One list of one target, as the query without page; or why there is none; or a discovery that does not end."""

    target: Target | None
    pairs: tuple[tuple[str, str], ...] = ()
    error: CallError | None = None


class OpenSearch:
    """Training tasks of the instances of one region."""

    id: ClassVar[str] = "alibaba-opensearch"
    title: ClassVar[str] = "OpenSearch training"
    short: ClassVar[str] = "OS"
    digit: ClassVar[int] = 2
    vendor: ClassVar[str] = "alibaba"
    actions: ClassVar[tuple[Action, ...]] = (LIST, GET, DISCOVER, APPS, DELETE)
    regions: ClassVar[tuple[str, ...]] = _alibaba.OPENSEARCH_REGIONS
    settings: ClassVar[type[SourceSettings]] = Settings
    at_once: ClassVar[int] = 1
    by_hand = staticmethod(_alibaba_cli.opensearch)

    def __init__(self, source: Settings, account: Account, call: Call) -> None:
        self._source = source
        self._call = call
        self._origin = source.endpoint or _alibaba.opensearch_origin(source.region)
        self._targets = tuple(dict.fromkeys(parsed(target) for target in source.targets))
        self._memory: Memory[tuple[Target, ...]] = Memory()

    @classmethod
    async def discover(cls, place: Place, account: Account, call: Call) -> Sequence[Mapping[str, Any]]:
        """Every instance of the usual functions of every application: the API lists applications, not functions."""
        origin = place.endpoint or _alibaba.opensearch_origin(place.region)
        targets: list[str] = []
        for page in range(1, MOST_APPS // 50 + 1):
            asked = (("pageNumber", str(page)), ("pageSize", "50"))
            segments = ("v4", "openapi", "app-groups")
            reply = await call(_alibaba.ask(APPS, VERSION, origin, segments, asked, judge=_alibaba.judge))
            found = rows(folded(mapping(reply.json, "the answer of ListAppGroups")), "result")
            apps = [name for row in found if (name := text(folded(row).get("name")))]
            targets += [f"{name.replace('/', '%2F')}/{function}/*" for name in apps for function in FUNCTIONS]
            if len(found) < 50:
                break
        if not targets:
            return []
        here = cls(Settings(**named(place, account, cls.id), targets=tuple(targets)), account, call)
        listed = [listing.asks.target for listing in await here.plan(Want()) if listing.asks.target is not None]
        names = sorted("/".join(part.replace("/", "%2F") for part in target) for target in listed)
        return [{"targets": names}] if names else []

    async def plan(self, want: Want) -> Sequence[Listing]:
        """One list for each instance, of one status where the states wanted come down to one.

        The order is the provider's (newest first). What its end-time filter does with a running task is not said:
        only a list of one final status is narrowed by it.
        """
        targets, spoiled = await self._instances()
        status = asked_for(STATES, want)
        ended = want.ended_before if status is not None and STATES[status].final else None
        pairs = narrowed(status=status, started_after=want.started_after, ended_before=ended)
        listings = [
            Listing(
                target.scope if status is None else f"{target.scope} {status}",
                Series(target, pairs),
                scope=target.scope,
            )
            for target in targets
        ]
        return [*listings, *spoiled]

    async def page(self, listing: Listing, cursor: Any = None) -> Page:
        """One page; the cursor is a page number and size (`tui.adapters._alibaba_pages`)."""
        series: Series = listing.asks
        if series.error is not None:
            raise series.error
        if series.target is None:
            return ENDLESS
        at = cursor or FIRST
        try:
            reply = await self._call(self._ask(LIST, series.target, ("tasks",), (*at.pairs, *series.pairs)))
        except NotFound:
            self._memory.forget()  # an instance that was discovered may be gone since
            raise
        found, total = _rows(reply, LIST)
        request, target = _alibaba.request_id(reply), series.target
        came = reply.at  # the reply itself goes with its bytes
        return Page(
            tasks=Mapped(found, lambda row: self._task(row, target, came, request)),
            rows=tuple(found),
            next=following(at, len(found), total),
            total=total,
            request_id=request,
            at=came,
        )

    async def detail(self, key: TaskKey, known: Task | None = None, *, output: bool = False) -> Detail:
        """GetFunctionTask, whose key is the generation; where that is not known, the list is read for it.

        A row without a generation is all that can be known. A task without its scope is looked for everywhere.
        """
        if known is not None and not key.scope:
            key = known.key
        if key.scope:
            return await self._detail(self._target(key.scope), key, known, output)
        targets, _ = await self._instances()
        scoped = ((target, key._replace(scope=target.scope)) for target in targets)
        return await the_only(key, (self._detail(target, one, None, output) for target, one in scoped))

    async def settle(self, tasks: Sequence[Task]) -> Sequence[Task]:
        """GetFunctionTask for each; those without a generation are looked for in one reading of their list."""
        rows: dict[TaskKey, Task] = {}
        without = [task.key for task in tasks if _generation(task) is None]
        for scope in dict.fromkeys(key.scope for key in without):
            with suppress(NotFound):  # the instance itself is gone, and its tasks with it
                found = await self._found(self._target(scope), {key.id for key in without if key.scope == scope})
                rows |= {task.key: task for task, _ in found.values()}

        async def by_id(key: TaskKey, known: Task) -> Detail:
            listed = known if _generation(known) is not None else rows.get(key)
            if listed is None:
                raise NotFound(f"{key.scope} lists no task {key.id!r}")
            return Detail(listed, None) if _generation(listed) is None else await self.detail(key, listed)

        return await settled(by_id, tasks)

    async def _detail(self, target: Target, key: TaskKey, known: Task | None, output: bool) -> Detail:
        generation = text(known.extra.get("os.generation")) if known is not None else None
        if generation is None:
            task, row = await self._find(target, key)
            generation = text(task.extra.get("os.generation"))
            if generation is None:
                return Detail(task, row, _output(row) if output else None)
        reply = await self._call(self._ask(GET, target, ("tasks", generation)))
        result = folded(mapping(reply.json, "the answer of GetFunctionTask")).get("result")
        if result is None:
            raise NotFound(
                f"{target.scope} has no generation {generation}",
                request_id=_alibaba.request_id(reply),
                http_status=reply.status,
            )
        row = folded(mapping(result, "the result of GetFunctionTask"))
        run = text(row.get("runId"))
        if run is not None and key.id not in {run, generation}:
            raise NotFound(f"generation {generation} of {target.scope} is {run!r} by now, not {key.id!r}")
        task = self._task(row | {"generation": generation}, target, reply.at, _alibaba.request_id(reply))
        said = _output(row)
        size = None if said is None else len(said.text.encode("utf-8", "replace"))
        return Detail(task._replace(key=key), reply.json, said if output else None, size)

    async def _find(self, target: Target, key: TaskKey) -> tuple[Task, Row]:
        """The list's row of a task. NotFound."""
        found = await self._found(target, {key.id})
        if key.id not in found:
            raise NotFound(f"{target.scope} lists no task {key.id!r}")
        return found[key.id]

    async def _found(self, target: Target, wanted: set[str]) -> dict[str, tuple[Task, Row]]:
        """The list's rows of some tasks by their ids, from the newest on, until all are found or the list ends."""
        found: dict[str, tuple[Task, Row]] = {}
        queue: deque[Cursor] = deque([FIRST])
        last: Sequence[Row] | None = None
        for _ in range(PAGES):
            if not queue or len(found) == len(wanted):
                break
            page = await self.page(Listing(target.scope, Series(target)), queue.popleft())
            for task, row in zip(page.tasks, page.rows, strict=True):
                if task.key.id in wanted:
                    found.setdefault(task.key.id, (task, row))
            if page.rows and page.rows == last:
                break
            last = page.rows
            queue.extend(page.next)
        return found

    async def _instances(self) -> tuple[list[Target], list[Listing]]:
        """The instances, each once, and a list that fails for each target that could not be discovered."""
        found: dict[Target, None] = {}
        spoiled: list[Listing] = []
        for target in self._targets:
            if target.instance != "*":
                found[target] = None
                continue
            try:
                instances, whole = await self._discovered(target)
            except (NotFound, Denied, BadRequest) as error:
                spoiled.append(Listing(target.scope, Series(target, error=error)))
                continue
            found.update(dict.fromkeys(instances))
            if not whole:
                spoiled.append(Listing(f"{target.scope} {DISCOVER.name}", Series(None)))
        return list(found), spoiled

    async def _discovered(self, target: Target) -> tuple[tuple[Target, ...], bool]:
        """The instances of one function, and whether these are all."""
        known = self._memory.get(target.scope)
        if known is not None:
            return known, True
        found: dict[Target, None] = {}
        queue: deque[Cursor] = deque([FIRST])
        for _ in range(PAGES):
            if not queue:
                self._memory.put(target.scope, tuple(found))
                return tuple(found), True
            at = queue.popleft()
            reply = await self._call(self._ask(DISCOVER, target, (), (*at.pairs, ("source", "all"))))
            page, total = _rows(reply, DISCOVER)
            names = [target._replace(instance=identity(folded(row), "instanceName")) for row in page]
            if names and found.keys() >= set(names):
                break
            found.update(dict.fromkeys(names))
            queue.extend(following(at, len(page), total))
        return tuple(found), False

    def _target(self, scope: str) -> Target:
        """The target of a task's scope; a "/" in a name is told apart by the config. NotFound."""
        for target in self._targets:
            before = f"{target.app}/{target.function}/"
            if target.scope == scope:
                return target
            if target.instance == "*" and scope.startswith(before) and scope != before:
                return target._replace(instance=scope.removeprefix(before))
        raise NotFound(f"{scope!r} is no target of {self._source.name}")

    def _ask(self, action: Action, target: Target, under: Sequence[str], pairs: Sequence[tuple[str, str]] = ()) -> Ask:
        instances = ("v4", "openapi", "app-groups", target.app, "functions", target.function, "instances")
        segments = (*instances, target.instance, *under) if under else instances
        return _alibaba.ask(action, VERSION, self._origin, segments, pairs, judge=_alibaba.judge_envelope)

    def _task(self, row: Row, target: Target, seen_at: int, request_id: str | None) -> Task:
        """One row as a task, in either spelling; the status decides, never the end time (trap 8)."""
        row = folded(row)
        native = shared(row.get("status"))
        state = STATES.get((native or "").lower(), State.UNKNOWN)
        started, ended = epoch(row.get("startTime")), epoch(row.get("endTime"))
        progress = number(row.get("progress"))
        info = decoded(row.get("extendInfo"))
        extra: dict[str, Any] = {}
        generation = text(row.get("generation"))
        if generation is not None:
            extra["os.generation"] = generation
        measured = metrics(info)
        if measured:
            extra["os.metrics"] = measured
        return Task(
            key=TaskKey(self._source.name, target.scope, text(row.get("runId")) or identity(row, "generation")),
            state=state,
            native_state=native,
            name=shared(row.get("functionName")) or target.function,
            kind="training",
            target=f"{target.app}/{target.instance}",
            started_at=started,
            ended_at=ended,
            duration_ms=duration(state, started, ended),
            progress=progress if progress is not None and 0 <= progress <= 100 else None,
            error=first_error(info) if state is State.FAILED else None,
            extra=extra,
            seen_at=seen_at,
            request_id=request_id,
        )


def _generation(task: Task) -> str | None:
    """What GetFunctionTask knows a task by, where its row has said so."""
    return text(task.extra.get("os.generation"))


def narrowed(
    *, status: str | None = None, started_after: int | None = None, ended_before: int | None = None
) -> tuple[tuple[str, str], ...]:
    """The filters of ListFunctionTasks; times are epoch milliseconds."""
    given = (("status", status), ("startTime", started_after), ("endTime", ended_before))
    return tuple((name, str(value)) for name, value in given if value is not None)


def _rows(reply: Reply, action: Action) -> tuple[list[Row], int | None]:
    """The rows of a list and its total. Malformed without a result: never "0 tasks" (trap 1)."""
    body = folded(mapping(reply.json, f"the answer of {action.name}"))
    return rows(body, "result"), integer(body.get("totalCount"))


def _output(row: Row) -> Output | None:
    """What a training says about itself: its extendInfo, decoded."""
    shown = pretty(folded(row).get("extendInfo"))
    return Output(shown) if shown is not None else None


ADAPTER = OpenSearch
