"""Names of keys: as people write them, and as Textual calls them. Pure."""

from __future__ import annotations

import difflib
import re
import unicodedata

from textual.keys import KEY_NAME_REPLACEMENTS, REPLACED_KEYS, _character_to_key, key_to_character

MODIFIERS = ("alt", "ctrl", "hyper", "meta", "shift", "super")
FUNCTION = tuple(f"f{at}" for at in range(1, 25))
MOVING = ("up", "down", "left", "right", "home", "end", "pageup", "pagedown")
NAMED = ("escape", "enter", "tab", "space", "backspace", "delete", "insert", *MOVING, *FUNCTION)
ALSO = {"esc": "escape", "return": "enter", "pgup": "pageup", "pgdn": "pagedown", "del": "delete", "ins": "insert"}
SHOWN = {
    "escape": "Esc",
    "enter": "Enter",
    "tab": "Tab",
    "space": "Space",
    "pagedown": "PgDn",
    "pageup": "PgUp",
    "backspace": "Backspace",
    "delete": "Del",
    "insert": "Ins",
}
# Most terminals send the one as the other (a control character is a letter less 64).
SAME = {
    "ctrl+i": "tab",
    "ctrl+m": "enter",
    "ctrl+h": "backspace",
    "ctrl+left_square_bracket": "escape",
}
_PARTS = re.compile(rf"((?:(?:{'|'.join(MODIFIERS)})[-+])*)(.+)", re.IGNORECASE | re.DOTALL)


def shown(key: str) -> str:
    """A key as people write it: `ctrl-d`, `/`, `Esc`."""
    modifiers, _, base = key.rpartition("+")
    sign = None if base in NAMED else key_to_character(REPLACED_KEYS.get(base, base))
    word = sign if sign and sign.isprintable() else SHOWN.get(base, base)
    return f"{modifiers.replace('+', '-')}-{word}" if modifiers else word


def key_of(word: str) -> str:
    """What Textual calls a key that somebody wrote: `ctrl-D`, `?`, `PgDn`. ValueError says why it is none."""
    match = _PARTS.fullmatch(word.strip())
    if match is None:
        raise ValueError('a key is missing; the comma itself is written "comma"')
    base = _base(match[2])
    if base is None:
        raise ValueError(f"{word[:40]!r} is no key{_nearest(word)}")
    held = set(match[1].lower().replace("-", "+").split("+")) - {""}
    if held == {"shift"} and base not in NAMED:
        if not base.isalpha() or len(base) > 1:
            raise ValueError(f"{word[:40]!r} is no key that a terminal tells apart: write the sign that it types")
        return base.upper()
    key = "+".join((*sorted(held), base.lower() if "ctrl" in held else base))
    if key in SAME:
        raise ValueError(f'terminals send {shown(key)} as {shown(SAME[key])}: write "{SAME[key]}" or take another')
    return key


def keys_of(text: str) -> list[str]:
    """The keys of one entry, `j,down`; none for "". ValueError says which is no key."""
    if not text.strip():
        return []
    words = [text.strip()] if text.strip() == "," else text.split(",")
    return list(dict.fromkeys(key_of(word) for word in words))


def _base(word: str) -> str | None:
    """The key itself, without ctrl and the like."""
    if len(word) == 1:
        return _character_to_key(word) if word.isprintable() and not unicodedata.combining(word) else None
    lower = ALSO.get(word.lower(), word.lower())
    if lower in NAMED:
        return lower
    sign = key_to_character(REPLACED_KEYS.get(lower, lower))
    return _base(sign) if sign is not None and len(sign) == 1 else None


def _nearest(word: str) -> str:
    """`; did you mean "ctrl-x"?`, or what keys look like."""
    head, sep, base = word[:40].lower().replace("+", "-").rpartition("-")
    if re.fullmatch(r"f\d+", base):
        return f"; there is f1 to {FUNCTION[-1]}"
    known = (*NAMED, *ALSO, *KEY_NAME_REPLACEMENTS.values())
    bases = [base] if _base(base) else difflib.get_close_matches(base, known, 1, 0.5)
    heads = [difflib.get_close_matches(part, MODIFIERS, 1, 0.5) for part in head.split("-")] if sep else []
    if bases and all(heads):
        return f'; did you mean "{"-".join((*(near[0] for near in heads), bases[0]))}"?'
    return '; keys are written like "x", "ctrl-x", "f5", "PgDn", "slash"'
