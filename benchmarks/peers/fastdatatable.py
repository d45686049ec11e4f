"""textual-fastdatatable on the same rows, where it is installed."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from peers import Ground
from peers.datatable import DataTable


def python() -> str | None:
    """The Python that has it: $FASTDATATABLE, or that of the venv that `make bench` makes for it beside this one's."""
    own = Path(sys.executable).parent.parent / "fastdatatable" / "bin" / "python"
    return os.environ.get("FASTDATATABLE") or (str(own) if own.exists() else None)


class FastDataTable(DataTable):
    """The app in `fastdatatable_app.py`, driven as the one it is like."""

    name = "fastdatatable"
    note = "fastdatatable is mounted anew for each character, as its documentation says"

    def here(self) -> bool:
        """Where the venv is."""
        return python() is not None

    def command(self, ground: Ground) -> list[str]:
        """The app on the file."""
        return [python() or "python3", str(Path(__file__).with_name("fastdatatable_app.py")), str(ground.rows)]
