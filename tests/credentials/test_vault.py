"""The vault as a cabinet: who is asked for its passphrase and when, and what its file may go through."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from weakref import ref

import pytest

from tests.credentials.vaults import OTHER, RIGHT, TEXT, Asked, Place, refused
from tui.calls import Secret
from tui.credentials import sealed, vault
from tui.credentials.cabinet import Cabinet
from tui.credentials.private import BUSY
from tui.credentials.sealed import COST
from tui.credentials.vault import ABSENT, FAILED, HUNG, IDLE, LOCKED, WEAK, WRONG
from tui.errors import NoCredential


async def nobody() -> Secret:
    raise NoCredential("nobody to ask", code=LOCKED)


async def test_what_is_kept_is_found_again_by_another_program(place: Place) -> None:
    asked = Asked(RIGHT)
    one: Cabinet = place.open(asked)
    await one.put("ali", TEXT)
    await one.put("hw", "{}")
    await one.put("hw", '{"username": "müller"}')
    assert asked.times == 1
    two = place.open()
    assert (await two.get("ali"), await two.get("hw")) == (TEXT, '{"username": "müller"}')
    assert await two.names() == ("ali", "hw")
    assert await two.delete("ali")
    assert (await one.get("ali"), await one.names()) == (None, ("hw",))
    assert not await two.delete("ali")
    assert one.name == "vault"


async def test_nothing_on_the_disk_is_plain(full: Place) -> None:
    for one in full.folder.iterdir():
        for text in (b"canary", b"LTAI", b"access_key", b"correct", b"horse"):
            assert text not in one.read_bytes()


async def test_without_a_vault_nobody_is_asked_and_nothing_is_made(place: Place) -> None:
    one = place.open(nobody)
    assert (await one.get("ali"), await one.names(), await one.delete("ali")) == (None, (), False)
    assert (await one.exists(), await one.trouble(), one.unlocked) == (False, None, False)
    await refused(one.unlock(), ABSENT, "taskdeck login ACCOUNT --store vault")
    await refused(one.change(RIGHT, OTHER), ABSENT)
    assert not place.folder.exists()


async def test_what_is_not_kept_is_told_without_the_passphrase(full: Place) -> None:
    one = full.open(nobody)
    assert (await one.get("tx"), await one.delete("tx"), await one.names()) == (None, False, ("ali", "hw"))
    assert await one.exists()


@pytest.mark.parametrize("new", ["", "1234567"])
async def test_a_new_passphrase_is_long_enough(place: Place, new: str) -> None:
    await refused(place.open(Asked(Secret(new))).put("ali", TEXT), WEAK, "at least 8 characters")
    assert not place.folder.exists()


async def test_a_wrong_passphrase_is_told_and_asked_for_again(full: Place) -> None:
    before = full.data
    asked = Asked(OTHER, OTHER, Secret(""), RIGHT)
    one = full.open(asked)
    await refused(one.get("ali"), WRONG, "wrong passphrase; try again")
    await refused(one.put("ali", "new"), WRONG)
    await refused(one.delete("ali"), WRONG)
    assert await one.trouble() is not None  # whoever looks for a change need not ask again
    assert await one.get("ali") == TEXT
    assert await one.trouble() is None
    assert (asked.times, full.data) == (4, before)


async def test_unlock_takes_a_passphrase_that_was_typed_elsewhere(full: Place) -> None:
    one = full.open(nobody)
    await refused(one.get("ali"), LOCKED)
    assert await one.trouble() == "nobody to ask"
    await refused(one.unlock(OTHER), WRONG)
    await refused(one.unlock(Secret("")), WRONG)
    await one.unlock(RIGHT)
    assert (await one.trouble(), await one.get("ali")) == (None, TEXT)
    one.lock()
    await refused(one.get("ali"), LOCKED)


async def test_a_passphrase_that_was_refused_is_not_kept(full: Place) -> None:
    typed = Secret("no such " + "passphrase")
    one, gone = full.open(nobody), ref(typed)
    with suppress(NoCredential):  # which would keep it alive here
        await one.unlock(typed)
    del typed
    assert "wrong passphrase" in str(await one.trouble())
    assert gone() is None


async def test_twenty_sources_ask_once(full: Place) -> None:
    asked = Asked(RIGHT)
    one = full.open(asked)
    assert await asyncio.gather(*(one.get("ali") for _ in range(20))) == [TEXT] * 20
    assert asked.times == 1


async def test_one_refusal_is_for_all_who_waited_for_it(full: Place) -> None:
    asked = Asked(OTHER, RIGHT)
    one = full.open(asked)
    told = await asyncio.gather(*(one.get("ali") for _ in range(20)), return_exceptions=True)
    assert {getattr(error, "code", "") for error in told} == {WRONG}
    assert asked.times == 1
    assert await one.get("ali") == TEXT


async def test_who_stops_typing_leaves_the_question_to_the_next(full: Place) -> None:
    begun, answer = asyncio.Event(), asyncio.Event()

    async def slow() -> Secret:
        begun.set()
        await answer.wait()
        return RIGHT

    one = full.open(slow)
    first, second = asyncio.create_task(one.get("ali")), asyncio.create_task(one.get("hw"))
    await begun.wait()
    first.cancel()
    answer.set()
    assert await second == "{}"
    assert first.cancelled()


async def test_the_key_is_forgotten_when_nobody_needed_it_for_a_while(full: Place) -> None:
    now = 0.0
    asked = Asked(RIGHT)
    one = full.open(asked, clock=lambda: now)
    await one.get("ali")
    now += IDLE - 1
    await one.get("ali")  # used: the time begins anew
    now += IDLE - 1
    assert one.unlocked
    now += 1
    assert not one.unlocked
    await one.get("ali")
    assert asked.times == 2


async def test_the_key_goes_by_itself(full: Place) -> None:
    one = full.open(idle=0.001)
    await one.get("ali")
    async with asyncio.timeout(10):
        await until(lambda: one._key is None)


async def until(over: Callable[[], bool]) -> None:
    """Lets the loop go round until something is so."""
    while not over():  # noqa: ASYNC110 - no event tells that a timer has run
        await asyncio.sleep(0)


async def test_the_key_is_in_no_repr(full: Place) -> None:
    one = full.open()
    await one.get("ali")
    assert one._key is not None
    assert repr(one._key.key) not in repr(one._key)


async def test_another_passphrase(full: Place) -> None:
    one, elsewhere = full.open(), full.open(Asked(RIGHT, OTHER))
    assert await elsewhere.get("ali") == TEXT
    before = sealed.parse(full.data)
    await one.change(RIGHT, OTHER)
    after = sealed.parse(full.data)
    assert before.salt != after.salt
    assert (await one.get("ali"), one.unlocked) == (TEXT, True)
    await elsewhere.put("tx", "3")  # its key does not fit any more: asked again
    assert (await elsewhere.get("ali"), await elsewhere.names()) == (TEXT, ("ali", "hw", "tx"))
    await refused(full.open().get("ali"), WRONG)
    assert await full.open(Asked(OTHER)).get("hw") == "{}"


async def test_another_passphrase_costs_what_a_new_one_costs(full: Place) -> None:
    await full.open(nobody, cost=COST).change(RIGHT, OTHER)
    assert sealed.parse(full.data).cost == COST


async def test_a_passphrase_that_is_not_changed_stays(full: Place) -> None:
    before = full.data
    one = full.open()
    await refused(one.change(OTHER, RIGHT), WRONG)
    await refused(one.change(RIGHT, Secret("short")), WEAK)
    assert full.data == before
    assert await one.get("ali") == TEXT


async def test_a_passphrase_that_changes_while_another_is_typed(full: Place) -> None:
    """The key that was just proved is of yesterday: the file is read again, the question asked again, nothing lost."""
    theirs = full.open()

    async def slowly() -> Secret:
        if asked.times == 0:
            await theirs.change(RIGHT, OTHER)
        return await asked()

    asked = Asked(RIGHT, OTHER)
    mine = full.open(slowly)
    await mine.put("tx", "3")
    assert (asked.times, await mine.names()) == (2, ("ali", "hw", "tx"))
    assert await mine.get("ali") == TEXT


async def test_a_passphrase_that_never_stays_the_same_is_no_endless_loop(full: Place) -> None:
    theirs, turn = full.open(), 0

    async def restless() -> Secret:
        nonlocal turn
        turn += 1
        await theirs.change(*((RIGHT, OTHER) if turn % 2 else (OTHER, RIGHT)))
        return RIGHT if turn % 2 else OTHER

    await refused(full.open(restless).put("tx", "3"), BUSY, "keeps changing")
    assert await theirs.names() == ("ali", "hw")


async def test_a_vault_that_was_removed_while_it_was_open_is_made_again(full: Place) -> None:
    asked = Asked(RIGHT)
    one = full.open(asked)
    await one.get("ali")
    full.path.unlink()
    assert await one.get("ali") is None
    await one.put("tx", "3")
    assert (await full.open().get("tx"), await one.names(), asked.times) == ("3", ("tx",), 1)


async def test_two_who_make_it_at_once_lose_nothing(place: Place) -> None:
    vaults = [place.open() for _ in range(4)]
    await asyncio.gather(*(one.put(f"{index}-{n}", "x") for index, one in enumerate(vaults) for n in range(4)))
    assert set(await vaults[0].names()) == {f"{index}-{n}" for index in range(4) for n in range(4)}
    assert await place.open().get("3-3") == "x"


async def test_more_than_a_vault_holds_is_refused(full: Place) -> None:
    before = full.data
    await refused(full.open().put("tx", "x" * sealed.LARGEST), FAILED, "would be larger.*taskdeck logout ACCOUNT")
    assert full.data == before


async def test_a_disk_that_hangs_is_not_waited_for(full: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    one, back, reads = full.open(), threading.Event(), 0

    def hang() -> None:
        nonlocal reads
        reads += 1
        back.wait()

    monkeypatch.setattr(vault, "_READ_SECONDS", 0.02)
    with monkeypatch.context() as hanging:
        hanging.setattr(one._file, "read", hang)
        said = await refused(one.get("ali"), HUNG, "has not answered for 0.02 s")
        assert (await one.trouble(), reads) == (said, 1)  # once is enough
        one.again()
        await refused(one.names(), HUNG)
        assert reads == 2
    back.set()
    monkeypatch.setattr(vault, "_READ_SECONDS", 30)
    one.again()
    assert await one.get("ali") == TEXT


@pytest.mark.parametrize(("error", "told"), [(MemoryError(), "MiB of memory"), (RuntimeError("x"), "RuntimeError")])
async def test_a_machine_without_argon2_or_memory_says_so(
    full: Place, monkeypatch: pytest.MonkeyPatch, error: Exception, told: str
) -> None:
    def fail(*args: object) -> bytes:
        raise error

    monkeypatch.setattr(sealed, "derive", fail)
    await refused(full.open().get("ali"), FAILED, told)


async def test_the_loop_goes_on_while_the_key_is_made(place: Place) -> None:
    ticks, over = 0, False

    async def tick() -> None:
        nonlocal ticks
        while not over:
            ticks += 1
            await asyncio.sleep(0)

    ticking = asyncio.create_task(tick())
    await place.open(cost=COST).put("ali", TEXT)
    over = True
    await ticking
    assert ticks > 50  # a loop that waited for it would have come to five
    assert sealed.parse(place.data).cost == COST


def test_a_vault_that_is_not_opened_loads_no_cryptography() -> None:
    code = "import sys, tui.credentials.vault; print('cryptography' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=True)
    assert ran.stdout == "False\n"
