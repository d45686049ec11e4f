"""IAM tokens of Huawei: got by a login with the user's password, held, renewed before they end."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple

from tui.adapters._huawei import judge_unsigned, request_id
from tui.adapters._huawei_brake import LOCK_SECONDS, Brake, standing
from tui.adapters._read import mapping, moment, text
from tui.calls import FREE, Action, Ask, Call, Credential, Reply, Secret, Signed
from tui.errors import AuthError, CallError, Denied, Malformed, Throttled, Unavailable
from tui.settings import Account
from tui.signing import sdk_hmac

LOGIN = Action("KeystoneCreateUserTokenByPassword", permission=FREE, only='for auth = "token"')
LIFE_SECONDS = 86_400.0  # documented; used where a token does not say its own time
RENEWED_AT = 0.8  # of its life: time for many attempts to log in before it ends
RETRY_SECONDS = 60.0  # a token that could not be renewed is used for so long before the next attempt


class Token(NamedTuple):
    """An IAM token; times are epoch seconds of our clock."""

    owner: Credential
    secret: Secret
    project_id: str | None
    renew_at: float
    ends_at: float


class Tokens:
    """The token of one source: one at a time, for the project of its region."""

    def __init__(self, account: Account, region: str, iam: str, call: Call, clock: Callable[[], float]) -> None:
        self._account, self._region, self._iam, self._call, self._clock = account, region, iam, call, clock
        self._token: Token | None = None
        self._brake = Brake()

    async def project(self, credential: Credential) -> str:
        """The project id that the token says. Malformed where it says none."""
        token = await self._valid(credential)
        if token.project_id is None:
            raise Malformed(f"no project in the token: set project_id of account {self._account.name}")
        return token.project_id

    async def send(self, ask: Ask, credential: Credential) -> Reply:
        """One request with the token, once more with a new one where the provider refuses it."""
        token = await self._valid(credential)
        try:
            return await self._call(_with_token(ask, token))
        except AuthError:
            token = await self._valid(credential, refused=token)
        try:
            return await self._call(_with_token(ask, token))
        except AuthError as error:  # a new token is refused too: a newer one would not help
            self._brake.press(error, self._clock(), LOCK_SECONDS)
            raise

    async def _valid(self, credential: Credential, refused: Token | None = None) -> Token:
        """The token that is held, else a new one; one login at a time, none after a failed one."""
        held = self._usable(credential, refused)
        if held is not None:
            return held
        known = standing(credential)
        async with known.login:
            held = self._usable(credential, refused)
            if held is not None:
                return held
            project = self._account.project_id or credential.project_id
            here = known.scope(project or self._region)
            for brake in (known.brake, here):
                brake.check(self._clock())
            # not for a token that was refused, or that ends: a password that was changed does that to all of them
            alone = self._token is None and known.lately_good(self._clock())
            try:
                token = await self._log_in(credential, project, alone=alone)
                known.good_at = self._clock()
            except (AuthError, Denied) as error:
                self._token = None
                # a policy is changed without a word to us; wrong passwords lock the user, so `r` sends few of them
                (here if alone else known.brake).press(error, self._clock(), LOCK_SECONDS)
                raise
            except (Unavailable, Throttled, Malformed):
                lasting = self._lasting(credential, refused)
                if lasting is None:
                    raise
                token = lasting
            if self._token is None or self._token.owner != credential:
                self._brake = Brake()
            self._token = token
            return token

    def _usable(self, credential: Credential, refused: Token | None) -> Token | None:
        """The token that is held, unless it is another user's, refused, or due for renewal."""
        held = self._token
        if held is None or held.owner != credential:
            return None
        self._brake.check(self._clock())
        if refused is not None and held.secret == refused.secret:
            return None
        return held if self._clock() < held.renew_at else None

    def _lasting(self, credential: Credential, refused: Token | None) -> Token | None:
        """The token that is held, for a while more, when renewing it failed for want of an answer."""
        held, now = self._token, self._clock()
        if held is None or held.owner != credential or now >= held.ends_at:
            return None
        if refused is not None and held.secret == refused.secret:
            return None
        return held._replace(renew_at=now + RETRY_SECONDS)

    async def _log_in(self, credential: Credential, project: str | None, *, alone: bool) -> Token:
        scope = {"id": project} if project else {"name": self._region}
        reply = await self._call(
            Ask(
                action=LOGIN,
                method="POST",
                origin=self._iam,
                path=sdk_hmac.wire_path("v3", "auth", "tokens"),
                sign=partial(_login, scope),
                judge=partial(_of_one_region, self._region) if alone else partial(judge_unsigned, None),
            )
        )
        secret = reply.headers.get("x-subject-token")
        if not secret:
            raise Malformed("no X-Subject-Token in the answer to the login", request_id=request_id(reply))
        told = mapping(mapping(reply.json, "the answer").get("token"), "token")
        scoped = told.get("project")
        project = text(scoped.get("id")) if isinstance(scoped, Mapping) else None
        now, seconds = self._clock(), _lifetime(told)
        return Token(credential, Secret(secret), project, now + RENEWED_AT * seconds, now + seconds)


def _with_token(ask: Ask, token: Token) -> Ask:
    sign, judge = partial(_bearer, token.secret), partial(judge_unsigned, token.secret)
    return replace(ask, headers=(), by_token=True, sign=sign, judge=judge)


def _bearer(token: Secret, ask: Ask, credential: Credential, now: float) -> Signed:
    return Signed((("X-Auth-Token", token.reveal()),))


def _login(scope: Mapping[str, str], ask: Ask, credential: Credential, now: float) -> Signed:
    """The body of a login: the password appears here, on its way out, and nowhere before."""
    user = {
        "name": credential.key_id,
        "password": credential.secret.reveal(),
        "domain": {"name": credential.domain},
    }
    identity = {"methods": ["password"], "password": {"user": user}}
    body = json.dumps({"auth": {"identity": identity, "scope": {"project": scope}}})
    return Signed((("Content-Type", "application/json;charset=utf8"),), body.encode())


def _of_one_region(region: str, reply: Reply) -> CallError | None:
    """`judge` for a login whose user and password have just been good elsewhere: a refusal is about its project."""
    error = judge_unsigned(None, reply)
    if not isinstance(error, AuthError):
        return error
    told = f"no login to {region}, though to another region just now: {error.message}"
    return Denied(told, code=error.code, request_id=error.request_id, http_status=error.http_status)


def _lifetime(token: Mapping[str, Any]) -> float:
    """Seconds, by the provider's clock alone."""
    issued, expires = moment(token.get("issued_at")), moment(token.get("expires_at"))
    if issued is None or expires is None or expires <= issued:
        return LIFE_SECONDS
    return (expires - issued) / 1000
