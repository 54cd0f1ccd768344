"""Counts of input tokens: the scenario that shows whether they move, and what a test may conclude from them."""

from __future__ import annotations

from typing import Any

from antiphon.exercise.api import Api
from antiphon.recording.exchange import Exchange
from antiphon.recording.transcript import Transcript
from antiphon.suite import assume, scenario

TEXT = "Say hi."
RULES = " ".join(f"Rule {number}: write plain words and be brief." for number in range(1, 13))
TOOL: dict[str, Any] = {
    "type": "function", "name": "paint_the_wall", "description": "Paints the wall in the given colour.",
    "parameters": {
        "type": "object", "properties": {"colour": {"type": "string"}}, "required": ["colour"],
        "additionalProperties": False,
    },
}  # fmt: skip
ADDITIONS: tuple[dict[str, Any], ...] = ({"instructions": RULES}, {"tools": [TOOL]})
"""What a create may hold besides its input."""


@scenario()
async def weighed(api: Api) -> None:
    """One input is sent alone, then longer, then with instructions and with a tool."""
    common: dict[str, Any] = {"max_output_tokens": 16, "store": False}
    await api.create(input=TEXT, **common)
    await api.create(input=f"{TEXT} {RULES}", **common)
    for more in ADDITIONS:
        await api.create(input=TEXT, **more, **common)


def count_input(exchange: Exchange) -> int:
    """The input tokens that a reply counts: of a create in its usage, of a count itself. Not testable without one."""
    reply = exchange.reply if exchange.is_success and isinstance(exchange.reply, dict) else {}
    usage = reply.get("usage") if "input_tokens" not in reply else reply
    tokens = usage.get("input_tokens") if isinstance(usage, dict) else None
    is_count = isinstance(tokens, int) and not isinstance(tokens, bool) and tokens > 0
    assume(is_count, f"{exchange.id} does not count its input tokens")
    return int(tokens or 0)


def cost_of_rules(weighed: Transcript) -> int:
    """What RULES cost as instructions, by the server's own count. Not testable where instructions are not counted."""
    alone, _, instructed, *_ = weighed
    cost = count_input(instructed) - count_input(alone)
    assume(cost > 1, f"instructions are not counted: {alone.id} counts {count_input(alone)} tokens without any")
    return cost


def assume_count_moves(shorter: Exchange, longer: Exchange, by: int = 1) -> None:
    """Not testable unless the longer of two requests counts more: a count that stands still proves nothing."""
    counts = count_input(shorter), count_input(longer)
    assume(
        counts[1] >= counts[0] + by,
        f"the count does not move with the input: {shorter.id} counts {counts[0]} tokens, {longer.id} {counts[1]}",
    )
