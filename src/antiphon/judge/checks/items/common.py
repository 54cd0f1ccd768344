"""Every item of an output: its id, its type, and a status that its type may have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from antiphon.contract.schemas.validation import Schemas
from antiphon.contract.streams import tables
from antiphon.judge.registry import Violation, check
from antiphon.judge.schemas import schemas_for
from antiphon.judge.subjects.responses import FINAL, WHOLE, Item, ResponseObject
from antiphon.judge.values import MISSING, a_dict, is_text, violation_at

UNFINISHED = frozenset({"in_progress", "generating", "calling", "interpreting", "queued"})
"""Not `searching`: Azure leaves web searches so in completed responses (2 of 2 recordings with one, 2025-11)."""
OPEN_TYPES = frozenset({"message", "function_call", "function_call_output", "reasoning", "compaction"})
PREFIXES = {
    "message": ("msg_",),
    "reasoning": ("rs_",),
    "function_call": ("fc_",),
    "web_search_call": ("ws_",),
    "file_search_call": ("fs_",),
    "code_interpreter_call": ("ci_",),
    "image_generation_call": ("ig_",),
    "mcp_call": ("mcp_",),
    "mcp_list_tools": ("mcpl_",),
    "mcp_approval_request": ("mcpr_",),
    "custom_tool_call": ("ctc_",),
    "shell_call": ("sh_",),
    "shell_call_output": ("sho_",),
    "apply_patch_call": ("apc_",),
    "local_shell_call": ("lsh_",),
    "computer_call": ("cu_",),
    "tool_search_call": ("tsc_",),
    "tool_search_output": ("tso_",),
    "compaction": ("cmp_",),
    "program": ("cm_",),
    "program_output": ("cmo_",),
}
"""Prefixes of ids, by type, as recorded in 2025 and 2026."""


def is_final_item(item: Item) -> bool:
    """The item stands in an output, or is announced as done; what is only added has requirements of the stream."""
    return item.source in ("output", "done")


def in_output(item: Item) -> bool:
    """The item stands in the output of a response."""
    return item.source == "output"


def final(response: ResponseObject) -> bool:
    """A body, or the response at the end of a stream."""
    return response.event in WHOLE


def is_of_program(item: Mapping[str, Any]) -> bool:
    """A call that a program of the model makes; it stays in progress while the program waits (3 of 3 recordings)."""
    return a_dict(item.get("caller")).get("type") == "program"


@check("item.id-present", subject=Item, applies=lambda item: item.source in ("output", "added", "done", "compaction"))
def id_present(item: Item) -> Iterator[Violation]:
    """Every output item has a non-empty id."""
    if not is_text(item.body.get("id")):
        yield violation_at(item.at("/id"), "a string that is not empty", item.body.get("id", MISSING))


@check(
    "item.id-unique",
    subject=ResponseObject,
    sorts=FINAL,
    applies=lambda response: final(response) and any(is_text(item.get("id")) for item in response.output),
)
def id_unique(response: ResponseObject) -> Iterator[Violation]:
    """No two output items of a response share an id."""
    seen: set[str] = set()
    for number, item in enumerate(response.output):
        name = item.get("id")
        if is_text(name) and name in seen:
            yield violation_at(response.at(f"/output/{number}/id"), "an id that no item before it has", name)
        elif is_text(name):
            seen.add(name)


def _known(item: Item, name: str) -> bool:
    return name in _types(schemas_for(item)) or ":" in name


@lru_cache(maxsize=4096)
def _types(schemas: Schemas) -> frozenset[str]:
    return frozenset(schemas.item_types())


@check("item.type-known", subject=Item, applies=lambda item: item.source != "added")
def type_known(item: Item) -> Iterator[Violation]:
    """The type of every output item is one of the contract or has a namespace."""
    name = item.body.get("type", MISSING)
    if not is_text(name):
        if item.source != "done":
            yield violation_at(item.at("/type"), "a string that is not empty", name)
    elif not _known(item, name):
        yield violation_at(item.at("/type"), "a type of the contract, or one of the form slug:name", name)


@check(
    "item.type-namespaced",
    subject=Item,
    applies=lambda item: (
        is_final_item(item)
        and item.type not in OPEN_TYPES
        and is_text(item.body.get("type"))
        and _known(item, item.type)
    ),
)
def type_namespaced(item: Item) -> Iterator[Violation]:
    """An item type outside the open standard is written slug:name and has an id and a status."""
    slug, colon, name = item.type.partition(":")
    if not (slug and colon and name):
        yield violation_at(item.at("/type"), "a type of the open standard, or one of the form slug:name", item.type)
    elif not is_text(item.body.get("status")):
        yield violation_at(
            item.at("/status"), "a status, as every item outside the standard has", item.body.get("status")
        )


@check(
    "item.id-prefix",
    subject=Item,
    applies=lambda item: is_final_item(item) and is_text(item.body.get("id")) and item.type in PREFIXES,
)
def id_prefix(item: Item) -> Iterator[Violation]:
    """The id of an item begins with the prefix of its type."""
    if not item.body["id"].startswith(PREFIXES[item.type]):
        yield violation_at(
            item.at("/id"), "an id that begins with " + " or ".join(PREFIXES[item.type]), item.body["id"]
        )


def _may_stay(item: Mapping[str, Any], status: str) -> bool:
    return status in tables().tolerated["final_status"].get(str(item.get("type")), ())


@check(
    "item.status-finished",
    subject=ResponseObject,
    sorts=FINAL,
    applies=lambda response: final(response) and response.status == "completed",
)
def status_finished(response: ResponseObject) -> Iterator[Violation]:
    """No item of a completed response is in progress."""
    for number, item in enumerate(response.output):
        status = item.get("status")
        if isinstance(status, str) and status in UNFINISHED and not (is_of_program(item) or _may_stay(item, status)):
            yield violation_at(
                response.at(f"/output/{number}/status"), "a final status, as the response is completed", status
            )


@check(
    "item.status-on-all",
    subject=Item,
    sorts=("reasoning", "compaction"),
    applies=lambda item: in_output(item) and item.type in ("reasoning", "compaction"),
)
def status_on_all(item: Item) -> Iterator[Violation]:
    """Every item has a status; those of other types have requirements of their own for it."""
    if "status" not in item.body:
        yield violation_at(item.at("/status"), "a status", MISSING)
