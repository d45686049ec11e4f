"""Function Compute 3.0 on the wire."""

import base64
import binascii
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Any
from uuid import uuid4

from tui.cloud.acs3 import Key
from tui.cloud.fronts._alibaba import Gateway, answer, whole
from tui.cloud.job import Job
from tui.cloud.realms.fc import ACCOUNT, FINAL, Function, FunctionCompute, row, status, task_id_of
from tui.cloud.showing import page_of
from tui.cloud.turn import CALM, Turn
from tui.cloud.wire import Refusal, Reply, Request

VERSION = "2023-03-30"
LIVE = ("Enqueued", "Dequeued", "Running", "Retrying", "Stopping")


class FcError(Exception):
    """An error of the service itself, in its own shape."""

    def __init__(self, http: int, code: str, message: str) -> None:
        super().__init__(code)
        self.http, self.code, self.message = http, code, message


class FcFront:
    """One region of Function Compute."""

    api = "alibaba-fc"

    def __init__(self, realm: FunctionCompute, keys: Mapping[str, Key]) -> None:
        self.realm = realm
        self.region = realm.region
        self.gateway = Gateway("fcv3", realm.region, VERSION, keys)

    def operation(self, request: Request) -> str:
        """The operation a path stands for, "" when for none."""
        return _route(request.method, request.segments())[0]

    def answer(self, request: Request, now: int, wall: int, turn: Turn = CALM) -> Reply:
        """One request, from signature to body."""
        action, names = _route(request.method, request.segments())
        refused = self.gateway.admit(request, action, wall, turn)
        if refused:
            return refused
        request_id = f"1-{wall // 1000:08x}-{uuid4().hex[:8]}-{uuid4().hex[:12]}"
        try:
            if turn.denied:
                raise FcError(403, "AccessDenied", "the caller is not authorized to perform this operation")
            asked = dict(request.pairs())
            status_code, body = self._operations()[action](names, asked, now, turn)
        except FcError as error:
            shape = {"Code": error.code, "Message": error.message, "RequestId": request_id}
            if error.code == "AccessDenied":
                shape["AccessDeniedDetail"] = {"AuthAction": f"fc:{action}", "NoPermissionType": "ImplicitDeny"}  # type: ignore[assignment]
            return answer(shape, action, request_id, error.http, error.code)
        return answer(body, action, request_id, status_code)

    def throttled(self, action: str, wait: int, mood: int) -> Reply:
        """One of the three ways in which this API says: too many requests."""
        if mood % 4 == 2:
            body = {"Code": "ResourceExhausted", "Message": "too many requests", "RequestId": uuid4().hex}
            return answer(body, action, body["RequestId"], 429, body["Code"])
        if mood % 4 == 3:
            body = {"Code": "ResourceThrottled", "Message": "the request is throttled", "RequestId": uuid4().hex}
            return answer(body, action, body["RequestId"], 503, body["Code"])
        refusal = Refusal(400, "Throttling.User", "Request was denied due to user flow control.")
        return self.gateway.refuse(refusal, action, wait)

    def _operations(self) -> dict[str, Callable[[list[str], dict[str, str], int, Turn], tuple[int, Any]]]:
        return {
            "ListAsyncTasks": self._list,
            "GetAsyncTask": self._get,
            "StopAsyncTask": self._stop,
            "ListAsyncInvokeConfigs": self._configs,
            "GetAsyncInvokeConfig": self._config,
            "ListFunctions": self._functions,
            "GetFunction": self._function,
            "DescribeRegions": self._regions,
        }

    def _named(self, name: str) -> Function:
        function = self.realm.by_name.get(name)
        if function is None:
            raise FcError(404, "FunctionNotFound", f"function '{name}' does not exist")
        return function

    def _task(self, names: list[str], asked: dict[str, str]) -> Job:
        function = self._named(names[0])
        job = function.find(names[1])
        if job is None or asked.get("qualifier", function.qualifier) != function.qualifier:
            raise FcError(404, "AsyncTaskNotFound", f"async task '{names[1]}' does not exist")
        return job

    def _list(self, names: list[str], asked: dict[str, str], now: int, turn: Turn) -> tuple[int, Any]:
        function = self._named(names[0])
        limit = whole(asked.get("limit"), 20, 1, 100)
        if limit is None:
            raise FcError(400, "InvalidArgument", "limit must be in range [1, 100]")
        order = asked.get("sortOrderByTime", "desc")
        wanted = asked.get("status", "")
        if order not in ("asc", "desc") or wanted not in ("", *LIVE, *FINAL):
            raise FcError(400, "InvalidArgument", f"unknown value {order if order not in ('asc', 'desc') else wanted}")
        token = asked.get("nextToken", "")
        if token and turn.lapsed:
            raise FcError(400, "InvalidArgument", "nextToken has expired")
        start = _opened(token, function.name) if token else None
        if token and turn.shift and start is not None:
            start += -turn.shift if order == "desc" else turn.shift
        found = self._walk(function, order == "desc", start, wanted, now)
        keep = _filter(asked, function, now, turn.skew)
        matching = (job for job in found if (not wanted or status(job, now) == wanted) and keep(job))
        page = list(islice(matching, limit + 1))
        payload = asked.get("includePayload", "").lower() == "true"
        rows = [(job, row(job, at, payload)) for job, at in page_of(page[:limit], now, turn, back=not wanted)]
        for job, one in rows:
            turn.show(job, one["status"])
        body: dict[str, Any] = {"tasks": [one for _, one in rows]}
        if len(page) > limit:
            body["nextToken"] = token if turn.repeat and token else _sealed(page[limit].n, function.name)
        return 200, body

    def _walk(self, function: Function, newest_first: bool, start: int | None, wanted: str, now: int) -> Iterator[Job]:
        """The jobs from one number on; a filter for a live status reads the live ones only."""
        if wanted in LIVE:
            late = self.realm.scale.habits.late
            live = (job for job in self.realm.live.jobs if job.owner is function and not late(job, now))
            jobs = sorted(live, key=lambda job: job.n)
        else:
            jobs = self.realm.shown(function, now)
        if newest_first:
            stop = len(jobs) if start is None else _place(jobs, start + 1)
            return (jobs[i] for i in range(stop - 1, -1, -1))
        first = 0 if start is None else _place(jobs, start)
        return (jobs[i] for i in range(first, len(jobs)))

    def _get(self, names: list[str], asked: dict[str, str], now: int, turn: Turn) -> tuple[int, Any]:
        job = self._task(names, asked)
        body = row(job, now, payload=True)
        turn.show(job, body["status"])
        if body["status"] == "Succeeded":
            body["returnPayload"] = '{"ok":true}'
        return 200, body

    def _stop(self, names: list[str], asked: dict[str, str], now: int, _: Turn) -> tuple[int, Any]:
        if not self.realm.stop(self._task(names, asked), now):
            raise FcError(400, "InvalidArgument", f"async task '{names[1]}' has already ended")
        return 204, None

    def _configs(self, _: list[str], asked: dict[str, str], __: int, ___: Turn) -> tuple[int, Any]:
        only = asked.get("functionName", "")
        rows = [_config_of(function) for function in self.realm.functions if only in ("", function.name)]
        page, token = _cut(rows, asked)
        return 200, {"configs": page, **token}

    def _config(self, names: list[str], _: dict[str, str], __: int, ___: Turn) -> tuple[int, Any]:
        return 200, _config_of(self._named(names[0]))

    def _functions(self, _: list[str], asked: dict[str, str], __: int, ___: Turn) -> tuple[int, Any]:
        lead = asked.get("prefix", "")
        rows = [_function_of(one) for one in self.realm.functions if one.name.startswith(lead)]
        page, token = _cut(rows, asked)
        return 200, {"functions": page, **token}

    def _function(self, names: list[str], _: dict[str, str], __: int, ___: Turn) -> tuple[int, Any]:
        return 200, _function_of(self._named(names[0]))

    def _regions(self, _: list[str], __: dict[str, str], ___: int, ____: Turn) -> tuple[int, Any]:
        names = (("cn-hangzhou", "China (Hangzhou)"), ("cn-shanghai", "China (Shanghai)"))
        return 200, {"Regions": {"Region": [{"RegionId": name, "LocalName": local} for name, local in names]}}


def _route(method: str, parts: list[str]) -> tuple[str, list[str]]:
    if parts[:1] != [VERSION]:
        return "", []
    match (method, *parts[1:]):
        case ("GET", "functions"):
            return "ListFunctions", []
        case ("GET", "async-invoke-configs"):
            return "ListAsyncInvokeConfigs", []
        case ("GET", "regions"):
            return "DescribeRegions", []
        case ("GET", "functions", name):
            return "GetFunction", [name]
        case ("GET", "functions", name, "async-invoke-config"):
            return "GetAsyncInvokeConfig", [name]
        case ("GET", "functions", name, "async-tasks"):
            return "ListAsyncTasks", [name]
        case ("GET", "functions", name, "async-tasks", task):
            return "GetAsyncTask", [name, task]
        case ("PUT", "functions", name, "async-tasks", task, "stop"):
            return "StopAsyncTask", [name, task]
    return "", []


def _place(jobs: list[Job], n: int) -> int:
    low, high = 0, len(jobs)
    while low < high:
        middle = (low + high) // 2
        if jobs[middle].n < n:
            low = middle + 1
        else:
            high = middle
    return low


def _filter(asked: dict[str, str], function: Function, now: int, skew: int) -> Callable[[Job], bool]:
    """The request's other filters as one test."""
    prefix = asked.get("prefix", "")
    begin = whole(asked.get("startedTimeBegin"), 0, 0, 1 << 60)
    end = whole(asked.get("startedTimeEnd"), 1 << 60, 0, 1 << 60)
    if begin is None or end is None:
        raise FcError(400, "InvalidArgument", "startedTimeBegin and startedTimeEnd are milliseconds")
    if asked.get("qualifier", function.qualifier) != function.qualifier:
        return lambda _: False
    if not prefix and not asked.get("startedTimeBegin") and not asked.get("startedTimeEnd"):
        return lambda _: True

    def keep(job: Job) -> bool:
        started = job.started if job.started and now >= job.started else job.created
        return begin <= started + skew <= end and task_id_of(job).startswith(prefix)

    return keep


def _sealed(n: int, name: str) -> str:
    # the vendor's own sample ends with a newline too
    return base64.b64encode(f"{n}#{name}".encode()).decode() + "\n"


def _opened(token: str, name: str) -> int:
    try:
        n, _, owner = base64.b64decode(token.removesuffix("\n"), validate=True).decode().partition("#")
        if owner == name and token.endswith("\n"):
            return int(n)
    except (binascii.Error, ValueError):
        pass
    raise FcError(400, "InvalidArgument", "nextToken is invalid")


def _cut(rows: list[dict[str, Any]], asked: dict[str, str]) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """A page of a short list, by its own opaque token."""
    limit = whole(asked.get("limit"), 20, 1, 100)
    if limit is None:
        raise FcError(400, "InvalidArgument", "limit must be in range [1, 100]")
    token = asked.get("nextToken", "")
    first = _opened(token, "") if token else 0
    more = {"nextToken": _sealed(first + limit, "")} if first + limit < len(rows) else {}
    return rows[first : first + limit], more


def _config_of(function: Function) -> dict[str, Any]:
    # the documents print three forms of the ARN: with a colon, with a slash, with a qualifier
    arn = function.arn
    if function.name == "ingest-orders":
        arn = arn.replace(":functions/", "/functions/")
    if function.qualifier != "LATEST":
        arn += f"/{function.qualifier}"
    return {
        "asyncTask": function.task_mode,
        "functionArn": arn,
        "createdTime": "2026-03-01T02:00:00Z",
        "lastModifiedTime": "2026-10-12T09:30:00Z",
        "maxAsyncEventAgeInSeconds": 86400,
        "maxAsyncRetryAttempts": 3,
        "destinationConfig": {
            "onSuccess": {"destination": ""},
            "onFailure": {"destination": f"acs:mns:{function.region}:{ACCOUNT}:/queues/failed/messages"},
        },
    }


def _function_of(function: Function) -> dict[str, Any]:
    return {
        "functionName": function.name,
        "functionArn": function.arn,
        "functionId": f"2f1c6f0e-0000-4000-8000-{function.salt:012x}",
        "runtime": "python3.10",
        "handler": "index.handler",
        "memorySize": 512,
        "timeout": 60,
        "createdTime": "2026-03-01T02:00:00Z",
        "lastModifiedTime": "2026-10-12T09:30:00Z",
        "state": "Active",
    }
