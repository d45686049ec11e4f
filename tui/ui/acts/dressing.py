"""Dressing: another theme for this run."""

from __future__ import annotations

from tui.errors import ConfigError
from tui.late import late
from tui.ui.deck import Deck
from tui.ui.dressed import Dressed
from tui.ui.palette import Palette

with late():
    from tui.ui import commands


class Dressing(Deck, inherit_bindings=False):
    """`:theme`, with a name or with a list to look through."""

    @property
    def _dressed(self) -> Dressed:
        app = self.app
        assert isinstance(app, Dressed)  # noqa: S101 - whoever shows home wears a theme
        return app

    def themes(self) -> list[str]:
        """What can be worn."""
        return self._dressed.wardrobe.names()

    def dress(self, name: str) -> None:
        """Wears a theme; without a name it shows the list. Raises Wrong."""
        wardrobe = self._dressed.wardrobe
        if wardrobe.colourless:
            raise commands.Wrong("NO_COLOR is set: there is no colour in this run")
        if not name:
            self.call_next(self._look_through)
            return
        worn = self._try_on(name)
        wardrobe.automatic = name == "auto"
        self.say(f"theme {worn.name}, for this run")

    def _try_on(self, name: str) -> Palette:
        """Wears a theme by its name. Raises Wrong, in the old one."""
        wardrobe = self._dressed.wardrobe
        try:
            found = wardrobe.find(name)
        except ConfigError as error:
            raise commands.Wrong(wardrobe.told(error)) from None
        self._dressed.wear(found)
        return found

    def _look_through(self) -> None:
        from tui.ui.theme_picker import ThemePicker, Themes

        app, before = self._dressed, self._dressed.wardrobe.look.palette
        automatic, app.wardrobe.automatic = app.wardrobe.automatic, False

        def keep(name: str | None) -> None:
            if name is None:
                app.wear(before)
                app.wardrobe.automatic = automatic
            else:
                self.say(f"theme {name}, for this run")

        picker = ThemePicker(Themes(self.pen(), self.themes(), before.name, self._try_on))
        app.push_screen(picker, keep)
