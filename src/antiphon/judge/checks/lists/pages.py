"""Pages of lists: their shape, their first and last ids, and what an entry is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from antiphon.judge.registry import Violation, check
from antiphon.judge.subjects.responses import Item, ListPage
from antiphon.judge.values import MISSING, a_dict, a_list, is_text, objects, violation_at

INPUT = "input_items"
ENDS = ("first_id", "last_id")
CONVERSATION = ("conversations.items.list", "conversations.items.create")


def _is_input(page: ListPage) -> bool:
    return page.operation == INPUT


def _is_conversation(page: ListPage) -> bool:
    return page.operation in CONVERSATION


def _data(page: ListPage) -> list[Any]:
    return a_list(page.body.get("data"))


def _shape(page: ListPage) -> Iterator[Violation]:
    body = page.body
    if body.get("object") != "list":
        yield violation_at("/object", "'list'", body.get("object", MISSING))
    if not isinstance(body.get("data"), list):
        yield violation_at("/data", "a list", body.get("data", MISSING))
    for number, entry in enumerate(_data(page)):
        if not isinstance(entry, dict):
            yield violation_at(f"/data/{number}", "an object", entry)
    if not isinstance(body.get("has_more"), bool):
        yield violation_at("/has_more", "a boolean", body.get("has_more", MISSING))
    for name in ("first_id", "last_id"):
        value = body.get(name, MISSING)
        if value is MISSING or not (value is None or isinstance(value, str)):
            yield violation_at(f"/{name}", "an id, null or empty on an empty page", value)


@check("input-items.list-shape", subject=ListPage, applies=_is_input)
def input_items_shape(page: ListPage) -> Iterator[Violation]:
    """The list has object, data, first_id, last_id and has_more."""
    yield from _shape(page)


@check("conversations.list-shape", subject=ListPage, applies=_is_conversation)
def conversation_shape(page: ListPage) -> Iterator[Violation]:
    """The list of items has object, data, first_id, last_id and has_more."""
    yield from _shape(page)


@check(
    "chat.stored.list-shape", subject=ListPage, applies=lambda page: page.operation in ("chat.list", "chat.messages")
)
def chat_shape(page: ListPage) -> Iterator[Violation]:
    """The list has object, data, first_id, last_id and has_more."""
    yield from _shape(page)


def _comparable_ends(page: ListPage) -> list[tuple[str, str]]:
    """The names of first_id and last_id, as far as the page has them, with the ids that they have to be."""
    data = _data(page) or [{}]
    ids = {"first_id": a_dict(data[0]).get("id"), "last_id": a_dict(data[-1]).get("id")}
    return [(name, id) for name, id in ids.items() if isinstance(page.body.get(name, 0), str | None) and is_text(id)]


def _ends(page: ListPage) -> Iterator[Violation]:
    for name, id in _comparable_ends(page):
        if page.body[name] != id:
            yield violation_at(f"/{name}", f"{id!r}, the id of the {name.split('_')[0]} entry", page.body[name])


def _has_both_ends(page: ListPage) -> bool:
    """Both can be compared, or one that can is wrong."""
    return len(_comparable_ends(page)) > 1 or any(page.body[name] != id for name, id in _comparable_ends(page))


@check("input-items.first-last-ids", subject=ListPage, applies=lambda page: _is_input(page) and _has_both_ends(page))
def input_items_ends(page: ListPage) -> Iterator[Violation]:
    """first_id and last_id are the ids of the first and the last item of the page."""
    yield from _ends(page)


@check(
    "conversations.first-last-ids",
    subject=ListPage,
    applies=lambda page: _is_conversation(page) and _has_both_ends(page),
)
def conversation_ends(page: ListPage) -> Iterator[Violation]:
    """first_id and last_id are the ids of the first and the last item of the page."""
    yield from _ends(page)


@check(
    "input-items.empty-page-ids",
    subject=ListPage,
    applies=lambda page: (
        _is_input(page)
        and page.body.get("data") == []
        and ({"first_id", "last_id"} <= page.body.keys() or any(is_text(page.body.get(name)) for name in ENDS))
    ),
)
def empty_page_ids(page: ListPage) -> Iterator[Violation]:
    """An empty page has first_id and last_id null or empty."""
    for name in ENDS:
        if is_text(page.body.get(name)):
            yield violation_at(f"/{name}", "null or an empty string", page.body[name])


@check(
    "input-items.item-ids",
    subject=ListPage,
    applies=lambda page: _is_input(page) and bool(objects(page.body.get("data"))),
)
def item_ids(page: ListPage) -> Iterator[Violation]:
    """Every listed item has a non-empty id."""
    for number, item in enumerate(_data(page)):
        if isinstance(item, dict) and not is_text(item.get("id")):
            yield violation_at(f"/data/{number}/id", "a string that is not empty", item.get("id", MISSING))


@check(
    "input-items.item-ids-unique",
    subject=ListPage,
    applies=lambda page: _is_input(page) and sum(is_text(a_dict(item).get("id")) for item in _data(page)) > 1,
)
def item_ids_unique(page: ListPage) -> Iterator[Violation]:
    """No item is listed twice on a page."""
    seen: set[str] = set()
    for number, item in enumerate(_data(page)):
        name = a_dict(item).get("id")
        if is_text(name) and name in seen:
            yield violation_at(f"/data/{number}/id", "an id that no item before it has", name)
        elif is_text(name):
            seen.add(name)


def _messages(page: ListPage) -> list[tuple[int, Mapping[str, Any]]]:
    entries = enumerate(_data(page))
    return [(number, item) for number, item in entries if a_dict(item).get("type") == "message"]


@check("input-items.content-parts", subject=ListPage, applies=lambda page: _is_input(page) and bool(_messages(page)))
def content_parts(page: ListPage) -> Iterator[Violation]:
    """The content of a listed message is a list of parts."""
    for number, item in _messages(page):
        content = item.get("content", MISSING)
        if not isinstance(content, list) or not all(isinstance(part, dict) for part in content):
            yield violation_at(f"/data/{number}/content", "a list of parts", content)


def _limit(page: ListPage) -> int | None:
    query = dict(page.exchange.request.query) if page.exchange.request else {}
    limit = query.get("limit", "")
    return int(limit) if limit.isascii() and limit.isdigit() and len(limit) < 9 and 1 <= int(limit) <= 100 else None


@check(
    "input-items.limit-respected", subject=ListPage, applies=lambda page: _is_input(page) and _limit(page) is not None
)
def limit_respected(page: ListPage) -> Iterator[Violation]:
    """A page holds no more items than its limit."""
    if len(_data(page)) > (_limit(page) or 100):
        yield violation_at("/data", f"at most {_limit(page)} items", page.body["data"])


@check(
    "conversations.item-message-shape",
    subject=Item,
    sorts=("message",),
    applies=lambda item: item.operation.startswith("conversations.") and item.type == "message",
)
def conversation_message(item: Item) -> Iterator[Violation]:
    """A message of a conversation has id, status, role and content."""
    if "status" not in item.body:
        yield violation_at(item.at("/status"), "a status", MISSING)
    for name in ("id", "role"):
        if not is_text(item.body.get(name)):
            yield violation_at(item.at(f"/{name}"), "a string that is not empty", item.body.get(name, MISSING))
    if not isinstance(item.body.get("content"), list):
        yield violation_at(item.at("/content"), "a list of parts", item.body.get("content", MISSING))
