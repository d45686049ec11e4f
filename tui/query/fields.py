"""The fields of the filter language: what `name:` filters by, `sort:` sorts by and `--columns` prints."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from typing import Any

from tui.errors import UsageError
from tui.model import Source, State, Task
from tui.query.signature import cause
from tui.query.values import show_duration, show_time

Raw = str | int | float | None
Get = Callable[[Task, Source, int], Raw]

# The order of an operator: what wants an eye first, what is over and fine last.
RANK: Mapping[str, int] = {
    state: rank
    for rank, state in enumerate(
        (
            State.FAILED,
            State.EXPIRED,
            State.VANISHED,
            State.UNKNOWN,
            State.RETRYING,
            State.STOPPING,
            State.RUNNING,
            State.QUEUED,
            State.CANCELLED,
            State.SUCCEEDED,
        )
    )
}


class Kind(StrEnum):
    """What a field holds: it decides which operators and values fit."""

    TEXT = "text"
    STATE = "state"
    SOURCE = "source"
    NUMBER = "number"
    DURATION = "duration"
    AGE = "age"
    TIME = "time"
    EXTRA = "extra"  # of an adapter this table does not know: a number or a text, whatever the row holds


@dataclass(frozen=True, slots=True)
class Field:
    """One field: `get` gives what the task holds, verbatim; texts for people come from `text`."""

    name: str
    kind: Kind
    get: Get = dataclasses.field(compare=False, repr=False)
    doc: str
    aliases: tuple[str, ...] = ()

    def value(self, task: Task, source: Source, now: int) -> Any:
        """What to sort by, None where the task has none: a state by RANK (bad first), texts without case."""
        raw, kind = self.get(task, source, now), self.kind
        if kind is Kind.STATE:
            return RANK[raw]  # type: ignore[index]  # a state
        if kind is Kind.EXTRA:
            return None if raw is None else (isinstance(raw, str), raw)
        return raw.casefold() if isinstance(raw, str) else raw

    def text(self, task: Task, source: Source, now: int) -> str | None:
        """What a column prints, verbatim (foreign): times as RFC 3339, ages and durations as `3m02s`."""
        raw = self.get(task, source, now)
        if raw is None or isinstance(raw, str):
            return raw
        if self.kind is Kind.TIME:
            return show_time(int(raw))
        if self.kind in (Kind.AGE, Kind.DURATION) and not self.name.endswith("_ms"):
            return show_duration(raw)
        return f"{raw:.15g}" if isinstance(raw, float) else str(raw)


def _plain(name: str) -> Get:
    def get(task: Task, source: Source, now: int) -> Raw:
        value: Raw = getattr(task, name)
        return value

    return get


def _of(adapters: tuple[str, ...], name: str) -> Get:
    def get(task: Task, source: Source, now: int) -> Raw:
        value: Raw = getattr(task, name) if source.adapter in adapters else None
        return value

    return get


def _extra(name: str) -> Get:
    def get(task: Task, source: Source, now: int) -> Raw:
        value = task.extra.get(name)
        if value is None or isinstance(value, str | int | float):
            return value
        return as_json(value)

    return get


def as_json(value: object) -> str:
    """A list or an object as one line of JSON."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)


def _queue(task: Task, source: Source, now: int) -> Raw:
    """How long it waited: started - created."""
    if task.created_at is None or task.started_at is None or task.started_at < task.created_at:
        return None
    return task.started_at - task.created_at


_FC, _OS, _TAT, _KPS = "alibaba-fc", "alibaba-opensearch", "tencent-tat", "huawei-kps"
_TABLE = (
    # The names of one task as JSON, in its order.
    Field("source", Kind.SOURCE, lambda t, s, n: s.name, "source name, adapter id or its short code", ("src",)),
    Field("adapter", Kind.TEXT, lambda t, s, n: s.adapter, "adapter id: alibaba-fc, tencent-tat"),
    Field("account", Kind.TEXT, lambda t, s, n: s.account, "account of the source", ("acct",)),
    Field("region", Kind.TEXT, lambda t, s, n: s.region, "region of the source, empty where it has none"),
    Field("id", Kind.TEXT, lambda t, s, n: t.id, "the provider's id, verbatim"),
    Field("scope", Kind.TEXT, lambda t, s, n: t.scope or None, "what the id is unique within"),
    Field("name", Kind.TEXT, _plain("name"), "function, task type, command or operation"),
    Field("kind", Kind.TEXT, _plain("kind"), "async-task, training, a task or command type, keypair"),
    Field("target", Kind.TEXT, _plain("target"), "what it works on: qualifier, instance, server"),
    Field("state", Kind.STATE, _plain("state"), "state, screen word or group"),
    Field("native_state", Kind.TEXT, _plain("native_state"), "the provider's own word, verbatim", ("native",)),
    Field("created_at", Kind.TIME, _plain("created_at"), "when it was created", ("created",)),
    Field("started_at", Kind.TIME, _plain("started_at"), "when it started", ("started",)),
    Field("ended_at", Kind.TIME, _plain("ended_at"), "when it ended", ("ended",)),
    Field("duration_ms", Kind.DURATION, _plain("duration_ms"), "how long it took; none while it runs"),
    Field("progress", Kind.NUMBER, _plain("progress"), "percent, 0 to 100"),
    Field("retries", Kind.NUMBER, _plain("retries"), "retries so far", ("try",)),
    Field("error", Kind.TEXT, _plain("error"), "what went wrong, of failed and expired tasks"),
    Field("request_id", Kind.TEXT, _plain("request_id"), "request id of the call that last showed it", ("req",)),
    Field("seen_at", Kind.TIME, _plain("seen_at"), "when we last saw it", ("seen",)),
    # Derived.
    Field("age", Kind.AGE, lambda t, s, n: max(0, n - t.since), "time since it ended, else started, else was created"),
    Field("dur", Kind.DURATION, lambda t, s, n: t.running_ms(n), "how long it took, or has been running"),
    Field("queue", Kind.DURATION, _queue, "how long it waited: started - created"),
    Field("fn", Kind.TEXT, _of((_FC, _OS), "name"), "name of a Function Compute or OpenSearch function"),
    Field("op", Kind.TEXT, _of((_KPS,), "name"), "name of a KPS operation: RESET, REPLACE, UNBIND"),
    Field("inst", Kind.TEXT, _of((_TAT,), "target"), "instance of a TAT command"),
    Field("cause", Kind.TEXT, lambda t, s, n: cause(t), "why it is bad: the error without ids, numbers, times, paths"),
    # Facts of one provider only.
    Field("fc.instance", Kind.TEXT, _extra("fc.instance"), "instance that ran it"),
    Field("fc.events", Kind.NUMBER, _extra("fc.events"), "how many events it has had"),
    Field("os.generation", Kind.TEXT, _extra("os.generation"), "generation it trains"),
    Field("os.metrics", Kind.TEXT, _extra("os.metrics"), "its metrics, as JSON"),
    Field("tat.exit", Kind.NUMBER, _extra("tat.exit"), "exit code of the command"),
    Field("tat.invocation", Kind.TEXT, _extra("tat.invocation"), "invocation it belongs to"),
    Field("tat.command", Kind.TEXT, _extra("tat.command"), "command id", ("cmd",)),
    Field("tat.by", Kind.TEXT, _extra("tat.by"), "who started it: InvocationSource"),
    Field("mps.subtasks", Kind.TEXT, _extra("mps.subtasks"), "its subtasks, as JSON"),
    Field("kps.server", Kind.TEXT, _extra("kps.server"), "server id"),
    Field("kps.keypair", Kind.TEXT, _extra("kps.keypair"), "key pair"),
)
FIELDS: Mapping[str, Field] = {each.name: each for each in _TABLE}
EXTRA = Field("extra", Kind.TEXT, lambda t, s, n: as_json(dict(t.extra)), "all facts of one provider, as JSON")
NAMES: Mapping[str, Field] = {name: each for each in (*_TABLE, EXTRA) for name in (each.name, *each.aliases)}
PREFIXES = frozenset(name.split(".")[0] for name in FIELDS if "." in name)
SCREEN = ("new", "mark", "pin")


def field(name: str) -> Field:
    """The field of a JSON name, a short form or a dotted extra; UsageError names the nearest known one.

    Dotted names under a prefix that no field here has belong to an adapter of someone's own: any of them will do.
    """
    known = NAMES.get(name) or NAMES.get(name.lower())
    if known is not None:
        return known
    prefix, _, rest = name.partition(".")
    if prefix.isidentifier() and rest.isidentifier() and prefix.lower() not in PREFIXES and not _slip(name):
        return Field(name, Kind.EXTRA, _extra(name), "a fact of one adapter")
    raise UsageError(f"{name}: no such field{nearest(name.lower(), (*NAMES, *SCREEN))}")


def _slip(name: str) -> bool:
    """Whether a dotted name is a known one with a slip of the finger in it."""
    return bool(get_close_matches(name.lower(), FIELDS, 1, 0.85))


def nearest(word: str, known: tuple[str, ...]) -> str:
    """`; did you mean x?`, or nothing where nothing is near."""
    close = get_close_matches(word[:40], known, 1, 0.5)
    return f"; did you mean {close[0]}?" if close else ""


def short(adapter: str) -> str:
    """The short code of an adapter on the screen: what follows the vendor (`tencent-tat` is TAT)."""
    last = adapter.rpartition("-")[2].upper()
    return "OS" if last == "OPENSEARCH" else last


def texts(task: Task, source: Source) -> list[str]:
    """What a bare word searches: every text, id and name of the task and its source, but not its state."""
    known = (
        task.id,
        task.name,
        task.target,
        task.error,
        task.native_state,
        task.kind,
        task.scope,
        source.name,
        source.account,
        source.region,
        task.request_id,
        *task.extra.values(),
    )
    return [text for text in known if text and isinstance(text, str)]


def haystack(task: Task, source: Source) -> str:
    """`texts` in one piece without case, a line for each. Of many tasks `Words` keeps it."""
    return "\n".join(texts(task, source)).casefold()
