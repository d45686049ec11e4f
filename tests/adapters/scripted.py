"""A Call without a network: answers from a script, signs and judges as the real border does."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tui.calls import Ask, Credential, Reply, Secret, Signed
from tui.errors import Malformed

KEY = Credential(key_id="AKIDFAKE", secret=Secret("fake-secret"))
Answers = Sequence[Reply] | Callable[[Ask], Reply]


class ScriptedCall:
    """Answers each ask with the next reply of the script (or what a function says); keeps asks and signatures."""

    def __init__(self, answers: Answers, credential: Credential = KEY, now: float = 1_768_465_800.0) -> None:
        self._answers = answers if callable(answers) else iter(answers).__next__
        self._by_ask = callable(answers)
        self._credential = credential
        self._now = now
        self.asks: list[Ask] = []
        self.signed: list[Signed] = []

    async def __call__(self, ask: Ask) -> Reply:
        self.asks.append(ask)
        self.signed.append(ask.sign(ask, self._credential, self._now))
        reply: Reply = self._answers(ask) if self._by_ask else self._answers()  # type: ignore[call-arg]
        error = ask.judge(reply)
        if error is not None:
            raise error
        if not reply.parsed and not (ask.action.kind == "write" and not reply.body):
            raise Malformed("the answer is not JSON", http_status=reply.status)
        return reply

    async def credential(self) -> Credential:
        return self._credential
