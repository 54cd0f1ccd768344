"""Legal streams, generated from the tables of `spec/streams.yaml`.

`build` makes one from a source of randomness; `streams` is the strategy. Every item type, part kind and ending of the
tables occurs, and texts differ from each other, so that a lost or moved delta changes a sum.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count
from random import Random
from typing import Any

from hypothesis import strategies as st

from antiphon.contract.streams import BlockRow, EventRow, StateMachine, SumRow, Tables, tables
from antiphon.judge.json_pointer import replace_at

Event = dict[str, Any]
COMPLETED, INCOMPLETE, FAILED = "response.completed", "response.incomplete", "response.failed"
ALL_ENDINGS = (COMPLETED, COMPLETED, COMPLETED, INCOMPLETE, FAILED)
CREATED_AT = 1_780_000_000

TEMPLATES: dict[str, Event] = {
    "message": {"role": "assistant", "status": "in_progress", "content": []},
    "reasoning": {"summary": [], "encrypted_content": "begun"},
    "function_call": {"status": "in_progress", "call_id": "call_1", "name": "lookup", "arguments": ""},
    "custom_tool_call": {"status": "in_progress", "call_id": "call_1", "name": "shout", "input": ""},
    "web_search_call": {"status": "in_progress"},
    "file_search_call": {"status": "in_progress", "queries": [], "results": None},
    "code_interpreter_call": {"status": "in_progress", "code": "", "container_id": "cntr_1", "outputs": None},
    "image_generation_call": {"status": "in_progress", "result": None},
    "mcp_list_tools": {"server_label": "docs", "tools": []},
    "mcp_call": {"status": "in_progress", "server_label": "docs", "name": "find", "arguments": "", "output": None},
    "shell_call": {"status": "in_progress", "call_id": "call_1", "action": {"commands": []}},
    "shell_call_output": {"status": "in_progress", "call_id": "call_1", "output": []},
    "apply_patch_call": {
        "status": "in_progress",
        "call_id": "call_1",
        "operation": {"type": "create_file", "path": "a.txt", "diff": ""},
    },
    "compaction": {"encrypted_content": "sealed"},
    "program": {"call_id": "call_1", "code": "", "fingerprint": "old"},
}
ANNOTATION = {"type": "url_citation", "url": "https://example.org", "title": "A page", "start_index": 0, "end_index": 1}
RAW = frozenset({"raw_reasoning"})


@dataclass
class Plan:
    """One item: its events without numbers, and its body when it is done."""

    added: Event
    inner: list[Event] = field(default_factory=list)
    done: Event = field(default_factory=dict)


class Maker:
    """Makes items for one stream."""

    def __init__(self, rules: Tables, random: Random, raw: bool) -> None:
        self._rules = rules
        self._random = random
        self._raw = raw
        self._words = count()
        self._padded = random.random() < 0.5

    def word(self) -> str:
        """A text that no other delta of the stream has."""
        return f"w{next(self._words)} é "

    def item(self, kind: str, index: int) -> Plan:
        """An item of a type, complete."""
        id_ = f"{kind[:3]}_{index}"
        body = {"id": id_, "type": kind, **TEMPLATES.get(kind, {"status": "in_progress", "call_id": "call_1"})}
        plan = Plan(body, done=dict(body))
        row = self._rules.items[kind]
        if row.machine is not None:
            self._run(plan, row.machine, {"item_id": id_, "output_index": index}, None)
        for name in row.blocks:
            self._blocks(plan, self._rules.blocks[name], index)
        if "status" in plan.done:
            plan.done["status"] = "completed"
        if kind == "reasoning":
            plan.done["encrypted_content"] = "finished"
        return plan

    def _blocks(self, plan: Plan, table: BlockRow, index: int) -> None:
        kinds = [kind for kind, machine in table.kinds.items() if plan.added["type"] in machine.of]
        if plan.added["type"] == "reasoning" and table.place == ("content",) and (table.name in RAW) is not self._raw:
            return
        for number in range(self._random.choice([0, 1, 1, 2])):
            kind = self._random.choice(kinds)
            self._block(plan, table, kind, table.kinds[kind], index, number)

    def _block(self, plan: Plan, table: BlockRow, kind: str, machine: StateMachine, index: int, number: int) -> None:
        place = {"item_id": plan.added["id"], "output_index": index, table.index: number}
        part: Event = {"type": kind, machine.text or "text": ""}
        if kind == "output_text":
            part |= {"annotations": [], "logprobs": []}
        if table.opens:
            opening = {"command": ""} if table.name == "command" else {"part": part}
            self._emit(plan, table.opens, place, opening)
        text, annotations = self._run(plan, machine, place, table)
        part = part | {machine.text or "text": text} | ({"annotations": annotations} if annotations else {})
        if table.name in ("content", "summary"):
            self._emit(plan, table.closes, place, {"part": part})
            plan.done = replace_at(plan.done, (*table.place, number), part)
        elif table.name == "command":
            self._emit(plan, table.closes, place, {"command": text})
            plan.done = replace_at(plan.done, (*table.place, number), text)
        elif table.name in RAW:
            self._emit(plan, table.closes, place, {"text": text})
            plan.done = replace_at(plan.done, (*table.place, number), part)
        else:
            output = [{"stdout": text, "stderr": "", "outcome": {"type": "exit", "exit_code": 0}}]
            self._emit(plan, table.closes, place, {"output": output})
            plan.done = replace_at(plan.done, (*table.place, number), output[0])

    def _run(self, plan: Plan, machine: StateMachine, place: Event, table: BlockRow | None) -> tuple[str, list[Event]]:
        """Walk a machine from its start to one of its ends; the text and the annotations that it said."""
        state, text, annotations, images = machine.start, "", list[Event](), 0
        ends = machine.ends | machine.empty_ends
        while True:
            rows = list(machine.states.get(state, {}))
            if state in ends and (not rows or self._random.random() < 0.4):
                return text, annotations
            kind = self._random.choice(rows)
            row, sums = self._rules.events[kind], self._rules.sum_of_delta.get(kind)
            fields: Event = {}
            if sums is not None:
                word = self.word()
                fields["delta"], text = ({"stdout": word} if sums.parts else word), text + word
            elif kind.endswith("annotation.added"):
                fields = {"annotation_index": len(annotations), "annotation": ANNOTATION | {"title": self.word()}}
                annotations.append(fields["annotation"])
            elif kind.endswith("partial_image"):
                fields, images = {"partial_image_index": images, "partial_image_b64": "aGVsbG8="}, images + 1
            elif row.role == "done":
                sums = self._rules.sum_of_done[kind]
                fields[sums.done.key] = text
                self._put(plan, sums, table, text)
            self._emit(plan, kind, place, fields)
            state = machine.states[state][kind]

    def _put(self, plan: Plan, sums: SumRow, table: BlockRow | None, text: str) -> None:
        if table is None and sums.item is not None:
            plan.done = replace_at(plan.done, sums.item.place, text)

    def _emit(self, plan: Plan, kind: str, place: Event, fields: Event) -> None:
        row: EventRow = self._rules.events[kind]
        event = {"type": kind, **place, **fields}
        if not row.names_item:
            del event["item_id"]
        if kind in ("response.output_text.delta", "response.output_text.done"):
            event["logprobs"] = []
        if self._padded and row.role == "delta":
            event["obfuscation"] = "x" * self._random.randrange(1, 9)
        plan.inner.append(event)


def build(
    random: Random, kinds: Sequence[str] = (), endings: Sequence[str] = ALL_ENDINGS, raw: bool = False
) -> list[Event]:
    """A legal stream, with items of `kinds` or of up to four types by chance; `raw` reasons as Open Responses does."""
    rules = tables()
    maker = Maker(rules, random, raw)
    known = list(rules.items)
    chosen = list(kinds) or [random.choice(known) for _ in range(random.randrange(5))]
    plans = [maker.item(kind, index) for index, kind in enumerate(chosen)]
    body = _interleaved(plans, random)
    ending = random.choice(list(endings))
    if ending == INCOMPLETE and plans and "status" in plans[-1].done:
        plans[-1].done["status"] = "incomplete"
    if ending == FAILED:
        body = body[: random.randrange(len(body) + 1)]
        if random.random() < 0.5:
            error = {"type": "server_error", "code": "server_error", "message": "It broke.", "param": None}
            body.append({"type": "error", "error": error})
    done = {event["output_index"]: event["item"] for event in body if event["type"] == "response.output_item.done"}
    events = [*_beginning(random), *body, _lifecycle(ending, [_renewed(done[index]) for index in sorted(done)])]
    for _ in range(random.choice([0, 0, 1, 2])):
        events.insert(random.randrange(1, len(events)), {"type": "keepalive"})
    if random.random() < 0.2:
        events.append({"type": "response.rate_limits.updated", "rate_limits": {}})
    return numbered(events)


def _beginning(random: Random) -> list[Event]:
    queued = random.random() < 0.2
    status = "queued" if queued else "in_progress"
    events = [_lifecycle("response.created", [], status)]
    if queued:
        events.append(_lifecycle("response.queued", [], "queued"))
    return [*events, _lifecycle("response.in_progress", [], "in_progress")]


def _interleaved(plans: list[Plan], random: Random) -> list[Event]:
    """The items one after the other, but neighbouring lists of remote tools mixed."""
    body: list[Event] = []
    waiting: list[list[Event]] = []
    for index, plan in enumerate(plans):
        added = {"type": "response.output_item.added", "output_index": index, "item": plan.added}
        done = {"type": "response.output_item.done", "output_index": index, "item": plan.done}
        if plan.added["type"] == "mcp_list_tools":
            body.append(added)
            waiting.append([*plan.inner, done])
            continue
        body += [*_mixed(waiting, random), added, *plan.inner, done]
        waiting = []
    return [*body, *_mixed(waiting, random)]


def _mixed(queues: list[list[Event]], random: Random) -> list[Event]:
    mixed = []
    while queues := [queue for queue in queues if queue]:
        mixed.append(random.choice(queues).pop(0))
    return mixed


def _renewed(item: Event) -> Event:
    fresh = {"encrypted_content": "fresh", "fingerprint": "fresh"}
    return item | {key: value for key, value in fresh.items() if key in item}


def _lifecycle(kind: str, output: list[Event], status: str = "") -> Event:
    status = status or kind.removeprefix("response.")
    usage = {"input_tokens": 1, "output_tokens": 1, "total_tokens": 2}
    response: Event = {
        "id": "resp_1",
        "object": "response",
        "created_at": CREATED_AT,
        "completed_at": CREATED_AT + 1 if status == "completed" else None,
        "status": status,
        "model": "model-1",
        "output": output,
        "error": {"code": "server_error", "message": "It broke."} if status == "failed" else None,
        "incomplete_details": {"reason": "max_output_tokens"} if status == "incomplete" else None,
        "usage": usage if status in ("completed", "incomplete") else None,
    }
    return {"type": kind, "response": response}


def numbered(events: Sequence[Event]) -> list[Event]:
    """The events with sequence numbers 0, 1, 2, …"""
    return [event | {"sequence_number": number} for number, event in enumerate(events)]


def streams(
    kinds: Sequence[str] = (), endings: Sequence[str] = ALL_ENDINGS, raw: bool = False
) -> st.SearchStrategy[list[Event]]:
    """Legal streams, as a strategy."""
    return st.randoms(use_true_random=False).map(lambda random: build(random, kinds, endings, raw))
