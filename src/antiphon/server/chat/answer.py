"""Completion of a chat request: the object, whole."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from antiphon.server.behaviour.policy import ServerPolicy
from antiphon.server.behaviour.rules import ChatRules
from antiphon.server.chat.messages import items_of
from antiphon.server.errors import ApiError
from antiphon.server.ids import Ids
from antiphon.server.json_values import Json
from antiphon.server.model import choice, tokens, words
from antiphon.server.model.generation import Prompt, generate
from antiphon.server.model.output import ModelOutput
from antiphon.server.model.served_models import ServedModel, snapshot
from antiphon.server.responses.answer import WINDOW
from antiphon.server.responses.response_skeleton import tier_used

RIGHT = ServerPolicy()
FINGERPRINT = "fp_a7f10e2b9c"


@dataclass(slots=True)
class ChatChoice:
    """Choice of a completion: its words, its calls, why it ended, and what it cost."""

    content: str | None = None
    refusal: str | None = None
    annotations: list[Json] = field(default_factory=list)
    calls: list[Json] = field(default_factory=list)
    reason: str = "stop"
    tokens: int = 0
    reasoning: int = 0


def flat(value: Json) -> Json:
    """A tool, a choice or a call as Responses has it: what is nested under its type comes up."""
    return {**value[value["type"]], "type": value["type"]}


def _flat_choice(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    if value["type"] != "allowed_tools":
        return flat(value)
    tools = [flat(tool) for tool in value["allowed_tools"]["tools"]]
    return {"type": "allowed_tools", "mode": value["allowed_tools"]["mode"], "tools": tools}


def _format(body: Json) -> Json:
    given = body.get("response_format") or {"type": "text"}
    if given["type"] != "json_schema":
        return dict(given)
    inner = given["json_schema"]
    return {"type": "json_schema", "name": inner["name"], "schema": inner.get("schema") or {"type": "object"}}


def _as_response(body: Json) -> Json:
    """The request in the words of Responses, as far as the model reads it."""
    limit = body.get("max_completion_tokens")
    parallel = body.get("parallel_tool_calls")
    tools = [flat(tool) for tool in body.get("tools") or ()]
    return {
        "max_output_tokens": body.get("max_tokens") if limit is None else limit,
        "reasoning": {"effort": body.get("reasoning_effort"), "summary": None},
        "tools": tools,
        "tool_choice": _flat_choice(body.get("tool_choice") or "auto"),
        "parallel_tool_calls": True if parallel is None else parallel,
        "top_logprobs": 0,
        "text": {"format": _format(body)},
    }


@dataclass(frozen=True, slots=True)
class ChatQuestion:
    """Checked chat request, beside the same in the words of Responses."""

    body: Json
    request: Json
    context: list[Json]
    model: ServedModel

    @property
    def latest(self) -> list[Json]:
        """What came after the assistant last spoke."""
        own = [place for place, item in enumerate(self.context) if item.get("role") == "assistant"]
        return self.context[own[-1] + 1 :] if own else self.context


def question(body: Json, model: ServedModel) -> ChatQuestion:
    """What a request asks. Raises ApiError for a choice of tools that names none."""
    view = _as_response(body)
    choice.check_choice(view["tool_choice"], view["tools"])
    return ChatQuestion(body, view, items_of(body["messages"]), model)


def complete(
    given: ChatQuestion, id: str, created: int, ids: Ids, policy: ServerPolicy, scripted: ModelOutput | None = None
) -> Json:
    """The completion that answers a request; it says what is scripted, if anything is."""
    body, view, context = given.body, given.request, given.context
    counted = tokens.of_request(context, tools=view["tools"], format=view["text"]["format"])
    if counted > WINDOW:
        message = f"This model's maximum context length is {WINDOW} tokens. Your messages have {counted}."
        raise ApiError(message, param="messages", code="context_length_exceeded")
    switches = policy.chat.model
    model_policy = replace(RIGHT, **switches) if switches else RIGHT
    prompt = Prompt({}, view, context, given.latest, ids, model_policy, counted, given.model)
    counted = counted if scripted is None or scripted.counted is None else scripted.counted
    said = [_chat_choice(scripted or generate(prompt), body, policy.chat) for _ in range(body.get("n") or 1)]
    return {
        "id": id,
        "object": "chat.completion",
        "created": created,
        "model": snapshot(body["model"]),
        "choices": [_choice(answer, index, body) for index, answer in enumerate(said)],
        "usage": _usage(counted, said),
        "service_tier": tier_used(body.get("service_tier")),
        "system_fingerprint": FINGERPRINT,
    }


def _chat_choice(output: ModelOutput, body: Json, rules: ChatRules) -> ChatChoice:
    said = ChatChoice(tokens=output.output_tokens, reasoning=output.reasoning_tokens)
    for item in output.items:
        match item["type"]:
            case "message":
                for part in item["content"]:
                    said.content = part.get("text", said.content)
                    said.refusal = part.get("refusal", said.refusal)
                    said.annotations += filter(None, map(_annotation, part.get("annotations") or ()))
            case "function_call" | "custom_tool_call":
                said.calls.append(_call(item))
    if said.calls:
        said.reason = rules.call_finish
    if output.reason == "content_filter":
        said.reason = "content_filter"
    if output.reason == "max_output_tokens":
        said.reason = rules.length_finish
        said.content = said.content or (None if said.calls or said.refusal else "")
    if said.content and rules.cuts_at_stop:
        _stop(said, body.get("stop"), rules)
    return said


def _stop(said: ChatChoice, stop: Any, rules: ChatRules) -> None:
    """Cut the text before the first stop sequence in it."""
    assert said.content is not None
    wanted = [stop] if isinstance(stop, str) else stop or []
    places = [said.content.find(sequence) for sequence in wanted if sequence and sequence in said.content]
    if places:
        said.content = said.content[: min(places)]
        said.tokens = said.reasoning + tokens.count(said.content)
        said.reason = rules.stop_finish


def _annotation(value: Json) -> Json | None:
    """A citation as Chat nests it; it has no other annotations."""
    if value.get("type") != "url_citation":
        return None
    return {"type": "url_citation", "url_citation": {name: inner for name, inner in value.items() if name != "type"}}


def _call(item: Json) -> Json:
    if item["type"] == "custom_tool_call":
        inner = {"name": item["name"], "input": item["input"]}
        return {"id": item["call_id"], "type": "custom", "custom": inner}
    inner = {"name": item["name"], "arguments": item["arguments"]}
    return {"id": item["call_id"], "type": "function", "function": inner}


def _choice(said: ChatChoice, index: int, body: Json) -> Json:
    message: Json = {"role": "assistant", "content": said.content, "refusal": said.refusal}
    message["annotations"] = said.annotations
    if said.calls:
        message["tool_calls"] = said.calls
    logprobs = None
    if body.get("logprobs"):
        top = body.get("top_logprobs") or 0
        logprobs = {
            "content": None if said.content is None else words.logprobs(said.content, top),
            "refusal": None if said.refusal is None else words.logprobs(said.refusal, top),
        }
    return {"index": index, "message": message, "logprobs": logprobs, "finish_reason": said.reason}


def _usage(counted: int, said: list[ChatChoice]) -> Json:
    completion = sum(answer.tokens for answer in said)
    return {
        "prompt_tokens": counted,
        "completion_tokens": completion,
        "total_tokens": counted + completion,
        "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
        "completion_tokens_details": {
            "reasoning_tokens": sum(answer.reasoning for answer in said),
            "audio_tokens": 0,
            "accepted_prediction_tokens": 0,
            "rejected_prediction_tokens": 0,
        },
    }
