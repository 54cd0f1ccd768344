"""The official Python client takes what the server says of responses, and the judge has nothing against it."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import openai
import pytest
from openai import AsyncOpenAI, OpenAI
from pydantic import BaseModel
from tests.clients.conftest import KEY

MODEL = "antiphon-1"
LOOKUP: Any = {
    "type": "function",
    "name": "look_up",
    "strict": True,
    "parameters": {
        "type": "object",
        "properties": {"city": {"type": "string"}},
        "required": ["city"],
        "additionalProperties": False,
    },
}


class Answer(BaseModel):
    """A shape to answer in."""

    city: str
    people: int


def ended(client: OpenAI, id: str) -> Any:
    """The response once it has ended, asked for again and again for half a minute at most."""
    end = time.monotonic() + 30
    while (response := client.responses.retrieve(id)).status in ("queued", "in_progress"):
        assert time.monotonic() < end
        time.sleep(0.02)
    return response


def test_create_continue_and_retrieve(client: OpenAI) -> None:
    first = client.responses.create(model=MODEL, input="My name is Alice.", metadata={"a": "b"})
    second = client.responses.create(model=MODEL, input="And now?", previous_response_id=first.id)
    again = client.responses.retrieve(second.id)

    assert first.output_text
    assert first.metadata == {"a": "b"}
    assert second.previous_response_id == first.id
    assert again.output_text == second.output_text
    assert second._request_id


def test_a_tool_loop_by_replay_and_by_reference(client: OpenAI) -> None:
    asked = client.responses.create(model=MODEL, input="Look it up.", tools=[LOOKUP], tool_choice="required")
    (call,) = [item for item in asked.output if item.type == "function_call"]
    output: Any = {"type": "function_call_output", "call_id": call.call_id, "output": "sunny"}
    replayed: Any = [{"role": "user", "content": "Look it up."}, *(item.to_dict() for item in asked.output), output]
    referred: Any = [{"type": "item_reference", "id": call.id}, output]

    for context in (replayed, referred):
        answered = client.responses.create(model=MODEL, input=context, tools=[LOOKUP])
        assert answered.output_text


def test_stream_as_events(client: OpenAI) -> None:
    events = list(client.responses.create(model=MODEL, input="Say hi.", stream=True))
    deltas = [event.delta for event in events if event.type == "response.output_text.delta"]
    last = events[-1]

    assert last.type == "response.completed"
    assert "".join(deltas) == last.response.output_text
    assert [event.sequence_number for event in events if event.type != "error"] == list(range(len(events)))


def test_stream_with_the_accumulator(client: OpenAI) -> None:
    with client.responses.stream(model=MODEL, input="Look up.", tools=[LOOKUP], tool_choice="required") as stream:
        arguments = "".join(event.delta for event in stream if event.type == "response.function_call_arguments.delta")
        final = stream.get_final_response()
    with client.responses.stream(model=MODEL, input="A city, please.", text_format=Answer) as shaped:
        parsed = shaped.get_final_response().output_parsed

    assert [item.arguments for item in final.output if item.type == "function_call"] == [arguments]
    assert isinstance(parsed, Answer)


def test_parse_a_shape(client: OpenAI) -> None:
    response = client.responses.parse(model=MODEL, input="A city, please.", text_format=Answer)

    assert isinstance(response.output_parsed, Answer)


def test_reasoning_is_replayed_sealed(client: OpenAI) -> None:
    wanted: Any = {
        "model": MODEL,
        "reasoning": {"effort": "low", "summary": "auto"},
        "include": ["reasoning.encrypted_content"],
        "store": False,
    }
    first = client.responses.create(input="Think.", **wanted)
    replayed: Any = [item.to_dict() for item in first.output]
    second = client.responses.create(input=[*replayed, {"role": "user", "content": "Again."}], **wanted)

    assert [item.encrypted_content for item in first.output if item.type == "reasoning"] != [None]
    assert second.output_text


def test_background_by_polling_and_cancel(client: OpenAI) -> None:
    made = client.responses.create(model=MODEL, input="Say hi.", background=True)
    long = client.responses.create(model=MODEL, input="Count to 1000.", background=True)
    stopped = client.responses.cancel(long.id)

    assert made.status == "queued"
    assert ended(client, made.id).output_text
    assert stopped.status == "cancelled"
    assert client.responses.retrieve(long.id).status == "cancelled"


def test_a_stream_is_taken_up_where_it_was_left(client: OpenAI) -> None:
    with client.responses.create(model=MODEL, input="Count to 1000.", background=True, stream=True) as stream:
        head = [next(stream) for _ in range(12)]
    first: Any = head[0]
    for cut in (9, 0, 5):
        rest = list(client.responses.retrieve(first.response.id, stream=True, starting_after=cut))
        events: Any = [*head[: cut + 1], *rest]
        assert [event.sequence_number for event in events] == list(range(len(events)))
        assert rest[-1].type == "response.completed"
        with client.responses.stream(response_id=first.response.id, starting_after=cut) as helper:
            assert [event.type for event in helper] == [event.type for event in rest]


def test_delete(client: OpenAI) -> None:
    made = client.responses.create(model=MODEL, input="Say hi.")
    client.responses.delete(made.id)

    with pytest.raises(openai.NotFoundError):
        client.responses.retrieve(made.id)


def test_input_items_are_paged(client: OpenAI) -> None:
    said: Any = [{"role": "user", "content": f"Line {number}."} for number in range(7)]
    made = client.responses.create(model=MODEL, input=said)
    items: Any = client.responses.input_items.list(made.id, limit=2, order="asc")
    texts = [item.content[0].text for item in items]

    assert texts == [f"Line {number}." for number in range(7)]


def test_tokens_are_counted_as_they_are_used(client: OpenAI) -> None:
    counted = client.responses.input_tokens.count(model=MODEL, input="Say hi.", tools=[LOOKUP])
    used = client.responses.create(model=MODEL, input="Say hi.", tools=[LOOKUP]).usage

    assert used
    assert counted.input_tokens == used.input_tokens


@pytest.mark.filterwarnings("ignore:Pydantic serializer warnings:UserWarning")  # the client writes back what it read
def test_what_was_compacted_can_be_sent_back(client: OpenAI) -> None:
    context: Any = [{"role": "user", "content": "My name is Alice."}]
    compacted = client.responses.compact(model=MODEL, input=context)
    output: Any = [item.to_dict() for item in compacted.output]
    answered = client.responses.create(model=MODEL, input=[*output, {"role": "user", "content": "Go on."}])

    assert "compaction" in [item.type for item in compacted.output]
    assert answered.output_text


def test_errors_are_of_their_class(client: OpenAI) -> None:
    wrong: Any = {"model": MODEL, "input": "x", "temperature": 9}
    with pytest.raises(openai.BadRequestError) as refused:
        client.responses.create(**wrong)
    with pytest.raises(openai.AuthenticationError):
        client.with_options(api_key="sk-wrong-and-long-enough").responses.create(model=MODEL, input="x")

    assert refused.value.param == "temperature"
    assert refused.value.request_id


def test_many_at_once_with_the_asynchronous_client(base_url: str) -> None:
    async def ask() -> list[str]:
        async with AsyncOpenAI(base_url=base_url, api_key=KEY, max_retries=0, timeout=10) as client:

            async def one(number: int) -> str:
                async with client.responses.stream(model=MODEL, input=f"Say {number}.") as stream:
                    return (await stream.get_final_response()).id

            return await asyncio.gather(*map(one, range(12)))

    assert len(set(asyncio.run(ask()))) == 12
