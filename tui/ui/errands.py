"""Errands: what can be done with some tasks at once, what of it cannot and why, and how it went. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import NamedTuple

from tui.deeds import Deed, Done, words
from tui.model import Task
from tui.text import clean, cut_middle

NAMED = 3  # of many tasks: how many are named before it happens
REASONS = 2  # different ones why some cannot be acted on
IDENT = 24  # cells of an id in a sentence: with the request id and what became of it a line has 112


class Offer(NamedTuple):
    """One kind of deed, the tasks that it can be done with now, and those that it cannot."""

    id: str
    label: str
    doable: tuple[tuple[Task, Deed], ...] = ()
    barred: tuple[tuple[Task, Deed], ...] = ()

    @property
    def legal(self) -> bool:
        """Whether it can be done with any of them."""
        return bool(self.doable)

    @property
    def size(self) -> int:
        """With how many of them."""
        return len(self.doable)

    @property
    def title(self) -> str:
        """`stop`, `stop 3 of 5`."""
        among = self.size + len(self.barred)
        if among == 1:
            return self.label
        return f"{self.label}: {self.size:,}" + (f" of {among:,} tasks" if self.barred else " tasks")

    def what(self) -> Iterator[str]:
        """What it will do, in sentences (foreign); what it will not, and why."""
        if len(self.doable) == 1:
            yield self.doable[0][1].does
        elif self.doable:
            shared = Counter(deed.does for _, deed in self.doable)
            for does, count in shared.most_common(NAMED):
                yield f"{count:,}x: {does}" if len(shared) > 1 else f"each: {does}"
            if len(shared) > NAMED:
                yield f"and {sum(shared.values()) - sum(n for _, n in shared.most_common(NAMED)):,} more such requests"
        yield from self.why_not()

    def why_not(self) -> Iterator[str]:
        """Why it cannot be done with some of them."""
        reasons = Counter(deed.why_not for _, deed in self.barred)
        if not self.doable and len(self.barred) == 1:
            yield self.barred[0][1].why_not
            return
        for reason, count in reasons.most_common(REASONS):
            yield f"not with {count:,}: {reason}"
        if len(reasons) > REASONS:
            yield f"not with {sum(reasons.values()) - sum(n for _, n in reasons.most_common(REASONS)):,} more"

    def typed(self, guarded: Collection[str]) -> str | None:
        """What must be typed before it happens, where one of the sources is guarded; None where y is enough."""
        if not any(task.key.source in guarded for task, _ in self.doable):
            return None
        return self.doable[0][0].key.id if self.size == 1 else f"{self.id} {self.size}"


def offers(tasks: Sequence[Task], deeds: Callable[[Task], Sequence[Deed]]) -> list[Offer]:
    """What can be done with these tasks, by kind; what can be done with none of them is there too, last."""
    found: dict[str, Offer] = {}
    for task in tasks:
        for deed in deeds(task):
            offer = found.get(deed.id) or Offer(deed.id, deed.label)
            if deed.legal:
                offer = offer._replace(doable=(*offer.doable, (task, deed)))
            else:
                offer = offer._replace(barred=(*offer.barred, (task, deed)))
            found[deed.id] = offer
    return sorted(found.values(), key=lambda offer: not offer.legal)


def named(tasks: Sequence[Task]) -> Iterator[str]:
    """The first few by their ids; how many more there are."""
    for task in tasks[:NAMED]:
        yield clean(task.key.id)
    if len(tasks) > NAMED:
        yield f"and {len(tasks) - NAMED:,} more"


def progress(offer: Offer, so_far: int) -> str:
    """While it goes on."""
    return f"{offer.label}: asking, {so_far + 1:,} of {offer.size:,} (Esc leaves the rest)"


def summary(offer: Offer, done: Sequence[Done]) -> str:
    """How it went, in one line, with the first of what went wrong."""
    if offer.size == 1 and done:
        return f"{cut_middle(clean(done[0].key.id), IDENT)} {clean(done[0].told)}"
    accepted = sum(one.accepted for one in done)
    unsure = [one for one in done if one.unsure]
    refused = [one for one in done if not one.accepted and not one.unsure]
    parts = [f"{offer.label}: {accepted:,} of {offer.size:,} accepted"]
    if left := offer.size - len(done):
        parts.append(f"{left:,} not asked for")
    for count, said, which in ((len(unsure), "may have been done", unsure), (len(refused), "refused", refused)):
        if count and (error := which[0].error) is not None:
            parts.append(f"{count:,} {said}: {words(error)}")
    return clean("; ".join(parts))
