"""Values of a query."""

from __future__ import annotations

from starlette.requests import Request

from antiphon.server.errors import ApiError


def flag(request: Request, name: str, default: bool = False) -> bool:
    """A boolean of the query."""
    given = request.query_params.get(name)
    if given is None:
        return default
    if given.lower() not in ("true", "false", "1", "0"):
        raise ApiError(f"Invalid value for '{name}': expected true or false.", param=name, code="invalid_type")
    return given.lower() in ("true", "1")


def number(request: Request, name: str, low: int, high: int | None = None) -> int | None:
    """An integer of the query, between two bounds."""
    given = request.query_params.get(name)
    if given is None:
        return None
    try:
        value = int(given) if given.isascii() and len(given) <= 12 else None
    except ValueError:
        value = None
    if value is None:
        raise ApiError(f"Invalid type for '{name}': expected an integer.", param=name, code="invalid_type")
    if value < low or (high is not None and value > high):
        side = "below_min" if value < low else "above_max"
        allowed = f"at least {low}" if high is None else f"from {low} to {high}"
        raise ApiError(f"Invalid '{name}': expected {allowed}.", param=name, code=f"integer_{side}_value")
    return value
