"""Causes: what is taken out of an error text, and what stays."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tasks import NOW, SOURCE, task
from tui.model import Source, State, Task, TaskKey
from tui.query import complete, parse
from tui.query.signature import LONGEST, SHOWN, cause, signature
from tui.query.tree import quoted
from tui.store import Round, Store
from tui.view.causes import MOST, SLOT, SLOTS, Causes

HOSTILE = st.text(
    alphabet=st.one_of(st.sampled_from("'\"`<>/\\:.-_=,|{}[]() 0123456789abcxyzTZ%~\t\n\x1b界"), st.characters())
)
TEMPLATES = (
    "{} reading block of {}",
    "could not open ({}) for {}: refused",
    "worker {} with {} gave up",
    "{}: no answer",
)
LETTERS, DIGITS, HEX = string.ascii_lowercase, string.digits, "0123456789abcdef"


def some(alphabet: str, least: int, most: int) -> st.SearchStrategy[str]:
    return st.text(alphabet, min_size=least, max_size=most)


def mixed(alphabet: str, least: int, most: int) -> st.SearchStrategy[str]:
    """With a letter and a digit: of digits alone it is a number, of letters alone a word."""
    return some(alphabet, least, most).map(lambda text: f"a{text}1b")


NUMBERS = st.one_of(st.integers(0, 10**12).map(str), st.floats(0, 1e6, allow_nan=False).map(lambda x: f"{x:.3f}"))
PARTS = {
    "<n>": NUMBERS,
    "<hex>": st.one_of(mixed(HEX, 4, 40), some(HEX, 1, 16).map(lambda text: f"0x{text}")),
    "<time>": st.one_of(
        st.datetimes().map(lambda at: at.strftime("%Y-%m-%dT%H:%M:%SZ").rjust(20, "0")),
        st.datetimes().map(lambda at: at.strftime("%Y-%m-%d %H:%M:%S.%f").rjust(26, "0")),
        st.datetimes().map(lambda at: at.strftime("%a, %d %b %Y %H:%M:%S GMT")),
        st.datetimes().map(lambda at: at.strftime("%H:%M:%S")),
        st.builds(
            lambda n, unit: f"{n}{unit}", st.integers(0, 9999), st.sampled_from(["ms", "s", " seconds", "m", "h"])
        ),
        st.builds(lambda h, m: f"{h}h{m}m", st.integers(0, 99), st.integers(0, 59)),
    ),
    "<path>": st.one_of(
        st.lists(some(LETTERS + DIGITS + "_-", 1, 9), min_size=2, max_size=5).map(lambda names: "/" + "/".join(names)),
        st.lists(some(LETTERS, 1, 9), min_size=1, max_size=4).map(lambda names: "C:\\" + "\\".join(names)),
        some(LETTERS + DIGITS + "./?&%", 1, 30).map(lambda rest: f"https://host.example/x{rest}z"),
    ),
    "<id>": st.one_of(
        st.uuids().map(str),
        st.ip_addresses(v=4).map(str),
        st.ip_addresses(v=4).map(lambda ip: f"{ip}:3306"),
        some(LETTERS, 3, 20).map(lambda name: f"'{name}'"),
        some(LETTERS, 3, 20).map(lambda name: f'"{name}"'),
        some(LETTERS, 8, 12).map(lambda name: f"ins-{name}"),
        mixed(HEX, 4, 12).map(lambda name: f"job-{name}"),
    ),
}


@given(HOSTILE)
def test_a_signature_is_its_own(text: str) -> None:
    found = signature(text)
    assert signature(found) == found
    assert len(found) <= SHOWN + 12
    assert "\x1b" not in found
    assert "\n" not in found


@given(st.data())
def test_texts_that_differ_in_such_parts_have_one(data: st.DataObject) -> None:
    template = data.draw(st.sampled_from(TEMPLATES))
    kinds = [data.draw(st.sampled_from(sorted(PARTS))) for _ in range(template.count("{}"))]
    texts = {signature(template.format(*(data.draw(PARTS[kind]) for kind in kinds))) for _ in range(3)}
    assert texts == {template.format(*kinds)}


@given(st.lists(some(LETTERS, 1, 12), min_size=1, max_size=9), st.lists(some(LETTERS, 1, 12), min_size=1, max_size=9))
def test_texts_of_different_words_have_two(one: list[str], other: list[str]) -> None:
    assert (signature(" ".join(one)) == signature(" ".join(other))) is (one == other)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("OOM: memory limit 512MB", "OOM: memory limit <n>MB"),
        ("Function timed out after 600 seconds", "Function timed out after <time>"),
        ("subtask 2/5 DownloadFail", "subtask <n>/<n> DownloadFail"),
        ("connect ETIMEDOUT 10.24.3.17:3306", "connect ETIMEDOUT <id>"),
        (
            "File \"/code/index.py\", line 41, in run: KeyError: 'orderId'",
            "File <path>, line <n>, in run: KeyError: <id>",
        ),
        ("拒绝访问。 (0x80070005)", "拒绝访问。 (<hex>)"),
        ("内存不足:已超过512MB的限制", "内存不足:已超过<n>MB的限制"),
        (
            "{'status': 404, 'Code': 'NoSuchKey', 'Key': 'in/7.pdf'}",
            "{'status': 404, 'Code': 'NoSuchKey', 'Key': <path>}",
        ),
        ("2026-11-21 14:02:37,123 it can't open user's file", "<time> it can't open user's file"),
        ("3 of 1,234,567 rows, 62% done", "<n> of <n> rows, <n> done"),
        ("input/output error and/or read/write", "input/output error and/or read/write"),
        ("exit 127", "exit 127"),
        ("exit 137: out of memory at 12", "exit 137: out of memory at <n>"),
        ("status 1.5, code 3,141", "status <n>, code <n>"),
        ("the instance exited with code 137", "the instance exited with code 137"),
        ("KPS.6028 Failed to connect.", "KPS.6028 Failed to connect."),
        ("a\x1b[2Jb\tc\n\nd  e", "a␛b c d e"),
        (" \n ", ""),
    ],
)
def test_what_goes_and_what_stays(text: str, left: str) -> None:
    assert signature(text) == left


def test_a_long_one_ends_in_letters_that_stand_for_the_whole() -> None:
    one, other = (signature(f"{'the same long beginning ' * 9}{end}") for end in ("here", "there"))
    assert one != other
    assert one[:SHOWN] == other[:SHOWN]
    assert signature("x" * 10 * LONGEST) == signature("x" * LONGEST)


@pytest.mark.parametrize(
    "piece", ["a", "1", ":", "/", "'", '"', "\\", "<n>", "1/", '1"', "'0x", '{"', "a=", "::", "\x1b]", "界1"]
)
def test_any_text_ends(piece: str) -> None:
    assert len(signature((piece * 20_000)[:20_000])) <= SHOWN + 12


def test_without_an_error_the_native_state_says_why() -> None:
    assert cause(task(state=State.FAILED, native_state="START_FAILED")) == "START_FAILED"
    assert cause(task(state=State.FAILED, native_state="FAILED", error=" \n")) == "FAILED"
    assert cause(task(state=State.EXPIRED)) == "EXPD"
    assert cause(task(state=State.VANISHED, native_state="RUNNING_RESET")) == "gone, last seen RUNNING_RESET"
    assert cause(task(state=State.SUCCEEDED, error="nothing")) is None
    assert cause(task(state=State.RUNNING)) is None


@given(HOSTILE)
def test_a_filter_by_a_cause_finds_its_task(text: str) -> None:
    failed = task(state=State.FAILED, error=text)
    found = cause(failed)
    assert found is not None
    query = parse(f"cause={quoted(found)}")
    assert query.match(failed, SOURCE, NOW)
    assert not query.match(failed._replace(state=State.RUNNING), SOURCE, NOW)


def test_causes_are_offered_with_how_many_tasks_have_them() -> None:
    tasks = [task(str(at), State.FAILED, error=f"read {at} bytes") for at in range(3)]
    tasks.append(task("x", State.FAILED, error="disk full"))
    found = complete("cause:", 6, tasks, {"src": SOURCE})
    assert [(one.text, one.count) for one in found] == [('"read <n> bytes"', 3), ('"disk full"', 1)]


# Grouping.

OTHER = Source("other", "tencent-tat", "tx", "ap-guangzhou")


def filled(*tasks: Task) -> Store:
    store = Store([SOURCE, OTHER])
    put(store, *tasks)
    return store


def put(store: Store, *tasks: Task) -> None:
    for source in (SOURCE, OTHER):
        store.merge(Round(source), [one for one in tasks if one.key.source == source.name])


def grouped(store: Store, wanted: str = "") -> Causes:
    match = parse(wanted).match
    found = Causes(store, lambda one: match(one, store.sources[one.key.source], NOW), lambda one: one.target or "")
    assert found.work(lambda: True)
    return found


def bad(ident: str, error: str, ended: int, target: str = "t", source: str = "src") -> Task:
    return task(ident, State.FAILED, source=source, error=error, ended_at=ended, target=target)


def test_counts_ends_sources_targets_and_the_shape_of_a_day() -> None:
    store = filled(
        bad("a", "limit 512MB", NOW, "one"),
        bad("b", "limit 256MB", NOW - SLOT, "two", "other"),
        bad("c", "limit 128MB", NOW - 60 * SLOT, "two"),
        bad("d", "disk full", NOW - 5, "one"),
        task("e", State.SUCCEEDED),
    )
    first, second = grouped(store).in_order()
    assert (first.text, first.count, first.first, first.last) == ("limit <n>MB", 3, NOW - 60 * SLOT, NOW)
    assert first.latest.id == "a"
    assert first.targets_by_count() == [("two", 2), ("one", 1)]
    assert dict(first.sources) == {"src": 2, "other": 1}
    assert first.shape(NOW) == [0] * (SLOTS - 2) + [1, 1]
    assert (second.text, second.count) == ("disk full", 1)


def test_only_what_is_asked_for_counts() -> None:
    store = filled(bad("a", "disk full", NOW), bad("b", "disk full", NOW, source="other"))
    assert [one.count for one in grouped(store, "src:tat").in_order()] == [1]
    assert grouped(store, "src:tat").tasks == 1
    assert grouped(store, "id:nothing").in_order() == []


def test_of_more_causes_than_are_told_apart_the_others_are_counted() -> None:
    names = ["".join(chr(97 + at // 26**place % 26) for place in range(4)) for at in range(MOST + 3)]
    store = filled(*(bad(name, f"word {name}", NOW) for name in names))
    found = grouped(store)
    assert (found.known, found.others, found.tasks) == (MOST, 3, MOST + 3)
    known = [task for name in names if (task := store.get(TaskKey("src", "fn", name))) is not None]
    assert len(known) == MOST + 3
    store.settle(SOURCE, [task._replace(state=State.SUCCEEDED) for task in known])
    found.take()
    assert found.work(lambda: True)
    assert (found.known, found.others, found.tasks) == (0, 0, 0)


def test_times_are_told_by_our_clock() -> None:
    found = Causes(filled(bad("a", "disk full", NOW)), lambda one: True, lambda one: "", lambda source: 9_000)
    found.work(lambda: True)
    assert found.in_order()[0].last == NOW - 9_000


def test_a_feed_that_nobody_reads_is_let_go() -> None:
    store = filled(bad("a", "disk full", NOW))
    found = grouped(store)
    found.leave()
    put(store, bad("b", "disk full", NOW))
    found.take()
    found.work(lambda: True)
    assert found.tasks == 1


def test_work_stops_when_it_must() -> None:
    store = filled(*(bad(str(at), "disk full", NOW) for at in range(950)))
    found = Causes(store, lambda one: True, lambda one: "")
    turns = iter([True, False])
    assert not found.work(lambda: next(turns))
    assert 0 < found.tasks < 950
    put(store, bad("7", "other", NOW))
    found.take()
    assert found.work(lambda: True)
    assert [(one.text, one.count) for one in found.in_order()] == [("disk full", 949), ("other", 1)]


Change = tuple[str, State | None, str | None, int, str]
changes = st.lists(
    st.lists(
        st.tuples(
            st.sampled_from("abcdefgh"),
            st.sampled_from([State.FAILED, State.SUCCEEDED, State.RUNNING, State.VANISHED, None]),
            st.sampled_from(["read 1", "read 2", "disk full", None]),
            st.integers(NOW - 9 * SLOT, NOW),
            st.sampled_from(["one", "two"]),
        ),
        max_size=6,
    ),
    max_size=8,
)


def told(found: Causes) -> list[tuple[object, ...]]:
    return [
        (one.text, one.count, one.first, one.last, one.times[one.latest], one.shape(NOW), one.targets_by_count())
        for one in found.in_order()
    ]


@given(changes)
def test_kept_up_to_date_it_is_what_a_new_look_finds(
    rounds: list[list[Change]],
) -> None:
    store = filled()
    kept = grouped(store)
    for moves in rounds:
        for ident, state, error, ended, target in moves:
            key = TaskKey("src", "fn", ident)
            if state is None:
                store.forget(key)
            else:
                one = task(ident, state, error=error, ended_at=ended, target=target)
                store.settle(SOURCE, [one])
        kept.take()
        assert kept.work(lambda: True)
        assert told(kept) == told(grouped(store))
        assert kept.tasks == sum(one.state.bad for one in store.tasks("src").values())
