"""One implementation, from its installation to its published result."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from antiphon.errors import AntiphonError, Exit
from antiphon.matrix.process import environment, free_port, run_bounded, running_server
from antiphon.matrix.publication import publish
from antiphon.matrix.recipe import Subject
from antiphon.matrix.soak_summary import publish_soak

KEY = "ANTIPHON_MATRIX_KEY"
"""The variable that holds the key of an implementation, which is written in its recipe and no secret."""
LATE = 120.0
"""Seconds that a command has to end after its own bound."""
SOAK_CALLS = 2000
UPSTREAM_START = 60.0


class NotRun(AntiphonError):
    """An implementation could not be installed, started or judged."""

    exit = Exit.UNREACHABLE


@dataclass(frozen=True)
class MatrixFolders:
    """Folders of the matrix."""

    implementations: Path
    runs: Path
    """What each run leaves: transcript, result, and the words of the server."""
    reports: Path
    installed: Path | None = None

    def run_of(self, subject: Subject) -> Path:
        """The folder of the runs of an implementation."""
        return self.runs / subject.name

    def result_of(self, subject: Subject) -> Path:
        """Where the result of an implementation is published."""
        return self.reports / "results" / f"{subject.name}.json"


def run(subject: Subject, folders: MatrixFolders, tell: Callable[[str], None]) -> None:
    """Install, start, examine and run an implementation, and publish its result. Raises AntiphonError."""
    folder, recipe = folders.run_of(subject), subject.recipe
    with start_implementation(subject, folders, folder, tell) as variables:
        tell(f"{subject.name}: doctor")
        _command(subject, folder, variables, "doctor", ["--json"], LATE * 3)
        tell(f"{subject.name}: run")
        seconds = recipe.seconds("run")
        depth = ["--depth", recipe.values["depth"], "--max-time", str(seconds), "--report-dir", str(folder)]
        _command(subject, folder, variables, "run", depth, seconds + LATE)
        if soak := recipe.values.get("soak"):
            tell(f"{subject.name}: soak")
            steps = ["--users", soak["users"], "--duration", str(soak["seconds"]), "--max-calls", str(SOAK_CALLS)]
            bound = soak["seconds"] * (soak["users"].count(",") + 1) + LATE
            _command(subject, folder, variables, "soak", [*steps, "--report-dir", str(folder)], bound)
    _publish(subject, folders, tell)


@contextmanager
def start_implementation(
    subject: Subject, folders: MatrixFolders, folder: Path, tell: Callable[[str], None]
) -> Iterator[dict[str, str]]:
    """An implementation that is installed and answers, and the variables with which a command finds its key.

    It is the target of its name in the folder's antiphon.toml, and ends with the block. Raises AntiphonError.
    """
    recipe, log = subject.recipe, folder / "install.log"
    folder.mkdir(parents=True, exist_ok=True)
    variables = _variables(subject, folders)
    tell(f"{subject.name}: install")
    command = [str(recipe.script), str(recipe.port)]
    code = run_bounded(command, variables | {"INSTALL_ONLY": "1"}, log, recipe.seconds("install"))
    if code != 0:
        raise NotRun(f"{subject.name}: not installed ({_ending(code)}); {log} has its words.")
    (folder / "antiphon.toml").write_text(target_file(subject), encoding="utf-8")
    tell(f"{subject.name}: start")
    with _server(subject, folders, folder, variables):
        yield variables | {KEY: recipe.values.get("key", "")}


def judge(subject: Subject, folders: MatrixFolders, tell: Callable[[str], None]) -> None:
    """Judge the recording of an implementation again, and publish its result. Raises AntiphonError."""
    folder = folders.run_of(subject)
    transcript = folder / "transcript.jsonl"
    if not transcript.is_file():
        raise NotRun(f"{subject.name}: {transcript} is not there; run it first.")
    tell(f"{subject.name}: judge")
    again = ["--transcript", str(transcript), "--report-dir", str(folder), "--depth", subject.recipe.values["depth"]]
    command = [sys.executable, "-m", "antiphon", "run", *again]
    code = run_bounded(command, environment(), folder / "run.log", subject.recipe.seconds("run"))
    if code not in (Exit.HOLDS, Exit.BROKEN):
        raise NotRun(f"{subject.name}: not judged ({_ending(code)}); {folder / 'run.log'} has its words.")
    _publish(subject, folders, tell)


def target_file(subject: Subject) -> str:
    """An antiphon.toml with the implementation as a target."""
    recipe = subject.recipe
    settings = {
        "base_url": recipe.base_url,
        "model": recipe.values["model"],
        "server_version": subject.version,
        "api_key_env": KEY if recipe.values.get("key") else "",
    }
    rows = [f"{name} = {json.dumps(value)}" for name, value in settings.items()]
    for table in ("limits", "headers"):
        pairs = [f"{json.dumps(name)} = {json.dumps(value)}" for name, value in recipe.values.get(table, {}).items()]
        rows += [f"{table} = {{{', '.join(pairs)}}}"] if pairs else []
    return "\n".join([f'[targets."{recipe.name}"]', *rows]) + "\n"


def _variables(subject: Subject, folders: MatrixFolders) -> dict[str, str]:
    installed = {"INSTALL_DIR": str(folders.installed.resolve())} if folders.installed else {}
    return environment(VERSION=subject.version, UPSTREAM=f"http://127.0.0.1:{free_port()}/v1", **installed)


@contextmanager
def _server(subject: Subject, folders: MatrixFolders, folder: Path, variables: dict[str, str]) -> Iterator[None]:
    """The implementation at its port, and its upstream where it has one."""
    recipe, log = subject.recipe, folder / "server.log"
    log.unlink(missing_ok=True)
    with ExitStack() as stack:
        if recipe.values["upstream"] != "none":
            stack.enter_context(_upstream(recipe.values["upstream"], variables["UPSTREAM"], folders, folder))
        command = [str(recipe.script), str(recipe.port)]
        ready = recipe.base_url + recipe.values.get("ready", "/models")
        stack.enter_context(running_server(command, variables, log, ready, recipe.seconds("start")))
        yield


def _upstream(kind: str, url: str, folders: MatrixFolders, folder: Path) -> AbstractContextManager[None]:
    """What a gateway passes requests on to: chat completions that say Hello, or the reference server."""
    port = url.rpartition(":")[2].partition("/")[0]
    chat = [sys.executable, str(folders.implementations / "shared" / "chat_upstream.py"), port]
    reference = [sys.executable, "-m", "antiphon", "serve", "--port", port]
    command = chat if kind == "chat" else reference
    return running_server(command, environment(), folder / "upstream.log", f"{url}/models", UPSTREAM_START)


def _command(
    subject: Subject, folder: Path, variables: dict[str, str], name: str, options: list[str], seconds: float
) -> None:
    """A command of Antiphon against the target, with its words in a file."""
    log = folder / f"{name}.log"
    log.unlink(missing_ok=True)
    target = ["--target", subject.recipe.name, "--config", str(folder / "antiphon.toml")]
    code = run_bounded([sys.executable, "-m", "antiphon", name, *target, *options], variables, log, seconds)
    if code not in (Exit.HOLDS, Exit.BROKEN):
        raise NotRun(f"{subject.name}: {name} {_ending(code)}; {log} has its words.")


def _ending(code: int | None) -> str:
    return "took too long" if code is None else f"ended with {code}"


def _publish(subject: Subject, folders: MatrixFolders, tell: Callable[[str], None]) -> None:
    """Publish the result of a whole run. Raises NotRun for a part."""
    result = folders.run_of(subject) / "result.json"
    values = json.loads(result.read_text(encoding="utf-8"))
    if values["filtered"]:
        raise NotRun(f"{subject.name}: only a part was run ({values['filter']}), which is not published.")
    place = folders.result_of(subject)
    publish(result, place)
    publish_soak(folders.run_of(subject) / "soak.json", folders.reports, subject)
    totals = values["totals"]
    tell(f"{subject.name}: {totals['pass']} held, {totals['fail']} musts and {totals['warn']} shoulds broken; {place}")
