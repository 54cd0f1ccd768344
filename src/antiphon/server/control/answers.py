"""The answers of a running server over HTTP: list, replace, add, and drop them."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request

from antiphon.errors import ConfigError
from antiphon.server.errors import ApiError
from antiphon.server.http.request_body import read_json
from antiphon.server.json_values import Json
from antiphon.server.scripts.answers import Script, ScriptAnswer
from antiphon.server.scripts.loader import load_answers
from antiphon.server.state.service import Service


async def list_answers(request: Request, service: Service) -> Json:
    """The answers that were added, and how often each has been given."""
    return _listing(_script(service))


async def replace(request: Request, service: Service) -> Json:
    """Let the answers of the body be the ones that were added."""
    _script(service).replace(await _answers(request))
    return _listing(_script(service))


async def add(request: Request, service: Service) -> Json:
    """Add the answers of the body, or the one that the body is."""
    _script(service).add(await _answers(request))
    return _listing(_script(service))


async def drop(request: Request, service: Service) -> Json:
    """Drop the answers that were added."""
    _script(service).replace([])
    return _listing(_script(service))


async def _answers(request: Request) -> list[ScriptAnswer]:
    body: Any = await read_json(request)
    try:
        return load_answers(body.get("answers", [body]))
    except ConfigError as error:
        raise ApiError(str(error), code="invalid_script") from None


def _script(service: Service) -> Script:
    assert service.script is not None
    return service.script


def _listing(script: Script) -> Json:
    return {"object": "list", "data": [{**answer.does, "given": given} for answer, given in script.added]}
