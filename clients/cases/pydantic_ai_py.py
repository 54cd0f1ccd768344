"""pydantic-ai (OpenAIResponsesModel) against a Responses API server."""

import asyncio
import typing

from pydantic import BaseModel
from pydantic_ai import Agent, ModelHTTPError
from pydantic_ai.models.openai import OpenAIResponsesModel, OpenAIResponsesModelSettings
from pydantic_ai.providers.openai import OpenAIProvider

from lib.forcer import forced
from lib.harness import API_KEY, BASE_URL, MODEL, Suite, eq, need

t = Suite("pydantic-ai")
ASK = "Say hello in one short sentence."


class Report(BaseModel):
    title: str
    level: typing.Literal["low", "high"]
    count: int


def agent(url=BASE_URL, ran=None, **kw):
    from openai import AsyncOpenAI

    a = Agent(
        OpenAIResponsesModel(
            MODEL, provider=OpenAIProvider(openai_client=AsyncOpenAI(base_url=url, api_key=API_KEY, max_retries=0))
        ),
        **kw,
    )
    if ran is not None:

        @a.tool_plain
        def get_weather(city: str, unit: typing.Literal["c", "f"]) -> str:
            """Get the weather of a city."""
            ran.append((city, unit))
            return "21"

    return a


async def stream_text(a, prompt=ASK):
    async with a.run_stream(prompt) as r:
        parts = [x async for x in r.stream_text(delta=True, debounce_by=None)]
        return "".join(parts), await r.get_output()


@t.case("run: text", "text")
def _():
    need(agent().run_sync(ASK).output, "no output")


@t.case("run: usage reaches the client", "text")
def _():
    u = agent().run_sync(ASK).usage
    need(u.input_tokens > 0 and u.output_tokens > 0, "no usage")


@t.case("run_stream: text", "stream")
def _():
    joined, out = asyncio.run(stream_text(agent()))
    need(out, "no output")
    eq(joined, out, "streamed text")


@t.case("run_stream: reasoning asked for", "stream,reasoning")
def _():
    _j, out = asyncio.run(
        stream_text(
            agent(
                model_settings=OpenAIResponsesModelSettings(
                    openai_reasoning_effort="low", openai_reasoning_summary="auto"
                )
            )
        )
    )
    need(out, "no output")


@t.case("tools: loop", "tools")
def _():
    ran = []
    with forced() as (url, seen):
        r = agent(url, ran).run_sync("Weather in Oslo?")
    eq((len(ran), len(seen)), (1, 2), "tool runs and requests")
    need(r.output, "no output")


@t.case("tools: loop, streamed", "tools,stream")
def _():
    ran = []

    async def go(url):
        async with agent(url, ran).iter("Weather in Oslo?") as run:
            async for node in run:
                if Agent.is_model_request_node(node):
                    async with node.stream(run.ctx) as s:
                        async for _e in s:
                            pass
            return run.result.output

    with forced() as (url, seen):
        need(asyncio.run(go(url)), "no output")
    eq((len(ran), len(seen)), (1, 2), "tool runs and requests")


@t.case("structured: output tool, which the client forces", "structured")
def _():
    need(isinstance(agent(output_type=Report).run_sync(ASK).output, Report), "no Report")


@t.case("structured: native json_schema output", "structured")
def _():
    from pydantic_ai import NativeOutput

    need(isinstance(agent(output_type=NativeOutput(Report)).run_sync(ASK).output, Report), "no Report")


@t.case("history: second turn from messages and by previous_response_id", "continuation")
def _():
    a = agent()
    r = a.run_sync(ASK)
    need(a.run_sync("Again.", message_history=r.all_messages()).output, "no output")
    s = OpenAIResponsesModelSettings(openai_previous_response_id="auto")
    need(a.run_sync("Again.", message_history=r.all_messages(), model_settings=s).output, "no output by id")


@t.case("websocket: two at once on named lanes, then a continued turn", "websocket")
def _():
    import warnings

    from openai import AsyncOpenAI
    from pydantic_ai.profiles.openai import OpenAIModelProfile

    async def go():
        lanes = OpenAIModelProfile(openai_responses_supports_websocket_stream_id=True)
        p = OpenAIProvider(openai_client=AsyncOpenAI(base_url=BASE_URL, api_key=API_KEY, max_retries=0))
        a = Agent(
            OpenAIResponsesModel(MODEL, provider=p, profile=lanes),
            model_settings=OpenAIResponsesModelSettings(openai_transport="websocket"),
        )
        async with a:
            one, two = await asyncio.gather(a.run(ASK), a.run(ASK))
            three = await a.run("Again.", message_history=one.all_messages())
        return one, two, three

    with warnings.catch_warnings():
        warnings.simplefilter("error")  # the client warns when it falls back to HTTP
        runs = asyncio.run(go())
    need(all(r.output for r in runs), "no output")
    last = [r.all_messages()[-1] for r in runs]
    eq([m.provider_details.get("transport") for m in last], ["websocket"] * 3, "transport")
    eq(len({m.provider_response_id for m in last}), 3, "distinct responses")


@t.case("errors: 400 is a ModelHTTPError with the error body", "errors")
def _():
    try:
        agent(model_settings={"temperature": 99}).run_sync(ASK)
    except ModelHTTPError as e:
        eq(e.status_code, 400, "status_code")
        need(isinstance(e.body, dict) and e.body.get("message"), "no error object")
        return
    raise AssertionError("accepted")


t.main()
