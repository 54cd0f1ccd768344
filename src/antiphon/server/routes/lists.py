"""Pages of items."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request

from antiphon.server.paging import cut, listed
from antiphon.server.routes.responses import check_include, find
from antiphon.server.rules import Paging
from antiphon.server.service import Service


async def input_items(request: Request, service: Service) -> Any:
    """The items that a response was made from."""
    record = find(service, request.path_params["response_id"])
    check_include(request)
    policy, shown = service.policy, record.input
    if policy.page_shows_output:
        shown = [*shown, *record.response["output"]]
    rules = Paging(
        policy.page_default_order,
        policy.page_default_limit,
        policy.page_obeys_order,
        policy.page_obeys_limit,
        policy.page_after_inclusive,
    )
    data, has_more = cut(request, shown, rules)
    return listed([service.show_item(item) for item in data], has_more)
