"""Judging on a Dask cluster: a real scheduler, and two worker processes of this machine."""

from __future__ import annotations

import gzip
import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from bench.large import SAMPLE

from antiphon.errors import RecordingError, Unreachable
from antiphon.run.judge_cluster import judged_on_cluster
from antiphon.run.judge_files import judged_part
from antiphon.run.judge_options import JudgeOptions
from antiphon.run.part import JudgementPart

distributed = pytest.importorskip("distributed")
pytestmark = pytest.mark.filterwarnings("ignore")
FILES = 4
OPTIONS = JudgeOptions(())


def _contents() -> dict[str, bytes]:
    lines = gzip.decompress(SAMPLE.read_bytes()).splitlines(keepends=True)
    return {f"{number}.jsonl.gz": gzip.compress(b"".join(lines[number::FILES]), mtime=0) for number in range(FILES)}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("logs")
    for name, content in _contents().items():
        (path / name).write_bytes(content)
    return path


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None, memory_limit=0) as made:
        yield made


def _shown(part: JudgementPart, root: str) -> Any:
    """The result, but for when it was made and the place of its files."""
    text = json.dumps({**part.result(), "started_at": "", "duration": 0, "files": [], "digest": ""})
    return json.loads(text.replace(root, "logs"))


@pytest.fixture(scope="module")
def alone(folder: Path) -> Any:
    """What one process shows."""
    return _shown(judged_part(JudgeOptions(sorted(folder.iterdir()))), str(folder))


def _kill_a_worker_at_work(address: str) -> None:
    with distributed.Client(address, set_as_default=False) as client:
        processes = client.run(os.getpid)
        while not (busy := [worker for worker, tasks in client.processing().items() if tasks]):
            time.sleep(0.01)
        os.kill(processes[busy[0]], 9)


def test_a_cluster_shows_what_one_process_shows_though_a_worker_is_killed(
    cluster: Any, folder: Path, alone: Any
) -> None:
    killer = Thread(target=_kill_a_worker_at_work, args=(cluster.scheduler_address,))
    killer.start()

    part = judged_on_cluster(OPTIONS, [f"{folder}/*.jsonl.gz"], cluster.scheduler_address)
    killer.join()

    assert _shown(part, str(folder)) == alone


def _memory() -> Any:
    """Lets every worker have the same files in its memory, also one that takes the place of another."""

    class Memory(distributed.WorkerPlugin):  # type: ignore[misc, name-defined]
        name = "memory"

        def setup(self, worker: Any) -> None:
            _remember(_contents())

    return Memory()


def _remember(contents: dict[str, bytes]) -> None:
    import fsspec

    for name, content in contents.items():
        fsspec.filesystem("memory").pipe(f"/logs/{name}", content)


def test_files_are_named_by_addresses_of_any_kind(cluster: Any, alone: Any) -> None:
    _remember(_contents())
    with distributed.Client(cluster.scheduler_address, set_as_default=False) as client:
        client.register_plugin(_memory())

    part = judged_on_cluster(
        OPTIONS, ["memory://logs/*.jsonl.gz", "memory://logs/none.jsonl"], cluster.scheduler_address
    )

    assert [each.where for each in part.remarks()][:1] == ["none.jsonl"]
    assert _shown(part, "memory:///logs") == alone


def test_where_no_scheduler_or_no_file_is_is_told() -> None:
    with pytest.raises(RecordingError, match="there are no such files"):
        judged_on_cluster(OPTIONS, ["memory://nowhere/*.jsonl"], "tcp://127.0.0.1:1")
    with pytest.raises(Unreachable, match="no scheduler of Dask answers there"):
        judged_on_cluster(OPTIONS, ["memory://logs/1.jsonl"], "tcp://127.0.0.1:1")
