"""The config keys of the Tencent adapters, and what importing the adapters costs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.fixture_files import vectors
from tui.adapters import load
from tui.adapters._tencent import Product
from tui.adapters.tencent_mps import MPS
from tui.adapters.tencent_mps import Settings as MpsSettings
from tui.adapters.tencent_tat import TAT
from tui.adapters.tencent_tat import Settings as TatSettings
from tui.calls import Credential, Secret
from tui.errors import ConfigError
from tui.settings.load import parse

MODELS = {"tencent-mps": ("tencent", MpsSettings), "tencent-tat": ("tencent", TatSettings)}
HEAD = '[accounts.tx]\nvendor = "tencent"\n[[sources]]\nname = "s"\naccount = "tx"\n'


def test_tat_takes_its_ids() -> None:
    text = HEAD + 'adapter = "tencent-tat"\nregion = "ap-guangzhou"\ninstance_ids = ["ins-b", "ins-a", "ins-b"]\n'
    source = parse(text, MODELS, Path("config.toml")).sources[0]
    assert isinstance(source, TatSettings)
    assert source.filters == {"instance-id": ("ins-b", "ins-a")}


def test_mps_needs_nothing() -> None:
    source = parse(HEAD + 'adapter = "tencent-mps"\n', MODELS, Path("config.toml")).sources[0]
    assert isinstance(source, MpsSettings)
    assert source.region == ""


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ('adapter = "tencent-tat"', "region is missing"),
        ('adapter = "tencent-tat"\nregion = "r"\ninstance_ids = ["a", ""]', "instance_ids holds an id that is empty"),
        ('adapter = "tencent-tat"\nregion = "r"\ninstance_id = ["a"]', "instance_ids"),
        ('adapter = "tencent-tat"\nregion = "r"\ncommand_ids = [1]', "command_ids"),
        ('adapter = "tencent-mps"\ninstance_ids = ["a"]', "instance_ids"),
    ],
)
def test_mistakes_are_one_line_with_the_key(lines: str, told: str) -> None:
    with pytest.raises(ConfigError, match=told) as caught:
        parse(f"{HEAD}{lines}\n", MODELS, Path("config.toml"))
    assert "\n" not in str(caught.value)


def test_the_folder_scan_finds_both() -> None:
    assert [load(one).short for one in ("tencent-mps", "tencent-tat")] == ["MPS", "TAT"]


@pytest.mark.parametrize("product", [MPS, TAT], ids=["mps", "tat"])
def test_every_vector_that_posts_is_signed_by_the_adapters(product: Product) -> None:
    """The whole path from an Ask to its Authorization; the GET and unsigned-payload forms are for the signer alone."""
    from tests.adapters.tencent import INTL

    for vector in vectors("tc3"):
        if vector["service"] != product.service or vector["method"] != "POST":
            continue
        if "X-TC-Content-SHA256" in vector["headers"]:
            continue
        source = MpsSettings(name="s", adapter="a", account="tx")  # type: ignore[arg-type]
        made = product.ask(load("tencent-mps").actions[0], {}, INTL, source)
        ask = type(made)(
            action=made.action,
            method="POST",
            origin=f"https://{vector['host']}",
            path="/",
            headers=made.headers,
            body=vector["body"].encode(),
            sign=made.sign,
            judge=made.judge,
        )
        token = None if vector["token"] is None else Secret(vector["token"])
        credential = Credential(key_id=vector["key_id"], secret=Secret(vector["secret"]), token=token)
        signed = dict(ask.sign(ask, credential, vector["timestamp"] + 0.9).headers)
        assert signed == {
            "Authorization": vector["authorization"],
            "X-TC-Timestamp": vector["headers"]["X-TC-Timestamp"],
        }


def test_importing_them_loads_neither_httpx_nor_pydantic_nor_textual() -> None:
    code = (
        "import sys, tui.adapters.tencent_mps, tui.adapters.tencent_tat;"
        "print([name for name in ('httpx', 'pydantic', 'textual', 'asyncio', 'keyring') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
