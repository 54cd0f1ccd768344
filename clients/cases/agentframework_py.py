"""Microsoft Agent Framework (OpenAIChatClient, which speaks Responses) against a Responses API server."""

import asyncio
import typing

from agent_framework import Agent
from agent_framework.openai import OpenAIChatClient
from openai import AsyncOpenAI
from pydantic import BaseModel

from lib.forcer import forced
from lib.harness import API_KEY, BASE_URL, MODEL, Suite, eq, need

t = Suite("agent-framework")
ASK = "Say hello in one short sentence."


class Report(BaseModel):
    title: str
    count: int


def agent(url=BASE_URL, ran=None):
    def get_weather(city: str, unit: typing.Literal["c", "f"]) -> str:
        """Get the weather of a city."""
        ran.append(city)
        return "21"

    client = OpenAIChatClient(model=MODEL, async_client=AsyncOpenAI(base_url=url, api_key=API_KEY, max_retries=0))
    return Agent(client=client, instructions="Be brief.", tools=[get_weather] if ran is not None else None)


@t.case("run: text", "text")
def _():
    r = asyncio.run(agent().run(ASK))
    need(r.text, "no text")
    need(r.usage_details, "no usage")


@t.case("run: streamed", "stream")
def _():
    async def go():
        s = agent().run(ASK, stream=True)
        # the client's own "done" updates replace what came before; only the others add up
        parts = [x.text async for u in s for x in u.contents if x.type == "text" and x.merge_mode != "replace"]
        return "".join(parts), (await s.get_final_response()).text

    joined, final = asyncio.run(go())
    need(final, "no text")
    eq(joined, final, "updates joined")


@t.case("run: tool loop, plain and streamed", "tools,stream")
def _():
    for s in (False, True):
        ran = []

        async def go(url):
            a = agent(url, ran)
            if not s:
                return (await a.run("Weather in Oslo?")).text
            st = a.run("Weather in Oslo?", stream=True)
            async for _u in st:
                pass
            return (await st.get_final_response()).text

        with forced() as (url, seen):
            need(asyncio.run(go(url)), "no text")
        eq((len(ran), len(seen)), (1, 2), "tool runs and requests")


@t.case("run: structured output", "structured")
def _():
    r = asyncio.run(agent().run("Report on something.", options={"response_format": Report}))
    need(isinstance(r.value, Report), f"value is {type(r.value).__name__}")


@t.case("run: two turns in one session", "continuation")
def _():
    async def go():
        a = agent()
        s = a.create_session()
        await a.run(ASK, session=s)
        return (await a.run("Again.", session=s)).text

    need(asyncio.run(go()), "no text")


t.main()
