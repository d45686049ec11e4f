"""A bottle: the whole demo cloud and the whole monitor in one virtual time, without a socket.

What is real: the fronts with their signatures, the faults, the ledger; `Line`, `Budget`, the adapters, `Poller`, the
store, and the time-out of `Wire`. What is not: httpx and uvicorn, and the time (`virtual_loop`).
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tests.fidelity.picture import Fields, Mismatch, Name, lies, mismatches, name_of, picture
from tests.fidelity.reads import Reads
from tui.adapters import load
from tui.budget import Budget
from tui.calls import Ask, Signed
from tui.cloud.app import Desk
from tui.cloud.faults import Faults
from tui.cloud.job import Job
from tui.cloud.ledger import Ledger
from tui.cloud.server import fronts
from tui.cloud.shown import Shown
from tui.cloud.sources import SOURCES, Source, config
from tui.cloud.truth import truths
from tui.cloud.world import World
from tui.credentials import source_of
from tui.errors import Malformed
from tui.line import Clocks, Line
from tui.net import Wire, _skew
from tui.patience import Patience
from tui.poller import Poller
from tui.settings import Config, Network
from tui.settings.load import parse
from tui.store import Store
from tui.wiring import models

START = 1_795_000_000_000
LATENCY = (0.005, 0.06)  # seconds, each way: lists change while they are read
ANSWER_LIMIT = 1 << 20  # our own is 32 MiB: what is larger is refused after the first MiB here


class Courier(Wire):
    """Takes requests to the desk by hand: an ASGI call for each, with the time that a network takes."""

    def __init__(self, desk: Desk, now: Callable[[], float], seed: int) -> None:
        super().__init__(Network())
        self._desk, self._now, self._rng = desk, now, random.Random(seed)
        self._serving: set[asyncio.Task[None]] = set()

    async def _exchange(self, ask: Ask, signed: Signed) -> tuple[int, Mapping[str, str], bytes, int, float | None]:
        sent = self._now()
        await asyncio.sleep(self._rng.uniform(*LATENCY))
        asked = _Exchange(ask, signed)
        serving = asyncio.create_task(asked.serve(self._desk))
        self._serving.add(serving)
        serving.add_done_callback(self._served)
        try:
            await asked.answered.wait()
        finally:
            asked.gone.set()  # an answer that nobody waits for any longer: the desk is told, not stopped
        await asyncio.sleep(self._rng.uniform(*LATENCY))
        if asked.too_large:
            raise Malformed("the answer is larger than 32 MiB", http_status=asked.status)
        skew = _skew(asked.headers, sent, self._now())
        return asked.status, asked.headers, asked.body, round(self._now() * 1000), skew

    def _served(self, one: asyncio.Task[None]) -> None:
        if one.exception() is None:
            self._serving.discard(one)  # a bug of the cloud stays, for `aclose` to raise

    async def aclose(self) -> None:
        """Waits for the desk to have answered everything. Raises what it broke down with."""
        self._desk.close()
        await asyncio.gather(*self._serving)


class _Exchange:
    """One request as the desk sees it, and what it says."""

    def __init__(self, ask: Ask, signed: Signed) -> None:
        body = ask.body if signed.body is None else signed.body
        host, _, port = ask.host.rpartition(":")
        self._scope: dict[str, Any] = {
            "type": "http",
            "server": (host, int(port)),
            "method": ask.method,
            "raw_path": ask.path.encode("ascii"),
            "query_string": ask.query.encode("ascii"),
            "headers": [
                (name.lower().encode("ascii"), value.encode("utf-8"))
                for name, value in (("Host", ask.host), *ask.headers, *signed.headers)
            ],
        }
        self._messages = iter([{"type": "http.request", "body": body, "more_body": False}])
        self.gone, self.answered = asyncio.Event(), asyncio.Event()
        self.status, self.body, self.too_large = 0, b"", False
        self.headers: dict[str, str] = {}

    async def serve(self, desk: Desk) -> None:
        try:
            await desk(self._scope, self._receive, self._send)
        finally:
            self.answered.set()

    async def _receive(self) -> dict[str, Any]:
        for message in self._messages:
            return message
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {name.decode(): value.decode() for name, value in message["headers"]}
        elif self.too_large or len(self.body) > ANSWER_LIMIT:
            self.too_large, self.body = True, b""
        else:
            self.body += message.get("body", b"")


class Bottle:
    """A cloud and its monitor. `now` is the time of both, `stop` ends the time of the cloud's tasks alone."""

    def __init__(self, *, tasks: int, seed: int, rate: float, interval: float, width: int = 2) -> None:
        self._loop = asyncio.get_running_loop()
        self._until: int | None = None
        self.world = World(tasks, seed, rate, clock=self._life)
        self.faults, self.ledger, self.store = Faults(seed), Ledger(), Store()
        self.ports = dict(enumerate(fronts(self.world, seed), start=1))
        self.shown = Shown(True)
        self.desk = Desk(self.world, self.ports, self.faults, self.wall, self.ledger, self.shown)
        self.reads = Reads(self.store, self._loop.time, self.now)
        self._jobs: dict[Source, dict[Job, None]] = {source: {} for source in SOURCES}
        self._wire = Courier(self.desk, self.now, seed)
        self.pollers = self._wired(self._config(interval), width)

    def now(self) -> float:
        """Epoch seconds."""
        return START / 1000 + self._loop.time()

    def wall(self) -> int:
        """Epoch milliseconds, what signatures are checked against."""
        return START + int(self._loop.time() * 1000)

    def stop(self) -> None:
        """From now on no task is born, moves or ends; requests are answered as before."""
        self._until = self.wall()

    def _life(self) -> int:
        return self.wall() if self._until is None else self._until

    def _config(self, interval: float) -> Config:
        endpoints = {(front.api, front.region): f"http://127.0.0.1:{port}" for port, front in self.ports.items()}
        return parse(config(endpoints, f"{interval:g}s"), models(), Path("demo.toml"))

    def _wired(self, settings: Config, width: int) -> dict[str, Poller]:
        """What `Wiring` does, with the bottle's time in place of the machine's."""
        budget, clocks = Budget(self._loop.time), Clocks(self.now)
        found: dict[str, Poller] = {}
        for one in settings.sources:
            account = settings.accounts[one.account]
            line = Line(self._wire, account, one.region, source_of(account), budget=budget, clocks=clocks)
            clocked: dict[str, Any] = {"clock": self.now} if one.adapter == "huawei-kps" else {}
            adapter = load(one.adapter)(one, account, line, **clocked)
            found[one.name] = Poller(
                one,
                adapter,
                line,
                self.store,
                interval=settings.interval(one),
                told=self.reads.told,
                clock=self.now,
                patience=Patience(),
                width=width,
            )
        return found

    @asynccontextmanager
    async def polling(self) -> AsyncIterator[None]:
        """All pollers run while the block does."""
        running = [asyncio.create_task(poller.run()) for poller in self.pollers.values()]
        running.append(asyncio.create_task(self._watch()))
        try:
            yield
        finally:
            for one in running:
                one.cancel()
            ends = await asyncio.gather(*running, return_exceptions=True)
            await self._wire.aclose()
        for end in ends:
            if not isinstance(end, asyncio.CancelledError):
                raise RuntimeError("a poller ended by itself") from end

    async def _watch(self) -> None:
        """Remembers every task that ever was, also those that the cloud forgets."""
        while True:
            self._remember()
            await asyncio.sleep(1)

    def _remember(self) -> None:
        self.world.advance()
        for source, known in self._jobs.items():
            known.update((job, None) for job, *_ in self.world.realms[source.adapter, source.region].jobs())

    def truth(self) -> list[Fields]:
        """`GET /_truth`."""
        return list(self.world.truth())

    def forgotten(self, truth: list[Fields]) -> Mapping[Name, Fields]:
        """The tasks that were and are not known any more."""
        self._remember()
        now, known = self.world.now(), {name_of(one) for one in truth}
        return {
            name_of(one): one
            for source, jobs in self._jobs.items()
            for one in truths(source, ((job, False, False) for job in list(jobs)), now)
            if name_of(one) not in known
        }

    def mismatches(self) -> list[Mismatch]:
        """In what the monitor's picture is not the truth."""
        truth = self.truth()
        shown = {name_of(one) for one in self.shown.rows()}
        return mismatches(picture(self.store), truth, shown=shown, forgotten=self.forgotten(truth), skews=self.skews())

    def skews(self) -> Mapping[str, tuple[int, ...]]:
        """How far the clock of each source may have been off, in both kinds of `skew`."""
        off = self.faults.off
        return {one.name: tuple(off(one.adapter, one.region, each=each) for each in (False, True)) for one in SOURCES}

    def lies(self) -> list[Mismatch]:
        """What must not be said at any time: a task that never was, an end that has not come."""
        truth = self.truth()
        return lies(picture(self.store), truth, self.forgotten(truth))
