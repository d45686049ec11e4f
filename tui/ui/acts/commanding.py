"""Commanding: what is typed after `:`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from textual.app import ComposeResult

from tui import logs
from tui.aside import aside
from tui.errors import UsageError
from tui.late import late
from tui.text import clean
from tui.ui.acts.copying import Copying
from tui.ui.acts.dressing import Dressing
from tui.ui.acts.entering import Entering
from tui.ui.acts.exporting import Exporting
from tui.ui.acts.filtering import Filtering
from tui.ui.acts.pacing import MOST, Pacing, reading
from tui.ui.acts.sorting import Sorting
from tui.ui.acts.travelling import Travelling
from tui.ui.beside import beside
from tui.ui.board import ALL, DECK
from tui.ui.command_line import CommandLine
from tui.ui.keys import gathered, listed
from tui.view import Sort

with late():
    from tui.ui import commands

if TYPE_CHECKING:
    from tui.ui.commands import Command, Known, Offer

ACTIONS = ("events", "health", "causes", "why", "peek", "wide", "pause", "watch")
"""Commands that are nothing but a key of the screen, and are there when the screen has its action."""


class Commanding(
    Filtering, Sorting, Travelling, Pacing, Entering, Copying, Exporting, Dressing, inherit_bindings=False
):
    """The line, and a method for each `run` of the registry."""

    def compose(self) -> ComposeResult:
        """The deck, and the line over it."""
        self.styles.layers = "below above"
        yield from super().compose()
        self.command = CommandLine(self.pen, self._offers)
        yield self.command

    def action_command(self) -> None:
        """Opens the line. The keys are looked up before they all go to it."""
        live = gathered(active.binding for active in listed(self.active_bindings.values()))
        self._live_keys = {binding.id: keys.split(" ")[0] for binding, keys in live}
        self._commands = commands.registry(self.desk.providers, lambda run: run not in ACTIONS or self._has(run))
        self._known = self._gather()
        self.command.begin()
        self.set_focus(self.command)

    def _has(self, action: str) -> bool:
        return hasattr(self, f"action_{action}")

    def _offers(self, line: str) -> Sequence[Offer]:
        return commands.offers(line, self._commands, self._known, lambda name: self._live_keys.get(name, ""))

    def _gather(self) -> Known:
        """What arguments can be completed with."""
        sources = self.desk.store.sources.values()
        return commands.Known(
            accounts=sorted({source.account for source in sources if source.account}),
            keyed=() if self.desk.door is None else self.desk.door.accounts(),
            shorts=[provider.short.lower() for provider in self.desk.providers],
            regions=sorted({source.region for source in sources if source.region}),
            sources=[source.name for source in sources],
            views=list(self._options.views),
            saved=list(self.memory.views),
            themes=self.themes(),
            fields=_fields,
            filters=lambda command, text: self._offered(text, len(text), self._aim(command)),
        )

    async def on_command_line_entered(self, message: CommandLine.Entered) -> None:
        """Runs a line. One that cannot be run stays, with the reason."""
        try:
            command, text = commands.parse(message.line, self._commands)
            await self._run(command, text)
        except (commands.Wrong, UsageError) as error:
            self.command.complain(str(error))
            return
        self.command.keep(message.line)
        self._leave_command()

    def on_command_line_left(self) -> None:
        """Esc."""
        self._leave_command()

    def _leave_command(self) -> None:
        self.command.end()
        if self.focused is self.command:
            self.set_focus(None)
        self.lay_out()

    async def _run(self, command: Command, text: str) -> None:
        if command.run in ACTIONS:
            await self.run_action(command.run)
            return
        runs: dict[str, Callable[[Command, str], None]] = {
            "provider": self._go_to,
            "tasks": self._go_to,
            "deck": self._go_to,
            "filter": lambda command, text: self.write_filter(self._checked(text)),
            "sort": lambda command, text: self._sort(text),
            "since": lambda command, text: self._clause("since", commands.since_clause(text)),
            "account": lambda command, text: self._clause("acct", commands.account_clause(text, self._known.accounts)),
            "region": lambda command, text: self._clause("region", commands.region_clause(text, self._known.regions)),
            "view": lambda command, text: self._view(text),
            "every": lambda command, text: self._every(text),
            "refresh": lambda command, text: self._refresh(text),
            "login": lambda command, text: self.login(text),
            "test": lambda command, text: self.test(text),
            "logout": lambda command, text: self.logout(text),
            "demo": lambda command, text: self.into_the_demo(),
            "copytest": lambda command, text: self.copy_test(),
            "export": lambda command, text: self.export(text),
            "theme": lambda command, text: self.dress(text),
            "log": lambda command, text: self._log_file(),
            "help": lambda command, text: self.call_next(self.run_action, "app.help"),
            "quit": lambda command, text: self.app.exit(0),
        }
        runs[command.run](command, text)

    def _go_to(self, command: Command, text: str) -> None:
        view = self._aim(command)
        if view is not None:
            self.go(view, self._checked(text)) if text else self.show(view)

    def _aim(self, command: Command) -> int | None:
        """The view that a command goes to; None for the one that is shown."""
        return {"provider": command.digit, "tasks": ALL, "deck": DECK}.get(command.run)

    def _checked(self, text: str, **views: str) -> str:
        """A filter that can be asked. Raises UsageError."""
        if text:
            from tui.query import parse

            screen = dict.fromkeys(("mark", "new", "pin"), lambda task: True)
            parse(text, views={**self._options.views, **views}, shorts=self.board.shorts, screen=screen)
        return text

    def _clause(self, name: str, clause: str) -> None:
        self.write_filter(self._checked(commands.with_clause(self.filter.edit.text, name, clause)))

    def _sort(self, text: str) -> None:
        from tui.query.fields import field

        if self._free():
            name = text.removeprefix("-")
            self._order(Sort(field(name).name if name else "", text.startswith("-")))

    def _view(self, text: str) -> None:
        word, _, name = text.partition(" ")
        name = name.strip().removeprefix("@")
        if word not in ("save", "drop"):
            word, name = "", text.removeprefix("@")
        if not name:
            raise commands.Wrong(f"which one? :view {f'{word} ' if word else ''}NAME")
        if not word:
            known = commands.one_of("saved view", name, self._known.views)
            self.write_filter(self._checked(f"@{known}"))
            return
        if word == "save":
            kept = self.filter.edit.text
            if name in ("save", "drop"):
                raise commands.Wrong(f"@{name} would be a word of :view: another name, please")
            self._checked(kept, **{name: kept})
            problem = self.memory.save_view(name, kept)
        else:
            problem = self.memory.drop_view(name)
        if problem:
            raise commands.Wrong(problem)
        lasting = "saved, while this demo runs" if self.desk.demo else "saved"  # a demo leaves nothing behind
        self.say(f"@{clean(name)} {lasting if word == 'save' else 'dropped'}")

    def _every(self, text: str) -> None:
        seconds, source = commands.pace(text)
        if seconds > MOST:
            raise commands.Wrong("the most is 1d")
        self.pace(dict.fromkeys(self._named(source) if source else self.sources, seconds))

    def _refresh(self, text: str) -> None:
        names = self._named(text) if text else self.sources
        for name in names:
            self.desk.poke(name)
        self.say(reading(names))

    def _named(self, text: str) -> list[str]:
        """One source, or those of a provider by its short."""
        for provider in self.desk.providers:
            if provider.short.lower() == text.lower():
                return [one.name for one in self.desk.store.sources.values() if one.adapter == provider.adapter]
        return [commands.one_of("source", text, self._known.sources)]

    def _log_file(self) -> None:
        path = logs.place()
        if path is None:
            self.say("there is no log in this run")
        else:
            beside(self, partial(self._show_log, path), "log")

    async def _show_log(self, path: Path) -> None:
        """The disk that it lies on may be dead."""
        try:
            lines = await aside(lambda: logs.tail(path))
        except FileNotFoundError:
            self.say(f"nothing is in the log yet: {clean(path)}")
        except OSError as error:
            self.say(f"the log cannot be read: {clean(path)}: {error.strerror or error}")
        else:
            from tui.ui.log_screen import LogScreen

            self.app.push_screen(LogScreen(self.pen, path, lines))


def _fields() -> Sequence[str]:
    """The fields one can sort by, short names first."""
    from tui.query.fields import NAMES

    return sorted(NAMES, key=lambda name: ("." in name or "_" in name, name))
