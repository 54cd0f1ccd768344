"""Processes that judge pieces of recordings for this one, which reads and hands out."""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection, wait
from multiprocessing.context import BaseContext
from multiprocessing.process import BaseProcess
from typing import Any, Final

from antiphon.errors import AntiphonError, Exit
from antiphon.recording.importers.pieces import Piece
from antiphon.run.judge_options import JudgeOptions
from antiphon.run.part import JudgementPart

Task = tuple[Piece, str]
READY: Final = b""
"""A worker says so that it wants another piece; anything else that it says is its part, at the end."""


class WorkerFailure(AntiphonError):
    """A process that judged for this one ended before its work was done, or failed."""

    exit = Exit.OURS


def judge_in_processes(options: JudgeOptions, tasks: Iterable[Task], part: JudgementPart) -> None:
    """Judge pieces in several processes, and add what they find. Raises AntiphonError; leaves no process behind."""
    left = iter(tasks)
    with _workers(options) as workers:
        waiting = set(workers)
        while waiting:
            for connection in wait(waiting):
                assert isinstance(connection, Connection)
                said = _received(connection, workers)
                if said == READY:
                    _send(connection, next(left, None))
                    continue
                part.add(said, "a process", beside=True)
                waiting.discard(connection)


@contextmanager
def _workers(options: JudgeOptions) -> Iterator[dict[Connection, BaseProcess]]:
    """Started processes by their connections; they are ended, whatever happens."""
    context = _context()
    workers: dict[Connection, BaseProcess] = {}
    try:
        for _ in range(options.jobs):
            ours, theirs = context.Pipe()
            process: Any = context.Process(  # type: ignore[attr-defined]
                target=_work, args=(theirs, options, [*workers, ours]), daemon=True
            )
            process.start()
            theirs.close()
            workers[ours] = process
        yield workers
    finally:
        for connection, worker in workers.items():
            connection.close()
            worker.join(0.5)
            if worker.is_alive():
                worker.kill()
                worker.join()


def _context() -> BaseContext:
    """A copy of this process has all that is loaded and compiled; where copies are not to be had, a new one."""
    return multiprocessing.get_context("fork" if "fork" in multiprocessing.get_all_start_methods() else "spawn")


def _received(connection: Connection, workers: dict[Connection, BaseProcess]) -> bytes:
    try:
        said: bytes | AntiphonError = connection.recv()
    except (EOFError, OSError):
        worker = workers[connection]
        worker.join(1)
        ending = _ending(worker.exitcode)
        message = f"A process that judged ended early ({ending}); was memory short? `--jobs 1` takes the least."
        raise WorkerFailure(message) from None
    if isinstance(said, AntiphonError):
        raise said
    return said


def _ending(code: int | None) -> str:
    return f"signal {-code}" if code is not None and code < 0 else f"exit code {code}"


def _send(connection: Connection, task: Task | None) -> None:
    with suppress(BrokenPipeError, ConnectionResetError):  # that it has ended is told when it is read from
        connection.send(task)


def _work(connection: Connection, options: JudgeOptions, inherited: list[Connection]) -> None:
    """Judge what comes until nothing more does; then send the part. Ends with the process that started it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all; the other process ends this one
    for each in inherited:
        each.close()  # else nobody would see that the other process is gone
    try:
        part = JudgementPart(options)
        while True:
            connection.send(READY)
            task = connection.recv()
            if task is None:
                break
            part.take(*task)
        connection.send(part.dump())
    except (EOFError, BrokenPipeError, ConnectionResetError):
        return
    except AntiphonError as error:
        connection.send(error)
    except Exception as error:
        connection.send(WorkerFailure(f"A process that judged failed: {error!r}. That is an error of ours."))
