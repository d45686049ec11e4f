"""Tty: the driver of a terminal that may stop reading, stop us, send anything, go away; it is always given back."""

from __future__ import annotations

import os
import re
import select
import selectors
import signal
import sys
import termios
from codecs import getincrementaldecoder
from collections.abc import Iterable
from contextlib import suppress
from threading import Event
from time import monotonic
from typing import TYPE_CHECKING, Any
from weakref import finalize

from textual import constants
from textual._parser import ParseError
from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message

from tui.ui import charset
from tui.ui.outlet import Outlet, unblocked
from tui.ui.pasting import Pasting

if TYPE_CHECKING:
    from tui.ui.dressed import Dressed

READ = 4_096
ALTERNATE = "\x1b[?1049h"
TICK = 0.1  # seconds between two looks whether a lone Esc was the key
PENDING = 1.0 + constants.ESCAPE_DELAY  # seconds after the last byte in which it may have been
IDLE = 10  # reads of nothing at all after which a terminal is gone, though poll has not said so
# A sequence that was cut is cancelled; then all that Textual (8.2.8) turns on is off, innermost first.
RESTORED = "\x18\x1b[?2026l\x1b[r\x1b[0m\x1b[?2004l\x1b[?7h\x1b[?2048l{mouse}\x1b[<u\x1b[?1049l\x1b[?25h\x1b[?1004l"
# The keyboard protocol, on and off, questions about modes, the mouse pointer's shape: Textual writes each alone.
_UNKNOWN_TO_PLAIN = re.compile("\x1b\\[(?:>[0-9]+|<)u|\x1b\\[\\?[0-9]+\\$p|\x1b]22;[a-z-]*\x07")
# Where Textual puts the cursor at the end of each frame, in its words and in fewer.
_HOME, _SHORT_HOME = "\x1b[1;1H", "\x1b[H"
NO_MOUSE = "\x1b[?1000l\x1b[?1003l\x1b[?1015l\x1b[?1006l\x1b[?1016l"


class Alarm(Event):
    """An event that wakes a thread which waits for bytes, too: `ear` can be read from while it is set."""

    def __init__(self) -> None:
        super().__init__()
        self.ear, self._mouth = os.pipe()
        finalize(self, _close, self.ear, self._mouth)

    def set(self) -> None:
        """From any thread."""
        if not self.is_set():
            super().set()
            os.write(self._mouth, b"!")

    def clear(self) -> None:
        """Silent again."""
        if self.is_set():
            os.read(self.ear, READ)
        super().clear()


def _close(*ends: int) -> None:
    for end in ends:
        os.close(end)


class Tty(LinuxDriver):
    """Textual's driver (8.2.8) but for what it does when the terminal is no good."""

    exit_event: Alarm

    def __init__(self, app: Dressed, **options: Any) -> None:
        self._outlet: Outlet | None = None
        super().__init__(app, **options)
        self.exit_event = Alarm()
        self._monitor = app
        streams = [one for one in (sys.__stderr__, sys.__stdout__) if one is not None]
        self._file = next((one for one in streams if one.isatty()), streams[0])  # `2>errors`: Textual would draw there
        self._out = unblocked(self._file.fileno())
        self._charset = charset.named() or getattr(self._file, "encoding", None) or "utf-8"
        self._plain = os.environ.get("TERM", "").startswith(charset.PLAIN)
        self._on = self._lost = False

    @property  # type: ignore[override] # Textual's own would keep its caller waiting
    def _writer_thread(self) -> Outlet | None:
        return self._outlet

    @_writer_thread.setter
    def _writer_thread(self, given: object) -> None:
        self._outlet = None
        if given is not None:
            letters = charset.wide(self._charset)
            narrow = charset.Narrow(letters=letters) if letters or self._monitor.plain_signs else None
            self._outlet = Outlet(self._out, self._charset, drained=self._draw_all, lost=self.hang_up, narrow=narrow)
            if self._lost:
                self._outlet.abandon()

    @property
    def behind(self) -> bool:
        """Whether the terminal is not read, or too slowly: a frame is better dropped, a whole one comes later."""
        return self._outlet is not None and self._outlet.behind

    def write(self, data: str) -> None:
        """Kept from old terminals is what they would print: questions, and the keyboard protocol's words."""
        if not (self._plain and _UNKNOWN_TO_PLAIN.fullmatch(data)) and not (data == ALTERNATE and self._sketched()):
            super().write(data[: -len(_HOME)] + _SHORT_HOME if data.endswith(_HOME) else data)

    def _sketched(self) -> bool:
        """Whether the alternate screen is on already: switched on again it would be empty until the first frame."""
        return self._monitor.sketch is not None and self._monitor.sketch.drawn

    def start_application_mode(self) -> None:
        """The alternate screen and all that; not in the background of a shell, where this stops the process again."""
        before = self._outlet
        super().start_application_mode()  # type: ignore[no-untyped-call]
        self._on = self._outlet is not before
        if self._on and self._monitor.sketch is not None:
            self.attrs_before = self._monitor.sketch.hand_over() or self.attrs_before

    def stop_application_mode(self) -> None:
        """The terminal as it was."""
        if self._on:
            super().stop_application_mode()
            self._on = False

    def close(self) -> None:
        """Has written what is left, or lets go where the terminal does not take it."""
        super().close()
        if self._outlet is not None and self._outlet.stuck:
            self.let_go()

    def let_go(self) -> None:
        """Gives the terminal back at once, from any thread, whatever this driver or the terminal is stuck in."""
        outlet = self._outlet
        if outlet is None or outlet.shut or not (self._on or outlet.stuck):
            return
        self._on = False
        outlet.abandon()
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTTOU})  # in a shell's background it would stop us
        with suppress(termios.error, OSError):  # gone meanwhile
            if outlet.stuck:
                termios.tcflush(self._out, termios.TCOFLUSH)
            if self.attrs_before is not None:
                termios.tcsetattr(self.fileno, termios.TCSANOW, self.attrs_before)
            outlet.last(RESTORED.format(mouse=NO_MOUSE if self._mouse else ""))
        signal.pthread_sigmask(signal.SIG_SETMASK, before)

    def hang_up(self) -> None:
        """The terminal is gone: nothing is written any more, and the monitor ends. From any thread, more than once."""
        self._lost = True
        self._monitor.hung_up()
        if self._outlet is not None:
            self._outlet.abandon()

    def _draw_all(self) -> None:
        with suppress(RuntimeError):  # the loop has ended
            self._loop.call_soon_threadsafe(self._app.refresh)

    def _sigtstp_application(self, *_: object) -> None:
        """Stopped by a signal. Not here: this may be in the midst of anything, a write for one."""
        self._loop.call_soon_threadsafe(self._suspend)

    def _sigcont_application(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._resume)

    def _suspend(self) -> None:
        if self._auto_restart and not self._leaving:
            self.suspend_application_mode()
            self._must_signal_resume = True
            os.kill(os.getpid(), signal.SIGSTOP)

    def _resume(self) -> None:
        """Goes on, after the signal above or one that cannot be caught: a shell has set the terminal its own way.

        A terminal that goes away says SIGCONT, too.
        """
        if self._auto_restart and not self._leaving and not self._lost:
            self.suspend_application_mode()
            self.start_application_mode()
            self._app.refresh(layout=True)

    @property
    def _leaving(self) -> bool:
        """In the background of a shell, taking the terminal would have us stopped again instead of ended."""
        return self._lost or self._monitor.leaving

    def parser(self) -> XTermParser:
        """Makes messages of what a terminal sends."""
        return XTermParser(self._debug)

    def run_input_thread(self) -> None:
        """As in Textual, but bytes that are no text are nothing, the end of the terminal is one, silence is sleep."""
        selector = selectors.SelectSelector()
        for fileno in (self.fileno, self.exit_event.ear):
            selector.register(fileno, selectors.EVENT_READ)
        parser = self.parser()
        decode, pasting = getincrementaldecoder(self._charset)("ignore").decode, Pasting()
        empty, awake = 0, monotonic() + PENDING

        def take() -> bool:
            nonlocal empty, awake
            for key, _ in selector.select(TICK if monotonic() < awake else None):
                if key.fd != self.fileno:
                    continue
                if data := self._read():
                    empty, awake = 0, monotonic() + PENDING
                    if text := pasting.feed(decode(data)):  # nothing is the end, to the parser
                        self._pass_on(parser.feed(text))
                elif self._hung_up() or (empty := empty + 1) > IDLE:
                    return False
                else:
                    self.exit_event.wait(TICK)
            self._pass_on(parser.tick())
            return True

        try:
            there = True
            while there and not self.exit_event.is_set():
                there = take()
            if not there:
                self.hang_up()
        finally:
            selector.close()
            with suppress(EOFError, ParseError):
                for _ in parser.feed(""):
                    pass

    def _read(self) -> bytes:
        try:
            return os.read(self.fileno, READ)
        except BlockingIOError:
            return b""
        except OSError:  # EIO: hung up
            return b""

    def _hung_up(self) -> bool:
        poll = select.poll()
        poll.register(self.fileno)
        return any(what & (select.POLLHUP | select.POLLERR | select.POLLNVAL) for _, what in poll.poll(0))

    def _pass_on(self, messages: Iterable[Message]) -> None:
        for message in messages:
            self.process_message(message)
