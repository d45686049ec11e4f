"""Why the OS keyring cannot be used, said once: the cause, and the exact command that helps.

Each gives a NoCredential whose `code` is one word for the cause.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

from tui.errors import NoCredential
from tui.text import clean

NO_SESSION = "NoSession"
NO_KEYRING = "NoKeyring"
LOCKED = "KeyringLocked"
HUNG = "KeyringHung"
FAILED = "KeyringFailed"

WITHOUT = 'or do without it: credentials = "vault", "env" or "command:PROGRAM" (docs/keyring-over-ssh.md)'
_ASK = 'read -rsp "Keyring password: " p; printf %s "$p" | gnome-keyring-daemon'
START = f"dbus-run-session -- bash -c '{_ASK} --unlock --components=secrets >/dev/null; taskdeck'"
"""A session of its own with an unlocked keyring in it: what SSH without a desktop lacks."""
UNLOCK = f"bash -c '{_ASK} --replace --unlock --components=secrets >/dev/null'"
"""Unlocks the login keyring of a session that has no desktop to ask for the password."""
INSTALL = "apt-get install gnome-keyring dbus (or your system's package of a Secret Service)"
_BUS = "export DBUS_SESSION_BUS_ADDRESS=unix:path="


def remote(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether nobody sits before a desktop of this session: a question of the keyring's would show nowhere."""
    return any(environ.get(name) for name in ("SSH_CONNECTION", "SSH_TTY")) or not (
        environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY")
    )


def no_session(environ: Mapping[str, str] = os.environ) -> NoCredential:
    """There is no D-Bus session: nobody has logged in to a desktop here."""
    folder = environ.get("XDG_RUNTIME_DIR") or f"/run/user/{os.getuid()}"
    if os.path.exists(f"{folder}/bus"):  # noqa: PTH110 - no Path needed for a question
        said = "DBUS_SESSION_BUS_ADDRESS is not set, though this user has a session bus"
        return NoCredential(f"no D-Bus session: {said}: {_BUS}{folder}/bus {WITHOUT}", code=NO_SESSION)
    where = "SSH without a desktop" if environ.get("SSH_CONNECTION") else "DBUS_SESSION_BUS_ADDRESS is not set"
    return NoCredential(f"no D-Bus session: {where}. Start one: {START} {WITHOUT}", code=NO_SESSION)


def dead_session() -> NoCredential:
    """DBUS_SESSION_BUS_ADDRESS names a bus that nobody serves any more."""
    said = "DBUS_SESSION_BUS_ADDRESS names a bus that has ended. Start one"
    return NoCredential(f"no D-Bus session: {said}: {START} {WITHOUT}", code=NO_SESSION)


def no_service(why: str = "") -> NoCredential:
    """The session has nobody who answers for org.freedesktop.secrets."""
    told = f" ({clean(why, limit=160)})" if why else ""
    return NoCredential(f"no keyring service runs in this D-Bus session{told}: {INSTALL} {WITHOUT}", code=NO_KEYRING)


def locked(way: str) -> NoCredential:
    """It is there, and wants its password first."""
    return NoCredential(f"the keyring is locked. Unlock it: {way} {WITHOUT}", code=LOCKED)


def hung(seconds: float, who: str = "the keyring", way: str = "") -> NoCredential:
    """It did not answer in time."""
    then = f": {way}" if way else ""
    return NoCredential(f"{who} has not answered for {seconds:g} s{then} {WITHOUT}", code=HUNG)


def failed(error: BaseException) -> NoCredential:
    """It failed in a way that nobody foresaw. Only the kind of the error is shown: its text may quote what was kept."""
    return NoCredential(f"the keyring failed with {type(error).__name__} {WITHOUT}", code=FAILED)
