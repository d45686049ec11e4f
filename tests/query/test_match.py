"""What each row of the grammar and each kind of value finds."""

from __future__ import annotations

from datetime import UTC
from zoneinfo import ZoneInfo

import pytest

from tests.query.samples import FC, MPS, NOW, SOURCES, TASKS, at, found
from tui.model import Source, State, Task, TaskKey
from tui.query import EMPTY, parse

ALL = "FOMTKC"
WORDS = {
    "": ALL,
    "  ": ALL,
    "transcode": "FM",
    "TRANSCODE": "",
    "Failed": "F",
    "failed": "FT",
    "ali-prod": "FO",
    "cn-north": "K",
    "6f1c0b-e2": "F",
    "inv-9ak2m0": "T",
    '"memory limit"': "F",
    "memory limit": "F",
    "job-7f31..a90c": "F",
    "JOB-7f31..a90c": "",
    "job-7f31..ffff": "",
    "~trnscd": "FM",
    "~tsk": "FM",
    "~zzz": "",
    '~"nghtly"': "T",
    "/^ins-[0-9]+/": "TC",
    "/OOM|127/": "FT",
    "/oom/": "F",
    "/Oom/": "",
    r"/app\/ctr/": "O",
    "~/o+m:/": "F",
}
LOGIC = {
    "-transcode": "OTKC",
    "!transcode": "OTKC",
    "NOT transcode": "OTKC",
    "--transcode": "FM",
    "NOT -transcode": "FM",
    "not": "",
    "transcode state:fail": "F",
    "transcode AND state:fail": "F",
    "transcode && state:fail": "F",
    "transcode&&state:fail": "F",
    "OOM OR exit": "FT",
    "OOM || exit": "FT",
    "OOM||exit": "FT",
    "OOM OR exit state:ok": "F",
    "(OOM OR exit) state:ok": "",
    "-(OOM OR exit)": "OMKC",
    "NOT(OOM OR exit)": "OMKC",
    "((((OOM))))": "F",
    "sort:-age OOM": "F",
    "OOM OR exit sort:age 127": "T",
}
STATES = {
    "state:fail": "FT",
    "state:FAIL": "FT",
    "state:failed": "FT",
    "state:f": "FT",
    "state:run": "O",
    "state:queue": "M",
    "state:que": "M",
    "state:gone": "K",
    "state:van": "K",
    "state:bad": "FTK",
    "state:live": "OM",
    "state:done": "FTC",
    "-state:ok": "FOMTK",
    "state!=ok": "FOMTK",
    "state=ok": "C",
    "state:ok,run": "OC",
    "state:s": "C",
    "state:new": "",
    'state:"fail"': "FT",
}
SOURCE = {
    "src:fc": "F",
    "src:FC,tat": "FTC",
    "src:os": "O",
    "src:thumbs": "F",
    "src:thu": "F",
    "src:tencent": "MTC",
    "src:tencent-tat": "TC",
    "src=thumbs": "F",
    "src=thu": "",
    "src!=thumbs": "OMTKC",
    "source:MPS": "M",
    "src~cmnds": "TC",
    "src:/^[ck]/": "OTKC",
    "adapter:fc": "F",
    "acct:prod": "FOMTC",
    "region:cn": "FOK",
    'region=""': "M",
}
TEXTS = {
    "name:TRANSCODE": "",
    "name:transcode": "F",
    "name=transcode": "",
    "name=Canary": "C",
    "name:|": "",
    "name:&x": "",
    "name=canary": "C",
    "name!=canary": "FOMTK",
    "name:canary,reset": "KC",
    "error:*": "FT",
    "-error:*": "OMKC",
    'error=""': "OMKC",
    'error!=""': "FT",
    'error=x,""': "OMKC",
    'error:"memory limit"': "F",
    "error~OOM": "F",
    "error~oml": "F",
    "error~mry": "F",
    r"error:/exit \d+/": "T",
    "error!=/exit/": "FOMKC",
    "id:job-7f31..a90c": "F",
    "target:app/search": "O",
    "native:running": "OK",
    "NAME:canary": "C",
    "fn:c": "FO",
    "op:reset": "K",
    "inst:ins": "TC",
    "cmd:7h2k": "T",
    "tat.by:user": "T",
    "kps.keypair=ops": "K",
    "os.generation:4": "O",
    "os.metrics:recall": "O",
    "mps.subtasks:snapshot": "M",
    "extra:0a1b": "F",
    "req:6f1": "F",
    "scope:*": "FO",
}
NUMBERS = {
    "tat.exit:1..127": "T",
    "tat.exit:127": "T",
    "tat.exit=127.0": "T",
    "tat.exit!=127": "FOMKC",
    "tat.exit:0..": "TC",
    "tat.exit:..5": "C",
    "tat.exit:0,127": "TC",
    "tat.exit:5..9,127": "T",
    "tat.exit>=127": "T",
    "tat.exit<1": "C",
    "try>1": "F",
    "retries<=2": "F",
    "progress>50%": "O",
    "progress:62.5": "O",
    "fc.events<1k": "F",
    "fc.events:*": "F",
    "my.thing:3": "",
}
DURATIONS = {
    "dur>2m": "FOT",
    "dur>3m": "FO",
    "dur:3m": "F",
    "dur:3m02s": "F",
    "dur:2h11m": "O",
    "dur<1s": "C",
    "dur:250ms": "C",
    "dur<=3m2s": "FTC",
    "dur:2m..1h": "FT",
    "dur>1.5h": "O",
    "-dur>2m": "MKC",
    "duration_ms>2h": "",
    "duration_ms:182000": "F",
    "duration_ms<1000": "C",
    "age<1m": "F",
    "age<2h": "FMT",
    "age>1d": "K",
    "age:35s": "F",
    "queue:3s": "T",
    "queue>0s": "TC",
}
TIMES = {
    "created:today": "MTC",
    "created:yesterday": "K",
    "created<today": "K",
    "created<=yesterday": "K",
    "created>yesterday": "MTC",
    "created>=today": "MTC",
    "created:14:00": "M",
    "created>13:52": "MT",
    "created>=14:00": "M",
    "created:13:00..14:00": "MT",
    "created:23:00..09:30": "C",
    "created:13:55..15:00": "M",
    "created:today..yesterday": "",
    "created:2026-11-21T14:00..2026-11-21T09:00": "",
    "created:-15m": "MT",
    "created<-15m": "KC",
    "created:-24h..-1h": "C",
    "created:2026-11-20": "K",
    "created:2026-11-20..2026-11-21": "MTKC",
    "created:2026-11-21..": "MTC",
    "created:2026-11-21T09:00": "C",
    "created>2026-11-21T13:52:01Z": "M",
    "created>=2026-11-21T21:52:01+08:00": "MT",
    "created=2026-11-21T09:00:30": "C",
    'created:"2026-11-21 09:00"': "C",
    "seen:now": ALL,
    "ended:*": "FTC",
    "-created:today": "FOK",
    "created:2026-11-21T09:00:30.000Z": "C",
}


@pytest.mark.parametrize(
    ("text", "letters"), [pair for table in (WORDS, LOGIC, STATES, SOURCE, TEXTS) for pair in table.items()]
)
def test_what_texts_find(text: str, letters: str) -> None:
    assert found(text) == letters


@pytest.mark.parametrize(("text", "letters"), [pair for table in (NUMBERS, DURATIONS, TIMES) for pair in table.items()])
def test_what_figures_find(text: str, letters: str) -> None:
    assert found(text) == letters


def test_the_table_of_the_design() -> None:
    assert found("state:fail created:today -name:canary") == "T"
    assert found("src:fc,tat (error~OOM OR error~timeout) id:job") == "F"
    assert found("tat.exit:1..127") == "T"


@pytest.mark.parametrize("state", State)
def test_every_state_by_each_of_its_words(state: State) -> None:
    task = Task(key=TaskKey("keys", "", "1"), state=state)
    for word in (state.value, state.label, state.label.lower(), state.value.upper(), state.value[:4]):
        assert parse(f"state:{word}").match(task, SOURCES["keys"], NOW)
    assert parse("state:live").match(task, SOURCES["keys"], NOW) == state.live
    assert parse("state:bad").match(task, SOURCES["keys"], NOW) == state.bad


def test_a_day_moves_with_the_clock_and_stays_where_a_time_is_given() -> None:
    day = 86_400_000
    moving, fixed = parse("created:today", zone=UTC), parse("created:today", zone=UTC, now=NOW)
    assert [moving.match(MPS, SOURCES["media"], now) for now in (NOW, NOW + day)] == [True, False]
    assert [fixed.match(MPS, SOURCES["media"], now) for now in (NOW, NOW + day)] == [True, True]


def test_a_day_is_as_long_as_its_zone_makes_it() -> None:
    zone = ZoneInfo("Europe/Berlin")
    late = Task(key=TaskKey("keys", "", "1"), state=State.QUEUED, created_at=at("2026-10-25T22:30:00"))
    assert parse("created:2026-10-25", zone=zone).match(late, SOURCES["keys"], NOW)  # 25 hours
    assert not parse("created:2026-10-25", zone=UTC).match(
        Task(key=TaskKey("keys", "", "1"), state=State.QUEUED, created_at=at("2026-10-26T00:30:00")),
        SOURCES["keys"],
        NOW,
    )


def test_without_a_zone_it_is_the_local_one() -> None:
    assert parse("created:yesterday..today").match(MPS, SOURCES["media"], NOW)
    assert parse("created:2026-11-20..2026-11-22").match(MPS, SOURCES["media"], NOW)


def test_screen_fields_ask_the_screen() -> None:
    screen = {"new": lambda task: task is FC, "mark": lambda task: False}
    kept = [parse(text, screen=screen) for text in ("new:yes", "-new:no", "new!=no", "NEW:true mark:no")]
    assert [str(query) for query in kept] == ["new:yes", "-new:no", "new:yes", "new:yes mark:no"]
    for query in kept:
        assert [query.match(task, SOURCES[task.key.source], NOW) for task in TASKS] == [task is FC for task in TASKS]


def test_short_codes_may_be_declared() -> None:
    source = Source("batch", "aws-batch", "a", "")
    assert parse("src:batch").match(MPS, source, NOW)
    assert parse("src:AWB", shorts={"aws-batch": "AWB"}).match(MPS, source, NOW)
    assert not parse("src:AWB").match(MPS, source, NOW)


def test_facts_of_an_unknown_adapter() -> None:
    task = Task(key=TaskKey("b", "", "1"), state=State.RUNNING, extra={"aws.size": 3, "aws.queue": "fast-3"})
    source = Source("b", "aws-batch", "a", "")
    yes = (
        "aws.size:3",
        "aws.size>2",
        "aws.size:1..5",
        "aws.queue:fast",
        "aws.queue:3",
        "aws.queue~fst",
        "aws.size~3",
        "aws.size:*",
    )
    assert all(parse(text).match(task, source, NOW) for text in yes)
    assert not any(parse(text).match(task, source, NOW) for text in ("aws.size:4", "aws.queue>2", "aws.none:1"))


def test_the_empty_query_keeps_everything() -> None:
    assert parse("") == EMPTY == parse("  ")
    assert EMPTY.empty
    assert parse("sort:age").empty
    assert not parse("a").empty
    assert EMPTY.match(FC, SOURCES["thumbs"], NOW)
    assert str(EMPTY) == ""
