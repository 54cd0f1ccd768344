"""State of one running server, and its objects as a client sees them."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from copy import copy
from dataclasses import dataclass, replace
from typing import Any, Protocol

from antiphon.server.behaviour.chaos import Chaos
from antiphon.server.behaviour.editions import edition_behaviour
from antiphon.server.behaviour.fault import Fault
from antiphon.server.behaviour.policy import ServerPolicy
from antiphon.server.behaviour.policy_trace import watch_policy
from antiphon.server.ids import Ids
from antiphon.server.json_values import Json
from antiphon.server.model.served_models import models_by_name
from antiphon.server.scripts.answers import Script
from antiphon.server.scripts.loader import load
from antiphon.server.settings import ServerSettings
from antiphon.server.state.completions import CompletionStore
from antiphon.server.state.conversations import Conversations
from antiphon.server.state.fault_hooks import FaultHooks
from antiphon.server.state.files import FileStore
from antiphon.server.state.journal import Journal
from antiphon.server.state.prompt_cache import PromptCache
from antiphon.server.state.rate_limit import Limiter
from antiphon.server.state.store import Record, Store

MOST_KEPT = 64
"""Combinations of faults asked for by header that are kept ready."""
FaultSelector = Callable[[Iterable[str]], tuple[Fault, ...]]
"""The faults of some names; ValueError for one that is unknown."""


class Prerenderer(Protocol):
    """Writes a stream that waits for nothing as one run of bytes; the fast path has one."""

    def response(self, service: Service, record: Record, *, obfuscate: bool) -> bytes:
        """Do the work of a response; the bytes of its events."""

    def completion(self, chunks: Iterable[Json]) -> bytes:
        """The bytes of the chunks of a completion."""


@dataclass(slots=True)
class FaultSwitch:
    """Names of the faults that are on beside those of the settings: the same for every tenant."""

    names: tuple[str, ...] = ()


class Service(FaultHooks):
    """Settings, policy and memory of a server; every route works with one."""

    def __init__(
        self, settings: ServerSettings, select_faults: FaultSelector, prerenderer: Prerenderer | None = None
    ) -> None:
        self.settings = settings
        self.prerenderer = prerenderer
        self._select_faults = select_faults
        self.edition = edition_behaviour(settings.edition)
        self.faults = select_faults(settings.faults)
        self.policy = watch_policy(policy_of(self.faults))
        self.ids = Ids("/".join(("antiphon", *settings.faults, *([settings.part] if settings.part else ()))))
        self.chaos = Chaos(settings.chaos, settings.seed) if settings.chaos else None
        self.script = _script_of(settings)
        self._switched = FaultSwitch()
        self.journal = Journal() if settings.journal else None
        names = (*settings.models, *(self.script.models if self.script else ()))
        self.models = models_by_name(names, takes_any=settings.any_model)
        self._tenants: dict[str, Service] = {}
        self._remember_nothing()
        for key in settings.keys:
            self._tenants[key] = self._alone() if self._tenants else self

    def _remember_nothing(self) -> None:
        """Begin with an empty memory."""
        settings = self.settings
        conversations = Conversations(self.policy.conversations)
        self.store = Store(conversations, settings.max_responses, settings.retention)
        self.completions = CompletionStore(settings.max_responses)
        self.file_store = FileStore()
        self.prompts = PromptCache()
        self.limiter = Limiter(settings.rate_limit)
        self._faulty: OrderedDict[tuple[str, ...], Service] = OrderedDict()

    def _alone(self) -> Service:
        """The same server with a memory of its own."""
        other, notified = copy(self), self.store.finished
        other._remember_nothing()
        other.store.finished = notified
        return other

    @property
    def keeps_apart(self) -> bool:
        """Whether each event of a stream is a piece of its own, since something may be done to it."""
        return bool(self.faults or self.chaos or (self.script and not self.script.is_empty))

    @property
    def switched_faults(self) -> tuple[str, ...]:
        """The names of the faults that were switched on while the server runs."""
        return self._switched.names

    def switch_faults(self, names: Iterable[str]) -> None:
        """Let these be the faults that are switched on, from the next request on. ValueError for an unknown one."""
        names = tuple(names)
        self._select_faults(names)
        self._switched.names = names

    def tenant(self, key: str) -> Service:
        """The server as the holder of this key sees it."""
        return self._tenants[key]

    def with_faults(self, names: tuple[str, ...]) -> Service:
        """The same server, and the same memory, with more faults. ValueError for one that is unknown."""
        found = self._faulty.get(names)
        if found is None:
            found = copy(self)
            found.faults = (*self.faults, *self._select_faults(names))
            found.policy = policy_of(found.faults)
            found.store = self.store.under(found.policy.conversations)
            self._faulty[names] = found
            while len(self._faulty) > MOST_KEPT:
                self._faulty.popitem(last=False)
        return found

    def now(self) -> int:
        """Seconds since the epoch."""
        return int(time.time())


def _script_of(settings: ServerSettings) -> Script | None:
    """The script of a server; one without answers where some may be added or there have to be some."""
    if settings.script is None and not (settings.control or settings.strict):
        return None
    script = Script() if settings.script is None else load(settings.script)
    script.strict = settings.strict
    return script


def policy_of(faults: Iterable[Fault]) -> ServerPolicy:
    """The policy with the switches that these faults turn."""
    switches: dict[str, Any] = {}
    for fault in faults:
        switches |= fault.policy
    return replace(ServerPolicy(), **switches)
