"""The theme picker: the screen wears the theme under the cursor while one looks; Esc puts the old one back on."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual import events
from textual.strip import Strip

from tui.text import clean, cut_middle
from tui.ui.commands import Wrong
from tui.ui.ink import Ink, between
from tui.ui.palette import Palette
from tui.ui.picker import Choices, Picker
from tui.ui.titles import Pen

WIDTH = 64
SAMPLE = ("state.live", "state.ok", "state.bad", "mark")


class Themes(Choices):
    """The list itself. `wear` puts a theme on; what is wrong with one is said in the last line."""

    DEFAULT_CSS = f"Themes {{ width: {WIDTH}; max-width: 100%; max-height: 100%; }}"

    def __init__(self, pen: Pen, names: Sequence[str], worn: str, wear: Callable[[str], Palette]) -> None:
        super().__init__(len(names), names.index(worn) if worn in names else 0)
        self.styles.height = len(names) + 2
        self.wrong = ""
        self._pen, self._names, self._wear = pen, names, wear

    @property
    def name_here(self) -> str:
        """The theme under the cursor."""
        return self._names[self.cursor]

    def move(self, by: int) -> None:
        """The next one, worn at once where it can be."""
        super().move(by)
        try:
            self._wear(self.name_here)
            self.wrong = ""
        except Wrong as error:
            self.wrong = str(error)
        self.repaint()

    def draw(self, width: int, height: int) -> Sequence[Strip]:
        """A title, the names with a few colours of the worn one, and what the keys do or what is wrong."""
        look, room = self._pen.look, max(1, height - 2)
        top = max(0, min(self.cursor - room // 2, self.count - room))
        right = Ink().add(f"{self.cursor + 1} of {self.count} ")
        strips = [between(Ink().add("  theme"), right, width).strip(width, look["title.active"])]
        for at in range(top, min(top + room, self.count)):
            here = at == self.cursor
            left, right = Ink().add(f"  {clean(self._names[at])}", look["key" if here else "text"]), Ink()
            for token in SAMPLE if here and not self.wrong else ():
                right.add(f"{token.rpartition('.')[2]} ", look[token])
            strips.append(between(left, right, width).strip(width, look["cursor" if here else "title"]))
        return [*strips, self._last(width)][:height]

    def _last(self, width: int) -> Strip:
        look = self._pen.look
        if self.wrong:
            return Ink().add(" ").add(cut_middle(self.wrong, width - 2), look["state.bad"]).strip(width, look["title"])
        keys = Ink().add("  j k", look["key"]).add(" look  ", look["dim"]).add("Enter", look["key"])
        keys.add(" keep  ", look["dim"]).add("Esc", look["key"]).add(" as it was", look["dim"])
        return keys.strip(width, look["title"])


class ThemePicker(Picker[str, Themes], inherit_bindings=False):
    """Answers the name of the theme to keep, None to put the old one back on."""

    def take(self) -> str:
        """The theme under the cursor."""
        return self.choices.name_here

    def press(self, event: events.Key) -> bool:
        """There are no keys for single themes."""
        return False

    def on_key(self, event: events.Key) -> None:
        """As in every list; a theme that cannot be worn cannot be kept."""
        if event.key == "enter" and self.choices.wrong:
            event.stop()
            event.prevent_default()
        else:
            super().on_key(event)
