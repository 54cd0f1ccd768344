"""Pages of items."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request

from antiphon.server.behaviour.rules import PageRules
from antiphon.server.http.list_pages import list_object, page_of
from antiphon.server.http.routes.responses import check_include, find
from antiphon.server.state.service import Service


async def input_items(request: Request, service: Service) -> Any:
    """The items that a response was made from."""
    record = find(service, request.path_params["response_id"])
    check_include(request)
    policy, items = service.policy, record.input
    if policy.page_shows_output:
        items = [*items, *record.response["output"]]
    rules = PageRules(
        policy.page_default_order,
        policy.page_default_limit,
        policy.page_obeys_order,
        policy.page_obeys_limit,
        policy.page_after_inclusive,
    )
    data, has_more = page_of(request, items, rules)
    return list_object([service.show_item(item) for item in data], has_more)
