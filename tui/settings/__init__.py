"""The config as frozen values. Adapters declare theirs with these; loading a file is `tui.settings.load`."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import ClassVar, Literal

from tui.model import Source
from tui.settings.kinds import EVERYTHING, Count, Endpoint, Region, Seconds, Share, SourceName, Window

__all__ = ["EVERYTHING", "Account", "Config", "Monitor", "Network", "SourceSettings", "Ui"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Monitor:
    """`[monitor]`: what holds for all sources and the screen."""

    interval: Seconds = Seconds(15)
    theme: str = "auto"
    write: bool = False
    time: Literal["local", "utc"] = "local"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ui:
    """`[ui]`: how the screen is drawn."""

    layout: Literal["auto", "compact", "full", "deck"] = "auto"
    glyphs: Literal["auto", "unicode", "ascii"] = "auto"
    mouse: Literal["auto", "on", "off"] = "auto"
    notify: Literal["auto", "bell", "osc9", "osc777", "off"] = "auto"


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """`[network]`: the environment's proxy variables are not read, this table is."""

    proxy: str | None = field(default=None, repr=False)  # may hold a password
    ca_bundle: str | None = None
    timeout: Seconds = Seconds(30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """`[accounts.NAME]`: one identity at one vendor."""

    name: str
    vendor: Literal["alibaba", "tencent", "huawei"]
    credentials: str = "keyring"
    rate_share: Share = Share(0.6)
    prod: bool = False
    site: Literal["intl", "mainland"] = "intl"
    project_id: str | None = None
    auth: Literal["aksk", "token"] = "aksk"
    iam_endpoint: Endpoint | None = None

    OWN_KEYS: ClassVar[dict[str, tuple[str, ...]]] = {
        "tencent": ("site",),
        "huawei": ("project_id", "auth", "iam_endpoint"),
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceSettings:
    """One `[[sources]]` entry: the keys that all adapters take; each adapter's own model adds its own."""

    name: SourceName
    adapter: str
    account: str
    region: Region = Region("")
    interval: Seconds | None = None
    window: Window = Window(86_400)
    max_tasks: Count = Count(10_000)
    endpoint: Endpoint | None = None

    @property
    def source(self) -> Source:
        """The words by which the rest of the program knows this source."""
        return Source(self.name, self.adapter, self.account, self.region)

    @property
    def pushed(self) -> tuple[str, ...]:
        """What of the config narrows the lists at the provider: the adapter's own keys, `name: values`."""
        own = [one.name for one in fields(self) if one.name not in _SHARED and getattr(self, one.name) not in _ALL]
        return tuple(f"{name}: {_said(getattr(self, name))}" for name in own)


_ALL = (None, "", (), "*")  # values that leave nothing out
_SHARED = frozenset(one.name for one in fields(SourceSettings))


def _said(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """The whole file."""

    path: Path | None = None
    monitor: Monitor = Monitor()
    ui: Ui = Ui()
    network: Network = Network()
    keys: dict[str, str] = field(default_factory=dict)
    views: dict[str, str] = field(default_factory=dict)
    accounts: dict[str, Account] = field(default_factory=dict)
    sources: tuple[SourceSettings, ...] = ()

    def interval(self, source: SourceSettings) -> float:
        """Seconds between two polls of a source."""
        return float(source.interval or self.monitor.interval)
