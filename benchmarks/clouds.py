"""A fleet of demo clouds in a process of its own (tests/fidelity/fleet.py), driven by lines on its stdin.

So what is measured is the monitor alone. Each command is answered with one line of JSON; what is long is in a file.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import os
import pickle
import subprocess
import sys
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.fidelity.fleet import Account, Fleet, fleet


class Clouds:
    """The fleet as its user sees it. Use as a context manager; `config` is the text that monitors it."""

    def __init__(
        self, clouds: int, *, sources: int, tasks: int, rate: float, interval: str, seed: int = 1, quick: int = 0
    ) -> None:
        asked = {
            "clouds": clouds,
            "sources": sources,
            "tasks": tasks,
            "rate": rate,
            "interval": interval,
            "seed": seed,
            "quick": quick,
        }
        self._command = [sys.executable, __file__, json.dumps(asked)]

    def __enter__(self) -> Clouds:
        self._process = subprocess.Popen(self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.config: str = self._answer()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            self._process.wait(15)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    @property
    def pid(self) -> int:
        """The process."""
        return self._process.pid

    def ask(self, command: str) -> Any:
        """One command and its answer: `fault NAME on`, `fault NAME off`, `stop`, `born`, `requests`."""
        assert self._process.stdin is not None
        self._process.stdin.write(command + "\n")
        self._process.stdin.flush()
        return self._answer()

    def account(self) -> Account:
        """Everything that is true of the fleet."""
        handle, name = tempfile.mkstemp(suffix=".pickle")
        os.close(handle)
        try:
            self.ask(f"account {name}")
            return Account(*pickle.loads(Path(name).read_bytes()))  # our own child wrote it
        finally:
            Path(name).unlink()

    def _answer(self) -> Any:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"the clouds have ended with {self._process.wait()}")
        return json.loads(line)


def obey(clouds: Fleet, command: str) -> Any:
    """One command."""
    match command.split():
        case ["fault", name, on]:
            clouds.switch(name, on == "on")
        case ["stop"]:
            clouds.stop()
        case ["born"]:
            return clouds.born
        case ["requests"]:
            return clouds.requests
        case ["account", path]:
            Path(path).write_bytes(pickle.dumps(tuple(clouds.account())))
        case _:
            raise ValueError(command)
    return None


async def serve(asked: dict[str, Any]) -> None:
    """Until stdin ends."""
    async with fleet(asked.pop("clouds"), **asked) as clouds:
        gc.freeze()
        print(json.dumps(clouds.config), flush=True)
        while line := await asyncio.to_thread(sys.stdin.readline):
            print(json.dumps(obey(clouds, line)), flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("asked", help="JSON: clouds, sources, tasks, rate, interval, seed, quick")
    asyncio.run(serve(json.loads(parser.parse_args().asked)))
