"""Acting: stopping tasks, deleting records. A menu, a question, one request after another, what the providers say."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from tui.late import late
from tui.model import Task
from tui.text import clean, cut_middle
from tui.ui.acts.marking import Marking
from tui.ui.acts.telling import Telling
from tui.ui.beside import beside

with late():
    from tui.ui import errands

if TYPE_CHECKING:
    from tui.deeds import Done

NAMED = 40  # cells of an id in a title
BARRED = frozenset({"act"})
READ_ONLY = "read-only: to stop tasks start with --write, or write = true in [monitor]"


class Acting(Telling, Marking, inherit_bindings=False):
    """With the grant alone: without it the key says so, and the desk would refuse."""

    busy = False
    _halted = False

    @property
    def barred(self) -> frozenset[str]:
        """Without the grant the key only says what it takes, and neither hints nor help list it."""
        return BARRED if self.desk.read_only else frozenset()

    def action_act(self) -> None:
        """On all marked tasks, else on the one under the cursor."""
        self.errand(self.meant())

    def errand(self, tasks: Sequence[Task]) -> None:
        """Asks what to do with some tasks, as the store knows them now."""
        if not self.fits.enough:
            return
        if self.desk.read_only:
            self.tell(READ_ONLY)
            return
        if self.busy:
            self.tell("still asking for the last action; Esc on the deck leaves the rest of it")
            return
        now = [self.desk.store.get(task.key) or task for task in tasks]
        found = errands.offers(now, self.desk.deeds)
        if not found:
            self.tell("no task to act on" if not now else "nothing can be done yet")
            return
        from tui.ui.action_menu import ActionMenu

        menu = ActionMenu(self.pen(), self._about(now), found, self.app.size.width)
        self.app.push_screen(menu, self._chosen)

    def halt(self) -> None:
        """Leaves what has not been asked for yet; what was sent cannot be taken back."""
        self._halted = True

    def _about(self, tasks: Sequence[Task]) -> str:
        if len(tasks) > 1:
            return f"{len(tasks):,} marked tasks"
        (task,) = tasks
        return f"{self.legend().short(task)} {cut_middle(clean(task.key.id), NAMED)} {task.state.label}"

    def _chosen(self, offer: errands.Offer | None) -> None:
        if offer is None:
            return
        if not offer.legal:
            self.tell(f"{offer.label}: {clean('; '.join(offer.why_not()))}")
            return
        from tui.ui.confirm import Confirm, Question

        tasks = [task for task, _ in offer.doable]
        guarded = {task.key.source for task in tasks if self.desk.guarded(task.key.source)}
        accounts = sorted({self.desk.store.sources[name].account for name in guarded})
        why = f"{', '.join(accounts)}: marked prod. Type this to do it:" if guarded else ""
        about, told = list(errands.named(tasks)), list(offer.what())
        question = Question(offer.title, about, told, offer.typed(guarded), why)
        self.app.push_screen(Confirm(self.pen(), question, self.app.size.width), partial(self._answered, offer))

    def _answered(self, offer: errands.Offer, yes: bool | None) -> None:
        if not yes or self.busy:
            self.tell("nothing was done")
            return
        self.busy, self._halted = True, False
        # of the app: it goes on when the screen that asked for it is left
        beside(self.app, partial(self._carry_out, offer), "errand", exclusive=False)

    async def _carry_out(self, offer: errands.Offer) -> None:
        """One after another; each is sent once."""
        done: list[Done] = []
        try:
            for task, deed in offer.doable:
                if self._halted:
                    break
                self.tell(errands.progress(offer, len(done)) if offer.size > 1 else f"{offer.label}: asking ..")
                done.append(await self.desk.act(deed, task))
        finally:
            self.busy = False
        self.board.marked.difference_update(one.key for one in done if one.accepted)
        self.tell(errands.summary(offer, done))
        top = self.top()
        if top is not None:
            top.acted([one.key for one in done])
