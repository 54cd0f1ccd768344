"""langchain-openai (Python), ChatOpenAI with use_responses_api, against a Responses API server."""

import asyncio
import typing

from langchain_core.messages import AIMessageChunk, HumanMessage, ToolMessage
from langchain_openai import ChatOpenAI
from pydantic import BaseModel

from lib.harness import API_KEY, BASE_URL, MODEL, REPORT_SCHEMA, WEATHER_PARAMS, Suite, eq, need, valid

t = Suite("langchain-openai")
ASYNC = asyncio.Runner()
"""One loop for all cases, since the client keeps its connections."""
ASK = "Say hello in one short sentence."


def llm(**kw):
    return ChatOpenAI(model=MODEL, base_url=BASE_URL, api_key=API_KEY, use_responses_api=True, max_retries=0, **kw)


class Report(BaseModel):
    """A report."""

    title: str
    level: typing.Literal["low", "high"]
    count: int


def get_weather(city: str, unit: typing.Literal["c", "f"]) -> str:
    """Get the weather of a city."""
    return "21"


def text(m):
    return m.text if isinstance(m.text, str) else m.text()


def joined(chunks):
    whole = None
    for x in chunks:
        whole = x if whole is None else whole + x
    return whole


@t.case("invoke", "text")
def _():
    m = llm().invoke(ASK)
    need(text(m), "no text")
    u = m.usage_metadata
    eq(u["total_tokens"], u["input_tokens"] + u["output_tokens"], "usage total")
    need(m.response_metadata.get("id"), "no response id")
    eq(m.response_metadata.get("status"), "completed", "status")


@t.case("stream", "stream")
def _():
    chunks = list(llm().stream(ASK))
    whole = joined(chunks)
    need(isinstance(whole, AIMessageChunk) and text(whole), "no text")
    eq("".join(text(x) for x in chunks), text(whole), "chunk texts joined")


@t.case("stream: usage reaches the client", "stream")
def _():
    u = joined(llm().stream(ASK)).usage_metadata
    need(u and u["total_tokens"] > 0, f"usage {u}")


@t.case("stream: reasoning asked for", "stream,reasoning")
def _():
    need(text(joined(llm(reasoning={"effort": "low", "summary": "auto"}).stream(ASK))), "no text")


@t.case("async stream", "stream")
def _():
    async def go():
        return [x async for x in llm().astream(ASK)]

    need(text(joined(ASYNC.run(go()))), "no text")


@t.case("bind_tools: forced call and round trip", "tools")
def _():
    m = llm().bind_tools([get_weather], tool_choice="get_weather", strict=True).invoke("Weather in Oslo?")
    eq([k["name"] for k in m.tool_calls], ["get_weather"], "tool calls")
    valid(m.tool_calls[0]["args"], WEATHER_PARAMS)
    back = [HumanMessage("Weather in Oslo?"), m, ToolMessage("21", tool_call_id=m.tool_calls[0]["id"])]
    need(text(llm().bind_tools([get_weather], tool_choice="none").invoke(back)), "no answer text")


@t.case("bind_tools: streamed call and round trip", "tools,stream")
def _():
    m = joined(llm().bind_tools([get_weather], tool_choice="required", strict=True).stream("Weather in Oslo?"))
    eq([k["name"] for k in m.tool_calls], ["get_weather"], "tool calls")
    valid(m.tool_calls[0]["args"], WEATHER_PARAMS)
    back = [HumanMessage("Weather in Oslo?"), m, ToolMessage("21", tool_call_id=m.tool_calls[0]["id"])]
    need(text(joined(llm().bind_tools([get_weather], tool_choice="none").stream(back))), "no answer text")


@t.case("with_structured_output: json_schema and function_calling", "structured")
def _():
    for method in ("json_schema", "function_calling"):
        need(
            isinstance(llm().with_structured_output(Report, method=method).invoke(ASK), Report),
            f"no Report by {method}",
        )
    schema = {"title": "report", "description": "A report.", **REPORT_SCHEMA}
    valid(llm().with_structured_output(schema, method="json_schema", strict=True).invoke(ASK), REPORT_SCHEMA)


@t.case("with_structured_output: streamed", "structured,stream")
def _():
    out = list(llm().with_structured_output(Report, method="json_schema").stream(ASK))
    need(isinstance(out[-1], Report), "no Report")


@t.case("use_previous_response_id: second turn", "continuation")
def _():
    m = llm(use_previous_response_id=True)
    a = m.invoke(ASK)
    need(text(m.invoke([HumanMessage(ASK), a, HumanMessage("Again.")])), "no text")


@t.case("history: second turn with store=false", "continuation")
def _():
    m = llm(store=False, include=["reasoning.encrypted_content"])
    a = m.invoke(ASK)
    need(text(m.invoke([HumanMessage(ASK), a, HumanMessage("Again.")])), "no text")


t.main()
