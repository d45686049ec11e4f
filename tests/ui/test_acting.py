"""Acting on tasks: the menu, the question, what must be typed, one after another, and what the screen says then."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import events
from textual.pilot import Pilot

from tests.ui.driving import driven, press, settle, strips, text
from tests.ui.fake_desk import NOW, SOURCES, FakeDesk
from tui.deeds import DELETE, STOP, Deed, Done
from tui.errors import BadRequest, Denied, Unavailable
from tui.model import State, Task, TaskKey
from tui.ui import errands, glyphs, themes
from tui.ui.action_menu import ActionMenu, Deeds
from tui.ui.acts.acting import READ_ONLY
from tui.ui.confirm import Asking, Confirm, Question
from tui.ui.detail import TaskScreen
from tui.ui.edit import Edit
from tui.ui.help import HelpScreen
from tui.ui.home import Home
from tui.ui.titles import Pen

pytestmark = pytest.mark.screen

PEN = Pen(themes.load("deck-dark"), glyphs.UNICODE, NOW, utc=True)


def granted(*prod: str) -> FakeDesk:
    desk = FakeDesk()
    desk.read_only = False
    desk.prod = set(prod)
    return desk


def seek(home: Home, source: str, *states: State) -> Task:
    """Puts the cursor on the first task of a source in one of some states."""
    task = next(one for one in home.active.place.rows if one.key.source == source and one.state in states)
    assert home.active.place.seek(task.key)
    return task


def on_top(pilot: Pilot[int]) -> object:
    return pilot.app.screen


async def marked(pilot: Pilot[int], home: Home, tasks: Sequence[Task]) -> None:
    """Marks them with the key."""
    for task in tasks:
        assert home.active.place.seek(task.key)
        await press(pilot, "space")


def live(home: Home, source: str, count: int) -> list[Task]:
    found = [one for one in home.active.place.rows if one.key.source == source and one.state is State.RUNNING]
    assert len(found) >= count
    return found[:count]


class TestTheGrant:
    async def test_without_it_the_key_says_what_it_takes_and_there_is_no_hint_and_no_line_in_the_help(self) -> None:
        desk = FakeDesk()
        async with driven(desk, (120, 40), "0") as (pilot, home):
            seek(home, "thumbs", State.RUNNING)
            await press(pilot, "A")
            assert on_top(pilot) is home
            assert "READ-ONLY" in text(pilot)
            assert "A stop" not in text(pilot)
            assert READ_ONLY in text(pilot)
            await press(pilot, "question_mark")
            assert isinstance(on_top(pilot), HelpScreen)
            assert "stop, delete" not in text(pilot)
            await press(pilot, "escape", "enter", "A")
            assert isinstance(on_top(pilot), TaskScreen)
            assert READ_ONLY in text(pilot)
            assert "A stop" not in text(pilot)
        assert desk.acted == []

    async def test_with_it_the_header_the_hints_and_the_help_say_so(self) -> None:
        async with driven(granted(), (200, 60), "0") as (pilot, _):
            assert "WRITE" in text(pilot).splitlines()[0]
            assert "A stop, delete" in text(pilot).splitlines()[-1]
            await press(pilot, "question_mark")
            assert "stop, delete" in text(pilot)

    async def test_a_grant_that_ends_ends_the_menu_too(self) -> None:
        desk = granted()
        async with driven(desk, (120, 40), "0") as (_, home):
            desk.read_only = True
            home.errand([seek(home, "thumbs", State.RUNNING)])
            assert len(home.app.screen_stack) == 1

    async def test_another_key_may_be_given_to_it(self) -> None:
        async with driven(granted(), (120, 40), "0", keys={"act": "ctrl-x"}) as (pilot, home):
            seek(home, "thumbs", State.RUNNING)
            await press(pilot, "A")
            assert on_top(pilot) is home
            await press(pilot, "ctrl+x")
            assert isinstance(on_top(pilot), ActionMenu)


class TestOneTask:
    async def test_the_menu_says_what_it_will_do_and_y_does_it_once(self) -> None:
        desk = granted()
        async with driven(desk, (120, 40), "0") as (pilot, home):
            task = seek(home, "thumbs", State.RUNNING)
            await press(pilot, "A")
            assert "asks the provider to stop it; it may still finish" in text(pilot)
            assert f"FC {task.key.id} RUN" in text(pilot)
            await press(pilot, "enter")
            assert isinstance(on_top(pilot), Confirm)
            assert task.key.id in text(pilot)
            assert desk.acted == []
            await press(pilot, "y")
            assert desk.acted == [(STOP, task.key)]
            assert f"{task.key.id} stop: accepted (request r-1); it is stopping now (Stopping)" in text(pilot)
            shown = desk.store.get(task.key)
            assert shown is not None
            assert shown.state is State.STOPPING

    @pytest.mark.parametrize("key", ["n", "enter", "escape", "space", "Y", "s", "A"])
    async def test_any_key_but_y_does_nothing(self, key: str) -> None:
        desk = granted()
        async with driven(desk, (120, 40), "0") as (pilot, home):
            seek(home, "thumbs", State.RUNNING)
            await press(pilot, "A", "s", key)
            assert on_top(pilot) is home
            assert "nothing was done" in text(pilot)
        assert desk.acted == []

    async def test_the_menu_is_left_with_any_other_key(self) -> None:
        desk = granted()
        async with driven(desk, (120, 40), "0") as (pilot, home):
            seek(home, "thumbs", State.RUNNING)
            for key in ("escape", "q", "A"):
                await press(pilot, "A", key)
                assert on_top(pilot) is home
        assert desk.acted == []

    async def test_what_cannot_be_done_is_there_with_its_reason_and_is_not_done(self) -> None:
        desk = granted()
        async with driven(desk, (120, 40), "0") as (pilot, home):
            task = seek(home, "thumbs", State.SUCCEEDED)
            await press(pilot, "A")
            assert "cannot be done now" in text(pilot)
            assert f"it has ended: {task.native_state}" in text(pilot)
            await press(pilot, "enter")
            assert on_top(pilot) is home
            assert f"stop: it has ended: {task.native_state}" in text(pilot)
        assert desk.acted == []

    async def test_of_a_failed_kps_task_the_record_is_deleted_and_its_row_leaves(self) -> None:
        desk = granted()
        async with driven(desk, (120, 40), "5") as (pilot, home):
            task = seek(home, "keys", State.FAILED)
            await press(pilot, "A")
            assert "KPS has no operation that stops a task" in text(pilot)
            await press(pilot, "d", "y")
            assert desk.acted == [(DELETE, task.key)]
            assert "the provider does not know it any more" in text(pilot)
            home.board.take(NOW + 10_000)
            home.take()
            assert desk.store.get(task.key) is None

    async def test_a_refusal_is_one_line_with_code_and_request(self) -> None:
        desk = granted()
        async with driven(desk, (120, 40), "0") as (pilot, home):
            task = seek(home, "thumbs", State.RUNNING)
            desk.act_errors[task.key] = Denied("you may \x1b[31mnot", code="Forbidden", request_id="r-7")
            await press(pilot, "A", "s", "y")
            assert "stop: refused: Forbidden you may" in text(pilot)
            assert "(request r-7)" in text(pilot)
            assert "\x1b" not in text(pilot)

    async def test_without_an_answer_it_may_have_been_done(self) -> None:
        desk = granted()
        async with driven(desk, (120, 40), "0") as (pilot, home):
            task = seek(home, "thumbs", State.RUNNING)
            desk.act_errors[task.key] = Unavailable("no whole answer within 30 s", code="TimedOut")
            await press(pilot, "A", "s", "y")
            assert "no answer: it may have been done: TimedOut" in text(pilot)
            assert desk.acted == [(STOP, task.key)]

    async def test_without_a_task_there_is_nothing_to_act_on(self) -> None:
        desk = FakeDesk(0)
        desk.read_only = False
        async with driven(desk, (120, 40), "0", "A") as (pilot, home):
            assert on_top(pilot) is home
            assert "no task to act on" in text(pilot)


class TestProd:
    async def test_the_id_is_typed_and_nothing_else_will_do(self) -> None:
        desk = granted("thumbs")
        async with driven(desk, (120, 40), "0") as (pilot, home):
            task = seek(home, "thumbs", State.RUNNING)
            await press(pilot, "A", "s")
            assert "ali-prod: marked prod. Type this to do it:" in text(pilot)
            await press(pilot, "y")
            assert isinstance(on_top(pilot), Confirm)
            await press(pilot, "backspace", *task.key.id[:-1], "enter")
            assert "that is not it" in text(pilot)
            assert desk.acted == []
            await press(pilot, task.key.id[-1], "enter")
            assert on_top(pilot) is home
            assert desk.acted == [(STOP, task.key)]

    async def test_esc_leaves_it(self) -> None:
        desk = granted("thumbs")
        async with driven(desk, (120, 40), "0") as (pilot, home):
            task = seek(home, "thumbs", State.RUNNING)
            await press(pilot, "A", "s", *task.key.id, "escape")
            assert "nothing was done" in text(pilot)
        assert desk.acted == []

    async def test_it_may_be_pasted(self) -> None:
        desk = granted("thumbs")
        async with driven(desk, (120, 40), "0") as (pilot, home):
            task = seek(home, "thumbs", State.RUNNING)
            await press(pilot, "A", "s")
            pilot.app.post_message(events.Paste(f"{task.key.id}\n"))
            await settle(pilot)
            assert desk.acted == []
            await press(pilot, "enter")
            assert desk.acted == [(STOP, task.key)]

    async def test_the_other_accounts_are_asked_for_y(self) -> None:
        desk = granted("thumbs")
        async with driven(desk, (120, 40), "0") as (pilot, home):
            task = seek(home, "commands", State.RUNNING)
            await press(pilot, "A", "s", "y")
            assert desk.acted == [(STOP, task.key)]

    async def test_with_marked_tasks_the_kind_and_the_number_are_typed(self) -> None:
        desk = granted("thumbs")
        async with driven(desk, (120, 40), "0") as (pilot, home):
            tasks = [*live(home, "thumbs", 1), *live(home, "commands", 1)]
            await marked(pilot, home, tasks)
            await press(pilot, "A", "s", *"stop", "space", "3", "enter")
            assert "that is not it" in text(pilot)
            await press(pilot, "backspace", "2", "enter")
            assert {key for _, key in desk.acted} == {task.key for task in tasks}


class TestMarkedTasks:
    async def test_all_that_can_be_acted_on_are_after_one_question(self) -> None:
        desk = granted()
        async with driven(desk, (120, 40), "0") as (pilot, home):
            tasks = [*live(home, "thumbs", 3), *live(home, "commands", 2)]
            ended = [seek(home, "thumbs", State.SUCCEEDED)]
            await marked(pilot, home, [*tasks, *ended])
            await press(pilot, "A")
            assert "6 marked tasks" in text(pilot)
            assert "stop: 5 of 6 tasks" in text(pilot)
            assert "not with 1: it has ended" in text(pilot)
            await press(pilot, "s")
            assert "and 2 more" in text(pilot)
            assert desk.acted == []
            await press(pilot, "y")
            assert {key for _, key in desk.acted} == {task.key for task in tasks}
            assert len(desk.acted) == 5
            assert "stop: 5 of 5 accepted" in text(pilot)
            assert home.board.marked == {ended[0].key}, "what was not done stays marked"

    async def test_what_was_refused_is_counted_and_stays_marked(self) -> None:
        desk = granted()
        async with driven(desk, (200, 60), "0") as (pilot, home):
            first, second, third = tasks = live(home, "thumbs", 3)
            desk.act_errors[first.key] = BadRequest("too late", code="TooLate", request_id="r-8")
            desk.act_errors[second.key] = Unavailable("gone quiet", code="TimedOut")
            await marked(pilot, home, tasks)
            await press(pilot, "A", "s", "y")
            assert (
                "stop: 1 of 3 accepted; 1 may have been done: TimedOut gone quiet; "
                "1 refused: TooLate too late (request r-8)"
            ) in text(pilot)
            assert home.board.marked == {first.key, second.key}
            assert third.key not in home.board.marked

    async def test_marks_of_tasks_that_have_left_are_no_tasks(self) -> None:
        desk = granted()
        async with driven(desk, (120, 40), "0") as (pilot, home):
            (task,) = live(home, "thumbs", 1)
            home.board.marked |= {task.key, TaskKey("thumbs", "", "left")}
            await press(pilot, "A", "s", "y")
            assert desk.acted == [(STOP, task.key)]

    async def test_esc_leaves_the_rest_and_a_second_errand_waits(self) -> None:
        desk = granted()
        desk.gate.clear()
        async with driven(desk, (120, 40), "0") as (pilot, home):
            tasks = live(home, "thumbs", 3)
            await marked(pilot, home, tasks)
            await press(pilot, "A", "s", "y")
            assert "stop: asking, 1 of 3" in text(pilot)
            await press(pilot, "A")
            assert "still asking" in text(pilot)
            assert on_top(pilot) is home
            await press(pilot, "escape")
            desk.gate.set()
            await settle(pilot)
            assert len(desk.acted) == 1
            assert "stop: 1 of 3 accepted; 2 not asked for" in text(pilot)
            assert len(home.board.marked) == 2


class TestOnATask:
    async def test_it_goes_on_when_the_screen_is_left(self) -> None:
        desk = granted()
        desk.gate.clear()
        async with driven(desk, (120, 40), "0") as (pilot, home):
            task = seek(home, "thumbs", State.RUNNING)
            await press(pilot, "enter", "A", "s", "y")
            assert isinstance(on_top(pilot), TaskScreen)
            assert "stop: asking .." in text(pilot)
            await press(pilot, "escape")
            assert on_top(pilot) is home
            desk.gate.set()
            await settle(pilot)
            assert desk.acted == [(STOP, task.key)]
            assert "stop: accepted" in text(pilot)

    async def test_the_task_is_asked_again_afterwards(self) -> None:
        desk = granted()
        async with driven(desk, (120, 40), "0") as (pilot, home):
            task = seek(home, "thumbs", State.RUNNING)
            await press(pilot, "enter")
            assert desk.asked == [task.key]
            await press(pilot, "A", "s", "y")
            assert desk.asked == [task.key, task.key]
            assert "STOP" in text(pilot).splitlines()[1]

    async def test_marks_are_no_part_of_it(self) -> None:
        desk = granted()
        async with driven(desk, (120, 40), "0") as (pilot, home):
            first, second = live(home, "thumbs", 2)
            await marked(pilot, home, [first])
            assert home.active.place.seek(second.key)
            await press(pilot, "enter", "A", "s", "y")
            assert desk.acted == [(STOP, second.key)]


TASKS = st.lists(
    st.builds(
        lambda source, ident, state: Task(TaskKey(source, "", ident), state),
        st.sampled_from([source.name for source in SOURCES]),
        st.text(min_size=1),
        st.sampled_from(State),
    ),
    min_size=1,
    max_size=12,
    unique_by=lambda task: task.key,
)


class TestLines:
    @given(TASKS, st.integers(60, 200), st.text())
    def test_foreign_texts_and_many_tasks_stay_within_the_box(self, tasks: list[Task], cells: int, said: str) -> None:
        def deeds(task: Task) -> Sequence[Deed]:
            why_not = "" if task.state.live else f"{said} {task.state.value} " + "界" * 90
            return (
                Deed(STOP, "stop", f"asks {said} {task.key.id}", why_not),
                Deed(DELETE, "delete record", said, "no"),
            )

        found = errands.offers(tasks, deeds)
        menu = Deeds(PEN, said, found, cells)
        width = min(76, cells)
        height = int(menu.styles.height.value) if menu.styles.height else 0
        lines = menu.draw(width, height)
        assert {strip.cell_length for strip in lines} == {width}
        assert lines[-1].text.startswith("  Enter take")
        for offer in found:
            assert offer.size + len(offer.barred) == len(tasks)
            if offer.legal:
                question = Question(
                    offer.title,
                    list(errands.named([task for task, _ in offer.doable])),
                    list(offer.what()),
                    offer.typed({source.name for source in SOURCES}),
                    "prod",
                )
                asking = Asking(PEN, question, Edit(said), cells)
                drawn = asking.draw(width, 20)
                assert {strip.cell_length for strip in drawn} == {width}
                assert len(drawn) <= 20
                assert "Enter" in drawn[-1].text

    @given(TASKS, st.integers(0, 12))
    def test_the_summary_is_one_line_that_counts_them_all(self, tasks: list[Task], got: int) -> None:
        deed = Deed(STOP, "stop", "asks")
        offer = errands.Offer(STOP, "stop", tuple((task, deed) for task in tasks))
        errors = (None, BadRequest("no\nway", code="A"), Unavailable("lost", code="TimedOut"))
        done = [Done(task.key, deed, error=errors[at % 3]) for at, task in enumerate(tasks)][:got]
        said = errands.summary(offer, done)
        assert "\n" not in said
        if len(tasks) > 1:
            assert f"{len(done[::3])} of {len(tasks)} accepted" in said
            assert (f"{len(tasks) - len(done)} not asked for" in said) is (len(done) < len(tasks))


async def test_the_dialogs_fit_the_smallest_screen() -> None:
    desk = granted(*(source.name for source in SOURCES))
    async with driven(desk, (60, 15), "0") as (pilot, home):
        await marked(pilot, home, [*live(home, "thumbs", 3), *live(home, "commands", 3)])
        await press(pilot, "A")
        assert "asks the provider to stop it" in text(pilot)
        await press(pilot, "s", *"stop")
        assert "> stop" in text(pilot)
        assert all(strip.cell_length == 60 for strip in strips(pilot))
