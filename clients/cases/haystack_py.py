"""Haystack (OpenAIResponsesChatGenerator) against a Responses API server."""

import json
import os

os.environ.setdefault("HAYSTACK_TELEMETRY_ENABLED", "False")
from haystack.components.generators.chat import OpenAIResponsesChatGenerator
from haystack.dataclasses import ChatMessage
from haystack.tools import Tool
from haystack.utils import Secret

from lib.harness import API_KEY, BASE_URL, MODEL, REPORT_SCHEMA, WEATHER_PARAMS, Suite, eq, need, valid

t = Suite("haystack")
ASK = ChatMessage.from_user("Say hello in one short sentence.")
WEATHER = Tool(
    name="get_weather",
    description="Get the weather of a city.",
    parameters=WEATHER_PARAMS,
    function=lambda city, unit: "21",
)


def gen(**kw):
    return OpenAIResponsesChatGenerator(
        api_key=Secret.from_token(API_KEY), model=MODEL, api_base_url=BASE_URL, max_retries=0, **kw
    )


@t.case("run", "text")
def _():
    r = gen().run([ASK])["replies"][0]
    need(r.text, "no text")
    need(r.meta.get("usage"), "no usage")


@t.case("run: streamed", "stream")
def _():
    got = []
    r = gen(streaming_callback=got.append).run([ASK])["replies"][0]
    need(got, "no chunks")
    eq("".join(x.content for x in got), r.text, "chunks joined")


@t.case("run: tool round trip, plain and streamed", "tools,stream")
def _():
    for cb in (None, lambda x: None):
        user = ChatMessage.from_user("Weather in Oslo?")
        r = gen(tools=[WEATHER], generation_kwargs={"tool_choice": "required"}, streaming_callback=cb).run([user])[
            "replies"
        ][0]
        need(r.tool_calls, "no tool call")
        valid(r.tool_calls[0].arguments, WEATHER_PARAMS)
        back = [user, r, ChatMessage.from_tool("21", origin=r.tool_calls[0])]
        need(
            gen(tools=[WEATHER], generation_kwargs={"tool_choice": "none"}, streaming_callback=cb)
            .run(back)["replies"][0]
            .text,
            "no answer",
        )


@t.case("run: json_schema", "structured")
def _():
    kw = {"text": {"format": {"type": "json_schema", "name": "report", "schema": REPORT_SCHEMA, "strict": True}}}
    valid(json.loads(gen(generation_kwargs=kw).run([ASK])["replies"][0].text), REPORT_SCHEMA)


t.main()
