"""The words of the sources while a command follows them: when one is another word, and how that is said on stderr."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from tui.cli.trouble import not_read
from tui.formats import rfc3339
from tui.status import SourceStatus, Word

FINE = (Word.LOADING, Word.LIVE, Word.EMPTY, Word.SLOW)
_NO_CALL = (Word.STALE, Word.PARTIAL)  # words that stand for no failed call: there is no code


class Turned(NamedTuple):
    """A source whose word is another one than `before`."""

    source: str
    word: Word
    before: Word
    at: int
    code: str | None = None
    message: str | None = None
    request_id: str | None = None


class Words:
    """The last word of each source; all begin as LOADING."""

    def __init__(self, clock: Callable[[], int]) -> None:
        self._clock = clock
        self._words: dict[str, Word] = {}

    def turned(self, status: SourceStatus) -> Turned | None:
        """What is to be told of a state: nothing while the word stays the same."""
        name, now = status.source.name, self._clock()
        word, before = status.word(now), self._words.get(name, Word.LOADING)
        if word is before:
            return None
        self._words[name] = word
        trouble = status.trouble
        if trouble is None:
            return Turned(name, word, before, now, message=_why(status, word))
        return Turned(name, word, before, now, trouble.code or None, trouble.message or None, trouble.request_id)


class Complaints:
    """The lines of stderr. Why there is no key is said once, as long as the source that it was said of has none."""

    def __init__(self) -> None:
        self._keyless: dict[str, str] = {}  # by source, why

    def line(self, one: Turned) -> str | None:
        """What a source's new state says, None where that is nothing."""
        self._keyless.pop(one.source, None)
        if one.word in FINE:
            return None if one.before in FINE else f"taskdeck: {one.source}: {one.word} again"
        message = one.message or ""
        if one.word is Word.NOKEY:
            first = next((name for name, why in self._keyless.items() if why == message), None)
            if first is None:
                self._keyless[one.source] = message
            else:
                message = f"as {first}"
        parts = [one.word, *([] if one.word in _NO_CALL else [one.code or "-"]), message]
        by = f" ({one.request_id})" if one.request_id else ""
        return f"taskdeck: {one.source}: {' '.join(parts).rstrip()}{by}"


def _why(status: SourceStatus, word: Word) -> str | None:
    """What there is to say of a word that stands for no failed call."""
    if word in (Word.SLOW, Word.STALE):
        return f"no answer since {rfc3339(status.answered_at)}"
    return not_read(status.missing) if word is Word.PARTIAL else None
