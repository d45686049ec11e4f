"""The vault's file: what it may go through without a key being lost or shown."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.credentials.vaults import TEXT, Place, by_hand, mended, refused
from tui.credentials.private import BUSY, DAMAGED, DISK, UNSAFE, PrivateFile
from tui.credentials.sealed import LARGEST, MAGIC
from tui.credentials.vault import WRONG
from tui.errors import NoCredential


async def test_its_files_are_the_owners_alone_whatever_the_umask(place: Place) -> None:
    before = os.umask(0)
    try:
        await place.open().put("ali", TEXT)
        os.umask(0o277)
        await place.open().put("hw", TEXT)
    finally:
        os.umask(before)
    assert place.files() == {"vault": 0o600, "vault.lock": 0o600}
    assert stat.S_IMODE(place.folder.stat().st_mode) == 0o700


async def test_every_flipped_byte_is_refused_and_nothing_is_overwritten(full: Place) -> None:
    data = full.data
    one = full.open()
    await one.get("ali")  # with the key at hand it is refused all the same
    for at in range(len(data)):
        flipped = data[:at] + bytes([data[at] ^ 0x20]) + data[at + 1 :]
        full.data = flipped
        await refused(one.get("ali"), DAMAGED, "mv -i .*vault.broken")
        await refused(one.put("ali", "new"), DAMAGED)
        assert full.data == flipped
    full.data = data
    assert await one.get("ali") == TEXT


async def test_a_file_that_somebody_changed_on_purpose_does_not_open(full: Place) -> None:
    """With a checksum that fits: the names are sealed too."""
    one = full.open()
    await one.get("ali")
    full.data = mended(full.data.replace(b'"ali"', b'"ala"'))
    await refused(one.get("ala"), WRONG)
    assert not one.unlocked


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "is empty"),
        (b"\x00" * 4096, "is no taskdeck vault"),
        (b"[default]\n", "is no taskdeck vault"),
        (MAGIC, "is cut off"),
        (MAGIC + b"\x00\x07" + bytes(200), "later taskdeck"),
        (MAGIC + b"\x00\x01" + bytes(900), "damaged"),
    ],
)
async def test_what_is_no_vault_of_ours_is_left_as_it_is(full: Place, content: bytes, told: str) -> None:
    full.data = content
    said = await full.all_refused(DAMAGED, told)
    assert "nothing was overwritten" in said
    assert full.data == content
    by_hand(said)
    await full.open().put("ali", TEXT)  # the way out leads out
    assert full.beside("vault.broken").read_bytes() == content


async def test_half_a_file_is_refused(full: Place) -> None:
    data = full.data
    full.data = data[: len(data) // 2]
    await full.all_refused(DAMAGED, "damaged")


async def test_a_file_that_asks_for_100_gb_is_refused(full: Place) -> None:
    data = full.data
    full.data = mended(data[:17] + (100 * 1024 * 1024).to_bytes(4, "big") + data[21:])
    await full.all_refused(DAMAGED, "asks for 104,857,600 KiB")


async def test_a_huge_file_is_not_read(full: Place) -> None:
    os.truncate(full.path, 1 << 40)
    await full.all_refused(DAMAGED, "larger than")


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o666, 0o601])
async def test_a_file_that_others_could_reach_is_refused(full: Place, mode: int) -> None:
    full.path.chmod(mode)
    said = await full.all_refused(UNSAFE, f"others can reach it .mode {mode:04o}.; run: chmod 600 ")
    by_hand(said)
    assert await full.open().get("ali") == TEXT


@pytest.mark.parametrize("mode", [0o750, 0o705, 0o777, 0o1777])
async def test_a_folder_that_others_could_reach_is_refused(tmp_path: Path, mode: int) -> None:
    odd = Place(tmp_path / "my; state's" / "vault")
    await odd.open().put("ali", TEXT)
    odd.folder.chmod(mode)
    by_hand(await odd.all_refused(UNSAFE, f"state's: others can reach it .mode {mode:04o}.; run: chmod 700 "))
    assert await odd.open().get("ali") == TEXT


async def test_somebody_elses_is_refused(full: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: full.path.stat().st_uid + 1)
    said = await full.all_refused(UNSAFE, "belongs to user")
    assert f"chown {full.path.stat().st_uid + 1} {full.folder}" in said


async def test_somebody_elses_file_in_our_folder_is_refused(full: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    real, there = os.fstat, full.path.stat().st_ino

    def fstat(handle: int) -> os.stat_result:
        state = real(handle)
        return os.stat_result((*state[:4], 4242, *state[5:])) if state.st_ino == there else state

    monkeypatch.setattr("os.fstat", fstat)
    await full.all_refused(UNSAFE, "vault: belongs to user 4242")


async def test_a_link_is_not_followed(full: Place) -> None:
    elsewhere = full.beside("elsewhere")
    full.path.rename(elsewhere)
    full.path.symlink_to(elsewhere)
    await full.all_refused(UNSAFE, "is a link, which is not followed")
    elsewhere.unlink()
    said = await full.all_refused(UNSAFE, "is a link, which is not followed")  # nor where it leads nowhere
    by_hand(said)
    await full.open().put("ali", TEXT)
    assert not elsewhere.exists()


async def test_a_folder_that_is_a_link_is_not_followed(full: Place) -> None:
    link = full.folder.with_name("link")
    link.symlink_to(full.folder)
    said = await Place(link / "vault").all_refused(UNSAFE, "is a link, which is not followed")
    assert said.endswith(f"--state-dir {full.folder}")
    above = full.folder.parent.with_name("above")
    above.symlink_to(full.folder.parent)  # what is above it is the owner's business, as everywhere
    assert await Place(above / "state" / "vault").open().get("ali") == TEXT


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir])
async def test_what_is_no_file_is_refused_and_never_waited_for(full: Place, make: Callable[[Path], None]) -> None:
    full.path.unlink()
    make(full.path)
    full.path.chmod(0o600)
    said = await full.all_refused(UNSAFE, "no regular file")
    by_hand(said)
    await full.open().put("ali", TEXT)


async def test_a_folder_that_is_a_file_is_told(tmp_path: Path) -> None:
    file = tmp_path / "state"
    file.write_text("")
    one = Place(file / "vault").open()
    await refused(one.get("ali"), DISK, "Not a directory")
    await refused(one.put("ali", TEXT), DISK)


async def test_a_link_in_the_place_of_the_lock_or_the_new_file_is_not_followed(full: Place) -> None:
    victim = full.beside("victim")
    victim.write_text("mine")
    full.beside("vault.new").symlink_to(victim)
    await full.open().put("tx", "3")
    assert (victim.read_text(), full.beside("vault.new").is_symlink()) == ("mine", False)
    full.beside("vault.lock").unlink()
    full.beside("vault.lock").symlink_to(full.beside("nowhere"))
    await refused(full.open().put("tx", "4"), DISK, "nothing was changed")
    assert await full.open().get("tx") == "3"


async def test_the_lock_is_not_waited_for_without_end(full: Place) -> None:
    before = full.data
    file = PrivateFile(full.path, LARGEST, patience=0.02)
    with full.beside("vault.lock").open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(NoCredential, match=r"another program has been writing it for 0\.02 s") as caught:
            file.change(lambda _: b"new")
        assert caught.value.code == BUSY
        assert await full.open().get("ali") == TEXT  # who only reads does not wait
    assert full.data == before
    file.change(lambda data: (data or b"") + b"!")
    assert full.data == before + b"!"


@pytest.mark.parametrize("call", ["os.fsync", "os.fchmod", "os.replace", "fcntl.flock"])
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.ENOLCK, errno.EACCES])
async def test_a_disk_that_does_not_take_it_leaves_what_was_there(
    full: Place, monkeypatch: pytest.MonkeyPatch, call: str, number: int
) -> None:
    one, before = full.open(), full.data
    await one.get("ali")

    def fail(*args: object, **more: object) -> None:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as broken:
        broken.setattr(call, fail)
        await refused(one.put("ali", "new"), DISK, f"nothing was changed: {os.strerror(number)}; ")
    assert full.data == before
    assert set(full.files()) == {"vault", "vault.lock"}
    await one.put("ali", "new")


async def test_what_is_told_as_written_is_on_the_disk(full: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    sync, replace = os.fsync, os.replace

    def fsync(handle: int) -> None:
        done.append("folder" if stat.S_ISDIR(os.fstat(handle).st_mode) else f"{os.fstat(handle).st_size} bytes")
        sync(handle)

    def moved(*args: Any, **more: Any) -> None:
        done.append("in its place")
        replace(*args, **more)

    monkeypatch.setattr("os.fsync", fsync)
    monkeypatch.setattr("os.replace", moved)
    await full.open().put("tx", "3")
    assert done == [f"{full.path.stat().st_size} bytes", "in its place", "folder"]


def written(*args: object) -> dict[str, int]:
    """What `tests/credentials/writers.py` saw, in a process without threads, so that it may fork."""
    command = [sys.executable, "-m", "tests.credentials.writers", *map(str, args)]
    env = {name: value for name, value in os.environ.items() if not name.startswith("COV")}
    ran = subprocess.run(command, capture_output=True, text=True, timeout=120, env=env)
    assert ran.returncode == 0, ran.stderr
    found: dict[str, int] = json.loads(ran.stdout)
    return found


def test_two_hundred_kills_while_it_is_written_lose_nothing(place: Place) -> None:
    saw = written("kills", place.folder, 200)
    assert saw["kills"] == 200
    assert saw["writes"] >= 200
    assert saw["during a write"] + saw["before it was told"] > 0  # the kills did come in between


def test_many_programs_that_write_at_once_lose_nothing(place: Place) -> None:
    assert written("race", place.folder, 3, 10) == {"kept": 30}
