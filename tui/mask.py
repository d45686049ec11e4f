"""Masking: what sounds or looks like a secret in foreign data is not shown. Pure.

Three rules: the name of a field; the form of a text (key ids, tokens, PEM, presigned URLs, signed headers); a name and
its value within a text. What is masked is gone, but for key ids: their last four say which key it was.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

MASK = "********"
SCANNED = 20_000  # characters of one text that are looked through: nobody shows more of it
TELLING = 12  # characters that an id has at least whose last four do not give it away

# Cursors of pages are called tokens too; they open nothing, and whoever looks for a hole in a list needs them.
_NO_CURSOR = r"(?<!next)(?<!next_)(?<!scroll)(?<!scroll_)(?<!page)(?<!page_)(?<!client)(?<!client_)(?<!continuation)"
_NAMES = (
    r"secret|passw|passphrase|private_?key|credential|authorization|cookie|api_?key|signature"
    rf"|^pwd$|{_NO_CURSOR}token(?!s)"
)
_IDS = r"access_?key_?id|^ak$|^secret_?id$"
NAME = re.compile(rf"{_IDS}|access_?key|{_NAMES}", re.IGNORECASE)
"""Names of fields whose value is a secret."""
KEY_ID = re.compile(_IDS, re.IGNORECASE)
"""Names of fields that say which key, and are shown to their last four."""
UNSHOWN = frozenset({"returnpayload", "taskpayload", "invocationpayload", "output", "content"})
"""Names of fields that hold what a task was given or returned: anything may be in there."""
_PROSE = re.compile(r"[A-Za-z]{1,20}[.!]?|\(.*|0|null|None|true|false", re.DOTALL)
"""What no key looks like: `token: expired` says what happened."""


class _Look(NamedTuple):
    """A pattern, what of it a text has in small letters (most have none: 230 us become 8), and what it becomes."""

    source: str
    flags: re.RegexFlag
    hints: tuple[str, ...]
    put: Callable[[re.Match[str]], str]

    def taken_out(self, text: str, low: str) -> str:
        """The text without what the pattern finds. It is compiled when a text needs it: all five cost 10 ms."""
        for hint in self.hints:
            if hint in low:
                return re.sub(self.source, self.put, text, flags=self.flags)
        return text


def last_four(key_id: str) -> str:
    """Which key, for whoever has several; nothing of one that is short."""
    return MASK + key_id[-4:] if len(key_id) >= TELLING else MASK


def _which(found: re.Match[str]) -> str:
    return last_four(found[0])


def _gone(found: re.Match[str]) -> str:
    return MASK


def _named(found: re.Match[str]) -> str:
    return f"{found[1]}{MASK}"


def _pair(found: re.Match[str]) -> str:
    name, password, between, quote, value = found.groups()
    if value.startswith(MASK):  # by its form already, a key id with its last four
        return found[0]
    if not password and not quote and between != "=" and _PROSE.fullmatch(value):
        return found[0]
    return f"{name}{between}{quote or ''}{last_four(value) if KEY_ID.search(name) else MASK}"


_KEY = _Look(
    r"""\b(?: LTAI[0-9A-Za-z]{12,30} | AKID[0-9A-Za-z]{13,40} | (?:AKIA|ASIA)[0-9A-Z]{16} | STS\.[0-9A-Za-z]{12,40}
          | (?<=\bAK[ :="'])[0-9A-Z]{20} | (?<=\bAK[:=][ "'])[0-9A-Z]{20} | (?<=\bAccess=)[0-9A-Z]{20} )\b""",
    re.VERBOSE,
    ("ltai", "akid", "akia", "asia", "sts.", "ak ", "ak:", "ak=", "ak'", 'ak"', "access="),
    put=_which,
)
"""Key ids of the three vendors (a Huawei one beside its word alone: 20 capitals and digits are much else too)."""
_FORM = _Look(
    r"""-----BEGIN[ A-Z0-9]{0,40}PRIVATE[ ]KEY-----.*?(?:-----END[ A-Z0-9]{0,40}PRIVATE[ ]KEY-----|\Z)
      | \b(?:ACS3|TC3|SDK|AWS4|OSS4|V11)-HMAC-[A-Z0-9-]{2,20}[ ](?=[^\n"']{0,200}(?:Credential|Access)=)[^\n"']{1,2000}
      | \beyJ[0-9A-Za-z_-]{8,}\.[0-9A-Za-z_-]{8,}\.[0-9A-Za-z_-]*                              # JSON web tokens
      | \b(?:CAIS|MII)[0-9A-Za-z+/=_-]{100,}                                                   # STS and IAM tokens
      | (?<=://)[^/\s:@"']{0,200}:[^/\s@"']{1,200}(?=@)                                        # user:password in a URL
      | (?<=Bearer[ ])[0-9A-Za-z._~+/=-]{6,} | (?<=Basic[ ])[0-9A-Za-z+/=]{6,}
    """,
    re.VERBOSE | re.DOTALL,
    ("-----begin", "-hmac-", "eyj", "cais", "mii", "://", "bearer ", "basic "),
    put=_gone,
)
_QUERY = _Look(
    r"""([?&;](?: (?:x-)?[a-z0-9]{0,10}-?(?:signature|credential|security-token) | q-signature | q-ak | sign
          | ossaccesskeyid | awsaccesskeyid | auth_key | access_token | token ) = ) [^&\s"'<>\#\\]{1,4000}""",
    re.IGNORECASE | re.VERBOSE,
    ("signature=", "credential=", "-token=", "sign=", "q-ak=", "accesskeyid=", "auth_key=", "access_token=", "token="),
    put=_named,
)
"""What signs a URL that whoever has it may open."""
_PAIR_HINTS = (
    *("secret", "passw", "passphrase", "access", "private", "credential", "authorization", "api"),
    *("signature", "pwd", "token"),
)
_PAIR = _Look(
    rf"""((?: secret | (passw(?:or)?d | passphrase) | access_?key | private_?key | credential | authorization | api_?key
          | x-[a-z-]{{0,20}}signature | \b pwd | {_NO_CURSOR} token (?!s\b|s[_-]) )
          [\w-]{{0,40}} (?:\\?["'])? ) (\s{{0,4}} [:=] \s{{0,4}} )
        (\\?["'])? ((?(4) (?: (?!\4). ){{1,4000}} | (?: (?:Bearer|Basic)[ ] )? [^\s,;&"'\\}}]{{1,4000}} ))""",
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
    _PAIR_HINTS,
    put=_pair,
)
"""`password = ..`, `"db_password": ".."`, `Authorization: Bearer ..` within a text."""
_AFTER = _Look(
    r"""(\b(?:set-)?cookie:[ ]{0,4} | --[a-z-]{0,40}(?:secret|passw|token)[a-z-]{0,20}[ ]{1,4}(?=[^-\s]))
        ((?<=[ ])(?<!:[ ])[^\s"']{1,4000} | [^\r\n"']{1,4000})""",
    re.IGNORECASE | re.VERBOSE,
    ("cookie:", "--"),
    put=_named,
)
"""A header to the end of its line, the value of an option of a command."""
_LOOKED_FOR = (_FORM, _KEY, _QUERY, _AFTER, _PAIR)


def secret(name: str, value: Any) -> bool:
    """Whether a field is not shown for its name."""
    return isinstance(value, str) and bool(value) and NAME.search(name) is not None


def unshown(name: str, value: Any) -> bool:
    """Whether a field holds what only an explicit key may show: a payload, an output."""
    return isinstance(value, str) and bool(value) and name.lower() in UNSHOWN


def inside(text: str) -> str:
    """A text with what looks like a secret in it masked, as far as it is shown."""
    head, rest = text[:SCANNED], text[SCANNED:]
    low = head.lower()
    for look in _LOOKED_FOR:
        head = look.taken_out(head, low)
    return head + rest


def whole(text: str) -> str:
    """The same for all of a text of any length, in pieces that end at a blank or the end of a line where one is."""
    pieces: list[str] = []
    while len(text) > SCANNED:
        end = max(text.rfind("\n", SCANNED // 2, SCANNED), text.rfind(" ", SCANNED // 2, SCANNED)) + 1 or SCANNED
        pieces.append(inside(text[:end]))
        text = text[end:]
    return "".join([*pieces, inside(text)])


def shown(name: str, value: str) -> str:
    """A text in a field as it may be shown; a payload or an output is named by its size."""
    if unshown(name, value):
        return f"{MASK} {len(value):,} characters"
    if not secret(name, value):
        return inside(value)
    return last_four(value) if KEY_ID.search(name) else MASK


def masked(value: Any, name: str = "", depth: int = 40) -> Any:
    """Decoded JSON without its secrets."""
    if isinstance(value, str):
        return shown(name, value)
    if not isinstance(value, Mapping | list | tuple):
        return value
    if not depth:  # what nobody looks through is not shown either
        return MASK
    if isinstance(value, Mapping):
        return {key: masked(each, str(key), depth - 1) for key, each in value.items()}
    return [masked(each, name, depth - 1) for each in value]
