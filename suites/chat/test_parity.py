"""One question is asked on both surfaces: what can be told without trusting the model agrees."""

import json
from typing import Any

from antiphon.suite import Api, Transcript, assume, is_completed, is_taken, requirement, scenario
from antiphon.suite.controls import completion_views, completions, forced_calls, kept_completions, token_counts
from antiphon.suite.controls.forced_calls import LONG, WASH
from antiphon.suite.controls.token_counts import assume_count_moves

weighed, chatted = token_counts.weighed, completions.chatted
completion_kept, named_call = kept_completions.completion_kept, forced_calls.named_call

STORY = (
    "A baker, a carpenter and a teacher live in three houses by one river. The baker has a red door, the carpenter has "
    "a green door, and the teacher has a blue door. The house with the green door stands upstream of the other two."
)
SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {"colour": {"type": "string", "enum": ["green"]}},
    "required": ["colour"],
    "additionalProperties": False,
}
FUNCTION: dict[str, Any] = {"name": "note_colour", "parameters": SCHEMA, "strict": True}
FORMAT: dict[str, Any] = {"name": "colour", "schema": SCHEMA, "strict": True}
USAGE = (
    ("input_tokens", "prompt_tokens"),
    ("output_tokens", "completion_tokens"),
    ("total_tokens", "total_tokens"),
)


@scenario(needs={"chat", "core"})
async def asked_on_both(api: Api) -> None:
    """A question is asked on both surfaces: plain, with a schema of one legal answer, and with a forced call."""
    text, named = f"{STORY} What colour has the carpenter's door?", {"type": "function"}
    forms: tuple[tuple[dict[str, Any], dict[str, Any]], ...] = (
        ({}, {}),
        (
            {"text": {"format": {"type": "json_schema", **FORMAT}}},
            {"response_format": {"type": "json_schema", "json_schema": FORMAT}},
        ),
        (
            {"tools": [{**named, **FUNCTION}], "tool_choice": {**named, "name": FUNCTION["name"]}},
            {
                "tools": [{**named, "function": FUNCTION}],
                "tool_choice": {**named, "function": {"name": FUNCTION["name"]}},
            },
        ),
    )
    messages = [{"role": "user", "content": text}]
    for asked, chatted in forms:
        common = {"model": api.model, "messages": messages, "max_completion_tokens": 400}
        await api.call("chat.create", body={**common, **chatted})
        await api.create(input=text, max_output_tokens=400, store=False, **asked)


def pair(transcript: Transcript, form: int) -> tuple[Any, Any]:
    """The replies of both surfaces to one form of the question; both went well and came to their end."""
    completion, response = transcript[2 * form : 2 * form + 2]
    assume(response.is_success and completion.is_success, "one surface refused the question")
    assume(is_completed(response), "the response did not complete")
    assume(completion.body["choices"][0].get("finish_reason") != "length", "the completion was cut")
    return response.body, completion.body


def as_json(text: Any) -> Any:
    """The value of a text; the text itself where it is no JSON."""
    try:
        return json.loads(text)
    except (TypeError, ValueError):
        return text


@requirement("chat.parity.usage")
def test_both_count_alike(asked_on_both: Transcript, weighed: Transcript) -> None:
    """The same question costs about the same input tokens on both surfaces."""
    assume_count_moves(weighed[0], weighed[1])
    response, completion = pair(asked_on_both, 0)
    usages = [each.get("usage") for each in (response, completion)]
    assume(all(isinstance(each, dict) for each in usages), "one surface counts nothing")
    counts = [[usage.get(names[surface]) for names in USAGE] for surface, usage in enumerate(usages)]
    assume(all(isinstance(count, int) for each in counts for count in each), "one surface lacks a count")
    asked, chatted = counts[0][0], counts[1][0]

    assert abs(asked - chatted) <= 12 + max(asked, chatted) // 5


@requirement("chat.parity.usage")
def test_a_long_text_counts_alike(chatted: Transcript, weighed: Transcript) -> None:
    """The same long text costs about the same input tokens on both surfaces."""
    assert completions.counts_alike(chatted, weighed)


@requirement("chat.parity.text")
def test_both_say_the_same(asked_on_both: Transcript) -> None:
    """The same schema of one legal answer gives the same value on both surfaces."""
    response, completion = pair(asked_on_both, 1)
    contents = [item["content"] for item in response["output"] if item.get("type") == "message"]
    said = [part.get("text") for content in contents for part in content if part.get("type") == "output_text"]
    assume(as_json(said[-1] if said else None) == {"colour": "green"}, "the response does not hold to the schema")

    assert as_json(completion["choices"][0]["message"]["content"]) == as_json(said[-1])


def called(completion: Any) -> list[tuple[str, Any]]:
    """The names and arguments of the functions that a completion calls."""
    calls = completion["choices"][0]["message"].get("tool_calls") or []
    return [(call["function"]["name"], as_json(call["function"]["arguments"])) for call in calls]


@requirement("chat.parity.tool-call")
def test_both_call_alike(asked_on_both: Transcript) -> None:
    """The same forced function is called with the same arguments on both surfaces."""
    response, completion = pair(asked_on_both, 2)
    calls = [item for item in response["output"] if item.get("type") == "function_call"]
    assume(calls, "the response calls no function")
    wanted = calls[0]["name"], as_json(calls[0]["arguments"])
    assume(wanted == (FUNCTION["name"], {"colour": "green"}), "the response does not hold to the function")

    assert called(completion)[:1] == [wanted]


@requirement("chat.parity.tool-call")
def test_a_named_function_is_called_alike(completion_kept: Transcript, named_call: Transcript) -> None:
    """The same named function is called with the same legal argument on both surfaces."""
    completion = completion_views.stored_pair(completion_kept)[0]
    named = [each for each in named_call if isinstance(each.sent.get("tool_choice"), dict) and is_taken(each)]
    assume(named and is_taken(completion), "one surface refused the call")
    response = named[-1]
    assume(is_completed(response), "the response did not complete")
    assume(completion.sent.get("tools"), "no function was offered")
    assume(completion.body["choices"][0].get("finish_reason") != "length", "the completion was cut")
    calls = [item for item in response.body["output"] if item.get("type") == "function_call"]
    wanted = [(call["name"], as_json(call["arguments"])) for call in calls][:1]
    assume(wanted == [(WASH["name"], {"colour": LONG})], "the response does not hold to the function")
    assume([name for name, _ in called(completion.body)][:1] == [WASH["name"]], "another function was called, or none")

    assert called(completion.body)[:1] == wanted
