"""The watch list: the tasks one has pinned, and what is said when they end. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

from tui.model import State, Task, TaskKey
from tui.text import clean, cut_middle

MOST = 50  # tasks: each is asked by id every few seconds
NAMED = 26  # cells of an id: what is said of it fits into 80
TOLD = 200  # characters of a notification
KNOWN: Mapping[str, str] = {"iTerm.app": "osc9", "WezTerm": "osc9", "ghostty": "osc9", "WarpTerminal": "osc9"}
"""Terminals that show a notification, by TERM_PROGRAM, and by which sequence."""
KNOWN_TERM: Mapping[str, str] = {"xterm-kitty": "osc9", "xterm-ghostty": "osc9", "foot": "osc777", "rxvt": "osc777"}
"""The same by the beginning of TERM."""


class Watched:
    """Pinned keys, oldest first, at most `MOST`."""

    def __init__(self, keys: Iterable[TaskKey] = ()) -> None:
        self._keys = dict.fromkeys(list(dict.fromkeys(keys))[:MOST])

    def __contains__(self, key: object) -> bool:
        return key in self._keys

    def __len__(self) -> int:
        return len(self._keys)

    @property
    def keys(self) -> frozenset[TaskKey]:
        """All of them."""
        return frozenset(self._keys)

    @property
    def listed(self) -> list[str]:
        """As they are remembered: TASKs, oldest first."""
        return [str(key) for key in self._keys]

    def toggle(self, keys: Sequence[TaskKey], *, living: bool = True) -> str:
        """Pins tasks, all of which are pinned already: takes them off. Answers what was done.

        `living`: whether any of them has not ended; those that have are asked no more.
        """
        if not keys:
            return "no task to watch"
        if all(key in self._keys for key in keys):
            self.drop(keys)
            return f"{_many(keys)} off the watch list"
        new = [key for key in keys if key not in self._keys]
        if len(self) + len(new) > MOST:
            return f"not pinned: the watch list holds {MOST}, {len(self)} are in it; b again takes one off"
        self._keys |= dict.fromkeys(new)
        one = len(new) == 1
        if not living:
            return f"{_many(new)} pinned on top; {'it has' if one else 'they have'} ended, so nothing is asked"
        return f"{_many(new)} pinned on top, asked by id every 3 s until {'it ends' if one else 'they end'}"

    def drop(self, keys: Iterable[TaskKey]) -> bool:
        """Takes tasks off; whether any of them was pinned."""
        before = len(self)
        for key in keys:
            self._keys.pop(key, None)
        return len(self) != before


def _many(keys: Sequence[TaskKey]) -> str:
    return cut_middle(clean(keys[0].id), NAMED) if len(keys) == 1 else f"{len(keys)} tasks"


def key_of(text: str) -> TaskKey | None:
    """The key of a TASK, None for what is none."""
    parts = [part.replace("%2F", "/") for part in text.split("/")]
    if len(parts) not in (2, 3) or not parts[0] or not parts[-1]:
        return None
    return TaskKey(parts[0], parts[1] if len(parts) == 3 else "", parts[-1])


def ended(tasks: Sequence[Task]) -> str:
    """`invt-hq7f2k9a FAIL exit 127`; of several `3 watched tasks ended: 2 OK, 1 FAIL`."""
    if len(tasks) == 1:
        (task,) = tasks
        told = f"{task.key.id} {task.state.label} {task.error or task.name or ''}"
        return clean(told.strip(), limit=TOLD)
    counts = Counter(task.state for task in tasks)
    parts = [f"{counts[state]} {state.label}" for state in State if counts[state]]
    return f"{len(tasks)} watched tasks ended: {', '.join(parts)}"


def way_of(choice: str, environ: Mapping[str, str]) -> str:
    """How somebody is told: "" for not at all, "bell", "osc9" or "osc777", which ring the bell too.

    Auto knows some terminals by name. Inside tmux and screen, which keep such a sequence to themselves, it is the bell.
    """
    if choice != "auto":
        return "" if choice == "off" else choice
    if environ.get("TMUX") or environ.get("STY"):
        return "bell"
    term = environ.get("TERM", "")
    return KNOWN.get(environ.get("TERM_PROGRAM", "")) or next(
        (way for name, way in KNOWN_TERM.items() if term.startswith(name)), "bell"
    )


def notice(way: str, text: str) -> str:
    """What is written to the terminal: the bell, and the notification where it takes one."""
    if not way:
        return ""
    text = clean(text, limit=TOLD)
    if way == "osc9":
        return f"\x07\x1b]9;taskdeck: {text}\x07"  # ours first: some terminals take `9;4;..` for a progress bar
    if way == "osc777":
        return f"\x07\x1b]777;notify;taskdeck;{text.replace(';', ',')}\x07"
    return "\x07"


Live = Callable[[TaskKey], Task | None]


def to_ask(keys: Iterable[TaskKey], get: Live) -> dict[str, list[Task]]:
    """The watched tasks that live, by source: an ended one has nothing more to say."""
    found: dict[str, list[Task]] = {}
    for key in keys:
        task = get(key)
        if task is not None and task.state.live:
            found.setdefault(key.source, []).append(task)
    return found
