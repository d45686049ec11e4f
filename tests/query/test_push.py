"""Push-down: a hint says nothing that the query does not say of every task that it keeps."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone, tzinfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.query.samples import NOW, SOURCES, at
from tests.query.test_properties import FILTERS, TASK, VIEWS
from tui.answers import Want
from tui.model import State, Task, TaskKey
from tui.query import EMPTY, parse
from tui.query.push import LONGEST, SLACK, wanted
from tui.query.values import DAY

EAST = timezone(timedelta(hours=8))


def hint(text: str, now: int = NOW, zone: tzinfo = UTC) -> Want:
    return wanted(parse(text, views=VIEWS | {"jobs": "id:/^Job-/ state:ok"}, zone=zone), now, zone)


def allows(want: Want, task: Task) -> bool:
    """Whether a provider that takes a hint at its word would show a task."""
    equal = {"id": task.key.id, "target": task.target or ""} | {name: str(text) for name, text in task.extra.items()}
    return (
        (want.states is None or task.state in want.states)
        and task.key.id.startswith(want.prefix or "")
        and _within(want.started_after, task.started_at, want.started_before)
        and _within(want.created_after, task.created_at, None)
        and _within(None, task.ended_at, want.ended_before)
        and all(equal.get(name, "").casefold() in [value.casefold() for value in values] for name, values in want.equal)
    )


def _within(after: int | None, when: int | None, before: int | None) -> bool:
    """A task without a time is in no stretch of it."""
    if after is None and before is None:
        return True
    return when is not None and (after or 0) <= when <= (before or when)


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("", Want()),
        ("name:x", Want()),
        ("state:fail", Want(states=frozenset({State.FAILED}))),
        ("state:fail name:x", Want(states=frozenset({State.FAILED}))),
        ("state:fail OR state:run", Want(states=frozenset({State.FAILED, State.RUNNING}))),
        ("state:fail OR name:x", Want()),
        ("-(state:fail name:x)", Want()),
        ("state:ok state:fail", Want(states=frozenset())),
        ("@jobs", Want(states=frozenset({State.SUCCEEDED}), prefix="Job-")),
        # a prefix only where a letter's case is sure
        ("id=Job-7", Want(prefix="Job-7", equal=(("id", ("Job-7",)),))),
        ("id=job-7", Want(equal=(("id", ("job-7",)),))),
        ("id=2026-job", Want(prefix="2026-", equal=(("id", ("2026-job",)),))),
        ("id=Job-7,Job-8", Want(prefix="Job-", equal=(("id", ("Job-7", "Job-8")),))),
        ("id:Job-7", Want()),
        ("id!=Job-7", Want()),
        ("-id=Job-7", Want()),
        ("id:/^Job-/", Want(prefix="Job-")),
        ("id:/^job-/", Want()),
        ("id:/^20\\d/", Want(prefix="20")),
        ("id:/Job-/", Want()),
        ("id:/^Job-|x/", Want()),
        ("id:/^Job-7*/", Want(prefix="Job-")),
        ("id:/^Job-7?x/", Want(prefix="Job-")),
        ("id:/^Job-7{2}/", Want(prefix="Job-")),
        ("id:/^Job-7+x/", Want(prefix="Job-7")),
        ("id:/^(Job)/", Want()),
        ("id:/^Job\\.x/", Want(prefix="Job.x")),
        ("id:/^Job.x/", Want(prefix="Job")),
        ("id:/^Job\\wx/", Want(prefix="Job")),
        ('id:"^Job"', Want()),
        ('id="Job 7"', Want(prefix="Job", equal=(("id", ("Job 7",)),))),
        ('id=""', Want()),
        ("id:/^Job-/ OR id:/^Joe/", Want(prefix="Jo")),
        ("id:/^Job-/ id:/^Job-77/", Want(prefix="Job-77")),
        ("id:/^Job-/ OR name:x", Want()),
        # whole values
        ("inst=ins-1", Want(equal=(("target", ("ins-1",)),))),
        ("inst=ins-1,ins-2", Want(equal=(("target", ("ins-1", "ins-2")),))),
        ("inst=ins-1 OR target=ins-2", Want(equal=(("target", ("ins-1", "ins-2")),))),
        ("inst=ins-1 OR cmd=cmd-1", Want()),
        ("inst=ins-1 cmd=cmd-1", Want(equal=(("target", ("ins-1",)), ("tat.command", ("cmd-1",))))),
        ("inst:ins-1", Want()),
        ("inst=/ins-1/", Want()),
        ('cmd=""', Want()),
    ],
)  # fmt: skip
def test_what_is_pushed_down(text: str, want: Want) -> None:
    assert hint(text) == want


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("started>2026-11-20T10:00", Want(started_after=at("2026-11-20T10:00:00"))),
        ("started>=2026-11-20", Want(started_after=at("2026-11-20T00:00:00"))),
        ("started:2026-11-20", Want(started_after=at("2026-11-20T00:00:00"), started_before=at("2026-11-20T23:59:59"))),
        ("started<2026-11-20", Want(started_before=at("2026-11-20T00:00:00"))),
        ("started:2026-11-18..2026-11-20T10:00", Want(started_after=at("2026-11-18T00:00:00"),
                                                      started_before=at("2026-11-20T10:00:00"))),
        ("started>-2h", Want(started_after=NOW - 7_200_000)),
        ("started:today", Want(started_after=at("00:00:00"))),
        ("created:today", Want(created_after=at("00:00:00"))),
        ("created<today", Want()),
        ("ended<2026-11-20", Want(ended_before=at("2026-11-20T00:00:00"))),
        ("ended>2026-11-20", Want()),
        ("started!=2026-11-20", Want()),
        ("-started:2026-11-20", Want()),
        ("started:*", Want()),
        ("age<2h", Want()),
        ("started>2026-11-18 started>2026-11-19T10:00", Want(started_after=at("2026-11-19T10:00:00"))),
        ("started>2026-11-18 OR started>2026-11-19", Want(started_after=at("2026-11-18T23:59:59"))),
        ("started>2026-11-18 OR created>2026-11-19", Want()),
        ("started:2026-11-18,2026-11-10", Want(started_after=at("2026-11-10T00:00:00"),
                                               started_before=at("2026-11-18T23:59:59"))),
        ("started>1970-01-01", Want(started_after=86_399_999 )),
        ("started>=1970-01-01", Want()),
    ],
)  # fmt: skip
def test_times_are_pushed_down_with_slack(text: str, want: Want) -> None:
    found = hint(text)
    for name in ("started_after", "started_before", "created_after", "ended_before"):
        one, other = getattr(found, name), getattr(want, name)
        assert (one is None) == (other is None), (name, found)
        if other is not None:
            assert abs(one - other) <= SLACK + 1_000
            assert one < other if name.endswith("after") else one > other


def test_nothing_is_asked_of_the_future() -> None:
    assert hint("started>9998-01-01").started_after == NOW + DAY
    assert hint("started<9998-01-01").started_before is None


def test_a_prefix_is_never_longer_than_an_address_takes() -> None:
    assert hint(f"id=A{'x' * 3_000}").prefix == "A" + "x" * (LONGEST - 1)


class Changing(tzinfo):
    """A zone whose clocks go back an hour at NOW."""

    def utcoffset(self, when: datetime | None) -> timedelta:
        back = datetime.fromtimestamp(NOW / 1000, UTC).replace(tzinfo=None)
        return timedelta(hours=1 if when is None or when.replace(tzinfo=None) < back else 0)

    def dst(self, when: datetime | None) -> timedelta:
        return self.utcoffset(when)

    def tzname(self, when: datetime | None) -> str:
        return "changing"


def test_no_times_are_pushed_down_round_a_change_of_the_clocks() -> None:
    assert hint("started>14:00", NOW, Changing()) == Want()
    assert hint("started>14:00", NOW - 5 * DAY, Changing()) != Want()


PUSHED = st.sampled_from(
    ["id=job-7f31c2d4e5f6a90c", "id:/^srv/", "id:/^Srv-8+/", "id=A", "id:/^[a-z]/", "inst=ins-1", "target=ins-77acp2k1",
     "cmd=cmd-7h2k", "tat.invocation=inv-9ak2m0", "started>-2h", "started<-2h", "started:today", "started:14:02",
     "started:22:00..06:00", "ended<-1h", "created>yesterday", "started:yesterday,today", "ended:..-2h", "state:bad",
     "-state:ok", "state!=run", "started<=2026-11-21T13:59", "id=0,00"]
)  # fmt: skip
MIXED = st.one_of(
    PUSHED,
    FILTERS,
    PUSHED.map("{} @am".format),
    st.tuples(PUSHED, st.sampled_from([" ", " OR ", " -"]), PUSHED | FILTERS).map("".join),
)
NEAR = st.none() | st.integers(NOW - 3 * DAY, NOW + 2 * DAY)
IDS = st.text(max_size=2) | st.sampled_from(
    ["job-7f31c2d4e5f6a90c", "srv-88f0", "Srv-88", "SRV-8", "A", "a", "0", "00"]
)
NEARBY = st.builds(
    Task,
    key=st.builds(TaskKey, st.sampled_from(sorted(SOURCES)), st.just(""), IDS),
    state=st.sampled_from(State),
    target=st.none() | st.sampled_from(["ins-1", "INS-1", "ins-77acp2k1", "x"]),
    created_at=NEAR,
    started_at=NEAR,
    ended_at=NEAR,
    extra=st.dictionaries(
        st.sampled_from(["tat.command", "tat.invocation"]), st.sampled_from(["cmd-7h2k", "inv-9ak2m0", "INV-9AK2M0"])
    ),
    seen_at=st.just(NOW),
)


@settings(max_examples=4 * settings.get_profile(settings.get_current_profile_name()).max_examples)
@given(MIXED, st.lists(TASK | NEARBY, min_size=1, max_size=8), st.integers(0, DAY), st.sampled_from([UTC, EAST]))
@example("started<-2h", [Task(key=TaskKey("keys", "", "x"), state=State.RUNNING, started_at=NOW)], DAY, UTC)
@example("started>14:03", [Task(key=TaskKey("keys", "", "x"), state=State.RUNNING, started_at=NOW + 60_000)], DAY, UTC)
def test_a_hint_allows_every_task_that_the_query_keeps_however_long_the_read_takes(
    text: str, tasks: list[Task], took: int, zone: tzinfo
) -> None:
    query = parse(text, views=VIEWS, zone=zone)
    want = wanted(query, NOW, zone)
    for task in tasks:
        if query.match(task, SOURCES[task.key.source], NOW + took):
            assert allows(want, task), (text, want)


def test_an_empty_query_wants_everything() -> None:
    assert wanted(EMPTY, NOW) == wanted(parse("sort:-age limit:3"), NOW) == Want()
