"""Which pages of a numbered list are left to read: all of them at once where the total says so (alibaba.md 7)."""

from __future__ import annotations

from typing import NamedTuple

PLANNED = 200  # pages asked for at once, at most: a total is a foreign number, and 10^12 are memory until there is none
SIZE = 100  # the vendor's default is 1 (trap 3), its maximum is not documented: what comes is what counts


class Cursor(NamedTuple):
    """One page. The `open` one is the last that is planned: it looks beyond itself."""

    number: int
    size: int = SIZE
    open: bool = True

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """Its query."""
        return (("pageNumber", str(self.number)), ("pageSize", str(self.size)))


FIRST = Cursor(1)


def following(at: Cursor, received: int, total: int | None) -> tuple[Cursor, ...]:
    """The pages to read after one that held `received` rows of a list of `total`; () at the end.

    A first page of another length than asked, although there is more, shows the size that the server allows:
    from then on that size is asked for. One more page has to prove it before the rest is planned.
    """
    if not at.open or received == 0:
        return ()
    after = at.number + 1
    if total is None:
        return (Cursor(after, at.size),) if received >= at.size else ()
    if (at.number - 1) * at.size + received >= total:
        return ()
    if received != at.size:
        return (Cursor(after, received if at.number == 1 else at.size),)
    last = min(-(-total // at.size), at.number + PLANNED)  # the open one plans the next
    return (*(Cursor(page, at.size, False) for page in range(after, last)), Cursor(last, at.size))
