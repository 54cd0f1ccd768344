"""Keys that no two replies may share, each with the replies that have it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import blake2b

from antiphon.judge.checks.relations.mergers import bound_together, keep_least
from antiphon.judge.memo import memoize
from antiphon.recording.exchange import Exchange

Owner = tuple[int, str]
"""What tells a reply from another, and the first exchange that shows it."""


@dataclass
class KeyOwners:
    """Replies by key. The same bytes in a foreign recording are a copy of one reply."""

    single: dict[str, Owner] = field(default_factory=dict)
    """The only reply that has a key. Nearly all have one, for which a dictionary each is too much."""
    several: dict[str, dict[int, str]] = field(default_factory=dict)
    """The replies of keys that several have."""

    def see(self, key: str, exchange: Exchange) -> None:
        """Note that a reply has a key."""
        self._keep(key, _identity(exchange), exchange.id)

    def add(self, other: KeyOwners) -> None:
        """Take over the replies that others have."""
        for key, owner in other.single.items():
            self._keep(key, *owner)
        for key, owners in other.several.items():
            for identity, exchange in owners.items():
                self._keep(key, identity, exchange)

    def _keep(self, key: str, identity: int, exchange: str) -> None:
        if key in self.several:
            keep_least(self.several[key], identity, exchange)
            return
        known, first = self.single.setdefault(key, (identity, exchange))
        if known == identity:
            self.single[key] = identity, min(first, exchange)
        else:
            del self.single[key]
            self.several[key] = {known: first, identity: exchange}
        bound_together(self.single, self.several)

    def __len__(self) -> int:
        """The number of replies."""
        return len(self.single) + sum(map(len, self.several.values()))

    def shared(self) -> Iterator[tuple[str, list[str]]]:
        """The keys that several replies have, and the exchanges of these, in order."""
        bound_together(self.single, self.several, exactly=True)
        for key in sorted(self.several):
            yield key, sorted(self.several[key].values())


@memoize
def _identity(exchange: Exchange) -> int:
    """What tells a reply from others: in a transcript its place, in a foreign recording its bytes."""
    text = exchange.id.encode("utf-8", "surrogatepass") if exchange.scenario is not None else exchange.content
    return int.from_bytes(blake2b(text, digest_size=7).digest(), "big")
