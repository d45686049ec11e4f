"""Entering: accounts are given their keys, tried, and taken theirs away; or the demo cloud is looked at instead."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from tui.errors import NoCredential, UsageError
from tui.late import late
from tui.status import SourceStatus, Word
from tui.text import clean
from tui.ui.acts.copying import Copying
from tui.ui.beside import beside
from tui.ui.desk import INTO_THE_DEMO

with late():
    from tui.ui import commands, copying

if TYPE_CHECKING:
    from tui.ui.door import Door

WANTING = (Word.NOKEY, Word.AUTH)
"""The states of a source that a key mends."""


class Entering(Copying, inherit_bindings=False):
    """`:login`, `:test`, `:logout`, `:demo`. What asks a keyring or a provider runs beside the screen."""

    def action_login(self) -> None:
        """The account of this pane that lacks a key, else the one that has the pane."""
        try:
            self.login("")
        except commands.Wrong as error:
            self.say(str(error))

    def login(self, name: str) -> None:
        """Asks for a key, or for what unlocks it. Raises Wrong."""
        door = self._door()
        if not self.fits.enough:
            return
        try:
            login = door.login(name or self._here())
        except UsageError as error:
            raise commands.Wrong(str(error)) from None
        from tui.ui.login_dialog import LoginDialog

        dialog = LoginDialog(self.pen, login, self.app.size.width, self._lines_copied)

        def done(told: str | None) -> None:
            self.tell(clean(told or "nothing was kept"))

        self.call_next(self.app.push_screen, dialog, done)

    def test(self, name: str) -> None:
        """One real read. Raises Wrong."""
        door, account = self._door(), name or self._here()

        async def tested() -> str:
            answer = await door.test(account)
            return "; ".join((answer.told, *answer.notes))

        self._beside(f"asking with the key of {account} ..", tested)

    def logout(self, name: str) -> None:
        """Out of wherever we keep it. Raises Wrong."""
        door = self._door()
        if not name:
            raise commands.Wrong("which account? :logout ACCOUNT")
        self._beside(f"taking the key of {name} away ..", lambda: door.logout(name))

    def into_the_demo(self) -> None:
        """The demo cloud, on this terminal, in place of what is shown. Raises Wrong."""
        if self.desk.demo:
            raise commands.Wrong("this is the demo cloud")
        self.app.exit(INTO_THE_DEMO)

    def _door(self) -> Door:
        if self.desk.door is None:
            raise commands.Wrong("there is nobody to log in to")
        return self.desk.door

    def _here(self) -> str:
        """The account that keys are about; of a pane without one its provider, for a source that is new."""
        facts = self.board.fact(self.active.digit)
        store = self.desk.store
        found = [store.status(name) for name in store.sources] if facts is None else list(facts.statuses)
        now = self._options.clock()

        def wanting(status: SourceStatus) -> bool:
            return status.word(now) in WANTING

        accounts = [status.source.account for status in sorted(found, key=wanting, reverse=True)]
        if any(accounts):
            return next(filter(None, accounts))
        if facts is None:
            raise commands.Wrong("which account? :login ACCOUNT, or :login and the short code of a provider")
        return facts.provider.short.lower()

    def _beside(self, begin: str, work: Callable[[], Awaitable[str]]) -> None:
        """Says what came of it when it is there: ticks and keys go on meanwhile."""

        async def told() -> None:
            try:
                self.tell(clean(await work()))
            except (NoCredential, UsageError) as error:
                self.tell(clean(str(error)))

        self.say(clean(begin))
        beside(self.app, told, "door")

    async def _lines_copied(self, text: str) -> str:
        """Puts the lines for the config into the clipboard; what is said of it."""
        return (await copying.send(text, self.ways(), self.write)).told("the lines for the config", text)
