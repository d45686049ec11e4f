"""One sshd and one demo cloud for all. Without the tools these tests fail in CI and skip elsewhere."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.e2e.command import Cloud, cloud
from tests.ssh.daemon import Sshd, missing, running


@pytest.fixture(scope="session")
def sshd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshd]:
    """It listens."""
    lacking = missing()
    if lacking:
        assert not os.environ.get("CI"), f"CI installs {lacking}"
        pytest.skip(f"there is no {lacking} here")
    with running(tmp_path_factory.mktemp("sshd")) as one:
        yield one


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory, sshd: Sshd) -> Iterator[Cloud]:
    """What is monitored: its time stands still."""
    with cloud(tmp_path_factory.mktemp("cloud"), "--tasks", "300", "--freeze") as one:
        yield one
