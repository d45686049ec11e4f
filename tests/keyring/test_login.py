"""login, accounts, list and logout with a real keyring."""

from __future__ import annotations

import json

import pytest

from tests.cli.conftest import Scene, row, scene, shelf
from tests.cli.keys import typing
from tests.keyring.conftest import entered
from tests.keyring.session import PHRASE, Session
from tui.credentials import keyring
from tui.credentials.bounded import Breaker
from tui.credentials.cabinets import cabinets
from tui.demo_keys import KEYS

__all__ = ["scene"]
pytestmark = [pytest.mark.cloud, pytest.mark.xdist_group("keyring")]

PAIR = KEYS["tencent"]
KEY = (("SecretId", f"{PAIR['access_key_id']}\r"), ("SecretKey", f"{PAIR['access_key_secret']}\r"), ("Token", "\r"))


def test_a_key_from_its_login_to_its_logout(session: Session, scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    session.ready()
    session.kill_keeper()  # the next one is locked, as over SSH
    entered(session, monkeypatch)
    monkeypatch.setattr(keyring, "_BREAKER", Breaker())
    cabinets.set(None)
    scene.text = scene.text.replace('"demo"', '"keyring"')
    scene.source("media", shelf(PROCESSING=[row("p-1", FinishTime="")]))

    ran = scene.run("accounts", "-o", "json")
    (told,) = json.loads(ran.out)
    assert (told["state"], told["key_id"]) == ("locked", None)
    assert "the keyring is locked" in ran.err

    with typing(
        monkeypatch, ("Password of the keyring", "wrong\r"), ("Password of the keyring", f"{PHRASE}\r"), *KEY
    ) as typist:
        ran = scene.run("login", "acme")
    assert (ran.code, ran.out) == (0, ""), ran.err
    assert ran.err.endswith("taskdeck: account acme: key ..0001 is in the keyring now\n")
    assert not any(secret in typist.seen + ran.err for secret in (PHRASE, *PAIR.values()))

    (told,) = json.loads(scene.run("accounts", "-o", "json").out)
    assert (told["state"], told["key_id"]) == ("ok", "..0001")
    assert [one["id"] for one in json.loads(scene.run("list", "-o", "json").out)] == ["p-1"]

    ran = scene.run("logout", "acme")
    assert (ran.code, ran.err) == (0, "taskdeck: account acme: removed from the keyring\n")
    assert scene.run("list").code == 3


def test_unlocking_is_all_that_happens_to_who_gives_no_key(
    session: Session, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    session.ready()
    session.kill_keeper()
    entered(session, monkeypatch)
    monkeypatch.setattr(keyring, "_BREAKER", Breaker())
    cabinets.set(None)
    scene.text = scene.text.replace('"demo"', '"keyring"')
    with typing(monkeypatch, ("Password of the keyring", f"{PHRASE}\r"), ("SecretId", "\x04")):
        ran = scene.run("login", "acme")
    assert (ran.code, ran.err) == (3, "taskdeck: account acme: NOKEY - nothing was typed: nothing was stored\n")
    (told,) = json.loads(scene.run("accounts", "-o", "json").out)
    assert told["state"] == "absent", "it can be looked into"
