"""A desk without a network: deterministic tasks of five providers, hostile texts among them."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from tui.adapters import by_hand
from tui.answers import Detail, Output
from tui.by_hand import ByHand
from tui.deeds import DELETE, STOP, Deed, Done
from tui.errors import CallError
from tui.model import Source, State, Task, TaskKey
from tui.status import SourceStatus, Trouble, Word
from tui.store import Round, Store
from tui.ui.desk import Console, Provider
from tui.ui.door import Door

NOW = 1_795_264_957_000  # 2026-11-21T12:42:37Z

PROVIDERS = (
    Provider("alibaba-fc", 1, "FC", "Function Compute"),
    Provider("alibaba-opensearch", 2, "OS", "OpenSearch training"),
    Provider("tencent-mps", 3, "MPS", "Media processing"),
    Provider("tencent-tat", 4, "TAT", "Command tasks"),
    Provider("huawei-kps", 5, "KPS", "Keypair tasks"),
)
SOURCES = (
    Source("thumbs", "alibaba-fc", "ali-prod", "cn-shanghai"),
    Source("ctr", "alibaba-opensearch", "ali-prod", "cn-hangzhou"),
    Source("media", "tencent-mps", "tx-prod", "ap-guangzhou"),
    Source("commands", "tencent-tat", "tx-prod", "ap-guangzhou"),
    Source("keys", "huawei-kps", "hw-staging", "cn-north-4"),
)
HOSTILE = (
    "x[/]y",
    "[bold red]not markup[/]",
    "evil\x1b[2J\x1b]0;owned\x07name",
    "bell\x07 and \x9b31m csi",
    "视频转码任务-北京一号机房-非常长的名字",
    "emoji 👩‍👩‍👧 🚀 party",
    "rtl \u202egnp.exe",
    "e\u0301\u0302\u0303\u0304\u0305 zalgo",
)
NAMES: Mapping[str, tuple[str, ...]] = {
    "alibaba-fc": ("transcode-hd", "thumbnails", "ingest", "resize-cover", "缩略图生成"),
    "alibaba-opensearch": ("ctr", "cate-pred", "query-rewrite"),
    "tencent-mps": ("WorkflowTask", "EditMediaTask", "LiveStreamProcessTask"),
    "tencent-tat": ("nightly-cleanup", "deploy-agent", "rotate-logs", "备份数据库"),
    "huawei-kps": ("RESET", "REPLACE", "UNBIND"),
}
TARGETS: Mapping[str, tuple[str, ...]] = {
    "alibaba-fc": ("LATEST", "prod"),
    "alibaba-opensearch": ("app-search/test_model_2", "mall/main"),
    "tencent-mps": ("Transcode", "Transcode+Snapshot", "AiReview"),
    "tencent-tat": ("ins-2k8dq01x", "ins-77acp2k1", "ins-p0s9d8f7"),
    "huawei-kps": ("web-07", "web-02", "db-主库"),
}
ERRORS: Mapping[str, tuple[str, ...]] = {
    "alibaba-fc": ("OOM: memory limit 512MB", "Function timed out after 600 seconds"),
    "alibaba-opensearch": ("recall 0.58 below gate", "TRAIN_FAILED: no samples"),
    "tencent-mps": ("subtask failed",),
    "tencent-tat": ("TASK_TIMEOUT", "exit 127", "DELIVER_FAILED"),
    "huawei-kps": ("KPS.0203 agent offline",),
}
WEIGHTS: Mapping[State, int] = {
    State.SUCCEEDED: 60,
    State.RUNNING: 14,
    State.FAILED: 10,
    State.QUEUED: 6,
    State.CANCELLED: 3,
    State.EXPIRED: 2,
    State.RETRYING: 2,
    State.STOPPING: 1,
    State.VANISHED: 1,
    State.UNKNOWN: 1,
}


def task_id(adapter: str, rng: random.Random) -> str:
    """An id as the provider makes them."""
    hexes = f"{rng.getrandbits(64):016x}"
    return {
        "alibaba-fc": f"job-{hexes}",
        "alibaba-opensearch": f"trigger__2026-11-21T{hexes[:2]}:{hexes[2:4]}",
        "tencent-mps": f"1250000000-WorkflowTask-{hexes}tt0",
        "tencent-tat": f"invt-{hexes[:8]}",
        "huawei-kps": f"{hexes[:8]}-{hexes[8:12]}-4000-8000-{hexes}",
    }[adapter]


def make(source: Source, at: int, rng: random.Random, now: int = NOW) -> Task:
    """One task; every twelfth carries a hostile name."""
    state = rng.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
    started = now - 9_000 - at * 41_000 - rng.randrange(30_000)
    took = min(rng.randrange(800, 900_000), (now - started) * 7 // 10)
    adapter = source.adapter
    name = HOSTILE[at // 12 % len(HOSTILE)] if at % 12 == 7 else rng.choice(NAMES[adapter])
    bad = state in (State.FAILED, State.EXPIRED)
    extra: dict[str, Any] = {}
    if adapter == "alibaba-opensearch":
        extra = {"os.generation": str(at)} | ({"os.metrics": {"recall": 0.91, "auc": 0.7312}} if not bad else {})
    return Task(
        key=TaskKey(source.name, name if adapter == "alibaba-fc" else "", task_id(adapter, rng)),
        state=state,
        native_state={State.UNKNOWN: "Hibernating\x1b[0m", State.VANISHED: "Running"}.get(state, state.value.title()),
        name=name,
        kind="async-task",
        target=rng.choice(TARGETS[adapter]),
        created_at=started - rng.randrange(200, 9_000),
        started_at=None if state is State.QUEUED else started,
        ended_at=min(now, started + took) if state.final else None,
        duration_ms=took if state.final else None,
        progress=round(rng.random() * 100, 1) if adapter == "alibaba-opensearch" and state.live else None,
        retries=rng.choice((0, 0, 0, 2)) if adapter == "alibaba-fc" else None,
        error=(rng.choice(ERRORS[adapter]) if at % 20 else "E" * 1_000 + "\x1b[31m" + "界" * 500) if bad else None,
        extra=extra,
        seen_at=now - 1_000,
        request_id=f"{rng.getrandbits(64):016x}",
    )


def tasks_of(source: Source, count: int, seed: int = 7, now: int = NOW) -> list[Task]:
    """Deterministic tasks of one source."""
    rng = random.Random(f"{seed}-{source.name}")
    return [make(source, at, rng, now) for at in range(count)]


def fill(store: Store, source: Source, tasks: Iterable[Task], *, at: int = NOW) -> None:
    """What one whole read of a source does to the store."""
    rows = list(tasks)
    store.merge(Round(source), rows, [{} for _ in rows], at=at)
    status = SourceStatus(source=source, answered_at=at, tasks=len(store.tasks(source.name)), calls=1)
    store.set_status(status)


class FakeDesk:
    """A desk whose store was filled by hand."""

    def __init__(self, count: int = 60, *, now: int = NOW, troubles: bool = False) -> None:
        self.store = Store(SOURCES)
        self.providers: Sequence[Provider] = PROVIDERS
        self.note = ""
        self.read_only = True
        self.demo = False
        self.replays = False
        self.door: Door | None = None
        self.poked: list[str | None] = []
        self.asked: list[TaskKey] = []
        self.looked: tuple[frozenset[str], bool] = frozenset(), True
        self.error: Exception | None = None
        self.detail_error: CallError | None = None
        self.outputs: dict[TaskKey, Output] = {}
        self.printed: list[TaskKey] = []
        self.prod: set[str] = set()
        self.watched: frozenset[TaskKey] = frozenset()
        self.acted: list[tuple[str, TaskKey]] = []
        self.act_errors: dict[TaskKey, CallError] = {}
        self.gate = asyncio.Event()
        self.gate.set()
        self.changed: Callable[[], None] = lambda: None
        for at, source in enumerate(SOURCES if count else ()):
            fill(self.store, source, tasks_of(source, count + 7 * at, now=now), at=now - 4_000)
        if troubles:
            self.trouble(now)

    def trouble(self, now: int) -> None:
        """One source throttled, one without a key, one partial."""
        for name, trouble, missing in (
            ("media", Trouble(Word.THROTTLED, "RequestLimitExceeded", "slow down", "req-1", now + 38_000), ()),
            ("keys", Trouble(Word.AUTH, "APIGW.0301", "Incorrect IAM authentication \x1b[31minformation", "req-2"), ()),
            ("ctr", None, ("app/ctr/main",)),
        ):
            old = self.store.status(name)
            self.store.set_status(
                SourceStatus(
                    source=old.source,
                    trouble=trouble,
                    missing=missing,
                    answered_at=now - 75_000,
                    tasks=old.tasks,
                    interval=60,
                )
            )

    async def run(self, changed: Callable[[], None]) -> None:
        """Waits; or raises what a test put there."""
        self.changed = changed
        changed()
        if self.error is not None:
            raise self.error
        await asyncio.Event().wait()

    def poke(self, source: str | None = None) -> None:
        """Remembers who was to be read."""
        self.poked.append(source)

    def faster(self, by: int) -> str:
        """Nothing was recorded."""
        return ""

    def look(self, sources: frozenset[str], *, focused: bool) -> None:
        """Remembers what was looked at."""
        self.looked = sources, focused

    def typing(self) -> None:
        """Nothing goes on."""

    def pace(self, source: str | None, seconds: float) -> None:
        """Remembers how often who was to be read."""
        for name in self.store.sources:
            if source in (None, name):
                self.store.set_status(replace(self.store.status(name), interval=seconds))

    async def detail(self, key: TaskKey, *, output: bool = False) -> Detail:
        """The task with an answer full of traps."""
        self.asked.append(key)
        if self.detail_error is not None:
            raise self.detail_error
        task = self.store.get(key)
        assert task is not None
        answer = {
            "TaskId": key.id,
            "Status": task.native_state,
            "Markup": "x[/]y",
            "Escape": "a\x1b[2Jb\x1b]0;owned\x07c",
            "名字": "视频转码 👩‍👩‍👧",
            "AccessKeySecret": "do-not-show-me",
            "Long": "L" * 3_000,
            "Events": [{"Time": 1, "Ok": True, "Nothing": None}, {"Time": 2.5, "Nested": {"a": []}}],
        }
        if not output:
            return Detail(task, answer, output_size=12_400)
        self.printed.append(key)
        return Detail(task, answer, self.outputs.get(key, Output("a first line\nnot \x1b[2J cleared\nthe end\n")))

    def deeds(self, task: Task) -> Sequence[Deed]:
        """What lives can be stopped; a failed one of KPS has a record."""
        why_not = "" if task.state.live else f"it has ended: {task.native_state}"
        stop = Deed(STOP, "stop", "asks the provider to stop it; it may still finish", why_not)
        if self.store.sources[task.key.source].adapter != "huawei-kps":
            return (stop,)
        why_not = "" if task.state is State.FAILED else "only a failed one has a record"
        delete = Deed(DELETE, "delete record", "asks KPS to delete its record, for good", why_not)
        return (stop._replace(why_not="KPS has no operation that stops a task"), delete)

    def console(self, task: Task) -> Console:
        """A page of FC tasks alone."""
        if self.store.sources[task.key.source].adapter != "alibaba-fc":
            return Console(why_not="no page of it is known")
        return Console(f"https://console.example/{task.key.id}")

    def watch(self, keys: frozenset[TaskKey]) -> None:
        """Remembers who was watched."""
        self.watched = keys

    def by_hand(self, task: Task) -> ByHand | None:
        """What the adapters say."""
        return by_hand(task, self.store.sources[task.key.source])

    def guarded(self, source: str) -> bool:
        """Those that a test names."""
        return source in self.prod

    async def act(self, deed: Deed, task: Task) -> Done:
        """Remembers it; the provider says what a test put there, else yes."""
        self.acted.append((deed.id, task.key))
        await self.gate.wait()
        error = self.act_errors.get(task.key)
        if error is not None:
            return Done(task.key, deed, error=error, after=task)
        source = self.store.sources[task.key.source]
        if deed.id == DELETE:
            self.store.forget(task.key)
            gone = task._replace(state=State.VANISHED)
            return Done(task.key, deed, request_id="r-1", after=gone)
        after = task._replace(state=State.STOPPING, native_state="Stopping")
        self.store.settle(source, [after], at=NOW)
        self.changed()
        return Done(task.key, deed, request_id="r-1", after=after)


class LiveFake(FakeDesk):
    """A fake that moves, for looking at: `python -m tests.ui.fake_desk`."""

    async def run(self, changed: Callable[[], None]) -> None:
        """Ends a task and starts one every second."""
        from tui.ui.options import wall_clock

        rng = random.Random(1)
        turn = 0
        while True:
            changed()
            await asyncio.sleep(1)
            turn += 1
            source, now = SOURCES[turn % 5], wall_clock()
            new = make(source, 0, rng, now)
            fill(self.store, source, [new], at=now)


def look() -> None:
    """Shows it: `python -m tests.ui.fake_desk [TASKS] [THEME] [troubles]`."""
    import sys

    from tui.ui.options import wall_clock
    from tui.ui.shell import Taskdeck

    count = int(sys.argv[1]) if len(sys.argv) > 1 else 60
    theme = sys.argv[2] if len(sys.argv) > 2 else None
    app = Taskdeck(LiveFake(count, now=wall_clock(), troubles="troubles" in sys.argv), theme_name=theme)
    app.run()
    if app.crash:
        raise app.crash


if __name__ == "__main__":
    look()
