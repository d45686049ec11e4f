"""`taskdeck completion`: static scripts, drawn from the parser itself."""

from __future__ import annotations

import argparse
import sys
from argparse import Namespace
from typing import NamedTuple

from tui.cli.exits import Exit
from tui.cli.parser import build


class Word(NamedTuple):
    """One option or command: its spelling, its help, and the values it takes."""

    word: str
    text: str
    values: tuple[str, ...] = ()
    takes_file: bool = False
    takes_value: bool = False


def run(given: Namespace) -> int:
    """Prints the script of a shell."""
    sys.stdout.write({"bash": _bash, "zsh": _zsh, "fish": _fish}[given.shell]())
    return Exit.FINE


def commands() -> dict[str, list[Word]]:
    """Command -> its options and choices; "" holds the options of `taskdeck` itself."""
    found: dict[str, list[Word]] = {}
    for action in build()._actions:
        if isinstance(action, argparse._SubParsersAction):
            texts = {one.dest: one.help or "" for one in action._choices_actions}
            for name, parser in action.choices.items():
                found[name] = [Word(name, texts[name]), *_words(parser)]
    found[""] = _words(build())
    return found


def _words(parser: argparse.ArgumentParser) -> list[Word]:
    words: list[Word] = []
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            continue
        values = tuple(str(one) for one in action.choices or ())
        text = (action.help or "").replace("%%", "%")
        is_file = action.metavar in ("FILE", "DIR")
        if action.option_strings:
            valued = action.nargs is None
            words.extend(Word(option, text, values, is_file, valued) for option in action.option_strings)
        else:
            words.extend(Word(value, text) for value in values)
    return words


def _bash() -> str:
    cases = []
    for name, words in commands().items():
        if name:
            plain = " ".join(word.word for word in words[1:])
            cases.append(f'        {name}) words="{plain}" ;;')
    values = "\n".join(
        f'        {name}:{word.word}) COMPREPLY=($(compgen -W "{" ".join(word.values)}" -- "$current")); return ;;'
        for name, words in commands().items()
        for word in words
        if word.values
    )
    tops = " ".join([*(name for name in commands() if name), *(word.word for word in commands()[""])])
    valued = "|".join(
        sorted({word.word for words in commands().values() for word in words if word.takes_value and not word.values})
    )
    globals_ = "|".join(word.word for word in commands()[""] if word.takes_value)
    files = "|".join(sorted({word.word for words in commands().values() for word in words if word.takes_file}))
    return f"""# bash completion for taskdeck: source <(taskdeck completion bash)
_taskdeck() {{
    local current="${{COMP_WORDS[COMP_CWORD]}}" previous="${{COMP_WORDS[COMP_CWORD-1]}}" command="" word words before=""
    COMPREPLY=()
    for word in "${{COMP_WORDS[@]:1:COMP_CWORD-1}}"; do
        case "$before" in {globals_}) before=""; continue ;; esac
        case "$word" in {"|".join(name for name in commands() if name)}) command="$word"; break ;; esac
        before="$word"
    done
    case "$previous" in {files}) COMPREPLY=($(compgen -f -- "$current")); return ;; esac
    case "$command:$previous" in
{values}
    esac
    case "$previous" in {valued}) return ;; esac
    words="{tops}"
    case "$command" in
{chr(10).join(cases)}
    esac
    for word in $words; do
        # options only where one has been begun
        case "$word" in -*) case "$current" in -*) ;; *) continue ;; esac ;; esac
        case "$word" in "$current"*) COMPREPLY+=("$word") ;; esac
    done
}}
complete -F _taskdeck taskdeck
"""


def _zsh() -> str:
    blocks = []
    for name, words in commands().items():
        if name:
            specs = " ".join(_zsh_spec(word) for word in words[1:] if word.word.startswith("-"))
            choices = [word.word for word in words[1:] if not word.word.startswith("-")]
            more = f" '1:choice:({' '.join(choices)})'" if choices else ""
            blocks.append(f"        {name}) _arguments {specs}{more} ;;")
    listed = " ".join(_quoted(f"{name}:{words[0].text}") for name, words in commands().items() if name)
    tops = " ".join(_zsh_spec(word) for word in commands()[""])
    return f"""#compdef taskdeck
# zsh completion for taskdeck; write it to _taskdeck in a folder of your fpath
_taskdeck() {{
    local -a known=({listed})
    local state line
    _arguments -C {tops} '1:command:->command' '*::argument:->argument'
    case $state in
    command) _describe command known ;;
    argument)
        case $words[1] in
{chr(10).join(blocks)}
        esac ;;
    esac
}}
_taskdeck "$@"
"""


def _zsh_spec(word: Word) -> str:
    after = ":value: " if word.takes_value else ""
    if word.values:
        after = f":value:({' '.join(word.values)})"
    elif word.takes_file:
        after = ":file:_files"
    text = word.text.replace("[", "(").replace("]", ")").replace(":", " ")
    return _quoted(f"{word.word}[{text}]{after}")


def _fish() -> str:
    lines = [
        "# fish completion for taskdeck; write it to taskdeck.fish in your completions folder",
        "complete -c taskdeck -f",
    ]
    names = " ".join(name for name in commands() if name)
    for name, words in commands().items():
        seen = f"-n '__fish_seen_subcommand_from {name}'" if name else ""
        if name:
            none = f"-n 'not __fish_seen_subcommand_from {names}'"
            lines.append(f"complete -c taskdeck {none} -a {name} -d {_quoted(words[0].text)}")
        for word in words[1:] if name else words:
            lines.append(" ".join(part for part in ("complete -c taskdeck", seen, _fish_option(word)) if part))
    return "\n".join(lines) + "\n"


def _fish_option(word: Word) -> str:
    if not word.word.startswith("-"):
        return f"-a {word.word}"
    flag = f"-l {word.word[2:]}" if word.word.startswith("--") else f"-s {word.word[1:]}"
    values = " -x" if word.takes_value else ""
    if word.values:
        values = f" -x -a {_quoted(' '.join(word.values))}"
    elif word.takes_file:
        values = " -r -F"
    return f"{flag}{values} -d {_quoted(word.text)}"


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "").replace("'", "") + "'"
