"""Command lines."""

from __future__ import annotations

import argparse
from collections.abc import Mapping

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tui.cli import parser, read
from tui.cli.parser import FAULTS, build, parse
from tui.cloud.faults import NAMES
from tui.errors import UsageError


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (["list"], ""),
        (["list", "state:ok"], "state:ok"),
        (["list", "-state:ok"], "-state:ok"),
        (["list", "-state:ok", "-o", "json"], "-state:ok"),
        (["list", "-o", "json", "-state:ok"], "-state:ok"),
        (["list", "-ojson", "-os.generation:1"], "-os.generation:1"),
        (["list", "state:bad", "-o", "json", "age<2h"], "state:bad age<2h"),
        (["list", "a", "--raw", "-b", "--limit", "3", "c"], "a -b c"),
        (["list", "--", "-state:ok", "--raw"], "-state:ok --raw"),
        (["list", "two words", "more"], "two words more"),
        (["list", "-"], "-"),
        (["list", "-5"], "-5"),
        (["list", "list"], "list"),
        (["list", "--sort", "-age", "x"], "x"),
        (["monitor", "-state:ok"], "-state:ok"),
        (["tail", "-state:ok", "--for", "1h30m", "age<2h"], "-state:ok age<2h"),
        (["wait", "--timeout", "90s", "-src/-id"], "-src/-id"),
        (["check", "-state:ok", "--max", "3"], "-state:ok"),
        ([], ""),
    ],
)
def test_a_filter_may_stand_anywhere_and_begin_with_a_minus(words: list[str], found: str) -> None:
    assert parse(words).filter == found


@pytest.mark.parametrize(
    ("words", "sort"),
    [(["--sort", "-age"], "-age"), (["--sort=-age"], "-age"), (["--sort", "age"], "age"), ([], None)],
)
def test_an_order_may_begin_with_a_minus(words: list[str], sort: str | None) -> None:
    assert parse(["list", *words]).sort == sort
    assert parse(["list", "x", *words, "y"]).sort == sort


@pytest.mark.parametrize(
    "words",
    [
        ["--config", "f.toml", "list", "state:ok"],
        ["list", "--config", "f.toml", "state:ok"],
        ["list", "state:ok", "--config=f.toml", "--color", "never"],
    ],
)
def test_what_taskdeck_itself_takes_may_stand_behind_the_command(words: list[str]) -> None:
    given = parse(words)
    assert (given.command, given.config, given.filter) == ("list", "f.toml", "state:ok")


def test_without_a_command_it_is_the_monitor() -> None:
    assert parse([]).command == "monitor"
    given = parse(["--config", "list", "--color", "never"])
    assert (given.command, given.config, given.color) == ("monitor", "list", "never")


def test_a_task_may_begin_with_a_minus() -> None:
    assert parse(["show", "-src/-id", "--output"]).task == "-src/-id"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["lst"], "invalid choice: 'lst'"),
        (["-x"], "invalid choice: '-x'"),
        (["list", "--lmit", "3"], "unrecognized arguments: --lmit"),
        (["list", "--lim", "3"], "unrecognized arguments: --lim"),
        (["list", "--limit"], "expected one argument"),
        (["list", "--limit", "0"], "0 is not from 1 to 1000000"),
        (["list", "--limit", "-1"], "-1 is not from 1 to 1000000"),
        (["list", "--limit", "x"], "'x' is no number"),
        (["list", "-o", "xml"], "invalid choice: 'xml'"),
        (["show"], "the following arguments are required: TASK"),
        (["wait", "--timeout", "1h"], "the following arguments are required: TASK|FILTER"),
        (["check", "--max", "3"], "the following arguments are required: FILTER"),
        (["show", "a", "b"], "unrecognized arguments: b"),
        (["show", "a", "-b"], "unrecognized arguments: -b"),
        (["config"], "the following arguments are required: action"),
        (["config", "edit"], "invalid choice: 'edit'"),
        (["cloud", "--port", "65536"], "65536 is no port"),
        (["cloud", "--rate", "nan"], "nan is not above 0"),
        (["cloud", "--rate", "fast"], "'fast' is no number"),
        (["completion", "tcsh"], "invalid choice: 'tcsh'"),
        (["--color", "blue"], "invalid choice: 'blue'"),
    ],
)
def test_a_wrong_command_line_says_what_is_wrong_with_it(words: list[str], message: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse(words)
    assert message in str(caught.value)
    assert "--help`" in str(caught.value)
    assert "\x00" not in str(caught.value)


def test_the_help_of_faults_names_every_fault() -> None:
    assert FAULTS.split(", ") == list(NAMES)


def test_one_command_built_alone_has_what_it_has_among_all() -> None:
    for name in _choices(build()):
        assert list(_choices(build(name))) == [name]
        assert _choices(build(name))[name].format_help() == _choices(build())[name].format_help()


def _choices(parser: argparse.ArgumentParser) -> Mapping[str, argparse.ArgumentParser]:
    (found,) = (action for action in parser._actions if isinstance(action, argparse._SubParsersAction))
    choices: Mapping[str, argparse.ArgumentParser] = found.choices
    return choices


def test_no_word_at_all_is_what_the_parser_makes_of_it() -> None:
    assert vars(read([])) == vars(parse([])) == vars(parse(["monitor"]))


def _told(arguments: list[str]) -> object:
    try:
        return vars(parse(arguments))
    except (UsageError, SystemExit) as ended:
        return type(ended), str(ended)


@given(
    st.lists(
        st.sampled_from(
            ["--config", "--config=x", "--color", "never", "--log", "list", "show", "lst", "-o", "json", "--"]
        ),
        max_size=6,
    )
)
@example(["list", "never", "--config"])
def test_the_command_that_is_built_alone_is_the_one_that_all_together_find(arguments: list[str]) -> None:
    found = _told(arguments)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(parser, "_command", lambda arguments: None)
        assert _told(arguments) == found


def test_behind_options_of_all_commands_one_alone_is_built() -> None:
    assert parser._command(["--config", "list", "--color=never", "show", "x"]) == "show"
    assert parser._command(["--config", "x", "-h", "show"]) is None
    assert parser._command(["--config"]) is None
