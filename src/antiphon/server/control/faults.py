"""The faults of a running server over HTTP: list those that are on, switch them."""

from __future__ import annotations

from starlette.requests import Request

from antiphon.server.errors import ApiError, shorten
from antiphon.server.http.request_body import read_json
from antiphon.server.json_values import Json
from antiphon.server.state.service import Service


async def list_faults(request: Request, service: Service) -> Json:
    """The faults that are on for every request."""
    return _listing(service)


async def switch(request: Request, service: Service) -> Json:
    """Let the faults of the body be on, and no others but those that the server was started with."""
    names = (await read_json(request)).get("faults")
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise ApiError('Send {"faults": [NAME, ...]}; an empty list switches all off.', param="faults")
    try:
        service.switch_faults(names)
    except ValueError as error:
        raise ApiError(shorten(error, quote=False, limit=200), code="unknown_fault") from None
    return _listing(service)


async def clear(request: Request, service: Service) -> Json:
    """Switch all off."""
    service.switch_faults(())
    return _listing(service)


def _listing(service: Service) -> Json:
    return {"object": "list", "data": [{"name": name} for name in service.switched_faults]}
