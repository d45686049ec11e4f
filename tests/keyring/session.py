"""D-Bus sessions of their own, and the gnome-keyring daemons in them. Nothing of the machine's own is touched."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import TypeVar

import secretstorage
from jeepney import DBusErrorResponse
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import DBusConnection, Proxy, prep_socket
from secretstorage.util import add_match_rules

Answer = TypeVar("Answer")
PHRASE = "correct horse"  # of every keyring here
SECRETS = "org.freedesktop.secrets"
PROMPTER = "org.gnome.keyring.SystemPrompter"
TOOLS = ("dbus-run-session", "dbus-daemon", "gnome-keyring-daemon")
_OURS = ("DBUS_", "XDG_", "SSH_", "DISPLAY", "WAYLAND_DISPLAY", "GNOME_KEYRING", "KEYRING_", "PYTHON_KEYRING", "COV")


class Session:
    """A session bus with a home of its own. `services` are what it starts by name: name -> command, else the machine's.

    A command that reads the file `pipe` waits until the session ends.
    """

    def __init__(self, services: Callable[[Path], Mapping[str, str]] | None = None) -> None:
        # Short: the sockets in it may have 107 characters.
        self.home = Path(tempfile.mkdtemp(prefix="kr", dir="/tmp"))
        for name in ("run", "data", "config", "services"):
            (self.home / name).mkdir(mode=0o700)
        self.pipe = self.home / "pipe"
        os.mkfifo(self.pipe)
        self.prompted = self.home / "prompted"  # there when gnome-keyring has asked the desktop for a password
        prompter = self.home / "prompter"  # fails at once, as gcr-prompter does where there is no display
        prompter.write_text(f"#!/bin/sh\ntouch {self.prompted}\nexit 1\n", encoding="utf-8")
        prompter.chmod(0o700)
        self._service(self.home / "data/dbus-1/services", PROMPTER, str(prompter))
        self.env = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)} | {
            "HOME": str(self.home),
            "XDG_RUNTIME_DIR": str(self.home / "run"),
            "XDG_DATA_HOME": str(self.home / "data"),
            "XDG_CONFIG_HOME": str(self.home / "config"),
        }
        argv = [
            "dbus-run-session",
            *self._config(services and services(self.pipe)),
            "--",
            "sh",
            "-c",
            "echo $DBUS_SESSION_BUS_ADDRESS; exec cat",
        ]
        # It lasts as long as its program, which lasts as long as its stdin.
        self._unlocked: int | None = None
        self._held: int | None = None
        self._bus = subprocess.Popen(
            argv, env=self.env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        assert self._bus.stdout is not None
        self.address = self._bus.stdout.readline().strip()
        assert self.address.startswith("unix:"), self.address
        self.socket = re.sub("^unix:path=|,.*$", "", self.address)
        self.env["DBUS_SESSION_BUS_ADDRESS"] = self.address

    def __enter__(self) -> Session:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.started() and self._held is not None:
            os.close(self._held)
        if self._bus.poll() is None:
            self.kill_keeper()
            self.end()
        shutil.rmtree(self.home, ignore_errors=True)

    def end(self) -> None:
        """The bus goes."""
        self._bus.communicate("", timeout=10)

    def ready(self) -> None:
        """A keyring that is unlocked and empty; the one from before where it still is."""
        if self._unlocked is None or self.keeper() != self._unlocked:
            self._unlocked = self.unlock()
        with DBusConnection(prep_socket(self.socket)) as connection:
            add_match_rules(connection)
            for item in secretstorage.Collection(connection).get_all_items():
                item.delete()

    def unlock(self, phrase: str = PHRASE) -> int:
        """Starts a gnome-keyring with a password; its process. With another than its first one it stays locked."""
        self.kill_keeper()
        self._unlocked = None
        argv = ["gnome-keyring-daemon", "--unlock", "--components=secrets"]
        subprocess.run(argv, env=self.env, input=phrase, text=True, capture_output=True, check=True, timeout=10)
        return until(self.keeper)

    def keeper(self, name: str = SECRETS) -> int | None:
        """The process behind a name on the bus."""
        found: int | None = None
        with DBusConnection(prep_socket(self.socket)) as connection:
            try:
                found = Proxy(message_bus, connection).GetConnectionUnixProcessID(name)[0]
            except DBusErrorResponse:
                return None
        return found

    def started(self) -> bool:
        """Whether a command that waits at `pipe` has been started; it then waits until the session ends."""
        if self._held is None:
            with suppress(OSError):  # nobody reads it yet
                self._held = os.open(self.pipe, os.O_WRONLY | os.O_NONBLOCK)
        return self._held is not None

    def kill_keeper(self) -> None:
        """Ends the keyring, and waits until the bus knows."""
        keeper = self.keeper()
        if keeper is not None:
            os.kill(keeper, signal.SIGKILL)
            until(lambda: self.keeper() != keeper)

    def _config(self, services: Mapping[str, str] | None) -> list[str]:
        """The machine's own services, gnome-keyring among them, or else these alone."""
        if services is None:
            return []
        for name, command in services.items():
            self._service(self.home / "services", name, command)
        config = self.home / "bus.conf"
        config.write_text(
            f"""<busconfig><type>session</type><listen>unix:tmpdir={self.home / "run"}</listen>
            <servicedir>{self.home / "services"}</servicedir>
            <policy context="default"><allow send_destination="*"/><allow own="*"/><allow eavesdrop="true"/></policy>
            </busconfig>""",
            encoding="utf-8",
        )
        return [f"--config-file={config}"]

    def _service(self, folder: Path, name: str, command: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        text = f"[D-BUS Service]\nName={name}\nExec={command}\n"
        (folder / f"{name}.service").write_text(text, encoding="utf-8")


def mute() -> Session:
    """A session whose keyring service is started, and never comes up."""
    return Session(lambda pipe: {SECRETS: f"{shutil.which('cat')} {pipe}"})


def until(there: Callable[[], Answer | None], seconds: float = 10) -> Answer:
    """Asks again and again, each time another process, until the answer is something."""
    end = time.monotonic() + seconds
    while not (answer := there()):
        assert time.monotonic() < end, "it never came"
    return answer
