"""The roster against a plain sort and filter of all tasks, and the cursor, window and marks against any change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from tests.tasks import NOW, SOURCE, task
from tui.errors import UsageError
from tui.model import Source, State, Task, TaskKey
from tui.query import parse
from tui.store import Moved
from tui.ui.place import Place
from tui.view import Roster, Sort
from tui.view.order import Ranking, as_of, ranker
from tui.view.ordered import CHANGES, PART, Ordered
from tui.view.roster import AT_LEAST, ENOUGH
from tui.view.subject import as_shown
from tui.view.whole import View

SOURCES = {"src": SOURCE, "other": Source("other", "tencent-tat", "tx", "")}
QUERIES = (
    "",
    "x",
    "state:run",
    "-state:bad",
    "dur>5s",
    "age<1m",
    "name:x OR state:fail",
    "zzz",
    "limit:3",
    "x sort:name",
)
SORTS = (
    "",
    "-",
    "created",
    "-created",
    "name",
    "-name",
    "state",
    "dur",
    "-dur",
    "age",
    "-age",
    "retries",
    "-id",
    "seen",
    "-req",
)
tasks = st.builds(
    lambda ident, state, name, born, took, source: task(
        ident,
        state,
        source=source,
        name=name,
        created_at=born and NOW - born,
        started_at=born and NOW - born,
        ended_at=NOW - born + took if state.final and born else None,
        duration_ms=took if state.final else None,
        retries=took % 3 or None,
        seen_at=took,
        request_id=str(took),
    ),
    st.sampled_from("abcdefghijkl"),
    st.sampled_from(State),
    st.sampled_from(["x", "y", "Xy", None]),
    st.sampled_from([None, 1_000, 20_000, 59_000, 300_000]),
    st.integers(0, 9_000),
    st.sampled_from(list(SOURCES)),
)


def bounded(turns: int) -> Callable[[], bool]:
    """Lets work go on for so many turns."""
    left = iter(range(turns))
    return lambda: next(left, None) is not None


def nobody(key: TaskKey) -> Task | None:
    """Of whom no place is asked, none need be known."""
    return None


class Screen(RuleBasedStateMachine):
    """Any sequence of inserts, deletes, sorts, filters and resizes: rows are what a plain view says, and the cursor,
    the first row and the marks stay on their tasks, or on the nearest row when those have left."""

    def __init__(self) -> None:
        super().__init__()
        self.slices = pytest.MonkeyPatch()
        self.slices.setattr("tui.view.arranging.SLICE", 2)
        self.slices.setattr("tui.view.arranging.PART", 4)
        self.slices.setattr("tui.view.arranging.MANY", 8)
        self.slices.setattr("tui.view.inverting.PART", 3)
        self.slices.setattr("tui.view.ordered.PART", 2)
        self.slices.setattr("tui.view.roster.ENOUGH", 3)
        self.slices.setattr("tui.view.roster.AT_ONCE", 3)
        self.slices.setattr("tui.view.roster.AT_LEAST", 0)
        self.told: dict[TaskKey, Task] = {}
        self.known: dict[TaskKey, Task] = {}
        """The same, some of them seen again since: of that nobody is told."""
        self.roster = Roster(SOURCES, lambda key: self.known.get(key))
        self.place = Place()
        self.text, self.sort, self.now = "", Sort(), NOW
        self.marks: set[TaskKey] = set()
        self.pins: frozenset[TaskKey] = frozenset()
        self.asked: object = None

    def teardown(self) -> None:
        """The real sizes again."""
        self.slices.undo()

    def show(self) -> None:
        """What the deck does after each change."""
        was, line = self.place.task, self.place.cursor - self.place.top
        head, home, waiting = self.place.top == 0, self.place.at_home, self.place.waiting
        if self.roster.question != self.asked and self.place.hidden is not None:
            was, head = self.place.hidden, True  # which line it gets depends on where it was
        self.asked = self.roster.question
        self.place.show(self.roster.rows, self.roster)
        if was is None or waiting or not self.place.rows or self.roster.working:
            return
        index = self.roster.find(was.key)
        if index is not None and not (home and index >= self.place.height):
            assert self.place.key == was.key
            lines = self.place.cursor - self.place.top
            assert lines == line or head or self.place.top == 0 or self.place.window.stop == len(self.place.rows)
        assert 0 <= self.place.cursor < len(self.place.rows)
        assert self.place.cursor in self.place.window

    @rule(some=st.lists(tasks, max_size=8), linger=st.booleans())
    def change(self, some: list[Task], linger: bool) -> None:
        new = {one.key: one for one in some}
        moved = [Moved(key, self.known.get(key), one) for key, one in new.items()]
        self.known |= new
        self.told |= new
        self.roster.change(moved, self.now, linger=linger)
        self.show()

    @rule(data=st.data(), at=st.integers(0, 9_000))
    def seen_again(self, data: st.DataObject, at: int) -> None:
        again = data.draw(st.lists(st.sampled_from(sorted(self.known)), max_size=4)) if self.known else []
        self.known |= {key: self.known[key].seen(at, str(at)) for key in again}

    @rule(data=st.data())
    def leave(self, data: st.DataObject) -> None:
        gone = data.draw(st.lists(st.sampled_from(sorted(self.known)), max_size=4)) if self.known else []
        moved = [Moved(key, self.known.pop(key), None) for key in dict.fromkeys(gone)]
        for key in gone:
            self.told.pop(key, None)
        self.roster.change(moved, self.now)
        self.show()

    @rule(text=st.sampled_from(QUERIES), turns=st.integers(0, 3))
    def ask(self, text: str, turns: int) -> None:
        self.text = text
        query = parse(text) if text else None
        self.roster.order(Sort(*query.sort) if query and query.sort else self.sort, self.now)
        self.roster.ask(query, self.now)
        self.roster.work(bounded(turns))
        self.show()

    @precondition(lambda self: "sort:" not in self.text)
    @rule(text=st.sampled_from(SORTS), turns=st.integers(0, 9))
    def order(self, text: str, turns: int) -> None:
        self.sort = Sort.of(text)
        self.roster.order(self.sort, self.now)
        self.roster.work(bounded(turns))
        self.show()

    @precondition(lambda self: "sort:" not in self.text)
    @rule(turns=st.integers(0, 9))
    def invert(self, turns: int) -> None:
        self.sort = self.sort._replace(descending=not self.sort.descending)
        self.roster.order(self.sort, self.now)
        self.roster.work(bounded(turns))
        self.show()

    @rule(seconds=st.integers(1, 90))
    def wait(self, seconds: int) -> None:
        self.now += 1000 * seconds
        self.roster.let_go(self.now)
        self.roster.again(self.now)

    @rule()
    def finish(self) -> None:
        self.roster.work(lambda: True)
        self.show()

    @rule(by=st.integers(-5, 5))
    def move(self, by: int) -> None:
        self.place.move(by)

    @rule(height=st.integers(1, 9))
    def resize(self, height: int) -> None:
        self.place.resize(height)

    @rule(data=st.data(), turns=st.integers(0, 9))
    def pin(self, data: st.DataObject, turns: int) -> None:
        keys = [*sorted(self.known), TaskKey("src", "fn", "not known")]
        self.pins = frozenset(data.draw(st.lists(st.sampled_from(keys), max_size=3)))
        self.roster.pin(self.pins, self.now)
        self.roster.work(bounded(turns))
        self.show()

    @rule()
    def mark(self) -> None:
        if self.place.key is not None:
            self.marks ^= {self.place.key}

    @invariant()
    def whole(self) -> None:
        """At rest, and looked at again, the rows are those of a plain view at this moment."""
        if not self.roster.work(lambda: False):
            return
        self.roster.let_go(self.now)
        self.roster.again(self.now)
        self.roster.work(lambda: True)
        query = parse(self.text) if self.text else None
        limit = query.limit if query is not None else None
        view = View(replace(query, limit=None) if query else None, self.sort.field, self.sort.descending)
        rows = view.of(self.told.values(), SOURCES, self.now)
        rows.sort(key=lambda one: one.key not in self.pins)  # stable: in both parts the order holds
        assert list(self.roster.rows) == rows[:limit]
        assert [self.roster.find(one.key) for one in self.roster.rows] == list(range(len(self.roster.rows)))
        assert self.roster.shown == len(self.roster.rows)
        assert self.roster.total == len(self.known)


Screen.TestCase.settings = settings(stateful_step_count=30)
TestScreen = Screen.TestCase


@given(st.lists(tasks, max_size=30), st.sampled_from(SORTS))
def test_ranks_are_unique_and_order_as_the_view_does(some: list[Task], sort: str) -> None:
    unique = list({one.key: one for one in some}.values())
    by = Sort.of(sort)
    rank = ranker(by, SOURCES)
    assert sorted(unique, key=lambda one: rank(one, NOW)) == View(None, *by).of(unique, SOURCES, NOW)
    assert len({repr(rank(one, NOW)[-4:]) for one in unique}) == len(unique)


@given(st.lists(tasks, max_size=30), st.integers(0, 3))
def test_oldest_first_is_newest_first_the_other_way_round_but_for_ties(some: list[Task], now: int) -> None:
    for way, sort in ((-1, Sort()), (1, Sort(descending=True))):
        ranks = [(way * one.born, one.key.id, one.key.scope, one.key.source) for one in some]
        assert [ranker(sort, SOURCES)(one, now) for one in some] == ranks
        assert [as_of(ranker(sort, SOURCES), now)(one) for one in some] == ranks


@given(st.sets(st.integers(0, 60)), st.sets(st.integers(0, 60)), st.sets(st.integers(0, 60)))
def test_a_splice_is_a_set_operation(there: set[int], out: set[int], into: set[int]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tui.view.ordered.PART", 4)
        ordered = spliced(there, out, into)
    assert [ordered.rank(one) for one in ordered] == [(one,) for one in sorted((there - out) | into)]
    assert [ordered[at] for at in range(len(ordered))] == list(ordered)
    assert {one.key.id for one in ordered if one.state is State.FAILED} == {str(one) for one in into}
    assert all(ordered.at((one,)) == sum(each < one for each in (there - out) | into) for one in range(61))


def spliced(there: set[int], out: set[int], into: set[int]) -> Ordered:
    """Some tasks, then without some and with others; those are FAILED."""
    ordered = Ordered(lambda one: (int(one.key.id),)).splice([(None, (one,), task(str(one))) for one in there])
    before = list(ordered)
    after = ordered.splice(
        [
            *(((one,), None, None) for one in out - into),
            *(((one,) if one in out else None, (one,), task(str(one), State.FAILED)) for one in into),
        ]
    )
    assert list(ordered) == before, "who still looks at the old rows sees them whole"
    return after


def test_what_leaves_no_tasks_leaves_none() -> None:
    none = Ordered(lambda one: (int(one.key.id),))
    after = none.splice([((1,), None, None)])
    assert (len(after), list(after.under(lambda one: (0,)))) == (0, [])


@pytest.mark.parametrize("turns", range(6))
def test_a_task_that_changes_on_its_way_into_the_order_of_when_it_was_seen_has_one_row(
    turns: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.view.roster.AT_ONCE", 0)
    monkeypatch.setattr("tui.view.arranging.SLICE", 1)
    roster = Roster(SOURCES, nobody)
    three = [task(ident, created_at=NOW, seen_at=at) for at, ident in enumerate("abc")]
    roster.change([Moved(one.key, None, one) for one in three], NOW)
    roster.order(Sort("seen"), NOW)
    roster.work(bounded(turns))
    again = three[1].seen(99, "again")  # as the store has it by now
    roster.change([Moved(again.key, again, again._replace(state=State.FAILED))], NOW)
    roster.work(lambda: True)
    assert [(one.id, one.state) for one in roster.rows] == [
        ("a", State.RUNNING),
        ("c", State.RUNNING),
        ("b", State.FAILED),
    ]


def test_the_order_that_rows_are_in_is_there_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.view.roster.AT_ONCE", 0)
    roster = Roster(SOURCES, nobody)
    many = [task(f"{at:05}", name="x", created_at=NOW - at) for at in range(2 * PART)]
    roster.change([Moved(one.key, None, one) for one in many], NOW)
    roster.order(Sort(), NOW, as_shown)
    assert roster.work(lambda: False)
    roster.order(Sort("id", descending=True), NOW)
    assert not roster.work(bounded(2))
    roster.order(Sort(), NOW)
    assert roster.work(lambda: False)
    assert list(roster.rows) == many


def test_the_other_direction_of_what_no_task_has_is_the_same_where_some_are_watched() -> None:
    there = {one.key: one for one in (task(ident, created_at=NOW) for ident in "ab")}
    roster = Roster(SOURCES, there.get)
    roster.change([Moved(key, None, one) for key, one in there.items()], NOW)
    roster.pin(frozenset({task("b").key}), NOW)
    for descending in (False, True):
        roster.order(Sort("retries", descending), NOW)
        assert [one.id for one in roster.rows] == ["b", "a"]


@given(
    born=st.lists(st.sampled_from([None, 0, 1, 2, 3]), max_size=40),
    sort=st.sampled_from(["", "name", "retries", "created"]),
    ranking=st.sampled_from([ranker, as_shown]),
    pins=st.sets(st.integers(0, 39), max_size=3),
    changes=st.lists(st.tuples(st.integers(0, 39), st.sampled_from([None, "a", "b"])), max_size=4),
    turns=st.integers(0, 5),
)
def test_the_other_direction_needs_no_sorting(
    born: list[int | None],
    sort: str,
    ranking: Ranking,
    pins: set[int],
    changes: list[tuple[int, str | None]],
    turns: int,
) -> None:
    by = {
        at: task(str(at), name=str(when or "") or None, created_at=when, retries=when) for at, when in enumerate(born)
    }
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tui.view.roster.AT_ONCE", 0)
        patch.setattr("tui.view.ordered.PART", 4)
        patch.setattr("tui.view.inverting.PART", 4)
        roster = Roster(SOURCES, lambda key: by.get(int(key.id)))
        roster.change([Moved(one.key, None, one) for one in by.values()], NOW)
        roster.order(Sort(sort), NOW, ranking)
        roster.work(lambda: True)
        roster.pin(frozenset(by[at].key for at in pins if at in by), NOW)
        patch.setattr("tui.view.arranging.sorted", None, raising=False)
        roster.order(Sort(sort, descending=True), NOW, ranking)
        roster.work(bounded(turns))
        roster.pin(frozenset(), NOW)
        for at, name in changes:
            if (old := by.get(at)) is not None:
                by[at] = old._replace(name=name)
                roster.change([Moved(old.key, old, by[at])], NOW)
        roster.work(lambda: True)
    assert list(roster.rows) == View(None, sort, descending=True).of(by.values(), SOURCES, NOW)


def test_the_first_rows_are_there_before_all_tasks_were_looked_at() -> None:
    roster = Roster(SOURCES, nobody)
    many = [task(f"{at:05}", name="x" if at % 2 else "y", created_at=NOW - at) for at in range(20 * PART)]
    roster.change([Moved(one.key, None, one) for one in many], NOW)
    roster.ask(parse("name:x"), NOW)
    assert ENOUGH <= len(roster.rows) <= AT_LEAST * PART < len(many) // 2
    assert roster.working
    assert roster.work(lambda: True)
    assert len(roster.rows) == len(many) // 2
    assert not roster.working


def test_rows_that_match_stay_until_there_are_new_ones() -> None:
    roster = Roster(SOURCES, nobody)
    many = [task(f"{at:05}", name="last" if at == 19 * PART else "x", created_at=NOW - at) for at in range(20 * PART)]
    roster.change([Moved(one.key, None, one) for one in many], NOW)
    roster.ask(parse("name:last"), NOW)
    assert (len(roster.rows), roster.shown) == (len(many), 0)
    assert roster.working
    assert roster.work(lambda: True)
    assert [one.name for one in roster.rows] == ["last"]


def test_after_a_refresh_words_are_made_of_what_it_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    roster = Roster(SOURCES, nobody)
    looked_at: list[Task] = []

    def own(one: Task) -> str:
        looked_at.append(one)
        return f"{one.key.id} {one.error}"

    many = [task(f"{at:05}", created_at=NOW - at) for at in range(2 * PART)]
    roster.change([Moved(one.key, None, one) for one in many], NOW)
    roster.ask(parse("nothing"), NOW)
    assert roster.work(lambda: True)
    other = many[9]._replace(error="nothing")
    roster.change([Moved(other.key, many[9], other)], NOW)
    monkeypatch.setattr("tui.query.words._own", own)
    roster.ask(parse("nothing"), NOW)
    assert roster.work(lambda: True)
    assert (list(roster.rows), looked_at) == ([other], [other])


def test_what_was_made_of_a_part_is_not_kept_for_ever() -> None:
    roster, one = Roster(SOURCES, nobody), task("a")
    roster.change([Moved(one.key, None, one)], NOW)
    roster.ask(parse("a"), NOW)
    assert roster.work(lambda: True)
    roster.ask(None, NOW)
    kept = []
    for at in range(CHANGES + 1):
        before, one = one, one._replace(progress=float(at))
        roster.change([Moved(one.key, before, one)], NOW)
        rows = roster.every()
        assert isinstance(rows, Ordered)
        kept.append(rows.parts[0].origin is not None)
    assert kept == [*[True] * CHANGES, False]


def test_a_row_that_matches_no_more_lingers_and_does_not_count() -> None:
    roster = Roster(SOURCES, nobody)
    one, other = task("a"), task("b")
    roster.change([Moved(one.key, None, one), Moved(other.key, None, other)], NOW)
    roster.ask(parse("state:run"), NOW)
    roster.work(lambda: True)
    roster.change([Moved(one.key, one, one._replace(state=State.SUCCEEDED))], NOW, linger=True)
    assert ([row.state for row in roster.rows], roster.shown) == ([State.SUCCEEDED, State.RUNNING], 1)
    assert not roster.let_go(NOW - 1)
    assert roster.let_go(NOW)
    assert list(roster.rows) == [other]


def test_a_field_that_there_is_not_is_refused() -> None:
    with pytest.raises(UsageError, match="did you mean created"):
        Roster(SOURCES, nobody).order(Sort("creatd"), NOW)
