"""pi (npm @earendil-works/pi-coding-agent), run non-interactively with its openai-responses API."""

import os

from lib.forcer import forced
from lib.harness import API_KEY, BASE_URL, MODEL, Suite, fault, need, short
from lib.program import Desk, check_round_trip

PI = os.environ["NPM_BIN"] + "/pi"
t = Suite("pi")
HELLO = "Say hello in one short sentence. Run no commands."


class Pi(Desk):
    """pi with the server as its only provider; it may read files, and no more."""

    def __init__(self, base_url=BASE_URL, model=MODEL, headers=None, reasoning=False):
        super().__init__("pi")
        entry = {
            "id": model,
            "name": model,
            "reasoning": reasoning,
            "input": ["text"],
            "contextWindow": 128000,
            "maxTokens": 4096,
            "cost": {"input": 0, "output": 0, "cacheRead": 0, "cacheWrite": 0},
        }
        provider = {"baseUrl": base_url, "api": "openai-responses", "apiKey": API_KEY, "models": [entry]}
        self.model = model
        self.write(
            ".pi/agent/models.json", {"providers": {"sut": provider | ({"headers": headers} if headers else {})}}
        )
        self.write(".pi/agent/settings.json", {"retry": {"enabled": False}})

    def ask(self, prompt, *options):
        """The last message of the assistant."""
        command = [PI, "--offline", "--provider", "sut", "--model", self.model, "--tools", "read", "--mode", "json"]
        self.code, events = self.run([*command, *options, "-p", prompt], PI_TELEMETRY="0")
        said = [e["message"] for e in events if e["type"] == "message_end" and e["message"]["role"] == "assistant"]
        self.deltas = [
            e["assistantMessageEvent"]["delta"]
            for e in events
            if e["type"] == "message_update" and e["assistantMessageEvent"]["type"] == "text_delta"
        ]
        need(said, f"no message of the assistant (exit code {self.code})")
        return said[-1]


def text_of(message):
    need(message["stopReason"] == "stop", f"{message['stopReason']}: {short(message.get('errorMessage') or '')}")
    text = "".join(part["text"] for part in message["content"] if part["type"] == "text")
    need(text, "no text")
    return text


@t.case("prompt: text", "text,stream")
def _():
    with Pi() as pi:
        text = text_of(pi.ask(HELLO))
        need(text == "".join(pi.deltas), f"deltas joined: got {short(''.join(pi.deltas))}, want {short(text)}")


@t.case("prompt: usage reaches the client", "text,stream")
def _():
    with Pi() as pi:
        usage = pi.ask(HELLO)["usage"]
        need(usage["input"] > 0 and usage["output"] > 0, f"usage {usage}")


@t.case("prompt: reasoning asked for", "stream,reasoning")
def _():
    with Pi(reasoning=True) as pi:
        text_of(pi.ask(HELLO, "--thinking", "low"))


@t.case("prompt: a call of a tool runs, its output goes back", "tools,stream")
def _():
    with forced() as (url, seen), Pi(base_url=url) as pi:
        text_of(pi.ask("Read the file notes.txt"))
        check_round_trip(seen)


@t.case("prompt: a second turn replays the first", "continuation,stream")
def _():
    with Pi() as pi:
        text_of(pi.ask(HELLO))
        text_of(pi.ask("Say it again. Run no commands.", "--continue"))


def stops_with_error(name):
    kw = fault(name)
    with Pi(model=kw["model"], headers=kw.get("extra_headers")) as pi:
        said = pi.ask(HELLO if kw["input"] == "hello" else kw["input"])
        need(said["stopReason"] == "error" and said.get("errorMessage"), f"stopReason {said['stopReason']}")


@t.case("errors: a failed response ends the turn with its error", "errors,stream")
def _():
    stops_with_error("FAILED")


@t.case("errors: a stream that stops early ends the turn with an error", "errors,stream")
def _():
    stops_with_error("TRUNCATED")


t.main()
