"""The Secret Service of a Linux desktop through keyring's own backend, which here never asks anybody anything.

Blocking, but never for longer than its limit. Imported late: keyring, secretstorage and cryptography come with it.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import secretstorage
from jeepney import DBusErrorResponse
from jeepney.bus import get_bus
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import DBusConnection, Proxy, prep_socket
from keyring.backends import SecretService
from secretstorage.defines import SS_PATH
from secretstorage.exceptions import ItemNotFoundException, SecretServiceNotAvailableException
from secretstorage.util import BUS_NAME, DBusAddressWrapper, add_match_rules, format_secret, open_session

from tui.calls import Secret
from tui.credentials import ways
from tui.credentials.ways import Plight

LOOK = 0.3  # seconds that finding out who does not answer may take
SPARE = 0.5  # seconds before its end at which waiting stops, so that there is time to look, on a busy machine too
# gnome-keyring's own: what its PAM module and its tools unlock it by. The name is theirs, and has stood since 2010.
_GUILT = "org.gnome.keyring.InternalUnsupportedGuiltRiddenInterface"
_DENIED = "org.gnome.keyring.Error.Denied"
_NO_REPLY = "org.freedesktop.DBus.Error.NoReply"
_STRANGE = ("org.freedesktop.DBus.Error.UnknownInterface", "org.freedesktop.DBus.Error.UnknownMethod")


class Timed(DBusConnection):  # type: ignore[misc] # jeepney has no types
    """A connection on which all waiting together ends at `deadline` (monotonic) with TimeoutError."""

    def __init__(self, deadline: float) -> None:
        self.deadline = deadline
        super().__init__(prep_socket(get_bus("SESSION"), timeout=max(0.01, deadline - time.monotonic())))

    def receive(self, *, timeout: float | None = None) -> object:
        """The next message."""
        left = max(0.0, self.deadline - time.monotonic())
        return super().receive(timeout=left if timeout is None else min(timeout, left))


class Backend(SecretService.Keyring):
    """keyring's backend on one connection and the default collection, which it neither makes nor unlocks."""

    def __init__(self, connection: Timed) -> None:
        super().__init__()  # type: ignore[no-untyped-call] # keyring's own
        self._connection = connection

    def set_properties_from_env(self) -> None:
        """Nothing: KEYRING_PROPERTY_* would name another collection, or other attributes."""

    def collection(self) -> secretstorage.Collection:
        """The default one, locked or not."""
        return secretstorage.Collection(self._connection)

    def get_preferred_collection(self) -> secretstorage.Collection:
        """The default one, which is not locked."""
        collection = self.collection()
        if collection.is_locked():
            raise self.locked()
        return collection

    def unlock(self, item: secretstorage.Item) -> None:
        """Refuses: unlocking would ask the user, and wait."""
        if item.is_locked():
            raise self.locked()

    def locked(self) -> Plight:
        """What to do about a locked keyring, whoever keeps it."""
        return ways.locked(_name(_keeper(self._connection)))


class SecretServiceStore:
    """What `Keyring` needs of a platform: blocking calls that end before `deadline`, with a Plight where they fail."""

    def __init__(self, service: str, deadline: float, environ: Mapping[str, str] = os.environ) -> None:
        self._service = service
        self._deadline = deadline
        self._begun = time.monotonic()
        self._environ = environ

    @property
    def _waited(self) -> float:
        return time.monotonic() - self._begun

    def get(self, account: str) -> str | None:
        """What is kept for an account."""
        with self._backend() as backend:
            found: str | None = backend.get_password(self._service, account)  # type: ignore[no-untyped-call] # keyring's
            return found

    def put(self, account: str, text: str) -> None:
        """Keeps it, in place of all that was kept: keyring replaces what it has put there itself, and no more."""
        with self._backend() as backend:
            backend.set_password(self._service, account, text)  # type: ignore[no-untyped-call] # keyring's own
        with self._backend() as backend:  # the connection was closed by that
            for item in self._items(backend, {"username": account}):
                if item.get_attributes().get("application") != backend.appid:
                    item.delete()

    def delete(self, account: str) -> bool:
        """Forgets it, all copies of it: another program may have added one with attributes of its own."""
        with self._backend() as backend:
            found = self._items(backend, {"username": account})
            for item in found:
                item.delete()
            return bool(found)

    def names(self) -> Sequence[str]:
        """Whose keys are kept, as the items themselves say."""
        with self._backend() as backend:
            told = [item.get_attributes().get("username") for item in self._items(backend, {})]
            return sorted({name for name in told if name})

    def check(self) -> None:
        """Nothing, where it can be used."""
        with self._backend() as backend:
            backend.get_preferred_collection()

    def unlock(self, phrase: Secret | None) -> None:
        """With the keyring's password, or else by having the desktop ask for it."""
        with self._backend() as backend:
            collection = backend.collection()
            if not collection.is_locked():
                return
            if phrase is not None:
                _unlock(collection, phrase)
            else:
                collection.unlock()
            if collection.is_locked():
                raise backend.locked()

    def _items(self, backend: Backend, attributes: Mapping[str, str]) -> list[secretstorage.Item]:
        collection = backend.get_preferred_collection()
        return list(collection.search_items({"service": self._service, **attributes}))

    @contextmanager
    def _backend(self) -> Iterator[Backend]:
        """A backend on a connection of its own; what goes wrong with it is told as a Plight."""
        if not self._environ.get("DBUS_SESSION_BUS_ADDRESS"):
            raise ways.no_session(self._environ)
        with self._connection(self._deadline - SPARE) as connection:
            try:
                yield Backend(connection)
            except TimeoutError:
                raise self._silence() from None
            except ItemNotFoundException:
                raise ways.empty(_name(_keeper(connection))) from None
            except ConnectionError:
                raise ways.no_such_session("names a bus that has ended") from None
            except SecretServiceNotAvailableException as error:
                ended = isinstance(error.__cause__, DBusErrorResponse) and error.__cause__.name == _NO_REPLY
                raise (ways.gone() if ended else ways.no_service(str(error))) from None
            except DBusErrorResponse as error:
                raise _told(error) from None

    @contextmanager
    def _connection(self, deadline: float) -> Iterator[Timed]:
        try:
            connection = Timed(deadline)
        except TimeoutError:
            raise ways.hung_session(self._waited) from None
        except (FileNotFoundError, ConnectionError):
            raise ways.no_such_session("names a bus that has ended") from None
        except PermissionError:
            raise ways.no_such_session("names the bus of another user (su, sudo)") from None
        except (ValueError, RuntimeError):  # its authentication, or an address that is no `unix:`
            raise ways.no_such_session("names a bus that does not let this user in") from None
        with closing(connection):
            try:
                add_match_rules(connection)
            except TimeoutError:
                raise ways.hung_session(self._waited) from None
            yield connection

    def _silence(self) -> Plight:
        """Who did not answer: the bus, a service that never came up, or a process that is there."""
        with self._connection(time.monotonic() + LOOK) as connection:
            keeper = _keeper(connection)
        if keeper is None:
            return ways.never_up(self._waited)
        return ways.hung(self._waited, _name(keeper), keeper, _state(keeper))


def _unlock(collection: secretstorage.Collection, phrase: Secret) -> None:
    """Gives gnome-keyring its password. It travels encrypted by the session, as every secret does."""
    connection = collection.connection
    master = format_secret(open_session(connection), phrase.reveal().encode(), "text/plain")
    service = DBusAddressWrapper(SS_PATH, _GUILT, connection)
    try:
        service.call("UnlockWithMasterPassword", "o(oayays)", collection.collection_path, master)
    except ItemNotFoundException:  # so secretstorage calls a method that is not there
        raise ways.no_phrase() from None
    except DBusErrorResponse as error:
        if error.name == _DENIED:
            raise ways.wrong_phrase() from None
        if error.name in _STRANGE:
            raise ways.no_phrase() from None
        raise


def _told(error: DBusErrorResponse) -> Plight:
    """What a D-Bus error means. Its text is the bus's or the service's, and quotes nothing that was sent."""
    data = error.data[0] if error.data else ""
    return ways.no_service(f"{error.name}: {data}")


def _keeper(connection: Timed) -> int | None:
    """The process that answers for the keyring; None where nobody does."""
    bus = Proxy(message_bus, connection)
    try:
        found: int = bus.GetConnectionUnixProcessID(BUS_NAME)[0]
    except DBusErrorResponse:
        return None
    return found


def _name(pid: int | None) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return "the program that keeps it"


def _state(pid: int) -> str:
    """`S`, `T` (stopped) and so on, as ps has it; "" where nobody can say."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    return stat.rpartition(")")[2].split()[0]
