"""The login dialog: asks for a key, has it tried with one real read, then kept; what it is told stays in it.

Nothing in it can be selected or copied but the lines for the config, and what was typed is wiped when it is left.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Iterator, Sequence
from enum import Enum
from functools import partial
from typing import Any

from textual import events
from textual.app import ComposeResult
from textual.worker import Worker

from tui.calls import Secret
from tui.errors import NoCredential
from tui.text import clean
from tui.typed import SHORTEST
from tui.ui import login_lines as lines
from tui.ui.beside import beside
from tui.ui.door import Answer, Field, Kept, Login, Stuck, Way
from tui.ui.login_form import Form
from tui.ui.login_lines import Line
from tui.ui.login_sheet import Sheet
from tui.ui.over import Over
from tui.ui.titles import Pen

PHRASE = Field("phrase", "passphrase", secret=True, exact=True)
AGAIN = Field("again", "the same again", secret=True, exact=True)


Copy = Callable[[str], Awaitable[str]]
"""Puts lines into the clipboard; what is said of it."""


class Stage(Enum):
    """What the dialog shows, and so what its keys do."""

    LOOKING = "looking"
    FORM = "form"
    ASKING = "asking"
    STUCK = "stuck"
    PHRASE = "phrase"
    PASTE = "paste"


class LoginDialog(Over[str], inherit_bindings=False):
    """Answers one line that says what was done; None where nothing was. `copy` takes the lines for the config."""

    AUTO_FOCUS = ""
    DEFAULT_CSS = "LoginDialog { align: center middle; background: transparent; }"

    def __init__(self, pen: Callable[[], Pen], login: Login, cells: int, copy: Copy) -> None:
        super().__init__()
        self._pen, self._login, self._copy = pen, login, copy
        self._stage = Stage.LOOKING
        self._form = Form(login.fields)
        self._phrases = Form([PHRASE])
        self._opens = False  # whether the passphrase is that of a place that is there and locked
        self._answer: Answer | None = None
        self._stuck: Stuck | None = None
        self._toml = self._said = self._wrong = ""
        self._work: Worker[None] | None = None
        self.sheet = Sheet(pen, f"log in: {login.title}", cells, self._lines)

    def compose(self) -> ComposeResult:
        """The lines."""
        yield self.sheet

    def on_mount(self) -> None:
        """Whether a key can be kept is known before one is asked for."""
        self._start(self._look, "")

    def on_resize(self, event: events.Resize) -> None:
        """As wide as there is room, and as high as that takes."""
        self.sheet.fit(event.size.width)

    def on_unmount(self) -> None:
        """However it ends: nothing that was typed is left."""
        self._form.wipe()
        self._phrases.wipe()
        self._login.forget()

    # What is shown

    def _lines(self, cells: int) -> Iterator[Line]:
        pen, stage = self._pen(), self._stage
        yield lines.blank()
        if stage in (Stage.LOOKING, Stage.ASKING):
            yield from self._waiting(pen, cells)
        elif stage is Stage.FORM:
            yield from self._filling(pen, cells)
        elif stage is Stage.STUCK and self._stuck is not None:
            yield from lines.stuck(self._stuck, self._ways(), pen, cells)
            yield from lines.lines_of(filter(None, [self._wrong]), "state.bad", pen, cells)
            yield lines.blank()
            unlock = [("u", "unlock")] if self._stuck.locked else []
            yield lines.keys(pen, cells, *unlock, ("1 2 3", "choose"), ("r", "look again"), ("Esc", "leave"))
        elif stage is Stage.PHRASE:
            yield from self._passing(pen, cells)
        else:
            yield from lines.told(pen, cells, "mark", self._said)
            note = "taskdeck never writes its config: paste these lines into it, for the next run"
            yield from lines.told(pen, cells, "dim", note, more=True)
            yield lines.blank()
            yield from lines.paste(self._toml, pen, cells)
            yield lines.blank()
            yield from lines.lines_of(filter(None, [self._wrong]), "mark", pen, cells)
            yield lines.keys(pen, cells, ("c", "copy"), ("Enter", "done"))

    def _waiting(self, pen: Pen, cells: int) -> Iterator[Line]:
        if self._stage is Stage.ASKING and not self._opens:
            yield from lines.filling(self._form, pen, cells, live=False)
            yield lines.blank()
        yield from lines.told(pen, cells, "text", self._said)
        yield lines.blank()
        yield lines.keys(pen, cells, ("Esc", "leave"))

    def _filling(self, pen: Pen, cells: int) -> Iterator[Line]:
        yield from lines.filling(self._form, pen, cells)
        yield lines.blank()
        if self._answer is not None and not self._answer.fine:
            yield from lines.lines_of([self._answer.told], "state.bad", pen, cells)
            yield from lines.lines_of(self._answer.notes, "age.slow", pen, cells)
        wrong = self._wrong or self._form.wrong
        if wrong:
            yield from lines.told(pen, cells, "state.bad", wrong)
        else:
            yield from lines.told(
                pen, cells, "dim", f"will be kept in {self._login.place}, after one real read", more=True
            )
        yield lines.blank()
        ghost = [("Right", "take it")] if self._form.ghost else []
        yield lines.keys(pen, cells, ("Enter", "test and keep"), ("Tab", "next"), *ghost, ("Esc", "leave"))

    def _passing(self, pen: Pen, cells: int) -> Iterator[Line]:
        said = f"{self._login.place} is locked: its passphrase, please"
        if not self._opens:
            said = f"a passphrase of your own, {SHORTEST} characters at least; nobody opens the vault without it"
        yield from lines.told(pen, cells, "dim", said)
        yield lines.blank()
        yield from lines.filling(self._phrases, pen, cells)
        yield lines.blank()
        yield from lines.lines_of(filter(None, [self._wrong or self._phrases.wrong]), "state.bad", pen, cells)
        does = "unlock" if self._opens else "keep the key"
        yield lines.keys(pen, cells, ("Enter", does), ("Tab", "next"), ("Esc", "leave"))

    def _show(self, stage: Stage, wrong: str = "") -> None:
        self._stage, self._wrong = stage, clean(wrong)
        if self.is_attached:
            self.sheet.resize()

    def _ways(self) -> Sequence[Way]:
        """Those of the account, and the vault."""
        vault = Way("the vault", "a file that a passphrase encrypts; it is asked for once in a run", "")
        return (*self._login.ways, vault)

    # What keys do

    def on_key(self, event: events.Key) -> None:
        """All keys are the dialog's; what a key stands for is not left in its event."""
        if event.key == "ctrl+c":
            return
        event.stop()
        event.prevent_default()
        key, character = event.key, event.character if event.is_printable else None
        if self._stage in (Stage.FORM, Stage.PHRASE) and character is not None:
            event.key, event.character = "masked", None
        if key == "escape":
            self._leave()
        elif self._stage is Stage.FORM:
            self._fill(self._form, key, character, self._send)
        elif self._stage is Stage.PHRASE:
            self._fill(self._phrases, key, character, self._pass)
        elif self._stage is Stage.STUCK:
            self._choose(key)
        elif self._stage is Stage.PASTE:
            self._pasted(key)

    def on_paste(self, event: events.Paste) -> None:
        """Into the field, cleaned; the event does not keep it."""
        event.stop()
        text, event.text = event.text, ""
        form = {Stage.FORM: self._form, Stage.PHRASE: self._phrases}.get(self._stage)
        if form is not None:
            form.paste(text)
            self._show(self._stage)

    def _fill(self, form: Form, key: str, character: str | None, done: Callable[[], None]) -> None:
        if key != "enter":
            form.press(key, character)
            self._show(self._stage)
        elif label := form.missing():
            self._show(self._stage, f"{label} is missing")
        else:
            done()

    def _choose(self, key: str) -> None:
        assert self._stuck is not None  # noqa: S101 - the stage has one
        ways = self._ways()
        if key == "u" and self._stuck.locked:
            self._unlock()
        elif key == "r":
            self._start(self._look, "")
        elif key.isdecimal() and 0 < int(key) < len(ways):
            way = ways[int(key) - 1]
            self._said, self._toml = way.does, way.toml
            self._show(Stage.PASTE)
        elif key == str(len(ways)):
            self._login.into_vault()
            self._start(self._look, "")

    def _pasted(self, key: str) -> None:
        if key == "c":
            self._work = self._beside(self._copied)
        elif key == "enter":
            self.dismiss(self._said)

    def _leave(self) -> None:
        if self._work is not None:
            self._work.cancel()
        self.dismiss(self._said if self._stage is Stage.PASTE else None)

    async def _copied(self) -> None:
        self._show(Stage.PASTE, await self._copy(self._toml))

    # What takes its time

    def _start(self, work: Callable[[], Coroutine[Any, Any, None]], said: str) -> None:
        """One thing at a time; leaving ends it."""
        self._said = said or f"looking at {self._login.place} .."
        self._show(Stage.ASKING if said else Stage.LOOKING)
        self._work = self._beside(work)

    def _beside(self, work: Callable[[], Coroutine[Any, Any, None]]) -> Worker[None]:
        """Of the app: a bug in there ends it, as everywhere."""
        return beside(self.app, work, "login")

    async def _look(self) -> None:
        self._tell(await self._login.stuck())

    def _tell(self, trouble: Stuck | None) -> None:
        """Where the place cannot be used now, what there is to do; else the key is asked for."""
        self._stuck = trouble
        if trouble is None:
            self._show(Stage.FORM)
        elif not trouble.told:
            self._ask_phrase(opens=True)
        else:
            self._show(Stage.STUCK)

    def _ask_phrase(self, *, opens: bool) -> None:
        self._opens = opens
        self._phrases.wipe()
        self._phrases = Form([PHRASE] if opens else [PHRASE, AGAIN])
        self._show(Stage.PHRASE)

    def _unlock(self) -> None:
        if self._stuck is not None and self._stuck.phrase:
            self._ask_phrase(opens=True)
            return
        said = f"unlocking {self._login.place}: the desktop asks, for at most 30 s .."
        self._start(partial(self._unlocked, None), said)

    async def _unlocked(self, phrase: Secret | None) -> None:
        try:
            there = await self._login.unlock(phrase)
        except NoCredential as error:
            if phrase is None:
                self._show(Stage.STUCK, error.message)
            else:
                self._ask_phrase(opens=True)
                self._show(Stage.PHRASE, error.message)
            return
        self._opens = False
        if there:
            self.dismiss(f"{self._login.place} is unlocked: the sources of {self._login.account} go on")
        else:
            self._show(Stage.FORM)

    def _pass(self) -> None:
        given = self._phrases.given()
        phrase, again = given["phrase"], given.get("again")
        assert isinstance(phrase, Secret)  # noqa: S101 - its field is one for secrets
        if self._opens:
            self._start(partial(self._unlocked, phrase), f"opening {self._login.place} ..")
        elif len(phrase.reveal()) < SHORTEST:
            self._show(Stage.PHRASE, f"fewer than {SHORTEST} characters: a longer one, please")
        elif phrase != again:
            self._show(Stage.PHRASE, "the two are not the same")
        else:
            self._start(partial(self._keep, phrase), f"keeping it in {self._login.place} ..")
        if self._stage is not Stage.PHRASE:
            self._phrases.wipe()

    def _send(self) -> None:
        self._start(self._ask, "asking the provider, one read ..")

    async def _ask(self) -> None:
        self._answer = await self._login.read(self._form.given())
        if not self._answer.fine:
            self._form.go(self._answer.field)
            self._show(Stage.FORM)
        elif await self._login.new_phrase():
            self._ask_phrase(opens=False)
        else:
            await self._keep(None)

    async def _keep(self, phrase: Secret | None) -> None:
        try:
            kept = await self._login.keep(phrase)
        except NoCredential as error:
            self._tell(await self._login.stuck() or Stuck(error.message))
            return
        self._form.wipe()
        self._finish(kept)

    def _finish(self, kept: Kept) -> None:
        told = "; ".join((kept.told, *(self._answer.notes if self._answer else ())))
        if not kept.toml:
            self.dismiss(told)
            return
        self._said, self._toml = told, kept.toml
        self._show(Stage.PASTE)
