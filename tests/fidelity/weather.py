"""docs/faults.md: what an operator sees of each fault within one interval, played in a bottle and written down.

python -m tests.fidelity.weather > docs/faults.md
"""

from __future__ import annotations

import asyncio
import random
import sys
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from tests.fidelity.bottle import Bottle
from tests.fidelity.virtual_loop import run
from tui.model import State
from tui.status import SourceStatus, Word
from tui.text import clean
from tui.ways_out import clock_off, way_out

INTERVAL = 15.0
CALM = 50.0  # seconds before the fault: first reads, and some that catch up
LATEST = 6.0  # seconds after the interval: a read that began at its end
PATIENCE = 1_200.0  # seconds until all is well again, at most
TASKS = 400
RATE = 5.0  # a task lives half a minute: within an interval some are born
SEED = 3
LONG = 10_000  # characters
FAULTS: dict[str, str] = {
    "throttle": "true rate limits, and somebody else who spends 30 % of them",
    "skew": "the providers' clocks are off by 16 to 20 minutes",
    "auth": "one key deleted, one action denied",
    "slow": "pages take long, some 8 s, one connection never answers",
    "garbage": "every seventh answer is HTML, half an answer, empty, 50 MB, numbers as text, nulls",
    "paging": "lists shift between pages, cursors repeat and expire, totals drift",
    "order": "rows come late and out of order, states go back for one read",
    "hostile": "escape sequences, markup, bidi and invisible signs, 20,000 characters in names, errors and outputs",
    "novel": "statuses, task types and fields that no document names",
    "storm": "one function, one command and the servers of one project fail, each for one cause",
    "chaos": "all of these but auth and storm, at random, each for a while",
}
HEAD = """# What each fault looks like

The demo cloud can go wrong on purpose (`taskdeck demo --faults NAME`, `POST /_fault`). Each row below was played in
virtual time: all sources of the demo at an interval of 15 s, the fault switched on in calm weather and everything read
again (`r`), the worst that each source said within one interval and a read; then the fault switched off, and the time
until every source had read well again. Written by `python -m tests.fidelity.weather`; a test fails where it is not so.

Rows stay in all of them, greyed where they are old; sources that a fault does not touch go on. At the end of each the
picture was compared with the cloud's own, task by task: nothing missing, wrong, double or invented.

| fault | what goes wrong | what the sources say | the rows | the way out that is shown | well again after |
|---|---|---|---|---|---|
"""


class Seen(NamedTuple):
    """How one fault looked, and how it ended."""

    words: Counter[str]
    shown: tuple[str, ...]
    ways: tuple[str, ...]
    after: float | None
    wrong: int


def page() -> str:
    """The whole page."""
    return HEAD + "".join(f"{row}\n" for row in rows())


def rows() -> Iterator[str]:
    """The table, a fault a row."""
    for name, what in FAULTS.items():
        seen = run(played(name))
        assert not seen.wrong, f"{name}: {seen.wrong} tasks are not as they are"
        words = ", ".join(f"{count} {word}" for word, count in sorted(seen.words.items()))
        after = "when the key is changed, or `r`" if seen.after is None else f"{round(seen.after)} s"
        cells = (f"`{name}`", what, words, "; ".join(seen.shown) or "as ever", "; ".join(seen.ways) or "-", after)
        yield f"| {' | '.join(cells)} |"


async def played(name: str) -> Seen:
    """One fault from calm to calm."""
    random.seed(SEED)
    bottle = Bottle(tasks=TASKS, seed=SEED, rate=RATE, interval=INTERVAL)
    async with bottle.polling():
        await asyncio.sleep(CALM)
        bottle.faults.switch(name, True)
        for poller in bottle.pollers.values():
            poller.poke()
        worst: dict[str, tuple[int, int, SourceStatus]] = {}  # the last of the gravest ones, and when it was that grave
        for _ in range(round(INTERVAL + LATEST)):
            await asyncio.sleep(1)
            for source in bottle.pollers:
                status, now = bottle.store.status(source), round(bottle.now() * 1000)
                grave = list(Word).index(status.word(now))  # the contract's order of words
                if source not in worst or grave <= worst[source][0]:
                    worst[source] = grave, now, status
        words = Counter(described(status, at) for _, at, status in worst.values())
        ways = tuple(dict.fromkeys(way for _, at, one in worst.values() if (way := way_out(one, at, screen=True))))
        shown = tuple(odd(bottle))
        bottle.faults.switch(name, False)
        began = bottle.now()
        for poller in bottle.pollers.values():
            if poller.status.word(now) in (Word.AUTH, Word.NOKEY):
                poller.poke()
        refused = any(one.word(at) in (Word.AUTH, Word.NOKEY) for _, at, one in worst.values())
        await bottle.reads.once_more(whole=False, patience=PATIENCE)
        after = bottle.now() - began
        bottle.stop()
        await bottle.reads.once_more(whole=True, patience=PATIENCE)
    return Seen(words, shown, ways, None if refused else after, len(bottle.mismatches()))


def odd(bottle: Bottle) -> Iterator[str]:
    """What is not as ever in the rows."""
    tasks = [task for source in bottle.pollers for task in bottle.store.tasks(source).values()]
    new = sorted({clean(task.native_state or "") for task in tasks if task.state is State.UNKNOWN})
    if new:
        yield f"NEW, with the provider's own word: {', '.join(new)}"
    foreign = [text for task in tasks for text in (task.key.id, task.name, task.target, task.error) if text]
    unsafe = sum(clean(text) != text for text in foreign)
    if unsafe:
        yield "every control, escape and invisible sign in them as a visible one"
    if any(len(text) > LONG for text in foreign):
        yield "long texts cut, whole in the copy"


def described(status: SourceStatus, now: int) -> str:
    """The word of a source, with the provider's code, and its clock where that is off."""
    word = str(status.word(now))
    code = f" `{status.trouble.code}`" if status.trouble is not None and status.trouble.code else ""
    off = clock_off(status.skew)
    return word + code + (f" (clock off by {off})" if off else "")


if __name__ == "__main__":
    sys.stdout.write(page())
