"""tccli on plain HTTP: it knows TLS alone, and the demo cloud has none. Run by the Python of a venv that has tccli."""

from __future__ import annotations

import sys
from typing import Any

from tccli.main import main  # type: ignore[import-not-found]  # in a venv of its own
from tencentcloud.common.profile.http_profile import HttpProfile

_init = HttpProfile.__init__


def _plain(self: HttpProfile, *given: Any, **named: Any) -> None:
    _init(self, *given, **{**named, "protocol": "http"})


if __name__ == "__main__":
    HttpProfile.__init__ = _plain
    sys.exit(main())
