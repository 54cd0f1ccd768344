"""Page of a list, as a query asks for it."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request

from antiphon.server.behaviour.rules import PageRules
from antiphon.server.errors import ApiError, shorten, wrong_value
from antiphon.server.http.query import number
from antiphon.server.json_values import Json


def page_of(request: Request, entries: list[Json], rules: PageRules) -> tuple[list[Json], bool]:
    """The entries of one page, of a list in the order of its making, and whether more follow."""
    limit = number(request, "limit", 1, 100) or rules.default_limit
    order = request.query_params.get("order", rules.default_order)
    if order not in ("asc", "desc"):
        raise wrong_value("order", order, "'asc', 'desc'")
    ordered = list(entries)
    if order == "desc" or not rules.obeys_order:
        ordered.reverse()
    after = request.query_params.get("after")
    if after is not None:
        places = [place for place, entry in enumerate(ordered) if entry["id"] == after]
        if not places:
            message = f"Item with id '{shorten(after, quote=False)}' not found in this list."
            raise ApiError(message, param="after", code="invalid_value")
        ordered = ordered[places[0] + (0 if rules.after_inclusive else 1) :]
    data = ordered[:limit] if rules.obeys_limit else ordered
    return data, len(ordered) > len(data)


def list_object(page: list[Any], has_more: bool) -> Json:
    """The list object of a page."""
    return {
        "object": "list",
        "data": page,
        "first_id": page[0].get("id") if page else None,
        "last_id": page[-1].get("id") if page else None,
        "has_more": has_more,
    }
