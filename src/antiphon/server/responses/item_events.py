"""Events that build up an item."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from antiphon.server.behaviour.editions import EditionBehaviour
from antiphon.server.json_values import Event, Json
from antiphon.server.model import tokens

MOST_DELTAS = 400
Build = Callable[[Json, Json, EditionBehaviour], Iterator[Event]]


def block(item: Json, index: int, edition: EditionBehaviour) -> Iterator[Event]:
    """The events of one item, from `output_item.added` to `output_item.done`."""
    yield {"type": "response.output_item.added", "output_index": index, "item": skeleton(item)}
    build = BUILDERS.get(item["type"])
    if build:
        yield from build(item, {"item_id": item["id"], "output_index": index}, edition)
    yield {"type": "response.output_item.done", "output_index": index, "item": item}


EMPTY: Mapping[str, Json] = {
    "message": {"content": []},
    "reasoning": {"summary": []},
    "function_call": {"arguments": ""},
    "custom_tool_call": {"input": ""},
    "mcp_call": {"arguments": "", "output": None},
    "mcp_list_tools": {"tools": []},
    "file_search_call": {"queries": [], "results": None},
    "code_interpreter_call": {"code": "", "outputs": None},
    "image_generation_call": {"result": None},
    "shell_call_output": {"output": []},
}
ABSENT = {"web_search_call": ("action",), "image_generation_call": ("revised_prompt",)}


def skeleton(item: Json) -> Json:
    """The item as it is announced: nothing written yet."""
    result = {**item, **EMPTY.get(item["type"], {})}
    if "status" in item:
        result["status"] = "in_progress"
    if item["type"] == "apply_patch_call":
        result["operation"] = {**item["operation"], "diff": ""}
    if item["type"] == "shell_call":
        result["action"] = {**item["action"], "commands": []}
    for name in ABSENT.get(item["type"], ()):
        result.pop(name, None)
    return result


def chunks(text: str) -> list[str]:
    """The text in deltas: one token each, or more where that would be too many."""
    pieces = tokens.pieces(text)
    size = -(-len(pieces) // MOST_DELTAS)
    return ["".join(pieces[at : at + size]) for at in range(0, len(pieces), size)] if pieces else []


def deltas(stem: str, text: str, done: str, place: Json) -> Iterator[Event]:
    """The deltas of a text and the event that tells it whole, under the name `done`."""
    for chunk in chunks(text):
        yield {"type": f"{stem}.delta", **place, "delta": chunk}
    yield {"type": f"{stem}.done", **place, done: text}


def _message(item: Json, place: Json, edition: EditionBehaviour) -> Iterator[Event]:
    for content_index, part in enumerate(item["content"]):
        here = {**place, "content_index": content_index}
        if part["type"] == "refusal":
            yield {"type": "response.content_part.added", **here, "part": {**part, "refusal": ""}}
            yield from deltas("response.refusal", part["refusal"], "refusal", here)
        else:
            empty = {**part, "text": "", "annotations": [], "logprobs": []}
            yield {"type": "response.content_part.added", **here, "part": empty}
            yield from _text(part, here)
        yield {"type": "response.content_part.done", **here, "part": part}


def _text(part: Json, here: Json) -> Iterator[Event]:
    start = 0
    for chunk in chunks(part["text"]):
        size = len(tokens.pieces(chunk)) if part["logprobs"] else 0
        logprobs = part["logprobs"][start : start + size]
        start += size
        yield {"type": "response.output_text.delta", **here, "delta": chunk, "logprobs": brief(logprobs)}
    for number, annotation in enumerate(part["annotations"]):
        more = {"annotation_index": number, "annotation": annotation}
        yield {"type": "response.output_text.annotation.added", **here, **more}
    whole = {"text": part["text"], "logprobs": brief(part["logprobs"])}
    yield {"type": "response.output_text.done", **here, **whole}


def brief(logprobs: list[Json]) -> list[Json]:
    """Log probabilities as events have them."""
    return [
        {
            "token": entry["token"],
            "logprob": entry["logprob"],
            "top_logprobs": [{"token": top["token"], "logprob": top["logprob"]} for top in entry["top_logprobs"]],
        }
        for entry in logprobs
    ]


def _reasoning(item: Json, place: Json, edition: EditionBehaviour) -> Iterator[Event]:
    for number, part in enumerate(item["summary"]):
        here = {**place, "summary_index": number}
        yield {"type": "response.reasoning_summary_part.added", **here, "part": {**part, "text": ""}}
        yield from deltas("response.reasoning_summary_text", part["text"], "text", here)
        yield {"type": "response.reasoning_summary_part.done", **here, "part": part}
    for number, part in enumerate(item.get("content") or ()):
        here = {**place, "content_index": number}
        if edition.reasoning_has_parts:
            yield {"type": "response.content_part.added", **here, "part": {**part, "text": ""}}
        yield from deltas(edition.reasoning_text, part["text"], "text", here)
        if edition.reasoning_has_parts:
            yield {"type": "response.content_part.done", **here, "part": part}


def _function_call(item: Json, place: Json, edition: EditionBehaviour) -> Iterator[Event]:
    yield from deltas("response.function_call_arguments", item["arguments"], "arguments", place)


def _custom_tool_call(item: Json, place: Json, edition: EditionBehaviour) -> Iterator[Event]:
    yield from deltas("response.custom_tool_call_input", item["input"], "input", place)


def _steps(kind: str, *steps: str) -> Build:
    """A block that only tells how far the work is."""

    def build(item: Json, place: Json, edition: EditionBehaviour) -> Iterator[Event]:
        for step in steps:
            yield {"type": f"response.{kind}.{step}", **place}

    return build


def _code_interpreter(item: Json, place: Json, edition: EditionBehaviour) -> Iterator[Event]:
    yield {"type": "response.code_interpreter_call.in_progress", **place}
    yield from deltas("response.code_interpreter_call_code", item["code"], "code", place)
    yield {"type": "response.code_interpreter_call.interpreting", **place}
    yield {"type": "response.code_interpreter_call.completed", **place}


def _image_generation(item: Json, place: Json, edition: EditionBehaviour) -> Iterator[Event]:
    yield {"type": "response.image_generation_call.in_progress", **place}
    yield {"type": "response.image_generation_call.generating", **place}
    look: dict[str, Any] = {name: item[name] for name in ("size", "quality", "background", "output_format")}
    partial = {"partial_image_index": 0, "partial_image_b64": item["result"]}
    yield {"type": "response.image_generation_call.partial_image", **place, **partial, **look}
    yield {"type": "response.image_generation_call.completed", **place}


def _mcp_call(item: Json, place: Json, edition: EditionBehaviour) -> Iterator[Event]:
    yield {"type": "response.mcp_call.in_progress", **place}
    yield from deltas("response.mcp_call_arguments", item["arguments"], "arguments", place)
    yield {"type": f"response.mcp_call.{item['status']}", **place}


def _apply_patch_call(item: Json, place: Json, edition: EditionBehaviour) -> Iterator[Event]:
    yield from deltas("response.apply_patch_call_operation_diff", item["operation"]["diff"], "diff", place)


def _shell_call(item: Json, place: Json, edition: EditionBehaviour) -> Iterator[Event]:
    for number, command in enumerate(item["action"]["commands"]):
        here = {"output_index": place["output_index"], "command_index": number}
        yield {"type": "response.shell_call_command.added", **here, "command": ""}
        yield from deltas("response.shell_call_command", command, "command", here)


def _shell_call_output(item: Json, place: Json, edition: EditionBehaviour) -> Iterator[Event]:
    for number, output in enumerate(item["output"]):
        here = {**place, "command_index": number}
        start = {"stdout": output["stdout"], "stderr": output["stderr"]}
        yield {"type": "response.shell_call_output_content.delta", **here, "delta": start}
        yield {"type": "response.shell_call_output_content.done", **here, "output": [output]}


BUILDERS: Mapping[str, Build] = {
    "message": _message,
    "reasoning": _reasoning,
    "function_call": _function_call,
    "custom_tool_call": _custom_tool_call,
    "web_search_call": _steps("web_search_call", "in_progress", "searching", "completed"),
    "file_search_call": _steps("file_search_call", "in_progress", "searching", "completed"),
    "code_interpreter_call": _code_interpreter,
    "image_generation_call": _image_generation,
    "mcp_list_tools": _steps("mcp_list_tools", "in_progress", "completed"),
    "mcp_call": _mcp_call,
    "apply_patch_call": _apply_patch_call,
    "shell_call": _shell_call,
    "shell_call_output": _shell_call_output,
}
