"""What the Huawei adapters share: hosts, signing, the error table, tokens, project ids, a brake against lock-outs."""

from __future__ import annotations

import json
import math
import re
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple
from weakref import WeakKeyDictionary

from tui.adapters._read import integer, mapping, moment, rows, text
from tui.calls import Action, Ask, Call, Credential, Reply, Secret, Signed
from tui.errors import (
    AuthError,
    BadRequest,
    CallError,
    ClockSkew,
    Denied,
    Malformed,
    NoCredential,
    NotFound,
    Throttled,
    Unavailable,
)
from tui.settings import Account, SourceSettings
from tui.signing import sdk_hmac

if TYPE_CHECKING:
    import asyncio

LOGIN = Action("KeystoneCreateUserTokenByPassword")
LIST_PROJECTS = Action("KeystoneListProjects")
LIST_OWN_PROJECTS = Action("KeystoneListAuthProjects")

WITHOUT_IAM_HOST = frozenset({"ap-southeast-5", "cn-north-11", "cn-south-4", "cn-southwest-3", "af-north-1"})
SKEW_SECONDS = 900.0  # a signature of another age is refused
LOCK_SECONDS = 300.0  # more than five refusals in a row lock a key for so long
UNPROVEN_AT_ONCE = 2  # each may be re-signed once, which makes four refusals: one less than what locks
TOKEN_SECONDS = 86_400.0  # documented; used where a token does not say its own time
RETRY_LOGIN_SECONDS = 60.0

GATEWAY: Mapping[str, type[CallError]] = {
    "0101": NotFound,
    "0103": Unavailable,
    "0104": Unavailable,
    "0105": Unavailable,
    "0106": BadRequest,
    "0107": Unavailable,
    "0202": Unavailable,
    "0203": Unavailable,
    "0301": AuthError,
    "0302": Denied,
    "0303": AuthError,
    "0305": AuthError,
    "0306": Denied,
    "0307": AuthError,
    "0308": Throttled,
}
STATUSES: Mapping[int, type[CallError]] = {
    401: AuthError,
    403: Denied,
    404: NotFound,
    408: Unavailable,
    429: Throttled,
    499: Unavailable,
}
_GATEWAY_CODE = re.compile(r"APIGW?\.(\d{4})", re.IGNORECASE)
_CODE_AND_TEXT = (("error_code", "error_msg"), ("errorCode", "errorMsg"), ("code", "message"))
# 0301 with one of these texts is about the key, however wrong the clock is: signing again only brings the lock closer.
_ABOUT_THE_KEY = ("reach the limit", "not exist")


def iam_origin(source: SourceSettings, account: Account) -> str:
    """Scheme, host and port of IAM: some regions have no host of their own."""
    if account.iam_endpoint:
        return account.iam_endpoint
    own = "" if source.region in WITHOUT_IAM_HOST else f".{source.region}"
    return f"https://iam{own}.myhuaweicloud.com"


def sign(ask: Ask, credential: Credential, now: float) -> Signed:
    """SDK-HMAC-SHA256 over Host, X-Sdk-Date, the STS token if there is one, and the ask's own headers."""
    added = [("X-Sdk-Date", sdk_hmac.date(now))]
    if credential.token:
        added.append(("X-Security-Token", credential.token.reveal()))
    headers = [("Host", ask.host), *ask.headers, *added]
    canonical = sdk_hmac.canonical_request(ask.method, ask.path, ask.query, headers, ask.body)
    to_sign = sdk_hmac.string_to_sign(sdk_hmac.date(now), canonical)
    names = sdk_hmac.signed_names(headers)
    proof = sdk_hmac.authorization(credential.key_id, credential.secret.reveal(), names, to_sign)
    return Signed((*added, ("Authorization", proof)))


def request_id(reply: Reply) -> str | None:
    """The provider's id of a call: KPS and the gateway name it alike, IAM has its own header."""
    named = reply.headers.get("x-request-id") or reply.headers.get("x-iam-trace-id")
    return named or (text(reply.json.get("request_id")) if isinstance(reply.json, Mapping) else None)


def judge(reply: Reply) -> CallError | None:
    """The error of a reply, its code before its status; None for a success, and for a redirect (the border's)."""
    if reply.status < 400:
        readable = isinstance(reply.json, Mapping) or not reply.body.strip()
        if readable or not 200 <= reply.status < 300:
            return None
        return _filled(Malformed, reply, "", "the answer is not a JSON object")
    code, message = _told(reply)
    return _filled(_kind(reply, code, message), reply, code, message)


def judge_unsigned(token: Secret | None, reply: Reply) -> CallError | None:
    """`judge` for what no signature is on: no clock is at fault there, and no text may quote the token."""
    error = judge(reply._replace(skew=None))
    if error is not None and token:
        error.message = error.message.replace(token.reveal(), "***")
    return error


def _kind(reply: Reply, code: str, message: str) -> type[CallError]:
    """The one error table (api/huawei.md 7.2): KPS, KMS and IAM codes go by the status."""
    gateway = _GATEWAY_CODE.match(code)
    if gateway is None:
        status = int(code) if code in ("401", "403", "404") else reply.status
        return STATUSES.get(status, Unavailable if status >= 500 else BadRequest)
    number = gateway[1]
    if (
        number == "0301"
        and abs(reply.skew or 0.0) > SKEW_SECONDS
        and not any(words in message.lower() for words in _ABOUT_THE_KEY)
    ):
        return ClockSkew
    by_status = STATUSES.get(reply.status, Unavailable if reply.status >= 500 else BadRequest)
    return GATEWAY.get(number, by_status)


def _told(reply: Reply) -> tuple[str, str]:
    """Code and text, wherever they are: at the top or in any object inside (at most 1,000 of them)."""
    message = ""
    waiting: deque[Any] = deque([reply.json])
    for _ in range(1000):
        if not waiting:
            break
        value = waiting.popleft()
        if isinstance(value, Mapping):
            for code_name, text_name in _CODE_AND_TEXT:
                code, found = text(value.get(code_name)), text(value.get(text_name))
                if code is not None:
                    return code, found or message or f"HTTP {reply.status} with code {code}"
                message = message or found or ""
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)
    return "", message or f"HTTP {reply.status} without an error of the API"


def _filled(kind: type[CallError], reply: Reply, code: str, message: str) -> CallError:
    error = kind(message, code=code, request_id=request_id(reply), http_status=reply.status)
    if isinstance(error, ClockSkew):
        error.offset = reply.skew
    elif isinstance(error, Throttled | Unavailable):
        error.retry_after = _wait(reply)
    return error


def _wait(reply: Reply) -> float | None:
    """Seconds of Retry-After: a number, or a date measured by the reply's own Date."""
    hint = reply.headers.get("retry-after", "")
    seconds = integer(hint)
    if seconds is None and hint:
        from email.utils import parsedate_to_datetime

        try:
            seconds = round(
                (parsedate_to_datetime(hint) - parsedate_to_datetime(reply.headers["date"])).total_seconds()
            )
        except (KeyError, ValueError, TypeError, OverflowError):
            return None
    return float(seconds) if seconds is not None and seconds > 0 else None


class Brake:
    """Holds back what was refused, because more than five refusals in a row lock a key (api/huawei.md 4.1)."""

    def __init__(self) -> None:
        self._error: CallError | None = None
        self._since = 0.0
        self._seconds = 0.0

    def press(self, error: CallError, now: float, seconds: float) -> None:
        """From `now` (epoch seconds) on, for `seconds`."""
        self._error, self._since, self._seconds = error, now, seconds

    def check(self, now: float) -> None:
        """Raises the refusal again, without sending anything, while the brake holds."""
        error = self._error
        if error is None:
            return
        self._since = min(self._since, now)  # the clock was set back: do not hold longer for that
        if now >= self._since + self._seconds:
            self._error = None
            return
        until = "" if math.isinf(self._seconds) else f"before {_utc(self._since + self._seconds)} or "
        again = type(error)(
            f"refused at {_utc(self._since)}, not sent again {until}until the credential changes: {error.message}",
            code=error.code,
            request_id=error.request_id,
            http_status=error.http_status,
        )
        if isinstance(error, ClockSkew) and isinstance(again, ClockSkew):
            again.offset = error.offset
        raise again


class Standing:
    """How one credential stands with Huawei. Until a first call succeeds, few are sent at once."""

    def __init__(self) -> None:
        import asyncio  # 40 ms, which a command without a network need not pay

        self.brake = Brake()
        self.login = asyncio.Lock()
        self._proven = False
        self._unproven = asyncio.Semaphore(UNPROVEN_AT_ONCE)

    async def send(self, call: Call, ask: Ask, clock: Callable[[], float]) -> Reply:
        """`call` with a signed ask; a refusal stops all calls with this credential for a while."""
        self.brake.check(clock())
        if self._proven:
            return await self._send(call, ask, clock)
        async with self._unproven:
            self.brake.check(clock())
            return await self._send(call, ask, clock)

    async def _send(self, call: Call, ask: Ask, clock: Callable[[], float]) -> Reply:
        try:
            reply = await call(ask)
        except (AuthError, ClockSkew) as error:
            self._proven = False
            self.brake.press(error, clock(), LOCK_SECONDS)
            raise
        self._proven = True
        return reply


# The lock is on the key, so all sources with one key share what is known of it; by loop, as the locks inside are.
_STANDINGS: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[Credential, Standing]] = WeakKeyDictionary()
_STANDINGS_KEPT = 32  # STS keys change by the hour


def standing(credential: Credential) -> Standing:
    """What is known of a credential by all sources together."""
    from asyncio import get_running_loop

    known = _STANDINGS.setdefault(get_running_loop(), {})
    key = replace(credential, project_id=None)
    if key not in known:
        while len(known) >= _STANDINGS_KEPT:
            del known[next(iter(known))]
        known[key] = Standing()
    return known[key]


class Token(NamedTuple):
    """An IAM token; times are epoch seconds of our clock."""

    owner: Credential
    secret: Secret
    project_id: str | None
    renew_at: float
    ends_at: float


class Access:
    """One source's way in: by signature or by IAM token, to the project of its region."""

    def __init__(
        self, source: SourceSettings, account: Account, call: Call, clock: Callable[[], float] = time.time
    ) -> None:
        from asyncio import Lock

        self._region, self._account, self._call, self._clock = source.region, account, call, clock
        self._iam = iam_origin(source, account)
        self._token: Token | None = None
        self._token_brake = Brake()
        self._projects: dict[tuple[str, str], str] = {}
        self._looking_up = Lock()

    async def project(self) -> str:
        """The project id: configured, else the credential's, else IAM is asked. BadRequest says what to set."""
        credential = await self._credential()
        configured = self._account.project_id or credential.project_id
        if configured:
            return configured
        if self._account.auth == "token":
            return self._project_of(await self._valid_token(credential))
        key = (credential.key_id, self._region)
        async with self._looking_up:
            if key not in self._projects:
                self._projects[key] = await self._look_up()
            return self._projects[key]

    async def get(self, action: Action, origin: str, *segments: str, query: Iterable[tuple[str, str]] = ()) -> Reply:
        """GET of a path inside the project, /v3/{project_id}/..."""
        project = await self.project()
        headers = (("X-Project-Id", project),)
        return await self.send(_get(action, origin, ("v3", project, *segments), query, headers))

    async def send(self, ask: Ask) -> Reply:
        """One request; AuthError without sending it where this credential was refused a short time ago."""
        credential = await self._credential()
        if self._account.auth == "token":
            return await self._send_with_token(ask, credential)
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
            reply = await self.send(_get(LIST_PROJECTS, self._iam, ("v3", "projects"), [("name", self._region)]))
        except Denied:
            try:
                reply = await self.send(_get(LIST_OWN_PROJECTS, self._iam, ("v3", "auth", "projects")))
            except Denied as denied:
                denied.message += f" (set project_id of account {name} to do without)"
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
        raise BadRequest(
            f"{several if found else none}: set project_id of account {name}" + (f" to one of {seen}" if seen else "")
        )

    async def _send_with_token(self, ask: Ask, credential: Credential) -> Reply:
        token = await self._valid_token(credential)
        try:
            return await self._call(_with_token(ask, token))
        except AuthError:
            token = await self._valid_token(credential, refused=token)
        try:
            return await self._call(_with_token(ask, token))
        except AuthError as error:  # a new token is refused too: a newer one would not help
            self._token_brake.press(error, self._clock(), LOCK_SECONDS)
            raise

    async def _valid_token(self, credential: Credential, refused: Token | None = None) -> Token:
        """The token that is held, else a new one; one login at a time, none after a failed one."""
        held = self._usable(credential, refused)
        if held is not None:
            return held
        known = standing(credential)
        async with known.login:
            held = self._usable(credential, refused)
            if held is not None:
                return held
            known.brake.check(self._clock())
            try:
                token = await self._log_in(credential)
            except (AuthError, Denied) as error:
                self._token = None
                known.brake.press(error, self._clock(), math.inf)
                raise
            except (Unavailable, Throttled, Malformed):
                lasting = self._lasting(credential, refused)
                if lasting is None:
                    raise
                token = lasting
            if self._token is None or self._token.owner != credential:
                self._token_brake = Brake()
            self._token = token
            return token

    def _usable(self, credential: Credential, refused: Token | None) -> Token | None:
        """The token that is held, unless it is another user's, refused, or due for renewal."""
        held = self._token
        if held is None or held.owner != credential:
            return None
        self._token_brake.check(self._clock())
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
        return held._replace(renew_at=now + RETRY_LOGIN_SECONDS)

    async def _log_in(self, credential: Credential) -> Token:
        project = self._account.project_id or credential.project_id
        scope = {"id": project} if project else {"name": self._region}
        reply = await self._call(
            Ask(
                action=LOGIN,
                method="POST",
                origin=self._iam,
                path=sdk_hmac.wire_path("v3", "auth", "tokens"),
                sign=partial(_login, scope),
                judge=partial(judge_unsigned, None),
            )
        )
        secret = reply.headers.get("x-subject-token")
        if not secret:
            raise Malformed("no X-Subject-Token in the answer to the login", request_id=request_id(reply))
        told = mapping(mapping(reply.json, "the answer").get("token"), "token")
        scoped = told.get("project")
        project = text(scoped.get("id")) if isinstance(scoped, Mapping) else None
        now, seconds = self._clock(), _lifetime(told)
        return Token(credential, Secret(secret), project, now + 0.8 * seconds, now + seconds)

    def _project_of(self, token: Token) -> str:
        if token.project_id is None:
            raise Malformed(f"no project in the token: set project_id of account {self._account.name}")
        return token.project_id


def _get(
    action: Action,
    origin: str,
    segments: tuple[str, ...],
    query: Iterable[tuple[str, str]] = (),
    headers: tuple[tuple[str, str], ...] = (),
) -> Ask:
    return Ask(
        action=action,
        method="GET",
        origin=origin,
        path=sdk_hmac.wire_path(*segments),
        query=sdk_hmac.query(query),
        headers=headers,
        sign=sign,
        judge=judge,
    )


def _with_token(ask: Ask, token: Token) -> Ask:
    return replace(ask, headers=(), sign=partial(_bearer, token.secret), judge=partial(judge_unsigned, token.secret))


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


def _lifetime(token: Mapping[str, Any]) -> float:
    """Seconds, by the provider's clock alone."""
    issued, expires = moment(token.get("issued_at")), moment(token.get("expires_at"))
    if issued is None or expires is None or expires <= issued:
        return TOKEN_SECONDS
    return (expires - issued) / 1000


def _utc(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
