"""Tree -> one function for each node, made once and called for each task. Wrong values end here, as QueryError."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import tzinfo

from tui.model import Source, State, Task
from tui.query import values
from tui.query.error import QueryError
from tui.query.fields import FIELDS, Field, Kind, haystack, nearest, short, texts
from tui.query.needle import cut, test_of
from tui.query.tree import And, Compare, Flag, Node, Not, Or, Saved, Text, Word
from tui.query.values import Moving, Span

Match = Callable[[Task, Source, int], bool]
GROUPS: Mapping[str, frozenset[State]] = {
    "live": frozenset(state for state in State if state.live),
    "done": frozenset({State.SUCCEEDED, State.FAILED, State.CANCELLED, State.EXPIRED}),
    "bad": frozenset(state for state in State if state.bad),
}
ALL_OPS = ": = != > >= < <="
FIT: Mapping[Kind, str] = {
    Kind.TEXT: ": = != ~",
    Kind.STATE: ": = !=",
    Kind.SOURCE: ": = != ~",
    Kind.EXTRA: f"{ALL_OPS} ~",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What a query is read in: the zone, a fixed time, the screen's facts, declared short codes."""

    zone: tzinfo | None = None
    now: int | None = None
    screen: Mapping[str, Callable[[Task], bool]]
    shorts: Mapping[str, str]


def matcher(node: Node | None, setting: Setting) -> Match:
    """The function of a node."""
    match node:
        case None | Saved(item=None):
            return lambda task, source, now: True
        case Saved(item=item):
            return matcher(item, setting)
        case Not(item=item):
            inner = matcher(item, setting)
            return lambda task, source, now: not inner(task, source, now)
        case And(items=items):
            return _all([matcher(item, setting) for item in items])
        case Or(items=items):
            return _any([matcher(item, setting) for item in items])
        case Flag(name=name, yes=yes):
            fact = setting.screen[name]
            return lambda task, source, now: fact(task) == yes
        case Word():
            return _word(node)
        case Compare():
            return _compare(node, setting)


def _all(parts: list[Match]) -> Match:
    if len(parts) == 2:
        one, two = parts
        return lambda task, source, now: one(task, source, now) and two(task, source, now)

    def every(task: Task, source: Source, now: int) -> bool:
        for part in parts:  # noqa: SIM110 - a loop takes half the time of all() over a generator
            if not part(task, source, now):
                return False
        return True

    return every


def _any(parts: list[Match]) -> Match:
    def some(task: Task, source: Source, now: int) -> bool:
        for part in parts:  # noqa: SIM110
            if part(task, source, now):
                return True
        return False

    return some


def _word(word: Word) -> Match:
    """A text anywhere in the task: all texts in one piece where case does not count, else text by text."""
    needle = word.text
    if word.fuzzy or needle.form == "/" or needle.exact or cut(needle):
        test = test_of(needle, "~" if word.fuzzy else ":")
        return lambda task, source, now: any(map(test, texts(task, source)))
    folded = needle.text.casefold()
    return lambda task, source, now: folded in haystack(task, source)


def _compare(node: Compare, setting: Setting) -> Match:
    """field op values; `!=` is whatever `=` is not, tasks without the field included."""
    kind, op = node.field.kind, node.op
    if op == "!=":
        same = _compare(Compare(node.field, "=", node.values, node.at), setting)
        return lambda task, source, now: not same(task, source, now)
    fit = operators(kind)
    if op not in fit.split() and not (op == "~" and all(value.form == "/" for value in node.values)):
        raise QueryError(f"{node.field.name}: {op} does not fit a {kind}; use one of {fit}", *node.at)
    if len(node.values) == 1 and node.values[0].text == "*" and not node.values[0].form and op == ":":
        get = node.field.get
        return lambda task, source, now: get(task, source, now) not in (None, "")
    match kind:
        case Kind.STATE:
            return _states(states(node))
        case Kind.SOURCE:
            return _any([_source(value, op, setting.shorts) for value in node.values])
        case Kind.TEXT:
            return _text(node)
        case Kind.EXTRA:
            return _either_kind(node)
        case _:
            return _any([_spans(node, value, setting) for value in node.values])


def operators(kind: Kind) -> str:
    """The operators that fit a kind."""
    return FIT.get(kind, ALL_OPS)


def states(node: Compare) -> frozenset[State]:
    """The states that a `state:` comparison accepts."""
    found: frozenset[State] = frozenset()
    for value in node.values:
        word = value.text.lower()
        exact = [state for state in State if word in (state.value, state.label.lower())]
        if word == "*" and not value.form:
            found |= frozenset(State)
        elif word in GROUPS:
            found |= GROUPS[word]
        elif exact or (node.op == ":" and word and value.form != "/"):
            begun = [state for state in State if state.startswith(word) or state.label.lower().startswith(word)]
            found |= frozenset(exact or begun or _no_state(word, value))
        else:
            _no_state(word, value)
    return found


def _no_state(word: str, value: Text) -> list[State]:
    labels = [state.label.lower() for state in State]
    guess = nearest(word, (*labels, *State, *GROUPS))
    raise QueryError(f"state: there is no {value}{guess or '; use ' + ' '.join((*labels, *GROUPS))}", *value.at)


def _states(wanted: frozenset[State]) -> Match:
    return lambda task, source, now: task.state in wanted


def _source(value: Text, op: str, shorts: Mapping[str, str]) -> Match:
    """A short code or a whole adapter id means the adapter; anything else is looked for in name and adapter id."""
    code = value.text.upper()
    test = test_of(value, op)

    def match(task: Task, source: Source, now: int) -> bool:
        if code == (shorts.get(source.adapter) or short(source.adapter)):
            return True
        return test(source.name) or test(source.adapter)

    return match


def _text(node: Compare) -> Match:
    get, op = node.field.get, node.op
    tests = [test_of(value, op) for value in node.values]
    if op == "=" and any(not value.text for value in node.values):
        return lambda task, source, now: any(test(str(get(task, source, now) or "")) for test in tests)
    if len(tests) == 1:
        test = tests[0]

        def one(task: Task, source: Source, now: int) -> bool:
            text = get(task, source, now)
            return text is not None and test(str(text))

        return one

    def some(task: Task, source: Source, now: int) -> bool:
        text = get(task, source, now)
        return text is not None and any(test(str(text)) for test in tests)

    return some


def _either_kind(node: Compare) -> Match:
    """A fact of an adapter that nobody described: numbers are compared where both sides are numbers."""
    try:
        bounds = [_moving(node.field, value, None) for value in node.values]
    except ValueError as error:
        if node.op not in (":", "=", "~"):
            raise QueryError(f"{node.field.name}: {error}", *node.at) from None
        return _text(node)
    if node.op == "~":
        return _text(node)
    tests, as_text = [_bound(node.op, bound) for bound in bounds], _text(node)
    get = node.field.get

    def match(task: Task, source: Source, now: int) -> bool:
        raw = get(task, source, now)
        if isinstance(raw, int | float):
            return any(test(raw, now) for test in tests)
        return node.op in (":", "=") and as_text(task, source, now)

    return match


def _spans(node: Compare, value: Text, setting: Setting) -> Match:
    """A number, a duration or a time against one value or one range."""
    if value.form == "/":
        raise QueryError(f"{node.field.name}: a regular expression does not fit a {node.field.kind}", *value.at)
    if ".." in value.text and node.op not in (":", "="):
        raise QueryError(f"{node.field.name}: a range goes with a colon, e.g. {node.field.name}:{value}", *node.at)
    try:
        bound = _moving(node.field, value, setting.zone)
    except ValueError as error:
        raise QueryError(f"{node.field.name}: {error}", *value.at) from None
    test, get, fixed = _bound(node.op, bound), node.field.get, setting.now

    def match(task: Task, source: Source, now: int) -> bool:
        raw = get(task, source, now)
        return isinstance(raw, int | float) and test(raw, fixed if fixed is not None else now)

    return match


def _moving(field: Field, value: Text, zone: tzinfo | None) -> Moving:
    """What a value accepts, as a function of the time of day."""

    def single(text: str) -> Moving:
        if field.kind is Kind.TIME:
            return values.moment(text, zone)
        if field.kind in (Kind.DURATION, Kind.AGE):
            span = values.duration(text, bare=field.name.endswith("_ms"))
        else:
            span = values.number(text)
        return lambda now: span

    first, dots, last = value.text.partition("..")
    if not dots:
        return single(value.text)
    if not first and not last:
        raise ValueError("a range needs an end, e.g. 1..5 or 5..")
    if field.kind is Kind.TIME:
        return values.stretch(first, last, zone)
    one, two = (single(text) if text else None for text in (first, last))
    low = one(0).low if one else float("-inf")
    high = two(0).until if two else float("inf")
    if low > high:
        raise ValueError(f"a range goes from small to large, e.g. {last}..{first}")
    return lambda now: Span(low, high, high)


def _bound(op: str, bound: Moving) -> Callable[[float, int], bool]:
    """One comparison; what the bound is at a time of day is kept until the time changes."""
    known: dict[int, Span] = {}

    def span(now: int) -> Span:
        found = known.get(now)
        if found is None:
            known.clear()
            found = known[now] = bound(now)
        return found

    match op:
        case ">":
            return lambda raw, now: raw > span(now).until
        case ">=":
            return lambda raw, now: raw >= span(now).low
        case "<":
            return lambda raw, now: raw < span(now).low
        case "<=":
            return lambda raw, now: raw <= span(now).until
        case _:
            return lambda raw, now: span(now).low <= raw <= span(now).high


def accepted(node: Node | None) -> frozenset[State]:
    """The states that a task may be in and still match: all of them where nothing is said."""
    match node:
        case Saved(item=item):
            return accepted(item)
        case Compare(field=field) if field is FIELDS["state"]:
            found = states(node if node.op != "!=" else Compare(field, "=", node.values, node.at))
            return found if node.op != "!=" else frozenset(State) - found
        case Not(item=Compare(field=field) as inner) if field is FIELDS["state"]:
            return frozenset(State) - accepted(inner)
        case And(items=items):
            return frozenset(State).intersection(*map(accepted, items))
        case Or(items=items):
            return frozenset().union(*map(accepted, items))
    return frozenset(State)
