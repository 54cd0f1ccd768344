"""What the exchanges of one journey show of the promises on concurrency: the requirements of `concurrency.*`.

A requirement is judged only where the replies can show it: a server that repeats no metadata mixes none up.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from hashlib import blake2b
from typing import Any

from antiphon.judge.registry import Violation
from antiphon.judge.subjects.responses import ENDINGS
from antiphon.recording.exchange import Exchange
from antiphon.soak.journeys import KEY, WORD, id_of, word_of

Finding = tuple[str, list[Violation]]
MOST_IDS = 200_000
"""Ids that are remembered, to see that none comes twice; then the memory begins anew."""


class JourneyPromises:
    """Judges journeys one after the other; of each it keeps digests of ids."""

    def __init__(self) -> None:
        self._ids: dict[bytes, str] = {}
        self._counts_contexts = False

    def judge(self, journey: Sequence[Exchange]) -> Iterator[Finding]:
        """The requirements that a journey shows, each with the violations found."""
        for exchange in journey:
            if exchange.is_success and word_of(exchange):
                yield from self._created(exchange, journey)
        first = journey[0] if journey else None
        if first is not None and first.is_success:
            yield from _reads(first, journey)
            yield from self._contexts(first, journey)

    def _created(self, exchange: Exchange, journey: Sequence[Exchange]) -> Iterator[Finding]:
        yield from _texts(exchange, journey)
        if not exchange.is_stream:
            yield from _metadata("concurrency.replies-not-mixed", exchange, word_of(exchange))
            if id := id_of(exchange):
                yield "concurrency.ids-distinct", self._repeated(exchange, "/id", id)
            return
        if "hung-up" not in exchange.notes and exchange.failure is None:
            found = [] if _has_ended(exchange) else [_violation(exchange, "", "a terminal event", "the stream ended")]
            yield "concurrency.streams-complete", found
        if not exchange.events:
            return
        yield from _metadata("concurrency.stream-metadata", exchange, word_of(exchange))
        yield "concurrency.streams-separate", self._stream_ids(exchange)
        items = {event["item"].get("id") for event in exchange.events if isinstance(event.get("item"), dict)}
        if items:
            found = [each for id in sorted(map(str, items)) for each in self._repeated(exchange, "/item/id", id)]
            yield "concurrency.stream-items-own", found

    def _stream_ids(self, exchange: Exchange) -> list[Violation]:
        ids = {str(event["response"].get("id")) for event in exchange.events if isinstance(event.get("response"), dict)}
        if len(ids) > 1:
            return [_violation(exchange, "/response/id", "one id in all events", ", ".join(sorted(ids)))]
        return [each for id in ids for each in self._repeated(exchange, "/response/id", id)]

    def _repeated(self, exchange: Exchange, at: str, id: str) -> list[Violation]:
        """An id that another exchange had before."""
        if len(self._ids) >= MOST_IDS:
            self._ids.clear()
        key = blake2b(f"{at} {id}".encode("utf-8", "replace"), digest_size=8).digest()
        first = self._ids.setdefault(key, exchange.id)
        return [] if first == exchange.id else [_violation(exchange, at, f"another id than in {first}", id)]

    def _contexts(self, root: Exchange, journey: Sequence[Exchange]) -> Iterator[Finding]:
        """A continuation reads more tokens than what it continues; judged once one showed that contexts count."""
        for child in journey[1:]:
            sent = child.sent
            if not isinstance(sent, dict) or sent.get("previous_response_id") != id_of(root):
                continue
            before, after = _input_tokens(root), _input_tokens(child)
            if before is None or after is None:
                continue
            self._counts_contexts = self._counts_contexts or after > before
            if self._counts_contexts:
                expected = f"more than {before}, as it continues {root.id}"
                found = [] if after > before else [_violation(child, "/usage/input_tokens", expected, after)]
                yield "concurrency.contexts-own", found


def _metadata(requirement: str, exchange: Exchange, word: str) -> Iterator[Finding]:
    """The word that a reply shows in its metadata, if any, is that of its own request."""
    reply = exchange.reply
    shown = reply.get("metadata") if isinstance(reply, dict) else None
    if isinstance(shown, dict) and KEY in shown:
        wrong = shown.get(KEY) != word
        yield requirement, [_violation(exchange, "/metadata", json.dumps({KEY: word}), shown)] if wrong else []


def _texts(exchange: Exchange, journey: Sequence[Exchange]) -> Iterator[Finding]:
    """The words that an answer holds are those of its own journey."""
    found = set(WORD.findall(_text_of(exchange)))
    own = {word_of(each) for each in journey}
    if found:
        expected = f"{word_of(exchange)}, or no such word"
        foreign = [_violation(exchange, "/output", expected, word) for word in sorted(found - own)]
        yield "concurrency.texts-own", foreign


def _text_of(exchange: Exchange) -> str:
    """All that an answer says, in its events and in its output."""
    deltas = [event["delta"] for event in exchange.events if isinstance(event.get("delta"), str)]
    reply = exchange.reply
    output = reply.get("output") if isinstance(reply, dict) else None
    return "".join(deltas) + " " + json.dumps(output, default=str)


def _reads(made: Exchange, journey: Sequence[Exchange]) -> Iterator[Finding]:
    """What is read of a response is what was made."""
    id, word = id_of(made), word_of(made)
    for exchange in journey[1:]:
        request = exchange.request
        if request is None or request.method != "GET" or not id or id not in request.path:
            continue
        is_list = request.path.endswith("/input_items")
        if not is_list and made.is_stream and _has_ended(made) and (exchange.is_success or exchange.status == 404):
            yield "concurrency.read-your-writes", _differing_status(made, exchange)
        if exchange.is_success and is_list:
            listed = WORD.findall(json.dumps(exchange.body.get("data"), default=str)) if exchange.body else []
            found = [] if word in listed else [_violation(exchange, "/data", word, ", ".join(listed) or "no word")]
            yield "concurrency.inputs-not-mixed", found
        elif exchange.is_success:
            yield from _metadata("concurrency.stored-not-mixed", exchange, word)


def _differing_status(made: Exchange, read: Exchange) -> list[Violation]:
    expected = made.reply.get("status")
    if not read.is_success:
        return [_violation(read, "", f"the response with status {expected}", read.status)]
    got = read.body.get("status") if isinstance(read.body, dict) else None
    return [] if got == expected else [_violation(read, "/status", str(expected), got)]


def _has_ended(exchange: Exchange) -> bool:
    return any(event.get("type") in ENDINGS or event.get("type") == "error" for event in exchange.events)


def _input_tokens(exchange: Exchange) -> int | None:
    reply = exchange.reply
    usage = reply.get("usage") if exchange.is_success and isinstance(reply, dict) else None
    tokens = usage.get("input_tokens") if isinstance(usage, dict) else None
    return tokens if isinstance(tokens, int) else None


def _violation(exchange: Exchange, at: str, expected: str, got: Any) -> Violation:
    return Violation(at, expected, str(got)[:500], exchange=exchange.id)
