"""Handling of proxied exchanges: write, judge at once, and report at the end."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import click

from antiphon import __version__
from antiphon.contract.load import DEFAULT_EDITION, contract
from antiphon.errors import Exit
from antiphon.recording.exchange import Exchange
from antiphon.recording.file import TranscriptWriter
from antiphon.recording.records import Header
from antiphon.recording.redaction.redactor import Redactor
from antiphon.report.text import clip, visible
from antiphon.run.recordings import RecordingJudge


class ProxyJudge:
    """Judges exchanges one at a time, a line per violation. A context manager: the transcript is whole when it ends."""

    def __init__(
        self, edition: str | None, folder: Path, upstream: str, secrets: Sequence[str], record: Path | None = None
    ) -> None:
        self.contract = contract(edition or DEFAULT_EDITION)
        self._tally = RecordingJudge(self.contract)
        self.folder, self.upstream = folder, upstream
        self._transcript = record or folder / "transcript.jsonl"
        self._writer = TranscriptWriter(self._transcript, Redactor(secrets))

    def __enter__(self) -> Self:
        self._writer.__enter__()
        target = {"name": self.upstream, "base_url": self.upstream, "model": ""}
        head = {
            "antiphon": __version__,
            "edition": self.contract.edition.id,
            "started_at": time.time(),
            "target": target,
        }
        self._writer.write(Header(head))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._writer.__exit__(kind, error, trace)

    def ready(self, url: str) -> None:
        """Print the address that the proxy listens on."""
        click.echo(f"{url} → {self.upstream}  (edition {self.contract.edition.id}; Ctrl-C ends it with a report)")

    def judge(self, exchange: Exchange) -> None:
        """Write and judge one finished exchange."""
        self._writer.write(exchange)
        found = self._tally.judge(exchange)
        for requirement, violations in sorted(found.items()):
            first = violations[0]
            text = f"{self.contract.level(requirement):<6} {requirement}  {exchange.id} {first.at}: "
            click.echo(text + clip(visible(f"expected {first.expected}, got {first.got}"), 200))

    def report(self) -> Exit:
        """Write the reports, show the findings, and return the exit code."""
        target = {"name": self.upstream, "base_url": self.upstream}
        return self._tally.finish(self.folder, target, {str(self._transcript): None})
