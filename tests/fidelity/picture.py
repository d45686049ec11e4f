"""The monitor's picture beside the truth: what is missing, wrong, invented or double.

`shown` are the tasks that any answered list or by-id read has shown; a task that nobody ever showed cannot be missing.
`forgotten` are the last truths about tasks that the provider does not know any more: it deletes what has ended long
ago, and what somebody deletes. Of these the monitor keeps what it saw last, or says `vanished`.

`skews` are the milliseconds by which the clock of a source's provider was off for a while. A time that was stamped by
that clock may be kept with that error, to the millisecond, and with no other.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from tui.formats import as_json
from tui.model import FINAL
from tui.store import Store

Fields = Mapping[str, Any]
Name = tuple[str, str, str]
LOOSE = ("seen_at", "request_id")  # how we know, not what is
TIMES = ("created_at", "started_at", "ended_at")
Skews = Mapping[str, Collection[int]]
OVER = frozenset(str(state) for state in FINAL)


class Mismatch(NamedTuple):
    """One task that is not as it is: `kind` is missing, wrong, invented, double or lost."""

    kind: str
    name: Name
    what: str = ""

    def __str__(self) -> str:
        """One line."""
        return f"{self.kind} {'/'.join(filter(None, self.name))} {self.what}".rstrip()


def picture(store: Store) -> Iterator[Fields]:
    """All tasks of a store as the contract's JSON."""
    for name, source in store.sources.items():
        for task in list(store.tasks(name).values()):
            yield as_json(task, source)


def name_of(fields: Fields) -> Name:
    """What a task is known by."""
    return (str(fields["source"]), str(fields["scope"] or ""), str(fields["id"]))


def mismatches(
    mine: Iterable[Fields],
    truth: Iterable[Fields],
    *,
    shown: Collection[Name] = (),
    forgotten: Mapping[Name, Fields] | None = None,
    skews: Skews | None = None,
) -> list[Mismatch]:
    """Everything in which the picture is not the truth; `truth` has `listed` and `by_id` as well."""
    found: list[Mismatch] = []
    held: dict[Name, Fields] = {}
    for fields in mine:
        name = name_of(fields)
        if name in held:
            found.append(Mismatch("double", name))
        held[name] = fields
    left, unknown = dict(held), set(shown)
    for true in truth:
        name = name_of(true)
        unknown.discard(name)
        known = left.pop(name, None)
        if known is None:
            if true["listed"] or name in shown:
                found.append(Mismatch("missing", name, f"state {true['state']}"))
        elif wrong := _differing(known, true, (skews or {}).get(name[0], ())):
            found.append(Mismatch("wrong", name, wrong))
    gone = forgotten or {}
    found += [Mismatch("lost", name, "was shown") for name in sorted(unknown - held.keys() - gone.keys())]
    for name, known in left.items():
        last = gone.get(name)
        if last is None:
            found.append(Mismatch("invented", name, f"state {known['state']}"))
        elif known["state"] not in ("vanished", last["state"]) or known["state"] not in OVER:
            found.append(Mismatch("wrong", name, f"state {known['state']}, was {last['state']} when it was forgotten"))
    return found


def lies(mine: Iterable[Fields], truth: Iterable[Fields], forgotten: Mapping[Name, Fields]) -> list[Mismatch]:
    """What is false at whatever time it is said: a task that never was, an end that has not come or was another one.

    All else may be old: a monitor knows what it was told last.
    """
    known = {name_of(true): true for true in truth}
    found: list[Mismatch] = []
    for said in mine:
        name = name_of(said)
        true = known.get(name)
        if true is None and name not in forgotten:
            found.append(Mismatch("invented", name, f"state {said['state']}"))
        elif true is None or said["state"] not in OVER:
            continue
        elif said["state"] != true["state"] and (said["state"] != "vanished" or true["by_id"]):
            found.append(Mismatch("wrong", name, f"state {said['state']} is {true['state']}"))
    return found


def _differing(known: Fields, true: Fields, skews: Collection[int]) -> str:
    """The fields in which a task is not as it is."""
    return "; ".join(
        f"{field} {known[field]!r} is {true[field]!r}"
        for field in true
        if field not in (*LOOSE, "listed", "by_id") and known[field] != true[field]
        if field not in TIMES or not _stamped(known[field], true[field], skews)
    )


def _stamped(said: str | None, true: str | None, skews: Collection[int]) -> bool:
    """Whether a time is the true one on a clock that was off."""
    if said is None or true is None:
        return False
    apart = datetime.fromisoformat(said) - datetime.fromisoformat(true)
    return any(apart == timedelta(milliseconds=skew) for skew in skews)
