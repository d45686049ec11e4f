"""What the monitor's demo cloud is started with."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tui.app import DemoDesk, LiveDesk
from tui.errors import ConfigError
from tui.model import Source, TaskKey
from tui.status import Change, SourceStatus, Trouble, Word


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


def test_a_picture_is_asked_for_by_what_is_news_alone(tmp_path: Path) -> None:
    desk, asked = LiveDesk(tmp_path / "config.toml"), list[str]()
    desk._changed = lambda: asked.append("picture")
    status = SourceStatus(source=Source("one", "alibaba-fc", "", ""))

    def pictures(**said: Any) -> int:
        nonlocal status
        asked.clear()
        status = replace(status, **said)
        desk._told(Change(source=status.source, at=0, status=status))
        return len(asked)

    assert pictures() == 1
    assert pictures(reading=True) == pictures(rows_read=100, pages_read=1) == pictures(calls=3) == 0
    assert pictures(answered_at=1, tasks=0) == 1
    assert pictures(reading=False, answered_at=2, next_at=9, budget=0.1) == 0
    assert pictures(tasks=5) == 1
    assert pictures(tasks=6) == 0
    assert pictures(missing=("page 3",)) == 1
    assert pictures(trouble=Trouble(Word.OFFLINE)) == 1
    assert pictures(trouble=None, missing=()) == 1
    desk._told(Change(source=status.source, at=0, status=status, gone=(TaskKey("one", "", "1"),)))
    assert len(asked) == 2
