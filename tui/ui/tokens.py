"""Tokens: the names that widgets draw with, what each stands for, and which of them meet on the screen."""

from __future__ import annotations

from collections.abc import Mapping

TOKENS: Mapping[str, str] = {
    "text": "what one reads",
    "dim": "what stands beside it",
    "faint": "what does not count now: rows of a source that is not live, states without a task",
    "chrome": "the first line of a screen",
    "chrome.name": "the program's name in it",
    "chrome.dim": "its quiet parts",
    "title": "the title of a pane; the lines of a list above the screen",
    "title.active": "the title of the pane that has the keys; the title of such a list",
    "title.digit": "the digit that leads to a pane",
    "head": "the names of columns, and of groups",
    "cursor": "the row under the cursor",
    "cursor.idle": "the same in a pane that has not the keys",
    "state.bad": "failed, expired, gone; what is wrong with what was typed",
    "state.live": "running, retrying, stopping",
    "state.ok": "succeeded",
    "state.idle": "queued, cancelled",
    "state.unknown": "a state not met before",
    "error": "what a provider says went wrong",
    "age.fresh": "a source that is live, a row that is new",
    "age.slow": "a source that is late or held back",
    "age.stale": "a source that is in trouble",
    "mark": "marked rows, and what the monitor says of itself",
    "match": "the spot that is meant",
    "caret": "where one types",
    "key": "keys, and what is to be noticed first",
    "prod": "an account where a mistake is dear, and the right to write",
    "json.key": "names in an answer",
    "json.text": "texts in an answer",
    "json.value": "figures in an answer",
}
FAINT = frozenset({"faint"})
"""What is there to be passed over: 3 to 1 is enough; every other text has 4.5 to 1."""

_STATES = ("state.bad", "state.live", "state.ok", "state.idle", "state.unknown")
_AGES = ("age.fresh", "age.slow", "age.stale")
_ROW = ("text", "dim", "faint", "key", "mark", "error", *_STATES, *_AGES)
MEETS: Mapping[str, tuple[str, ...]] = {
    "": (*_ROW, "head", "match", "caret", "title.digit", "json.key", "json.text", "json.value", "prod"),
    "cursor": (*_ROW, "head"),
    "cursor.idle": _ROW,
    "chrome": ("chrome", "chrome.name", "chrome.dim", "mark", "key", "text", "prod", *_AGES),
    "title": ("title", "title.digit", *_ROW),
    "title.active": ("title.active", "title.digit", *_ROW),
    "prod": ("prod",),
}
"""Which tokens are written on which, "" being the background. One that has a background of its own stands on that."""
