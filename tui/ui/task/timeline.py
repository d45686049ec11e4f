"""Timeline: each moment known of a task, with how it is known. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from tui.mask import inside
from tui.model import State, Task
from tui.seen import Sight
from tui.text import clean, fit, width
from tui.ui import when
from tui.ui.ink import Ink
from tui.ui.task.about import About, Line
from tui.ui.themes import TONES
from tui.ui.titles import Pen
from tui.ui.wrapping import wrapped

EVENTS = 500  # of a provider that are shown: the newest
TIMES = ("timestamp", "eventTime", "time", "createTime", "startTime")
WORDS = ("status", "eventName", "type", "name", "eventDetail")
GUESSED, SAID, SAW = "from the times that the provider gives (?)", "the provider's own event", "seen"
TIME, AFTER, STATE = 24, 9, 26  # cells of the columns; the state's is narrower where that leaves less than
HOW = 43  # for how it is known
NEAR = 2_000  # ms within which an event of the provider and a time it gives are one moment


class Moment(NamedTuple):
    """What a task was at some time (epoch ms); `sure` is False where only a timestamp says so."""

    at: int
    word: str
    state: State | None
    how: str
    sure: bool = True


def moments(task: Task, sights: Sequence[Sight], answer: Any = None) -> list[Moment]:
    """All of them, oldest first. A time that an event of the provider tells as well is told by the event."""
    found = [_saw(sight) for sight in sights]
    # the provider's word of an event means no other state than the same word of the task
    events = [one._replace(state=task.state) if one.word == task.native_state else one for one in _events(answer)]
    found += events
    final = task.state if task.state.final else None
    times = (
        (task.created_at, "created", None),
        (task.started_at, "started", State.RUNNING),
        (task.ended_at, task.native_state or "ended", final),
    )
    for at, word, state in times:
        if at is not None and not any(abs(one.at - at) <= NEAR for one in events):
            found.append(Moment(at, word, state, GUESSED, sure=False))
    if not sights:
        found.append(Moment(task.seen_at, task.native_state or task.state.value, task.state, f"{SAW} so, last"))
    return sorted(found, key=lambda one: one.at)


def _saw(sight: Sight) -> Moment:
    told = f"{SAW} in the list" if sight.how == "list" else f"{SAW} by id"
    if sight.since is not None:
        told += f"; {when.took(max(0, sight.at - sight.since))} before it was not so yet"
    return Moment(sight.at, sight.native or sight.state.value, sight.state, told)


def _events(answer: Any) -> Iterator[Moment]:
    """The events of a detail answer, wherever it has them: objects with a time and a word."""
    for place in (answer, *(answer.values() if isinstance(answer, Mapping) else ())):
        if not isinstance(place, Mapping):
            continue
        for name, listed in place.items():
            if str(name).lower() == "events" and isinstance(listed, list):
                yield from filter(None, map(_event, listed[-EVENTS:]))


def _event(event: Any) -> Moment | None:
    """One of them; None for what has no time or no word."""
    if not isinstance(event, Mapping):
        return None
    at = next((at for key in TIMES if (at := _moment(event.get(key))) is not None), None)
    word = next((str(event[key]) for key in WORDS if event.get(key)), "")
    return Moment(at, inside(word), None, SAID) if at is not None and word else None


def _moment(value: Any) -> int | None:
    """Epoch milliseconds of a time as providers write it: ms, seconds, ISO 8601."""
    if isinstance(value, str) and not value.isdigit():
        try:
            return int(datetime.fromisoformat(value).timestamp() * 1000)
        except (ValueError, OverflowError, OSError):
            return None
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    number = float(value)
    if not math.isfinite(number) or not 1e9 <= number < 1e14:
        return None
    return int(number if number >= 1e11 else number * 1000)


class Timeline:
    """The tab."""

    name = "Timeline"

    def __init__(self, about: About) -> None:
        self._about = about

    def label(self) -> str:
        """Nothing."""
        return ""

    def lines(self, cells: int) -> Sequence[Line]:
        """When, how long after the moment before, what, how it is known."""
        about, look, before = self._about, self._about.pen().look, None
        sights = about.desk.store.seen.of(about.task.key)
        known = moments(about.task, sights, about.detail.answer if about.detail is not None else None)
        states = STATE
        if cells < TIME + AFTER + STATE + HOW:
            states = min(STATE, max([8, *(width(clean(one.word)) for one in known)]) + 4)
        head = fit("TIME", TIME) + fit("AFTER", AFTER) + fit("STATE", states) + "HOW IT IS KNOWN"
        lines = [Line(Ink()), Line(Ink().add(head, look["head"]))]
        for one in known:
            lines += map(Line, self._moment(one, before, states, cells))
            before = one.at
        told = "Times are the provider's, and ours where it was seen: a state may have come and gone between two reads."
        return [*lines, Line(Ink()), *(Line(Ink().add(part, look["dim"])) for part in wrapped(told, cells - 2))]

    def _moment(self, one: Moment, before: int | None, states: int, cells: int) -> Iterator[Ink]:
        pen, lead = self._about.pen(), TIME + AFTER + states
        look = pen.look
        ink = Ink().add(fit(when.date_time(one.at, pen.utc), TIME), look["text"])
        ink.add(fit("" if before is None else f"+{when.took(one.at - before)}", AFTER), look["dim"])
        ink.extend(word(one, pen, states - 2))
        for part in wrapped(one.how, max(HOW // 2, cells - lead - 2)):
            yield ink.fill(lead).add(part, look["dim"])
            ink = Ink()


def word(one: Moment, pen: Pen, cells: int) -> Ink:
    """Sign and word of a moment."""
    sign = f"{pen.glyphs.states[one.state]} " if one.state is not None else ". "
    style = pen.look[TONES[one.state]] if one.state is not None else pen.look["text"]
    said = clean(one.word)
    return Ink().add(sign, style).add(fit(said, min(cells - 2, width(said))), style)
