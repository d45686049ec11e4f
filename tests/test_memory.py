"""What the monitor remembers: private, never half written, never another monitor's loss, and in nobody's way."""

from __future__ import annotations

import json
import logging
import os
import stat
import threading
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui import memory
from tui.memory import LARGEST, LINE, LINES, Memory


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / memory.NAME


@pytest.fixture(autouse=True)
def heard(monkeypatch: pytest.MonkeyPatch) -> None:
    """The log of the package, whoever has started one before; and a machine may be slow."""
    monkeypatch.setattr(memory, "PATIENCE", 60)
    monkeypatch.setattr(logging.getLogger("tui"), "propagate", True)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def written(path: Path, text: str | bytes) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def begun(path: Path, text: str | bytes) -> Memory:
    return Memory(written(path, text).parent)


def read(path: Path) -> Any:
    return json.loads(path.read_bytes())


def test_what_is_kept_is_there_at_once_and_in_the_next_run(path: Path) -> None:
    one = Memory(path.parent)
    one.save_sort("all", "-dur")
    one.save_sort("tencent-tat", "")
    assert one.save_view("早班.a-1", "state:fail 名:'\ud800'") == ""
    one.save_history(["a", "b"])
    assert one.sorts == {"all": "-dur", "tencent-tat": ""}
    one.close()
    two = Memory(path.parent)
    assert (two.sorts, two.views, list(two.history)) == (one.sorts, one.views, ["a", "b"])
    assert two.views == {"早班.a-1": "state:fail 名:'\ud800'"}


def test_folder_and_file_are_the_owners_alone_and_nothing_else_is_left(path: Path) -> None:
    old = os.umask(0)
    try:
        one = Memory(path.parent)
        one.save_sort("all", "age")
        one.close()
    finally:
        os.umask(old)
    assert [mode(path.parent), mode(path)] == [0o700, 0o600]
    assert list(path.parent.iterdir()) == [path]


def test_a_run_that_keeps_nothing_leaves_no_file(path: Path) -> None:
    one = Memory(path.parent)
    one.save_history([])
    one.close()
    assert not path.parent.exists()


def test_without_a_path_all_holds_for_the_run_and_no_thread_is_started() -> None:
    one = Memory()
    one.save_sort("all", "dur")
    one.save_view("am", "state:fail")
    one.save_history(["x"])
    one.close()
    assert (one.sorts, one.views, list(one.history)) == ({"all": "dur"}, {"am": "state:fail"}, ["x"])
    assert not [thread for thread in threading.enumerate() if thread.name == "memory"]


def test_what_another_monitor_has_saved_meanwhile_stays(path: Path) -> None:
    one, two = Memory(path.parent), Memory(path.parent)
    one.save_view("am", "state:fail")
    one.save_view("both", "of one")
    one.save_sort("all", "dur")
    one.save_history(["a"])
    one.close()
    two.save_view("pm", "state:run")
    two.save_view("both", "of two")
    two.save_history(["b"])
    two.close()
    found = Memory(path.parent)
    assert found.views == {"am": "state:fail", "both": "of two", "pm": "state:run"}
    assert found.sorts == {"all": "dur"}
    assert list(found.history) == ["a", "b"]
    two.drop_view("pm")
    two.close()
    assert Memory(path.parent).views == {"am": "state:fail", "both": "of two"}


def test_many_monitors_at_once_lose_nothing(path: Path) -> None:
    ready = threading.Barrier(6)

    def save(who: int) -> None:
        one = Memory(path.parent)
        ready.wait()
        for at in range(5):
            one.save_view(f"v{who}-{at}", "x")
            one.close()

    threads = [threading.Thread(target=save, args=(who,)) for who in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(Memory(path.parent).views) == 30


def test_keys_that_a_later_version_wrote_stay(path: Path) -> None:
    one = begun(path, '{"digest": [1], "sorts": {"all": "age"}}')
    one.save_sort("all", "dur")
    one.close()
    assert read(path) == {"digest": [1], "sorts": {"all": "dur"}, "views": {}, "history": []}


def test_history_is_the_newest_lines_and_none_too_long(path: Path) -> None:
    one = Memory(path.parent)
    one.save_history([f"line {at}" for at in range(LINES + 50)] + ["", "x" * (LINE + 1), "last"])
    assert len(one.history) == LINES
    assert one.history[-1] == "last"
    one.close()
    two = Memory(path.parent)
    assert list(two.history) == list(one.history)
    two.save_history([*list(two.history)[1:], two.history[0]])  # an old one used again
    two.close()
    assert Memory(path.parent).history[-1] == one.history[0]
    assert len(Memory(path.parent).history) == LINES


def test_a_full_history_leaves_room_for_another_monitors_lines(path: Path) -> None:
    old = [f"line {at}" for at in range(LINES)]
    begun(path, json.dumps({"history": old}))
    one, two = Memory(path.parent), Memory(path.parent)
    one.save_history([*old, "of one"])
    one.close()
    two.save_history([*old, "of two"])
    two.close()
    assert list(Memory(path.parent).history) == [*old[2:], "of one", "of two"]


def test_the_configs_views_win_and_keep_their_names() -> None:
    one = Memory()
    views = one.beside({"am": "state:fail"})
    assert "is in the config" in one.save_view("am", "x")
    assert "is in the config" in one.drop_view("am")
    assert one.save_view("pm", "state:run") == ""
    assert dict(views) == {"am": "state:fail", "pm": "state:run"}
    assert one.drop_view("pm") == ""
    assert "no saved view" in one.drop_view("pm")
    assert dict(views) == {"am": "state:fail"}
    one.save_view("late", "x")
    assert dict(one.beside({"late": "y"})) == {"late": "y"}


@pytest.mark.parametrize(
    ("name", "text"),
    [("", "x"), ("a b", "x"), ("a)", "x"), ("-a", "x"), ("a" * 41, "x"), ("am", " "), ("am", "x" * 4_097)],
)
def test_a_view_that_could_not_be_used_is_refused(name: str, text: str) -> None:
    one = Memory()
    assert one.save_view(name, text)
    assert not one.views


HOSTILE = [
    "",
    "{",
    "[]",
    "null",
    "1" * 5_000,
    "[" * 100_000,
    b"\xff\xfe\x00",
    b"{" + b" " * LARGEST + b"}",
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_a_broken_file_is_said_once_and_kept_when_the_first_change_comes(
    path: Path, text: str | bytes, caplog: pytest.LogCaptureFixture
) -> None:
    before = written(path, text).read_bytes()
    one = Memory(path.parent)
    assert (one.sorts, one.views, list(one.history)) == ({}, {}, [])
    assert len(caplog.records) == 1
    assert list(path.parent.iterdir()) == [path]
    one.save_sort("all", "dur")
    one.save_sort("all", "age")
    one.close()
    assert path.with_name("monitor.json.broken").read_bytes() == before
    assert read(path)["sorts"] == {"all": "age"}
    assert len(caplog.records) == 1


def test_a_pipe_or_a_folder_in_its_place_holds_nothing_up(path: Path) -> None:
    path.parent.mkdir()
    os.mkfifo(path)
    one = Memory(path.parent)
    one.save_sort("all", "dur")
    one.close()
    assert read(path)["sorts"] == {"all": "dur"}
    path.unlink()
    path.mkdir()
    path.with_name("monitor.json.broken").unlink()
    one = Memory(path.parent)
    one.save_sort("all", "age")
    one.close()
    assert read(path)["sorts"] == {"all": "age"}


def test_what_has_the_wrong_type_is_left_out_piece_by_piece(path: Path) -> None:
    found = {
        "sorts": {"all": "dur", "x": 1, "y": None, "z": "f" * 200},
        "views": {"am": "x", "a b": "x", "pm": ["x"], "long": "x" * 5_000},
        "history": ["a", 1, None, "", ["b"], "c", "x" * (LINE + 1)],
    }
    one = begun(path, json.dumps(found))
    assert (one.sorts, one.views, list(one.history)) == ({"all": "dur"}, {"am": "x"}, ["a", "c"])
    one = begun(path, '{"sorts": [], "views": "x", "history": {"a": 1}}')
    assert (one.sorts, one.views, list(one.history)) == ({}, {}, [])


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
)


@given(st.dictionaries(st.sampled_from(["sorts", "views", "history", "other"]), JSON), st.binary(max_size=60))
def test_no_file_stops_a_monitor(tmp_path_factory: pytest.TempPathFactory, found: Any, data: bytes) -> None:
    path = tmp_path_factory.mktemp("state") / memory.NAME
    for text in (json.dumps(found).encode(), data):
        one = begun(path, text)
        one.save_sort("all", "dur")
        one.close()
        assert Memory(path.parent).sorts["all"] == "dur"


def test_a_file_taken_away_meanwhile_is_written_whole_again(path: Path) -> None:
    one = Memory(path.parent)
    one.save_view("am", "x")
    one.close()
    path.unlink()
    one.save_sort("all", "dur")
    one.close()
    assert Memory(path.parent).views == {"am": "x"}


def test_a_change_that_cannot_be_written_holds_for_the_run_and_the_reason_is_one_line(
    path: Path,
) -> None:
    told: list[str] = []
    path.parent.write_text("in the way")
    one = Memory(path.parent)
    one.told = told.append
    one.save_sort("all", "dur")
    one.close()
    one.save_sort("all", "age")
    one.close()
    assert one.sorts == {"all": "age"}
    assert len(told) == 1
    assert told[0].startswith("kept for this run only: ")
    assert "\n" not in told[0]
    one.save_view("am", "x")
    one.close()
    assert len(told) == 2
    path.parent.unlink()
    one.save_history(["x"])
    one.close()
    two = Memory(path.parent)
    assert (two.sorts, two.views, list(two.history)) == ({"all": "age"}, {"am": "x"}, ["x"])


def test_what_could_not_be_written_is_written_with_the_next_change(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = Memory(path.parent), Memory(path.parent)
    two.save_view("pm", "x")
    two.close()
    with monkeypatch.context() as full:
        full.setattr(os, "fsync", lambda handle: os.write(-1, b""))
        one.save_view("am", "x")
        one.save_sort("all", "dur")
        one.save_history(["x"])
        one.close()
    assert Memory(path.parent).views == {"pm": "x"}
    one.save_sort("all", "age")
    one.close()
    found = Memory(path.parent)
    assert (found.views, found.sorts, list(found.history)) == ({"am": "x", "pm": "x"}, {"all": "age"}, ["x"])


def test_a_write_that_fails_half_way_leaves_the_old_file_and_no_other(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = Memory(path.parent)
    one.save_sort("all", "dur")
    one.close()
    before = path.read_bytes()

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    told: list[str] = []
    one.told = told.append
    one.save_sort("all", "age")
    one.close()
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]
    assert told[0].endswith("No space left on device")


def test_a_folder_that_cannot_be_made(path: Path) -> None:
    """Also as root, who may write anywhere: a file stands where the folder would be."""
    path.parent.write_text("in the way", "utf-8")
    told: list[str] = []
    one = Memory(path.parent)
    one.told = told.append
    one.save_sort("all", "age")
    one.close()
    assert one.sorts == {"all": "age"}
    assert told
    assert path.parent.read_text("utf-8") == "in the way"


def test_the_oldest_filters_go_where_the_file_would_be_too_large(path: Path) -> None:
    one = Memory(path.parent)
    for at in range(100):
        one.save_view(f"v{at}", "界" * 3_000)
    one.save_history([f"{at}" + "界" * 1_900 for at in range(LINES)])
    one.close()
    assert path.stat().st_size <= LARGEST
    two = Memory(path.parent)
    assert len(two.views) == 100
    assert 0 < len(two.history) < LINES
    assert list(two.history) == list(one.history)[-len(two.history) :]
    told: list[str] = []
    two.told = told.append
    for at in range(100, 150):
        two.save_view(f"v{at}", "界" * 3_000)
    two.close()
    assert told
    assert len(Memory(path.parent).views) < 150


def test_nobody_waits_for_a_disk(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A dead disk: changes hold, and leaving does not wait for ever."""
    monkeypatch.setattr(memory, "PATIENCE", 0.001)
    dead, real = threading.Event(), os.fsync

    def slow(handle: int) -> None:
        dead.wait(30)
        real(handle)

    monkeypatch.setattr(os, "fsync", slow)
    one = Memory(path.parent)
    one.save_sort("all", "dur")
    one.save_sort("all", "age")
    one.close()
    assert one.sorts == {"all": "age"}
    assert not path.exists()
    dead.set()
    monkeypatch.setattr(memory, "PATIENCE", 60)
    one.close()
    assert Memory(path.parent).sorts == {"all": "age"}
