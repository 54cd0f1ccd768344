"""Prerequisites of generated requests: a response, a conversation with an item, a chat completion."""

from __future__ import annotations

from collections.abc import Iterable

from antiphon.exercise.api import Api
from antiphon.exercise.scenario import CannotContinue
from antiphon.recording.exchange import Request

_PROMPT = {"role": "user", "content": "Say hi."}


async def make_prerequisites(api: Api, drawn: Iterable[Request]) -> dict[str, str]:
    """Ids for all placeholders of the requests. Raises Stuck or Declined where the target does not provide them."""
    wanted = {name for name in ("response_id", "conversation_id", "item_id", "completion_id")
              if any(f"{{{name}}}" in each.path or _continues(each, name) for each in drawn)}  # fmt: skip
    names: dict[str, str] = {}
    if "response_id" in wanted:
        names["response_id"] = (await api.create(input="Say hi.", store=True, max_output_tokens=16)).id
    if "conversation_id" in wanted:
        names["conversation_id"] = (await api.call("conversations.create", body={})).id
    if "item_id" in wanted:
        names["item_id"] = await _item(api, names["conversation_id"])
    if "completion_id" in wanted:
        body = {"model": api.model, "messages": [_PROMPT], "store": True, "max_completion_tokens": 16}
        names["completion_id"] = (await api.call("chat.create", body=body)).id
    return names


def _continues(request: Request, name: str) -> bool:
    body = request.body
    return isinstance(body, dict) and body.get("previous_response_id") == f"{{{name}}}"


async def _item(api: Api, conversation: str) -> str:
    answer = await api.call("conversations.items.create", body={"items": [_PROMPT]}, conversation_id=conversation)
    data = answer.body.get("data")
    first = data[0] if isinstance(data, list) and data else None
    if not isinstance(first, dict) or not isinstance(first.get("id"), str):
        raise CannotContinue("no item came back that has an id", answer.exchange.id)
    return str(first["id"])
