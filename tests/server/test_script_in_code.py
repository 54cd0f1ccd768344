"""Answers that are given in code, or over HTTP, while the server runs; and what a strict server refuses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import openai
import pytest
import yaml
from openai import OpenAI

from antiphon.errors import ConfigError
from antiphon.server import RunningServer, ServerSettings, background_server

DOCS = Path(__file__).parents[2] / "docs" / "server.md"
MODEL = "antiphon-1"
TOOL = {"type": "function", "name": "get_weather", "parameters": {"type": "object", "properties": {}}}


@pytest.fixture(params=[True, False], ids=["fast", "plain"])
def server(request: pytest.FixtureRequest) -> Iterator[RunningServer]:
    with background_server(ServerSettings(pace=0, control=True, fast_path=request.param)) as server:
        yield server


def ask(server: str, **body: Any) -> httpx.Response:
    return httpx.post(f"{server}/responses", json={"model": MODEL, "input": "hi", **body})


def text(reply: httpx.Response) -> str:
    said: str = reply.json()["output"][-1]["content"][0]["text"]
    return said


def chat(server: str, content: str = "hi", **body: Any) -> httpx.Response:
    messages = [{"role": "user", "content": content}]
    return httpx.post(f"{server}/chat/completions", json={"model": MODEL, "messages": messages, **body})


def answers(server: str) -> str:
    parts = urlsplit(server)
    return f"{parts.scheme}://{parts.netloc}/_antiphon/answers"


def test_what_is_added_is_given_once_and_in_its_order(server: RunningServer) -> None:
    server.say("one")
    server.call("get_weather", city="Oslo", name="x")
    server.say("three", times=2)

    assert text(ask(server)) == "one"
    [call] = ask(server).json()["output"]
    assert (call["name"], yaml.safe_load(call["arguments"])) == ("get_weather", {"city": "Oslo", "name": "x"})
    assert [text(ask(server)), chat(server).json()["choices"][0]["message"]["content"]] == ["three", "three"]
    assert "reference server" in text(ask(server))


def test_streams_are_answered_too(server: RunningServer) -> None:
    server.answers([{"say": "every time", "headers": {"X-Seen": "yes"}}])
    for reply in (ask(server, stream=True), ask(server), chat(server, stream=True), chat(server)):
        assert reply.headers["x-seen"] == "yes"
        assert "every" in reply.text
    server.answers([])
    assert "x-seen" not in ask(server).headers


def test_answers_of_a_file_stay_behind_those_that_are_added(tmp_path: Path) -> None:
    path = tmp_path / "answers.yaml"
    path.write_text("answers:\n- say: from a file\n")
    with background_server(script=path, control=True, pace=0) as server:
        server.say("from code")
        assert [text(ask(server)) for _ in range(2)] == ["from code", "from a file"]


@pytest.mark.parametrize("script", [{"answers": [{"say": "x"}], "models": ["mine"]}, [{"say": "x"}], ({"say": "x"},)])
def test_a_value_is_a_script(script: Any) -> None:
    with background_server(script=script, pace=0) as server:
        assert text(ask(server)) == "x"


@pytest.mark.parametrize(
    ("entry", "sentence"),
    [
        ({"sya": "x"}, "script: answers[0].sya: unknown key; did you mean 'say'?"),
        ({"say": 5}, 'script: answers[0].say: 5 is not of type "string".'),
        ({"say": "x", "cite": [{"url": "u", "text": "y"}]}, "script: answers[0].cite[0].text: does not occur in 'say'"),
        ({"when": {"text": "/(/"}}, "script: answers[0].when.text: not a regular expression"),
        ({"say": "x", "headers": {"a b": "c"}}, "script: answers[0].headers"),
    ],
)
def test_a_mistake_is_told_with_its_place(server: RunningServer, entry: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ConfigError, match=f"^{re.escape(sentence)}"):
        server.answer(entry)
    refused = httpx.put(answers(server), json={"answers": [entry]})
    assert refused.status_code == 400
    assert refused.json()["error"]["message"].startswith(sentence)
    assert "reference server" in text(ask(server))


def test_a_function_answers(server: RunningServer) -> None:
    seen = []

    def answer(request: Any) -> Any:
        seen.append(request)
        match request.text:
            case "text":
                return "said"
            case "entry":
                return {"call": {"name": "f"}}
            case "wrong":
                return 5
            case "bad":
                return {"sya": "x"}
            case "broken":
                raise LookupError("nothing there")
        return None

    server.answer_with(answer)
    assert text(ask(server, input="text", metadata={"a": "b"})) == "said"
    assert (seen[0].api, seen[0].model, seen[0].body["metadata"]) == ("responses", MODEL, {"a": "b"})
    assert ask(server, input="entry").json()["output"][0]["name"] == "f"
    assert "reference server" in text(ask(server, input="other"))
    assert chat(server, "text").json()["choices"][0]["message"]["content"] == "said"
    for word, reason in {
        "wrong": "returned a int: a text, a mapping or None was expected",
        "bad": "returned no answer: script: answers[0].sya: unknown key; did you mean 'say'?",
        "broken": "raised LookupError: nothing there",
    }.items():
        refused = ask(server, input=word)
        assert (refused.status_code, refused.json()["error"]["code"]) == (400, "callback_failed")
        assert refused.json()["error"]["message"] == f"The callback that answers {reason}"
    server.reset()
    assert "reference server" in text(ask(server, input="text"))


def test_answers_over_http(server: RunningServer) -> None:
    assert httpx.put(answers(server), json={"answers": [{"say": "a", "times": 1}]}).status_code == 200
    assert httpx.post(answers(server), json={"say": "b"}).status_code == 200
    assert [text(ask(server)) for _ in range(3)] == ["a", "b", "b"]
    assert httpx.get(answers(server)).json()["data"] == [
        {"say": "a", "times": 1, "given": 1},
        {"say": "b", "given": 2},
    ]
    httpx.delete(answers(server))
    assert httpx.get(answers(server)).json()["data"] == []
    assert "reference server" in text(ask(server))


def test_nothing_can_be_changed_unless_it_is_asked_for() -> None:
    with background_server(journal=True) as server:
        assert httpx.put(answers(server), json={"answers": []}).status_code == 404
        with pytest.raises(RuntimeError, match="start it with control=True"):
            server.say("x")


STATELESS = [
    {"role": "user", "content": "Weather?"},
    {"type": "function_call", "call_id": "call_1", "name": "get_weather", "arguments": "{}"},
    {"type": "function_call_output", "call_id": "call_1", "output": "rain"},
]


def test_output_is_looked_for_behind_the_last_message_of_the_user() -> None:
    script: list[dict[str, Any]] = [
        {"when": {"output": "rain"}, "say": "umbrella"},
        {"when": {"no_output": True}, "say": "nothing yet"},
    ]
    later = [*STATELESS, {"role": "assistant", "content": "umbrella"}, {"role": "user", "content": "Thanks."}]
    with background_server(script=script, pace=0) as server:
        assert text(ask(server, input=STATELESS)) == "umbrella"
        assert text(ask(server, input=later)) == "nothing yet"
        assert text(ask(server, input=STATELESS[:1])) == "nothing yet"


def test_a_strict_server_names_the_nearest_answer() -> None:
    script: list[dict[str, Any]] = [
        {"name": "the weather", "when": {"text": "/weather/i", "tool": "get_weather"}, "say": "rain"},
        {"when": {"api": "chat", "header": {"x-case": "one"}, "no_output": False}, "say": "chat"},
        {"when": {"text": "once"}, "say": "once", "times": 1},
    ]
    with background_server(script=script, strict=True, pace=0, models=("a",)) as server:
        assert text(ask(server, model="a", input="The weather?", tools=[TOOL])) == "rain"
        refused = ask(server, model="a", input="The weather?")
        assert (refused.status_code, refused.json()["error"]["code"]) == (400, "no_answer_fits")
        nearest = "The nearest is the weather: tool 'get_weather' is not offered."
        assert refused.json()["error"]["message"].endswith(nearest)
        assert text(ask(server, model="a", input="once")) == "once"
        again = ask(server, model="a", input="once").json()["error"]["message"]
        assert again.endswith("The nearest is answers[2]: it has been given 1 times, as often as it may be.")
        over_chat = chat(server, model="a").json()["error"]["message"]
        assert "text has no /once/: 'hi'" in over_chat
    with background_server(strict=True) as server:
        assert ask(server).json()["error"]["message"].endswith("It has no answers.")


def test_citations_come_with_the_search_that_found_them(server: RunningServer) -> None:
    source = {"url": "https://example.com/", "title": "Weather", "text": "rainy", "query": "oslo"}
    server.answers([{"say": "Oslo is rainy.", "cite": [source]}])
    search, message = ask(server).json()["output"]
    citation = {"type": "url_citation", "start_index": 8, "end_index": 13, "url": source["url"], "title": "Weather"}

    assert (search["type"], search["action"]["query"]) == ("web_search_call", "oslo")
    assert message["content"][0]["annotations"] == [citation]
    with OpenAI(base_url=server, api_key="none") as client:
        events = [*client.responses.create(model=MODEL, input="hi", stream=True)]
        completion = client.chat.completions.create(model=MODEL, messages=[{"role": "user", "content": "hi"}])
    assert "response.output_text.annotation.added" in [event.type for event in events]
    [cited] = completion.choices[0].message.annotations or []
    assert cited.url_citation.model_dump() == {name: value for name, value in citation.items() if name != "type"}
    assert '"url_citation"' in chat(server, stream=True).text


def test_a_failure_with_and_without_its_event(server: RunningServer) -> None:
    """The official library raises on the event, and so never sees the end of the stream."""
    with OpenAI(base_url=server, api_key="none", max_retries=0) as client:
        server.answers([{"fail": {"message": "broken", "event": False}}])
        events = [*client.responses.create(model=MODEL, input="hi", stream=True)]
        server.answers([{"fail": {"message": "broken"}}])
        stream = client.responses.create(model=MODEL, input="hi", stream=True)
        seen: list[str] = []
        with pytest.raises(openai.APIError, match="broken"):
            seen.extend(event.type for event in stream)
    assert [event.type for event in events][-1] == "response.failed"
    assert "error" not in [event.type for event in events]
    assert "response.failed" not in seen


def rows(heading: str) -> list[tuple[str, str]]:
    """The keys of a table of the documentation with their examples."""
    table = DOCS.read_text(encoding="utf-8").partition(heading)[2].partition("\n\n")[0]
    return re.findall(r"^\| `(\w+)` \| .* \| `(.+)` \|$", table, re.MULTILINE)


@pytest.mark.skipif(not DOCS.exists(), reason="not a checkout")
def test_every_example_of_the_documentation_is_an_answer(server: RunningServer) -> None:
    conditions, answers = rows("| key | looks at | example |"), rows("| key | gives | example |")
    assert (len(conditions), len(answers)) == (10, 20)
    for key, example in conditions:
        when = yaml.safe_load(example)
        assert key in when
        server.answers([{"when": when, "say": "x"}])
    for key, example in answers:
        entry = yaml.safe_load(example)
        assert key in entry
        server.answers([entry])
        try:
            status = ask(server, stream=True).status_code
        except httpx.RemoteProtocolError:
            status = None
        assert status == (None if key == "cut" else entry.get("error", {}).get("status", 200)), key
