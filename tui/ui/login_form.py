"""Form: the lines of a login being filled in, one of them under the cursor. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from tui.calls import Secret
from tui.typed import exactly, unmarked
from tui.ui.door import Field
from tui.ui.edit import Edit
from tui.ui.masked import MOST, Masked


class Form:
    """Fields with what is typed in them. `wrong` is the one line about the last thing typed."""

    def __init__(self, fields: Sequence[Field]) -> None:
        self.fields = tuple(fields)
        self.lines: tuple[Edit | Masked, ...] = tuple(
            Masked() if field.secret else Edit(field.text) for field in self.fields
        )
        self.cursor = next((at for at, field in enumerate(self.fields) if not field.text and not field.optional), 0)
        self.wrong = ""

    @property
    def here(self) -> Edit | Masked:
        """The line under the cursor."""
        return self.lines[self.cursor]

    @property
    def ghost(self) -> str:
        """What the right arrow adds: the rest of the first known value that begins like this."""
        field, line = self.fields[self.cursor], self.here
        if isinstance(line, Masked) or line.caret < len(line.text):
            return ""
        found = (one for one in field.offers if one.startswith(line.text) and one != line.text)
        return next(found, "")[len(line.text) :] if line.text or field.offers else ""

    def move(self, by: int) -> None:
        """The next line, round the ends."""
        self.cursor = (self.cursor + by) % len(self.fields)

    def go(self, name: str) -> None:
        """To a field by its name."""
        self.cursor = next((at for at, field in enumerate(self.fields) if field.name == name), self.cursor)

    def press(self, key: str, character: str | None) -> None:
        """One key: moves, edits, types."""
        self.wrong = ""
        step = {"tab": 1, "down": 1, "shift+tab": -1, "up": -1}.get(key)
        if step is not None:
            self.move(step)
        elif key in ("right", "end") and self.ghost:
            self._type(self.ghost)
        elif character is not None:
            self._type(character)
        else:
            self.here.press(key)

    def paste(self, text: str) -> None:
        """A paste of one line, without the blanks and marks that come along when one copies a key."""
        if self.fields[self.cursor].exact:
            self._paste_exactly(text)
            return
        lines = [line for line in (one.strip() for one in unmarked(text).splitlines()) if line]
        if len(lines) > 1:
            self.wrong = f"the paste has {len(lines)} lines: one value at a time"
            return
        self.wrong = ""
        cleaned = "".join(one for line in lines for one in line if unicodedata.category(one)[0] != "C")
        if cleaned:
            self._type(cleaned)
        else:
            self.wrong = "there is nothing in the paste that can be typed"

    def _paste_exactly(self, text: str) -> None:
        self.wrong = ""
        try:
            self._type(exactly(text))
        except ValueError as wrong:
            self.wrong = str(wrong)

    def _type(self, text: str) -> None:
        line = self.here
        if isinstance(line, Masked):
            if not line.insert(text):
                self.wrong = f"more than {MOST:,} characters are no key"
        elif len(line.text) + len(text) > MOST:
            self.wrong = f"more than {MOST:,} characters"
        else:
            line.insert(text)

    def missing(self) -> str:
        """The label of the first line that must be filled in and is not, which then has the cursor; "" for none."""
        for at, (field, line) in enumerate(zip(self.fields, self.lines, strict=True)):
            if not field.optional and not (line.size if isinstance(line, Masked) else line.text.strip()):
                self.cursor = at
                return field.label
        return ""

    def given(self) -> dict[str, Secret | str]:
        """What was typed, by the names of the fields; optional ones that are empty are left out."""
        found: dict[str, Secret | str] = {}
        for field, line in zip(self.fields, self.lines, strict=True):
            typed = line.reveal() if isinstance(line, Masked) else line.text.strip()
            if typed:
                found[field.name] = typed
        return found

    def wipe(self) -> None:
        """Forgets the secrets."""
        for line in self.lines:
            if isinstance(line, Masked):
                line.wipe()
