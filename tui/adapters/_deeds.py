"""What all adapters say of stopping: why a task cannot be stopped, and the check before a request leaves."""

from __future__ import annotations

from collections.abc import Sequence

from tui.deeds import Deed
from tui.errors import BadRequest
from tui.model import State, Task


def not_live(task: Task) -> str:
    """Why nobody can stop a task in this state; "" for one that has not ended."""
    if task.state is State.VANISHED:
        return "the provider no longer knows it"
    if task.state.final:
        return f"it has ended: {task.native_state or task.state.value}"
    if task.state is State.STOPPING:
        return "it is being stopped already"
    return ""


def allow(deed: Deed, offered: Sequence[Deed]) -> None:
    """Nothing leaves that the row rules out, whoever asks. Raises BadRequest."""
    found = next((one for one in offered if one.id == deed.id), None)
    why_not = f"there is no such action: {deed.id}" if found is None else found.why_not
    if why_not:
        raise BadRequest(f"not sent: {why_not}")
