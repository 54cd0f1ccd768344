"""Measure what each client of clients/ needs: play every fault that shows in a case, and write what came of it.

    python -m tools.measure_clients --folder measured                 # every client, every fault; takes hours
    python -m tools.measure_clients --folder measured --faults 100    # those on which clients choked first
    python -m tools.measure_clients --folder measured openai-py llm   # these clients
    python -m tools.measure_clients --fault retry-lines               # this fault, with every client
    python -m tools.measure_clients --fault ~message/role=null        # this mutation

The cases are recorded on the right server. In this process each fault is replayed against what was recorded, which
tells the cases that can see it and what is wrong in what they get; where something is, the real client is played. What
was replayed stays in the folder, and is not replayed again. Written are `dialogues.json`, `needs.json` and
`requirements.json` in spec/clients/measured/, where what was measured of clients and faults that are not named stays.
Of faults that break the same requirements, two at most are played. Beside the faults stand mutations of right replies
(`tools.clients.mutations`); what two clients were measured to choke on is changed in each of its places alone when it
is measured again.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from tools.clients.blame import broken_by, choking
from tools.clients.harness import client_ids, run_harness
from tools.play_clients import free_port

ALIKE = 2
"""Faults that break the same requirements which are played."""


@contextmanager
def recording_server(file: Path) -> Iterator[str]:
    """The address of a recording server, which is ended afterwards."""
    port = free_port()
    server = subprocess.Popen([sys.executable, "-m", "tools.clients.recording_server", str(port), str(file)])
    try:
        for _ in range(120):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/__set/none").read()
                break
            except OSError:
                time.sleep(0.5)
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        server.terminate()
        server.wait()


def plan_of(
    examples: Sequence[Mapping[str, Any]], most: int | None, telling: Collection[str] = (), client: str = ""
) -> str:
    """The plan of a loop: a fault a line with the cases in which it breaks something, first those that tell most.

    Those are what a client was measured to choke on, then what breaks something for most clients. Cases are those of
    one client, where one is named.
    """
    alike: Counter[frozenset[str]] = Counter()
    cases = {str(each["fault"]): [name for name, traits in each["cases"].items() if traits] for each in examples}
    rows = []
    for fault in sorted(cases, key=lambda fault: (fault not in telling, -_count_clients(cases[fault]))):
        breaks = broken_by(fault) or frozenset({fault})
        pairs = (name.split(": ", 1) for name in cases[fault])
        names = sorted({name for owner, name in pairs if client in ("", owner)})
        if names and alike[breaks] < ALIKE:
            alike[breaks] += 1
            rows.append(f"{fault}\t{'|'.join(re.escape(name) for name in names)}\n")
    return "".join(rows[:most])


def _count_clients(cases: Iterable[str]) -> int:
    return len({name.split(": ")[0] for name in cases})


def tool(*words: str | Path) -> None:
    """Run a module of the measurement. Raises CalledProcessError."""
    subprocess.run([sys.executable, "-m", *map(str, words)], check=True)


@click.command(help=__doc__)
@click.argument("clients", nargs=-1)
@click.option("--folder", type=click.Path(path_type=Path), default=Path("measured"), help="Where what is played stays.")
@click.option("--faults", type=int, help="Play so many faults at most.")
@click.option("--fault", "named", multiple=True, help="Play this fault alone; may be given several times.")
def main(clients: tuple[str, ...], folder: Path, faults: int | None, named: tuple[str, ...]) -> None:
    """Record, replay, play, and derive."""
    chosen = clients or tuple(client_ids())
    folder.mkdir(parents=True, exist_ok=True)
    recording, examples, features = folder / "recording.jsonl", folder / "examples.jsonl", folder / "features.tsv"
    recording.unlink(missing_ok=True)
    with recording_server(recording) as url:
        features.write_text(run_harness(url, chosen, LIST="1"), encoding="utf-8")
        run_harness(url, chosen, LOOP="none", MARK="1")
    adds = ["--add"] if clients or named else []
    tool("tools.clients.dialogues", recording, features, *adds)
    tool("tools.clients.examples", recording, examples, *named, "--features", features)
    if not named:
        tool("tools.clients.examples", recording, examples, "--features", features, "--grid")
    found = [json.loads(line) for line in examples.read_text(encoding="utf-8").splitlines()]
    found = [each for each in found if not named or each["fault"] in named]
    logs = Path(os.environ.get("CLIENTS_DIR", "/tmp/clients")) / "log"
    played = [play_plan(client, plan_of(found, faults, choking(), client), folder, logs) for client in chosen]
    tool("tools.clients.derive", *played, "--examples", examples, "--features", features, *adds)


def play_plan(client: str, plan: str, folder: Path, logs: Path) -> Path:
    """Play a client by its plan, first without a fault, and return what came of it."""
    file, played = folder / f"{client}.plan.tsv", folder / f"{client}.tsv"
    file.write_text(f"none\t.*\n{plan}", encoding="utf-8")
    with recording_server(folder / "unmarked.jsonl") as url:
        run_harness(url, [client], PLAN=str(file), CASE_TIMEOUT="25")
    shutil.copy(logs / f"{client}.tsv", played)
    return played


if __name__ == "__main__":
    main()
