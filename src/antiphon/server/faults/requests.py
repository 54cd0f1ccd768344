"""Hooks on requests: what a create holds, and how it is refused or misread."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from antiphon.server.errors import ApiError
from antiphon.server.faults.edits import Edit
from antiphon.server.json_values import Json
from antiphon.server.model.served_models import snapshot
from antiphon.server.settings import ServerSettings
from antiphon.server.validate.create import check_create, check_emptiness

Request = Callable[[str, Json], Json]
CREATE_PATH, COMPACT_PATH, COUNT_PATH = "/responses", "/responses/compact", "/responses/input_tokens"
MODEL = ServerSettings().models[0]
FAILING_MODEL = "antiphon-1-failing"
MODELS = frozenset({*ServerSettings().models, *map(snapshot, ServerSettings().models)})


def is_acceptable(body: Json) -> bool:
    """A create has no other reason to be refused that its body alone could show."""
    try:
        check_create(body, MODELS)
        check_emptiness(body)
    except ApiError:
        return False
    return True


def input_items(body: Json, kind: str) -> list[Json]:
    """The items of the input that have a type; a message may leave it out."""
    given = body.get("input")
    found = [item for item in given if isinstance(item, dict)] if isinstance(given, list) else []
    return [item for item in found if item.get("type", "message" if "role" in item else None) == kind]


def input_parts(body: Json, kind: str) -> list[Json]:
    """The parts of that type in all messages of the input."""
    contents = [item["content"] for item in input_items(body, "message") if isinstance(item.get("content"), list)]
    return [part for content in contents for part in content if isinstance(part, dict) and part.get("type") == kind]


def offered_tools(body: Json, kind: str = "function") -> Iterator[Json]:
    """The tools of that type."""
    given = body.get("tools")
    for tool in given if isinstance(given, list) else ():
        if isinstance(tool, dict) and tool.get("type") == kind:
            yield tool


def sends_only(body: Json, kind: type) -> bool:
    """Nothing but a model and an input of that JSON type is sent."""
    return body.keys() == {"model", "input"} and isinstance(body["input"], kind) and bool(body["input"])


def is_long(value: Any, least: int) -> bool:
    """A string of at least so many characters."""
    return isinstance(value, str) and len(value) >= least


def refuse_when(when: Callable[[Json], bool], param: str | None = None, at: str = CREATE_PATH) -> Request:
    """Refuse valid requests of one form."""

    def request(path: str, body: Json) -> Json:
        if path == at and (path != CREATE_PATH or is_acceptable(body)) and when(body):
            raise ApiError("A request of this form is not taken.", param=param)
        return body

    return request


def fail_when(when: Callable[[Json], bool]) -> Request:
    """Let a model answer valid creates of one form that fails at everything."""
    return change_request(lambda body: {**body, "model": FAILING_MODEL} if is_acceptable(body) and when(body) else body)


def change_request(by: Edit, at: str = CREATE_PATH) -> Request:
    """Read something else than what was sent."""
    return lambda path, body: by(body) if path == at else body
