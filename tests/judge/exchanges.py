"""Exchanges made from `tests/data/checks`: good ones by name, and what small changes to them break."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from antiphon.contract.load import contract
from antiphon.judge.engine import Judge
from antiphon.judge.ledger import Ledger
from antiphon.recording.exchange import Chunk, Exchange, Failure, Request, Response
from antiphon.recording.intent import parse_intent

DATA = Path(__file__).resolve().parents[1] / "data" / "checks"
ABSENT = "$absent"
LONG = "$long"
"""Stands for nine thousand letters."""
HEADERS = {
    "content-type": "application/json",
    "x-request-id": "req_1",
    "openai-processing-ms": "12",
    "openai-version": "2020-10-01",
    "x-ratelimit-limit-requests": "100",
    "x-ratelimit-remaining-requests": "99",
    "x-ratelimit-reset-requests": "6m0s",
}
STARTED = 1_780_000_000.0


@cache
def read(name: str) -> Any:
    """The value of a file of `tests/data/checks`."""
    return yaml.safe_load((DATA / f"{name}.yaml").read_text(encoding="utf-8"))


def changed(value: Any, changes: Mapping[str, Any]) -> Any:
    """A copy of a JSON value with each pointer set to a new value, or taken away."""
    value = copy.deepcopy(value)
    for pointer, new in changes.items():
        *way, last = pointer.split("/")[1:]
        at = value
        for step in way:
            at = at[int(step)] if isinstance(at, list) else at[step]
        key: Any = int(last) if isinstance(at, list) else last
        if new == ABSENT:
            del at[key]
        elif isinstance(at, list) and key == len(at):
            at.append(copy.deepcopy(new))
        else:
            at[key] = copy.deepcopy(new)
    return value


def spelled(case: Mapping[str, Any]) -> dict[str, Any]:
    """A case with everything that it takes over from another one."""
    if "like" not in case:
        return dict(case)
    made = spelled(read("good")[case["like"]])
    for key, value in case.items():
        if key == "sent":
            made["sent"] = None if value is None else changed(made.get("sent") or {}, value)
        elif key == "reply":
            made["body"] = changed(made["body"], value)
        elif key == "pieces":
            made["chunks"] = changed(made["chunks"], value)
        elif key == "headers":
            made["headers"] = {**made.get("headers", {}), **value}
        elif key != "like":
            made[key] = copy.deepcopy(value)
    return made


def exchange_of(case: Mapping[str, Any], id: str = "made/1") -> Exchange:
    """The exchange that a case spells out."""
    made = json.loads(json.dumps(spelled(case)).replace(LONG, "x" * 9000))
    headers = {**HEADERS, **made.get("headers", {})}
    if "chunks" in made:
        frames = [*map(json.dumps, made["chunks"]), "[DONE]"]
        content = "".join(f"data: {frame}\n\n" for frame in frames).encode()
        headers = {**headers, "content-type": "text/event-stream", **made.get("headers", {})}
    else:
        content = json.dumps(made["body"]).encode()
    content = made["content"].encode() if "content" in made else content
    request = Request(made["method"], made["path"], tuple((made.get("query") or {}).items()), (), made.get("sent"))
    pairs = tuple((name, value) for name, value in headers.items() if value != ABSENT)
    response = Response(made.get("status", 200), pairs, (Chunk(0.0, content),))
    failure = Failure(made["failure"], "It broke.") if "failure" in made else None
    intent, notes = parse_intent(made.get("intent", "")), frozenset(made.get("notes", ()))
    started_at = made.get("started_at", STARTED)
    return Exchange(id, request, response, None, started_at, 1.0, failure, notes, intent=intent)


def judged(*exchanges: Exchange, edition: str = "openai-2026-08") -> Ledger:
    """The ledger of some exchanges under an edition."""
    judge = Judge(contract(edition))
    for each in exchanges:
        judge.feed(each)
    return judge.finish()


def broken(ledger: Ledger) -> set[str]:
    """The requirements that a ledger shows as violated. A check that stumbled is a mistake of ours."""
    stumbled = [error for entry in ledger.entries.values() for error in entry.errors]
    assert not stumbled
    return {requirement for requirement, entry in ledger.entries.items() if entry.violated}
