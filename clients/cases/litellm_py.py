"""litellm: its Responses passthrough and its chat-to-Responses bridge."""

import asyncio
import json
import os

os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")
import litellm
from litellm import aresponses, completion, responses

from lib.harness import API_KEY, BASE_URL, MODEL, WEATHER_PARAMS, WEATHER_TOOL, Suite, eq, need, valid

t = Suite("litellm")
# a model litellm does not know would be asked without stream and its stream made up by litellm itself
litellm.register_model(
    {
        k: {
            "litellm_provider": "openai",
            "mode": "responses",
            "supports_native_streaming": True,
            "supports_function_calling": True,
        }
        for k in (MODEL, f"openai/{MODEL}")
    }
)
litellm.suppress_debug_info = True
ASK = "Say hello in one short sentence."
AT = {"api_base": BASE_URL, "api_key": API_KEY, "num_retries": 0, "max_retries": 0}
RESP = {"model": f"openai/{MODEL}", **AT}
BRIDGE = {"model": f"openai/responses/{MODEL}", **AT}  # chat.completions shape, Responses wire
MSGS = [{"role": "user", "content": ASK}]
CHAT_TOOL = {
    "type": "function",
    "function": {k: WEATHER_TOOL[k] for k in ("name", "description", "parameters", "strict")},
}


def out_text(r):
    return "".join(p.text for o in r.output if o.type == "message" for p in o.content if p.type == "output_text")


@t.case("responses: text", "text")
def _():
    r = responses(input=ASK, **RESP)
    need(out_text(r), "no text")
    need(r.usage.total_tokens == r.usage.input_tokens + r.usage.output_tokens, "usage")


@t.case("responses: stream", "stream")
def _():
    evs = list(responses(input=ASK, stream=True, **RESP))
    need(any(e.type == "response.content_part.added" for e in evs), "not the server's own stream")
    deltas = "".join(e.delta for e in evs if e.type == "response.output_text.delta")
    need(deltas, "no deltas")
    eq(evs[-1].type, "response.completed", "last event")
    eq(out_text(evs[-1].response), deltas, "final text")


@t.case("responses: async stream with a forced tool", "tools,stream")
def _():
    async def go():
        return [
            e
            async for e in await aresponses(
                input="Weather?", stream=True, tools=[WEATHER_TOOL], tool_choice="required", **RESP
            )
        ]

    final = asyncio.run(go())[-1].response
    call = next(o for o in final.output if o.type == "function_call")
    valid(json.loads(call.arguments), WEATHER_PARAMS)


@t.case("chat bridge: text and stream", "text,stream")
def _():
    need(completion(messages=MSGS, **BRIDGE).choices[0].message.content, "no text")
    chunks = list(completion(messages=MSGS, stream=True, **BRIDGE))
    need("".join(x.choices[0].delta.content or "" for x in chunks if x.choices), "no streamed text")
    need(any(x.choices and x.choices[0].finish_reason == "stop" for x in chunks), "no finish_reason")


@t.case("chat bridge: tool round trip", "tools")
def _():
    r = completion(messages=MSGS, tools=[CHAT_TOOL], tool_choice="required", **BRIDGE)
    call = r.choices[0].message.tool_calls[0]
    valid(json.loads(call.function.arguments), WEATHER_PARAMS)
    back = [*MSGS, r.choices[0].message.model_dump(), {"role": "tool", "tool_call_id": call.id, "content": "21"}]
    need(
        completion(messages=back, tools=[CHAT_TOOL], tool_choice="none", **BRIDGE).choices[0].message.content,
        "no answer",
    )


@t.case("chat bridge: streamed tool call", "tools,stream")
def _():
    chunks = list(completion(messages=MSGS, tools=[CHAT_TOOL], tool_choice="required", stream=True, **BRIDGE))
    m = litellm.stream_chunk_builder(chunks).choices[0].message
    eq(m.tool_calls[0].function.name, "get_weather", "called name")
    valid(json.loads(m.tool_calls[0].function.arguments), WEATHER_PARAMS)


t.main()
