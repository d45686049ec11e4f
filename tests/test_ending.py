"""The end of the monitor: kindly where that goes, by force where it does not, with the code of whoever asked."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import threading

import pytest

from tui import ending
from tui.__main__ import main
from tui.ending import Ending

STUCK = """
    import os, sys, threading, time
    from tui import ending
    ending.SECONDS = 0.05
    with ending.Ending() as end:
        end.attend({kindly}, lambda: 1 / 0, lambda: print("given back", flush=True))
        print("ready", flush=True)
        {then}
        threading.Lock().acquire() and time.sleep(60)
"""


def run(kindly: str, then: str = "pass", *signals: int) -> tuple[int, str]:
    """A process that does nothing and hears nothing but signals."""
    script = textwrap.dedent(STUCK.format(kindly=kindly, then=then))
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        for number in signals:
            process.send_signal(number)
        return process.wait(20), process.stdout.read()


@pytest.mark.parametrize("number", ending.SIGNALS)
def test_what_does_not_end_kindly_is_ended(number: int) -> None:
    assert run("lambda code: None", "pass", number) == (128 + number, "given back\n")


def test_the_first_signal_is_the_code() -> None:
    code, _ = run("lambda code: None", "pass", signal.SIGTERM, signal.SIGTERM)
    assert code == 143


def test_before_there_is_anything_to_end_it_ends_at_once() -> None:
    assert run("None", "pass", signal.SIGTERM) == (143, "given back\n")


def test_who_leaves_by_itself_and_is_stuck_is_ended_with_its_code() -> None:
    assert run("lambda code: None", "end.hurry(7)") == (7, "given back\n")


def test_a_signal_that_was_ignored_stays_so() -> None:
    def ignore() -> None:
        signal.signal(signal.SIGHUP, signal.SIG_IGN)

    script = "import signal; from tui.ending import Ending\nwith Ending(): print(signal.getsignal(1).name)"
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, preexec_fn=ignore, check=True)
    assert ran.stdout == "SIG_IGN\n"


def test_kindly_and_handlers_as_they_were() -> None:
    asked, heard = list[int](), threading.Event()

    def kindly(code: int) -> None:
        asked.append(code)
        heard.set()

    before = [signal.getsignal(number) for number in ending.SIGNALS]
    with Ending() as end:
        end.attend(kindly)
        os.kill(os.getpid(), signal.SIGTERM)
        assert heard.wait(20)
        end.ask(1)
        assert asked == [143]
        assert end.code == 143
        assert end.noticed
    assert [signal.getsignal(number) for number in ending.SIGNALS] == before
    end.hurry(3)  # over: nobody is ended any more


def test_ctrl_c_before_or_after_the_command_line_is_130(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(arguments: list[str]) -> int:
        raise KeyboardInterrupt

    left: list[int] = []
    monkeypatch.setattr("tui.cli.run", interrupted)
    monkeypatch.setattr("tui.__main__.leave", left.append)
    main()
    assert left == [130]
