"""What to type into `hcloud` for the tasks of KPS."""

from __future__ import annotations

from tui.by_hand import ByHand, word
from tui.model import Source, Task

EXPLORER = "https://apiexplorer.developer.huaweicloud.com/apiexplorer/doc"


def kps(task: Task, source: Source) -> ByHand:
    """ListKeypairTask, which is one task by its id, and both lists."""
    lists = (("what runs", "ListRunningTask"), ("what failed", "ListFailedTask"))
    return ByHand(
        f"{_line('ListKeypairTask', source)} --task_id={word(task.key.id)}",
        tuple((told, _line(operation, source)) for told, operation in lists),
        f"{EXPLORER}?product=KPS&api=ListKeypairTask",
    )


def _line(operation: str, source: Source) -> str:
    region = f" --cli-region={word(source.region)}" if source.region else ""
    return f"hcloud KPS {operation}{region}"
