"""command: a program prints the key. Its shapes, its failures, its limits, and that nothing of it outlives us."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psutil
import pytest

from tui.calls import Credential, Secret
from tui.credentials import source_of
from tui.credentials.command import LARGEST, Command, argv
from tui.credentials.shapes import credential_of
from tui.errors import NoCredential
from tui.settings import Account

SOON = 4_000_000_000
PAIR = Credential(key_id="LTAIKEY", secret=Secret("s3cret"))
STS = Credential(key_id="LTAIKEY", secret=Secret("s3cret"), token=Secret("t0ken"), expires_at=SOON * 1000)


def account(vendor: Any = "alibaba", credentials: str = "command:x", **more: Any) -> Account:
    return Account(name="acme", vendor=vendor, credentials=credentials, **more)


def python(code: str) -> str:
    """A command line that runs some Python without waiting for its site packages."""
    return shlex.join([sys.executable, "-I", "-S", "-c", code])


def printing(given: object) -> str:
    return shlex.join(["printf", "%s", given if isinstance(given, str) else json.dumps(given)])


def command(line: str, environ: Mapping[str, str] = os.environ, **more: Any) -> Command:
    return Command(account(), line, environ, **more)


async def refused(one: Command) -> str:
    with pytest.raises(NoCredential) as caught:
        await one.read()
    return caught.value.message


# What programs print.

OURS = {"access_key_id": "LTAIKEY", "access_key_secret": "s3cret"}
SHAPES: dict[str, tuple[dict[str, Any], Credential]] = {
    "ours": (OURS, PAIR),
    "ours, temporary": ({**OURS, "security_token": "t0ken", "expiration": SOON}, STS),
    "the file of a CLI": ({"mode": "StsToken", **OURS, "sts_token": "t0ken", "expiration": str(SOON)}, STS),
    "AssumeRole of Alibaba Cloud": (
        {
            "RequestId": "r",
            "Credentials": {
                "AccessKeyId": "LTAIKEY",
                "AccessKeySecret": "s3cret",
                "SecurityToken": "t0ken",
                "Expiration": "2096-10-02T07:06:40Z",
            },
        },
        STS,
    ),
    "a machine's role at Alibaba Cloud": (
        {
            "Code": "Success",
            "AccessKeyId": "LTAIKEY",
            "AccessKeySecret": "s3cret",
            "SecurityToken": "t0ken",
            "Expiration": "2096-10-02T07:06:40Z",
            "LastUpdated": "2026-01-01T00:00:00Z",
        },
        STS,
    ),
    "AssumeRole of Tencent Cloud": (
        {
            "Response": {
                "Credentials": {"TmpSecretId": "LTAIKEY", "TmpSecretKey": "s3cret", "Token": "t0ken"},
                "ExpiredTime": SOON,
                "Expiration": "2096-10-02T07:06:40Z",
                "RequestId": "r",
            }
        },
        STS,
    ),
    "a machine's role at Tencent Cloud": (
        {"Code": "Success", "TmpSecretId": "LTAIKEY", "TmpSecretKey": "s3cret", "Token": "t0ken", "ExpiredTime": SOON},
        STS,
    ),
    "a profile of tccli": ({"secretId": "LTAIKEY", "secretKey": "s3cret", "token": "t0ken", "expiresAt": SOON}, STS),
    "a machine's agency at Huawei Cloud": (
        {
            "credential": {
                "access": "LTAIKEY",
                "secret": "s3cret",
                "securitytoken": "t0ken",
                "expires_at": "2096-10-02T07:06:40.000000Z",
            }
        },
        STS,
    ),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_the_shapes_that_the_vendors_answer_are_known(shape: str) -> None:
    given, wanted = SHAPES[shape]
    assert credential_of(account(), given) == wanted


def test_a_user_and_a_project_of_huawei() -> None:
    owner = account("huawei", auth="token")
    given = {"username": "u", "password": ' p"ä ', "domain": "d", "project_id": "p1"}
    wanted = Credential(key_id="u", secret=Secret(' p"ä '), domain="d", project_id="p1")
    assert credential_of(owner, given) == wanted
    with pytest.raises(NoCredential, match="without username"):
        credential_of(owner, OURS)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({}, "JSON without accesskeyid"),
        ({"access_key_id": "LTAIKEY"}, "JSON without accesskeysecret"),
        ({"access_key_id": "", "access_key_secret": "s3cret"}, "JSON without accesskeyid"),
        ({**OURS, "access_key_id": 7}, "the accesskeyid that its command printed is no text"),
        ({**OURS, "access_key_secret": ["s3cret"]}, "the accesskeysecret that its command printed is no text"),
        ({**OURS, "access_key_secret": "s3cret\n"}, "accesskeysecret that its command printed has blanks"),
        ({**OURS, "security_token": "\ud800"}, "securitytoken that its command printed has blanks"),
        ({**OURS, "expiration": "tomorrow"}, "the expiration that its command printed is no time"),
        ({**OURS, "expiration": True}, "is no time"),
        ({**OURS, "expiration": float("nan")}, "is no time"),
        ({**OURS, "expiration": -1}, "is no time"),
        ({**OURS, "expiration": 10**30}, "is no time"),
        ({**OURS, "expiration": "9" * 30}, "is no time"),
        ({"Code": "\x1b[31mNoRole", **OURS}, "was told .*NoRole"),
        ({"Credentials": None}, "JSON without accesskeyid"),
        ({"Credentials": {"Credentials": {"Credentials": {"Credentials": OURS}}}}, "JSON without accesskeyid"),
    ],
)
def test_what_is_wrong_is_named_and_never_quoted(given: dict[str, Any], told: str) -> None:
    with pytest.raises(NoCredential, match=told) as caught:
        credential_of(account(), given)
    assert "s3cret" not in str(caught.value)
    assert "\x1b" not in str(caught.value)


# The program.


async def test_it_is_run_without_a_shell_and_its_quotes_are_a_shells(tmp_path: Path) -> None:
    script = tmp_path / "my key"
    script.write_text('#!/bin/sh\nprintf \'{"access_key_id": "%s", "access_key_secret": "%s"}\' "$1" "$2"\n')
    script.chmod(0o700)
    found = await command(f"'{script}' '$HOME;a' `id`").read()
    assert (found.key_id, found.secret) == ("$HOME;a", Secret("`id`"))
    assert argv("'~/my key' a") == [f"{Path.home()}/my key", "a"]
    assert "no program that is there" in await refused(command('"~nobody/my key" a b'))


async def test_it_sees_no_key_of_ours() -> None:
    environ = {**os.environ, "PROD_TENCENTCLOUD_SECRET_KEY": "hidden", "MINE": "seen"}
    code = "import os,json;print(json.dumps({'access_key_id':os.environ['MINE'],'access_key_secret':"
    code += "str([n for n in os.environ if 'TENCENT' in n])}))"
    found = await command(python(code), environ).read()
    assert (found.key_id, found.secret) == ("seen", Secret("[]"))


async def test_it_reads_no_terminal() -> None:
    assert "exit code 1" in await refused(command(shlex.join(["sh", "-c", "read line"])))


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("no-such-program-anywhere --x", "names no program that is there: no-such-program-anywhere"),
        ("/", "cannot be run: /"),
        ("'open", "names no program, or a quote in it is open"),
        ("   ", "names no program"),
        ("'' x", "names no program"),
        ("printf ''", "printf. printed nothing"),
        ("printf 'AKIDs3cret'", "printed no JSON object"),
        ("printf '[1, 2]'", "printed no JSON object"),
        (f"printf %s {'[' * 20_000}", "printed no JSON object"),
        ("printf '\\377\\376'", "printed no JSON object"),
        (printing({**OURS, "expiration": 1_000_000_000}), "printed a key that ended at 2001-09-09 01:46:40 UTC"),
        (printing({"Code": "Failed"}), "was told Failed"),
        ("sh -c 'exit 3'", "sh. ended with exit code 3; run it by hand"),
        ("sh -c 'kill -9 $$'", "sh. was ended by signal 9"),
        ("sh -c 'echo; printf \"\\033[31mlog in first\\nAKIDmore\" >&2; exit 1'", "exit code 1: .*log in first; run"),
        ("sh -c 'echo password=hunter2hunter2 >&2; exit 1'", r"exit code 1: password=\*+;"),
        ("sh -c 'printf %5000s x | tr \" \" y >&2; exit 1'", r"exit code 1: y{100,158}\.\.;"),
    ],
)
async def test_each_failure_is_one_clean_line(line: str, told: str) -> None:
    said = await refused(command(line))
    assert said.startswith("account acme: its command ")
    assert re.search(told, said), said
    assert "s3cret" not in said
    assert "hunter2" not in said
    assert said.isprintable()


async def test_a_bom_is_no_trouble() -> None:
    assert await command(printing("\ufeff" + json.dumps(OURS))).read() == PAIR


def ended(ident: int) -> None:
    """Waits until a process of somebody else's has ended."""
    deadline = time.monotonic() + 20
    while psutil.pid_exists(ident) and psutil.Process(ident).status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < deadline


def forking(mark: Path, then: str = "wait") -> str:
    """A program that starts another one, which says its process id and goes on for an hour."""
    return shlex.join(["sh", "-c", f"sleep 3600 & echo $! > {mark}; {then}"])


async def test_one_that_does_not_end_is_stopped_with_all_that_it_started(tmp_path: Path) -> None:
    mark = tmp_path / "pid"
    said = await refused(command(forking(mark), seconds=0.3))
    assert "has not ended within 0.3 s; it was stopped" in said
    ended(int(mark.read_text()))


async def test_one_that_floods_is_stopped(tmp_path: Path) -> None:
    mark = tmp_path / "pid"
    said = await refused(command(forking(mark, "exec cat /dev/zero")))
    assert f"printed more than {LARGEST:,} bytes" in said
    ended(int(mark.read_text()))


async def test_a_flood_of_complaints_is_cut_and_no_trouble() -> None:
    line = shlex.join(["sh", "-c", f"head -c 1000000 /dev/zero >&2; {printing(OURS)}"])
    assert await command(line).read() == PAIR


async def test_what_it_leaves_behind_with_the_pipe_is_ended_and_the_key_is_read(tmp_path: Path) -> None:
    mark = tmp_path / "pid"
    assert await command(forking(mark, printing(OURS))).read() == PAIR
    ended(int(mark.read_text()))


def test_leaving_the_monitor_ends_it_and_takes_no_time(tmp_path: Path) -> None:
    mark = tmp_path / "pid"
    os.mkfifo(mark)

    async def monitor() -> tuple[int, float]:
        ask = source_of(account(credentials=f"command:{forking(mark)}"))
        waits = [asyncio.ensure_future(ask()) for _ in range(20)]
        ident = int(await asyncio.to_thread(mark.read_text))  # it runs
        assert not any(one.done() for one in waits)
        return ident, time.monotonic()

    ident, left = asyncio.run(monitor())
    assert time.monotonic() - left < 1, "the contract: quitting takes under a second"
    ended(ident)


MONITOR = """
import asyncio, sys
from tui.credentials import source_of
from tui.settings import Account
asyncio.run(source_of(Account(name="acme", vendor="alibaba", credentials=sys.argv[1]))())
"""


IMPATIENT = """
import os, signal, subprocess
from pathlib import Path
class Popen(subprocess.Popen):
    def __init__(self, *words, **options):
        super().__init__(*words, **options)
        while not Path(os.environ["MARK"]).exists():
            pass
        os.kill(os.getpid(), signal.SIGTERM)
subprocess.Popen = Popen
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGKILL, None])
def test_it_does_not_outlive_us_whatever_signal_ends_us(tmp_path: Path, number: signal.Signals | None) -> None:
    """None: a signal at the moment at which it is started, and nobody knows its process group yet."""
    mark, new = tmp_path / "pids", tmp_path / "new"
    script = shlex.join(["sh", "-c", f"sleep 3600 & echo $$ $! > {new}; mv {new} {mark}; wait"])
    code = f"{IMPATIENT}{MONITOR}" if number is None else MONITOR
    us = subprocess.Popen([sys.executable, "-c", code, f"command:{script}"], env={**os.environ, "MARK": str(mark)})
    deadline = time.monotonic() + 20
    while not mark.exists():
        assert time.monotonic() < deadline
    program, its_own = map(int, mark.read_text().split())  # both run
    try:
        if number is not None:
            us.send_signal(number)
        assert us.wait(20) == -(number or signal.SIGTERM), "the exit code says which"
        ended(program)
        if number != signal.SIGKILL:  # else nobody was asked, and what the program has started goes on
            ended(its_own)
    finally:
        us.kill()
        if psutil.pid_exists(its_own):
            os.kill(its_own, signal.SIGKILL)


async def test_signals_are_as_before_when_it_has_ended() -> None:
    before = [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)]
    assert await command(printing(OURS)).read() == PAIR
    assert [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)] == before


async def test_who_handles_a_signal_himself_is_left_to_it() -> None:
    handled = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, handled.set)
    try:
        assert await command(shlex.join(["sh", "-c", f"kill -TERM {os.getpid()}; {printing(OURS)}"])).read() == PAIR
        await handled.wait()
    finally:
        loop.remove_signal_handler(signal.SIGTERM)


async def test_twenty_sources_run_it_once_and_a_working_key_never_again(tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    line = shlex.join(["sh", "-c", f"echo x >> {runs}; {printing(OURS)}"])
    ask = source_of(account(credentials=f"command:{line}"))
    assert set(await asyncio.gather(*(ask() for _ in range(20)))) == {PAIR}
    for _ in range(100):
        assert await ask() is not None
    assert runs.read_text() == "x\n"
