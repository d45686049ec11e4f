"""Starts the demo cloud: one process, one server, a port for each front."""

import asyncio
import contextlib
import gc
import json
import os
import signal
import socket
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from tui.cloud.acs3 import Key
from tui.cloud.app import Desk, Front
from tui.cloud.faults import Faults
from tui.cloud.fronts._huawei import Identity
from tui.cloud.fronts.fc import FcFront
from tui.cloud.fronts.iam import IamFront
from tui.cloud.fronts.kps import KpsFront
from tui.cloud.fronts.mps import MpsFront
from tui.cloud.fronts.opensearch import OpenSearchFront
from tui.cloud.fronts.tat import TatFront
from tui.cloud.habits import Habits
from tui.cloud.keys import DEMO_KEYS, ENV, HUAWEI_PROJECTS, STS_KEYS
from tui.cloud.ledger import Ledger
from tui.cloud.realms.fc import FunctionCompute
from tui.cloud.realms.kps import KeyPairs
from tui.cloud.realms.mps import MediaProcessing
from tui.cloud.realms.opensearch import OpenSearch
from tui.cloud.realms.tat import Automation
from tui.cloud.shown import Shown
from tui.cloud.sources import config
from tui.cloud.world import World, wall

HOST = "127.0.0.1"
PARENT = "TASKDECK_CLOUD_PARENT"
BACKLOG = 512
KEEP_ALIVE_S = 75


@dataclass(frozen=True, slots=True)
class Cloud:
    """A running demo cloud."""

    url: str
    config: str
    env: dict[str, str]
    world: World
    faults: Faults
    ledger: Ledger
    shown: Shown
    endpoints: dict[tuple[str, str], str]


class _Server(uvicorn.Server):
    """A uvicorn that leaves the signals to its caller and tells when it is ready."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(
            uvicorn.Config(
                desk,
                http="h11",
                ws="none",
                loop="asyncio",
                lifespan="off",
                log_config=None,
                access_log=False,
                log_level="critical",  # the monitor does not read its child's stderr: a full pipe would stop it
                server_header=False,
                date_header=False,
                timeout_keep_alive=KEEP_ALIVE_S,
                timeout_graceful_shutdown=1,
            )
        )
        self.ready = asyncio.Event()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals belong to the program, not to the server."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start listening, and say so."""
        await super().startup(sockets)
        self.ready.set()


def keys(vendor: str) -> dict[str, Key]:
    """The key pairs the cloud knows: a permanent one and a temporary one."""
    pairs = (DEMO_KEYS[vendor], STS_KEYS[vendor])
    return {pair["access_key_id"]: Key(pair["access_key_secret"], pair.get("security_token", "")) for pair in pairs}


def fronts(world: World, seed: int = 1, casing: str = "both") -> list[Front]:
    """The fronts of all realms, and IAM; OpenSearch answers in `camel`, in `pascal`, or one region in each."""
    identity = Identity(keys("huawei"), HUAWEI_PROJECTS, seed)
    automations = {realm.region: realm for realm in world.realms.values() if isinstance(realm, Automation)}
    answer: list[Front] = [IamFront(identity)]
    for realm in world.realms.values():
        match realm:
            case FunctionCompute():
                answer.append(FcFront(realm, keys("alibaba")))
            case OpenSearch(region=region):
                shanghai = region == "cn-shanghai"
                case = casing if casing != "both" else "pascal" if shanghai else "camel"
                answer.append(OpenSearchFront(realm, keys("alibaba"), case, "envelope" if shanghai else "status"))
            case MediaProcessing():
                answer.append(MpsFront(realm, keys("tencent")))
            case Automation():
                answer.append(TatFront(automations, realm.region, keys("tencent")))
            case KeyPairs():
                answer.append(KpsFront(realm, identity))
    return answer


def _listen(port: int) -> socket.socket:
    # the protocol is named because asyncio sets TCP_NODELAY on no other socket: without it an answer waits 40 ms
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((HOST, port))
        listener.listen(BACKLOG)
        listener.setblocking(False)
    except OSError:
        listener.close()
        raise
    return listener


@contextlib.asynccontextmanager
async def running(
    *,
    port: int = 0,
    tasks: int = 2000,
    seed: int = 1,
    rate: float = 1.0,
    faults: Sequence[str] = (),
    freeze: bool = False,
    interval: str = "5s",
    casing: str = "both",
    clock: Callable[[], int] = wall,
    remember: bool = False,
) -> AsyncIterator[Cloud]:
    """The demo cloud in this process, listening until the block ends; `remember` what answers have shown."""
    if tasks < 0 or rate <= 0:
        raise ValueError("tasks is a number from 0 on, rate is above 0")
    habits = Habits(seed, rate)
    trouble = Faults(seed, faults, habits)
    ledger, shown = Ledger(), Shown(remember)
    with contextlib.ExitStack() as stack:
        control = stack.enter_context(_listen(port))
        world = World(tasks, seed, rate, freeze, clock, habits)
        doors = {stack.enter_context(_listen(0)): front for front in fronts(world, seed, casing)}
        ports = {door.getsockname()[1]: front for door, front in doors.items()}
        endpoints = {(front.api, front.region): f"http://{HOST}:{number}" for number, front in ports.items()}
        desk = Desk(world, ports, trouble, clock, ledger, shown)
        server = _Server(desk)
        serving = asyncio.create_task(server.serve([control, *doors]))
        await server.ready.wait()
        url = f"http://{HOST}:{control.getsockname()[1]}"
        try:
            yield Cloud(url, config(endpoints, interval), dict(ENV), world, trouble, ledger, shown, endpoints)
        finally:
            desk.close()
            server.should_exit = True
            await serving


def run(
    *,
    port: int = 0,
    tasks: int = 2000,
    seed: int = 1,
    rate: float = 1.0,
    faults: Sequence[str] = (),
    freeze: bool = False,
    config_out: str | None = None,
    interval: str = "5s",
    casing: str = "both",
) -> int:
    """Serve in the foreground until SIGINT or SIGTERM; prints one line of JSON when ready."""

    async def main() -> None:
        over = asyncio.Event()
        loop = asyncio.get_running_loop()
        for name in (signal.SIGINT, signal.SIGTERM):
            with contextlib.suppress(NotImplementedError):  # Windows has no signal handlers on a loop
                loop.add_signal_handler(name, over.set)
        async with running(
            port=port,
            tasks=tasks,
            seed=seed,
            rate=rate,
            faults=faults,
            freeze=freeze,
            interval=interval,
            casing=casing,
        ) as cloud:
            gc.freeze()  # a million records need not be walked again at every full collection
            with _written(cloud.config, config_out) as path:
                line = {"url": cloud.url, "config": path, "tasks": tasks, "env": cloud.env}
                sys.stdout.write(json.dumps(line) + "\n")
                sys.stdout.flush()
                orphaned = asyncio.create_task(_orphaned(over))
                await over.wait()
                orphaned.cancel()

    asyncio.run(main())
    return 0


@contextlib.contextmanager
def _written(text: str, config_out: str | None) -> Iterator[str]:
    """The config on disk; a temporary file goes again."""
    if config_out is not None:
        Path(config_out).write_text(text, encoding="utf-8")
        yield str(Path(config_out).absolute())
        return
    handle, name = tempfile.mkstemp(prefix="taskdeck-cloud-", suffix=".toml")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        yield name
    finally:
        Path(name).unlink(missing_ok=True)


async def _orphaned(over: asyncio.Event) -> None:
    """End with the parent that started us, when it asked for that."""
    parent = os.environ.get(PARENT, "")
    while parent.isdecimal():
        if os.getppid() != int(parent):
            over.set()
            return
        await asyncio.sleep(1)
