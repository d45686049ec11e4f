"""The floor of a list: the same signed requests with http.client, one after the other, and json.loads; nothing else.

    floor.py record FOLDER TIMES [taskdeck's arguments]   runs taskdeck, and keeps its requests, signed so many times
    floor.py send FILE                                    sends those of one file and prints how many bytes came

A request is signed anew for each time, because no nonce may come twice.
"""

from __future__ import annotations

import base64
import http.client
import json
import sys


def record(folder: str, times: int, arguments: list[str]) -> None:
    """taskdeck as it is, but for its signers, which sign more often."""
    from pathlib import Path
    from typing import Any

    from tui.calls import Ask, Credential, Signed
    from tui.cli import run

    kept: list[list[Any]] = [[] for _ in range(times)]
    slot = vars(Ask)["sign"]

    def signer(ask: Ask) -> Any:
        sign = slot.__get__(ask)

        def often(ask: Ask, credential: Credential, now: float) -> Signed:
            for requests in kept:
                signed = sign(ask, credential, now)
                body = ask.body if signed.body is None else signed.body
                headers = dict((("Host", ask.host), *ask.headers, *signed.headers))
                target = ask.path + (f"?{ask.query}" if ask.query else "")
                requests.append([ask.host, ask.method, target, headers, base64.b64encode(body).decode()])
            return sign(ask, credential, now)  # type: ignore[no-any-return]  # a slot knows no types

        return often

    Ask.sign = property(signer, slot.__set__)  # type: ignore[assignment,method-assign]  # a slot's name is taken over
    code = run(arguments)
    for at, requests in enumerate(kept):
        Path(folder, f"floor-{at}.json").write_text(json.dumps(requests), "utf-8")
    sys.exit(code)


def send(path: str) -> None:
    """One connection for each host."""
    with open(path, encoding="utf-8") as file:
        requests = json.load(file)
    hosts: dict[str, http.client.HTTPConnection] = {}
    size = 0
    for host, method, target, headers, body in requests:
        line = hosts.setdefault(host, http.client.HTTPConnection(host))
        line.request(method, target, base64.b64decode(body), headers)
        answer = line.getresponse()
        content = answer.read()
        if answer.status >= 400:
            sys.exit(f"{method} {target[:80]}: {answer.status} {content[:200]!r}")
        json.loads(content)
        size += len(content)
    print(size)


if __name__ == "__main__":
    if sys.argv[1] == "record":
        record(sys.argv[2], int(sys.argv[3]), sys.argv[4:])
    send(sys.argv[2])
