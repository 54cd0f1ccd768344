"""Room for the replies of a run: what all of them together may take in memory and on disk."""

from __future__ import annotations

CHUNK = 100
"""Bytes that a chunk takes besides its data."""
EVENT = 400
"""Bytes that an event takes besides its data, once it is read."""


class ReplyRoom:
    """Bytes that are left. Replies under way share it, so that no number of them takes more."""

    def __init__(self, size: int) -> None:
        self.size = self.left = size

    def take(self, size: int) -> None:
        """Use room, or what is left of it."""
        self.left = max(0, self.left - size)

    @property
    def is_full(self) -> bool:
        """Nothing more may be kept."""
        return not self.left
