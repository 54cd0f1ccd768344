"""Model of stored objects: responses and conversations, as far as their calls describe them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from antiphon.contract.model import Edition
from antiphon.generated.mode_twins import PlainCreates
from antiphon.generated.object_record import Deviation, ObjectRecord, call_ids, in_order, texts_listed, texts_sent
from antiphon.recording.exchange import Exchange, Request

EXISTENCE, ORDER, STATUS = "properties.existence", "properties.order", "properties.status"
ENDED = frozenset({"completed", "failed", "cancelled", "incomplete"})
_RANK = {"queued": 0, "in_progress": 1} | dict.fromkeys(ENDED, 2)
LACKING = frozenset({405, 501})


class ObjectModel:
    """Follows exchanges in their order, and reports those that contradict the earlier ones."""

    def __init__(self, edition: Edition) -> None:
        self._edition = edition
        self.responses: dict[str, ObjectRecord] = {}
        self.conversations: dict[str, ObjectRecord] = {}
        self._plain = PlainCreates()
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
        """Deviations of an exchange; a missing reply, or a failure, is judged elsewhere.

        Nobody knows whether a change was made that got no answer, so what it concerns is forgotten.
        """
        request = exchange.request
        if request is None:
            return
        if exchange.failure or exchange.status in LACKING or (exchange.status or 500) >= 500:
            self._forget(exchange, request)
            return
        operation = "create" if exchange.is_socket else self._edition.operation(request.method, request.path)
        rule = self._rules.get(operation)
        if rule is not None:
            yield from rule(exchange)

    def _forget(self, exchange: Exchange, request: Request) -> None:
        """Let go of what a request may have changed."""
        sent = exchange.sent if isinstance(exchange.sent, dict) else {}
        if request.method not in ("GET", "HEAD") and exchange.status not in LACKING:
            for id in (*request.path.split("/"), str(sent.get("conversation"))):
                self.responses.pop(id, None)
                self.conversations.pop(id, None)

    def _named(self, exchange: Exchange) -> ObjectRecord | None:
        """The object that the path names."""
        parts = exchange.request.path.split("/") if exchange.request else []
        place = self.responses if parts[1:2] == ["responses"] else self.conversations
        kept = place.get(parts[2]) if len(parts) > 2 else None
        if kept is not None:
            kept.note(exchange)
        return kept

    def _exists(self, exchange: Exchange, record: ObjectRecord) -> Iterator[Deviation]:
        if record.deleted and is_taken(exchange):
            yield record.off(EXISTENCE, exchange, "a refusal, as it was deleted", exchange.status)
        elif not record.deleted and not is_taken(exchange):
            yield record.off(EXISTENCE, exchange, "success, as it was made and not deleted", exchange.status)

    def _create(self, exchange: Exchange) -> Iterator[Deviation]:
        sent = exchange.sent if isinstance(exchange.sent, dict) else {}
        yield from self._plain.see(exchange)
        parent = self.responses.get(str(sent.get("previous_response_id")))
        talk = self.conversations.get(str(sent.get("conversation")))
        for kept in (parent, talk):
            if kept is not None:
                kept.note(exchange)
                if kept.deleted or exchange.status != 429:
                    yield from self._exists(exchange, kept)
        reply = exchange.reply
        if not is_taken(exchange) or not isinstance(reply, dict) or not isinstance(reply.get("id"), str):
            return
        texts = texts_sent(sent.get("input"))
        if talk is not None and not talk.deleted:
            talk.texts += texts
            talk.whole = False
        if reply.get("store") is not False:
            made = ObjectRecord(
                texts,
                parent is None and talk is None,
                str(reply.get("status")),
                sent.get("background") is True,
                sent.get("stream") is True,
            )
            made.call_ids = call_ids(reply)
            made.note(exchange)
            self.responses[reply["id"]] = made

    def _retrieve(self, exchange: Exchange) -> Iterator[Deviation]:
        kept = self._named(exchange)
        if kept is not None:
            yield from self._exists(exchange, kept)
            yield from self._moved(exchange, kept)
            if exchange.is_success:
                kept.call_ids = kept.call_ids or call_ids(exchange.reply)

    def _cancel(self, exchange: Exchange) -> Iterator[Deviation]:
        kept = self._named(exchange)
        if kept is None:
            return
        if kept.deleted or (kept.background and kept.status not in ENDED):
            yield from self._exists(exchange, kept)
        if kept.background:
            yield from self._moved(exchange, kept)

    def _moved(self, exchange: Exchange, record: ObjectRecord) -> Iterator[Deviation]:
        """The status of an object only goes forward, and stays once it is final."""
        reply = exchange.reply
        status = reply.get("status") if isinstance(reply, dict) and exchange.is_success else None
        if record.deleted or not isinstance(status, str) or status not in _RANK:
            return
        before = record.status
        stays = before not in ENDED or status == before
        if before in _RANK and (_RANK[status] < _RANK[before] or not stays):
            yield record.off(STATUS, exchange, f"{before}, or what follows on it", status, "/status")
        record.status = status

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
            made = self.conversations[reply["id"]] = ObjectRecord(texts_sent(sent.get("items")))
            made.note(exchange)
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
            kept.texts += texts_sent(sent.get("items"))
            kept.learn(exchange)

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
        kept.learn(exchange)
        query = dict(exchange.request.query) if exchange.request else {}
        wanted = list(kept.texts) if query.get("order") == "asc" else kept.texts[::-1]
        most = int(query.get("limit", 20))
        shown = [text for text in texts_listed(exchange) if text in wanted]
        if kept.whole:
            shown, wanted = texts_listed(exchange), wanted[:most]
        elif len(texts_listed(exchange)) >= most:
            wanted = wanted[: len(shown)] if wanted[: len(shown)] == shown else in_order(shown, wanted)
        if shown != wanted:
            yield kept.off(ORDER, exchange, f"the texts {wanted}", f"{shown}", "/data")


def is_taken(exchange: Exchange) -> bool:
    """A call succeeded; over a socket, a response came of it."""
    if exchange.is_socket:
        return isinstance(exchange.reply, dict) and isinstance(exchange.reply.get("id"), str)
    return exchange.is_success
