"""What the error tables of all vendors have in common: the class of an HTTP status, and how an error is filled."""

from __future__ import annotations

from collections.abc import Mapping

from tui.calls import Reply
from tui.errors import AuthError, BadRequest, CallError, ClockSkew, Denied, NotFound, Throttled, Unavailable
from tui.mask import inside

_STATUSES: Mapping[int, type[CallError]] = {
    401: AuthError,
    403: Denied,
    404: NotFound,
    408: Unavailable,
    429: Throttled,
    499: Unavailable,
}


def by_status(status: int) -> type[CallError]:
    """The class of a failure whose code says nothing."""
    return _STATUSES.get(status) or (BadRequest if 400 <= status < 500 else Unavailable)


def filled(
    kind: type[CallError],
    reply: Reply,
    message: str,
    *,
    code: str,
    request_id: str | None,
    wait: float | None = None,
) -> CallError:
    """An error with all that its reply says; `wait`: the provider's hint in seconds."""
    error = kind(inside(message), code=code, request_id=request_id, http_status=reply.status)
    if isinstance(error, ClockSkew):
        error.offset = reply.skew
    elif isinstance(error, Throttled | Unavailable):
        error.retry_after = wait if wait is not None and wait > 0 else None
    return error
