"""The findings on stdout: aligned lines for people, one object for scripts. What came from outside is made safe."""

from __future__ import annotations

import json
import os
import sys
from argparse import Namespace
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

from tui.cli.doctor.finding import Finding, Mark
from tui.text import clean, width

if TYPE_CHECKING:
    from tui.cli.doctor.needs import Need
    from tui.cli.doctor.policies import Policy
    from tui.settings import Config

LONGEST = 600  # characters of what a provider said: a line is for reading
_COLOURS = {Mark.OK: "32", Mark.WARN: "33", Mark.FAIL: "31"}


def write(
    given: Namespace,
    settings: Config | None,
    findings: Sequence[Finding],
    needs: Sequence[Need],
    policies: Sequence[Policy],
) -> None:
    """Prints it all, in the format that was asked for."""
    if given.output_format == "json":
        from tui.formats import dumps

        sys.stdout.write(dumps(_object(given, findings, needs, policies), indent=2) + "\n")
        return
    terminal = sys.stdout.isatty()
    colour = given.color == "always" or (given.color == "auto" and terminal and not os.environ.get("NO_COLOR"))
    signs = _signs(settings) if terminal else {}
    for line in _lines(findings, needs, policies, settings, colour=colour, signs=signs):
        sys.stdout.write(line.rstrip() + "\n")


def _object(
    given: Namespace, findings: Sequence[Finding], needs: Sequence[Need], policies: Sequence[Policy]
) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "checks": [
            {
                "status": one.mark.value,
                "check": one.check,
                "name": one.name or None,
                "said": one.said,
                "way_out": one.way or None,
            }
            | dict(one.facts)
            for one in findings
        ]
    }
    if given.permissions:
        shown["permissions"] = [need.as_json() for need in needs]
        shown["policies"] = [policy._asdict() for policy in policies]
    return shown


def _signs(settings: Config | None) -> dict[Mark, str]:
    """A sign beside the word, where somebody looks: colour alone says nothing."""
    from tui.model import State
    from tui.ui.glyphs import choose

    glyphs = choose(settings.ui.glyphs if settings is not None else "auto")
    good, bad = glyphs.states[State.SUCCEEDED], glyphs.states[State.FAILED]
    return {Mark.OK: good, Mark.WARN: "!", Mark.FAIL: bad}


def _lines(
    findings: Sequence[Finding],
    needs: Sequence[Need],
    policies: Sequence[Policy],
    settings: Config | None,
    *,
    colour: bool,
    signs: dict[Mark, str],
) -> Iterator[str]:
    yield from _aligned(
        [(one.mark, (one.check, one.name), one.said, one.way) for one in findings], colour=colour, signs=signs
    )
    for source, mine in groupby(needs, key=lambda need: need.source):
        every = list(mine)
        yield ""
        yield clean(f"permissions of source {source}, account {every[0].account}")
        yield from _aligned(
            [(need.mark, (need.action.kind, need.permission, need.action.name), need.said, need.way) for need in every],
            colour=colour,
            signs=signs,
        )
    for policy in policies:
        yield ""
        yield clean(f"policy of account {policy.account} to {policy.kind} ({policy.language}):")
        yield from json.dumps(policy.document, indent=2).splitlines()
        if policy.without:
            yield f"not in it: {', '.join(policy.without)} (name not documented)"


def _aligned(
    rows: Sequence[tuple[Mark, tuple[str, ...], str, str]], *, colour: bool, signs: dict[Mark, str]
) -> Iterator[str]:
    """MARK  WHAT..  said  -> way out, the first columns as wide as their widest."""
    cells = [[clean(cell) for cell in what] for _, what, _, _ in rows]
    widths = [max(map(width, column)) for column in zip(*cells, strict=True)]
    for (mark, _, said, way), cells_ in zip(rows, cells, strict=True):
        head = f"{signs[mark]} {mark:<4}" if signs else f"{mark:<4}"
        if colour:
            head = f"\x1b[{_COLOURS[mark]}m{head}\x1b[0m"
        what = "  ".join(cell + " " * (wide - width(cell)) for cell, wide in zip(cells_, widths, strict=True))
        after = f"  -> {clean(way)}" if way else ""
        yield f"{head}  {what}  {clean(said, limit=LONGEST)}{after}"
