"""The watch list without a screen: the keys, the words, and the loop that asks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tasks import NOW, task
from tui.budget import Urgency, urgency
from tui.errors import AuthError, CallError, Throttled, Unavailable
from tui.model import Source, State, Task, TaskKey
from tui.status import SourceStatus, Trouble, Word
from tui.store import Round, Store
from tui.watch import KNOWN, KNOWN_TERM, MOST, TOLD, Watched, ended, key_of, notice, to_ask, way_of
from tui.watching import Watching

parts = st.text(min_size=1, max_size=12).filter(lambda text: "%2F" not in text)


@given(parts, st.one_of(st.just(""), parts), parts)
def test_a_key_survives_being_written_down(source: str, scope: str, ident: str) -> None:
    key = TaskKey(source.replace("/", "-"), scope, ident)
    assert key_of(str(key)) == key


@pytest.mark.parametrize("text", ["", "x", "/x", "x/", "a/b/c/d"])
def test_what_is_no_task_is_none(text: str) -> None:
    assert key_of(text) is None


def test_at_most_so_many() -> None:
    many = [task(str(at)).key for at in range(MOST + 1)]
    watched = Watched(many)
    assert len(watched) == MOST
    assert many[-1] not in watched
    assert "the watch list holds 50" in watched.toggle([many[-1]])
    assert "off the watch list" in watched.toggle(many[:2])
    assert watched.toggle([many[-1]], living=False).endswith(" pinned on top; it has ended, so nothing is asked")
    assert watched.listed[-1] == str(many[-1])
    assert not watched.drop([many[0]])
    assert watched.drop(many)
    assert watched.toggle([]) == "no task to watch"


@pytest.mark.parametrize("living", [True, False])
def test_what_is_said_of_one_fits_into_80_cells(living: bool) -> None:
    said = Watched().toggle([task("0123456789" * 9 + "end").key], living=living)
    assert said.startswith("0123456789")
    assert "end pinned on top" in said
    assert len(said) < 80


def test_what_is_said_of_the_end() -> None:
    one = task("t-1", State.FAILED, error="exit 1\x1b[2J\n")
    assert ended([one]) == "t-1 FAIL exit 1\u241b"
    assert ended([one, task("b", State.SUCCEEDED), task("c", State.SUCCEEDED)]) == "3 watched tasks ended: 2 OK, 1 FAIL"
    assert len(ended([one._replace(error="e" * 9_999)])) <= TOLD


@pytest.mark.parametrize(
    ("choice", "environ", "way"),
    [
        ("auto", {}, "bell"),
        ("auto", {"TERM": "xterm-256color"}, "bell"),
        ("auto", {"TERM": "xterm-kitty"}, "osc9"),
        ("auto", {"TERM": "foot-extra"}, "osc777"),
        ("auto", {"TERM": "rxvt-unicode-256color"}, "osc777"),
        ("auto", {"TERM_PROGRAM": "WezTerm", "TERM": "xterm-256color"}, "osc9"),
        ("auto", {"TERM_PROGRAM": "iTerm.app", "TMUX": "x"}, "bell"),
        ("auto", {"TERM": "xterm-kitty", "STY": "x"}, "bell"),
        ("bell", {"TERM": "xterm-kitty"}, "bell"),
        ("osc777", {"TMUX": "x"}, "osc777"),
        ("off", {"TERM": "xterm-kitty"}, ""),
    ],
)
def test_how_somebody_is_told(choice: str, environ: Mapping[str, str], way: str) -> None:
    assert way_of(choice, environ) == way


def test_every_known_terminal_has_a_way_that_there_is() -> None:
    assert {*KNOWN.values(), *KNOWN_TERM.values()} == {"osc9", "osc777"}
    assert notice("", "x") == ""
    assert notice("bell", "x") == "\x07"
    assert notice("osc9", "a\x07b") == "\x07\x1b]9;taskdeck: a\u2407b\x07"
    assert notice("osc777", "a;b") == "\x07\x1b]777;notify;taskdeck;a,b\x07"


# The loop, in a world where time is what the loop says: nothing here waits.

HERE, THERE = Source("here", "alibaba-fc", "a", ""), Source("there", "tencent-tat", "b", "")


class Adapter:
    """Answers what a test has put there, and remembers who was asked how."""

    at_once: ClassVar[int] = 2

    def __init__(self, answer: Callable[[Task], Task] = lambda one: one) -> None:
        self.answer = answer
        self.asked: list[list[str]] = []
        self.urgencies: set[Urgency] = set()
        self.error: CallError | None = None
        self.gate = asyncio.Event()
        self.gate.set()

    async def settle(self, tasks: Sequence[Task]) -> Sequence[Task]:
        """Tasks asked by id."""
        self.asked.append([one.key.id for one in tasks])
        self.urgencies.add(urgency.get())
        await self.gate.wait()
        if self.error is not None:
            raise self.error
        return [self.answer(one) for one in tasks]


def filled(*idents: str, source: Source = HERE, store: Store | None = None) -> Store:
    store = store or Store([HERE, THERE])
    store.merge(Round(source), [task(one, source=source.name) for one in idents], at=NOW)
    return store


def keys(store: Store) -> frozenset[TaskKey]:
    return frozenset(key for name in store.sources for key in store.tasks(name))


async def turns(count: int = 30) -> None:
    """Lets everybody go on for a while; no time passes."""
    for _ in range(count):
        await asyncio.sleep(0)


async def running(watching: Watching) -> asyncio.Task[None]:
    started = asyncio.create_task(watching.run())
    await turns()
    return started


async def stopped(started: asyncio.Task[None]) -> None:
    started.cancel()
    await asyncio.gather(started, return_exceptions=True)


async def test_what_lives_is_asked_in_portions_as_watched_and_stored() -> None:
    store, changes = filled("a", "b", "c"), []
    store.settle(HERE, [task("d", State.SUCCEEDED, source="here")], at=NOW)
    adapter = Adapter(lambda one: one._replace(state=State.FAILED))
    watching = Watching(store, {"here": adapter}, changed=lambda: changes.append(1), now=lambda: NOW)
    watching.watch(keys(store))
    started = await running(watching)
    assert sorted(map(len, adapter.asked)) == [1, 2]
    assert {one for some in adapter.asked for one in some} == {"a", "b", "c"}
    assert adapter.urgencies == {Urgency.WATCHED}
    assert {one.state for one in store.tasks("here").values()} == {State.FAILED, State.SUCCEEDED}
    assert len(changes) == 2
    assert not to_ask(keys(store), store.get), "who has ended is asked no more"
    await stopped(started)


async def test_nobody_is_asked_for_an_empty_list_or_for_what_is_not_known() -> None:
    store, adapter = filled("a"), Adapter()
    watching = Watching(store, {"here": adapter}, changed=lambda: None, now=lambda: NOW)
    watching.watch(frozenset({TaskKey("here", "fn", "unknown"), TaskKey("nowhere", "", "x")}))
    started = await running(watching)
    assert adapter.asked == []
    watching.watch(keys(store))
    await turns()
    assert adapter.asked == [["a"]], "at once, not at the next turn"
    await stopped(started)


async def test_a_source_that_hangs_holds_up_no_other_and_is_asked_once() -> None:
    store = filled("b", source=THERE, store=filled("a"))
    here, there = Adapter(), Adapter()
    here.gate.clear()
    watching = Watching(store, {"here": here, "there": there}, changed=lambda: None, now=lambda: NOW, every=0)
    watching.watch(keys(store))
    started = await running(watching)
    while len(there.asked) < 3:
        await turns(1)
    assert len(here.asked) == 1
    await stopped(started)


@pytest.mark.parametrize("word", [Word.AUTH, Word.DENIED, Word.NOKEY])
async def test_a_source_that_has_stopped_calling_is_left_alone(word: Word) -> None:
    store, adapter = filled("a"), Adapter()
    store.set_status(SourceStatus(source=HERE, trouble=Trouble(word)))
    watching = Watching(store, {"here": adapter}, changed=lambda: None, now=lambda: NOW, every=0)
    watching.watch(keys(store))
    started = await running(watching)
    assert adapter.asked == []
    await stopped(started)


SLOW = Throttled("slow")
SLOW.retry_after = 5.0


@pytest.mark.parametrize("error", [SLOW, Unavailable("off"), AuthError("no")])
async def test_a_failure_is_a_pause_for_that_source(error: CallError, monkeypatch: pytest.MonkeyPatch) -> None:
    store, adapter = filled("a"), Adapter()
    adapter.error = error
    pauses: list[float] = []
    real = asyncio.sleep

    async def sleep(seconds: float) -> None:
        if seconds:
            pauses.append(seconds)
        await real(0)

    monkeypatch.setattr("tui.watching.asyncio.sleep", sleep)
    watching = Watching(store, {"here": adapter}, changed=lambda: None, now=lambda: NOW, every=0.001)
    watching.watch(keys(store))
    started = asyncio.create_task(watching.run())
    while len(pauses) < 4:
        await real(0)
    if isinstance(error, AuthError):
        assert set(pauses) == {60.0}
    elif isinstance(error, Throttled):
        assert set(pauses) == {5.0}
    else:
        assert pauses[:4] == [0.002, 0.004, 0.008, 0.016]
    assert {one.state for one in store.tasks("here").values()} == {State.RUNNING}
    await stopped(started)


async def test_who_is_not_found_by_id_may_still_be_in_a_list() -> None:
    store = filled("a")
    watching = Watching(
        store,
        {"here": Adapter(lambda one: one._replace(state=State.VANISHED))},
        changed=lambda: None,
        now=lambda: NOW,
    )
    watching.watch(keys(store))
    started = await running(watching)
    assert [one.state for one in store.tasks("here").values()] == [State.RUNNING]
    await stopped(started)


async def test_a_task_that_was_forgotten_meanwhile_does_not_come_back() -> None:
    store, adapter = filled("a"), Adapter()
    adapter.gate.clear()
    watching = Watching(store, {"here": adapter}, changed=lambda: None, now=lambda: NOW)
    watching.watch(keys(store))
    started = await running(watching)
    store.forget(next(iter(keys(store))))
    adapter.gate.set()
    await turns()
    assert keys(store) == frozenset()
    await stopped(started)


async def test_a_bug_of_ours_is_raised() -> None:
    class Broken(Adapter):
        async def settle(self, tasks: Sequence[Task]) -> Sequence[Task]:
            """A bug."""
            raise ZeroDivisionError

    store = filled("a")
    watching = Watching(store, {"here": Broken()}, changed=lambda: None, now=lambda: NOW)
    watching.watch(keys(store))
    with pytest.raises(ExceptionGroup, match="unhandled"):
        await watching.run()
