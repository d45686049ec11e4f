"""Key Pair Service on the wire."""

from typing import Any

from tui.cloud.fronts._alibaba import whole
from tui.cloud.fronts._huawei import DENIED, NO_SUCH_API, STALE, TOO_MANY, Identity, Token, refused, reply
from tui.cloud.job import Job
from tui.cloud.realms import kps
from tui.cloud.realms.kps import KeyPairs
from tui.cloud.showing import ghosts, mingled, page_of
from tui.cloud.turn import CALM, Turn
from tui.cloud.wire import Refusal, Reply, Request

MOST = 1 << 40


class KpsFront:
    """The project of one region; `total_as_text` and `offset_ignored` are two habits one may meet."""

    api = "huawei-kps"

    def __init__(
        self, realm: KeyPairs, identity: Identity, total_as_text: bool = False, offset_ignored: bool = False
    ) -> None:
        self.realm = realm
        self.region = realm.region
        self._identity = identity
        self._project = identity.projects[realm.region]
        self.total_as_text = total_as_text
        self.offset_ignored = offset_ignored

    def operation(self, request: Request) -> str:
        """The operation a path stands for, "" when for none."""
        return _route(request.method, request.segments())[0]

    def answer(self, request: Request, now: int, wall: int, turn: Turn = CALM) -> Reply:
        """One request, from signature to body."""
        action, names = _route(request.method, request.segments())
        verdict = self._identity.admit(request, wall, turn)
        if isinstance(verdict, Refusal):
            return refused(verdict, action)
        if not action:
            return refused(NO_SUCH_API, action)
        if turn.denied:
            return refused(DENIED, action)
        if names[0] != self._project or (isinstance(verdict, Token) and verdict.project_id != names[0]):
            if isinstance(verdict, Token):
                return refused(STALE, action)
            return _kps("KPS.0012", "The project_id in the URL does not match the token.", action)
        match action:
            case "ListRunningTask":
                return self._list(self.realm.running(now), request, action, now, turn)
            case "ListFailedTask":
                return self._list(self.realm.failures(now), request, action, now, turn)
            case "ListKeypairTask":
                return self._detail(names[1], action, now, turn)
            case "DeleteFailedTask":
                job = self.realm.find(names[1])
                gone = job is not None and self.realm.delete_failed(job)
                return reply(204, None, action) if gone else _kps("KPS.0005", "The task does not exist.", action)
            case _:
                self.realm.delete_failed(None)
                return reply(204, None, action)

    def throttled(self, action: str, wait: int, mood: int) -> Reply:
        """Too many requests."""
        return refused(TOO_MANY, action)

    def _list(self, jobs: list[Job], request: Request, action: str, now: int, turn: Turn) -> Reply:
        asked = dict(request.pairs())
        limit, offset = whole(asked.get("limit"), 1000, 1, MOST), whole(asked.get("offset"), 0, 0, MOST)
        if limit is None or offset is None:
            return _kps("KPS.0002", "Invalid request parameters.", action)
        if offset and not self.offset_ignored:
            offset = max(0, offset + turn.shift)
        if self.offset_ignored or (turn.wrap and offset >= len(jobs)):
            offset = 0
        page = jobs[offset : offset + limit]
        running = action == "ListRunningTask"
        last = running and offset + len(page) >= len(jobs)
        again = ghosts(self.realm.failed[-200:], now, turn, limit - len(page)) if last else []
        rows = []
        for job, at in mingled(page_of(page, now, turn, back=running), again):
            rows.append(kps.row(job, at))
            turn.show(job, rows[-1]["operate_type"])
        total = max(0, len(jobs) + len(again) + turn.drift)
        return reply(200, {"total": str(total) if self.total_as_text else total, "tasks": rows}, action)

    def _detail(self, task_id: str, action: str, now: int, turn: Turn) -> Reply:
        job = self.realm.find(task_id)
        if job is None:
            return _kps("KPS.0005", "The task does not exist.", action)
        body = {"server_id": kps.server_id(job), "task_id": task_id, "task_status": kps.task_status(job, now)}
        turn.show(job, body["task_status"])
        return reply(200, body, action)


def _kps(code: str, text: str, action: str) -> Reply:
    body: dict[str, Any] = {"error_code": code, "error_msg": text}
    return reply(400, body, action, code)


def _route(method: str, parts: list[str]) -> tuple[str, list[str]]:
    match (method, *parts):
        case ("GET", "v3", project, "running-tasks"):
            return "ListRunningTask", [project]
        case ("GET", "v3", project, "failed-tasks"):
            return "ListFailedTask", [project]
        case ("GET", "v3", project, "tasks", task):
            return "ListKeypairTask", [project, task]
        case ("DELETE", "v3", project, "failed-tasks", task):
            return "DeleteFailedTask", [project, task]
        case ("DELETE", "v3", project, "failed-tasks"):
            return "DeleteAllFailedTask", [project]
    return "", []
