"""What becomes of the features of a client, in words: a mark for each, and why where one does not work."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from antiphon.report.result_model import ResultClient, ResultFeature

MARKS: Mapping[str, str] = {"works": "✓", "fails": "✗", "declined": "–", "unknown": "?"}
STYLES: Mapping[str, str] = {"works": "pass", "fails": "fail", "declined": "not-applicable", "unknown": "not-testable"}
"""Classes of the marks on a page."""


def marked_features(client: ResultClient) -> str:
    """The features with their marks: `text ✓, stream ✗, websocket –`."""
    return ", ".join(f"{name} {MARKS[found['state']]}" for name, found in client.get("features", {}).items())


def reasons(client: ResultClient, *states: str) -> Iterator[tuple[str, str]]:
    """Features in one of these states, each with why it is in it."""
    for name, found in client.get("features", {}).items():
        if found["state"] in states:
            yield name, reason(found)


def reason(found: ResultFeature) -> str:
    """Why a feature is in its state: the requirement at fault, and what the client does with it."""
    return ": ".join(filter(None, (found.get("requirement", ""), found.get("why", ""))))
