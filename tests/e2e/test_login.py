"""login on a real terminal: no echo, Ctrl+C, the vault, and a list that is read with the key.

What else is done with a vault: tests/cli/test_vault.py.
"""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.command import BIN, Cloud, cloud, environment
from tests.e2e.terminal import Terminal
from tui.demo_keys import KEYS

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e-list")]

PAIR = KEYS["tencent"]
VAULTED = 'vendor = "tencent"\ncredentials = "vault"'
PASSPHRASE = "correct horse battery"


@pytest.fixture(scope="module")
def frozen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    with cloud(tmp_path_factory.mktemp("cloud"), "--tasks", "300", "--freeze") as running:
        yield running


def terminal(home: Path, *arguments: str) -> Terminal:
    """A shell that runs one command, and then says how it ended and whether the terminal echoes."""
    script = 'trap : INT; "$@"; echo "ended with $?"; stty -a | grep -q " -echo " && echo silent || echo echoes'
    env = environment(home, TERM="xterm")
    return Terminal(["sh", "-c", script, "sh", BIN, *arguments], env, columns=200, lines=50)


def typed(shown: Terminal, *answers: tuple[str, str]) -> None:
    """Waits for each question, types the answer."""
    for question, answer in answers:
        shown.until(question)
        shown.press(answer + "\r")


def ended(shown: Terminal, code: int) -> None:
    """It has ended so, and the terminal is as it was."""
    assert f"ended with {code}\nechoes" in shown.until(lambda text: text.rstrip().endswith(("silent", "echoes")))


def test_a_key_in_a_new_vault_and_a_list_that_is_read_with_it(tmp_path: Path, frozen: Cloud) -> None:
    config = tmp_path / "config.toml"
    config.write_text(frozen.config.read_text("utf-8").replace('vendor = "tencent"\ncredentials = "demo"', VAULTED))
    given = ("--config", str(config))
    seen = b""

    with terminal(tmp_path, *given, "login", "tx-demo") as shown:
        shown.until("SecretId")
        shown.press(PAIR["access_key_id"] + "\r")
        shown.until("SecretKey")
        shown.press("half of it\x03")
        ended(shown, 130)
        seen += shown.seen
    assert not (tmp_path / "state" / "taskdeck" / "vault").exists()

    with terminal(tmp_path, *given, "login", "tx-demo") as shown:
        typed(shown, ("SecretId", PAIR["access_key_id"]), ("SecretKey", PAIR["access_key_secret"]), ("Token", ""))
        typed(shown, ("for the new vault", "short"), ("too short", PASSPHRASE), ("once more", PASSPHRASE))
        shown.until("key ..0001 is in the vault now")
        ended(shown, 0)
        seen += shown.seen
    vault = tmp_path / "state" / "taskdeck" / "vault"
    assert (stat.S_IMODE(vault.stat().st_mode), stat.S_IMODE(vault.parent.stat().st_mode)) == (0o600, 0o700)

    with terminal(tmp_path, *given, "list", "--source", "mps", "--limit", "1") as shown:
        typed(shown, ("Passphrase of the vault", "wrong"), ("not the passphrase", PASSPHRASE))
        ended(shown, 0)
        assert "mps" in shown.text
        seen += shown.seen

    for secret in (*PAIR.values(), PASSPHRASE, "half of it"):
        assert secret.encode() not in seen
        for path in tmp_path.rglob("*"):
            assert not path.is_file() or path == frozen.config or secret.encode() not in path.read_bytes()
