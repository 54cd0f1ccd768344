"""The form of an edition's file, `spec/editions/ID.yaml`, as `spec/meta/edition.schema.json` holds it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NotRequired, TypedDict


class EditionSource(TypedDict):
    """What an edition was read from."""

    source: str
    what: str


class Quirk(TypedDict):
    """Something that the real service does against a requirement, mostly up to a day."""

    id: str
    about: str
    says: str
    level: NotRequired[str]
    until: NotRequired[str]
    statuses: NotRequired[list[int]]


class StreamRules(TypedDict, total=False):
    """How the streams of an edition end, and what they may hold."""

    done_marker: str
    error_event: str
    reasoning_events: list[str]
    terminal_events: list[str]
    after_terminal: list[str]
    unannounced_events: list[str]
    extension_names: str
    cancelled_within: str


class WebSocketLimits(TypedDict):
    """What may run at once over a WebSocket."""

    lanes: bool
    in_flight: int
    named_lanes: int


class EditionData(TypedDict, total=False):
    """An edition's file over that of its base. What is absent is as in the requirements."""

    sources: list[EditionSource]
    required: list[str]
    statuses: list[str]
    also_tolerated: Mapping[str, list[str]]
    incomplete_reasons: list[str]
    service_tiers: list[str]
    include: list[str]
    tools: list[str]
    input_content: list[str]
    error_statuses: list[int]
    error_types: list[str]
    error_types_compared: bool
    unknown_fields: str
    stream: StreamRules
    websocket: WebSocketLimits | None
    store_by_default: bool
    quirks: list[Quirk]
