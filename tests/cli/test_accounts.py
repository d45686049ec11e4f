"""accounts: who one is, where the key is and until when, and never a key."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from tests.cli.keys import GOOD, Desk, desk
from tui.credentials.bounded import Breaker
from tui.credentials.cabinets import Cabinets
from tui.credentials.keyring import Keyring, Store
from tui.demo_keys import KEYS
from tui.errors import NoCredential

__all__ = ["desk"]
FIELDS = ["account", "vendor", "credentials", "state", "who", "key_id", "expires_at", "message"]


def account(name: str, credentials: str, vendor: str = "tencent", more: str = "") -> str:
    return f'[accounts.{name}]\nvendor = "{vendor}"\ncredentials = {json.dumps(credentials)}\n{more}'


def told(desk: Desk) -> dict[str, dict[str, Any]]:
    """What it says of each account, as JSON; the table must say as little."""
    ran = desk.scene.run("accounts", "-o", "json")
    assert ran.code == 0
    rows = json.loads(ran.out)
    assert all(list(row) == FIELDS for row in rows)
    table = desk.scene.run("accounts")
    assert len(table.out.splitlines()) == len(rows) + 1
    for text in (ran.out, ran.err, table.out, table.err):
        for keys in KEYS.values():
            assert not any(value in text for name, value in keys.items() if name != "domain")
    return {row["account"]: row for row in rows}


def test_who_one_is(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    pair = KEYS["alibaba"]
    monkeypatch.setenv("MY_ALIBABA_CLOUD_ACCESS_KEY_ID", pair["access_key_id"])
    monkeypatch.setenv("MY_ALIBABA_CLOUD_ACCESS_KEY_SECRET", pair["access_key_secret"])
    monkeypatch.setenv("MY_ALIBABA_CLOUD_SECURITY_TOKEN", "an-sts-token")
    user = 'auth = "token"\n'
    desk.scene.text = "".join(
        (
            account("kept", "keyring"),
            account("given", "env:MY_", "alibaba"),
            account("person", "keyring", "huawei", user),
            account("shut", "vault"),
            account("gone", "keyring"),
            account("none", "vault"),
        )
    )
    desk.keyring.items = {"kept": GOOD, "person": json.dumps(KEYS["huawei-user"]), "left": GOOD}
    desk.vault.items = {"shut": GOOD}
    rows = told(desk)
    said = {name: (row["state"], row["who"], row["key_id"]) for name, row in rows.items()}
    assert said == {
        "kept": ("ok", "key", "..0001"),
        "given": ("ok", "temporary key", "..0001"),
        "person": ("ok", "IAM user", "..ator"),
        "shut": ("locked", None, None),
        "gone": ("absent", None, None),
        "none": ("absent", None, None),
        "left": ("ok", None, None),
    }
    assert rows["given"]["credentials"] == "env:MY_"
    assert rows["left"] | {"vendor": None, "credentials": "keyring", "message": "not in the config"} == rows["left"]
    assert "taskdeck login none --store vault" in rows["none"]["message"]


def test_until_when(desk: Desk) -> None:
    answer = json.dumps(KEYS["tencent"] | {"expiration": "2037-01-15T08:30:00Z"})
    script = desk.scene.folder / "key.sh"
    script.write_text(f"#!/bin/sh\necho '{answer}'\n")
    script.chmod(0o700)
    desk.scene.text = account("mine", f"command:{script} --with topsecret")
    rows = told(desk)
    assert rows["mine"]["expires_at"] == "2037-01-15T08:30:00.000Z"
    assert (rows["mine"]["state"], rows["mine"]["credentials"]) == ("ok", "command")


def test_a_key_in_two_places_is_told(desk: Desk) -> None:
    desk.keyring.items = desk.vault.items = {"acme": GOOD}
    ran = desk.scene.run("accounts")
    assert "the vault has a key of it too: taskdeck login acme leaves one" in ran.err


def test_a_keyring_that_hangs_is_told_once_and_waited_for_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def hanging(seconds: float) -> Store:
        asked.append(seconds)
        time.sleep(30)  # in a daemon thread that nobody waits for
        raise AssertionError

    monkeypatch.setattr(Cabinets, "_keyring", lambda held: Keyring(hanging, seconds=0.05, breaker=Breaker()))
    desk.scene.text = account("one", "keyring") + account("two", "keyring") + account("three", "vault")
    desk.vault.items = {"three": GOOD}
    ran = desk.scene.run("accounts", "-o", "json")
    assert ran.code == 0
    assert {row["account"]: row["state"] for row in json.loads(ran.out)} == {
        "one": "hung",
        "two": "hung",
        "three": "locked",
    }
    assert ran.err.count("has not answered") == 1
    assert len(asked) == 1


def test_over_ssh_without_a_session_bus(desk: Desk) -> None:
    desk.keyring.error = NoCredential("no D-Bus session: SSH without a desktop. Start one", code="NoSession")
    ran = desk.scene.run("accounts", "-o", "json")
    (row,) = json.loads(ran.out)
    assert (ran.code, row["state"]) == (0, "unusable")
    assert ran.err == "taskdeck: no D-Bus session: SSH without a desktop. Start one\n"


def test_without_a_config_there_may_be_keys(desk: Desk) -> None:
    nowhere = ("--config", str(desk.scene.folder / "none.toml"))
    ran = desk.scene.plain(*nowhere, "accounts")
    assert ran.code == 2
    assert "no key is kept" in ran.err
    desk.keyring.items = {"acme": GOOD}
    ran = desk.scene.plain(*nowhere, "accounts")
    assert (ran.code, ran.out.splitlines()[1].split()[:4]) == (0, ["acme", "-", "keyring", "ok"])
