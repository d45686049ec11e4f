"""Pacing: how often the sources of a pane are read, for this run."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tui.text import clean
from tui.ui.deck import Deck

LEAST = 1.0  # seconds, as in the config
MOST = 86_400.0
STEPS = (LEAST, 2.0, 3.0, 5.0, 10.0, 15.0, 20.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1_800.0, 3_600.0, MOST)


class Pacing(Deck, inherit_bindings=False):
    """Slower and faster."""

    @property
    def sources(self) -> list[str]:
        """The sources that keys are about: those of the active pane."""
        facts = self.board.fact(self.active.digit)
        return list(self.desk.store.sources) if facts is None else [one.source.name for one in facts.statuses]

    def action_pace(self, by: int) -> None:
        """A step slower (1) or faster (-1), each source from where it is, or the recording."""
        if self.desk.replays:
            self.say(self.desk.faster(by))
            return
        self.pace({name: beside(self.desk.store.status(name).interval, by) for name in self.sources})

    def pace(self, seconds: dict[str, float]) -> None:
        """Reads each source so often, and says so."""
        for name, every in seconds.items():
            self.desk.pace(name, min(MOST, max(LEAST, every)))
        self.say(told(seconds, self.desk.store.sources))


def beside(seconds: float, by: int) -> float:
    """The next longer or shorter interval."""
    if by > 0:
        return next((step for step in STEPS if step > seconds), MOST)
    return next((step for step in reversed(STEPS) if step < seconds), LEAST)


def told(seconds: dict[str, float], known: Iterable[str]) -> str:
    """`thumbs every 30s`; of many the slowest and the fastest."""
    paces = sorted(set(seconds.values()))
    if not paces:
        return "no source here to read"
    who = next(iter(seconds)) if len(seconds) == 1 else f"{len(seconds)} sources"
    if len(seconds) > 1 and set(seconds) == set(known):
        who = "all sources"
    return f"{clean(who)} every {' to '.join(f'{pace:g}s' for pace in dict.fromkeys((paces[0], paces[-1])))}"


def reading(names: Sequence[str]) -> str:
    """`reading thumbs, media`."""
    if not names:
        return "no source here to read"
    return f"reading {clean(', '.join(names[:4]))}{' ..' if len(names) > 4 else ''}"
