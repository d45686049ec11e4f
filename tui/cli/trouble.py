"""How a failed source is said on stderr: `taskdeck: SOURCE: WORD CODE message (request id)`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.cli import say
from tui.cli.exits import Exit, code_of
from tui.errors import CallError, NoCredential
from tui.status import Word

if TYPE_CHECKING:
    from tui.poller import Poller
    from tui.reading import Outcome


def report(poller: Poller, outcome: Outcome | None, said: dict[str, str]) -> Exit | None:
    """Says how one read of a source failed, if it did, and answers its code. Why there is no key is `said` once."""
    from tui.logs import place
    from tui.poller import gravest

    name = poller.source.name
    if outcome is None:
        say(f"taskdeck: {name}: {Word.ERROR} bug a bug in taskdeck; the trace is in {place()}")
        return Exit.BUG
    error = gravest(outcome.errors)
    if error is not None:
        first = said.setdefault(error.message, name) if isinstance(error, NoCredential) else name
        line = line_of(error, outcome.missing if outcome.pages else ())
        say(f"taskdeck: {name}: {line if first == name else line.replace(error.message, f'as {first}')}")
        return code_of(error)
    if outcome.missing:
        say(f"taskdeck: {name}: {Word.PARTIAL} {not_read(outcome.missing)}")
        return Exit.PARTIAL
    return None


def line_of(error: CallError, missing: tuple[str, ...] = ()) -> str:
    """WORD CODE message (request id), and which lists are missing."""
    from tui.poller import word_of

    code = error.code or (f"HTTP{error.http_status}" if error.http_status else "-")
    where = f" [{not_read(missing)}]" if missing else ""
    return f"{word_of(error)} {code} {error.message}{where}" + (f" ({error.request_id})" if error.request_id else "")


def not_read(missing: tuple[str, ...]) -> str:
    """Which lists are missing: the first few of them."""
    return "not read: " + ", ".join(missing[:5]) + (f" and {len(missing) - 5} more" if len(missing) > 5 else "")
