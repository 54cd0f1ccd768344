"""Editions: the few points in which one changes how the server answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class EditionBehaviour:
    """Behaviour under one dated reading of the contract."""

    done_marker: bool = False
    """The stream ends with `data: [DONE]`."""
    error_types: Mapping[str, str] = field(default_factory=dict)
    """Other names for the `type` of an error."""
    reasoning_text: str = "response.reasoning_text"
    """Prefix of the events that carry raw reasoning."""
    reasoning_has_parts: bool = True
    """Raw reasoning is told as a part that is added and done."""
    tools: frozenset[str] | None = None
    """The types of tools that are taken; None for all."""
    refuses_unknown: bool = True
    """A request field that the contract does not know is refused."""


EDITIONS: Mapping[str, EditionBehaviour] = MappingProxyType(
    {
        "openai-2026-08": EditionBehaviour(),
        "oaiapi-in11-2026-01-30": EditionBehaviour(),
        "azure-2026": EditionBehaviour(refuses_unknown=False),
        "open-responses-2026-04-24": EditionBehaviour(
            done_marker=True,
            tools=frozenset({"function"}),
            error_types={
                "invalid_request_error": "invalid_request",
                "rate_limit_error": "too_many_requests",
            },
            reasoning_text="response.reasoning",
            reasoning_has_parts=False,
        ),
    }
)


def edition_behaviour(name: str) -> EditionBehaviour:
    """The edition of that name; ValueError with the likely one where there is none."""
    try:
        return EDITIONS[name]
    except KeyError:
        near = get_close_matches(name, EDITIONS, 1)
        hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(EDITIONS)}"
        raise ValueError(f"There is no edition {name!r}: {hint}") from None
