"""Context of a request: the items that the model reads, with history and references resolved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from antiphon.server.behaviour.policy import ServerPolicy
from antiphon.server.errors import ApiError, previous_not_found, shorten
from antiphon.server.ids import Ids
from antiphon.server.json_values import Json
from antiphon.server.model.items import DEFAULTS, PREFIXES, WITHOUT_STATUS, parts
from antiphon.server.responses.call_pairs import check_pairs, check_sealed
from antiphon.server.state.store import Record, Store


@dataclass(slots=True)
class Context:
    """Items that the model reads: those of earlier turns, then those of the request."""

    history: list[Json]
    input: list[Json]
    parent: str | None = None

    @property
    def items(self) -> list[Json]:
        """Everything that the model reads: history, then input."""
        return [*self.history, *self.input]


def resolve(body: Mapping[str, Any], store: Store, ids: Ids, policy: ServerPolicy) -> Context:
    """The context of a request whose shape has been checked."""
    if body.get("prompt"):
        raise ApiError(f"Prompt with id '{shorten(body['prompt']['id'], quote=False)}' not found.", status=404)
    parent = previous(body.get("previous_response_id"), store, policy)
    history = past(parent, store, policy) if parent else store.conversations.history(body.get("conversation"))
    sent = normalise(body.get("input"), store, ids, policy)
    context = Context(history, sent, parent.id if parent else None)
    if policy.verifies_sealed:
        check_sealed(context.input)
    if policy.pairs_calls:
        check_pairs(context.history, context.input)
    return context


def previous(id: str | None, store: Store, policy: ServerPolicy) -> Record | None:
    """The response that a request continues."""
    if id is None:
        return None
    record = store.get(id, delay=policy.readable_after)
    if record is None and policy.deleted_chains:
        record = store.deleted.get(id)
    if record is None or not (record.response["store"] or policy.keeps_unstored):
        if policy.unknown_previous == "ignored":
            return None
        raise previous_not_found(id)
    return record


def past(record: Record, store: Store, policy: ServerPolicy) -> list[Json]:
    """The items that a next turn inherits from `record`."""
    if not policy.chains:
        return []
    history = list(record.history) if policy.chain_reaches_back else []
    if policy.chain_keeps_input:
        history += record.input
    if policy.chain_keeps_output:
        history += record.response["output"]
    if policy.forks_leak:
        for sibling in store.children(record.id):
            history += [item for item in sibling.input if item["type"] == "message"]
    return history


def normalise(sent: Any, store: Store, ids: Ids, policy: ServerPolicy) -> list[Json]:
    """The input as stored items: with ids, and content as parts."""
    if not sent:
        return []
    if isinstance(sent, str):
        content = [{"type": "input_text", "text": sent}]
        message = {"id": ids.new("msg_"), "type": "message", "role": "user", "content": content, "status": "completed"}
        return [message]
    return [normal_item(item, index, store, ids, policy) for index, item in enumerate(sent)]


def normal_item(item: Json, index: int, store: Store, ids: Ids, policy: ServerPolicy) -> Json:
    """An input item with all members that the API shows; a reference becomes the item that it names."""
    kind = item.get("type") or ("message" if "role" in item else "item_reference")
    if kind == "item_reference":
        found = store.item(item["id"]) if policy.resolves_references else None
        if found is None:
            raise ApiError(
                f"Item with id '{shorten(item['id'], quote=False)}' not found. Only stored items can be referred to.",
                status=404,
            )
        return found
    result = {"id": item.get("id") or ids.new(PREFIXES.get(kind, "item_")), "type": kind}
    result |= {key: value for key, value in item.items() if key not in result and value is not None}
    if kind == "message":
        result["content"] = parts(item["role"], item["content"])
    if kind not in WITHOUT_STATUS:
        result.setdefault("status", "completed")
    return result | DEFAULTS[kind](result) if kind in DEFAULTS else result
