"""The virtual loop keeps asyncio's promises."""

from __future__ import annotations

import asyncio

import pytest

from tests.fidelity.virtual_loop import run


def test_an_hour_passes_at_once_and_in_order() -> None:
    async def main() -> tuple[float, list[str]]:
        heard: list[str] = []

        async def say(after: float, what: str) -> None:
            await asyncio.sleep(after)
            heard.append(what)

        await asyncio.gather(say(3600, "last"), say(0.5, "first"), say(30, "second"))
        return asyncio.get_running_loop().time(), heard

    time, heard = run(main())
    assert time == pytest.approx(3600)
    assert heard == ["first", "second", "last"]


def test_time_outs_and_waits_agree_with_it() -> None:
    async def main() -> float:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asyncio.Event().wait(), 15)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(30):
                await asyncio.sleep(100)
        return asyncio.get_running_loop().time()

    assert run(main()) == pytest.approx(45)


def test_a_deadlock_is_told_instead_of_waited_for() -> None:
    async def main() -> None:
        await asyncio.Event().wait()

    with pytest.raises(RuntimeError, match="deadlock"):
        run(main())
