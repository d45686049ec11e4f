"""A key tried for real before it is kept: one read of its vendor."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tui.errors import AuthError, BadRequest, CallError, ClockSkew, Denied, NoCredential, NotFound

if TYPE_CHECKING:
    from tui.calls import Credential
    from tui.settings import Account, Config
    from tui.trial import Sent

# Where a vendor is asked about an account that has no source yet: one that each has had from its start.
BEGIN = {"alibaba": "cn-hangzhou", "tencent": "", "huawei": "cn-north-4"}


class Proof(NamedTuple):
    """What came of the one read. `where` is the API and its region; `error` how the read failed, if it did."""

    where: str
    error: CallError | None = None
    sent: tuple[Sent, ...] = ()

    @property
    def good(self) -> bool:
        """Whether the vendor knows this key. It does, too, where it says what the key may not read or does not find."""
        if self.error is None:
            return True
        return isinstance(self.error, Denied | NotFound | BadRequest) and any(one.answered for one in self.sent)

    @property
    def refused(self) -> bool:
        """Whether it must not be kept: the vendor refused it, or it is no key for this account."""
        return isinstance(self.error, AuthError | ClockSkew | NoCredential)

    @property
    def skew(self) -> float | None:
        """The provider's clock minus ours, in seconds, where it told the time."""
        return next((one.skew for one in reversed(self.sent) if one.skew is not None), None)


async def proved(settings: Config, account: Account, credential: Credential) -> Proof:
    """One read with a key: of the account's first source, else where its vendor is asked first.

    Neither good nor refused: nobody answered, or nobody could read the answer, so the key is not known to be right.
    """
    from tui.adapters import Place, every, load
    from tui.answers import Want
    from tui.budget import Budget
    from tui.line import Clocks, Line
    from tui.net import Wire
    from tui.trial import Enough, Watched

    async def given() -> Credential:
        return credential

    source = next((one for one in settings.sources if one.account == account.name), None)
    if source is None:
        adapter = next(one for one in every() if one.vendor == account.vendor)
        place = Place(BEGIN[account.vendor])
    else:
        adapter, place = load(source.adapter), Place(source.region, source.endpoint)
    where = f"{adapter.id} in {place.region}" if place.region else adapter.id
    async with Wire(settings.network) as wire:
        line = Line(wire, account, place.region, given, budget=Budget(), clocks=Clocks())
        watched = Watched(line)
        watched.left = 1
        error: CallError | None = None
        try:
            if source is None:
                await adapter.discover(place, account, watched)
            else:
                here = adapter(source, account, watched)
                for listing in (await here.plan(Want()))[:1]:
                    await here.page(listing)
        except CallError as failed:
            error = failed
    if isinstance(error, Enough):  # our own limit: what counts is how the one call ended
        error = watched.sent[-1].error
    return Proof(where, error, tuple(watched.sent))
