"""Whole processes, measured: wall time, CPU and peak memory of a command."""

from __future__ import annotations

import os
import re
import statistics
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple


class Cost(NamedTuple):
    """What one run took: seconds of wall time, seconds of CPU, MiB at the peak."""

    wall: float
    cpu: float
    peak: float


class Peak(threading.Thread):
    """Looks what a process has had resident at most (`found`, KiB) until it has ended.

    What `wait4` says of that is never below what we have ourselves, as a child begins as a copy of us.
    """

    EVERY = 0.002  # seconds: what a program takes in its last ones is not seen

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._status = Path(f"/proc/{pid}/status")
        self._over = threading.Event()
        self.found = 0

    def __enter__(self) -> Peak:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self.join()

    def run(self) -> None:
        """The thread."""
        while not self._over.wait(self.EVERY):
            try:
                told = re.search(r"VmHWM:\s+(\d+)", self._status.read_text())
            except OSError:
                return
            self.found = int(told[1]) if told else self.found  # an ended process has none, nor one that execs


def run(command: Sequence[str], *, stdin: bytes = b"", out: Path, env: Mapping[str, str]) -> Cost:
    """Runs a command to its end; RuntimeError when it fails."""
    with out.open("wb") as sink:
        start = time.perf_counter()
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=sink, env=env)
        assert process.stdin is not None
        with Peak(process.pid) as peak:
            process.stdin.write(stdin)
            process.stdin.close()
            _, status, usage = os.wait4(process.pid, 0)
            wall = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{command} ended with {process.returncode}")
    return Cost(wall, usage.ru_utime + usage.ru_stime, peak.found / 1024)


def medians(costs: Sequence[Cost]) -> Cost:
    """The median of each figure."""
    return Cost(*(statistics.median(column) for column in zip(*costs, strict=True)))
