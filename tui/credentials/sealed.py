"""The vault's file, as bytes: what is readable without its passphrase, and what is not.

    taskdeck vault\\n   version   memory KiB, passes, lanes   salt   nonce   length of names     fixed, big-endian
    names of the accounts, one JSON list
    AES-256-GCM of one JSON object, account -> text; all bytes before it are its associated data
    SHA-256 of all bytes before it

The checksum tells a damaged file from a wrong passphrase, before anybody is asked for one; against somebody who
changes the file on purpose stands the seal. The names are readable so that listing what is kept asks for nothing.
Every ValueError of this module is the end of a sentence that begins with the file's name, and quotes nothing of it.
"""

from __future__ import annotations

import json
import secrets
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from hmac import compare_digest
from struct import Struct
from typing import NamedTuple

from tui.calls import Secret

MAGIC = b"taskdeck vault\n"
VERSION = 1
LARGEST = 1 << 20  # bytes of a file: a thousand accounts with STS tokens are less
SALT, KEY = 16, 32  # bytes
_NONCE, _TAG, _SUM = 12, 16, 32
_VERSION = Struct(">H")
_REST = Struct(f">IHH{SALT}s{_NONCE}sI")
_HEAD = len(MAGIC) + _VERSION.size + _REST.size
_BLOCK = 512  # what is sealed is filled up to a multiple of it: the file's length says little about the keys'


class Cost(NamedTuple):
    """What a guess costs: Argon2id's memory in KiB, its passes over it, and its lanes."""

    memory: int
    passes: int
    lanes: int


COST = Cost(64 * 1024, 3, 4)  # RFC 9106's second choice, for machines that have other things to do
# A file is not asked nicely: these end within a few seconds and 1 GiB on any machine that runs a monitor.
_MOST = Cost(1024 * 1024, 64, 64)
_MOST_WORK = 4 * 1024 * 1024  # KiB times passes: 20 times our own


class WrongKey(ValueError):
    """The seal does not open with this key."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """A file that was read and not opened: `head` is what its seal covers besides `body`, which is sealed."""

    cost: Cost
    salt: bytes
    names: tuple[str, ...]
    nonce: bytes
    head: bytes
    body: bytes


def parse(data: bytes) -> Sealed:
    """A file's parts. ValueError where it is none of ours, of a later version, damaged, or asks for too much."""
    if not data:
        raise ValueError("is empty")
    if not data.startswith(MAGIC[: len(data)]):
        raise ValueError("is no taskdeck vault")
    if len(data) > LARGEST:
        raise ValueError(f"is larger than the {LARGEST:,} bytes that a vault may have")
    if len(data) < len(MAGIC) + _VERSION.size:
        raise ValueError("is cut off")
    (version,) = _VERSION.unpack_from(data, len(MAGIC))
    if version > VERSION:
        raise ValueError(f"is of version {version}, made by a later taskdeck: this one reads version {VERSION}")
    if len(data) < _HEAD + _TAG + _SUM:
        raise ValueError("is cut off")
    content, checksum = data[:-_SUM], data[-_SUM:]
    if not compare_digest(sha256(content).digest(), checksum) or version != VERSION:
        raise ValueError("is damaged: its checksum does not fit")
    memory, passes, lanes, salt, nonce, size = _REST.unpack_from(content, len(MAGIC) + _VERSION.size)
    if size > len(content) - _HEAD - _TAG:
        raise ValueError("is damaged: its parts do not fit together")
    end = _HEAD + size
    cost = _bounded(Cost(memory, passes, lanes))
    return Sealed(cost, salt, _names(content[_HEAD:end]), nonce, content[:end], content[end:])


def derive(passphrase: Secret, cost: Cost, salt: bytes) -> bytes:
    """The key of a passphrase. Takes `cost`: 0.2 s and 64 MiB with our own, without holding up other threads."""
    from cryptography.hazmat.primitives.kdf.argon2 import Argon2id  # 60 ms to import

    # One spelling of what looks the same: é is one character from one keyboard and two from another.
    text = unicodedata.normalize("NFC", passphrase.reveal()).encode("utf-8", "surrogatepass")
    kdf = Argon2id(salt=salt, length=KEY, iterations=cost.passes, lanes=cost.lanes, memory_cost=cost.memory)
    return kdf.derive(text)


def unseal(sealed: Sealed, key: bytes) -> dict[str, str]:
    """What is kept, account -> text. WrongKey, or ValueError where it is not what we would have sealed."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    try:
        text = AESGCM(key).decrypt(sealed.nonce, sealed.body, sealed.head)
    except InvalidTag:
        raise WrongKey("does not open with this passphrase") from None
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):  # the cause's text would quote what stands there
        found = None
    if not isinstance(found, dict) or not all(isinstance(one, str) for one in found.values()):
        raise ValueError("opens, but does not hold what a vault holds")
    if tuple(sorted(found)) != sealed.names:
        raise ValueError("opens, but holds other accounts than it says")
    return found


def seal(items: Mapping[str, str], key: bytes, cost: Cost, salt: bytes) -> bytes:
    """A whole file. `key` is what `derive` makes of a passphrase with this cost and salt."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = secrets.token_bytes(_NONCE)
    names = json.dumps(sorted(items)).encode()
    head = MAGIC + _VERSION.pack(VERSION) + _REST.pack(*cost, salt, nonce, len(names)) + names
    text = json.dumps(items).encode()
    text += b" " * (-len(text) % _BLOCK)
    content = head + AESGCM(key).encrypt(nonce, text, head)
    if len(content) + _SUM > LARGEST:
        raise ValueError(f"would be larger than the {LARGEST:,} bytes that a vault may have")
    return content + sha256(content).digest()


def _bounded(cost: Cost) -> Cost:
    """A cost that Argon2id knows and this machine can bear."""
    least = Cost(8 * cost.lanes, 1, 1)
    if not all(low <= given <= high for low, given, high in zip(least, cost, _MOST, strict=True)):
        asked = f"{cost.memory:,} KiB, {cost.passes:,} passes and {cost.lanes:,} lanes"
        raise ValueError(f"asks for {asked} to be opened, which no vault of ours does")
    if cost.memory * cost.passes > _MOST_WORK:
        raise ValueError(f"asks for {cost.passes:,} passes over {cost.memory:,} KiB, which no vault of ours does")
    return cost


def _names(data: bytes) -> tuple[str, ...]:
    try:
        names = json.loads(data)
    except (ValueError, RecursionError):
        names = None
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise ValueError("is damaged: its list of accounts cannot be read")
    return tuple(names)
