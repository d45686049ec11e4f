"""The wiring of the monitor, and nothing else: a desk for the screens to stand on, on the config or on a demo cloud."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Protocol

from tui.adapters import by_hand, deeds_of, titles
from tui.config_place import is_there
from tui.courtesy import Courtesy
from tui.errors import ConfigError, Malformed, NotFound, UsageError
from tui.model import Source, Task, TaskKey
from tui.status import Change, SourceStatus, Trouble, Word
from tui.store import Store
from tui.ui.desk import Console, Provider

if TYPE_CHECKING:
    from tui.answers import Detail
    from tui.by_hand import ByHand
    from tui.deeds import Deed, Done
    from tui.door import LiveDoor
    from tui.settings import Account, SourceSettings
    from tui.watching import Watching
    from tui.wiring import Wiring


class Recorder(Protocol):
    """Who writes down what happens in a store."""

    def listen(self, change: Change) -> None:
        """Takes in a change."""
        ...

    async def run(self) -> None:
        """Writes until cancelled. Raises UsageError where it cannot any more."""
        ...


class LiveDesk:
    """The configured sources: nothing is read, and httpx not imported, before `run`. The vault is in `state`."""

    demo = False
    replays = False

    def __init__(self, path: Path, *, write: bool = False, state: Path | None = None) -> None:
        self.path = path
        self._recorder: Recorder | None = None
        self._state = state
        self._group: asyncio.TaskGroup | None = None
        self.store = Store(raw_rows=0)  # no screen shows them yet: 5,000 are 8 MB
        self.providers: Sequence[Provider] = [Provider(*one) for one in titles()]
        self.note = ""
        self.read_only = not write
        self._wiring: Wiring | None = None
        self._courtesy = Courtesy()
        self._changed: Callable[[], None] = lambda: None
        self._looked: tuple[frozenset[str], bool] = frozenset(), True
        self._guarded: frozenset[str] = frozenset()
        self._said: dict[str, tuple[object, ...]] = {}
        self._accounts: Mapping[str, Account] = {}
        self._watched: frozenset[TaskKey] = frozenset()
        self._watching: Watching | None = None

    @cached_property
    def door(self) -> LiveDoor:
        """Whoever knocks first has it built: the first frame does without."""
        from tui.door import LiveDoor

        return LiveDoor(self._begin, self.poke, self._state)

    def record(self, recorder: Recorder) -> None:
        """What happens from here on is written down."""
        self._recorder = recorder

    async def run(self, changed: Callable[[], None]) -> None:
        """Polls until cancelled. Raises ConfigError."""
        self._changed = changed
        there = is_there(self.path)
        if not there:
            self._empty(f"no config at {self.path}")
        await self._poll(self.path if there else None)

    def _empty(self, told: str) -> None:
        """No source: five panes without a key, and the way in."""
        for provider in self.providers:
            source = Source(provider.short.lower(), provider.adapter, "", "")
            self.store.add_source(source)
            trouble = Trouble(Word.NOKEY, message=told)
            self.store.set_status(SourceStatus(source=source, trouble=trouble))
        self._say(told)

    async def _poll(self, path: Path | None) -> None:
        def load() -> tuple[Any, Any]:
            from tui.net import client_library
            from tui.settings import Config
            from tui.ui.clashes import clashes
            from tui.wiring import Wiring, load_config

            client_library()  # here, off the loop, so that no key waits for the import
            for name in ("tui.connections", "tui.query"):
                import_module(name)
            return Wiring, Config(path=self.path) if path is None else load_config(path, clashes)

        wiring_type, config = await asyncio.to_thread(load)
        self.door.use(config)
        self.read_only = self.read_only and not config.monitor.write
        self._accounts = config.accounts
        self._guarded = frozenset(one.name for one in config.sources if config.accounts[one.account].prod)
        from tui.patience import PATIENT

        patience = PATIENT._replace(turn=self._courtesy.turn)
        async with wiring_type(
            config,
            self.store,
            write=not self.read_only,
            told=self._told,
            patience=patience,
            credentials=self.door.source_of,
        ) as wiring:
            self._wiring = wiring
            self.look(self._looked[0], focused=self._looked[1])
            from tui.watching import Watching

            self._watching = Watching(
                self.store, wiring.adapters, changed=lambda: self._changed(), now=lambda: round(time.time() * 1000)
            )
            self._watching.watch(self._watched)
            if config.sources:
                self._say("" if self._recorder is None else "recording")
            elif path is not None:
                self._empty(f"{path} has no [[sources]] yet")
            async with asyncio.TaskGroup() as self._group:
                group = self._group
                for poller in wiring.pollers.values():
                    group.create_task(poller.run())
                group.create_task(self._watching.run())
                if self._recorder is not None:
                    group.create_task(self._record(self._recorder))

    async def _record(self, recorder: Recorder) -> None:
        """A full disk is no reason to look away."""
        try:
            await recorder.run()
        except UsageError as error:
            self._recorder = None
            self._say(f"not recorded any more: {error}")

    def _begin(self, settings: SourceSettings, account: Account) -> None:
        """Reads a source that is new in this run, in place of the pane that had none."""
        if self._wiring is None or self._group is None:
            return
        self.store.set_status(SourceStatus(source=settings.source))
        self._accounts = {**self._accounts, account.name: account}
        self._group.create_task(self._wiring.add(settings, account).run())
        self._say("")

    def poke(self, source: str | None = None) -> None:
        """Reads one source (or all) now."""
        if self._wiring is not None:
            for name, poller in self._wiring.pollers.items():
                if source in (None, name):
                    poller.poke()

    def typing(self) -> None:
        """Polling lets the key go first."""
        self._courtesy.key()

    def pace(self, source: str | None, seconds: float) -> None:
        """Reads one source (or all) so often from now on."""
        if self._wiring is not None:
            for name, poller in self._wiring.pollers.items():
                if source in (None, name):
                    poller.pace(seconds)

    def faster(self, by: int) -> str:
        """It is as fast as the providers."""
        return ""

    def look(self, sources: frozenset[str], *, focused: bool) -> None:
        """What is on the screen is read first; a monitor that nobody looks at reads less often."""
        self._looked = sources, focused
        if self._wiring is not None:
            for name, poller in self._wiring.pollers.items():
                poller.look(visible=name in sources, focused=focused)

    async def detail(self, key: TaskKey, *, output: bool = False) -> Detail:
        """One task by the provider's detail operation. Raises CallError."""
        from tui.budget import Urgency, urgency
        from tui.patience import Patience, retrying

        if self._wiring is None:
            raise NotFound("nothing is connected yet")
        wiring = self._wiring
        adapter, source = wiring.adapters[key.source], self.store.sources[key.source]
        known = self.store.get(key)
        before = urgency.set(Urgency.WATCHED)  # somebody looks at it now
        try:
            found = await retrying(lambda: adapter.detail(key, known, output=output), Patience(tries=2))
        finally:
            urgency.reset(before)
        if found.task.key != key:
            raise Malformed(f"the answer is about another task: {found.task.key.id}")
        if self.store.settle(source, [found.task], at=found.task.seen_at):
            self._changed()
        return found

    def deeds(self, task: Task) -> Sequence[Deed]:
        """What may be done with a task, by its adapter."""
        adapter = self._wiring.adapters.get(task.key.source) if self._wiring is not None else None
        return () if adapter is None else deeds_of(adapter, task)

    def console(self, task: Task) -> Console:
        """The page of the provider's console nearest to a task, where its address is established."""
        from tui.consoles import console_link

        poller = self._wiring.pollers.get(task.key.source) if self._wiring is not None else None
        if poller is None:
            return Console(why_not="nothing is connected yet")
        if poller.settings.endpoint is not None:
            return Console(why_not=f"{poller.settings.name} has an endpoint of its own, not the provider's: no console")
        url = console_link(task, poller.settings, self._accounts[poller.settings.account])
        return Console(url) if url else Console(why_not="no console page: the vendor's documents give no address of it")

    def watch(self, keys: frozenset[TaskKey]) -> None:
        """These tasks are asked by id while they live."""
        self._watched = keys
        if self._watching is not None:
            self._watching.watch(keys)

    def by_hand(self, task: Task) -> ByHand | None:
        """The vendor's own commands for a task, by its adapter."""
        return by_hand(task, self.store.sources[task.key.source])

    def guarded(self, source: str) -> bool:
        """Whether its account is marked `prod`."""
        return source in self._guarded

    async def act(self, deed: Deed, task: Task) -> Done:
        """Asks the provider, once; the store then has what the provider says of the task."""
        from tui.deeds import Done
        from tui.doing import carry_out

        if self._wiring is None:
            return Done(task.key, deed, error=NotFound("nothing is connected yet"))
        done = await carry_out(self._wiring.adapters[task.key.source], deed, task)
        if done.removed:
            self.store.forget(task.key)
        elif done.after is not None:
            self.store.settle(self.store.sources[task.key.source], [done.after], at=done.after.seen_at)
        self._changed()
        return done

    def abandon(self) -> None:
        """What must be done even where there is no time to leave in good order. From any thread."""

    def _told(self, change: Change) -> None:
        """Tasks, and what makes another word of a source, are shown at once; what else it says, each second anyway.

        A round says four times how far it is: of 20 idle sources at 5 s that was half of all pictures.
        """
        if self._recorder is not None:
            self._recorder.listen(change)
        status = change.status
        said = status.trouble, status.missing, status.answered_at is None, status.tasks == 0
        if change or said != self._said.get(status.source.name):
            self._said[status.source.name] = said
            self._changed()

    def _say(self, note: str) -> None:
        self.note = note
        self._changed()


class DemoDesk(LiveDesk):
    """The same on a demo cloud of our own: a child process on loopback that ends with us."""

    demo = True

    def __init__(self, *, tasks: int, seed: int, faults: Sequence[str] = (), write: bool = False) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="taskdeck-demo-")
        super().__init__(Path(self._folder.name) / "config.toml", write=write)
        self.note = "starting the demo cloud"
        self._options = ("--tasks", str(tasks), "--seed", str(seed), "--faults", ",".join(faults))
        self._child: subprocess.Popen[bytes] | None = None

    async def run(self, changed: Callable[[], None]) -> None:
        """Starts the cloud (after the first frame: the two would share the cores), waits for it, then polls it."""
        self._changed = changed
        changed()
        self._child = child = self._start()
        line = await asyncio.to_thread(_pipe(child.stdout).readline)
        import json

        try:
            json.loads(line)
        except ValueError:
            words = (await asyncio.to_thread(_pipe(child.stderr).read)).decode("utf-8", "replace")
            raise ConfigError(words.strip().removeprefix("taskdeck: ") or "the demo cloud did not start") from None
        await self._poll(self.path)

    def _start(self) -> subprocess.Popen[bytes]:
        from tui.credentials import without_keys

        return subprocess.Popen(  # noqa: S603 - our own interpreter and our own module
            [
                *(sys.executable, "-P", "-m", "tui", "cloud", *self._options),
                *("--config-out", os.fspath(self.path)),
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=without_keys(os.environ) | {"TASKDECK_CLOUD_PARENT": str(os.getpid())},
            start_new_session=True,  # a ctrl-c at the terminal is for the monitor, which then ends its child
        )

    def close(self) -> None:
        """Ends the child and takes its config away."""
        if self._child is not None:
            self._child.terminate()
            with suppress(subprocess.TimeoutExpired):
                self._child.wait(1)
            if self._child.poll() is None:
                self._child.kill()
                self._child.wait()
            for pipe in (self._child.stdout, self._child.stderr):
                _pipe(pipe).close()
        self._folder.cleanup()

    def abandon(self) -> None:
        """Ends the child and takes its config away, and waits for nothing."""
        if self._child is not None:
            self._child.kill()
        self._folder.cleanup()


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    assert pipe is not None  # noqa: S101 - Popen was asked for it
    return pipe
