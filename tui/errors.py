"""Every way a call or a command can end badly.

TaskdeckError
  ConfigError          the user's file is wrong: where, and what was meant
  UsageError           the command line is wrong
  CallError            .code .message .request_id .http_status
    AuthError          wrong, expired or locked credential, or refused signature: stop calling, ask
    Denied             this action only
    Throttled          .retry_after
    ClockSkew          .offset: re-signed once already
    NotFound           a function, app, project, instance or task the provider does not know
    NoCredential       no key: says how to give one
    BadRequest         we asked wrongly: our bug or the user's scope
    Unavailable        no connection, time-out, TLS, 5xx: try again later
    Malformed          an answer of the wrong shape
    WriteRefused       a request that changes something, without a grant
"""

from __future__ import annotations


class TaskdeckError(Exception):
    """The root of all errors that are ours."""


class ConfigError(TaskdeckError):
    """The user's config is wrong; the text is one line with file, line and key."""


class UsageError(TaskdeckError):
    """The command line asks for something that does not exist or does not fit."""


class CallError(TaskdeckError):
    """A request that ended badly, translated once, at the border."""

    def __init__(
        self, message: str, *, code: str = "", request_id: str | None = None, http_status: int | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.request_id = request_id
        self.http_status = http_status

    def reword(self, message: str) -> None:
        """Says it in other words everywhere: in `message`, in str() and in repr()."""
        self.message = message
        self.args = (message,)


class AuthError(CallError):
    """Key, token or signature rejected: no further call until the credential changes."""


class Denied(CallError):
    """The identity is known, the action is not allowed."""


class Throttled(CallError):
    """Too many requests; `retry_after` in seconds where the provider gave a hint."""

    retry_after: float | None = None


class ClockSkew(CallError):
    """The timestamp is outside the provider's window; `offset` = server minus local clock, in seconds."""

    offset: float | None = None


class NotFound(CallError):
    """The provider does not know the function, app, project, instance or task."""


class NoCredential(CallError):
    """There is no key for this account; the message says how to give one."""

    def anew(self) -> NoCredential:
        """The same without its trace, whose frames may hold a secret: for whoever keeps it, or raises it once more."""
        return NoCredential(self.message, code=self.code)


class BadRequest(CallError):
    """Wrong or conflicting parameters: a configuration or program error."""


class Unavailable(CallError):
    """Server or network trouble; `retry_after` in seconds where the provider gave a hint."""

    retry_after: float | None = None


class Malformed(CallError):
    """A 2xx answer that nobody can read."""


class WriteRefused(CallError):
    """A request of kind `write` without `write = true` or `--write`."""
