"""What the monitor's demo cloud is started with."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest

from tui.app import DemoDesk, LiveDesk
from tui.errors import ConfigError


async def test_the_demo_cloud_gets_none_of_our_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every process of this user can read the environment of a child for as long as it lives."""
    started: dict[str, Any] = {}

    def start(command: list[str], **how: Any) -> None:
        started.update(how, command=command)
        raise OSError("no process today")

    monkeypatch.setattr(subprocess, "Popen", start)
    for name in ("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "WORK_TENCENTCLOUD_TOKEN", "HUAWEICLOUD_SDK_PASSWORD"):
        monkeypatch.setenv(name, "hunter2")
    monkeypatch.setenv("TASKDECK_TEST_OTHER", "stays")
    desk = DemoDesk(tasks=1, seed=1)
    with pytest.raises(OSError, match="no process today"):
        await desk.run(lambda: None)
    desk.close()
    assert "hunter2" not in f"{started}"
    assert started["env"]["TASKDECK_TEST_OTHER"] == "stays"
    assert started["command"][1] == "-P"


async def test_a_config_that_cannot_be_looked_for_is_no_bug() -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        await LiveDesk(Path("a" * 1000)).run(lambda: None)
