"""The live tasks, by key. Reads go in, a Change comes out; nothing here knows a network, a clock or a screen."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import chain, repeat
from typing import Any, NamedTuple

from tui.model import STAGE, Source, State, Task, TaskKey, later
from tui.seen import BY_ID, LIST, Seen
from tui.sheet import Sheet, Taken
from tui.slots import Kin
from tui.status import Change, SourceStatus
from tui.tasks import Tasks

RAW_ROWS = 5_000  # the providers' rows that are kept: a few MB, whatever a source holds
TEXTS = 20_000  # different names, kinds, targets and words that are remembered: 2 MB


class Round:
    """One read of a source while it goes on: which tasks its lists have shown so far, and which at an earlier stage.

    What a list shows at an earlier stage than was known is not believed: `doubted` is to be asked by id.
    """

    def __init__(self, source: Source) -> None:
        self.source = source
        self.seen = Tasks(source.name)
        self.doubted: dict[TaskKey, Task] = {}


class Moved(NamedTuple):
    """What became of one task since a feed was read: `before` None, it is new; `after` None, it is gone."""

    key: TaskKey
    before: Task | None
    after: Task | None


class Feed:
    """What has changed in a store since it was last asked: each task once, however often it changed."""

    def __init__(self) -> None:
        self._moved: dict[TaskKey, Moved] = {}

    def __len__(self) -> int:
        return len(self._moved)

    def note(self, key: TaskKey, before: Task | None, after: Task | None) -> None:
        """Takes in one change."""
        earlier = self._moved.get(key)
        self._moved[key] = Moved(key, before if earlier is None else earlier.before, after)

    def before(self, key: TaskKey, now: Task | None) -> Task | None:
        """A task as it was when the feed was last read; `now` is what it is."""
        moved = self._moved.get(key)
        return now if moved is None else moved.before

    def take(self) -> list[Moved]:
        """What has changed; from here on only what changes later."""
        moved, self._moved = self._moved, {}
        return [one for one in moved.values() if one.before != one.after]


class Store:
    """What is known of every source. A read only adds; rows leave by `expire` alone, never by accident."""

    def __init__(self, sources: Iterable[Source] = (), *, raw_rows: float = RAW_ROWS) -> None:
        self.sources: dict[str, Source] = {}
        self._tasks: dict[str, Tasks] = {}
        self._live: dict[str, dict[TaskKey, Task]] = {}
        self._status: dict[str, SourceStatus] = {}
        self._raw: dict[tuple[str, str, str], Mapping[str, Any]] = {}
        self._raw_rows = raw_rows
        self._feeds: list[Feed] = []
        self._kins: dict[Kin, Kin] = {}
        self._texts: dict[str, str] = {}
        self.seen = Seen()
        self.version = 0
        for source in sources:
            self.add_source(source)

    def add_source(self, source: Source, interval: float = 15.0) -> None:
        """A source that will be read; until then it is LOADING."""
        self.sources[source.name] = source
        self._tasks.setdefault(source.name, Tasks(source.name))
        self._live.setdefault(source.name, {})
        self._status.setdefault(source.name, SourceStatus(source=source, interval=interval))
        self.version += 1

    def follow(self) -> Feed:
        """A feed of all changes from now on."""
        feed = Feed()
        self._feeds.append(feed)
        return feed

    def unfollow(self, feed: Feed) -> None:
        """Notes nothing for a feed any more: nobody reads it."""
        self._feeds = [one for one in self._feeds if one is not feed]

    def tasks(self, source: str) -> Tasks:
        """The tasks of one source."""
        return self._tasks[source]

    def live(self, source: str) -> Mapping[TaskKey, Task]:
        """Those of them that have not ended, as they were when they last changed."""
        return self._live[source]

    def get(self, key: TaskKey) -> Task | None:
        """One task, or None when it is not (or no longer) known."""
        tasks = self._tasks.get(key.source)
        return None if tasks is None else tasks.get(key)

    def raw(self, key: TaskKey) -> Mapping[str, Any] | None:
        """The provider's row of a task, verbatim, while the bounded cache holds it."""
        return self._raw.get(key)

    def status(self, source: str) -> SourceStatus:
        """The state of one source."""
        return self._status[source]

    def set_status(self, status: SourceStatus) -> None:
        """Replaces the state of a source; its rows stay. What goes on being wrong has been so since it began."""
        name, trouble, since = status.source.name, status.trouble, None
        if trouble is not None:
            old = self._status.get(name, status)
            same = old.trouble is not None and old.trouble.word is trouble.word
            since = (old.wrong_since if same else None) or status.troubled_at
        self._status[name] = status if status.wrong_since == since else replace(status, wrong_since=since)
        self.version += 1

    def merge(
        self,
        read: Round,
        tasks: Sequence[Task],
        rows: Sequence[Mapping[str, Any]] = (),
        *,
        at: int = 0,
        oldest: float = -math.inf,
    ) -> Change:
        """Adds what one page shows. Within one read the later stage wins, and no list takes a state back.

        A task that ended before `oldest` does not come in: `expire` would only let it go again.
        """
        known = self._tasks[read.source.name]
        if new := _new(tasks, known, read.seen):
            return self._add(read, new, rows, at, oldest)
        found: dict[TaskKey, Task] = {}
        fresh: list[Task] = []
        for task, row in zip(tasks, chain(rows, repeat(None)), strict=False):
            old, before = known.of(task), read.seen.of(task)
            # most rows: nothing but when it was seen
            if before is None and old is not None and (held := old.seen_again(task)) is not None:
                known.put(held)
                read.seen.put(held)
                if row is not None and self._raw_rows:
                    self._keep_raw(held, row)
                continue
            key, kept = task.key, task if before is None else later(before, task)
            read.seen.put(kept)
            fresh.append(kept)
            if old is None:
                if outdated(kept, oldest):
                    found.pop(key, None)
                    continue
            elif STAGE[kept.state] < STAGE[old.state] and (kept.state is not State.UNKNOWN or old.state.final):
                read.doubted[key] = old
                continue
            else:
                read.doubted.pop(key, None)
            found[key] = kept
        upserted = self._differing(known, found)
        known.update(found.values())
        self._note_live(read.source, upserted)
        for task in fresh:  # not the page's own texts: a read of 100,000 rows would hold 70 MB of copies
            held, mine = known.of(task), read.seen.of(task)
            if held is not mine and held is not None and held == mine:
                read.seen.put(held)
        shown = zip(tasks, rows, strict=False) if found and self._raw_rows else ()
        self._keep_raws((task, row) for task, row in shown if found.get(task.key) == task)
        return self._change(read.source, at, tuple(upserted))

    def _add(
        self, read: Round, tasks: dict[str, Task], rows: Sequence[Mapping[str, Any]], at: int, oldest: float
    ) -> Change:
        """Merges a page of which nothing is known, as all are of a first read: in a third of the time."""
        new = [task for task in tasks.values() if oldest == -math.inf or not outdated(task, oldest)]
        if self._feeds:
            self._forget_texts()
            new = [task.sharing(self._kins, self._texts, None) for task in new]
        added = {task.id: task for task in new}
        read.seen.renew(tasks | added)
        self._tasks[read.source.name].renew(added)
        self._live[read.source.name].update((task.key, task) for task in new if task.state.live)
        for feed in self._feeds:
            for task in new:
                feed.note(task.key, None, task)
        if self._raw_rows:
            self._keep_raws((added[one], row) for one, row in zip(tasks, rows, strict=False) if one in added)
        return self._change(read.source, at, tuple(new))

    def taken(self, source: Source, sheet: Sheet, *, oldest: float) -> Taken | None:
        """What is held of a merged page; None where that is not what the page says, or an id is there twice."""
        tasks = sheet.tasks or ()
        if len(frozenset(sheet.ids)) < len(tasks):
            return None
        held = [*map(self._tasks[source.name].of, tasks)]
        leaves, inside = math.inf, []
        for key, task, old in zip(sheet.keys, tasks, held, strict=True):
            if old is None and outdated(task, oldest):
                continue
            if old is None or old != task:
                return None
            inside.append(key)
            if task.state.final:
                leaves = min(leaves, task.ended_at or task.started_at or task.created_at or math.inf)
        return Taken(held, inside, oldest, leaves)

    def again(self, read: Round, sheet: Sheet, rows: Sequence[Mapping[str, Any]], *, oldest: float) -> bool:
        """Merges a page that is the same as when it was `taken`, where nothing else has become of its tasks since.

        Where it answers False nothing was done, and the page has to be merged task by task.
        """
        taken, known, ids = sheet.taken, self._tasks[read.source.name], sheet.ids
        if taken is None or not taken.oldest <= oldest <= taken.leaves or read.seen.any_of(ids):
            return False
        if not known.alike(ids, taken.held):
            return False
        tasks = sheet.tasks or ()
        held: list[Task | None] = [*tasks]
        now = dict(zip(ids, tasks, strict=True))
        read.seen.renew(now)
        if len(taken.inside) < len(held):
            held = [new if old is not None else None for old, new in zip(taken.held, held, strict=True)]
            now = {one.id: one for one in held if one is not None}
        known.renew(now)
        sheet.taken = taken._replace(held=held)
        if self._raw_rows:
            for one, row in zip(held, rows, strict=True):
                if one is not None:
                    self._keep_raw(one, row)
        return True

    def settle(self, source: Source, tasks: Iterable[Task], *, at: int = 0) -> Change:
        """Puts in what an explicit by-id read says: it may also take a final state back."""
        known = self._tasks[source.name]
        upserted = []
        for task in tasks:
            if (before := known.of(task)) != task:
                upserted.append(task)
                self.seen.note(before, task, BY_ID)
                for feed in self._feeds:
                    feed.note(task.key, before, task)
            known.put(task)
        self._note_live(source, upserted)
        return self._change(source, at, tuple(upserted))

    def forget(self, key: TaskKey) -> None:
        """Lets a task go whose record the provider has deleted because we asked for that."""
        task = self._tasks[key.source].pop(key)
        if task is not None:
            self._live[key.source].pop(key, None)
            self._raw.pop(key, None)
            for feed in self._feeds:
                feed.note(key, task, None)
            self.version += 1

    def unseen(self, read: Round) -> tuple[Task, ...]:
        """Live tasks that a read did not list: to be asked by id, for absence is never success."""
        known = self._tasks[read.source.name]
        return tuple(known[key] for key in self._live[read.source.name] if key not in read.seen)

    def expire(self, source: Source, *, oldest: float, most: float, at: int = 0) -> Change:
        """Lets ended tasks go: those before `oldest` (epoch ms), and the oldest of them beyond `most` tasks."""
        known = self._tasks[source.name]
        every = known.values()
        gone = [task for task in every if outdated(task, oldest)] if oldest > -math.inf else []
        over = len(known) - len(gone) - most
        if over > 0:
            ended = [task for task in every if task.state.final and not outdated(task, oldest)]
            ended.sort(key=lambda task: task.since)
            gone += ended[: int(over)]
        keys = tuple(task.key for task in gone)
        for key, task in zip(keys, gone, strict=True):
            known.pop(key)
            self._raw.pop(key, None)
            for feed in self._feeds:
                feed.note(key, task, None)
        return self._change(source, at, (), keys)

    def _note_live(self, source: Source, changed: Iterable[Task]) -> None:
        """Keeps the index of what has not ended: of 100,000 tasks some hundreds, which every round looks at."""
        live = self._live[source.name]
        for task in changed:
            if task.state.live:
                live[task.key] = task
            elif live:
                live.pop(task.key, None)

    def _change(
        self, source: Source, at: int, upserted: tuple[Task, ...] = (), gone: tuple[TaskKey, ...] = ()
    ) -> Change:
        if upserted or gone:
            self.version += 1
        return Change(source=source, at=at, upserted=upserted, gone=gone, status=self._status[source.name])

    def _differing(self, known: Tasks, found: dict[TaskKey, Task]) -> list[Task]:
        """Which of the tasks found differ from what is known, told to the feeds; in `found` texts are shared."""
        self._forget_texts()
        differing: list[Task] = []
        for key, task in found.items():
            before = known.of(task)
            if before is not None and (held := before.seen_again(task)) is not None:
                found[key] = held
                continue
            if self._feeds:  # a screen holds them all day
                found[key] = task = task.sharing(self._kins, self._texts, before)
            differing.append(task)
            self.seen.note(before, task, LIST)
            for feed in self._feeds:
                feed.note(key, before, task)
        return differing

    def _forget_texts(self) -> None:
        if max(len(self._kins), len(self._texts)) > TEXTS:
            self._kins.clear()
            self._texts.clear()

    def _keep_raws(self, shown: Iterable[tuple[Task, Mapping[str, Any]]]) -> None:
        for task, row in shown:
            self._keep_raw(task, row)

    def _keep_raw(self, task: Task, row: Mapping[str, Any]) -> None:
        kin = task.kin
        self._raw[kin.source, kin.scope, task.id] = row
        if len(self._raw) > self._raw_rows:
            del self._raw[next(iter(self._raw))]


def _new(tasks: Sequence[Task], known: Tasks, seen: Tasks) -> dict[str, Task]:
    """A page by its ids; nothing where one of them may be known or seen, or is there twice."""
    found = {task.id: task for task in tasks}
    return found if len(found) == len(tasks) and not (known.any_of(found) or seen.any_of(found)) else {}


def outdated(task: Task, oldest: float) -> bool:
    """Whether an ended task lies before the window; a live one never does. One without any time is kept."""
    when = task.ended_at or task.started_at or task.created_at
    return when is not None and when < oldest and task.state.final
