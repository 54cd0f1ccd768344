"""Shared by the Python client scripts: case runner, knobs, and wire checks.

Environment (set by run.sh): BASE_URL, API_KEY, MODEL.
Optional knobs: CASES / SKIP_CASES (regex over "client: case"), CASE_TIMEOUT (seconds),
STRICT_AUTH=1, and FAULT_* triggers (see README.md).
"""

import json
import os
import re
import signal
import sys
import time
import traceback
import urllib.parse
import urllib.request
import warnings

warnings.filterwarnings("ignore", message="Pydantic serializer warnings")

BASE_URL = os.environ["BASE_URL"].rstrip("/")
API_KEY = os.environ["API_KEY"]
MODEL = os.environ["MODEL"]
TIMEOUT = int(os.environ.get("CASE_TIMEOUT", "90"))

# A schema that exercises nesting, enums, arrays, $defs and nullability, strict-mode clean.
REPORT_SCHEMA = {
    "type": "object",
    "properties": {
        "title": {"type": "string"},
        "level": {"type": "string", "enum": ["low", "high"]},
        "count": {"type": "integer"},
        "score": {"type": "number"},
        "done": {"type": "boolean"},
        "note": {"anyOf": [{"type": "string"}, {"type": "null"}]},
        "items": {"type": "array", "items": {"$ref": "#/$defs/part"}},
    },
    "required": ["title", "level", "count", "score", "done", "note", "items"],
    "additionalProperties": False,
    "$defs": {
        "part": {
            "type": "object",
            "properties": {"name": {"type": "string"}, "size": {"type": "integer"}},
            "required": ["name", "size"],
            "additionalProperties": False,
        }
    },
}
WEATHER_PARAMS = {
    "type": "object",
    "properties": {"city": {"type": "string"}, "unit": {"type": "string", "enum": ["c", "f"]}},
    "required": ["city", "unit"],
    "additionalProperties": False,
}
WEATHER_TOOL = {
    "type": "function",
    "name": "get_weather",
    "description": "Get the weather of a city.",
    "parameters": WEATHER_PARAMS,
    "strict": True,
}
TERMINAL = ("response.completed", "response.failed", "response.incomplete")


class Skip(Exception):
    pass


def switch(fault):
    """Set the fault of every later request at switch.py's server."""
    urllib.request.urlopen(BASE_URL.rsplit("/v1", 1)[0] + "/__set/" + fault).read()


def mark(label):
    """Tell a recording server whose the next requests are (MARK)."""
    if os.environ.get("MARK"):
        urllib.request.urlopen(BASE_URL.rsplit("/v1", 1)[0] + "/__case/" + urllib.parse.quote(label, safe="")).read()


def read_plan():
    """The regex of case names for each fault of the file that PLAN names, in its order."""
    path = os.environ.get("PLAN")
    if not path:
        return {}
    with open(path, encoding="utf-8") as file:
        return dict(line.rstrip("\n").split("\t") for line in file if line.strip())


def blame(error):
    """WIRE where a check of this harness failed, ASSERT where an expectation did, EXC where the client raised."""
    names = [f.name for f in traceback.extract_tb(error.__traceback__) if f.filename.endswith("harness.py")]
    if any(name.startswith("check_") for name in names):
        return "WIRE"
    return "ASSERT" if isinstance(error, AssertionError) and names else "EXC"


FEATURES = (
    "text", "stream", "tools", "structured", "continuation", "stored", "reasoning", "websocket", "webhooks",
    "conversations", "chat", "errors", "compaction", "background", "input-tokens", "models",
)  # fmt: skip


class Suite:
    """The cases of one client, in the order in which its script defines them."""

    def __init__(self, client):
        self.client, self.cases = client, []

    def case(self, name, features):
        """Register a case; `features` are what a user would call what it plays, separated by commas."""
        if unknown := set(features.split(",")) - set(FEATURES):
            raise ValueError(f"case {name!r}: unknown features {sorted(unknown)}")

        def register(play):
            self.cases.append((name, features, play))
            return play

        return register

    def chosen(self):
        """The cases that CASES names and SKIP_CASES does not, with the label of each."""
        only, skip = os.environ.get("CASES"), os.environ.get("SKIP_CASES")
        for name, features, play in self.cases:
            label = f"{self.client}: {name}"
            if not only or re.search(only, label):
                yield name, features, play, bool(skip and re.search(skip, label))

    def main(self):
        """List the cases (LIST), play them once per fault (LOOP, PLAN), or play them once."""
        if os.environ.get("LIST"):
            for name, features, _, _ in self.chosen():
                print(self.client, name, features, sep="\t")
            sys.exit()
        signal.signal(signal.SIGALRM, sound_alarm)
        plan = read_plan()
        faults = [name for name in os.environ.get("LOOP", "").split(",") if name] or list(plan)
        failed = self.play_faults(faults, plan) if faults else self.play_all()
        sys.exit(1 if failed else 0)

    def play_all(self):
        failed = 0
        for name, _, play, skipped in self.chosen():
            line = "skip asked for by SKIP_CASES" if skipped else attempt(play)
            failed += line.startswith("FAIL")
            print(f"{self.client}: {name}: {line}", flush=True)
        return failed

    def play_faults(self, faults, plan):
        failed = 0
        for fault in faults:
            switch(fault)
            for name, _, play, skipped in self.chosen():
                if skipped or not re.fullmatch(plan.get(fault, ".*"), name):
                    continue
                mark(f"{self.client}: {name}")
                began = time.time()
                line = attempt(play, blamed=True)
                failed += line.startswith("FAIL")
                print(fault, self.client, name, line, f"{time.time() - began:.1f}", sep="\t", flush=True)
        return failed


def sound_alarm(*_):
    raise TimeoutError(f"no end within {TIMEOUT}s")


def attempt(play, blamed=False):
    """Play one case: ok, skip and why, or FAIL, whose it is and why."""
    signal.alarm(TIMEOUT)
    try:
        play()
        return "ok"
    except Skip as e:
        return f"skip {e}"
    except KeyboardInterrupt:
        raise
    except BaseException as e:  # a client may raise anything, ExceptionGroup included
        return f"FAIL [{blame(e)}] {describe(e)}" if blamed else f"FAIL {describe(e)}"
    finally:
        signal.alarm(0)


def describe(e):
    while isinstance(e, BaseExceptionGroup) and e.exceptions:
        e = e.exceptions[0]
    text = f"{type(e).__name__}: {e}" if not isinstance(e, AssertionError) else str(e) or "assertion"
    if isinstance(e, AssertionError) and not str(e):
        tb = e.__traceback__
        while tb and tb.tb_next:
            tb = tb.tb_next
        text = f"assertion at line {tb.tb_lineno}" if tb else "assertion"
    return re.sub(r"\s+", " ", text)[:300]


def need(cond, msg):
    if not cond:
        raise AssertionError(msg)


def eq(got, want, what):
    need(got == want, f"{what}: got {short(got)}, want {short(want)}")


def short(x):
    s = x if isinstance(x, str) else json.dumps(x, default=str, ensure_ascii=False)
    return s if len(s) < 90 else s[:87] + "..."


def is_int(x):
    return isinstance(x, int) and not isinstance(x, bool)


def fault(name):
    """A FAULT_* trigger as create() keyword arguments, or Skip.

    Forms: 'model=NAME', 'input=TEXT', 'header=Name: value', 'metadata=key:value'.
    """
    raw = os.environ.get("FAULT_" + name)
    if not raw:
        raise Skip(f"FAULT_{name} not set")
    kind, _, value = raw.partition("=")
    kw = {"model": MODEL, "input": "hello"}
    if kind == "model":
        kw["model"] = value
    elif kind == "input":
        kw["input"] = value
    elif kind == "header":
        k, _, v = value.partition(":")
        kw["extra_headers"] = {k.strip(): v.strip()}
    elif kind == "metadata":
        k, _, v = value.partition(":")
        kw["metadata"] = {k: v}
    else:
        raise ValueError(f"FAULT_{name}: unknown form {raw!r}")
    return kw


# ---- checks on wire objects (plain dicts) -------------------------------------------------


def check_usage(u, where="usage"):
    need(isinstance(u, dict), f"{where} missing")
    for k in ("input_tokens", "output_tokens", "total_tokens"):
        need(is_int(u.get(k)) and u[k] >= 0, f"{where}.{k} is {short(u.get(k))}, not a count")
    eq(u["total_tokens"], u["input_tokens"] + u["output_tokens"], f"{where}.total_tokens")


def check_item(it, final=True):
    need(isinstance(it, dict) and isinstance(it.get("type"), str), f"output item without type: {short(it)}")
    need(isinstance(it.get("id"), str) and it["id"], f"{it['type']} item without id")
    if it["type"] == "message":
        eq(it.get("role"), "assistant", "message.role")
        need(isinstance(it.get("content"), list), "message.content is not a list")
        if final:
            need(it.get("status") in ("completed", "incomplete"), f"message.status {it.get('status')}")
            for p in it["content"]:
                need(p.get("type") in ("output_text", "refusal"), f"content part type {p.get('type')}")
                if p["type"] == "output_text":
                    need(isinstance(p.get("text"), str), "output_text.text is not a string")
                    need(isinstance(p.get("annotations"), list), "output_text.annotations is not a list")
    if it["type"] in ("function_call", "custom_tool_call"):
        for k in ("call_id", "name"):
            need(isinstance(it.get(k), str) and it[k], f"{it['type']}.{k} missing")
        if final and it["type"] == "function_call":
            need(isinstance(it.get("arguments"), str), "function_call.arguments is not a string")
            need(isinstance(json.loads(it["arguments"]), dict), "function_call.arguments is not a JSON object")
        if final and it["type"] == "custom_tool_call":
            need(isinstance(it.get("input"), str), "custom_tool_call.input is not a string")


def check_response(d, status="completed"):
    eq(d.get("object"), "response", "object")
    need(isinstance(d.get("id"), str) and d["id"], "id missing")
    need(
        isinstance(d.get("created_at"), (int, float)) and not isinstance(d["created_at"], bool),
        "created_at is not a number",
    )
    need(isinstance(d.get("model"), str) and d["model"], "model missing")
    need(isinstance(d.get("output"), list), "output is not a list")
    if status:
        eq(d.get("status"), status, "status")
    if d.get("status") == "completed":
        need(d.get("error") is None, f"error on a completed response: {short(d.get('error'))}")
        need(d["output"], "completed response has no output items")
        for it in d["output"]:
            check_item(it)
        ids = [it["id"] for it in d["output"]]
        eq(len(set(ids)), len(ids), "number of distinct item ids")
        check_usage(d.get("usage"))


def text_of(d):
    return "".join(
        p["text"] for it in d["output"] if it["type"] == "message" for p in it["content"] if p["type"] == "output_text"
    )


def calls_of(d, kind="function_call"):
    return [it for it in d["output"] if it["type"] == kind]


def check_stream(evs, terminal="response.completed"):
    """Order, ids and accumulation over a whole Responses event stream; returns the final response.

    sequence_number has cases of its own (check_sequence), so that its lack hides nothing else.
    """
    need(evs, "no events")
    eq(evs[0]["type"], "response.created", "first event")
    need(
        evs[0]["response"]["status"] in ("in_progress", "queued"),
        f"created.response.status {evs[0]['response'].get('status')}",
    )
    eq(evs[0]["response"].get("output"), [], "created.response.output")
    ends = [e["type"] for e in evs if e["type"] in TERMINAL]
    eq(ends, [terminal], "terminal events")
    eq(evs[-1]["type"], terminal, "last event")
    rid = evs[0]["response"]["id"]
    items, parts, acc = {}, {}, {}
    for e in evs:
        t = e["type"]
        if "response" in e:
            eq(e["response"]["id"], rid, f"{t}: response.id")
        if t == "response.output_item.added":
            i = e["output_index"]
            need(i not in items, f"output_index {i} added twice")
            eq(i, len(items), "output_index of the added item")
            check_item(e["item"], final=False)
            items[i] = {"added": e["item"], "done": None}
        elif t == "response.output_item.done":
            i = e["output_index"]
            need(i in items and items[i]["done"] is None, f"output_item.done for index {i} without added")
            eq(
                (e["item"]["type"], e["item"]["id"]),
                (items[i]["added"]["type"], items[i]["added"]["id"]),
                "done item's type and id",
            )
            if "call_id" in items[i]["added"]:
                eq(e["item"].get("call_id"), items[i]["added"]["call_id"], "done item's call_id")
            check_item(e["item"])
            items[i]["done"] = e["item"]
        elif "item_id" in e and "output_index" in e:
            i = e["output_index"]
            need(i in items, f"{t} before output_item.added of index {i}")
            need(items[i]["done"] is None, f"{t} after output_item.done of index {i}")
            eq(e["item_id"], items[i]["added"]["id"], f"{t}: item_id")
            key = (i, e.get("content_index"))
            if t == "response.content_part.added":
                need(key not in parts, f"content part {key} added twice")
                eq(e["content_index"], len([k for k in parts if k[0] == i]), "content_index of the added part")
                parts[key] = {"added": e["part"], "done": None}
            elif t == "response.content_part.done":
                need(key in parts, f"content_part.done for {key} without added")
                parts[key]["done"] = e["part"]
            elif t in ("response.output_text.delta", "response.refusal.delta"):
                need(key in parts, f"{t} before content_part.added of {key}")
                acc.setdefault(key, []).append(e["delta"])
            elif t == "response.output_text.done":
                eq("".join(acc.get(key, [])), e["text"], "deltas joined vs output_text.done.text")
            elif t in ("response.function_call_arguments.delta", "response.custom_tool_call_input.delta"):
                acc.setdefault(i, []).append(e["delta"])
            elif t == "response.function_call_arguments.done":
                eq("".join(acc.get(i, [])), e["arguments"], "deltas joined vs function_call_arguments.done")
            elif t == "response.custom_tool_call_input.done":
                eq("".join(acc.get(i, [])), e["input"], "deltas joined vs custom_tool_call_input.done")
    final = evs[-1]["response"]
    if terminal == "response.completed":
        check_response(final)
        eq(
            [(x["done"] or {}).get("id") for _, x in sorted(items.items())],
            [x["id"] for x in final["output"]],
            "items done vs final output ids",
        )
        for i, it in enumerate(final["output"]):
            if it["type"] == "message":
                for c, p in enumerate(it["content"]):
                    if p["type"] == "output_text":
                        eq("".join(acc.get((i, c), [])), p["text"], "deltas joined vs final text")
                        need((i, c) in parts and parts[(i, c)]["done"] is not None, "content_part.done missing")
                        eq(parts[(i, c)]["done"].get("text"), p["text"], "content_part.done text vs final text")
                eq(
                    [p.get("text") for p in items[i]["done"]["content"]],
                    [p.get("text") for p in it["content"]],
                    "output_item.done text vs final text",
                )
            if it["type"] == "function_call":
                eq("".join(acc.get(i, [])), it["arguments"], "argument deltas joined vs final arguments")
                eq(items[i]["done"]["arguments"], it["arguments"], "output_item.done arguments vs final arguments")
            if it["type"] == "custom_tool_call":
                eq("".join(acc.get(i, [])), it["input"], "input deltas joined vs final input")
    return final


def check_sequence(evs):
    for e in evs:
        need(is_int(e.get("sequence_number")), f"{e['type']}: sequence_number is {short(e.get('sequence_number'))}")
    eq([e["sequence_number"] for e in evs], list(range(len(evs))), "sequence numbers")


def valid(instance, schema):
    import jsonschema

    jsonschema.Draft202012Validator(schema).validate(instance)
