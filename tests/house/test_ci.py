"""The action, the workflows, the shell script, the image: run where they can be run here, else held to a schema."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from antiphon.cli import group
from antiphon.server import ServerSettings, background_server

ROOT = Path(__file__).parents[2]
CI = ROOT / "docs" / "ci"
WORKFLOWS = sorted(path for path in CI.glob("*.yml") if path.name != "gitlab-ci.yml")
MODEL = ServerSettings().models[0]
BIN = Path(sys.executable).parent
needs_bash = pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")

Step = dict[str, Any]


def read(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("schema", "paths"),
    [
        ("vendor.github-workflows", WORKFLOWS),
        ("vendor.github-actions", [ROOT / "action.yml"]),
        ("vendor.gitlab-ci", [CI / "gitlab-ci.yml"]),
    ],
)
def test_files_fit_the_published_schemas(schema: str, paths: list[Path]) -> None:
    pytest.importorskip("check_jsonschema")
    words = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, *map(str, paths)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr


def scripts() -> Iterator[tuple[str, str]]:
    """Every shell script of the workflows and of the action, with where it stands."""
    for path in WORKFLOWS:
        for job in read(path)["jobs"].values():
            for step in job["steps"]:
                if "run" in step:
                    yield f"{path.name}: {step.get('name', '')}", step["run"]
    for step in read(ROOT / "action.yml")["runs"]["steps"]:
        if "run" in step:
            yield f"action.yml: {step.get('id', '')}", step["run"]
    for name, job in read(CI / "gitlab-ci.yml").items():
        if isinstance(job, dict) and "script" in job:
            yield f"gitlab-ci.yml: {name}", "\n".join(job["script"])
    yield "gate.sh", (CI / "gate.sh").read_text(encoding="utf-8")


SCRIPTS = dict(scripts())


@needs_bash
@pytest.mark.parametrize("script", SCRIPTS.values(), ids=SCRIPTS)
def test_a_script_is_a_script(script: str) -> None:
    plain = re.sub(r"\$\{\{.*?\}\}", "x", script)
    done = subprocess.run(["bash", "-n"], input=plain, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr


def commands() -> Iterator[list[str]]:
    for script in SCRIPTS.values():
        for line in re.sub(r"\$\{\{.*?\}\}", "x", script).splitlines():
            found = re.match(r"\s*antiphon (.*?)(?:\s(?:&|\|\||>>).*|&)?$", line)
            if found and "words" not in line:
                yield shlex.split(found[1].replace('"$HISTORY"', "history"))


COMMANDS = {" ".join(words): words for words in commands()}


def test_the_workflows_call_what_they_are_for() -> None:
    assert {words[0] for words in COMMANDS.values()} >= {"serve", "run", "nightly", "compare", "history", "report"}


@pytest.mark.parametrize("words", COMMANDS.values(), ids=COMMANDS)
def test_a_command_of_a_workflow_can_be_parsed(words: list[str]) -> None:
    context = click.Context(group)
    command = group.get_command(context, words[0])

    assert command is not None
    command.make_context(words[0], words[1:], parent=context)


def test_the_inputs_of_the_action_are_what_the_workflows_give() -> None:
    known = read(ROOT / "action.yml")["inputs"].keys()
    for path in WORKFLOWS:
        for job in read(path)["jobs"].values():
            for step in job["steps"]:
                if step.get("uses", "").startswith("OWNER/antiphon"):
                    assert step["with"].keys() <= known, path.name


def test_the_inputs_of_the_action_are_options_of_run() -> None:
    run = group.get_command(click.Context(group), "run")
    assert run is not None
    options = {name.removeprefix("--") for each in run.params for name in each.opts}

    assert read(ROOT / "action.yml")["inputs"].keys() - {"python-version"} <= options


class Runner:
    """Runs the shell steps of the action as GitHub does, with its inputs and outputs."""

    def __init__(self, folder: Path, **inputs: str) -> None:
        self.action = read(ROOT / "action.yml")
        self.folder = folder
        given = {name.replace("_", "-"): value for name, value in inputs.items()}
        self.inputs = {name: str(each["default"]) for name, each in self.action["inputs"].items()} | given
        self.outputs: dict[str, dict[str, str]] = {}
        self.summary = folder / "summary.md"
        venv = folder / "temp" / "antiphon-venv" / "bin"
        venv.mkdir(parents=True)
        for name in ("antiphon", "python"):
            (venv / name).symlink_to(BIN / name)

    def _said(self, text: str) -> str:
        """A text with its expressions replaced by what they stand for."""

        def value(found: re.Match[str]) -> str:
            words = found[1].strip()
            if words.startswith("inputs."):
                return self.inputs[words.removeprefix("inputs.")]
            if words.startswith("steps."):
                _, step, _, name = words.split(".")
                return self.outputs[step].get(name, "")
            return {"runner.temp": str(self.folder / "temp"), "github.action_path": str(ROOT)}[words]

        return re.sub(r"\$\{\{(.*?)\}\}", value, text)

    def _step(self, step: Step) -> int:
        output = self.folder / "output.txt"
        output.write_text("")
        ours = {
            name: each for name, each in os.environ.items() if not name.endswith("_API_KEY") and "GITHUB" not in name
        }
        environment = {name: self._said(str(each)) for name, each in step.get("env", {}).items()}
        files = {"GITHUB_OUTPUT": str(output), "GITHUB_STEP_SUMMARY": str(self.summary)}
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", self._said(step["run"])],
            cwd=self.folder, env={**ours, **environment, **files}, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if "id" in step:
            self.outputs[step["id"]] = dict(line.split("=", 1) for line in output.read_text().splitlines())
        return done.returncode

    def run(self) -> tuple[int, dict[str, str]]:
        """The exit code of the action and its outputs. The install step is left out: the package is there."""
        code = 0
        for step in self.action["runs"]["steps"]:
            if "run" in step and step.get("id") != "install" and not code:
                code = self._step(step)
        return code, {name: self._said(each["value"]) for name, each in self.action["outputs"].items()}


@needs_bash
def test_the_action_passes_a_server_that_holds(tmp_path: Path) -> None:
    with background_server(ServerSettings()) as url:
        runner = Runner(tmp_path, base_url=url, model=MODEL, select="usage stream", report_dir="out put")
        code, said = runner.run()

    assert code == 0
    assert (said["verdict"], said["exit-code"], said["broken"], said["new"]) == ("holds", "0", "0", "0")
    assert int(said["held"]) == int(said["judged"]) > 0
    assert (tmp_path / said["report"]).is_file()
    assert runner.summary.read_text().strip()


@needs_bash
def test_the_action_fails_for_a_broken_server_and_not_for_one_that_is_expected(tmp_path: Path) -> None:
    with background_server(ServerSettings(faults=("no-text-deltas",))) as url:
        (tmp_path / "a").mkdir()
        (tmp_path / "b").mkdir()
        code, said = Runner(tmp_path / "a", base_url=url, model=MODEL, select="stream").run()
        assert (code, said["verdict"], said["new"]) == (1, "broken", said["broken"])
        baseline = subprocess.run(
            [BIN / "antiphon", "baseline", tmp_path / "a" / "antiphon-report" / "result.json"],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        (tmp_path / "b" / "my baseline.yaml").write_text(baseline.stdout)
        inputs = {"base_url": url, "model": MODEL, "select": "stream", "baseline": "my baseline.yaml"}
        code, said = Runner(tmp_path / "b", **inputs).run()

    assert (code, said["verdict"], said["new"]) == (0, "holds", "0")
    assert int(said["broken"]) > 0
    titles = json.loads(said["cause-titles"])
    assert int(said["causes"]) == len(titles) > 0
    assert any("stream" in title for title in titles)
    assert {"litellm", "strands"} <= set(said["not-with"].split())


@needs_bash
def test_the_action_keeps_to_what_it_may_cost(tmp_path: Path) -> None:
    bounds = {"max_calls": "5", "max_tokens": "100000", "max_time": "60", "concurrency": "1", "profile": "core"}
    with background_server(ServerSettings()) as url:
        _, said = Runner(tmp_path, base_url=url, model=MODEL, depth="core", **bounds).run()

    result = json.loads((tmp_path / said["report-dir"] / "result.json").read_text(encoding="utf-8"))
    assert 0 < int(said["calls"]) == result["calls"] <= 5
    assert "--profile core" in result["filter"]
    assert said["cost"] == ""


@needs_bash
def test_the_action_says_which_clients_work_and_asks_for_prices_where_cost_is_bounded(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    with background_server(ServerSettings()) as url:
        code, said = Runner(tmp_path / "a", base_url=url, model=MODEL, max_cost="1").run()
        assert (code, said["verdict"], said["calls"]) == (2, "wrong usage", "")
        config = (
            f"[targets.mine]\nbase_url = '{url}'\nmodel = '{MODEL}'\n"
            f"[targets.mine.prices.{MODEL}]\ninput = 1\noutput = 2\n"
        )
        (tmp_path / "b" / "antiphon.toml").write_text(config)
        code, said = Runner(tmp_path / "b", target="mine", max_cost="1", depth="standard").run()

    assert (code, said["causes"], said["cause-titles"], said["not-with"]) == (0, "0", "[]", "")
    assert "litellm" in said["works-with"].split()
    assert 0 < float(said["cost"]) <= 1


@needs_bash
def test_an_input_is_never_a_command(tmp_path: Path) -> None:
    code, said = Runner(tmp_path, base_url="http://127.0.0.1:9/v1; touch owned", select="$(touch owned)").run()

    assert code == 2
    assert (said["verdict"], said["report"]) == ("wrong usage", "")
    assert not (tmp_path / "owned").exists()


@needs_bash
def test_an_action_without_a_server_says_so(tmp_path: Path) -> None:
    code, said = Runner(tmp_path, base_url="http://127.0.0.1:9/v1").run()

    assert (code, said["verdict"], said["judged"]) == (3, "not reachable", "")


@needs_bash
def test_the_plain_script_ends_as_the_run_does(tmp_path: Path) -> None:
    path = f"{BIN}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "ANTIPHON_PROFILES": "core", "ANTIPHON_REPORT_DIR": "where it goes"}
    environment.pop("GITHUB_STEP_SUMMARY", None)
    held = subprocess.run(["bash", CI / "gate.sh"], cwd=tmp_path, env=environment, capture_output=True, text=True)
    gone = subprocess.run(
        ["bash", CI / "gate.sh", "http://127.0.0.1:9/v1"], cwd=tmp_path, env=environment, capture_output=True, text=True
    )

    assert (held.returncode, gone.returncode) == (0, 3), held.stderr + gone.stderr
    assert "The contract holds." in held.stdout
    assert (tmp_path / "where it goes" / "gate.json").exists()


INSTRUCTIONS = {
    "FROM", "WORKDIR", "COPY", "RUN", "ENV", "USER", "EXPOSE", "ENTRYPOINT", "CMD", "ARG", "LABEL",
}  # fmt: skip


def dockerfile() -> list[tuple[str, str]]:
    lines = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
    told = [line.partition(" ") for line in lines if line.strip() and not line.startswith("#")]
    return [(word, rest.strip()) for word, _, rest in told]


def test_the_image_is_made_of_known_steps_and_of_files_that_are_there() -> None:
    steps = dockerfile()
    assert {word for word, _ in steps} <= INSTRUCTIONS
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    for word, rest in steps:
        if word == "COPY" and not rest.startswith("--from"):
            for source in rest.split()[:-1]:
                assert (ROOT / source).exists()
                assert f"!{source}" in ignored


def test_the_image_does_not_run_as_root() -> None:
    words = [word for word, _ in dockerfile()]
    (user,) = [rest for word, rest in dockerfile() if word == "USER"]

    assert user not in ("root", "0")
    assert words.index("USER") < words.index("ENTRYPOINT")
    assert not any(word == "RUN" for word in words[words.index("USER") :])


@pytest.mark.skipif(shutil.which("git") is None or shutil.which("bash") is None, reason="git or bash is not installed")
def test_the_history_of_nights_is_kept_on_a_branch(tmp_path: Path) -> None:
    """Two nights of the workflow's own git steps, each in a fresh clone, add up on the branch."""
    job = read(CI / "nightly.yml")["jobs"]["nightly"]
    steps = {step.get("name"): step["run"] for step in job["steps"] if "run" in step}
    names = {name: value for name, value in job["env"].items() if name.startswith(("GIT_", "HISTORY"))}
    environment = {**os.environ, **names, "GIT_CONFIG_GLOBAL": os.devnull}

    def shell(line: str, folder: Path) -> str:
        words = ["bash", "-e", "-o", "pipefail", "-c", line]
        done = subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    shell("git init --quiet --bare origin.git && git clone --quiet origin.git start", tmp_path)
    shell("git commit --quiet --allow-empty -m x && git push --quiet origin HEAD:refs/heads/main", tmp_path / "start")
    for night in ("1", "2"):
        shell(f"git clone --quiet --branch main origin.git {night}", tmp_path)
        shell(steps["Fetch the history"], tmp_path / night)
        (tmp_path / night / "history" / f"{night}.json").write_text("{}")
        shell(steps["Keep the history"], tmp_path / night)

    assert shell("git ls-tree --name-only antiphon-history", tmp_path / "origin.git").split() == ["1.json", "2.json"]
