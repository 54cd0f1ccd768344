"""One run for all workers of pytest-xdist: the first plays, the others read its transcript."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from antiphon.errors import AntiphonError, ConfigError
from antiphon.run.session import Session

FOLDER = "antiphon"
XDIST_REASON = "not-played.txt"


def play_once(session: Session, names: Iterable[str], root: Path) -> None:
    """Play scenarios, unless another worker of the same `root` has, and then judge what that one left.

    Raises the error of the worker that played, in each of them, so that no call is sent twice.
    """
    folder = root / FOLDER
    folder.mkdir(exist_ok=True)
    plan = session.plan
    if plan.transcripts:
        session.play(names)
        return
    transcript, why = folder / "transcript.jsonl", folder / XDIST_REASON
    with _alone(folder / "lock"):
        if why.exists():
            raise AntiphonError(why.read_text(encoding="utf-8"))
        first = not transcript.exists()
        if first:
            session.plan = replace(plan, folder=folder)
            try:
                session.play(names)
            except BaseException as error:
                why.write_text(f"another worker could not play: {error}", encoding="utf-8")
                raise
    if not first:
        session.plan = replace(plan, transcripts=(transcript,))
        session.play(names)
    elif plan.folder:
        plan.folder.mkdir(parents=True, exist_ok=True)
        (plan.folder / transcript.name).write_bytes(transcript.read_bytes())


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Be the only process that holds the lock; it is free again when its holder dies."""
    try:
        from fcntl import LOCK_EX, flock
    except ImportError:
        raise ConfigError("Workers cannot share a run on this system; leave out -n.") from None
    with path.open("wb") as file:
        flock(file, LOCK_EX)
        yield
