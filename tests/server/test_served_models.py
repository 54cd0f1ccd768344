"""The models: plain ones, one that reasons, one that sees, one of another family, and three in trouble."""

from __future__ import annotations

from typing import Any

import httpx
import openai
import pytest
from openai import OpenAI
from tests.server.server_wire import create, events, stream

from antiphon.server import ServerSettings, background_server
from antiphon.server.model.served_models import SERVED

PIXEL = "data:image/png;base64,iVBORw0KGgo="


def test_every_model_is_listed_by_both_its_names(sdk: OpenAI) -> None:
    listed = {model.id: model for model in sdk.models.list()}
    assert set(SERVED) <= set(listed)
    assert {f"{name}-2026-08-01" for name in SERVED} <= set(listed)
    for name, model in listed.items():
        assert sdk.models.retrieve(name) == model


def test_the_model_that_reasons_thinks_unasked(http: httpx.Client) -> None:
    made = create(http, model="antiphon-1-reasoning")
    assert made["reasoning"]["effort"] == "medium"
    assert [item["type"] for item in made["output"]] == ["reasoning", "message"]
    assert made["usage"]["output_tokens_details"]["reasoning_tokens"] > 0
    quiet = create(http, model="antiphon-1-reasoning", reasoning={"effort": "minimal"})
    assert [item["type"] for item in quiet["output"]] == ["message"]


def test_it_says_something_before_a_call_where_it_is_told_to(http: httpx.Client) -> None:
    tools = [{"type": "function", "name": "wash", "parameters": {"type": "object", "properties": {}}}]
    told, untold = (
        {"input": f"{words}wash it.", "tools": tools, "tool_choice": "required"}
        for words in ("First say hi, then ", "Now ")
    )

    assert [item["type"] for item in create(http, **told)["output"]] == ["message", "function_call"]
    assert [item["type"] for item in create(http, **untold)["output"]] == ["function_call"]


@pytest.mark.parametrize(("field", "value", "code"), [("temperature", 0.5, None), ("top_p", 1, None),
                                                      ("top_logprobs", 2, "unsupported_parameter")])  # fmt: skip
def test_the_model_that_reasons_takes_no_sampling(http: httpx.Client, field: str, value: float, code: str) -> None:
    reply = http.post("/responses", json={"model": "antiphon-1-reasoning", "input": "hi", field: value})
    assert reply.status_code == 400
    assert (reply.json()["error"]["param"], reply.json()["error"]["code"]) == (field, code)


@pytest.mark.parametrize("effort", ["none", "xhigh"])
def test_the_model_that_reasons_lacks_some_efforts(http: httpx.Client, effort: str) -> None:
    body = {"model": "antiphon-1-reasoning", "input": "hi", "reasoning": {"effort": effort}}
    error = http.post("/responses", json=body).json()["error"]
    assert (error["param"], error["code"]) == ("reasoning.effort", "unsupported_value")


def test_the_model_that_sees_says_what(http: httpx.Client) -> None:
    parts = [{"type": "input_text", "text": "Look."}, {"type": "input_image", "image_url": PIXEL, "detail": "auto"}]
    made = create(http, model="antiphon-1-vision", input=[{"role": "user", "content": parts}])
    assert made["output"][0]["content"][0]["text"] == "I see 1 image: image/png of 9 bytes."
    assert create(http, model="antiphon-1-vision")["output"][0]["content"][0]["text"] == "I see no image."


def test_a_chain_may_go_to_another_family(http: httpx.Client) -> None:
    first = create(http, reasoning={"effort": "low"})
    made = create(http, model="cantor-1", previous_response_id=first["id"])
    assert made["model"].startswith("cantor-1")
    assert "another family" in made["output"][0]["content"][0]["text"]


def test_the_model_that_fails_begins_first(http: httpx.Client) -> None:
    made = create(http, model="antiphon-1-failing")
    assert (made["status"], made["error"]["code"], made["output"], made["usage"]) == (
        "failed",
        "server_error",
        [],
        None,
    )
    streamed = [event["type"] for event in stream(http, model="antiphon-1-failing")]
    assert streamed == ["response.created", "response.in_progress", "error", "response.failed"]
    assert http.get(f"/responses/{made['id']}").json()["status"] == "failed"


@pytest.mark.parametrize("api", ["responses", "chat"])
def test_the_overloaded_model_refuses(base_url: str, api: str) -> None:
    with OpenAI(base_url=base_url, api_key="none", max_retries=0) as sdk:
        call: Any = sdk.responses.create if api == "responses" else sdk.chat.completions.create
        more: Any = {"input": "hi"} if api == "responses" else {"messages": [{"role": "user", "content": "hi"}]}
        with pytest.raises(openai.InternalServerError) as caught:
            call(model="antiphon-1-overloaded", stream=True, **more)
    error = caught.value
    assert (error.status_code, error.code, error.type) == (503, "server_is_overloaded", "service_unavailable_error")
    assert error.response.headers["retry-after"] == "1"


def test_the_failing_model_fails_a_chat(sdk: OpenAI) -> None:
    with pytest.raises(openai.InternalServerError, match="failed"):
        sdk.chat.completions.create(model="antiphon-1-failing", messages=[{"role": "user", "content": "hi"}])


def test_names_of_ones_own_have_a_kind() -> None:
    models = ("antiphon-1", "mine", "thinker=reasoning")
    with background_server(models=models) as url, httpx.Client(base_url=url) as http:
        assert [item["type"] for item in create(http, model="mine")["output"]] == ["message"]
        assert [item["type"] for item in create(http, model="thinker")["output"]] == ["reasoning", "message"]
        assert http.post("/responses", json={"model": "thinker=reasoning", "input": "hi"}).status_code == 400


@pytest.mark.parametrize("name", ["a=swift", "=plain", ""])
def test_an_unknown_kind_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="NAME=KIND; kinds are plain"), background_server(models=(name,)):
        pass


def test_the_slow_model_streams_like_the_others() -> None:
    with background_server(ServerSettings(models=("antiphon-1-slow",))) as url:
        body = {"model": "antiphon-1-slow", "input": "My name is Bo. What is my name?", "stream": True}
        told = events(httpx.post(f"{url}/responses", json=body, timeout=120).text)
    assert told[-1]["response"]["output"][0]["content"][0]["text"] == "Your name is Bo."


def test_any_name_is_that_of_a_model_where_it_is_wanted() -> None:
    """Plain, streamed, in the list's own place, over Chat; names of a kind keep it."""
    with background_server(ServerSettings(any_model=True, pace=0)) as url, OpenAI(base_url=url, api_key="none") as sdk:
        made = sdk.responses.create(model="gpt-4o", input="hi")
        dated = sdk.responses.create(model="gpt-4o-2024-08-06", input="hi")
        chat = sdk.chat.completions.create(model="o9", messages=[{"role": "user", "content": "hi"}])
        assert (made.model, dated.model, chat.model) == ("gpt-4o-2026-08-01", "gpt-4o-2024-08-06", "o9-2026-08-01")
        assert sdk.models.retrieve("gpt-4o").id == "gpt-4o"
        with pytest.raises(openai.InternalServerError):
            sdk.with_options(max_retries=0).responses.create(model="antiphon-1-overloaded", input="hi")
        with pytest.raises(openai.BadRequestError):
            sdk.responses.create(model="", input="hi")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/responses", {"input": "hi"}),
        ("/chat/completions", {"messages": [{"role": "user", "content": "hi"}]}),
        ("/responses/input_tokens", {"input": "hi"}),
    ],
)
def test_the_refusal_of_an_unknown_model_names_the_option(http: httpx.Client, path: str, body: dict[str, Any]) -> None:
    error = http.post(path, json={"model": "gpt-4o", **body}).json()["error"]
    assert error["code"] == "model_not_found"
    assert error["message"].endswith("Start the server with --any-model, or with --model gpt-4o.")
