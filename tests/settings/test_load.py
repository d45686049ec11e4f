"""config.toml: what is read, and the one line that each mistake becomes."""

from __future__ import annotations

import dataclasses
import json
import math
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.settings.schema import problems
from tui.errors import ConfigError
from tui.settings import EVERYTHING, Account, Config, Monitor, Network, Ui
from tui.settings.example import EXAMPLE
from tui.settings.kinds import seconds
from tui.settings.load import load, parse, schema
from tui.wiring import models

MODELS = models()
HERE = Path("config.toml")
ACCOUNTS = """\
[accounts.ali]
vendor = "alibaba"
[accounts.tx]
vendor = "tencent"
[accounts.hw]
vendor = "huawei"
[accounts.demo]
vendor = "alibaba"
credentials = "demo"
"""
FC = """\
[[sources]]
name = "thumbs"
adapter = "alibaba-fc"
account = "ali"
region = "cn-hangzhou"
functions = "*"
"""
AT = ACCOUNTS.count("\n")  # lines before what a test adds


def config(text: str, path: Path = HERE) -> Config:
    return parse(text, MODELS, path)


def mistake(text: str, path: Path = HERE) -> str:
    with pytest.raises(ConfigError) as caught:
        config(text, path)
    message = str(caught.value)
    assert "\n" not in message
    return message


class TestWhatIsRead:
    def test_an_empty_file_is_a_config_of_defaults(self) -> None:
        assert config("") == Config(path=HERE)
        assert config("# nothing\n") == Config(path=HERE)

    def test_everything_is_read_as_it_is_meant(self) -> None:
        found = config(
            ACCOUNTS
            + FC
            + """\
interval = "1m30s"
window = "all"
max_tasks = "all"
endpoint = "https://Host.example:443/"
[monitor]
interval = "20s"
write = true
time = "utc"
[ui]
glyphs = "ascii"
[keys]
quit = ""
[views]
bad = "state:bad"
[network]
timeout = "5s"
proxy = "http://user:pass@proxy.example:3128"
"""
        )
        source = found.sources[0]
        assert found.interval(source) == 90
        assert float(source.window) == float(source.max_tasks) == EVERYTHING
        assert source.endpoint == "https://host.example"
        assert found.monitor == Monitor(interval=found.monitor.interval, write=True, time="utc")
        assert float(found.monitor.interval) == 20
        assert (found.ui.glyphs, found.keys, found.views) == ("ascii", {"quit": ""}, {"bad": "state:bad"})
        assert float(found.network.timeout) == 5
        assert source.source == ("thumbs", "alibaba-fc", "ali", "cn-hangzhou")

    def test_a_source_without_interval_has_the_monitors(self) -> None:
        found = config('monitor.interval = "20s"\n' + ACCOUNTS + FC)
        assert found.interval(found.sources[0]) == 20

    def test_every_layout_of_toml_means_the_same(self) -> None:
        inline = (
            'accounts = { ali = { vendor = "alibaba" } }\n'
            'sources = [ { name = "thumbs", adapter = "alibaba-fc", account = "ali", '
            'region = "cn-hangzhou", functions = [\n"a",\n"b" ] } ]\n'
        )
        dotted = (
            'accounts.ali.vendor = "alibaba"\n[[sources]]\n"name" = """thumbs"""\nadapter = \'alibaba-fc\'\n'
            'account = "ali"\nregion = "cn-hangzhou"\nfunctions = ["a", "b"]\n'
        )
        assert config(inline) == config(dotted)

    def test_the_ca_bundle_is_relative_to_the_file(self, tmp_path: Path) -> None:
        (tmp_path / "ca.pem").write_text("")
        found = config('[network]\nca_bundle = "ca.pem"\n', tmp_path / "config.toml")
        assert found.network.ca_bundle == str(tmp_path / "ca.pem")

    def test_every_frozen_value_is_frozen(self) -> None:
        for model in (Monitor, Ui, Network, Account, Config, *(one for _, one in MODELS.values())):
            assert dataclasses.fields(model)
            assert model.__dataclass_params__.frozen  # type: ignore[attr-defined]


class TestFiles:
    def test_a_byte_order_mark_and_windows_line_ends_are_fine(self, tmp_path: Path) -> None:
        path = tmp_path / "config.toml"
        path.write_bytes(b"\xef\xbb\xbf" + (ACCOUNTS + FC).replace("\n", "\r\n").encode())
        assert load(path, MODELS).sources[0].name == "thumbs"

    def test_a_missing_file_says_how_to_begin(self, tmp_path: Path) -> None:
        with pytest.raises(ConfigError, match="no such file; `taskdeck config example`"):
            load(tmp_path / "config.toml", MODELS)

    @pytest.mark.parametrize("content", [b"\xff\xfe[\x00", b"\x80", b'x = "\xe4"'])
    def test_a_file_that_is_no_utf8_cannot_be_read(self, tmp_path: Path, content: bytes) -> None:
        path = tmp_path / "config.toml"
        path.write_bytes(content)
        with pytest.raises(ConfigError, match="cannot be read"):
            load(path, MODELS)

    def test_a_folder_cannot_be_read(self, tmp_path: Path) -> None:
        with pytest.raises(ConfigError, match="cannot be read"):
            load(tmp_path, MODELS)

    @pytest.mark.parametrize(
        ("text", "where"),
        [
            ("[monitor", "1:"),
            ("a = 1\na = 2\n", "2:"),
            ("[monitor]\n[monitor]\n", "2:"),
            ("\n\ninterval = 15s\n", "3:"),
            ("\x00", "1:"),
            ("x = " + "[" * 5000, "1:"),
            ("x = " + "9" * 5000, "1:"),
            ("x = 2020-13-01", "1:"),
            ('[monitor]\ntheme = """\nx\n', "3:"),
        ],
    )
    def test_what_is_no_toml_says_where(self, text: str, where: str) -> None:
        assert re.match(rf"config\.toml:{where}(\d+:)? no TOML: \S", mistake(text))


SOURCE = AT + 1  # the line of [[sources]] behind ACCOUNTS


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("monitr = 1\n", 'config.toml:1: monitr: no such key: "monitr"; did you mean "monitor"?'),
        ("\n[monitor]\nintervall = 1\n", '3: monitor.intervall: no such key: "intervall"; did you mean "interval"?'),
        ("[monitor]\nzzz = 1\n", '2: monitor.zzz: no such key: "zzz"; there is interval, theme, time, write'),
        ("[monitor]\ninterval = 15\n", '2: monitor.interval: a duration is text with a unit, such as "15s", not 15'),
        ('[monitor]\ninterval = "15"\n', "2: monitor.interval: a duration is a number with a unit"),
        ('[monitor]\ninterval = ""\n', "2: monitor.interval: a duration is"),
        ('[monitor]\ninterval = "-5s"\n', "2: monitor.interval: a duration is"),
        ('[monitor]\ninterval = "15 s"\n', "2: monitor.interval: a duration is"),
        ('[monitor]\ninterval = "１５s"\n', "2: monitor.interval: a duration is"),
        ('[monitor]\ninterval = "999ms"\n', "2: monitor.interval: 999ms is too short: the least is 1s"),
        (f'[monitor]\ninterval = "{"9" * 400}d"\n', "2: monitor.interval: 999"),
        ('[monitor]\nwrite = "yes"\n', "2: monitor.write: should be true or false, not"),
        ("[monitor]\nwrite = 1\n", "2: monitor.write: should be true or false, not"),
        ('[monitor]\ntime = "UTC"\n', "2: monitor.time: should be 'local' or 'utc'"),
        ("[monitor]\ntheme = 2020-01-01\n", "2: monitor.theme: should be a text, not"),
        ("[monitor]\ntheme = 10:00:00\n", "2: monitor.theme: should be a text, not"),
        ("monitor = 1\n", "1: monitor: a table is wanted"),
        ("[[monitor]]\n", "1: monitor: a table is wanted"),
        ("[ui]\nglyph = 'x'\n", '2: ui.glyph: no such key: "glyph"; did you mean "glyphs"?'),
        ("[ui]\nlayout = 'wide'\n", "2: ui.layout: should be 'auto', 'compact', 'full' or 'deck'"),
        ("[keys]\nquit = 1\n", "2: keys.quit: a text is wanted, not 1"),
        ('[views]\n"a b" = []\n', "2: views.a b: a text is wanted, not []"),
        ('[network]\nproxy = "socks5://x"\n', "2: network.proxy: 'socks5://x' is no http:// or https:// proxy"),
        ('[network]\nca_bundle = "nowhere.pem"\n', "2: network.ca_bundle: nowhere.pem is no file"),
        ('[network]\ntimeout = "0s"\n', "2: network.timeout: 0s is too short"),
        ("accounts = []\n", "1: accounts: a table is wanted"),
        ("[accounts]\nali = 1\n", "2: accounts.ali: a table is wanted"),
        ("[accounts.ali]\n", "1: accounts.ali.vendor: is needed"),
        ('[accounts.ali]\nvendor = "aws"\n', "2: accounts.ali.vendor: should be 'alibaba', 'tencent' or 'huawei'"),
        ('[accounts.ali]\nname = "x"\n', '2: accounts.ali.name: no such key: "name"'),
        ('[accounts.a]\nvendor="huawei"\nauth="AKSK"\n', "3: accounts.a.auth: should be 'aksk' or 'token'"),
        ('[accounts.a]\nvendor="alibaba"\nsite="intl"\n', "3: accounts.a.site: site is for tencent accounts, this one"),
        ('[accounts.a]\nvendor="tencent"\nauth="aksk"\n', "3: accounts.a.auth: auth is for huawei accounts, this one"),
        ('[accounts.a]\nvendor="huawei"\nproject_id="../x"\n', "3: accounts.a.project_id: '../x' is no project id"),
        (
            '[accounts.a]\nvendor="huawei"\niam_endpoint="http://x.y"\n',
            "3: accounts.a.iam_endpoint: 'http://x.y' sends",
        ),
        ('[accounts.a]\nvendor="alibaba"\nrate_share=0.01\n', "3: accounts.a.rate_share: a number from 0.05 to 1.0"),
        ('[accounts.a]\nvendor="alibaba"\nrate_share=1.01\n', "3: accounts.a.rate_share: a number"),
        ('[accounts.a]\nvendor="alibaba"\nrate_share=nan\n', "3: accounts.a.rate_share: "),
        ('[accounts.a]\nvendor="alibaba"\nrate_share=true\n', "3: accounts.a.rate_share: a number"),
        (
            '[accounts.a]\nvendor="alibaba"\ncredentials="file"\n',
            "3: accounts.a.credentials: 'file' is none of keyring",
        ),
        ('[accounts.a]\nvendor="alibaba"\ncredentials="env:"\n', "3: accounts.a.credentials: 'env:' is none of"),
        (
            '[accounts.a]\nvendor="alibaba"\ncredentials="command:\\"x"\n',
            "3: accounts.a.credentials: the command has a quote that is open",
        ),
        (
            '[accounts.a]\nvendor="alibaba"\ncredentials="command: "\n',
            "3: accounts.a.credentials: the command names no program",
        ),
        (
            '[accounts.a]\nvendor="huawei"\nauth="token"\ncredentials="profile:x"\n',
            '4: accounts.a.credentials: no profile holds the password that auth = "token" needs',
        ),
        ("sources = 1\n", "1: sources: sources come as [[sources]]"),
        ("[sources]\n", "1: sources: sources come as [[sources]]"),
        ("sources = [1]\n", "1: sources[0]: a table is wanted"),
        ("[[sources]]\n", "1: sources[0].name: name is needed, as a text"),
        ("[[sources]]\nname = 1\n", "2: sources[0].name: name is needed, as a text"),
        (
            ACCOUNTS + FC.replace("-fc", "-fx"),
            f'{SOURCE + 2}: sources[0].adapter: no such adapter: "alibaba-fx"; did you',
        ),
        (
            ACCOUNTS + FC.replace('"ali"', '"alli"'),
            f'{SOURCE + 3}: sources[0].account: no such account: "alli"; did you',
        ),
        (ACCOUNTS + FC.replace('"ali"', '"tx"'), f"{SOURCE + 3}: sources[0].account: alibaba-fc needs an account of"),
        (
            ACCOUNTS + FC + "regoin = 1\n",
            f'{SOURCE + 6}: sources[0].regoin: no such key: "regoin"; did you mean "region"',
        ),
        (ACCOUNTS + FC + 'targets = ["x"]\n', f'{SOURCE + 6}: sources[0].targets: no such key: "targets"'),
        (ACCOUNTS + FC.replace("cn-hangzhou", "CN"), f"{SOURCE + 4}: sources[0].region: a region such as"),
        (ACCOUNTS + FC.replace("cn-hangzhou", "x.y/"), f"{SOURCE + 4}: sources[0].region: a region such as"),
        (ACCOUNTS + FC.replace('"cn-hangzhou"', "1979-05-27"), f"{SOURCE + 4}: sources[0].region: a region such as"),
        (ACCOUNTS + FC.replace("thumbs", "a/b"), f"{SOURCE + 1}: sources[0].name: a name of visible characters"),
        (ACCOUNTS + FC.replace("thumbs", ""), f"{SOURCE + 1}: sources[0].name: a name of visible characters"),
        (ACCOUNTS + FC.replace("thumbs", "a\\u001b"), f"{SOURCE + 1}: sources[0].name: a name of visible characters"),
        (ACCOUNTS + FC.replace('"*"', "[]"), f"{SOURCE}: sources[0]: functions is empty"),
        (
            ACCOUNTS + FC.replace('"*"', "[1]"),
            f"{SOURCE + 5}: sources[0].functions: should be a text or '*', not",
        ),
        (
            ACCOUNTS + FC.replace('"*"', '"x"'),
            f"{SOURCE + 5}: sources[0].functions: should be a list of texts or '*', not",
        ),
        (ACCOUNTS + FC.replace('functions = "*"\n', ""), f"{SOURCE}: sources[0].functions: is needed"),
        (ACCOUNTS + FC + "max_tasks = 0\n", f"{SOURCE + 6}: sources[0].max_tasks: 0 is too small: the least is 1"),
        (ACCOUNTS + FC + "max_tasks = 1.5\n", f'{SOURCE + 6}: sources[0].max_tasks: a whole number, or "all", not 1.5'),
        (ACCOUNTS + FC + "max_tasks = true\n", f"{SOURCE + 6}: sources[0].max_tasks: a whole number"),
        (ACCOUNTS + FC + 'max_tasks = "10"\n', f"{SOURCE + 6}: sources[0].max_tasks: a whole number"),
        (ACCOUNTS + FC + f"max_tasks = 1{'0' * 400}\n", f"{SOURCE + 6}: sources[0].max_tasks: 1000"),
        (ACCOUNTS + FC + "window = 24\n", f'{SOURCE + 6}: sources[0].window: a window is a duration such as "24h", or'),
        (ACCOUNTS + FC + 'window = "ALL"\n', f"{SOURCE + 6}: sources[0].window: a duration is"),
        (ACCOUNTS + FC + 'interval = "0.5s"\n', f"{SOURCE + 6}: sources[0].interval: 0.5s is too short"),
        (ACCOUNTS + FC + 'endpoint = "http://x.y"\n', f"{SOURCE + 6}: sources[0].endpoint: 'http://x.y' sends keys"),
        (ACCOUNTS + FC + 'endpoint = "https://169.254.169.254"\n', f"{SOURCE + 6}: sources[0].endpoint: 'https://169"),
        (ACCOUNTS + FC + 'endpoint = ""\n', f"{SOURCE + 6}: sources[0].endpoint: '' is not scheme://host"),
        (ACCOUNTS + FC + FC, f'{SOURCE + 7}: sources[1].name: "thumbs" is the name of a source already'),
        (ACCOUNTS + FC.replace('"ali"', '"demo"'), f"{SOURCE}: sources[0].endpoint: the demo keys are for loopback"),
        (
            ACCOUNTS + FC.replace('"ali"', '"demo"') + 'endpoint = "https://x.y"\n',
            f"{SOURCE + 6}: sources[0].endpoint: the demo keys are for loopback",
        ),
    ],
)
def test_a_mistake_is_one_line_with_file_line_and_key(text: str, message: str) -> None:
    assert mistake(text).startswith(("" if message.startswith("config") else "config.toml:") + message)


def test_demo_keys_may_open_a_loopback() -> None:
    assert config(ACCOUNTS + FC.replace('"ali"', '"demo"') + 'endpoint = "http://127.0.0.1:1"\n').sources


def test_no_mistake_shows_a_trace_of_pydantic() -> None:
    for text in ('[monitor]\nwrite = "yes"\n', ACCOUNTS + FC.replace('"*"', "[1]")):
        assert not re.search(r"pydantic|input_value|For further|Input should", mistake(text))


junk = st.recursive(
    st.one_of(st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=5), st.dates()),
    lambda one: st.one_of(st.lists(one, max_size=2), st.dictionaries(st.sampled_from(["name", "vendor", "x"]), one)),
    max_leaves=5,
)


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {_toml(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    if isinstance(value, bool | str):
        return re.sub("\x7f", r"\\u007F", json.dumps(value, ensure_ascii=False))
    return repr(value) if isinstance(value, int | float) else str(value)


NAMES = ["monitor", "ui", "keys", "views", "network", "accounts", "sources"]
FIELDS = sorted({one.name for _, model in MODELS.values() for one in dataclasses.fields(model)})


@given(st.sampled_from(NAMES), junk, st.sampled_from(FIELDS), junk)
def test_any_toml_is_a_config_or_one_line(table: str, value: Any, key: str, other: Any) -> None:
    line = re.sub(rf"(?m)^{key} = .*\n", "", FC) + f"{key} = {_toml(other)}\n"
    for text in (f"{table} = {_toml(value)}\n", ACCOUNTS + line):
        try:
            tomllib.loads(text)
        except tomllib.TOMLDecodeError:
            continue
        try:
            config(text)
        except ConfigError as error:
            said = str(error)
        else:
            continue
        assert re.match(r"config\.toml:\d+: ", said)


@pytest.mark.parametrize(
    ("text", "value"), [("15s", 15), ("1h30m", 5400), ("0.5s", 0.5), ("1d", 86400), ("250ms", 0.25), ("1m1m", 120)]
)
def test_durations(text: str, value: float) -> None:
    assert seconds(text) == value


class TestExample:
    def test_it_is_valid_and_has_all_five(self) -> None:
        assert {one.adapter for one in config(EXAMPLE).sources} == set(MODELS)

    def test_it_is_valid_with_everything_in_it_that_is_commented_out(self, tmp_path: Path) -> None:
        (tmp_path / "company-ca.pem").write_text("")
        whole = re.sub(r"(?m)^# (?=\[|[a-z_]+ = )", "", EXAMPLE)
        assert whole.count("\n#") == 1
        assert len(config(whole, tmp_path / "config.toml").sources) == 5

    def test_it_mentions_every_key(self) -> None:
        kinds = (Monitor, Ui, Network, Account, *(one for _, one in MODELS.values()))
        keys = {one.name for kind in kinds for one in dataclasses.fields(kind)}
        assert {key for key in keys if not re.search(rf"\b{key}\b", EXAMPLE)} == set()

    def test_it_holds_no_secret(self) -> None:
        assert "secret =" not in EXAMPLE.lower()


class TestSchema:
    SCHEMA = schema(MODELS)

    def test_it_is_json_without_loose_references(self) -> None:
        text = json.dumps(self.SCHEMA, allow_nan=False)
        assert "$ref" not in text
        assert "$defs" not in text

    def test_it_accepts_the_example(self) -> None:
        assert problems(self.SCHEMA, tomllib.loads(EXAMPLE)) == []
        whole = re.sub(r"(?m)^# (?=\[|[a-z_]+ = )", "", EXAMPLE)
        assert problems(self.SCHEMA, tomllib.loads(whole)) == []

    @pytest.mark.parametrize(
        "text",
        [
            "monitr = 1",
            "[monitor]\nx = 1",
            '[monitor]\ninterval = "15"',
            '[monitor]\nwrite = "yes"',
            "[accounts.a]",
            '[accounts.a]\nvendor = "aws"',
            '[accounts.a]\nvendor = "alibaba"\nname = "a"',
            '[accounts.a]\nvendor = "alibaba"\nrate_share = 2',
            "[[sources]]",
            FC.replace("alibaba-fc", "alibaba-fx"),
            FC + "max_tasks = 0",
            FC + 'endpoint = "https://a/b"',
        ],
    )
    def test_it_refuses_what_the_program_refuses(self, text: str) -> None:
        assert problems(self.SCHEMA, tomllib.loads(text))

    def test_a_default_is_a_value_that_it_accepts_itself(self) -> None:
        def walk(part: Any, where: str) -> list[str]:
            if isinstance(part, list):
                return [one for at, item in enumerate(part) for one in walk(item, f"{where}[{at}]")]
            if not isinstance(part, dict):
                return []
            found = problems(part, part["default"], where) if "default" in part else []
            return found + [one for name, item in part.items() for one in walk(item, f"{where}.{name}")]

        assert walk(self.SCHEMA, "") == []

    def test_no_default_is_without_end(self) -> None:
        assert math.inf not in [one.get("default") for one in self.SCHEMA["properties"].values()]


class TestHostileFiles:
    """A config from somewhere else: still one line, never a trace, never a password on the screen."""

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            (f"[keys]\na = 0x{'f' * 5000}", ":2: keys.a: a number of more than 4096 bits"),
            (f"[monitor]\ninterval = 0x{'f' * 5000}", ":2: monitor.interval: a number of more than 4096 bits"),
            (f"[keys]\n{'a.' * 5000}b = 1", ": keys.a.a: nested too deeply"),
            (f"[monitor]\ninterval.{'a.' * 5000}b = 1", ": monitor.interval.a: nested too deeply"),
            ('[network]\nca_bundle = "~nobody-here/ca.pem"', ":2: network.ca_bundle: ~nobody-here/ca.pem is no file"),
            (f'[network]\nca_bundle = "{"a" * 5000}"', "a is no file"),
            ('[network]\nca_bundle = "a\\u0000b"', ":2: network.ca_bundle: "),
        ],
        ids=["number", "interval", "nested keys", "nested interval", "user", "long name", "nul"],
    )
    def test_is_one_line(self, text: str, message: str) -> None:
        assert message in mistake(text)

    @pytest.mark.parametrize(
        "text",
        [
            '[network]\nproxy = "http://user:hunter2/x@proxy"',
            '[accounts.a]\nvendor = "alibaba"\ncredentials = "hunter2hunter2hunter2"',
        ],
    )
    def test_what_may_be_a_secret_is_not_repeated(self, text: str) -> None:
        assert "hunter2" not in mistake(text)

    def test_the_password_of_a_proxy_is_in_no_repr(self) -> None:
        read = config('[network]\nproxy = "http://user:hunter2@proxy:3128"')
        assert read.network.proxy == "http://user:hunter2@proxy:3128"
        assert "hunter2" not in repr(read)
