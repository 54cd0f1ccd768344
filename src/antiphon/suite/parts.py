"""Valid parts of a create, and what a transcript shows of each: taken, refused on its own, or neither."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from antiphon.judge.registry import Violation
from antiphon.recording.exchange import Exchange
from antiphon.recording.outcome import Outcome, outcome
from antiphon.recording.redaction.redactor import Redactor
from antiphon.suite.observation import NotTestable

SAY_HI: dict[str, Any] = {
    "type": "message", "role": "user", "content": [{"type": "input_text", "text": "Say hi."}],
}  # fmt: skip
"""The message that ends the input of every create of parts."""
UNSUPPORTED = ("unsupported_parameter", "unsupported_value")
_ABSENT = object()
_LONGEST = 160


@dataclass(frozen=True, eq=False)
class Part:
    """A valid part of a create: fields, members that it adds to the lists of input and tools, and headers."""

    requirement: str
    fields: Mapping[str, Any] = field(default_factory=dict)
    items: tuple[Mapping[str, Any], ...] = ()
    tools: tuple[Mapping[str, Any], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    by_model: bool = False
    """A model may lack it; a refusal as unsupported is then no fault."""
    everywhere: bool = False
    """It bounds what a create costs, so every create that has room for it has it."""

    @property
    def needs_tools(self) -> bool:
        """It speaks of tools: a create without any has no room for it."""
        about = ("tool_choice", "parallel_tool_calls", "max_tool_calls")
        calls = any(str(item.get("type", "")).endswith(("_call", "_call_output")) for item in self.items)
        return bool(self.tools) or calls or any(self.fields.get(name) is not None for name in about)

    @property
    def content(self) -> str:
        """The part as JSON, shortened for a finding."""
        parts: dict[str, Any] = dict(self.fields)
        parts |= {name: value for name, value in (("input", self.items), ("tools", self.tools)) if value}
        text = json.dumps(parts | ({"headers": self.headers} if self.headers else {}), ensure_ascii=False)
        return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"

    def is_in(self, exchange: Exchange) -> bool:
        """The request of an exchange has the part."""
        sent, request = exchange.sent, exchange.request
        if not isinstance(sent, dict) or request is None:
            return False
        headers = {name.lower() for name, _ in request.headers}
        return (
            all(sent.get(name, _ABSENT) == value for name, value in self.fields.items())
            and all(_is_among(each, sent.get("input", sent.get("messages"))) for each in self.items)
            and all(_is_among(each, sent.get("tools")) for each in self.tools)
            and headers.issuperset(self.headers)
        )


def _is_among(member: Mapping[str, Any], sent: Any) -> bool:
    """A member was sent in a list; a recording covers what looks like a secret, such as the data of an image."""
    return isinstance(sent, list) and (member in sent or Redactor().json(member) in sent)


def parts_of(requirement: str, parts: Iterable[Part]) -> list[Part]:
    """The parts that show a requirement."""
    return [part for part in parts if part.requirement == requirement]


def requirements_of(*parts: Part) -> list[str]:
    """The requirements that parts show, each once."""
    return list(dict.fromkeys(part.requirement for part in parts))


def body_of(parts: Iterable[Part], tools: Sequence[Mapping[str, Any]] = ()) -> dict[str, Any]:
    """The body of a create that has all of these parts, beside tools that are offered anyhow."""
    fields: dict[str, Any] = {}
    items: list[Any] = []
    offered: list[Any] = [*tools]
    for part in parts:
        fields |= part.fields
        items += part.items
        offered += part.tools
    return {**({"tools": offered} if offered else {}), **fields, "input": [*items, SAY_HI]}


def pack(parts: Sequence[Part]) -> list[list[Part]]:
    """Groups of parts that can stand in one create, as few as it takes: no two set the same field."""
    groups: list[list[Part]] = []
    for part in (each for each in parts if not each.everywhere):
        room = next((group for group in groups if _fits(part, group)), None)
        if room is None:
            groups.append([part])
        else:
            room.append(part)
    for part in (each for each in parts if each.everywhere):
        for group in groups:
            if _fits(part, group):
                group.append(part)
    return groups


def _fits(part: Part, group: Iterable[Part]) -> bool:
    taken = {name for each in group for name in each.fields}
    return taken.isdisjoint(part.fields)


def is_taken(exchange: Exchange) -> bool:
    """A create was answered, and neither its response nor its stream failed."""
    reply = exchange.reply
    failed = isinstance(reply, dict) and reply.get("status") == "failed"
    failed = failed or any(
        event.get("type") == "error" or isinstance(event.get("error"), dict) for event in exchange.events
    )
    return outcome(exchange, routed=True) is Outcome.ANSWERED and exchange.is_success and not failed


def is_completed(exchange: Exchange) -> bool:
    """The response completed, or says nothing of its status: that is missed by a requirement of its own."""
    reply = exchange.reply
    return exchange.is_success and isinstance(reply, dict) and reply.get("status") in (None, "completed")


def is_refused(exchange: Exchange) -> bool:
    """A create was refused, broke the server, or failed; one that got no answer, or none for now, was not."""
    kind = outcome(exchange, routed=True)
    if exchange.status in (401, 403, 408):
        return False
    return kind in (Outcome.REFUSED, Outcome.BROKE) or (kind is Outcome.ANSWERED and not is_taken(exchange))


def names_field(exchange: Exchange, *names: str) -> bool:
    """A refusal is about one of these fields, by the words of the server."""
    return exchange.is_client_error and any(name in exchange.content.decode("utf-8", "replace") for name in names)


def _said(exchange: Exchange) -> Any:
    """The reply; of a refusal without a note of what is read, for words are looked for wherever they stand."""
    if exchange.is_success:
        return exchange.reply
    try:
        return json.loads(exchange.content)
    except (ValueError, RecursionError):
        return None


def words_of(exchange: Exchange) -> str:
    """What a refusal says, in the words of the server."""
    body = _said(exchange)
    error = body.get("error") if isinstance(body, dict) else None
    message = error.get("message") if isinstance(error, dict) else None
    text = str(message or exchange.content.decode("utf-8", "replace"))
    text = text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
    return f"{exchange.status}: {text}" if not exchange.is_success else f"it failed: {text}"


def names_one_of(refusal: Exchange, names: Iterable[str]) -> bool:
    """A refusal speaks of one of these fields."""
    body = _said(refusal)
    error = body.get("error", body) if isinstance(body, dict) else None
    words = json.dumps(error) if error else refusal.content.decode("utf-8", "replace")
    return any(re.search(rf"\b{re.escape(name)}\b", words) for name in names)


def find_refused_part(
    judged: Iterable[Part], parts: Sequence[Part], transcript: Sequence[Exchange]
) -> Violation | None:
    """The first of some of all parts that is refused on its own, where a create without it is taken.

    Raises NotTestable where none is, and one was not taken either.
    """
    unclear = ""
    for part in (each for each in judged if not was_taken(each, transcript)):
        others = [each for each in parts if each is not part]
        refused = [each for each in transcript if part.is_in(each) and is_refused(each)]
        alone = [each for each in refused if not any(other.is_in(each) for other in others)]
        reason = _why_unclear(part, alone, transcript)
        if not reason:
            return Violation("", f"{part.content} is taken", words_of(alone[0]), exchange=alone[0].id)
        unclear = unclear or reason
    if unclear:
        raise NotTestable(unclear)
    return None


def was_taken(part: Part, transcript: Iterable[Exchange]) -> bool:
    """A create that has the part was taken."""
    return any(is_taken(each) for each in transcript if part.is_in(each))


def _why_unclear(part: Part, alone: Sequence[Exchange], transcript: Sequence[Exchange]) -> str:
    if not any(map(is_taken, transcript)):
        refused = [each for each in transcript if is_refused(each)]
        return f"the create without it is refused too: {words_of(refused[-1])}" if refused else "no create was answered"
    if not alone:
        return "it is refused only in company, or was not sent on its own"
    if outcome(alone[0], routed=True) is Outcome.BROKE and (len(alone) < 2 or _comes_and_goes(transcript)):
        return "server errors come and go, whatever is sent, or it broke the server only once"
    if part.by_model and is_unsupported(alone[0]):
        return f"the model does not take it: {words_of(alone[0])}"
    return ""


def _comes_and_goes(transcript: Sequence[Exchange]) -> bool:
    """A request that broke the server was taken when it was sent again."""
    bodies = [each.sent for each in transcript if is_taken(each)]
    return any(each.sent in bodies for each in transcript if outcome(each, routed=True) is Outcome.BROKE)


def is_unsupported(exchange: Exchange) -> bool:
    """A refusal says that a parameter or a value is not supported."""
    error = exchange.body.get("error") if exchange.is_client_error else None
    if not isinstance(error, dict):
        return False
    code = error.get("code")
    return code in UNSUPPORTED or (not code and "support" in str(error.get("message", "")))
