"""Load for a server: requests over raw sockets, and a look at every answer. Prints one line of JSON.

    python bench/load.py URL create|stream|word|together|story CONNECTIONS SECONDS|COUNT

`create`, `stream` and `word` ask for SECONDS over CONNECTIONS that are kept; `together` asks for a stream over each of
them at once, COUNT times, and `story` for a long one. The answer to `create` and `word` is to be the word "Hello", so
that every server does the same work; what the others stream is what the server says. No two requests are the same.
Every answer is looked at for its status, its length and its end; one in `PARSED` is parsed. The first wrong one ends
it.
"""

from __future__ import annotations

import asyncio
import importlib.util
import json
import re
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, cast
from urllib.parse import urlsplit

PARSED = 16
WORD = "Hello"
SAME = f"Say exactly: {WORD}"
NUMBER = b"abcdefgh"
EQUAL = ("create", "word")
AT_ONCE = ("together", "story")
INPUTS = {"create": SAME, "word": SAME, "story": "Tell me a long story."}
LETTERS = bytes.maketrans(b"0123456789", b"abcdefghij")
MOST_SECONDS = 120.0
EVENT = re.compile(rb"^data: ", re.M)
SIZE = re.compile(rb"\r\ncontent-length: *(\d+)", re.I)


@dataclass
class Tally:
    """What has come so far."""

    asked: int = 0
    answers: int = 0
    events: int = 0
    under_way: int = 0
    most_under_way: int = 0
    ids: set[str] = field(default_factory=set)


class WrongAnswer(Exception):
    """An answer that is not what was asked for."""


def request_of(url: str, input: str, *, stream: bool) -> bytes:
    """The bytes of a create; the `NUMBER` in them stands for one that is written in letters."""
    parts = urlsplit(url)
    input = f"This is {NUMBER.decode()}. {input}"
    asked = {"model": "antiphon-1", "input": input, **({"stream": True} if stream else {})}
    body = json.dumps(asked).encode()
    head = (
        f"POST {parts.path}/responses HTTP/1.1\r\nhost: {parts.netloc}\r\nauthorization: Bearer none\r\n"
        f"content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def body_of(answer: bytes) -> bytes:
    """The body of a whole answer, taken out of its chunks."""
    head, _, rest = answer.partition(b"\r\n\r\n")
    return rest if SIZE.search(head) else b"".join(_chunks(rest))


def _chunks(rest: bytes) -> Iterator[bytes]:
    at = 0
    while True:
        line = rest.index(b"\r\n", at)
        size = int(rest[at:line], 16)
        if not size:
            return
        yield rest[line + 2 : line + 2 + size]
        at = line + size + 4


def look(answer: bytes, tally: Tally, *, stream: bool, said: str | None = None) -> None:
    """Count an answer; WrongAnswer where it is not a whole and good one, that says what it should."""
    tally.answers += 1
    thorough = tally.answers % PARSED == 1
    if not answer.startswith(b"HTTP/1.1 200"):
        raise WrongAnswer(answer[:300])
    if not stream:
        if b'"status":"completed"' not in answer:
            raise WrongAnswer(answer[-300:])
        if thorough:
            _check(json.loads(body_of(answer)), tally, said)
        return
    if b'"response.completed"' not in answer[-20_000:]:
        raise WrongAnswer(answer[-300:])
    tally.events += len(EVENT.findall(answer))
    if thorough:
        lines = [line[6:] for line in body_of(answer).splitlines() if line.startswith(b"data: {")]
        events = [json.loads(line) for line in lines]
        numbers = [event["sequence_number"] for event in events if "sequence_number" in event]
        heard = "".join(event["delta"] for event in events if event["type"] == "response.output_text.delta")
        _check(events[-1]["response"], tally, heard if said is None else said)
        if events[0]["type"] != "response.created" or said not in (None, heard) or numbers != [*range(len(numbers))]:
            raise WrongAnswer(answer[:300])


def _check(reply: dict[str, Any], tally: Tally, said: str | None) -> None:
    id, text = str(reply["id"]), reply["output"][-1]["content"][0]["text"]
    if reply["status"] != "completed" or said not in (None, text) or id in tally.ids:
        raise WrongAnswer(reply)
    tally.ids.add(id)


class Client(asyncio.Protocol):
    """One connection that asks again as soon as it has its answer, as long as `goes_on` says so."""

    def __init__(self, request: bytes, mode: str, tally: Tally, goes_on: Callable[[], bool]) -> None:
        self._request, self._tally, self._goes_on = request, tally, goes_on
        self._stream, self._said = mode != "create", WORD if mode in EQUAL else None
        self._buffer = bytearray()
        self._expected: int | None = None
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def ask(self) -> None:
        self._expected = None
        self._tally.under_way += 1
        self._tally.most_under_way = max(self._tally.most_under_way, self._tally.under_way)
        self._tally.asked += 1
        number = (b"%08d" % self._tally.asked).translate(LETTERS)
        self._transport.write(self._request.replace(NUMBER, number, 1))

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if not self._is_whole():
            return
        answer = bytes(self._buffer)
        self._buffer.clear()
        self._tally.under_way -= 1
        try:
            look(answer, self._tally, stream=self._stream, said=self._said)
        except (WrongAnswer, ValueError, KeyError, IndexError) as reason:
            return self._end(WrongAnswer(f"{reason!r}"))
        if self._goes_on():
            return self.ask()
        self._end(None)

    def _is_whole(self) -> bool:
        if self._expected is None:
            end = self._buffer.find(b"\r\n\r\n")
            if end < 0:
                return False
            size = SIZE.search(self._buffer, 0, end)
            self._expected = end + 4 + int(size[1]) if size else 0
        return len(self._buffer) >= self._expected if self._expected else self._buffer.endswith(b"\r\n0\r\n\r\n")

    def connection_lost(self, reason: Exception | None) -> None:
        self._end(WrongAnswer(f"the server closed the connection: {reason!r}"))

    def _end(self, reason: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(reason) if reason else self.done.set_result(None)
            self._transport.close()


async def load(url: str, mode: str, connections: int, amount: float) -> dict[str, float]:
    """Make the load and tell what came of it."""
    parts, tally = urlsplit(url), Tally()
    request = request_of(url, INPUTS.get(mode, "Say hi."), stream=mode != "create")
    loop, ends = asyncio.get_running_loop(), float("inf")
    left = (int(amount) - 1) * connections

    def goes_on() -> bool:
        nonlocal left
        left -= 1
        return left >= 0 if mode in AT_ONCE else time.perf_counter() < ends

    clients = []
    for _ in range(connections):
        _, client = await loop.create_connection(
            lambda: Client(request, mode, tally, goes_on), parts.hostname or "127.0.0.1", parts.port or 80
        )
        clients.append(client)
    began, busy = time.perf_counter(), time.process_time()
    ends = began + amount
    for client in clients:
        client.ask()
    async with asyncio.timeout(MOST_SECONDS):
        await asyncio.gather(*(client.done for client in clients))
    seconds = time.perf_counter() - began
    return {
        "answers": tally.answers,
        "events": tally.events,
        "seconds": seconds,
        "at_once": tally.most_under_way,
        "own_load": (time.process_time() - busy) / seconds,
    }


def main() -> None:
    """Read the arguments, make the load, print what came of it; exit with 1 at the first wrong answer."""
    url, mode, connections, amount = sys.argv[1:5]
    factory = None
    if importlib.util.find_spec("uvloop"):
        import uvloop

        factory = uvloop.new_event_loop
    try:
        with asyncio.Runner(loop_factory=factory) as runner:
            print(json.dumps(runner.run(load(url, mode, int(connections), float(amount)))))
    except (WrongAnswer, OSError, TimeoutError) as reason:
        sys.exit(f"{mode} over {connections} connections to {url} broke: {reason!r}")


if __name__ == "__main__":
    main()
