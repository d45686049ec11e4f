"""One whole read of one source: all its lists, page by page, with retries, and an honest account of what is missing."""

from __future__ import annotations

import asyncio
import math
from collections import deque
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from itertools import count, groupby
from types import MappingProxyType
from typing import Any, NamedTuple, Protocol, TypeAlias, TypeVar

from tui.answers import Listing, Page, Want
from tui.errors import CallError
from tui.model import Task, TaskKey
from tui.patience import FATAL, PATIENT, Patience, retrying
from tui.recall import Recall
from tui.sheet import Sheet, hashed
from tui.trail import Trail, span

T = TypeVar("T")
_Flight: TypeAlias = "asyncio.Task[Page | CallError]"
PAGE_CAP = 20_000  # pages of one list: 2 million tasks at 100 a page; a server that never ends is stopped here
FREE_PAGES = 500  # of them may hold what they like; at 6 calls a second that is a minute and a half
ROWS_A_PAGE = 5  # after which each page has to bring so many tasks, on the average, that the list had not shown yet
SLICE = 100  # rows made into tasks or kept at once: 2 ms, so that no key waits for a page of 1,000
KNOWN = 1_000  # rows that are taken in at once where they are known again: 4.6 ms once, then 1.3; in slices 3.5
BEYOND = "tasks beyond max_tasks"
TURNS = 8  # of the loop, after which httpx has put a request on the wire


class Reader(Protocol):
    """The part of an adapter that reads lists."""

    async def plan(self, want: Want) -> Sequence[Listing]:
        """The lists of one poll."""
        ...

    async def page(self, listing: Listing, cursor: Any = None) -> Page:
        """One page."""
        ...


class Outcome(NamedTuple):
    """How a read ended: `missing` names lists and pages that were not read, `errors` say why where a call failed.

    `full`: it ended where the source's own limit was reached. `lists` counts what was planned; `trails` tells of each
    list that was read as far as was wanted, `parts` of each that has shown all it shows, though by its own account it
    lacks something. `moved`: a list of what has ended lost rows meanwhile, others may have moved up past the reader.
    """

    pages: int
    missing: tuple[str, ...] = ()
    errors: tuple[CallError, ...] = ()
    full: bool = False
    lists: int = 0
    trails: Mapping[Listing, Trail] = MappingProxyType({})
    parts: Mapping[Listing, Trail] = MappingProxyType({})
    moved: bool = False

    @property
    def complete(self) -> bool:
        """Whether everything was read."""
        return not self.missing and not self.errors


class Sink(Protocol):
    """Where pages go as they land."""

    def __call__(self, page: Page) -> float:
        """Takes a page; answers how many more tasks the source's own limit lets in: below 0, some are over it."""
        ...


class Bounds(Protocol):
    """How far the lists of a read go."""

    def news(self) -> Collection[TaskKey]:
        """The tasks of the last page that were not known so before."""
        ...

    def enough(self, listing: Listing, trail: Trail) -> bool:
        """Whether a list need not be read further, asked after each of its pages."""
        ...


async def read(
    reader: Reader,
    want: Want,
    sink: Sink,
    *,
    width: int = 2,
    patience: Patience = PATIENT,
    waiting: Callable[[CallError, float], None] | None = None,
    bounds: Bounds | None = None,
    recall: Recall | None = None,
) -> Outcome:
    """Reads all lists of a source, each to its end or its bounds; where there are bounds, trails are kept.

    CallErrors are part of the outcome; anything else is a bug and is raised.
    """
    try:
        listings = await retrying(lambda: reader.plan(want), patience, waiting)
    except CallError as error:
        return Outcome(0, ("everything",), (error,))
    run = _Run(reader, sink, width, patience, waiting, bounds, recall or Recall())
    for _, stage in groupby(sorted(listings, key=lambda one: one.stage), key=lambda one: one.stage):
        await run.read([*stage])
    run.count_up(listings)
    return Outcome(
        run.pages,
        tuple(dict.fromkeys(run.missing)),
        tuple(run.errors),
        BEYOND in run.missing,
        len(listings),
        run.good(listings),
        run.parts(listings),
        run.moved,
    )


async def _once() -> None:
    await asyncio.sleep(0)


async def _turns() -> None:
    """Lets the next requests leave, so that the provider works while we make its last answer into tasks."""
    for _ in range(TURNS):
        await asyncio.sleep(0)


async def _ended(tasks: Collection[_Flight]) -> None:
    """Ends what is still under way: nothing, where a read came to its end."""
    if tasks:
        for one in tasks:
            one.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class _Next(NamedTuple):
    """A page to be read: the one `at` a place of its list."""

    listing: Listing
    cursor: Any = None
    at: int = 0


class _Run:
    """The state of one read: what is queued, what was seen, what is missing."""

    def __init__(
        self,
        reader: Reader,
        sink: Sink,
        width: int,
        patience: Patience,
        waiting: Callable[[CallError, float], None] | None,
        bounds: Bounds | None,
        recall: Recall,
    ) -> None:
        self.reader, self.sink, self.width, self.patience, self.waiting = reader, sink, width, patience, waiting
        self.bounds, self.recall = bounds, recall
        self.pages = 0
        self.missing: list[str] = []
        self.errors: list[CallError] = []
        self.over = self.moved = False
        self.room = math.inf
        self.cursors: dict[Listing, set[int]] = {}
        self.shapes: dict[Listing, set[int]] = {}
        self.closed: set[Listing] = set()
        self.spoiled: set[Listing] = set()
        self.broken: set[Listing] = set()
        self.trails: dict[Listing, Trail] = {}
        self.places: dict[Listing, count[int]] = {}
        self.count: dict[Listing, int] = {}
        self.totals: dict[Listing, set[int | None]] = {}
        self.keys: dict[Listing, set[int]] = {}

    async def read(self, listings: list[Listing]) -> None:
        """Reads lists side by side, `width` requests at once."""
        queue: deque[_Next] = deque(_Next(listing) for listing in listings)
        flying: dict[_Flight, _Next] = {}
        try:
            while (queue or flying) and not self.over:
                if self.room <= 0:
                    self.over = True
                    self.missing.append(BEYOND)
                    break
                ended = await self.next(queue, flying)
                if not ended:
                    break
                landed = []
                for asked, answer in ended:
                    page = self.landed(asked.listing, answer)
                    if page is not None:
                        queue.extend(self.following(asked.listing, page))
                        landed.append((asked, page))
                if self.bounds is None and self.goes_on(sum(len(page.rows) for _, page in landed)):
                    self.start(queue, flying)  # where each page may be the last one wanted, it is looked at first
                    await _turns()
                for asked, page in landed:
                    await self.keep(asked, page)
        finally:
            await _ended(flying)
        if self.room < 0 and not self.over:
            self.missing.append(BEYOND)
        elif self.over:
            left = [one.listing for one in (*flying.values(), *queue)]
            if self.room > 0:  # not where we ended it ourselves
                self.spoiled.update(left)
            self.missing.extend(listing.label for listing in left)

    def count_up(self, listings: Iterable[Listing]) -> None:
        """A list of several pages that all said one total had that many tasks: fewer, and some left while it was read.

        Then what moved up to their places was on none of the pages. Where the totals differ this may be so: of a list
        of what has ended, which nothing else leaves so soon, that is worth another look.
        """
        for listing in listings:
            totals, rows = self.totals.get(listing, set()) - {None}, len(self.keys.get(listing, ()))
            if self.over or listing in self.closed or listing in self.spoiled or not totals:
                continue
            total = max(one for one in totals if one is not None)
            if self.count[listing] > 1 and rows < total:
                if len(self.totals[listing]) == 1:
                    self.missed(listing, f"{total - rows:,} of {total:,} rows")
                elif listing.live is False:
                    self.moved = True

    def good(self, listings: Iterable[Listing]) -> Mapping[Listing, Trail]:
        """The lists that were read as far as was wanted, without anything missing."""
        return {one: trail for one in listings if one not in self.spoiled and (trail := self.trails.get(one))}

    def parts(self, listings: Iterable[Listing]) -> Mapping[Listing, Trail]:
        """The lists that lack something although each of their calls was answered."""
        lacking = self.spoiled - self.broken if not self.over else ()
        return {one: trail for one in listings if one in lacking and (trail := self.trails.get(one))}

    def goes_on(self, rows: int) -> bool:
        """Whether more is wanted once so many rows more are kept: nothing is sent after a refused key."""
        return not self.over and self.room > rows

    def start(self, queue: deque[_Next], flying: dict[_Flight, _Next]) -> None:
        """Sends the next requests, of lists that have not come round again and are not read far enough."""
        while queue and len(flying) < self.width:
            following = queue.popleft()
            if following.listing not in self.closed:
                flying[asyncio.create_task(self.fetch(following))] = following

    async def next(self, queue: deque[_Next], flying: dict[_Flight, _Next]) -> list[tuple[_Next, Page | CallError]]:
        """Sends what may be sent, and waits until something has ended. What goes alone needs no task of its own."""
        if len(queue) == 1 and not flying:
            asked = queue.popleft()
            return [(asked, await self.fetch(asked))] if asked.listing not in self.closed else []
        self.start(queue, flying)
        if not flying:
            return []
        done, _ = await asyncio.wait(flying, return_when=asyncio.FIRST_COMPLETED)
        return [(flying.pop(task), task.result()) for task in done]

    async def fetch(self, asked: _Next) -> Page | CallError:
        """A page, or why there is none."""
        try:
            return await retrying(lambda: self.reader.page(asked.listing, asked.cursor), self.patience, self.waiting)
        except CallError as error:
            return error

    def landed(self, listing: Listing, answer: Page | CallError) -> Page | None:
        """Books the end of one request: its page, or why there is none."""
        if isinstance(answer, CallError):
            self.failed(listing, answer)
            return None
        self.pages += 1
        self.count[listing] = self.count.get(listing, 0) + 1
        return answer

    def failed(self, listing: Listing, error: CallError) -> None:
        self.errors.append(error)
        self.broken.add(listing)
        self.missed(listing)
        self.over = self.over or isinstance(error, FATAL)

    def missed(self, listing: Listing, why: str = "") -> None:
        self.missing.append(f"{listing.label} ({why})" if why else listing.label)
        self.spoiled.add(listing)

    async def _turn(self) -> None:
        await (self.patience.turn or _once)()

    async def keep(self, asked: _Next, page: Page) -> None:
        """Makes a page's rows into tasks, a slice at a time so that no frame waits, and hands it on."""
        listing = asked.listing
        watched = self.bounds is not None  # else no round follows that could know the page again
        page = self.recall.known(listing, page) if watched else page
        sheet = page.sheet or Sheet()
        try:
            if sheet.tasks is None:  # a page that is known again is taken in with its answer: 0.1 ms, without a turn
                await self._fill(sheet, page)
        except CallError as error:  # Malformed: a row that cannot be read, which is missing; the others are not
            self.errors.append(error)
            self.missing.append(f"{listing.label} (a row that nobody can read)")
            page = await self._readable(page)
            sheet = Sheet()  # no page to be known again: it has to be said each time
            sheet.fill(page.tasks, hashed(page.tasks))
        self.totals.setdefault(listing, set()).add(page.total)
        self.keys.setdefault(listing, set()).update(sheet.hashes)
        shapes = self.shapes.setdefault(listing, set())
        if page.tasks and sheet.shape in shapes:
            self.missed(listing, "a page came twice")
            self.closed.add(listing)
            return
        shapes.add(sheet.shape)
        tasks = sheet.tasks or ()
        if len(tasks) <= (KNOWN if sheet.back else SLICE):
            self.room = min(self.room, self.sink(page._replace(tasks=tasks, sheet=sheet if watched else None)))
        else:
            await self._slices(page._replace(tasks=tasks, sheet=None))
        if self.bounds is not None:
            trail, news = self.trails.setdefault(listing, Trail()), self.bounds.news()
            trail.take(asked.at, span(tasks, news) if news else sheet.span, len(news))
            if self.bounds.enough(listing, trail):
                trail.cut = True
                self.closed.add(listing)

    async def _fill(self, sheet: Sheet, page: Page) -> None:
        if self.patience.turn is not None:
            await self.patience.turn()
        hashes: list[int] = []
        for start in range(0, len(page.tasks), SLICE):
            if start:
                await self._turn()
            hashes += hashed(page.tasks[start : start + SLICE])
        sheet.fill(page.tasks, hashes)

    async def _slices(self, page: Page) -> None:
        for start in range(0, len(page.tasks), SLICE):
            rows = page.rows[start : start + SLICE]
            more = start + SLICE < len(page.tasks)
            self.room = min(
                self.room, self.sink(page._replace(tasks=page.tasks[start : start + SLICE], rows=rows, more=more))
            )
            if more:
                await self._turn()

    async def _readable(self, page: Page) -> Page:
        """A page without the rows that cannot be made into tasks."""
        tasks: list[Task] = []
        rows: list[Mapping[str, Any]] = []
        for number, row in enumerate(page.rows, start=1):
            with suppress(CallError):
                tasks.extend(page.made([row])[:])
                rows.append(row)
            if number % SLICE == 0:
                await self._turn()
        return page._replace(tasks=tasks, rows=tuple(rows))

    def following(self, listing: Listing, page: Page) -> list[_Next]:
        seen = self.cursors.setdefault(listing, set())
        fresh = [cursor for cursor in dict.fromkeys(page.next) if hash(cursor) not in seen]
        if len(fresh) < len(page.next):
            self.missed(listing, "a cursor came twice")
        most = min(PAGE_CAP, FREE_PAGES + len(self.keys.get(listing, ())) // ROWS_A_PAGE)
        if fresh and self.count[listing] >= most:
            self.missed(listing, f"more than {most:,} pages")
            return []
        seen.update(map(hash, fresh))  # not the tokens themselves: a server may make them megabytes long
        places = self.places.setdefault(listing, count(1))
        return [_Next(listing, cursor, next(places)) for cursor in fresh]
