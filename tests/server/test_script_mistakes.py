"""A script that is none is refused in one sentence, with its line and the key, and the exit code 2."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from antiphon.contract.paths import spec_dir
from antiphon.errors import ConfigError
from antiphon.server.scripts.loader import load

MISTAKES = [
    ("answers:\n- say: hi\n  wen: {text: a}\n", "line 3: answers[0].wen: unknown key; did you mean 'when'?"),
    ("answers:\n- say: hi\n- qqqq: 1\n", "line 3: answers[1].qqqq: unknown key; docs/server.md lists what there is."),
    ("answers:\n- say: 5\n", 'line 2: answers[0].say: 5 is not of type "string".'),
    ("answers: []\n", "line 1: answers: [] has less than 1 item."),
    ("answer:\n- say: hi\n", "line 1: answer: unknown key; did you mean 'answers'?"),
    ("", "line 1: the file: null is not of type \"object\"."),
    ("answers:\n- when:\n    text: /(/\n  say: hi\n", "line 3: answers[0].when.text: not a regular expression: "),
    ("answers:\n- when: {header: {X: '/[/'}}\n", "line 2: answers[0].when.header.X: not a regular expression: "),
    ("answers:\n- say: hi\n  json: 1\n", "line 3: answers[0].json: excludes 'say'; keep one of them."),
    ("answers:\n- items: []\n  say: hi\n", "line 3: answers[0].say: excludes 'items'; keep one of them."),
    ("answers:\n- error: {status: 500}\n  call: {name: a}\n", "line 3: answers[0].call: excludes 'error'; keep one of"),
    ("answers:\n- annotations: []\n", "line 2: answers[0].annotations: belongs to 'say', which is not there."),
    ("answers:\n- error: {status: 200}\n", "line 2: answers[0].error.status: 200 is less than the minimum of 400."),
    ("answers:\n- items:\n  - id: msg_1\n", 'line 3: answers[0].items[0]: "type" is a required property.'),
    ("answers:\n- call:\n  - name: a\n    args: {}\n", "line 4: answers[0].call[0].args: unknown key"),
    ("answers:\n- delay: -1\n", "line 2: answers[0].delay: -1 is less than the minimum of 0."),
    ("answers:\n- say: 'a\n", "line 3: not YAML: "),
    ("answers: &a\n- *a\n", "not YAML as a script may have it: "),
    ("answers:\n- !!python/object:os.system {}\n", "line 2: not YAML: "),
]  # fmt: skip


@pytest.mark.parametrize(("text", "sentence"), MISTAKES, ids=[sentence for _, sentence in MISTAKES])
def test_a_mistake_is_told_with_its_place(tmp_path: Path, text: str, sentence: str) -> None:
    path = tmp_path / "script.yaml"
    path.write_text(text)
    with pytest.raises(ConfigError) as caught:
        load(path)
    said = str(caught.value)
    assert said.startswith(f"{path}, {sentence}" if sentence.startswith("line") else f"{path}: {sentence}")
    assert "\n" not in said


@pytest.mark.parametrize("text", [b"\xff\xfe", None])
def test_a_file_that_cannot_be_read_is_told(tmp_path: Path, text: bytes | None) -> None:
    path = tmp_path / "script.yaml"
    if text is not None:
        path.write_bytes(text)
    with pytest.raises(ConfigError, match=r"--script takes a YAML file\.$"):
        load(path)


def test_the_documentation_shows_a_script_and_every_key(tmp_path: Path) -> None:
    docs = Path(__file__).parents[2] / "docs" / "server.md"
    if not docs.exists():
        pytest.skip("not a checkout")
    text = docs.read_text(encoding="utf-8")
    shown = re.search(r"```yaml\n(.*?)```", text, re.DOTALL)
    assert shown
    path = tmp_path / "script.yaml"
    path.write_text(shown[1], encoding="utf-8")
    assert load(path).models == ("my-model",)
    schema = json.loads((spec_dir() / "meta" / "script.schema.json").read_text(encoding="utf-8"))["$defs"]
    keys = {key for name in ("answer", "when", "call") for key in schema[name]["properties"]}
    assert sorted(key for key in keys if f"`{key}`" not in text) == []


def test_the_command_line_refuses_a_bad_script(tmp_path: Path) -> None:
    path = tmp_path / "script.yaml"
    path.write_text("answers:\n- sya: hi\n")
    command = [sys.executable, "-m", "antiphon", "serve", "--port", "0", "--script", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 2
    assert done.stderr == f"antiphon: {path}, line 2: answers[0].sya: unknown key; did you mean 'say'?\n"
    assert done.stdout == ""
