"""Desk: all that the screens may see and ask of the rest of the program. `tui.app` puts the real one together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from tui.answers import Detail
    from tui.by_hand import ByHand
    from tui.deeds import Deed, Done
    from tui.model import Task, TaskKey
    from tui.store import Store
    from tui.ui.door import Door

INTO_THE_DEMO = -1
"""What the monitor is left with by `:demo`."""


class Provider(NamedTuple):
    """One pane: the sources of one adapter, merged."""

    adapter: str
    digit: int
    short: str
    title: str


class Console(NamedTuple):
    """The page of a provider's console nearest to a task, else why there is none."""

    url: str = ""
    why_not: str = ""


class Desk(Protocol):
    """What the screens stand on. Data goes down through `store`; intent goes up through the methods."""

    store: Store
    providers: Sequence[Provider]
    note: str
    """One line for the header while something starts or when there is no config; "" otherwise."""
    read_only: bool
    replays: bool
    """Whether all this is a recording: what is read now has happened long ago."""

    @property
    def demo(self) -> bool:
        """Whether all this is the demo cloud."""
        ...

    @property
    def door(self) -> Door | None:
        """The accounts, and the way in to each; None where there is nobody to ask."""
        ...

    async def run(self, changed: Callable[[], None]) -> None:
        """Polls until cancelled; `changed` is called (in the loop's thread) whenever store or note differ.

        Raises ConfigError when the config turns out to be wrong.
        """
        ...

    def poke(self, source: str | None = None) -> None:
        """Reads one source (or all) now instead of at its next turn."""
        ...

    def typing(self) -> None:
        """A key was pressed: what goes on in the background waits a moment."""
        ...

    def pace(self, source: str | None, seconds: float) -> None:
        """Reads one source (or all) so often from now on; the config is not written."""
        ...

    def faster(self, by: int) -> str:
        """A step faster (-1) or slower (1) through a recording, and what to say of it; "" where none is shown."""
        ...

    def look(self, sources: frozenset[str], *, focused: bool) -> None:
        """Which sources are on the screen (their calls go first), and whether the terminal has the focus."""
        ...

    async def detail(self, key: TaskKey, *, output: bool = False) -> Detail:
        """One task by the provider's detail operation. Raises CallError."""
        ...

    def deeds(self, task: Task) -> Sequence[Deed]:
        """What may be done with a task, as its row shows it; also what cannot be done now, with the reason."""
        ...

    def console(self, task: Task) -> Console:
        """Where the provider's own console shows a task."""
        ...

    def watch(self, keys: frozenset[TaskKey]) -> None:
        """The tasks that are asked by id every few seconds while they live, in place of those of before."""
        ...

    def by_hand(self, task: Task) -> ByHand | None:
        """The vendor's own commands for a task; None where there are none."""
        ...

    def guarded(self, source: str) -> bool:
        """Whether an account is marked `prod`: what is to be done on it is typed."""
        ...

    async def act(self, deed: Deed, task: Task) -> Done:
        """Asks the provider, once, then the task by its id; the store has then what the provider says.

        Without the grant the border refuses: what went wrong is in the answer, not raised.
        """
        ...
