"""When the deck is drawn, and of what: what is not drawn anew must be what would be drawn."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.ui.driving import driven, text
from tests.ui.fake_desk import NOW, FakeDesk

pytestmark = pytest.mark.screen


async def test_what_a_source_says_that_nobody_was_told_of_is_shown_with_the_next_second() -> None:
    desk = FakeDesk()
    async with driven(desk, (120, 40)) as (pilot, home):
        status = desk.store.status("thumbs")
        desk.store.set_status(replace(status, missing=(), trouble=None, answered_at=NOW - 95_000, interval=60))
        assert "1m30s" not in text(pilot)
        home._pace._free_at = 0
        home.tick()
        assert "1m30s" in text(pilot)
        await pilot.pause()
