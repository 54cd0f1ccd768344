"""Judging on the workers of a Dask cluster: each judges whole files, and their parts are merged in a tree."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from antiphon.errors import AntiphonError, ConfigError, RecordingError, Unreachable
from antiphon.recording.source import TOTAL_LIMIT, shorten, size
from antiphon.run.judge_files import judged_part
from antiphon.run.judge_options import JudgeOptions
from antiphon.run.part import JudgementPart

BRANCHES: Final = 8
"""Parts that one task merges."""
TRIES: Final = 3
LOCAL: Final = frozenset({"file", "local"})


def judged_on_cluster(options: JudgeOptions, addresses: Sequence[str], scheduler: str) -> JudgementPart:
    """What the files of some addresses show, which may have wildcards. Raises AntiphonError."""
    distributed = _distributed()
    files = sorted(dict.fromkeys(file for address in addresses for file in _files_of(address)))
    try:
        client = distributed.Client(scheduler, timeout=10, set_as_default=False)
    except (OSError, ValueError, TimeoutError) as error:
        raise Unreachable(f"{scheduler}: no scheduler of Dask answers there ({shorten(error)}).") from None
    with client:
        parts = client.map(judge_address, files, options=options, retries=TRIES, pure=False)
        while len(parts) > 1:
            groups = [parts[at : at + BRANCHES] for at in range(0, len(parts), BRANCHES)]
            parts = [client.submit(merge_parts, options, group, retries=TRIES, pure=False) for group in groups]
        data = _result_of(parts[0], distributed)
    part = JudgementPart(options)
    part.add(data, "the cluster", beside=True)
    return part


def judge_address(address: str, options: JudgeOptions) -> bytes:
    """The part that one file shows; it runs on a worker. A file that cannot be read is a remark in it."""
    import fsspec

    filesystem, path = fsspec.core.url_to_fs(address)
    if _is_local(filesystem):
        return _sealed(judged_part(replace(options, files=[Path(path)], names=[address])))
    with tempfile.TemporaryDirectory(prefix="antiphon-") as folder:
        copy = Path(folder) / (Path(path).name or "recording")
        part = JudgementPart(options)
        try:
            if filesystem.size(path) > TOTAL_LIMIT:
                raise RecordingError(f"{copy.name}: holds more than {size(TOTAL_LIMIT)}; split it.")
            filesystem.get_file(path, str(copy))
        except (OSError, RecordingError) as error:
            part.tally(address).error = f"{copy.name}: cannot be read ({shorten(error)})."
            return part.dump()
        return _sealed(judged_part(replace(options, files=[copy], names=[address])))


def _sealed(part: JudgementPart) -> bytes:
    part.seal()
    return part.dump()


def merge_parts(options: JudgeOptions, parts: Iterable[bytes]) -> bytes:
    """The sum of some parts; it runs on a worker."""
    whole = JudgementPart(options)
    for number, part in enumerate(parts):
        whole.add(part, f"part {number}", beside=True)
    return whole.dump()


def _files_of(address: str) -> list[str]:
    """The addresses that one with wildcards stands for. Raises RecordingError where there are none."""
    import fsspec

    try:
        filesystem, path = fsspec.core.url_to_fs(address)
        found = filesystem.glob(path) if fsspec.core.has_magic(path) else [path]
    except (OSError, ValueError, ImportError) as error:
        raise RecordingError(f"{address}: cannot be listed ({shorten(error)}).") from None
    if not found:
        raise RecordingError(f"{address}: there are no such files.")
    return found if _is_local(filesystem) else [filesystem.unstrip_protocol(each) for each in found]


def _is_local(filesystem: Any) -> bool:
    protocol = filesystem.protocol
    return not LOCAL.isdisjoint((protocol,) if isinstance(protocol, str) else protocol)


def _distributed() -> Any:
    try:
        import distributed
        import fsspec  # noqa: F401 - both come with the extra
    except ImportError:
        raise ConfigError("--scheduler takes Dask: pip install 'antiphon[dask]'.") from None
    return distributed


def _result_of(future: Any, distributed: Any) -> bytes:
    try:
        data: bytes = future.result()
    except distributed.KilledWorker as error:
        raise AntiphonError(
            f"Workers of the cluster died again and again ({shorten(error)}); have they memory?"
        ) from None
    except (OSError, ImportError, distributed.client.FutureCancelledError) as error:
        raise AntiphonError(f"The cluster did not come to an end ({shorten(error)}).") from None
    return data
