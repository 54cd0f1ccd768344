"""Dialogues out of recorded calls: the requests of each case in their form, with texts of our own, each but once.

    python -m tools.clients.dialogues RECORDING FEATURES [--add]

RECORDING is what `tools.clients.recording_server` wrote, FEATURES what `LIST=1 clients/run.sh` prints.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import click
from tools.clients.harness import client_ids, looked_at, read_features, without_places
from tools.clients.recording import Call, events_in, read_cases

from antiphon.clients.dialogue import DialogueTurn, read_turn
from antiphon.clients.references import MODEL
from antiphon.contract.load import contract

TARGET = Path(__file__).parents[2] / "spec" / "clients" / "measured" / "dialogues.json"
ID = re.compile(r"[a-z]{2,12}_[0-9a-f]{20,}")
TAKEN_BACK = ("/arguments", "/encrypted_content", "/call_id")
"""Ends of pointers to values that a client sends back as they came; what stands in `/output` it does besides."""
OWN_HEADERS = ("openai-beta", "content-encoding")
"""Headers that change what a server does; the others are of a transport, or tell who asks."""
LONG = {"text": 24, "content": 24, "instructions": 24, "description": 24, "title": 24}
"""Texts from so many characters on are replaced by our own, by the name of their field."""
OURS = {"text": "Say hi.", "content": "Say hi."}
LONGEST = 90
MADE_ANEW = {"prompt_cache_key": "a-key-of-the-client"}
"""By its name, what stands for a text that a client makes anew for each session: two that send the same are one."""
ENDS = ("response.completed", "response.failed", "response.incomplete", "error")
NEEDED = {
    "retrieve": "store", "delete": "store", "cancel": "cancel", "input_items": "input-items", "compact": "compact",
    "input_tokens": "input-tokens", "websocket": "websocket",
}  # fmt: skip
"""Capability by operation."""
Json = dict[str, Any]


def dialogue(calls: Sequence[Call]) -> list[Json]:
    """The turns of a case."""
    known: dict[str, str] = {}
    turns: list[Json] = []
    for call in calls:
        for turn, reply, events in _turns(call, known):
            for pointer, value in (*leaves(reply), *_leaves_of_items(events)):
                if is_taken_back(pointer, value):
                    known.setdefault(value, f"${len(turns)}{pointer}")
                    known.setdefault(f"{_type_at(reply, pointer)} {value}", f"${len(turns)}{pointer}")
            turns.append(turn)
    return turns


def _type_at(reply: Any, pointer: str) -> str:
    """The type of the output item to which a pointer leads; the same text may stand in items of several types."""
    place = pointer.split("/")[2] if pointer.startswith("/output/") else ""
    output = reply.get("output", ()) if isinstance(reply, dict) else ()
    return str(output[int(place)]["type"]) if place.isdecimal() and int(place) < len(output) else ""


def turns_of(calls: Sequence[Call]) -> list[DialogueTurn]:
    """The turns of a case, as they are when they are read."""
    return [read_turn(each) for each in dialogue(calls)]


def _leaves_of_items(events: Iterable[Json]) -> Iterator[tuple[str, str]]:
    """The texts of items as they ended in a stream: what is sealed in them may differ from what the response has."""
    for event in events:
        if event.get("type") == "response.output_item.done":
            yield from leaves(event["item"], f"/output/{event['output_index']}")


def _turns(call: Call, known: Mapping[str, str]) -> Iterator[tuple[Json, Any, list[Json]]]:
    if not call.is_socket:
        yield _turn(call, known), call.reply, list(events_in(call.received))
        return
    headers = {name: value for name, value in call.headers if name in OWN_HEADERS}
    yield {"method": "GET", "path": "/responses", **({"headers": headers} if headers else {}), "status": 101}, None, []
    said = list(call.messages)
    for place, (who, text) in enumerate(said):
        if who == "client":
            events = _until_end(json.loads(each) for who, each in said[place:] if who == "server")
            last = events[-1] if events else {"type": "error"}
            body, reply = json.loads(text), last.get("response")
            if body.get("type") == "response.create":
                status = 400 if reply is None else 200
                turn = {"method": "WS", "path": "/responses", "body": _form(_with_model(body), known), "status": status}
                yield turn | _makes(reply), reply, events


def _until_end(events: Iterable[Json]) -> list[Json]:
    """The events of one turn over a socket."""
    found: list[Json] = []
    for event in events:
        found.append(event)
        if event["type"] in ENDS:
            break
    return found


def _turn(call: Call, known: Mapping[str, str]) -> Json:
    path, query = call.path.removeprefix("/v1"), dict(parse_qsl(call.query))
    for value, reference in known.items():
        if ID.fullmatch(value):
            path = path.replace(value, "{" + reference[1:] + "}")
    headers = {name: value for name, value in call.headers if name in OWN_HEADERS}
    turn: Json = {"method": call.method, "path": path}
    if query:
        turn["query"] = {name: known.get(value, value) for name, value in query.items()}
    if headers:
        turn["headers"] = headers
    if (body := call.body) is not None:
        turn["body"] = _form(_with_model(body), known)
    return turn | {"status": call.status} | _makes(call.reply)


def _makes(reply: Any) -> Json:
    output = reply.get("output") if isinstance(reply, dict) else None
    types = sorted({item["type"] for item in output}) if isinstance(output, list) else []
    return {"makes": types} if types else {}


def _with_model(body: Any) -> Any:
    return {**body, "model": MODEL} if isinstance(body, dict) and body.get("model") == "antiphon-1" else body


def _form(value: Any, known: Mapping[str, str], key: str = "", type: str = "") -> Any:
    """A request's value, in an item of a type: references for what a reply gave, and our own text for what is long."""
    if isinstance(value, dict):
        own = _item_type(value) or type
        return {name: _form(each, known, name, own) for name, each in value.items()}
    if isinstance(value, list):
        return [_form(each, known, key, type) for each in value]
    if not isinstance(value, str):
        return value
    if key in MADE_ANEW:
        return MADE_ANEW[key]
    if reference := known.get(f"{type} {value}") or known.get(value):
        return reference
    if value.startswith(("data:", "http")):
        return value
    if len(value) > LONG.get(key, LONGEST):
        return OURS.get(key, "What it is for.") if key in LONG else without_places(value[:LONGEST])
    return without_places(value)


def _item_type(value: Mapping[str, Any]) -> str:
    """The type of the output item that an input item sends back or answers; empty where it is none."""
    type = str(value.get("type") or ("message" if value.get("role") == "assistant" else "")).removesuffix("_output")
    return type if type in ("message", "reasoning") or type.endswith("_call") else ""


def leaves(value: Any, pointer: str = "") -> Iterator[tuple[str, str]]:
    """The texts of a reply by their pointers."""
    if isinstance(value, dict):
        for name, each in value.items():
            yield from leaves(each, f"{pointer}/{name}")
    elif isinstance(value, list):
        for place, each in enumerate(value):
            yield from leaves(each, f"{pointer}/{place}")
    elif isinstance(value, str):
        yield pointer, value


def is_taken_back(pointer: str, value: str) -> bool:
    """A client sends such a value back."""
    in_output = "/output/" in pointer and pointer.endswith(("/text", "/input")) and bool(value)
    return ID.fullmatch(value) is not None or pointer.endswith(TAKEN_BACK) or in_output


def needs_of(turns: Sequence[Json]) -> list[str]:
    """The capabilities that turns rest on."""
    edition, needs = contract().edition, set()
    for turn in turns:
        operation = edition.operation(turn["method"], turn["path"])
        body = turn.get("body") or {}
        needs |= {NEEDED.get(operation, ""), "conversations" if operation.startswith("conversations") else ""}
        needs |= {name for name in ("background", "reasoning") if body.get(name)}
        needs |= {"streaming"} if body.get("stream") or "stream" in turn.get("query", {}) else set()
        needs |= {"chaining"} if body.get("previous_response_id") else set()
        needs |= {"conversations"} if body.get("conversation") else set()
        needs |= {"tools"} if body.get("tools") else set()
        kind = ((body.get("text") or {}).get("format") or {}).get("type")
        needs |= {"structured-output"} if kind in ("json_schema", "json_object") else set()
        needs |= {"resume"} if "starting_after" in turn.get("query", {}) else set()
    return sorted(needs - {""})


def collected(cases: Mapping[str, Sequence[Call]], features: Mapping[str, Sequence[str]]) -> list[Json]:
    """The dialogues of all cases."""
    ids, chosen = client_ids(), looked_at(features)
    made = []
    for name, calls in cases.items():
        if name in chosen:
            turns = dialogue(calls)
            spans = {ids[name.split(": ")[0]]: dict.fromkeys(features[name], len(turns))}
            made.append(_as_json(_slug(name, ids), spans, turns))
    return shared(made)


def shared(made: Iterable[Json]) -> list[Json]:
    """Dialogues, each but once for all clients that send it; one that is the beginning of others is part of one."""
    found: list[Json] = []
    for each in sorted(made, key=lambda each: -len(each["turns"])):
        turns = each["turns"]
        places = [place for place, other in enumerate(found) if other["turns"][: len(turns)] == turns]
        if not places:
            found.append(each)
            continue
        whole = found[places[-1]]  # the shortest, so that no more is played for it than there must be
        spans = _spans(whole)
        for client, own in _spans(each).items():
            mine = spans.setdefault(client, {})
            mine |= {name: max(length, mine.get(name, 0)) for name, length in own.items()}
        found[places[-1]] = _as_json(whole["id"], spans, whole["turns"])
    return found


def _spans(each: Json) -> dict[str, dict[str, int]]:
    """By client and feature, of how many turns of a dialogue it is."""
    lengths, whole = each.get("lengths", {}), len(each["turns"])
    return {
        client: {name: lengths.get(client, {}).get(name, whole) for name in features}
        for client, features in each["clients"].items()
    }


def _as_json(id: str, clients: Mapping[str, Mapping[str, int]], turns: Sequence[Json]) -> Json:
    """A dialogue, with the length of what a client sends of it for a feature where that is its beginning alone."""
    shorter = {
        client: {each: length for each, length in lengths.items() if length < len(turns)}
        for client, lengths in clients.items()
    }
    lengths = {client: each for client, each in shorter.items() if each}
    own = {client: list(each) for client, each in clients.items()}
    return {
        "id": id, "clients": own, **({"lengths": lengths} if lengths else {}), "needs": needs_of(turns), "turns": turns
    }  # fmt: skip


def _slug(name: str, ids: Mapping[str, str]) -> str:
    client, _, case = name.partition(": ")
    return f"{ids[client]}-{re.sub(r'[^a-z0-9]+', '-', case.lower()).strip('-')}"


def added_to(before: Sequence[Json], made: Sequence[Json]) -> list[Json]:
    """Dialogues of some clients beside those that others had before."""
    anew = {client for each in made for client in each["clients"]}
    others = []
    for each in before:
        if spans := {client: own for client, own in _spans(each).items() if client not in anew}:
            others.append(_as_json(each["id"], spans, each["turns"]))
    return shared([*others, *made])


@click.command()
@click.argument("recording", type=click.Path(path_type=Path, exists=True))
@click.argument("features", type=click.Path(path_type=Path, exists=True))
@click.option("--add", "adds", is_flag=True, help="Keep the dialogues of other clients.")
def main(recording: Path, features: Path, adds: bool) -> None:
    """Write the dialogues, one a line."""
    made = collected(read_cases(recording), read_features(features))
    made = added_to(json.loads(TARGET.read_text(encoding="utf-8")), made) if adds else made
    lines = ",\n".join(json.dumps(each, ensure_ascii=False) for each in sorted(made, key=lambda each: str(each["id"])))
    TARGET.write_text(f"[\n{lines}\n]\n", encoding="utf-8")
    print(f"{len(made)} dialogues, {sum(len(each['turns']) for each in made)} calls")


if __name__ == "__main__":
    main()
