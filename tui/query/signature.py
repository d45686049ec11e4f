"""The signature of an error text: what is left when ids, numbers, hex, times and paths are taken out. Pure.

Two failures have one cause when their texts have one signature. The text is cut into pieces first and each piece is
looked at by itself, so that the time a text takes grows with its length alone, whatever it is made of.
"""

from __future__ import annotations

import re
from functools import lru_cache
from hashlib import blake2s

from tui.model import State, Task
from tui.text import clean

LONGEST = 2_000  # characters that are looked at: as many as are ever shown
SHOWN = 108  # characters of a signature; a longer one ends in letters that stand for the whole
KEPT = 8_192  # texts whose signatures are remembered
TURNS = 8  # what is taken out may leave something to take out: two turns are usual
LETTERS = "ghjkmnpqrstvwxyz"  # none of them is hex, no digit among them: such a word is its own signature

_UNITS = (
    "milliseconds?|microseconds?|seconds?|secs?|minutes?|mins?|hours?|hrs?|days?|weeks?|months?|years?|ms|us|ns|s|m|h|d"
)
_DAY, _MONTH = "(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)", "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
_INSIDE = r"(?:(?<=[{,])|(?<=[{,]\ ))"  # an object, of JSON or of Python
_TOLD = "code|type|reason|error|status|message|exception"
# Every repetition has an end or is of characters that nothing after it takes: no position is tried twice for long.
_PIECE = re.compile(
    rf"""
      (?P<code> (?<![A-Za-z0-9_]) ["']? (?i:exit(?:ed)?|signal|errno|http(?:/[0-9](?:\.[0-9])?)?|status|code|rc)
                (?:[ _-](?i:code|status))? ["']? \s{{0,2}} [:=]? \s{{0,2}} -?[0-9]{{1,3}} (?![\w%/-]|[.:,][0-9]) )
    | (?P<said> {_INSIDE} ["'] [A-Za-z_]{{0,30}}? (?i:{_TOLD}) ["'] \s{{0,2}} : \s{{0,2}} ["'] [^"'\s]{{1,200}} ["'] )
    | (?P<key> {_INSIDE} ["'] [^"'\s<>]{{1,80}} ["'] (?=\s{{0,2}}:) )
    | (?P<url> (?<![A-Za-z0-9_]) [A-Za-z][A-Za-z0-9+.-]{{1,9}} :// [^\s"'<>`()\[\]{{}}]+ )
    | (?P<many> (?<![\w.,]) [0-9]{{1,3}} (?:,[0-9]{{3}}){{1,9}} (?:\.[0-9]{{1,20}})? (?![\w,]) )
    | (?P<name> (?<![A-Za-z0-9_]) (?: "[^"\s]{{1,200}}" | '[^'\s]{{1,200}}' | `[^`\s]{{1,200}}` ) )
    | (?P<plain> [^\s()\[\]{{}}<>,;=|"'`，。；、（）【】《》「」]+ )
    """,
    re.VERBOSE,
)
_WHOLE = re.compile(
    rf"""
      (?P<id> [0-9A-Fa-f]{{8}}(?:-[0-9A-Fa-f]{{4}}){{3}}-[0-9A-Fa-f]{{12}}
            | (?:[0-9]{{1,3}}\.){{3}}[0-9]{{1,3}}(?:/[0-9]{{1,2}}|:[0-9]{{1,5}})?
            | (?:[0-9A-Fa-f]{{2}}[:-]){{5}}[0-9A-Fa-f]{{2}}
            | (?:[0-9A-Fa-f]{{1,4}}:){{3,7}}[0-9A-Fa-f]{{1,4}} | [0-9A-Fa-f:]{{0,30}}::[0-9A-Fa-f:.]{{1,40}} )
    | (?P<time> [0-9]{{4}}[-/][0-9]{{2}}[-/][0-9]{{2}}
                (?:[T_][0-9]{{2}}:?[0-9]{{2}}(?::?[0-9]{{2}}(?:[.,][0-9]{{1,9}})?)?(?:Z|[+-][0-9]{{2}}:?[0-9]{{2}})?)?
              | [0-9]{{1,2}}:[0-9]{{2}}(?::[0-9]{{2}}(?:[.][0-9]{{1,9}})?)?(?:Z|[+-][0-9]{{2}}:?[0-9]{{2}})?
              | (?:[0-9]{{1,12}}(?:\.[0-9]{{1,12}})?(?:{_UNITS})){{1,6}} )
    | (?P<kept> [A-Z]{{2,6}}\.[0-9]{{4}} )
    """,
    re.VERBOSE,
)
_ROOTED = re.compile(r"/[^/].+|(?:~|\.\.?)/.+|[A-Za-z]:[\\/].+|\\\\.+", re.DOTALL)
_LINES = re.compile(r"(?::[0-9]+){1,2}\Z")
_WORD = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)*%?(?![A-Za-z0-9_-])|[A-Za-z0-9_][A-Za-z0-9_-]*")
_NAMED = re.compile(r"(?:ins|lhins|invt|inv|cmd|vpc|vsw|subnet|sg|eni|eip)-[a-z0-9]{8,}")
_HEX, _DIGIT = re.compile(r"(?=.*[0-9])[0-9A-Fa-f]{6,}"), re.compile("[0-9]")
_ODD = re.compile("[0-9\"'`/\\\\-]")  # without one of them there is nothing to take out
_SIZE = re.compile(r"[0-9]+((?:[KMGTP]i?)?[Bb]|[KMGTkmgtx]|st|nd|rd|th|px|bit|bytes?)")
_NUMBERED = re.compile(r"([A-Za-z_]+)[0-9]+")
_MERGED = (
    (re.compile(rf"<n> ?(?:{_UNITS})(?![\w])"), "<time>"),
    (
        re.compile(rf"(?:{_DAY},? )?(?:<n> )?{_MONTH} (?:<n>,? ){{1,2}}<time>(?: <n>)?(?: (?:GMT|UTC))?"),
        "<time>",
    ),
    (re.compile(r"<time>,<n>"), "<time>"),  # 14:02:37,123
    (re.compile(r"<time>(?:[ T]<time>)+"), "<time>"),
)


@lru_cache(maxsize=KEPT)
def signature(text: str) -> str:
    """What is left of a foreign text, clean and in one line: `OOM: memory limit <n>MB`. "" where nothing is.

    The same text once more changes nothing. Exit codes and their like stay: they are what tells causes apart.
    """
    known = " ".join(clean(text[:LONGEST], limit=2 * LONGEST).split())
    for _ in range(TURNS):
        if not _ODD.search(known):
            break
        before, known = known, _turn(known)
        if known == before:
            break
    if len(known) <= SHOWN + len(".. ") + 8:
        return known
    digest = int.from_bytes(blake2s(known.encode(), digest_size=4).digest())
    mark = "".join(LETTERS[digest >> 4 * at & 15] for at in range(8))
    return f"{known[:SHOWN].rstrip(' .')}.. {mark}"


def cause(task: Task) -> str | None:
    """Why a task is bad, as its error has it: the signature; without an error its native state. None of a fine one."""
    if not task.state.bad:
        return None
    found = signature(task.error) if task.error else ""
    if found:
        return found
    native = signature(task.native_state) if task.native_state else ""
    if task.state is State.VANISHED:
        return f"gone, last seen {native or 'live'}"
    return native or task.state.label


def _turn(text: str) -> str:
    text = _PIECE.sub(_piece, text)
    for found, told in _MERGED:
        text = found.sub(told, text)
    return text


def _piece(found: re.Match[str]) -> str:
    """One piece: a code, a key and what is said under it stay; a quoted name goes, with its quotes."""
    kind, text = found.lastgroup, found[0]
    match kind:
        case "plain":
            return _plain(text)
        case "code" | "key":
            return text
        case "said":
            return _WORD.sub(_word, text)
        case "url":
            return f"<path>{text[len(text.rstrip('.,;:!?')) :]}"
        case "many":
            return "<n>"
    inner = _plain(text[1:-1])
    return inner if inner in ("<path>", "<time>", "<hex>", "<n>") else "<id>"


def _plain(text: str) -> str:
    """A piece without blanks, quotes and brackets."""
    if not _DIGIT.search(text) and not set("/\\-") & set(text):
        return text
    core = text.strip(".:!?")
    if not core:
        return text
    head, _, tail = text.partition(core)
    return f"{head}{_core(core)}{tail}"


def _core(text: str) -> str:
    whole = _WHOLE.fullmatch(text)
    if whole is not None:
        return text if whole.lastgroup == "kept" else f"<{whole.lastgroup}>"
    lines = _LINES.search(text)
    path, at = (text, "") if lines is None else (text[: lines.start()], ":<n>")
    if len(path) > 2 and _ROOTED.fullmatch(path):
        return f"<path>{at}"
    parts = path.split("/")
    if len(parts) > 1 and all(parts) and not all(map(str.isdigit, parts)) and (len(parts) > 2 or _DIGIT.search(path)):
        return f"<path>{at}"
    return _WORD.sub(_word, text)


def _word(found: re.Match[str]) -> str:
    text = found[0]
    if not _DIGIT.search(text):
        return "<id>" if _NAMED.fullmatch(text) else text
    if text[-1] == "%" or text.lstrip("+-").replace(".", "").isdigit():
        return "<n>"
    if text[:2] in ("0x", "0X") or _HEX.fullmatch(text):
        return "<hex>"
    if size := _SIZE.fullmatch(text):
        return f"<n>{size[1]}"
    if numbered := _NUMBERED.fullmatch(text):
        return f"{numbered[1]}<n>"
    return "<id>"
