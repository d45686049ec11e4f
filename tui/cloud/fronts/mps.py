"""Media Processing Service on the wire."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from tui.cloud import hostile, novel
from tui.cloud.acs3 import Key
from tui.cloud.fronts._tencent import Operation, TcError, action_of, number, serve, throttled
from tui.cloud.habits import HOSTILE, NOVEL
from tui.cloud.job import Job
from tui.cloud.realms import mps
from tui.cloud.realms.mps import FINISH, LIVE_TYPE, PROCESSING, WAITING, MediaProcessing
from tui.cloud.showing import ghosts, mingled, page_of
from tui.cloud.turn import CALM, Turn
from tui.cloud.wire import Reply, Request

VERSION = "2019-06-12"
OBJECTS = (
    "WorkflowTask",
    "EditMediaTask",
    "LiveStreamProcessTask",
    "ExtractBlindWatermarkTask",
    "ScheduleTask",
    "LiveScheduleTask",
)


class MpsFront:
    """One site of Media Processing."""

    api = "tencent-mps"

    def __init__(self, realm: MediaProcessing, keys: Mapping[str, Key]) -> None:
        self.realm = realm
        self.region = realm.region
        self._keys = keys

    def operation(self, request: Request) -> str:
        """The operation a request names."""
        return action_of(request)

    def answer(self, request: Request, now: int, wall: int, turn: Turn = CALM) -> Reply:
        """One request, from signature to body."""
        operations: dict[str, Operation] = {
            "DescribeTasks": self._list,
            "DescribeTaskDetail": self._detail,
            "ManageTask": self._manage,
            "DescribeWorkflows": self._workflows,
        }
        return serve(request, "mps", VERSION, self._keys, operations, (now, wall), turn)

    def throttled(self, action: str, wait: int, mood: int) -> Reply:
        """Too many requests."""
        return throttled(action, 100)

    def _list(self, asked: dict[str, Any], now: int, turn: Turn) -> dict[str, Any]:
        native = asked.get("Status")
        if native is None:
            raise TcError("MissingParameter", "The request is missing the parameter `Status`.")
        if native not in (WAITING, PROCESSING, FINISH):
            raise TcError("InvalidParameterValue", "Status must be WAITING, PROCESSING or FINISH.")
        limit = number(asked.get("Limit"), 10, 1, 100, "InvalidParameterValue.Limit")
        split = asked.get("SubTaskHasFailed")
        if split not in (None, True, False):
            raise TcError("InvalidParameterValue", "SubTaskHasFailed must be a boolean.")
        parts = [_within(part, asked, turn.skew) for part in self.realm.listed(native, split, now)]
        total = sum(len(part) for part in parts)
        token = asked.get("ScrollToken") or ""
        skip = self._found(parts, str(token), now, turn) if token else 0
        page = _cut(parts, skip, limit + 1)
        after = mps.task_id_of(page[limit]) if len(page) > limit else ""
        again = [] if after else ghosts(self.realm.later(native, now), now, turn, limit - len(page))
        shown = mingled(page_of(page[:limit], now, turn, back=False), again)
        for job, _ in shown:
            turn.show(job, native)
        return {
            "TotalCount": max(0, total + len(again) + turn.drift),
            "TaskSet": [mps.row(job, at) for job, at in shown],
            "ScrollToken": str(token) if turn.repeat and token and after else after,
        }

    def _found(self, parts: list[list[Job]], token: str, now: int, turn: Turn) -> int:
        """How many entries stand before the one the token names; a live one may have moved on meanwhile."""
        job = self.realm.find(token)
        if job is None or turn.lapsed:
            raise TcError("InvalidParameterValue", "ScrollToken is invalid or expired.")
        before = 0
        for part in parts:
            at = _place(part, job, ended=now >= job.ended)
            if at is not None:
                return max(0, before + len(part) - 1 - at + turn.shift)
            before += len(part)
        younger = [other for part in parts for other in part if other.n > job.n]
        return len(younger)

    def _detail(self, asked: dict[str, Any], now: int, turn: Turn) -> dict[str, Any]:
        job = self._task(asked)
        turn.show(job, mps.status_of(job, now))
        return _detail(job, now)

    def _task(self, asked: dict[str, Any]) -> Job:
        task_id = asked.get("TaskId")
        if not task_id:
            raise TcError("MissingParameter", "The request is missing the parameter `TaskId`.")
        job = self.realm.find(str(task_id))
        if job is None:
            raise TcError("ResourceNotFound.TaskNotFound", "The task does not exist.")
        return job

    def _manage(self, asked: dict[str, Any], now: int, _: Turn) -> dict[str, Any]:
        if asked.get("OperationType") != "Abort":
            raise TcError("InvalidParameterValue.InvalidOperationType", "OperationType must be Abort.")
        if not self.realm.abort(self._task(asked), now):
            raise TcError("InvalidParameterValue.NotProcessingTask", "Processing tasks not supported.")
        return {}

    def _workflows(self, _: dict[str, Any], __: int, ___: Turn) -> dict[str, Any]:
        return {"TotalCount": 0, "WorkflowInfoSet": []}


def _within(part: list[Job], asked: dict[str, Any], skew: int) -> list[Job]:
    """StartTime and EndTime, read as bounds of CreateTime: the document does not say of which time."""
    begin, end = _parsed(asked.get("StartTime")), _parsed(asked.get("EndTime"))
    if begin is None and end is None:
        return part
    return [job for job in part if (begin or 0) <= job.created + skew and (end is None or job.created + skew <= end)]


def _parsed(text: Any) -> int | None:
    if not text:
        return None
    try:
        return int(datetime.strptime(str(text), "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC).timestamp() * 1000)
    except ValueError:
        raise TcError("InvalidParameterValue", "Times are written YYYY-MM-DDThh:mm:ssZ.") from None


def _place(part: list[Job], job: Job, ended: bool) -> int | None:
    """Where a job stands: finished ones are in the order of their ends, live ones are few."""
    if not ended:
        return part.index(job) if job in part else None
    low, high = 0, len(part)
    while low < high:
        middle = (low + high) // 2
        if part[middle].ended < job.ended:
            low = middle + 1
        else:
            high = middle
    while low < len(part) and part[low].ended == job.ended:
        if part[low] is job:
            return low
        low += 1
    return None


def _cut(parts: list[list[Job]], skip: int, limit: int) -> list[Job]:
    """Newest first across the parts."""
    page: list[Job] = []
    for part in parts:
        stop = len(part) - skip
        if stop > 0:
            page += reversed(part[max(0, stop - (limit - len(page))) : stop])
        skip = max(0, -stop) if stop < 0 else 0
        if len(page) >= limit:
            break
    return page


def _detail(job: Job, now: int) -> dict[str, Any]:
    type_ = "LiveStreamProcessTask" if job.owner.type == LIVE_TYPE else job.owner.type
    body: dict[str, Any] = {"TaskType": type_, "Status": mps.status_of(job, now), **mps.times(job, now)}
    body.update(dict.fromkeys(OBJECTS))
    body[type_] = _task_object(job, type_, now)
    body.update({"TaskNotifyConfig": None, "TasksPriority": 0, "SessionId": "", "SessionContext": "", "ExtInfo": ""})
    if job.odd & HOSTILE:
        hostile.mps(body, job.n)
    if job.odd & NOVEL:
        novel.extend(body, job.n)
    return body


def _task_object(job: Job, type_: str, now: int) -> dict[str, Any]:
    code, text = mps.failure(job, now)
    source = code if job.outcome == mps.SOURCE_FAILED else ""
    native = mps.status_of(job, now)
    body: dict[str, Any] = {
        "TaskId": mps.task_id_of(job),
        "Status": native,
        "ErrCode": 70000 if source else 0,
        "Message": text if source else "",
    }
    if type_ == "LiveStreamProcessTask":
        # a live stream has no subtasks in its detail: what failed is its own code
        return {**body, "ErrCode": 70000 if code else 0, "Message": text, "Url": "rtmp://push.example/live/deck"}
    if type_ == "EditMediaTask":
        return {**body, "ErrCode": 70000 if code else 0, "Message": text, "Input": None, "Output": None}
    body["InputInfo"] = {
        "Type": "COS",
        "CosInputInfo": {"Bucket": f"media-{mps.APP_ID}", "Region": "ap-singapore", "Object": mps.source_object(job)},
        "UrlInputInfo": None,
        "S3InputInfo": None,
        "VODInputInfo": None,
    }
    body["MetaData"] = None
    count = 0 if source or native == WAITING else max(1, len(job.owner.subtasks))
    subtasks = [_subtask(job, i, now) for i in range(count)]
    if type_ == "ScheduleTask":
        body["ActivityResultSet"] = [{"ActivityType": "Transcode", "ActivityResItem": one} for one in subtasks]
        return body
    body["MediaProcessResultSet"] = [{"Type": "Transcode", **one} for one in subtasks]
    body.update({f"Ai{name}ResultSet": [] for name in ("ContentReview", "Analysis", "Recognition")})
    body.update({"SmartSubtitlesTaskResult": [], "AiQualityControlTaskResult": None})
    body.update({"SmartEraseTaskResult": None, "AiDubbingTaskResult": None})
    return body


def _subtask(job: Job, index: int, now: int) -> dict[str, Any]:
    code, text = mps.failure(job, now) if index == 0 else ("", "")
    done = now >= job.ended
    progress = 100 if done else max(0, 100 * (now - job.started) // max(1, job.ended - job.started))
    task = {
        "Status": "FAIL" if code else "SUCCESS" if done else "PROCESSING",
        "ErrCodeExt": code,
        "ErrCode": 1 if code else 0,
        "Message": text,
        "Input": {"Definition": 100010 + index},
        "Output": None,
        "Progress": 37 if code else progress,
    }
    return {
        "TranscodeTask": task,
        "AnimatedGraphicTask": None,
        "SnapshotByTimeOffsetTask": None,
        "SampleSnapshotTask": None,
        "ImageSpriteTask": None,
        "AdaptiveDynamicStreamingTask": None,
    }
