"""All that is known of one source, as lines. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from textual.strip import Strip

from tui.status import SourceStatus, Word
from tui.text import clean, fit
from tui.ui import when
from tui.ui.events import text
from tui.ui.health import BAR, About, ago
from tui.ui.ink import Ink, between
from tui.ui.titles import SINCE, STOPPED, Pen, ending, paces, said, skewed
from tui.ui.wrapping import few, wrapped
from tui.ways_out import failed_step, way_out

TWO_COLUMNS = 76
LABEL = 13
MESSAGE = 4  # lines of what a provider said, one where there are fewer than ROOMY
ROOMY = 12


def sheet(status: SourceStatus, about: About, cells: int, height: int) -> list[Strip]:
    """All that is known of one source: how it is, what to do, the figures, the last error, what it went through."""
    look = about.pen.look
    parts = [[*_state(status, about, cells, height)], _figures(status, about, cells), [*_more(status, about, cells)]]
    log = [*_lately(status, about, cells)]
    spare = height - 1 - sum(len(part) for part in parts)
    if log and spare >= 3:
        parts.append(log[: spare - 1])
        spare -= len(parts[-1])
    lines: list[Ink] = []
    for at, part in enumerate(part for part in parts if part):
        if at and spare > 0:
            lines.append(Ink())
            spare -= 1
        lines += part
    title = _title(status, about, cells).strip(cells, look["title"])
    return [title, *(ink.strip(cells) for ink in lines)][:height]


def _title(status: SourceStatus, about: About, cells: int) -> Ink:
    look, source, now = about.pen.look, status.source, about.pen.now
    where = "  ".join(part for part in (about.short(status), clean(source.account), clean(source.region)) if part)
    left = Ink().add(f" {clean(source.name)}", look["key"]).add(f"   {where}")
    if status.answered_at is None:
        return between(left, Ink().add("no answer yet ", look["dim"]), cells)
    told = f"answered {ago(status.answered_at, status, now)} ago "
    return between(left, Ink().add(told, look["dim"]), cells)


def _state(status: SourceStatus, about: About, cells: int, height: int) -> Iterator[Ink]:
    pen, word, trouble = about.pen, status.word(about.pen.now), status.trouble
    tone = pen.look[pen.word_token(word)]
    for at, line in enumerate(wrapped(_sentence(status, pen), max(8, cells - 4))):
        yield Ink().add(f" {pen.glyphs.words[word]} " if at == 0 else "   ", tone).add(line, tone)
    if trouble is not None and trouble.message:
        told = clean(trouble.message + _request(trouble.request_id))
        for line in few(told, max(8, cells - 4), MESSAGE if height >= ROOMY else 1):
            yield Ink().add(f"   {line}", pen.look["text"])
    yield from _long("way out", way_out(status, pen.now, screen=True), pen, cells, "mark")


def _sentence(status: SourceStatus, pen: Pen) -> str:
    """`THROTTLED until 14:02:31 (Throttling), 38s to go, interval 15s -> 60s`."""
    word, trouble, until = status.word(pen.now), status.trouble, status.retry_at(pen.now)
    code = f" ({clean(trouble.code)})" if trouble is not None and trouble.code else ""
    since = f" since {pen.time(status.wrong_since)}" if status.wrong_since is not None and word in SINCE else ""
    if word is Word.THROTTLED:
        told = f" until {pen.time(until)}{code}, {when.until(until - pen.now)} to go" if until else code
        return f"{word}{told}, interval {paces(status)}"
    if word in STOPPED:
        return f"{word}{since}{code}: calls have stopped, r tries again"
    if word is Word.OFFLINE and trouble is not None:
        again = f", tried again in {when.until(until - pen.now)}" if until else ""
        return f"{word}{since}, {failed_step(trouble)}{code}{again}"
    if word is Word.LOADING:
        return (
            f"{word}: reading page {status.pages_read + 1}, {status.rows_read:,} rows" if status.reading else word.value
        )
    if word is Word.EMPTY:
        return f"{word}: the read was whole and found no task"
    if word in (Word.SLOW, Word.STALE):
        return f"{word}: the last answer is older than {'2' if word is Word.SLOW else '5'} intervals"
    if word is Word.PARTIAL:
        return f"{word}: {status.tasks:,}+ rows, not all were read"
    return f"{word}{code}"


def _figures(status: SourceStatus, about: About, cells: int) -> list[Ink]:
    pen = about.pen
    used, asked = status.budget, f"{status.interval:g}s"
    facts = [
        ("last answer", _moment(status.answered_at, pen, "none yet")),
        ("rows", f"{status.tasks:,}" + ("+" if status.missing else "")),
        ("whole read", _moment(status.whole_at, pen, "none yet")),
        ("calls", _calls(status, pen)),
        ("next read", _coming(status, pen)),
        ("budget used", "-" if used is None else f"{pen.glyphs.bar(used * 100, BAR)} {used:.0%}"),
        ("interval", f"{asked} asked, {status.pace:.0f}s now" if status.pace > status.interval else asked),
        ("clock", _clock(status)),
    ]
    if cells < TWO_COLUMNS:
        return [_fact(label, told, pen, cells) for label, told in (*facts[::2], *facts[1::2])]
    half = cells // 2
    pairs = zip(facts[::2], facts[1::2], strict=True)
    return [_fact(*left, pen, half).fill(half).extend(_fact(*right, pen, cells - half)) for left, right in pairs]


def _calls(status: SourceStatus, pen: Pen) -> str:
    if status.word(pen.now) in STOPPED:
        return f"none now, {status.calls:,} in the last round" if status.calls else "none now"
    return f"{status.calls:,} a round" + (f", {status.by_id:,} by id" if status.by_id else "")


def _clock(status: SourceStatus) -> str:
    if status.skew is None:
        return "not compared yet"
    off = when.age(round(abs(status.skew) * 1000))
    side = "behind" if status.skew > 0 else "ahead of"
    return f"{off} {side} the provider's" if skewed(status) else "right within a minute"


def _coming(status: SourceStatus, pen: Pen) -> str:
    if status.reading:
        return f"reading page {status.pages_read + 1}, {status.rows_read:,} rows"
    if status.word(pen.now) in STOPPED:
        return "none: calls have stopped"
    if status.next_at is None:
        return "-"
    return f"{pen.time(status.next_at)}   in {when.until(status.next_at - pen.now)}"


def _more(status: SourceStatus, about: About, cells: int) -> Iterator[Ink]:
    """What may be long."""
    pen, last = about.pen, status.last_trouble
    yield from _long("not read", clean(", ".join(status.missing)), pen, cells, "age.slow")
    yield from _long("asks only for", clean(", ".join(status.pushed)), pen, cells)
    yield from _long("key from", _key_place(status), pen, cells)
    if status.expires_at is not None:
        left = status.expires_at - pen.now
        told = f"{pen.time(status.expires_at)}   {f'in {when.until(left)}' if left > 0 else 'it has ended'}"
        yield from _long("key ends", told, pen, cells, "age.slow" if ending(status, pen) else "text")
    if last is not None:
        at = f"{_moment(status.troubled_at, pen, '')}   " if status.troubled_at is not None else ""
        yield from _long("last error", clean(f"{at}{last.word} {said(last)}{_request(last.request_id)}"), pen, cells)


def _key_place(status: SourceStatus) -> str:
    """Where the key comes from, and what should be said of that place."""
    kind, _, name = status.credentials.partition(":")
    places = {"keyring": "the OS keyring", "vault": "the vault", "command": "the command in the config"}
    place = f"profile {name} of the vendor's CLI" if kind == "profile" else places.get(kind, "")
    place = ", ".join(status.keys) or place
    return clean("; ".join(part for part in (place, status.key_note) if part))


def _lately(status: SourceStatus, about: About, cells: int) -> Iterator[Ink]:
    """The changes of its word in this run, newest first."""
    pen = about.pen
    for event in about.log:
        if event.source == status.source.name and isinstance(event.what, Word):
            ink = Ink().add(f" {pen.time(event.at)} ", pen.look["dim"])
            ink.add(pen.worded(event.what), pen.look[pen.word_token(event.what)]).fill(22)
            yield ink.add(text(event._replace(source=""), pen, about.legend), pen.look["text"])


def _moment(at: int | None, pen: Pen, never: str) -> str:
    if at is None:
        return never
    ms = pen.now - at
    return f"{pen.time(at)}   {'<10s' if ms < 10_000 else when.read_age(ms, 0)} ago"


def _request(request_id: str | None) -> str:
    return f" (request {request_id})" if request_id else ""


def _fact(label: str, told: str, pen: Pen, cells: int) -> Ink:
    room = max(4, cells - LABEL - 3)
    return Ink().add(f" {label:<{LABEL}} ", pen.look["dim"]).add(fit(told, room).rstrip(), pen.look["text"])


def _long(label: str, told: str, pen: Pen, cells: int, tone: str = "text") -> Iterator[Ink]:
    """A fact in as many lines as it needs, none where there is nothing."""
    for at, line in enumerate(few(told, max(8, cells - LABEL - 3), MESSAGE) if told else ()):
        begin = f" {label:<{LABEL}} " if at == 0 else " " * (LABEL + 2)
        yield Ink().add(begin, pen.look["dim"]).add(line, pen.look[tone])
