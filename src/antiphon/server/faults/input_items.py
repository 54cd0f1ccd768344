"""Faults of the list of input items: its pages, order, ids and refusals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from antiphon.server.behaviour.fault import OutgoingReply
from antiphon.server.faults.base import fault
from antiphon.server.faults.edits import Edit, content_as_text, in_each, in_item, in_member, lose
from antiphon.server.faults.replies import (
    CREATE,
    EMPTY_PAGE,
    LIST,
    Change,
    after,
    answer_unknown,
    answer_unknown_400,
    at,
    change_body,
    edit_error,
    query_of,
    record_of,
    refuse,
    show,
)
from antiphon.server.json_values import Json


def show_page(reply: OutgoingReply, data: list[Json]) -> None:
    """Show these items on the page, its first and last id with them."""
    ends = {"first_id": data[0].get("id") if data else None, "last_id": data[-1].get("id") if data else None}
    show(reply, data=data, **ends)


def in_texts(change: Callable[[str], Any]) -> Edit:
    """Change the texts in the content of a message."""
    return in_item("message", in_each("content", in_member("text", change)))


def repeat_last(reply: OutgoingReply) -> None:
    """On a page that follows another and has no limit of its own."""
    if "after" in query_of(reply) and "limit" not in query_of(reply) and reply.body["data"]:
        show_page(reply, [*reply.body["data"], reply.body["data"][-1]])


def hide_developer(reply: OutgoingReply) -> None:
    show_page(reply, [item for item in reply.body["data"] if item.get("role") != "developer"])


def skip_first(reply: OutgoingReply) -> None:
    if "after" in query_of(reply):
        show_page(reply, reply.body["data"][1:])


def sort_input(reply: OutgoingReply) -> None:
    """Keep the items of a request in the order of their texts."""
    record = record_of(reply)
    if record and len(record.input) > 9:
        record.input.sort(key=lambda item: str(item.get("content")))


def refuse_large(reply: OutgoingReply) -> None:
    if query_of(reply).get("limit") == "100":
        refuse(reply, "Invalid 'limit': expected from 1 to 50.", code="integer_above_max_value")


def crash_on_limit(reply: OutgoingReply) -> None:
    if query_of(reply).get("limit") in ("0", "101"):
        reply.status = 500
        edit_error(reply, type="server_error", code="server_error")


def accept_limit(reply: OutgoingReply) -> None:
    """Neither a page nor a refusal."""
    if query_of(reply).get("limit") in ("0", "101"):
        reply.status, reply.body = 202, EMPTY_PAGE


def answer_empty_for(name: str) -> Change:
    """An empty page in place of a refusal of one part of the query."""

    def change(reply: OutgoingReply) -> None:
        if reply.status == 400 and name in query_of(reply):
            reply.status = 200
            reply.body = EMPTY_PAGE

    return change


FAULTS = (
    fault(
        "list-object-missing",
        "A page does not say that it is a list.",
        "input-items.list-shape",
        reply=change_body(lose("object"), to=LIST),
    ),
    fault(
        "listed-ids-missing",
        "Listed items have no ids.",
        "input-items.item-ids",
        reply=change_body(in_each("data", lose("id")), to=LIST),
        implies="input-items.order-ascending input-items.after-exclusive input-items.pages-complete "
        "input-items.has-more input-items.default-order input-items.empty-page-ids",
    ),
    fault(
        "listed-item-repeated",
        "A page that follows another ends with the same item twice.",
        "input-items.item-ids-unique",
        reply=after(LIST, repeat_last),
    ),
    fault(
        "listed-content-text",
        "The content of a listed message is a string.",
        "input-items.content-parts",
        reply=change_body(in_each("data", content_as_text), to=LIST),
        implies="modes.input-listed input-items.lists-input input-items.text-as-sent input-items.order-matches-input "
        "create.text-survives create.replay-order",
    ),
    fault(
        "developer-unlisted",
        "Messages of a developer are not listed.",
        "input-items.lists-input",
        reply=after(LIST, hide_developer),
    ),
    fault(
        "listed-text-trimmed",
        "Listed texts have lost the white space at their ends.",
        "input-items.text-as-sent",
        reply=change_body(in_each("data", in_texts(str.strip)), to=LIST),
        implies="create.text-survives",
    ),
    fault(
        "order-default-ascending",
        "Items are listed oldest first when no order is asked for.",
        "input-items.default-order",
        policy={"page_default_order": "asc"},
    ),
    fault(
        "order-ignored",
        "Items are listed newest first whatever order is asked for.",
        "input-items.order-ascending input-items.order-matches-input",
        policy={"page_obeys_order": False},
    ),
    fault(
        "input-sorted",
        "The items of a long input are kept in the order of their texts.",
        "input-items.order-matches-input",
        reply=after(CREATE, sort_input),
        implies="input-items.default-order",
    ),
    fault(
        "limit-default-ten",
        "A page holds ten items when no limit is asked for.",
        "input-items.default-limit",
        policy={"page_default_limit": 10},
    ),
    fault(
        "limit-ignored",
        "A page holds all items whatever its limit.",
        "input-items.limit-respected",
        policy={"page_obeys_limit": False},
        implies="input-items.default-limit input-items.has-more",
    ),
    fault(
        "limit-hundred-refused", "A limit of 100 is refused.", "input-items.limit-maximum", reply=at(LIST, refuse_large)
    ),
    fault(
        "has-more-never",
        "has_more is always false.",
        "input-items.has-more",
        reply=after(LIST, lambda reply: show(reply, has_more=False)),
    ),
    fault(
        "after-inclusive",
        "A page begins with the item it was asked to begin after.",
        "input-items.after-exclusive",
        policy={"page_after_inclusive": True},
        implies="input-items.pages-complete",
    ),
    fault(
        "page-skips-one",
        "A page that follows another leaves out an item.",
        "input-items.pages-complete",
        reply=after(LIST, skip_first),
    ),
    fault(
        "last-id-is-first",
        "The last_id of a page is its first_id.",
        "input-items.first-last-ids",
        reply=after(LIST, lambda reply: show(reply, last_id=reply.body["first_id"])),
    ),
    fault(
        "output-listed",
        "Output items stand among the input items.",
        "input-items.no-output",
        policy={"page_shows_output": True},
        implies="input-items.default-order input-items.order-matches-input input-items.lists-input "
        "create.text-survives",
    ),
    fault(
        "bad-limit-is-500",
        "A limit of 0 or 101 is answered with 500.",
        "create.never-500",
        reply=at(LIST, crash_on_limit),
        implies="errors.server-error-envelope input-items.bad-limit",
    ),
    fault(
        "bad-limit-accepted",
        "A limit of 0 or 101 is answered with 202.",
        "input-items.bad-limit",
        reply=at(LIST, accept_limit),
    ),
    fault(
        "unknown-after-empty",
        "An after that is no item gives an empty page.",
        "input-items.unknown-after",
        reply=at(LIST, answer_empty_for("after")),
    ),
    fault(
        "unknown-order-empty",
        "An unknown order gives an empty page.",
        "input-items.unknown-order",
        reply=at(LIST, answer_empty_for("order")),
    ),
    fault(
        "unknown-list-empty",
        "Listing the input of an unknown id gives an empty page.",
        "input-items.unknown-response",
        reply=answer_unknown(EMPTY_PAGE, to=LIST),
        implies="errors.trigger.unknown-response-input-items.detail store.delete-then-input-items "
        "store.off-no-input-items",
    ),
    fault(
        "unknown-list-is-400",
        "Listing the input of an unknown id is refused with 400.",
        "input-items.unknown-response",
        reply=answer_unknown_400(LIST),
        implies="errors.trigger.unknown-response-input-items.detail",
    ),
)
