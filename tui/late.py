"""Late: modules that the first frame does without. They are loaded at their first use, or soon after that frame.

    with late():
        from tui.ui import commands

To a reader, mypy and the import contracts that is an import. It must be of modules, whose names are taken from them
where they are used: `commands.parse`, not `parse`.

    with never("textual.command"):
        from textual.app import App

is without a module that App imports for what is never used here.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import LazyLoader
from types import ModuleType
from typing import NoReturn

_waiting: list[str] = []


class _Finder:
    """Finds our modules as Python does, but has them executed when something of them is asked for."""

    @staticmethod
    def find_spec(name: str, path: Sequence[str] | None = None, target: ModuleType | None = None) -> ModuleSpec | None:
        """None for what Python is to find and load by itself."""
        spec = PathFinder.find_spec(name, path, target) if name.startswith("tui.") else None
        if spec is None or spec.loader is None or spec.submodule_search_locations is not None:
            return None
        spec.loader = LazyLoader(spec.loader)
        _waiting.append(name)
        return spec


@contextmanager
def late() -> Iterator[None]:
    """What is imported within is loaded when it is used."""
    sys.meta_path.insert(0, _Finder)
    try:
        yield
    finally:
        sys.meta_path.remove(_Finder)


class _Unused(ModuleType):
    """Has every name that is asked for: a class that can be built upon, and of which there is nothing."""

    def __getattr__(self, name: str) -> type:
        if name.startswith("__"):
            raise AttributeError(name)

        def fail(*_: object, **__: object) -> NoReturn:
            raise RuntimeError(f"{self.__name__}.{name} was left out")

        return type(name, (), {"__module__": self.__name__, "__new__": fail})


@contextmanager
def never(*names: str) -> Iterator[None]:
    """What is imported within gets these modules empty; whoever imports them later gets them whole."""
    unused = {name: _Unused(name) for name in names if name not in sys.modules}
    sys.modules.update(unused)
    try:
        yield
    finally:
        for name in unused:
            del sys.modules[name]


def rest() -> Iterator[str]:
    """Loads what still waits, a module a step: each is a few ms. In the thread that uses them."""
    while _waiting:
        name = _waiting.pop(0)
        vars(sys.modules[name])
        yield name
