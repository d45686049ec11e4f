"""Each state of a source has one way out, the same words wherever it is told."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.ui.fake_desk import NOW
from tests.ui.states import KEYS, status
from tui.reading import BEYOND
from tui.status import Trouble, Word
from tui.ways_out import ACTIVATE, TOO_MANY, clock_off, failed_step, way_out

CALM = (Word.LIVE, Word.LOADING)


@pytest.mark.parametrize("word", Word)
@pytest.mark.parametrize("screen", [False, True])
def test_every_state_that_is_not_well_has_one_way_out_in_one_clean_line(word: Word, *, screen: bool) -> None:
    told = way_out(status(word), NOW, screen=screen)
    assert bool(told) is (word not in CALM)
    assert told.isprintable()


def test_a_credential_names_the_variables_it_is_read_from() -> None:
    for word in (Word.NOKEY, Word.AUTH):
        assert all(name in way_out(status(word), NOW) for name in KEYS)
        unnamed = way_out(replace(status(word), keys=()), NOW, screen=True)
        assert "HUAWEI" not in unnamed
        assert unnamed


def test_before_there_is_a_config_what_is_told_is_the_way_out() -> None:
    nobody = status(Word.NOKEY).source._replace(account="")
    assert way_out(replace(status(Word.NOKEY), keys=(), source=nobody), NOW) == ""


def test_a_refusal_for_the_clock_is_mended_at_the_clock() -> None:
    skewed = replace(status(Word.AUTH), trouble=Trouble(Word.AUTH, "RequestTimeTooSkewed", "off", kind="ClockSkew"))
    assert way_out(skewed, NOW) == "set this machine's clock"
    assert way_out(skewed, NOW, screen=True) == "set this machine's clock, then r"


@pytest.mark.parametrize(
    ("code", "message", "step", "word"),
    [
        ("ConnectError", "no connection to x: [Errno -2] Name or service not known", "DNS", "name server"),
        ("ConnectError", "no connection to x: [Errno 8] nodename nor servname provided", "DNS", "name server"),
        ("ConnectError", "no connection to x: Temporary failure in name resolution", "DNS", "name server"),
        ("ConnectError", "no connection to x: All connection attempts failed", "TCP", "firewall"),
        ("TLSError", "no TLS with x: CERTIFICATE_VERIFY_FAILED", "TLS", "ca_bundle"),
        ("ProxyError", "the proxy refused x: 407", "proxy", "proxy in [network]"),
        ("TimedOut", "no whole answer within 30 s", "time-out", "timeout"),
        ("Redirected", "redirected to nowhere: not followed", "redirect", "endpoint"),
        ("InternalError", "try later", "provider", "tried again by itself"),
    ],
)
def test_offline_names_the_step_that_failed(code: str, message: str, step: str, word: str) -> None:
    trouble = Trouble(Word.OFFLINE, code, message, kind="Unavailable")
    assert failed_step(trouble) == step
    assert word in way_out(replace(status(Word.OFFLINE), trouble=trouble), NOW)


@pytest.mark.parametrize(
    ("code", "kind", "told"),
    [
        ("bug", "", "the trace"),
        ("FunctionNotFound", "NotFound", "--discover ali-prod"),
        ("", "Malformed", "endpoint"),
        ("InvalidParameter", "BadRequest", "settings of this source"),
    ],
)
def test_an_error_says_where_to_look(code: str, kind: str, told: str) -> None:
    wrong = replace(status(Word.ERROR), trouble=Trouble(Word.ERROR, code, "no", kind=kind))
    assert told in way_out(wrong, NOW)


def test_a_bug_of_ours_says_where_its_trace_is(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "--log FILE" in way_out(status(Word.ERROR), NOW)
    monkeypatch.setattr("tui.logs.place", lambda: Path("/state/taskdeck.log"))
    assert way_out(status(Word.ERROR), NOW) == "the trace is in /state/taskdeck.log"


def test_what_is_missing_for_good_wants_another_setting() -> None:
    assert TOO_MANY == BEYOND
    assert "max_tasks" in way_out(replace(status(Word.PARTIAL), missing=(BEYOND,)), NOW)
    assert "max_tasks" not in way_out(status(Word.PARTIAL), NOW)


def test_an_empty_source_says_what_narrows_it() -> None:
    assert "window" in way_out(status(Word.EMPTY), NOW)
    assert "instances ins-1" in way_out(replace(status(Word.EMPTY), pushed=("instances ins-1",)), NOW)


def test_foreign_text_is_clean() -> None:
    source = status(Word.THROTTLED).source._replace(name="a\x1b[2Jb")
    assert "\x1b" not in way_out(replace(status(Word.THROTTLED), source=source), NOW, screen=True)


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (None, ""),
        (59.9, ""),
        (-60.0, "60 s"),
        (119.0, "119 s"),
        (250.0, "4 min"),
        (-7300.0, "2 h"),
        (400_000.0, "5 days"),
    ],
)
def test_two_clocks_are_apart_in_words(seconds: float | None, told: str) -> None:
    assert clock_off(seconds) == told


def test_an_account_that_has_not_activated_the_product_is_sent_to_the_console_not_to_the_doctor() -> None:
    one = status(Word.DENIED)
    assert "doctor --permissions" in way_out(one, NOW)
    closed = replace(one, trouble=Trouble(Word.DENIED, "FailedOperation.InvalidMpsUser", "not registered"))
    assert way_out(closed, NOW) == ACTIVATE
