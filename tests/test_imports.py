"""Cold start: what each command loads before it does anything. No timings: the modules are the cause."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import cache

import pytest

pytestmark = pytest.mark.e2e  # in processes of their own

HEAVY = {
    "textual",
    "rich",
    "httpx",
    "httpcore",
    "pydantic",
    "pydantic_core",
    "keyring",
    "cryptography",
    "starlette",
    "uvicorn",
    "ssl",
}
RUN = (
    "import io, sys, json; from tui.cli import run; sys.stdout = io.StringIO(); run({!r}); sys.stdout = sys.__stdout__"
)

RESTING = """
import gc, os, sys
from argparse import Namespace
from types import SimpleNamespace
import tui.app, tui.running, tui.ui.shell
from tui.cli import screen

seen = []
def look(*given): seen.append((gc.isenabled(), gc.get_threshold()))
class Desk(tui.app.LiveDesk):
    def __init__(self, *given, **more): super().__init__(*given, **more); look()

tui.app.LiveDesk = Desk
tui.ui.shell.Taskdeck.run = lambda app, mouse: look()
os.environ["TERM"] = "xterm"
streams = sys.stdin, sys.stdout
sys.stdin = sys.stdout = SimpleNamespace(isatty=lambda: True)
where = dict(config="/nowhere/x", state_dir="/nowhere/y", log=None)
screen.run(Namespace(command="monitor", write=False, theme=None, record=None, **where))
sys.stdin, sys.stdout = streams
assert not seen[0][0] and seen[1:] == [(True, tui.running.RARELY)], seen
"""


@cache
def loaded(code: str) -> frozenset[str]:
    """All modules after some code."""
    code = f"{code}\nimport json, sys; print(json.dumps(sorted(sys.modules)))"
    env = {name: value for name, value in os.environ.items() if not name.startswith("COV")}  # coverage imports too
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=30, env=env)
    return frozenset(json.loads(ran.stdout))


def packages(code: str) -> set[str]:
    """The top-level packages among them."""
    return {name.partition(".")[0] for name in loaded(code)}


@pytest.mark.parametrize(
    "code",
    [
        "import tui.cli",
        RUN.format(["--version"]),
        RUN.format(["--config", "x", "config", "path"]),
        RUN.format(["config", "path"]),
        RUN.format(["config", "example"]),
        RUN.format(["completion", "bash"]),
        RUN.format(["--help"]),
        RUN.format(["list", "--help"]),
    ],
)
def test_what_needs_no_config_loads_nothing_heavy_and_no_adapter(code: str) -> None:
    assert packages(code) & HEAVY == set()
    assert {
        name for name in loaded(code) if name.startswith(("tui.adapters.", "tui.ui", "tui.app", "tui.net"))
    } == set()
    assert "asyncio" not in loaded(code)


def test_a_ctrl_c_finds_somebody_who_knows_it_from_our_first_line_on() -> None:
    assert loaded("import tui.__main__") - loaded("pass") == {"__future__", "tui", "tui.__main__"}


def test_taskdeck_alone_loads_no_parser_of_command_lines() -> None:
    assert packages("import tui.cli.screen, tui.logs; tui.cli.read([])") & {"argparse", "gettext"} == set()


def test_a_mistyped_command_loads_what_it_takes_to_say_so() -> None:
    code = "import sys, io; from tui.cli import run; sys.stderr = io.StringIO(); run(['lst'])"
    assert packages(code) & HEAVY <= {"rich"}


@pytest.mark.parametrize(
    ("module", "never"),
    [
        ("tui.model", {"asyncio", "rich"}),
        ("tui.errors", {"asyncio"}),
        ("tui.calls", {"rich"}),
        ("tui.settings", {"tomllib"}),
        ("tui.settings.endpoints", set()),
        ("tui.store", {"asyncio", "rich"}),
        ("tui.signing.acs3", {"asyncio", "rich"}),
        ("tui.query", {"asyncio"}),
        ("tui.view", {"asyncio"}),
        ("tui.adapters", {"tui.net"}),
        ("tui.logs", {"platformdirs"}),
    ],
)
def test_a_lower_layer_loads_nothing_of_a_higher_one(module: str, never: set[str]) -> None:
    found = packages(f"import {module}") | loaded(f"import {module}")
    assert found & ((HEAVY - {"rich"}) | never) == set()
    assert {name for name in found if name.startswith(("tui.cli", "tui.ui", "tui.app", "tui.cloud"))} == set()


def test_the_app_is_put_together_without_an_adapter_the_config_or_a_key() -> None:
    code = "from pathlib import Path; from tui.app import LiveDesk; assert LiveDesk(Path('x')).providers"
    never = ("tui.adapters.", "tui.settings", "tui.credentials", "tui.calls", "tui.query", "tui.net", "tui.door")
    assert {name for name in loaded(code) if name.startswith(never)} == {"tui.adapters._titles"}


def test_what_the_first_frame_does_without_is_loaded_when_it_is_used_or_after_it() -> None:
    kind = "object.__getattribute__(sys.modules['tui.ui.commands'], '__class__').__name__"
    begin = f"import sys; import tui.ui.shell; from tui.late import rest; assert {kind} == '_LazyModule'"
    assert loaded(begin) & {"tui.calls", "tui.settings", "tui.deeds", "tui.answers"} == set()
    loaded(f"{begin}; from tui.ui.commands import Wrong; assert {kind} == 'module'")
    loaded(f"{begin}; assert 'tui.ui.commands' in [*rest()]; assert {kind} == 'module'; assert [*rest()] == []")


def test_the_screen_comes_without_what_textual_has_for_a_palette_and_toasts_and_who_wants_it_gets_it_whole() -> None:
    begin = "from tui.late import never; from tui.running import UNUSED\nwith never(*UNUSED): import tui.ui.shell\n"
    widgets = {"textual.containers", "textual.types", "textual.widgets._input", "textual.widgets._option_list"}
    assert loaded(begin) & ({"textual.command", "textual.widgets._toast", "rich.table", "uuid"} | widgets) == set()
    loaded(f"{begin}from textual.command import CommandPalette; assert CommandPalette.is_open; import rich.table")
    loaded(f"{begin}import textual.app\ntry: textual.app.CommandPalette()\nexcept RuntimeError: pass\nelse: exit(1)")
    loaded(f"import textual.command\n{begin}import textual.app; assert textual.app.CommandPalette.is_open")


def test_the_cycle_collector_that_rests_during_the_imports_works_while_the_monitor_runs() -> None:
    """Without it a monitor that runs for days would grow."""
    loaded(RESTING)


def test_all_adapters_together_load_neither_client_nor_checker_nor_screen() -> None:
    assert packages("from tui.adapters import every; every()") & HEAVY == set()


def test_the_border_loads_its_client_when_it_sends() -> None:
    assert "httpx" not in packages("import tui.net, tui.poller, tui.wiring, tui.reading")


def test_reading_a_config_loads_no_pydantic() -> None:
    code = "from pathlib import Path; from tui.wiring import models; from tui.settings.load import parse"
    code += "; from tui.settings.example import EXAMPLE; parse(EXAMPLE, models(), Path('x'))"
    assert packages(code) & (HEAVY - {"ssl", "rich"}) == set()
