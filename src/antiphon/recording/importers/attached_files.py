"""Bodies that a recording has in files of their own, beside it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

MOST: Final = 200 * 1024**2


def attached_file(folder: Path, places: Iterable[str], name: Any) -> bytes | None:
    """The bytes of a file that a recording names; None where there is none in the places where it may be."""
    wanted = Path(str(name))
    if wanted.is_absolute() or ".." in wanted.parts:
        return None
    for place in places:
        path = folder / place / wanted
        try:
            if path.is_file() and path.stat().st_size <= MOST:
                return path.read_bytes()
        except (OSError, ValueError):
            continue
    return None
