"""The command line: commands, options, and FILTERs that may begin with a minus."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, NoReturn, TypeVar

from tui import __version__
from tui.errors import UsageError

T = TypeVar("T")
FAULTS = "throttle, skew, auth, slow, garbage, paging, order, hostile, novel, storm, chaos"  # those of tui.cloud.faults
_MARK = "\x00"  # stands before a FILTER such as -state:ok while argparse looks for options


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        plain = message.replace(_MARK, "").replace(repr(_MARK)[1:-1], "")
        raise UsageError(f"{plain} (`{self.prog} --help`)")


_OF_ALL = ("--config", "--state-dir", "--log", "--color")


class _Mute:
    """Takes the options of a command that is not meant."""

    def add_argument(self, *_: Any, **__: Any) -> None:
        """Does nothing, in a thousandth of the time."""


class _Commands(NamedTuple):
    """Where the commands are added: all of them, or the one that is meant."""

    added: argparse._SubParsersAction[_Parser]
    only: str | None

    def add(self, name: str, text: str) -> _Parser | _Mute:
        """A command with what it does."""
        if self.only not in (None, name):
            return _Mute()
        return self.added.add_parser(name, help=text, description=f"{text[0].upper()}{text[1:]}.", allow_abbrev=False)


def build(only: str | None = None) -> argparse.ArgumentParser:
    """The parser of all commands, or of one: all take 8 ms, of the 100 that `--version` may have."""
    top = _Parser(
        prog="taskdeck",
        description="A terminal monitor for the asynchronous tasks of cloud services.",
        allow_abbrev=False,
    )
    top.add_argument("--version", action="version", version=f"taskdeck {__version__}")
    top.add_argument("--config", metavar="FILE", help="the config file (default: `taskdeck config path`)")
    top.add_argument("--state-dir", metavar="DIR", help="where logs and saved orders live")
    top.add_argument("--log", metavar="FILE", help="where to log")
    top.add_argument("--color", choices=("auto", "always", "never"), default="auto", help="colours in tables")
    commands = _Commands(top.add_subparsers(dest="command", metavar="COMMAND", parser_class=_Parser), only)
    _screens(commands)
    _queries(commands)
    _followers(commands)
    _keys(commands)
    _others(commands)
    return top


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """The parsed command line; without a command it is `monitor`. Raises UsageError."""
    arguments = list(arguments) or ["monitor"]
    alone = _parser(arguments)
    try:
        return _parsed(alone, arguments)
    except UsageError:  # said as all commands together say it, which tell all that may stand there
        return _parsed(build(), arguments)


def _parsed(parser: argparse.ArgumentParser, arguments: list[str]) -> argparse.Namespace:
    given = parser.parse_args(_marked(parser, arguments))
    if given.command is None:
        given = parser.parse_args([*arguments, "monitor"])
    if getattr(given, "filter", None) is not None:
        given.filter = " ".join(part.removeprefix(_MARK) for part in given.filter)
    if getattr(given, "task", None) is not None:
        given.task = given.task.removeprefix(_MARK)
    return given


def _parser(arguments: Sequence[str]) -> argparse.ArgumentParser:
    """Of the command that is meant, where that is plain to see."""
    if arguments[0] == "--version":
        return build("")
    found = build(_command(arguments))
    return found if _named(found) else build()


def _command(arguments: Sequence[str]) -> str | None:
    """The first word behind the options of all commands; None where something else is in its way."""
    left = list(arguments)
    while left and left[0].startswith("-"):
        if left[0].partition("=")[0] not in _OF_ALL:
            return None
        del left[: 1 if "=" in left[0] else 2]
    return left[0] if left else None


def _named(parser: argparse.ArgumentParser) -> bool:
    return any(action.choices for action in parser._actions if isinstance(action, argparse._SubParsersAction))


def _screens(commands: _Commands) -> None:
    monitor = commands.add("monitor", "the terminal UI on the configured sources")
    _filter(monitor)
    monitor.add_argument("--write", action="store_true", help="grant A: stop a task, delete a failed record")
    monitor.add_argument("--theme", metavar="NAME", help="a theme for this run")
    monitor.add_argument("--record", metavar="FILE", help="write down what happens meanwhile; `replay FILE` shows it")
    demo = commands.add("demo", "the monitor on an embedded demo cloud: no account, no network, no config")
    _world(demo)
    demo.add_argument("--write", action="store_true", help="grant A: stop a task, delete a failed record")
    demo.add_argument("--theme", metavar="NAME", help="a theme for this run")
    replay = commands.add("replay", "the monitor on a recording: what happened, as it happened; nothing is asked")
    replay.add_argument("file", metavar="FILE", help="what `record` or `tail -o ndjson` has written")
    _filter(replay)
    replay.add_argument("--speed", type=_rate, default=1.0, metavar="X", help="so many times as fast (default: 1)")
    replay.add_argument("--theme", metavar="NAME", help="a theme for this run")
    cloud = commands.add("cloud", "the demo cloud alone, in the foreground; one line of JSON when it is ready")
    cloud.add_argument("--port", type=_port, default=0, metavar="N", help="port of the control paths (0: a free one)")
    _world(cloud)
    cloud.add_argument("--rate", type=_rate, default=1.0, metavar="X", help="how many times faster tasks live")
    cloud.add_argument("--freeze", action="store_true", help="time stands still: lists never change")
    cloud.add_argument("--config-out", metavar="FILE", help="where to write the config that monitors it whole")


def _queries(commands: _Commands) -> None:
    listing = commands.add("list", "polls every source once, all that FILTER can match, and prints the tasks")
    _filter(listing)
    listing.add_argument("--source", action="append", metavar="NAME", help="only this source (may be repeated)")
    _format(listing, ("table", "json", "ndjson", "csv"))
    listing.add_argument("--columns", metavar="A,B", help="fields to print")
    listing.add_argument("--sort", metavar="FIELD", help="order by a field, -FIELD descending; sort: in FILTER wins")
    listing.add_argument(
        "--limit", type=_count, metavar="N", help="at most N tasks; of this and limit: in FILTER the smaller"
    )
    listing.add_argument("--raw", action="store_true", help="with the provider's own row (json, ndjson)")
    show = commands.add("show", "one task, asked from the provider by its detail operation")
    show.add_argument("task", metavar="TASK", help="SOURCE/ID or SOURCE/SCOPE/ID, a / inside a part as %%2F")
    show.add_argument("--output", action="store_true", help="with what the task printed or returned")
    _format(show, ("text", "json"))
    stop = commands.add("stop", "asks the provider to stop one task; on huawei-kps, to delete a failed record")
    stop.add_argument("task", metavar="TASK", help="SOURCE/ID or SOURCE/SCOPE/ID, a / inside a part as %%2F")
    stop.add_argument("--write", action="store_true", help="grant it for this once: the config has no write = true")
    stop.add_argument("--yes", action="store_true", help="do not ask; needed where stdin is no terminal")
    stop.add_argument("--confirm", metavar="ID", help="the id of the task in full, for accounts marked prod")
    frame = commands.add("frame", "one frame of a screen of the monitor as text, for tickets and tests")
    _filter(frame)
    frame.add_argument(
        "--screen",
        default="deck",
        metavar="NAME",
        help="deck (default), all, fc, os, mps, tat, kps, events, health, causes, help; task, why: of the first row",
    )
    frame.add_argument("--size", default="120x40", metavar="120x40", help="columns and rows, at most 1000x1000")
    sources = commands.add("sources", "the sources, their cost, their budget and their state after one poll")
    _format(sources, ("table", "json"))
    sources.add_argument("--discover", metavar="ACCOUNT", help="what this account has, as TOML ready to paste")
    doctor = commands.add("doctor", "checks config, keys, network, clocks and sources; each with the way out")
    doctor.add_argument(
        "--permissions",
        action="store_true",
        help="what each source needs, each permission tried, a policy to paste",
    )
    _format(doctor, ("text", "json"))


def _followers(commands: _Commands) -> None:
    tail = commands.add("tail", "every task that matches now, then a line for each that comes, changes or goes")
    _filter(tail)
    _format(tail, ("text", "ndjson"))
    tail.add_argument("--for", dest="duration", type=_duration, metavar="DURATION", help="end after 30s, 10m, 2h")
    record = commands.add("record", "writes what `tail -o ndjson` prints into a file, for `replay`")
    record.add_argument("file", metavar="FILE", help="a new one, or a recording to go on with")
    _filter(record)
    record.add_argument("--for", dest="duration", type=_duration, metavar="DURATION", help="end after 30s, 10m, 2h")
    wait = commands.add("wait", "ends when a task, or all tasks that match at the start, have ended; 0: they succeeded")
    _filter(wait, "TASK|FILTER")
    wait.add_argument(
        "--timeout", type=_duration, default="30m", metavar="DURATION", help="give up after 90s, 2h (default: 30m)"
    )
    check = commands.add("check", "how many tasks match; 1 if that are more than may")
    _filter(check, "FILTER")
    check.add_argument("--max", type=_most, default=0, metavar="N", help="how many may match (default: 0)")


def _keys(commands: _Commands) -> None:
    login = commands.add("login", "asks for an account's key without echo, tries it, and keeps it in the keyring")
    login.add_argument("account", metavar="ACCOUNT", help="of the config; with --vendor also one that is not in it yet")
    login.add_argument("--vendor", choices=("alibaba", "tencent", "huawei"), help="whose key it is")
    login.add_argument("--store", choices=("keyring", "vault"), help="where to keep it (default: as the config says)")
    login.add_argument("--stdin", action="store_true", help="do not ask: read one JSON object from stdin")
    logout = commands.add("logout", "removes an account's key from the keyring and the vault")
    logout.add_argument("account", metavar="ACCOUNT", help="of the config, or one that only a key is kept for")
    accounts = commands.add("accounts", "who you are: each account, where its key is and until when; never a key")
    _format(accounts, ("table", "json"))


def _others(commands: _Commands) -> None:
    config = commands.add("config", "where the config is; check it; its JSON Schema; a commented example")
    config.add_argument("action", choices=("path", "check", "schema", "example"))
    completion = commands.add("completion", "a static completion script")
    completion.add_argument("shell", choices=("bash", "zsh", "fish"))


def _filter(parser: _Parser | _Mute, required: str = "") -> None:
    """FILTER; `required` is the name it has where a command needs one."""
    text = "which tasks, such as 'state:bad age<2h'" + ("; or one task: SOURCE/ID" if "TASK" in required else "")
    parser.add_argument("filter", nargs="+" if required else "*", metavar=required or "FILTER", help=text)


def _format(parser: _Parser | _Mute, known: tuple[str, ...]) -> None:
    parser.add_argument("-o", dest="output_format", choices=known, default=known[0], help="the format")


def _world(parser: _Parser | _Mute) -> None:
    parser.add_argument("--tasks", type=_count, default=2000, metavar="N", help="tasks in the lists at the start")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="the same seed gives the same history")
    parser.add_argument("--faults", default="", metavar="NAMES", help=f"what goes wrong, with commas: {FAULTS}")


def _number(kind: Callable[[str], T], text: str) -> T:
    try:
        return kind(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text[:40]!r} is no number") from None


def _count(text: str) -> int:
    number = _number(int, text)
    if not 1 <= number <= 1_000_000:
        raise argparse.ArgumentTypeError(f"{text} is not from 1 to 1000000")
    return number


def _most(text: str) -> int:
    number = _number(int, text)
    if number < 0:
        raise argparse.ArgumentTypeError(f"{text[:40]} is below 0")
    return number


def _duration(text: str) -> float:
    """Seconds of `30s`, `1h30m`: durations are written as in the config."""
    from tui.settings.kinds import seconds

    try:
        found = seconds(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    if found <= 0:
        raise argparse.ArgumentTypeError(f"{text[:40]} is no time at all")
    return found


def _port(text: str) -> int:
    number = _number(int, text)
    if not 0 <= number < 65_536:
        raise argparse.ArgumentTypeError(f"{text} is no port")
    return number


def _rate(text: str) -> float:
    number = _number(float, text)
    if not 0 < number <= 10_000:
        raise argparse.ArgumentTypeError(f"{text} is not above 0 and at most 10000")
    return number


def _marked(parser: argparse.ArgumentParser, arguments: list[str]) -> list[str]:
    """The arguments with FILTERs that begin with one minus marked as words, and `--sort -age` joined.

    A word with two minuses stays an option: a mistyped one must be an error, not a filter. The words of a command
    go behind its options: argparse does not see `list state:ok -o json age<2h` as one filter. What taskdeck itself
    takes (`--config FILE`) goes before the command, wherever it was typed.
    """
    first: list[str] = []
    marked: list[str] = []
    words: list[str] = []
    commanded = False
    options, valued = _options(parser)
    global_ = {word for action in parser._actions if action.nargs is None for word in action.option_strings}
    rest = iter(arguments)
    for word in rest:
        if word == "--":
            words.extend(_MARK + one if one.startswith("-") else one for one in rest)
        elif word.partition("=")[0] in global_:
            value = None if "=" in word else next(rest, None)
            first.extend([word] if value is None else _joined(word, value))
        elif word in valued:
            value = next(rest, None)
            marked.extend([word] if value is None else _joined(word, value))
        elif word.startswith("--") or word in options or _short(word):
            marked.append(word)
        else:
            (words if commanded else marked).append(_MARK + word if word.startswith("-") else word)
            commanded = True
    return first + marked + words


def _joined(option: str, value: str) -> list[str]:
    return [f"{option}={value}"] if option.startswith("--") else [option, value]


def _short(word: str) -> bool:
    """Whether a word is `-ojson`: the one short option that takes a value."""
    return word.startswith("-o") and word[2:] in ("table", "json", "ndjson", "csv", "text")


def _options(parser: argparse.ArgumentParser) -> tuple[set[str], set[str]]:
    """All option words, and those that take a value."""
    every: set[str] = set()
    valued: set[str] = set()
    for action in parser._actions:
        every.update(action.option_strings)
        if action.option_strings and action.nargs is None:
            valued.update(action.option_strings)
        if isinstance(action, argparse._SubParsersAction):
            for one in action.choices.values():
                more, more_valued = _options(one)
                every |= more
                valued |= more_valued
    return every, valued
