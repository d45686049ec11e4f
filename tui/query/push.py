"""Push-down: what a query says of every task that it keeps, as the hint that a provider may answer exactly.

A hint is implied by the query, never more: the filter still runs over what was read. Where the two could differ by a
letter's case, by a time that moves while the pages come or by a word that nobody defined, nothing is said.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime, tzinfo
from functools import reduce
from typing import NamedTuple

from tui.answers import Want
from tui.query import values
from tui.query.query import Query
from tui.query.tree import And, Compare, Node, Or, Saved, Text
from tui.query.values import DAY

SLACK = 60_000  # of every time: bounds that a provider may mean without their ends, a clock that is set meanwhile
LONGEST = 64  # characters of a prefix: a query may have thousands, an address not
# Fields that a provider may be asked for by their whole value, and their name in a hint.
EQUAL: Mapping[str, str] = {
    "id": "id",
    "target": "target",
    "inst": "target",
    "tat.invocation": "tat.invocation",
    "tat.command": "tat.command",
}
TIMES = ("created_at", "started_at", "ended_at")

_META = re.compile(r"\\[^\w\s]|[^\\^$.|?*+()\[\]{}]")
_REPEATED = re.compile(r"[*?{]")
_PLAIN = re.compile(r"[!-~]*")
_CASELESS = re.compile(r"[!-@\[-`{-~]*")


class Clock(NamedTuple):
    """When the read begins, and the zone that the query's times are in (None: the local one)."""

    now: int
    zone: tzinfo | None

    @property
    def steady(self) -> bool:
        """Whether no clock is put forward or back within a day of now: then no bound of a query ever moves back."""
        offsets = set()
        for at in (self.now - DAY, self.now, self.now + DAY):
            there = datetime.fromtimestamp(at / 1000, self.zone)
            offsets.add((there if self.zone else there.astimezone()).utcoffset())
        return len(offsets) == 1


class Between(NamedTuple):
    """A stretch of time, None where it is open."""

    after: int | None = None
    before: int | None = None


def wanted(query: Query, now: int, zone: tzinfo | None = None) -> Want:
    """The hint of a query that is read from `now` on and matched at most a day later."""
    return _of(query.tree, Clock(now, zone))._replace(states=query.positive_states)


def _of(node: Node | None, clock: Clock) -> Want:
    match node:
        case Saved(item=item):
            return _of(item, clock)
        case And(items=items):
            return reduce(_both, (_of(item, clock) for item in items))
        case Or(items=items):
            return reduce(_either, (_of(item, clock) for item in items))
        case Compare(field=field) if field.name in TIMES:
            return _times(field.name, _between(node, clock))
        case Compare(field=field) if field.name in EQUAL:
            return _texts(node)
    return Want()


def _both(one: Want, two: Want) -> Want:
    """What holds where both hold: of two bounds the closer one."""
    known = dict(one.equal)
    return Want(
        prefix=max((one.prefix, two.prefix), key=lambda prefix: len(prefix or "")),
        started_after=_pick(max, one.started_after, two.started_after),
        started_before=_pick(min, one.started_before, two.started_before),
        created_after=_pick(max, one.created_after, two.created_after),
        ended_before=_pick(min, one.ended_before, two.ended_before),
        equal=(*one.equal, *(pair for pair in two.equal if pair[0] not in known)),
    )


def _either(one: Want, two: Want) -> Want:
    """What holds where either holds: a bound that both have, and of it the wider one."""
    other = dict(two.equal)
    return Want(
        prefix=_shared(one.prefix or "", two.prefix or "") or None,
        started_after=_wider(min, one.started_after, two.started_after),
        started_before=_wider(max, one.started_before, two.started_before),
        created_after=_wider(min, one.created_after, two.created_after),
        ended_before=_wider(max, one.ended_before, two.ended_before),
        equal=tuple((name, tuple(dict.fromkeys((*found, *other[name])))) for name, found in one.equal if name in other),
    )


def _pick(closer: Callable[[int, int], int], one: int | None, two: int | None) -> int | None:
    return two if one is None else one if two is None else closer(one, two)


def _wider(wider: Callable[[int, int], int], one: int | None, two: int | None) -> int | None:
    return None if one is None or two is None else wider(one, two)


def _times(name: str, between: Between) -> Want:
    """Bounds of a start; of a creation the lower one, of an end the upper one: nobody can be asked for the others."""
    match name:
        case "started_at":
            return Want(started_after=between.after, started_before=between.before)
        case "created_at":
            return Want(created_after=between.after)
    return Want(ended_before=between.before)


def _between(node: Compare, clock: Clock) -> Between:
    """Within which times the values of a comparison lie, whenever it is asked between now and a day from now."""
    if node.op not in (":", "=", ">", ">=", "<", "<=") or not clock.steady:
        return Between()
    lows, highs = zip(*(_bounds(value, node.op, clock) for value in node.values), strict=True)
    low, high = min(lows) - SLACK, max(highs) + SLACK
    latest = clock.now + DAY
    return Between(
        after=None if low <= 0 else round(min(low, latest)),
        before=None if high >= latest else max(1, round(high)),
    )


def _bounds(value: Text, op: str, clock: Clock) -> tuple[float, float]:
    """The ends of one value: the lower one as it is now, the upper one as it is in a day."""
    first, dots, last = value.text.partition("..")
    try:
        moving = values.stretch(first, last, clock.zone) if dots else values.moment(value.text, clock.zone)
    except ValueError:  # `started:*`
        return float("-inf"), float("inf")
    here, later = moving(clock.now), moving(clock.now + DAY)
    low, high = {
        ">": (here.until, float("inf")),
        ">=": (here.low, float("inf")),
        "<": (float("-inf"), later.low),
        "<=": (float("-inf"), later.until),
    }.get(op, (here.low, later.high))
    return low, high


def _texts(node: Compare) -> Want:
    """The whole values of a field, and what all ids begin with."""
    prefix = reduce(_shared, (_begins(value, node.op) for value in node.values)) if node.field.name == "id" else ""
    whole = node.op == "=" and all(value.form != "/" and value.text for value in node.values)
    texts = tuple(dict.fromkeys(value.text for value in node.values))
    return Want(prefix=prefix or None, equal=((EQUAL[node.field.name], texts),) if whole else ())


def _shared(one: str, two: str) -> str:
    """What two texts both begin with."""
    return next(two[:at] for at in range(len(two), -1, -1) if one.startswith(two[:at]))


def _begins(value: Text, op: str) -> str:
    """What a text begins with where it fits, letter for letter: without a capital in the needle no letter is sure."""
    if op == "!=" or not (op == "=" or value.form == "/"):
        return ""
    literal = _anchored(value.text) if value.form == "/" else value.text
    found = (_PLAIN if value.exact else _CASELESS).match(literal)
    return found[0][:LONGEST] if found else ""


def _anchored(pattern: str) -> str:
    """The literal that a regular expression begins with, where nothing may stand before it."""
    if not pattern.startswith("^") or "|" in pattern:
        return ""
    found, at = "", 1
    while one := _META.match(pattern, at):
        at = one.end()
        if _REPEATED.match(pattern, at):
            break
        found += one[0][-1]
    return found
