"""A config becomes pollers: adapters on lines, lines on one wire, everything into one store."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from tui.adapters import Adapter, adapter_ids, load
from tui.budget import Budget
from tui.calls import CredentialSource
from tui.credentials import names, source_of
from tui.credentials.cabinets import Cabinets, cabinets
from tui.errors import UsageError
from tui.latch import Latch
from tui.line import Clocks, Line
from tui.net import Wire
from tui.patience import PATIENT, Patience
from tui.poller import Poller
from tui.settings import Account, Config, SourceSettings
from tui.status import Change
from tui.store import Store

if TYPE_CHECKING:
    from tui.settings.load import Judge


def load_config(path: Path, judge: Judge | None = None) -> Config:
    """Reads and checks a config file with every adapter's own settings. Raises ConfigError."""
    from tui.settings.load import load as load_file

    return load_file(path, models(), judge)


class Models(Mapping[str, tuple[str, type[SourceSettings]]]):
    """Adapter id -> (vendor, settings model): an adapter is imported when a source names it."""

    def __getitem__(self, adapter_id: str) -> tuple[str, type[SourceSettings]]:
        adapter = load(adapter_id)
        return adapter.vendor, adapter.settings

    def __iter__(self) -> Iterator[str]:
        return iter(adapter_ids())

    def __len__(self) -> int:
        return len(adapter_ids())


def models() -> Models:
    """What the loader and the schema know of the adapters."""
    return Models()


class Wiring:
    """All sources of a config, ready to be read. Use as `async with`."""

    def __init__(
        self,
        config: Config,
        store: Store,
        *,
        only: Iterable[str] | None = None,
        write: bool = False,
        told: Callable[[Change], None] = lambda change: None,
        patience: Patience = PATIENT,
        width: int = 2,
        credentials: Callable[[Account], CredentialSource] | None = None,
    ) -> None:
        self._wire = Wire(config.network, turn=patience.turn)
        self._config, self._store, self._write, self._told = config, store, write, told
        self._patience, self._width = patience, width
        self._credentials = credentials or partial(source_of, cabinet=cabinets.get() or Cabinets())
        self._budget, self._clocks = Budget(), Clocks()
        self._latches: dict[str, Latch] = {}  # a key that is refused one source is refused all of its account
        self._sources: dict[str, CredentialSource] = {}  # and is looked for once for all of them
        self.adapters: dict[str, Adapter] = {}
        self.lines: dict[str, Line] = {}
        self.pollers: dict[str, Poller] = {}
        for settings in _chosen(config, only):
            self.add(settings, config.accounts[settings.account])

    def add(self, settings: SourceSettings, account: Account) -> Poller:
        """One source more: its poller, which nobody runs yet."""
        name = settings.name
        if account.name not in self._sources:
            self._sources[account.name], self._latches[account.name] = self._credentials(account), Latch()
        line = Line(
            self._wire,
            account,
            settings.region,
            self._sources[account.name],
            budget=self._budget,
            clocks=self._clocks,
            latch=self._latches[account.name],
            write=self._write,
        )
        adapter = load(settings.adapter)(settings, account, line)
        self.adapters[name], self.lines[name] = adapter, line
        self.pollers[name] = poller = Poller(
            settings,
            adapter,
            line,
            self._store,
            interval=self._config.interval(settings),
            told=self._told,
            patience=self._patience,
            width=self._width,
        )
        self._store.set_status(replace(self._store.status(name), keys=_keys(account), credentials=_place(account)))
        return poller

    async def __aenter__(self) -> Wiring:
        return self

    async def __aexit__(self, *exc: object) -> None:
        for one in self._sources.values():
            if (close := getattr(one, "aclose", None)) is not None:  # a look under way, and the program it waits for
                await close()
        await self._wire.aclose()


def _keys(account: Account) -> tuple[str, ...]:
    """The environment variables without which an account has no credential; none where it comes from elsewhere."""
    kind, _, prefix = account.credentials.partition(":")
    if kind != "env":
        return ()
    return names(account, prefix)[: 3 if account.auth == "token" else 2]


def _place(account: Account) -> str:
    """Where the credential comes from. The words of a command stay in the config: they may hold anything."""
    kind, _, _ = account.credentials.partition(":")
    return kind if kind == "command" else account.credentials


def _chosen(config: Config, only: Iterable[str] | None) -> list[SourceSettings]:
    if only is None:
        return list(config.sources)
    names = list(only)
    known: dict[str, SourceSettings] = {one.name: one for one in config.sources}
    for name in names:
        if name not in known:
            raise UsageError(f"no such source: {name}; there is {', '.join(known) or 'none'}")
    return [known[name] for name in dict.fromkeys(names)]
