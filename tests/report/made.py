"""A made-up gateway that breaks promises of every kind, as values and as the results stored in tests/data/results."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from antiphon.clients.verdicts import FeatureState, FeatureVerdict
from antiphon.contract.model import Capability, Client, Contract, Edition, Evidence, Level, Profile, Requirement
from antiphon.judge.drift import DriftRow
from antiphon.judge.ledger import Ledger
from antiphon.judge.registry import Violation
from antiphon.recording.exchange import Chunk, Exchange, Request, Response
from antiphon.recording.records import ScenarioEnd
from antiphon.report.result import RunFacts, build
from antiphon.report.result_model import Result

DATA = Path(__file__).parents[1] / "data" / "results"
HOSTILE = (
    "\x1b[31mred\x1b[0m [bold]x[/bold] <script>alert(1)</script> "
    "\u202egnp.exe |`| \x00\ufffe\udc80 a\nb & ]]> &amp; https://evil.example @someone"
)

PROMISES = """
core must create.status.completed A foreground response that ran to its end has the status completed.
core must create.model.echoed The response names the model that answered.
core must create.instructions.echoed The response repeats the instructions that it was given.
core should create.unknown-parameter.refused A parameter that the API does not know is refused with status 400.
core must errors.envelope.shape An error is an object `error` with message, type, param and code.
core must errors.auth.wrong-key A wrong key is answered with status 401 and the code invalid_api_key.
core must errors.json.malformed A body that is not JSON is answered with status 400.
core should headers.request-id.present Every reply has an x-request-id.
core must metadata.limit.count More than 16 metadata pairs are refused.
core must usage.sum The total of tokens is the sum of input and output tokens.
core must usage.details.cached Cached tokens are no more than input tokens.
core may usage.details.reasoning Reasoning tokens are counted apart.
streaming must stream.sequence.contiguous Sequence numbers start at 0 and each event has the next one.
streaming must stream.text.adds-up The finished text of a part is the concatenation of its deltas.
streaming must stream.end.once A stream ends with exactly one of completed, incomplete and failed.
streaming must stream.order.item A part begins after its item and ends before it.
streaming must sse.media-type A stream is sent as text/event-stream.
streaming should sse.no-done A stream of responses does not end with [DONE].
streaming must sse.event-is-type The event line of a frame names the type in its data.
store must store.get.same A stored response is read back as it was created.
store must store.delete.gone A deleted response is not found.
store must chain.previous.remembered A response knows what was said in the response it follows.
store must input-items.order The newest input item comes first.
background must background.queued A background response starts as queued or in_progress.
background must cancel.background-only A response that was not started in the background cannot be cancelled.
compact must compact.object A compaction is an object of the type response.compaction.
tools must tools.forced.called A tool that the request forces is called.
tools must tools.arguments.json The arguments of a call are the text of a JSON object.
"""
TITLES = {"openai-python": ("openai-python", "3.52.0"), "codex": ("Codex", "0.169.0"), "litellm": ("LiteLLM", "1.77.1")}
FAILS = FeatureState.FAILS
WORKS = FeatureVerdict(FeatureState.WORKS)
FEATURES = {
    "openai-python": {"text": WORKS, "stream": WORKS},
    "codex": {
        "text": WORKS,
        "stream": FeatureVerdict(
            FeatureState.FAILS, "stream.sequence.contiguous", "ValueError: 8 is not 7", "stream-hello/1"
        ),
        "tools": FeatureVerdict(FeatureState.FAILS, "stream.text.adds-up", "no tool call", "stream-hello/1"),
        "compaction": FeatureVerdict(FeatureState.DECLINED, why="no compact: 404"),
    },
    "litellm": {"text": WORKS},
}


def contract() -> Contract:
    """A small contract with requirements of every level."""
    requirements = {}
    for line in PROMISES.strip().splitlines():
        capability, level, name, says = line.split(" ", 3)
        evidence = (
            Evidence("recording", "wire", "POST /responses, stream=true", "2026-08", "30 of 30 streams"),
            Evidence("prose", "docs", "guide on streaming", "2026-08"),
        )
        requirements[name] = Requirement(name, says, Level(level), area_of(name), capability, evidence)
    edition = Edition("openai-2026-08", "2026-08-31", "OpenAI, August 2026", None, {}, {})
    ids = dict.fromkeys(each.capability for each in requirements.values())
    profiles = {
        "core": Profile("core", "Answers a plain request and says no properly.", ("core",)),
        "streaming": Profile("streaming", "Streams what it answers.", ("core", "streaming")),
        "stateful": Profile("stateful", "Keeps responses and builds on them.", ("core", "store", "compact")),
        "agentic": Profile("agentic", "Calls tools.", ("tools",)),
    }
    clients = {name: Client(name, *TITLES[name], "2026-08", ()) for name in TITLES}
    return Contract(
        edition, requirements, {each: Capability(each, each) for each in ids}, profiles, clients, requirements
    )


def area_of(name: str) -> str:
    return name.split(".")[0]


def exchange(body: Any = None, name: str = "stream-hello/1") -> Exchange:
    """A streamed exchange with a key that no report may show."""
    body = {"model": "gpt-5-mini", "input": "It's \"5 o'clock\" – say hi.", "stream": True} if body is None else body
    headers = (("Authorization", "Bearer sk-secret"), ("Content-Type", "application/json"))
    request = Request("POST", "/responses", headers=headers, body=body)
    response = Response(200, (("content-type", "text/event-stream"),), (Chunk(0.1, b"data: {}\n\n"),))
    return Exchange(name, request, response, scenario="stream-hello")


def stream(events: int, wrong: str = "", name: str = "stream-hello/1") -> Exchange:
    """A stream of numbered events, the twentieth of them with a text of its own."""
    frames = [
        f'event: response.n{n}\ndata: {{"type":"response.n{n}","text":{json.dumps(wrong if n == 20 else str(n))}}}\n\n'
        for n in range(events)
    ]
    chunks = tuple(Chunk(0.1 * n, frame.encode()) for n, frame in enumerate(frames))
    headers = (("Authorization", "Bearer sk-secret"), ("Content-Type", "application/json"))
    request = Request("POST", "/responses", headers=headers, body={"model": "gpt-5-mini", "stream": True})
    return Exchange(name, request, Response(200, (("content-type", "text/event-stream"),), chunks), elapsed=1.25)


def broken_ledger() -> Ledger:
    """What a judge found at the gateway."""
    ledger = Ledger()
    for number, name in enumerate(contract().requirements):
        for _ in range(1 + number % 4):
            ledger[name].record_violations([])
    events = [
        Violation(f"event {n} /sequence_number", str(n), str(n + 1), "numbers skip one", "stream-hello/1")
        for n in (7, 8, 9)
    ]
    ledger["stream.sequence.contiguous"].record_violations(events)
    text = Violation("event 12 /text", "'Hel'", "'Hello'", "its one delta", "stream-hello/1")
    ledger["stream.text.adds-up"].record_violations([text])
    where = "errors-wrong-key/1"
    ledger["errors.auth.wrong-key"].record_violations(
        [Violation("", "401 with the code invalid_api_key", "500", "", where)]
    )
    ledger["errors.envelope.shape"].record_violations([Violation("/error", "an object", HOSTILE, HOSTILE, where)])
    ledger["headers.request-id.present"].record_violations(
        [Violation("header x-request-id", "a value", "no such header", "", where)]
    )
    ledger["sse.no-done"].record_violations(
        [Violation("event 14", "the end of the body", "data: [DONE]", "", "stream-hello/1")]
    )
    ledger["usage.details.reasoning"].record_violations(
        [Violation("/usage", "output_tokens_details", "no such key", "", where)]
    )
    for name, reason in (("compact.object", "the target answers 404 to POST /responses/compact"),):
        ledger.entries[name].judged = 0
        ledger[name].inapplicable.add(reason)
    for name in ("background.queued", "cancel.background-only"):
        ledger.entries[name].judged = 0
        ledger[name].untestable.add("the scenario background-long broke at background-long/2: no reply within 30 s")
    ledger["metadata.limit.count"].errors.add("checks.metadata on metadata/1: KeyError('metadata')")
    return ledger


def facts(**other: Any) -> RunFacts:
    """The circumstances of the run at the gateway."""
    endings = (
        ScenarioEnd("stream-hello", "finished"),
        ScenarioEnd("background-long", "broken", "no reply within 30 s", exchange="background-long/2"),
        ScenarioEnd("compact", "declined", "404", capability="compact", exchange="compact/1"),
    )
    row: DriftRow = {
        "kind": "field",
        "what": "response",
        "name": "x_gateway",
        "exchange": "stream-hello/1",
        "at": "event 0",
        "count": 1,
    }
    values: dict[str, Any] = {
        "source": "run",
        "target": {
            "name": "Example gateway",
            "base_url": "https://u:p@gateway.example/v1?key=1",
            "model": "gpt-5-mini",
            "key": "sk-secret",
        },
        "started_at": "2026-09-01T08:30:00Z",
        "duration": 8.4321,
        "calls": 52,
        "tokens": 4210,
        "scenarios": endings,
        "transcript": "reports/runs/gateway/transcript.jsonl",
        "drift": (row,),
        "exchanges_judged": 52,
        "features": FEATURES,
    }
    return RunFacts(**(values | other))


def exchanges() -> Mapping[str, Exchange]:
    return {"stream-hello/1": exchange(), "errors-wrong-key/1": exchange({"model": "m" * 50}, "errors-wrong-key/1")}


def broken(**other: Any) -> Result:
    """The result at the gateway."""
    return build(contract(), broken_ledger(), facts(**other), exchanges())


def clean(**other: Any) -> Result:
    """The result of a server that keeps every promise."""
    ledger = Ledger()
    for name in contract().requirements:
        ledger[name].record_violations([])
    target = {"name": "reference", "base_url": "http://127.0.0.1:8080/v1", "model": "gpt-5-mini"}
    features = {client: dict.fromkeys(each, WORKS) for client, each in FEATURES.items()}
    other = {"target": target, "scenarios": (), "drift": (), "features": features} | other
    return build(contract(), ledger, facts(**other), {})


def stored(name: str) -> Result:
    result: Result = json.loads((DATA / name).read_text(encoding="utf-8"))
    return result
