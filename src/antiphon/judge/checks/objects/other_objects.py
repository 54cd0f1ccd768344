"""Objects next to responses: compactions, token counts, conversations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from antiphon.contract.schemas.schema_error import format_value
from antiphon.judge.checks.store.responses import deleted_violations
from antiphon.judge.checks.usage.counts import COUNTS, sum_violations
from antiphon.judge.registry import Violation, check
from antiphon.judge.subjects.responses import Success
from antiphon.judge.values import MISSING, a_dict, a_list, is_count, is_integer, is_text, objects, violation_at


def _compacted(reply: Success) -> bool:
    return reply.operation == "compact"


def _output(reply: Success) -> list[Any]:
    return a_list(a_dict(reply.body).get("output")) if _compacted(reply) else []


@check("compact.object", subject=Success, applies=_compacted)
def compact_object(reply: Success) -> Iterator[Violation]:
    """A compaction has id, object, created_at, output and usage."""
    body = a_dict(reply.body)
    good = {
        "id": (is_text(body.get("id")), "a string that is not empty"),
        "object": (body.get("object") == "response.compaction", "'response.compaction'"),
        "created_at": (is_integer(body.get("created_at")), "an integer of seconds"),
        "output": (isinstance(body.get("output"), list), "a list"),
        "usage": (isinstance(body.get("usage"), dict), "an object"),
    }
    for name, (holds, expected) in good.items():
        if not holds:
            yield violation_at(f"/{name}", expected, body.get(name, MISSING))
    for number, item in enumerate(_output(reply)):
        if not isinstance(item, dict):
            yield violation_at(f"/output/{number}", "an object", item)


@check(
    "compact.ends-with-compaction",
    subject=Success,
    applies=lambda reply: (
        isinstance(a_dict(reply.body).get("output"), list)
        and _compacted(reply)
        and all(is_text(a_dict(item).get("type")) for item in _output(reply))
    ),
)
def ends_with_compaction(reply: Success) -> Iterator[Violation]:
    """The output of a compaction ends with one compaction item."""
    types = [str(a_dict(item).get("type")) for item in _output(reply)]
    if types.count("compaction") != 1 or types[-1] != "compaction":
        yield Violation("/output", "one compaction item, as the last", ", ".join(types) or "an empty list")


def _compactions(reply: Success) -> list[tuple[int, Mapping[str, Any]]]:
    return [(number, item) for number, item in enumerate(_output(reply)) if a_dict(item).get("type") == "compaction"]


@check("compact.encrypted", subject=Success, applies=lambda reply: bool(_compactions(reply)))
def compact_encrypted(reply: Success) -> Iterator[Violation]:
    """The compaction item has non-empty encrypted content."""
    for number, item in _compactions(reply):
        if not is_text(item.get("encrypted_content")):
            got = item.get("encrypted_content", MISSING)
            yield violation_at(f"/output/{number}/encrypted_content", "a string that is not empty", got)


@check(
    "compact.usage",
    subject=Success,
    applies=lambda reply: _compacted(reply) and isinstance(a_dict(reply.body).get("usage"), dict),
)
def compact_usage(reply: Success) -> Iterator[Violation]:
    """The usage of a compaction adds up."""
    usage = reply.body["usage"]
    wrong = [name for name in COUNTS if not is_count(usage.get(name))]
    for name in wrong:
        yield violation_at(f"/usage/{name}", "an integer of at least 0", usage.get(name, MISSING))
    if not wrong:
        yield from sum_violations(usage, *COUNTS, "/usage")


def _texts(message: Mapping[str, Any]) -> str:
    content = message.get("content")
    return content if isinstance(content, str) else "".join(str(part.get("text", "")) for part in objects(content))


def _user_texts(reply: Success) -> list[str]:
    sent = reply.sent.get("input")
    if isinstance(sent, str):
        return [sent] if sent else []
    return [
        _texts(item) for item in objects(sent) if item.get("role") == "user" and item.get("type") in (None, "message")
    ]


def _is_readable(item: Mapping[str, Any]) -> bool:
    """A compaction, or a message with readable text; errors of others belong to their schema."""
    if item.get("type") == "compaction":
        return True
    parts = item.get("content")
    readable = isinstance(parts, list) and all(isinstance(a_dict(part).get("type"), str) for part in parts)
    texts = [part for part in objects(parts) if part.get("type") == "input_text"]
    return readable and is_text(item.get("role")) and all(isinstance(part.get("text"), str) for part in texts)


def _fresh(reply: Success) -> bool:
    """The whole context stands in the request, and was not compacted before."""
    if not all(_is_readable(a_dict(item)) for item in _output(reply)):
        return False
    compacted = any(item.get("type") in ("compaction", "item_reference") for item in objects(reply.sent.get("input")))
    return bool(_output(reply)) and reply.sent.get("previous_response_id") is None and not compacted


@check("compact.keeps-user-messages", subject=Success, applies=lambda reply: _fresh(reply) and bool(_user_texts(reply)))
def keeps_user_messages(reply: Success) -> Iterator[Violation]:
    """User messages stand before the compaction item as they were sent."""
    kept = [_texts(item) for item in objects(_output(reply)) if item.get("role") == "user"]
    for text in _user_texts(reply):
        if text not in kept:
            yield violation_at("/output", f"a user message with the text {format_value(text)}", kept)


@check("compact.drops-assistant-turns", subject=Success, applies=lambda reply: bool(_output(reply)))
def drops_assistant_turns(reply: Success) -> Iterator[Violation]:
    """No assistant message is left beside the compaction item."""
    for number, item in enumerate(_output(reply)):
        if a_dict(item).get("role") == "assistant":
            yield violation_at(f"/output/{number}/role", "no message of the assistant", "assistant")


@check("input-tokens.object", subject=Success, applies=lambda reply: reply.operation == "input_tokens")
def input_tokens_object(reply: Success) -> Iterator[Violation]:
    """The reply has the object response.input_tokens and an integer."""
    body = a_dict(reply.body)
    if body.get("object") != "response.input_tokens":
        yield violation_at("/object", "'response.input_tokens'", body.get("object", MISSING))
    if not is_count(body.get("input_tokens")):
        yield violation_at("/input_tokens", "an integer of at least 0", body.get("input_tokens", MISSING))


CONVERSATION = ("conversations.create", "conversations.get", "conversations.update", "conversations.items.delete")


@check("conversations.object", subject=Success, applies=lambda reply: reply.operation in CONVERSATION)
def conversation_object(reply: Success) -> Iterator[Violation]:
    """A conversation has id, object, created_at and metadata."""
    body = a_dict(reply.body)
    if not is_text(body.get("id")):
        yield violation_at("/id", "a string that is not empty", body.get("id", MISSING))
    if body.get("object") != "conversation":
        yield violation_at("/object", "'conversation'", body.get("object", MISSING))
    if not is_integer(body.get("created_at")):
        yield violation_at("/created_at", "an integer of seconds", body.get("created_at", MISSING))
    if "metadata" not in body or not (body["metadata"] is None or isinstance(body["metadata"], dict)):
        yield violation_at("/metadata", "an object or null", body.get("metadata", MISSING))


def _deleted(reply: Success, kind: str) -> Iterator[Violation]:
    yield from deleted_violations(reply)
    if isinstance(reply.body, dict) and reply.body.get("object") != kind:
        yield violation_at("/object", repr(kind), reply.body.get("object", MISSING))


@check("conversations.deleted-object", subject=Success, applies=lambda reply: reply.operation == "conversations.delete")
def conversation_deleted(reply: Success) -> Iterator[Violation]:
    """The answer to a delete names the id, conversation.deleted and deleted true."""
    yield from _deleted(reply, "conversation.deleted")


@check("chat.stored.deleted-object", subject=Success, applies=lambda reply: reply.operation == "chat.delete")
def completion_deleted(reply: Success) -> Iterator[Violation]:
    """The answer to a delete names the id, chat.completion.deleted and deleted true."""
    yield from _deleted(reply, "chat.completion.deleted")
