"""The one way out of each state of a source: the same words on the screen, in the commands and on stderr."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tui import logs
from tui.status import SourceStatus, Trouble, Word
from tui.text import clean
from tui.text import word as quoted

SKEWED = 60.0  # seconds between two clocks: less is no news
BUG = "bug"  # the code of an error that is ours
ACTIVATE = "activate the product for this account in the vendor's console"
TOO_MANY = "tasks beyond max_tasks"
_NAMES_FAIL = ("name or service", "nodename nor servname", "name resolution", "getaddrinfo", "no address associated")
_STEPS: Mapping[str, str] = {
    "ConnectError": "TCP",
    "TLSError": "TLS",
    "ProxyError": "proxy",
    "TimedOut": "time-out",
    "Redirected": "redirect",
}
_REPAIRS: Mapping[str, str] = {
    "DNS": "check the name server of this machine, and the endpoint in the config",
    "TCP": "check network, firewall and proxy; taskdeck doctor tries each step",
    "TLS": "check ca_bundle in [network], and this machine's clock",
    "proxy": "check proxy in [network] of the config",
    "time-out": "check network and firewall; a slow provider may need a longer timeout in [network]",
    "redirect": "check the endpoint in the config: redirects are not followed",
}


def way_out(status: SourceStatus, now: int, *, screen: bool = False) -> str:
    """What to do about the state of a source, in one line; "" where there is nothing to do.

    With `screen` it may be a key or a command of the monitor.
    """
    word = status.word(now)
    found = _WAYS.get(word)
    return "" if found is None else clean(found(status, screen))


def failed_step(trouble: Trouble) -> str:
    """Where on its way a call to a provider ended: DNS, TCP, TLS, proxy, time-out, redirect; else the provider."""
    said = trouble.message.lower()
    if trouble.code == "ConnectError" and any(words in said for words in _NAMES_FAIL):
        return "DNS"
    return _STEPS.get(trouble.code, "provider")


def clock_off(seconds: float | None) -> str:
    """`4 min`: how far two clocks are apart, "" below a minute."""
    apart = abs(seconds or 0.0)
    if apart < SKEWED:
        return ""
    for size, unit in ((86_400, "days"), (3_600, "h"), (60, "min")):
        if apart >= 2 * size:
            return f"{round(apart / size)} {unit}"
    return f"{round(apart)} s"


def _no_key(status: SourceStatus, screen: bool) -> str:
    account = status.source.account
    if not account:  # there is no config yet: what is told of that is the way out
        return f":login {status.source.name}, or :demo" if screen else ""
    if status.keys:
        return f"set {' and '.join(status.keys)}, then start again{f'; or :login {account}' if screen else ''}"
    if status.credentials == "demo":
        return "give the account of this source a key that its endpoint is for"
    if elsewhere := _elsewhere(status):
        return f"{elsewhere}{'; it is looked for by itself, r looks now' if screen else ''}"
    if screen:
        return f":login {account}"
    code = status.trouble.code if status.trouble is not None else ""  # without one: the place is fine, and has no key
    if code in ("VaultLocked", "WrongPassphrase"):
        return "start it on a terminal, which asks for the passphrase of the vault"
    return "taskdeck doctor says how to make it usable" if code else f"taskdeck login {quoted(account)}"


def _refused(status: SourceStatus, screen: bool) -> str:
    if status.trouble is not None and status.trouble.kind == "ClockSkew":
        return f"set this machine's clock{', then r' if screen else ''}"
    if status.keys:
        login = f"; or :login {status.source.account}" if screen else ""
        return f"a valid key in {' and '.join(status.keys)}, then start again{login}"
    if status.credentials == "demo":
        return "r tries again" if screen else "try again"
    if elsewhere := _elsewhere(status):
        return f"{elsewhere}{'; it is looked for by itself, r looks now' if screen else ''}"
    account = status.source.account
    return f":login {account} gives it another key" if screen else f"taskdeck login {quoted(account)}"


def inactive(code: str) -> bool:
    """Whether a denial is about the account, which has not activated the product, and about no permission.

    tencent.md 2.2.
    """
    return any(word in code.lower() for word in ("invalidmpsuser", "invaliduser", "userarrears", "userunregister"))


def _elsewhere(status: SourceStatus) -> str:
    """Where a key that we only read is given: not to us."""
    kind, _, name = status.credentials.partition(":")
    if kind == "profile":
        return f"a valid key in profile {name} of the vendor's own CLI"
    return "the command of this account has to print a valid key" if kind == "command" else ""


def _denied(status: SourceStatus, screen: bool) -> str:
    if status.trouble is not None and inactive(status.trouble.code):
        return ACTIVATE
    return "taskdeck doctor --permissions names the permission that is missing"


def _throttled(status: SourceStatus, screen: bool) -> str:
    if screen:
        return f":every {max(1, round(status.interval * 2)):g}s {status.source.name} asks half as often"
    return f"a longer interval, or a smaller rate_share of {status.source.account or 'its account'}, asks less"


def _offline(status: SourceStatus, screen: bool) -> str:
    step = failed_step(status.trouble) if status.trouble is not None else ""
    return _REPAIRS.get(step, f"nothing here: it is tried again by itself{', or with r' if screen else ''}")


def _error(status: SourceStatus, screen: bool) -> str:
    code, kind = (status.trouble.code, status.trouble.kind) if status.trouble is not None else ("", "")
    if code == BUG:
        place = logs.place()
        return f"the trace is in {place}" if place else "start taskdeck with --log FILE: it keeps the trace"
    if kind == "NotFound":
        return f"taskdeck sources --discover {quoted(status.source.account)} lists what there is"
    if kind == "Malformed":
        return "check the endpoint in the config; it is tried again by itself"
    return "check the settings of this source in the config; it is tried again by itself"


def _late(status: SourceStatus, screen: bool) -> str:
    return "r reads it now" if screen else "a longer interval gives it the time that it needs"


def _partial(status: SourceStatus, screen: bool) -> str:
    if TOO_MANY in status.missing:
        return "a larger max_tasks, or a shorter window, of this source in the config"
    return "r reads the rest now; the next round does too" if screen else "ask again: the next round reads the rest"


def _empty(status: SourceStatus, screen: bool) -> str:
    if status.pushed:
        return f"only this is asked for: {', '.join(status.pushed)}; see this source in the config"
    return "see window and region of this source in the config"


_WAYS: Mapping[Word, Callable[[SourceStatus, bool], str]] = {
    Word.NOKEY: _no_key,
    Word.AUTH: _refused,
    Word.DENIED: _denied,
    Word.THROTTLED: _throttled,
    Word.OFFLINE: _offline,
    Word.ERROR: _error,
    Word.STALE: _late,
    Word.SLOW: _late,
    Word.PARTIAL: _partial,
    Word.EMPTY: _empty,
}
