"""Fresh: the rows that are marked for a moment, because they are new or have changed. Pure."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping

from tui.model import TaskKey


class Fresh:
    """Which tasks are "new" or "changed", from the last time that they became so on."""

    def __init__(self) -> None:
        self._signs: dict[TaskKey, str] = {}
        self._since: OrderedDict[TaskKey, int] = OrderedDict()  # the longest ago first

    @property
    def signs(self) -> Mapping[TaskKey, str]:
        """What is marked now."""
        return self._signs

    def mark(self, key: TaskKey, sign: str, at: int) -> None:
        """From now on (epoch ms), also where it was marked already."""
        self._signs[key] = sign
        self._since[key] = at
        self._since.move_to_end(key)

    def let_go(self, until: int) -> bool:
        """Ends what has been marked since then or longer; whether there was any."""
        ended = False
        while self._since and next(iter(self._since.values())) <= until:
            key, _ = self._since.popitem(last=False)
            del self._signs[key]
            ended = True
        return ended
