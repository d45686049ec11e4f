"""What a run has seen of its tasks: each move once, how it was seen and between when; bounded."""

from __future__ import annotations

from tests.tasks import NOW, SOURCE, task
from tui.model import State
from tui.seen import BY_ID, LIST, MOST, TASKS, Seen, Sight
from tui.store import Round, Store


def test_the_store_keeps_how_a_task_moved() -> None:
    store = Store([SOURCE])
    queued = task("a", State.QUEUED, seen_at=NOW)
    store.merge(Round(SOURCE), [queued], at=NOW)
    assert store.seen.of(queued.key) == ()
    store.merge(Round(SOURCE), [queued._replace(seen_at=NOW + 5)], at=NOW + 5)
    running = queued._replace(state=State.RUNNING, seen_at=NOW + 9)
    store.merge(Round(SOURCE), [running], at=NOW + 9)
    store.settle(SOURCE, [running._replace(state=State.FAILED, native_state="Failed", seen_at=NOW + 20)])
    assert store.seen.of(queued.key) == (
        Sight(NOW + 5, State.QUEUED, None, LIST),
        Sight(NOW + 9, State.RUNNING, None, LIST, NOW + 5),
        Sight(NOW + 20, State.FAILED, "Failed", BY_ID, NOW + 9),
    )


def test_what_only_moves_within_its_state_is_no_move() -> None:
    seen = Seen()
    seen.note(task(progress=3), task(progress=9), LIST)
    seen.note(None, task(), LIST)
    assert len(seen) == 0


def test_it_holds_so_many_tasks_and_so_many_moves() -> None:
    seen = Seen()
    for at in range(TASKS + 50):
        seen.note(task(f"t{at}"), task(f"t{at}", State.FAILED), LIST)
    assert len(seen) == TASKS
    assert not seen.of(task("t0").key)
    for at in range(200):
        flipped = (State.RUNNING, State.RETRYING)
        seen.note(task("x", flipped[at % 2]), task("x", flipped[1 - at % 2], seen_at=at), LIST)
    sights = seen.of(task("x").key)
    assert len(sights) == MOST
    assert sights[-1].at == 199
