"""Parts of a create that a server refuses by themselves: one finding, whatever else they are sent with."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from antiphon.recording.exchange import Exchange
from antiphon.recording.intent import Purpose

PLAIN = frozenset({"model", "input", "max_output_tokens"})
"""What the plainest create sends."""
NOT_ABOUT_A_PART = frozenset({401, 403, 404, 429})


@dataclass(frozen=True)
class RefusedParts:
    """Members of a create that were refused where nothing else was sent with them, and never taken."""

    shown_in: Mapping[str, str] = field(default_factory=dict)
    """By member, the exchange that shows it."""

    @classmethod
    def of(cls, exchanges: Iterable[Exchange]) -> RefusedParts:
        """The refused parts that exchanges show."""
        refused: dict[str, str] = {}
        taken: set[str] = set()
        for each in exchanges:
            parts = _parts(each)
            if each.is_success:
                taken |= parts
            elif len(parts) == 1 and _is_legal(each) and _named(each, parts):
                refused.setdefault(next(iter(parts)), each.id)
        return cls({part: id for part, id in refused.items() if part not in taken})

    def excuse(self, exchange: Exchange, requirements: Collection[str]) -> str:
        """Why a refusal says nothing of requirements: it names a refused part, and they are about another.

        Empty where it says something of them.
        """
        parts = _parts(exchange)
        if len(parts) < 2:
            return ""
        about = "".join(requirements).replace("-", "_")
        for part in sorted(_named(exchange, self.shown_in.keys() & parts)):
            if part not in about:
                return f"it is sent with {part}, which is refused by itself in {self.shown_in[part]}"
        return ""


def _parts(exchange: Exchange) -> frozenset[str]:
    """The members of a create besides the plainest; one that holds nothing says nothing of it."""
    sent, request = exchange.sent, exchange.request
    is_create = request is not None and request.method == "POST" and request.path.endswith("/responses")
    if not is_create or not isinstance(sent, dict):
        return frozenset()
    return frozenset(name for name, value in sent.items() if value not in (None, {}, [])) - PLAIN


def _is_legal(exchange: Exchange) -> bool:
    return exchange.intent is None or exchange.intent.purpose is not Purpose.MUST_REFUSE


def _named(refusal: Exchange, parts: Collection[str]) -> set[str]:
    """Those of some members that a refusal names, in its own words."""
    if not refusal.is_client_error or refusal.status in NOT_ABOUT_A_PART:
        return set()
    words = set(re.findall(r"\w+", refusal.content[:20_000].decode("utf-8", "replace")))
    return words & set(parts)
