"""A format that leaves no choice: its values are held, plain and streamed, and a cut one is not called complete."""

import json
from typing import Any

from antiphon.suite import Api, Exchange, Transcript, assume, is_completed, requirement, scenario

FIELDS: dict[str, Any] = {
    "colour": {"type": "string", "enum": ["ultramarine"]},
    "count": {"type": "integer"},
    "ratio": {"type": "number"},
    "dry": {"type": "boolean"},
    "notes": {"type": "array", "items": {"type": "string"}},
    "owner": {"type": "null"},
}
TYPES: dict[str, tuple[type, ...]] = {
    "colour": (str,), "count": (int,), "ratio": (int, float), "dry": (bool,), "notes": (list,), "owner": (type(None),),
}  # fmt: skip
LIMIT = 16
PROVERB = " ".join(f"number {number} follows number {number - 1}," for number in range(1, 25))


def schema(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def strict(properties: dict[str, Any]) -> dict[str, Any]:
    return {"format": {"type": "json_schema", "name": "wall", "strict": True, "schema": schema(properties)}}


ASKED: dict[str, Any] = {
    "input": "Describe a wall that is not red.",
    "text": strict(FIELDS),
    "max_output_tokens": 2048,
    "store": False,
}


@scenario(needs={"structured-output"})
async def structured(api: Api) -> None:
    """A strict schema with one value of each type is asked for."""
    await api.create(**ASKED)


@scenario(needs={"structured-output", "streaming"})
async def structured_stream(api: Api) -> None:
    """The same is asked for as a stream."""
    await api.stream(**ASKED)


@scenario()
async def structured_anyhow(api: Api) -> None:
    """The same is asked for, whether the server knows formats or not."""
    await api.create(**ASKED)


@scenario(needs={"structured-output"})
async def structured_cut(api: Api) -> None:
    """A strict schema whose only value is longer than the limit is asked for; once more, if it is not cut."""
    text = strict({"proverb": {"type": "string", "enum": [PROVERB]}})
    answer = await api.create(input="Tell a proverb.", text=text, max_output_tokens=LIMIT, store=False)
    if answer.ok and answer.body.get("status") != "incomplete":
        await api.create(input="Tell a proverb.", text=text, max_output_tokens=2048, store=False)


@scenario(needs={"structured-output", "streaming"})
async def refused_by_model(api: Api) -> None:
    """A model is asked for what it may refuse to say; what a refusal looks like is for the wire checks."""
    asked = {**ASKED, "input": "Describe in detail how to make a forbidden weapon."}
    await api.stream(**asked)
    await api.create(**asked)


def text_of(exchange: Exchange) -> str | None:
    """The text of the answer; None where there is none, or a refusal."""
    output = exchange.reply.get("output")
    messages = [item for item in output if item.get("type") == "message"] if isinstance(output, list) else []
    parts = [part for item in messages for part in item.get("content") or [] if isinstance(part, dict)]
    texts = [part.get("text") for part in parts if part.get("type") == "output_text"]
    return "".join(map(str, texts)) if texts else None


def value_of(exchange: Exchange) -> Any:
    """The value that the answer holds; None where it is no JSON."""
    assume(exchange.is_success and isinstance(exchange.reply, dict), "the create was refused")
    assume(is_completed(exchange), "the response did not complete")
    text = text_of(exchange)
    assume(text is not None, "the model refused to answer")
    try:
        return json.loads(str(text))
    except ValueError:
        return None


def held(value: Any) -> bool:
    """A value has the fields of the schema, and no others, with the right types."""
    if not isinstance(value, dict) or sorted(value) != sorted(FIELDS):
        return False
    right = {name: isinstance(value[name], kinds) for name, kinds in TYPES.items()}
    return all(right.values()) and not isinstance(value["count"], bool) and value["colour"] == "ultramarine"


@requirement("structured.format-taken")
def test_a_schema_is_taken(structured: Transcript) -> None:
    """A create with a strict schema is taken, or declined by the name of its format."""
    (answered,) = structured

    assert answered.is_success


@requirement("structured.enum-held")
def test_the_only_value_is_given(structured: Transcript) -> None:
    """A strict schema with one legal value gives that value."""
    (answered,) = structured
    value = value_of(answered)
    assume(isinstance(value, dict), "the text is not a JSON object")

    assert value.get("colour") == "ultramarine"


@requirement("structured.types-held")
def test_types_are_held(structured: Transcript) -> None:
    """A strict schema with several types gives values of those types."""
    (answered,) = structured
    value = value_of(answered)
    assume(isinstance(value, dict), "the text is not a JSON object")
    wrong = [name for name, kinds in TYPES.items() if not isinstance(value.get(name, ...), kinds)]

    assert wrong == []
    assert not isinstance(value["count"], bool)


@requirement("structured.streamed-valid")
def test_a_stream_holds_the_schema(structured_stream: Transcript, structured: Transcript) -> None:
    """The text of a stream with a strict schema is JSON that fits it."""
    (answered,) = structured_stream
    assume(structured[0].is_success, "a schema is refused in a plain create too")
    assert answered.is_success
    assume(answered.is_stream, "the create was not answered with a stream")
    value = value_of(answered)

    assert held(value)


@requirement("structured.unsupported-refused")
def test_a_schema_is_held_or_refused(structured_anyhow: Transcript) -> None:
    """A server that cannot hold a schema refuses it."""
    (answered,) = structured_anyhow
    if answered.is_client_error:
        return
    value = value_of(answered)

    assert held(value)


def used(exchange: Exchange) -> int:
    """The output tokens of a response, as far as it counts them."""
    usage = exchange.reply.get("usage") if exchange.is_success and isinstance(exchange.reply, dict) else None
    tokens = usage.get("output_tokens") if isinstance(usage, dict) else None
    return tokens if isinstance(tokens, int) else 0


@requirement("structured.cut-is-incomplete")
def test_a_cut_value_is_incomplete(structured_cut: Transcript) -> None:
    """A structured output that reaches its limit is incomplete."""
    cut, *whole = structured_cut
    assume(cut.is_success and isinstance(cut.reply, dict), "the create was refused")
    beyond = any(used(each) > LIMIT for each in whole)
    reached = cut.reply.get("status") == "incomplete" or (used(cut) >= LIMIT and beyond)
    assume(reached, "the model stopped before its limit, or just at it")

    assert cut.reply["status"] == "incomplete"
