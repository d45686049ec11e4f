"""list, show, sources, config, completion, monitor: what they print."""

from __future__ import annotations

import csv
import io
import json
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Said, Scene, refusing, row, shelf
from tests.settings.schema import problems
from tui.cli.show import task_key
from tui.errors import UsageError
from tui.formats import JSON_FIELDS
from tui.model import TaskKey

pytestmark = pytest.mark.cloud

ROWS = shelf(
    WAITING=[row("w-1", BeginProcessTime="", FinishTime="")],
    PROCESSING=[row("p-1", FinishTime="")],
    FAILED=[row("f-1", CreateTime="2026-01-15T08:00:00Z")],
    DONE=[row("d-1", SubTaskTypes=["A", "B"]), row("d-2", CreateTime="2026-01-16T08:30:00Z")],
)


def detailed(action: str, asked: dict[str, Any]) -> Said:
    """The lists, and the detail of one task."""
    if action == "DescribeTasks":
        return ROWS(action, asked)
    if asked["TaskId"] != "d-1":
        return refusing("ResourceNotFound")(action, asked)
    return 200, {"Response": row("d-1", Status="FINISH") | {"RequestId": "r-detail", "odd": "\x1b[31m\ud800"}}


class TestList:
    def test_ndjson_is_newest_first_and_whole(self, scene: Scene) -> None:
        scene.source("media", ROWS)
        tasks = [json.loads(line) for line in scene.run("list", "-o", "ndjson").out.splitlines()]
        assert [one["id"] for one in tasks] == ["d-2", "d-1", "p-1", "w-1", "f-1"]
        assert {one["id"]: one["state"] for one in tasks} == {
            "d-1": "succeeded",
            "d-2": "succeeded",
            "p-1": "running",
            "w-1": "queued",
            "f-1": "failed",
        }
        assert all(list(one) == [*JSON_FIELDS, "extra"] for one in tasks)
        assert tasks[1]["target"] == "A+B"
        assert tasks[1]["request_id"] == "r-DONE"

    def test_raw_rows_are_verbatim(self, scene: Scene) -> None:
        odd = row("d-1", odd="\x00\ud800", deep=[{"x": None}], number=1e300)
        scene.source("media", shelf(DONE=[odd]))
        ran = scene.run("list", "-o", "json", "--raw")
        assert json.loads(ran.out)[0]["raw"] == odd

    @pytest.mark.parametrize(
        ("words", "found"),
        [
            (["state:ok"], ["d-2", "d-1"]),
            (["-state:ok"], ["p-1", "w-1", "f-1"]),
            (["state:ok", "--limit", "1", "-d-2"], ["d-1"]),
            (["--sort", "id"], ["d-1", "d-2", "f-1", "p-1", "w-1"]),
            (["--sort", "-id"], ["w-1", "p-1", "f-1", "d-2", "d-1"]),
            (["--limit", "2"], ["d-2", "d-1"]),
            (["--source", "media", "--source", "media", "id:w-1"], ["w-1"]),
            (["nothing-like-that"], []),
        ],
    )
    def test_filters_orders_and_limits(self, scene: Scene, words: list[str], found: list[str]) -> None:
        scene.source("media", ROWS)
        ran = scene.run("list", "-o", "ndjson", *words)
        assert [json.loads(line)["id"] for line in ran.out.splitlines()] == found

    def test_csv_has_the_columns_of_the_contract(self, scene: Scene) -> None:
        scene.source("media", ROWS)
        rows = list(csv.reader(io.StringIO(scene.run("list", "-o", "csv").out)))
        assert rows[0] == list(JSON_FIELDS)
        assert len(rows) == 6

    def test_columns_keep_their_kind(self, scene: Scene) -> None:
        scene.source("media", ROWS)
        ran = scene.run("list", "id:d-1", "-o", "json", "--columns", "id,native,duration_ms,try,mps.subtasks,src")
        assert json.loads(ran.out) == [
            {
                "id": "d-1",
                "native": "FINISH",
                "duration_ms": 2000,
                "try": None,
                "mps.subtasks": ["A", "B"],
                "src": "media",
            }
        ]

    def test_a_table_to_a_pipe_is_plain(self, scene: Scene) -> None:
        scene.source("media", ROWS)
        ran = scene.run("list")
        assert ran.out.startswith("STATE")
        assert ran.out.count("\n") == 6
        assert "\x1b" not in ran.out
        assert scene.run("--color", "always", "list").out.count("\x1b[0m") == 6

    def test_a_task_that_changes_lists_counts_once_by_its_later_stage(self, scene: Scene) -> None:
        scene.source("media", shelf(WAITING=[row("x")], PROCESSING=[row("x")], DONE=[row("x")]))
        found = json.loads(scene.run("list", "-o", "json").out)
        assert [(one["id"], one["state"]) for one in found] == [("x", "succeeded")]

    @pytest.mark.parametrize(
        ("words", "message"),
        [
            (["state:"], "filter: "),
            (["nosuch:x"], "filter: "),
            (["--sort", "nosuch"], "nosuch"),
            (["--columns", "id,nosuch"], "--columns: nosuch: no such field"),
            (["--raw"], "--raw goes with -o json or -o ndjson"),
            (["--source", "nosuch"], "no such source: nosuch; there is media"),
        ],
    )
    def test_what_does_not_fit_is_said_before_anything_is_read(
        self, scene: Scene, words: list[str], message: str
    ) -> None:
        assert message in scene.refused("list", *words)

    def test_a_config_without_sources_lists_nothing(self, scene: Scene) -> None:
        assert scene.run("list", "-o", "json") == (0, "[]\n", "")


class TestShow:
    def test_a_task_and_its_detail(self, scene: Scene) -> None:
        scene.source("media", detailed)
        ran = scene.run("show", "media/d-1", "-o", "json")
        found = json.loads(ran.out)
        assert ran.code == 0
        assert (found["id"], found["target"], found["state"]) == ("d-1", "A+B", "succeeded")
        assert found["detail"]["Response"]["odd"] == "\x1b[31m\ud800"
        assert "output" not in found
        assert json.loads(scene.run("show", "media/d-1", "--output", "-o", "json").out)["output"] is None

    def test_text_lets_no_control_character_out(self, scene: Scene) -> None:
        scene.source("media", detailed)
        ran = scene.run("show", "media/d-1", "--output")
        assert ran.code == 0
        assert all(line.isprintable() for line in ran.out.split("\n"))
        assert ran.out.endswith("\noutput: none\n")

    def test_a_task_that_does_not_exist_is_1(self, scene: Scene) -> None:
        scene.source("media", detailed)
        ran = scene.run("show", "media/nobody")
        assert (ran.code, ran.out) == (1, "")
        assert ran.err.startswith("taskdeck: media: ERROR ResourceNotFound")

    def test_a_refusal_has_its_code(self, scene: Scene) -> None:
        scene.source("media", refusing("AuthFailure.SignatureFailure"))
        assert scene.run("show", "media/d-1").code == 3

    @pytest.mark.parametrize("task", ["nobody/x", "media", "media/", "x", ""])
    def test_what_is_no_task_is_a_mistake(self, scene: Scene, task: str) -> None:
        scene.source("media", detailed)
        ran = scene.run("show", task)
        assert ran.code == 2
        assert "is no TASK" in ran.err

    @pytest.mark.parametrize(
        ("text", "key"),
        [
            ("src/id", TaskKey("src", "", "id")),
            ("src/fn/id", TaskKey("src", "fn", "id")),
            ("src/a/b/c/id", TaskKey("src", "a/b/c", "id")),
            ("src/a%2Fb/i%2fd", TaskKey("src", "a/b", "i/d")),
            ("src/100%/%41", TaskKey("src", "100%", "%41")),
        ],
    )
    def test_a_task_is_source_scope_and_id(self, text: str, key: TaskKey) -> None:
        assert task_key(text, ["src"]) == key

    @pytest.mark.parametrize(
        "key", [TaskKey("src", "", "a/b"), TaskKey("src", "a/b", "c/d"), TaskKey("src", "a/b/c", "d")]
    )
    def test_a_key_that_was_printed_is_read_back(self, key: TaskKey) -> None:
        assert task_key(str(key), ["src"]) == key

    def test_without_sources_there_is_no_task(self) -> None:
        with pytest.raises(UsageError, match="only none"):
            task_key("src/id", [])


class TestSources:
    def test_what_a_poll_used_of_the_budget_is_shown(self, scene: Scene) -> None:
        scene.text = scene.text.replace('rate_share = "off"', "rate_share = 0.5")
        scene.source("media", ROWS)
        (media,) = json.loads(scene.run("sources", "-o", "json").out)
        assert media["budget"] == 50
        assert media["used"] == pytest.approx(4 / (60 * 50), abs=1e-4)

    def test_each_source_and_how_it_is(self, scene: Scene) -> None:
        scene.source("media", ROWS)
        scene.source("broken", refusing("UnauthorizedOperation"))
        ran = scene.run("sources", "-o", "json")
        media, broken = json.loads(ran.out)
        assert ran.code == 5
        assert (media["word"], media["tasks"], media["calls"], media["budget"]) == ("LIVE", 5, 4, None)
        assert (broken["word"], broken["code"]) == ("DENIED", "UnauthorizedOperation")
        assert broken["request_id"] == "r-refused"
        assert (media["by_id"], media["used"], media["pushed"], media["way_out"]) == (0, None, [], None)
        assert broken["way_out"]

    def test_the_way_out_stands_at_the_end_of_a_line(self, scene: Scene) -> None:
        scene.source("broken", refusing("UnauthorizedOperation"))
        heading, broken = scene.run("sources").out.splitlines()
        assert heading.endswith("INTERVAL  WAY OUT")
        assert broken.endswith("15s       taskdeck doctor --permissions names the permission that is missing")

    def test_the_table_is_aligned(self, scene: Scene) -> None:
        scene.source("media", shelf())
        lines = scene.run("sources").out.splitlines()
        assert lines[0].split()[:3] == ["SOURCE", "ADAPTER", "ACCOUNT"]
        assert lines[1].split()[:6] == ["media", "tencent-mps", "acme", "ap-x", "EMPTY", "0"]


class TestConfig:
    def test_the_path_is_that_of_the_option_else_the_environment_else_the_platform(
        self, scene: Scene, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert scene.plain("--config", "x.toml", "config", "path").out == "x.toml\n"
        monkeypatch.setenv("TASKDECK_CONFIG", "y.toml")
        assert scene.plain("config", "path").out == "y.toml\n"
        monkeypatch.delenv("TASKDECK_CONFIG")
        assert scene.plain("config", "path").out.endswith("taskdeck/config.toml\n")

    def test_check(self, scene: Scene) -> None:
        scene.add("media", "http://127.0.0.1:1")
        ran = scene.run("config", "check")
        assert ran.code == 0
        assert "1 source" in ran.out
        scene.text += "x = 1\n"
        ran = scene.run("config", "check")
        assert (ran.code, ran.out) == (2, "")
        assert ran.err.startswith(f'taskdeck: {scene.path}:{scene.text.count(chr(10))}: sources[0].x: no such key: "x"')

    def test_a_view_that_is_no_filter_is_a_mistake(self, scene: Scene) -> None:
        scene.text += '[views]\nbad = "nosuch:"\n'
        ran = scene.run("config", "check")
        assert ran.code == 2
        assert "views.bad" in ran.err

    @pytest.mark.parametrize(
        ("theme", "told"),
        [
            (
                'base = "deck-dark"\n[tokens]\ntextt = "bold"\n',
                "mine.toml:3: tokens.textt: no such token; did you mean text?",
            ),
            (
                'base = "deck-dark"\n[tokens]\ntext = "#12345"\n',
                "mine.toml:3: tokens.text: '#12345' is no colour: #rrggbb",
            ),
            ('base = "deck-drak"\n', "mine.toml:1: base: theme 'deck-drak' does not exist; did you mean deck-dark?"),
        ],
    )
    def test_a_theme_of_the_users_that_is_wrong_is_found(self, scene: Scene, theme: str, told: str) -> None:
        folder = scene.path.with_name("themes")
        folder.mkdir()
        (folder / "mine.toml").write_text('base = "deck-dark"\n')
        assert scene.run("config", "check").code == 0
        (folder / "mine.toml").write_text(theme)
        ran = scene.run("config", "check")
        assert (ran.code, ran.out) == (2, "")
        assert told in ran.err

    def test_a_theme_that_does_not_exist_is_found(self, scene: Scene) -> None:
        scene.text += '[monitor]\ntheme = "deck-drak"\n'
        ran = scene.run("config", "check")
        assert (ran.code, ran.out) == (2, "")
        assert "monitor.theme: theme 'deck-drak' does not exist; did you mean deck-dark?" in ran.err

    def test_the_example_passes_the_check_and_the_schema(self, scene: Scene) -> None:
        scene.text = scene.plain("config", "example").out
        assert scene.run("config", "check").code == 0
        schema = json.loads(scene.plain("config", "schema").out)
        assert problems(schema, tomllib.loads(scene.text)) == []

    @pytest.mark.parametrize("words", [["list"], ["show", "a/b"], ["sources"], ["config", "check"]])
    def test_without_a_config_it_says_how_to_begin(self, scene: Scene, words: list[str]) -> None:
        ran = scene.plain("--config", str(scene.folder / "nowhere.toml"), *words)
        assert (ran.code, ran.out) == (2, "")
        assert ran.err.count("\n") == 1
        assert "taskdeck demo" in ran.err
        assert "taskdeck config example" in ran.err

    @pytest.mark.parametrize("words", [["list"], ["show", "a/b"], ["sources"]])
    def test_a_wrong_config_is_one_line_and_2(self, scene: Scene, words: list[str]) -> None:
        scene.text = "[monitor]\nintervall = 1\n"
        ran = scene.run(*words)
        assert (ran.code, ran.out) == (2, "")
        assert ran.err == (
            f'taskdeck: {scene.path}:2: monitor.intervall: no such key: "intervall"; did you mean "interval"?\n'
        )


@pytest.mark.parametrize("words", [[], ["monitor"], ["demo"]])
def test_a_screen_without_a_terminal_is_2(scene: Scene, words: list[str]) -> None:
    ran = scene.plain(*words)
    assert (ran.code, ran.out) == (2, "")
    assert "needs a terminal" in ran.err


def test_help_and_version(scene: Scene) -> None:
    assert scene.plain("--version")[:2] == (0, "taskdeck 0.1.0\n")
    for words in (["--help"], ["list", "--help"], ["cloud", "-h"]):
        ran = scene.plain(*words)
        assert ran.code == 0
        assert ran.out.startswith("usage: taskdeck")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_completion_script_knows_every_command_and_parses(scene: Scene, shell: str, tmp_path: Path) -> None:
    script = scene.plain("completion", shell).out
    for word in (
        "monitor",
        "demo",
        "cloud",
        "list",
        "show",
        "sources",
        "doctor",
        "config",
        "completion",
        "ndjson",
        "example",
    ):
        assert word in script
    program = shutil.which(shell)
    if program:
        (tmp_path / "script").write_text(script)
        assert subprocess.run([program, "-n", str(tmp_path / "script")], check=False, timeout=20).returncode == 0


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("taskdeck li", "list"),
        ("taskdeck list -o nd", "ndjson"),
        ("taskdeck config ", "schema"),
        ("taskdeck list --so", "--sort"),
        ("taskdeck --config list sho", "show"),
        ("taskdeck --color ", "never"),
    ],
)
def test_bash_completes(scene: Scene, typed: str, expected: str) -> None:
    found = completed(scene, typed)
    assert expected in found
    assert typed.endswith("--so") or not any(word.startswith("-") for word in found)


def completed(scene: Scene, typed: str) -> list[str]:
    """What bash offers after what was typed."""
    program = shutil.which("bash")
    assert program
    words = typed.split(" ")
    quoted = " ".join(f"'{word}'" for word in words)
    ask = f"COMP_WORDS=({quoted}); COMP_CWORD={len(words) - 1}; _taskdeck; printf '%s\\n' \"${{COMPREPLY[@]}}\""
    script = scene.plain("completion", "bash").out + ask
    ran = subprocess.run([program, "-c", script], capture_output=True, text=True, check=True, timeout=20)
    return ran.stdout.split()


@pytest.mark.parametrize("typed", ["taskdeck list --source ", "taskdeck demo --faults ", "taskdeck list --sort -"])
def test_bash_offers_no_option_where_a_value_is_due(scene: Scene, typed: str) -> None:
    assert completed(scene, typed) == []


class TestProgress:
    def test_it_is_shown_on_a_terminal_alone_and_taken_away(
        self, scene: Scene, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        scene.source("media", ROWS)
        monkeypatch.setattr("sys.stderr.isatty", lambda: True)
        ran = scene.run("list", "-o", "ndjson")
        assert "\r\x1b[Kreading media " in ran.err
        assert ran.err.endswith("\r\x1b[K")
        assert "\n" not in ran.err
        assert "\x1b" not in ran.out

    def test_a_failure_stands_on_a_line_of_its_own(self, scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
        scene.source("media", refusing("UnauthorizedOperation"))
        monkeypatch.setattr("sys.stderr.isatty", lambda: True)
        assert scene.run("list").err.rpartition("\x1b[K")[2].startswith("taskdeck: media: DENIED")


def test_a_dumb_terminal_is_none(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    for term in ("dumb", None):
        if term is None:
            monkeypatch.delenv("TERM", raising=False)
        else:
            monkeypatch.setenv("TERM", term)
        assert scene.plain("demo").code == 2


def test_colours_are_for_terminals_unless_asked_for(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    scene.source("media", ROWS)
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    assert "\x1b[" in scene.run("list").out
    assert "\x1b[" not in scene.run("--color", "never", "list").out
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[" not in scene.run("list").out
    assert "\x1b[" in scene.run("--color", "always", "list").out


def test_faults_that_do_not_exist_are_a_mistake(scene: Scene) -> None:
    ran = scene.plain("cloud", "--faults", "nosuch")
    assert (ran.code, ran.out) == (2, "")
    assert "nosuch" in ran.err


@pytest.mark.parametrize("command", ["list", "sources", "show"])
def test_a_config_that_cannot_even_be_looked_for_is_a_mistake_of_the_user(scene: Scene, command: str) -> None:
    ran = scene.plain("--config", "a" * 1000, command, *(["s/1"] if command == "show" else []))
    assert ran.code == 2
    assert ran.err.startswith("taskdeck: aaa")
    assert "cannot be read" in ran.err
