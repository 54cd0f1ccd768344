"""Builders of faults that look at what a create asks for: those that refuse it, and those that change it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from antiphon.server.echo import snapshot
from antiphon.server.errors import ApiError
from antiphon.server.faults.base import Fault, Reply, breaking
from antiphon.server.settings import Settings
from antiphon.server.store import Json
from antiphon.server.validate.create import check_create, check_emptiness

CREATE, COMPACT, COUNT = "/responses", "/responses/compact", "/responses/input_tokens"
MODELS = frozenset({*Settings().models, *map(snapshot, Settings().models)})
Asked = Callable[[Json], bool]
Change = Callable[[Json], Json]


def acceptable(body: Json) -> bool:
    """A create has no other reason to be refused that its body alone could show."""
    try:
        check_create(body, MODELS)
        check_emptiness(body)
    except ApiError:
        return False
    return True


def refusing(
    name: str, says: str, breaks: str, when: Asked, implies: str = "", *, param: str | None = None, at: str = CREATE
) -> Fault:
    """A fault that refuses what it should take."""

    def request(path: str, body: Json) -> Json:
        if path == at and (path != CREATE or acceptable(body)) and when(body):
            raise ApiError("A request of this form is not taken.", param=param)
        return body

    return breaking(name, says, breaks, implies, request=request)


def changing(name: str, says: str, breaks: str, by: Change, implies: str = "", *, at: str = CREATE) -> Fault:
    """A fault that reads something else than what was sent."""

    def request(path: str, body: Json) -> Json:
        return by(body) if path == at else body

    return breaking(name, says, breaks, implies, request=request)


def answering(
    name: str, says: str, breaks: str, change: Change, implies: str = "", *, to: str = "create-response"
) -> Fault:
    """A fault that changes the plain JSON of a successful answer."""

    def reply(made: Reply) -> Reply:
        if made.operation == to and made.status == 200 and isinstance(made.body, dict):
            made.body = change(made.body)
        return made

    return breaking(name, says, breaks, implies, reply=reply)


def items(body: Json, kind: str) -> list[Json]:
    """The items of the input that have a type; a message may leave it out."""
    given = body.get("input")
    found = [item for item in given if isinstance(item, dict)] if isinstance(given, list) else []
    return [item for item in found if item.get("type", "message" if "role" in item else None) == kind]


def parts(body: Json, kind: str) -> list[Json]:
    """The parts of that type in all messages of the input."""
    contents = [item["content"] for item in items(body, "message") if isinstance(item.get("content"), list)]
    return [part for content in contents for part in content if isinstance(part, dict) and part.get("type") == kind]


def tools(body: Json, kind: str = "function") -> Iterator[Json]:
    """The tools of that type."""
    given = body.get("tools")
    for tool in given if isinstance(given, list) else ():
        if isinstance(tool, dict) and tool.get("type") == kind:
            yield tool


def alone(body: Json, kind: type) -> bool:
    """Nothing but a model and an input of that JSON type is sent."""
    return body.keys() == {"model", "input"} and isinstance(body["input"], kind) and bool(body["input"])


def long(value: Any, least: int) -> bool:
    """A string of at least so many characters."""
    return isinstance(value, str) and len(value) >= least
