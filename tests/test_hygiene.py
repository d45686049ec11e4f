"""Keys stay in memory: no form of a `Secret` tells it, no trace, log or dump does; and the search finds what would."""

from __future__ import annotations

import copy
import dataclasses
import json
import logging
import os
import pickle
import re
import subprocess
import sys
from argparse import Namespace
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from pydantic import ConfigDict, TypeAdapter

from tests import leaks
from tests.ui.driving import driven, settle
from tests.ui.fake_desk import FakeDesk
from tui import hygiene, logs
from tui.calls import Credential, Secret, Signed
from tui.cli import run, say
from tui.demo_keys import KEYS
from tui.held import without
from tui.ui.task.save import save

TEXT = "s3cret/With+Signs=and\"more'1"
KEY = Credential(key_id="LTAI5tAbCdEfGhIjKlMn", secret=Secret(TEXT), token=Secret(TEXT + "-token"))
DEMO = KEYS["tencent"]["access_key_secret"]

FORMS: dict[str, Callable[[Secret], object]] = {
    "repr": repr,
    "str": str,
    "f-string": lambda one: f"{one}{one!r}{one!s}{one!a}{one:>40}{one:.3}",
    "percent": lambda one: "%s %r %a" % (one, one, one),  # noqa: UP031 - the old way is what loggers use
    "format": lambda one: "{:>30} {}".format(one, [one]),  # noqa: UP032 - the method itself is tried
    "json with a default": lambda one: json.dumps({"a": one}, default=str),
    "copy": lambda one: repr((copy.copy(one), copy.deepcopy([one]))),
    "dir": lambda one: [
        repr(value) for name in dir(one) if not callable(value := getattr(one, name, "")) and name != "_text"
    ],
    "asdict": lambda one: repr(dataclasses.asdict(Credential(key_id="a", secret=one))),
    "replace": lambda one: repr(dataclasses.replace(KEY, secret=one)),
    "exception": lambda one: repr(ValueError(one)) + str(KeyError(one)),
    "signed": lambda one: repr(
        Signed((("Authorization", one.reveal()), ("X-Token", one.reveal())), one.reveal().encode())
    ),
}


@pytest.mark.parametrize("form", FORMS)
def test_no_form_of_a_secret_tells_it(form: str) -> None:
    told = str(FORMS[form](Secret(TEXT)))
    assert not leaks.held_in(told.encode(), [TEXT])
    assert without(told) == told


@pytest.mark.parametrize(
    "write", [pickle.dumps, json.dumps, lambda one: one.__getstate__(), lambda one: one.__reduce_ex__(4)]
)
@pytest.mark.parametrize("what", [KEY.secret, KEY])
def test_what_would_write_it_is_refused(write: Callable[[Any], object], what: object) -> None:
    with pytest.raises(TypeError) as caught:
        write(what) if what is not KEY else pickle.dumps(KEY)
    assert TEXT not in str(caught.value)


def test_pydantic_shows_nothing() -> None:
    kind = TypeAdapter(dict[str, Secret], config=ConfigDict(arbitrary_types_allowed=True))
    with pytest.raises(ValueError, match="serialize unknown type") as caught:
        kind.dump_json({"a": KEY.secret})
    assert TEXT not in str(caught.value)
    with pytest.raises(ValueError, match="validation error") as caught:
        TypeAdapter(dict[str, int]).validate_python({"a": KEY.secret})
    assert TEXT not in str(caught.value)


def test_a_credential_is_told_by_its_last_four() -> None:
    assert repr(KEY) == "Credential(********KlMn, with a token)"
    assert KEY.key_id not in f"{KEY} {[KEY]!r} {dataclasses.asdict(KEY)['secret']}"
    assert repr(Credential(key_id="user", secret=Secret("p"), domain="acme")) == "Credential(acme)"


def test_secrets_are_equal_by_their_text_and_not_to_it() -> None:
    assert Secret("a") == Secret("a") != Secret("b")
    assert Secret("a") != "a"
    assert len({Secret("a"), Secret("a")}) == 1
    assert (bool(Secret("")), len(Secret("abc"))) == (False, 3)


# Traces and logs.


def quoting(secret: Secret) -> None:
    """Raises with a secret in a local and in the message: what a library may do that got a bad value."""
    plain = secret.reveal()
    raise ValueError(f"cannot use {plain} or {quote(plain, safe='')}")


def test_a_trace_has_neither_locals_nor_what_an_error_quotes(tmp_path: Path) -> None:
    try:
        quoting(KEY.secret)
    except ValueError as error:
        path = logs.write_trace(error, Namespace(log=str(tmp_path / "log"), state_dir=None))
    text = path.read_text()
    assert "in quoting" in text
    assert "ValueError: cannot use *** or ***" in text
    assert not leaks.held_in(text.encode(), [TEXT])


def test_the_log_has_no_secret_not_even_one_that_is_nobodys_we_know(tmp_path: Path) -> None:
    path = tmp_path / "log"
    logs.start(Namespace(state_dir=None, log=str(path)))
    log = logging.getLogger("tui.test")
    log.info("we sent %s", TEXT)
    log.info("%r and %s with AK LTAI5tAbCdEfGhIjKlMn", KEY, {"password": "hunter2"})
    try:
        quoting(KEY.secret)
    except ValueError:
        log.exception("it said Authorization: Bearer abcdef0123456789")
    text = path.read_text()
    assert text.count("\n") > 4
    for gone in (TEXT, quote(TEXT, safe=""), "hunter2", "LTAI5tAbCdEfGhIjKlMn", "abcdef0123456789"):
        assert gone not in text
    assert "AK ********KlMn" in text


def test_what_nobody_holds_any_more_is_forgotten() -> None:
    secret = Secret("one-that-goes-away-1")
    assert without("x one-that-goes-away-1") == "x ***"
    twin = Secret("one-that-goes-away-1")
    del secret
    assert without("x one-that-goes-away-1") == "x ***"
    del twin
    assert without("x one-that-goes-away-1") == "x one-that-goes-away-1"
    short = Secret("ab")
    assert without("about") == "about"
    del short


def test_stderr_has_no_secret(capsys: pytest.CaptureFixture[str]) -> None:
    say(f"taskdeck: it said {KEY.secret.reveal()}")
    assert capsys.readouterr().err == "taskdeck: it said ***\n"


def test_a_bug_is_70_with_no_word_of_what_was_in_hand(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(given: Namespace) -> int:
        quoting(KEY.secret)
        return 0

    monkeypatch.setattr("tui.cli.list.run", broken)
    assert run(["--log", str(tmp_path / "log"), "list"]) == 70
    assert "a bug: ValueError" in capsys.readouterr().err
    assert TEXT not in (tmp_path / "log").read_text()


# The process.

SEALED = """
import ctypes, resource, sys
from tui.cli import run
run(sys.argv[1:])
print(resource.getrlimit(resource.RLIMIT_CORE), ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="prctl is Linux's")
@pytest.mark.parametrize(("command", "told"), [("list", "(0, 0) 0"), ("config", " 1")])
def test_a_process_that_may_hold_keys_cannot_be_dumped(command: str, told: str, tmp_path: Path) -> None:
    arguments = ["--config", str(tmp_path / "none.toml"), command, *(["path"] if command == "config" else [])]
    ran = subprocess.run(
        [sys.executable, "-c", SEALED, *arguments], capture_output=True, text=True, check=True, timeout=60
    )
    assert ran.stdout.splitlines()[-1].endswith(told)


def test_of_two_secrets_one_of_which_begins_the_other_nothing_is_left() -> None:
    kept = [Secret("a-beginning"), Secret("a-beginning/and-its-end"), Secret("a-beg")]
    assert without("x a-beginning/and-its-end y a-beginning") == "x *** y ***"
    assert len(kept) == 3


def test_every_command_but_those_without_keys_is_sealed(monkeypatch: pytest.MonkeyPatch) -> None:
    from tui import cli

    sealed: list[str] = []
    monkeypatch.setattr(cli, "seal", lambda: sealed.append("yes"))
    for command, wanted in ((["config", "path"], []), (["completion", "bash"], []), (["monitor"], ["yes"])):
        sealed.clear()
        run(command)
        assert sealed == wanted
    assert set(cli._MODULES) > hygiene.KEYLESS


# The search itself.


@pytest.mark.parametrize(
    "spelled",
    [
        str,
        lambda one: quote(one, safe=""),
        lambda one: json.dumps(one),
        lambda one: json.dumps(one).replace("/", "\\/"),
        lambda one: b64encode(f"x{one}".encode()).decode(),
        lambda one: b64encode(f"xy:{one}:z".encode()).decode(),
    ],
)
@pytest.mark.parametrize("secret", [DEMO, TEXT, 'pa"ss wörd 12'])
def test_the_search_finds_a_secret_in_every_spelling(spelled: Callable[[str], str], secret: str) -> None:
    assert leaks.held_in(b"before " + spelled(secret).encode() + b" after", [secret])
    assert not leaks.held_in(b"before *** after", [secret])


@pytest.fixture
def another(monkeypatch: pytest.MonkeyPatch) -> leaks.Trail:
    """A trail that is looked at in this test, and not after it."""
    trail = leaks.Trail()
    monkeypatch.setattr(leaks, "trail", trail)
    return trail


def test_a_file_of_the_program_is_looked_through_and_one_of_the_test_is_not(
    another: leaks.Trail, tmp_path: Path
) -> None:
    save(f"saved {DEMO}", "saved", tmp_path)
    (tmp_path / "mine").write_text(DEMO)
    another.homes.add(tmp_path)
    assert another.leaks() == [f"file {tmp_path / 'saved'}"]


def test_what_a_command_leaves_at_home_is_looked_through(another: leaks.Trail, tmp_path: Path) -> None:
    another.homes.add(tmp_path)
    writing = "import sys; open('state', 'w').write(sys.stdin.read())"  # not an argument: others look at those
    subprocess.run([sys.executable, "-c", writing], cwd=tmp_path, check=True, input=DEMO, text=True)
    assert another.leaks() == [f"file {tmp_path / 'state'}"]


def test_a_secret_that_a_test_made_is_looked_for(another: leaks.Trail, capsys: pytest.CaptureFixture[str]) -> None:
    made = Secret("made-in-this-very-test-7")
    sys.stdout.write(f"so: {made.reveal()}")
    capsys.readouterr()
    assert another.leaks() == ["output"]


def test_the_line_of_the_demo_cloud_may_have_its_keys_and_nothing_else_may(another: leaks.Trail) -> None:
    line = json.dumps({"url": "http://127.0.0.1:1", "env": {"KEY": DEMO}})
    another.told("output", f"{line}\n")
    assert another.leaks() == []
    another.told("more output", f"{line}\n{DEMO}")
    assert another.leaks() == ["more output"]


@pytest.mark.skipif(sys.platform != "linux", reason="/proc is Linux's")
def test_the_process_list_is_looked_at(another: leaks.Trail) -> None:
    secret = "listed-in-this-very-test-7"  # not the demo's: tests beside this one look at the list, too
    another.secrets.add(secret)
    with subprocess.Popen(
        [sys.executable, "-c", "input()", secret], stdin=subprocess.PIPE, env={"LEAK": secret}
    ) as child:
        leaks.processes(os.getpid())
        child.communicate(b"\n")
    assert set(another.leaks()) == {f"arguments of process {child.pid}", f"environment of process {child.pid}"}


async def test_a_frame_is_looked_at(another: leaks.Trail) -> None:
    desk = FakeDesk()
    async with driven(desk, (80, 24)) as (pilot, home):
        held = Secret("shown-on-the-screen-1")
        home.say(f"oh {held.reveal()}")
        await settle(pilot)
    assert set(another.leaks()) == {"a frame of the screen"}


LEAKING = f"""
import logging
def test_prints(): print({DEMO!r})
def test_logs(): logging.getLogger("x").warning("it is %s", {DEMO!r})
def test_is_fine(): print("nothing")
"""


def test_a_test_that_leaves_a_secret_fails(tmp_path: Path) -> None:
    (tmp_path / "test_leaking.py").write_text(LEAKING)
    ran = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "-p", "tests.conftest", "-p", "no:cacheprovider"),
            *("-n0", "--rootdir", str(tmp_path), "-c", os.devnull, str(tmp_path)),
        ],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        cwd=leaks.ROOT,
    )
    assert ran.returncode == 1
    assert "3 passed, 2 errors" in ran.stdout
    assert "a secret was left behind in: Captured stdout call" in ran.stdout
    assert "a secret was left behind in: Captured log call" in ran.stdout


def test_the_page_about_security_names_tests_that_exist() -> None:
    page = (leaks.ROOT / "docs" / "security.md").read_text("utf-8")
    named = set(re.findall(r"`(tests/[\w/.]+\.py)(?:::(\w+))?`", page))
    assert len(named) > 15
    for path, test in named:
        text = (leaks.ROOT / path).read_text("utf-8")
        assert f"def {test}(" in text if test else text
