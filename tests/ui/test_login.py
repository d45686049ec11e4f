"""The login dialog: what it asks, what it shows, where a key goes, and that nothing of it is seen or left behind."""

from __future__ import annotations

import asyncio
import base64
import gc
import pickle
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.events import Key, Paste
from textual.pilot import Pilot

from tests.ui.driving import driven, press, settle, text
from tests.ui.fake_desk import FakeDesk
from tests.ui.fake_door import FakeDoor
from tests.ui.svg import picture
from tui.calls import Secret
from tui.cli.asking import Refused, sound
from tui.clipboard import Reach
from tui.errors import AuthError, CallError, ClockSkew, Denied, Unavailable
from tui.ui.door import Field
from tui.ui.home import Home
from tui.ui.login_dialog import AGAIN, LoginDialog
from tui.ui.login_dialog import PHRASE as PHRASE_FIELD
from tui.ui.login_form import Form
from tui.ui.masked import CELL, MOST, Masked

screen = pytest.mark.screen
KEY, SECRET = "LTAI5tSomebody0001", "hUnter2-s3cr3t-Zq8"
PHRASE = "correct horse battery"


@asynccontextmanager
async def at_the_door(
    monkeypatch: pytest.MonkeyPatch, size: tuple[int, int] = (80, 24), *, config: str | None = None
) -> AsyncIterator[tuple[Pilot[int], Home, FakeDoor]]:
    """The monitor with accounts."""
    desk = FakeDesk(6)
    desk.door = door = FakeDoor(desk.poke) if config is None else FakeDoor(desk.poke, config)
    monkeypatch.setattr("tui.proving.proved", door.proved)
    async with driven(desk, size) as (pilot, home):
        yield pilot, home, door


async def command(pilot: Pilot[int], line: str) -> None:
    """A line after `:`."""
    await press(pilot, "colon")
    await paste(pilot, line)
    await press(pilot, "enter")
    await calm(pilot)


async def calm(pilot: Pilot[int]) -> None:
    """Until what was begun beside the screen has had its turns."""
    for _ in range(3):
        await asyncio.sleep(0)
        await settle(pilot)


async def paste(pilot: Pilot[int], pasted: str) -> Paste:
    """A bracketed paste, as Textual tells it."""
    event = Paste(pasted)
    event.set_sender(pilot.app)
    pilot.app.post_message(event)
    await settle(pilot)
    return event


async def fill(pilot: Pilot[int], *values: str) -> None:
    """Values line by line, pasted, and Enter."""
    for at, value in enumerate(values):
        if at:
            await press(pilot, "tab")
        await paste(pilot, value)
    await press(pilot, "enter")
    await calm(pilot)


def refusal(kind: type[CallError] = AuthError) -> CallError:
    return kind("the signature is wrong", code="SignatureDoesNotMatch", request_id="6F1C-E2", http_status=403)


@screen
async def test_a_key_is_read_with_once_kept_and_the_sources_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    async with at_the_door(monkeypatch) as (pilot, home, door):
        await command(pilot, "login ali-prod")
        for label in ("log in: ali-prod", "AccessKey ID", "AccessKey secret", "STS token"):
            assert label in text(pilot)
        await fill(pilot, KEY, SECRET)
        assert pilot.app.screen is home
        assert [(name, credential.key_id) for name, credential in door.tried] == [("ali-prod", KEY)]
        assert door.kept(door.keyring, "ali-prod").secret.reveal() == SECRET
        assert not door.vault.kept
        assert isinstance(home.desk, FakeDesk)
        assert home.desk.poked == ["thumbs", "ctr"]
        assert "the key is in the keyring of this machine; 2 sources of ali-prod go on" in text(pilot)
        assert (await door.source_of(door.config.accounts["ali-prod"])()).key_id == KEY


@screen
async def test_a_refused_key_is_not_kept_and_the_dialog_says_all_that_helps(monkeypatch: pytest.MonkeyPatch) -> None:
    async with at_the_door(monkeypatch) as (pilot, _, door):
        await command(pilot, "login ali-prod")
        door.says, door.skew = [refusal()], 250.0
        await fill(pilot, KEY, SECRET)
        seen = text(pilot)
        assert isinstance(pilot.app.screen, LoginDialog)
        assert "AUTH SignatureDoesNotMatch: the signature is wrong (request 6F1C-E2)" in seen
        assert "this machine's clock is 4 min behind the provider's" in seen
        assert not door.keyring.kept
        await press(pilot, "backspace", "9", "enter")
        await calm(pilot)
        assert door.tried[1][1].secret.reveal() == f"{SECRET[:-1]}9"
        assert "ali-prod" in door.keyring.kept


@screen
@pytest.mark.parametrize("error", [refusal(Unavailable), refusal(ClockSkew)])
async def test_what_nobody_answered_is_not_kept(monkeypatch: pytest.MonkeyPatch, error: CallError) -> None:
    async with at_the_door(monkeypatch) as (pilot, _, door):
        await command(pilot, "login ali-prod")
        door.says = [error]
        await fill(pilot, KEY, SECRET)
        assert isinstance(pilot.app.screen, LoginDialog)
        assert not door.keyring.kept


@screen
async def test_a_bug_while_a_key_is_tried_is_said_and_the_monitor_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    async with at_the_door(monkeypatch) as (pilot, _, door):
        await command(pilot, "login ali-prod")
        door.bug = KeyError("Tasks")
        await fill(pilot, KEY, SECRET)
        assert "a bug in taskdeck; the log has the trace" in text(pilot)
        assert not door.keyring.kept
        door.bug = None
        await press(pilot, "enter")
        await calm(pilot)
        assert door.keyring.kept


@screen
async def test_a_key_that_may_not_read_is_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    async with at_the_door(monkeypatch, (120, 40)) as (pilot, home, door):
        await command(pilot, "login ali-prod")
        door.says = [Denied("not allowed", code="NoPermission", request_id="r-9", http_status=403)]
        await fill(pilot, KEY, SECRET)
        assert pilot.app.screen is home
        assert "ali-prod" in door.keyring.kept
        assert "but it said DENIED NoPermission" in text(pilot)


@screen
async def test_tries_are_counted_over_dialogs_and_huawei_locks_are_warned_of(monkeypatch: pytest.MonkeyPatch) -> None:
    async with at_the_door(monkeypatch) as (pilot, _, door):
        door.says = [refusal() for _ in range(4)]
        await command(pilot, "login hw-staging")
        await fill(pilot, "HPUASOMEBODY01", SECRET)
        assert "refused 1 time with this key: Huawei locks a key for 5 minutes after 5" in " ".join(text(pilot).split())
        await press(pilot, "enter")
        await calm(pilot)
        await press(pilot, "escape")
        await command(pilot, "login hw-staging")
        await fill(pilot, "HPUASOMEBODY01", f"{SECRET}x")
        assert "refused 3 times" in text(pilot)
        await press(pilot, "enter")
        await calm(pilot)
        assert "refused 4 times with this key: the next one may lock it" in " ".join(text(pilot).split())
        await press(pilot, "enter")
        await calm(pilot)
        assert "hw-staging" in door.keyring.kept
        assert not any(door.refused.values())


@screen
async def test_an_account_that_says_env_gets_its_key_for_this_run_and_the_line_for_its_config(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with at_the_door(monkeypatch) as (pilot, home, door):
        home.reach = Reach()
        written: list[str] = []
        driver = pilot.app._driver
        assert driver is not None
        monkeypatch.setattr(driver, "write", written.append)
        await command(pilot, "login hw-staging")
        await fill(pilot, "HPUASOMEBODY01", SECRET)
        assert '[accounts.hw-staging]\n   vendor = "huawei"\n   credentials = "keyring"' in re.sub(
            r" +\n", "\n", re.sub(r"(?m)^.*?(?=   (\[acc|vendor|cred))", "", text(pilot))
        )
        await press(pilot, "c")
        await calm(pilot)
        copied = [
            base64.b64decode(one[1]).decode() for each in written if (one := re.match(r"\x1b\]52;c;(.*)\x07", each))
        ]
        assert copied == ['[accounts.hw-staging]\nvendor = "huawei"\ncredentials = "keyring"\n']
        await press(pilot, "enter")
        assert pilot.app.screen is home
        assert (await door.source_of(door.config.accounts["hw-staging"])()).key_id == "HPUASOMEBODY01"


@screen
async def test_an_iam_user_is_asked_for_what_an_iam_user_has(monkeypatch: pytest.MonkeyPatch) -> None:
    async with at_the_door(monkeypatch) as (pilot, _, _door):
        await command(pilot, "login hw-user")
        for label in ("IAM user name", "Password", "Account name"):
            assert label in text(pilot)
        assert "Access key" not in text(pilot)


# Where a key cannot be kept


@screen
@pytest.mark.parametrize("size", [(80, 24), (60, 15)])
async def test_a_keyring_that_cannot_be_used_says_why_and_offers_three_ways(
    monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]
) -> None:
    async with at_the_door(monkeypatch, size) as (pilot, _, door):
        door.keyring.broken = "no D-Bus session: SSH without a desktop; start one: dbus-run-session -- bash"
        await command(pilot, "login ali-prod")
        seen = text(pilot)
        assert "no D-Bus session: SSH without a desktop" in seen
        assert "dbus-run-session -- bash" in " ".join(seen.split())
        for way in ("1  environment variables", "2  a program that prints the key", "3  the vault"):
            assert way in seen
        assert "plain" not in seen
        await press(pilot, "1")
        assert 'credentials = "env"' in text(pilot)
        await press(pilot, "escape")
        await command(pilot, "login ali-prod")
        await press(pilot, "2")
        assert 'credentials = "command:' in text(pilot)


@screen
async def test_the_vault_is_made_with_a_passphrase_typed_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    async with at_the_door(monkeypatch) as (pilot, home, door):
        door.keyring.broken = "no D-Bus session"
        await command(pilot, "login ali-prod")
        await press(pilot, "3")
        await calm(pilot)
        await fill(pilot, KEY, SECRET)
        assert "the same again" in text(pilot)
        await fill(pilot, "short", "short")
        assert "fewer than 8 characters" in text(pilot)
        await press(pilot, "ctrl+u", "tab", "ctrl+u", "tab")
        await fill(pilot, PHRASE, PHRASE.upper())
        assert "the two are not the same" in text(pilot)
        assert not door.vault.kept
        await press(pilot, "ctrl+u")
        await fill(pilot, PHRASE)
        assert door.vault.phrase == PHRASE
        assert door.kept(door.vault, "ali-prod").key_id == KEY
        assert door.phrase is None
        assert 'credentials = "vault"' in text(pilot)
        await press(pilot, "enter")
        assert pilot.app.screen is home
        assert (await door.source_of(door.config.accounts["ali-prod"])()).key_id == KEY


@screen
async def test_a_locked_vault_asks_for_its_passphrase_and_may_be_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    async with at_the_door(monkeypatch) as (pilot, home, door):
        door.vault.phrase, door.vault.kept = PHRASE, {"tx-prod": "{}"}
        await press(pilot, "3", "U")
        await calm(pilot)
        assert "passphrase" in text(pilot)
        await fill(pilot, "something else")
        assert "wrong passphrase" in text(pilot)
        await fill(pilot, PHRASE)
        assert pilot.app.screen is home
        assert "the vault is unlocked: the sources of tx-prod go on" in text(pilot)
        assert isinstance(home.desk, FakeDesk)
        assert home.desk.poked == ["media"]


@screen
async def test_a_locked_keyring_is_unlocked_when_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    async with at_the_door(monkeypatch) as (pilot, home, door):
        door.keyring.locked, door.keyring.kept = True, {"ali-prod": "{}"}
        await command(pilot, "login ali-prod")
        assert "the keyring is locked" in text(pilot)
        assert "u unlock" in text(pilot)
        await press(pilot, "u")
        await calm(pilot)
        assert pilot.app.screen is home
        assert "is unlocked: the sources of ali-prod go on" in text(pilot)


@screen
async def test_without_a_desktop_the_keyring_is_unlocked_with_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    async with at_the_door(monkeypatch) as (pilot, home, door):
        door.keyring.locked = door.keyring.takes_phrase = True
        door.keyring.kept = {"ali-prod": "{}"}
        await command(pilot, "login ali-prod")
        assert "or do without a keyring" not in text(pilot)  # the dialog has the ways itself
        await press(pilot, "u")
        await fill(pilot, "not this one")
        assert "this password does not open the keyring" in text(pilot)
        await fill(pilot, "keyring password")
        assert pilot.app.screen is home
        assert "is unlocked: the sources of ali-prod go on" in text(pilot)


@screen
async def test_a_resize_fits_the_dialog(monkeypatch: pytest.MonkeyPatch) -> None:
    async with at_the_door(monkeypatch, (120, 40)) as (pilot, _, door):
        door.keyring.broken = "no D-Bus session: " + "wurd " * 30
        await command(pilot, "login ali-prod")
        await pilot.resize_terminal(60, 20)
        await calm(pilot)
        assert "Esc leave" in text(pilot)
        assert text(pilot).count("wurd") == 30


@screen
async def test_a_key_that_could_not_be_kept_is_still_there_for_the_vault(monkeypatch: pytest.MonkeyPatch) -> None:
    async with at_the_door(monkeypatch) as (pilot, _, door):
        await command(pilot, "login ali-prod")
        door.keyring.broken = "the keyring has not answered for 3 s"
        await fill(pilot, KEY, SECRET)
        assert "has not answered for 3 s" in text(pilot)
        await press(pilot, "3")
        await calm(pilot)
        await press(pilot, "enter")
        await calm(pilot)
        await fill(pilot, PHRASE, PHRASE)
        assert door.kept(door.vault, "ali-prod").secret.reveal() == SECRET


@screen
async def test_a_key_is_in_one_place_only(monkeypatch: pytest.MonkeyPatch) -> None:
    async with at_the_door(monkeypatch, (120, 40)) as (pilot, _, door):
        door.vault.phrase, door.vault.unlocked, door.vault.kept = PHRASE, True, {"ali-prod": "{}"}
        await command(pilot, "login ali-prod")
        await fill(pilot, KEY, SECRET)
        assert not door.vault.kept
        assert "it is no longer in the vault" in text(pilot)


@screen
async def test_while_a_keyring_hangs_the_screen_goes_on_and_leaving_does_not_wait(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with at_the_door(monkeypatch) as (pilot, home, door):
        door.keyring.hangs = True
        await command(pilot, "login ali-prod")
        assert "looking at the keyring of this machine .." in text(pilot)
        ticked = asyncio.Event()
        monkeypatch.setattr(home, "tick", ticked.set)
        pilot.app.set_interval(0.001, home.tick)
        for _ in range(3):
            ticked.clear()
            await asyncio.wait_for(ticked.wait(), 5)
        await press(pilot, "escape")
        assert pilot.app.screen is home
        await command(pilot, "login ali-prod")
        await press(pilot, "ctrl+c", "ctrl+c")
        async with asyncio.timeout(5):
            while pilot.app.return_code != 130:
                await settle(pilot)


# Nothing of it is seen


@screen
@pytest.mark.parametrize("size", [(80, 24), (60, 15), (120, 40)])
async def test_a_secret_is_on_no_screen_in_no_picture_no_history_and_no_repr(
    monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]
) -> None:
    async with at_the_door(monkeypatch, size) as (pilot, home, door):
        await command(pilot, "login ali-prod")
        await paste(pilot, KEY)
        await press(pilot, "tab", *SECRET[:6])
        event = await paste(pilot, f" \x1b[200~{SECRET[6:]}\x1b[201~ \r\n")
        assert event.text == ""
        assert SECRET[6:] not in repr(event)
        assert f"{len(SECRET)} characters" in text(pilot)
        dialog = pilot.app.screen
        assert isinstance(dialog, LoginDialog)
        shown = [text(pilot), picture(pilot.app), pilot.app.tree.__repr__()]
        for widget in (pilot.app, home, dialog, dialog.sheet, dialog._form, *dialog._form.lines, home.command):
            shown.append(f"{widget!r} {widget}")
        shown += [*home.command.edit.history, *home.filter.edit.history, str(dialog.get_selected_text())]
        assert f" {'*' * (len(KEY) - 4)}{KEY[-4:]} " in shown[0]
        assert not [one for one in shown[:2] if KEY in one]
        assert not dialog.sheet.ALLOW_SELECT
        for one in shown:
            assert SECRET not in one
            assert SECRET[6:] not in one
        line = dialog._form.lines[1]
        assert isinstance(line, Masked)
        assert line.reveal() == Secret(SECRET)
        await press(pilot, "escape")
        assert line.size == 0
        assert not any(line._memory)
        assert not door.tried
        assert dialog._form.given() == {"access_key_id": KEY}


@screen
async def test_what_was_typed_is_gone_once_it_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    async with at_the_door(monkeypatch) as (pilot, _, door):
        await command(pilot, "login ali-prod")
        dialog = pilot.app.screen
        assert isinstance(dialog, LoginDialog)
        await fill(pilot, KEY, SECRET)
        assert door.keyring.kept
        line = dialog._form.lines[1]
        assert isinstance(line, Masked)
        assert not any(line._memory)


@screen
async def test_lines_are_left_and_gone_back_to_and_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    async with at_the_door(monkeypatch) as (pilot, _, door):
        await command(pilot, "login ali-prod")
        await press(pilot, "enter")
        assert "AccessKey ID is missing" in text(pilot)
        await press(pilot, *"AK", "down", "up", "1", "enter")
        assert "AccessKey secret is missing" in text(pilot)
        await press(pilot, "a", "b", "left", "X", "shift+tab", "2", "enter")
        await calm(pilot)
        assert [(one.key_id, one.secret.reveal()) for _, one in door.tried] == [("AK12", "aXb")]


@screen
async def test_a_paste_does_not_overtake_the_tab_before_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else a secret would be pasted into the line above, which shows it."""
    async with at_the_door(monkeypatch) as (pilot, _, _door):
        await command(pilot, "login ali-prod")
        for event in (*(Key(one, one) for one in KEY), Key("tab", None), Paste(SECRET)):
            event.set_sender(pilot.app)
            pilot.app.post_message(event)
        for _ in range(len(KEY)):
            await settle(pilot)
        dialog = pilot.app.screen
        assert isinstance(dialog, LoginDialog)
        assert dialog._form.given() == {"access_key_id": KEY, "access_key_secret": Secret(SECRET)}


@screen
async def test_a_paste_of_several_lines_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    async with at_the_door(monkeypatch) as (pilot, _, _door):
        await command(pilot, "login ali-prod")
        await paste(pilot, f"{KEY}\n{SECRET}\n")
        assert "the paste has 2 lines: one value at a time" in text(pilot)
        assert KEY not in text(pilot)


# :login, :test, :logout


@screen
@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("login nobody", "no such account: nobody; there is ali-prod"),
        ("login tat", "no source of Command tasks yet: `taskdeck sources --discover tx-prod`"),
        ("logout", "which account? :logout ACCOUNT"),
    ],
)
async def test_who_is_not_there_is_said_in_the_line(monkeypatch: pytest.MonkeyPatch, line: str, told: str) -> None:
    async with at_the_door(monkeypatch, (120, 40)) as (pilot, home, _):
        await command(pilot, line)
        assert home.command.display
        assert told in text(pilot)


@screen
async def test_a_short_code_and_the_pane_name_an_account(monkeypatch: pytest.MonkeyPatch) -> None:
    async with at_the_door(monkeypatch) as (pilot, _, _door):
        for keys, title in (
            (("colon", *"login mps", "enter"), "tx-prod"),
            (("colon", *"login thumbs", "enter"), "ali-prod"),
            (("5", "colon", *"login", "enter"), "hw-staging"),
        ):
            await press(pilot, *keys)
            await calm(pilot)
            assert f"log in: {title}" in text(pilot)
            await press(pilot, "escape")


@screen
async def test_test_reads_once_with_the_key_that_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    async with at_the_door(monkeypatch, (120, 40)) as (pilot, home, door):
        await command(pilot, "test ali-prod")
        assert "NOKEY account ali-prod: the keyring has no key of it" in text(pilot)
        assert not door.tried
        await command(pilot, "login ali-prod")
        await fill(pilot, KEY, SECRET)
        door.says = [refusal(), None]
        await command(pilot, "test ali-prod")
        assert "AUTH SignatureDoesNotMatch: the signature is wrong (request 6F1C-E2)" in text(pilot)
        assert isinstance(home.desk, FakeDesk)
        home.desk.poked.clear()
        await command(pilot, "test ali-prod")
        assert "alibaba-fc in cn-shanghai knows the key" in text(pilot)
        assert home.desk.poked == ["thumbs", "ctr"]


@screen
async def test_logout_takes_the_key_away_and_the_sources_notice(monkeypatch: pytest.MonkeyPatch) -> None:
    async with at_the_door(monkeypatch, (120, 40)) as (pilot, home, door):
        await command(pilot, "login ali-prod")
        await fill(pilot, KEY, SECRET)
        assert isinstance(home.desk, FakeDesk)
        home.desk.poked.clear()
        await command(pilot, "logout ali-prod")
        assert "the key of ali-prod is no longer in the keyring" in text(pilot)
        assert not door.keyring.kept
        assert home.desk.poked == ["thumbs", "ctr"]
        await command(pilot, "logout ali-prod")
        assert "there was no key of ali-prod in the keyring" in text(pilot)
        door.keyring.broken = "no D-Bus session"
        await command(pilot, "logout ali-prod")
        assert "no D-Bus session" in text(pilot)


# The parts


@given(st.lists(st.tuples(st.sampled_from("ibdwlrheu"), st.text(max_size=3))))
def test_a_masked_line_edits_as_any_line_does(steps: list[tuple[str, str]]) -> None:
    line, plain, caret = Masked(), "", 0
    names = {"b": "backspace", "d": "delete", "l": "left", "r": "right", "h": "home", "e": "end", "u": "ctrl+u"}
    for step, typed in steps:
        typed = typed.encode("utf-8", "replace").decode()
        if step in "iw":
            assert line.insert(typed)
            plain, caret = plain[:caret] + typed + plain[caret:], caret + len(typed)
            continue
        assert line.press(names[step])
        if step == "b" and caret:
            plain, caret = plain[: caret - 1] + plain[caret:], caret - 1
        elif step == "d":
            plain = plain[:caret] + plain[caret + 1 :]
        elif step == "u":
            plain, caret = plain[caret:], 0
        else:
            caret = {"l": max(0, caret - 1), "r": min(len(plain), caret + 1), "h": 0, "e": len(plain)}.get(step, caret)
        assert (line.reveal().reveal(), line.caret, line.size) == (plain, caret, len(plain))
    assert not any(line._memory[CELL * line.size :])
    line.wipe()
    assert not any(line._memory)


def test_a_masked_line_is_written_nowhere_and_has_an_end() -> None:
    line = Masked()
    memory = line._memory
    assert line.insert("x" * MOST)
    assert not line.insert("y")
    assert line._memory is memory
    assert "x" not in repr(line)
    with pytest.raises(TypeError):
        pickle.dumps(line)
    assert not [one for one in gc.get_referrers(memory) if isinstance(one, dict)]


PASTES = [
    ("correct horse", "correct horse", ""),
    (" correct horse ", " correct horse ", ""),
    ("\x1b[200~ correct horse \x1b[201~", " correct horse ", ""),
    ("\u00adcorrect\u200dhorse\u3000", "\u00adcorrect\u200dhorse\u3000", ""),
    ("200~correct horse", "200~correct horse", ""),
    ("correct horse\n", "", "line end"),
    ("correct\thorse", "", "no sign"),
    ("correct\x1b[Ahorse", "", "no sign"),
    ("correct\ufffdhorse", "", "not UTF-8"),
]


@pytest.mark.parametrize(("pasted", "kept", "told"), PASTES)
def test_a_passphrase_that_is_pasted_is_the_same_in_the_dialog_and_on_the_command_line(
    pasted: str, kept: str, told: str
) -> None:
    for field in (PHRASE_FIELD, AGAIN):
        form = Form([field])
        form.paste(pasted)
        assert form.given() == ({field.name: Secret(kept)} if kept else {})
        assert told in form.wrong
        assert bool(told) == bool(form.wrong)
    if not told:
        assert sound(pasted, exact=True) == kept
        return
    with pytest.raises(Refused, match=re.escape(form.wrong)):
        sound(pasted, exact=True)


def test_known_values_are_offered_and_taken_with_the_right_arrow() -> None:
    form = Form([Field("region", "region", offers=("cn-hangzhou", "cn-shanghai"))])
    form.press("c", "c")
    assert form.ghost == "n-hangzhou"
    for key in "n-s":
        form.press(key, key)
    form.press("right", None)
    assert form.given() == {"region": "cn-shanghai"}
    assert form.ghost == ""
