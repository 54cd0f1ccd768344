"""openai-agents (Python) against a Responses API server, over HTTP and WebSocket."""

import asyncio
import typing

from agents import Agent, ModelSettings, OpenAIResponsesModel, Runner, function_tool, set_tracing_disabled
from openai import AsyncOpenAI
from pydantic import BaseModel

from lib.forcer import forced
from lib.harness import API_KEY, BASE_URL, MODEL, Suite, eq, need

set_tracing_disabled(True)
t = Suite("openai-agents")
ASK = "Say hello in one short sentence."


class Report(BaseModel):
    title: str
    level: typing.Literal["low", "high"]
    count: int


def model(url=BASE_URL, cls=OpenAIResponsesModel):
    return cls(model=MODEL, openai_client=AsyncOpenAI(base_url=url, api_key=API_KEY, max_retries=0))


def agent(ran=None, url=BASE_URL, cls=OpenAIResponsesModel, **kw):
    tools = []
    if ran is not None:

        @function_tool
        def get_weather(city: str, unit: typing.Literal["c", "f"]) -> str:
            """Get the weather of a city."""
            ran.append((city, unit))
            return "21 degrees"

        tools = [get_weather]
    return Agent(name="tester", instructions="Be brief.", tools=tools, model=model(url, cls), **kw)


async def streamed(a, text=ASK, **kw):
    r = Runner.run_streamed(a, text, max_turns=4, **kw)
    deltas = "".join(
        [
            e.data.delta
            async for e in r.stream_events()
            if e.type == "raw_response_event" and e.data.type == "response.output_text.delta"
        ]
    )
    return r, deltas


@t.case("run: text", "text")
def _():
    r = Runner.run_sync(agent(), ASK)
    need(r.final_output, "no final output")
    need(r.last_response_id, "no response id")


@t.case("run: usage reaches the client", "text")
def _():
    need(Runner.run_sync(agent(), ASK).context_wrapper.usage.total_tokens > 0, "no usage")


@t.case("run: streamed text", "stream")
def _():
    r, deltas = asyncio.run(streamed(agent()))
    need(deltas, "no deltas")
    eq(r.final_output, deltas, "final output vs deltas")


@t.case("run: function tool loop", "tools")
def _():
    ran = []
    with forced() as (url, seen):
        r = Runner.run_sync(agent(ran, url), "Weather in Oslo?", max_turns=4)
    eq((len(ran), len(seen)), (1, 2), "tool runs and requests")
    need(r.final_output, "no final output")


@t.case("run: function tool loop, streamed", "tools,stream")
def _():
    ran = []
    with forced() as (url, seen):
        r, deltas = asyncio.run(streamed(agent(ran, url), "Weather in Oslo?"))
    eq((len(ran), len(seen)), (1, 2), "tool runs and requests")
    eq(r.final_output, deltas, "final output vs deltas")
    need(
        {i.type for i in r.new_items} >= {"tool_call_item", "tool_call_output_item", "message_output_item"},
        "items missing",
    )


@t.case("run: forced tool, stop on first tool", "tools")
def _():
    ran = []
    r = Runner.run_sync(
        agent(ran, model_settings=ModelSettings(tool_choice="get_weather"), tool_use_behavior="stop_on_first_tool"),
        "Weather?",
    )
    eq((len(ran), r.final_output), (1, "21 degrees"), "tool runs and output")


@t.case("run: structured output", "structured")
def _():
    need(isinstance(Runner.run_sync(agent(output_type=Report), ASK).final_output, Report), "no Report")


@t.case("run: a second run continues by history and by previous_response_id", "continuation")
def _():
    a = agent()
    r = Runner.run_sync(a, ASK)
    need(
        Runner.run_sync(a, [*r.to_input_list(), {"role": "user", "content": "Again."}]).final_output,
        "no output from history",
    )
    need(Runner.run_sync(a, "Again.", previous_response_id=r.last_response_id).final_output, "no output by id")


@t.case("run: server-side conversation", "conversations")
def _():
    async def go():
        c = AsyncOpenAI(base_url=BASE_URL, api_key=API_KEY, max_retries=0)
        v = await c.conversations.create()
        a = agent()
        await Runner.run(a, ASK, conversation_id=v.id)
        need((await Runner.run(a, "Again.", conversation_id=v.id)).final_output, "no output")
        return len([i async for i in c.conversations.items.list(v.id)])

    need(asyncio.run(go()) >= 4, "conversation items missing")


@t.case("run: conversations session memory", "conversations")
def _():
    from agents import OpenAIConversationsSession

    async def go():
        s = OpenAIConversationsSession(openai_client=AsyncOpenAI(base_url=BASE_URL, api_key=API_KEY, max_retries=0))
        await Runner.run(agent(), ASK, session=s)
        need((await Runner.run(agent(), "Again.", session=s)).final_output, "no output")
        return len(await s.get_items())

    need(asyncio.run(go()) >= 4, "session items missing")


@t.case("websocket: tool loop over one socket", "websocket")
def _():
    from agents import responses_websocket_session  # noqa: F401  (the SDK has the transport)
    from agents.models.openai_responses import OpenAIResponsesWSModel

    ran = []

    async def go():
        a = agent(
            ran,
            cls=OpenAIResponsesWSModel,
            model_settings=ModelSettings(tool_choice="required"),
            tool_use_behavior="stop_on_first_tool",
        )
        r, _d = await streamed(a, "Weather in Oslo?")
        b = agent(cls=OpenAIResponsesWSModel)
        s, deltas = await streamed(b)
        eq(s.final_output, deltas, "final output vs deltas")
        await a.model.close()
        await b.model.close()
        return r

    eq((asyncio.run(go()).final_output, len(ran)), ("21 degrees", 1), "output and tool runs")


t.main()
