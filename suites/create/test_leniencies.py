"""What clients send in more than one form: all of it in one create, and one by one where that is refused."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from antiphon.suite import Api, Transcript, assume, requirement, scenario

LIMIT = 32
USER = {"role": "user", "content": "Say hi."}
TYPED: dict[str, Any] = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Say hi."}]}
NULLS = (
    "include", "instructions", "max_tool_calls", "metadata", "parallel_tool_calls", "previous_response_id", "prompt",
    "reasoning", "service_tier", "store", "stream", "temperature", "text", "tool_choice", "tools", "top_p",
    "truncation", "user",
)  # fmt: skip
ODD = {"x-client-name": "antiphon", "x-stainless-lang": "none", "openai-beta": "nothing=v0", "accept-language": "eo"}


@dataclass(frozen=True)
class Leniency:
    """One form that a server has to take: the items that it puts into the input, and fields beside that."""

    requirement: str
    items: tuple[Mapping[str, Any], ...] = ()
    fields: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


LENIENCIES = (
    Leniency(
        "create.developer-message",
        ({**TYPED, "role": "system"}, {**TYPED, "role": "developer"}),
    ),
    Leniency("create.easy-message", (USER,)),
    Leniency(
        "create.easy-assistant-message",
        (TYPED, {"type": "message", "role": "assistant", "content": "Hi."}),
    ),
    Leniency(
        "create.replay-without-logprobs",
        (TYPED, {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "Hi."}]}),
    ),
    Leniency("create.null-is-absent", fields=dict.fromkeys(NULLS)),
    Leniency("create.tools-empty", fields={"tools": []}),
    Leniency("create.include-empty", fields={"include": []}),
    Leniency("create.text-empty", fields={"text": {}}),
    Leniency("create.unknown-headers-ignored", headers=ODD),
)


async def send(api: Api, chosen: tuple[Leniency, ...]) -> bool:
    """Send a create in all of these forms, and say whether it was taken."""
    items: list[Any] = []
    fields: dict[str, Any] = {}
    headers: dict[str, str] = {}
    for each in chosen:
        items += each.items
        fields |= each.fields
        headers |= each.headers
    answer = await api.create(input=[*items, TYPED], **fields, max_output_tokens=LIMIT, headers=headers)
    return answer.ok


@scenario()
async def leniencies(api: Api) -> None:
    """A create has every leniency at once; where it is refused, each is tried on its own."""
    if not await send(api, LENIENCIES):
        for each in LENIENCIES:
            await send(api, (each,))


@requirement("{leniency.requirement}")
@pytest.mark.parametrize("leniency", LENIENCIES, ids=lambda each: each.requirement)
def test_is_taken(leniencies: Transcript, leniency: Leniency) -> None:
    """What clients send in this form is taken."""
    together, *singles = leniencies
    taken = singles[LENIENCIES.index(leniency)] if singles else together
    assume(not singles or any(single.is_success for single in singles), "no create at all is taken")

    assert taken.is_success


@scenario(thorough=True)
async def only_nulls(api: Api) -> None:
    """Every optional field is null, and then left out."""
    await api.create(input="Say hi.", max_output_tokens=LIMIT, **dict.fromkeys(NULLS))
    await api.create(input="Say hi.", max_output_tokens=LIMIT)


@requirement("create.null-is-absent")
def test_null_gives_the_default(only_nulls: Transcript) -> None:
    """An optional field sent as null shows the same value as one that was left out."""
    null, absent = only_nulls
    assume(null.is_success and absent.is_success, "a create was refused")
    shared = [name for name in NULLS if name in null.body and name in absent.body]

    assert {name: null.body[name] for name in shared} == {name: absent.body[name] for name in shared}


@scenario(thorough=True)
async def bare_headers(api: Api) -> None:
    """A create has no header beyond those for its key and its content."""
    body = {"model": api.model, "input": "Say hi.", "max_output_tokens": LIMIT}
    await api.send("POST", api.route("create").path, body=body, headers={"accept": None, "user-agent": None})


@requirement("create.unknown-headers-ignored")
def test_no_other_header_is_needed(bare_headers: Transcript) -> None:
    """Headers beyond authorization and content type are not needed."""
    (bare,) = bare_headers

    assert bare.is_success
