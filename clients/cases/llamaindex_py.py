"""LlamaIndex (OpenAIResponses) against a Responses API server."""

import asyncio
import typing

from llama_index.core.llms import ChatMessage
from llama_index.core.tools import FunctionTool
from llama_index.llms.openai import OpenAIResponses
from pydantic import BaseModel

from lib.harness import API_KEY, BASE_URL, MODEL, WEATHER_PARAMS, Suite, eq, need, valid

t = Suite("llama-index")
ASK = "Say hello in one short sentence."


def llm(**kw):
    return OpenAIResponses(model=MODEL, api_base=BASE_URL, api_key=API_KEY, max_retries=0, context_window=32000, **kw)


def get_weather(city: str, unit: typing.Literal["c", "f"]) -> str:
    """Get the weather of a city."""
    return "21"


TOOL = FunctionTool.from_defaults(get_weather)


class Report(BaseModel):
    """A report."""

    title: str
    count: int


@t.case("chat", "text")
def _():
    r = llm().chat([ChatMessage(role="system", content="Be brief."), ChatMessage(role="user", content=ASK)])
    need(r.message.content, "no content")


@t.case("stream_chat", "stream")
def _():
    out = list(llm().stream_chat([ChatMessage(role="user", content=ASK)]))
    deltas = "".join(x.delta or "" for x in out)
    need(deltas, "no deltas")
    eq(out[-1].message.content, deltas, "final content")


@t.case("async stream_chat", "stream")
def _():
    async def go():
        return [x async for x in await llm().astream_chat([ChatMessage(role="user", content=ASK)])]

    need(asyncio.run(go())[-1].message.content, "no content")


@t.case("chat_with_tools: forced call and round trip", "tools")
def _():
    m = llm()
    user = ChatMessage(role="user", content="Weather in Oslo?")
    r = m.chat_with_tools([TOOL], chat_history=[user], tool_required=True)
    calls = m.get_tool_calls_from_response(r)
    eq([k.tool_name for k in calls], ["get_weather"], "tool calls")
    valid(calls[0].tool_kwargs, WEATHER_PARAMS)
    back = [
        user,
        r.message,
        ChatMessage(
            role="tool", content="21", additional_kwargs={"call_id": calls[0].tool_id, "tool_call_id": calls[0].tool_id}
        ),
    ]
    need(m.chat(back).message.content, "no answer")


@t.case("structured_predict", "structured")
def _():
    from llama_index.core.prompts import PromptTemplate

    need(isinstance(llm().structured_predict(Report, PromptTemplate("Report on something.")), Report), "no Report")


t.main()
