"""A config becomes pollers: adapters on lines, lines on one wire, everything into one store."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from tui.adapters import Adapter, adapter_ids, load
from tui.budget import Budget
from tui.calls import CredentialSource
from tui.credentials import names, source_of
from tui.errors import UsageError
from tui.latch import Latch
from tui.line import Clocks, Line
from tui.model import Change
from tui.net import Wire
from tui.poller import Poller
from tui.reading import PATIENT, Patience
from tui.settings import Account, Config, SourceSettings
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
        credentials: Callable[[Account], CredentialSource] = source_of,
    ) -> None:
        self._wire = Wire(config.network, turn=patience.turn)
        budget, clocks = Budget(), Clocks()
        latches = {name: Latch() for name in config.accounts}  # a key that is refused one source is refused all of them
        chosen = _chosen(config, only)
        self.adapters: dict[str, Adapter] = {}
        self.lines: dict[str, Line] = {}
        self.pollers: dict[str, Poller] = {}
        for settings in chosen:
            account = config.accounts[settings.account]
            line = Line(
                self._wire,
                account,
                settings.region,
                credentials(account),
                budget=budget,
                clocks=clocks,
                latch=latches[settings.account],
                write=write,
            )
            adapter = load(settings.adapter)(settings, account, line)
            self.adapters[settings.name], self.lines[settings.name] = adapter, line
            self.pollers[settings.name] = Poller(
                settings,
                adapter,
                line,
                store,
                interval=config.interval(settings),
                told=told,
                patience=patience,
                width=width,
            )
            store.set_status(replace(store.status(settings.name), keys=_keys(account)))

    async def __aenter__(self) -> Wiring:
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self._wire.aclose()


def _keys(account: Account) -> tuple[str, ...]:
    """The environment variables without which an account has no credential; none where it needs none."""
    kind, _, prefix = account.credentials.partition(":")
    if kind == "demo":
        return ()
    return names(account, prefix if kind == "env" else "")[: 3 if account.auth == "token" else 2]


def _chosen(config: Config, only: Iterable[str] | None) -> list[SourceSettings]:
    if only is None:
        return list(config.sources)
    names = list(only)
    known: dict[str, SourceSettings] = {one.name: one for one in config.sources}
    for name in names:
        if name not in known:
            raise UsageError(f"no such source: {name}; there is {', '.join(known) or 'none'}")
    return [known[name] for name in dict.fromkeys(names)]
