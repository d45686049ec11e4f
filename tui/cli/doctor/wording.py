"""How a trouble is told: its line, its facts for JSON, and the way out that every command gives for it."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from tui.errors import AuthError, CallError
from tui.status import SourceStatus, Trouble, Word
from tui.ways_out import ACTIVATE, failed_step, inactive, way_out

if TYPE_CHECKING:
    from tui.trial import Sent

LOCKED = "reach the limit"  # Huawei, after more than five bad signatures (huawei.md 4.1)
PRINTED = "`taskdeck doctor --permissions` prints the policy"


def trouble_of(error: CallError) -> Trouble:
    """An error as the state of a source."""
    from tui.poller import trouble_of as made

    return made(error)


def line(trouble: Trouble) -> str:
    """WORD CODE message (request id), as on stderr."""
    request = f" ({trouble.request_id})" if trouble.request_id else ""
    return f"{trouble.word} {trouble.code or '-'} {trouble.message}{request}"


def facts(trouble: Trouble) -> Mapping[str, str | None]:
    """The same for JSON."""
    return {
        "word": trouble.word.value,
        "code": trouble.code or None,
        "message": trouble.message,
        "request_id": trouble.request_id,
    }


def way(status: SourceStatus, trouble: Trouble | None, sent: Iterable[Sent] = ()) -> str:
    """What to do about a source; where the usual words would only send one back to the doctor, what it knows."""
    if trouble is not None and trouble.word is Word.DENIED and inactive(trouble.code):
        return ACTIVATE
    if trouble is not None and trouble.word is Word.DENIED:
        return f"allow {' and '.join(denied(sent)) or 'the action'}: {PRINTED}"
    if trouble is not None and trouble.word is Word.AUTH and LOCKED in trouble.message.lower():
        return "wait 5 minutes: the provider has locked the key; then give the right one"
    if trouble is not None and trouble.kind == AuthError.__name__ and not status.keys:
        return "check the key: id and secret belong together, and it is neither deleted nor disabled"
    if trouble is not None and failed_step(trouble) == "TCP":
        return "check the route and the firewall to that host, and proxy of [network]"
    now = round(time.time() * 1000)
    return way_out(replace(status, trouble=trouble, answered_at=now), now)


def denied(sent: Iterable[Sent]) -> list[str]:
    """The permissions that some calls were refused for want of, by the vendor's name, else the operation's."""
    from tui.errors import Denied

    return sorted({one.action.permission or one.action.name for one in sent if isinstance(one.error, Denied)})


def many(count: int, what: str) -> str:
    """`1 call`, `2 calls`."""
    return f"{count} {what}" + ("" if count == 1 else "s")


def span(seconds: float) -> str:
    """`75 s`, `17 min`, `3 h`: how far two clocks are apart."""
    for size, unit in ((86_400, "days"), (3_600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return f"{round(seconds / size)} {unit}"
    return f"{round(seconds)} s"
