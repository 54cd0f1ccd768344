"""Valid parts of a create, many in one: settings, messages in every form, and null for what may be absent."""

from typing import Any

import pytest

from antiphon.suite import (
    Api,
    Part,
    Transcript,
    any_outcome,
    assume,
    find_refused_part,
    none_of,
    parts_of,
    requirement,
    requirements_of,
    scenario,
    send_parts,
    was_taken,
)
from antiphon.suite.valid_parts.settings import LIMIT, NULLS, PARTS, RARE_NULLS


@scenario()
async def accepted(api: Api) -> None:
    """Creates have every valid part among them; where one is refused, its parts are tried in halves."""
    await send_parts(api, PARTS)


@any_outcome
@requirement("{name}")
@pytest.mark.parametrize("name", requirements_of(*PARTS))
def test_is_taken(accepted: Transcript, name: str) -> None:
    """A valid part of a create is taken."""
    none_of(find_refused_part(parts_of(name, PARTS), PARTS, accepted))


@scenario()
async def null_alone(api: Api) -> None:
    """Each field that may be absent is null in a create of its own."""
    for name in (*NULLS, *RARE_NULLS):
        body: dict[str, Any] = {"max_output_tokens": LIMIT, "store": False, name: None}
        await api.create(input="Say hi.", **body)
    await api.create(input="Say hi.", max_output_tokens=LIMIT, store=False)


NULL_PARTS = tuple(part for part in PARTS if None in part.fields.values())


@any_outcome
@requirement("{name}")
@pytest.mark.parametrize("name", requirements_of(*NULL_PARTS))
def test_null_alone_is_taken(null_alone: Transcript, name: str) -> None:
    """A field that may be absent is taken as null, with nothing else set beside what bounds the cost."""
    none_of(find_refused_part(parts_of(name, NULL_PARTS), NULL_PARTS, null_alone))


STREAMED_PARTS = (
    *(part for part in PARTS if "stream" not in part.fields),
    Part("create.accepts.stream-options", {"stream_options": {"include_obfuscation": False}}),
)


@scenario(needs={"streaming"})
async def accepted_streamed(api: Api) -> None:
    """Streamed creates have every valid part among them."""
    await send_parts(api, STREAMED_PARTS, stream=True)


@any_outcome
@requirement("stream.accepts-the-same")
def test_a_stream_takes_the_same(accepted_streamed: Transcript, accepted: Transcript) -> None:
    """What is taken in a plain create is taken in a stream."""
    taken = [part for part in STREAMED_PARTS if was_taken(part, accepted)]
    assume(taken, "no plain create is taken")

    none_of(find_refused_part(taken, STREAMED_PARTS, accepted_streamed))


@any_outcome
@requirement("create.accepts.stream-options")
def test_options_of_a_stream_are_taken(accepted_streamed: Transcript) -> None:
    """A stream without obfuscation is taken."""
    none_of(
        find_refused_part(parts_of("create.accepts.stream-options", STREAMED_PARTS), STREAMED_PARTS, accepted_streamed)
    )


CHAINED_PARTS = tuple(part for part in PARTS if part.fields.keys().isdisjoint(("store", "previous_response_id")))


@scenario(needs={"chaining"})
async def accepted_chained(api: Api) -> None:
    """Creates that continue a stored response have every valid part among them."""
    root = await api.create(input="Say hi.", store=True, max_output_tokens=LIMIT)
    await send_parts(api, CHAINED_PARTS, previous_response_id=root.id)


@any_outcome
@requirement("chain.accepts-the-same")
def test_a_chain_takes_the_same(accepted_chained: Transcript, accepted: Transcript) -> None:
    """What is taken in a create is taken in one that continues a response."""
    taken = [part for part in CHAINED_PARTS if was_taken(part, accepted)]
    assume(taken, "no plain create is taken")

    none_of(find_refused_part(taken, CHAINED_PARTS, accepted_chained[1:]))
