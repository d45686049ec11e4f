"""Home: the screen one comes back to: the deck with everything that its keys do."""

from __future__ import annotations

from textual import events

from tui.model import Task
from tui.ui.acts.acting import Acting
from tui.ui.acts.columns import Columns
from tui.ui.acts.commanding import Commanding
from tui.ui.acts.explaining import Explaining
from tui.ui.acts.filtering import Filtering
from tui.ui.acts.looking import Looking
from tui.ui.acts.marking import Marking
from tui.ui.acts.moving import Moving
from tui.ui.acts.opening import Opening
from tui.ui.acts.pacing import reading
from tui.ui.acts.sorting import Sorting
from tui.ui.acts.viewing import Viewing
from tui.ui.acts.watching import Watching
from tui.ui.board import DECK
from tui.ui.keys import HOME


class Home(
    Explaining,
    Looking,
    Moving,
    Acting,
    Watching,
    Viewing,
    Opening,
    Commanding,
    Filtering,
    Sorting,
    Marking,
    Columns,
    inherit_bindings=False,
):
    """The deck, with keys."""

    BINDINGS = HOME

    def on_key(self, event: events.Key) -> None:
        """The answer to a question; anything but yes is no. What was told goes with the next key, or alone with Esc."""
        if self.question:
            event.stop()
            self.question = ""
            if event.key == "y":
                self.app.exit(0)
            self.lay_out()
        elif self.told and event.key != "escape":
            self.say("")

    def wanted(self, task: Task, what: str) -> None:
        """What a screen above wants done with the task that it shows."""
        deeds = {"act": self.errand, "copy": self.copy_ids, "copy-as": self.copy_as, "watch": self.keep_watch}
        if what in deeds:
            deeds[what]([task])
        elif what == "console":
            self.link(task)
        elif what == "why":
            self.explain(task)

    def action_poke(self) -> None:
        """Reads the sources of the pane now, and says so."""
        facts = self.board.fact(self.active.digit)
        names = [] if facts is None else [status.source.name for status in facts.statuses]
        for name in [None] if facts is None else names:
            self.desk.poke(name)
        if self.desk.replays:
            self.say("on to the next event")
        else:
            self.say("reading all sources" if facts is None else reading(names))

    def action_pause(self) -> None:
        """Holds the screen; polling goes on."""
        self.paused = not self.paused
        self.take()

    def action_back(self) -> None:
        """One layer: what is left of an action, message, filter, zoomed pane."""
        if self.busy:
            self.halt()
        elif self.told:
            self.say("")
        elif self.walk_back():
            pass
        elif self.filter.edit.text or (self.view == DECK and self.board.pinned):
            self.leave_filter()
        elif self.view != DECK:
            self.action_deck()

    def action_leave(self) -> None:
        """Back to where one followed a fact, else to the deck; there it asks."""
        if self.walk_back():
            return
        if self.view != DECK:
            self.action_deck()
        else:
            self.question = "quit? y"
            self.lay_out()
