"""The schemas are true to what was recorded, and two validators read them alike."""

from __future__ import annotations

import gzip
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from antiphon.contract.schemas.library import editions_with_schemas, relaxations
from antiphon.contract.schemas.validation import Schemas

SAMPLE = Path(__file__).parents[1] / "data" / "schemas" / "sample.jsonl"
TRAFFIC = Path(__file__).parents[3] / "shared" / "traffic"
EDITIONS = {"openai": "openai-2026-08", "azure": "azure-2026"}
OBJECTS = {
    "response": "response",
    "response.compaction": "compaction",
    "response.input_tokens": "input-tokens",
    "conversation": "conversation",
    "conversation.deleted": "deleted.conversation",
    "chat.completion": "chat.completion",
    "chat.completion.deleted": "chat.deleted",
}
REQUESTS = {
    r"/responses": "request.create",
    r"/responses/compact": "request.compact",
    r"/responses/input_tokens": "request.input-tokens",
    r"/conversations": "request.conversation.create",
    r"/conversations/[^/]+": "request.conversation.update",
    r"/conversations/[^/]+/items": "request.conversation.items",
    r"/chat/completions": "request.chat.create",
    r"/chat/completions/[^/]+": "request.chat.update",
}
needs_traffic = pytest.mark.skipif(not TRAFFIC.is_dir(), reason="the recorded traffic is not beside the checkout")


@cache
def exchanges() -> list[dict[str, Any]]:
    """Every recorded exchange with OpenAI or Azure."""
    files = [TRAFFIC / f"{name}.jsonl.gz" for name in ("responses", "errors", "chat")]
    lines = (line for file in files for line in gzip.decompress(file.read_bytes()).splitlines())
    return [exchange for exchange in map(json.loads, lines) if exchange["provider"] in EDITIONS]


def cases() -> list[dict[str, Any]]:
    """Recorded exchanges that were once called broken, and are committed."""
    files = sorted((Path(__file__).parents[1] / "data" / "cases" / "traffic").glob("*.jsonl"))
    return [json.loads(line) for file in files for line in file.read_text(encoding="utf-8").splitlines()]


def values(exchange: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The values of an exchange that have a schema, each with its kind."""
    request, response, api = exchange["request"] or {}, exchange["response"], exchange["api"]
    path = re.sub(r".*(?=/(responses|conversations|chat/completions)\b)", "", request.get("path") or "").rstrip("/")
    if api not in ("responses", "conversations", "chat"):
        yield "error", response["body"]
    elif "sse" in response:
        for event in _events(response["sse"]):
            yield ("chat.chunk" if api == "chat" else "event"), event
    else:
        yield _kind(response["body"], api, path), response["body"]
    if request.get("body") and request["method"] == "POST" and response["status"] == 200:
        [kind] = [kind for pattern, kind in REQUESTS.items() if re.fullmatch(pattern, path)]
        yield kind, request["body"]


def _kind(body: Mapping[str, Any], api: str, path: str) -> str:
    if body.get("object") == "list":
        chat = "chat.messages" if path.endswith("/messages") else "chat.list"
        return {"responses": "list.items", "conversations": "list.conversation-items"}.get(api, chat)
    if "object" not in body:
        return "error" if "error" in body else "item.conversation"
    return OBJECTS[body["object"]]


def _events(stream: str) -> Iterator[dict[str, Any]]:
    for line in stream.split("\n"):
        if line.startswith("data:") and line.removeprefix("data:").strip() != "[DONE]":
            yield json.loads(line.removeprefix("data:"))


def schemas_for(exchange: Mapping[str, Any], without: frozenset[str] = frozenset()) -> Schemas:
    """The schemas that count for an exchange on the day of its recording."""
    day = date.fromisoformat(exchange["recorded"]) if exchange["recorded"] else date.min
    return Schemas(EDITIONS[exchange["provider"]], day, without)


def sample() -> list[dict[str, Any]]:
    """The recorded values that lie in this repository."""
    return [json.loads(line) for line in SAMPLE.read_bytes().splitlines()]


def test_the_recorded_sample_is_valid_and_knows_many_kinds() -> None:
    entries = sample()
    assert len({entry["kind"] for entry in entries}) >= 20
    for entry in entries:
        assert schemas_for(entry).validate(entry["kind"], entry["value"]) == [], entry["exchange"]


def _variants(value: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The value, and it with each field left out, of another type, or beside one that is not known."""
    yield value
    yield {**value, "bogus": 1}
    for name in value:
        yield {key: part for key, part in value.items() if key != name}
        yield {**value, name: {"of": "another type"}}


def test_two_validators_say_the_same_of_right_and_wrong_values() -> None:
    said: Counter[bool] = Counter()
    for entry in sample():
        schemas, kind, type = schemas_for(entry), entry["kind"], entry["value"].get("type")
        held = schemas.definition(kind, type if schemas.types(kind) else None)
        slow = jsonschema.Draft202012Validator(held.self_contained)
        for variant in _variants(entry["value"]):
            fast = held.is_valid(variant)
            said[fast] += 1
            assert fast == slow.is_valid(variant), (entry["exchange"], kind, type)
    assert said[True] > 300
    assert said[False] > 500


def test_an_invalid_variant_is_always_explained() -> None:
    for entry in sample():
        schemas, kind = schemas_for(entry), entry["kind"]
        for name, part in entry["value"].items():
            if name == "type" and schemas.types(kind):
                continue
            for error in schemas.validate(kind, {**entry["value"], name: {"of": "another type"}}):
                assert error.pointer.startswith(f"/{name}"), (kind, name, error)
                assert error.expected, (kind, name, part)


@needs_traffic
@pytest.mark.parametrize("provider", list(EDITIONS))
def test_all_recorded_traffic_is_valid(provider: str) -> None:
    counted: Counter[str] = Counter()
    for exchange in exchanges():
        if exchange["provider"] == provider:
            schemas = schemas_for(exchange)
            for kind, value in values(exchange):
                counted[kind] += 1
                assert schemas.validate(kind, value) == [], (exchange["id"], kind)
    assert counted["event"] > 2000
    assert counted["response"] >= 30
    assert counted["request.create"] >= 40
    assert counted["error"] >= 6


@needs_traffic
def test_two_validators_agree_on_all_recorded_traffic() -> None:
    slow: dict[int, jsonschema.Draft202012Validator] = {}
    for exchange in exchanges():
        schemas = schemas_for(exchange)
        for kind, value in values(exchange):
            typed = bool(schemas.types(kind))
            held = schemas.definition(kind, value["type"] if typed else None)
            validator = slow.setdefault(id(held), jsonschema.Draft202012Validator(held.self_contained))
            assert held.is_valid(value), (exchange["id"], kind)
            assert validator.is_valid(value), (exchange["id"], kind)


def _recorded() -> list[tuple[str, str]]:
    """The relaxations that an exchange at hand shows to be needed, with that exchange."""
    entries = {entry.id: entry for edition in editions_with_schemas() for entry in relaxations(edition)}
    return [(entry.id, each["example"]) for entry in entries.values() for each in entry.evidence if "example" in each]


@needs_traffic
@pytest.mark.parametrize(("relaxation", "example"), _recorded())
def test_each_recorded_relaxation_is_needed(relaxation: str, example: str) -> None:
    [exchange] = [exchange for exchange in (*exchanges(), *cases()) if exchange["id"] == example]
    strict, schemas = schemas_for(exchange, frozenset({relaxation})), schemas_for(exchange)
    found = list(values(exchange))
    errors = [error for kind, value in found for error in strict.validate(kind, value)]
    drift = sum(len(strict.unknown(kind, value)) - len(schemas.unknown(kind, value)) for kind, value in found)
    assert errors or drift > 0


def test_a_relaxation_by_recordings_shows_one_or_says_why_not() -> None:
    for edition in editions_with_schemas():
        for entry in relaxations(edition):
            for each in entry.evidence:
                if each["kind"] == "recording":
                    assert "example" in each or "note" in each, entry.id
