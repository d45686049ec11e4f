"""The board: filters and orders by view, what holds beside them, what is new, changed or leaving."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui.errors import UsageError
from tui.model import Source, State, Task, TaskKey
from tui.status import SourceStatus
from tui.store import Round, Store
from tui.ui.board import AGAIN, ALL, AT_ONCE, DECK, LATER, MOMENT, Board
from tui.ui.desk import Provider
from tui.view import Sort

NOW = 1_768_465_800_000
FC, TAT = Source("fn", "alibaba-fc", "ali", "cn-hangzhou"), Source("cmd", "tencent-tat", "tx", "ap-gz")
PROVIDERS = (Provider("alibaba-fc", 1, "FC", "Functions"), Provider("tencent-tat", 4, "TAT", "Commands"))


def row(source: Source, ident: str, state: State = State.RUNNING, **facts: Any) -> Task:
    return Task(key=TaskKey(source.name, "", ident), state=state, **facts)


class Stage:
    """A board over a store of its own, at rest after each step."""

    def __init__(self) -> None:
        self.store = Store([FC, TAT])
        self.board = Board(self.store, PROVIDERS, {"am": "name:x"}, utc=True)
        self.now = NOW

    def put(self, source: Source, *tasks: Task) -> None:
        self.store.merge(Round(source), tasks)
        self.store.set_status(SourceStatus(source=source, answered_at=self.now, tasks=len(tasks)))

    def look(self, *digits: int) -> dict[int, list[str]]:
        """The ids that panes show."""
        self.board.take(self.now)
        self.board.use(digits, self.now)
        while not (self.board.work(lambda: True) and self.board.rest(lambda: True)):
            pass
        return {digit: [task.key.id for task in rows] for digit, rows in self.board.rows.items()}


@pytest.fixture
def stage() -> Stage:
    found = Stage()
    found.put(FC, row(FC, "a", name="x"), row(FC, "b", State.FAILED, name="y"))
    found.put(TAT, row(TAT, "c", name="x"), row(TAT, "d", State.FAILED, name="y"))
    return found


def test_the_filter_of_the_deck_holds_for_its_panes_and_a_panes_own_for_itself(stage: Stage) -> None:
    stage.board.ask(DECK, "name:y")
    assert stage.look(1, 4) == {1: ["b"], 4: ["d"]}
    stage.board.ask(4, "state:run")
    assert stage.look(1, 4) == {1: ["b"], 4: []}
    assert stage.board.beside(4) == "name:y"
    stage.board.ask(DECK, "")
    assert stage.look(1, 4) == {1: ["a", "b"], 4: ["c"]}
    assert stage.look(ALL) == {ALL: ["a", "b", "c", "d"]}, "all tasks have a filter of their own"
    assert [stage.board.text(view) for view in (DECK, ALL, 1, 4)] == ["", "", "", "state:run"]


def test_a_pinned_filter_holds_everywhere_until_it_is_taken_off(stage: Stage) -> None:
    stage.board.pin("state:bad")
    assert stage.look(ALL) == {ALL: ["b", "d"]}
    assert stage.look(1, 4) == {1: ["b"], 4: ["d"]}
    assert [stage.board.beside(view) for view in (DECK, ALL, 4)] == ["state:bad"] * 3
    stage.board.ask(ALL, "src:tat")
    assert stage.look(ALL) == {ALL: ["d"]}
    stage.board.pin("")
    assert stage.look(ALL) == {ALL: ["c", "d"]}


def test_a_wrong_filter_leaves_the_last_good_one_in_place(stage: Stage) -> None:
    stage.board.ask(ALL, "name:y")
    stage.board.ask(ALL, "name:y age<2")
    assert stage.look(ALL) == {ALL: ["b", "d"]}
    verdict = stage.board.verdict(ALL, NOW)
    assert "unit" in verdict.wrong
    assert verdict.start >= len("name:y ")
    assert stage.board.verdict(DECK, NOW).wrong == ""
    stage.board.ask(ALL, "age<2 name:x")
    assert stage.look(ALL) == {ALL: ["b", "d"]}, "wrong before its end"


def test_a_clause_that_is_being_typed_hides_nothing(stage: Stage) -> None:
    for text, ids in (
        ("state", []),
        ("state:", ["a", "b", "c", "d"]),
        ("name:y sta:", ["b", "d"]),
        ("(", ["a", "b", "c", "d"]),
    ):
        stage.board.ask(ALL, text)
        assert stage.look(ALL) == {ALL: ids}, text


def test_an_empty_result_names_the_clause_that_emptied_it(stage: Stage) -> None:
    stage.board.ask(ALL, "src:tat name:zzz state:fail")
    assert stage.look(ALL) == {ALL: []}
    assert "0 of 4; without name:zzz: 1" in stage.board.verdict(ALL, NOW).told
    stage.board.ask(ALL, "src:tat")
    stage.look(ALL)
    assert "without" not in stage.board.verdict(ALL, NOW).told


def test_each_pane_has_an_order_and_one_in_the_filter_wins(stage: Stage) -> None:
    stage.board.order(ALL, Sort("id", descending=True))
    assert stage.look(ALL, 1) == {ALL: ["d", "c", "b", "a"], 1: ["a", "b"]}
    stage.board.ask(ALL, "sort:id")
    assert stage.look(ALL)[ALL] == ["a", "b", "c", "d"]
    stage.board.ask(ALL, "")
    assert stage.look(ALL)[ALL] == ["d", "c", "b", "a"]
    with pytest.raises(UsageError):
        stage.board.order(ALL, Sort("nosuch"))


def test_what_is_new_or_changed_or_leaving_is_told_for_a_moment(stage: Stage) -> None:
    stage.look(ALL)
    assert not stage.board.signs(ALL), "what the first read brings is not new"
    stage.board.ask(ALL, "state:run")
    stage.look(ALL)
    stage.put(FC, row(FC, "a", State.SUCCEEDED, name="x"), row(FC, "e"))
    stage.put(TAT, row(TAT, "c", name="z"))
    assert stage.look(ALL) == {ALL: ["a", "c", "e"]}
    signs = {key.id: sign for key, sign in stage.board.signs(ALL).items()}
    assert signs == {"a": "gone", "c": "changed", "e": "new"}
    assert stage.board.verdict(ALL, NOW).told.startswith("2 of 5"), "a row that only lingers does not count"
    stage.now += MOMENT
    assert stage.board.settle(stage.now)
    assert not stage.board.signs(ALL)
    assert stage.look(ALL) == {ALL: ["c", "e"]}


def test_what_changes_twice_is_told_for_a_moment_from_the_second_time_on(stage: Stage) -> None:
    stage.look(ALL)
    stage.put(FC, row(FC, "a", State.FAILED))
    stage.look(ALL)
    stage.now += MOMENT - 1
    stage.put(FC, row(FC, "a", State.SUCCEEDED))
    stage.look(ALL)
    stage.now += 1
    assert not stage.board.settle(stage.now)
    assert [*stage.board.signs(ALL).values()] == ["changed"]
    stage.now += MOMENT - 1
    assert stage.board.settle(stage.now)
    assert not stage.board.signs(ALL)


def test_marks_and_news_can_be_asked_for(stage: Stage) -> None:
    stage.look(ALL)
    stage.board.ask(ALL, "mark:yes")
    assert stage.look(ALL) == {ALL: []}
    stage.board.marked.add(TaskKey("fn", "", "b"))
    assert stage.look(ALL) == {ALL: ["b"]}
    stage.board.ask(ALL, "new:yes")
    stage.put(FC, row(FC, "f"))
    assert stage.look(ALL) == {ALL: ["f"]}
    stage.store.expire(FC, oldest=NOW, most=0)
    stage.put(FC, row(FC, "b", State.FAILED, name="y", ended_at=1))
    stage.store.expire(FC, oldest=NOW, most=0)
    stage.look(ALL)
    assert TaskKey("fn", "", "b") not in stage.board.marked, "a task that is gone leaves no mark"


def test_counts_follow_every_change(stage: Stage) -> None:
    stage.look(1, 4)
    stage.put(FC, row(FC, "b", State.SUCCEEDED, name="y"), row(FC, "g"))
    stage.look(1, 4)
    facts = stage.board.fact(1)
    assert facts is not None
    assert +facts.counts == {State.RUNNING: 2, State.SUCCEEDED: 1}


def test_a_view_that_was_not_on_the_screen_has_caught_up(stage: Stage) -> None:
    many = [row(FC, f"n{at:05}") for at in range(AT_ONCE + 700)]
    stage.look(4)
    stage.put(FC, *many)
    stage.look(4)
    assert len(stage.look(1)[1]) == len(many) + 2
    assert len(stage.look(ALL)[ALL]) == len(many) + 4


def test_a_view_that_nobody_sees_waits_until_it_is_shown_and_then_shows_no_row_that_has_left(stage: Stage) -> None:
    stage.board.ask(4, "state:run")
    assert stage.look(4) == {4: ["c"]}
    stage.look(1)
    stage.put(TAT, row(TAT, "c", State.SUCCEEDED, name="x"), row(TAT, "e", name="x"))
    stage.look(1)
    assert {4, ALL} <= stage.board._waiting.keys()
    assert stage.look(4) == {4: ["e"]}
    assert 4 not in stage.board._waiting


def test_what_waits_for_a_view_that_nobody_sees_is_bounded(stage: Stage) -> None:
    for at in range(3):
        stage.put(TAT, *(row(TAT, f"t{at}-{one:04}") for one in range(LATER)))
        stage.look(1)
        assert all(len(keys) <= LATER for keys in stage.board._waiting.values())
    assert len(stage.look(4)[4]) == 3 * LATER + 2


@given(st.lists(st.tuples(st.sampled_from([FC, TAT]), st.integers(0, 9), st.sampled_from(State), st.integers(0, 4))))
def test_whichever_view_is_shown_when_its_rows_are_those_of_the_store(
    steps: list[tuple[Source, int, State, int]],
) -> None:
    stage = Stage()
    stage.board.ask(ALL, "state:run")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tui.ui.board.LATER", 2)
        for source, one, state, digit in steps:
            stage.put(source, row(source, f"t{one}", state))
            shown = ALL if digit == ALL else 1 if digit < 3 else 4
            found = set(stage.look(shown)[shown])
            leaving = {key.id for key in stage.board.where(shown).leaving}
            wanted = {
                task.key.id
                for name, digit in ((FC.name, 1), (TAT.name, 4))
                for task in stage.store.tasks(name).values()
                if shown == digit or (shown == ALL and task.state is State.RUNNING)
            }
            assert found - leaving <= wanted <= found


SOME = st.lists(st.integers(0, 5), min_size=1, max_size=4, unique=True)
STEPS = st.tuples(
    st.one_of(
        st.tuples(st.just("put"), SOME, st.sampled_from([State.RUNNING, State.FAILED])),
        st.tuples(st.just("again"), st.just([*range(6)]), st.integers(10, 99)),
        st.tuples(st.sampled_from(["forget", "settle", "take", "pin"]), SOME, st.just(0)),
        st.tuples(st.just("sort"), SOME, st.sampled_from(["", "seen", "state", "dur", "req", "age"])),
        st.tuples(st.just("filter"), SOME, st.sampled_from(["", "state:run", "x"])),
    ),
    st.sampled_from([None, ALL, 1, 4]),
    st.integers(0, 4),
)


def test_a_task_without_times_has_one_row_however_often_it_was_seen(stage: Stage) -> None:
    for sort in ("", "seen"):
        stage.board.order(ALL, Sort(sort))
        for at, state in enumerate([State.QUEUED, State.STOPPING, State.FAILED]):
            stage.put(FC, row(FC, "a", state, seen_at=10 * at + 1))
            stage.look(ALL)
            stage.put(FC, row(FC, "a", state, seen_at=10 * at + 2))
        assert sorted(stage.look(ALL)[ALL]) == ["a", "b", "c", "d"]


def happens(stage: Stage, what: str, some: list[int], how: Any, step: int) -> None:
    """One thing that a store, somebody at the keys or the clock of the screen does."""
    tasks = [row(FC, f"t{one}", name="x", created_at=NOW if one < 2 else None) for one in some]
    match what:
        case "put":
            stage.put(FC, *(one._replace(state=how, seen_at=step, request_id=str(step)) for one in tasks))
        case "again":
            known = [found for one in tasks if (found := stage.store.get(one.key)) is not None]
            stage.put(FC, *(one._replace(seen_at=how, request_id=str(how)) for one in known))
        case "forget":
            stage.store.forget(tasks[0].key)
        case "settle":
            stage.store.settle(FC, [one._replace(state=State.FAILED, seen_at=step) for one in tasks])
        case "take":
            stage.board.take(NOW)
        case "sort":
            stage.board.order(ALL, Sort(how))
        case "pin":
            stage.board.pins = frozenset(one.key for one in tasks)
        case "filter":
            stage.board.ask(ALL, how)


@settings(max_examples=40)
@given(steps=st.lists(STEPS, max_size=30), held=st.booleans())
def test_a_view_that_lags_behind_the_store_loses_no_row_and_keeps_none(
    steps: list[tuple[tuple[str, list[int], Any], int | None, int]], *, held: bool
) -> None:
    """Tasks without times of their own stand where they were seen: the store sees them again, a view does not."""
    stage = Stage()
    if held:  # rows that the store had before there was a screen
        stage.put(FC, *(row(FC, f"t{one}", name="x", seen_at=one) for one in range(8)))
        stage.board = Board(stage.store, PROVIDERS, {}, utc=True)
    with pytest.MonkeyPatch.context() as patch:
        for name, size in (("LATER", 2), ("AT_ONCE", 1), ("A_TURN", 1)):
            patch.setattr(f"tui.ui.board.{name}", size)
        patch.setattr("tui.view.roster.AT_ONCE", 3)
        patch.setattr("tui.view.arranging.SLICE", 1)
        patch.setattr("tui.view.ordered.PART", 2)
        for step, ((what, some, how), digit, count) in enumerate(steps):
            happens(stage, what, some, how, step)
            if digit is not None:
                turns = iter(range(count))
                stage.board.take(NOW)
                stage.board.use([digit], NOW)
                stage.board.work(lambda turns=turns: next(turns, None) is not None)  # type: ignore[misc]  # a lambda with a default
        stage.board.ask(ALL, "")
        shown = stage.look(ALL, 1)
        known = stage.store.tasks(FC.name)
        for digit in (ALL, 1):
            assert sorted(shown[digit]) == sorted(key.id for key in known)
            where = stage.board.where(digit)
            assert list(where.rows) == [known[one.key] for one in where.rows]
            assert [where.find(one.key) for one in where.rows] == list(range(len(known)))


def test_what_words_search_is_there_before_the_first_character(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = stage.look(ALL)
    stage.board.expect()
    assert not stage.board.rest(lambda: False), "there is something to make"
    assert stage.look(ALL) == shown
    monkeypatch.setattr("tui.query.Words", None)  # none is made from here on
    stage.board.ask(ALL, "cmd")
    assert sorted(stage.look(ALL)[ALL]) == ["c", "d"]


def test_the_next_picture_waits_for_the_rows_that_it_shows_and_no_others(stage: Stage) -> None:
    stage.put(FC, *(row(FC, f"n{at:05}", name="x" if at % 2 else "y") for at in range(6_000)))
    stage.look(ALL)
    stage.board.ask(ALL, "name:x")
    stage.board.use([ALL], NOW)
    stage.board.fill(lambda: True)
    first = len(stage.board.rows[ALL])
    assert 200 <= first < 2_000
    assert stage.board.verdict(ALL, NOW).told.startswith(f"{first:,}+ of 6,004")
    assert len(stage.look(ALL)[ALL]) == 3_002


def test_while_all_is_looked_at_once_more_the_count_stands_still(stage: Stage) -> None:
    stage.put(FC, *(row(FC, f"n{at:05}", created_at=NOW - at) for at in range(600)))
    stage.board.ask(ALL, "age<2d")
    stage.look(ALL)
    told = stage.board.verdict(ALL, NOW).told
    assert told.startswith("600 of")
    stage.board.settle(NOW + AGAIN)
    assert not stage.board.work(lambda: False), "there is something to look at"
    assert stage.board.verdict(ALL, NOW).told == told
