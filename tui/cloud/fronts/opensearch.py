"""OpenSearch management API on the wire, in both casings and all its ways to fail."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import uuid4

from tui.cloud.acs3 import Key
from tui.cloud.fronts._alibaba import Gateway, answer, whole
from tui.cloud.job import Job
from tui.cloud.realms.opensearch import Instance, OpenSearch, row, status
from tui.cloud.showing import page_of
from tui.cloud.turn import CALM, Turn
from tui.cloud.wire import Refusal, Reply, Request

VERSION = "2017-12-25"
MOST = 100
OLD_NUMBERS = {"App.NotFound": 2001, "NotFound": 1010, "InvalidParameter": 1007}


class OpenSearchError(Exception):
    """An error of the service itself."""

    def __init__(self, http: int, code: str, message: str) -> None:
        super().__init__(code)
        self.http, self.code, self.message = http, code, message


class OpenSearchFront:
    """One region; `casing` is camel or pascal, `failure` is status, envelope or old."""

    api = "alibaba-opensearch"

    def __init__(
        self, realm: OpenSearch, keys: Mapping[str, Key], casing: str = "camel", failure: str = "status"
    ) -> None:
        self.realm = realm
        self.region = realm.region
        self.casing = casing
        self.failure = failure
        self.gateway = Gateway("opensearch", realm.region, VERSION, keys)

    def operation(self, request: Request) -> str:
        """The operation a path stands for, "" when for none."""
        return _route(request.method, request.segments())[0]

    def answer(self, request: Request, now: int, wall: int, turn: Turn = CALM) -> Reply:
        """One request, from signature to body."""
        action, names = _route(request.method, request.segments())
        refused = self.gateway.admit(request, action, wall, turn)
        if refused:
            return refused
        request_id = str(uuid4()).upper()
        try:
            if turn.denied:
                raise OpenSearchError(403, "Forbidden.RAM", "User not authorized to operate on the specified resource.")
            body = self._operations()[action](names, dict(request.pairs()), now, turn)
        except OpenSearchError as error:
            return self._failed(error, action, request_id)
        if action in ("ListAppGroups", "DescribeRegions"):  # camelCase in the vendor's document, whatever the rest does
            return answer({"requestId": request_id, **body}, action, request_id)
        envelope = {"Status": "OK", "RequestId": request_id, "HttpCode": 200, "Code": "", "Message": "", "Latency": 12}
        return answer(self._cased({**envelope, **body}), action, request_id)

    def throttled(self, action: str, wait: int, mood: int) -> Reply:
        """Too many requests: the gateway's way, or the service's."""
        if mood % 3 == 2:
            request_id = str(uuid4()).upper()
            body = {"Status": "FAIL", "RequestId": request_id, "HttpCode": 429, "Code": "Algorithm.Throttling"}
            return answer(self._cased({**body, "Message": "too many requests"}), action, request_id, 200, body["Code"])  # type: ignore[arg-type]
        refusal = Refusal(400, "Throttling.User", "Request was denied due to user flow control.")
        return self.gateway.refuse(refusal, action, wait)

    def _failed(self, error: OpenSearchError, action: str, request_id: str) -> Reply:
        shape: dict[str, Any]
        if self.failure == "envelope":
            shape = {"Status": "FAIL", "RequestId": request_id, "HttpCode": error.http, "Code": error.code}
            shape = self._cased({**shape, "Message": error.message, "Latency": 2})
            return answer(shape, action, request_id, 200, error.code)
        if self.failure == "old":
            number = OLD_NUMBERS.get(error.code, 1000)
            shape = {"status": "FAIL", "errors": [{"code": number, "message": error.message}], "request_id": request_id}
            return answer(shape, action, request_id, 200, str(number))
        shape = {"requestId": request_id, "code": error.code, "message": error.message}
        return answer(shape, action, request_id, error.http, error.code)

    def _cased(self, body: Any) -> Any:
        return _camel(body) if self.casing == "camel" else body

    def _operations(self) -> dict[str, Callable[[list[str], dict[str, str], int, Turn], dict[str, Any]]]:
        return {
            "ListFunctionTasks": self._list,
            "GetFunctionTask": self._get,
            "DeleteFunctionTask": self._delete,
            "ListFunctionInstances": self._instances,
            "ListAppGroups": self._apps,
            "DescribeRegions": self._regions,
        }

    def _app(self, identity: str) -> str:
        for i, app in enumerate(self.realm.apps):
            if identity in (app, _app_id(i)):
                return app
        raise OpenSearchError(404, "App.NotFound", "App not found.")

    def _instance(self, names: list[str]) -> Instance:
        instance = self.realm.by_path.get((self._app(names[0]), names[1], names[2]))
        if instance is None:
            raise OpenSearchError(404, "Instance.NotExist", "instance not exist.")
        return instance

    def _list(self, names: list[str], asked: dict[str, str], now: int, turn: Turn) -> dict[str, Any]:
        instance = self._instance(names)
        jobs = _matching(self.realm.shown(instance, now), asked, now, turn.skew)
        number, size = _page(asked, 1)
        skip = (number - 1) * size
        if turn.wrap and skip >= len(jobs):
            skip = 0
        if number > 1:
            skip = max(0, skip + turn.shift)
        stop = max(0, len(jobs) - skip)
        page = jobs[max(0, stop - size) : stop][::-1]
        rows = []
        for job, at in page_of(page, now, turn, back=not asked.get("status")):
            rows.append(row(job, at))
            turn.show(job, rows[-1]["Status"])
        return {"TotalCount": max(0, len(jobs) + turn.drift), "Result": rows}

    def _get(self, names: list[str], _: dict[str, str], now: int, turn: Turn) -> dict[str, Any]:
        job = self._task(names)
        result = row(job, now) if job else None
        if job and result:
            turn.show(job, result["Status"])
        return {"Result": result}

    def _task(self, names: list[str]) -> Job | None:
        roll = self._instance(names).roll
        text = names[3]
        return roll.find(int(text)) if text.isdecimal() and len(text) < 12 and text == str(int(text)) else None

    def _delete(self, names: list[str], _: dict[str, str], __: int, ___: Turn) -> dict[str, Any]:
        job = self._task(names)
        if job is None:
            raise OpenSearchError(404, "NotFound", f"generation {names[3]} not found")
        self.realm.delete(job)
        return {}

    def _instances(self, names: list[str], asked: dict[str, str], _: int, __: Turn) -> dict[str, Any]:
        app = self._app(names[0])
        number, size = _page(asked, 10)
        rows = [_instance_of(one) for one in self.realm.instances if (one.app, one.function) == (app, names[1])]
        return {"TotalCount": len(rows), "Result": rows[(number - 1) * size : number * size]}

    def _apps(self, _: list[str], asked: dict[str, str], __: int, ___: Turn) -> dict[str, Any]:
        number, size = _page(asked, 10)
        rows = [_app_of(i, app) for i, app in enumerate(self.realm.apps) if asked.get("name", app) == app]
        return {"totalCount": len(rows), "result": rows[(number - 1) * size : number * size]}

    def _regions(self, _: list[str], __: dict[str, str], ___: int, ____: Turn) -> dict[str, Any]:
        region = self.realm.region
        return {"result": [{"regionId": region, "endpoint": f"opensearch.{region}.aliyuncs.com", "localName": region}]}


def _route(method: str, parts: list[str]) -> tuple[str, list[str]]:
    if parts[:2] != ["v4", "openapi"]:
        return "", []
    match (method, *parts[2:]):
        case ("GET", "app-groups"):
            return "ListAppGroups", []
        case ("GET", "regions"):
            return "DescribeRegions", []
        case ("GET", "app-groups", app, "functions", function, "instances"):
            return "ListFunctionInstances", [app, function]
        case ("GET", "app-groups", app, "functions", function, "instances", name, "tasks"):
            return "ListFunctionTasks", [app, function, name]
        case ("GET", "app-groups", app, "functions", function, "instances", name, "tasks", generation):
            return "GetFunctionTask", [app, function, name, generation]
        case ("DELETE", "app-groups", app, "functions", function, "instances", name, "tasks", generation):
            return "DeleteFunctionTask", [app, function, name, generation]
    return "", []


def _page(asked: dict[str, str], default: int) -> tuple[int, int]:
    number = whole(asked.get("pageNumber"), 1, 1, 1 << 40)
    size = whole(asked.get("pageSize"), default, 1, 1 << 40)
    if number is None or size is None:
        raise OpenSearchError(400, "InvalidParameter", "pageNumber and pageSize must be positive")
    return number, min(size, MOST)


def _matching(jobs: list[Job], asked: dict[str, str], now: int, skew: int) -> list[Job]:
    """Those of the tasks, oldest first, that the request's filters let through."""
    wanted = asked.get("status", "")
    if wanted not in ("", "running", "success", "failed"):
        raise OpenSearchError(400, "InvalidParameter", "status must be success, failed or running")
    after, before = asked.get("startTime"), asked.get("endTime")
    begin, end = whole(after, 0, 0, 1 << 60), whole(before, 1 << 60, 0, 1 << 60)
    if begin is None or end is None:
        raise OpenSearchError(400, "InvalidParameter", "startTime and endTime must be numbers")
    if not wanted and not after and not before:
        return jobs
    return [
        job
        for job in jobs
        if (not wanted or status(job, now) == wanted)
        and job.started + skew >= begin
        and (not before or (now >= job.ended and job.ended + skew <= end))
    ]


def _camel(value: Any) -> Any:
    if isinstance(value, dict):
        return {name[:1].lower() + name[1:]: _camel(inner) for name, inner in value.items()}
    return [_camel(inner) for inner in value] if isinstance(value, list) else value


def _app_id(index: int) -> str:
    return str(110_000_417 + index)


def _app_of(index: int, app: str) -> dict[str, Any]:
    return {
        "id": _app_id(index),
        "name": app,
        "type": "enhanced",
        "status": "normal",
        "currentVersion": str(120_000_417 + index),
        "created": 1_577_836_800,
        "updated": 1_577_836_800,
        "instanceId": f"ops-cn-{index:09d}",
    }


def _instance_of(instance: Instance) -> dict[str, Any]:
    return {
        "InstanceName": instance.name,
        "FunctionName": instance.function,
        "FunctionType": "PAAS",
        "ModelType": instance.model,
        "Status": "available",
        "Cron": "0 0 2 * * ?",
        "CreateTime": 1_735_689_600_000,
        "ExtendInfo": "",
        "Source": "user",
        "VersionId": 1,
        "Description": "",
        "Belongs": {"Language": "", "Category": "", "Domain": ""},
        "CreateParameters": [{"Name": "title_field", "Value": "title"}],
        "UsageParameters": [],
    }
