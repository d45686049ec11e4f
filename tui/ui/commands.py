"""Commands: what can be typed after `:`, how it is read, and what is offered meanwhile. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from tui.text import clean
from tui.ui.desk import Provider

if TYPE_CHECKING:
    from tui.query import Completion

LONGEST = 4_096  # characters of a line: as much as a query may have


class Wants(Enum):
    """What a command takes, as help shows it."""

    NOTHING = ""
    FILTER = "[FILTER]"
    FIELD = "[-]FIELD"
    ACCOUNT = "[NAME]"
    REGIONS = "[A,B]"
    TIME = "[09:00|2h]"
    VIEW = "[save|drop] NAME"
    PACE = "30s [SOURCE]"
    SOURCE = "[SOURCE]"
    THEME = "[THEME]"
    FILE = "csv|ndjson|md FILE"
    LOGIN = "[ACCOUNT|SHORT]"
    KEYED = "[ACCOUNT]"
    LOGOUT = "ACCOUNT"


class Command(NamedTuple):
    """One command. `run` names what it does, `key` is the id of the key that does the same."""

    name: str
    does: str
    run: str
    wants: Wants = Wants.NOTHING
    key: str = ""
    aliases: tuple[str, ...] = ()
    digit: int = 0


class Wrong(ValueError):
    """A line that cannot be run; its text is the one line that says why."""

    def __init__(self, why: str) -> None:
        super().__init__(clean(why))


class Offer(NamedTuple):
    """One line of the list: what it shows, and the whole text once it is taken."""

    text: str
    label: str
    does: str = ""
    key: str = ""


def no_words() -> Sequence[str]:
    """Nothing to complete with."""
    return ()


def no_filters(command: Command, text: str) -> Sequence[Completion]:
    """No completion of a filter."""
    return ()


@dataclass(frozen=True)
class Known:
    """What arguments can be completed with."""

    accounts: Sequence[str] = ()
    keyed: Sequence[str] = ()
    """Accounts that may be given a key, also those without a source."""
    shorts: Sequence[str] = ()
    regions: Sequence[str] = ()
    sources: Sequence[str] = ()
    views: Sequence[str] = ()
    saved: Sequence[str] = ()
    themes: Sequence[str] = ()
    fields: Callable[[], Sequence[str]] = no_words
    filters: Callable[[Command, str], Sequence[Completion]] = no_filters


_FIXED = (
    Command("tasks", "all tasks in one table", "tasks", Wants.FILTER, "all", ("all",)),
    Command("deck", "a pane for each provider", "deck", Wants.FILTER, "deck"),
    Command("events", "what has happened", "events", key="events"),
    Command("health", "how each source is, and what helps", "health", key="health"),
    Command("causes", "what has failed, by why", "causes", key="causes"),
    Command("why", "what is known about the task under the cursor", "why", key="why"),
    Command("filter", "filter this view; nothing takes it off", "filter", Wants.FILTER, "filter"),
    Command("sort", "order this view by a field; nothing for newest first", "sort", Wants.FIELD, "sort"),
    Command("since", "only tasks created or started since; nothing for all", "since", Wants.TIME),
    Command("acct", "only tasks of an account; nothing for all", "account", Wants.ACCOUNT, aliases=("account",)),
    Command("region", "only tasks of some regions; nothing for all", "region", Wants.REGIONS),
    Command("view", "a saved filter: show it, save this one, drop one", "view", Wants.VIEW),
    Command("every", "read this pane's sources, or one, so often", "every", Wants.PACE),
    Command("refresh", "read this pane's sources, or one, now", "refresh", Wants.SOURCE, "refresh"),
    Command("pause", "hold the screen, polling goes on; again to catch up", "pause", key="pause"),
    Command("wide", "all columns", "wide", key="wide"),
    Command("peek", "the task under the cursor below the table", "peek", key="peek"),
    Command("watch", "pin the task, or all marked ones, on top; told when it ends", "watch", key="watch"),
    Command("login", "give an account a key, or unlock the one that is kept", "login", Wants.LOGIN, "login"),
    Command("test", "one real read with the key of an account", "test", Wants.KEYED),
    Command("logout", "take the key of an account out of keyring and vault", "logout", Wants.LOGOUT),
    Command("demo", "the demo cloud instead: no account, no network", "demo"),
    Command("copytest", "a known text each way to the clipboard", "copytest"),
    Command("export", "the rows of this pane into a file; :export! over one that is there", "export", Wants.FILE),
    Command("theme", "other colours for this run: by name, or to look through", "theme", Wants.THEME),
    Command("log", "the end of the log file", "log"),
    Command("help", "the keys of this screen", "help", key="help"),
    Command("quit", "leave", "quit", key="quit", aliases=("q",)),
)


def registry(providers: Iterable[Provider], has: Callable[[str], bool]) -> list[Command]:
    """The commands that exist: one for each provider, then those whose `run` the screen has."""
    fixed = [command for command in _FIXED if has(command.run)]
    taken = {name for command in fixed for name in (command.name, *command.aliases)}
    own = [
        Command(one.short.lower(), one.title, "provider", Wants.FILTER, f"provider-{one.digit}", digit=one.digit)
        for one in providers
        if one.short and one.short.lower() not in taken and not re.search(r"\s", one.short)
    ]
    return [*own, *fixed]


def split(line: str) -> tuple[str, str | None]:
    """The name, and the argument as it stands; None while the name is still being typed."""
    name, blank, rest = line.lstrip(" :").partition(" ")
    return name.lower(), rest.strip() if blank else None


def parse(line: str, commands: Sequence[Command]) -> tuple[Command, str]:
    """The command of a line, and its argument. Raises Wrong, with the nearest one."""
    if len(line) > LONGEST:
        raise Wrong(f"more than {LONGEST:,} characters")
    name, rest = split(line)
    found = _named(name, commands)
    if found is None and name.endswith("!"):  # as in vi: do it although something stands in the way
        found = _named(name.removesuffix("!"), commands)
        if found is not None and found.wants is not Wants.FILE:
            raise Wrong(f":{found.name} takes no !")
        rest = f"! {rest or ''}"
    if found is None:
        if begun := _begin(name, commands):
            raise Wrong(f":{name} could be {' or '.join(f':{command.name}' for command in begun)}")
        near = nearest(name, [one for command in commands for one in (command.name, *command.aliases)])
        raise Wrong(f"no such command{f'; did you mean :{near}?' if near else ''}")
    if rest and found.wants is Wants.NOTHING:
        raise Wrong(f":{found.name} takes no argument")
    return found, rest or ""


def _named(name: str, commands: Sequence[Command]) -> Command | None:
    """The command of a name, or of the beginning of just one."""
    for command in commands:
        if name in (command.name, *command.aliases):
            return command
    begun = _begin(name, commands)
    return begun[0] if len(begun) == 1 else None


def _begin(name: str, commands: Sequence[Command]) -> list[Command]:
    """The commands that begin so."""
    names = [(command, (command.name, *command.aliases)) for command in commands if name]
    return [command for command, own in names if any(one.startswith(name) for one in own)]


def nearest(word: str, known: Iterable[str]) -> str:
    """The known word that is most like one, "" where none is."""
    from difflib import get_close_matches

    return next(iter(get_close_matches(word[:40].lower(), list(known), 1, 0.5)), "")


def rank(typed: str, word: str) -> tuple[int, int, int] | None:
    """How well letters fit a word, best lowest: it begins so, holds them side by side, or just in this order."""
    typed, word = typed.lower(), word.lower()
    at = word.find(typed)
    if at >= 0:
        return (0 if at == 0 else 1, at, int(word != typed))
    best: tuple[int, int, int] | None = None
    start = word.find(typed[0])
    while start >= 0:
        end = start
        for letter in typed[1:]:
            end = word.find(letter, end + 1)
            if end < 0:
                return best
        spread = (2, end - start, start)
        best = spread if best is None else min(best, spread)
        start = word.find(typed[0], start + 1)
    return best


def fuzzy(typed: str, words: Iterable[str]) -> list[str]:
    """The words that have the letters, best first; equally good ones as they came."""
    ranked = [(rank(typed, word), at, word) for at, word in enumerate(dict.fromkeys(words))]
    return [word for _, _, word in sorted(found for found in ranked if found[0] is not None)]


def offers(line: str, commands: Sequence[Command], known: Known, keys: Callable[[str], str]) -> list[Offer]:
    """What could stand there, best first. `keys` says which keys an id has."""
    name, rest = split(line)
    if rest is None:
        return [
            Offer(_begun(command), f":{command.name} {command.wants.value}".rstrip(), command.does, keys(command.key))
            for command in _fitting(name, commands)
        ]
    found = _named(name.removesuffix("!"), commands)
    if found is None:
        return []
    head = f"{found.name}{'!' if name.endswith('!') else ''} "
    after = line.lstrip(" :").partition(" ")[2].lstrip()
    return [Offer(head + one.text, one.label, one.does) for one in _arguments(found, after, known)]


def _begun(command: Command) -> str:
    return f"{command.name} " if command.wants is not Wants.NOTHING else command.name


def _fitting(name: str, commands: Sequence[Command]) -> list[Command]:
    ranked = [
        (min(ranks), at)
        for at, command in enumerate(commands)
        if (ranks := [found for one in (command.name, *command.aliases) if (found := rank(name, one)) is not None])
    ]
    return [commands[at] for _, at in sorted(ranked)] if name else list(commands)


def _arguments(command: Command, text: str, known: Known) -> Iterator[Offer]:
    """Offers for the argument alone."""
    names = {
        Wants.ACCOUNT: known.accounts,
        Wants.SOURCE: known.sources,
        Wants.THEME: known.themes,
        Wants.LOGIN: (*known.keyed, *known.shorts),
        Wants.KEYED: known.keyed,
        Wants.LOGOUT: known.keyed,
    }
    match command.wants:
        case wants if wants in names:
            yield from _words(text, names[wants])
        case Wants.FILTER:
            for one in known.filters(command, text):
                yield Offer(text[: one.start] + one.text + text[one.end :], one.label, one.doc)
        case Wants.FIELD:
            sign = "-" if text.startswith("-") else ""
            yield from _words(text.removeprefix("-"), known.fields(), sign)
        case Wants.REGIONS:
            before, comma, last = text.rpartition(",")
            yield from _words(last, [one for one in known.regions if one not in before.split(",")], before + comma)
        case Wants.TIME:
            yield from _words(text, ("15m", "1h", "2h", "24h", "today", "yesterday"))
        case Wants.VIEW:
            yield from _views(text, known)
        case Wants.PACE:
            word, blank, source = text.partition(" ")
            if blank:
                yield from _words(source.strip(), known.sources, f"{word} ")
            else:
                yield from _words(word, ("5s", "15s", "30s", "1m", "5m"))
        case Wants.FILE:
            kinds = () if " " in text else ("csv", "ndjson", "md")
            yield from (Offer(f"{one.text} ", one.label, "and a file") for one in _words(text, kinds))


def _views(text: str, known: Known) -> Iterator[Offer]:
    word, blank, name = text.partition(" ")
    if blank:
        yield from _words(name.strip(), known.saved if word in ("save", "drop") else (), f"{word} ")
    else:
        yield from _words(word, known.views)
        yield from (Offer(f"{one.text} ", one.label, "and a name") for one in _words(word, ("save", "drop")))


def _words(typed: str, words: Iterable[str], before: str = "") -> Iterator[Offer]:
    yield from (Offer(before + word, word) for word in (fuzzy(typed, words) if typed else dict.fromkeys(words)))


_CLAUSES = {
    "acct": re.compile(r"(?:acct|account)(?::|=(?!=))", re.IGNORECASE),
    "region": re.compile(r"region(?::|=(?!=))", re.IGNORECASE),
    "since": re.compile(r"\(created>=\S+ OR started>=\S+\)$"),
}


def with_clause(text: str, name: str, clause: str) -> str:
    """The text with its plain clause of that name replaced; taken out for ""."""
    from tui.ui.clauses import side_by_side

    kept = [piece for piece in side_by_side(text) if not _CLAUSES[name].match(piece)]
    return " ".join((*kept, clause) if clause else kept)


def account_clause(name: str, known: Sequence[str]) -> str:
    """`acct:NAME`, "" for no name. Raises Wrong for an account that there is not."""
    from tui.query.tree import quoted

    if name and not any(name.lower() in one.lower() for one in known):
        raise Wrong(_unknown("account", name, known))
    return f"acct:{quoted(name)}" if name else ""


def region_clause(names: str, known: Sequence[str]) -> str:
    """`region:a,b`, "" for no names. Raises Wrong for a region that no source has."""
    from tui.query.tree import quoted

    wanted = [name for name in re.split(r"[\s,]+", names) if name]
    for name in wanted:
        if not any(name.lower() in one.lower() for one in known):
            raise Wrong(_unknown("region", name, known))
    return f"region:{','.join(str(quoted(name)) for name in wanted)}" if wanted else ""


def since_clause(text: str) -> str:
    """Created or started since: only some providers say when a task was created. Raises Wrong for no time."""
    from tui.query.values import moment

    if not text:
        return ""
    when = f"-{text}" if re.match(r"[0-9.]+[a-z]", text, re.IGNORECASE) else "T".join(text.split())
    try:
        moment(when, None)(0)
    except (ValueError, OverflowError):
        raise Wrong(f"{text[:40]!r} is no time; 09:00, 2h, today or 2026-11-21T09:00") from None
    return f"(created>={when} OR started>={when})"


def pace(text: str) -> tuple[float, str]:
    """Seconds and a source, "" for those of the view. Raises Wrong."""
    from tui.settings.kinds import Seconds

    word, _, source = text.partition(" ")
    if not word:
        raise Wrong("how often? :every 30s, or :every 30s SOURCE")
    try:
        seconds = float(Seconds.parse(word))
    except ValueError as error:
        raise Wrong(str(error)) from None
    return seconds, source.strip()


def one_of(what: str, name: str, known: Sequence[str]) -> str:
    """The known one of that name, whatever its case. Raises Wrong."""
    if name in known:
        return name
    for one in known:
        if one.lower() == name.lower():
            return one
    raise Wrong(_unknown(what, name, known))


def _unknown(what: str, name: str, known: Sequence[str]) -> str:
    near = nearest(name, known)
    there = ", ".join(known[:8]) or "none yet"
    return f"no such {what}: {name[:40]}; {f'did you mean {near}?' if near else f'there is {there}'}"
