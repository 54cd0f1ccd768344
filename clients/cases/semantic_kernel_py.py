"""Semantic Kernel (OpenAIResponsesAgent) against a Responses API server."""

import asyncio
import typing

from openai import AsyncOpenAI
from pydantic import BaseModel
from semantic_kernel.agents import OpenAIResponsesAgent
from semantic_kernel.functions import kernel_function

from lib.forcer import forced
from lib.harness import API_KEY, BASE_URL, MODEL, Suite, eq, need

t = Suite("semantic-kernel")
ASK = "Say hello in one short sentence."


class Report(BaseModel):
    title: str
    level: typing.Literal["low", "high"]
    count: int


class Weather:
    def __init__(self):
        self.ran = []

    @kernel_function(name="get_weather", description="Get the weather of a city.")
    def get_weather(self, city: str, unit: str) -> str:
        self.ran.append(city)
        return "21"


def agent(url=BASE_URL, **kw):
    client = AsyncOpenAI(base_url=url, api_key=API_KEY, max_retries=0)
    return OpenAIResponsesAgent(ai_model_id=MODEL, client=client, name="tester", instructions="Be brief.", **kw)


async def streamed(a, ask, thread=None):
    """The text of a streamed answer, and the thread that it leaves."""
    text = ""
    async for part in a.invoke_stream(messages=ask, thread=thread):
        text, thread = text + str(part.message), part.thread
    return text, thread


@t.case("get_response: text", "text")
def _():
    r = asyncio.run(agent().get_response(messages=ASK))
    need(str(r.message), "no text")


@t.case("get_response: usage reaches the client", "text")
def _():
    usage = asyncio.run(agent().get_response(messages=ASK)).metadata["usage"]
    need(usage["input_tokens"] > 0 and usage["output_tokens"] > 0, f"usage {usage}")


@t.case("invoke_stream: text", "stream")
def _():
    text, _thread = asyncio.run(streamed(agent(), ASK))
    need(text, "no text")


@t.case("get_response: tool loop", "tools")
def _():
    weather = Weather()
    with forced() as (url, seen):
        r = asyncio.run(agent(url, plugins=[weather]).get_response(messages="Weather in Oslo?"))
    eq((len(weather.ran), len(seen)), (1, 2), "tool runs and requests")
    need(str(r.message), "no answer")


@t.case("invoke_stream: tool loop", "tools,stream")
def _():
    weather = Weather()
    with forced() as (url, seen):
        text, _thread = asyncio.run(streamed(agent(url, plugins=[weather]), "Weather in Oslo?"))
    eq((len(weather.ran), len(seen)), (1, 2), "tool runs and requests")
    need(text, "no answer")


@t.case("get_response: structured output", "structured")
def _():
    text = OpenAIResponsesAgent.configure_response_format(Report)
    r = asyncio.run(agent(text=text).get_response(messages="Report on something."))
    Report.model_validate_json(str(r.message))


@t.case("get_response: a second turn by previous_response_id", "continuation")
def _():
    async def go():
        a = agent(store_enabled=True)
        first = await a.get_response(messages=ASK)
        return await a.get_response(messages="Again.", thread=first.thread)

    need(str(asyncio.run(go()).message), "no text")


@t.case("invoke_stream: a second turn by history", "continuation,stream")
def _():
    async def go():
        a = agent(store_enabled=False)
        _text, thread = await streamed(a, ASK)
        return await streamed(a, "Again.", thread)

    need(asyncio.run(go())[0], "no text")


t.main()
