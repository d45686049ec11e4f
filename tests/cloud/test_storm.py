"""`storm`: three causes stand out of the history, the same for a seed, and the rest of the world stays as it is."""

from collections import Counter
from datetime import UTC, datetime

import pytest

from tests.cloud.lab import START, Hands, Lab
from tests.cloud.test_odd_tasks import agreed
from tui.cloud import storm
from tui.cloud.faults import Faults
from tui.cloud.habits import Habits
from tui.cloud.world import World

pytestmark = pytest.mark.cloud

CAUSES = {"alibaba-fc": storm.FC, "tencent-tat": storm.TAT, "huawei-kps": storm.KPS}


def failed(lab: Lab) -> Counter[tuple[str, str]]:
    """How many listed tasks failed, by adapter and by what is said of it."""
    rows = (row for row in lab.world.truth() if row["listed"] and row["state"] == "failed")
    return Counter((row["adapter"], row["error"] or "") for row in rows)


def test_three_causes_are_the_most_frequent_ones_of_three_clouds() -> None:
    lab = Lab(2000, freeze=True, faults=["storm"])
    rows = list(lab.world.truth())
    assert sum(row["listed"] for row in rows) == 2000
    top = {adapter: error for (adapter, error), _ in failed(lab).most_common(3)}
    assert {adapter: one.error in top[adapter] for adapter, one in CAUSES.items()} == dict.fromkeys(CAUSES, True)
    late = [row for row in rows if row["listed"] and row["error"] and storm.TAT.error in row["error"]]
    assert {row["name"] for row in late} >= {storm.TAT.owner}
    assert sum(row["name"] == storm.TAT.owner for row in late) >= 40
    agreed(lab)


def test_it_goes_on_while_it_is_on_and_is_over_when_it_is_off() -> None:
    def struck(*faults: str) -> int:
        lab = Lab(600, rate=20, faults=["storm"])
        if not faults:
            lab.faults.switch("storm", False)
        lab.clock.at += 300_000
        since = f"{datetime.fromtimestamp(START / 1000, UTC).isoformat()[:19]}.001Z"
        born = (row for row in lab.world.truth() if row["adapter"] in CAUSES and (row["created_at"] or "") >= since)
        return sum(CAUSES[row["adapter"]].error in (row["error"] or "") for row in born)

    assert struck("storm") > 3 * struck()


def test_without_it_the_history_is_what_it_was_and_with_it_the_other_clouds_are() -> None:
    def others(world: World) -> list[str]:
        return [str(row) for row in world.truth() if row["source"] in ("mps", "os-hangzhou", "fc-shanghai")]

    habits = Habits(1)
    Faults(1, ["storm"], habits).serve(habits, Hands())
    assert others(World(900, freeze=True, clock=Hands())) == others(
        World(900, freeze=True, clock=Hands(), habits=habits)
    )
