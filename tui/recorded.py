"""Recorded: what `tail -o ndjson` has written, read back as values. Pure; a recording is foreign text."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple, NoReturn

from tui.facts import shallow
from tui.model import NO_EXTRA, Source, State, Task, TaskKey
from tui.status import Word

LINE = 4_000_000  # characters of one: no task is longer, and what is no recording may be one endless line
MOST = 2**63  # beyond any count; an integer of 400 digits is no float, and arithmetic with it ends
_FACTS: Mapping[str, type] = {
    **dict.fromkeys(("fc.instance", "os.generation", "tat.invocation", "tat.command", "tat.by"), str),
    **dict.fromkeys(("kps.server", "kps.keypair"), str),
    **dict.fromkeys(("fc.events", "tat.exit"), int),
    "os.metrics": dict,
    "mps.subtasks": list,
}
_EVENTS = frozenset({"seen", "new", "changed", "gone"})
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LAST = datetime(9999, 12, 31, 23, 59, 59, 999_999, UTC)
_FIRST = datetime(1, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


_DECODER = json.JSONDecoder(parse_constant=_no_constant)  # no NaN: nothing can be sorted by it


class Sighted(NamedTuple):
    """A task as it was from some moment on (epoch ms)."""

    at: int
    source: Source
    task: Task


class Said(NamedTuple):
    """A source whose word became another one (epoch ms)."""

    at: int
    source: str
    word: Word
    code: str = ""
    message: str = ""
    request_id: str | None = None


class Recording(NamedTuple):
    """All of it, in the order of the file; no moment is before the one above it. `unread` counts lines of no sense."""

    events: tuple[Sighted | Said, ...]
    sources: Mapping[str, Source]
    unread: int = 0


class Unreadable(ValueError):
    """A line that no recording has."""


def recording(lines: Iterable[str]) -> Recording:
    """Reads lines: one that was torn off by the end of a disk, or edited, is counted and left out."""
    events: list[Sighted | Said] = []
    sources: dict[str, Source] = {}
    unread = at = 0
    for line in lines:
        if not line.strip():
            continue
        try:
            event = event_of(line)
        except Unreadable:
            unread += 1
            continue
        at = max(at, event.at)  # a task that was settled late was seen before what stands above it
        if isinstance(event, Sighted):
            known = sources.setdefault(event.source.name, event.source)
            event = event._replace(source=known)
        events.append(event._replace(at=at))
    for name in dict.fromkeys(event.source for event in events if isinstance(event, Said)):
        sources.setdefault(name, Source(name, "", "", ""))  # one that never showed a task: nobody says whose it is
    return Recording(tuple(events), sources, unread)


def event_of(line: str) -> Sighted | Said:
    """One line. Raises Unreadable."""
    try:
        told = _DECODER.decode(line[:LINE])
    except (ValueError, RecursionError):
        raise Unreadable("no JSON") from None
    if not isinstance(told, dict):
        raise Unreadable("no object")
    if told.get("event") == "source":
        return _said(told)
    if told.get("event") not in _EVENTS:
        raise Unreadable("no event")
    return _sighted(told)


def _said(told: Mapping[str, Any]) -> Said:
    try:
        word = Word(_text(told, "word"))
    except ValueError:
        raise Unreadable("no word of a source") from None
    code, message = _maybe(told, "code") or "", _maybe(told, "message") or ""
    return Said(_moment(told, "at"), _text(told, "source"), word, code, message, _maybe(told, "request_id"))


def _sighted(told: Mapping[str, Any]) -> Sighted:
    try:
        state = State(_text(told, "state"))
    except ValueError:
        raise Unreadable("no state") from None
    source = Source(*(_text(told, name) for name in ("source", "adapter", "account", "region")))
    progress = _number(told, "progress")
    if progress is not None and not 0 <= progress <= 100:
        raise Unreadable("no part of a hundred")
    task = Task(
        key=TaskKey(source.name, _maybe(told, "scope") or "", _text(told, "id")),
        state=state,
        native_state=_maybe(told, "native_state"),
        name=_maybe(told, "name"),
        kind=_maybe(told, "kind"),
        target=_maybe(told, "target"),
        created_at=_when(told, "created_at"),
        started_at=_when(told, "started_at"),
        ended_at=_when(told, "ended_at"),
        duration_ms=_whole(told, "duration_ms"),
        progress=progress,
        retries=_whole(told, "retries"),
        error=_maybe(told, "error"),
        extra=_extra(told.get("extra")),
        seen_at=_moment(told, "seen_at"),
        request_id=_maybe(told, "request_id"),
    )
    return Sighted(task.seen_at, source, task)


def _extra(facts: object) -> Mapping[str, Any]:
    """The facts of one provider: those of ours are of their own kind, for tasks are sorted and grouped by them."""
    if not isinstance(facts, dict) or not facts:
        return NO_EXTRA
    if not all(map(shallow, facts.values())):
        raise Unreadable("too deep")
    if any(type(facts[name]) is not _FACTS[name] for name in facts.keys() & _FACTS.keys()):
        raise Unreadable("a fact of another kind")
    return facts


def _text(told: Mapping[str, Any], name: str) -> str:
    found = told.get(name)
    if not isinstance(found, str):
        raise Unreadable(f"{name} is no text")
    return found


def _maybe(told: Mapping[str, Any], name: str) -> str | None:
    return None if told.get(name) is None else _text(told, name)


def _number(told: Mapping[str, Any], name: str) -> float | None:
    found = told.get(name)
    if found is None:
        return None
    if isinstance(found, bool) or not isinstance(found, int | float) or not -MOST < found < MOST:
        raise Unreadable(f"{name} is no number")
    return found


def _whole(told: Mapping[str, Any], name: str) -> int | None:
    found = _number(told, name)
    if isinstance(found, float):
        raise Unreadable(f"{name} is no whole number")
    return found


def _moment(told: Mapping[str, Any], name: str) -> int:
    """Epoch milliseconds of 2026-11-21T13:52:01.000Z."""
    try:
        moment = datetime.fromisoformat(_text(told, name))
    except ValueError:
        raise Unreadable(f"{name} is no time") from None
    if moment.tzinfo is None:
        raise Unreadable(f"{name} has no zone")
    if not _FIRST <= moment <= _LAST:  # in its own zone it is a year that there is, in ours it would be 0 or 10000
        raise Unreadable(f"{name} is no time")
    return (moment - _EPOCH) // _MILLISECOND


def _when(told: Mapping[str, Any], name: str) -> int | None:
    return None if told.get(name) is None else _moment(told, name)
