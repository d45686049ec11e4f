"""login: what is asked, how it is tried, and where it is kept."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.cli.conftest import Said, refusing, row, shelf
from tests.cli.keys import GOOD, Desk, desk, typing
from tests.cli.world import World, world
from tests.stand_in import StandIn, stand_in
from tui.adapters import _huawei
from tui.calls import Reply
from tui.cloud.keys import HUAWEI_PROJECTS
from tui.demo_keys import KEYS
from tui.errors import AuthError, CallError, NoCredential, NotFound

__all__ = ["desk"]
pytestmark = pytest.mark.cloud

ROWS = shelf(PROCESSING=[row("p-1", FinishTime="")])
PAIR = KEYS["tencent"]
OTHER = {"access_key_id": "AKIDsomebodyelse0000000001", "access_key_secret": "somebody-elses-secret-0001"}
ASKED = (("SecretId", f"{PAIR['access_key_id']}\r"), ("SecretKey", f"{PAIR['access_key_secret']}\r"), ("Token", "\r"))


class Counted:
    """An answer that counts how often it was asked for."""

    def __init__(self, answer: Any) -> None:
        self.answer, self.times = answer, 0

    def __call__(self, action: str, asked: dict[str, Any]) -> Said:
        self.times += 1
        said: Said = self.answer(action, asked)
        return said


class Vendors(NamedTuple):
    """The demo cloud, and the proxy that makes it the vendors."""

    world: World
    proxy: StandIn


@pytest.fixture(scope="module")
def vendors(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Vendors]:
    folder = tmp_path_factory.mktemp("stand-in")
    with world(tasks=300, freeze=True) as cloud, stand_in(cloud.cloud.endpoints, folder) as proxy:
        yield Vendors(cloud, proxy)


def nothing_told(*texts: str) -> None:
    """No text has a secret or a whole key id in it."""
    for keys in (PAIR, OTHER, KEYS["alibaba"], KEYS["huawei"]):
        for value in keys.values():
            assert not any(value in text for text in texts)


class TestAFirstDay:
    @pytest.mark.parametrize(
        ("vendor", "keys", "found"),
        [
            ("alibaba", "alibaba", {"fc-cn-hangzhou", "fc-cn-shanghai", "os-cn-hangzhou", "os-cn-shanghai"}),
            ("tencent", "tencent", {"mps", "tat-ap-guangzhou", "tat-ap-singapore"}),
            ("huawei", "huawei", {"kps-cn-north-4"}),
            ("huawei", "huawei-user", {"kps-cn-north-4"}),
        ],
    )
    def test_from_no_config_to_a_live_source(
        self, desk: Desk, vendors: Vendors, vendor: str, keys: str, found: set[str]
    ) -> None:
        scene = desk.scene
        scene.text = vendors.proxy.network
        desk.stdin(json.dumps(KEYS[keys]))
        ran = scene.run("login", "mine", "--vendor", vendor, "--stdin")
        assert ran.code == 0
        assert json.loads(desk.keyring.items["mine"]) == KEYS[keys]
        nothing_told(ran.out, ran.err)
        printed = tomllib.loads(ran.out)
        assert printed["accounts"]["mine"].get("auth") == ("token" if keys == "huawei-user" else None)
        assert {one["name"] for one in printed["sources"]} == found

        scene.text += ran.out.replace("[[sources]]", '[[sources]]\nwindow = "all"')
        listed = scene.run("list", "-o", "json")
        assert (listed.code, listed.err) == (0, "")
        assert {one["source"] for one in json.loads(listed.out)} == found

    @pytest.mark.parametrize("keys", ["huawei", "huawei-user"])
    @pytest.mark.parametrize("project", ["", HUAWEI_PROJECTS["cn-north-4"]])
    def test_an_account_without_sources_is_discovered_everywhere(
        self, desk: Desk, vendors: Vendors, keys: str, project: str
    ) -> None:
        more = 'auth = "token"\n' if keys == "huawei-user" else ""
        more += f'project_id = "{project}"\n' if project else ""
        desk.scene.text = f'{vendors.proxy.network}[accounts.mine]\nvendor = "huawei"\n{more}'
        desk.keyring.items["mine"] = json.dumps(KEYS[keys])
        ran = desk.scene.run("sources", "--discover", "mine")
        assert (ran.code, ran.err) == (0, "")
        assert [one["region"] for one in tomllib.loads(ran.out)["sources"]] == ["cn-north-4"]

    def test_a_region_that_refuses_the_login_is_skipped_and_said(
        self, desk: Desk, vendors: Vendors, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        judge, refused = _huawei.judge, list[CallError]()

        def strict(reply: Reply) -> CallError | None:
            found = judge(reply)
            if isinstance(found, NotFound) and not refused:  # a region that the user has no project in
                refused.append(AuthError("no such user here", code="401", http_status=401))
                return refused[0]
            return found

        monkeypatch.setattr(_huawei, "judge", strict)
        desk.scene.text = f'{vendors.proxy.network}[accounts.mine]\nvendor = "huawei"\nauth = "token"\n'
        desk.keyring.items["mine"] = json.dumps(KEYS["huawei-user"])
        ran = desk.scene.run("sources", "--discover", "mine")
        assert (ran.code, len(refused)) == (5, 1)
        assert [one["region"] for one in tomllib.loads(ran.out)["sources"]] == ["cn-north-4"]
        (said,) = ran.err.splitlines()
        assert "DENIED 401 no login to " in said
        assert said.endswith("though to another region just now: no such user here")

    def test_a_name_that_another_account_has_taken_is_not_printed_again(self, desk: Desk, vendors: Vendors) -> None:
        desk.scene.text = vendors.proxy.network + '[accounts.first]\nvendor = "huawei"\ncredentials = "env"\n'
        desk.scene.text += '[[sources]]\nname = "kps-cn-north-4"\nadapter = "huawei-kps"\naccount = "first"\n'
        desk.scene.text += 'region = "cn-north-4"\n'
        desk.stdin(json.dumps(KEYS["huawei"]))
        ran = desk.scene.run("login", "second", "--vendor", "huawei", "--stdin")
        assert [one["name"] for one in tomllib.loads(ran.out)["sources"]] == ["second-kps-cn-north-4"]

    def test_a_key_that_is_refused_everywhere_is_told_once(self, desk: Desk, vendors: Vendors) -> None:
        desk.scene.text = vendors.proxy.network + '[accounts.mine]\nvendor = "alibaba"\n'
        desk.keyring.items["mine"] = json.dumps(KEYS["alibaba"] | {"access_key_secret": "wrong-secret-0001"})
        ran = desk.scene.run("sources", "--discover", "mine")
        assert (ran.out, ran.err.count("AUTH")) == ("", 1)
        assert "more place" in ran.err

    def test_a_key_that_its_vendor_refuses_is_not_kept(self, desk: Desk, vendors: Vendors) -> None:
        desk.scene.text = vendors.proxy.network
        desk.stdin(json.dumps(KEYS["huawei"] | {"access_key_secret": "wrong-secret-0001"}))
        ran = desk.scene.run("login", "mine", "--vendor", "huawei", "--stdin")
        assert (ran.code, ran.out, desk.keyring.items) == (3, "", {})
        assert "huawei-kps in cn-north-4: AUTH APIGW.0301" in ran.err
        assert "locks a key for 5 minutes" in ran.err
        assert "nothing was stored" in ran.err
        assert "wrong-secret" not in ran.err


class TestTheTrial:
    def test_is_one_read_of_the_account(self, desk: Desk) -> None:
        answer = Counted(ROWS)
        desk.scene.source("media", answer)
        desk.scene.source("other", answer)
        desk.stdin(GOOD)
        ran = desk.scene.run("login", "acme", "--stdin")
        assert (ran.code, ran.out, answer.times) == (0, "", 1)
        assert ran.err == "taskdeck: account acme: key ..0001 is in the keyring now\n"
        assert json.loads(desk.keyring.items["acme"]) == PAIR

    def test_a_refusal_has_its_code_and_request_id(self, desk: Desk) -> None:
        desk.scene.source("media", refusing("AuthFailure.SecretIdNotFound"))
        desk.keyring.items["acme"] = "what was there"
        desk.stdin(json.dumps(OTHER))
        ran = desk.scene.run("login", "acme", "--stdin")
        assert (ran.code, desk.keyring.items) == (3, {"acme": "what was there"})
        assert "AUTH AuthFailure.SecretIdNotFound it says no (r-refused)" in ran.err
        nothing_told(ran.out, ran.err)

    @pytest.mark.parametrize("code", ["UnauthorizedOperation", "FailedOperation.InvalidMpsUser", "ResourceNotFound"])
    def test_a_key_that_is_known_but_may_not_read_is_kept(self, desk: Desk, code: str) -> None:
        desk.scene.source("media", refusing(code))
        desk.stdin(GOOD)
        ran = desk.scene.run("login", "acme", "--stdin")
        assert (ran.code, list(desk.keyring.items)) == (0, ["acme"])
        assert code in ran.err
        assert "doctor --permissions" in ran.err

    @pytest.mark.parametrize(
        ("answer", "code"),
        [(refusing("InternalError"), 6), (refusing("RequestLimitExceeded"), 4), (lambda action, asked: (200, b"<"), 6)],
    )
    def test_a_key_that_nobody_judged_is_not_kept_from_a_pipe(self, desk: Desk, answer: Any, code: int) -> None:
        desk.scene.source("media", answer)
        desk.stdin(GOOD)
        ran = desk.scene.run("login", "acme", "--stdin")
        assert (ran.code, desk.keyring.items) == (code, {})
        assert "could not be tried: nothing was stored" in ran.err

    @pytest.mark.parametrize(("answer", "code", "kept"), [("y\r", 0, ["acme"]), ("\r", 6, []), ("n\r", 6, [])])
    def test_on_a_terminal_it_is_the_users_choice(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch, answer: str, code: int, kept: list[str]
    ) -> None:
        desk.scene.add("media", "http://127.0.0.1:1")
        with typing(monkeypatch, *ASKED, ("Keep it untried?", answer)) as typist:
            ran = desk.scene.run("login", "acme")
        assert (ran.code, list(desk.keyring.items)) == (code, kept)
        assert "OFFLINE ConnectError" in typist.seen


class TestWhereItIsKept:
    def test_exactly_one_place(self, desk: Desk) -> None:
        desk.scene.source("media", ROWS)
        desk.keyring.items = {"acme": "old", "other": "stays"}
        desk.stdin(GOOD)
        ran = desk.scene.run("login", "acme", "--stdin", "--store", "vault")
        assert (ran.code, list(desk.keyring.items), list(desk.vault.items)) == (0, ["other"], ["acme"])
        assert "account acme: key ..0001 is in the vault now" in ran.err
        assert "account acme: removed from the keyring: a key is kept in one place" in ran.err
        assert 'put credentials = "vault" into [accounts.acme]' in ran.err

    def test_the_config_says_where(self, desk: Desk) -> None:
        desk.scene.source("media", ROWS)
        desk.scene.text = desk.scene.text.replace('"keyring"', '"vault"')
        desk.stdin(GOOD)
        ran = desk.scene.run("login", "acme", "--stdin")
        assert (ran.code, desk.keyring.items, list(desk.vault.items)) == (0, {}, ["acme"])
        assert "put credentials" not in ran.err

    def test_a_keyring_that_cannot_be_used_is_told_before_anything_is_asked(self, desk: Desk) -> None:
        answer = Counted(ROWS)
        desk.scene.source("media", answer)
        desk.keyring.error = NoCredential("the keyring has not answered for 3 s: do that", code="KeyringHung")
        ran = desk.scene.run("login", "acme")
        assert (ran.code, answer.times) == (3, 0)
        assert "NOKEY KeyringHung the keyring has not answered for 3 s: do that" in ran.err
        assert "--store vault" in ran.err

    @pytest.mark.parametrize(("code", "told"), [("KeyringHung", True), ("KeyringLocked", True), ("NoSession", False)])
    def test_the_other_place_may_be_out_of_order(self, desk: Desk, code: str, told: bool) -> None:
        desk.scene.source("media", ROWS)
        desk.keyring.error = NoCredential("that is how it is", code=code)
        desk.stdin(GOOD)
        ran = desk.scene.run("login", "acme", "--stdin", "--store", "vault")
        assert (ran.code, list(desk.vault.items)) == (0, ["acme"])
        assert ("the keyring may still have a key of it: that is how it is" in ran.err) is told


class TestWhatIsGiven:
    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("", "no JSON object with access_key_id, access_key_secret, security_token"),
            ("[]", "no JSON object"),
            ('{"access_key_id": "AKIDtopsecret', "no JSON object"),
            ("[" * 60_000, "no JSON object"),
            (b"\xff\xfe", "not UTF-8"),
            ("x" * 70_000, "more than 65,536 bytes"),
            ("{}", "has no access_key_id"),
            (json.dumps(PAIR | {"topsecret": "x"}), "other names in it"),
            (json.dumps(PAIR | {"access_key_secret": 5}), "access_key_secret is not a text"),
            (json.dumps(PAIR | {"access_key_secret": "topsecret\n"}), "has blanks, line ends"),
            (json.dumps(KEYS["huawei-user"]), "other names"),
        ],
    )
    def test_what_is_no_key_is_exit_2_and_not_quoted(self, desk: Desk, text: str | bytes, said: str) -> None:
        answer = Counted(ROWS)
        desk.scene.source("media", answer)
        desk.stdin(text)
        ran = desk.scene.run("login", "acme", "--stdin")
        assert (ran.code, desk.keyring.items, answer.times) == (2, {}, 0)
        assert said in ran.err
        assert "topsecret" not in ran.err

    def test_it_is_asked_without_echo(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        desk.scene.source("media", ROWS)
        with typing(monkeypatch, *ASKED) as typist:
            ran = desk.scene.run("login", "acme")
        assert (ran.code, json.loads(desk.keyring.items["acme"])) == (0, PAIR)
        nothing_told(typist.seen, ran.out, ran.err)
        assert "nothing that you type is shown" in typist.seen

    def test_what_cannot_be_a_key_is_asked_for_again(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        desk.scene.source("media", ROWS)
        pasted = f"\x1b[200~{PAIR['access_key_secret']}\x1b[201~\r"
        token = "t" * 6000  # longer than a line of the system's own editor
        answers = (
            ("SecretId", "\r"),
            ("SecretId is needed", f" {PAIR['access_key_id']}\r"),
            ("begins or ends with a blank", f"x\x15{PAIR['access_key_id']}yz\x7f\x7f\r"),
            ("SecretKey", "\x1b[200~one\ntwo\x1b[201~\r"),
            ("line end in it", "one two\r"),
            ("a blank in it", pasted),
            ("Token", "\x1b[A\r"),
            ("that is no sign", f"{token}\r"),
        )
        with typing(monkeypatch, *answers) as typist:
            ran = desk.scene.run("login", "acme")
        assert ran.code == 0
        assert json.loads(desk.keyring.items["acme"]) == PAIR | {"security_token": token}
        assert "temporary key ..0001" in ran.err
        nothing_told(typist.seen)

    @pytest.mark.parametrize("typed", ["\x04", "a b\ra b\ra b\r"])
    def test_whoever_gives_up_has_stored_nothing(self, desk: Desk, monkeypatch: pytest.MonkeyPatch, typed: str) -> None:
        desk.scene.source("media", ROWS)
        with typing(monkeypatch, ("SecretId", typed)):
            ran = desk.scene.run("login", "acme")
        assert (ran.code, desk.keyring.items) == (3, {})
        assert "nothing was stored" in ran.err

    def test_a_terminal_that_cannot_be_silent_is_refused(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        desk.scene.source("media", ROWS)
        for tty, said in (
            (tmp_path / "none", "there is no terminal"),
            (tmp_path, "there is no"),
            (Path("/dev/null"), "no echo"),
        ):
            monkeypatch.setattr("tui.cli.asking.TTY", str(tty))
            ran = desk.scene.run("login", "acme")
            assert (ran.code, desk.keyring.items) == (2, {})
            assert said in ran.err

    def test_a_terminal_that_only_says_that_it_is_silent_is_refused(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        desk.scene.source("media", ROWS)
        with typing(monkeypatch):
            monkeypatch.setattr("termios.tcsetattr", lambda *given: None)
            ran = desk.scene.run("login", "acme")
            monkeypatch.undo()
        assert ran.code == 2
        assert "cannot be switched to no echo" in ran.err


class TestWhose:
    def test_an_account_that_is_not_there_needs_its_vendor(self, desk: Desk) -> None:
        ran = desk.scene.run("login", "nobody", "--stdin")
        assert ran.code == 2
        assert ran.err == ("taskdeck: no such account: nobody; there is acme; --vendor says whose key a new one is\n")

    def test_an_account_has_one_vendor(self, desk: Desk) -> None:
        ran = desk.scene.run("login", "acme", "--vendor", "huawei", "--stdin")
        assert (ran.code, ran.err) == (2, "taskdeck: account acme of the config is one of tencent, not of huawei\n")

    def test_the_demo_has_its_keys(self, desk: Desk) -> None:
        desk.scene.text = desk.scene.text.replace('"keyring"', '"demo"')
        assert desk.scene.run("login", "acme", "--stdin").code == 2

    def test_without_a_config_the_vendor_is_all_that_is_needed(self, desk: Desk) -> None:
        path = str(desk.scene.folder / "none.toml")
        ran = desk.scene.plain("--config", path, "login", "mine")
        assert ran.code == 2
        assert "taskdeck login mine --vendor VENDOR" in ran.err
        desk.stdin("{}")
        ran = desk.scene.plain("--config", path, "login", "mine", "--vendor", "tencent", "--stdin")
        assert ran.code == 2
        assert "has no access_key_id" in ran.err
