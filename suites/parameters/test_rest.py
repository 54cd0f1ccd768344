"""Parameters that no other scenario sends: whether they are taken, and for the table of what becomes of each."""

from typing import Any

from antiphon.suite import (
    Api,
    Part,
    Transcript,
    any_outcome,
    assume,
    find_refused_part,
    is_unsupported,
    none_of,
    requirement,
    scenario,
    send_call_parts,
    send_completion_parts,
)

MOST_TRIES = 8
RARE: dict[str, Any] = {
    "frequency_penalty": 0, "presence_penalty": 0, "prompt_cache_retention": "24h",
    "prompt_cache_options": {"mode": "implicit"}, "max_output_tokens": 32,
}  # fmt: skip
CHAT: dict[str, Any] = {
    "temperature": 0.5, "top_p": 0.5, "frequency_penalty": 0.5, "presence_penalty": 0.5, "seed": 7, "logit_bias": {},
    "user": "antiphon", "safety_identifier": "s" * 64, "prompt_cache_key": "k" * 64, "service_tier": "default",
    "verbosity": "low", "modalities": ["text"], "reasoning_effort": "low", "prompt_cache_retention": "in_memory",
    "prompt_cache_options": {"mode": "implicit"}, "prediction": {"type": "content", "content": "Hi."},
}  # fmt: skip
COUNTED: dict[str, Any] = {
    "tool_choice": "none", "parallel_tool_calls": False, "text": {"format": {"type": "text"}}, "truncation": "disabled",
    "reasoning": {"effort": "low"},
}  # fmt: skip
COMPACTED: dict[str, Any] = {
    "instructions": "Keep the colours.", "prompt_cache_key": "antiphon", "service_tier": "auto",
    "prompt_cache_retention": "in_memory", "prompt_cache_options": {"mode": "implicit"},
}  # fmt: skip
COUNT_PARTS = tuple(Part("input-tokens.accepts.settings", {name: COUNTED[name]}, by_model=True) for name in COUNTED)
COMPACT_PARTS = tuple(Part("compact.accepts.settings", {name: COMPACTED[name]}, by_model=True) for name in COMPACTED)
CHAT_PARTS = tuple(Part("chat.accepts.settings", {name: value}, by_model=True) for name, value in CHAT.items())
HI: dict[str, Any] = {"messages": [{"role": "user", "content": "Say hi."}], "max_completion_tokens": 64}


async def set_all(api: Api, values: dict[str, Any]) -> None:
    """Send all values; what a refusal names is left out of the next try."""
    left = dict(values)
    for _ in range(MOST_TRIES):
        answer = await api.call("create", body={"model": api.model, "input": "Say hi.", **left})
        error = answer.body.get("error") if answer.exchange.is_client_error and answer.body else None
        said = f"{error.get('param')} {error.get('message')}" if isinstance(error, dict) else ""
        culprit = next((name for name in left if name in said), None)
        if answer.ok or culprit is None:
            return
        del left[culprit]


@scenario()
async def rare_values(api: Api) -> None:
    """The parameters of a create that few clients send."""
    await set_all(api, RARE)


@scenario(needs={"chat"})
async def chat_values(api: Api) -> None:
    """Nearly every parameter of a chat completion is set; then its older limit, which cuts a long answer."""
    await send_completion_parts(api, CHAT_PARTS, **HI)
    count = [{"role": "user", "content": "Count from 1 to 40, with a comma and a space after each number."}]
    await api.call("chat.create", body={"model": api.model, "messages": count, "max_tokens": 5})


@any_outcome
@requirement("chat.accepts.settings")
def test_settings_of_a_completion_are_taken(chat_values: Transcript) -> None:
    """Each setting of a completion is taken, or refused as unsupported by the model."""
    none_of(find_refused_part(CHAT_PARTS, CHAT_PARTS, chat_values[:-1]))


@requirement("chat.accepts.max-tokens")
def test_the_older_limit_is_taken(chat_values: Transcript) -> None:
    """The older limit max_tokens is taken, or refused as unsupported by the model."""
    limited = chat_values[-1]
    assume(not is_unsupported(limited), "the model does not take it")

    assert limited.is_success


@scenario(needs={"input-tokens"})
async def count_values(api: Api) -> None:
    """A count has the settings of a create."""
    if not api.routes_by_response("input_tokens"):
        await send_call_parts(api, "input_tokens", COUNT_PARTS, input="Say hi.")


@any_outcome
@requirement("input-tokens.accepts.settings")
def test_settings_of_a_count_are_taken(count_values: Transcript) -> None:
    """Each setting of a count is taken, or refused as unsupported by the model."""
    none_of(find_refused_part(COUNT_PARTS, COUNT_PARTS, count_values))


@scenario(needs={"compact"})
async def compact_values(api: Api) -> None:
    """A compaction has all of its settings."""
    if not api.routes_by_response("compact"):
        await send_call_parts(api, "compact", COMPACT_PARTS, input="My wall is blue.")


@any_outcome
@requirement("compact.accepts.settings")
def test_settings_of_a_compaction_are_taken(compact_values: Transcript) -> None:
    """Each setting of a compaction is taken, or refused as unsupported by the model."""
    none_of(find_refused_part(COMPACT_PARTS, COMPACT_PARTS, compact_values))


@scenario(needs={"chat"})
async def chat_both_called(api: Api) -> None:
    """Two functions are to be called at once, then only one at a time."""
    parameters = {"type": "object", "properties": {}, "required": [], "additionalProperties": False}
    names = ("light_a", "light_b")
    tools = [{"type": "function", "function": {"name": name, "parameters": parameters}} for name in names]
    messages = [{"role": "user", "content": "Call both tools at once."}]
    body = {
        "model": api.model, "messages": messages, "tools": tools, "tool_choice": "required",
        "max_completion_tokens": 200,
    }  # fmt: skip
    await api.call("chat.create", body=body)
    await api.call("chat.create", body={**body, "parallel_tool_calls": False})
