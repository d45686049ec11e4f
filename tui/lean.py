"""Lean: a library without what it would load and can do without."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without(module: str) -> Iterator[None]:
    """Whoever tries to import it meanwhile is told that there is none; where it is loaded already, it is there."""
    if module in sys.modules:
        yield
        return
    sys.modules[module] = None  # type: ignore[assignment]  # what `import` takes for an ImportError
    try:
        yield
    finally:
        del sys.modules[module]
