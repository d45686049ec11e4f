"""The vendors' own commands for a task: what they say, and that no id does anything when it is pasted."""

from __future__ import annotations

import shlex
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.adapters import adapter_ids, by_hand
from tui.by_hand import option, word
from tui.model import Source, State, Task, TaskKey

HOSTILE = (
    "'; touch /tmp/owned; '",
    "$(id)",
    "`id`",
    "a\nrm -rf .",
    "--help",
    "\x1b[2J\x03\x15",
    "x\u202ey",
    "界 🚀",
    "\\'",
)


def task(ident: str = "t-1", scope: str = "", **facts: str) -> Task:
    return Task(key=TaskKey("s", scope, ident), state=State.RUNNING, extra=dict(facts))


def told(adapter: str, one: Task, region: str = "r-1") -> list[str]:
    found = by_hand(one, Source("s", adapter, "acct", region))
    assert found is not None
    return [found.command, *(command for _, command in found.beside)]


def test_each_vendor_is_asked_in_its_own_words() -> None:
    assert told("alibaba-fc", task("job/1", "my-fn")) == [
        "aliyun fc GET /2023-03-30/functions/my-fn/async-tasks/job%2F1 --region r-1",
        "aliyun fc GET /2023-03-30/functions/my-fn/async-tasks --region r-1 --limit 100",
    ]
    assert told("alibaba-opensearch", task("trigger__1", "app/fn/in", **{"os.generation": "7"}))[0] == (
        "aliyun opensearch GET /v4/openapi/app-groups/app/functions/fn/instances/in/tasks/7 --region r-1"
    )
    assert told("alibaba-opensearch", task("trigger__1", "app/fn/in")) == [
        "aliyun opensearch GET /v4/openapi/app-groups/app/functions/fn/instances/in/tasks --region r-1 --pageSize 50"
    ]
    assert told("tencent-mps", task("1250-x"), "")[0] == "tccli mps DescribeTaskDetail --TaskId 1250-x"
    assert told("tencent-tat", task("invt-1", **{"tat.invocation": "inv-2"})) == [
        "tccli tat DescribeInvocationTasks --region r-1 --InvocationTaskIds '[\"invt-1\"]' --HideOutput true",
        "tccli tat DescribeInvocationTasks --region r-1 --InvocationTaskIds '[\"invt-1\"]' --HideOutput false",
        "tccli tat DescribeInvocations --region r-1 --InvocationIds '[\"inv-2\"]'",
    ]
    assert told("huawei-kps", task("id-1"))[0] == "hcloud KPS ListKeypairTask --cli-region=r-1 --task_id=id-1"


def test_an_adapter_that_does_not_exist_has_no_commands() -> None:
    assert by_hand(task(), Source("s", "somebody-else", "a", "r")) is None


@pytest.mark.parametrize("adapter", adapter_ids())
@pytest.mark.parametrize("evil", HOSTILE)
def test_nothing_in_a_task_gets_out_of_its_argument(adapter: str, evil: str) -> None:
    plain = told(adapter, task("plain", "a/b/c", **{"os.generation": "plain", "tat.invocation": "plain"}), "plain")
    hurt = told(adapter, task(evil, "a/b/c", **{"os.generation": evil, "tat.invocation": evil}), evil)
    for one, other in zip(plain, hurt, strict=True):
        assert other.isprintable()
        shown = subprocess.run(["bash", "-c", f"printf '%s\\0' {other}"], capture_output=True, check=True).stdout.split(
            b"\0"
        )
        tied = sum(word.endswith(b"=--help") for word in shown if b"hcloud" not in shown)  # `--name=-x` is one word
        assert len(shown) - 1 == len(shlex.split(one)) - tied


@given(st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=30))
def test_a_word_is_one_line_of_text_without_signs_that_a_terminal_takes_for_keys(text: str) -> None:
    quoted = word(text)
    assert quoted.isprintable()
    if text.isprintable():
        assert shlex.split(quoted) == [text]


def test_what_looks_like_an_option_is_tied_to_its_name() -> None:
    assert option("--TaskId", "-rf") == "--TaskId=-rf"
    assert option("--TaskId", "a b") == "--TaskId 'a b'"
    assert word("a\x03'b\\") == r"$'a\x03\'b\\'"
