"""The values that cross the border: what an adapter asks, what comes back, and the credential that signs it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, Protocol

from tui.errors import CallError
from tui.held import hold, spellings
from tui.mask import last_four

FREE = "none"
"""The `permission` of an action that every valid credential may call."""


class Action(NamedTuple):
    """One operation of a provider. `rate` is its documented limit in requests a second, None where unknown.

    `permission` is what the vendor's policies call it, "" where no document says; `resource` what a policy may confine
    it to, with {region} in it; `only` says when a read is needed that most sources do without.
    """

    name: str
    kind: Literal["read", "write"] = "read"
    rate: float | None = None
    permission: str = ""
    resource: str = "*"
    only: str = ""


class Secret:
    """A text that no repr, log or screen ever shows; `reveal()` is for signers alone.

    A copy within the process is the same object; pickle and JSON refuse it. Traces and logs leave it out (`tui.held`).
    """

    __slots__ = ("__weakref__", "_text")

    def __init__(self, text: str) -> None:
        self._text = text
        hold(self)

    def reveal(self) -> str:
        """The text itself."""
        return self._text

    def hide(self, text: str) -> str:
        """`text` without this in it, as it is, percent-encoded, in base64 or in JSON: providers quote what was sent."""
        if self._text and text:
            for spelling in sorted(set(spellings(self._text)), key=len, reverse=True):
                text = text.replace(spelling, "***")
        return text

    def __repr__(self) -> str:
        return "Secret(***)"

    def __format__(self, spec: str) -> str:
        return format(repr(self), spec)

    def __bool__(self) -> bool:
        return bool(self._text)

    def __len__(self) -> int:
        return len(self._text)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        return hash(self._text)

    def __copy__(self) -> Secret:
        return self

    def __deepcopy__(self, memo: object) -> Secret:
        return self

    def __reduce__(self) -> str:
        raise TypeError("a secret is not written anywhere")

    def __getstate__(self) -> object:
        raise TypeError("a secret is not written anywhere")


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """Who signs: a key pair with an optional STS token, or an IAM user (`domain` set, `key_id` the user's name).

    `expires_at` (epoch ms) is when a temporary key ends, as whoever gave it says; None where nobody does.
    """

    key_id: str
    secret: Secret
    token: Secret | None = None
    domain: str | None = None
    project_id: str | None = None
    expires_at: int | None = None

    def hide(self, text: str) -> str:
        """`text` without our secrets in it: providers quote what was signed, tokens included."""
        for secret in (self.secret, self.token):
            if secret:
                text = secret.hide(text)
        return text

    def __repr__(self) -> str:
        """Who signs, by the last four of the id: the whole of it is half of a key."""
        token = ", with a token" if self.token else ""
        return f"Credential({last_four(self.key_id) if self.domain is None else self.domain}{token})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One request before it is signed. `path` and `query` are percent-encoded: the signed bytes are the sent bytes.

    `origin` is scheme, host and port; `host` is the Host header to sign and send. `by_token`: what signs is a session
    token, which whoever got it renews; where it is refused, the credential is not.
    """

    action: Action
    method: str
    origin: str
    path: str
    query: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    by_token: bool = False
    sign: Signer
    judge: Judge

    @property
    def host(self) -> str:
        """Host with its port where that is not the scheme's own, as it is signed and sent."""
        return self.origin.partition("://")[2]

    @property
    def url(self) -> str:
        """The whole URL as it is sent."""
        return f"{self.origin}{self.path}?{self.query}" if self.query else self.origin + self.path


class Reply(NamedTuple):
    """What came back: header names in lower case; `json` is None where the body is no JSON (`parsed` says so).

    `at` is when it arrived (epoch ms, local clock), `skew` the provider's clock minus ours in seconds.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    json: Any = None
    parsed: bool = False
    at: int = 0
    skew: float | None = None

    @property
    def told(self) -> str:
        """What came, for a message about an answer that nobody can read: `HTTP 200 with 12 bytes of text/plain`."""
        kind = self.headers.get("content-type", "no content type").partition(";")[0][:60]
        return f"HTTP {self.status} with " + (f"{len(self.body):,} bytes of {kind}" if self.body else "an empty body")


class Signed(NamedTuple):
    """The headers (and the body, where a login puts the password there) that a signer adds."""

    headers: tuple[tuple[str, str], ...]
    body: bytes | None = None

    def __repr__(self) -> str:
        return f"Signed({', '.join(name for name, _ in self.headers)})"


Signer = Callable[[Ask, Credential, float], Signed]
"""(ask, credential, epoch seconds of the provider's clock) -> what to add. A new nonce for every call."""

Judge = Callable[[Reply], CallError | None]
"""A vendor's error table: the error of a reply, or None for a success."""

CredentialSource = Callable[[], Awaitable[Credential]]
"""Answers the credential or raises NoCredential. One that keeps what it found (`tui.credentials.kept`) has `fresh()`
too, which looks again, and `again()`, after which whoever asks gets what the source says then."""


class Call(Protocol):
    """Sends one signed request; every failure leaves it as one of our errors.

    Raises CallError (its subclasses, see errors.py) and nothing else for what a cloud or a network may do.
    """

    async def __call__(self, ask: Ask) -> Reply:
        """Sign, send, judge: a reply that is no error and whose body is JSON (or empty for a write)."""
        ...

    async def credential(self) -> Credential:
        """The account's credential; NoCredential where there is none."""
        ...
