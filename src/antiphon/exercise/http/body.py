"""Bounded buffer for a response body."""

from __future__ import annotations

from collections.abc import Callable

from antiphon.exercise.http.decoder import Decoder, DecodingError
from antiphon.exercise.http.reply_room import CHUNK, EVENT, ReplyRoom
from antiphon.exercise.limits import Limits
from antiphon.recording.exchange import Chunk, Failure
from antiphon.recording.frame import Frame
from antiphon.recording.sse import Reader

Until = Callable[[Frame], bool]

CHUNK_RECORDS = 20_000
"""Chunks of which on those are merged that come up to 1 ms apart, after as many more 10 ms, and so on."""
APART = 100
"""Chunks that are kept as they came; of later ones a burst is one chunk."""
BURST = 0.0005
"""Seconds between two chunks of a burst, at most."""


class Body:
    """Buffer of decoded chunks, until the reply ends, a bound is reached, or `until` matches a frame."""

    def __init__(
        self, limits: Limits, decoder: Decoder, streamed: bool, until: Until | None = None,
        run_room: ReplyRoom | None = None,
    ) -> None:  # fmt: skip
        self.failure: Failure | None = None
        self.hung_up = False
        self._limits = limits
        self._decoder = decoder
        self._reader: Reader | None = Reader(limits.body) if streamed else None
        self._until = until
        self._run_room = run_room or ReplyRoom(limits.run_bytes)
        self._chunks: list[tuple[float, bytearray | bytes]] = []
        self._raw = 0
        self._size = 0
        self._events = 0

    @property
    def chunks(self) -> tuple[Chunk, ...]:
        """The chunks as they arrived."""
        return tuple(Chunk(at, bytes(data)) for at, data in self._chunks)

    def add(self, raw: bytes, at: float) -> bool:
        """Take bytes that arrived at `at`; false when no more are wanted."""
        room = min(self._limits.body - self._size, self._run_room.left)
        self._raw += len(raw)
        try:
            data = self._decoder.feed(raw, room + 1)
        except DecodingError as error:
            self.failure = Failure("decoding", f"The body cannot be decoded: {error}.")
            return False
        self._keep(data[:room], at)
        if self._run_room.is_full:
            limit = f"{self._run_room.size:,}"
            self.failure = Failure("closed", f"The replies of the run take more than the limit of {limit} bytes.")
            return False
        if len(data) > room or self._raw > self._limits.body:
            self.failure = Failure("too-large", f"The body is larger than the limit of {self._limits.body:,} bytes.")
            return False
        if self._reader is None and data.startswith((b"event:", b"data:")) and len(data) == self._size:
            self._reader = Reader(self._limits.body)
        return self._reader is None or self._read(self._reader, data, at)

    def close(self) -> bool:
        """End of the body; false when its content coding is incomplete."""
        try:
            self._decoder.close()
        except DecodingError as error:
            self.failure = Failure("decoding", f"The body cannot be decoded: {error}.")
        return self.failure is None

    def _keep(self, data: bytes, at: float) -> None:
        if not data:
            return
        self._size += len(data)
        self._run_room.take(len(data))
        if self._chunks and at - self._chunks[-1][0] < self._merged_seconds:
            since, merged = self._chunks[-1]
            if isinstance(merged, bytes):
                merged = bytearray(merged)
                self._chunks[-1] = (since, merged)
            merged += data
        else:
            self._run_room.take(CHUNK)
            self._chunks.append((at, data))

    @property
    def _merged_seconds(self) -> float:
        """Seconds after the last chunk in which one more is merged with it."""
        full = len(self._chunks) // CHUNK_RECORDS
        if full:
            return 0.001 * 10.0 ** (full - 1)
        return BURST if len(self._chunks) >= APART else 0.0

    def _read(self, reader: Reader, data: bytes, at: float) -> bool:
        for frame in reader.feed(data, at):
            self._events += 1
            self._run_room.take(EVENT)
            if self._until is not None and self._until(frame):
                self.hung_up = True
                return False
            if self._events > self._limits.events:
                limit = f"{self._limits.events:,}"
                self.failure = Failure("too-many-events", f"The stream has more than the limit of {limit} events.")
                return False
        return True
