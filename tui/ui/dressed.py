"""Dressed: an app that wears a theme, and another one without being started again."""

from __future__ import annotations

from abc import abstractmethod
from itertools import count
from typing import Any

from textual.app import App
from textual.driver import Driver

from tui.errors import ConfigError
from tui.ui.canvas import Canvas
from tui.ui.palette import Palette
from tui.ui.wardrobe import Wardrobe

LOOKS = 1.0  # seconds between two looks at the file of the theme: a stat of 5 us


class Dressed(App[int], inherit_bindings=False):
    """What is drawn asks the look of the wardrobe; Textual's own theme is only the background."""

    def __init__(self, wardrobe: Wardrobe, **options: Any) -> None:
        self.wardrobe = wardrobe
        self._worn = (f"taskdeck-{wardrobe.name}-{at}" for at in count())
        super().__init__(ansi_color=wardrobe.look.palette.ansi, **options)
        self._background()

    def get_driver_class(self) -> type[Driver]:
        """One for terminals at their worst in place of Textual's own; it asks for the background if that matters."""
        found = super().get_driver_class()
        if found.__name__ != "LinuxDriver":
            return found
        if self.wardrobe.automatic:
            from tui.ui.listening import Listening

            return Listening
        from tui.ui.tty import Tty

        return Tty

    @property
    @abstractmethod
    def plain_signs(self) -> bool:
        """Whether nothing but plain signs may be drawn: foreign ones of ambiguous width neither."""

    @property
    @abstractmethod
    def leaving(self) -> bool:
        """Whether this is the end."""

    @abstractmethod
    def hung_up(self) -> None:
        """The terminal is gone. Called from any thread."""

    @abstractmethod
    def say(self, text: str) -> None:
        """One line on whatever is on top."""

    def wear(self, palette: Palette) -> None:
        """Another theme, at once and everywhere."""
        self.wardrobe.wear(palette)
        from tui.ui.layer import Layer

        before = self.theme
        self.ansi_color = palette.ansi
        self._background()
        self.unregister_theme(before)
        for screen in self.screen_stack:
            if isinstance(screen, Layer):
                screen.dressed()
            for widget in screen.query():
                if isinstance(widget, Canvas):
                    widget.redraw()

    def on_mount(self) -> None:
        """Beside what the app itself does."""
        self.set_interval(LOOKS, self.look_at_file)

    def on_app_focus(self) -> None:
        """Whoever comes back from an editor sees at once what it did. Textual notes the focus after this."""
        self.call_next(self.look_at_file)

    def on_background(self, message: Any) -> None:
        """The terminal has answered."""
        found = self.wardrobe.answered(light=message.light)
        if found is not None:
            self.wear(found)

    def look_at_file(self) -> None:
        """Wears the theme anew when its file has changed. A mistake in it is one line, and the old look stays."""
        if not self.app_focus:
            return
        try:
            found = self.wardrobe.changed()
        except ConfigError as error:
            self.say(self.wardrobe.told(error))
            return
        if found is not None:
            self.wear(found)
            self.say("")

    def _background(self) -> None:
        """A name that no theme had before: Textual looks at a theme only when it is called otherwise."""
        theme = self.wardrobe.look.palette.textual(next(self._worn))
        self.register_theme(theme)
        self.theme = theme.name
