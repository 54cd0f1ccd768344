"""What is said to a request: by a script, or else by the pseudo-model."""

from __future__ import annotations

from antiphon.server.model.outcome import Plan
from antiphon.server.model.plan import Prompt, plan
from antiphon.server.models import PLAIN
from antiphon.server.scripts.playing import played
from antiphon.server.service import Service
from antiphon.server.store import Json, Record
from antiphon.server.usage import input_tokens

WINDOW = 128_000
"""Tokens that the context of a model may have."""
UNREACHABLE = ".invalid/"


def answer(service: Service, record: Record) -> Plan:
    """What the pseudo-model says; a plan that fails where its context is too long or cannot be read."""
    model = record.model or PLAIN
    if record.scripted:
        return played(record.scripted, service.ids)
    if model.fails:
        message = "The model failed, as it always does."
        return Plan(status="failed", error={"type": "server_error", "code": "server_error", "message": message})
    context = [*record.history, *record.input]
    counted = input_tokens(service.policy, record.body, context, record.response)
    prompt = Prompt(
        record.body, record.response, context, record.input, service.ids, service.policy, min(counted, WINDOW), model
    )
    if counted > WINDOW and record.response["truncation"] != "auto":
        message = f"Your input has {counted} tokens, more than the context window of {WINDOW}. Shorten it."
        return Plan(status="failed", error={"code": "context_length_exceeded", "message": message, "param": "input"})
    if any(UNREACHABLE in str(part["image_url"]) for part in _parts(record.input) if "image_url" in part):
        message = "The image could not be downloaded from its address."
        return Plan(status="failed", error={"code": "failed_to_download_image", "message": message, "param": "url"})
    made = plan(prompt)
    made.pace = model.pace or None
    made.counted = prompt.counted
    return made


def _parts(items: list[Json]) -> list[Json]:
    return [part for item in items if item["type"] == "message" for part in item["content"]]
