"""Output: what a task printed or returned. Hidden until asked for; looked through and saved, kept nowhere."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import overload

from tui.answers import Output as Printed
from tui.text import clean
from tui.ui.ink import Ink
from tui.ui.task.about import About, Line
from tui.ui.task.rows import Rows, pattern
from tui.ui.titles import Pen

NONE = {
    "tencent-mps": "a task of MPS prints nothing: its results are in Raw",
    "huawei-kps": "a task of KPS prints nothing",
}


class Stage(Enum):
    """How far one is with it."""

    HIDDEN = "hidden"
    ASKING = "asking"
    HERE = "here"


class Lines(Sequence[Line]):
    """The rows of a text as lines, each made when it is looked at."""

    def __init__(self, head: Sequence[Line], rows: Rows, words: str, pen: Pen) -> None:
        self._head, self._rows, self._pen = head, rows, pen
        self._words = pattern(clean(words)) if words else None

    def __len__(self) -> int:
        return len(self._head) + len(self._rows)

    @overload
    def __getitem__(self, at: int) -> Line: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Line]: ...
    def __getitem__(self, at: int | slice) -> Line | Sequence[Line]:
        """One line, or those of a window."""
        if isinstance(at, slice):
            return [self[index] for index in range(len(self))[at]]
        return self._head[at] if at < len(self._head) else Line(self._ink(self._rows.row(at - len(self._head))))

    def _ink(self, row: str) -> Ink:
        look, ink, end = self._pen.look, Ink(), 0
        for hit in self._words.finditer(row) if self._words is not None else ():
            ink.add(row[end : hit.start()], look["text"]).add(row[hit.start() : hit.end()], look["match"])
            end = hit.end()
        return ink.add(row[end:], look["text"])


class Output:
    """The tab."""

    name = "Output"

    def __init__(self, about: About) -> None:
        self._about = about
        self.stage = Stage.HIDDEN
        self.trouble = ""
        self.words = ""
        self.printed: Printed | None = None
        self.rows: Rows | None = None
        self.size = self.unread = 0

    def label(self) -> str:
        """How large it is, as far as anyone knows, and whether it is hidden."""
        if self.stage is Stage.HERE:
            return size(self.size) if self.printed is not None else "none"
        known = self._about.detail.output_size if self._about.detail is not None else None
        return self.stage.value if known is None else f"{size(known)} {self.stage.value}"

    def take(self, printed: Printed | None) -> None:
        """What the provider has of it."""
        self.stage, self.printed, self.rows, self.trouble = Stage.HERE, printed, None, ""
        text = printed.text if printed is not None else ""
        self.size = len(text) if text.isascii() else len(text.encode("utf-8", "replace"))
        self.unread = 0 if text.isascii() else text.count("\ufffd")

    def lines(self, cells: int) -> Sequence[Line]:
        """What one can do about it; then the text, as far as it has been cut into rows."""
        pen, printed = self._about.pen(), self.printed
        if self.stage is not Stage.HERE or printed is None or not printed.text:
            return [Line(Ink()), *self._told(pen)]
        if self.rows is None or self.rows.cells != max(8, cells - 2):
            self.rows = Rows(printed.text, cells - 2)
            self.rows.begin()
        return Lines(self.head(pen), self.rows, self.words, pen)

    def head(self, pen: Pen) -> Sequence[Line]:
        """What of it is no text, what the provider cut off, and where the rest is."""
        printed, lines = self.printed, list[Line]()
        if self.unread:
            told = f"no text: {self.unread:,} bytes are neither UTF-8 nor (from Windows) GBK; each stands as \ufffd"
            lines.append(Line(Ink().add(told, pen.look["age.slow"])))
        if printed is not None and printed.dropped:
            told = f"the provider cut off {size(printed.dropped)}"
            lines.append(Line(Ink().add(told, pen.look["age.slow"])))
        if printed is not None and printed.url:
            lines.append(Line(Ink().add(f"whole at {clean(printed.url)}", pen.look["age.slow"])))
        return lines

    def _told(self, pen: Pen) -> list[Line]:
        look = pen.look
        if self.trouble:
            return [
                Line(Ink().add(clean(self.trouble), look["state.bad"])),
                Line(Ink().add("o asks again", look["dim"])),
            ]
        if self.stage is Stage.ASKING:
            return [Line(Ink().add("asking for it ..", look["dim"]))]
        if self.stage is Stage.HIDDEN:
            what = f"{self.label()}. It may hold secrets."
            keys = "o fetches it once. It is shown here and stored nowhere; s then saves it to a file."
            return [Line(Ink().add(what, look["text"])), Line(Ink().add(keys, look["dim"]))]
        none = NONE.get(self._about.adapter, "the provider has no output of this task")
        empty = "" if self.printed is None else "it is empty: the task printed nothing"
        return [*self.head(pen), Line(Ink().add(empty or none, look["dim"]))]


def size(count: int) -> str:
    """`12 KB`."""
    for unit, scale in (("MB", 1_000_000), ("KB", 1_000)):
        if count >= scale:
            return f"{count / scale:.1f} {unit}" if count < 10 * scale else f"{count // scale:,} {unit}"
    return f"{count:,} bytes"
