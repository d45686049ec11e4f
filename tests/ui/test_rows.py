"""Lines: a task as one line, exactly as wide as the screen, with its signs at the left; the lines that are kept."""

from __future__ import annotations

import unicodedata
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tests.ui.driving import driven, press, strips
from tests.ui.fake_desk import NOW, SOURCES, FakeDesk, tasks_of
from tui.model import State, Task, TaskKey
from tui.text import width
from tui.ui import cells, columns, glyphs, themes
from tui.ui.canvas import changed
from tui.ui.cells import Legend
from tui.ui.glyphs import ASCII, UNICODE, Glyphs
from tui.ui.rows import Lines, Mark
from tui.ui.strokes import Run, cut, drawn
from tui.ui.themes import TONES

LOOK = themes.load("deck-dark")
LEGEND = Legend(NOW, UNICODE, {source.name: source for source in SOURCES}, {"alibaba-fc": "FC"}, utc=True)
TASK = tasks_of(SOURCES[0], 1)[0]._replace(state=State.RUNNING, ended_at=None)
TABLES = (columns.MERGED, columns.ZOOM, *columns.ZOOMS.values(), columns.PANE, *columns.PANES.values())
texts = st.one_of(
    st.text(max_size=60),
    st.text("视频转码任务界🚀👩‍👧é\u0301\ufe0f\u202e\x1b[]/-ab가ﾊ", max_size=60),
    st.sampled_from(["", "🇨🇳🇨🇳", "👍🏽" * 20, "界" * 40, "\x1b[2J\x1b]0;owned\x07", "[bold]x[/]", "क्षि" * 9]),
)
times = st.one_of(st.none(), st.integers(-(10**15), 10**18))


def lines(cells: int = 120, signs: Glyphs = UNICODE, *, wide: bool = False, shift: int = 0) -> Lines:
    """The lines of all tasks at a width."""
    made = Lines(LOOK, signs)
    made.arrange(columns.show(columns.MERGED, columns.MERGED, max(1, cells - 3), wide=wide, shift=shift))
    return made


def fresh(parts: list[Segment]) -> list[Segment]:
    """In styles of their own: Rich's remember how they were written in the colours of another test."""
    return [
        Segment(text, style and Style(color=style.color, bgcolor=style.bgcolor, bold=style.bold))
        for text, style, _ in parts
    ]


def real_width(strip: Strip) -> int:
    """The cells of what is written, counted again."""
    return sum(cell_len(segment.text) for segment in strip)


@given(
    cells=st.integers(20, 250),
    foreign=st.tuples(*[texts] * 7),
    moments=st.tuples(times, times, times),
    figures=st.tuples(st.one_of(st.none(), st.floats(0, 100)), st.one_of(st.none(), st.integers(0, 10**12))),
    state=st.sampled_from(list(State)),
    mark=st.builds(Mark, st.booleans(), st.booleans(), st.booleans(), st.booleans(), st.sampled_from(["", "new"])),
    layout=st.tuples(st.sampled_from(TABLES), st.booleans(), st.integers(0, 20)),
    order=st.tuples(st.sampled_from(["", "age", "try", "name", "error", "src"]), st.booleans()),
    signs=st.sampled_from([ASCII, UNICODE]),
)
def test_no_line_is_wider_or_narrower_than_the_screen(
    cells: int,
    foreign: tuple[str, ...],
    moments: tuple[int | None, ...],
    figures: tuple[float | None, int | None],
    state: State,
    mark: Mark,
    layout: tuple[columns.Columns, bool, int],
    order: tuple[str, bool],
    signs: Glyphs,
) -> None:
    ident, name, target, error, native, request, kind = foreign
    created, started, ended = moments
    task = Task(
        key=TASK.key._replace(id=ident),
        state=state,
        native_state=native,
        name=name,
        kind=kind,
        target=target,
        created_at=created,
        started_at=started,
        ended_at=ended,
        progress=figures[0],
        retries=figures[1],
        error=error,
        extra={"tat.exit": ident, "os.generation": name, "os.metrics": {error: target}},
        request_id=request,
    )
    table, wide, shift = layout
    made = Lines(LOOK, signs)
    made.arrange(columns.show(table, table, max(1, cells - 3), wide=wide, shift=shift))
    for strip in (made.line(task, mark, LEGEND._replace(glyphs=signs), cells), made.head(cells, order)):
        assert real_width(strip) == strip.cell_length == cells
        assert not {"\x1b", "\n", "\t"} & set(strip.text)


def test_a_line_whose_age_goes_on_is_the_one_that_would_be_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    chance, drawn, lined = Random(7), 0, 0
    draw = Lines._draw

    def count(*given: Any) -> Strip:
        nonlocal drawn
        drawn += 1
        return draw(*given)

    monkeypatch.setattr(Lines, "_draw", count)
    for _ in range(150):
        signs, cells, table = (
            chance.choice([ASCII, UNICODE]),
            chance.choice([15, 40, 78, 120, 198]),
            chance.choice(TABLES),
        )
        cells += chance.randint(-3, 3)
        shown = columns.show(
            table, table, max(1, cells - 3), wide=chance.random() < 0.3, shift=chance.choice([0, 0, 1, 5])
        )
        task = TASK._replace(
            key=TASK.key._replace(id=chance.choice(["job-1", "界" * 30, "e\u0301x", "", "a" * 60])),
            state=chance.choice([State.RUNNING, State.QUEUED, State.FAILED]),
            error=chance.choice([None, "out of memory", "内存不足"]),
            started_at=NOW - chance.choice([0, 500, 50_000, 590_000, 3_590_000, 10**9, 10**14]),
        )
        mark = Mark(
            chance.random() < 0.5, chance.random() < 0.5, chance.random() < 0.2, fresh=chance.choice(["", "new"])
        )
        kept, now = Lines(LOOK, signs), NOW
        kept.arrange(shown)
        for _ in range(5):
            fresh, legend = Lines(LOOK, signs), LEGEND._replace(now=now)
            fresh.arrange(shown)
            assert [*kept.line(task, mark, legend, cells)] == [*fresh.line(task, mark, legend, cells)]
            now, lined = now + chance.choice([1_000, 10_000, 60_000, 10**7]), lined + 1
    assert drawn < lined * 1.6  # each fresh one, and few of those that are kept


@pytest.mark.parametrize("name", ["ascii", "unicode"])
def test_the_signs_left_of_a_state_are_one_cell_and_no_states(name: str) -> None:
    signs = glyphs.choose(name)
    beside = (signs.mark, *signs.fresh.values())
    for sign in (*beside, signs.up, signs.down, signs.left, signs.right):
        assert width(sign) == 1
        assert unicodedata.east_asian_width(sign) in ("N", "Na")
    assert not set(beside) & {*signs.states.values(), signs.cursor}
    assert len(set(beside)) == 4
    assert (ASCII.mark, *ASCII.fresh.values()) == ("#", "^", ":", "_")


@pytest.mark.parametrize(
    ("mark", "gutter"),
    [
        (Mark(), "  "),
        (Mark(cursor=True, active=True), "› "),
        (Mark(cursor=True), "  "),
        (Mark(marked=True), " ❚"),
        (Mark(fresh="new"), " ✚"),
        (Mark(fresh="changed"), " ∆"),
        (Mark(fresh="gone"), " ∅"),
        (Mark(fresh="never heard of"), "  "),
        (Mark(marked=True, fresh="new"), " ❚"),
        (Mark(cursor=True, active=True, marked=True), "›❚"),
        (Mark(cursor=True, active=True, fresh="changed"), "›∆"),
    ],
)
def test_the_gutter_says_cursor_and_mark_or_what_is_fresh(mark: Mark, gutter: str) -> None:
    assert lines().line(TASK, mark, LEGEND, 120).text.startswith(f"{gutter}▸ RUN")


@pytest.mark.parametrize("width", [80, 120, 200])
@pytest.mark.parametrize("to", [State.FAILED, State.SUCCEEDED, State.RUNNING, State.EXPIRED])
def test_a_changed_state_is_few_bytes_on_the_terminal(to: State, width: int) -> None:
    made = lines(width)
    mark = Mark(cursor=True, active=True)
    before = TASK._replace(state=State.CANCELLED, created_at=None, started_at=None, ended_at=None, error=None)
    old, new = (
        made.line(task, mark._replace(fresh=sign), LEGEND, width)
        for task, sign in ((before, ""), (before._replace(state=to), "changed"))
    )
    runs = [Run(first, 30, last, fresh(cut(new, first, last))) for first, last in changed(old, new)]
    written = drawn(runs, width, ColorSystem.TRUECOLOR)
    assert set("".join(part.text for run in runs for part in run.parts)) > {UNICODE.fresh["changed"]}
    assert len(written.encode()) <= 62, written


def test_a_mark_has_its_own_token() -> None:
    strip = lines().line(TASK, Mark(marked=True), LEGEND, 120)
    assert next(segment.style for segment in strip if segment.text == "❚") == LOOK["mark"]


@pytest.mark.parametrize("state", list(State))
def test_what_has_changed_looks_as_what_it_has_become(state: State) -> None:
    strip = lines().line(TASK._replace(state=state), Mark(fresh="changed"), LEGEND, 120)
    sign, word = (next(part.style for part in strip if text in part.text) for text in ("∆", state.label))
    assert sign == word == LOOK[TONES[state]]


def test_a_line_is_kept_until_what_it_shows_is_another() -> None:
    made = lines()
    first = made.line(TASK, Mark(), LEGEND, 120)
    assert made.line(TASK, Mark(), LEGEND, 120) is first
    assert made.line(TASK, Mark(), LEGEND._replace(now=NOW + 86_400_000), 120) is not first
    looks = [Mark(), Mark(True), Mark(True, True), Mark(marked=True), Mark(fresh="new"), Mark(fresh="gone")]
    looks.append(Mark(grey=True))
    drawn = [made.line(TASK, mark, LEGEND, 120) for mark in looks]
    assert len({tuple(strip) for strip in drawn}) == len(looks)
    assert [made.line(TASK, mark, LEGEND, 120) for mark in looks] == drawn
    other = TASK._replace(error="boom")  # neither its age nor its duration is another
    assert "boom" in made.line(other, Mark(), LEGEND, 120).text
    assert "boom" not in made.line(TASK, Mark(), LEGEND, 120).text


def test_other_columns_drop_the_lines() -> None:
    made = lines(80)
    first = made.line(TASK, Mark(), LEGEND, 80)
    made.arrange(columns.show(columns.MERGED, columns.MERGED, 77))
    assert made.line(TASK, Mark(), LEGEND, 80) is first
    made.arrange(columns.show(columns.MERGED, columns.MERGED, 77, shift=3))
    assert made.line(TASK, Mark(), LEGEND, 80).text != first.text


def test_numbers_end_where_their_column_does() -> None:
    made = lines(200)
    head = made.head(200).text
    rows = [
        made.line(TASK._replace(retries=tries, created_at=created), Mark(), LEGEND, 200).text
        for tries, created in ((3, TASK.started_at), (12, NOW - 10**8))
    ]
    for name in ("AGE", "DUR", "TRY", "QUEUE"):
        end = head.index(name) + len(name)
        for row in rows:
            assert row[end - 1] != " "
            assert row[end] == " "


def test_ids_are_cut_in_the_middle_and_names_at_the_end() -> None:
    made = Lines(LOOK, UNICODE)
    made.arrange(columns.show(columns.ZOOM, columns.ZOOM, 77))
    task = TASK._replace(key=TASK.key._replace(id="job-7f31c2000000a90c"), name="transcode-very-long-name")
    line = made.line(task, Mark(), LEGEND, 80).text
    assert " job-7f" in line
    assert "a90c " in line
    assert " transcode" in line
    assert "-name" not in line


def test_times_are_of_the_zone_that_is_asked() -> None:
    task = TASK._replace(created_at=NOW, started_at=None, ended_at=10**18)
    line = lines(250, wide=True).line(task, Mark(), LEGEND, 250).text
    assert "11-21 12:42:37 -              -    " in line


@pytest.mark.screen
async def test_fresh_tasks_have_their_sign_until_it_is_taken_away() -> None:
    desk = FakeDesk()
    async with driven(desk, (120, 40), "0") as (pilot, home):
        pane = home.active
        keys = [task.key for task in pane.place.rows[:3]]
        pane.fresh = dict(zip(keys, ("new", "changed", "gone"), strict=True))
        pane.repaint()
        await press(pilot, "j")
        rows = [strip.text[:2] for strip in strips(pilot)[4:8]]
        assert rows == [" ✚", "›∆", " ∅", "  "]
        pane.fresh = {}
        pane.repaint()
        assert [strip.text[:2] for strip in pane.draw(120, 30)[1:5]] == ["  ", "› ", "  ", "  "]


def test_an_age_that_nobody_told_is_counted_from_when_we_saw_the_task_and_says_so() -> None:
    legend = Legend(NOW, glyphs.ASCII, {}, {})
    told = Task(TaskKey("thumbs", "", "a"), State.QUEUED, native_state="Enqueued", seen_at=NOW - 95_000)
    assert cells.age(told, legend) == "~1m"
    assert cells.age(told._replace(created_at=NOW - 95_000), legend) == "1m30s"
