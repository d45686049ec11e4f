"""One account being given a key in the monitor: what is asked for, the one real read, where it is kept."""

from __future__ import annotations

import dataclasses
import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tui.calls import Credential, Secret
from tui.credentials import item, ways
from tui.credentials.environment import names
from tui.errors import AuthError, ClockSkew, ConfigError, NoCredential, UsageError
from tui.settings import Account, Config, SourceSettings
from tui.settings.written import account_table, source_table
from tui.text import clean, word
from tui.ui.door import Answer, Field, Kept, Stuck, Way
from tui.ways_out import clock_off

if TYPE_CHECKING:
    from tui.adapters import Adapter
    from tui.door import LiveDoor
    from tui.proving import Proof

LOCKS = 5  # refused signatures in a row that a Huawei key stands (api/huawei.md 4.1)
_WHERE = re.compile(r"^config:\d+: (?:sources\[0\](?:\.|: ))?")

log = logging.getLogger(__name__)
_SHARED = frozenset(one.name for one in dataclasses.fields(SourceSettings))


class LiveLogin:
    """A Login. With an `adapter` the account is new, and so is a source of it."""

    def __init__(self, door: LiveDoor, account: Account, adapter: type[Adapter] | None = None) -> None:
        if account.credentials == "demo":
            raise UsageError("the demo cloud's keys are fixed: there is nothing to log in to")
        self._door, self._account, self._adapter = door, account, adapter
        self._kind = "vault" if account.credentials == "vault" else "keyring"
        self._away = ""  # the place that the user has given up
        self._made: tuple[Account, SourceSettings | None, Credential] | None = None
        self.account, self.title = account.name, f"{account.name}, {account.vendor}"
        asked = [
            Field(need.name, need.label, need.secret, need.optional, half=need.name == "access_key_id")
            for need in item.needs(account)
        ]
        self.fields: Sequence[Field] = asked
        if adapter is not None:
            self.title = f"a new source, {adapter.title}"
            self.fields = [*_of_source(adapter, account), *asked, Field("endpoint", "endpoint", optional=True)]

    @property
    def place(self) -> str:
        """The keyring or the vault."""
        return "the keyring of this machine" if self._kind == "keyring" else "the vault"

    @property
    def ways(self) -> Sequence[Way]:
        """What the config can say instead."""
        account, needed = self._account, names(self._account)[: 3 if self._account.auth == "token" else 2]
        return [
            Way(
                "environment variables",
                f"{' and '.join(needed)}, set where taskdeck is started",
                account_table(account.name, _keys(account) | {"credentials": "env"}),
            ),
            Way(
                "a program that prints the key",
                "as one JSON object; a password manager's own command will do",
                account_table(account.name, _keys(account) | {"credentials": f"command:pass show {account.name}"}),
            ),
        ]

    def into_vault(self) -> None:
        """The keyring is left alone."""
        self._away, self._kind = self._kind, "vault"

    async def stuck(self) -> Stuck | None:
        """Asks the place for a key of the account: that is what will be asked of it later."""
        cabinet = self._door.cabinet(self._kind)
        cabinet.again()  # somebody is there who wants to know now
        try:
            if self._kind == "vault":
                if await cabinet.exists() and not cabinet.unlocked:  # type: ignore[attr-defined]  # a vault has them
                    return Stuck("", locked=True, phrase=True)
            else:
                await cabinet.get(self._account.name)
        except NoCredential as error:
            phrase = bool(getattr(cabinet, "takes_phrase", False))  # of a keyring: no desktop here could ask for it
            return Stuck(_bare(error), locked=error.code == ways.LOCKED, phrase=phrase)
        return None

    async def unlock(self, phrase: Secret | None) -> bool:
        """By the desktop's prompt, or with the vault's passphrase."""
        cabinet = self._door.cabinet(self._kind)
        try:
            await cabinet.unlock(phrase)  # type: ignore[attr-defined]  # both have it
        except NoCredential as error:
            raise NoCredential(_bare(error), code=error.code) from None
        if self._adapter is not None or await cabinet.get(self._account.name) is None:
            return False
        self._door.enter(replace(self._account, credentials=self._kind), None)
        return True

    async def new_phrase(self) -> bool:
        """A vault that is made now needs one."""
        cabinet = self._door.cabinet(self._kind)
        return self._kind == "vault" and not await cabinet.exists()  # type: ignore[attr-defined]  # a vault has it

    async def read(self, given: Mapping[str, Secret | str]) -> Answer:
        """With the account's first source, or with the one that is new."""
        self._made = None
        try:
            config, account, source, credential = self._built(given)
        except ConfigError as error:
            told = _WHERE.sub("", str(error))
            return Answer(False, clean(told), field=next((one.name for one in self.fields if one.name in told), ""))
        except NoCredential as error:
            return Answer(False, clean(error.message))
        answer = await tried(self._door, config, account, credential)
        if answer.fine:
            self._made = account, source, credential
        return answer

    def _built(self, given: Mapping[str, Secret | str]) -> tuple[Config, Account, SourceSettings | None, Credential]:
        """What was typed as a config with its account. Raises ConfigError, NoCredential."""
        import json

        config, account, source = self._door.config, self._account, None
        if self._adapter is not None:
            account, source = self._settings(self._adapter, {name: str(_text(one)) for name, one in given.items()})
            config = replace(config, accounts={**config.accounts, account.name: account}, sources=(source,))
        asked = {need.name for need in item.needs(account)}
        typed = {name: _text(one) for name, one in given.items() if name in asked}
        return config, account, source, item.parse(account, json.dumps(typed))

    def _settings(self, adapter: type[Adapter], typed: Mapping[str, str]) -> tuple[Account, SourceSettings]:
        """A new account with one source, checked as a config is. Raises ConfigError."""
        from tui.settings.load import parse
        from tui.wiring import models

        name = typed.get("account", "")
        if name in self._door.written:
            raise ConfigError(f"account: {name!r} is the name of an account already")
        config = parse(self._toml(adapter, typed), models(), Path("config"))
        return config.accounts[name], config.sources[0]

    def _toml(self, adapter: type[Adapter], typed: Mapping[str, str]) -> str:
        taken = {one.name for one in self._door.config.sources}
        short, at = adapter.short.lower(), 1
        name = short
        while name in taken:
            at += 1
            name = f"{short}-{at}"
        keys: dict[str, Any] = {"name": name, "adapter": adapter.id, "account": typed.get("account", "")}
        keys |= {key: typed[key] for key in ("region", "endpoint") if typed.get(key)}
        for key in _own(adapter):
            value = typed.get(key, "")
            keys[key] = "*" if value == "*" else [one for one in re.split(r"[\s,]+", value) if one]
        tables = account_table(keys["account"], {"vendor": adapter.vendor, "credentials": self._kind})
        return f"{tables}\n{source_table(keys)}"

    async def keep(self, phrase: Secret | None) -> Kept:
        """Puts it away, once only; the account's sources go on at once."""
        if self._made is None:
            raise NoCredential("nothing was read with this key yet")
        account, source, credential = self._made
        door, kind = self._door, self._kind
        door.phrase = phrase
        try:
            await door.cabinet(kind).put(account.name, item.dump(credential))
        finally:
            door.phrase = None
        told = [f"the key is in {self.place}"]
        told += [one async for one in self._out_of_the_other(account.name)]
        count = door.enter(replace(account, credentials=kind), source)
        told.append(f"{count} source{'' if count == 1 else 's'} of {account.name} go{'es' if count == 1 else ''} on")
        self.forget()
        return Kept("; ".join(told), self._lacking(account, source))

    async def _out_of_the_other(self, name: str) -> Any:
        """One account is stored in exactly one place."""
        other = "keyring" if self._kind == "vault" else "vault"
        if other == self._away:  # it cannot be used: that is why we are here
            return
        try:
            if name in await self._door.cabinet(other).names() and await self._door.cabinet(other).delete(name):
                yield f"it is no longer in the {other}"
        except NoCredential:
            yield f"an older one is still in the {other}: `taskdeck logout {word(name)}` once that can be used"

    def _lacking(self, account: Account, source: SourceSettings | None) -> str:
        """What the file does not say yet."""
        if source is not None and self._adapter is not None:
            keys: dict[str, Any] = {"name": source.name, "adapter": source.adapter, "account": account.name}
            keys |= {"region": str(source.region)} if source.region else {}
            for key in _own(self._adapter):
                value = getattr(source, key)
                keys[key] = value if isinstance(value, str) else list(value)
            keys |= {"endpoint": str(source.endpoint)} if source.endpoint else {}
            table = account_table(account.name, {"vendor": account.vendor, "credentials": self._kind})
            return f"{table}\n{source_table(keys)}"
        written = self._door.written.get(account.name)
        if written is not None and written.credentials == self._kind:
            return ""
        return account_table(account.name, _keys(account) | {"credentials": self._kind})

    def forget(self) -> None:
        """The credential is not held here any longer than it takes."""
        self._made = None


async def tried(door: LiveDoor, config: Config, account: Account, credential: Credential) -> Answer:
    """One real read, in words; what was refused is counted."""
    from tui.proving import proved

    try:
        proof = await proved(config, account, credential)
    except Exception:  # a bug in one adapter is said in the dialog, and is not the end of the monitor
        log.exception("account %s: a bug while its key was tried", clean(account.name))
        return Answer(False, "ERROR bug: a bug in taskdeck; the log has the trace")
    door.count(account, credential, proof)
    return _answered(door, account, credential, proof)


def _answered(door: LiveDoor, account: Account, credential: Credential, proof: Proof) -> Answer:
    """One read in words: what the provider said, its request id, the clocks, how often it has refused."""
    from tui.poller import word_of

    error = proof.error
    if error is None:
        return Answer(True, f"{proof.where} knows the key")
    code = error.code or (f"HTTP{error.http_status}" if error.http_status else "")
    request = f" (request {error.request_id})" if error.request_id else ""
    told = clean(f"{' '.join(filter(None, (word_of(error).value, code)))}: {error.message}{request}")
    if proof.good:
        return Answer(True, f"{proof.where} knows the key", (f"but it said {told}",))
    return Answer(False, told, tuple(_notes(door, account, credential, proof)))


def _notes(door: LiveDoor, account: Account, credential: Credential, proof: Proof) -> Iterator[str]:
    if proof.skew is not None:
        side = "behind" if proof.skew > 0 else "ahead of"
        off = clock_off(proof.skew)
        yield f"this machine's clock is {off} {side} the provider's" if off else "this machine's clock is right"
    count = door.refused.get((account.vendor, credential.key_id), 0)
    if not isinstance(proof.error, AuthError | ClockSkew) or not count:
        return
    told = f"refused {count} time{'' if count == 1 else 's'} with this key"
    if account.vendor != "huawei":
        yield told
    elif count < LOCKS - 1:
        yield f"{told}: Huawei locks a key for 5 minutes after {LOCKS} in a row"
    else:
        yield f"{told}: the next one may lock it for 5 minutes (Huawei, after {LOCKS} in a row): wait, or another key"


def _of_source(adapter: type[Adapter], account: Account) -> Iterator[Field]:
    """What a new source must say beside the key."""
    yield Field("account", "account", text=account.name)
    optional = "region" not in _needed(adapter)
    yield Field("region", "region", optional=optional, offers=adapter.regions)
    for key in _own(adapter):
        star = key == "functions"
        yield Field(key, key, text="*" if star else "", offers=() if star else ("appGroup/function/instance",))


def _own(adapter: type[Adapter]) -> tuple[str, ...]:
    """The adapter's own keys that a source cannot do without."""
    missing = dataclasses.MISSING
    return tuple(
        one.name
        for one in dataclasses.fields(adapter.settings)
        if one.name not in _SHARED and one.default is one.default_factory is missing
    )


def _needed(adapter: type[Adapter]) -> tuple[str, ...]:
    """`region`, where the adapter refuses to do without: asked of its own settings."""
    own: dict[str, Any] = dict.fromkeys(_own(adapter), ("a/b/c",))
    try:
        adapter.settings(name="any", adapter=adapter.id, account="any", **own)  # type: ignore[arg-type]
    except ValueError:
        return ("region",)
    return ()


def _keys(account: Account) -> dict[str, Any]:
    """The keys of `[accounts.NAME]` that stay as they are."""
    plain = Account(name=account.name, vendor=account.vendor)
    own = ("vendor", "site", "project_id", "auth", "prod")
    return {
        key: getattr(account, key) for key in own if key == "vendor" or getattr(account, key) != getattr(plain, key)
    }


def _bare(error: NoCredential) -> str:
    """Its message without the ways out that the dialog has itself."""
    return error.message.removesuffix(f"; {ways.WITHOUT}")


def _text(value: Secret | str) -> str:
    return value.reveal() if isinstance(value, Secret) else value
