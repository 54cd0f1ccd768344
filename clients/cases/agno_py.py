"""Agno (OpenAIResponses) against a Responses API server."""

import os
import typing

os.environ.setdefault("AGNO_TELEMETRY", "false")
from agno.agent import Agent
from agno.db.in_memory import InMemoryDb
from agno.models.openai import OpenAIResponses
from agno.run.base import RunStatus
from pydantic import BaseModel

from lib.forcer import forced
from lib.harness import API_KEY, BASE_URL, MODEL, Suite, eq, need

t = Suite("agno")
ASK = "Say hello in one short sentence."


class Report(BaseModel):
    title: str
    level: typing.Literal["low", "high"]
    count: int


def agent(url=BASE_URL, model=None, **kw):
    model = OpenAIResponses(id=MODEL, base_url=url, api_key=API_KEY, max_retries=0, **(model or {}))
    return Agent(model=model, instructions="Be brief.", telemetry=False, **kw)


def finished(run):
    """The content of a run; the client reports an error as a run of that status."""
    if run.status == RunStatus.error:
        raise RuntimeError(str(run.content))
    need(run.content, "no content")
    return run.content


def streamed(a, ask, **kw):
    """What the pieces of a streamed run add up to, and the run."""
    pieces, run = [], None
    for event in a.run(ask, stream=True, yield_run_output=True, **kw):
        if getattr(event, "event", None) == "RunContent":
            pieces.append(event.content or "")
        if getattr(event, "event", None) == "RunError":
            raise RuntimeError(str(event.content))
        run = event
    return "".join(pieces), run


def weather(ran):
    def get_weather(city: str, unit: typing.Literal["c", "f"]) -> str:
        """Get the weather of a city."""
        ran.append(city)
        return "21"

    return get_weather


@t.case("run: text", "text")
def _():
    finished(agent().run(ASK))


@t.case("run: usage reaches the client", "text")
def _():
    metrics = agent().run(ASK).metrics
    need(metrics.input_tokens > 0 and metrics.output_tokens > 0, f"metrics {metrics}")


@t.case("run: streamed", "stream")
def _():
    text, run = streamed(agent(), ASK)
    eq(finished(run), text, "content")


@t.case("run: reasoning asked for", "reasoning")
def _():
    finished(agent(model={"reasoning_effort": "low", "reasoning_summary": "auto"}).run(ASK))


@t.case("run: tool loop", "tools")
def _():
    ran = []
    with forced() as (url, seen):
        finished(agent(url, tools=[weather(ran)]).run("Weather in Oslo?"))
    eq((len(ran), len(seen)), (1, 2), "tool runs and requests")


@t.case("run: tool loop, streamed", "tools,stream")
def _():
    ran = []
    with forced() as (url, seen):
        text, _run = streamed(agent(url, tools=[weather(ran)]), "Weather in Oslo?")
    eq((len(ran), len(seen)), (1, 2), "tool runs and requests")
    need(text, "no answer")


@t.case("run: output_schema", "structured")
def _():
    content = finished(agent(output_schema=Report).run("Report on something."))
    need(isinstance(content, Report), f"content is {type(content).__name__}")


@t.case("run: two turns in one session, by history", "continuation")
def _():
    a = agent(db=InMemoryDb(), add_history_to_context=True, session_id="one")
    finished(a.run(ASK))
    finished(a.run("Again."))


@t.case("run: background, polled", "background")
def _():
    finished(agent(model={"background": True, "background_poll_interval": 0.1}).run(ASK))


t.main()
