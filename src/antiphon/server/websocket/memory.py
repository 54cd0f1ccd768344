"""Memory of one WebSocket connection: responses that are stored nowhere else, above those of the server."""

from __future__ import annotations

from collections import OrderedDict
from copy import copy
from dataclasses import replace

from antiphon.server.behaviour.policy import ServerPolicy
from antiphon.server.behaviour.rules import SocketRules
from antiphon.server.json_values import Json
from antiphon.server.state.service import Service
from antiphon.server.state.store import Record, Store

MOST_RESPONSES = 64
MOST_ITEMS = 1_000


class ConnectionStore(Store):
    """The server's store as a connection sees it. Only what asks to be stored reaches the store itself."""

    def __init__(self, store: Store, rules: SocketRules) -> None:
        super().__init__(store.conversations)
        self.deleted, self.finished = store.deleted, store.finished
        self._store, self._rules = store, rules
        self._own: OrderedDict[str, Record] = OrderedDict()
        self._own_items: OrderedDict[str, Json] = OrderedDict()

    def add(self, record: Record) -> None:
        """Store a response, in the connection alone where it is not to be stored."""
        if record.response["store"]:
            self._store.add(record)
            self._store.remember([*record.input, *record.response["output"]])
        elif self._rules.memory_is_shared:
            self._store.add(record)
        if self._rules.remembers:
            self._own[record.id] = record
        while len(self._own) > MOST_RESPONSES:
            self._own.popitem(last=False)

    def remember(self, items: list[Json]) -> None:
        """Keep items for the next turns of the connection."""
        self._own_items.update((item["id"], item) for item in items if item.get("id"))
        while len(self._own_items) > MOST_ITEMS:
            self._own_items.popitem(last=False)

    def get(self, id: str, *, delay: float = 0.0) -> Record | None:
        """A response of the connection, or a stored one."""
        return self._own.get(id) or self._store.get(id, delay=delay)

    def item(self, id: str) -> Json | None:
        """An item of the connection, or a stored one."""
        return self._own_items.get(id) or self._store.item(id)

    def forget(self, id: object) -> None:
        """Take a response out of the connection's memory."""
        if isinstance(id, str):
            self._own.pop(id, None)


def over_sockets(service: Service) -> Service:
    """The service as a connection meets it, which keeps what is not to be stored as long as it is open."""
    mine = copy(service)
    if service.settings.faults_over_sockets:
        mine.policy = replace(service.policy, keeps_unstored=True)
    else:
        rules = service.policy
        mine.faults = ()
        mine.policy = replace(ServerPolicy(), sockets=rules.sockets, webhooks=rules.webhooks, keeps_unstored=True)
    return mine
