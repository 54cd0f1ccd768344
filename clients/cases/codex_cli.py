"""The codex CLI (npm @openai/codex), run non-interactively, against a Responses API server."""

import json
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile

from lib.forcer import forced
from lib.harness import API_KEY, BASE_URL, MODEL, Suite, eq, fault, need, short, valid

CODEX = os.environ["NPM_BIN"] + "/codex"
t = Suite("codex-cli")
HELLO = "Say hello in one short sentence. Run no commands."
SCHEMA = {
    "type": "object",
    "properties": {"title": {"type": "string"}, "level": {"type": "string", "enum": ["low", "high"]}},
    "required": ["title", "level"],
    "additionalProperties": False,
}


class Codex:
    """One CODEX_HOME and work folder; exec() runs one turn in the read-only sandbox."""

    def __init__(self, base_url=BASE_URL, model=MODEL, websockets=False, headers=None, key=API_KEY, extra=""):
        self.root, self.key = pathlib.Path(tempfile.mkdtemp(prefix="codex-")), key
        (self.root / "home").mkdir()
        (self.root / "work").mkdir()
        http_headers = ", ".join(f"{json.dumps(k)} = {json.dumps(v)}" for k, v in (headers or {}).items())
        (self.root / "home/config.toml").write_text(f"""
model = {json.dumps(model)}
model_provider = "sut"
check_for_update_on_startup = false
{extra}
[analytics]
enabled = false
[model_providers.sut]
name = "sut"
base_url = {json.dumps(base_url)}
env_key = "SUT_API_KEY"
wire_api = "responses"
request_max_retries = 0
stream_max_retries = 0
stream_idle_timeout_ms = 20000
supports_websockets = {str(websockets).lower()}
http_headers = {{ {http_headers} }}
""")

    def exec(self, *args, sub=()):
        keep = {k: v for k, v in os.environ.items() if k in ("PATH", "HOME", "LANG", "TERM", "TMPDIR")}
        # `exec resume` takes no -s/-C: both come from the config and the working directory there
        opts = [] if sub else ["-s", "read-only", "-C", str(self.root / "work")]
        p = subprocess.Popen(
            [CODEX, "exec", *sub, "--json", "--skip-git-repo-check", *opts, *args],
            cwd=self.root / "work",
            env={**keep, "CODEX_HOME": str(self.root / "home"), "SUT_API_KEY": self.key},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
        )
        try:
            out, _err = p.communicate(timeout=40)
        except BaseException:
            os.killpg(p.pid, signal.SIGKILL)  # the npm wrapper and the binary it started
            p.communicate()
            raise
        self.rc = p.returncode
        self.events = [json.loads(x) for x in out.splitlines() if x.startswith("{")]
        self.items = [e["item"] for e in self.events if e["type"] == "item.completed"]
        self.failed = [e for e in self.events if e["type"] in ("turn.failed", "error")]
        return self

    def ok(self):
        why = short(json.dumps(self.failed[-1])) if self.failed else "no turn.completed"
        need(
            self.rc == 0 and any(e["type"] == "turn.completed" for e in self.events),
            f"turn not completed (exit {self.rc}): {why}",
        )
        return self

    def text(self):
        said = [i["text"] for i in self.items if i["type"] == "agent_message"]
        need(said and said[-1], "no agent message")
        return said[-1]

    def __enter__(self):
        return self

    def __exit__(self, *a):
        shutil.rmtree(self.root, ignore_errors=True)


@t.case("exec: text", "text,stream")
def _():
    with Codex() as x:
        x.exec(HELLO).ok().text()


@t.case("exec: usage reaches the client", "text,stream")
def _():
    with Codex() as x:
        x.exec(HELLO).ok()
        u = [e["usage"] for e in x.events if e["type"] == "turn.completed"][-1]
        need(u["input_tokens"] > 0 and u["output_tokens"] > 0, f"usage {u}")


@t.case("exec: --output-schema gives valid JSON", "structured,stream")
def _():
    with Codex() as x:
        (x.root / "schema.json").write_text(json.dumps(SCHEMA))
        said = (
            x.exec("--output-schema", str(x.root / "schema.json"), "Report on something as JSON. Run no commands.")
            .ok()
            .text()
        )
        valid(json.loads(said), SCHEMA)


@t.case("exec: resume replays the thread", "continuation,stream")
def _():
    with Codex() as x:
        x.exec(HELLO).ok()
        tid = next(e["thread_id"] for e in x.events if e["type"] == "thread.started")
        x.exec(tid, "Say it again. Run no commands.", sub=["resume"]).ok().text()


def shell(body):
    if not body.get("tools"):
        return "auto"

    names = [k.get("name") for k in body["tools"] if k.get("type") == "function"]
    name = next((n for n in ("exec_command", "shell_command", "shell") if n in names), None)
    return {"type": "function", "name": name} if name else "required"


@t.case("exec: a shell call runs, its output goes back, the turn ends", "tools,stream")
def _():
    # tool_choice is forced on the way; whatever command the server makes up runs in the read-only sandbox
    with forced(shell) as (url, seen), Codex(base_url=url) as x:
        x.exec("Run the command: true").ok().text()
        eq(len(seen), 2, "requests")
        back = {i["type"]: i for i in seen[1]["input"] if "call_id" in i}
        need(
            "function_call" in back and "function_call_output" in back,
            f"no call and output in the second request: {sorted(back)}",
        )
        eq(back["function_call"]["call_id"], back["function_call_output"]["call_id"], "call_id")


@t.case("exec: auto-compaction when the context is said to be full", "compaction,stream")
def _():
    with (
        forced("none") as (url, seen),
        Codex(base_url=url, extra="model_context_window = 20000\nmodel_auto_compact_token_limit = 1\n") as x,
    ):
        x.exec(HELLO).ok().text()
        tid = next(e["thread_id"] for e in x.events if e["type"] == "thread.started")
        x.exec(tid, "Say it again. Run no commands.", sub=["resume"]).ok().text()
        need(len(seen) >= 3, "nothing was compacted")


@t.case("websocket: text, then a resumed turn", "websocket")
def _():
    with Codex(websockets=True) as x:
        x.exec(HELLO).ok().text()
        need(not x.failed, f"reported {short(x.failed)}")
        tid = next(e["thread_id"] for e in x.events if e["type"] == "thread.started")
        x.exec(tid, "Say it again. Run no commands.", sub=["resume"]).ok().text()


def faulty(name):
    kw = fault(name)
    return Codex(model=kw["model"], headers=kw.get("extra_headers")), HELLO if kw["input"] == "hello" else kw["input"]


@t.case("errors: a failed response fails the turn with its message", "errors,stream")
def _():
    x, prompt = faulty("FAILED")
    with x:
        x.exec(prompt)
        need(x.rc != 0 and x.failed, "the turn did not fail")


@t.case("errors: a stream that stops early fails the turn", "errors,stream")
def _():
    x, prompt = faulty("TRUNCATED")
    with x:
        x.exec(prompt)
        need(x.rc != 0 and x.failed, "the turn did not fail")


t.main()
