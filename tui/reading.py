"""One whole read of one source: all its lists, page by page, with retries, and an honest account of what is missing."""

from __future__ import annotations

import asyncio
import math
import random
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from itertools import groupby
from typing import Any, NamedTuple, Protocol, TypeVar

from tui.answers import Listing, Page, Want
from tui.errors import AuthError, CallError, ClockSkew, Malformed, NoCredential, Throttled, Unavailable

T = TypeVar("T")
PAGE_CAP = 20_000  # pages of one list: 2 million tasks at 100 a page; a server that never ends is stopped here
SLICE = 100  # rows made into tasks or kept at once: 2 ms, so that no key waits for a page of 1,000
TURNS = 8  # of the loop, after which httpx has put a request on the wire


class Reader(Protocol):
    """The part of an adapter that reads lists."""

    async def plan(self, want: Want) -> Sequence[Listing]:
        """The lists of one poll."""
        ...

    async def page(self, listing: Listing, cursor: Any = None) -> Page:
        """One page."""
        ...


class Patience(NamedTuple):
    """How often a call is tried, and how long at most is waited between two tries (seconds)."""

    tries: int = 4
    longest: float = 20.0
    first: float = 0.2
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    turn: Callable[[], Awaitable[None]] | None = None  # awaited before each slice of work, where others share the loop


PATIENT = Patience()


class Outcome(NamedTuple):
    """How a read ended: `missing` names lists and pages that were not read, `errors` say why where a call failed."""

    pages: int
    missing: tuple[str, ...] = ()
    errors: tuple[CallError, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether everything was read."""
        return not self.missing and not self.errors


class Sink(Protocol):
    """Where pages go as they land."""

    def __call__(self, page: Page) -> float:
        """Takes a page; answers how many more tasks the source's own limit lets in: below 0, some are over it."""
        ...


# After these no other call of the account may be sent: Huawei locks a key after five bad signatures.
FATAL = (AuthError, NoCredential, ClockSkew)
_AGAIN = (Throttled, Unavailable, Malformed)


async def read(
    reader: Reader,
    want: Want,
    sink: Sink,
    *,
    width: int = 2,
    patience: Patience = PATIENT,
    waiting: Callable[[CallError, float], None] | None = None,
) -> Outcome:
    """Reads all lists of a source. CallErrors are part of the outcome; anything else is a bug and is raised."""
    try:
        listings = await retrying(lambda: reader.plan(want), patience, waiting)
    except CallError as error:
        return Outcome(0, ("everything",), (error,))
    run = _Run(reader, sink, width, patience, waiting)
    for _, stage in groupby(sorted(listings, key=lambda one: one.stage), key=lambda one: one.stage):
        await run.read([*stage])
    return Outcome(run.pages, tuple(dict.fromkeys(run.missing)), tuple(run.errors))


async def retrying(
    ask: Callable[[], Awaitable[T]],
    patience: Patience = PATIENT,
    waiting: Callable[[CallError, float], None] | None = None,
) -> T:
    """Tries again what was throttled, unavailable or unreadable: back-off with full jitter, or the provider's hint."""
    for attempt in range(1, patience.tries + 1):
        try:
            return await ask()
        except _AGAIN as error:
            hint: float | None = getattr(error, "retry_after", None)
            backing_off = patience.first * 2**attempt * random.uniform(0.5, 1)
            pause = hint if hint is not None and hint >= 0 else backing_off  # "nan" and "yesterday" are no hints
            if attempt == patience.tries or pause > patience.longest:
                raise
            if waiting is not None:
                waiting(error, pause)
            await patience.sleep(pause)
    raise AssertionError("patience has at least one try")


async def _once() -> None:
    await asyncio.sleep(0)


async def _turns() -> None:
    """Lets the next requests leave, so that the provider works while we make its last answer into tasks."""
    for _ in range(TURNS):
        await asyncio.sleep(0)


class _Run:
    """The state of one read: what is queued, what was seen, what is missing."""

    def __init__(
        self,
        reader: Reader,
        sink: Sink,
        width: int,
        patience: Patience,
        waiting: Callable[[CallError, float], None] | None,
    ) -> None:
        self.reader, self.sink, self.width, self.patience, self.waiting = reader, sink, width, patience, waiting
        self.pages = 0
        self.missing: list[str] = []
        self.errors: list[CallError] = []
        self.over = False
        self.room = math.inf
        self.cursors: dict[Listing, set[int]] = {}
        self.shapes: dict[Listing, set[int]] = {}
        self.round: set[Listing] = set()
        self.count: dict[Listing, int] = {}

    async def read(self, listings: list[Listing]) -> None:
        """Reads lists side by side, `width` requests at once."""
        queue: deque[tuple[Listing, Any]] = deque((listing, None) for listing in listings)
        flying: dict[asyncio.Task[Page], Listing] = {}
        try:
            while (queue or flying) and not self.over:
                if self.room <= 0:
                    self.over = True
                    self.missing.append("tasks beyond max_tasks")
                    break
                self.start(queue, flying)
                if not flying:
                    break
                done, _ = await asyncio.wait(flying, return_when=asyncio.FIRST_COMPLETED)
                landed = []
                for task in done:
                    listing = flying.pop(task)
                    page = self.landed(listing, task)
                    if page is not None:
                        queue.extend(self.following(listing, page))
                        landed.append((listing, page))
                if self.goes_on(sum(len(page.rows) for _, page in landed)):
                    self.start(queue, flying)
                    await _turns()
                for listing, page in landed:
                    await self.keep(listing, page)
        finally:
            for task in flying:
                task.cancel()
            await asyncio.gather(*flying, return_exceptions=True)
        if self.room < 0 and not self.over:
            self.missing.append("tasks beyond max_tasks")
        elif self.over:
            self.missing.extend(listing.label for listing in (*flying.values(), *(one for one, _ in queue)))

    def goes_on(self, rows: int) -> bool:
        """Whether more is wanted once so many rows more are kept: nothing is sent after a refused key."""
        return not self.over and self.room > rows

    def start(self, queue: deque[tuple[Listing, Any]], flying: dict[asyncio.Task[Page], Listing]) -> None:
        """Sends the next requests, of lists that have not come round again."""
        while queue and len(flying) < self.width:
            listing, cursor = queue.popleft()
            if listing not in self.round:
                flying[asyncio.create_task(self.fetch(listing, cursor))] = listing

    async def fetch(self, listing: Listing, cursor: Any) -> Page:
        return await retrying(lambda: self.reader.page(listing, cursor), self.patience, self.waiting)

    def landed(self, listing: Listing, task: asyncio.Task[Page]) -> Page | None:
        """Books the end of one request: its page, or why there is none."""
        try:
            page = task.result()
        except CallError as error:
            self.failed(listing, error)
            return None
        self.pages += 1
        self.count[listing] = self.count.get(listing, 0) + 1
        return page

    def failed(self, listing: Listing, error: CallError) -> None:
        self.errors.append(error)
        self.missing.append(listing.label)
        self.over = self.over or isinstance(error, FATAL)

    async def _turn(self) -> None:
        await (self.patience.turn or _once)()

    async def keep(self, listing: Listing, page: Page) -> None:
        """Makes a page's rows into tasks, a slice at a time so that no frame waits, and hands it on."""
        if self.patience.turn is not None:
            await self.patience.turn()
        try:
            for end in range(SLICE, len(page.tasks), SLICE):
                page.tasks[end]
                await self._turn()
            shape = hash(tuple(one.key for one in page.tasks))
        except CallError as error:  # Malformed: a row that cannot be read
            self.failed(listing, error)
            return
        shapes = self.shapes.setdefault(listing, set())
        if listing in self.round or (page.tasks and shape in shapes):
            if listing not in self.round:
                self.missing.append(f"{listing.label} (a page came twice)")
            self.round.add(listing)
            return
        shapes.add(shape)
        for start in range(0, len(page.rows), SLICE) or (0,):
            rows = page.rows[start : start + SLICE]
            more = start + SLICE < len(page.rows)
            self.room = min(
                self.room, self.sink(page._replace(tasks=page.tasks[start : start + SLICE], rows=rows, more=more))
            )
            if more:
                await self._turn()

    def following(self, listing: Listing, page: Page) -> list[tuple[Listing, Any]]:
        seen = self.cursors.setdefault(listing, set())
        fresh = [cursor for cursor in page.next if hash(cursor) not in seen]
        if len(fresh) < len(page.next):
            self.missing.append(f"{listing.label} (a cursor came twice)")
        if fresh and self.count[listing] >= PAGE_CAP:
            self.missing.append(f"{listing.label} (more than {PAGE_CAP:,} pages)")
            return []
        seen.update(map(hash, fresh))  # not the tokens themselves: a server may make them megabytes long
        return [(listing, cursor) for cursor in fresh]
