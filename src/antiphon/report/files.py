"""Files of reports: written whole or not at all, read with a clear word where they are not what they should be."""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from antiphon.errors import AntiphonError, RecordingError
from antiphon.report.result_model import Result
from antiphon.report.schema import mistake

MOST_BYTES = 100_000_000
"""Size of a result that is read."""


def write_atomically(path: Path, content: str | bytes) -> None:
    """Write a file next to its place and move it there; its folder is made. Raises AntiphonError where that fails."""
    data = content.encode("utf-8", "backslashreplace") if isinstance(content, str) else content
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            part.write_bytes(data)
            os.replace(part, path)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise AntiphonError(f"{path}: cannot be written: {error.strerror or error}; choose another folder.") from None


def remove_others(folder: Path, kept: Collection[Path]) -> None:
    """Remove the files of an earlier run from a folder. Raises AntiphonError where that fails."""
    try:
        for path in sorted({*folder.glob("*.sh")} - {*kept}):
            path.unlink()
    except OSError as error:
        raise AntiphonError(f"{folder}: cannot be cleared: {error.strerror or error}; choose another folder.") from None


def json_text(result: Mapping[str, Any]) -> str:
    """The text of a result. A lone surrogate becomes an escape when it is written, so the file is valid JSON."""
    return json.dumps(result, ensure_ascii=False, indent=1) + "\n"


def write_json(path: Path, result: Mapping[str, Any]) -> None:
    """Write a result."""
    write_atomically(path, json_text(result))


def load_result(path: Path) -> Result:
    """Read a result. Raises RecordingError for anything that is none."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise RecordingError(f"{path}: over {MOST_BYTES // 1_000_000} MB, which no result.json is.")
        value = json.loads(path.read_bytes())
    except OSError as error:
        raise RecordingError(f"{path}: cannot be read: {error.strerror or error}.") from None
    except (ValueError, RecursionError) as error:
        raise RecordingError(f"{path}: not JSON ({error}); name a result.json.") from None
    wrong = mistake(value)
    if wrong:
        raise RecordingError(f"{path}: {wrong}.")
    result: Result = value
    return result
