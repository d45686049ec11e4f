"""Every state of a real Secret Service: what is said, how soon, and that the way out is one."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import secretstorage

from tests.keyring.conftest import asked, entered
from tests.keyring.session import PHRASE, Session, mute
from tui.calls import Secret
from tui.credentials import ways
from tui.credentials.keyring import SERVICE, Keyring

pytestmark = pytest.mark.xdist_group("keyring")  # they share a session
ITEM = '{"access_key_id": "AKround", "access_key_secret": "tR1p-sécret"}'


class TestRoundTrip:
    async def test_what_is_put_is_got_found_and_deleted(self, here: Session, keyring: Keyring) -> None:
        assert await keyring.trouble() is None
        assert await keyring.get("ali") is None
        await keyring.put("ali", "first")
        await keyring.put("ali", ITEM)
        await keyring.put("hw prod/é", "other")
        assert await keyring.get("ali") == ITEM
        assert await keyring.names() == ["ali", "hw prod/é"]
        assert await keyring.delete("hw prod/é") is True
        assert await keyring.delete("hw prod/é") is False
        assert await keyring.names() == ["ali"]
        assert await keyring.delete("ali") is True

    async def test_it_is_where_other_programs_look_and_theirs_is_found(self, here: Session, keyring: Keyring) -> None:
        await keyring.put("ali", ITEM)
        with secretstorage.dbus_init() as bus:
            collection = secretstorage.get_default_collection(bus)
            (item,) = collection.search_items({"service": SERVICE, "username": "ali"})
            assert item.get_secret().decode() == ITEM
            collection.create_item("by hand", {"service": SERVICE, "username": "ali"}, ITEM.encode())
            collection.create_item("by hand", {"service": SERVICE, "username": "tx"}, ITEM.encode())
            collection.create_item("not ours", {"service": "mail", "username": "me"}, b"x")
            assert await keyring.names() == ["ali", "tx"]
            assert await keyring.get("tx") == ITEM
            await keyring.put("tx", "new")
            assert [item.get_secret() for item in collection.search_items({"username": "tx"})] == [b"new"]
        assert await keyring.delete("ali") is True
        assert await keyring.get("ali") is None  # both copies are gone

    async def test_it_is_still_there_for_the_next_daemon(self, here: Session, keyring: Keyring) -> None:
        await keyring.put("ali", ITEM)
        here.unlock()
        assert await keyring.get("ali") == ITEM
        assert await keyring.delete("ali") is True


class TestLocked:
    @pytest.fixture
    async def locked(self, here: Session, keyring: Keyring) -> Session:
        """The daemon was killed: D-Bus starts another at the next call, which has no password."""
        await keyring.put("ali", ITEM)
        here.kill_keeper()
        return here

    async def test_a_killed_daemon_comes_again_and_is_locked(self, locked: Session, keyring: Keyring) -> None:
        for call in (keyring.get, keyring.delete):
            came = await asked(lambda call=call: call("ali"))  # type: ignore[misc] # mypy sees no type in it
            assert came.refused.code == ways.LOCKED
        refused = (await asked(lambda: keyring.put("ali", ITEM))).refused
        assert refused.message.startswith("the keyring is locked; unlock it: `bash -c '")
        assert (await asked(keyring.names)).refused.message == refused.message == await keyring.trouble()

    async def test_nobody_is_asked_though_there_is_a_display(
        self, locked: Session, keyring: Keyring, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("DISPLAY", ":99")
        for call in (lambda: keyring.get("ali"), keyring.names, keyring.trouble, lambda: keyring.put("ali", ITEM)):
            came = await asked(call)
            assert "unlock it: :login asks for it, or `bash -c" in getattr(came.answer, "message", came.answer)
        assert not locked.prompted.exists()

    async def test_the_command_of_the_message_unlocks_it(self, locked: Session, keyring: Keyring) -> None:
        refused = (await asked(lambda: keyring.get("ali"))).refused
        _run(_command(refused.message), locked)
        assert await keyring.get("ali") == ITEM

    async def test_its_password_unlocks_it_and_no_other(self, locked: Session, keyring: Keyring) -> None:
        assert keyring.takes_phrase
        came = await asked(lambda: keyring.unlock(Secret("wrong")))
        assert (came.refused.code, came.refused.message.partition(";")[0]) == (
            ways.REFUSED,
            "that is not the password of the keyring",
        )
        assert (await asked(lambda: keyring.get("ali"))).refused.code == ways.LOCKED
        await keyring.unlock(Secret(PHRASE))
        assert await keyring.get("ali") == ITEM
        await keyring.unlock()  # nothing to do

    async def test_the_desktop_asks_when_it_is_told_to_and_a_question_that_ends_leaves_it_locked(
        self, locked: Session, keyring: Keyring
    ) -> None:
        came = await asked(keyring.unlock)
        assert came.refused.code == ways.LOCKED
        assert locked.prompted.exists()
        locked.prompted.unlink()

    async def test_a_daemon_with_a_wrong_password_is_locked(self, here: Session, keyring: Keyring) -> None:
        await keyring.put("ali", ITEM)
        here.unlock("not " + PHRASE)
        refused = (await asked(lambda: keyring.get("ali"))).refused
        assert refused.code == ways.LOCKED
        _run(_command(refused.message), here)
        assert await keyring.get("ali") == ITEM

    async def test_one_that_was_never_used_is_made_by_the_command(
        self, keyring: Keyring, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with Session() as fresh:
            entered(fresh, monkeypatch)
            refused = (await asked(lambda: keyring.get("ali"))).refused
            assert refused.code == ways.EMPTY
            assert refused.message.startswith("the keyring has no collection yet; make one")
            _run(_command(refused.message), fresh)
            await keyring.put("ali", ITEM)
            assert await keyring.names() == ["ali"]


class TestSilence:
    async def test_a_stopped_daemon_is_named_with_what_lets_it_go_on(self, here: Session, keyring: Keyring) -> None:
        keeper = here.keeper()
        with stopped(keeper):
            came = await asked(lambda: keyring.get("ali"))
            told = (
                f"the keyring (gnome-keyring-d, process {keeper}) is stopped; let it go on: `kill -CONT {keeper}`; or"
            )
            assert came.refused.message.startswith(told)
            assert came.ticks > 10
            # The next ones are not kept waiting, until somebody wants to know.
            for call in (keyring.names, lambda: keyring.put("ali", ITEM)):
                again = await asked(call)
                assert (again.refused.message, again.ticks) == (came.refused.message, 0)
        keyring.again()
        assert await keyring.get("nobody") is None

    async def test_a_service_that_never_comes_up(self, keyring: Keyring, monkeypatch: pytest.MonkeyPatch) -> None:
        with mute() as session:
            entered(session, monkeypatch)
            came = await asked(lambda: keyring.get("ali"))
        assert re.match(
            r"D-Bus starts a keyring service that has not come up for 2\.\d s; see which: `grep", came.refused.message
        )
        assert (came.refused.code, came.ticks > 10) == (ways.HUNG, True)

    async def test_a_bus_that_stands_still(self, here: Session, keyring: Keyring) -> None:
        with stopped(here.keeper("org.freedesktop.DBus")):
            came = await asked(lambda: keyring.get("ali"))
        assert came.refused.message.startswith("the D-Bus session has not answered for 2.")
        assert came.ticks > 10


class TestNobody:
    async def test_a_session_without_a_keyring_service(self, keyring: Keyring, monkeypatch: pytest.MonkeyPatch) -> None:
        with Session(lambda pipe: {}) as bare:
            entered(bare, monkeypatch)
            refused = (await asked(lambda: keyring.get("ali"))).refused
            assert refused.code == ways.NO_KEYRING
            assert refused.message.startswith("no keyring service in this D-Bus session (")
            assert "apt-get install gnome-keyring" in refused.message

            bare.end()
            refused = (await asked(lambda: keyring.get("ali"))).refused
            assert refused.code == ways.NO_SESSION
            assert "names a bus that has ended; start one: `dbus-run-session" in refused.message

    async def test_a_service_that_fails_at_once(self, keyring: Keyring, monkeypatch: pytest.MonkeyPatch) -> None:
        with Session(lambda pipe: {"org.freedesktop.secrets": "/bin/false"}) as broken:
            entered(broken, monkeypatch)
            refused = (await asked(lambda: keyring.get("ali"))).refused
        assert (refused.code, "Spawn.ChildExited" in refused.message) == (ways.NO_KEYRING, True)

    async def test_no_session_at_all_and_the_command_that_makes_one(
        self, session: Session, keyring: Keyring, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        entered(session, monkeypatch)
        monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS")
        monkeypatch.setenv("XDG_RUNTIME_DIR", "/nowhere")
        refused = (await asked(lambda: keyring.get("ali"))).refused
        assert refused.message.startswith("no D-Bus session: DBUS_SESSION_BUS_ADDRESS is not set; start one: `dbus-run")
        monkeypatch.setenv("SSH_CONNECTION", "10.0.0.1 1 10.0.0.2 22")
        refused = (await asked(lambda: keyring.get("ali"))).refused
        assert refused.message.startswith("no D-Bus session: SSH without a desktop; start one: `dbus-run-session -- ")
        for way in ('credentials = "vault"', '"env"', '"command:PROGRAM"'):
            assert way in refused.message

    def test_that_command_runs_taskdeck_with_an_unlocked_keyring(self, session: Session) -> None:
        """`taskdeck` here is a program that asks the keyring."""
        probe = session.home / "taskdeck"
        ask = "import asyncio; from tui.credentials.keyring import Keyring as K; print(asyncio.run(K().trouble()))"
        probe.write_text(f'#!/bin/sh\nexec {sys.executable} -c "{ask}"\n', encoding="utf-8")
        probe.chmod(0o700)
        ran = _run(_command(ways.no_session({"SSH_CONNECTION": "x"}).error.message), session, first=session.home)
        assert ran == "None\n"

    @pytest.mark.parametrize(
        ("address", "told"),
        [
            ("unix:path=/nowhere/bus", "names a bus that has ended"),
            ("tcp:host=localhost,port=1", "names a bus that does not let this user in"),
            ("nonsense", "names a bus that does not let this user in"),
        ],
    )
    async def test_an_address_that_leads_nowhere(
        self, keyring: Keyring, monkeypatch: pytest.MonkeyPatch, address: str, told: str
    ) -> None:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
        refused = (await asked(lambda: keyring.get("ali"))).refused
        assert (refused.code, told in refused.message) == (ways.NO_SESSION, True)

    async def test_a_session_bus_that_nobody_named_is_found(
        self, session: Session, keyring: Keyring, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
        monkeypatch.setenv("XDG_RUNTIME_DIR", str(session.home))
        with socket.socket(socket.AF_UNIX) as bus:
            bus.bind(str(session.home / "bus"))
            refused = (await asked(lambda: keyring.get("ali"))).refused
        assert f"join it: `export DBUS_SESSION_BUS_ADDRESS=unix:path={session.home}/bus`; or" in refused.message


@contextmanager
def stopped(pid: int | None) -> Iterator[None]:
    """A process that stands still meanwhile."""
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def _command(message: str) -> str:
    """The command that a message names."""
    match = re.search(r"(?:dbus-run-session -- )?bash -c '[^']*'", message)
    assert match is not None, message
    return match[0]


def _run(command: str, session: Session, first: Path | None = None) -> str:
    """What a command prints, whose question is answered with the password of every keyring here."""
    env = session.env | {"PATH": f"{first}:{session.env['PATH']}" if first else session.env["PATH"]}
    ran = subprocess.run(["sh", "-c", command], env=env, input=PHRASE, text=True, capture_output=True, timeout=20)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout
