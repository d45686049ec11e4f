"""Huawei Cloud IAM on the wire: tokens and projects."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from tui.cloud.fronts._huawei import DAY_MS, DENIED, NO_SUCH_API, TOO_MANY, Identity, Token, refused, reply
from tui.cloud.keys import HUAWEI_USER
from tui.cloud.turn import CALM, Turn
from tui.cloud.wire import Refusal, Reply, Request, compact

DOMAIN_ID = "d0de0000000000000000000000000417"
USER_ID = "05e70000000000000000000000000417"
TRACE = "X-IAM-Trace-Id"
WRONG = "The username or password is wrong."


class IamFront:
    """The account's IAM."""

    api = "huawei-iam"
    region = "cn-north-4"
    realm = None

    def __init__(self, identity: Identity) -> None:
        self._identity = identity

    def operation(self, request: Request) -> str:
        """The operation a path stands for, "" when for none."""
        paths = {
            ("POST", "/v3/auth/tokens"): "KeystoneCreateUserTokenByPassword",
            ("GET", "/v3/projects"): "KeystoneListProjects",
            ("GET", "/v3/auth/projects"): "KeystoneListAuthProjects",
        }
        return paths.get((request.method, request.path), "")

    def answer(self, request: Request, now: int, wall: int, turn: Turn = CALM) -> Reply:
        """One request, from signature to body."""
        action = self.operation(request)
        if action == "KeystoneCreateUserTokenByPassword":
            return self._token(request, wall, action)
        verdict = self._identity.admit(request, wall, turn)
        if isinstance(verdict, Refusal):
            return refused(verdict, action, TRACE)
        if not action:
            return refused(NO_SUCH_API, action, TRACE)
        if turn.denied:
            return refused(DENIED, action, TRACE)
        name = dict(request.pairs()).get("name")
        rows = [row for row in self._projects() if name in (None, row["name"])]
        if isinstance(verdict, Token) and action == "KeystoneListAuthProjects":
            rows = [row for row in rows if row["id"] == verdict.project_id]
        links = {"self": f"https://iam.myhuaweicloud.com{request.path}", "next": None, "previous": None}
        return reply(200, {"projects": rows, "links": links}, action, id_header=TRACE)

    def throttled(self, action: str, wait: int, mood: int) -> Reply:
        """Too many requests."""
        return refused(TOO_MANY, action, TRACE)

    def _projects(self) -> list[dict[str, Any]]:
        first = next(iter(self._identity.projects))
        rows = [_project(name, id_, DOMAIN_ID) for name, id_ in self._identity.projects.items()]
        rows.append(_project(f"{first}_team-blue", "0b1ce0000000000000000000b1ce0417", self._identity.projects[first]))
        return rows

    def _token(self, request: Request, wall: int, action: str) -> Reply:
        asked = _asked(request.body)
        if asked is None:
            return _trouble(400, "The request body is invalid.", "Bad Request", action)
        user, scope = asked
        expected = (HUAWEI_USER["username"], HUAWEI_USER["password"], HUAWEI_USER["domain"])
        if user != expected:
            return _trouble(401, WRONG, "Unauthorized", action)
        projects = self._identity.projects
        chosen = next(((name, id_) for name, id_ in projects.items() if scope in (name, id_)), None)
        if chosen is None:
            return _trouble(404, f"Could not find project: {scope}.", "Not Found", action)
        text = self._identity.issue(chosen[1], wall)
        domain = {"id": DOMAIN_ID, "name": HUAWEI_USER["domain"]}
        body: dict[str, Any] = {
            "token": {
                "expires_at": _stamp(wall + DAY_MS),
                "issued_at": _stamp(wall),
                "methods": ["password"],
                "project": {"id": chosen[1], "name": chosen[0], "domain": domain},
                "user": {"id": USER_ID, "name": user[0], "domain": domain, "password_expires_at": ""},
                "roles": [{"id": "0", "name": "te_admin"}],
            }
        }
        if dict(request.pairs()).get("nocatalog", "").lower() != "true":
            body["token"]["catalog"] = [{"type": "kms", "name": "kms", "id": "c47a", "endpoints": []}]
        headers = (("X-Subject-Token", text), (TRACE, f"token_{uuid4().hex}"))
        return Reply(201, compact(body), headers, operation=action)


def _asked(body: bytes) -> tuple[tuple[str, str, str], str] | None:
    """User, password and domain, and the project asked for."""
    try:
        auth = json.loads(body)["auth"]
        user = auth["identity"]["password"]["user"]
        project = auth["scope"]["project"]
        return (user["name"], user["password"], user["domain"]["name"]), project.get("id") or project["name"]
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _trouble(status: int, message: str, title: str, action: str) -> Reply:
    body = {"error": {"code": status, "message": message, "title": title}}
    return reply(status, body, action, str(status), TRACE)


def _project(name: str, id_: str, parent: str) -> dict[str, Any]:
    return {
        "id": id_,
        "name": name,
        "domain_id": DOMAIN_ID,
        "parent_id": parent,
        "is_domain": False,
        "enabled": True,
        "description": "",
        "links": {"self": f"https://iam.myhuaweicloud.com/v3/projects/{id_}"},
    }


def _stamp(ms: int) -> str:
    return f"{datetime.fromtimestamp(ms / 1000, UTC):%Y-%m-%dT%H:%M:%S.%fZ}"
