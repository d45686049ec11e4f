"""logout: removes a key from wherever it is kept, and says from where."""

from __future__ import annotations

import pytest

from tests.cli.keys import GOOD, Desk, desk
from tui.errors import NoCredential

__all__ = ["desk"]


@pytest.mark.parametrize("places", [["keyring"], ["vault"], ["keyring", "vault"]])
def test_it_is_removed_from_wherever_it_is(desk: Desk, places: list[str]) -> None:
    drawers = {"keyring": desk.keyring, "vault": desk.vault}
    for drawer in drawers.values():
        drawer.items = {"other": GOOD} | ({"acme": GOOD} if drawer.name in places else {})
    ran = desk.scene.run("logout", "acme")
    assert (ran.code, ran.out) == (0, "")
    assert ran.err == "".join(f"taskdeck: account acme: removed from the {name}\n" for name in places)
    assert [list(drawer.items) for drawer in drawers.values()] == [["other"], ["other"]]


def test_an_account_that_the_config_has_forgotten_can_be_removed_too(desk: Desk) -> None:
    desk.keyring.items = {"old": GOOD}
    assert desk.scene.run("logout", "old").code == 0
    assert desk.keyring.items == {}
    desk.keyring.items = {"old": GOOD}
    assert desk.scene.plain("--config", str(desk.scene.folder / "none.toml"), "logout", "old").code == 0
    assert desk.keyring.items == {}


def test_nothing_kept_is_exit_1(desk: Desk) -> None:
    ran = desk.scene.run("logout", "acme")
    assert ran.code == 1
    assert "no key of it is kept here (looked into the keyring and the vault)" in ran.err


def test_a_key_that_comes_from_elsewhere_is_told(desk: Desk) -> None:
    desk.scene.text = desk.scene.text.replace('"keyring"', '"env:MY_"')
    ran = desk.scene.run("logout", "acme")
    assert ran.code == 1
    assert 'reads its key elsewhere: credentials = "env"' in ran.err


def test_an_account_that_nobody_knows_is_exit_2(desk: Desk) -> None:
    ran = desk.scene.run("logout", "acm")
    assert ran.code == 2
    assert "the config has acme" in ran.err


def test_a_machine_without_a_keyring_has_none_to_look_into(desk: Desk) -> None:
    desk.keyring.error = NoCredential("no D-Bus session", code="NoSession")
    desk.vault.items = {"acme": GOOD}
    assert desk.scene.run("logout", "acme").code == 0
    ran = desk.scene.run("logout", "acme")
    assert ran.code == 1
    assert "this machine has no keyring" in ran.err


def test_a_keyring_that_may_have_it_and_does_not_open_is_exit_3(desk: Desk) -> None:
    desk.keyring.error = NoCredential("the keyring is locked: open it", code="KeyringLocked")
    desk.vault.items = {"acme": GOOD}
    ran = desk.scene.run("logout", "acme")
    assert (ran.code, desk.vault.items) == (3, {})
    assert "account acme: removed from the vault" in ran.err
    assert "account acme: NOKEY KeyringLocked the keyring is locked: open it" in ran.err
