"""The keyring as a cabinet, on stores that answer, fail and hang; the real Secret Service is in tests/keyring."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any, ClassVar

import pytest
from keyring.errors import KeyringError, KeyringLocked

from tui.calls import Secret
from tui.credentials import keychain, keyring, ways
from tui.credentials.bounded import Breaker
from tui.credentials.cabinet import Cabinet
from tui.credentials.keychain import KeychainStore
from tui.credentials.keyring import Keyring, Store, native
from tui.credentials.locker import LockerStore
from tui.errors import NoCredential

CANARY = "c4naryS3cret"


class Shelf:
    """A store in a dict; `before` is done at each call."""

    def __init__(self, before: Callable[[], None] = lambda: None) -> None:
        self.kept: dict[str, str] = {}
        self.before = before
        self.calls = 0
        self.phrases: list[Secret | None] = []

    def _called(self) -> None:
        self.calls += 1
        self.before()

    def get(self, account: str) -> str | None:
        self._called()
        return self.kept.get(account)

    def put(self, account: str, text: str) -> None:
        self._called()
        self.kept[account] = text

    def delete(self, account: str) -> bool:
        self._called()
        return self.kept.pop(account, None) is not None

    def names(self) -> Sequence[str]:
        self._called()
        return sorted(self.kept)

    def unlock(self, phrase: Secret | None) -> None:
        self._called()
        self.phrases.append(phrase)

    def check(self) -> None:
        self._called()


def on(shelf: Store, **more: Any) -> Keyring:
    """A keyring on a store, with a breaker of its own."""
    return Keyring(lambda deadline: shelf, **{"breaker": Breaker(), **more})


async def code(cabinet: Keyring) -> str:
    """The word for why it cannot be used."""
    with pytest.raises(NoCredential) as caught:
        await cabinet.names()
    return caught.value.code


def raising(error: BaseException) -> Callable[[], None]:
    """What raises it."""

    def fails() -> None:
        raise error

    return fails


async def test_it_is_a_cabinet() -> None:
    cabinet: Cabinet = on(Shelf())
    assert (cabinet.name, await cabinet.trouble(), await cabinet.get("a")) == ("keyring", None, None)
    await cabinet.put("b", "2")
    await cabinet.put("a", "1")
    assert (await cabinet.names(), await cabinet.get("a")) == (["a", "b"], "1")
    assert (await cabinet.delete("a"), await cabinet.delete("a")) == (True, False)


class DBusLike(Exception):
    """No KeyringError, as what D-Bus raises is none."""


@pytest.mark.parametrize(
    "error", [DBusLike(CANARY), KeyringError(CANARY), OSError(5, CANARY), ImportError(CANARY), AssertionError(CANARY)]
)
async def test_any_error_is_one_of_ours_and_quotes_nothing(error: Exception, caplog: pytest.LogCaptureFixture) -> None:
    cabinet = on(Shelf(raising(error)))
    for call in (cabinet.get, cabinet.delete, lambda name: cabinet.put(name, CANARY)):
        with pytest.raises(NoCredential) as caught:
            await call("a")
        assert caught.value.code == ways.FAILED
        assert caught.value.message.startswith(f"the keyring failed with {type(error).__name__}; ")
        assert CANARY not in repr(caught.value)
        assert caught.value.__cause__ is caught.value.__context__ is None
    assert f"keyring: {type(error).__name__} at {__file__}:" in caplog.text
    assert CANARY not in caplog.text
    trouble = await cabinet.trouble()
    assert trouble is not None
    assert 'or do without a keyring: credentials = "vault", "env" or "command:PROGRAM"' in trouble


async def test_a_plight_is_told_with_its_cause_its_way_out_and_what_does_without() -> None:
    cabinet = on(Shelf(raising(ways.locked(environ={}))))
    assert await cabinet.trouble() == f"the keyring is locked; unlock it: `{ways.UNLOCK}`; {ways.WITHOUT}"
    assert await code(cabinet) == ways.LOCKED


class TestHanging:
    @pytest.fixture
    def hung(self) -> Any:
        let_go = threading.Event()
        yield let_go
        let_go.set()

    async def test_it_is_told_after_the_limit_and_from_then_on_at_once(self, hung: threading.Event) -> None:
        shelf = Shelf(lambda: (hung.wait(), None)[1])
        now = [0.0]
        cabinet = on(shelf, seconds=0.01, breaker=Breaker(30, lambda: now[0]))
        with pytest.raises(NoCredential, match=r"the keyring has not answered for 0\.0 s") as caught:
            await cabinet.get("a")
        assert caught.value.code == ways.HUNG
        for call in (cabinet.get, cabinet.delete):
            with pytest.raises(NoCredential, match="has not answered"):
                await call("a")
        assert await cabinet.trouble() == caught.value.message
        assert shelf.calls == 1  # nobody was asked again
        now[0] = 31
        with pytest.raises(NoCredential):
            await cabinet.get("a")
        assert shelf.calls == 2
        hung.set()
        with pytest.raises(NoCredential):  # still told so
            await cabinet.get("a")
        cabinet.again()
        assert await cabinet.get("a") is None

    async def test_an_unlock_that_is_asked_for_really_asks(self, hung: threading.Event) -> None:
        shelf = Shelf()
        breaker = Breaker()
        breaker.trip(ways.silent(3).error)
        cabinet = on(shelf, breaker=breaker)
        await cabinet.unlock(Secret(CANARY))
        assert shelf.phrases == [Secret(CANARY)]

    async def test_the_loop_goes_on_and_whoever_stops_waiting_is_let_go(self, hung: threading.Event) -> None:
        asking = asyncio.create_task(on(Shelf(lambda: (hung.wait(), None)[1])).get("a"))
        for _ in range(5):
            await asyncio.sleep(0)
        assert not asking.done()
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking

    async def test_an_unlock_may_take_the_user_30_s_and_a_password_none(self, monkeypatch: pytest.MonkeyPatch) -> None:
        limits: list[float] = []

        async def limited(work: Callable[[], Any], seconds: float) -> Any:
            limits.append(seconds)
            return work()

        monkeypatch.setattr(keyring, "bounded", limited)
        cabinet = on(Shelf())
        await cabinet.get("a")
        await cabinet.unlock()
        await cabinet.unlock(Secret("x"))
        assert limits == [3, 30, 3]


@pytest.mark.parametrize(
    ("environ", "phrase"),
    [
        ({}, True),
        ({"DISPLAY": ":0"}, False),
        ({"WAYLAND_DISPLAY": "wayland-0"}, False),
        ({"DISPLAY": "localhost:10.0", "SSH_CONNECTION": "a 1 b 22"}, True),
    ],
)
def test_without_a_desktop_the_password_is_asked_for_here(environ: dict[str, str], phrase: bool) -> None:
    assert on(Shelf(), environ=environ).takes_phrase is phrase
    assert (":login asks" in ways.locked("gnome-keyring-d", environ).way) is not phrase


def test_a_mac_has_a_desktop_but_over_ssh() -> None:
    assert ways.desktop({}, "darwin")
    assert not ways.desktop({"SSH_TTY": "/dev/ttys001"}, "darwin")


def test_a_keyring_of_another_program_is_unlocked_there() -> None:
    assert ways.locked("keepassxc", {}).way == "unlock it in keepassxc"
    assert ways.empty("keepassxc").way == "make one in keepassxc"
    assert "\x1b" not in ways.locked("evil\x1b[2J", {}).way


def test_the_platform_chooses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keychain, "Security", lambda: None)
    chosen = {platform: type(native(0, platform)).__name__ for platform in ("linux", "freebsd14", "darwin", "win32")}
    assert chosen == {
        "linux": "SecretServiceStore",
        "freebsd14": "SecretServiceStore",
        "darwin": "KeychainStore",
        "win32": "LockerStore",
    }


class FakeBackend:
    """keyring's own, in a dict."""

    kept: ClassVar[dict[tuple[str, str], str]]
    error: ClassVar[Exception | None] = None
    keychain: str | None = "/some/path"  # of KEYCHAIN_PATH

    def get_password(self, service: str, user: str) -> str | None:
        if self.error is not None:
            raise self.error
        return self.kept.get((service, user))

    def set_password(self, service: str, user: str, text: str) -> None:
        self.kept[service, user] = f"{text} in {self.keychain}"

    def delete_password(self, service: str, user: str) -> None:
        del self.kept[service, user]


@pytest.fixture
def backend(monkeypatch: pytest.MonkeyPatch) -> type[FakeBackend]:
    """As the backends of macOS and Windows, which cannot be loaded here."""

    class Fresh(FakeBackend):
        kept: ClassVar[dict[tuple[str, str], str]] = {}

    for name, cls in (("macOS", "Keyring"), ("Windows", "WinVaultKeyring")):
        module = ModuleType(f"keyring.backends.{name}")
        setattr(module, cls, Fresh)
        monkeypatch.setitem(sys.modules, f"keyring.backends.{name}", module)
        monkeypatch.setattr(f"keyring.backends.{name}", module, raising=False)
    return Fresh


class FakeSecurity:
    """The Security framework's answers."""

    def __init__(self, status: int = 0, state: int = 1, unlocked: int = 0) -> None:
        self.answer, self.unlocked = (status, state), unlocked
        self.phrases: list[bytes | None] = []

    def status(self) -> tuple[int, int]:
        return self.answer

    def unlock(self, phrase: bytes | None) -> int:
        self.phrases.append(phrase)
        if not self.unlocked:
            self.answer = (0, 1)
        return self.unlocked


# As `security dump-keychain` prints it: names that are no ASCII in hex, with their bytes in octal behind.
DUMP = """\
keychain: "/Users/me/Library/Keychains/login.keychain-db"
version: 512
class: "genp"
attributes:
    0x00000007 <blob>="taskdeck"
    "acct"<blob>="tx"
    "svce"<blob>="taskdeck"
keychain: "/Users/me/Library/Keychains/login.keychain-db"
class: "genp"
attributes:
    "acct"<blob>=0xC3A9  "\\303\\251"
    "svce"<blob>="taskdeck"
keychain: "/Users/me/Library/Keychains/login.keychain-db"
class: "genp"
attributes:
    "acct"<blob>="me"
    "svce"<blob>="taskdeck mail"
keychain: "/Users/me/Library/Keychains/login.keychain-db"
class: "genp"
attributes:
    "acct"<blob>=<NULL>
    "svce"<blob>="taskdeck"
"""


class TestKeychain:
    async def test_a_round_trip(self, backend: type[FakeBackend]) -> None:
        cabinet = on(KeychainStore("taskdeck", 0, FakeSecurity(), lambda seconds: DUMP))
        await cabinet.put("a", "1")
        assert backend.kept == {("taskdeck", "a"): "1 in None"}
        assert (await cabinet.get("a"), await cabinet.names()) == ("1 in None", ["tx", "é"])
        assert (await cabinet.delete("a"), await cabinet.delete("a")) == (True, False)
        assert await cabinet.trouble() is None

    async def test_a_locked_one_is_not_touched(self, backend: type[FakeBackend]) -> None:
        backend.error = AssertionError("touched")
        security = FakeSecurity(state=0)
        cabinet = on(KeychainStore("taskdeck", 0, security, lambda seconds: pytest.fail("dumped")))
        for call in (
            lambda: cabinet.get("a"),
            cabinet.names,
            lambda: cabinet.put("a", "1"),
            lambda: cabinet.delete("a"),
        ):
            with pytest.raises(
                NoCredential, match="the keychain is locked; unlock it: `security unlock-keychain`"
            ) as caught:
                await call()
            assert caught.value.code == ways.LOCKED
        await cabinet.unlock(Secret("é"))
        assert (security.phrases, await cabinet.trouble()) == (["é".encode()], None)

    @pytest.mark.parametrize(
        ("security", "told"),
        [(FakeSecurity(-25307), ways.EMPTY), (FakeSecurity(-1), ways.FAILED), (FakeSecurity(0, 0), ways.LOCKED)],
    )
    async def test_its_states(self, backend: type[FakeBackend], security: FakeSecurity, told: str) -> None:
        assert await code(on(KeychainStore("taskdeck", 0, security))) == told

    async def test_a_wrong_password(self, backend: type[FakeBackend]) -> None:
        cabinet = on(KeychainStore("taskdeck", 0, FakeSecurity(state=0, unlocked=-25293)))
        with pytest.raises(NoCredential, match="that is not the password of the keyring"):
            await cabinet.unlock(Secret("x"))

    @pytest.mark.parametrize("error", [KeyringLocked("x"), KeyringError("x")])
    async def test_where_nobody_can_be_asked_it_is_locked(self, backend: type[FakeBackend], error: Exception) -> None:
        error.__cause__ = ValueError(-25308, "Unknown Error")  # errSecInteractionNotAllowed
        backend.error = error
        with pytest.raises(NoCredential) as caught:
            await on(KeychainStore("taskdeck", 0, FakeSecurity())).get("a")
        assert caught.value.code == ways.LOCKED


class WinError(Exception):
    """As pywintypes has it."""

    def __init__(self, winerror: int) -> None:
        super().__init__(winerror)
        self.winerror = winerror


class TestLocker:
    @pytest.fixture
    def entries(self, backend: type[FakeBackend]) -> list[Any]:
        """What CredEnumerate answers, or the one error that it raises."""
        found: list[Any] = []

        class Win32:
            @staticmethod
            def CredEnumerate(only: None, flags: int) -> list[Any]:
                if found and isinstance(found[0], Exception):
                    raise found[0]
                return found

        sys.modules["keyring.backends.Windows"].win32cred = Win32  # type: ignore[attr-defined] # a module made here
        return found

    async def test_a_round_trip(self, backend: type[FakeBackend], entries: list[Any]) -> None:
        cabinet = on(LockerStore("taskdeck"))
        await cabinet.put("a", "1")
        assert await cabinet.get("a") == "1 in /some/path"  # which Windows knows nothing of
        assert (await cabinet.delete("a"), await cabinet.delete("a")) == (True, False)
        await cabinet.unlock()

    async def test_names_are_those_of_the_service(self, backend: type[FakeBackend], entries: list[Any]) -> None:
        entries += [
            {"TargetName": "taskdeck", "UserName": "b"},
            {"TargetName": "a@taskdeck", "UserName": "a"},
            {"TargetName": "x@taskdeck", "UserName": "other"},
            {"TargetName": "mail", "UserName": "me"},
            {"TargetName": "taskdeck", "UserName": None},
        ]
        assert await on(LockerStore("taskdeck")).names() == ["a", "b"]
        entries[:] = [WinError(1168)]  # nothing of anybody's
        assert await on(LockerStore("taskdeck")).names() == []

    @pytest.mark.parametrize(("error", "told"), [(1312, ways.NO_SESSION), (1783, ways.FAILED), (5, ways.FAILED)])
    async def test_its_errors(self, backend: type[FakeBackend], entries: list[Any], error: int, told: str) -> None:
        entries[:] = [WinError(error)]
        assert await code(on(LockerStore("taskdeck"))) == told
