"""A key in a cabinet: what it is read as, and that looking for it by itself asks nobody for a passphrase."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Sequence
from dataclasses import replace

import pytest

from tests.fidelity.virtual_loop import run
from tui.calls import Credential, Secret
from tui.credentials import source_of
from tui.credentials.kept import LOOK_SECONDS, Kept
from tui.credentials.stored import Stored
from tui.errors import NoCredential
from tui.settings import Account

ACCOUNT = Account(name="acme", vendor="tencent", credentials="vault")
ITEM = json.dumps({"access_key_id": "AKIDKEPT", "access_key_secret": "s", "security_token": "t"})
KEY = Credential(key_id="AKIDKEPT", secret=Secret("s"), token=Secret("t"))


class Shut:
    """A vault that asks for its passphrase at each `get`, until it is open."""

    name = "vault"

    def __init__(self, text: str | None = ITEM) -> None:
        self.text, self.open = text, False
        self.asked = self.looked = self.urged = 0

    async def get(self, account: str) -> str | None:
        if not self.open:
            self.asked += 1
            raise NoCredential("the vault is locked; U asks for its passphrase", code="VaultLocked")
        return self.text

    async def put(self, account: str, text: str) -> None:
        raise AssertionError("a source writes nothing")

    async def delete(self, account: str) -> bool:
        raise AssertionError("a source removes nothing")

    async def names(self) -> Sequence[str]:
        return ["acme"]

    async def trouble(self) -> str | None:
        self.looked += 1
        return None if self.open else "it is locked"

    def again(self) -> None:
        self.urged += 1


async def refused(kept: Kept, *, fresh: bool = False) -> NoCredential:
    with pytest.raises(NoCredential) as caught:
        await (kept.fresh() if fresh else kept())
    return caught.value


def test_a_locked_vault_asks_once_and_is_read_when_somebody_has_opened_it() -> None:
    async def story() -> None:
        vault = Shut()
        kept = Kept(Stored(ACCOUNT, vault))
        error = await refused(kept)
        assert (error.message, error.code) == (
            "account acme: the vault is locked; U asks for its passphrase",
            "VaultLocked",
        )
        for _ in range(100):
            await asyncio.sleep(LOOK_SECONDS)
            assert (await refused(kept, fresh=True)).code == "VaultLocked"
        assert (vault.asked, vault.looked) == (1, 100)
        vault.open = True
        await asyncio.sleep(LOOK_SECONDS)
        assert await kept.fresh() == KEY

    run(story())


def test_who_asks_for_it_is_asked_for_the_passphrase_again() -> None:
    async def story() -> None:
        vault = Shut()
        kept = Kept(Stored(ACCOUNT, vault))
        await refused(kept)
        kept.again()
        await refused(kept)
        assert (vault.asked, vault.urged) == (2, 1)

    run(story())


async def test_a_command_names_an_account_as_a_shell_reads_it() -> None:
    vault = Shut(None)
    vault.open = True
    for name, quoted in (("acme", "acme"), ("my acct; rm -rf ~", "'my acct; rm -rf ~'"), ("it's", """'it'"'"'s'""")):
        with pytest.raises(NoCredential, match=re.escape(f"; taskdeck login {quoted} --store vault")):
            await source_of(replace(ACCOUNT, name=name), {}, lambda kind: vault)()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (None, "account acme: the vault has no key of it; taskdeck login acme --store vault"),
        ("canary-text", "account acme: what is kept for it is no JSON object"),
        ('{"access_key_id": "canary-text"}', "account acme: its JSON object has no access_key_secret"),
    ],
)
async def test_what_is_kept_and_cannot_be_used_says_so_without_quoting_it(text: str | None, told: str) -> None:
    vault = Shut(text)
    vault.open = True
    source = source_of(ACCOUNT, {}, lambda kind: vault)
    with pytest.raises(NoCredential) as caught:
        await source()
    assert caught.value.message.startswith(told)
    assert "canary" not in caught.value.message
