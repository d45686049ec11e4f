"""The key table of README.md, from the live bindings: `python -m tui.ui.docs` writes it between its two markers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from textual.binding import Binding

from tui.ui.keys import APP, SCREENS, gathered

FILE = Path(__file__).parents[2] / "README.md"
BEGIN = "<!-- keys: `python -m tui.ui.docs` writes this table -->\n"
END = "<!-- /keys -->\n"
FIRST, LAST = "provider-1", "provider-9"


def table() -> str:
    """All keys, what they do, and by which name `[keys]` of the config gives them others."""
    rows = [f"| {' '.join(f'`{key}`' for key in keys)} | {does} | `{name}` |\n" for keys, does, name in _rows()]
    return "".join(("| keys | | name in `[keys]` |\n|---|---|---|\n", *rows))


def written(page: str) -> str:
    """The page with the table of today between its markers."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{table()}\n{END}{after}"


def _rows() -> Iterator[tuple[list[str], str, str]]:
    seen: set[tuple[str, str]] = set()
    for where, bindings in SCREENS.items():  # each lists what those before it do not have
        for binding, keys in gathered(Binding.make_bindings([*bindings, *(() if where else APP)])):
            name, does = binding.id or "", f"{where}{binding.description}"
            if (name, binding.description) in seen or FIRST < name <= LAST:
                continue
            seen.add((name, binding.description))
            if name == FIRST:
                yield ["1..9"], "one provider, by the digit of its pane", f"{FIRST}` .. `{LAST}"
            else:
                yield keys.split(" "), does, name


def write(file: Path = FILE) -> None:
    """Writes the table of today into a page."""
    file.write_text(written(file.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    write()
