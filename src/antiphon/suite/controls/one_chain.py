"""One chain, from a streamed call to a fork: in few calls what other scenarios show one by one.

A run that plays few scenarios plays this one in their place; a deep one plays them all.
"""

from __future__ import annotations

from typing import Any

from antiphon.exercise.answer import Answer
from antiphon.exercise.api import Api
from antiphon.exercise.scenario import CannotContinue, CapabilityDeclined
from antiphon.recording.exchange import Exchange
from antiphon.recording.intent import must_refuse, optional
from antiphon.recording.transcript import Transcript
from antiphon.suite import assume, is_taken, scenario
from antiphon.suite.controls.token_counts import RULES, TEXT, TOOL

EMPTY = {"type": "object", "properties": {}, "required": [], "additionalProperties": False}
TOOLS: list[dict[str, Any]] = [
    {"type": "function", "name": name, "description": says, "parameters": EMPTY, "strict": True}
    for name, says in (("look_up", "Looks the word up."), ("Write-Down2", "Writes the word down."))
]
NAMED = {"type": "function", "name": "Write-Down2"}
LOOKED_UP: tuple[dict[str, Any], ...] = (
    {"type": "function_call", "call_id": "call_before", "name": "look_up", "arguments": "{}"},
    {"type": "function_call_output", "call_id": "call_before", "output": "ßo it stands."},
)
"""A call of an earlier turn, with its output."""
ATTEMPTS: tuple[tuple[Any, Any], ...] = ((LOOKED_UP, "required"), ((), "required"), ((), NAMED), ((), "auto"))
"""What comes before the wish, and ways to have a function called, those that show most first."""
SCHEMA = {**EMPTY, "properties": {"answer": {"type": "string", "enum": ["yes"]}}, "required": ["answer"]}
ONCE: dict[str, Any] = {
    "tool_choice": "none", "temperature": 0.3,
    "text": {"format": {"type": "json_schema", "name": "answer", "schema": SCHEMA, "strict": True}},
}  # fmt: skip
"""Settings that only the turn with the outputs has."""
RULES_TWICE = f"{RULES} {RULES}"
TUNED: dict[str, Any] = {"instructions": RULES_TWICE, "metadata": {"turn": "fork"}, "temperature": 0.4}
"""Settings of the fork."""
HELD_FIRST, HELD_SECOND, HELD_THIRD = 2, 4, 2
"""How often the input of each turn holds the rules."""
HELD_COUNTED = 4
COUNTED: dict[str, Any] = {
    "input": " ".join([TEXT, *[RULES] * HELD_COUNTED]), "instructions": RULES_TWICE, "tools": [TOOL],
}  # fmt: skip
"""Input and settings of a turn that is only counted."""
WISH = "Call each of the two tools."
ANNOUNCED_WISH = "First say in one sentence what you are about to do. Then call each of the two tools."
SAID = {"role": "assistant", "content": "Hi there."}
"""A message as some clients send it back, without its type."""
SHORT: dict[str, Any] = {"max_output_tokens": 64, "store": False}


def message(*texts: str) -> dict[str, Any]:
    """A message of the user."""
    return {"type": "message", "role": "user", "content": [{"type": "input_text", "text": text} for text in texts]}


@scenario(needs={"chaining", "streaming", "tools"})
async def one_chain(api: Api) -> None:
    """Streamed calls are read and their input listed; the chain goes on, is forked unstored as a stream, and cited.

    What another turn would count is asked, too.
    """
    called, calls = await stored_calls(api, ANNOUNCED_WISH, stream=True)
    routes = api.contract.edition.routes
    if "retrieve" in routes and len(called.output) > 1:
        await api.retrieve(called.id)
    if "input_items" in routes:
        with api.intending(optional("input-items")):
            await api.input_items(called.id, order="asc", limit=50)
    answered = await answer_calls(api, called, calls)
    for mode in ({"stream": True}, {}):  # whether it is for what was said first, or for the stream
        if not is_taken(answered.exchange):
            answered = await answer_calls(api, *await stored_calls(api, WISH, **mode))
    if not is_taken(answered.exchange):
        return
    turn: dict[str, Any] = {"previous_response_id": answered.id, **SHORT}
    own = message(" ".join([RULES] * HELD_THIRD))
    bare = await first_taken(api, *({"input": [*said, own], **turn} for said in ([SAID], [])))
    if is_taken(bare.exchange) and SAID not in bare.exchange.sent["input"]:
        await api.create(input=[SAID, own], **SHORT)
    again: dict[str, Any] = {**turn, "input": [message("Again.")]}
    forced = {**again, "tools": TOOLS, "tool_choice": NAMED, "stream": True}
    fork = await first_taken(api, {**forced, **TUNED}, forced, {**again, "stream": True}, again)
    if "retrieve" in routes:
        for each in (fork, bare):
            if not is_taken(each.exchange):
                continue
            with api.intending(must_refuse("not-stored")):
                if not (await api.retrieve(each.id)).ok:
                    break  # what streams are kept from, other turns are
    ids = [item.get("id") for item in answered.output if item.get("type") == "message"]
    if ids and ids[-1]:
        await api.create(input=[{"type": "item_reference", "id": ids[-1]}, message("Say hi.")], **SHORT)
    if "input_tokens" in routes and not api.routes_by_response("input_tokens"):
        with api.intending(optional("input-tokens")):
            await api.input_tokens(answered.id, **COUNTED)


async def answer_calls(api: Api, called: Answer, calls: list[dict[str, Any]]) -> Answer:
    """The turn with the outputs of calls, with settings of its own or else without."""
    texts = [RULES, " ".join([RULES] * (HELD_SECOND - 1))]
    parts = [{"type": "input_text", "text": text} for text in texts]
    turn: dict[str, Any] = {"input": outputs_of(calls, " ".join(texts)), "previous_response_id": called.id}
    turn |= {"tools": TOOLS, "store": True, "max_output_tokens": 64, "metadata": {"step": "answer"}}
    in_parts = {**turn, "input": outputs_of(calls, parts)}
    return await first_taken(api, {**in_parts, **ONCE}, {**turn, **ONCE}, {**turn, "tool_choice": "none"}, turn)


def outputs_of(calls: list[dict[str, Any]], first: Any) -> list[dict[str, Any]]:
    """An output for each call, of which the first is long."""
    outputs = [first, *("It is done." for _ in calls[1:])]
    return [
        {"type": "function_call_output", "call_id": call.get("call_id"), "output": output}
        for call, output in zip(calls, outputs, strict=True)
    ]


async def stored_calls(api: Api, wish: str, **mode: Any) -> tuple[Answer, list[dict[str, Any]]]:
    """A stored response that calls functions, and its calls: one is required, or else named, or else asked for."""
    declined: list[CannotContinue] = []
    for before, choice in ATTEMPTS:
        sent = [message(*[RULES] * HELD_FIRST), *before, message(wish)]
        body: dict[str, Any] = {"input": sent, "tools": TOOLS, "tool_choice": choice, "max_output_tokens": 400}
        body["metadata"] = {"step": "call"}
        try:
            called = await api.create(**body, **mode, store=True)
        except CapabilityDeclined as refusal:  # that one form of the choice is refused declines no tools
            declined.append(refusal)
            continue
        output = called.output if is_taken(called.exchange) else []
        if calls := [item for item in output if item.get("type") == "function_call"]:
            return called, calls
    raise declined[0] if len(declined) == len(ATTEMPTS) else CannotContinue("the model called no function")


async def first_taken(api: Api, *bodies: dict[str, Any]) -> Answer:
    """The answer to the first of these creates that is taken, or to the last."""
    for body in bodies:
        with api.intending(optional("chaining")):
            answer = await api.create(**body)
        if is_taken(answer.exchange):
            break
    return answer


def creates(transcript: Transcript) -> list[Exchange]:
    """The creates, in their order."""
    asked = [each for each in transcript if each.request and each.request.path.endswith("/responses")]
    return [each for each in asked if isinstance(each.sent, dict)]


def holds(exchange: Exchange, kind: str) -> bool:
    """An item of this type is among the input."""
    return any(item.get("type") == kind for item in exchange.sent["input"])


def brings_outputs(exchange: Exchange) -> bool:
    """It continues a response that called, with the outputs of its calls."""
    return "previous_response_id" in exchange.sent and holds(exchange, "function_call_output")


def stream_of(transcript: Transcript) -> Exchange:
    """The stream that the chain begins with: the last before outputs are sent."""
    sent = creates(transcript)
    end = next((place for place, each in enumerate(sent) if brings_outputs(each)), len(sent))
    return [each for each in sent[:end] if each.sent.get("stream")][-1]


def with_outputs(transcript: Transcript) -> list[Exchange]:
    """The creates that bring the outputs of calls. Not testable without one."""
    turns = [each for each in creates(transcript) if brings_outputs(each)]
    assume(turns, "no function was called")
    return turns


def later_turns(transcript: Transcript, *, forked: bool) -> list[Exchange]:
    """The turns after that: those that bring the rules again, or those of the fork."""
    return [
        each
        for each in creates(transcript)
        if "previous_response_id" in each.sent
        and not holds(each, "function_call_output")
        and (each.sent["input"] == [message("Again.")]) == forked
    ]


def third_of(transcript: Transcript) -> Exchange:
    """The plain turn after the answered calls."""
    turns = later_turns(transcript, forked=False)
    assume(turns and turns[-1].is_success, "the chain was not continued")
    return turns[-1]


def fork_of(transcript: Transcript) -> Exchange:
    """The first create of the fork, where it was taken."""
    turns = later_turns(transcript, forked=True)
    assume(turns and is_taken(turns[0]), "the fork was refused")
    return turns[0]
