"""opencode (npm opencode-ai): its own server, driven over HTTP as its interfaces do, against a Responses API server."""

import atexit
import http.client
import json
import os
import re
import subprocess
from contextlib import ExitStack, contextmanager
from functools import cache

from lib.forcer import forced
from lib.harness import API_KEY, BASE_URL, MODEL, Suite, eq, need, short
from lib.program import Desk, check_round_trip, end

OPENCODE = os.environ["NPM_BIN"] + "/opencode"
t = Suite("opencode")
HELLO = "Say hello in one short sentence."
SCHEMA = {
    "type": "object",
    "properties": {"title": {"type": "string"}, "level": {"type": "string", "enum": ["low", "high"]}},
    "required": ["title", "level"],
    "additionalProperties": False,
}
opened = ExitStack()
atexit.register(opened.close)


def provider(base_url):
    models = {MODEL: {"name": MODEL, "tool_call": True, "limit": {"context": 128000, "output": 4096}}}
    return {"npm": "@ai-sdk/openai", "options": {"baseURL": base_url, "apiKey": API_KEY}, "models": models}


@cache
def server():
    """Host and port of one server for all cases, and what its provider `forced` is asked for."""
    url, seen = opened.enter_context(forced(lambda body: "required" if len(body["tools"]) == 1 else "none"))
    desk = opened.enter_context(Desk("opencode"))
    desk.write(
        ".config/opencode/opencode.json",
        {
            "autoupdate": False,
            "share": "disabled",
            "small_model": f"sut/{MODEL}",
            "provider": {"sut": provider(BASE_URL), "forced": provider(url)},
            "enabled_providers": ["sut", "forced"],
        },
    )
    environment = desk.environment(OPENCODE_DISABLE_MODELS_FETCH="1", OPENCODE_DISABLE_AUTOUPDATE="1")
    process = subprocess.Popen(
        [OPENCODE, "serve", "--pure", "--port", "0"],
        cwd=desk.work,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    opened.callback(end, process)
    for line in process.stdout:
        if found := re.search(r"http://([^:/]+:\d+)", line):
            return found[1], seen
    raise RuntimeError("opencode did not start")


def call(path, body):
    connection = http.client.HTTPConnection(server()[0], timeout=60)
    connection.request("POST", path, json.dumps(body), {"content-type": "application/json"})
    reply = connection.getresponse()
    data = reply.read()
    need(reply.status == 200, f"opencode replied {reply.status}: {short(data.decode())}")
    return json.loads(data)


@contextmanager
def session():
    """The path of a session; what it still does when the case ends is stopped, retries above all."""
    path = f"/session/{call('/session', {'title': 'a case'})['id']}"
    try:
        yield path
    finally:
        call(f"{path}/abort", {})


def ask(path, text, tools=None, name="sut", **more):
    model = {"providerID": name, "modelID": MODEL}
    allowed = {"*": False, **dict.fromkeys(tools or [], True)}
    r = call(f"{path}/message", {"model": model, "tools": allowed, "parts": [{"type": "text", "text": text}], **more})
    if error := r["info"].get("error"):
        raise RuntimeError(f"{error['name']}: {short(error.get('data', {}))}")
    return r


def text_of(r):
    text = "".join(part["text"] for part in r["parts"] if part["type"] == "text")
    need(text, "no text")
    return text


@t.case("message: text", "text,stream")
def _():
    with session() as path:
        r = ask(path, HELLO)
        text_of(r)
        eq(r["info"]["finish"], "stop", "finish")


@t.case("message: usage reaches the client", "text,stream")
def _():
    with session() as path:
        tokens = ask(path, HELLO)["info"]["tokens"]
        need(tokens["input"] > 0 and tokens["output"] > 0, f"tokens {tokens}")


@t.case("message: a call of a tool runs, its output goes back", "tools,stream")
def _():
    _, seen = server()
    seen.clear()
    with session() as path:
        text_of(ask(path, "Read the file notes.txt", tools=["read"], name="forced"))
    check_round_trip([body for body in seen if body.get("tools")])


@t.case("message: a second turn replays the first", "continuation,stream")
def _():
    with session() as path:
        text_of(ask(path, HELLO))
        text_of(ask(path, "Say it again."))


t.main()
