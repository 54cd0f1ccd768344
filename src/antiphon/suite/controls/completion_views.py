"""Views of the completions of `completion_kept`: how they were asked for, changed, listed, read and deleted."""

from __future__ import annotations

from typing import Any

from antiphon.recording.chat_chunks import joined_completion
from antiphon.recording.exchange import Exchange
from antiphon.recording.transcript import Transcript
from antiphon.suite import assume

NONE = "chatcmpl-none"
"""In place of the id of a completion that was not made."""


def completion_id(created: Exchange) -> str:
    """The id of a completion, whole or in chunks; one of nothing where there is none."""
    completion = joined_completion(created.events) if created.is_stream else created.reply
    found = completion.get("id") if isinstance(completion, dict) else None
    return found if isinstance(found, str) and found and created.is_success else NONE


def creates(transcript: Transcript) -> list[Exchange]:
    """The completions that were asked for."""
    return [each for each in transcript if isinstance(each.sent, dict) and "messages" in each.sent]


def stored_pair(transcript: Transcript) -> tuple[Exchange, Exchange]:
    """The two that were to be stored: those that were taken, or the last of each."""
    found = [each for each in creates(transcript) if each.sent.get("store")]
    first, second = ([each for each in found if ("colour" in each.sent["metadata"]) is own] for own in (True, False))
    assume(first and second, "they were not asked for")
    return first[-1], second[-1]


def unstored_pair(transcript: Transcript) -> tuple[Exchange, Exchange]:
    """Those that were not to be stored, as by default and by wish: that were taken, or the last of each."""
    found = [each for each in creates(transcript) if not each.sent.get("store")]
    left_out, wished = ([each for each in found if ("store" in each.sent) is by_wish] for by_wish in (False, True))
    assume(left_out and wished, "they were not asked for")
    return left_out[-1], wished[-1]


def calls_at(transcript: Transcript, method: str, end: str) -> list[Exchange]:
    """The calls of a path that ends so."""
    found = [each for each in transcript if each.request and each.request.method == method]
    return [each for each in found if each.request and each.request.path.endswith(end)]


def calls_of(transcript: Transcript, method: str, created: Exchange) -> list[Exchange]:
    """The calls by the id of a completion."""
    return calls_at(transcript, method, f"/{completion_id(created)}")


def updates_of(transcript: Transcript, created: Exchange) -> list[Exchange]:
    """The changes of its metadata. Not testable without one."""
    found = calls_of(transcript, "POST", created)
    assume(found, "its metadata were not changed")
    return found


def first_read(transcript: Transcript, created: Exchange) -> Exchange:
    """The first read of a completion that went well, or else the last."""
    reads = calls_of(transcript, "GET", created)
    assume(reads, "it was not read")
    return next((each for each in reads if each.is_success), reads[-1])


def views_of(transcript: Transcript, created: Exchange) -> list[dict[str, Any]]:
    """A stored completion as lists and reads show it, in their order."""
    pages = [each for each in calls_at(transcript, "GET", "/completions") if each.is_success]
    listed = [each for page in pages for each in page.body["data"] if isinstance(each, dict)]
    found = [each for each in listed if each.get("id") == completion_id(created)]
    return [*found, *(each.body for each in calls_of(transcript, "GET", created) if each.is_success)]
