"""A vault in a folder of its own, and whoever knows its passphrase."""

from __future__ import annotations

import asyncio
import stat
import subprocess
from collections.abc import Awaitable, Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from tui.calls import Secret
from tui.credentials.sealed import Cost
from tui.credentials.vault import Vault
from tui.errors import NoCredential

CHEAP = Cost(8, 1, 1)
RIGHT, OTHER = Secret("correct horse"), Secret("battery staple")
TEXT = '{"access_key_id": "LTAI5tVault", "access_key_secret": "vault-canary-secret"}'


class Asked:
    """Somebody who gives these passphrases one after the other, the last one for ever."""

    def __init__(self, *answers: Secret) -> None:
        self._answers = list(answers)
        self.times = 0

    async def __call__(self) -> Secret:
        self.times += 1
        await asyncio.sleep(0)  # whoever asks at the same time comes in between
        return self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]


class Place:
    """Where a vault is."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def folder(self) -> Path:
        return self.path.parent

    @property
    def data(self) -> bytes:
        """What is on the disk."""
        return self.path.read_bytes()

    @data.setter
    def data(self, content: bytes) -> None:
        self.path.write_bytes(content)

    def beside(self, name: str) -> Path:
        return self.path.with_name(name)

    def files(self) -> dict[str, int]:
        """What is in the folder, with its mode."""
        return {one.name: stat.S_IMODE(one.lstat().st_mode) for one in self.folder.iterdir()}

    def open(self, asked: Callable[[], Awaitable[Secret]] | None = None, **more: Any) -> Vault:
        """Another program's look at it, cheap to open."""
        return Vault(self.path, asked or Asked(RIGHT), **{"cost": CHEAP, **more})

    async def all_refused(self, code: str, told: str) -> str:
        """Every way to use it is refused, in the same words, and nobody is asked for the passphrase."""
        asked = Asked(RIGHT)
        one = self.open(asked)
        said = {await refused(one.get("ali"), code, told), await refused(one.put("ali", "new"), code, told)}
        said |= {await refused(one.names(), code, told), await refused(one.delete("ali"), code, told)}
        said |= {await refused(one.unlock(), code, told), await refused(one.change(RIGHT, OTHER), code, told)}
        said.add(await one.trouble() or "")
        assert len(said) == 1
        assert asked.times == 0
        return said.pop()


async def refused(work: Awaitable[object], code: str, told: str | None = None) -> str:
    """What a call says that is refused for this reason."""
    with pytest.raises(NoCredential, match=told) as caught:
        await work
    assert caught.value.code == code
    for secret in (RIGHT.reveal(), OTHER.reveal(), "canary"):
        assert secret not in repr(caught.value)
    assert caught.value.__cause__ is None
    return caught.value.message


def mended(data: bytes) -> bytes:
    """With a checksum that fits, as somebody would who changes the file on purpose."""
    return data[:-32] + sha256(data[:-32]).digest()


def by_hand(said: str) -> None:
    """Runs the command that a message gives, as somebody would who reads it."""
    said = said.partition(" && ")[0]
    start = max(said.rfind(f" {name} ") for name in ("chmod", "mv", "rm"))
    subprocess.run(["sh", "-c", said[start:]], check=True, timeout=10)
