"""The cursor is a task, not a line."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tui.model import State, Task, TaskKey
from tui.ui.place import Place


def rows(*names: str) -> list[Task]:
    return [Task(key=TaskKey("s", "", name), state=State.RUNNING) for name in names]


def placed(*names: str, height: int = 3, cursor: int = 0) -> Place:
    place = Place()
    place.show(rows(*names))
    place.resize(height)
    place.go(cursor)
    return place


def shown(place: Place) -> str:
    return "".join(place.rows[at].key.id for at in place.window)


def test_the_cursor_and_its_line_stay_when_rows_come_above() -> None:
    place = placed(*"abcdefgh", cursor=5)
    assert shown(place) == "def"
    place.show(rows(*"xyzabcdefgh"))
    assert place.key == TaskKey("s", "", "f")
    assert shown(place) == "def"


def test_at_the_head_new_rows_are_seen_and_the_cursor_moves_down_with_its_task() -> None:
    place = placed(*"abc")
    place.show(rows(*"xabc"))
    assert (shown(place), place.cursor) == ("xab", 1)


def test_until_one_moves_the_head_stays_in_sight() -> None:
    place = Place()
    place.resize(3)
    place.show(rows(*"abc"))
    place.show(rows(*"vwxyzabc"))
    assert (shown(place), place.cursor) == ("vwx", 0)
    place.move(1)
    place.show(rows(*"12345vwxyzabc"))
    assert place.key == TaskKey("s", "", "w")


def test_home_goes_back_to_staying_at_the_head() -> None:
    place = placed(*"abcdef", cursor=4)
    place.home()
    place.show(rows(*"uvwxyzabcdef"))
    assert place.cursor == 0


def test_the_nearest_neighbour_has_the_cursor_when_its_task_leaves() -> None:
    place = placed(*"abcdef", cursor=2)
    place.show(rows(*"abdef"))
    assert place.key == TaskKey("s", "", "d")
    place.show(rows(*"ab"))
    assert place.key == TaskKey("s", "", "b")
    place.show(rows(*"xyz"))
    assert place.cursor == 1
    place.show([])
    assert place.key is None
    assert place.task is None
    place.move(1)
    assert not place.seek(TaskKey("s", "", "a"))


def test_pages_move_window_and_cursor() -> None:
    place = placed(*"abcdefghij", height=4)
    place.page(4)
    assert (shown(place), place.cursor) == ("efgh", 4)
    place.page(40)
    assert (shown(place), place.cursor) == ("ghij", 9)
    place.page(-40)
    assert (shown(place), place.cursor) == ("abcd", 0)


def test_steps_to_what_is_wanted() -> None:
    place = placed(*"abcb")
    assert place.step_to(1, lambda task: task.key.id == "b")
    assert place.cursor == 1
    assert place.step_to(1, lambda task: task.key.id == "b")
    assert not place.step_to(1, lambda task: task.key.id == "b")
    assert place.step_to(-1, lambda task: task.key.id == "a")
    assert place.seek(TaskKey("s", "", "c"))
    assert place.cursor == 2


names = st.lists(st.sampled_from("abcdefghijklmnopqrstuvwxyz"), unique=True, max_size=26)
steps = st.one_of(
    st.tuples(st.just("show"), names),
    st.tuples(st.just("resize"), st.integers(0, 30)),
    st.tuples(st.just("move"), st.integers(-5, 5)),
    st.tuples(st.just("page"), st.integers(-9, 9)),
)


@given(st.lists(steps, max_size=30))
def test_no_sequence_takes_the_cursor_off_a_task_that_is_still_there(sequence: list[tuple[str, object]]) -> None:
    place = Place()
    place.go(0)
    for name, value in sequence:
        before, old = place.key, place.rows
        line = place.cursor - place.top
        getattr(place, name)(rows(*value) if isinstance(value, list) else value)
        keys = [task.key for task in place.rows]
        if keys:
            assert 0 <= place.top <= place.cursor < len(keys)
            assert place.cursor < place.top + place.height
        if name in ("show", "resize") and before in keys:
            assert place.key == before
        if name == "show" and before in keys and old and place.top and place.cursor - place.top != line:
            assert place.top + place.height >= len(keys) or place.cursor < line  # only the ends of the list move it


class Answer:
    """Where, for a filter: the tasks whose names it has."""

    def __init__(self, question: str, place: Place, every: str, *, working: bool = False) -> None:
        self.question, self.working, self._every = question, working, every
        self.rows = rows(*(name for name in every if name in question))
        place.show(self.rows, self)

    def find(self, key: TaskKey) -> int | None:
        return next((at for at, task in enumerate(self.rows) if task.key == key), None)

    def near(self, task: Task) -> int:
        return sum(1 for one in self.rows if self._every.index(one.key.id) < self._every.index(task.key.id))


def test_a_task_that_a_filter_hides_has_the_cursor_back_when_the_filter_goes() -> None:
    place = Place()
    place.resize(4)
    Answer("abcdefgh", place, "abcdefgh")
    place.go(4)
    Answer("abcdfgh", place, "abcdefgh")
    Answer("abc", place, "abcdefgh")
    assert place.key == TaskKey("s", "", "c")
    Answer("abcdefgh", place, "abcdefgh")
    assert place.key == TaskKey("s", "", "e")


def test_a_task_that_comes_back_by_itself_does_not_take_the_cursor() -> None:
    """Who presses Enter now means the row that has had the cursor since."""
    place = Place()
    place.resize(4)
    answer = Answer("abcd", place, "abcd")
    place.go(1)
    answer.rows = rows(*"acd")
    place.show(answer.rows, answer)
    assert place.key == TaskKey("s", "", "c")
    answer.rows = rows(*"abcd")
    place.show(answer.rows, answer)
    assert place.key == TaskKey("s", "", "c")


def test_moving_settles_where_the_cursor_is() -> None:
    place = Place()
    place.resize(4)
    Answer("abcd", place, "abcd")
    place.go(3)
    Answer("abc", place, "abcd")
    place.move(-1)
    Answer("abcd", place, "abcd")
    assert place.key == TaskKey("s", "", "b")


def test_a_task_that_is_not_found_yet_is_waited_for() -> None:
    place = Place()
    place.resize(2)
    Answer("abcdef", place, "abcdef")
    place.go(4)
    answer = Answer("ace", place, "abcdef", working=True)
    answer.rows = rows(*"a")
    place.show(answer.rows, answer)
    assert place.waiting
    answer.rows, answer.working = rows(*"ace"), False
    place.show(answer.rows, answer)
    assert (place.key, place.waiting) == (TaskKey("s", "", "e"), False)
