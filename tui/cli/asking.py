"""What is asked for on the terminal itself, without echo: nothing that is typed here is ever shown or passed on.

The terminal is /dev/tty, whatever stdin and stdout are. Lines are read sign by sign: the system's own line editor
cuts them after 4,095, and an STS token may be longer.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType

from tui.calls import Secret
from tui.errors import NoCredential, UsageError
from tui.typed import exactly

TTY = "/dev/tty"
LONGEST = 65_536  # bytes of one answer
_END = b"\r\n"
_ENDING = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP", "SIGQUIT") if hasattr(signal, name)]
_ERASE, _ERASE_ALL, _EOF = b"\x7f\x08", b"\x15", b"\x04"


class Refused(UsageError):
    """What was typed cannot be meant; the text says why, and quotes nothing of it."""


class Terminal:
    """The user's terminal while something is asked for. Use as `with terminal() as asked`."""

    def __init__(self, handle: int) -> None:
        self._handle = handle

    def say(self, line: str, end: str = "\n") -> None:
        """A line that only the terminal gets."""
        from tui.text import clean

        os.write(self._handle, (clean(line, limit=4000) + end).encode(errors="replace"))

    def secret(self, prompt: str, *, exact: bool = False) -> Secret:
        """One line, typed or pasted, without echo; `exact` leaves blanks at its ends. Refused says what is wrong."""
        self._ask(prompt)
        try:
            typed = self._line()
        finally:
            self.say("")
        return Secret(sound(typed, exact=exact))

    def wanted(self, question: str) -> bool:
        """Whether the answer to a question is y."""
        self._ask(f"{question} ")
        typed = self._line()
        self.say(typed[:20])
        return typed.strip().lower() in ("y", "yes")

    def _ask(self, question: str) -> None:
        """In a line of its own: where a command shows how far it is, that gives way."""
        os.write(self._handle, b"\r\x1b[K")
        self.say(question, end="")

    def _line(self) -> str:
        """Signs up to Enter. Inside a bracketed paste a line end is one sign of many."""
        typed = bytearray()
        while True:
            one = os.read(self._handle, 1)
            if not one or (one in _EOF and not typed):
                raise NoCredential("nothing was typed: nothing was stored")
            if one in _END and not _pasting(typed):
                return typed.decode("utf-8", "replace")
            if one in _ERASE:
                _take_back(typed)
            elif one in _ERASE_ALL:
                typed.clear()
            else:
                typed += one
            if len(typed) > LONGEST:
                raise Refused(f"that is more than {LONGEST:,} signs")


def sound(typed: str, *, exact: bool = False) -> str:
    """What was typed, without the marks of a bracketed paste; Refused where a key cannot look like that."""
    try:
        text = exactly(typed)
    except ValueError as wrong:
        raise Refused(str(wrong)) from None
    if not exact and text != text.strip():
        raise Refused("that begins or ends with a blank: paste it without")
    return text


@contextmanager
def terminal() -> Iterator[Terminal]:
    """The terminal, without echo until the block ends, however it ends. UsageError where there is none."""
    try:
        import termios
    except ImportError:  # Windows
        raise UsageError("keys are asked for on a POSIX terminal only: use --stdin") from None
    try:
        handle = os.open(TTY, os.O_RDWR | os.O_NOCTTY)
    except OSError:
        raise UsageError("there is no terminal to ask on: give one JSON object on stdin, with --stdin") from None
    try:
        before = termios.tcgetattr(handle)
        silent = termios.tcgetattr(handle)
        silent[3] &= ~(termios.ECHO | termios.ECHONL | termios.ICANON | termios.IEXTEN)
        silent[6] = list(silent[6])
        silent[6][termios.VMIN], silent[6][termios.VTIME] = 1, 0
        silent[6][termios.VSUSP] = b"\x00"  # a stopped program would leave the terminal as it is

        def restore() -> None:
            with suppress(termios.error):  # the terminal has gone
                termios.tcsetattr(handle, termios.TCSAFLUSH, before)

        with _signals(restore):
            try:
                # Flushed before and after: the second line of a paste is for nobody, least of all for the shell.
                termios.tcsetattr(handle, termios.TCSAFLUSH, silent)
                if termios.tcgetattr(handle)[3] & termios.ECHO:
                    raise UsageError("this terminal cannot be switched to no echo: use --stdin")
                yield Terminal(handle)
            finally:
                restore()
    except termios.error:
        raise UsageError("this terminal cannot be switched to no echo: use --stdin") from None
    finally:
        os.close(handle)


@contextmanager
def _signals(restore: Callable[[], None]) -> Iterator[None]:
    """Ctrl+C ends the reading even inside an event loop, whose own handler would only make a note of it."""

    def end(number: int, frame: FrameType | None) -> None:
        restore()
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)

    handlers = {signal.SIGINT: signal.default_int_handler} | dict.fromkeys(_ENDING, end)
    before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _pasting(typed: bytearray) -> bool:
    return typed.rfind(b"\x1b[200~") > typed.rfind(b"\x1b[201~")


def _take_back(typed: bytearray) -> None:
    """Removes the last sign, all of its bytes."""
    while typed and typed[-1] & 0xC0 == 0x80:
        typed.pop()
    if typed:
        typed.pop()


def from_stdin() -> str:
    """All of stdin, for `--stdin`. UsageError where that is a terminal, on which it would be seen."""
    if sys.stdin is None or sys.stdin.isatty():
        raise UsageError("--stdin reads a JSON object from a pipe or a file; without it you are asked, without echo")
    text = sys.stdin.buffer.read(LONGEST + 1)
    if len(text) > LONGEST:
        raise UsageError(f"stdin has more than {LONGEST:,} bytes: that is no key")
    try:
        return text.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UsageError("stdin is not UTF-8: give one JSON object") from None
