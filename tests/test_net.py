"""The border, byte for byte: what leaves, what is taken for an answer, and what every failure becomes."""

from __future__ import annotations

import asyncio
import base64
import gzip
import json
import time
import zlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from email.utils import formatdate
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.raw_server import SILENCE, Answer, Heard, chunked, http, listening, raw_server
from tui.budget import Budget
from tui.calls import Action, Ask, Credential, Reply, Secret, Signed
from tui.errors import (
    AuthError,
    BadRequest,
    CallError,
    ClockSkew,
    Malformed,
    NoCredential,
    Unavailable,
    WriteRefused,
)
from tui.line import Clocks, Line
from tui.net import Wire, _fields, _second, _skew
from tui.settings import EVERYTHING, Account, Network
from tui.settings.kinds import Seconds, Share

READ, WRITE = Action("ListThings"), Action("StopThing", "write")
KEY = Credential(key_id="AKIDFAKE", secret=Secret("fa/ke+secret="), token=Secret("sts+token/=="))


def sign(ask: Ask, credential: Credential, now: float) -> Signed:
    token = credential.token.reveal() if credential.token else ""
    return Signed((("Authorization", f"FAKE {credential.key_id}"), ("X-Token", token), ("X-Date", f"{now:.0f}")))


def judge(reply: Reply) -> CallError | None:
    if reply.status == 401:
        return AuthError(reply.body.decode(), code="BadKey", http_status=401)
    if reply.status == 412:
        error = ClockSkew(f"too far: {reply.headers.get('x-why', '')}", code="TimeTooSkewed")
        error.offset = reply.skew
        return error
    return Unavailable("server", http_status=reply.status) if reply.status >= 500 else None


def ask(origin: str, path: str = "/", query: str = "", **more: Any) -> Ask:
    given: dict[str, Any] = {"action": READ, "method": "GET", "sign": sign, "judge": judge} | more
    return Ask(origin=origin, path=path, query=query, **given)


@asynccontextmanager
async def line(
    *,
    seconds: float = 5.0,
    answer_limit: int = 2**20,
    write: bool = False,
    credential: Credential = KEY,
    credentials: str = "env",
    clocks: Clocks | None = None,
    **network: Any,
) -> AsyncIterator[Line]:
    account = Account(name="acme", vendor="alibaba", credentials=credentials, rate_share=Share(EVERYTHING))

    async def ask_for_it() -> Credential:
        return credential

    async with Wire(Network(timeout=Seconds(seconds), **network), answer_limit=answer_limit) as wire:
        yield Line(wire, account, "", ask_for_it, budget=Budget(), clocks=clocks or Clocks(), write=write)


async def failure(answer: Answer, **settings: Any) -> CallError:
    """The error that an answer becomes."""
    async with raw_server(answer) as server, line(**settings) as call:
        with pytest.raises(CallError) as caught:
            await call(ask(server.origin))
    return caught.value


async def success(answer: Answer, **settings: Any) -> Any:
    """The JSON of an answer."""
    async with raw_server(answer) as server, line(**settings) as call:
        return (await call(ask(server.origin))).json


def test_headers_are_text_whatever_they_are_written_in_and_two_of_a_name_are_one() -> None:
    raw = [(b"X-Id", b"a"), (b"x-id", "\u4efb".encode()), (b"X-Old", b"caf\xe9"), (b"Date", b"")]
    assert _fields(raw) == {"x-id": "a, \u4efb", "x-old": "caf\xe9", "date": ""}


class TestWhatIsSent:
    @pytest.mark.parametrize(
        ("path", "query"),
        [
            ("/2023-03-30/functions/a%2Fb/async-tasks", "nextToken=a%2Bb%3D%3D&limit=100"),
            ("/x%0Ay%20z", "q=%20%2B%2f"),
            ("/%E4%BB%BB%E5%8A%A1", "name=%E4%BB%BB"),
            ("/a+b", "c+d=e+f"),
            ("/a%2e%2e/~-_.", "empty=&flag"),
            ("/!'()*", "s=!'()*"),
            ("/x", ""),
        ],
    )
    async def test_the_target_is_sent_as_it_was_signed(self, path: str, query: str) -> None:
        async with raw_server(http()) as server, line() as call:
            await call(ask(server.origin, path, query))
        assert server.heard[0].target.decode() == (f"{path}?{query}" if query else path)

    @pytest.mark.parametrize("path", ["/ä", "/a b", "/a/../b", "/x\ny", "/a#b"])
    async def test_a_path_that_would_be_changed_on_its_way_is_refused(self, path: str) -> None:
        async with raw_server(http()) as server, line() as call:
            with pytest.raises(BadRequest):
                await call(ask(server.origin, path, "q=1"))
        assert server.heard == []

    async def test_the_host_header_names_an_odd_port(self) -> None:
        async with raw_server(http()) as server, line() as call:
            await call(ask(server.origin))
        assert server.heard[0].headers[b"host"] == f"127.0.0.1:{server.port}".encode()

    def test_the_host_of_the_schemes_own_port_has_none(self) -> None:
        assert ask("https://host.example").host == "host.example"
        assert ask("https://host.example", "/a", "b=c").url == "https://host.example/a?b=c"

    async def test_nothing_is_sent_that_nobody_asked_for(self) -> None:
        async with raw_server(http()) as server, line() as call:
            await call(ask(server.origin, headers=(("x-acs-action", "List"),)))
        sent = server.heard[0].headers
        assert set(sent) == {b"host", b"user-agent", b"x-acs-action", b"authorization", b"x-token", b"x-date"}

    async def test_a_body_is_sent_as_it_is(self) -> None:
        content = '{"名":"\\u0000", "x" : 1e999}'.encode()
        async with raw_server(http()) as server, line() as call:
            await call(ask(server.origin, method="POST", body=content))
        assert server.heard[0].body == content
        assert server.heard[0].headers[b"content-length"] == str(len(content)).encode()

    async def test_the_signers_body_replaces_the_asks(self) -> None:
        def login(one: Ask, credential: Credential, now: float) -> Signed:
            return Signed((), b'{"password": 1}')

        async with raw_server(http()) as server, line() as call:
            await call(ask(server.origin, method="POST", body=b"{}", sign=login))
        assert server.heard[0].body == b'{"password": 1}'

    async def test_environment_proxies_and_netrc_are_ignored(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
    ) -> None:
        for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, "http://127.0.0.1:9")
        monkeypatch.delenv("no_proxy", raising=False)
        netrc = tmp_path / "netrc"
        netrc.write_text("machine 127.0.0.1 login someone password something\n")
        netrc.chmod(0o600)
        monkeypatch.setenv("NETRC", str(netrc))
        async with raw_server(http()) as server, line() as call:
            await call(ask(server.origin))
        assert server.heard[0].headers[b"authorization"] == b"FAKE AKIDFAKE"

    async def test_the_proxy_of_the_config_is_asked_for_the_host_and_told_no_key(self) -> None:
        async with raw_server(http(b"", status="403 Forbidden")) as proxy, line(proxy=proxy.origin) as call:
            with pytest.raises(Unavailable) as caught:
                await call(ask("https://cloud.example"))
        assert proxy.heard[0].line == b"CONNECT cloud.example:443 HTTP/1.1"
        assert b"FAKE" not in proxy.heard[0].head
        assert caught.value.code == "ProxyError"

    async def test_loopback_is_never_asked_through_the_proxy(self) -> None:
        async with raw_server(http()) as server, line(proxy="http://127.0.0.1:9") as call:
            await call(ask(server.origin))
        assert len(server.heard) == 1


class TestRedirects:
    @pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See", "307 Temp", "308 Perm", "304 Not"])
    async def test_a_redirect_is_an_error_and_no_key_follows_it(self, status: str) -> None:
        async with raw_server(http()) as elsewhere:
            error = await failure(http(b"", f"Location: {elsewhere.origin}/?sig=1", status=status))
        assert isinstance(error, Unavailable)
        assert error.code == "Redirected"
        assert "sig=1" not in error.message
        assert elsewhere.heard == []


class TestAnswers:
    @pytest.mark.parametrize(
        ("answer", "value"),
        [
            (http(b'{"a": 1}'), {"a": 1}),
            (http(b"\xef\xbb\xbf[]"), []),
            (http(b"null"), None),
            (http('{"a": "任务"}'.encode(), "Content-Type: text/html; charset=latin-1"), {"a": "任务"}),
            (chunked(b'{"a"', b": 1}"), {"a": 1}),
            (http(gzip.compress(b'{"a": 1}', mtime=0), "Content-Encoding: gzip"), {"a": 1}),
            (http(zlib.compress(b'{"a": 1}'), "Content-Encoding: deflate"), {"a": 1}),
            (b'HTTP/1.1 200 OK\r\n\r\n{"a": 1}', {"a": 1}),
            (b'HTTP/1.0 200 OK\r\n\r\n{"a": 1}', {"a": 1}),
            (b"HTTP/1.1 100 Continue\r\n\r\n" + http(b"7"), 7),
        ],
    )
    async def test_json_is_read_whatever_it_comes_in(self, answer: bytes, value: Any) -> None:
        assert await success(answer) == value

    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"<html>502</html>",
            b'{"a": NaN}',
            b'{"a": -Infinity}',
            b'{"a": 1',
            b'{"a": "\xff"}',
            b"[" * 100_000,
            b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
            b"9" * 5_000,
            b"\x00\x00\x00\x00",
        ],
    )
    async def test_a_success_that_nobody_can_read_is_malformed(self, body: bytes) -> None:
        error = await failure(http(body))
        assert isinstance(error, Malformed)
        assert error.http_status == 200

    async def test_a_malformed_answer_is_described_and_never_quoted(self) -> None:
        error = await failure(http(b"private text", "Content-Type: text/plain; charset=x"))
        assert error.message == "HTTP 200 with 12 bytes of text/plain: not JSON"

    @pytest.mark.parametrize(
        "answer",
        [
            b"\r\n",
            b"SSH-2.0-OpenSSH_9.9\r\n",
            b"HTTP/1.1 abc\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}",
            b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
            b"\x15\x03\x01\x00\x02\x02\x46",
            http(b"{}", length=100),
            chunked(b"{}", end=False),
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        ],
    )
    async def test_a_broken_or_cut_answer_is_unavailable(self, answer: bytes) -> None:
        assert isinstance(await failure(answer), Unavailable)

    async def test_bytes_that_are_no_gzip_are_malformed(self) -> None:
        assert isinstance(await failure(http(b"{}", "Content-Encoding: gzip")), Malformed)

    async def test_a_cut_gzip_is_never_taken_for_a_whole_answer(self) -> None:
        whole = gzip.compress(json.dumps(list(range(1000))).encode())
        assert isinstance(await failure(http(whole[:-20], "Content-Encoding: gzip")), Malformed)

    async def test_an_encoding_that_we_never_asked_for_is_malformed(self) -> None:
        assert isinstance(await failure(http(b"{}", "Content-Encoding: br")), Malformed)
        twice = gzip.compress(gzip.compress(b"{}"), mtime=0)
        assert isinstance(await failure(http(twice, "Content-Encoding: gzip, gzip")), Malformed)

    async def test_an_answer_at_the_limit_is_read(self) -> None:
        assert len(await success(http(b'"' + b"x" * 98 + b'"'), answer_limit=100)) == 98

    @pytest.mark.parametrize(
        "answer",
        [
            http(b'"' + b"x" * 99 + b'"'),
            chunked(*[b"xxxxxxxxxx"] * 11),
            http(gzip.compress(b'"' + b"x" * 10_000_000 + b'"', mtime=0), "Content-Encoding: gzip"),
            http(zlib.compress(b'"' + b"x" * 10_000_000 + b'"'), "Content-Encoding: deflate"),
        ],
    )
    async def test_an_answer_over_the_limit_is_malformed(self, answer: bytes) -> None:
        error = await failure(answer, answer_limit=100)
        assert isinstance(error, Malformed)
        assert "larger than" in error.message

    async def test_a_bomb_is_never_unfolded_past_the_limit(self, monkeypatch: pytest.MonkeyPatch) -> None:
        import tracemalloc

        bomb = http(gzip.compress(b"\x00" * 20_000_000, 6, mtime=0), "Content-Encoding: gzip")
        async with raw_server(bomb) as server, line(answer_limit=1_000_000) as call:
            with pytest.raises(Malformed):  # once for the imports
                await call(ask(server.origin))
            tracemalloc.start()
            try:
                with pytest.raises(Malformed):
                    await call(ask(server.origin))
                peak = tracemalloc.get_traced_memory()[1]
            finally:
                tracemalloc.stop()
        assert peak < 10_000_000

    async def test_an_empty_answer_is_a_success_of_a_write_only(self) -> None:
        async with raw_server(http(b"", status="204 No Content")) as server, line(write=True) as call:
            assert not (await call(ask(server.origin, action=WRITE))).parsed
            with pytest.raises(Malformed):
                await call(ask(server.origin))

    async def test_an_error_body_is_judged_though_it_is_no_json(self) -> None:
        error = await failure(http(b"<html>", status="502 Bad Gateway"))
        assert isinstance(error, Unavailable)
        assert error.http_status == 502


class TestTrouble:
    async def test_silence_ends_at_the_deadline(self) -> None:
        error = await failure(SILENCE, seconds=0.05)
        assert isinstance(error, Unavailable)
        assert error.code == "TimedOut"

    async def test_an_answer_that_drips_ends_at_the_deadline_of_the_whole(self) -> None:
        async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
            while not writer.transport.is_closing():
                writer.write(b" ")
                await asyncio.sleep(0.005)

        async with listening(drip) as port, line(seconds=0.1) as call:
            with pytest.raises(Unavailable) as caught:
                await call(ask(f"http://127.0.0.1:{port}"))
            assert caught.value.code == "TimedOut"

    async def test_a_refused_connection_is_unavailable(self) -> None:
        async with raw_server(http()) as server:
            origin = server.origin
        async with line() as call:
            with pytest.raises(Unavailable) as caught:
                await call(ask(origin))
        assert caught.value.code == "ConnectError"
        assert "127.0.0.1" in caught.value.message

    async def test_tls_to_a_port_that_speaks_none_is_unavailable(self) -> None:
        async def plain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")

        async with listening(plain) as port, line() as call:
            with pytest.raises(Unavailable):
                await call(ask(f"https://127.0.0.1:{port}"))

    async def test_tls_on_loopback_is_checked_even_after_a_plain_call(self) -> None:
        async with raw_server(http()) as server, line() as call:
            await call(ask(server.origin))
            plain = call._wire._transport(ask(server.origin))
            secure = call._wire._transport(ask("https://127.0.0.1:1"))
            assert plain is not secure
            assert plain.trust is None
            assert secure.trust is not None
            assert secure.trust.check_hostname

    async def test_a_ca_bundle_that_holds_no_certificate_is_unavailable(self, tmp_path: Any) -> None:
        (tmp_path / "ca.pem").write_text("nothing\n")
        async with line(ca_bundle=str(tmp_path / "ca.pem")) as call:
            with pytest.raises(Unavailable):
                await call(ask("https://cloud.example"))

    async def test_a_header_that_cannot_be_sent_is_refused_without_its_text(self) -> None:
        async with raw_server(http()) as server, line(credential=replace(KEY, token=Secret("tok\nen"))) as call:
            with pytest.raises(BadRequest) as caught:
                await call(ask(server.origin))
        assert "tok" not in f"{caught.value} {caught.value!r} {caught.value.message}"
        assert server.heard == []

    async def test_a_cancelled_call_is_cancelled(self) -> None:
        async with raw_server(SILENCE) as server, line() as call:
            waiting = asyncio.create_task(call(ask(server.origin)))
            await server.has_heard(1)
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting


class TestSecrets:
    async def test_a_provider_that_quotes_our_secrets_is_not_quoted(self) -> None:
        assert KEY.token
        both = [KEY.secret.reveal(), KEY.token.reveal()]
        said = " ".join([*both, *(quote(one, safe="") for one in both)]).encode()
        error = await failure(http(b"wrong: " + said, status="401 No"))
        assert isinstance(error, AuthError)
        assert error.message == "wrong: *** *** *** ***"
        assert str(error) == error.message
        for one in both:
            assert one not in repr(error)
            assert quote(one, safe="") not in repr(error)

    def test_no_repr_shows_a_secret(self) -> None:
        assert "secret" not in repr(KEY).replace("secret=Secret(***)", "")
        assert "sts" not in repr(KEY)
        assert KEY.secret == Secret("fa/ke+secret=")
        assert KEY.secret != "fa/ke+secret="
        assert not Secret("")
        assert len({KEY.secret, Secret("fa/ke+secret=")}) == 1

    def test_a_secret_is_not_pickled(self) -> None:
        import copy
        import pickle

        with pytest.raises(TypeError):
            pickle.dumps(KEY.secret)
        assert copy.deepcopy(KEY).secret is KEY.secret

    async def test_demo_keys_go_to_loopback_only(self) -> None:
        async with line(credentials="demo") as call:
            for origin in ("https://cloud.example", "https://128.0.0.1", "https://[2001:db8::1]:443"):
                with pytest.raises(NoCredential):
                    await call(ask(origin))
            assert call.calls == 0
        async with raw_server(http()) as server, line(credentials="demo") as call:
            await call(ask(server.origin))
            assert call.calls == 1


class TestGrants:
    async def test_a_write_without_a_grant_is_refused_before_anything_is_asked(self) -> None:
        async with raw_server(http()) as server, line() as call:
            with pytest.raises(WriteRefused, match="StopThing"):
                await call(ask(server.origin, action=WRITE))
            assert call.calls == 0
        assert server.heard == []

    async def test_a_write_with_a_grant_is_sent(self) -> None:
        async with raw_server(http()) as server, line(write=True) as call:
            await call(ask(server.origin, action=WRITE))
        assert len(server.heard) == 1


@given(st.integers(0, 253_402_300_799))
def test_a_date_is_read_as_the_library_reads_it(second: int) -> None:
    plain = formatdate(second, usegmt=True)
    assert _second(plain) == _second(plain.replace("GMT", "+0000")) == second


@pytest.mark.parametrize(
    "date",
    ["", "now", "Sun, 31 Feb 2026 10:00:00 GMT", "Sun, 22 Abc 2026 10:00:00 GMT", "Sun, 22 Nov 2026 24:00:00 GMT"],
)
def test_what_is_no_date_says_nothing_of_a_clock(date: str) -> None:
    assert _skew({"date": date}, 0.0, 0.0) is None
    assert _skew({}, 0.0, 0.0) is None


def skewed(server_now: float) -> Callable[[Heard], bytes]:
    """A server that believes only times within a minute of its own."""

    def answer(heard: Heard) -> bytes:
        date = f"Date: {formatdate(server_now, usegmt=True)}"
        if abs(float(heard.headers[b"x-date"]) - server_now) > 60:
            return http(b"{}", date, "X-Why: expired", status="412 Skew")
        return http(b"{}", date)

    return answer


class TestClock:
    @pytest.mark.parametrize("off", [-86_400.0, -900.0, 900.0, 86_400.0])
    async def test_a_wrong_clock_is_measured_and_the_call_is_signed_again_once(self, off: float) -> None:
        clocks = Clocks()
        async with raw_server(skewed(time.time() + off)) as server, line(clocks=clocks) as call:
            await call(ask(server.origin))
            assert len(server.heard) == 2
            await call(ask(server.origin))
            assert len(server.heard) == 3
            assert call.calls == 3
            assert call.skew == pytest.approx(off, abs=3)
        assert clocks.now(server.origin) - time.time() == pytest.approx(off, abs=3)
        assert clocks.now("https://other.example") == pytest.approx(time.time(), abs=3)

    async def test_a_clock_that_is_put_right_is_measured_against_the_one_that_signed(self) -> None:
        """Huawei says of a wrong clock what it says of a wrong key: only the skew tells them apart."""
        origin_off = {"now": 900.0}

        def unsure(reply: Reply) -> CallError | None:
            found = judge(reply)
            far = reply.skew is not None and abs(reply.skew) > 60
            return AuthError("which?", http_status=412) if isinstance(found, ClockSkew) and not far else found

        def answer(heard: Heard) -> bytes:
            return skewed(time.time() + origin_off["now"])(heard)

        clocks = Clocks()
        async with raw_server(answer) as server, line(clocks=clocks) as call:
            await call(ask(server.origin, judge=unsure))
            origin_off["now"] = 0.0
            await call(ask(server.origin, judge=unsure))
            assert len(server.heard) == 4
            assert call.skew == pytest.approx(0, abs=3)
            assert clocks.offset(server.origin) == pytest.approx(0, abs=3)

    async def test_a_second_refusal_says_by_how_much_the_clock_is_off(self) -> None:
        date = f"Date: {formatdate(time.time() + 900, usegmt=True)}"
        async with raw_server(http(b"{}", date, "X-Why: always", status="412 Skew")) as server, line() as call:
            with pytest.raises(ClockSkew, match=r"this machine's clock is off by \+(899|900|901) s: too far: always"):
                await call(ask(server.origin))
            assert len(server.heard) == 2

    async def test_a_refusal_by_a_clock_that_agrees_does_not_blame_this_machine(self) -> None:
        date = f"Date: {formatdate(time.time(), usegmt=True)}"
        async with raw_server(http(b"{}", date, "X-Why: always", status="412 Skew")) as server, line() as call:
            with pytest.raises(ClockSkew, match=r"^this machine's clock agrees with the provider's: too far: always"):
                await call(ask(server.origin))

    async def test_without_a_date_nothing_is_signed_again(self) -> None:
        async with raw_server(http(b"{}", status="412 Skew")) as server, line() as call:
            with pytest.raises(ClockSkew):
                await call(ask(server.origin))
        assert len(server.heard) == 1

    @pytest.mark.parametrize(
        "date", ["nonsense", "", "Thu, 99 Jan 2026 00:00:00 GMT", "Thu, 01 Jan 99999 00:00:00 GMT"]
    )
    async def test_a_date_that_is_none_says_nothing(self, date: str) -> None:
        async with raw_server(http(b"{}", f"Date: {date}")) as server, line() as call:
            assert (await call(ask(server.origin))).skew is None

    async def test_another_failure_after_the_correction_is_what_it_is(self) -> None:
        date = f"Date: {formatdate(time.time() + 900, usegmt=True)}"
        answers = [http(b"{}", date, status="412 Skew"), http(b"no", status="401 No")]
        error = await failure(answers)
        assert isinstance(error, AuthError)


async def test_no_more_than_eight_calls_of_one_origin_are_under_way_at_once() -> None:
    async with raw_server(SILENCE) as server, line() as call:
        calls = [asyncio.create_task(call(ask(server.origin))) for _ in range(20)]
        await server.has_heard(8)
        for _ in range(50):
            await asyncio.sleep(0)
        assert len(server.heard) == 8
        for one in calls:
            one.cancel()
        await asyncio.gather(*calls, return_exceptions=True)


async def test_a_provider_that_hangs_holds_up_no_other() -> None:
    async with raw_server(SILENCE) as silent, raw_server(http(b"1")) as other, line() as call:
        calls = [asyncio.create_task(call(ask(silent.origin))) for _ in range(20)]
        await silent.has_heard(8)
        assert (await call(ask(other.origin))).json == 1
        for one in calls:
            one.cancel()
        await asyncio.gather(*calls, return_exceptions=True)


async def test_the_trust_store_is_read_once() -> None:
    async with line() as call:
        first, second = (call._wire._transport(ask(f"https://{name}.example")) for name in "ab")
        assert first is not second
        assert first.trust is second.trust is not None


SPELT = [
    "sts+token/==",
    quote("sts+token/==", safe=""),
    quote("sts+token/==", safe="").lower(),
    quote(quote("sts+token/==", safe=""), safe=""),
    r"sts+token\/==",
    base64.b64encode(b"sts+token/==").decode(),
    base64.b64encode(b"?sts+token/==!").decode(),
    base64.urlsafe_b64encode(b"??sts+token/==").decode(),
]
BARE = ["sts+token", "sts%2", "sts%25", "c3RzK3Rva2Vu", "0cyt0b2tlbi8", "zdHMrdG9rZW4"]


class TestNoSecretComesBack:
    """Whatever a server quotes, wherever it quotes it."""

    @pytest.mark.parametrize("spelt", SPELT)
    async def test_not_in_an_error_of_the_provider_in_any_spelling(self, spelt: str) -> None:
        error = await failure(http(f"you sent <{spelt}>".encode(), status="401 No"))
        assert error.message.startswith("you sent <")
        assert "***" in error.message
        assert not [one for one in BARE if one in f"{error.message}{error}{error!r}"]

    @pytest.mark.parametrize(
        "answer",
        [
            http(b"", "Location: https://evil.example/sts+token/==/x", status="302 Found"),
            http(b"{", "Content-Type: sts+token/=="),
            http(b"{}", "Content-Encoding: sts+token/=="),
            b"HTTP/1.1 200 OK\r\nsts+token/==: \x00\r\n\r\n",
        ],
        ids=["redirect", "content type", "encoding", "bad header"],
    )
    async def test_not_in_what_the_border_says(self, answer: bytes) -> None:
        error = await failure(answer)
        assert "sts+token" not in f"{error.message}{error}{error!r}"

    async def test_not_in_code_and_request_id(self) -> None:
        def quoting(reply: Reply) -> CallError:
            return AuthError("no", code="No.sts+token/==", request_id="r-sts+token/==")

        async with raw_server(http()) as server, line() as call:
            with pytest.raises(AuthError) as caught:
                await call(ask(server.origin, judge=quoting))
        assert (caught.value.code, caught.value.request_id) == ("No.***", "r-***")

    async def test_nor_a_token_that_only_the_signer_knows(self) -> None:
        def bearer(ask: Ask, credential: Credential, now: float) -> Signed:
            return Signed((("X-Auth-Token", "MIIe/session+token"),))

        async with raw_server(http(b"MIIe%2Fsession%2Btoken", status="401 No")) as server, line() as call:
            with pytest.raises(AuthError, match=r"^\*\*\*$"):
                await call(ask(server.origin, sign=bearer))


async def test_what_cannot_be_signed_is_a_bad_request() -> None:
    def broken(ask: Ask, credential: Credential, now: float) -> Signed:
        return Signed((("X", "project \ud800".encode().decode()),))

    async with raw_server(http()) as server, line() as call:
        with pytest.raises(BadRequest, match="cannot be signed"):
            await call(ask(server.origin, sign=broken))
    assert server.heard == []


@pytest.mark.parametrize("date", ["Fri, 31 Dec 9999 23:59:59 -1200", "Sat, 01 Jan 0100 00:00:00 GMT"])
async def test_a_clock_of_another_age_is_not_believed(date: str) -> None:
    """No signer can write the year 10000, and nobody's clock is a century off."""
    error = await failure(http(b"", f"Date: {date}", status="412 Skew"))
    assert isinstance(error, ClockSkew)
    assert error.offset is None
