"""Clashes: what is wrong in the user's `[keys]`. A monitor in which a key silently does another thing is dangerous."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from textual.binding import Binding, BindingType

from tui.ui.key_names import keys_of, shown
from tui.ui.keys import APP, SCREENS


class Clash(NamedTuple):
    """One mistake: the id under `[keys]` where it stands, and what it is."""

    name: str
    problem: str


def clashes(remap: Mapping[str, str]) -> list[Clash]:
    """Everything wrong with a `[keys]` table: ids that no key has, keys that no keyboard sends, keys bound twice."""
    wrong = [*_unknown(remap), *_no_keys(remap)]
    if wrong:
        return wrong
    found = dict.fromkeys(clash for bindings in SCREENS.values() for clash in twice(remap, (*bindings, *APP)))
    return [clash for clash in found if clash.name in remap]


def ids() -> list[str]:
    """Every id that `[keys]` may hold."""
    found = Binding.make_bindings([*APP, *(binding for bindings in SCREENS.values() for binding in bindings)])
    return list(dict.fromkeys(binding.id or "" for binding in found))


def _unknown(remap: Mapping[str, str]) -> Iterator[Clash]:
    known = ids()
    for name in remap:
        if name not in known:
            near = difflib.get_close_matches(name[:40], known, 1, 0.5)
            hint = f'did you mean "{near[0]}"?' if near else "README.md lists them, and ? on the screen"
            yield Clash(name, f'no key has the name "{name[:40]}"; {hint}')


def _no_keys(remap: Mapping[str, str]) -> Iterator[Clash]:
    for name, text in remap.items():
        try:
            keys_of(text)
        except ValueError as error:
            yield Clash(name, str(error))


def twice(remap: Mapping[str, str], bindings: Sequence[BindingType]) -> Iterator[Clash]:
    """Two ids of one screen on the same key; it is told where the user wrote the later of the two."""
    keys: dict[str, list[str]] = {}
    for binding in Binding.make_bindings(bindings):
        name = binding.id or ""
        for key in keys_of(remap[name]) if name in remap else [binding.key]:
            if name not in keys.setdefault(key, []):
                keys[key].append(name)
    written = list(remap)
    for key, names in keys.items():
        names.sort(key=lambda name: written.index(name) if name in remap else -1)
        if len(names) > 1:
            other = names[-2]
            yield Clash(names[-1], f'{shown(key)} is the key of "{other}" too; give one of the two another, or ""')
