"""The Secret Service of a Linux desktop, by keyring's own backend, which here never asks anybody anything.

Blocking, but for no longer than a time limit. Imported late: keyring, secretstorage and cryptography come with it.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from typing import TypeVar

import secretstorage
from jeepney import DBusErrorResponse
from jeepney.bus import get_bus
from jeepney.io.blocking import DBusConnection, prep_socket
from keyring.backends import SecretService
from secretstorage.exceptions import ItemNotFoundException, SecretServiceNotAvailableException
from secretstorage.util import add_match_rules

from tui.credentials import ways
from tui.errors import NoCredential

Answer = TypeVar("Answer")


class Timed(DBusConnection):  # type: ignore[misc] # jeepney has no types
    """A connection on which all waiting together ends at `deadline` (monotonic), with TimeoutError."""

    def __init__(self, deadline: float) -> None:
        self.deadline = deadline
        sock = prep_socket(get_bus("SESSION"), timeout=max(0.05, deadline - time.monotonic()))
        super().__init__(sock)

    def receive(self, *, timeout: float | None = None) -> object:
        left = max(0.0, self.deadline - time.monotonic())
        return super().receive(timeout=left if timeout is None else min(timeout, left))


class Backend(SecretService.Keyring):
    """keyring's backend on the default collection, which it neither makes nor unlocks."""

    def __init__(self, deadline: float) -> None:
        super().__init__()  # type: ignore[no-untyped-call] # keyring's own
        self.deadline = deadline

    def set_properties_from_env(self) -> None:
        """Nothing: KEYRING_PROPERTY_* would name another collection, or other attributes."""

    def open(self) -> secretstorage.Collection:
        """The default collection, locked or not."""
        connection = Timed(self.deadline)
        add_match_rules(connection)
        return secretstorage.Collection(connection)

    def get_preferred_collection(self) -> secretstorage.Collection:
        collection = self.open()
        if collection.is_locked():
            collection.connection.close()
            raise ways.locked(ways.UNLOCK)
        return collection

    def unlock(self, item: secretstorage.Item) -> None:
        if item.is_locked():
            raise ways.locked(ways.UNLOCK)


class SecretServiceStore:
    """What Keyring needs, as blocking calls that end after `seconds`."""

    def __init__(self, service: str, seconds: float, environ: Mapping[str, str] = os.environ) -> None:
        self.service = service
        self.seconds = seconds
        self.environ = environ

    def get(self, account: str) -> str | None:
        return self._translated(lambda backend: _text(backend, self.service, account))

    def put(self, account: str, text: str) -> None:
        self._translated(lambda backend: _keep(backend, self.service, account, text))

    def delete(self, account: str) -> bool:
        def all_of(backend: Backend) -> bool:
            collection = backend.get_preferred_collection()
            with closing(collection.connection):
                items = list(collection.search_items({"service": self.service, "username": account}))
                for item in items:
                    item.delete()
            return bool(items)

        return self._translated(all_of)

    def names(self) -> Sequence[str]:
        def all_of(backend: Backend) -> list[str]:
            collection = backend.get_preferred_collection()
            with closing(collection.connection):
                found = [item.get_attributes() for item in collection.search_items({"service": self.service})]
            return sorted({one["username"] for one in found if "username" in one})

        return self._translated(all_of)

    def unlock(self) -> None:
        def ask(backend: Backend) -> None:
            collection = backend.open()
            with closing(collection.connection):
                if collection.is_locked() and (collection.unlock() or collection.is_locked()):
                    raise ways.locked(ways.UNLOCK)

        self._translated(ask)

    def check(self) -> None:
        self._translated(lambda backend: backend.get_preferred_collection().connection.close())

    def _translated(self, work: Callable[[Backend], Answer]) -> Answer:
        if not self.environ.get("DBUS_SESSION_BUS_ADDRESS"):
            raise ways.no_session(self.environ)
        try:
            return work(Backend(time.monotonic() + self.seconds))
        except NoCredential:
            raise
        except TimeoutError:
            raise ways.hung(self.seconds) from None
        except (FileNotFoundError, ConnectionError):
            raise ways.dead_session() from None
        except SecretServiceNotAvailableException as error:
            raise ways.no_service(str(error)) from None
        except ItemNotFoundException:
            raise ways.locked(ways.UNLOCK) from None
        except DBusErrorResponse as error:
            raise ways.no_service(error.name) from None


def _text(backend: Backend, service: str, account: str) -> str | None:
    found: str | None = backend.get_password(service, account)  # type: ignore[no-untyped-call] # keyring's own
    return found


def _keep(backend: Backend, service: str, account: str, text: str) -> None:
    backend.set_password(service, account, text)  # type: ignore[no-untyped-call] # keyring's own
