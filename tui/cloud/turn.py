"""What the faults have in store for one request."""

from dataclasses import dataclass, field

from tui.cloud.job import Job


@dataclass(frozen=True, slots=True)
class Turn:
    """A front looks here while it answers; all defaults is a calm day."""

    shift: int = 0  # rows that a later page seems to have moved by
    drift: int = 0  # how far a total is off
    repeat: bool = False  # the next cursor is the one that was sent
    lapsed: bool = False  # the cursor has expired
    wrap: bool = False  # a page past the end shows page 1
    denied: bool = False  # the action is not allowed
    gone_key: bool = False  # the key was deleted
    stale_token: bool = False  # the temporary token has expired
    back: float = 0.0  # how likely a row goes back to an earlier status
    swap: bool = False  # two neighbours of a page have changed places
    skew: int = 0  # milliseconds that the server's clock is ahead: what a request asks for is in its time
    salt: int = 0  # of the draws of `back` and `swap`
    seen: list[tuple[Job, str]] | None = field(default=None, compare=False)  # what the answer shows, where that is kept

    def show(self, job: Job, native: str) -> None:
        """The answer shows a task, with this status."""
        if self.seen is not None:
            self.seen.append((job, native))


CALM = Turn()
