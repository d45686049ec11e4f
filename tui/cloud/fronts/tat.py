"""TencentCloud Automation Tools on the wire."""

from collections.abc import Callable, Mapping
from typing import Any

from tui.cloud import novel
from tui.cloud.acs3 import Key
from tui.cloud.fronts._tencent import Operation, TcError, action_of, failed, number, serve, throttled
from tui.cloud.job import Job
from tui.cloud.realms import tat
from tui.cloud.realms.tat import Automation, Command, Invocation
from tui.cloud.showing import page_of
from tui.cloud.turn import CALM, Turn
from tui.cloud.wire import Reply, Request

VERSION = "2020-10-28"
REGION_NAMES = {"ap-guangzhou": "Guangzhou", "ap-singapore": "Singapore"}
MOST_IDS, MOST_FILTERS, MOST_VALUES = 100, 10, 5


class TatFront:
    """One regional host; the region of a request is in its header, so that any host answers for all."""

    api = "tencent-tat"

    def __init__(self, realms: Mapping[str, Automation], region: str, keys: Mapping[str, Key]) -> None:
        self._realms = realms
        self.realm = realms[region]
        self.region = region
        self._keys = keys

    def operation(self, request: Request) -> str:
        """The operation a request names."""
        return action_of(request)

    def answer(self, request: Request, now: int, wall: int, turn: Turn = CALM) -> Reply:
        """One request, from signature to body."""
        region = request.header("x-tc-region")
        realm = self._realms.get(region)
        here = Operations(realm) if realm else None
        operations: dict[str, Operation] = {
            name: (getattr(here, method) if here else _no_region(region)) for name, method in OPERATIONS.items()
        }
        return serve(request, "tat", VERSION, self._keys, operations, (now, wall), turn)

    def throttled(self, action: str, wait: int, mood: int) -> Reply:
        """Too many requests."""
        if mood % 3 == 2:
            return failed("RequestLimitExceeded.UinLimitExceeded", "The account exceeds its request limit.", action)
        return throttled(action, 20)


def _no_region(region: str) -> Operation:
    def refuse(_: dict[str, Any], __: int, ___: Turn) -> dict[str, Any]:
        if not region:
            raise TcError("MissingParameter", "The request is missing the parameter `Region`.")
        raise TcError("UnsupportedRegion", f"The region `{region}` is not supported.")

    return refuse


OPERATIONS = {
    "DescribeInvocationTasks": "tasks",
    "DescribeInvocations": "invocations",
    "CancelInvocation": "cancel",
    "DescribeCommands": "commands",
    "DescribeRegions": "regions",
}


class Operations:
    """The operations on one region."""

    __slots__ = ("_realm",)

    def __init__(self, realm: Automation) -> None:
        self._realm = realm

    def tasks(self, asked: dict[str, Any], now: int, turn: Turn) -> dict[str, Any]:
        """DescribeInvocationTasks."""
        names = ("invocation-task-id", "invocation-id", "instance-id", "command-id")
        ids, filters = _chosen(asked, "InvocationTaskIds", names)
        limit = number(asked.get("Limit"), 20, 1, 100, "InvalidParameterValue.Range")
        offset = number(asked.get("Offset"), 0, 0, 1 << 40, "InvalidParameterValue.Range")
        hidden = asked.get("HideOutput", True)
        if ids:
            chosen = [job for job in map(self._realm.find, ids) if job]
            total, page = len(chosen), chosen[offset : offset + limit]
        elif filters:
            chosen = [job for job in reversed(self._realm.shown(now)) if self._matches(job, filters)]
            total, page = len(chosen), chosen[offset : offset + limit]
        else:
            jobs = self._realm.shown(now)
            total = len(jobs)
            skip = max(0, offset + turn.shift) if offset else 0
            stop = total - (0 if turn.wrap and skip >= total else skip)
            page = jobs[max(0, stop - limit) : max(0, stop)][::-1]
        as_of = [(job, now) for job in page] if ids else page_of(page, now, turn)
        rows = []
        for job, at in as_of:
            rows.append(tat.row(job, at, hidden in (True, "true", None)))
            turn.show(job, rows[-1]["TaskStatus"])
        return {"TotalCount": max(0, total + turn.drift), "InvocationTaskSet": rows}

    def _matches(self, job: Job, filters: dict[str, set[str]]) -> bool:
        facts: dict[str, Callable[[], str]] = {
            "invocation-task-id": lambda: tat.task_id(job),
            "invocation-id": lambda: tat.invocation_id(self._realm, job.owner.number),
            "instance-id": lambda: tat.instance_id(job),
            "command-id": lambda: job.owner.command.id,
        }
        return all(facts[name]() in values for name, values in filters.items())

    def invocations(self, asked: dict[str, Any], now: int, _: Turn) -> dict[str, Any]:
        """DescribeInvocations."""
        names = ("invocation-id", "command-id", "command-created-by", "instance-kind")
        ids, filters = _chosen(asked, "InvocationIds", names)
        limit = number(asked.get("Limit"), 20, 1, 100, "InvalidParameterValue.Range")
        offset = number(asked.get("Offset"), 0, 0, 1 << 40, "InvalidParameterValue.Range")
        realm = self._realm
        if ids:
            chosen = [one for one in map(realm.invocation, ids) if one]
        else:
            facts = {"command-created-by": "USER", "instance-kind": "CVM"}
            chosen = [
                one
                for one in reversed(realm.invocations.values())
                if all(
                    {**facts, "invocation-id": tat.invocation_id(realm, one.number), "command-id": one.command.id}[name]
                    in values
                    for name, values in filters.items()
                )
            ]
        rows = [self._invocation(one, now) for one in chosen[offset : offset + limit]]
        return {"TotalCount": len(chosen), "InvocationSet": rows}

    def _invocation(self, one: Invocation, now: int) -> dict[str, Any]:
        realm = self._realm
        jobs = realm.tasks_of(one)
        states = [tat.status(job, now) for job in jobs]
        ended = all(now >= job.ended for job in jobs)
        begun = [job.started for job in jobs if job.started and now >= job.started]
        last = max((job.ended for job in jobs), default=one.created)
        document = tat.document(one.command)
        return {
            "InvocationId": tat.invocation_id(realm, one.number),
            "CommandId": one.command.id,
            "CommandName": one.command.name or "",
            "InvocationStatus": _summary(states),
            "InvocationTaskBasicInfoSet": [
                {"InvocationTaskId": tat.task_id(job), "TaskStatus": state, "InstanceId": tat.instance_id(job)}
                for job, state in zip(jobs, states, strict=True)
            ],
            "Description": "",
            "StartTime": tat.stamp(realm, min(begun)) if begun else None,
            "EndTime": tat.stamp(realm, last) if ended else None,
            "CreatedTime": tat.stamp(realm, one.created),
            "UpdatedTime": tat.stamp(realm, last if ended else max([one.created, *begun])),
            "Parameters": "{}",
            "DefaultParameters": "{}",
            "InstanceKind": "CVM",
            "Username": document["Username"],
            "InvocationSource": one.by,
            "CommandContent": document["Content"],
            "CommandType": one.command.type,
            "Timeout": document["Timeout"],
            "WorkingDirectory": document["WorkingDirectory"],
            "OutputCOSBucketUrl": "",
            "OutputCOSKeyPrefix": "",
        }

    def cancel(self, asked: dict[str, Any], now: int, _: Turn) -> dict[str, Any]:
        """CancelInvocation: per instance; without instances the whole activity."""
        if not asked.get("InvocationId"):
            raise TcError("MissingParameter", "The request is missing the parameter `InvocationId`.")
        invocation = self._realm.invocation(str(asked["InvocationId"]))
        if invocation is None:
            raise TcError("ResourceNotFound.InvocationNotFound", "The invocation does not exist.")
        jobs = {tat.instance_id(job): job for job in self._realm.tasks_of(invocation)}
        instances = asked.get("InstanceIds") or list(jobs)
        if not set(instances) <= set(jobs):
            raise TcError("InvalidParameterValue.InstanceIsNotRelatedToInvocation", "The instance is not related.")
        for name in instances:
            self._realm.cancel(jobs[name], now)
        return {}

    def commands(self, asked: dict[str, Any], _: int, __: Turn) -> dict[str, Any]:
        """DescribeCommands: the saved ones."""
        names = ("command-id", "command-name", "command-type", "created-by", "scene-id", "tag-key", "tag-value")
        ids, filters = _chosen(asked, "CommandIds", names)
        limit = number(asked.get("Limit"), 20, 1, 100, "InvalidParameterValue.Range")
        offset = number(asked.get("Offset"), 0, 0, 1 << 40, "InvalidParameterValue.Range")
        saved = [one for one in self._realm.commands if one.name is not None and (not ids or one.id in ids)]
        for name, values in filters.items():
            saved = [one for one in saved if _fact(one, name) in values]
        return {"TotalCount": len(saved), "CommandSet": [_command(one) for one in saved[offset : offset + limit]]}

    def regions(self, _: dict[str, Any], __: int, ___: Turn) -> dict[str, Any]:
        """DescribeRegions."""
        rows = [{"Region": r, "RegionName": name, "RegionState": "AVAILABLE"} for r, name in REGION_NAMES.items()]
        rows.append({"Region": "ap-test", "RegionName": "Test", "RegionState": "UNAVAILABLE"})
        return {"TotalCount": len(rows), "RegionSet": rows}


def _chosen(asked: dict[str, Any], ids_name: str, names: tuple[str, ...]) -> tuple[list[str], dict[str, set[str]]]:
    """Ids or filters, never both, each within its limit."""
    ids, filters = asked.get(ids_name) or [], asked.get("Filters") or []
    if not isinstance(ids, list) or not isinstance(filters, list):
        raise TcError("InvalidParameter", f"{ids_name} and Filters are arrays.")
    if ids and filters:
        raise TcError("InvalidParameter.ConflictParameter", "Conflicting parameters.")
    if len(ids) > MOST_IDS:
        raise TcError("InvalidParameterValue.LimitExceeded", f"At most {MOST_IDS} ids.")
    if len(filters) > MOST_FILTERS:
        raise TcError("LimitExceeded.FilterValueExceeded", f"At most {MOST_FILTERS} filters.")
    chosen: dict[str, set[str]] = {}
    for one in filters:
        name, values = (one.get("Name"), one.get("Values")) if isinstance(one, dict) else (None, None)
        if name not in names or not isinstance(values, list):
            raise TcError("InvalidParameterValue.InvalidFilter", f"The filter `{name}` is invalid.")
        if len(values) > MOST_VALUES:
            raise TcError("LimitExceeded.FilterValueExceeded", f"At most {MOST_VALUES} values for a filter.")
        wanted = {str(value) for value in values}
        chosen[name] = chosen[name] & wanted if name in chosen else wanted
    return [str(one) for one in ids], chosen


def _summary(states: list[str]) -> str:
    """The status of an activity from those of its tasks."""
    for live, name in (("CANCELLING", "CANCELLING"), ("RUNNING", "RUNNING"), (novel.TAT[0], "RUNNING")):
        if live in states:
            return name
    waiting = {"PENDING", "DELIVERING", "DELIVER_DELAYED"} & set(states)
    if waiting:
        return "PENDING" if len(waiting) == len(set(states)) else "RUNNING"
    good = states.count("SUCCESS") + states.count(novel.TAT[1])
    if good == len(states):
        return "SUCCESS"
    cancelled = sum(state in ("CANCELLED", "TERMINATED") for state in states)
    if cancelled:
        return "CANCELLED" if cancelled == len(states) else "PARTIAL_CANCELLED"
    if set(states) <= {"TIMEOUT", "TASK_TIMEOUT"}:
        return "TIMEOUT"
    return "PARTIAL_FAILED" if good else "FAILED"


def _fact(command: Command, name: str) -> str | None:
    facts = {
        "command-id": command.id,
        "command-name": command.name,
        "command-type": command.type,
        "created-by": "USER",
    }
    return facts.get(name)


def _command(command: Command) -> dict[str, Any]:
    document = tat.document(command)
    return {
        "CommandId": command.id,
        "CommandName": command.name,
        "Description": "",
        "Content": document["Content"],
        "CommandType": command.type,
        "WorkingDirectory": document["WorkingDirectory"],
        "Timeout": document["Timeout"],
        "CreatedTime": "2026-03-01T02:00:00+00:00",
        "UpdatedTime": "2026-03-01T02:00:00+00:00",
        "EnableParameter": False,
        "DefaultParameters": "{}",
        "DefaultParameterConfs": [],
        "Scenes": [],
        "FormattedDescription": "",
        "CreatedBy": "USER",
        "Tags": [],
        "Username": document["Username"],
        "OutputCOSBucketUrl": "",
        "OutputCOSKeyPrefix": "",
    }
