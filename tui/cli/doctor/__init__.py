"""`taskdeck doctor`: config, keys, network, clocks, sources and permissions, one line each, with the way out."""

from __future__ import annotations

import asyncio
import shutil
import sys
from argparse import Namespace
from collections.abc import Sequence
from itertools import chain
from typing import TYPE_CHECKING

from tui.cli.doctor.finding import Finding
from tui.cli.exits import Exit

if TYPE_CHECKING:
    from tui.cli.doctor.needs import Need
    from tui.cli.doctor.policies import Policy
    from tui.settings import Config

# The most serious first (contract, section 1); a doctor prints no data, so nothing here is "partial data" but a part.
_GRAVITY = (Exit.AUTH, Exit.THROTTLED, Exit.NETWORK, Exit.USAGE, Exit.BUG, Exit.PARTIAL)


def run(given: Namespace) -> int:
    """Looks at everything, prints what it found, answers the code of the most serious finding."""
    from tui import logs
    from tui.cli.doctor.here import of_config, of_state
    from tui.cli.doctor.printing import write

    logs.start(given)
    config, settings = of_config(given)
    findings = [config, of_state(given)]
    needs: Sequence[Need] = ()
    policies: Sequence[Policy] = ()
    if settings is not None:
        found, needs, policies = asyncio.run(_looked(settings, permissions=given.permissions))
        findings += found
    write(given, settings, findings, needs, policies)
    return gravest([*(one.exit for one in findings), *(one.exit for one in needs)])


def gravest(codes: Sequence[int]) -> Exit:
    """The code of the most serious finding, 0 where all is fine."""
    return min((Exit(code) for code in codes if code), key=lambda code: _GRAVITY.index(code), default=Exit.FINE)


async def _looked(settings: Config, *, permissions: bool) -> tuple[list[Finding], Sequence[Need], Sequence[Policy]]:
    from tui.cli.doctor.here import of_accounts, of_keyring
    from tui.cli.doctor.there import of_clocks, of_network, of_sources
    from tui.cli.unlocking import given_to
    from tui.trial import try_all

    await given_to(settings, settings.accounts)
    keyring = await of_keyring(settings)
    accounts = await of_accounts(settings, keyring)
    trials = await try_all(settings, by_id=permissions, told=_asking if sys.stderr.isatty() else _silent)
    if sys.stderr.isatty():
        sys.stderr.write("\r\x1b[K")
    without = {one.name for one in accounts if one.facts.get("word") == "NOKEY"}
    of_all = (of_network(settings, trials), of_clocks(settings, trials), of_sources(trials, without))
    findings = [keyring, *accounts, *chain.from_iterable(of_all)]
    if not permissions:
        return findings, (), ()
    from tui.cli.doctor.needs import needs_of
    from tui.cli.doctor.policies import policies_of

    needs = [need for trial in trials for need in await needs_of(settings, trial)]
    return findings, needs, policies_of(settings, needs)


def _asking(source: str) -> None:
    """One line on stderr that says who is waited for; gone when the findings are printed."""
    from tui.text import clean, cut_end

    cells = shutil.get_terminal_size().columns - 1
    sys.stderr.write("\r\x1b[K" + cut_end(clean(f"asking {source}"), cells))
    sys.stderr.flush()


def _silent(source: str) -> None:
    """Nobody looks."""
