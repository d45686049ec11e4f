"""Words: what bare words search of many tasks at once: a line for each, in one piece without case.

To look into one piece takes a tenth of what it takes to look at each task: 100,000 tasks are through in 15 ms. What
tells what a task is (its source, name, target, its provider's word for the state) and the call that showed it are the
same for many and kept once: 40 bytes a task are left.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence
from functools import partial, reduce
from itertools import compress, repeat
from operator import attrgetter, contains, is_not, or_
from typing import TypeVar

from tui.model import Source, Task
from tui.slots import Kin

T = TypeVar("T")

KINDS = 20_000  # texts that tasks share, of 100 bytes or so
MANY = 64  # texts of a part, beside a quarter as many as it has tasks, after which those of no task are left out
END = "\0"
Pool = tuple[list[str], "array[int]"]
"""Texts, and for each task the number of its own."""
Kinds = dict[Kin, str]
"""The texts that many tasks share: what all `Words` know together."""
_kin_of, _look_of = attrgetter("kin"), attrgetter("look")


class Words:
    """The texts of some tasks, as in `fields.haystack`."""

    __slots__ = ("_count", "_own", "_shared")

    def __init__(self, tasks: Sequence[Task], sources: Mapping[str, Source], known: Kinds) -> None:
        if len(known) > KINDS:
            known.clear()
        self._count = len(tasks)
        kins, kin_of = _numbered(map(_kin_of, tasks))
        looks, look_of = _numbered(map(_look_of, tasks))
        self._shared: tuple[Pool, ...] = (
            ([known.get(kin) or known.setdefault(kin, _told(kin, sources)) for kin in kins], kin_of),
            ([folded(look.request_id or "") for look in looks], look_of),
        )
        lines = [_own(task).casefold() for task in tasks]  # one by one: of plain letters it takes a tenth of the time
        own = END.join(lines)
        if own.count(END) >= max(1, len(lines)):  # in a text of the provider's
            own = END.join(line.replace(END, "\n") for line in lines)
        self._own = _bytes(own)

    def changed(self, was: Sequence[Task], tasks: Sequence[Task], sources: Mapping[str, Source], known: Kinds) -> Words:
        """The texts of tasks of which most are those of these, each in its place: a fifth of the work."""
        others = list(compress(range(len(tasks)), map(is_not, was, tasks)))
        stale = any(len(texts) > MANY + len(tasks) // 4 for texts, _ in self._shared)
        if stale or len(was) != len(tasks) or 2 * len(others) > len(tasks):
            return Words(tasks, sources, known)
        made, fresh = Words((), sources, known), Words([tasks[at] for at in others], sources, known)
        made._count = len(tasks)
        lines = self._own.split(END)
        for at, line in zip(others, fresh._own.split(END), strict=False):  # of no others it is one empty line
            lines[at] = line
        made._own = END.join(lines)
        pools = zip(self._shared, fresh._shared, strict=True)
        made._shared = tuple(_patched(*pool, *new, others) for pool, new in pools)
        return made

    def holding(self, word: str) -> Sequence[int]:
        """Which of the tasks have a text with a `folded` word, in order."""
        found: list[Iterable[bool]] = []
        for texts, text_of in self._shared:
            hot = [word in text for text in texts]
            if all(hot):
                return range(self._count)
            if any(hot):
                found.append(map(hot.__getitem__, text_of))
        if word in self._own:
            found.append(map(contains, self._own.split(END), repeat(word)))  # all of it in C: 100 ns a task
        return list(compress(range(self._count), reduce(partial(map, or_), found))) if found else ()


def folded(text: str) -> str:
    """A text without case, as it is searched."""
    return _bytes(text.casefold())


def _bytes(text: str) -> str:
    """A character for each byte of the UTF-8: one emoji would make all letters beside it four bytes long each.

    Not `bytes`: to look into one of those takes Python twice as long.
    """
    return text.encode("utf-8", "surrogatepass").decode("latin-1")


def _patched(texts: list[str], text_of: array[int], more: list[str], more_of: array[int], places: list[int]) -> Pool:
    """A pool in which some tasks have other texts; those that nobody has any more stay."""
    texts, text_of = [*texts], text_of[:]
    numbers = {text: at for at, text in enumerate(texts)}
    for text in more:
        if text not in numbers:
            numbers[text] = len(texts)
            texts.append(text)
    for at, one in zip(places, more_of, strict=True):
        text_of[at] = numbers[more[one]]
    return texts, text_of


def _numbered(ones: Iterable[T]) -> tuple[Sequence[T], array[int]]:
    """Each that there is, and the places of all among them."""
    given = list(ones)
    known = dict.fromkeys(given)
    numbers = dict(zip(known, range(len(known)), strict=True))
    return list(known), array("I", map(numbers.__getitem__, given))


def _told(kin: Kin, sources: Mapping[str, Source]) -> str:
    source = sources[kin.source]
    return folded(_joined((*kin[1:], source.name, source.account, source.region)))


def _own(task: Task) -> str:
    own = f"{task.id}\n{task.error}" if task.error else task.id
    return f"{own}\n{_joined(task.extra.values())}" if task.extra else own


def _joined(texts: Iterable[object]) -> str:
    return "\n".join([text for text in texts if text and isinstance(text, str)])
