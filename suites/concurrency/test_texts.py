"""Several streams at once, each held to a word of its own."""

import re

import anyio

from antiphon.suite import Api, Exchange, Transcript, assume, requirement, scenario

STREAMS = 24
WORD = re.compile(r"word[a-x]own")


def word(place: int) -> str:
    """The word of a stream; all have the same length, so that nothing but the word tells their requests apart."""
    return f"word{chr(ord('a') + place)}own"


@scenario(needs={"streaming", "structured-output"})
async def streams_of_own_words(api: Api) -> None:
    """Several responses stream at once, and the format of each allows one word, which no other has."""

    async def stream(place: int) -> None:
        own = word(place)
        schema = {
            "type": "object",
            "properties": {"word": {"type": "string", "enum": [own]}},
            "required": ["word"],
            "additionalProperties": False,
        }
        await api.stream(
            input=f"Reply with the word {own}.", metadata={"word": own}, max_output_tokens=64,
            text={"format": {"type": "json_schema", "name": "word", "schema": schema, "strict": True}},
        )  # fmt: skip

    async with anyio.create_task_group() as group:
        for place in range(STREAMS):
            group.start_soon(stream, place)


def words(exchange: Exchange) -> set[str]:
    """The words that the text of a stream holds."""
    deltas = [event["delta"] for event in exchange.events if isinstance(event.get("delta"), str)]
    return set(WORD.findall("".join(deltas)))


@requirement("concurrency.texts-own")
def test_no_stream_has_the_word_of_another(streams_of_own_words: Transcript) -> None:
    """None of several streams at once holds a word that only the request of another has."""
    found = {each.sent["metadata"]["word"]: words(each) for each in streams_of_own_words if each.is_success}
    assume(any(found.values()), "no stream holds a word of any request")

    assert {own: held for own, held in found.items() if held - {own}} == {}
