"""Ids that the target gave to objects of each kind in this run: ids that name nothing are made after them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from antiphon.contract.model import Edition
from antiphon.recording.exchange import Exchange

RESPONSE, MESSAGE, CONVERSATION, COMPLETION = "response", "message", "conversation", "completion"
_KINDS = {"create": RESPONSE, "conversations.create": CONVERSATION, "chat.create": COMPLETION}


@dataclass
class SeenIds:
    """Kind of object → the first id that a reply gave to one, so that many scenarios need make none."""

    edition: Edition
    _ids: dict[str, str] = field(default_factory=dict)

    def see(self, exchange: Exchange) -> None:
        """Take in an exchange of the run."""
        request, reply = exchange.request, exchange.reply
        if request is None or exchange.is_socket or not exchange.is_success or not isinstance(reply, dict):
            return
        kind = _KINDS.get(self.edition.operation(request.method, request.path) or "")
        if kind is None or exchange.is_stream:
            return
        self._note(kind, reply)
        output = reply.get("output") if kind == RESPONSE else None
        for item in output if isinstance(output, list) else ():
            if isinstance(item, dict) and item.get("type") == "message":
                self._note(MESSAGE, item)

    def _note(self, kind: str, shown: Mapping[str, Any]) -> None:
        id = shown.get("id")
        if isinstance(id, str) and id:
            self._ids.setdefault(kind, id)

    def get(self, kind: str) -> str | None:
        """An id of that kind; None where none was seen yet."""
        return self._ids.get(kind)
