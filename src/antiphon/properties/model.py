"""What a server must keep, by what it was asked: responses and conversations, as far as their calls tell of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from antiphon.contract.model import Edition
from antiphon.transcript.exchange import Exchange

EXISTENCE, ORDER, STATUS = "properties.existence", "properties.order", "properties.status"
ENDED = frozenset({"completed", "failed", "cancelled", "incomplete"})
_RANK = {"queued": 0, "in_progress": 1} | dict.fromkeys(ENDED, 2)
LACKING = frozenset({405, 501})


class Deviation(NamedTuple):
    """A reply that is not what the model says, and how it came to that: the calls that concern the same object."""

    requirement: str
    exchange: Exchange
    at: str
    expected: str
    got: str
    before: tuple[str, ...]


@dataclass
class Kept:
    """One object: the texts that were put into it, in order, by item id where that is known."""

    texts: list[str] = field(default_factory=list)
    whole: bool = True
    """Nothing else is in it."""
    status: str = "completed"
    background: bool = False
    deleted: bool = False
    calls: list[str] = field(default_factory=list)
    ids: dict[str, str] = field(default_factory=dict)
    """Item id → its text."""


class Model:
    """Sees exchanges in their order, and says where one is not what those before it make it."""

    def __init__(self, edition: Edition) -> None:
        self._edition = edition
        self.responses: dict[str, Kept] = {}
        self.conversations: dict[str, Kept] = {}
        self._rules: Mapping[str, Callable[[Exchange], Iterator[Deviation]]] = {
            "create": self._create,
            "retrieve": self._retrieve,
            "cancel": self._cancel,
            "delete": self._delete,
            "input_items": self._listed,
            "conversations.create": self._new_conversation,
            "conversations.get": self._conversation,
            "conversations.delete": self._delete,
            "conversations.items.create": self._add,
            "conversations.items.list": self._listed,
            "conversations.items.delete": self._take_out,
        }

    def see(self, exchange: Exchange) -> Iterator[Deviation]:
        """What is wrong with an exchange; a reply that did not come, or that is a failure, is judged elsewhere."""
        request = exchange.request
        if request is None or exchange.failure or exchange.status in LACKING or (exchange.status or 500) >= 500:
            return
        rule = self._rules.get(self._edition.operation(request.method, request.path))
        if rule is not None:
            yield from rule(exchange)

    def _named(self, exchange: Exchange) -> Kept | None:
        """The object that the path names."""
        parts = exchange.request.path.split("/") if exchange.request else []
        place = self.responses if parts[1:2] == ["responses"] else self.conversations
        kept = place.get(parts[2]) if len(parts) > 2 else None
        if kept is not None:
            _note(kept, exchange)
        return kept

    def _exists(self, exchange: Exchange, kept: Kept) -> Iterator[Deviation]:
        if kept.deleted and exchange.is_success:
            yield _off(EXISTENCE, exchange, kept, "a refusal, as it was deleted", exchange.status)
        elif not kept.deleted and not exchange.is_success:
            yield _off(EXISTENCE, exchange, kept, "success, as it was made and not deleted", exchange.status)

    def _create(self, exchange: Exchange) -> Iterator[Deviation]:
        sent = exchange.sent if isinstance(exchange.sent, dict) else {}
        parent = self.responses.get(str(sent.get("previous_response_id")))
        talk = self.conversations.get(str(sent.get("conversation")))
        for kept in (parent, talk):
            if kept is not None:
                _note(kept, exchange)
                if kept.deleted or exchange.status != 429:
                    yield from self._exists(exchange, kept)
        reply = exchange.reply
        if not exchange.is_success or not isinstance(reply, dict) or not isinstance(reply.get("id"), str):
            return
        texts = _texts(sent.get("input"))
        if talk is not None and not talk.deleted:
            talk.texts += texts
            talk.whole = False
        if reply.get("store") is not False:
            made = Kept(
                texts, parent is None and talk is None, str(reply.get("status")), sent.get("background") is True
            )
            _note(made, exchange)
            self.responses[reply["id"]] = made

    def _retrieve(self, exchange: Exchange) -> Iterator[Deviation]:
        kept = self._named(exchange)
        if kept is not None:
            yield from self._exists(exchange, kept)
            yield from self._moved(exchange, kept)

    def _cancel(self, exchange: Exchange) -> Iterator[Deviation]:
        kept = self._named(exchange)
        if kept is None:
            return
        if kept.deleted or (kept.background and kept.status not in ENDED):
            yield from self._exists(exchange, kept)
        if kept.background:
            yield from self._moved(exchange, kept)

    def _moved(self, exchange: Exchange, kept: Kept) -> Iterator[Deviation]:
        """The status of an object only goes forward, and stays once it is final."""
        reply = exchange.reply
        status = reply.get("status") if isinstance(reply, dict) and exchange.is_success else None
        if kept.deleted or not isinstance(status, str) or status not in _RANK:
            return
        before = kept.status
        stays = before not in ENDED or status == before
        if before in _RANK and (_RANK[status] < _RANK[before] or not stays):
            yield _off(STATUS, exchange, kept, f"{before}, or what follows on it", status, "/status")
        kept.status = status

    def _delete(self, exchange: Exchange) -> Iterator[Deviation]:
        kept = self._named(exchange)
        if kept is None:
            return
        if kept.deleted or kept.status in ENDED:
            yield from self._exists(exchange, kept)
        kept.deleted = kept.deleted or exchange.is_success

    def _new_conversation(self, exchange: Exchange) -> Iterator[Deviation]:
        reply = exchange.body
        if exchange.is_success and isinstance(reply, dict) and isinstance(reply.get("id"), str):
            sent = exchange.sent if isinstance(exchange.sent, dict) else {}
            made = self.conversations[reply["id"]] = Kept(_texts(sent.get("items")))
            _note(made, exchange)
        yield from ()

    def _conversation(self, exchange: Exchange) -> Iterator[Deviation]:
        kept = self._named(exchange)
        if kept is not None:
            yield from self._exists(exchange, kept)

    def _add(self, exchange: Exchange) -> Iterator[Deviation]:
        kept = self._named(exchange)
        if kept is None:
            return
        yield from self._exists(exchange, kept)
        if exchange.is_success and not kept.deleted:
            sent = exchange.sent if isinstance(exchange.sent, dict) else {}
            kept.texts += _texts(sent.get("items"))
            _learn(kept, exchange)

    def _take_out(self, exchange: Exchange) -> Iterator[Deviation]:
        kept = self._named(exchange)
        if kept is None or exchange.request is None:
            return
        text = kept.ids.pop(exchange.request.path.rpartition("/")[2], None)
        if text is None:
            return
        yield from self._exists(exchange, kept)
        if exchange.is_success and text in kept.texts:
            kept.texts.remove(text)

    def _listed(self, exchange: Exchange) -> Iterator[Deviation]:
        """A page holds the texts of the model, in its order, from where it was asked to begin."""
        kept = self._named(exchange)
        if kept is None:
            return
        is_response = exchange.request is not None and exchange.request.path.startswith("/responses/")
        if is_response or not kept.deleted:
            yield from self._exists(exchange, kept)
        if kept.deleted or not exchange.is_success:
            return
        _learn(kept, exchange)
        query = dict(exchange.request.query) if exchange.request else {}
        wanted = list(kept.texts) if query.get("order") == "asc" else kept.texts[::-1]
        most = int(query.get("limit", 20))
        shown = [text for text in _shown(exchange) if text in wanted]
        if kept.whole:
            shown, wanted = _shown(exchange), wanted[:most]
        elif len(_shown(exchange)) >= most:
            wanted = wanted[: len(shown)] if wanted[: len(shown)] == shown else _in_order(shown, wanted)
        if shown != wanted:
            yield _off(ORDER, exchange, kept, f"the texts {wanted}", f"{shown}", "/data")


def _in_order(shown: list[str], wanted: list[str]) -> list[str]:
    """What of `wanted` is shown, in its order."""
    return [text for text in wanted if text in shown]


def _texts(items: Any) -> list[str]:
    """The texts of messages that were sent."""
    if isinstance(items, str):
        return [items]
    return [str(each.get("content")) for each in items if isinstance(each, dict)] if isinstance(items, list) else []


def _items(exchange: Exchange) -> list[Mapping[str, Any]]:
    body = exchange.body
    data = body.get("data") if isinstance(body, dict) else None
    return [each for each in data if isinstance(each, dict)] if isinstance(data, list) else []


def _text(item: Mapping[str, Any]) -> str:
    content = item.get("content")
    parts = content if isinstance(content, list) else [{"text": content}]
    return "".join(str(part.get("text")) for part in parts if isinstance(part, dict))


def _shown(exchange: Exchange) -> list[str]:
    return [_text(each) for each in _items(exchange)]


def _learn(kept: Kept, exchange: Exchange) -> None:
    """Take note of the ids under which the texts of the model are listed."""
    for each in _items(exchange):
        if _text(each) in kept.texts and isinstance(each.get("id"), str):
            kept.ids[each["id"]] = _text(each)


def _note(kept: Kept, exchange: Exchange) -> None:
    if exchange.request is not None:
        kept.calls.append(f"{exchange.request.method} {exchange.request.path} ({exchange.status})")


def _off(requirement: str, exchange: Exchange, kept: Kept, expected: str, got: Any, at: str = "") -> Deviation:
    return Deviation(requirement, exchange, at, expected, str(got), tuple(kept.calls))
