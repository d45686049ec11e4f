"""taskdeck's screen on a store filled by hand (`deck_app.py`): as many tasks as one likes, without reading them."""

from __future__ import annotations

import sys
from pathlib import Path

from peers import Ground
from peers.ours import Ours


class Deck(Ours):
    """Nothing is polled: what a key costs is the screen, the store and the filter."""

    def command(self, ground: Ground) -> list[str]:
        """The screen with so many tasks."""
        return [sys.executable, str(Path(__file__).with_name("deck_app.py")), str(ground.tasks)]
