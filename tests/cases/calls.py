"""A call to a bent server, and what bends do with the answer of the right one."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from tests.whole.answering import Answer, in_json, passing

Json = dict[str, Any]


def refusal(status: int, message: str, **more: Any) -> Answer:
    """An error of the contract."""
    error = {"message": message, "type": "invalid_request_error", "param": None, "code": None, **more}
    return in_json(status, {"error": error})


@dataclass
class Call:
    """A request, and the way to the right server."""

    upstream: str
    method: str
    path: str
    content: bytes
    takes_gzip: bool = False
    sent: Json = field(default_factory=dict)

    def __post_init__(self) -> None:
        try:
            body = json.loads(self.content)
        except ValueError:
            body = None
        self.sent = body if isinstance(body, dict) else {}

    @cached_property
    def creates(self) -> bool:
        return self.method == "POST" and self.path.split("?")[0].endswith("/responses") and bool(self.sent)

    @cached_property
    def named(self) -> str:
        """The id of the response in the path; empty where there is none."""
        found = re.search(r"/responses/((?:ca)?resp[^/?]*)", self.path)
        return found[1] if found else ""

    def answer(self, body: Json | None = None, path: str = "") -> Answer:
        """What the right server says, to another body or path perhaps."""
        content = self.content if body is None else json.dumps(body).encode()
        return passing(self.upstream, self.method, path or self.path, content)

    def read(self, name: str) -> tuple[int, Json]:
        """Status and body of a stored response."""
        status, _, content = passing(self.upstream, "GET", f"/v1/responses/{name}", b"")
        return status, json.loads(content)


Bend = Callable[[Call], Answer]


def objects(value: Any) -> Iterator[Json]:
    """Every object in a value."""
    if isinstance(value, dict):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from objects(inner)


def edited(answer: Answer, edit: Callable[[Json], object]) -> Answer:
    """An answer with every object in it edited, in a body as in events."""
    status, headers, content = answer

    def line(text: str) -> str:
        start, mark, data = text.partition("data: {")
        if start or not mark:
            return text
        event = json.loads("{" + data)
        for each in objects(event):
            edit(each)
        return f"data: {json.dumps(event)}"

    if "event-stream" in headers.get("content-type", ""):
        return status, headers, "\n".join(map(line, content.decode().split("\n"))).encode()
    body = json.loads(content) if content else None
    for each in objects(body):
        edit(each)
    return status, headers, json.dumps(body).encode() if content else b""
