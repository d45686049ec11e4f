"""doctor: what it looks at, what it says about it, and how little it asks for that."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Said, Scene, refusing, row, shelf
from tui.adapters.tencent_mps import TencentMps
from tui.cli import run
from tui.cloud.server import running

pytestmark = pytest.mark.cloud

ROWS = shelf(PROCESSING=[row("p-1", FinishTime="")], DONE=[row("d-1"), row("d-2")])


def lines(out: str, check: str) -> list[str]:
    """The lines of one check."""
    return [line for line in out.splitlines() if line.split()[1:2] == [check]]


def detailed(action: str, asked: dict[str, Any]) -> Said:
    """The lists, and each of their tasks by id."""
    if action == "DescribeTasks":
        return ROWS(action, asked)
    return 200, {"Response": row(asked["TaskId"], Status="FINISH") | {"RequestId": "r-detail"}}


class Counted:
    """An answer that counts how often it was asked for."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer
        self.asked: list[tuple[str, dict[str, Any]]] = []

    def __call__(self, action: str, asked: dict[str, Any]) -> Said:
        self.asked.append((action, asked))
        said: Said = self.answer(action, asked)
        return said


class TestThisMachine:
    def test_without_a_config_it_says_how_to_begin(self, scene: Scene) -> None:
        ran = scene.plain("--config", str(scene.folder / "nowhere.toml"), "doctor")
        assert ran.code == 2
        (config,) = lines(ran.out, "config")
        assert config.startswith("fail  config")
        assert "nowhere.toml  -> `taskdeck demo`" in config
        assert "taskdeck config example" in config
        assert lines(ran.out, "state")[0].startswith("ok")
        assert lines(ran.out, "source") == []

    def test_a_wrong_config_is_told_with_its_line_and_nothing_is_asked(self, scene: Scene) -> None:
        scene.text += "[monitor]\nintervall = 1\n"
        ran = scene.run("doctor", "-o", "json")
        config, state = json.loads(ran.out)["checks"]
        assert ran.code == 2
        assert (config["status"], state["status"]) == ("fail", "ok")
        assert f"{scene.path}:6: monitor.intervall" in config["said"]

    def test_a_wrong_saved_view_and_a_wrong_key_are_wrong_config(self, scene: Scene) -> None:
        scene.text += '[views]\nmine = "state:"\n'
        ran = scene.run("doctor")
        assert ran.code == 2
        assert "views.mine" in lines(ran.out, "config")[0]

    def test_a_config_that_others_may_write_is_a_warning(self, scene: Scene) -> None:
        scene.source("media", ROWS)
        scene.path.write_text(scene.text)
        scene.path.chmod(0o664)
        ran = scene.plain("--config", str(scene.path), "doctor")
        assert ran.code == 0
        assert lines(ran.out, "config")[0].startswith("warn")
        assert lines(ran.out, "config")[0].endswith(f"-> chmod go-w {scene.path}")

    def test_a_config_without_sources_says_where_they_come_from(self, scene: Scene) -> None:
        ran = scene.run("doctor")
        assert ran.code == 0
        assert "taskdeck sources --discover" in lines(ran.out, "config")[0]

    def test_the_state_folder_is_tried(self, scene: Scene) -> None:
        scene.state.mkdir(mode=0o755)
        assert lines(scene.run("doctor").out, "state")[0].endswith(f"-> chmod 700 {scene.state}")
        scene.state.chmod(0o700)
        assert lines(scene.run("doctor").out, "state")[0].startswith("ok")
        assert list(scene.state.iterdir()) == []
        scene.state.rmdir()
        scene.state.write_text("a file")
        ran = scene.run("doctor")
        assert ran.code == 2
        assert lines(ran.out, "state")[0].startswith("fail")
        assert "--state-dir" in lines(ran.out, "state")[0]

    def test_an_account_on_a_keyring_that_cannot_be_used(self, scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in ("DBUS_SESSION_BUS_ADDRESS", "SSH_CONNECTION"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("XDG_RUNTIME_DIR", str(scene.folder))
        scene.text = scene.text.replace('"demo"', '"keyring"')
        ran = scene.run("doctor")
        assert (ran.code, lines(ran.out, "keyring")[0].split()[0]) == (0, "warn")  # no source uses it
        scene.add("media", "https://mps.example")
        scene.add("more", "https://mps.example")
        ran = scene.run("doctor")
        assert ran.code == 3
        (told,) = lines(ran.out, "keyring")
        assert told.startswith("fail")
        assert "no D-Bus session: DBUS_SESSION_BUS_ADDRESS is not set  -> start one: `dbus-run-session -- " in told
        assert 'credentials = "vault", "env" or "command:PROGRAM"' in told
        (told,) = lines(ran.out, "account")
        assert told.split(maxsplit=3) == ["fail", "account", "acme", "tencent, keyring, no key: see keyring"]
        rows = [one.split(maxsplit=3) for one in lines(ran.out, "source")]
        assert rows == [["fail", "source", name, "NOKEY: see account acme"] for name in ("media", "more")]
        assert ran.out.count("dbus-run-session") == 1
        assert lines(ran.out, "network") == []
        checks = json.loads(scene.run("doctor", "-o", "json").out)["checks"]
        (found,) = [one for one in checks if one["check"] == "keyring"]
        assert found == found | {"code": "NoSession", "accounts": ["acme"], "status": "fail"}
        (first, _) = [one for one in checks if one["check"] == "source"]
        assert (first["word"], first["code"]) == ("NOKEY", "NoSession")
        assert "no D-Bus session" in first["message"]

    def test_a_profile_says_who_it_is_that_it_is_missing_and_that_others_can_read_it(
        self, scene: Scene, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("HOME", str(scene.folder))
        scene.text = scene.text.replace('"demo"', '"profile:prod"')
        (told,) = lines(scene.run("doctor").out, "account")
        assert told.startswith("warn")
        assert "there is no profile prod: ~/.tccli/prod.credential does not exist" in told
        assert told.endswith("-> name one that is there, or make it with the vendor's CLI")
        file = scene.folder / ".tccli" / "prod.credential"
        file.parent.mkdir()
        file.write_text('{"secretId": "AKIDcanaryprofile0001", "secretKey": "canary-profile-secret"}')
        file.chmod(0o644)
        (told,) = lines(scene.run("doctor").out, "account")
        assert told.startswith("warn")
        assert "tencent, profile, key ..0001; no source uses it; others can reach ~/.tccli/prod.credential" in told
        assert told.endswith(f"(mode 0644)  -> chmod 600 {file}")
        file.chmod(0o600)
        (told,) = lines(scene.run("doctor").out, "account")
        assert told.startswith("ok")
        assert "canary-profile-secret" not in told

    def test_a_keyring_that_works_says_whose_keys_it_has(self, scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
        class Works:
            name = "keyring"

            async def names(self) -> list[str]:
                return ["acme", "another"]

            async def get(self, account: str) -> None:
                return None

        monkeypatch.setattr("tui.credentials.keyring.Keyring", Works)
        scene.text = scene.text.replace('"demo"', '"keyring"') + '[accounts.b]\nvendor = "huawei"\n'
        ran = scene.run("doctor")
        (told,) = lines(ran.out, "keyring")
        assert told.split(maxsplit=2) == ["ok", "keyring", "unlocked, with the key of acme, without that of b"]
        accounts = lines(ran.out, "account")
        assert [one.rpartition("-> ")[2] for one in accounts] == ["taskdeck login acme", "taskdeck login b"]

    def test_an_account_on_the_environment_is_told_its_variables(self, scene: Scene) -> None:
        scene.text = scene.text.replace('"demo"', '"env:NOT_SET_"')
        (account,) = lines(scene.run("doctor").out, "account")
        assert account.endswith(
            "-> set NOT_SET_TENCENTCLOUD_SECRET_ID, NOT_SET_TENCENTCLOUD_SECRET_KEY"
            " in the environment that starts taskdeck"
        )

    def test_of_a_key_only_the_end_of_its_id_is_shown(self, scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("MINE_TENCENTCLOUD_SECRET_ID", "AKIDsecretidvalue7890")
        monkeypatch.setenv("MINE_TENCENTCLOUD_SECRET_KEY", "verysecretvalue")
        scene.text = scene.text.replace('"demo"', '"env:MINE_"')
        scene.source("media", ROWS)
        ran = scene.run("doctor", "--permissions")
        assert "key ..7890" in lines(ran.out, "account")[0]
        for secret in ("AKIDsecret", "verysecret"):
            assert secret not in ran.out + ran.err

    def test_a_missing_key_of_an_unused_account_is_a_warning(self, scene: Scene) -> None:
        scene.text += '[accounts.spare]\nvendor = "huawei"\ncredentials = "env:NOWHERE_"\n'
        scene.source("media", ROWS)
        ran = scene.run("doctor")
        assert ran.code == 0
        assert [line[:4] for line in lines(ran.out, "account")] == ["ok  ", "warn"]
        assert "NOWHERE_HUAWEICLOUD_SDK_AK" in lines(ran.out, "account")[1]


class TestSources:
    def test_all_is_fine(self, scene: Scene) -> None:
        counted = Counted(ROWS)
        scene.source("media", counted)
        ran = scene.run("doctor")
        assert (ran.code, ran.err) == (0, "")
        assert [line.split()[0] for line in ran.out.splitlines()] == ["ok"] * 7
        assert lines(ran.out, "source")[0].endswith("LIVE 3 tasks on the first page of 4 lists")
        assert len(counted.asked) == 4

    def test_empty_is_not_denied(self, scene: Scene) -> None:
        scene.source("empty", shelf())
        scene.source("denied", refusing("UnauthorizedOperation"))
        ran = scene.run("doctor")
        empty, denied = lines(ran.out, "source")
        assert ran.code == 3
        assert "EMPTY reading is allowed, and there is no task in 4 lists" in empty
        assert "DENIED UnauthorizedOperation it says no (r-refused)" in denied
        assert denied.endswith("-> allow mps:DescribeTasks: `taskdeck doctor --permissions` prints the policy")

    def test_a_refused_key_is_not_used_again(self, scene: Scene) -> None:
        first, second = Counted(refusing("AuthFailure.SignatureFailure")), Counted(ROWS)
        scene.source("first", first)
        scene.source("second", second)
        ran = scene.run("doctor", "--permissions")
        assert ran.code == 3
        assert (len(first.asked), len(second.asked)) == (1, 0)
        one, two = lines(ran.out, "source")
        assert "AUTH AuthFailure.SignatureFailure" in one
        assert two.startswith("warn")
        assert two.endswith("not asked: the key of account acme was refused, see source first")

    @pytest.mark.parametrize(
        ("answer", "code", "said"),
        [
            (refusing("RequestLimitExceeded"), 4, "THROTTLED RequestLimitExceeded"),
            (refusing("InternalError"), 6, "OFFLINE InternalError"),
            (lambda action, asked: (200, b"<html>a portal</html>"), 6, "ERROR - HTTP 200 with 21 bytes"),
            (refusing("InvalidParameterValue"), 2, "ERROR InvalidParameterValue"),
            (refusing("FailedOperation.InvalidMpsUser"), 3, "DENIED FailedOperation.InvalidMpsUser"),
        ],
    )
    def test_each_trouble_has_its_code_and_its_way_out(self, scene: Scene, answer: Any, code: int, said: str) -> None:
        scene.source("media", answer)
        ran = scene.run("doctor")
        (source,) = lines(ran.out, "source")
        assert ran.code == code
        assert said in source
        assert "  -> " in source
        assert ("activate" in source) == ("InvalidMpsUser" in source)
        assert lines(ran.out, "network")[0].startswith("ok")

    def test_nobody_there_is_the_network(self, scene: Scene) -> None:
        scene.add("media", "http://127.0.0.1:9")
        ran = scene.run("doctor")
        assert ran.code == 6
        (network,) = lines(ran.out, "network")
        assert network.startswith("fail  network  127.0.0.1:9 ")
        assert "1 of 1 call without an answer: TCP, no connection" in network
        assert network.endswith("-> check the route and the firewall to that host, and proxy of [network]")
        assert lines(ran.out, "clock") == []

    def test_one_denied_list_leaves_the_others_to_be_read(self, scene: Scene) -> None:
        def partly(action: str, asked: dict[str, Any]) -> Said:
            return (refusing("UnauthorizedOperation") if asked.get("Status") == "FINISH" else ROWS)(action, asked)

        scene.source("media", partly)
        ran = scene.run("doctor", "-o", "json")
        source = json.loads(ran.out)["checks"][-1]
        assert (source["word"], source["lists"], source["lists_read"], source["tasks"]) == ("DENIED", 4, 2, 1)
        assert (source["code"], source["request_id"]) == ("UnauthorizedOperation", "r-refused")

    def test_the_most_serious_finding_is_the_code(self, scene: Scene) -> None:
        scene.source("slowed", refusing("RequestLimitExceeded"))
        scene.add("gone", "http://127.0.0.1:9")
        assert scene.run("doctor").code == 4

    def test_a_bug_of_one_adapter_hides_no_other_source(self, scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
        async def broken(self: TencentMps, want: Any) -> Any:
            raise ZeroDivisionError("ours")

        monkeypatch.setattr(TencentMps, "plan", broken)
        scene.source("media", ROWS)
        scene.source("commands", lambda action, asked: (200, {"Response": {"InvocationTaskSet": []}}), "tencent-tat")
        ran = scene.run("doctor", "--permissions")
        media, commands = lines(ran.out, "source")
        assert ran.code == 70
        assert "ERROR bug" in media
        assert "EMPTY" in commands
        assert "ZeroDivisionError" in (scene.state / "taskdeck.log").read_text()

    def test_what_a_provider_says_is_harmless(self, scene: Scene) -> None:
        scene.source("media", refusing("Internal\x1b[31mError", message="\x1b]0;title\x07" + "long " * 1000))
        ran = scene.run("doctor")
        assert "\x1b" not in ran.out
        assert "\x07" not in ran.out
        assert max(map(len, ran.out.splitlines())) < 1500

    def test_colour_is_for_terminals_and_never_alone(self, scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
        scene.source("media", ROWS)
        monkeypatch.delenv("NO_COLOR", raising=False)
        monkeypatch.setattr("sys.stdout.isatty", lambda: True)
        coloured = scene.run("doctor").out
        assert coloured.startswith("\x1b[32m")
        assert scene.run("--color", "never", "doctor").out[1:5] == " ok "
        monkeypatch.setenv("NO_COLOR", "1")
        assert "\x1b" not in scene.run("doctor").out

    def test_it_says_who_is_waited_for_where_somebody_looks(
        self, scene: Scene, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        scene.source("media", ROWS)
        monkeypatch.setattr("sys.stderr.isatty", lambda: True)
        err = scene.run("doctor").err
        assert "asking media" in err
        assert err.endswith("\r\x1b[K")


class TestPermissions:
    def test_each_is_tried_and_a_policy_is_printed(self, scene: Scene) -> None:
        counted = Counted(detailed)
        scene.source("media", counted)
        ran = scene.run("doctor", "--permissions", "-o", "json")
        shown = json.loads(ran.out)
        assert ran.code == 0
        assert [(one["permission"], one["kind"], one["state"]) for one in shown["permissions"]] == [
            ("mps:DescribeTasks", "read", "allowed"),
            ("mps:DescribeTaskDetail", "read", "allowed"),
            ("mps:ManageTask", "write", "not tried"),
        ]
        (policy,) = shown["policies"]
        assert policy["document"] == {
            "version": "2.0",
            "statement": [
                {"effect": "allow", "action": ["mps:DescribeTaskDetail", "mps:DescribeTasks"], "resource": ["*"]}
            ],
        }
        assert [action for action, _ in counted.asked] == ["DescribeTasks"] * 4 + ["DescribeTaskDetail"]

    def test_the_policy_in_the_text_is_json(self, scene: Scene) -> None:
        scene.source("media", detailed)
        out = scene.run("doctor", "--permissions").out
        heading = "policy of account acme to read (Tencent Cloud CAM custom policy):\n"
        assert json.loads(out.partition(heading)[2])["version"] == "2.0"

    def test_a_task_that_there_is_not_proves_the_permission_of_an_empty_source(self, scene: Scene) -> None:
        def nothing(action: str, asked: dict[str, Any]) -> Said:
            return shelf()(action, asked) if action == "DescribeTasks" else refusing("ResourceNotFound")(action, asked)

        counted = Counted(nothing)
        scene.source("media", counted)
        ran = scene.run("doctor", "--permissions")
        assert ran.code == 0
        assert "DescribeTasks       allowed (and empty: it lists no task)" in ran.out
        assert "DescribeTaskDetail  allowed\n" in ran.out
        assert counted.asked[-1] == ("DescribeTaskDetail", {"TaskId": "taskdeck-doctor"})

    def test_a_denied_one_is_told_with_code_and_request(self, scene: Scene) -> None:
        def half(action: str, asked: dict[str, Any]) -> Said:
            return (ROWS if action == "DescribeTasks" else refusing("UnauthorizedOperation.CamAuthFailed"))(
                action, asked
            )

        scene.source("media", half)
        ran = scene.run("doctor", "--permissions")
        assert ran.code == 3
        assert "denied (UnauthorizedOperation.CamAuthFailed, request r-refused)" in ran.out
        assert "LIVE 3 tasks" in lines(ran.out, "source")[0]

    def test_what_cannot_be_told_is_not_called_denied(self, scene: Scene) -> None:
        def half(action: str, asked: dict[str, Any]) -> Said:
            return (ROWS if action == "DescribeTasks" else refusing("RequestLimitExceeded"))(action, asked)

        scene.source("media", half)
        ran = scene.run("doctor", "--permissions")
        assert ran.code == 4
        assert "not proved (RequestLimitExceeded, request r-refused)" in ran.out

    def test_what_writes_need_is_a_policy_of_its_own_and_only_where_writing_is_granted(self, scene: Scene) -> None:
        scene.source("media", detailed)
        assert "acme to write" not in scene.run("doctor", "--permissions").out
        scene.text += "[monitor]\nwrite = true\n"
        read, write = json.loads(scene.run("doctor", "--permissions", "-o", "json").out)["policies"]
        assert (read["kind"], write["kind"]) == ("read", "write")
        assert write["document"]["statement"][0]["action"] == ["mps:ManageTask"]
        assert "ManageTask" not in json.dumps(read["document"])

    def test_without_the_option_nothing_is_said_of_permissions(self, scene: Scene) -> None:
        scene.source("media", detailed)
        assert set(json.loads(scene.run("doctor", "-o", "json").out)) == {"checks"}


async def examined(folder: Path, capsys: pytest.CaptureFixture[str], *faults: str) -> tuple[int, Any, Counter[Any]]:
    """A doctor of the demo cloud: its code, what it said, and how often the cloud was asked, by source."""
    async with running(tasks=300, freeze=True, faults=faults) as cloud:
        config = folder / "cloud.toml"
        config.write_text('[network]\ntimeout = "1s"\n' + cloud.config)
        arguments = ["--config", str(config), "--state-dir", str(folder / "state"), "doctor", "--permissions"]
        code = await asyncio.to_thread(run, [*arguments, "-o", "json"])
        asked = Counter((entry["api"], entry["region"]) for entry in cloud.ledger.rows())
    return code, json.loads(capsys.readouterr().out), asked


class TestTheDemoCloud:
    async def test_a_calm_day(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        code, shown, asked = await examined(tmp_path, capsys)
        assert code == 0
        assert {one["status"] for one in shown["checks"]} == {"ok"}
        assert all(one["state"] == "allowed" for one in shown["permissions"] if one["kind"] == "read" and one["needed"])
        assert max(asked.values()) <= 7
        assert len(shown["policies"]) == 4  # Huawei's are two: of projects, and of global services

    async def test_one_action_denied_and_one_key_deleted(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        code, shown, asked = await examined(tmp_path, capsys, "auth")
        words = {one["name"]: one.get("word") for one in shown["checks"] if one["check"] == "source"}
        assert code == 3
        assert words["tat-singapore"] == "DENIED"
        assert words["os-shanghai"] == "AUTH"
        assert asked["alibaba-opensearch", "cn-shanghai"] == 1
        assert words["tat-guangzhou"] == words["fc-hangzhou"] == "LIVE"
        states = {(one["source"], one["permission"]): one["state"] for one in shown["permissions"]}
        assert states["tat-singapore", "tat:DescribeInvocationTasks"] == "denied"
        assert states["tat-guangzhou", "tat:DescribeInvocationTasks"] == "allowed"
        assert states["os-shanghai", "opensearch:DescribeFunction"] in ("not proved", "not tried")

    async def test_a_clock_that_is_off_is_told_with_its_direction(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        code, shown, _ = await examined(tmp_path, capsys, "skew")
        clocks = [one for one in shown["checks"] if one["check"] == "clock"]
        assert code == 3
        assert {one["status"] for one in clocks} == {"fail"}
        assert all(("behind" if one["skew"] > 0 else "ahead of") in one["said"] for one in clocks)
        assert all(one["word"] == "LIVE" for one in shown["checks"] if one["check"] == "source")

    async def test_an_answer_that_never_comes(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        code, shown, asked = await examined(tmp_path, capsys, "slow")
        assert code == 6
        assert any(one["check"] == "network" and one.get("code") == "TimedOut" for one in shown["checks"])
        assert max(asked.values()) <= 7

    async def test_throttling_is_never_made_worse(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        code, shown, asked = await examined(tmp_path, capsys, "throttle")
        words = {one.get("word") for one in shown["checks"] if one["check"] == "source"}
        assert words <= {"LIVE", "THROTTLED"}
        assert code == (4 if "THROTTLED" in words else 0)
        assert max(asked.values()) <= 7
