"""Ending: a signal, a terminal that is gone or its user ends the monitor: kindly, and by force after a while.

A signal is noted in C, in whatever the program is stuck, and read by a thread of its own. Kindly is the loop's way:
screens close, what is remembered is kept, the terminal is given back. Where that takes too long (a thread that the
loop waits for, a terminal that takes no byte, a dead disk) the rest is left, and the terminal is given back from here.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from threading import Condition, Thread, current_thread, main_thread
from types import TracebackType

SECONDS = 1.4  # of the two that leaving may take
LAST = 0.3  # of them for what is done by force
SIGNALS = [getattr(signal, name) for name in ("SIGHUP", "SIGINT", "SIGQUIT", "SIGTERM") if hasattr(signal, name)]
HUNG_UP = 128 + 1  # as SIGHUP says it, which a shell may have turned off


def of_signal(number: int) -> int:
    """The exit code that says a signal."""
    return 128 + number


class Ending:
    """While this is entered, signals end the program by `kindly` and, if need be, by force. Of the main thread."""

    def __init__(self) -> None:
        self._kindly: Callable[[int], None] | None = None
        self._at_last: list[Callable[[], object]] = []
        self._code: int | None = None
        self._asked = Condition()
        self._ears: tuple[int, int] | None = None
        self._before: dict[int, object] = {}
        self._woken = -1
        self._over = False
        self.noticed = False  # a signal has come, whatever becomes of it

    @property
    def code(self) -> int | None:
        """The exit code that was asked for from outside: by a signal, or by a terminal that is gone."""
        return self._code

    def attend(self, kindly: Callable[[int], None] | None, *at_last: Callable[[], object]) -> None:
        """How to end kindly, from any thread (None: not yet), and what must be done even by force, in this order."""
        self._kindly, self._at_last = kindly, [*at_last]

    def ask(self, code: int) -> None:
        """Ends the program with this code, from any thread. The first one counts."""
        with self._asked:
            if self._code is not None:
                return
            self._code = code
        self.hurry(code)
        if self._kindly is None:
            self._force(code)  # nothing has begun
        else:
            self._kindly(code)

    def hurry(self, code: int) -> None:
        """Somebody leaves with this code: that may take a while, but not for ever."""
        if not self._over and self._ears is not None:
            Thread(target=self._wait, args=(code,), name="taskdeck-ending", daemon=True).start()

    def __enter__(self) -> Ending:
        # Elsewhere than in the main thread Python takes no handlers; Windows has no such signals, nor pipes for them.
        if current_thread() is main_thread() and sys.platform != "win32":
            ear, mouth = self._ears = os.pipe()
            os.set_blocking(mouth, False)
            self._woken = signal.set_wakeup_fd(mouth, warn_on_full_buffer=False)
            for number in SIGNALS:
                if signal.getsignal(number) is not signal.SIG_IGN:  # who started us wants none of it
                    self._before[number] = signal.signal(number, self._note)
            Thread(target=self._listen, args=(ear,), name="taskdeck-signals", daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._asked:
            self._over = True
            self._asked.notify_all()
        if self._ears is not None:
            for number, handler in self._before.items():
                signal.signal(number, handler)  # type: ignore[arg-type] # what `signal` itself answered
            signal.set_wakeup_fd(self._woken)
            os.close(self._ears[1])  # the thread reads the end

    def _listen(self, ear: int) -> None:
        while numbers := os.read(ear, 64):
            for number in numbers:
                if number in self._before:
                    self.ask(of_signal(number))
        os.close(ear)

    def _wait(self, code: int) -> None:
        with self._asked:
            over = self._asked.wait_for(lambda: self._over, SECONDS)
        if not over:
            self._force(code)

    def _force(self, code: int) -> None:
        last = Thread(target=self._do_the_last, name="taskdeck-last", daemon=True)
        last.start()
        last.join(LAST)
        os._exit(code if self._code is None else self._code)

    def _do_the_last(self) -> None:
        for work in self._at_last:
            with suppress(Exception):  # the next one is tried all the same: this is the end
                work()

    def _note(self, number: int, frame: object) -> None:
        """The lowest number first: whoever is woken by SIGCONT knows of a SIGTERM."""
        self.noticed = True
