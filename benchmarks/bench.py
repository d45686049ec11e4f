"""`make bench`: all parts, benchmarks/RESULTS.md, the README's ratios; fails where one is worse by more than a quarter.

    python benchmarks/bench.py                  all parts, 15 minutes; exits 1 where a ratio got worse
    python benchmarks/bench.py --part start     one part; RESULTS.md stays as it is
    python benchmarks/bench.py --save-baseline  takes what is found as the baseline from now on

What is missed is told in the table and is no failure: it is known. What gets worse is one.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import headline
from results import Row, as_json, from_json, ratios, tables, unknown, worse

HERE = Path(__file__).resolve().parent
BASELINE, RESULTS = HERE / "baseline.json", HERE / "RESULTS.md"
NOTES = HERE / "notes.md"
PARTS = ("traffic", "start", "lists", "pages", "keys")


def measure(part: str, *, quick: bool) -> list[Row]:
    """One part; `quick` is to see that it works, not to be quoted."""
    import list_against_sdks
    import pages
    import sizes
    import start
    import traffic

    parts: dict[str, Callable[[], list[Row]]] = {
        "traffic": lambda: traffic.measured(6 if quick else 60),
        "start": lambda: start.measured(1 if quick else 5),
        "lists": lambda: list_against_sdks.measured(1 if quick else 3, 2_000 if quick else 50_000),
        "pages": lambda: pages.measured(1 if quick else 2, 20 if quick else 500, 6 if quick else 30),
        "keys": lambda: sizes.measured(1, 6 if quick else 30, 1.0 if quick else 4.0),
    }
    return parts[part]()


def said(command: Sequence[str]) -> str:
    """The first line with a version that a program prints; "" where there is none."""
    try:
        told = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    lines = [re.sub(r"\x1b\[[\d;]*m", "", line).strip() for line in (told.stdout + told.stderr).splitlines()]
    return next((line for line in lines if re.search(r"\d+\.\d+", line)), "")


def machine() -> Iterator[str]:
    """What it was measured on."""
    cpu = (
        re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text()) if Path("/proc/cpuinfo").exists() else None
    )
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 30
    cores = f"{os.cpu_count()} cores" + (f" of {cpu[1]}" if cpu else "")
    yield f"- {cores}, {memory} GiB, {platform.system()} {platform.release()}"
    yield f"- load average before the run: {os.getloadavg()[0]:.1f}"
    from list_against_sdks import python_of_tccli
    from peers.fastdatatable import python
    from start import PEERS, found

    programs = {"taskdeck": "taskdeck"} | {name: program for name, (program, *_) in PEERS.items()}
    versions = {name: said([found(program) or program, "--version"]) for name, program in programs.items()}
    versions |= {
        name: said([own or "", "-c", f"from importlib.metadata import version; print(version({name!r}))"])
        for name, own in (
            ("posting", str(Path(found("posting") or "").with_name("python")) if found("posting") else None),
            ("textual-fastdatatable", python()),
            ("tccli", python_of_tccli()),
        )
    }
    told = [f"{name}: {re.search(r'[0-9][0-9.]+', text)[0]}" for name, text in versions.items() if text]  # type: ignore[index]  # `said` has looked
    from importlib.metadata import version

    yield f"- Python {platform.python_version()}, Textual {version('textual')}, {', '.join(told)}"
    missing = [name for name, text in versions.items() if not text]
    if missing:
        yield f"- not here, so not measured: {', '.join(missing)}"


def report(
    rows: Sequence[Row], took: Mapping[str, float], about: Iterable[str], found: Sequence[str], untold: Sequence[str]
) -> str:
    """The whole of RESULTS.md."""
    lines = [
        "# Results",
        "",
        "Written by `make bench`. How each figure is taken is in README.md beside this file. Figures are medians of",
        "interleaved runs; a ratio is ours over a peer's, and below 1 where we are better. `-` is: not measured.",
        "",
        *about,
        f"- {time.strftime('%Y-%m-%d %H:%M', time.gmtime())} UTC;"
        f" {', '.join(f'{part} {seconds:.0f} s' for part, seconds in took.items())}",
        *tables(rows),
        "",
        "## Against the baseline",
        "",
        *([f"- {line}" for line in found] or ["No ratio is worse than `baseline.json` by more than a quarter."]),
        *(f"- {line}" for line in untold),
    ]
    if NOTES.exists():
        lines += ["", NOTES.read_text("utf-8").rstrip()]
    return "\n".join(lines) + "\n"


def main(arguments: Sequence[str]) -> int:
    """Measures, writes, compares."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--part", choices=PARTS, action="append", help="may be repeated; RESULTS.md is left alone")
    parser.add_argument("--quick", action="store_true", help="to see that it works: figures not to be quoted")
    parser.add_argument("--json", type=Path, metavar="FILE", help="keeps the rows")
    parser.add_argument("--given", type=Path, metavar="FILE", help="rows that --json has kept, instead of measuring")
    parser.add_argument("--baseline", type=Path, default=BASELINE, metavar="FILE")
    parser.add_argument("--save-baseline", action="store_true", help="writes it from what is found")
    given = parser.parse_args(arguments)
    parts = given.part or PARTS
    about = [] if given.given else [*machine()]
    rows, took = [], {}
    if given.given:
        rows = from_json(json.loads(given.given.read_text("utf-8")))
    for part in () if given.given else parts:
        print(f"{part} ...", file=sys.stderr, flush=True)
        began = time.perf_counter()
        rows += measure(part, quick=given.quick)
        took[part] = time.perf_counter() - began
        print(f"{part}: {took[part]:.0f} s", file=sys.stderr, flush=True)
    if given.json:
        given.json.write_text(json.dumps(as_json(rows)), "utf-8")
    before: dict[str, float] = json.loads(given.baseline.read_text("utf-8")) if given.baseline.exists() else {}
    here = {row.part for row in rows}  # of a part that was not asked for nothing is said
    watched = {key: value for key, value in before.items() if not given.part or key.partition(": ")[0] in here}
    found = [*worse(rows, watched)]
    text = report(rows, took, about, found, [*unknown(rows, watched)])
    print(text)
    if not (given.part or given.quick or given.given):
        RESULTS.write_text(text, "utf-8")
        headline.put(rows)
    if given.save_baseline:
        given.baseline.write_text(json.dumps(before | ratios(rows), indent=1, sort_keys=True) + "\n", "utf-8")
        return 0
    for line in found:
        print(f"worse: {line}", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
