"""Doing: one deed sent once, then the task asked by id, so that what is shown is what the provider says."""

from __future__ import annotations

import logging

from tui.adapters import Adapter, Doer
from tui.budget import Urgency, urgency
from tui.deeds import Deed, Done
from tui.errors import BadRequest, CallError, Malformed, NotFound, Unavailable
from tui.model import Task
from tui.patience import Patience, retrying

log = logging.getLogger(__name__)

# After these the task may be another one than its row said. After the others nothing has happened, and asking on with
# a refused key locks it.
WORTH_A_LOOK = (BadRequest, NotFound, Unavailable, Malformed)
TWICE = Patience(tries=2)


async def carry_out(adapter: Adapter, deed: Deed, task: Task, patience: Patience = TWICE) -> Done:
    """Sends a deed, never twice: one that timed out may have been done. Then reads the task by its id.

    What the provider or the network does is in the answer, not raised.
    """
    if not isinstance(adapter, Doer):
        return Done(task.key, deed, error=BadRequest(f"not sent: {deed.why_not or 'it has no such operation'}"))
    before = urgency.set(Urgency.WATCHED)
    try:
        done = await _sent(adapter, deed, task)
        if done.error is None or isinstance(done.error, WORTH_A_LOOK):
            done = await _looked(adapter, done, task, patience)
    finally:
        urgency.reset(before)
    log.log(logging.INFO if done.accepted else logging.WARNING, "%s: %s", done.key, done.told)
    return done


async def _sent(adapter: Doer, deed: Deed, task: Task) -> Done:
    done = Done(task.key, deed)
    try:
        return done._replace(request_id=await adapter.do(deed, task))
    except CallError as error:
        return done._replace(error=error, request_id=error.request_id)


async def _looked(adapter: Adapter, done: Done, task: Task, patience: Patience) -> Done:
    try:
        found = await retrying(lambda: adapter.settle([task]), patience)
    except CallError as error:
        return done._replace(unread=error)
    return done._replace(after=next(iter(found), None))
