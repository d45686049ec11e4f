"""The store against a plain dict, and what a Change says."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tests.tasks import NOW, SOURCE, task
from tui.model import STAGE, Source, State, Task, TaskKey
from tui.status import Change, SourceStatus, Trouble, Word
from tui.store import Round, Store, outdated

OTHER = Source("other", "tencent-tat", "tx", "")
tasks = st.builds(
    lambda ident, scope, state, name, ended: task(
        ident, state, scope=scope, name=name, ended_at=ended if state.final else None
    ),
    st.sampled_from("abcd"),
    st.sampled_from(["fn", "other"]),
    st.sampled_from(State),
    st.sampled_from(["x", "y"]),
    st.sampled_from([None, 10, 50, 150]),
)


class StoreAgainstDict(RuleBasedStateMachine):
    """Reads land, tasks are settled, old ones leave; after each step the store is what a dict says."""

    @initialize()
    def begin(self) -> None:
        self.store = Store([SOURCE, OTHER])
        self.dict: dict[TaskKey, Task] = {}
        self.read = Round(SOURCE)
        self.shown: dict[TaskKey, Task] = {}

    def told(self, change: Change, after: dict[TaskKey, Task], version: int) -> None:
        """The change is exactly the difference, each task once."""
        differing = {key: one for key, one in after.items() if self.dict.get(key) != one}
        assert {one.key: one for one in change.upserted} == differing
        assert len(change.upserted) == len(differing)
        assert sorted(change.gone) == sorted(self.dict.keys() - after.keys())
        assert bool(change) == bool(change.upserted or change.gone) == (self.store.version > version)
        self.dict = after

    @rule()
    def another_read(self) -> None:
        self.read, self.shown = Round(SOURCE), {}

    @rule(page=st.lists(tasks, max_size=5), oldest=st.sampled_from([-math.inf, 100]))
    def a_page_lands(self, page: list[Task], oldest: float) -> None:
        after = dict(self.dict)
        for one in page:
            before = self.shown.get(one.key)
            latest = before if before and STAGE[before.state] > STAGE[one.state] else one
            self.shown[one.key] = latest
            held = self.dict.get(one.key)
            earlier = held and STAGE[latest.state] < STAGE[held.state]
            goes_back = held and earlier and (latest.state is not State.UNKNOWN or held.state.final)
            is_news_of_old = (
                held is None and latest.state.final and latest.ended_at is not None and latest.ended_at < oldest
            )
            if is_news_of_old:
                after.pop(one.key, None)
            elif not goes_back:
                after[one.key] = latest
        version = self.store.version
        self.told(self.store.merge(self.read, page, at=NOW, oldest=oldest), after, version)

    @rule(found=st.lists(tasks, max_size=3, unique_by=lambda one: one.key))
    def tasks_are_settled(self, found: list[Task]) -> None:
        version = self.store.version
        after = self.dict | {one.key: one for one in found}
        self.told(self.store.settle(SOURCE, found, at=NOW), after, version)

    @rule(oldest=st.sampled_from([-math.inf, 1, 100]), most=st.sampled_from([1, 3, math.inf]))
    def old_ones_leave(self, oldest: float, most: float) -> None:
        kept = {key: one for key, one in self.dict.items() if not outdated(one, oldest)}
        ended = sorted((one for one in kept.values() if one.state.final), key=lambda one: one.since)
        for one in ended[: max(0, len(kept) - int(min(most, 99)))]:
            del kept[one.key]
        version = self.store.version
        self.told(self.store.expire(SOURCE, oldest=oldest, most=most, at=NOW), kept, version)

    @rule(data=st.data())
    def one_is_forgotten(self, data: st.DataObject) -> None:
        if self.dict:
            key = data.draw(st.sampled_from(sorted(self.dict)))
            self.store.forget(key)
            self.dict = {known: one for known, one in self.dict.items() if known != key}

    @invariant()
    def the_store_is_the_dict(self) -> None:
        tasks = self.store.tasks(SOURCE.name)
        assert tasks == self.dict
        assert (len(tasks), len([*tasks.values()]), set(tasks)) == (len(self.dict), len(self.dict), set(self.dict))
        assert all(self.store.get(key) == one for key, one in self.dict.items())
        assert self.store.get(TaskKey(OTHER.name, "fn", "a")) is None
        assert self.store.tasks(OTHER.name) == {}

    @invariant()
    def what_no_list_showed_is_to_be_settled(self) -> None:
        unseen = self.store.unseen(self.read)
        assert {one.key for one in unseen} == {
            key for key, one in self.dict.items() if one.state.live and key not in self.shown
        }


StoreAgainstDict.TestCase.settings = settings(stateful_step_count=20)
TestStoreAgainstDict = StoreAgainstDict.TestCase


def held(store: Store, ident: str = "t1") -> State:
    found = store.get(TaskKey("src", "fn", ident))
    assert found is not None
    return found.state


@pytest.mark.parametrize("final", [one for one in State if one.final and one is not State.VANISHED])
@pytest.mark.parametrize("live", [one for one in State if one.live])
def test_a_final_state_goes_back_by_an_explicit_read_only(final: State, live: State) -> None:
    store = Store([SOURCE])
    store.merge(Round(SOURCE), [task(state=final)])
    assert not store.merge(Round(SOURCE), [task(state=live)])
    assert held(store) is final
    assert store.settle(SOURCE, [task(state=live)]).upserted == (task(state=live),)
    assert held(store) is live


@pytest.mark.parametrize("shown", [one for one in State if one is not State.VANISHED])
def test_any_row_replaces_vanished(shown: State) -> None:
    store = Store([SOURCE])
    store.settle(SOURCE, [task(state=State.VANISHED)])
    assert store.merge(Round(SOURCE), [task(state=shown)])
    assert held(store) is shown


@pytest.mark.parametrize("order", [(State.RUNNING, State.SUCCEEDED), (State.SUCCEEDED, State.RUNNING)])
def test_within_one_read_the_later_stage_wins_in_either_order(order: tuple[State, State]) -> None:
    apart, together = Store([SOURCE]), Store([SOURCE])
    read = Round(SOURCE)
    for state in order:
        apart.merge(read, [task(state=state)])
    change = together.merge(Round(SOURCE), [task(state=state) for state in order])
    assert held(apart) is held(together) is State.SUCCEEDED
    assert [one.state for one in change.upserted] == [State.SUCCEEDED]


def test_an_earlier_stage_than_was_known_is_doubted_until_a_by_id_read_says_so() -> None:
    store = Store([SOURCE])
    store.merge(Round(SOURCE), [task(state=State.RUNNING), task("done", State.SUCCEEDED)])
    read = Round(SOURCE)
    assert not store.merge(read, [task(state=State.QUEUED), task("done", State.RUNNING)])
    assert {key.id: one.state for key, one in read.doubted.items()} == {"t1": State.RUNNING, "done": State.SUCCEEDED}
    assert store.unseen(read) == ()
    store.merge(read, [task("done", State.SUCCEEDED)])  # a later list of the same read
    assert [key.id for key in read.doubted] == ["t1"]
    store.settle(SOURCE, [task(state=State.QUEUED)])
    assert held(store) is State.QUEUED


def test_a_state_that_nobody_knows_is_news_of_a_live_task_and_doubted_of_an_ended_one() -> None:
    store = Store([SOURCE])
    store.merge(Round(SOURCE), [task(state=State.RUNNING), task("done", State.SUCCEEDED)])
    read = Round(SOURCE)
    store.merge(read, [task(state=State.UNKNOWN), task("done", State.UNKNOWN)])
    assert (held(store), held(store, "done")) == (State.UNKNOWN, State.SUCCEEDED)
    assert [key.id for key in read.doubted] == ["done"]


def test_when_it_was_seen_is_kept_and_is_no_change() -> None:
    store = Store([SOURCE])
    store.merge(Round(SOURCE), [task(seen_at=1, request_id="a")])
    assert not store.merge(Round(SOURCE), [task(seen_at=2, request_id="b")])
    found = store.get(TaskKey("src", "fn", "t1"))
    assert found is not None
    assert (found.seen_at, found.request_id) == (2, "b")


def test_a_live_task_never_leaves() -> None:
    store = Store([SOURCE])
    store.merge(Round(SOURCE), [task(str(at), created_at=1) for at in range(9)])
    assert not store.expire(SOURCE, oldest=NOW, most=1)
    assert len(store.tasks("src")) == 9


def test_an_ended_task_without_any_time_stays() -> None:
    assert not outdated(task(state=State.FAILED), math.inf)


@pytest.mark.parametrize(
    "facts", [{"ended_at": 5}, {"started_at": 5}, {"created_at": 5}, {"created_at": 1, "ended_at": 5}]
)
def test_the_window_counts_from_the_end_else_the_start_else_the_creation(facts: dict[str, Any]) -> None:
    ended = task(state=State.SUCCEEDED, **facts)
    assert outdated(ended, 6)
    assert not outdated(ended, 5)


def test_an_old_task_does_not_come_and_go_with_every_read() -> None:
    store = Store([SOURCE])
    old = task(state=State.SUCCEEDED, ended_at=1)
    for _ in range(2):
        assert not store.merge(Round(SOURCE), [old], [{}], oldest=100)
        assert not store.expire(SOURCE, oldest=100, most=10)
    assert store.raw(old.key) is None


class TestRawRows:
    def test_the_row_is_that_of_the_task_that_is_kept(self) -> None:
        store = Store([SOURCE])
        read = Round(SOURCE)
        store.merge(read, [task(state=State.FAILED)], [{"row": "failed"}])
        store.merge(read, [task(state=State.RUNNING)], [{"row": "running"}])
        store.merge(Round(SOURCE), [task(state=State.RUNNING)], [{"row": "running"}])
        assert store.raw(TaskKey("src", "fn", "t1")) == {"row": "failed"}

    def test_the_cache_is_bounded_and_lets_the_oldest_go(self) -> None:
        store = Store([SOURCE], raw_rows=2)
        for at in "abca":
            store.merge(Round(SOURCE), [task(at)], [{"row": at}])
        assert [store.raw(TaskKey("src", "fn", at)) for at in "abc"] == [{"row": "a"}, None, {"row": "c"}]

    @pytest.mark.parametrize(("most", "kept"), [(0, 0), (math.inf, 9)])
    def test_none_or_all_may_be_kept(self, most: float, kept: int) -> None:
        store = Store([SOURCE], raw_rows=most)
        found = [task(str(at)) for at in range(9)]
        store.merge(Round(SOURCE), found, [{"row": at} for at in range(9)])
        assert sum(store.raw(one.key) is not None for one in found) == kept

    def test_it_leaves_with_its_task(self) -> None:
        store = Store([SOURCE])
        ended = task(state=State.FAILED, ended_at=1)
        store.merge(Round(SOURCE), [ended], [{}])
        store.expire(SOURCE, oldest=2, most=9)
        assert store.raw(ended.key) is None


@pytest.mark.parametrize("state", [State.FAILED, State.RUNNING])
def test_a_record_that_was_deleted_is_forgotten(state: State) -> None:
    store = Store([SOURCE])
    feed = store.follow()
    deleted = task(state=state)
    store.merge(Round(SOURCE), [deleted, task("other")], [{}, {}])
    feed.take()
    store.forget(deleted.key)
    assert [one.key.id for one in store.tasks("src").values()] == ["other"]
    assert (store.get(deleted.key), store.raw(deleted.key)) == (None, None)
    assert deleted.key not in store.live("src")
    assert [(one.key, one.after) for one in feed.take()] == [(deleted.key, None)]
    before = store.version
    store.forget(deleted.key)
    assert (store.version, feed.take()) == (before, [])


def test_a_source_is_loading_until_it_is_read_and_added_again_it_keeps_its_rows() -> None:
    store = Store()
    store.add_source(SOURCE, 7)
    assert store.status("src").word(NOW) is Word.LOADING
    store.merge(Round(SOURCE), [task()])
    store.set_status(SourceStatus(source=SOURCE, answered_at=NOW, tasks=1))
    store.add_source(SOURCE, 7)
    assert len(store.tasks("src")) == 1
    assert store.status("src").word(NOW) is Word.LIVE
    assert store.get(TaskKey("nobody", "", "t1")) is None


@pytest.mark.parametrize(
    ("age", "tasks_", "missing", "word"),
    [
        (0, 1, (), Word.LIVE),
        (0, 0, (), Word.EMPTY),
        (0, 1, ("x",), Word.PARTIAL),
        (0, 0, ("x",), Word.PARTIAL),
        (19_999, 1, (), Word.LIVE),
        (20_000, 1, ("x",), Word.SLOW),
        (49_999, 0, (), Word.SLOW),
        (50_000, 1, ("x",), Word.STALE),
        (-5_000, 1, (), Word.LIVE),
    ],
)
def test_the_word_of_a_source_by_the_age_of_its_last_answer(
    age: int, tasks_: int, missing: tuple[str, ...], word: Word
) -> None:
    status = SourceStatus(source=SOURCE, interval=10, answered_at=NOW - age, tasks=tasks_, missing=missing)
    assert status.word(NOW) is word


def test_what_goes_on_being_wrong_has_been_so_since_it_began() -> None:
    store = Store([SOURCE])

    def since(word: Word | None, at: int) -> int | None:
        trouble = None if word is None else Trouble(word)
        store.set_status(replace(store.status("src"), trouble=trouble, troubled_at=at))
        return store.status("src").wrong_since

    assert since(None, 5) is None
    assert [since(Word.OFFLINE, at) for at in (10, 20, 30)] == [10, 10, 10]
    assert since(Word.AUTH, 40) == 40
    assert since(None, 40) is None
    assert since(Word.AUTH, 60) == 60


def test_what_went_wrong_is_tried_again_at_the_providers_hint_or_at_the_next_turn() -> None:
    trouble = Trouble(Word.THROTTLED, retry_at=NOW + 5)
    status = SourceStatus(source=SOURCE, trouble=trouble, next_at=NOW + 9)
    assert [status.retry_at(NOW + at) for at in (0, 5, 9)] == [NOW + 5, NOW + 9, None]
    assert replace(status, trouble=None).retry_at(NOW) is None


def test_a_screen_shares_the_texts_that_tasks_have_in_common() -> None:
    """Of 100,000 rows of JSON most texts are copies."""

    def row(ident: str) -> Task:
        words = [f"{word}-{len(ident)}" for word in ("Running", "nightly", "task", "LATEST", "OOM")]
        return task(ident, native_state=words[0], name=words[1], kind=words[2], target=words[3], error=words[4])

    store = Store([SOURCE])
    store.follow()
    rows = [row("a"), row("b")]
    store.merge(Round(SOURCE), rows)
    one, other = (store.get(each.key) for each in rows)
    assert (one, other) == tuple(rows)
    assert one is not None
    assert other is not None
    assert one.name is other.name
    assert one.error is other.error
    assert one.key.scope is other.key.scope


def test_a_feed_tells_each_task_once_from_what_it_was_to_what_it_is() -> None:
    store = Store([SOURCE])
    store.merge(Round(SOURCE), [task("old"), task("gone", State.SUCCEEDED, ended_at=5)])
    feed = store.follow()
    assert feed.take() == []
    store.merge(Round(SOURCE), [task("old", name="x"), task("new"), task("brief")])
    store.merge(Round(SOURCE), [task("old", name="y"), task("brief", State.SUCCEEDED, ended_at=1)])
    store.settle(SOURCE, [task("new", State.FAILED)])
    store.expire(SOURCE, oldest=10, most=math.inf)
    assert len(feed) == 4
    told = {one.key.id: (one.before, one.after) for one in feed.take()}
    assert told == {
        "old": (task("old"), task("old", name="y")),
        "new": (None, task("new", State.FAILED)),
        "gone": (task("gone", State.SUCCEEDED, ended_at=5), None),
    }, "what came and went between two looks is nothing"
    assert feed.take() == []
    store.merge(Round(SOURCE), [task("old", name="y", seen_at=9)])
    assert feed.take() == []
    assert (store.get(task("old").key) or task("old")).seen_at == 9
