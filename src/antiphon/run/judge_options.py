"""Options of the judging of recordings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from antiphon.contract.load import DEFAULT_EDITION
from antiphon.run.options import RunOptions


@dataclass(frozen=True)
class JudgeOptions:
    """What is judged of which files. `names` are those under which files were given, where they are copies."""

    files: Sequence[Path]
    edition: str | None = None
    select: tuple[str, ...] = ()
    provider: str | None = None
    names: Sequence[Path | str] = ()
    sample: str | None = None
    """The share of responses that is judged."""
    since: str | None = None
    """The moment from which on exchanges are judged."""
    jobs: int = 1
    """Processes that judge."""
    scope: str = ""
    """What parts that are merged leave out, where it was decided when they were written."""

    @property
    def plan(self) -> RunOptions:
        """The options of a run that the result names."""
        return RunOptions(edition=self.edition or DEFAULT_EDITION, select=self.select)

    @property
    def filter(self) -> str:
        """The options that leave something out."""
        if self.scope:
            return self.scope
        bounds = {"--sample": self.sample, "--since": self.since}
        words = [f"-k {name}" for name in self.select] + [f"{name} {value}" for name, value in bounds.items() if value]
        return " ".join(words)

    @property
    def shown_names(self) -> Sequence[Path | str]:
        """The files as the reader of a result knows them."""
        return self.names or self.files
