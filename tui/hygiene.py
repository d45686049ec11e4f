"""Hygiene: what a process that may hold keys gives up at its start, so that its memory is not left behind.

A core dump is a copy of the memory, keys included, in a file that nobody looks after. `RLIMIT_CORE` 0 forbids it to the
process and all it starts; on Linux a dump may go to a program instead of a file, which the limit does not stop, so the
process is made not dumpable as well: that also keeps other processes of the same user from reading its memory.
"""

from __future__ import annotations

import sys
from contextlib import suppress

_PR_SET_DUMPABLE = 4  # <linux/prctl.h>

KEYLESS = frozenset({"cloud", "completion", "config"})
"""Commands that never see a key: the demo cloud's own are fake, and printed."""


def seal() -> None:
    """No core dump, no other process that looks in. What the system does not have is left as it is."""
    with suppress(ImportError, OSError, ValueError):  # Windows has no limits; a sandbox may forbid it
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        with suppress(ImportError, OSError, AttributeError):  # a Python without ctypes, a libc without prctl
            from ctypes import CDLL

            CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
