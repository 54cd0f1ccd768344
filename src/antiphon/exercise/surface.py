"""The two surfaces of a server, and the scenarios and requirements of each."""

from __future__ import annotations

from collections.abc import Iterable

from antiphon.contract.model import Requirement

SURFACES = ("both", "responses", "chat")
CHAT = frozenset({"chat", "chat-stored"})
"""The capabilities of Chat Completions; all others, and none, belong to Responses."""
SHARED = ("errors", "headers")
"""Areas whose wire checks hold for replies of either."""


def plays(surface: str, needs: Iterable[str]) -> bool:
    """A scenario with these needs belongs to the chosen surface. One of both surfaces names `core` and `chat`."""
    needs = set(needs)
    speaks_chat = bool(needs & CHAT)
    speaks_responses = not speaks_chat or "core" in needs
    return (
        surface == "both"
        or (surface == "chat" and not speaks_responses)
        or (surface == "responses" and not speaks_chat)
    )


def judges(surface: str, requirement: Requirement) -> bool:
    """A requirement belongs to the chosen surface."""
    if surface == "both" or (requirement.area in SHARED and requirement.judged == "wire"):
        return True
    return (requirement.capability in CHAT) is (surface == "chat")
