"""A source's way in to Huawei: by signature or by IAM token, to the project of its region."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import replace

from tui.adapters import _huawei
from tui.adapters._huawei_brake import standing
from tui.adapters._huawei_tokens import Tokens
from tui.adapters._read import mapping, rows, text
from tui.calls import FREE, Action, Ask, Call, Credential, Reply
from tui.errors import BadRequest, Denied, NoCredential, NotFound
from tui.settings import Account, SourceSettings

LIST_PROJECTS = Action(
    "KeystoneListProjects", permission="iam:projects:listProjects", only="for an account without project_id"
)
LIST_OWN_PROJECTS = Action("KeystoneListAuthProjects", permission=FREE, only="where KeystoneListProjects is denied")


class NoProject(BadRequest):
    """The account has no project in a region, as far as this key may see: there is nothing there for it."""


class Access:
    """One source's way in. Its project is looked up once."""

    def __init__(
        self, source: SourceSettings, account: Account, call: Call, clock: Callable[[], float] = time.time
    ) -> None:
        from asyncio import Lock

        self._region, self._account, self._call, self._clock = source.region, account, call, clock
        self._iam = _huawei.iam_origin(source, account)
        self._tokens = Tokens(account, source.region, self._iam, call, clock)
        self._projects: dict[tuple[str, str], str] = {}
        self._looking_up = Lock()

    async def project(self) -> str:
        """The project id: configured, else the credential's, else IAM is asked. BadRequest says what to set."""
        credential = await self._credential()
        configured = self._account.project_id or credential.project_id
        if configured:
            return configured
        if self._account.auth == "token":
            return await self._tokens.project(credential)
        key = (credential.key_id, self._region)
        async with self._looking_up:
            if key not in self._projects:
                self._projects[key] = await self._look_up()
            return self._projects[key]

    async def here(self) -> bool:
        """Whether the account has a project in this region, as far as this key may see."""
        credential = await self._credential()
        configured = self._account.project_id or credential.project_id
        if not configured:
            try:
                await self.project()
            except (NoProject, NotFound):  # the second: a login to the project of a region that has none
                return False
            return True
        reply = await self.send(_huawei.get(LIST_OWN_PROJECTS, self._iam, ("v3", "auth", "projects")))
        found = rows(mapping(reply.json, "the answer"), "projects")
        name = next((text(row.get("name")) for row in found if text(row.get("id")) == configured), None)
        return name is None or name.partition("_")[0] == self._region

    async def get(self, action: Action, origin: str, *segments: str, query: Iterable[tuple[str, str]] = ()) -> Reply:
        """GET of a path inside the project, /v3/{project_id}/..."""
        project = await self.project()
        headers = (("X-Project-Id", project),)
        return await self.send(_huawei.get(action, origin, ("v3", project, *segments), query, headers))

    async def delete(self, action: Action, origin: str, *segments: str) -> Reply:
        """DELETE of a path inside the project, without a body."""
        project = await self.project()
        ask = _huawei.get(action, origin, ("v3", project, *segments), headers=(("X-Project-Id", project),))
        return await self.send(replace(ask, method="DELETE"))

    async def send(self, ask: Ask) -> Reply:
        """One request; AuthError without sending it where this credential was refused a short time ago."""
        credential = await self._credential()
        if self._account.auth == "token":
            return await self._tokens.send(ask, credential)
        return await standing(credential).send(self._call, ask, self._clock)

    async def _credential(self) -> Credential:
        credential = await self._call.credential()
        user = self._account.auth == "token"
        if user == (credential.domain is None):
            needed = "user name, password and domain of an IAM user" if user else 'auth = "token" for an IAM user'
            raise NoCredential(f"account {self._account.name}: this needs {needed}")
        return credential

    async def _look_up(self) -> str:
        name = self._account.name
        try:
            reply = await self.send(_huawei.get(LIST_PROJECTS, self._iam, ("v3", "projects"), [("name", self._region)]))
        except Denied:
            try:
                reply = await self.send(_huawei.get(LIST_OWN_PROJECTS, self._iam, ("v3", "auth", "projects")))
            except Denied as denied:
                denied.reword(f"{denied.message} (set project_id of account {name} to do without)")
                raise
        projects = {
            text(row.get("id")): text(row.get("name")) for row in rows(mapping(reply.json, "the answer"), "projects")
        }
        found = [one for one, called in projects.items() if one and called == self._region]
        if len(found) == 1:
            return found[0]
        near = {one: called for one, called in projects.items() if called and called.startswith(self._region)}
        several = f"more than one project is called {self._region}"
        none = f"no project is called {self._region}, or this key may not see it"
        seen = ", ".join(f"{one} ({called})" for one, called in sorted(near.items(), key=str)[:10])
        kind = BadRequest if found or near else NoProject
        raise kind(
            f"{several if found else none}: set project_id of account {name}" + (f" to one of {seen}" if seen else "")
        )
