"""Commands whose keys are in the vault: who is asked for its passphrase, when, and what is said where nobody is."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Said, Scene, row, shelf
from tests.cli.keys import GOOD, Typist, typing
from tests.credentials.vaults import CHEAP, Asked
from tui.calls import Secret
from tui.credentials.cabinets import cabinets, vault_path
from tui.credentials.vault import Vault
from tui.demo_keys import KEYS

pytestmark = pytest.mark.cloud
PHRASE = "correct horse battery"
ROWS = shelf(PROCESSING=[row("p-1", FinishTime="")])
PROMPT = "Passphrase of the vault"


@pytest.fixture
def vaulted(scene: Scene) -> Iterator[Scene]:
    """Two sources of an account whose key is in the vault, and one of an account that needs none."""
    before = cabinets.set(None)
    asyncio.run(Vault(vault_path(scene.state), Asked(Secret(PHRASE)), cost=CHEAP).put("acme", GOOD))
    scene.source("media", ROWS)
    scene.source("more", ROWS)
    scene.text = scene.text.replace('"demo"', '"vault"')
    yield scene
    cabinets.reset(before)


def beside(scene: Scene, typist: list[Typist], prompts: list[int]) -> None:
    """A source of another account, which notes how often somebody had been asked when it was."""

    def answer(action: str, asked: dict[str, Any]) -> Said:
        prompts.append(typist[0].seen.count(PROMPT))
        return ROWS(action, asked)

    scene.text += '[accounts.other]\nvendor = "tencent"\ncredentials = "demo"\nrate_share = "off"\n'
    scene.source("beside", answer)
    head, _, last = scene.text.rpartition('account = "acme"')
    scene.text = f'{head}account = "other"{last}'


def test_it_is_asked_before_anything_is_read_and_again_after_a_wrong_one(
    vaulted: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    typists: list[Typist] = []
    prompts: list[int] = []
    beside(vaulted, typists, prompts)
    with typing(monkeypatch, (PROMPT, "wrong\r"), (PROMPT, f"{PHRASE}\r")) as typist:
        typists.append(typist)
        ran = vaulted.run("list", "-o", "json")
    assert ran.code == 0
    assert {one["source"] for one in json.loads(ran.out)} == {"media", "more", "beside"}
    assert ran.err == "taskdeck: that is not the passphrase of the vault\n"
    assert prompts
    assert set(prompts) == {2}, "nobody's request waits for who types"


def test_a_source_that_needs_none_asks_nobody(vaulted: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    beside(vaulted, [Typist(-1, ())], [])
    with typing(monkeypatch) as typist:
        assert vaulted.run("list", "--source", "beside").code == 0
    assert PROMPT not in typist.seen


@pytest.mark.parametrize(
    "command",
    [
        ("list",),
        ("check", "state:run", "--max", "9"),
        ("sources",),
        ("wait", "state:run"),
        ("show", "media/p-1"),
        ("stop", "media/p-1", "--write", "--yes"),
        ("doctor",),
        ("sources", "--discover", "acme"),
    ],
    ids=" ".join,
)
def test_three_wrong_ones_are_the_end_and_said_once(
    vaulted: Scene, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    with typing(monkeypatch, *[(PROMPT, "wrong\r")] * 3) as typist:
        ran = vaulted.run(*command)
    assert ran.code == 3
    assert typist.seen.count(PROMPT) == 3
    assert (ran.out + ran.err).count("that is not the passphrase") == 2
    assert (ran.out + ran.err).count("Nothing recovers one that is forgotten") == 1


@pytest.mark.parametrize("command", ["list", "sources"])
def test_without_a_terminal_the_way_out_is_none_that_needs_one(
    vaulted: Scene, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, command: str
) -> None:
    monkeypatch.setattr("tui.cli.asking.TTY", str(tmp_path / "none"))
    ran = vaulted.run(command)
    assert ran.code == 3
    first, second = ran.err.splitlines()
    assert first.startswith("taskdeck: media: NOKEY VaultLocked account acme: the vault is locked, and there is no")
    assert first.endswith('credentials = "env" or "command:PROGRAM"')
    assert second == "taskdeck: more: NOKEY VaultLocked as media"
    assert "taskdeck login" not in ran.out + ran.err
    assert ("start it on a terminal, which asks for the passphrase" in ran.out) is (command == "sources")


def test_a_key_is_renewed_with_another_passphrase_and_taken_away(
    vaulted: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    def state() -> tuple[str, str | None]:
        (told,) = json.loads(vaulted.run("accounts", "-o", "json").out)
        return told["state"], told["key_id"]

    assert state() == ("locked", None), "which asks nobody"
    pair, new = KEYS["tencent"], "another passphrase"
    with typing(
        monkeypatch,
        (PROMPT, "wrong\r"),
        (PROMPT, f"{PHRASE}\r"),
        ("SecretId", f"{pair['access_key_id']}\r"),
        ("SecretKey", f"{pair['access_key_secret']}\r"),
        ("Token", "\r"),
        ("New passphrase for the vault", "short\r"),
        ("too short", f"{new}\r"),
        ("once more", f"{new}\r"),
    ) as renewed:
        ran = vaulted.run("login", "acme", "--store", "vault")
    assert (ran.code, ran.out) == (0, "")
    assert ran.err.endswith(
        "taskdeck: account acme: key ..0001 is in the vault now\ntaskdeck: the vault has the new passphrase\n"
    )
    with typing(monkeypatch, (PROMPT, f"{new}\r")) as gone:
        ran = vaulted.run("logout", "acme")
    assert (ran.code, ran.err) == (0, "taskdeck: account acme: removed from the vault\n")
    assert state() == ("absent", None)
    for secret in (*pair.values(), PHRASE, new):
        assert secret not in renewed.seen + gone.seen


def test_a_question_that_nobody_answers_is_a_test_that_fails_and_does_not_hang(
    vaulted: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = (PROMPT, "wrong\r")
    with pytest.raises(AssertionError, match="another question"), typing(monkeypatch, answers, patience=0.3):
        assert vaulted.run("list").code == 3
