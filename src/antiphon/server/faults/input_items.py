"""Pages of input items that are wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from antiphon.server.faults.base import Fault, Reply
from antiphon.server.faults.shaping import without
from antiphon.server.faults.store_reach import CREATE, LIST, Change, after, at, fault, query_of, record_of, refuse, show
from antiphon.server.store import Json


def put(reply: Reply, data: list[Json]) -> None:
    """Show these items on the page, its first and last id with them."""
    ends = {"first_id": data[0].get("id") if data else None, "last_id": data[-1].get("id") if data else None}
    show(reply, data=data, **ends)


def each_item(change: Callable[[Json], Json]) -> Change:
    return lambda reply: show(reply, data=[change(item) for item in reply.body["data"]])


def each_text(change: Callable[[str], Any]) -> Change:
    """Change the texts in the content of every message."""

    def edit(item: Json) -> Json:
        if item["type"] != "message":
            return item
        content = [{**part, "text": change(part["text"])} if "text" in part else part for part in item["content"]]
        return {**item, "content": content}

    return each_item(edit)


def as_text(item: Json) -> Json:
    if item["type"] != "message":
        return item
    return {**item, "content": "".join(part.get("text", "") for part in item["content"])}


def repeat_last(reply: Reply) -> None:
    """On a page that follows another and has no limit of its own."""
    if "after" in query_of(reply) and "limit" not in query_of(reply) and reply.body["data"]:
        put(reply, [*reply.body["data"], reply.body["data"][-1]])


def hide_developer(reply: Reply) -> None:
    put(reply, [item for item in reply.body["data"] if item.get("role") != "developer"])


def skip_one(reply: Reply) -> None:
    if "after" in query_of(reply) and "limit" in query_of(reply):
        put(reply, reply.body["data"][1:])


def sort_input(reply: Reply) -> None:
    """Keep the items of a request in the order of their texts."""
    record = record_of(reply)
    if record and len(record.input) > 9:
        record.input.sort(key=lambda item: str(item.get("content")))


def refuse_large(reply: Reply) -> None:
    if query_of(reply).get("limit") == "100":
        refuse(reply, "Invalid 'limit': expected from 1 to 50.", code="integer_above_max_value")


def crash_on_limit(reply: Reply) -> None:
    if query_of(reply).get("limit") in ("0", "101"):
        reply.status = 500
        reply.body = {"error": {**reply.body["error"], "type": "server_error", "code": "server_error"}}


def empty_for(name: str) -> Change:
    """An empty page in place of a refusal of one part of the query."""

    def change(reply: Reply) -> None:
        if reply.status == 400 and name in query_of(reply):
            reply.status = 200
            reply.body = {"object": "list", "data": [], "first_id": None, "last_id": None, "has_more": False}

    return change


FAULTS: tuple[Fault, ...] = (
    fault(
        "list-object-missing",
        "A page does not say that it is a list.",
        "input-items.list-shape",
        after(LIST, lambda reply: setattr(reply, "body", without(reply.body, "object"))),
    ),
    fault(
        "listed-ids-missing",
        "Listed items have no ids.",
        "input-items.item-ids",
        after(LIST, each_item(lambda item: without(item, "id"))),
        "input-items.order-ascending input-items.after-exclusive input-items.pages-complete input-items.has-more "
        "input-items.default-order input-items.empty-page-ids",
    ),
    fault(
        "listed-item-repeated",
        "A page that follows another ends with the same item twice.",
        "input-items.item-ids-unique",
        after(LIST, repeat_last),
    ),
    fault(
        "listed-content-text",
        "The content of a listed message is a string.",
        "input-items.content-parts",
        after(LIST, each_item(as_text)),
        "input-items.lists-input input-items.text-as-sent input-items.order-matches-input create.text-survives "
        "create.replay-order",
    ),
    fault(
        "developer-unlisted",
        "Messages of a developer are not listed.",
        "input-items.lists-input",
        after(LIST, hide_developer),
    ),
    fault(
        "listed-text-trimmed",
        "Listed texts have lost the white space at their ends.",
        "input-items.text-as-sent",
        after(LIST, each_text(str.strip)),
        "create.text-survives",
    ),
    fault(
        "input-sorted",
        "The items of a long input are kept in the order of their texts.",
        "input-items.order-matches-input",
        after(CREATE, sort_input),
    ),
    fault(
        "last-id-is-first",
        "The last_id of a page is its first_id.",
        "input-items.first-last-ids",
        after(LIST, lambda reply: show(reply, last_id=reply.body["first_id"])),
    ),
    fault(
        "limit-hundred-refused",
        "A limit of 100 is refused.",
        "input-items.limit-maximum",
        at(LIST, refuse_large),
    ),
    fault(
        "has-more-never",
        "has_more is always false.",
        "input-items.has-more",
        after(LIST, lambda reply: show(reply, has_more=False)),
    ),
    fault(
        "page-skips-one",
        "A page that follows another leaves out an item.",
        "input-items.pages-complete",
        after(LIST, skip_one),
    ),
    fault(
        "bad-limit-is-500",
        "A limit of 0 or 101 is answered with 500.",
        "input-items.bad-limit",
        at(LIST, crash_on_limit),
        "create.never-500 errors.server-error-envelope",
    ),
    fault(
        "unknown-after-empty",
        "An after that is no item gives an empty page.",
        "input-items.unknown-after",
        at(LIST, empty_for("after")),
        "",
    ),
    fault(
        "unknown-order-empty",
        "An unknown order gives an empty page.",
        "input-items.unknown-order",
        at(LIST, empty_for("order")),
        "",
    ),
)
