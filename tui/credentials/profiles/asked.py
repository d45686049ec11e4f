"""Asked: one account's profile that is looked for, and what all vendors' files have in common."""

from __future__ import annotations

import shlex
import time
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from tui.calls import Credential, Secret
from tui.credentials.item import sound
from tui.credentials.moments import moment, told
from tui.credentials.profiles.shelf import Shelf
from tui.errors import NoCredential
from tui.settings import Account
from tui.text import clean

NAMED = 8  # profiles that a message lists


class Asked(NamedTuple):
    """Whose profile, its name, and the shelf that files are read from."""

    account: Account
    name: str
    shelf: Shelf

    @property
    def quoted(self) -> str:
        """The name as a shell reads it."""
        return shlex.quote(clean(self.name, limit=80))

    def wrong(self, path: str, problem: str) -> NoCredential:
        """An error about this profile in a file, in the words of people."""
        profile = clean(self.name, limit=80)
        return NoCredential(f"account {self.account.name}: profile {profile} in {self.shelf.told(path)} {problem}")

    def refused(self, path: str, mode: str, way: str) -> NoCredential:
        """A kind of profile that is no key."""
        return self.wrong(path, f"is of mode {clean(mode, limit=40)}: {way}")

    def absent(self, looked: Iterable[tuple[str, Iterable[object] | None]]) -> NoCredential:
        """It is in none of the files: which there are, and what is in them."""
        parts = [f"{self.shelf.told(path)} {_has(names)}" for path, names in looked]
        begin = f"account {self.account.name}: there is no profile {clean(self.name, limit=80)}"
        return NoCredential(f"{begin}: {', '.join(parts)}; name one that is there, or make it with the vendor's CLI")

    def text(self, path: str, entry: Mapping[str, Any], key: str) -> str:
        """A field as a text, "" where it is missing or null."""
        value = entry.get(key)
        if value is None:
            return ""
        if not isinstance(value, str):
            raise self.wrong(path, f"has a {key} that is no text")
        return value

    def needed(self, path: str, entry: Mapping[str, Any], key: str) -> str:
        """A field that can be sent. It may not be empty."""
        value = self.text(path, entry, key)
        if not value:
            raise self.wrong(path, f"has no {key}")
        return self.sendable(path, key, value)

    def sendable(self, path: str, key: str, value: str) -> str:
        """A value that can stand in a header."""
        try:
            return sound(self.account, key, value)
        except NoCredential:
            raise self.wrong(path, f"has blanks, line ends or other characters that no key has in {key}") from None

    def pair(
        self, path: str, entry: Mapping[str, Any], key_id: str, secret: str, token: str = "", project: str = ""
    ) -> Credential:
        """The credential in these fields; token and project may be missing."""
        sts = self.sendable(path, token, self.text(path, entry, token)) if token else ""
        return Credential(
            key_id=self.needed(path, entry, key_id),
            secret=Secret(self.needed(path, entry, secret)),
            token=Secret(sts) if sts else None,
            project_id=(self.text(path, entry, project) or None) if project else None,
        )

    def ends(self, path: str, entry: Mapping[str, Any], key: str, way: str) -> int | None:
        """When a temporary key ends (epoch ms). One that has ended is refused, with the way to a new one."""
        try:
            at = moment(entry.get(key))
        except ValueError:
            raise self.wrong(path, f"has a {key} that is no time; {way}") from None
        if at is not None and at <= time.time() * 1000:
            raise self.wrong(path, f"has a temporary key that ended at {told(at)}; {way}")
        return at


def entries_of(data: Mapping[str, Any] | None) -> list[Mapping[str, Any]]:
    """The profiles of a CLI's file; one without any has none."""
    found = data.get("profiles") if data is not None else None
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _has(names: Iterable[object] | None) -> str:
    if names is None:
        return "does not exist"
    shown = [clean(name, limit=40) for name in names if isinstance(name, str) and name]
    more = f" and {len(shown) - NAMED} more" if len(shown) > NAMED else ""
    return f"has {', '.join(shown[:NAMED])}{more}" if shown else "has none"
