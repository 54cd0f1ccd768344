"""The harness of real clients in `clients/`: their names there and here, and the features of their cases."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

CLIENTS = Path(__file__).parents[2] / "clients"
KEY, MODEL = "sk-test", "antiphon-1"
"""Of the reference server."""
ELSEWHERE = frozenset({"chat", "webhooks"})
"""Features of the other surface, and of what no reply shows."""
WRONG_KEY = re.compile(r"[^:]+: errors: a wrong key")
PLACE = re.compile(r"(?<![\w.:/])/(?:tmp|home|root|var|work|Users)/[^\s'\",)\]]+")
"""A path of the machine on which it was measured."""


def client_ids() -> dict[str, str]:
    """The id of each client by its name in the harness."""
    rows = (line.split("\t") for line in (CLIENTS / "clients.tsv").read_text(encoding="utf-8").splitlines() if line)
    return {row[0]: row[5] for row in rows}


def read_features(path: Path) -> dict[str, Sequence[str]]:
    """Features by `client: case`, out of what LIST=1 prints: client, case, features."""
    rows = (line.split("\t") for line in path.read_text(encoding="utf-8").splitlines() if line.count("\t") == 2)
    return {f"{client}: {case}": tuple(features.split(",")) for client, case, features in rows}


def without_places(said: str) -> str:
    """What a client said, without paths of this machine."""
    return PLACE.sub("…", said)


def is_looked_at(name: str, features: Collection[str]) -> bool:
    """Replies show what comes of a case: it is of this surface, waits for nothing else, and has no key of its own."""
    return not ELSEWHERE.intersection(features) and not WRONG_KEY.match(name)


def looked_at(features: Mapping[str, Sequence[str]]) -> frozenset[str]:
    """The names of the cases that are looked at."""
    return frozenset(name for name, own in features.items() if is_looked_at(name, own))


def pattern_of_others(features: Mapping[str, Sequence[str]]) -> str:
    """What SKIP_CASES is to be, so that only cases that are looked at are played."""
    return "|".join(f"^{re.escape(name)}$" for name in sorted(features.keys() - looked_at(features)))


def run_harness(url: str, clients: Sequence[str], **knobs: str) -> str:
    """What run.sh prints for a reference server."""
    command = [str(CLIENTS / "run.sh"), url, KEY, MODEL, *clients]
    return subprocess.run(command, env={**os.environ, **knobs}, stdout=subprocess.PIPE, text=True).stdout
