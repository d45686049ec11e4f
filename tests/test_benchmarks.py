"""What `make bench` says of its figures: the verdicts, and that a ratio that gets worse fails the run."""

from __future__ import annotations

import importlib.util
import json
import math
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

BENCHMARKS = Path(__file__).parent.parent / "benchmarks"


def script(name: str) -> ModuleType:
    """A module of benchmarks/, which is no package."""
    found = importlib.util.spec_from_file_location(name, BENCHMARKS / f"{name}.py")
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    sys.modules[name] = module
    found.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def results() -> Iterator[Any]:
    yield script("results")
    sys.modules.pop("results")


@pytest.fixture(scope="module")
def bench(results: Any) -> Iterator[Any]:
    script("headline")
    yield script("bench")
    for name in ("bench", "headline"):
        sys.modules.pop(name)


@pytest.fixture
def rows(results: Any) -> Callable[[float], list[Any]]:
    def made(ours: float) -> list[Any]:
        return [
            results.Row(
                "Start", "first text", "ms", {"taskdeck": ours, "peer": 100.0}, results.Target(1.15, "peer"), "peer", 5
            ),
            results.Row("Bytes", "idle", "bytes", {"taskdeck": 10.0}, results.Target(0)),
        ]

    return made


@pytest.mark.parametrize(("ours", "fails"), [(100, False), (125, False), (126, True), (300, True)])
def test_a_ratio_worse_by_more_than_a_quarter_fails_the_run(
    bench: Any,
    results: Any,
    rows: Callable[[float], list[Any]],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    ours: float,
    fails: bool,
) -> None:
    given, baseline = tmp_path / "rows.json", tmp_path / "baseline.json"
    baseline.write_text(json.dumps({"Start: first text": 1.0}))
    given.write_text(json.dumps(results.as_json(rows(ours))))
    code = bench.main(["--given", str(given), "--baseline", str(baseline)])
    told = capsys.readouterr()
    assert code == (1 if fails else 0)
    assert ("worse: Start: first text" in told.err) is fails
    assert ("No ratio is worse" in told.out) is not fails


def test_a_difference_within_the_grain_is_none(results: Any) -> None:
    row = results.Row("Start", "first text", "ms", {"taskdeck": 6.0, "peer": 100.0}, None, "peer", 5)
    assert [*results.worse([row], {row.key: 0.04})] == []
    assert [*results.worse([row], {row.key: 0.005})] == [
        "Start: first text: 0.06 times peer, was 0.005 times (6 ms where 0.5 would be as before)"
    ]


def test_what_is_not_measured_any_more_fails_and_a_peer_that_is_not_here_does_not(results: Any) -> None:
    row = results.Row("Start", "first text", "ms", {"taskdeck": 900.0}, None, "peer")
    assert [*results.worse([row], {row.key: 1.0})] == []
    assert [*results.worse([row._replace(figures={"peer": 1.0})], {row.key: 1.0})] == [
        f"{row.key}: is not measured any more"
    ]
    assert [*results.worse([], {row.key: 1.0})] == [f"{row.key}: is not measured any more"]


def test_two_rows_of_one_name_are_refused_as_one_of_them_would_be_watched_by_nobody(results: Any) -> None:
    row = results.Row("Bytes", "at work", "bytes a minute", {"taskdeck": 1.0, "peer": 2.0}, None, "peer")
    with pytest.raises(ValueError, match="at work"):
        results.ratios([row, row._replace(unit="bytes a cell")])
    assert results.ratios([row, row._replace(unit="bytes a cell", beside="")]) == {row.key: 0.5}


def test_a_ratio_of_a_ten_thousandth_gets_worse_by_a_quarter_too(results: Any) -> None:
    row = results.Row("Bytes", "a cell", "bytes", {"taskdeck": 1.52, "peer": 10_000.0}, None, "peer")
    kept = results.ratios([row])
    assert kept == {row.key: 0.000152}
    assert [*results.worse([row._replace(figures={"taskdeck": 1.89, "peer": 10_000.0})], kept)] == []
    assert len([*results.worse([row._replace(figures={"taskdeck": 1.91, "peer": 10_000.0})], kept)]) == 1


def test_what_nobody_can_compare_is_told(results: Any) -> None:
    row = results.Row("Start", "first text", "ms", {"taskdeck": 1.0, "peer": 1.0}, None, "peer")
    alone = row._replace(figures={"taskdeck": 1.0})
    assert [*results.unknown([row], {row.key: 1.0})] == [*results.unknown([alone], {})] == []
    assert [*results.unknown([row], {})] == [f"{row.key}: new, the baseline has no ratio of it"]
    assert [*results.unknown([alone], {row.key: 1.0})] == [f"{row.key}: not compared, peer was not measured"]


def test_verdicts_and_the_table(results: Any, rows: Callable[[float], list[Any]]) -> None:
    good, bad = rows(115)[0], rows(116)[0]
    assert (good.verdict, bad.verdict) == ("met", "**missed**: 1.01 times")
    assert rows(1)[1].verdict == "**missed**"
    assert good._replace(figures={"taskdeck": 1.0}).verdict == "not measured"
    assert good._replace(figures={}).verdict == "not measured"
    lines = [*results.tables(rows(115))]
    assert "| first text, ms | 115 | 100 | 1.15 x peer | met | 1.15 x peer |" in lines
    assert "| idle, bytes | 10 | 0 | **missed** |  |" in lines
    assert [results.short(value) for value in (math.nan, 0.0, 0.1234, 12.34, 1234.6)] == [
        "-",
        "0",
        "0.123",
        "12.3",
        "1,235",
    ]


def test_rows_survive_a_file_and_the_baseline_is_their_ratios(results: Any, rows: Callable[[float], list[Any]]) -> None:
    assert results.from_json(json.loads(json.dumps(results.as_json(rows(115))))) == rows(115)
    assert results.ratios(rows(115)) == {"Start: first text": 1.15}


def test_every_ratio_of_the_baseline_is_a_number() -> None:
    kept: dict[str, float] = json.loads((BENCHMARKS / "baseline.json").read_text("utf-8"))
    assert len(kept) > 30
    assert all(value >= 0 for value in kept.values())


def test_a_part_alone_is_compared_with_its_part_of_the_baseline(
    bench: Any, rows: Callable[[float], list[Any]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def measure(part: str, *, quick: bool) -> Sequence[Any]:
        assert (part, quick) == ("start", False)
        return rows(100)

    baseline = tmp_path / "baseline.json"
    baseline.write_text(json.dumps({"Start: first text": 1.0, "Lists: all": 1.0}))
    monkeypatch.setattr(bench, "measure", measure)
    monkeypatch.setattr(bench, "machine", lambda: iter(()))
    assert bench.main(["--part", "start", "--baseline", str(baseline)]) == 0
    assert bench.main(["--part", "start", "--baseline", str(baseline), "--save-baseline"]) == 0
    assert json.loads(baseline.read_text()) == {"Start: first text": 1.0, "Lists: all": 1.0}


@pytest.mark.parametrize("size", ["80x24", "200x60"])
def test_each_ratio_of_an_idle_minute_is_in_the_baseline(
    results: Any, monkeypatch: pytest.MonkeyPatch, size: str
) -> None:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    traffic = script("traffic")
    names = ("taskdeck idle", "DataTable idle", "htop", "btop", "taskdeck", "DataTable")
    rows = traffic.idle_rows(size, {name: traffic.Spent(9, 9, 9, 1.0) for name in names}, 60)
    kept = json.loads((BENCHMARKS / "baseline.json").read_text("utf-8"))
    assert results.ratios(rows).keys() <= kept.keys()


def test_bytes_count_where_the_cursor_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    here = "\x1b[5;3H\x1b[32m✗\b\x1b[BC\x1b[m"
    data = f"\x1b[?2026h\x1b[2;11H\x1b[31mA{here}\x1b[5;70HD\x1b[H\x1b[?2026l"
    assert script("traffic").in_table(data.encode(), range(4, 6), 60) == len(here.encode())


def test_a_program_that_ends_by_itself_is_told_with_how_it_did() -> None:
    watched = script("watched")
    with watched.Watched(["sh", "-c", "read it; kill -SEGV $$"], os.environ) as seen:
        assert seen.fate == ""
        seen.press("\n")
        until = time.monotonic() + 10
        while not seen.fate and time.monotonic() < until:
            time.sleep(0.01)
        assert seen.fate == "was ended by SIGSEGV"


def test_what_lifts_the_limits_of_pages_finds_all_of_them() -> None:
    lifted = "import wide; wide.ask(1_000); wide.serve(1_000); print(wide.huawei_kps.LIMIT)"
    told = subprocess.run([sys.executable, "-c", lifted], cwd=BENCHMARKS, capture_output=True, text=True, check=False)
    assert (told.stdout, told.stderr) == ("1000\n", "")


def test_the_readme_quotes_ratios_between_its_marks(
    bench: Any, rows: Callable[[float], list[Any]], tmp_path: Path
) -> None:
    readme = tmp_path / "README.md"
    readme.write_text("a\n<!-- ratios -->\nold\n<!-- /ratios -->\nb\n")
    bench.headline.put(rows(50), readme)
    assert readme.read_text() == (
        "a\n<!-- ratios -->\n| taskdeck beside | what | ratio |\n|---|---|---:|\n"
        "| peer | time to the first text | 0.50 |\n<!-- /ratios -->\nb\n"
    )
    bench.headline.put(rows(10), readme)
    assert "| 1/10 |" in readme.read_text()
    readme.write_text("none")
    with pytest.raises(ValueError, match="ratios"):
        bench.headline.put(rows(1), readme)


def test_the_readme_has_the_marks_and_quotes_what_is_watched(bench: Any) -> None:
    text = (BENCHMARKS.parent / "README.md").read_text("utf-8")
    assert text.count(bench.headline.BEGIN) == text.count(bench.headline.END) == 1
    assert set(bench.headline.QUOTED) <= set(json.loads((BENCHMARKS / "baseline.json").read_text("utf-8")))
