"""The twelve states that a source can be in, as a poller would say them."""

from __future__ import annotations

from collections.abc import Iterable

from tests.ui.fake_desk import NOW, SOURCES, FakeDesk
from tui.model import Source
from tui.status import SourceStatus, Trouble, Word

KEYS = ("HUAWEICLOUD_SDK_AK", "HUAWEICLOUD_SDK_SK")
TROUBLES = {
    Word.NOKEY: Trouble(Word.NOKEY, "", f"account hw-staging: {KEYS[0]} is not set", kind="NoCredential"),
    Word.AUTH: Trouble(
        Word.AUTH, "APIGW.0301", "Incorrect IAM authentication \x1b[31minformation", "req-2", kind="AuthError"
    ),
    Word.DENIED: Trouble(Word.DENIED, "UnauthorizedOperation", "no tat:Describe", "req-3", kind="Denied"),
    Word.THROTTLED: Trouble(Word.THROTTLED, "RequestLimitExceeded", "slow down", "req-1", kind="Throttled"),
    Word.OFFLINE: Trouble(
        Word.OFFLINE, "ConnectError", "no connection to fc.example: Name or service not known", kind="Unavailable"
    ),
    Word.ERROR: Trouble(Word.ERROR, "bug", "a bug in taskdeck; the log has the trace"),
}
STOPPED = (Word.NOKEY, Word.AUTH)


def status(word: Word, source: Source = SOURCES[0], *, tasks: int = 640, now: int = NOW) -> SourceStatus:
    """A source in this state: what is wrong began a minute ago and was last seen 20 s ago."""
    trouble = TROUBLES.get(word)
    ages = {Word.SLOW: 40_000, Word.STALE: 100_000, Word.LOADING: None}
    answered = ages.get(word, 75_000 if trouble else 4_000)
    return SourceStatus(
        source=source,
        interval=15,
        effective=60 if word is Word.THROTTLED else 15,
        trouble=trouble,
        last_trouble=trouble,
        troubled_at=now - 20_000 if trouble else None,
        wrong_since=now - 60_000 if trouble else None,
        answered_at=None if answered is None else now - answered,
        next_at=None if word in STOPPED or word is Word.LOADING else now + (38_000 if trouble else 8_000),
        reading=word is Word.LOADING,
        rows_read=118 if word is Word.LOADING else 0,
        pages_read=1 if word is Word.LOADING else 0,
        calls=4,
        by_id=12,
        whole_at=None if answered is None else now - 200_000,
        missing=("FINISH with a failed subtask", "WAITING") if word is Word.PARTIAL else (),
        tasks=0 if word in (Word.EMPTY, Word.LOADING) else tasks,
        skew=250.0 if word is Word.LIVE else 0.4,
        pushed=("functions thumbnailer, ingest",) if word is Word.LIVE else (),
        budget=0.41 if word is Word.THROTTLED else 0.08,
        keys=KEYS if word in STOPPED else (),
    )


def tell(desk: FakeDesk, words: Iterable[Word], *, tasks: int | None = None) -> None:
    """Puts the sources of a desk, and more of the same adapters where there are more words, into these states."""
    for at, word in enumerate(words):
        source = SOURCES[at % len(SOURCES)]
        if at >= len(SOURCES):
            source = source._replace(name=f"{source.name}-{at // len(SOURCES) + 1}")
            desk.store.add_source(source)
        count = len(desk.store.tasks(source.name)) if tasks is None else tasks
        told = status(word, source, tasks=count)
        desk.store.set_status(told)
