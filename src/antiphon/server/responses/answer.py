"""Answer to a create: the output of a script, or else of the model."""

from __future__ import annotations

from antiphon.server.behaviour.fault import ModelInput
from antiphon.server.json_values import Json
from antiphon.server.model.generation import Prompt, generate
from antiphon.server.model.output import ModelOutput
from antiphon.server.model.served_models import PLAIN
from antiphon.server.responses.usage import input_tokens
from antiphon.server.scripts.playback import output_of
from antiphon.server.state.prompt_cache import LEAST
from antiphon.server.state.service import Service
from antiphon.server.state.store import Record

WINDOW = 128_000
"""Tokens that the context of a model may have."""
UNREACHABLE = ".invalid/"


def answer(service: Service, record: Record) -> ModelOutput:
    """The output for a response; one that fails where its context is too long or cannot be read."""
    model = record.model or PLAIN
    if record.scripted:
        return output_of(record.scripted, service.ids)
    if model.fails:
        message = "The model failed, as it always does."
        return ModelOutput(status="failed", error={"type": "server_error", "code": "server_error", "message": message})
    read = ModelInput(record.body, record.response, record.history, record.input)
    for fault in service.faults:
        read = fault.model_input(read) if fault.model_input else read
    context = [*read.history, *read.input]
    counted = input_tokens(service.policy, read.body, context, read.settings)
    prompt = Prompt(
        read.body, read.settings, context, read.input, service.ids, service.policy, min(counted, WINDOW), model
    )
    if counted > WINDOW and record.response["truncation"] != "auto":
        message = f"Your input has {counted} tokens, more than the context window of {WINDOW}. Shorten it."
        return ModelOutput(
            status="failed", error={"code": "context_length_exceeded", "message": message, "param": "input"}
        )
    if any(UNREACHABLE in str(part["image_url"]) for part in _parts(record.input) if "image_url" in part):
        message = "The image could not be downloaded from its address."
        return ModelOutput(
            status="failed", error={"code": "failed_to_download_image", "message": message, "param": "url"}
        )
    output = generate(prompt)
    output.pace = model.pace or None
    output.counted = prompt.counted
    if prompt.counted >= LEAST:
        output.cached = service.prompts.cached(
            [model.name, read.settings["instructions"], read.settings["tools"]], context, prompt.counted
        )
    return output


def _parts(items: list[Json]) -> list[Json]:
    return [part for item in items if item["type"] == "message" for part in item["content"]]
