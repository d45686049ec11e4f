"""Dressed: an app that wears a theme, and another one without being started again."""

from __future__ import annotations

from abc import abstractmethod
from itertools import count
from typing import TYPE_CHECKING, Any

from textual.app import App
from textual.driver import Driver

from tui.errors import ConfigError
from tui.ui.canvas import Canvas
from tui.ui.palette import Palette
from tui.ui.wardrobe import Wardrobe

if TYPE_CHECKING:
    from tui.sketch import Sketch

# What the CSS of Textual's own (8.2.8) names for what ours do not have: scroll bars, links, a selection.
UNSEEN = (
    *("ansi-background", "screen-selection-background", "screen-selection-foreground", "scrollbar-corner-color"),
    *(f"scrollbar{part}{how}" for part in ("", "-background") for how in ("", "-active", "-hover")),
    *(f"link-{what}{how}" for what in ("background", "color") for how in ("", "-hover")),
)
LOOKS = 1.0  # seconds between two looks at the file of the theme: a stat of 5 us


class Dressed(App[int], inherit_bindings=False, inherit_css=False):
    """What is drawn asks the look of the wardrobe; Textual's own theme is only the background.

    Of the CSS of Textual's App this is what we use. All of it (rules for footers, headers, scroll bars, maximized
    widgets) is parsed anew for each screen and theme, three times before the first frame: 8 ms.
    """

    DEFAULT_CSS = """
    Dressed { background: $background; color: $foreground; }
    Dressed:ansi { background: ansi_default; color: ansi_default; }
    """

    sketch: Sketch | None = None
    """What stands on the terminal already."""

    def __init__(self, wardrobe: Wardrobe, **options: Any) -> None:
        self.wardrobe = wardrobe
        self._worn = (f"taskdeck-{wardrobe.name}-{at}" for at in count())
        super().__init__(ansi_color=wardrobe.look.palette.ansi, **options)
        self._disable_tooltips = self._disable_notifications = True  # two widgets on each screen
        self.set_reactive(App.theme, self._background())  # watched, it would have all CSS parsed and applied once more
        self._refresh_truecolor_filter(self.ansi_theme)
        self.stylesheet.set_variables(self.get_css_variables())

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

    def get_css_variables(self) -> dict[str, str]:
        """What CSS may name: of the 170 that Textual makes of a theme, and reads again (8 ms), what ours does."""
        theme = self.current_theme
        seen = {"background": str(theme.background), "foreground": str(theme.foreground)}
        styles = {"link-style": "none", "link-style-hover": "none"}
        self.theme_variables = seen | dict.fromkeys(UNSEEN, seen["background"]) | styles
        return self.theme_variables

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
        self.theme = self._background()
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

    def _background(self) -> str:
        """Registers the theme under a name that none had before: Textual looks at a theme only when it has another."""
        theme = self.wardrobe.look.palette.textual(next(self._worn))
        self.register_theme(theme)
        return theme.name
