"""The demo cloud without sockets, and signers of the tests' own."""

import hmac
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from urllib.parse import quote
from uuid import uuid4

from tui.cloud.app import Front
from tui.cloud.faults import Faults
from tui.cloud.habits import Habits
from tui.cloud.keys import DEMO_KEYS, HUAWEI_PROJECTS
from tui.cloud.realms.fc import FunctionCompute
from tui.cloud.realms.kps import KeyPairs
from tui.cloud.realms.mps import MediaProcessing
from tui.cloud.realms.opensearch import OpenSearch
from tui.cloud.realms.tat import Automation
from tui.cloud.server import fronts
from tui.cloud.turn import CALM, Turn
from tui.cloud.wire import Reply, Request
from tui.cloud.world import World

START = 1_795_000_000_000
VERSIONS = {"alibaba-fc": "2023-03-30", "alibaba-opensearch": "2017-12-25"}
TC_VERSIONS = {"tencent-mps": "2019-06-12", "tencent-tat": "2020-10-28"}
PROJECT = HUAWEI_PROJECTS["cn-north-4"]
Query = Iterable[tuple[str, str | int]]


class Hands:
    """A clock that a test moves."""

    def __init__(self, at: int = START) -> None:
        self.at = at

    def __call__(self) -> int:
        return self.at


@dataclass(frozen=True)
class Answer:
    """A reply, decoded."""

    reply: Reply

    @property
    def status(self) -> int:
        return self.reply.status

    @property
    def code(self) -> str:
        return self.reply.code

    @property
    def json(self) -> Any:
        return json.loads(self.reply.body)

    def header(self, name: str) -> str | None:
        return dict(self.reply.headers).get(name)


def enc(text: object) -> str:
    return quote(str(text), safe="~")


def joined(query: Query) -> str:
    return "&".join(f"{enc(name)}={enc(value)}" for name, value in sorted(query))


def acs3(
    action: str,
    version: str,
    method: str,
    path: str,
    query: Query = (),
    *,
    at: int = START,
    keys: Mapping[str, str] = DEMO_KEYS["alibaba"],
    **extra: str,
) -> Request:
    """A signed request to an Alibaba Cloud front."""
    stamp = datetime.fromtimestamp(at / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    headers = {
        "host": "127.0.0.1:9",
        "x-acs-action": action,
        "x-acs-version": version,
        "x-acs-date": stamp,
        "x-acs-signature-nonce": uuid4().hex,
        "x-acs-content-sha256": sha256(b"").hexdigest(),
    }
    if "security_token" in keys:
        headers["x-acs-security-token"] = keys["security_token"]
        headers["x-acs-accesskey-id"] = keys["access_key_id"]
    headers.update({name.replace("_", "-"): value for name, value in extra.items()})
    names = sorted(headers)
    head = "".join(f"{name}:{headers[name]}\n" for name in names)
    text = "\n".join((method, path, joined(query), head, ";".join(names), headers["x-acs-content-sha256"]))
    told = f"ACS3-HMAC-SHA256\n{sha256(text.encode()).hexdigest()}"
    signature = hmac.new(keys["access_key_secret"].encode(), told.encode(), sha256).hexdigest()
    headers["authorization"] = (
        f"ACS3-HMAC-SHA256 Credential={keys['access_key_id']},SignedHeaders={';'.join(names)},Signature={signature}"
    )
    return Request(method, path, joined(query), {name: (value,) for name, value in headers.items()})


def tc3(
    action: str,
    service: str,
    version: str,
    body: object,
    *,
    region: str = "ap-singapore",
    at: int = START,
    date: str = "",
    keys: Mapping[str, str] = DEMO_KEYS["tencent"],
) -> Request:
    """A signed request to a Tencent Cloud front."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    stamp = str(at // 1000)
    day = date or datetime.fromtimestamp(at / 1000, UTC).strftime("%Y-%m-%d")
    text = "\n".join(
        (
            "POST",
            "/",
            "",
            "content-type:application/json\nhost:127.0.0.1:9\n",
            "content-type;host",
            sha256(content).hexdigest(),
        )
    )
    told = f"TC3-HMAC-SHA256\n{stamp}\n{day}/{service}/tc3_request\n{sha256(text.encode()).hexdigest()}"
    key = ("TC3" + keys["access_key_secret"]).encode()
    for part in (day, service, "tc3_request"):
        key = hmac.new(key, part.encode(), sha256).digest()
    signature = hmac.new(key, told.encode(), sha256).hexdigest()
    headers = {
        "content-type": "application/json",
        "host": "127.0.0.1:9",
        "x-tc-action": action,
        "x-tc-version": version,
        "x-tc-timestamp": stamp,
        "x-tc-region": region,
        "x-tc-token": keys.get("security_token", ""),
        "authorization": f"TC3-HMAC-SHA256 Credential={keys['access_key_id']}/{day}/{service}/tc3_request, "
        f"SignedHeaders=content-type;host, Signature={signature}",
    }
    return Request("POST", "/", "", {name: (value,) for name, value in headers.items() if value}, content)


def sdk_hmac(
    method: str,
    path: str,
    query: Query = (),
    *,
    at: int = START,
    date: str = "",
    keys: Mapping[str, str] = DEMO_KEYS["huawei"],
    body: bytes = b"",
) -> Request:
    """A signed request to a Huawei Cloud front."""
    headers = {
        "host": "127.0.0.1:9",
        "x-sdk-date": date or datetime.fromtimestamp(at / 1000, UTC).strftime("%Y%m%dT%H%M%SZ"),
    }
    if "security_token" in keys:
        headers["x-security-token"] = keys["security_token"]
    names = sorted(headers)
    head = "".join(f"{name}:{headers[name]}\n" for name in names)
    text = "\n".join((method, path + "/", joined(query), head, ";".join(names), sha256(body).hexdigest()))
    told = f"SDK-HMAC-SHA256\n{headers['x-sdk-date']}\n{sha256(text.encode()).hexdigest()}"
    signature = hmac.new(keys["access_key_secret"].encode(), told.encode(), sha256).hexdigest()
    headers["authorization"] = (
        f"SDK-HMAC-SHA256 Access={keys['access_key_id']}, SignedHeaders={';'.join(names)}, Signature={signature}"
    )
    return Request(method, path, joined(query), {name: (value,) for name, value in headers.items()}, body)


def changed(request: Request, **headers: str | None) -> Request:
    """The same request with other headers; None takes one away."""
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    kept = {name: value for name, value in request.headers.items() if name not in names}
    return replace(request, headers={**kept, **{name: (value,) for name, value in names.items() if value is not None}})


class Lab:
    """A world, its fronts, and a clock in one's hand."""

    def __init__(
        self, tasks: int = 400, seed: int = 3, rate: float = 1.0, freeze: bool = False, faults: Iterable[str] = ()
    ) -> None:
        self.clock = Hands()
        habits = Habits(seed, rate)
        self.faults = Faults(1, faults, habits)
        self.world = World(tasks, seed, rate, freeze, self.clock, habits)
        self.faults.serve(habits, self.clock)
        self.fronts: dict[tuple[str, str], Front] = {
            (front.api, front.region): front for front in fronts(self.world, seed)
        }

    def send(self, api: str, region: str, request: Request, turn: Turn = CALM) -> Answer:
        """One request to one front."""
        front = self.fronts[api, region]
        return Answer(front.answer(request, self.world.advance(), self.clock(), turn))

    def fc(
        self, action: str, path: str, *query: tuple[str, str | int], method: str = "GET", turn: Turn = CALM
    ) -> Answer:
        """A request to Function Compute in Hangzhou."""
        request = acs3(action, VERSIONS["alibaba-fc"], method, f"/2023-03-30{path}", query, at=self.clock())
        return self.send("alibaba-fc", "cn-hangzhou", request, turn)

    def os(
        self,
        action: str,
        path: str,
        *query: tuple[str, str | int],
        region: str = "cn-hangzhou",
        method: str = "GET",
        turn: Turn = CALM,
    ) -> Answer:
        """A request to OpenSearch."""
        request = acs3(action, VERSIONS["alibaba-opensearch"], method, f"/v4/openapi{path}", query, at=self.clock())
        return self.send("alibaba-opensearch", region, request, turn)

    def mps(self, action: str, turn: Turn = CALM, **body: Any) -> Any:
        """The Response of Media Processing."""
        request = tc3(action, "mps", TC_VERSIONS["tencent-mps"], body, at=self.clock())
        return self.send("tencent-mps", "ap-singapore", request, turn).json["Response"]

    def tat(self, action: str, turn: Turn = CALM, region: str = "ap-guangzhou", **body: Any) -> Any:
        """The Response of Automation Tools."""
        request = tc3(action, "tat", TC_VERSIONS["tencent-tat"], body, region=region, at=self.clock())
        return self.send("tencent-tat", "ap-guangzhou", request, turn).json["Response"]

    def kps(
        self, path: str, *query: tuple[str, str | int], method: str = "GET", project: str = PROJECT, turn: Turn = CALM
    ) -> Answer:
        """A request to the Key Pair Service."""
        request = sdk_hmac(method, f"/v3/{project}{path}", query, at=self.clock())
        return self.send("huawei-kps", "cn-north-4", request, turn)

    def by_id(self, row: Mapping[str, Any]) -> tuple[str, str] | None:
        """Id and native status of a task of the truth as its by-id read says; None when it is not found."""
        id_, region = row["id"], row["region"]
        match row["adapter"]:
            case "alibaba-fc":
                path = f"/2023-03-30/functions/{enc(row['scope'])}/async-tasks/{enc(id_)}"
                found = self.send(
                    "alibaba-fc", region, acs3("GetAsyncTask", "2023-03-30", "GET", path, at=self.clock())
                )
                return (found.json["taskId"], found.json["status"]) if found.status == 200 else None
            case "alibaba-opensearch":
                app, function, name = row["scope"].split("/")
                generation = row["extra"]["os.generation"]
                path = f"/app-groups/{app}/functions/{function}/instances/{name}/tasks/{generation}"
                body = self.os("GetFunctionTask", path, region=region).json
                task = {key.lower(): value for key, value in (body.get("result") or body.get("Result") or {}).items()}
                return (task["runid"], task["status"]) if task else None
            case "tencent-mps":
                body = self.mps("DescribeTaskDetail", TaskId=id_)
                return None if "Error" in body else (id_, body["Status"])
            case "tencent-tat":
                rows = self.tat("DescribeInvocationTasks", region=region, InvocationTaskIds=[id_])["InvocationTaskSet"]
                return (rows[0]["InvocationTaskId"], rows[0]["TaskStatus"]) if rows else None
        found = self.kps(f"/tasks/{enc(id_)}")
        return (found.json["task_id"], found.json["task_status"]) if found.status == 200 else None

    @property
    def functions(self) -> FunctionCompute:
        """The functions of Hangzhou."""
        realm = self.world.realms["alibaba-fc", "cn-hangzhou"]
        assert isinstance(realm, FunctionCompute)
        return realm

    @property
    def trainings(self) -> OpenSearch:
        """The instances of Hangzhou."""
        realm = self.world.realms["alibaba-opensearch", "cn-hangzhou"]
        assert isinstance(realm, OpenSearch)
        return realm

    @property
    def media(self) -> MediaProcessing:
        """The media tasks."""
        realm = self.world.realms["tencent-mps", "ap-singapore"]
        assert isinstance(realm, MediaProcessing)
        return realm

    @property
    def commands(self) -> Automation:
        """The commands of Guangzhou."""
        realm = self.world.realms["tencent-tat", "ap-guangzhou"]
        assert isinstance(realm, Automation)
        return realm

    @property
    def keypairs(self) -> KeyPairs:
        """The key pair tasks."""
        realm = self.world.realms["huawei-kps", "cn-north-4"]
        assert isinstance(realm, KeyPairs)
        return realm

    def walk(self, source: str) -> list[tuple[str | None, str, str]]:
        """Every row of a source's lists, page by page: scope, id, native status."""
        api, _, region = source.partition("/")
        return list({"fc": self._fc, "os": self._os, "mps": self._mps, "tat": self._tat, "kps": self._kps}[api](region))

    def _fc(self, region: str) -> Iterable[tuple[str, str, str]]:
        realm = self.world.realms["alibaba-fc", region]
        assert isinstance(realm, FunctionCompute)
        for function in realm.functions:
            path = f"/2023-03-30/functions/{enc(function.name)}/async-tasks"
            token = ""
            while True:
                query: list[tuple[str, str | int]] = [("limit", 7), *([("nextToken", token)] if token else [])]
                request = acs3("ListAsyncTasks", "2023-03-30", "GET", path, query, at=self.clock())
                body = self.send("alibaba-fc", region, request).json
                yield from ((function.name, row["taskId"], row["status"]) for row in body["tasks"])
                token = body.get("nextToken", "")
                if not token:
                    break

    def _os(self, region: str) -> Iterable[tuple[str, str, str]]:
        realm = self.world.realms["alibaba-opensearch", region]
        assert isinstance(realm, OpenSearch)
        for app, function, name in realm.by_path:
            seen, number = 0, 1
            while True:
                path = f"/app-groups/{app}/functions/{function}/instances/{enc(name)}/tasks"
                query = (("pageNumber", number), ("pageSize", 7))
                body = {
                    key.lower(): value
                    for key, value in self.os("ListFunctionTasks", path, *query, region=region).json.items()
                }
                rows = [{key.lower(): value for key, value in row.items()} for row in body["result"]]
                yield from ((f"{app}/{function}/{name}", row["runid"], row["status"]) for row in rows)
                seen, number = seen + len(rows), number + 1
                if not rows or seen >= body["totalcount"]:
                    break

    def _mps(self, _: str) -> Iterable[tuple[None, str, str]]:
        asked: tuple[dict[str, Any], ...] = (
            {"Status": "WAITING"},
            {"Status": "PROCESSING"},
            {"Status": "FINISH", "SubTaskHasFailed": False},
            {"Status": "FINISH", "SubTaskHasFailed": True},
        )
        for one in asked:
            token = ""
            while True:
                body = self.mps("DescribeTasks", **one, Limit=7, ScrollToken=token)
                yield from ((None, row["TaskId"], one["Status"]) for row in body["TaskSet"])
                token = body["ScrollToken"]
                if not token:
                    break

    def _tat(self, region: str) -> Iterable[tuple[None, str, str]]:
        offset = 0
        while True:
            body = self.tat("DescribeInvocationTasks", region=region, Limit=7, Offset=offset)
            yield from ((None, row["InvocationTaskId"], row["TaskStatus"]) for row in body["InvocationTaskSet"])
            offset += len(body["InvocationTaskSet"])
            if offset >= body["TotalCount"]:
                break

    def _kps(self, _: str) -> Iterable[tuple[None, str, str]]:
        for path in ("/running-tasks", "/failed-tasks"):
            offset = 0
            while True:
                body = self.kps(path, ("limit", 7), ("offset", offset)).json
                yield from ((None, row["task_id"], row["operate_type"]) for row in body["tasks"])
                offset += len(body["tasks"])
                if offset >= body["total"]:
                    break
