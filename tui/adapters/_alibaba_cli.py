"""What to type into `aliyun` for the tasks of both Alibaba APIs."""

from __future__ import annotations

from urllib.parse import quote

from tui.by_hand import ByHand, option, word
from tui.model import Source, Task

EXPLORER = "https://api.aliyun.com/document"


def fc(task: Task, source: Source) -> ByHand:
    """GetAsyncTask, and the list of the function."""
    tasks = _path("2023-03-30", "functions", task.key.scope, "async-tasks")
    return ByHand(
        _get("fc", f"{tasks}/{quote(task.key.id, safe='')}", source),
        (("the list it is in", _get("fc", tasks, source) + " --limit 100"),),
        f"{EXPLORER}/FC/2023-03-30/GetAsyncTask",
    )


def opensearch(task: Task, source: Source) -> ByHand:
    """GetFunctionTask, whose key is the generation; without one the list is all there is to ask."""
    app, function, instance, *_ = (*task.key.scope.split("/"), "", "", "")
    tasks = _path("v4", "openapi", "app-groups", app, "functions", function, "instances", instance, "tasks")
    listed = _get("opensearch", tasks, source) + " --pageSize 50"
    generation = task.extra.get("os.generation")
    if not generation:
        return ByHand(listed, document=f"{EXPLORER}/OpenSearch/2017-12-25/ListFunctionTasks")
    return ByHand(
        _get("opensearch", f"{tasks}/{quote(str(generation), safe='')}", source),
        (("the list it is in", listed),),
        f"{EXPLORER}/OpenSearch/2017-12-25/GetFunctionTask",
    )


def _get(product: str, path: str, source: Source) -> str:
    region = f" {option('--region', source.region)}" if source.region else ""
    return f"aliyun {product} GET {word(path)}{region}"


def _path(*segments: str) -> str:
    return "".join(f"/{quote(segment, safe='')}" for segment in segments)
