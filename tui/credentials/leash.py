"""Leash: programs that end with us, however we end. `command:` runs them in sessions of their own, which no signal of
ours reaches by itself: neither a terminal that hangs up nor a `kill`.

A signal that would end us ends them first, with all that they started. SIGKILL asks nobody: on Linux the kernel then
ends the program itself, though not what that has started.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from types import FrameType

_PR_SET_PDEATHSIG = 1  # <linux/prctl.h>
_ENDING = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP", "SIGQUIT") if hasattr(signal, name)]


class _Led:
    """The process groups that end with us. Signals are handled by the main thread, and so are these."""

    def __init__(self) -> None:
        self.groups: set[int] = set()
        self.starting = False
        self.pending: int | None = None


_led = _Led()


def started(start: Callable[[], subprocess.Popen[bytes]]) -> subprocess.Popen[bytes]:
    """Starts a program in a group of its own, which from its first moment on ends when we are ended."""
    if threading.current_thread() is not threading.main_thread():
        return start()  # nobody else may set handlers
    for number in _ENDING:
        if signal.getsignal(number) is signal.SIG_DFL:  # who handles it himself closes what he has begun
            signal.signal(number, _end)
    _led.starting = True
    try:
        process = start()
        _led.groups.add(process.pid)
        return process
    finally:
        _led.starting = False
        if _led.pending is not None:
            _end(_led.pending, None)
        _quieten()


def let_go(group: int) -> None:
    """It has ended; with the last one, signals do what they did before."""
    _led.groups.discard(group)
    if threading.current_thread() is threading.main_thread():
        _quieten()


def _quieten() -> None:
    for number in _ENDING if not _led.groups else ():
        if signal.getsignal(number) is _end:
            signal.signal(number, signal.SIG_DFL)


def kill(group: int) -> None:
    """Ends a process group."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)


def bound() -> Callable[[], None] | None:
    """What a child does before it becomes the program: has the kernel end it when we die. None but on Linux."""
    prctl = _prctl()
    if prctl is None:
        return None
    parent = os.getpid()

    def bind() -> None:  # between fork and exec: no import, no lock
        prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:  # too late
            os._exit(1)

    return bind


@cache
def _prctl() -> Callable[..., int] | None:
    if sys.platform != "linux":
        return None
    with suppress(ImportError, OSError, AttributeError):  # a Python without ctypes, a libc without prctl
        from ctypes import CDLL

        found: Callable[..., int] = CDLL(None).prctl
        return found
    return None


def _end(number: int, frame: FrameType | None) -> None:
    if _led.starting:  # its group is not known yet
        _led.pending = number
        return
    for group in tuple(_led.groups):
        kill(group)
    signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)
