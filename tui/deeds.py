"""What can be done with a task at its provider, and how it went. Values and their words; no I/O."""

from __future__ import annotations

from typing import NamedTuple

from tui.errors import CallError, Malformed, Unavailable
from tui.model import State, Task, TaskKey

STOP, DELETE = "stop", "delete"
# Failures of which no provider has heard: no connection was made, or the answer was a redirect, which is not followed.
UNSENT = frozenset({"ConnectError", "ProxyError", "Redirected"})


class Deed(NamedTuple):
    """One thing that may be done with one task.

    `does` says what the provider is asked for and what that leaves open; `why_not` why it cannot be done now, "" where
    it can. Both speak of "it": the task.
    """

    id: str
    label: str
    does: str = ""
    why_not: str = ""

    @property
    def legal(self) -> bool:
        """Whether the provider would take it, as far as the row says."""
        return not self.why_not


class Done(NamedTuple):
    """How a deed ended: with the request that the provider took, or with an error; then the task asked again by id.

    `after` is None where it was not asked again or could not be read; `unread` says why.
    """

    key: TaskKey
    deed: Deed
    request_id: str | None = None
    error: CallError | None = None
    after: Task | None = None
    unread: CallError | None = None

    @property
    def accepted(self) -> bool:
        """Whether the provider took the request."""
        return self.error is None

    @property
    def unsure(self) -> bool:
        """Whether it may have been done all the same: it was sent, and no answer came that anyone can read."""
        return isinstance(self.error, Unavailable | Malformed) and self.error.code not in UNSENT

    @property
    def told(self) -> str:
        """One line: what the provider said, with its code and request id, and what the task is now (foreign)."""
        return f"{self.deed.label}: {self._outcome()}{self._now()}"

    def _outcome(self) -> str:
        if self.error is None:
            return "accepted" + (f" (request {self.request_id})" if self.request_id else "")
        if self.unsure:
            return f"no answer: it may have been done: {words(self.error)}"
        unsent = isinstance(self.error, Unavailable)
        return f"{'not done' if unsent else 'refused'}: {words(self.error)}"

    def _now(self) -> str:
        if self.unread is not None:
            return f"; it could not be asked again: {words(self.unread)}"
        if self.after is None:
            return ""
        if self.gone:
            return "; the provider does not know it any more"
        native = self.after.native_state
        return f"; it is {self.after.state.value} now" + (f" ({native})" if native else "")

    @property
    def gone(self) -> bool:
        """Whether the provider no longer knows the task by its id."""
        return self.after is not None and self.after.state is State.VANISHED

    @property
    def removed(self) -> bool:
        """Whether its record was deleted as we asked: then its row is to leave, and nothing is lost."""
        return self.accepted and self.gone and self.deed.id == DELETE


def words(error: CallError) -> str:
    """Code, message and request id of an error."""
    code = error.code or (f"HTTP{error.http_status}" if error.http_status else "")
    request = f"(request {error.request_id})" if error.request_id else ""
    return " ".join(part for part in (code, error.message, request) if part)
