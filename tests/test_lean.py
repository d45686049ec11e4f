"""A library that is imported without another one."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tui.lean import without

FRESH = """
import sys
from tui.lean import without

with without("typing_extensions"):
    try:
        import typing_extensions
        raise SystemExit("there it is")
    except ImportError:
        pass
    import msgspec
assert msgspec.json.decode(b'{"a": [1]}', type=dict[str, list[int]]) == {"a": [1]}
assert "typing_extensions" not in sys.modules
import typing_extensions
assert typing_extensions.Self
"""


def test_what_is_loaded_already_is_there() -> None:
    with without("json"):
        import json

        assert json.loads("1") == 1
    assert "json" in sys.modules


def test_nothing_is_left_behind_after_an_error() -> None:
    with pytest.raises(ModuleNotFoundError), without("no_such_module_of_ours"):
        import no_such_module_of_ours  # type: ignore[import-not-found]  # noqa: F401 - that there is none is what is tested
    assert "no_such_module_of_ours" not in sys.modules


def test_the_library_works_and_the_other_one_can_be_imported_later() -> None:
    subprocess.run([sys.executable, "-c", FRESH], check=True, timeout=30)
