"""Why the OS keyring cannot be used: each cause with the exact way out, written once."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from tui.errors import NoCredential
from tui.text import clean

NO_SESSION = "NoSession"
NO_KEYRING = "NoKeyring"
LOCKED = "KeyringLocked"
HUNG = "KeyringHung"
EMPTY = "KeyringEmpty"
REFUSED = "KeyringRefused"
FAILED = "KeyringFailed"

WITHOUT = 'or do without a keyring: credentials = "vault", "env" or "command:PROGRAM"'
_ASK = 'read -rsp "Keyring password: " p; printf %s "$p" | gnome-keyring-daemon'
START = f"dbus-run-session -- bash -c '{_ASK} --unlock --components=secrets >/dev/null; taskdeck'"
"""A session of its own with an unlocked keyring in it: what SSH without a desktop lacks."""
UNLOCK = f"bash -c '{_ASK} --replace --unlock --components=secrets >/dev/null'"
"""Unlocks gnome-keyring's login keyring without a desktop, and makes one where there is none."""
INSTALL = "`apt-get install gnome-keyring`, or another Secret Service"


class Plight(Exception):
    """Why a keyring cannot be used. It never leaves `tui.credentials.keyring`, which makes a NoCredential of it."""

    def __init__(self, code: str, cause: str, way: str) -> None:
        super().__init__(code, cause, way)
        self.code, self.cause, self.way = code, cause, way

    @property
    def error(self) -> NoCredential:
        """The same, as the error that everybody knows."""
        return NoCredential(f"{self.cause}; {self.way}; {WITHOUT}", code=self.code)


def desktop(environ: Mapping[str, str] = os.environ, platform: str = sys.platform) -> bool:
    """Whether a question of the keyring's would be seen: there is a display, and it is not at the other end of SSH."""
    if any(environ.get(name) for name in ("SSH_CONNECTION", "SSH_TTY")):
        return False
    return platform in ("darwin", "win32") or any(environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))


def no_session(environ: Mapping[str, str] = os.environ) -> Plight:
    """Nothing says where a D-Bus session would be."""
    socket = Path(environ.get("XDG_RUNTIME_DIR") or f"/run/user/{os.getuid()}") / "bus"
    if socket.is_socket():
        cause = "no D-Bus session: DBUS_SESSION_BUS_ADDRESS is not set, though there is one"
        return Plight(NO_SESSION, cause, f"join it: `export DBUS_SESSION_BUS_ADDRESS=unix:path={socket}`")
    why = "SSH without a desktop" if environ.get("SSH_CONNECTION") else "DBUS_SESSION_BUS_ADDRESS is not set"
    return Plight(NO_SESSION, f"no D-Bus session: {why}", f"start one: `{START}`")


def no_such_session(why: str) -> Plight:
    """DBUS_SESSION_BUS_ADDRESS leads nowhere."""
    return Plight(NO_SESSION, f"no D-Bus session: DBUS_SESSION_BUS_ADDRESS {why}", f"start one: `{START}`")


def hung_session(seconds: float) -> Plight:
    """The bus itself says nothing."""
    return Plight(HUNG, f"the D-Bus session has not answered for {seconds:.1f} s", f"start another: `{START}`")


def no_service(why: str = "") -> Plight:
    """The session has nobody who answers for org.freedesktop.secrets."""
    told = f" ({clean(why, limit=160)})" if why else ""
    return Plight(NO_KEYRING, f"no keyring service in this D-Bus session{told}", f"install one: {INSTALL}")


def never_up(seconds: float) -> Plight:
    """D-Bus started something for that name, which does not come up."""
    where = "~/.local/share/dbus-1/services /usr/share/dbus-1/services"
    cause = f"D-Bus starts a keyring service that has not come up for {seconds:.1f} s"
    return Plight(HUNG, cause, f"see which: `grep -rs org.freedesktop.secrets {where}`")


def hung(seconds: float, who: str, pid: int, state: str) -> Plight:
    """The keyring's process is there, and does not answer."""
    named = f"the keyring ({clean(who, limit=40)}, process {pid})"
    if state in ("T", "t"):
        return Plight(HUNG, f"{named} is stopped", f"let it go on: `kill -CONT {pid}`")
    way = f"end it: `kill -KILL {pid}`; D-Bus starts another, which wants to be unlocked"
    return Plight(HUNG, f"{named} has not answered for {seconds:.1f} s", way)


def silent(seconds: float) -> Plight:
    """It did not answer, and nobody knows more."""
    return Plight(
        HUNG, f"the keyring has not answered for {seconds:.1f} s", "it may be asking something in a window of its own"
    )


def gone() -> Plight:
    """It ended while it was asked."""
    return Plight(NO_KEYRING, "the keyring ended while it was asked", f"unlock the next one: `{UNLOCK}`")


def locked(who: str = "gnome-keyring-d", environ: Mapping[str, str] = os.environ) -> Plight:
    """It is there, and wants its password first. `who` is the process that keeps it."""
    if not _gnome(who):
        return Plight(LOCKED, "the keyring is locked", f"unlock it in {clean(who, limit=40)}")
    asked = ":login asks for it, or " if desktop(environ) else ""
    return Plight(LOCKED, "the keyring is locked", f"unlock it: {asked}`{UNLOCK}`")


def empty(who: str = "gnome-keyring-d") -> Plight:
    """There is no default collection: nobody ever gave a password for one."""
    make = f"make one, with a new password: `{UNLOCK}`" if _gnome(who) else f"make one in {clean(who, limit=40)}"
    return Plight(EMPTY, "the keyring has no collection yet", make)


def wrong_phrase() -> Plight:
    """The password of the keyring is another one."""
    return Plight(REFUSED, "that is not the password of the keyring", "it is the one of the login, most often")


def no_phrase() -> Plight:
    """The keyring takes its password from its own window only."""
    return Plight(REFUSED, "this keyring takes its password in its own window only", "unlock it there")


def failed(error: BaseException) -> Plight:
    """It failed in a way nobody foresaw. Its text is not told: that may quote what was to be kept."""
    return Plight(FAILED, f"the keyring failed with {type(error).__name__}", "the log says where")


def _gnome(who: str) -> bool:
    return who.startswith("gnome-keyring")  # /proc cuts the name after 15 characters
