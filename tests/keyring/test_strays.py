"""What else is installed, configured or in the environment does not choose the keyring. In processes of their own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.keyring.session import Session

pytestmark = pytest.mark.xdist_group("keyring")  # they share a session
STRAY = """
from keyring.backend import KeyringBackend
from pathlib import Path
class PlaintextKeyring(KeyringBackend):
    priority = 99
    def get_password(self, service, username): return "stray"
    def set_password(self, service, username, password): Path(__file__).with_name("stored").write_text(password)
    def delete_password(self, service, username): pass
Path(__file__).with_name("imported").touch()
"""
ROUND = """
import asyncio, json, sys
from tui.credentials.keyring import Keyring
async def main():
    keyring = Keyring()
    before = await keyring.get("stray")
    await keyring.put("stray", "S3cr3t")
    return [before, await keyring.get("stray"), list(await keyring.names())]
print(json.dumps([*asyncio.run(main()), sorted(name for name in sys.modules if name.startswith("keyrings"))]))
"""


def stray(folder: Path) -> Path:
    """A folder with a keyrings.alt and a keyrings.cryptfile in it, with the entry points that keyring looks for."""
    for name in ("alt", "cryptfile"):
        package = folder / "keyrings" / name
        package.mkdir(parents=True)
        (package / "__init__.py").touch()
        (package / "file.py").write_text(STRAY, encoding="utf-8")
        info = folder / f"keyrings.{name}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: keyrings.{name}\nVersion: 1.0\n", encoding="utf-8"
        )
        (info / "entry_points.txt").write_text(f"[keyring.backends]\n{name} = keyrings.{name}.file\n", encoding="utf-8")
    return folder


def ran(code: str, session: Session, **env: str) -> str:
    """What it prints."""
    argv = [sys.executable, "-c", code]
    return subprocess.run(
        argv, env=session.env | env, capture_output=True, text=True, check=True, timeout=30, cwd="/"
    ).stdout


def test_no_package_no_variable_and_no_file_chooses_the_keyring(here: Session, tmp_path: Path) -> None:
    folder = stray(tmp_path)
    config = here.home / "config" / "python_keyring"
    config.mkdir()
    (config / "keyringrc.cfg").write_text(
        f"[backend]\ndefault-keyring=keyrings.alt.file.PlaintextKeyring\nkeyring-path={folder}\n", encoding="utf-8"
    )
    env = {
        "PYTHONPATH": f"{folder}:{Path(__file__).parents[2]}",
        "PYTHON_KEYRING_BACKEND": "keyrings.alt.file.PlaintextKeyring",
        "KEYRING_PROPERTY_SCHEME": "KeePassXC",
        "KEYRING_PROPERTY_PREFERRED_COLLECTION": "/org/freedesktop/secrets/collection/session",
        "KEYRING_PROPERTY_APPID": "stray",
    }
    try:
        # These would choose it, were anybody asked:
        chosen = ran("import keyring; keyring.set_password('a', 'b', 'c'); print(keyring.get_keyring())", here, **env)
        assert "keyrings.alt.file.PlaintextKeyring" in chosen
        (folder / "keyrings/alt/stored").unlink()
        (folder / "keyrings/alt/imported").unlink()

        assert json.loads(ran(ROUND, here, **env)) == [None, "S3cr3t", ["stray"], []]
        assert [path.name for path in folder.rglob("*") if path.name in ("stored", "imported")] == []
        plain = {name: value for name, value in env.items() if name == "PYTHONPATH"}
        assert json.loads(ran(ROUND, here, **plain))[0] == "S3cr3t"  # it is in the one keyring that there is
    finally:
        (config / "keyringrc.cfg").unlink()


def test_it_is_loaded_when_it_is_asked_and_not_before(here: Session) -> None:
    code = """
import asyncio, json, sys
from tui.credentials.keyring import Keyring
heavy = {"keyring", "secretstorage", "jeepney", "cryptography", "httpx", "textual"}
before = sorted(heavy & set(sys.modules))
keyring = Keyring()
asyncio.run(keyring.trouble())
print(json.dumps([before, sorted(heavy & set(sys.modules))]))
"""
    before, after = json.loads(ran(code, here, PYTHONPATH=str(Path(__file__).parents[2])))
    assert (before, after) == ([], ["cryptography", "jeepney", "keyring", "secretstorage"])
