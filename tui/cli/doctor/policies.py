"""The permissions of an account's sources as the vendor's policy language has them, ready to paste.

The one place that knows policy languages: the names are the adapters' own (`Action.permission`, `Action.resource`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from tui.calls import FREE
from tui.cli.doctor.needs import Need

if TYPE_CHECKING:
    from tui.settings import Config

Document = Mapping[str, Any]
Grant = tuple[tuple[str, ...], tuple[str, ...]]
"""Permissions, and the resources that all of them are confined to."""


class Policy(NamedTuple):
    """One document for one account. `without` names actions that it should hold, but no document says how."""

    account: str
    kind: Literal["read", "write"]
    language: str
    document: Document
    without: tuple[str, ...] = ()


def policies_of(settings: Config, needs: Sequence[Need]) -> list[Policy]:
    """Each account's policies: to read, and apart from that to write where the config grants it."""
    kinds: tuple[Literal["read", "write"], ...] = ("read", "write") if settings.monitor.write else ("read",)
    return [
        policy
        for account in settings.accounts.values()
        for kind in kinds
        for policy in _policies(
            account.name,
            account.vendor,
            kind,
            [need for need in needs if need.account == account.name and need.action.kind == kind and need.needed],
        )
    ]


def _policies(account: str, vendor: str, kind: Literal["read", "write"], needs: Sequence[Need]) -> Iterable[Policy]:
    language, written = _LANGUAGES[vendor]
    unnamed = tuple(sorted({need.action.name for need in needs if not need.action.permission}))
    for what, document in written(grants(needs)):
        yield Policy(account, kind, language + what, document, unnamed)


def grants(needs: Iterable[Need]) -> list[Grant]:
    """Permissions by what they may be confined to: "*" beats any other resource of the same permission."""
    places: dict[str, set[str]] = {}
    for need in needs:
        if need.action.permission not in ("", FREE):
            resource = need.action.resource.format(region=need.region or "*")
            places.setdefault(need.action.permission, set()).add(resource)
    confined = {name: ("*",) if "*" in all_ else tuple(sorted(all_)) for name, all_ in places.items()}
    ordered = sorted(confined, key=lambda name: (confined[name], name))
    return [(tuple(names), where) for where, names in groupby(ordered, key=lambda name: confined[name])]


def _alibaba(given: Sequence[Grant]) -> list[tuple[str, Document]]:
    """A RAM policy."""
    statements = [
        {"Effect": "Allow", "Action": list(names), "Resource": "*" if where == ("*",) else list(where)}
        for names, where in given
    ]
    return [("", {"Version": "1", "Statement": statements})] if statements else []


def _tencent(given: Sequence[Grant]) -> list[tuple[str, Document]]:
    """A CAM policy."""
    statements = [{"effect": "allow", "action": list(names), "resource": list(where)} for names, where in given]
    return [("", {"version": "2.0", "statement": statements})] if statements else []


def _huawei(given: Sequence[Grant]) -> list[tuple[str, Document]]:
    """IAM custom policies: one may hold actions of global services (IAM) or of projects, not of both."""
    names = [name for some, _ in given for name in some]
    parts = (
        (" for region-specific projects", [name for name in names if not name.startswith("iam:")]),
        (" for global services", [name for name in names if name.startswith("iam:")]),
    )
    return [
        (what, {"Version": "1.1", "Statement": [{"Effect": "Allow", "Action": part}]}) for what, part in parts if part
    ]


_LANGUAGES: Mapping[str, tuple[str, Callable[[Sequence[Grant]], list[tuple[str, Document]]]]] = {
    "alibaba": ("Alibaba Cloud RAM custom policy", _alibaba),
    "tencent": ("Tencent Cloud CAM custom policy", _tencent),
    "huawei": ("Huawei Cloud IAM custom policy", _huawei),
}
