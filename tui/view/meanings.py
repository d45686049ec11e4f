"""What the providers' words and codes mean, from their own tables and POSIX: nothing is guessed. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

from tui.model import State, Task

_FC: Mapping[str, str] = {
    "enqueued": "it waits in the queue of its function",
    "dequeued": "it has left the queue and has not started yet",
    "running": "the function is running",
    "retrying": "it failed, and Function Compute runs it again",
    "stopping": "somebody asked to stop it; it has not stopped yet",
    "succeeded": "the function returned without an error",
    "failed": "the function ended with an error, and is not tried again",
    "stopped": "it ended because somebody asked to stop it",
    "expired": "it waited longer than its queue allows and was dropped: the function was never run for it",
    "invalid": "the function was deleted or the like: it was never run for this task",
}
_OS: Mapping[str, str] = {
    "running": "the training is running; OpenSearch has no word for waiting",
    "success": "the training ended without an error",
    "failed": "the training ended with an error; the first of its extendInfo.errors is the error shown",
}
_MPS: Mapping[str, str] = {
    "waiting": "it waits: no subtask has begun",
    "processing": "at least one subtask is running",
    "finish": "all its subtasks have ended; the word alone does not say how",
}
_TAT: Mapping[str, str] = {
    "pending": "it waits for delivery",
    "delivering": "it is being delivered to the agent of the instance",
    "deliver_delayed": "delivery is delayed: the agent has not fetched it yet",
    "deliver_failed": "it was never delivered to the instance: the command did not run",
    "start_failed": "it was delivered, but the command could not start",
    "running": "the command is running",
    "success": "the command ended with exit code 0",
    "failed": "the command ran and ended with an exit code that is not 0",
    "timeout": "the command ran longer than its time-out. An agent that no longer answers is TASK_TIMEOUT",
    "task_timeout": "the agent on the instance did not answer. A command that ran too long is TIMEOUT",
    "cancelling": "somebody asked to cancel it; it has not ended yet",
    "cancelled": "it was cancelled before the command started",
    "terminated": "it was cancelled while the command ran",
}
_KPS: Mapping[str, str] = {
    "ready": "it waits",
    "running": "it is running",
    "failed": "it failed",
    "success": "it ended well",
}
_OPERATIONS: Mapping[str, str] = {
    "reset": "the key pair of the server is set anew",
    "replace": "the key pair of the server is replaced by another",
    "unbind": "the key pair is taken off the server",
}
_TABLES: Mapping[str, Mapping[str, str]] = {
    "alibaba-fc": _FC,
    "alibaba-opensearch": _OS,
    "tencent-mps": _MPS,
    "tencent-tat": _TAT,
}
_EXITS: Mapping[int, str] = {
    126: "the shell found the command but could not execute it",
    127: "the shell did not find the command",
}
_SIGNALS: Mapping[int, str] = {
    1: ", SIGHUP",
    2: ", SIGINT",
    3: ", SIGQUIT",
    4: ", SIGILL",
    6: ", SIGABRT",
    7: ", SIGBUS",
    8: ", SIGFPE",
    9: ", SIGKILL, which no process can catch; the kernel sends it too when memory is out",
    11: ", SIGSEGV: it touched memory that is not its own",
    13: ", SIGPIPE: nobody read what it wrote",
    14: ", SIGALRM",
    15: ", SIGTERM: it was asked to end",
}
_EXIT = re.compile(r"\bexit(?:ed)?\b(?: with)?(?: code| status)?[ :=]{1,3}([0-9]{1,3})\b", re.IGNORECASE)
_ERR_CODE = re.compile(r"ErrCode -?[0-9]+")


def native(task: Task, adapter: str) -> str:
    """What the provider's own word means, "" where no table of it has that word."""
    word = (task.native_state or "").lower()
    if adapter == "huawei-kps":
        return _key_pair(task, word)
    told = _TABLES.get(adapter, {}).get(word, "")
    if word == "finish" and told:
        if task.state is State.FAILED:
            return "all its subtasks have ended, and MPS lists it with SubTaskHasFailed=true"
        if task.state is State.SUCCEEDED:
            return "all its subtasks have ended, and MPS lists it with SubTaskHasFailed=false"
    return told


def _key_pair(task: Task, word: str) -> str:
    """A word of KPS is a stage and an operation; of a failed task the stage may be an old one, the list decides."""
    stage, _, operation = word.partition("_")
    what = _OPERATIONS.get(operation, "")
    if stage not in _KPS or not what:
        return ""
    if task.state is State.FAILED and stage != "failed":
        return f"{what}. KPS lists it among the failed: there a word says the operation, whatever it begins with"
    if task.state is State.VANISHED:
        return f"{what}; when it was last seen, {_KPS[stage]}"
    return f"{what}: {_KPS[stage]}"


def exit_code(task: Task) -> int | None:
    """The exit code: the one that TAT tells, else one that the error text names."""
    told = task.extra.get("tat.exit")
    if isinstance(told, int) and not isinstance(told, bool):
        return told
    found = _EXIT.search(task.error[:2_000]) if task.error else None
    return int(found[1]) if found is not None else None


def of_exit(code: int) -> str:
    """What an exit code of a shell means, "" for those that each program gives its own meaning."""
    if code in _EXITS:
        return _EXITS[code]
    signal = code - 128
    if 0 < signal < 65:
        return f"ended by signal {signal}{_SIGNALS.get(signal, '')}"
    return ""


def of_error(task: Task, adapter: str) -> str:
    """What is established of the words in the error of one adapter."""
    error = task.error or ""
    if adapter == "tencent-mps" and task.state is State.FAILED:
        if _ERR_CODE.match(error):
            return "an ErrCode that is not 0, of the task itself: MPS means by it the file it reads"
        if error == "subtask failed":
            return "a list of MPS has no error text: which subtask failed, and why, is in the task's own answer"
    return ""
