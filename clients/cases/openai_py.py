"""The openai Python SDK against a Responses API server."""

import asyncio
import http.server
import json
import os
import threading
import time
import typing

import openai
from openai import AsyncOpenAI, OpenAI
from pydantic import BaseModel, ValidationError

from lib.forcer import forced
from lib.harness import (
    API_KEY,
    BASE_URL,
    MODEL,
    REPORT_SCHEMA,
    WEATHER_PARAMS,
    WEATHER_TOOL,
    Skip,
    Suite,
    calls_of,
    check_response,
    check_sequence,
    check_stream,
    check_usage,
    eq,
    fault,
    is_int,
    need,
    text_of,
    valid,
)

t = Suite("openai-py")
c = OpenAI(base_url=BASE_URL, api_key=API_KEY, max_retries=0, timeout=60)
ASK = "Say hello in one short sentence."


def d(x):
    return x.to_dict(mode="json")


def raw(**kw):
    """create() through with_raw_response: the SDK's request, the untouched JSON body."""
    r = c.responses.with_raw_response.create(**{"model": MODEL, "input": ASK, **kw})
    return json.loads(r.text if isinstance(r.text, str) else r.text())


# ---- create ------------------------------------------------------------------------------


@t.case("create: text", "text")
def _():
    r = c.responses.create(model=MODEL, input=ASK)
    check_response(d(r))
    need(r.output_text, "output_text is empty")
    eq(r.output_text, text_of(d(r)), "output_text")


@t.case("create: usage counts the input and the output", "text")
def _():
    u = c.responses.create(model=MODEL, input=ASK).usage
    need(u.input_tokens > 0 and u.output_tokens > 0, f"usage {u.input_tokens}/{u.output_tokens}")


@t.case("create: typed against the SDK's models", "text")
def _():
    typed(raw(), openai.types.responses.Response)


@t.case("create: input items of every role, text and image parts, an assistant turn", "text")
def _():
    png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
    r = c.responses.create(
        model=MODEL,
        input=[
            {"role": "developer", "content": "Be brief."},
            {"role": "user", "content": "Hi."},
            {
                "type": "message",
                "role": "assistant",
                "content": [{"type": "output_text", "text": "Hello.", "annotations": []}],
            },
            {
                "type": "message",
                "role": "user",
                "content": [
                    {"type": "input_text", "text": "And this picture?"},
                    {"type": "input_image", "image_url": "data:image/png;base64," + png, "detail": "auto"},
                ],
            },
        ],
    )
    check_response(d(r))


@t.case("create: request settings echoed", "text")
def _():
    r = c.responses.create(
        model=MODEL,
        input=ASK,
        instructions="Be kind.",
        metadata={"k": "v"},
        temperature=0.5,
        top_p=0.9,
        max_output_tokens=512,
        parallel_tool_calls=False,
        truncation="auto",
        tools=[WEATHER_TOOL],
        tool_choice="none",
    )
    x = d(r)
    for k, v in {
        "instructions": "Be kind.",
        "metadata": {"k": "v"},
        "temperature": 0.5,
        "top_p": 0.9,
        "max_output_tokens": 512,
        "parallel_tool_calls": False,
        "truncation": "auto",
        "tool_choice": "none",
    }.items():
        eq(x.get(k), v, k)
    eq([z["name"] for z in x["tools"]], ["get_weather"], "tools")
    eq(x["text"]["format"], {"type": "text"}, "text.format")
    need(r.usage.output_tokens <= 512, "more output tokens than max_output_tokens")


@t.case("create: x-request-id reaches the client", "text")
def _():
    r = c.responses.create(model=MODEL, input=ASK)
    need(r._request_id, "no x-request-id header")


@t.case("create: logprobs included when asked for", "text")
def _():
    r = c.responses.create(model=MODEL, input=ASK, include=["message.output_text.logprobs"], top_logprobs=2)
    lp = [p.logprobs for it in r.output if it.type == "message" for p in it.content if p.type == "output_text"]
    need(lp and lp[0], "no logprobs")
    eq("".join(x.token for x in lp[0])[:3], r.output_text[:3], "first characters of the logprob tokens")
    need(all(x.logprob <= 0 and len(x.top_logprobs) <= 2 for x in lp[0]), "bad logprob entries")


@t.case("create: a reasoning request answers, and its reasoning items replay", "reasoning")
def _():
    r = c.responses.create(
        model=MODEL,
        input=ASK,
        reasoning={"effort": "low", "summary": "auto"},
        include=["reasoning.encrypted_content"],
        store=False,
    )
    check_response(d(r))
    back = (
        [{"role": "user", "content": ASK}] + [x.to_dict() for x in r.output] + [{"role": "user", "content": "Again."}]
    )
    check_response(d(c.responses.create(model=MODEL, input=back, store=False)))


# ---- structured output -------------------------------------------------------------------


class Part(BaseModel):
    name: str
    size: int


class Report(BaseModel):
    title: str
    level: typing.Literal["low", "high"]
    count: int
    parts: list[Part]
    note: str | None


@t.case("structured: json_schema text is valid against the schema", "structured")
def _():
    r = c.responses.create(
        model=MODEL,
        input="Report on something as JSON.",
        text={"format": {"type": "json_schema", "name": "report", "schema": REPORT_SCHEMA, "strict": True}},
    )
    valid(json.loads(r.output_text), REPORT_SCHEMA)
    eq(r.text.format.type, "json_schema", "text.format.type")


@t.case("structured: json_object text is JSON", "structured")
def _():
    r = c.responses.create(model=MODEL, input="Answer with a JSON object.", text={"format": {"type": "json_object"}})
    need(isinstance(json.loads(r.output_text), dict), "not an object")


@t.case("structured: responses.parse gives the pydantic model", "structured")
def _():
    r = c.responses.parse(model=MODEL, input="Report on something.", text_format=Report)
    need(isinstance(r.output_parsed, Report), f"output_parsed is {type(r.output_parsed).__name__}")


@t.case("structured: responses.stream(text_format=) gives the pydantic model", "structured,stream")
def _():
    with c.responses.stream(model=MODEL, input="Report on something.", text_format=Report) as s:
        dones = [e for e in s if e.type == "response.output_text.done"]
        r = s.get_final_response()
    need(isinstance(r.output_parsed, Report), "output_parsed is no Report")
    need(dones and isinstance(dones[-1].parsed, Report), "output_text.done carries no parsed value")


# ---- streaming ---------------------------------------------------------------------------


def stream(**kw):
    return [d(e) for e in c.responses.create(**{"model": MODEL, "input": ASK, "stream": True, **kw})]


@t.case("stream: order, ids and accumulation", "stream")
def _():
    need(text_of(check_stream(stream())), "no text")


@t.case("stream: sequence numbers count from 0 without gaps", "stream")
def _():
    check_sequence(stream())
    check_sequence(stream(tools=[WEATHER_TOOL], tool_choice="required"))


@t.case("stream: every event typed against the SDK's models", "stream")
def _():
    for kw in ({}, {"tools": [WEATHER_TOOL], "tool_choice": "required"}):
        for e in stream(**kw):
            typed(e, openai.types.responses.ResponseStreamEvent)


@t.case("stream: helper accumulates to the final response", "stream")
def _():
    snaps, deltas = [], []
    with c.responses.stream(model=MODEL, input=ASK) as s:
        for e in s:
            if e.type == "response.output_text.delta":
                deltas.append(e.delta)
                snaps.append(e.snapshot)
        r = s.get_final_response()
    need(deltas, "no text deltas")
    eq(snaps[-1], "".join(deltas), "snapshot")
    eq(r.output_text, "".join(deltas), "final text")


@t.case("stream: with reasoning asked for", "stream,reasoning")
def _():
    check_stream(stream(reasoning={"effort": "low", "summary": "auto"}))
    with c.responses.stream(model=MODEL, input=ASK, reasoning={"effort": "low", "summary": "auto"}) as s:
        s.get_final_response()


@t.case("stream: include_obfuscation=false leaves no obfuscation field", "stream")
def _():
    need(
        all("obfuscation" not in e for e in stream(stream_options={"include_obfuscation": False})),
        "obfuscation present",
    )


@t.case("stream: the client may leave early and go on", "stream")
def _():
    for _i in range(3):
        s = c.responses.create(model=MODEL, input=ASK, stream=True)
        next(iter(s))
        s.close()
    check_response(d(c.responses.create(model=MODEL, input=ASK)))


# ---- tools -------------------------------------------------------------------------------

FORCED = {"type": "function", "name": "get_weather"}


def one_call(r):
    calls = calls_of(d(r))
    need(calls, "no function_call item")
    eq(calls[0]["name"], "get_weather", "called name")
    valid(json.loads(calls[0]["arguments"]), WEATHER_PARAMS)
    return calls


def outputs(calls):
    return [{"type": "function_call_output", "call_id": k["call_id"], "output": '{"temp": 21}'} for k in calls]


@t.case("tools: forced function, result sent by previous_response_id", "tools,continuation")
def _():
    r = c.responses.create(model=MODEL, input="Weather in Oslo?", tools=[WEATHER_TOOL], tool_choice=FORCED)
    check_response(d(r))
    r2 = c.responses.create(
        model=MODEL, previous_response_id=r.id, input=outputs(one_call(r)), tools=[WEATHER_TOOL], tool_choice="none"
    )
    check_response(d(r2))
    need(not calls_of(d(r2)), "called a tool under tool_choice none")
    need(r2.output_text, "no answer text")


@t.case("tools: required, result sent with the whole history and store=false", "tools")
def _():
    hist = [{"role": "user", "content": "Weather in Oslo?"}]
    r = c.responses.create(model=MODEL, input=hist, tools=[WEATHER_TOOL], tool_choice="required", store=False)
    hist += [x.to_dict() for x in r.output] + outputs(one_call(r))
    check_response(
        d(c.responses.create(model=MODEL, input=hist, tools=[WEATHER_TOOL], tool_choice="none", store=False))
    )


@t.case("tools: function_call_output as a list of parts", "tools,continuation")
def _():
    r = c.responses.create(model=MODEL, input="Weather in Oslo?", tools=[WEATHER_TOOL], tool_choice=FORCED)
    out = [
        {"type": "function_call_output", "call_id": k["call_id"], "output": [{"type": "input_text", "text": "21 C"}]}
        for k in one_call(r)
    ]
    check_response(
        d(
            c.responses.create(
                model=MODEL, previous_response_id=r.id, input=out, tools=[WEATHER_TOOL], tool_choice="none"
            )
        )
    )


@t.case("tools: allowed_tools in required mode calls an allowed one", "tools")
def _():
    other = {**WEATHER_TOOL, "name": "get_time"}
    r = c.responses.create(
        model=MODEL,
        input="Weather in Oslo?",
        tools=[other, WEATHER_TOOL],
        tool_choice={"type": "allowed_tools", "mode": "required", "tools": [FORCED]},
    )
    need({k["name"] for k in calls_of(d(r))} == {"get_weather"}, f"called {[k['name'] for k in calls_of(d(r))]}")


@t.case("tools: streamed arguments", "tools,stream")
def _():
    final = check_stream(stream(input="Weather in Oslo?", tools=[WEATHER_TOOL], tool_choice=FORCED))
    valid(json.loads(calls_of(final)[0]["arguments"]), WEATHER_PARAMS)


@t.case("tools: pydantic tool through the stream helper", "tools,stream")
def _():
    class GetWeather(BaseModel):
        city: str
        unit: typing.Literal["c", "f"]

    tool = openai.pydantic_function_tool(GetWeather, name="get_weather")
    flat = {"type": "function", **tool["function"]}
    with c.responses.stream(model=MODEL, input="Weather in Oslo?", tools=[flat], tool_choice=FORCED) as s:
        snap = [e.snapshot for e in s if e.type == "response.function_call_arguments.delta"]
        r = s.get_final_response()
    call = next(x for x in r.output if x.type == "function_call")
    eq(snap[-1], call.arguments, "argument snapshot")
    valid(
        call.parsed_arguments if isinstance(call.parsed_arguments, dict) else json.loads(call.arguments), WEATHER_PARAMS
    )


@t.case("tools: custom tool forced, round trip, and streamed", "tools,stream,continuation")
def _():
    tool = {"type": "custom", "name": "run_code", "description": "Run code."}
    force = {"type": "custom", "name": "run_code"}
    r = c.responses.create(model=MODEL, input="Run something.", tools=[tool], tool_choice=force)
    calls = calls_of(d(r), "custom_tool_call")
    need(calls, "no custom_tool_call item")
    check_response(
        d(
            c.responses.create(
                model=MODEL,
                previous_response_id=r.id,
                tools=[tool],
                tool_choice="none",
                input=[{"type": "custom_tool_call_output", "call_id": calls[0]["call_id"], "output": "42"}],
            )
        )
    )
    check_stream(stream(input="Run something.", tools=[tool], tool_choice=force))


@t.case("tools: the SDK's tool runner, plain, streamed and eager", "tools,stream")
def _():
    from openai.lib.responses_tool_runner import RegisteredFunction, ResponsesToolRunner

    # eager runs tools on output_item.done and demands that response.completed repeats that item exactly
    for how in ({}, {"stream": True}, {"stream": True, "eager": True}):
        asked = []

        def run(args):
            asked.append(args)
            return '{"temp": 21}'

        runner = ResponsesToolRunner(functions=[RegisteredFunction(tool=WEATHER_TOOL, execute=run)])
        params = {"model": MODEL, "input": [{"role": "user", "content": "Weather in Oslo?"}], "store": False}
        with forced(FORCED) as (url, _seen):
            r = runner.run(OpenAI(base_url=url, api_key=API_KEY, max_retries=0), params, max_steps=4, **how)
        check_response(d(r))
        eq(len(asked), 1, "times the tool was run")
        valid(asked[0], WEATHER_PARAMS)
        need(r.output_text, "no final text")


# ---- stored responses --------------------------------------------------------------------


@t.case("stored: retrieve gives the same response", "stored")
def _():
    r = c.responses.create(model=MODEL, input=ASK)
    g = c.responses.retrieve(r.id)
    check_response(d(g))
    eq((g.id, g.output_text, g.usage.total_tokens), (r.id, r.output_text, r.usage.total_tokens), "retrieved response")


@t.case("stored: a streamed response can be retrieved", "stored,stream")
def _():
    final = check_stream(stream())
    eq(c.responses.retrieve(final["id"]).output_text, text_of(final), "text")


@t.case("stored: input_items auto-paginate, both orders", "stored")
def _():
    r = c.responses.create(model=MODEL, input=[{"role": "user", "content": f"part {i}"} for i in range(5)])
    asc = [x.content[0].text for x in c.responses.input_items.list(r.id, order="asc", limit=2)]
    eq(asc, [f"part {i}" for i in range(5)], "ascending input items")
    desc = [x.content[0].text for x in c.responses.input_items.list(r.id, order="desc", limit=2)]
    eq(desc, asc[::-1], "descending input items")
    p = c.responses.input_items.list(r.id, limit=2)
    eq((len(p.data), p.has_more), (2, True), "first page (length, has_more)")
    x = json.loads(c.responses.input_items.with_raw_response.list(r.id, limit=2).text)
    eq((x["object"], x["first_id"], x["last_id"]), ("list", x["data"][0]["id"], x["data"][-1]["id"]), "list envelope")


@t.case("stored: previous_response_id continues, after a stream too", "continuation")
def _():
    final = check_stream(stream())
    r = c.responses.create(model=MODEL, input="And again.", previous_response_id=final["id"])
    eq(r.previous_response_id, final["id"], "previous_response_id")
    need(r.usage.input_tokens > 0, "no input tokens counted")


@t.case("stored: delete, then NotFoundError", "stored")
def _():
    r = c.responses.create(model=MODEL, input=ASK)
    c.responses.delete(r.id)
    raises(openai.NotFoundError, lambda: c.responses.retrieve(r.id))


@t.case("stored: store=false is not retrievable", "stored")
def _():
    r = c.responses.create(model=MODEL, input=ASK, store=False)
    raises(openai.NotFoundError, lambda: c.responses.retrieve(r.id))


# ---- background --------------------------------------------------------------------------


def settle(r):
    for _i in range(200):
        if r.status not in ("queued", "in_progress"):
            return r
        time.sleep(0.1)
        r = c.responses.retrieve(r.id)
    raise AssertionError("never settled")


@t.case("background: polled to the end", "background")
def _():
    r = c.responses.create(model=MODEL, input=ASK, background=True)
    need(r.status in ("queued", "in_progress", "completed"), f"status {r.status}")
    eq(r.background, True, "background")
    check_response(d(settle(r)))


@t.case("background: cancel", "background")
def _():
    r = c.responses.create(model=MODEL, input=ASK, background=True)
    x = c.responses.cancel(r.id)
    eq(x.id, r.id, "id")
    need(x.status in ("cancelled", "completed"), f"status {x.status}")
    again = c.responses.cancel(r.id) if x.status == "cancelled" else x
    eq(again.status, x.status, "status after a second cancel")


@t.case("background: cancelling a foreground response is a BadRequestError", "background")
def _():
    r = c.responses.create(model=MODEL, input=ASK)
    raises(openai.BadRequestError, lambda: c.responses.cancel(r.id))


@t.case("background: stream resumed with retrieve(stream=True, starting_after=)", "background,stream")
def _():
    s = c.responses.create(model=MODEL, input=ASK, background=True, stream=True)
    head = []
    for e in s:
        head.append(d(e))
        if len(head) == 3:
            break
    s.close()
    at = head[-1]["sequence_number"]
    tail = [d(e) for e in c.responses.retrieve(head[0]["response"]["id"], stream=True, starting_after=at)]
    need(tail and tail[0]["sequence_number"] > at, "resumed stream repeats or is empty")
    check_stream(head + tail)


@t.case("background: responses.stream(response_id=) replays to the final response", "background,stream")
def _():
    with c.responses.stream(model=MODEL, input=ASK, background=True) as s:
        final = s.get_final_response()
    with c.responses.stream(response_id=final.id, starting_after=2) as s:
        seqs = [e.sequence_number for e in s]
        again = s.get_final_response()
    need(seqs and min(seqs) > 2, "events before starting_after")
    eq(again.output_text, final.output_text, "text")


@t.case("webhook: delivered for a background response and unwrapped with its signature", "webhooks")
def _():
    got, ev = [], threading.Event()

    class H(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            got.append((self.rfile.read(int(self.headers["content-length"])), dict(self.headers)))
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()
            ev.set()

        def log_message(self, *a):
            pass

    srv = http.server.ThreadingHTTPServer(("127.0.0.1", int(os.environ.get("WEBHOOK_PORT", "0"))), H)
    threading.Thread(target=srv.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{srv.server_port}/hook"
    ep = None
    try:
        secret = os.environ.get("WEBHOOK_SECRET")
        if not secret:
            try:
                ep = c.webhooks.create(name="harness", url=url, event_types=["response.completed"])
            except openai.APIStatusError as e:
                raise Skip(f"no webhook endpoints (HTTP {e.status_code}); set WEBHOOK_PORT and WEBHOOK_SECRET") from e
            secret = ep.signing_secret
        r = c.responses.create(model=MODEL, input=ASK, background=True)
        settle(r)
        need(ev.wait(15), "no delivery within 15s")
        body, headers = got[0]
        x = c.webhooks.unwrap(body.decode(), headers, secret=secret)
        eq((x.type, x.data.id), ("response.completed", r.id), "webhook event")
        raises(
            openai.InvalidWebhookSignatureError, lambda: c.webhooks.unwrap(body.decode() + " ", headers, secret=secret)
        )
    finally:
        if ep is not None:
            c.webhooks.delete(ep.id)
        srv.shutdown()


# ---- other endpoints ---------------------------------------------------------------------


@t.case("input_tokens.count", "input-tokens")
def _():
    n = c.responses.input_tokens.count(model=MODEL, input=ASK)
    eq(n.object, "response.input_tokens", "object")
    need(is_int(n.input_tokens) and n.input_tokens > 0, f"input_tokens {n.input_tokens}")
    more = c.responses.input_tokens.count(model=MODEL, input=ASK * 50)
    need(more.input_tokens > n.input_tokens, "a longer input counts no more tokens")


@t.case("compact: the result is usable as input", "compaction")
def _():
    r = c.responses.compact(
        model=MODEL, input=[{"role": "user", "content": "Remember 7."}, {"role": "assistant", "content": "Noted."}]
    )
    eq(r.object, "response.compaction", "object")
    x = [i.to_dict() for i in r.output]
    comp = [i for i in x if i["type"] == "compaction"]
    need(comp and comp[-1].get("encrypted_content") and comp[-1].get("id"), "no compaction item")
    check_usage(d(r)["usage"])
    check_response(d(c.responses.create(model=MODEL, input=[*x, {"role": "user", "content": "Which number?"}])))


@t.case("conversations: life cycle", "conversations")
def _():
    v = c.conversations.create(metadata={"a": "b"}, items=[{"type": "message", "role": "user", "content": "Hi."}])
    eq((v.object, v.metadata), ("conversation", {"a": "b"}), "conversation")
    eq(c.conversations.retrieve(v.id).id, v.id, "id")
    eq(c.conversations.update(v.id, metadata={"a": "c"}).metadata, {"a": "c"}, "updated metadata")
    x = c.conversations.delete(v.id)
    eq((x.id, x.deleted, x.object), (v.id, True, "conversation.deleted"), "deleted")
    raises(openai.NotFoundError, lambda: c.conversations.retrieve(v.id))


@t.case("conversations: items", "conversations")
def _():
    v = c.conversations.create()
    made = c.conversations.items.create(
        v.id, items=[{"type": "message", "role": "user", "content": f"n{i}"} for i in range(3)]
    )
    eq(len(made.data), 3, "created items")
    got = [i.content[0].text for i in c.conversations.items.list(v.id, order="asc", limit=2)]
    eq(got, ["n0", "n1", "n2"], "listed items")
    it = c.conversations.items.retrieve(made.data[0].id, conversation_id=v.id)
    eq(it.id, made.data[0].id, "item id")
    eq(c.conversations.items.delete(made.data[0].id, conversation_id=v.id).id, v.id, "delete answers the conversation")
    eq(len(list(c.conversations.items.list(v.id))), 2, "items left")
    raises(openai.NotFoundError, lambda: c.conversations.items.retrieve(made.data[0].id, conversation_id=v.id))


@t.case("conversations: responses add their input and output", "conversations")
def _():
    v = c.conversations.create()
    r = c.responses.create(model=MODEL, input=ASK, conversation=v.id)
    eq(r.conversation.id, v.id, "response.conversation.id")
    kinds = [(i.type, getattr(i, "role", None)) for i in c.conversations.items.list(v.id, order="asc")]
    eq(kinds[0], ("message", "user"), "first item")
    need(("message", "assistant") in kinds, f"no assistant item in {kinds}")
    n = len(kinds)
    check_stream(stream(conversation={"id": v.id}, input="More."))
    need(len(list(c.conversations.items.list(v.id))) >= n + 2, "a streamed response added nothing")


@t.case("models.list", "models")
def _():
    need([m.id for m in c.models.list()], "no models")


# ---- errors ------------------------------------------------------------------------------


def raises(cls, fn):
    try:
        fn()
    except cls as e:
        need(
            isinstance(e.body, dict) if hasattr(e, "body") else True,
            f"error body is {type(getattr(e, 'body', None)).__name__}, no error object",
        )
        return e
    except openai.APIStatusError as e:
        raise AssertionError(f"want {cls.__name__}, got {type(e).__name__} (HTTP {e.status_code})") from e
    raise AssertionError(f"want {cls.__name__}, got an answer")


def check_error(e, typ="invalid_request_error"):
    need(isinstance(e.body, dict), "no error object in the body")
    need(isinstance(e.body.get("message"), str) and e.body["message"], "error.message missing")
    need("code" in e.body and "param" in e.body, f"error lacks code or param: {sorted(e.body)}")
    if typ:
        eq(e.type, typ, "error.type")


@t.case("errors: a temperature out of range is a BadRequestError naming it", "errors")
def _():
    e = raises(openai.BadRequestError, lambda: c.responses.create(model=MODEL, input=ASK, temperature=99))
    check_error(e)
    eq(e.param, "temperature", "error.param")


@t.case("errors: missing model is a BadRequestError", "errors")
def _():
    check_error(raises(openai.BadRequestError, lambda: c.responses.create(input=ASK)))


@t.case("errors: input of a wrong type is a BadRequestError", "errors")
def _():
    check_error(raises(openai.BadRequestError, lambda: c.responses.create(model=MODEL, input=7)))


@t.case("errors: an unknown previous_response_id is refused, streamed or not", "errors,continuation")
def _():
    for s in (False, True):
        try:
            x = c.responses.create(model=MODEL, input=ASK, previous_response_id="resp_" + "0" * 48, stream=s)
            list(x) if s else None
        except (openai.BadRequestError, openai.NotFoundError) as e:
            check_error(e)
            continue
        raise AssertionError("accepted" + (" when streaming" if s else ""))


@t.case("errors: previous_response_id with conversation is a BadRequestError", "errors,conversations")
def _():
    r = c.responses.create(model=MODEL, input=ASK)
    check_error(
        raises(
            openai.BadRequestError,
            lambda: c.responses.create(
                model=MODEL, input=ASK, previous_response_id=r.id, conversation="conv_" + "0" * 48
            ),
        )
    )


@t.case("errors: unknown response id is a NotFoundError on every route", "errors,stored")
def _():
    bad = "resp_" + "0" * 48
    for fn in (
        c.responses.retrieve,
        c.responses.delete,
        c.responses.cancel,
        lambda i: list(c.responses.input_items.list(i)),
    ):
        check_error(raises(openai.NotFoundError, lambda: fn(bad)))


@t.case("errors: a wrong key is an AuthenticationError", "errors")
def _():
    k = OpenAI(base_url=BASE_URL, api_key=API_KEY + "-wrong", max_retries=0)
    try:
        k.responses.create(model=MODEL, input=ASK)
    except openai.AuthenticationError as e:
        return check_error(e, None)
    if os.environ.get("STRICT_AUTH"):
        raise AssertionError("a wrong key was accepted")
    raise Skip("the server checks no keys (STRICT_AUTH=1 makes this a failure)")


@t.case("errors: 429 is a RateLimitError", "errors")
def _():
    kw = fault("429")
    e = raises(openai.RateLimitError, lambda: c.responses.create(**kw))
    need(e.response.headers.get("retry-after") or e.response.headers.get("retry-after-ms"), "no retry-after header")


@t.case("errors: a 429 followed by success is retried by the client", "errors")
def _():
    kw = fault("429_ONCE")
    if kw["input"] == "hello":
        kw["input"] = f"retry please {time.time()}"
    check_response(d(OpenAI(base_url=BASE_URL, api_key=API_KEY, max_retries=2).responses.create(**kw)), None)


@t.case("errors: 500 is an InternalServerError", "errors")
def _():
    kw = fault("500")
    raises(openai.InternalServerError, lambda: c.responses.create(**kw))


@t.case("errors: a failed response arrives as response.failed", "errors,stream")
def _():
    kw = fault("FAILED")
    evs = [d(e) for e in c.responses.create(stream=True, **kw)]
    final = check_stream(evs, "response.failed")
    need(
        final["status"] == "failed" and final["error"]["code"] and final["error"]["message"],
        "no error in the failed response",
    )


@t.case("errors: an incomplete response arrives as response.incomplete", "errors,stream")
def _():
    kw = fault("INCOMPLETE")
    final = check_stream([d(e) for e in c.responses.create(stream=True, **kw)], "response.incomplete")
    need(final["incomplete_details"]["reason"] in ("max_output_tokens", "content_filter"), "no reason")
    eq(final["status"], "incomplete", "status")


@t.case("errors: an error event in the stream reaches the caller", "errors,stream")
def _():
    kw = fault("ERROR_EVENT")
    try:
        evs = [d(e) for e in c.responses.create(stream=True, **kw)]
    except openai.APIError:
        return
    eq(evs[-1]["type"], "error", "last event")
    need(
        isinstance(evs[-1].get("message") or (evs[-1].get("error") or {}).get("message"), str),
        "error event without message",
    )


@t.case("errors: a refusal is a refusal part", "errors")
def _():
    kw = fault("REFUSAL")
    with c.responses.stream(**kw) as s:
        r = s.get_final_response()
    need(
        any(p.type == "refusal" and p.refusal for it in r.output if it.type == "message" for p in it.content),
        "no refusal part",
    )


# ---- async -------------------------------------------------------------------------------


@t.case("async: create, stream and eight at once", "text,stream")
def _():
    async def go():
        async with AsyncOpenAI(base_url=BASE_URL, api_key=API_KEY, max_retries=0) as a:
            check_response(d(await a.responses.create(model=MODEL, input=ASK)))
            check_stream([d(e) async for e in await a.responses.create(model=MODEL, input=ASK, stream=True)])
            async with a.responses.stream(model=MODEL, input=ASK, text_format=Report) as s:
                need(isinstance((await s.get_final_response()).output_parsed, Report), "no parsed output")

            async def one(i):
                evs = [d(e) async for e in await a.responses.create(model=MODEL, input=f"{ASK} {i}", stream=True)]
                return check_stream(evs)["id"]

            eq(len(set(await asyncio.gather(*map(one, range(8))))), 8, "distinct response ids")

    asyncio.run(go())


# ---- websocket ---------------------------------------------------------------------------


def ws_turn(conn, **kw):
    conn.response.create(model=MODEL, **kw)
    evs = []
    while True:
        e = d(conn.recv())
        evs.append(e)
        if e["type"] in ("response.completed", "response.failed", "response.incomplete", "error"):
            return evs


@t.case("websocket: a turn, a continued turn, an unsaved one", "websocket")
def _():
    with c.responses.connect() as conn:
        a = check_stream(ws_turn(conn, input=ASK))
        b = check_stream(ws_turn(conn, input="More.", previous_response_id=a["id"]))
        eq(b["previous_response_id"], a["id"], "previous_response_id")
        x = check_stream(ws_turn(conn, input=ASK, store=False))
        check_stream(ws_turn(conn, input="More.", previous_response_id=x["id"], store=False))


@t.case("websocket: tool call round trip", "websocket")
def _():
    with c.responses.connect() as conn:
        a = check_stream(ws_turn(conn, input="Weather in Oslo?", tools=[WEATHER_TOOL], tool_choice=FORCED))
        check_stream(
            ws_turn(
                conn, previous_response_id=a["id"], input=outputs(calls_of(a)), tools=[WEATHER_TOOL], tool_choice="none"
            )
        )


@t.case("websocket: warm-up with generate=false gives a usable id and no output", "websocket")
def _():
    with c.responses.connect() as conn:
        evs = ws_turn(conn, input=ASK, generate=False)
        eq(evs[-1]["type"], "response.completed", "last event")
        eq(evs[-1]["response"]["output"], [], "output")
        check_stream(ws_turn(conn, input="Go on.", previous_response_id=evs[-1]["response"]["id"]))


@t.case("websocket: an error event, and the socket goes on", "websocket")
def _():
    with c.responses.connect() as conn:
        e = ws_turn(conn, input=ASK, previous_response_id="resp_" + "0" * 48)[-1]
        eq(e["type"], "error", "event")
        need(is_int(e.get("status")) and 400 <= e["status"] < 500, f"error status {e.get('status')}")
        eq(e["error"]["code"], "previous_response_not_found", "error.code")
        check_stream(ws_turn(conn, input=ASK))


@t.case("websocket: two lanes interleaved through the SDK's session", "websocket")
def _():
    from openai.lib.responses_websocket import ResponsesWebSocketLimits, ResponsesWebSocketSession

    limits = ResponsesWebSocketLimits(
        max_lanes=8, max_events_per_lane=4096, max_events=8192, max_bytes_per_lane=1 << 24, max_bytes=1 << 25
    )
    with (
        c.responses.connect(websocket_connection_options={"max_size": None}) as conn,
        ResponsesWebSocketSession(conn, limits=limits) as s,
    ):
        lanes = [s.lane("a"), s.lane("b")]
        for lane in lanes:
            lane.send({"type": "response.create", "model": MODEL, "input": ASK})
        ids = {lane.get_final_response(timeout=30).id for lane in lanes}
        eq(len(ids), 2, "distinct responses")


# ---- chat completions --------------------------------------------------------------------

CHAT_TOOL = {
    "type": "function",
    "function": {k: WEATHER_TOOL[k] for k in ("name", "description", "parameters", "strict")},
}
MSGS = [{"role": "user", "content": ASK}]


@t.case("chat: create", "chat")
def _():
    r = c.chat.completions.create(model=MODEL, messages=MSGS)
    eq(r.object, "chat.completion", "object")
    need(r.choices[0].message.content and r.choices[0].finish_reason == "stop", "no content or finish_reason")
    eq(r.usage.total_tokens, r.usage.prompt_tokens + r.usage.completion_tokens, "usage total")


@t.case("chat: stream with usage", "chat")
def _():
    chunks = list(
        c.chat.completions.create(model=MODEL, messages=MSGS, stream=True, stream_options={"include_usage": True})
    )
    need("".join((x.choices[0].delta.content or "") for x in chunks if x.choices), "no text")
    eq([x.choices[0].finish_reason for x in chunks if x.choices][-1], "stop", "finish_reason")
    need(chunks[-1].usage and not chunks[-1].choices, "last chunk is not the usage chunk")


@t.case("chat: tool call round trip, streamed helper too", "chat")
def _():
    force = {"type": "function", "function": {"name": "get_weather"}}
    r = c.chat.completions.create(model=MODEL, messages=MSGS, tools=[CHAT_TOOL], tool_choice=force)
    call = r.choices[0].message.tool_calls[0]
    valid(json.loads(call.function.arguments), WEATHER_PARAMS)
    msgs = [*MSGS, r.choices[0].message.to_dict(), {"role": "tool", "tool_call_id": call.id, "content": "21"}]
    need(
        c.chat.completions.create(model=MODEL, messages=msgs, tools=[CHAT_TOOL], tool_choice="none")
        .choices[0]
        .message.content,
        "no answer",
    )
    with c.chat.completions.stream(model=MODEL, messages=MSGS, tools=[CHAT_TOOL], tool_choice=force) as s:
        for _e in s:
            pass
        f = s.get_final_completion()
    valid(json.loads(f.choices[0].message.tool_calls[0].function.arguments), WEATHER_PARAMS)


@t.case("chat: parse", "chat")
def _():
    r = c.chat.completions.parse(model=MODEL, messages=MSGS, response_format=Report)
    need(isinstance(r.choices[0].message.parsed, Report), "no parsed model")


# ---- strict typing -----------------------------------------------------------------------


def typed(obj, model):
    """Validate a raw object with the SDK's generated models, strictly (the SDK itself never does)."""
    if not (isinstance(model, type) and issubclass(model, BaseModel)):
        args = typing.get_args(typing.get_args(model)[0] if typing.get_origin(model) is typing.Annotated else model)
        model = next((m for m in args if obj["type"] in typing.get_args(m.model_fields["type"].annotation)), None)
        need(model, f"event type {obj['type']} is unknown to the SDK")
    try:
        model.model_validate(obj, strict=True)
    except ValidationError as e:
        errs = e.errors()
        # drop the union branches whose own type tag does not match
        off = [
            x["loc"][:-1]
            for x in errs
            if x["loc"] and x["loc"][-1] in ("type", "role", "mode") and x["type"] in ("literal_error", "missing")
        ]
        errs = [x for x in errs if not any(x["loc"][: len(o)] == o for o in off if o)] or errs
        raise AssertionError(
            f"{obj.get('type') or model.__name__}: "
            + "; ".join(f"{'.'.join(map(str, x['loc']))}: {x['msg']}" for x in errs[:3])
        ) from e


t.main()
