"""config.toml -> frozen Config. Every mistake is one line: file, line, key, what was meant."""

from __future__ import annotations

import dataclasses
import os
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from tui.errors import ConfigError
from tui.settings import Account, Config, Monitor, Network, SourceSettings, Ui
from tui.settings.endpoints import host_of, is_loopback
from tui.settings.reader import Unfit, keys_of, read
from tui.toml_lines import Path as Keys
from tui.toml_lines import line_of, toml

T = TypeVar("T")
Models = Mapping[str, tuple[str, type[SourceSettings]]]
"""Adapter id -> (vendor, the adapter's own settings model); given by who knows the adapters."""
Judge = Callable[[Mapping[str, str]], Iterable[tuple[str, str]]]
"""What is wrong with a `[keys]` table, as names in it and problems; given by who knows the keys of the screens."""

TABLES = ("monitor", "ui", "keys", "views", "network", "accounts", "sources")
_DEEPEST = 20
_CREDENTIALS = re.compile(r"keyring|vault|env|env:\w+|profile:.+|command:.+|demo")


def load(path: Path, models: Models, judge: Judge | None = None) -> Config:
    """Reads and checks a config file. Raises ConfigError."""
    try:
        text = path.read_text("utf-8-sig")
    except FileNotFoundError:
        raise ConfigError(f"{path}: no such file; `taskdeck config example` prints one to begin with") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read: {error}") from None
    return parse(text, models, path, judge)


def parse(text: str, models: Models, path: Path, judge: Judge | None = None) -> Config:
    """Checks the text of a config file; `[keys]` where a `judge` of it is at hand. Raises ConfigError."""
    data = toml(text, path)
    file = _File(text, data, models, path)
    file.sound()
    config = file.config()
    for name, problem in judge(config.keys) if judge else ():
        raise file.wrong(("keys", name), problem)
    return config


def schema(models: Models) -> dict[str, Any]:
    """The JSON Schema of the config."""
    from pydantic import TypeAdapter

    parts = {
        name: TypeAdapter(model).json_schema()
        for name, model in (("monitor", Monitor), ("ui", Ui), ("network", Network))
    }
    account = _without(TypeAdapter(Account).json_schema(), "name")
    sources = []
    for adapter_id, (_, model) in sorted(models.items()):
        one = TypeAdapter(model).json_schema()
        one["properties"]["adapter"] = {"const": adapter_id}
        sources.append(one | {"title": adapter_id})
    for part in (*parts.values(), account, *sources):
        part["additionalProperties"] = False
    texts = {"type": "object", "additionalProperties": {"type": "string"}}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "taskdeck config.toml",
        "type": "object",
        "additionalProperties": False,
        "properties": {
            **parts,
            "keys": texts | {"description": 'binding id = "key", or "" to unbind'},
            "views": texts | {"description": 'name = "filter", used as @name'},
            "accounts": {"type": "object", "additionalProperties": account},
            "sources": {"type": "array", "items": {"oneOf": sources}},
        },
    }


def _without(one: dict[str, Any], name: str) -> dict[str, Any]:
    one["properties"].pop(name)
    one["required"].remove(name)
    return one


class _File:
    """One file while it is being checked: knows where everything stands."""

    def __init__(self, text: str, data: dict[str, Any], models: Models, path: Path) -> None:
        self.text, self.data, self.models, self.path = text, data, models, path

    def sound(self) -> None:
        """Refuses what no message could even quote: numbers and dotted keys without end."""
        waiting: list[tuple[Keys, Any]] = [((), self.data)]
        while waiting:
            where, value = waiting.pop()
            if isinstance(value, int) and value.bit_length() > 4096:
                raise self.wrong(where, "a number of more than 4096 bits")
            if isinstance(value, dict | list):
                if len(where) > _DEEPEST:
                    raise self.wrong(where[:3], "nested too deeply")
                pairs = value.items() if isinstance(value, dict) else enumerate(value)
                waiting.extend(((*where, key), one) for key, one in pairs)

    def config(self) -> Config:
        self.known((), self.data, TABLES)
        accounts = {name: self.account(name) for name in self.table(("accounts",))}
        sources = self.data.get("sources", [])
        if not isinstance(sources, list):
            raise self.wrong(("sources",), "sources come as [[sources]]")
        found: list[SourceSettings] = []
        for at in range(len(sources)):
            one = self.source(at, accounts)
            if any(one.name == other.name for other in found):
                raise self.wrong(("sources", at, "name"), f'"{one.name}" is the name of a source already')
            found.append(one)
        network = self.read(("network",), Network, self.table(("network",)))
        return Config(
            path=self.path,
            monitor=self.read(("monitor",), Monitor, self.table(("monitor",))),
            ui=self.read(("ui",), Ui, self.table(("ui",))),
            network=self.network(network),
            keys=self.texts(("keys",)),
            views=self.texts(("views",)),
            accounts=accounts,
            sources=tuple(found),
        )

    def account(self, name: str) -> Account:
        where: Keys = ("accounts", name)
        one = self.read(where, Account, self.table(where), name=name)
        for vendor, keys in Account.OWN_KEYS.items():
            for key in keys:
                if key in self.table(where) and one.vendor != vendor:
                    raise self.wrong((*where, key), f"{key} is for {vendor} accounts, this one is of {one.vendor}")
        if not _CREDENTIALS.fullmatch(one.credentials):
            raise self.wrong(
                (*where, "credentials"),
                f"{_brief(one.credentials)} is none of keyring, vault, env, env:PREFIX_, profile:NAME, command:ARGV, "
                "demo",
            )
        if problem := _unfit(one):
            raise self.wrong((*where, "credentials"), problem)
        if one.project_id is not None and not re.fullmatch(r"[0-9A-Za-z_-]+", one.project_id):
            raise self.wrong((*where, "project_id"), f"{one.project_id!r} is no project id")
        return one

    def source(self, at: int, accounts: Mapping[str, Account]) -> SourceSettings:
        where: Keys = ("sources", at)
        table = self.table(where)
        for key in ("name", "adapter", "account"):
            if not isinstance(table.get(key), str):
                raise self.wrong((*where, key), f"{key} is needed, as a text")
        if table["adapter"] not in self.models:
            raise self.wrong((*where, "adapter"), _unknown("adapter", table["adapter"], self.models))
        if table["account"] not in accounts:
            raise self.wrong((*where, "account"), _unknown("account", table["account"], accounts))
        vendor, model = self.models[table["adapter"]]
        account = accounts[table["account"]]
        if account.vendor != vendor:
            raise self.wrong(
                (*where, "account"),
                f"{table['adapter']} needs an account of {vendor}, {account.name} is one of {account.vendor}",
            )
        one = self.read(where, model, table)
        for key, endpoint in (("endpoint", one.endpoint), ("account", account.iam_endpoint)):
            needed = key == "endpoint" or endpoint is not None
            if account.credentials == "demo" and needed and not (endpoint and is_loopback(host_of(endpoint))):
                raise self.wrong((*where, key), "the demo keys are for loopback endpoints only")
        return one

    def network(self, network: Network) -> Network:
        if network.proxy is not None and not re.fullmatch(r"https?://[^\s/]+/?", network.proxy):
            raise self.wrong(
                ("network", "proxy"), f"{re.sub('//.*@', '//***@', network.proxy)!r} is no http:// or https:// proxy"
            )
        if network.ca_bundle is None:
            return network
        bundle = self.path.parent / os.path.expanduser(network.ca_bundle)  # noqa: PTH111 - Path's raises for ~nobody
        if not os.path.isfile(bundle):  # noqa: PTH113 - Path's raises for a name that is too long
            raise self.wrong(("network", "ca_bundle"), f"{bundle} is no file")
        return dataclasses.replace(network, ca_bundle=os.fspath(bundle))

    def texts(self, where: Keys) -> dict[str, str]:
        table = self.table(where)
        for key, value in table.items():
            if not isinstance(value, str):
                raise self.wrong((*where, key), f"a text is wanted, not {value!r}")
        return dict(table)

    def read(self, where: Keys, model: type[T], table: Mapping[str, Any], **given: str) -> T:
        """A table as its model: unknown keys first, for a slip of the pen is the commonest mistake."""
        self.known(where, table, [name for name in keys_of(model) if name not in given])
        try:
            return read(model, {**table, **given})
        except Unfit as error:
            raise self.wrong((*where, error.key) if error.key else where, str(error)) from None

    def known(self, where: Keys, table: Mapping[str, Any], names: Iterable[str]) -> None:
        names = list(names)
        for key in table:
            if key not in names:
                raise self.wrong((*where, key), _unknown("key", key, names))

    def table(self, where: Keys) -> dict[str, Any]:
        value: Any = self.data
        for part in where:
            value = value[part] if isinstance(part, int) else value.get(part, {})
            if not isinstance(value, dict | list):
                break
        if not isinstance(value, dict):
            raise self.wrong(where, "a table is wanted")
        return value

    def wrong(self, keys: Keys, problem: str) -> ConfigError:
        name = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in keys).lstrip(".")
        return ConfigError(f"{self.path}:{line_of(self.text, keys)}: {name}: {problem}")


def _unfit(account: Account) -> str:
    """What is wrong with where an account's key comes from, as far as that can be seen here; "" where nothing."""
    kind, _, rest = account.credentials.partition(":")
    if kind == "profile" and account.auth == "token":
        return 'no profile holds the password that auth = "token" needs: keyring, vault, env or command:ARGV may'
    if kind == "command":
        from shlex import split

        try:
            words = split(rest)
        except ValueError:
            return "the command has a quote that is open"
        if not words or not words[0]:
            return "the command names no program"
    return ""


def _brief(word: str) -> str:
    """A word for a message, but not what may be a key that was pasted."""
    return repr(word) if len(word) <= 12 else "this"


def _unknown(what: str, word: str, known: Iterable[str]) -> str:
    import difflib  # for a slip of the pen alone

    known = sorted(known)
    near = difflib.get_close_matches(word, known, 1, 0.5)
    hint = f'did you mean "{near[0]}"?' if near else f"there is {', '.join(known) or 'none'}"
    return f'no such {what}: "{word}"; {hint}'
