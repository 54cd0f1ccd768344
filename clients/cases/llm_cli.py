"""simonw's llm, a custom model of the "responses" kind, against a Responses API server."""

import json
import os
import pathlib
import tempfile

home = tempfile.TemporaryDirectory(prefix="llm-")
os.environ["LLM_USER_PATH"] = home.name
import yaml

from lib.forcer import forced
from lib.harness import API_KEY, BASE_URL, MODEL, REPORT_SCHEMA, Suite, eq, need, valid

t = Suite("llm")
ASK = "Say hello in one short sentence."


def model(url=BASE_URL):
    pathlib.Path(home.name, "extra-openai-models.yaml").write_text(
        yaml.safe_dump(
            [
                {
                    "model_id": "sut",
                    "model_name": MODEL,
                    "api_base": url,
                    "api_key_name": "sut",
                    "responses": True,
                    "supports_schema": True,
                    "supports_tools": True,
                }
            ]
        )
    )
    import llm

    m = llm.get_model("sut")
    m.key = API_KEY
    return m


@t.case("prompt: plain", "text")
def _():
    r = model().prompt(ASK, stream=False)
    need(r.text(), "no text")


@t.case("prompt: usage reaches the client", "text")
def _():
    r = model().prompt(ASK)
    r.text()
    need(r.usage().input and r.usage().output, f"usage {r.usage()}")


@t.case("prompt: streamed", "stream")
def _():
    r = model().prompt(ASK)
    parts = list(r)
    need(parts, "no parts")
    eq("".join(parts), r.text(), "parts joined")


@t.case("prompt: schema, plain and streamed", "structured,stream")
def _():
    for s in (False, True):
        valid(json.loads(model().prompt("Report.", schema=REPORT_SCHEMA, stream=s).text()), REPORT_SCHEMA)


@t.case("conversation: two turns", "continuation")
def _():
    c = model().conversation()
    c.prompt(ASK).text()
    need(c.prompt("Again.").text(), "no text")


@t.case("chain: tool loop, plain and streamed", "tools,stream")
def _():
    for s in (False, True):
        ran = []

        def get_weather(city: str, unit: str) -> str:
            """Get the weather of a city."""
            ran.append(city)
            return "21"

        with forced() as (url, seen):
            said = model(url).chain("Weather in Oslo?", tools=[get_weather], stream=s).text()
        eq((len(ran), len(seen)), (1, 2), "tool runs and requests")
        need(said, "no text")


t.main()
