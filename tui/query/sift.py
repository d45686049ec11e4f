"""Tree -> one function that sifts many tasks at once. What it leaves is what `match` says of each of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import compress
from operator import attrgetter

from tui.model import Source, Task
from tui.query.fields import FIELDS
from tui.query.match import Match, Setting, matcher, states
from tui.query.needle import cut
from tui.query.tree import And, Compare, Node, Not, Or, Saved, Text, Word
from tui.query.words import Words, folded

SHARED = frozenset({"name", "kind", "target", "native_state", "error"})  # texts that many tasks have
TEXTS = 20_000  # of them that a filter remembers: 2 MB


@dataclass(frozen=True, slots=True)
class Batch:
    """Some tasks, and what a filter must know to look at them. `words` are made when the first word is looked for."""

    tasks: Sequence[Task]
    sources: Mapping[str, Source]
    now: int
    words: Callable[[], Words]
    skews: Mapping[str, int] = field(default_factory=dict)


Sift = Callable[[Batch, Sequence[int]], Sequence[int]]
"""The places among some places of a batch, in order, whose tasks match."""


def everything(batch: Batch, among: Sequence[int]) -> Sequence[int]:
    """What an empty query leaves."""
    return among


def sifter(node: Node | None, setting: Setting) -> Sift:
    """The function of a node."""
    match node:
        case None | Saved(item=None):
            return everything
        case Saved(item=item):
            return sifter(item, setting)
        case Not(item=item):
            return _others(sifter(item, setting))
        case And(items=items):
            quick = sorted(items, key=lambda item: not isinstance(item, Word))  # words first: they look at no task
            return in_turn([sifter(item, setting) for item in quick])
        case Or(items=items):
            return _any([sifter(item, setting) for item in items])
        case Word(text=text, fuzzy=False) if _kept(text):
            word = _word(folded(text.text))
            return word if not text.exact else in_turn([word, each(matcher(node, setting))])
        case Compare(field=field, op=":" | "=") if field is FIELDS["state"]:
            wanted = states(node)
            return lambda batch, among: [at for at in among if batch.tasks[at].state in wanted]
        case Compare(field=field) if field.name in SHARED:
            return _by_text(field.name, matcher(node, setting))
    return each(matcher(node, setting))


def in_turn(sifts: Sequence[Sift]) -> Sift:
    """What all of them leave."""

    def sift(batch: Batch, among: Sequence[int]) -> Sequence[int]:
        for one in sifts:
            among = one(batch, among)
            if not among:
                break
        return among

    return sift


def _any(sifts: Sequence[Sift]) -> Sift:
    def sift(batch: Batch, among: Sequence[int]) -> Sequence[int]:
        found: set[int] = set()
        for one in sifts:
            found.update(one(batch, [at for at in among if at not in found]))
        return sorted(found)

    return sift


def _others(inner: Sift) -> Sift:
    def sift(batch: Batch, among: Sequence[int]) -> Sequence[int]:
        found = set(inner(batch, among))
        return [at for at in among if at not in found]

    return sift


def _word(word: str) -> Sift:
    def sift(batch: Batch, among: Sequence[int]) -> Sequence[int]:
        found = batch.words().holding(word)
        if len(among) == len(batch.tasks) or not found:
            return found
        there = set(among)
        return [at for at in found if at in there]

    return sift


def _by_text(name: str, match: Match) -> Sift:
    """What a comparison leaves that looks at nothing but one text of a task: it looks at each text once."""
    known: dict[str | None, bool] = {}
    text_of = attrgetter(name)

    def sift(batch: Batch, among: Sequence[int]) -> Sequence[int]:
        tasks = batch.tasks if len(among) == len(batch.tasks) else [batch.tasks[at] for at in among]
        texts = list(map(text_of, tasks))
        try:
            return list(compress(among, map(known.__getitem__, texts)))
        except KeyError:  # a text that no task had so far
            if len(known) > TEXTS:
                known.clear()
            for text, task in dict(zip(texts, tasks, strict=True)).items():
                if text not in known:
                    known[text] = match(task, batch.sources[task.source], batch.now)
        return list(compress(among, map(known.__getitem__, texts)))

    return sift


def _kept(text: Text) -> bool:
    """Whether a word can be looked for in texts as `Words` keeps them: one behind the other."""
    return not (text.form == "/" or cut(text) or "\n" in text.text or "\0" in text.text)


def each(match: Match) -> Sift:
    """What a function leaves that looks at one task at a time."""

    def sift(batch: Batch, among: Sequence[int]) -> Sequence[int]:
        tasks, sources, now, skews = batch.tasks, batch.sources, batch.now, batch.skews
        some = enumerate(tasks) if len(among) == len(tasks) else [(at, tasks[at]) for at in among]
        if skews:
            clocks = {name: now + skews.get(name, 0) for name in sources}
            return [at for at, task in some if match(task, sources[task.source], clocks[task.source])]
        return [at for at, task in some if match(task, sources[task.source], now)]

    return sift
