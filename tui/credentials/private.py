"""The vault's file on the disk: read if nobody else could have touched it, replaced whole, by one program at a time."""

from __future__ import annotations

import os
import shlex
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tui.errors import NoCredential
from tui.logs import prepare
from tui.text import clean

UNSAFE = "VaultUnsafe"
DAMAGED = "VaultDamaged"
DISK = "VaultDisk"
BUSY = "VaultBusy"

PATIENCE = 5.0  # seconds to wait for another program that writes; it needs some milliseconds
_PAUSE = 0.01
_NO_LINK = getattr(os, "O_NOFOLLOW", 0)
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


class PrivateFile:
    """A file for its owner alone, in a folder of the same kind. All of it blocks: call it in a thread.

    It raises NoCredential for whatever a disk may do and for what others could have reached, with the command that
    mends it. What is read and what is written is the folder that was looked at, whatever its path leads to meanwhile.
    """

    def __init__(self, path: Path, largest: int, patience: float = PATIENCE) -> None:
        self.path = path.absolute()
        self._largest = largest
        self._patience = patience

    def read(self) -> bytes | None:
        """What is in it; None where it does not exist."""
        with self._folder(make=False) as folder:
            return None if folder is None else self._content(folder)

    def change(self, edit: Callable[[bytes | None], bytes]) -> None:
        """Puts what `edit` makes of the content in its place, while no other program does. What it raises passes."""
        with self._folder(make=True) as folder:
            if folder is None:
                raise self.error(DISK, "its folder went away while it was being written")
            with self._alone(folder):
                self._replace(folder, edit(self._content(folder)))

    def error(self, code: str, told: str, path: Path | None = None) -> NoCredential:
        """An error about it (or about another path), for whoever is to mend it."""
        return NoCredential(f"vault {clean(path or self.path)}: {told}", code=code)

    @contextmanager
    def _folder(self, *, make: bool) -> Iterator[int | None]:
        folder = self.path.parent
        try:
            if make:
                prepare(self.path)
            handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | _NO_LINK)
        except FileNotFoundError:
            handle = None
        except OSError as error:
            if folder.is_symlink():
                told = (
                    f"is a link, which is not followed; name the folder itself: --state-dir {_quoted(folder.resolve())}"
                )
                raise self.error(UNSAFE, told, folder) from None
            raise self._failed(error, folder) from None
        if handle is None:
            yield None
            return
        try:
            self._owned(os.fstat(handle), folder, "700")
            yield handle
        finally:
            os.close(handle)

    def _content(self, folder: int) -> bytes | None:
        try:
            # Without O_NONBLOCK, opening a pipe would wait for its writer.
            handle = os.open(self.path.name, os.O_RDONLY | os.O_NONBLOCK | _NO_LINK, dir_fd=folder)
        except FileNotFoundError:
            return None
        except OSError as error:
            if self.path.is_symlink():
                told = f"is a link, which is not followed; put the file itself there, or remove the link: {self._rm}"
                raise self.error(UNSAFE, told) from None
            raise self._failed(error, self.path) from None
        try:
            state = os.fstat(handle)
            if not stat.S_ISREG(state.st_mode):
                raise self.error(UNSAFE, f"is no regular file; move it away: {self.away}")
            self._owned(state, self.path, "600")
            with os.fdopen(handle, "rb", closefd=False) as file:
                data = file.read(self._largest + 1)
        except OSError as error:
            raise self._failed(error, self.path) from None
        finally:
            os.close(handle)
        if len(data) > self._largest:
            told = f"is larger than the {self._largest:,} bytes that it may have; move it away: {self.away}"
            raise self.error(DAMAGED, told)
        return data

    def _owned(self, state: os.stat_result, path: Path, mode: str) -> None:
        if state.st_uid != os.geteuid():
            told = f"belongs to user {state.st_uid}, not to you; run as that user"
            raise self.error(UNSAFE, f"{told}, or: chown {os.geteuid()} {_quoted(path)}", path)
        if state.st_mode & _OTHERS:
            told = f"others can reach it (mode {stat.S_IMODE(state.st_mode):04o}); run: chmod {mode} {_quoted(path)}"
            raise self.error(UNSAFE, told, path)

    @contextmanager
    def _alone(self, folder: int) -> Iterator[None]:
        import fcntl

        name = f"{self.path.name}.lock"  # never removed: who waits for it holds the same file as who comes later
        flags = os.O_RDWR | os.O_CREAT | os.O_NONBLOCK | _NO_LINK
        try:
            handle = os.open(name, flags, 0o600, dir_fd=folder)
        except OSError as error:
            raise self._failed(error, self.path.with_name(name), written=False) from None
        try:
            until = time.monotonic() + self._patience
            while True:
                try:
                    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if time.monotonic() >= until:
                        told = f"another program has been writing it for {self._patience:g} s, nothing was changed"
                        raise self.error(BUSY, f"{told}; see who does: fuser {self._lock}") from None
                    time.sleep(_PAUSE)
                except OSError as error:  # a file system without locks: two writers could lose a key
                    raise self._failed(error, self.path.with_name(name), written=False) from None
            yield
        finally:
            os.close(handle)

    def _replace(self, folder: int, data: bytes) -> None:
        """A whole new file in the place of the old one: a kill or a full disk leaves the one or the other."""
        fresh = f"{self.path.name}.new"
        try:
            try:
                with suppress(FileNotFoundError):  # of a program that was killed: we are alone here
                    os.unlink(fresh, dir_fd=folder)
                handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _NO_LINK, 0o600, dir_fd=folder)
                with os.fdopen(handle, "wb") as file:
                    os.fchmod(handle, 0o600)  # whatever the umask takes away
                    file.write(data)
                    file.flush()
                    os.fsync(handle)
                os.replace(fresh, self.path.name, src_dir_fd=folder, dst_dir_fd=folder)
            except OSError:
                with suppress(OSError):
                    os.unlink(fresh, dir_fd=folder)
                raise
        except OSError as error:
            raise self._failed(error, self.path, written=False) from None
        with suppress(OSError):  # it is in its place; a file system that cannot sync folders has no better promise
            os.fsync(folder)

    def _failed(self, error: OSError, path: Path, *, written: bool = True) -> NoCredential:
        told = error.strerror or type(error).__name__
        if not written:
            told = f"cannot be written, nothing was changed: {told}"
        if isinstance(error, PermissionError):
            told += f"; run: chmod u+rwX {_quoted(path)}"
        elif not written:
            told += "; another folder: --state-dir or TASKDECK_STATE_DIR"
        return self.error(DISK, told, path)

    @property
    def _rm(self) -> str:
        return f"rm {_quoted(self.path)}"

    @property
    def away(self) -> str:
        """The command that moves it away."""
        return f"mv -i {_quoted(self.path)} {_quoted(self.path.with_name(self.path.name + '.broken'))}"

    @property
    def _lock(self) -> str:
        return _quoted(self.path.with_name(f"{self.path.name}.lock"))


def _quoted(path: Path) -> str:
    """A path as a shell reads it."""
    return clean(shlex.quote(str(path)))
