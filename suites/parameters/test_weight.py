"""What a request holds besides its text is read: told by the input tokens that it costs."""

from typing import Any

import pytest

from antiphon.suite import Api, Exchange, Transcript, assume, requirement, scenario

TEXT = "Say hi."
RULES = " ".join(f"Rule {number}: write plain words and be brief." for number in range(1, 13))
TOOL: dict[str, Any] = {
    "type": "function", "name": "paint_the_wall", "description": "Paints the wall in the given colour.",
    "parameters": {
        "type": "object", "properties": {"colour": {"type": "string"}}, "required": ["colour"],
        "additionalProperties": False,
    },
}  # fmt: skip
ADDED: dict[str, Any] = {"create.instructions-read": {"instructions": RULES}, "create.tools-read": {"tools": [TOOL]}}


@scenario()
async def weighed(api: Api) -> None:
    """One input is sent alone, then longer, then with instructions and with a tool."""
    common: dict[str, Any] = {"max_output_tokens": 16, "store": False}
    await api.create(input=TEXT, **common)
    await api.create(input=f"{TEXT} {RULES}", **common)
    for more in ADDED.values():
        await api.create(input=TEXT, **more, **common)


def weight(exchange: Exchange) -> int:
    """The input tokens that a reply says it used."""
    usage = exchange.body.get("usage") if exchange.is_success else None
    tokens = usage.get("input_tokens") if isinstance(usage, dict) else None
    assume(isinstance(tokens, int) and tokens > 0, f"{exchange.id} does not count its input tokens")
    return int(tokens or 0)


@requirement("{name}")
@pytest.mark.parametrize("name", ADDED, ids=str)
def test_what_is_added_is_read(weighed: Transcript, name: str) -> None:
    """What is sent besides the input costs input tokens."""
    alone, longer, *others = weighed
    added = others[list(ADDED).index(name)]
    assume(weight(longer) > weight(alone), "the count does not grow with the input either")

    assert weight(added) > weight(alone)
