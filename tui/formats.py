"""Tasks as json, ndjson, csv and table (contract, sections 1 and 2)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import lru_cache
from itertools import islice
from json.encoder import encode_basestring_ascii as _text
from typing import TYPE_CHECKING, Any, TextIO

from tui.facts import Facts
from tui.model import Source, State, Task
from tui.slots import Rest
from tui.text import clean, fit, width

JSON_FIELDS = (
    "source", "adapter", "account", "region", "id", "scope", "name", "kind", "target", "state", "native_state",
    "created_at", "started_at", "ended_at", "duration_ms", "progress", "retries", "error", "request_id", "seen_at",
)  # fmt: skip
TABLE_FIELDS = ("state", "age", "dur", "source", "id", "name", "target", "error")
if TYPE_CHECKING:
    from tui.query.fields import Field

_NO_CUT = 2**31
_PADDED = 500  # cells, at most, that a short text is padded to: one endless text does not make all rows endless
_LEAST = 4  # cells of a column on the narrowest terminal
_AT_ONCE = 256  # lines that are written together: a list of 10,000 in 4 ms, one by one it is 10
_COMPACT = json.JSONEncoder(allow_nan=False)
_SGR = {"bad": "31", "live": "36", "ok": "32", "idle": "2"}


_MINUTES = tuple(f"T{number // 60:02d}:{number % 60:02d}" for number in range(1440))
_WHOLE = {number * 1000: f':{number:02d}.000Z"' for number in range(60)}


def rfc3339(millis: int | None) -> str | None:
    """Epoch milliseconds as 2026-11-21T13:52:01.000Z."""
    return None if millis is None else _moment(millis)[1:-1]


@lru_cache(4096)
def _day(days: int) -> str:
    """A day of the epoch: a list of 10,000 tasks has 40,000 times in a few of them."""
    return f'"{(date(1970, 1, 1) + timedelta(days)).isoformat()}'


def as_json(task: Task, source: Source, raw: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """One task as the object of the contract's section 2; with `raw`, the provider's row too."""
    found: dict[str, Any] = {
        "source": source.name,
        "adapter": source.adapter,
        "account": source.account,
        "region": source.region,
        "id": task.id,
        "scope": task.scope or None,
        "name": task.name,
        "kind": task.kind,
        "target": task.target,
        "state": task.state.value,
        "native_state": task.native_state,
        "created_at": rfc3339(task.created_at),
        "started_at": rfc3339(task.started_at),
        "ended_at": rfc3339(task.ended_at),
        "duration_ms": task.duration_ms,
        "progress": task.progress,
        "retries": task.retries,
        "error": task.error,
        "request_id": task.request_id,
        "seen_at": rfc3339(task.seen_at),
        "extra": dict(task.extra),
    }
    if raw is not None:
        found["raw"] = raw
    return found


def dumps(value: Any, *, indent: int | None = None) -> str:
    """JSON in ASCII: a control or bidi character of a cloud leaves as an escape, never raw."""
    try:
        return json.dumps(value, allow_nan=False, indent=indent) if indent else _COMPACT.encode(value)
    except ValueError:  # 1e999 in a provider's JSON is read as inf, which JSON cannot say
        return json.dumps(_finite(value), indent=indent)


def json_line(task: Task, source: Source) -> str:
    """`dumps(as_json(task, source))`, written directly: a third of the time, which is what a long list consists of."""
    kin, ident, state, created, started, ended, retries, error, rest, (seen, by) = task
    _, scope, native, name, kind, target = kin
    progress, extra = (rest.progress, rest.extra) if isinstance(rest, Rest) else (None, rest)
    took = task.duration_ms
    return (
        f'{_head(source)}"id": {_text(ident)}, "scope": {_text(scope) if scope else "null"}, '
        f'"name": {"null" if name is None else _text(name)}, "kind": {"null" if kind is None else _text(kind)}, '
        f'"target": {"null" if target is None else _text(target)}, "state": "{state}", '
        f'"native_state": {"null" if native is None else _text(native)}, "created_at": {_moment(created)}, '
        f'"started_at": {_moment(started)}, "ended_at": {_moment(ended)}, "duration_ms": {_number(took)}, '
        f'"progress": {_number(progress)}, "retries": {_number(retries)}, '
        f'"error": {"null" if error is None else _text(error)}, "request_id": {"null" if by is None else _text(by)}, '
        f'"seen_at": {_seen(seen)}, "extra": {_extra(extra) if extra else "{}"}}}'
    )


@lru_cache(1024)
def _head(source: Source) -> str:
    facts = {"source": source.name, "adapter": source.adapter, "account": source.account, "region": source.region}
    return dumps(facts)[:-1] + ", "


def _extra(extra: Mapping[str, Any]) -> str:
    if type(extra) is not Facts:
        return _object(extra)
    if extra.line is None:
        extra.line = _object(extra)
    return extra.line


def _object(extra: Mapping[str, Any]) -> str:
    facts = [f"{_named(name)}{_text(it) if type(it) is str else _fact(it)}" for name, it in extra.items()]
    return f"{{{', '.join(facts)}}}"


@lru_cache(64)
def _named(name: str) -> str:
    """The name of a fact: the adapters', and always the same few."""
    return f"{_text(name)}: "


def _fact(value: Any) -> str:
    """A value as JSON. Most facts are texts, numbers and lists of texts, which need no encoder."""
    if type(value) is int:
        return str(value)
    if type(value) is list:
        try:
            return f"[{', '.join(map(_text, value))}]"
        except TypeError:  # something else than texts
            pass
    return dumps(value)


def _moment(millis: int | None) -> str:
    """A time as JSON. From tables, for a list of 10,000 tasks has 40,000; not cached: they rarely repeat."""
    if millis is None:
        return "null"
    days, rest = divmod(millis, 86_400_000)
    minute, rest = divmod(rest, 60_000)
    end = _WHOLE.get(rest) or f':{rest // 1000:02d}.{rest % 1000:03d}Z"'  # most providers say whole seconds
    return f"{_day(days)}{_MINUTES[minute]}{end}"


@lru_cache(64)
def _seen(millis: int) -> str:
    """When a task was read: all tasks of one page have this time."""
    return _moment(millis)


def _number(number: int | float | None) -> str:
    if number is None:
        return "null"
    return str(number) if type(number) is int else dumps(number)


def write_lines(lines: Iterable[str], out: TextIO, *, array: bool = False) -> None:
    """JSON texts, one a line; as one array with `array`."""
    if not array:
        rest = iter(lines)
        while some := list(islice(rest, _AT_ONCE)):
            out.write("\n".join(some) + "\n")
        return
    before = "[\n"
    for line in lines:
        out.write(before + line)
        before = ",\n"
    out.write("[]\n" if before == "[\n" else "\n]\n")


def write_csv(objects: Iterable[Mapping[str, Any]], columns: Sequence[str], out: TextIO) -> None:
    """Header and rows after RFC 4180; a text that a spreadsheet would run begins with a quote."""
    import csv

    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    for one in objects:
        writer.writerow([_cell(one.get(name)) for name in columns])


def write_table(
    tasks: Sequence[Task],
    sources: Mapping[str, Source],
    columns: Sequence[str],
    out: TextIO,
    *,
    now: int,
    cells: int | None = None,
    colour: bool = False,
) -> None:
    """Aligned columns. `cells` is the width of a terminal to fit into; None leaves every text whole."""
    from tui.query.fields import field

    fields = [field(name) for name in columns]
    rows = [
        [clean(one.text(task, sources[task.source], now) or "-", limit=_NO_CUT) for one in fields] for task in tasks
    ]
    widths = _widths(fields, columns, rows, cells)
    for row, task in _rows(columns, rows, tasks):
        line = "  ".join(
            fit(text, size if cells is not None else max(size, width(text)), right=right, middle=middle)
            for text, (size, right, middle) in zip(row, widths, strict=True)
        ).rstrip()
        if colour and task is not None:
            line = painted(line, task.state)
        elif colour:
            line = f"\x1b[1m{line}\x1b[0m"
        out.write(line + "\n")


def painted(line: str, state: State) -> str:
    """A line in the colour of a state."""
    return f"\x1b[{_SGR[_tone(state)]}m{line}\x1b[0m"


def _rows(
    columns: Sequence[str], rows: Sequence[Sequence[str]], tasks: Sequence[Task]
) -> Iterator[tuple[Sequence[str], Task | None]]:
    yield [name.upper() for name in columns], None
    yield from zip(rows, tasks, strict=True)


def _widths(
    fields: Sequence[Field], columns: Sequence[str], rows: Sequence[Sequence[str]], cells: int | None
) -> list[tuple[int, bool, bool]]:
    """For each column its cells, whether it is right-aligned, whether it is cut in the middle."""
    wanted = [max([width(columns[at]), *(width(row[at]) for row in rows)]) for at in range(len(columns))]
    if cells is None:
        wanted = [min(one, _PADDED) for one in wanted]
    else:
        spare = sum(wanted) + 2 * (len(wanted) - 1) - cells
        while spare > 0 and max(wanted) > _LEAST:  # the widest column gives first: ids and errors, never states
            widest = wanted.index(max(wanted))
            cut = min(spare, max(1, wanted[widest] - max([_LEAST, *sorted(wanted)[-2:-1]])))
            wanted[widest] -= cut
            spare -= cut
    right = [one.kind in ("duration", "age", "number") for one in fields]
    middle = [one.name == "id" for one in fields]
    return list(zip(wanted, right, middle, strict=True))


def _tone(state: State) -> str:
    if state.bad:
        return "bad"
    if state is State.SUCCEEDED:
        return "ok"
    return "live" if state.live else "idle"


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        return dumps(value)
    text = clean(value, limit=_NO_CUT)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@") else text


def _finite(value: Any) -> Any:
    """The value with null for what JSON cannot say; by the decoder, which goes as deep as it went for the answer."""
    return json.loads(json.dumps(value), parse_constant=lambda name: None)
