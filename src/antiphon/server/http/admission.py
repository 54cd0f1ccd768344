"""Admission of a request: keys and their tenants, and faults by header."""

from __future__ import annotations

from starlette.requests import HTTPConnection

from antiphon.server.errors import ApiError, shorten
from antiphon.server.http.request_body import PLAIN_BODY
from antiphon.server.state.service import Service

FAULT_HEADER = "x-antiphon-fault"
MOST_FAULTS = 16


def authorise(request: HTTPConnection, keys: tuple[str, ...]) -> str | None:
    """The key that lets a request in; None where none is asked for. Raises ApiError."""
    if not keys:
        return None
    scheme, _, sent = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not sent:
        message = "You didn't provide an API key. Send it as 'Authorization: Bearer KEY'."
        raise ApiError(message, status=401)
    if sent not in keys:
        masked = sent[:3] + "*" * 8 + sent[-2:] if len(sent) > 8 else "*" * len(sent)
        raise ApiError(f"Incorrect API key provided: {masked}.", status=401, code="invalid_api_key")
    return sent


def admit(request: HTTPConnection, service: Service, *, needs_key: bool = True) -> Service:
    """The service as this request meets it: the tenant of its key, with the faults that it asks for."""
    key = authorise(request, service.settings.keys) if needs_key else None
    mine = service.tenant(key) if key is not None else service
    if PLAIN_BODY in request.scope:
        return mine
    header, switched = request.headers.get(FAULT_HEADER), service.switched_faults
    if header is None:
        return mine.with_faults(switched) if switched else mine
    return with_requested_faults(mine, header, switched)


def with_requested_faults(service: Service, header: str, switched: tuple[str, ...] = ()) -> Service:
    """The service with the faults that are switched on, and those that a header names. Raises ApiError."""
    if not service.settings.takes_faults:
        message = "This server takes no faults by header. Start it with --allow-faults."
        raise ApiError(message, status=403, code="faults_not_allowed")
    names = tuple(name for part in header.split(",") if (name := part.strip()))
    if len(names) > MOST_FAULTS:
        raise ApiError(f"X-Antiphon-Fault: more than {MOST_FAULTS} faults.", code="unknown_fault")
    try:
        return service.with_faults((*switched, *names))
    except ValueError as error:
        raise ApiError(f"X-Antiphon-Fault: {shorten(error, quote=False, limit=200)}", code="unknown_fault") from None
