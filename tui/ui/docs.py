"""The keys and commands of README.md, as the screens have them: `python -m tui.ui.docs` writes them into the page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from textual.binding import Binding

from tui.ui.commands import registry
from tui.ui.keys import APP, SCREENS, gathered

FILE = Path(__file__).parents[2] / "README.md"
BEGIN = "<!-- keys: `python -m tui.ui.docs` writes these tables -->\n"
END = "<!-- /keys -->\n"
FIRST, LAST = "provider-1", "provider-9"


def table() -> str:
    """All keys, what they do, and by which name `[keys]` of the config gives them others."""
    rows = [f"| {' '.join(f'`{key}`' for key in keys)} | {does} | `{name}` |\n" for keys, does, name in _rows()]
    return "".join(("| keys | | name in `[keys]` |\n|---|---|---|\n", *rows))


def commands() -> str:
    """All commands, and what they do."""
    rows = ["| `:fc` `:os` `:mps` `:tat` `:kps` `[FILTER]` | one provider, by its short name |\n"]
    for command in registry((), lambda run: True):
        names = " ".join(f"`:{name}`" for name in (command.name, *command.aliases))
        takes = f" `{command.wants.value}`".replace("|", "\\|") if command.wants.value else ""
        rows.append(f"| {names}{takes} | {command.does} |\n")
    return "".join(("| command | |\n|---|---|\n", *rows))


def written(page: str) -> str:
    """The page with the tables of today between its markers."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{table()}\n{commands()}\n{END}{after}"


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
    """Writes the tables of today into a page."""
    file.write_text(written(file.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    write()
