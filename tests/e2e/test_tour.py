"""docs/tour.md, played key by key in a real terminal: the three causes, and a request id in the clipboard."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests import tour
from tests.e2e.command import BIN, cloud, environment
from tests.e2e.terminal import Terminal
from tests.e2e.test_copying import OSC52

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e-monitor")]

CAUSES = (r"^. +\d+ .* KPS +KPS\.6050 The s", r"^. +\d+ .* FC +Function ins", r"^. +\d+ .* TAT +curl: \(<n>\)")
PICKED = r"r request id +([0-9a-f-]{20,})"


def three(text: str) -> bool:
    """Whether the first three rows are the three causes of the storm, each with more tasks than the fourth has."""
    counts = [int(count) for count in re.findall(r"^. +(\d+) +\d+[smhd] ", text, re.MULTILINE)[:4]]
    found = [re.search(cause, text, re.MULTILINE) for cause in CAUSES]
    return len(counts) == 4 and all(found) and min(counts[:3]) > counts[3]


SHOWS: tuple[Callable[[str], object], ...] = (
    lambda text: three(text) and "Enter open its tasks" in text,
    lambda text: re.search(r"targets +thumbnailer \d+", text),
    lambda text: "error    curl: (28) Failed to connect to 10.0.12.4 port 8080" in text,
    lambda text: "deck > causes > curl" in text and text.count("curl: (28)") > 10 and "Enter open" in text,
    lambda text: "curl: (28) Failed to connect to 10.0.12.4" in text and "deploy-web" in text and "C copy as" in text,
    lambda text: re.search(PICKED, text),
    lambda text: re.search(r"copied request id \(\d+ bytes, OSC 52\)", text),
)


def test_a_newcomer_has_the_three_causes_and_a_request_id_within_ten_keys(tmp_path: Path) -> None:
    steps = tour.steps()
    assert [step.at for step in steps] == list(range(1, len(SHOWS) + 1))
    assert len(steps) <= 10
    env = environment(tmp_path, TERM="xterm-256color", COLORTERM="truecolor")
    picked = ""
    with (
        cloud(tmp_path, "--freeze", "--faults", "storm") as world,
        Terminal([BIN, "--config", str(world.config)], env, columns=80, lines=24) as screen,
    ):
        screen.until(lambda text: "e causes" in text and re.search(r"all 2,000 .*fail [1-9]", text))
        for step, shows in zip(steps, SHOWS, strict=True):
            screen.press(tour.TYPED.get(step.key, step.key))
            found = re.search(PICKED, screen.until(shows))
            picked = found[1] if found else picked
        copied = base64.b64decode(OSC52.findall(bytes(screen.seen))[-1]).decode()
        assert copied == picked
        asked = {row["operation"] for row in world.get("/_log")}
        assert "DescribeInvocationTasks" in asked
