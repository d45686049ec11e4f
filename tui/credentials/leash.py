"""Leash: programs that end with us, however we end. `command:` runs them in sessions of their own, which no signal of
ours reaches by itself: neither a terminal that hangs up nor a `kill`.

A signal that would end us ends them first, with all that they started. SIGKILL asks nobody: on Linux the kernel then
ends the program itself, though not what that has started.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from types import FrameType

_PR_SET_PDEATHSIG = 1  # <linux/prctl.h>
_ENDING = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP", "SIGQUIT") if hasattr(signal, name)]
_led: set[int] = set()


def lead(group: int) -> None:
    """From now on this process group ends when we are ended."""
    _led.add(group)
    if threading.current_thread() is not threading.main_thread():
        return  # nobody else may set handlers
    for number in _ENDING:
        if signal.getsignal(number) is signal.SIG_DFL:  # who handles it himself closes what he has begun
            signal.signal(number, _end)


def let_go(group: int) -> None:
    """It has ended; with the last one, signals do what they did before."""
    _led.discard(group)
    if _led or threading.current_thread() is not threading.main_thread():
        return
    for number in _ENDING:
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
    for group in tuple(_led):
        kill(group)
    signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)
