"""Strands Agents (OpenAIResponsesModel) against a Responses API server."""

import typing

from pydantic import BaseModel
from strands import Agent, tool
from strands.models.openai_responses import OpenAIResponsesModel

from lib.forcer import forced
from lib.harness import API_KEY, BASE_URL, MODEL, Suite, eq, need

t = Suite("strands")
ASK = "Say hello in one short sentence."


class Report(BaseModel):
    """A report."""

    title: str
    count: int


def agent(url=BASE_URL, **kw):
    m = OpenAIResponsesModel(client_args={"base_url": url, "api_key": API_KEY, "max_retries": 0}, model_id=MODEL)
    return Agent(model=m, callback_handler=None, system_prompt="Be brief.", **kw)


@t.case("agent: text", "text,stream")
def _():
    r = agent()(ASK)
    need(str(r).strip(), "no text")
    eq(r.stop_reason, "end_turn", "stop_reason")


@t.case("agent: usage reaches the client", "text,stream")
def _():
    need(agent()(ASK).metrics.accumulated_usage["totalTokens"] > 0, "no usage")


@t.case("agent: tool loop", "tools,stream")
def _():
    ran = []

    @tool
    def get_weather(city: str, unit: typing.Literal["c", "f"]) -> str:
        """Get the weather of a city."""
        ran.append(city)
        return "21"

    with forced() as (url, seen):
        r = agent(url, tools=[get_weather])("Weather in Oslo?")
    eq((len(ran), len(seen)), (1, 2), "tool runs and requests")
    need(str(r).strip(), "no text")


@t.case("agent: two turns", "continuation,stream")
def _():
    a = agent()
    a(ASK)
    need(str(a("Again.")).strip(), "no text")


t.main()
