"""What to type into `tccli` for the tasks of both Tencent APIs."""

from __future__ import annotations

from tui.by_hand import ByHand, array, option
from tui.model import Source, Task

EXPLORER = "https://console.cloud.tencent.com/api/explorer"


def mps(task: Task, source: Source) -> ByHand:
    """DescribeTaskDetail."""
    return ByHand(
        _line("mps", "DescribeTaskDetail", source, option("--TaskId", task.key.id)),
        document=f"{EXPLORER}?Product=mps&Version=2019-06-12&Action=DescribeTaskDetail",
        note=_abroad("mps"),
    )


def tat(task: Task, source: Source) -> ByHand:
    """DescribeInvocationTasks by id, without the output; the same with it; the invocation."""
    asked = option("--InvocationTaskIds", array([task.key.id]))
    line = _line("tat", "DescribeInvocationTasks", source, asked)
    beside = [("with its output", f"{line} --HideOutput false")]
    invocation = task.extra.get("tat.invocation")
    if invocation:
        wanted = option("--InvocationIds", array([str(invocation)]))
        beside.append(("its invocation", _line("tat", "DescribeInvocations", source, wanted)))
    return ByHand(
        f"{line} --HideOutput true",
        tuple(beside),
        f"{EXPLORER}?Product=tat&Version=2020-10-28&Action=DescribeInvocationTasks",
        _abroad("tat"),
    )


def _line(product: str, action: str, source: Source, *options: str) -> str:
    region = [option("--region", source.region)] if source.region else []
    return " ".join(["tccli", product, action, *region, *options])


def _abroad(product: str) -> str:
    return f"on the international site add --endpoint {product}.intl.tencentcloudapi.com"
