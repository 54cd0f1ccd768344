"""Generation: all items of the output at once, whole or truncated by the limit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from antiphon.server.behaviour.policy import ServerPolicy
from antiphon.server.ids import Ids
from antiphon.server.json_values import Json
from antiphon.server.model import choice, facts, hosted_tools, programs, tokens, words
from antiphon.server.model.output import ModelOutput
from antiphon.server.model.patterns import samples
from antiphon.server.model.served_models import PLAIN, ServedModel
from antiphon.server.model.smallest import smallest
from antiphon.server.model.writer import Writer

EFFORTS = {"low": 4, "medium": 6, "high": 8, "xhigh": 9, "max": 10}
COMPACTS_FROM = 100_000
THOUGHT = "They want a short answer, so I give one."
SUMMARY = "Thinking about what was asked, the server chose a short answer."


@dataclass
class Prompt:
    """Input of the stand-in model."""

    body: Mapping[str, Any]
    response: Json
    context: list[Json]
    given: list[Json]
    ids: Ids
    policy: ServerPolicy
    counted: int = 0
    """The tokens of the context."""
    model: ServedModel = PLAIN

    def __post_init__(self) -> None:
        said = [part for item in self.given if item.get("role") == "user" for part in item["content"]]
        self.wish = " ".join([part.get("text", "") for part in said])[:20_000].lower()
        """The words of the user in this request, as far as they are looked at."""

    @property
    def threshold(self) -> int | None:
        """From how many tokens on the context is compacted."""
        for entry in self.body.get("context_management") or ():
            return int(entry.get("compact_threshold") or COMPACTS_FROM)
        return None

    @property
    def include(self) -> list[str]:
        """What the request wants to be included."""
        return self.body.get("include") or []


def generate(prompt: Prompt) -> ModelOutput:
    """The answer to a request."""
    limit = prompt.response["max_output_tokens"]
    writer = Writer(None if limit is None else limit + prompt.policy.overruns_limit)
    if prompt.given and prompt.given[-1]["type"] == "compaction_trigger":
        writer.add({"id": prompt.ids.new("cmp_"), "type": "compaction", "encrypted_content": True})
        writer.spend(8)
        return writer.plan
    if prompt.threshold is not None and prompt.counted >= prompt.threshold:
        writer.add({"id": prompt.ids.new("cmp_"), "type": "compaction", "encrypted_content": True})
    _reason(prompt, writer)
    answered = programs.has_tool_output(prompt.given)
    if prompt.response["tools"] or answered:
        _use_tools(prompt, writer, answered)
    elif not writer.full:
        _message(prompt, writer, [])
    if writer.full:
        _cut(prompt.policy, writer.plan)
    return writer.plan


def _use_tools(prompt: Prompt, writer: Writer, answered: bool) -> None:
    """Calls of tools with what stands before them, and a message where nothing has to be waited for."""
    several, wish = bool(words.WANTS_SEVERAL.search(prompt.wish)), "" if answered else prompt.wish
    calls = choice.calls(prompt.response, prompt.policy, several=several, wish=wish)
    before = programs.preceding_items(prompt.response, calls, prompt.context, prompt.given, prompt.ids)
    for item in before:
        writer.spend(tokens.count(item.get("code") or ""))
        writer.add(item)
    stops = programs.stops(before)
    if (
        not before
        and words.WANTS_ANNOUNCEMENT.search(prompt.wish)
        and any(tool["type"] == "function" for tool in calls)
    ):
        writer.add(_announcement(prompt, writer))
    limited = prompt.policy.obeys_max_tool_calls
    hosted_left = prompt.response.get("max_tool_calls") if limited else None  # a completion has none
    for tool in () if stops else calls:
        if writer.full:
            break
        if tool["type"] in ("function", "custom"):
            writer.add(_call(tool, prompt, writer))
            stops = True
        elif hosted_left != 0:
            hosted_left = None if hosted_left is None else hosted_left - 1
            for item in hosted_tools.items(tool, prompt.wish, prompt.context, prompt.include, prompt.ids):
                writer.spend(tokens.count(item.get("arguments") or item.get("code") or ""))
                writer.add(item)
            stops = stops or hosted_tools.stops(writer.plan.items[-1])
    if not stops and not writer.full:
        _message(prompt, writer, calls)


def _cut(policy: ServerPolicy, output: ModelOutput) -> None:
    """The limit was reached: the response is incomplete, and so is its last item."""
    if not policy.cut_is_completed:
        output.status, output.reason = "incomplete", "max_output_tokens"
    if output.items and "status" in output.items[-1] and not policy.cut_item_completed:
        output.items[-1]["status"] = "incomplete"


def _reason(prompt: Prompt, writer: Writer) -> None:
    reasoning = prompt.response["reasoning"]
    effort, summary = reasoning.get("effort"), reasoning.get("summary")
    cost = EFFORTS.get(effort or ("medium" if summary or prompt.model.reasons else "none"))
    if cost is None:
        return
    writer.plan.reasoning_tokens = writer.spend(cost)
    item: Json = {"id": prompt.ids.new("rs_"), "type": "reasoning", "summary": []}
    if not prompt.model.reasons and not summary:  # as models of open weights do
        item["content"] = [{"type": "reasoning_text", "text": THOUGHT}]
    if summary:
        item["summary"] = [{"type": "summary_text", "text": SUMMARY}]
    if "reasoning.encrypted_content" in prompt.include and prompt.policy.seals_on_request:
        item["encrypted_content"] = True
    writer.add(item)


def _announcement(prompt: Prompt, writer: Writer) -> Json:
    """A message that comes before the calls."""
    part: Json = {"type": "output_text", "annotations": [], "logprobs": [], "text": writer.write(words.ANNOUNCEMENT)}
    id = prompt.ids.new("msg_")
    return {"id": id, "type": "message", "status": "completed", "content": [part], "role": "assistant"}


def _call(tool: Json, prompt: Prompt, writer: Writer) -> Json:
    """A call of a function or of a custom tool."""
    call_id = prompt.ids.new("call_")
    if tool["type"] == "custom":
        return {
            "id": prompt.ids.new("ctc_"),
            "type": "custom_tool_call",
            "status": "completed",
            "call_id": call_id,
            "input": writer.write(_free_text(tool)),
            "name": tool["name"],
        }
    schema = tool.get("parameters") or {"type": "object"}
    arguments = {} if not prompt.policy.obeys_parameters else smallest(schema)
    item = {
        "id": prompt.ids.new("fc_"),
        "type": "function_call",
        "status": "completed",
        "arguments": writer.write(words.dumps(arguments if isinstance(arguments, dict) else {})),
        "call_id": call_id,
        "name": tool["name"],
    }
    caller = programs.caller(writer.plan.items)
    more = {"namespace": tool["namespace"]} if "namespace" in tool else {}
    return item | more | ({"caller": caller} if caller else {})


def _free_text(tool: Json) -> str:
    """The input of a custom tool: a text of its pattern, where it has one that is known here."""
    form = tool.get("format") or {}
    pattern = form.get("definition") if form.get("syntax") == "regex" else None
    return next(samples(rf"\A(?:{pattern})\Z"), "hello") if pattern else "hello"


def _message(prompt: Prompt, writer: Writer, calls: list[Json]) -> None:
    """The answer in words, or in the format that was asked for."""
    parts: list[Json]
    if words.wants_refusal(prompt.wish):
        parts = [{"type": "refusal", "refusal": writer.write(words.REFUSAL)}]
    else:
        written = writer.write(_text(prompt))
        part = {
            "type": "output_text",
            "annotations": [] if writer.full else hosted_tools.citations(calls, written),
            "logprobs": words.logprobs(written, prompt.response["top_logprobs"] or 0)
            if "message.output_text.logprobs" in prompt.include
            else [],
            "text": written,
        }
        parts = [part]
    message: Json = {"id": prompt.ids.new("msg_"), "type": "message", "status": "completed", "content": parts}
    phase = {"phase": "final_answer"} if prompt.model.reasons else {}
    writer.add({**message, "role": "assistant", **phase})


def _text(prompt: Prompt) -> str:
    format = prompt.response["text"]["format"] if prompt.policy.obeys_format else {"type": "text"}
    if format["type"] == "text":
        fact = facts.recall(prompt.context, prompt.given)
        if fact is not None:
            return fact
        if prompt.model.sees:
            return words.describe_images(prompt.given)
        if prompt.model.owner != PLAIN.owner:
            return words.OTHER_ANSWER
    return words.answer(prompt.wish, format)
