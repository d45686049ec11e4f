"""The faults: what goes wrong on purpose, switched on and off while the cloud runs."""

import random
from collections import Counter, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches

from tui.cloud.chance import lognormal
from tui.cloud.chaos import Chaos
from tui.cloud.habits import Habits
from tui.cloud.turn import CALM, Turn

WILD = ("throttle", "skew", "slow", "garbage", "paging", "order", "hostile", "novel")  # what chaos is made of
NAMES = (*WILD[:2], "auth", *WILD[2:], "storm", "chaos")
LIMITS = {"tencent-mps": 100, "tencent-tat": 20, "huawei-iam": 20}
LIMIT = 10  # requests per second where no document gives a figure
HIDDEN_SHARE = 0.3
WINDOW_MS = 1000
TOKEN_USES = 3
HANG_AT = 10
PAGING = ("shift", "repeat", "lapsed", "drift", "wrap")
GARBAGE = ("html", "truncated", "empty", "content-type", "huge", "text-numbers", "null-arrays")
GARBAGE_SHARE = 0.15
ORDER = ("late", "swap", "back")
SWAP_SHARE, BACK_SHARE = 0.3, 0.05
KINDS = {"paging": PAGING, "garbage": GARBAGE, "skew": ("each",), "order": ORDER}
# what `auth` does to a permanent key: one action denied, one key deleted
DENIED = ("tencent-tat", "ap-singapore", "DescribeInvocationTasks")
DELETED = ("alibaba-opensearch", "cn-shanghai")


@dataclass(frozen=True, slots=True)
class Ask:
    """What a fault needs to know of a request."""

    api: str
    region: str
    operation: str
    key_id: str
    token: str
    at: int


@dataclass(frozen=True, slots=True)
class Plan:
    """What will happen to one request."""

    turn: Turn = CALM
    skew: int = 0
    delay: float = 0.0
    hang: bool = False
    wait: int | None = None  # throttled: milliseconds to wait
    mood: int = 0
    spoil: str = ""


class Window:
    """A sliding second, shared with a user nobody sees."""

    __slots__ = ("_hidden", "_limit", "_rng", "_seen")

    def __init__(self, limit: int, rng: random.Random) -> None:
        self._limit = limit
        self._rng = rng
        self._seen: deque[int] = deque()
        self._hidden = 0.0

    def enter(self, now: int) -> int | None:
        """None when the request fits in, else the milliseconds until one would."""
        self._hidden = max(self._hidden, now - WINDOW_MS)
        while self._hidden <= now:
            self._seen.append(int(self._hidden))
            self._hidden += self._rng.expovariate(HIDDEN_SHARE * self._limit / WINDOW_MS)
        while self._seen and self._seen[0] <= now - WINDOW_MS:
            self._seen.popleft()
        if len(self._seen) >= self._limit:
            return max(1, self._seen[0] + WINDOW_MS - now)
        self._seen.append(now)
        return None


@dataclass(slots=True)
class Switch:
    """One fault that is on: only some of its kinds, and how often, when that was asked for."""

    rng: random.Random
    only: tuple[str, ...] = ()
    share: float | None = None
    count: Counter[str] = field(default_factory=Counter)
    windows: dict[tuple[str, str, str, str], Window] = field(default_factory=dict)

    def draws(self, usual: float) -> bool:
        """Whether it strikes this time."""
        return self.rng.random() < (usual if self.share is None else self.share)


class Faults:
    """All faults that are on; the same seed and the same requests give the same trouble.

    A fault is on because somebody switched it on, or because chaos has; `habits` are what the world does about it.
    """

    def __init__(self, seed: int, names: Iterable[str] = (), habits: Habits | None = None) -> None:
        self._seed = seed
        self._habits = habits or Habits(seed)
        self._clock: Callable[[], int] | None = None
        self._on: dict[str, Switch] = {}
        self._wild: dict[str, Switch] = {}
        self._chaos: Chaos | None = None
        self._count: Counter[str] = Counter()
        for name in names:
            self.switch(name, True)

    @property
    def names(self) -> list[str]:
        """Those that are on, those of chaos included."""
        return sorted({*self._on, *self._wild})

    def serve(self, habits: Habits, clock: Callable[[], int]) -> None:
        """From now on the switches are those of a running world."""
        self._habits = habits
        for name in (*WILD, "storm"):
            self._tell(name, None)
        self._clock = clock

    def catch_up(self, now: int) -> None:
        """Let chaos come as far as the clock has."""
        if "chaos" not in self._on:
            return
        if self._chaos is None:
            self._chaos = Chaos(random.Random(f"{self._seed}/chaos"), WILD, now)
        for at, name, on in self._chaos.edges(now):
            if on:
                self._count[name] += 1
                rng = random.Random(f"{self._seed}/chaos/{name}/{self._count[name]}")
                self._wild[name] = Switch(rng)
            else:
                self._wild.pop(name, None)
            self._tell(name, at)

    def switch(self, name: str, on: bool, only: Iterable[str] = (), share: float | None = None) -> None:
        """Switch one fault; an unknown name is a ValueError that names the nearest. Without chaos nothing is wild."""
        if name not in NAMES:
            near = get_close_matches(name, NAMES, n=1, cutoff=0.0)[0]
            raise ValueError(f"unknown fault {name!r}, did you mean {near!r}? Known: {', '.join(NAMES)}")
        kinds = KINDS.get(name, ())
        odd = [kind for kind in only if kind not in kinds]
        if odd:
            raise ValueError(f"unknown kind {odd[0]!r} of {name}; known: {', '.join(kinds) or 'none'}")
        at = self._clock() if self._clock is not None else None
        self._wild.pop(name, None)
        if on:
            self._on[name] = Switch(random.Random(f"{self._seed}/fault/{name}"), tuple(only), share)
        else:
            self._on.pop(name, None)
        self._tell(name, at)
        if name == "chaos":
            self._chaos = None
            for wild in list(self._wild):
                del self._wild[wild]
                self._tell(wild, at)

    def plan(self, ask: Ask) -> Plan:
        """What is in store for this request."""
        self.catch_up(ask.at)
        if not self._on:
            return QUIET
        skew = self._skew(ask)
        delay, hang = self._slow()
        wait, mood = self._throttle(ask)
        return Plan(self._turn(ask, skew), skew, delay, hang, wait, mood, self._garbage())

    def _of(self, name: str) -> Switch | None:
        """The switch of a fault that is on."""
        return self._on.get(name) or self._wild.get(name)

    def _tell(self, name: str, at: int | None) -> None:
        """The world's part of a fault."""
        switch = self._of(name)
        late = switch is not None and (name != "order" or not switch.only or "late" in switch.only)
        self._habits.switch(name, late, at, switch.share if switch else None)

    def _skew(self, ask: Ask) -> int:
        switch = self._of("skew")
        if switch is None:
            return 0
        return self.off(ask.api, ask.region, each="each" in switch.only)

    def off(self, api: str, region: str, *, each: bool = False) -> int:
        """How far the clock of a server is ahead while `skew` is on: milliseconds, whole seconds."""
        # in life it is the client's clock that is off, by the same for every server; `each` is the harder case
        whose = f"/{api}/{region}" if each else ""
        rng = random.Random(f"{self._seed}/skew{whose}")
        return int(rng.choice((-1, 1)) * rng.uniform(16, 20) * 60) * 1000

    def _slow(self) -> tuple[float, bool]:
        switch = self._of("slow")
        if switch is None:
            return 0.0, False
        switch.count["requests"] += 1
        delay = 8.0 if switch.rng.random() < 0.01 else min(8.0, lognormal(switch.rng, 0.25, 0.8))
        return delay, switch.count["requests"] == HANG_AT

    def _throttle(self, ask: Ask) -> tuple[int | None, int]:
        switch = self._of("throttle")
        if switch is None:
            return None, 0
        name = (ask.api, ask.region, ask.key_id, ask.operation)
        if name not in switch.windows:
            switch.windows[name] = Window(LIMITS.get(ask.api, LIMIT), random.Random(f"{self._seed}/{name}"))
        wait = switch.windows[name].enter(ask.at)
        return wait, switch.rng.randrange(12) if wait is not None else 0

    def _turn(self, ask: Ask, skew: int) -> Turn:
        facts: dict[str, int | bool | float] = {"skew": skew} if skew else {}
        auth = self._on.get("auth")
        if auth:
            facts["denied"] = (ask.api, ask.region, ask.operation) == DENIED
            facts["gone_key"] = (ask.api, ask.region) == DELETED
            if ask.token:
                auth.count[ask.token] += 1
                facts["stale_token"] = auth.count[ask.token] > TOKEN_USES
        paging, order = self._of("paging"), self._of("order")
        if paging:
            facts.update(_paging(paging))
        if order:
            facts.update(_order(order))
        return Turn(**facts) if facts else CALM  # type: ignore[arg-type]

    def _garbage(self) -> str:
        switch = self._of("garbage")
        if switch is None or not switch.draws(GARBAGE_SHARE):
            return ""
        if switch.only:
            return switch.rng.choice(switch.only)
        return switch.rng.choices(GARBAGE, (4, 4, 4, 4, 1, 4, 4))[0]


QUIET = Plan()


def _paging(switch: Switch) -> dict[str, int | bool]:
    draws: dict[str, Callable[[], int | bool]] = {
        "shift": lambda: switch.rng.choice((-2, -1, 1)) if switch.draws(0.3) else 0,
        "repeat": lambda: switch.draws(0.05),
        "lapsed": lambda: switch.draws(0.05),
        "drift": lambda: switch.rng.choice((-3, -1, 2, 4)) if switch.draws(0.5) else 0,
        "wrap": lambda: switch.draws(1.0),
    }
    return {kind: draw() for kind, draw in draws.items() if not switch.only or kind in switch.only}


def _order(switch: Switch) -> dict[str, int | bool | float]:
    facts: dict[str, int | bool | float] = {"salt": switch.rng.getrandbits(32)}
    if not switch.only or "swap" in switch.only:
        facts["swap"] = switch.draws(SWAP_SHARE)
    if not switch.only or "back" in switch.only:
        facts["back"] = BACK_SHARE if switch.share is None else switch.share
    return facts
