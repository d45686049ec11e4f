"""Our reader of settings against pydantic's on the same models: what one takes the other takes, with equal values."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from tui.settings import Account, Monitor, Network, SourceSettings, Ui
from tui.settings.reader import Unfit, keys_of, read
from tui.wiring import models

MODELS = [Monitor, Ui, Network, Account, SourceSettings, *(model for _, model in models().values())]
VALUES = st.one_of(
    st.sampled_from(["15s", "all", "off", "24h", "local", "utc", "auto", "on", "alibaba", "tencent", "intl", "aksk"]),
    st.sampled_from(["*", "cn-hangzhou", "a/b/c", "a/b/*", "name", "env", "0.5s", "", "5 s", "https://host.example"]),
    st.booleans(),
    st.integers(-2, 20_000),
    st.floats(-1, 2, allow_nan=False),
    st.lists(st.sampled_from(["fn", "a/b/c", "*", "", " x"]), max_size=2),
    st.lists(st.integers(0, 1), min_size=1, max_size=1),
    st.text(max_size=3),
)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: f"{model.__module__}.{model.__name__}")
@given(data=st.data())
def test_it_takes_what_pydantic_takes(model: type[Any], data: st.DataObject) -> None:
    table = data.draw(st.fixed_dictionaries({}, optional=dict.fromkeys(keys_of(model), VALUES)))
    judge: TypeAdapter[Any] = TypeAdapter(model)
    try:
        theirs = judge.validate_json(json.dumps(table), strict=True)
    except ValidationError:
        theirs = None
    try:
        ours = read(model, table)
    except Unfit:
        ours = None
    assert ours == theirs


def test_a_wrong_element_and_a_wrong_list_are_told_apart() -> None:
    model = models()["alibaba-opensearch"][1]
    table: dict[str, Any] = {"name": "os", "adapter": "alibaba-opensearch", "account": "a", "region": "cn-hangzhou"}
    with pytest.raises(Unfit, match="should be a list of texts, not 'a/b/c'"):
        read(model, table | {"targets": "a/b/c"})
    with pytest.raises(Unfit, match="should be a text, not 5"):
        read(model, table | {"targets": [5]})


def test_a_kind_of_value_that_no_setting_has_yet_is_a_bug() -> None:
    class Odd(SourceSettings):
        pass

    Odd.__annotations__ = {"name": bytes}
    with pytest.raises(TypeError, match="no reader for"):
        read(Odd, {"name": "x"})
