"""Pages of items."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request

from antiphon.server.errors import ApiError, shorten, wrong_value
from antiphon.server.reading import number
from antiphon.server.routes.responses import check_include, find
from antiphon.server.service import Service
from antiphon.server.store import Json


async def input_items(request: Request, service: Service) -> Any:
    """The items that a response was made from."""
    record = find(service, request.path_params["response_id"])
    check_include(request)
    shown = record.input
    if service.policy.page_shows_output:
        shown = [*shown, *record.response["output"]]
    return page(request, shown, service)


def page(request: Request, items: list[Json], service: Service) -> Json:
    """One page of a list that is in the order of its making; the newest come first unless asked otherwise."""
    policy = service.policy
    limit = number(request, "limit", 1, 100) or policy.page_default_limit
    order = request.query_params.get("order", policy.page_default_order)
    if order not in ("asc", "desc"):
        raise wrong_value("order", order, "'asc', 'desc'")
    ordered = list(items)
    if order == "desc" or not policy.page_obeys_order:
        ordered.reverse()
    after = request.query_params.get("after")
    if after is not None:
        places = [place for place, item in enumerate(ordered) if item["id"] == after]
        if not places:
            message = f"Item with id '{shorten(after, quote=False)}' not found in this list."
            raise ApiError(message, param="after", code="invalid_value")
        ordered = ordered[places[0] + (0 if policy.page_after_inclusive else 1) :]
    data = ordered[:limit] if policy.page_obeys_limit else ordered
    shown = [service.show_item(item) for item in data]
    return {
        "object": "list",
        "data": shown,
        "first_id": shown[0]["id"] if shown else None,
        "last_id": shown[-1]["id"] if shown else None,
        "has_more": len(ordered) > len(data),
    }
