"""GitHub Copilot CLI (npm @github/copilot) with a model provider of one's own, which needs no account."""

import os
import pathlib
import uuid

from lib.forcer import forced
from lib.harness import API_KEY, BASE_URL, MODEL, Suite, eq, fault, need, short
from lib.program import Desk, check_round_trip

COPILOT = os.environ["NPM_BIN"] + "/copilot"
# the program unpacks itself into its cache when it is first run
CACHE = pathlib.Path(os.environ["NPM_BIN"]).parent / ".cache" / "copilot"
t = Suite("copilot-cli")
HELLO = "Say hello in one short sentence. Run no commands."


class Copilot(Desk):
    """The program offline, so that it talks to the server alone; it may view files, and no more."""

    def __init__(self, base_url=BASE_URL, model=MODEL, headers=None, transport="http"):
        super().__init__("copilot")
        self.settings = {
            "COPILOT_OFFLINE": "true",
            "COPILOT_PROVIDER_BASE_URL": base_url,
            "COPILOT_PROVIDER_API_KEY": API_KEY,
            "COPILOT_PROVIDER_WIRE_API": "responses",
            "COPILOT_PROVIDER_TRANSPORT": transport,
            "COPILOT_PROVIDER_HEADERS": "\n".join(f"{k}: {v}" for k, v in (headers or {}).items()),
            "COPILOT_MODEL": model,
            "XDG_CACHE_HOME": str(CACHE),
        }

    def ask(self, prompt, *options):
        command = [
            COPILOT,
            "--output-format",
            "json",
            "--no-auto-update",
            "--available-tools=view",
            "--allow-all-tools",
        ]
        self.code, self.events = self.run([*command, *options, "-p", prompt], **self.settings)
        self.errors = [e["data"] for e in self.events if e["type"] == "session.error"]
        return self

    def data(self, kind):
        return [e["data"] for e in self.events if e["type"] == kind]

    def text(self):
        """The last message, once it is what its deltas add up to."""
        need(self.code == 0, f"exit code {self.code}: {short(self.errors)}")
        said = [message for message in self.data("assistant.message") if message["content"]]
        need(said, "no message of the assistant")
        last = said[-1]
        deltas = [
            d["deltaContent"] for d in self.data("assistant.message_delta") if d["messageId"] == last["messageId"]
        ]
        eq("".join(deltas), last["content"], "deltas joined")
        return last["content"]


@t.case("prompt: text", "text,stream")
def _():
    with Copilot() as copilot:
        copilot.ask(HELLO).text()


@t.case("prompt: reasoning asked for", "stream,reasoning")
def _():
    with Copilot() as copilot:
        copilot.ask(HELLO, "--reasoning-effort", "low").text()


@t.case("prompt: a call of a tool runs, its output goes back", "tools,stream")
def _():
    with forced() as (url, seen), Copilot(base_url=url) as copilot:
        copilot.ask("View the file notes.txt").text()
        check_round_trip(seen)


@t.case("prompt: a second turn replays the first", "continuation,stream")
def _():
    session = str(uuid.uuid4())
    with Copilot() as copilot:
        copilot.ask(HELLO, "--session-id", session).text()
        copilot.ask("Say it again. Run no commands.", f"--resume={session}").text()


@t.case("websocket: text", "websocket")
def _():
    with Copilot(transport="websockets") as copilot:
        copilot.ask(HELLO).text()


def fails(name):
    kw = fault(name)
    with Copilot(model=kw["model"], headers=kw.get("extra_headers")) as copilot:
        copilot.ask(HELLO if kw["input"] == "hello" else kw["input"])
        need(copilot.code != 0 and copilot.errors, f"exit code {copilot.code}, errors {short(copilot.errors)}")


@t.case("errors: a failed response fails the turn with its message", "errors,stream")
def _():
    fails("FAILED")


@t.case("errors: a stream that stops early fails the turn", "errors,stream")
def _():
    fails("TRUNCATED")


t.main()
