"""Seal of a result: a digest of all that it says, by which a later change of the file shows."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from antiphon.report.result_model import Result, ResultRecording

BLOCK = 1 << 20
MOST_BYTES = 1 << 30
"""Size of a recording that is read once more for its digest; of a larger log none is made."""


def digest_of(result: Mapping[str, Any]) -> str:
    """SHA-256 of a result's JSON with sorted keys, without its own digest."""
    rest = {name: value for name, value in result.items() if name != "digest"}
    text = json.dumps(rest, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def with_digest(result: Mapping[str, Any]) -> Result:
    """The result with the digest of what it says now. Whoever changes a result knowingly seals it again."""
    return cast("Result", {**result, "digest": digest_of(result)})


def is_intact(result: Result) -> bool:
    """It says what it said when it was sealed; false of one that never was."""
    return result.get("digest") == digest_of(result)


def recordings_of(paths: Sequence[Path]) -> list[ResultRecording]:
    """Name, size and SHA-256 of each file that was judged, but for what is no file, and for very large ones."""
    return [found for path in paths if path.is_file() and (found := _recording(path))]


def _recording(path: Path) -> ResultRecording | None:
    digest, size = hashlib.sha256(), 0
    try:
        if path.stat().st_size > MOST_BYTES:
            return None
        with path.open("rb") as file:
            while block := file.read(BLOCK):
                digest.update(block)
                size += len(block)
    except OSError:
        return None
    return {"name": path.name, "sha256": digest.hexdigest(), "bytes": size}
