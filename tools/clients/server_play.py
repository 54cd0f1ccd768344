"""Play of real clients, and of what is predicted of them, against one real server of `implementations/`."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tools.clients.harness import CLIENTS
from tools.clients.relay import relay

from antiphon.errors import Exit
from antiphon.matrix.process import run_bounded
from antiphon.matrix.recipe import Subject
from antiphon.matrix.run import MatrixFolders, NotRun, start_implementation

PATIENCE = 60
"""Seconds that a case may take."""
LONGEST = 3600.0
"""Seconds that the harness, and that one prediction may take."""
PLAYED, RESULT, VERSIONS = "played.tsv", "result.json", "versions.tsv"


@dataclass(frozen=True)
class ServerPlay:
    """One server, the folder in which what it showed stays, and the clients of the harness that are played."""

    subject: Subject
    folders: MatrixFolders
    clients: Sequence[str]
    skipped: str
    """A pattern of the cases that are not played."""
    tell: Callable[[str], None]

    @property
    def folder(self) -> Path:
        """What was played and predicted with this server."""
        return self.folders.run_of(self.subject)

    def play(self) -> None:
        """Play real clients and predictions, as far as the folder lacks them. Raises AntiphonError."""
        if self.subject.recipe.values.get("headers"):
            raise NotRun(f"{self.subject.name}: it wants headers that no client of the harness sends.")
        missing = [each for each in self.clients if each not in played_clients(self.folder / PLAYED)]
        is_predicted = (self.folder / RESULT).is_file()
        if not missing and is_predicted:
            return
        with start_implementation(self.subject, self.folders, self.folder, self.tell) as variables:
            if missing:
                self.tell(f"{self.subject.name}: {len(missing)} real clients")
                asyncio.run(self._harness(missing))
            if not is_predicted:
                self.tell(f"{self.subject.name}: antiphon run, with all that clients send")
                self._predict(variables)

    async def _harness(self, clients: Sequence[str]) -> None:
        """Play the cases through a relay, which stands in for the switch that the harness asks for."""
        recipe = self.subject.recipe
        async with relay(recipe.port, self.folder / "relayed.jsonl") as port:
            url = f"http://127.0.0.1:{port}{recipe.values['path']}"
            place = Path(os.environ.get("CLIENTS_DIR", "/tmp/clients"))
            knobs = {"LOOP": "none", "MARK": "1", "SKIP_CASES": self.skipped, "CASE_TIMEOUT": str(PATIENCE)}
            key, model = recipe.values.get("key", "none"), recipe.values["model"]
            command = [str(CLIENTS / "run.sh"), url, key, model, *clients]
            variables = {**os.environ, "CLIENTS_DIR": str(place), **knobs}
            log = self.folder / "harness.log"
            code = await asyncio.to_thread(run_bounded, command, variables, log, LONGEST)
            if code != 0:
                raise NotRun(f"{self.subject.name}: the harness ended with {code}; {log} has its words.")
        with (self.folder / PLAYED).open("a", encoding="utf-8") as file:
            for client in clients:
                file.write((place / "log" / f"{client}.tsv").read_text(encoding="utf-8"))
        with (self.folder / VERSIONS).open("a", encoding="utf-8") as file:
            file.write((place / "log" / VERSIONS).read_text(encoding="utf-8"))

    def _predict(self, variables: Mapping[str, str]) -> None:
        target = ["--target", self.subject.recipe.name, "--config", str(self.folder / "antiphon.toml")]
        options = ["--max-time", str(int(LONGEST)), "--report-dir", str(self.folder)]
        log = self.folder / "run.log"
        command = [sys.executable, "-m", "tools.clients.all_requests", *target, *options]
        code = run_bounded(command, variables, log, LONGEST)
        if code not in (Exit.HOLDS, Exit.BROKEN):
            raise NotRun(f"{self.subject.name}: the run ended with {code}; {log} has its words.")


def read_rows(path: Path) -> list[list[str]]:
    """The cases that the harness played: fault, client, case, what came of it, seconds."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    return [line.split("\t") for line in lines if line.count("\t") == 4]


def played_clients(path: Path) -> frozenset[str]:
    """The clients of which a file has cases."""
    return frozenset(client for _, client, *_ in read_rows(path))
