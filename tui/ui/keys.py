"""Every key. An id is what `[keys]` of the config names; the group is where help lists it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress

from textual.binding import ActiveBinding, Binding, BindingType

from tui.ui.key_names import keys_of, shown

UNBOUND = "f63"  # no keyboard sends it: what "" in the config stands for
FIRST = ("back", "open", "filter", "state", "bad", "causes", "act", "copy-as")  # all that 80 cells have room for
MOVE, VIEWS, FILTER, TASK, SCREEN = (Binding.Group(name) for name in ("Move", "Views", "Filter", "Task", "Screen"))


def key(
    keys: str, action: str, text: str, name: str, group: Binding.Group, *, hint: bool = False, priority: bool = False
) -> Binding:
    """One key with its id; `hint` shows it in the last line of the screen."""
    return Binding(keys, action, text, id=name, group=group, show=hint, priority=priority)


MOVEMENT: list[BindingType] = [
    key("j,down", "move(1)", "down", "down", MOVE),
    key("k,up", "move(-1)", "up", "up", MOVE),
    key("g,home", "first", "first", "first", MOVE),
    key("G,end", "last", "last", "last", MOVE),
    key("ctrl+d", "page(0.5)", "half a page down", "half-down", MOVE),
    key("ctrl+u", "page(-0.5)", "half a page up", "half-up", MOVE),
    key("pagedown", "page(1)", "page down", "page-down", MOVE),
    key("pageup", "page(-1)", "page up", "page-up", MOVE),
]
TAKEN: list[BindingType] = [
    key("c", "copy", "copy id", "copy", TASK, hint=True),
    key("C", "copy_as", "copy as", "copy-as", TASK, hint=True),
    key("L", "console", "page in the provider's console", "console", TASK),
    key("b", "watch", "pin on top, tell when it ends", "watch", TASK),
]
HOME: list[BindingType] = [
    key("enter", "open", "open", "open", TASK, hint=True),
    key("slash", "filter", "filter", "filter", FILTER, hint=True),
    key("s", "states", "state", "state", FILTER, hint=True),
    key("x", "only('bad')", "bad only", "bad", FILTER, hint=True),
    key("a", "only('live')", "live only", "live", FILTER, hint=True),
    key("f", "by_field", "by a field of this row", "by-field", FILTER),
    key("equals_sign", "pin", "pin filter on every view", "pin", FILTER),
    key("n", "next_bad(1)", "next failed task", "next", MOVE),
    key("N", "next_bad(-1)", "previous failed task", "previous", MOVE),
    key("left", "columns(-1)", "columns to the left", "left", MOVE),
    key("right", "columns(1)", "columns to the right", "right", MOVE),
    key("F", "follow", "follow", "follow", TASK, hint=True),
    key("space", "mark", "mark, next", "mark", TASK),
    key("asterisk", "mark_all", "mark all shown", "mark-all", TASK),
    key("u", "unmark", "unmark all", "unmark", TASK),
    key("A", "act", "stop, delete", "act", TASK, hint=True),
    key("y", "open_at(3)", "raw answer", "raw", TASK),
    key("o", "open_at(2)", "fetch and show the output", "output", TASK),
    *TAKEN,
    key("0", "view(0)", "all tasks", "all", VIEWS, hint=True),
    *(key(str(at), f"view({at})", f"provider {at}", f"provider-{at}", VIEWS) for at in range(1, 10)),
    key("W", "deck", "deck", "deck", VIEWS, hint=True),
    key("z", "zoom", "zoom pane", "zoom", VIEWS),
    key("w", "wide", "wide: all columns", "wide", VIEWS),
    key("left_square_bracket", "travel(-1)", "view before this one", "view-back", VIEWS),
    key("right_square_bracket", "travel(1)", "view after this one", "view-forward", VIEWS),
    key("minus", "last_view", "last view and back", "view-last", VIEWS),
    key("P", "peek", "peek: the task in a few lines", "peek", VIEWS),
    key("E", "events", "events", "events", VIEWS, hint=True),
    key("H", "health", "health of the sources", "health", VIEWS),
    key("e", "causes", "causes", "causes", VIEWS, hint=True),
    key("X", "why", "why: what is known about it", "why", TASK),
    key("tab", "next_pane(1)", "next pane", "next-pane", VIEWS, hint=True),
    key("shift+tab", "next_pane(-1)", "previous pane", "previous-pane", VIEWS),
    key("S", "sorts", "sort by", "sort", VIEWS),
    key("I", "invert", "turn the order round", "invert", VIEWS),
    key("less_than_sign", "sort_beside(-1)", "sort by the column to the left", "sort-left", VIEWS),
    key("greater_than_sign", "sort_beside(1)", "sort by the column to the right", "sort-right", VIEWS),
    key("r", "poke", "refresh now", "refresh", SCREEN, hint=True),
    key("U", "login", "log in, unlock: the key of this pane", "login", SCREEN),
    key("comma", "pace(1)", "read this less often", "slower", SCREEN),
    key("full_stop", "pace(-1)", "read this more often", "faster", SCREEN),
    key("p", "pause", "pause the screen", "pause", SCREEN, hint=True),
    key("escape", "back", "back one layer", "back", SCREEN),
    key("q", "leave", "back, quit", "quit", SCREEN),
    key("colon", "command", "command", "command", SCREEN, hint=True),
    *MOVEMENT,
]
LAYER: list[BindingType] = [
    key("escape,q", "back", "back", "back", SCREEN, hint=True),
    *MOVEMENT,
]
DETAIL: list[BindingType] = [
    *LAYER,
    key("enter", "open", "open", "open", TASK, hint=True),
    key("J", "step(1)", "next task", "next-task", TASK, hint=True),
    key("K", "step(-1)", "previous task", "previous-task", TASK, hint=True),
    key("1", "tab(0)", "overview", "overview", VIEWS),
    key("2", "tab(1)", "timeline", "timeline", VIEWS),
    key("3", "tab(2)", "output, hidden", "output-tab", VIEWS),
    key("4", "tab(3)", "raw answer", "raw-tab", VIEWS),
    key("5", "tab(4)", "related tasks", "related", VIEWS),
    key("6", "tab(5)", "the vendor's command line", "cli", VIEWS),
    key("tab", "next_tab(1)", "next tab", "next-tab", VIEWS, hint=True),
    key("shift+tab", "next_tab(-1)", "previous tab", "previous-tab", VIEWS),
    key("o", "output", "output", "output", TASK, hint=True),
    key("s", "save", "save the output as a file", "save", TASK),
    key("y", "raw", "raw", "raw", TASK, hint=True),
    key("v", "diff", "compare", "diff", TASK, hint=True),
    key("X", "why", "why: what is known about it", "why", TASK),
    key("slash", "find", "find in this tab", "find", FILTER),
    key("n", "next_hit(1)", "next match", "next", MOVE),
    key("N", "next_hit(-1)", "previous match", "previous", MOVE),
    key("space", "fold", "fold, unfold", "fold", VIEWS),
    key("minus", "fold_all(1)", "fold all", "fold-all", VIEWS),
    key("plus", "fold_all(0)", "unfold all", "unfold-all", VIEWS),
    key("M", "reveal", "show masked secrets for 30 s", "reveal", VIEWS),
    key("A", "act", "stop, delete", "act", TASK, hint=True),
    *TAKEN,
    key("r", "poke", "ask again", "refresh", SCREEN, hint=True),
]
DIFF: list[BindingType] = [*LAYER]
HELP: list[BindingType] = [
    *LAYER,
    key("slash", "narrow", "narrow down", "filter", FILTER, hint=True),
]
EVENTS: list[BindingType] = [
    *LAYER,
    key("enter", "open", "open its task", "open", TASK, hint=True),
    key("slash", "narrow", "narrow down", "filter", FILTER, hint=True),
    key("H", "health", "health", "health", VIEWS, hint=True),
]
HEALTH: list[BindingType] = [
    *LAYER,
    key("enter", "open", "open its provider", "open", TASK, hint=True),
    key("slash", "narrow", "narrow down", "filter", FILTER, hint=True),
    key("E", "events", "events", "events", VIEWS, hint=True),
    key("r", "poke", "read it now", "refresh", SCREEN, hint=True),
]
CAUSES: list[BindingType] = [
    *LAYER,
    key("enter", "open", "open its tasks", "open", TASK, hint=True),
    key("slash", "narrow", "narrow down", "filter", FILTER, hint=True),
    key("C", "copy_as", "copy as Markdown", "copy-as", TASK, hint=True),
]
WHY: list[BindingType] = [
    *LAYER,
    key("enter", "open", "open its evidence", "open", TASK, hint=True),
]
LOG: list[BindingType] = [*LAYER]
APP: list[BindingType] = [
    key("m", "mouse", "mouse on, off", "mouse", SCREEN),
    key("question_mark", "help", "help", "help", SCREEN, hint=True),
    key("ctrl+c", "interrupt", "quit when pressed twice", "interrupt", SCREEN, priority=True),
]

SCREENS: Mapping[str, list[BindingType]] = {
    "": HOME,
    "on a task: ": DETAIL,
    "comparing two tasks: ": DIFF,
    "in the help: ": HELP,
    "in the events: ": EVENTS,
    "in health: ": HEALTH,
    "in the causes: ": CAUSES,
    "in why: ": WHY,
    "in the log: ": LOG,
}
"""What each screen binds beside APP, under the words for it in README.md: no key may mean two things on one of them."""


def keymap(remap: Mapping[str, str]) -> dict[str, str]:
    """The user's keys for Textual; "" unbinds. What is no key is left out: the config's check says so."""
    found: dict[str, str] = {}
    for name, text in remap.items():
        with suppress(ValueError):
            found[name] = ",".join(keys_of(text)) or UNBOUND
    return found


def gathered(bindings: Iterable[Binding]) -> list[tuple[Binding, str]]:
    """The bindings once each, with all their keys: `j down`."""
    found: dict[str, tuple[Binding, list[str]]] = {}
    for binding in bindings:
        if binding.id and binding.key != UNBOUND:
            found.setdefault(binding.id, (binding, []))[1].append(shown(binding.key))
    return [(binding, " ".join(keys)) for binding, keys in found.values()]


def listed(active: Iterable[ActiveBinding]) -> list[ActiveBinding]:
    """Those that are told: a screen's `barred` keys are there, but say only why they do nothing now."""
    return [each for each in active if each.binding.id not in getattr(each.node, "barred", ())]


def hinted(active: Iterable[ActiveBinding]) -> list[tuple[str, str]]:
    """The keys and words for the last line of a screen: first what one who is new here looks for."""
    found = gathered(each.binding for each in listed(active) if each.binding.show)
    found.sort(key=lambda one: FIRST.index(one[0].id) if one[0].id in FIRST else len(FIRST))
    return [(keys.split(" ")[0], binding.description) for binding, keys in found]
