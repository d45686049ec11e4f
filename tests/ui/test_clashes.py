"""Keys of the user's own: how they are written, and what is wrong with them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.binding import Binding
from textual.keys import Keys

from tests.ui.driving import driven, press
from tui.app import LiveDesk
from tui.cli import run
from tui.errors import ConfigError
from tui.ui.clashes import clashes, ids, twice
from tui.ui.key_names import key_of, keys_of, shown
from tui.ui.keys import APP, SCREENS, UNBOUND, keymap


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("x", "x"),
        ("X", "X"),
        ("shift-x", "X"),
        ("/", "slash"),
        ("slash", "slash"),
        ("?", "question_mark"),
        (":", "colon"),
        ("[", "left_square_bracket"),
        ("-", "minus"),
        ("+", "plus"),
        ("Esc", "escape"),
        ("PgDn", "pagedown"),
        ("pagedown", "pagedown"),
        ("F5", "f5"),
        ("ctrl-d", "ctrl+d"),
        ("Ctrl+D", "ctrl+d"),
        ("shift-ctrl-f5", "ctrl+shift+f5"),
        ("shift-Tab", "shift+tab"),
        ("ctrl-/", "ctrl+slash"),
        ("é", "é"),
        ("Space", "space"),
    ],
)
def test_a_key_is_read_as_people_write_it(written: str, key: str) -> None:
    assert key_of(written) == key


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("contrl-x", "'contrl-x' is no key; did you mean \"ctrl-x\"?"),
        ("ctrl+ecsape", "'ctrl+ecsape' is no key; did you mean \"ctrl-escape\"?"),
        ("pagdown", "'pagdown' is no key; did you mean \"pagedown\"?"),
        ("f25", "'f25' is no key; there is f1 to f24"),
        ("jj", '\'jj\' is no key; keys are written like "x", "ctrl-x", "f5", "PgDn", "slash"'),
        ("ctrl-i", 'terminals send ctrl-i as Tab: write "tab" or take another'),
        ("ctrl-[", 'terminals send ctrl-[ as Esc: write "escape" or take another'),
        ("shift-/", "'shift-/' is no key that a terminal tells apart: write the sign that it types"),
        ("\x07", '\'\\x07\' is no key; keys are written like "x", "ctrl-x", "f5", "PgDn", "slash"'),
    ],
)
def test_what_is_no_key_is_said(written: str, problem: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(problem)}$"):
        key_of(written)


def test_an_entry_holds_several_keys() -> None:
    assert keys_of("j, down,j") == ["j", "down"]
    assert keys_of(",") == ["comma"]
    assert keys_of(" ") == []
    with pytest.raises(ValueError, match='the comma itself is written "comma"'):
        keys_of("j,,")


@pytest.mark.parametrize(
    "key", [binding.key for one in (*SCREENS.values(), APP) for binding in Binding.make_bindings(one)]
)
def test_each_key_is_written_as_it_is_shown(key: str) -> None:
    assert key_of(shown(key)) == key


@given(st.text(max_size=20) | st.sampled_from([key.value for key in Keys]))
def test_no_text_breaks_the_reader_of_keys(text: str) -> None:
    wrong = [clash.problem for clash in clashes({"filter": text}) if "is the key of" not in clash.problem]
    mapped = keymap({"filter": text})
    assert bool(wrong) is (mapped == {})
    assert all(len(problem.splitlines()) == 1 and problem.isprintable() for problem in wrong)
    for keys in mapped.values():
        assert keys == UNBOUND or [key_of(shown(key)) for key in keys.split(",")] == keys.split(",")


def test_our_own_keys_do_not_clash() -> None:
    assert [clash for bindings in SCREENS.values() for clash in twice({}, (*bindings, *APP))] == []


def test_every_key_has_an_id_of_its_own() -> None:
    for bindings in (*SCREENS.values(), APP):
        made = list(Binding.make_bindings(bindings))
        assert all(binding.id and binding.group and binding.description for binding in made)
        actions = {binding.id: binding.action for binding in made}
        assert all(actions[binding.id] == binding.action for binding in made), "one id, two actions"


@pytest.mark.parametrize(
    ("remap", "names", "problem"),
    [
        ({"filter": "s"}, ["filter"], 's is the key of "state" too; give one of the two another, or ""'),
        ({"bad": "f9", "live": "f9"}, ["live"], 'f9 is the key of "bad" too; give one of the two another, or ""'),
        ({"filter": "ctrl-c"}, ["filter"], 'ctrl-c is the key of "interrupt" too; give one of the two another, or ""'),
        ({"next-task": "j"}, ["next-task"], 'j is the key of "down" too; give one of the two another, or ""'),
        ({"fliter": "f"}, ["fliter"], 'no key has the name "fliter"; did you mean "filter"?'),
        ({"9" * 99: "f"}, ["9" * 99], f'no key has the name "{"9" * 40}"; README.md lists them, and ? on the screen'),
        ({"filter": "f77"}, ["filter"], "'f77' is no key; there is f1 to f24"),
    ],
)
def test_a_clash_is_told_with_both_names(remap: dict[str, str], names: list[str], problem: str) -> None:
    found = clashes(remap)
    assert [clash.name for clash in found] == names
    assert found[0].problem == problem


@pytest.mark.parametrize(
    "remap", [{}, {"bad": "a", "live": "x"}, {"bad": "", "state": ""}, {"state": "", "filter": "s"}]
)
def test_keys_may_be_swapped_and_taken_away(remap: dict[str, str]) -> None:
    assert clashes(remap) == []


@given(st.dictionaries(st.sampled_from(ids()), st.sampled_from(["", "x", "j,k", "f9", "ctrl-x", "?", ","])))
def test_what_passes_leaves_every_action_its_own_key(remap: dict[str, str]) -> None:
    if clashes(remap):
        return
    given_keys = keymap(remap)
    for bindings in SCREENS.values():
        owner: dict[str, str] = {}
        for binding in Binding.make_bindings((*bindings, *APP)):
            for key in given_keys.get(binding.id or "", binding.key).split(","):
                assert key == UNBOUND or owner.setdefault(key, binding.id or "") == binding.id


@pytest.mark.screen
async def test_swapped_keys_do_what_they_are_said_to() -> None:
    async with driven(None, (120, 40), "a", keys={"bad": "a", "live": "x", "filter": "Ctrl-O, /"}) as (pilot, home):
        assert home.filter.edit.text == "state:bad"
        await press(pilot, "x")
        assert home.filter.edit.text == "state:live"
        await press(pilot, "ctrl+o")
        assert home.filter.has_focus


WRONG = [
    ("fliter", "f", 'keys.fliter: no key has the name "fliter"; did you mean "filter"?'),
    ("filter", "contrl-x", "keys.filter: 'contrl-x' is no key; did you mean \"ctrl-x\"?"),
    ("filter", "s", 'keys.filter: s is the key of "state" too; give one of the two another, or ""'),
]


@pytest.mark.parametrize(("name", "key", "told"), WRONG)
def test_config_check_refuses_wrong_keys(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, key: str, told: str
) -> None:
    path = tmp_path / "config.toml"
    path.write_text(f'[monitor]\ninterval = "15s"\n\n[keys]\nbad = "X"\n{name} = "{key}"\n', "utf-8")
    assert run(["--config", str(path), "config", "check"]) == 2
    assert capsys.readouterr().err == f"taskdeck: {path}:6: {told}\n"


@pytest.mark.parametrize(("name", "key", "told"), WRONG)
async def test_the_monitor_does_not_start_on_wrong_keys(tmp_path: Path, name: str, key: str, told: str) -> None:
    path = tmp_path / "config.toml"
    path.write_text(f'[keys]\n{name} = "{key}"\n', "utf-8")
    with pytest.raises(ConfigError) as caught:
        await LiveDesk(path).run(lambda: None)
    assert str(caught.value) == f"{path}:2: {told}"


def test_right_keys_pass(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "config.toml"
    path.write_text('[keys]\nfilter = "ctrl-o"\nbad = ""\n', "utf-8")
    assert run(["--config", str(path), "config", "check"]) == 0
    assert "fine" in capsys.readouterr().out
