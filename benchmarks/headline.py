"""The ratios that the README quotes, taken from the rows of a run: between two marks, and nothing else of it."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from results import Row

README = Path(__file__).resolve().parent.parent / "README.md"
BEGIN, END = "<!-- ratios -->", "<!-- /ratios -->"
QUOTED = {
    "Bytes and CPU: a changed status, in the table, 200x60": "bytes of a changed status at 200x60",
    "Bytes and CPU: 15 durations tick, in the table, 200x60": "bytes of 15 ticking durations at 200x60",
    "Bytes and CPU: a page down or up, 200x60": "bytes of a page at 200x60",
    "Bytes and CPU: idle, 200x60": "bytes of an idle minute at 200x60",
    "Start: first text": "time to the first text",
    "Start: first frame": "time to the first frame",
    "Keys to paint: 10,000 tasks, typed character, p50": "a typed character of a filter, 10,000 tasks",
    "Keys to paint: 100,000 tasks, typed character, p50": "a typed character of a filter, 100,000 tasks",
    "Lists of about 10,000 tasks: alibaba-fc, CPU": "CPU of a list of FC",
    "Lists of about 10,000 tasks: tencent-mps, CPU": "CPU of a list of MPS",
    "Lists of about 10,000 tasks: huawei-kps, CPU": "CPU of a list of KPS",
}


def quoted(rows: Iterable[Row]) -> Iterator[str]:
    """A table of what is better and what is not."""
    yield "| taskdeck beside | what | ratio |"
    yield "|---|---|---:|"
    for row in rows:
        if row.beside and row.key in QUOTED and not math.isnan(row.ratio):
            ratio = f"1/{1 / row.ratio:.0f}" if 0 < row.ratio < 0.2 else f"{row.ratio:.2f}"
            yield f"| {row.beside} | {QUOTED[row.key]} | {ratio} |"


def put(rows: Iterable[Row], path: Path = README) -> None:
    """Writes them into the README; ValueError where it has no marks."""
    text = path.read_text("utf-8")
    table = f"{BEGIN}\n" + "\n".join(quoted(rows)) + f"\n{END}"
    new, count = re.subn(f"{BEGIN}.*?{END}", lambda _: table, text, flags=re.DOTALL)
    if count != 1:
        raise ValueError(f"{path.name} has no {BEGIN} ... {END}")
    path.write_text(new, "utf-8")
