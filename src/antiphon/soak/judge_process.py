"""The process in which a soak is judged, so that judging delays neither the users nor their clock.

It reads pickled messages of its parent from standard input, each after its length, and writes one JSON document when
the parent asks for it. A parent that reads late or is gone leaves nothing behind: the end of the input is its end.
"""

from __future__ import annotations

import gc
import json
import pickle
import signal
import struct
import sys
from collections.abc import Iterator, Sequence
from typing import IO, Any, NamedTuple

from antiphon.contract.load import contract
from antiphon.judge.engine import Judge
from antiphon.recording.exchange import Exchange
from antiphon.recording.redaction.redactor import Redactor
from antiphon.soak.step_tally import StepTally

LENGTH = struct.Struct(">I")


class SoakOpening(NamedTuple):
    """The first message: by which edition to judge, and what must not be kept."""

    edition: str
    secrets: tuple[str, ...]


class PlayedJourney(NamedTuple):
    """A journey that was played: in which step, and whether the target declined it."""

    step: int
    exchanges: Sequence[Exchange]
    declined: bool


def pack(message: Any) -> bytes:
    """A message as it is written."""
    data = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
    return LENGTH.pack(len(data)) + data


def _messages(source: IO[bytes]) -> Iterator[Any]:
    while len(head := source.read(LENGTH.size)) == LENGTH.size:
        (length,) = LENGTH.unpack(head)
        yield pickle.loads(source.read(length))


def judge(source: IO[bytes], sink: IO[bytes]) -> None:
    """Judge until the end of the input; a message of None asks for the tallies by step, and begins anew."""
    messages = _messages(source)
    opening: SoakOpening = next(messages)
    book, redactor = contract(opening.edition), Redactor(opening.secrets)
    Judge(book)  # what it imports is there when the first journey comes
    sink.write(b"ready\n")
    sink.flush()
    tallies: dict[int, StepTally] = {}
    for message in messages:
        if message is None:
            made = {str(step): tally.as_json() for step, tally in sorted(tallies.items())}
            sink.write(json.dumps(made).encode() + b"\n")
            sink.flush()
            tallies = {}
            gc.collect()
            continue
        played = PlayedJourney(*message)
        if played.step not in tallies:
            tallies[played.step] = StepTally(book, redactor)
        tallies[played.step].add(played.exchanges, played.declined)


def main() -> None:
    """Judge what the parent writes. Signals are for the parent, which ends the input."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    judge(sys.stdin.buffer, sys.stdout.buffer)


if __name__ == "__main__":
    main()
