"""A real sshd on loopback, and the client of somebody who logs in to it with a key."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from tests.e2e.command import environment
from tests.e2e.terminal import Terminal

SEPARATION = Path("/run/sshd")  # where root's sshd goes to have no rights; the package's own service makes it
# As a machine has it that nobody set up for this: TERM passes, and what it accepts of the locale.
CONFIG = """\
Port {port}
ListenAddress 127.0.0.1
HostKey {place}/host
AuthorizedKeysFile {place}/authorized_keys
PidFile {place}/pid
PermitRootLogin prohibit-password
PasswordAuthentication no
KbdInteractiveAuthentication no
UsePAM no
StrictModes no
PrintMotd no
PrintLastLog no
AcceptEnv LANG LC_*
"""
CLIENT = (
    *("-F", os.devnull, "-o", "IdentitiesOnly=yes", "-o", "IdentityAgent=none", "-o", "BatchMode=yes"),
    *("-o", "StrictHostKeyChecking=yes", "-o", "ConnectTimeout=20", "-o", "LogLevel=ERROR"),
)
READY = 20.0  # seconds for it to listen, on a machine with much else to do


def missing() -> str:
    """The first tool that is not here; "" where all are."""
    tools = {"sshd": "openssh-server", "ssh": "openssh-client", "ssh-keygen": "openssh-client"}
    return next((f"{name} (package {package})" for name, package in tools.items() if not found(name)), "")


def found(name: str) -> str | None:
    """A program, those of the administrator among them."""
    return shutil.which(name, path=os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/sbin")))


class Sshd(NamedTuple):
    """One that listens."""

    port: int
    place: Path

    def client(self, *command: str, tty: bool = True) -> list[str]:
        """The command line of a login that runs one command. `tty` asks for a terminal at the other end."""
        options = ("-i", f"{self.place}/id", "-o", f"UserKnownHostsFile={self.place}/known", "-p", str(self.port))
        user = pwd.getpwuid(os.geteuid()).pw_name
        return ["ssh", *CLIENT, *options, "-tt" if tty else "-T", f"{user}@127.0.0.1", " ".join(command)]

    def terminal(self, home: Path, *command: str, columns: int = 120, lines: int = 40) -> Terminal:
        """Somebody's terminal, logged in."""
        env = environment(home, TERM="xterm-256color", COLORTERM="truecolor")
        return Terminal(self.client(*command), env, columns=columns, lines=lines)

    def ran(self, home: Path, *command: str) -> subprocess.CompletedProcess[str]:
        """One command without a terminal, to its end."""
        env = environment(home)
        return subprocess.run(
            self.client(*command, tty=False), env=env, capture_output=True, text=True, timeout=60, check=False
        )


def there(home: Path, *command: str) -> str:
    """A command for the other end, in a home of its own; all else there is as sshd made it."""
    folders = f"HOME='{home}' XDG_STATE_HOME='{home}/state' XDG_CONFIG_HOME='{home}/config' TMPDIR='{home}'"
    return f"exec env {folders} {' '.join(command)}"


@contextmanager
def running(place: Path) -> Iterator[Sshd]:
    """An sshd with fresh keys in a folder of its own, until the block ends."""
    for name in ("host", "id"):
        subprocess.run(
            ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "test", "-f", str(place / name)], check=True
        )
    (place / "authorized_keys").write_bytes((place / "id.pub").read_bytes())
    port = _free()
    (place / "known").write_text(f"[127.0.0.1]:{port} {(place / 'host.pub').read_text('utf-8')}", "utf-8")
    (place / "config").write_text(CONFIG.format(port=port, place=place), "utf-8")
    if os.geteuid() == 0:
        SEPARATION.mkdir(mode=0o755, parents=True, exist_ok=True)
    server = subprocess.Popen(_command(place), stdin=subprocess.DEVNULL, env={"PATH": os.environ.get("PATH", "")})
    try:
        _until_it_listens(server, port, place)
        yield Sshd(port, place)
    finally:
        server.terminate()
        server.wait(20)


def _command(place: Path) -> Sequence[str]:
    return [found("sshd") or "sshd", "-D", "-f", str(place / "config"), "-E", str(place / "log")]


def _free() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


def _until_it_listens(server: subprocess.Popen[bytes], port: int, place: Path) -> None:
    end = time.monotonic() + READY
    while time.monotonic() < end and server.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.02)  # nothing tells when another program listens
        else:
            return
    log = place / "log"
    raise AssertionError(f"sshd does not listen: {log.read_text('utf-8') if log.exists() else 'no log'}")
