"""Any bytes at all give records or one RecordingError, in time."""

from __future__ import annotations

import gzip
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from antiphon.errors import RecordingError
from antiphon.recording import records
from antiphon.recording.exchange import Exchange
from antiphon.recording.importers import read

DATA = Path(__file__).parents[2] / "data" / "traffic"
SHARED = gzip.decompress((DATA / "sample.jsonl.gz").read_bytes())
HEADS = (
    b"```\n{",
    b"HTTP/1.1 200 OK\n\n",
    b"$ curl x\ndata: {",
    b"a | data: ",
    b"9:4:type,",
    b"{'type': ",
    b"{",
    b"[",
    b"\x1f\x8b",
    b"interactions:\n",
    b"data: ",
    b'{"exchange":',
    b'{"log":',
    b"\xef\xbb\xbf{",
    b"",
)

fuzz = settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@cache
def samples() -> tuple[bytes, ...]:
    """A short file of each format."""
    rows = SHARED.splitlines(keepends=True)
    transcript = "".join(
        records.dump(each) + "\n" for each in read(DATA / "sample.jsonl.gz") if isinstance(each, Exchange)
    )
    plain = [b"".join(rows[:2]), transcript.encode()[:9000]]
    plain += [path.read_bytes() for path in sorted((DATA / "made").iterdir())]
    plain += [path.read_bytes() for path in sorted((DATA / "recorded").iterdir())]
    plain += [path.read_bytes() for path in sorted((DATA.parent / "cases" / "as-posted").iterdir())]
    plain += [f"{text!r}\n".encode() for text in ({"type": "response.created", "a": [None, True]}, b"data: {}\n\n")]
    return (*plain, gzip.compress(plain[0]), gzip.compress(plain[3]))


@pytest.fixture
def attempt(tmp_path: Path) -> Callable[[bytes], None]:
    """Reads bytes as a recording and looks at all that can be looked at."""

    def try_to_read(data: bytes) -> None:
        path = tmp_path / "fuzzed"
        path.write_bytes(data)
        began, refusal = time.process_time(), "fuzzed"
        try:
            for record in read(path):
                if isinstance(record, Exchange):
                    assert record.frames is not None
                    assert record.body is not None or record.content.strip() == b"null"
                    again = records.parse(records.dump(record), "again")
                    assert isinstance(again, Exchange)
                    assert again.content == record.content
        except RecordingError as error:
            refusal = str(error)
        assert refusal.startswith("fuzzed")
        assert "\n" not in refusal
        assert time.process_time() - began < 5

    return try_to_read


@fuzz
@given(head=st.sampled_from(HEADS), rest=st.binary(max_size=300))
@example(head=b'{"exchange":', rest=b'1,"started_at":1e999}')
@example(head=b'{"exchange":', rest=b'"a","response":{"status":1e999}}')
@example(head=b'{"exchange":', rest=b'"\\ud800","request":{"method":"","path":"","body":"\\ud800"}}')
@example(head=b"[", rest=b'{"type":"response.\\ud800"}]')
@example(head=b"interactions:\n", rest=b"- {request: {method: 1, uri: 'http://[', body: 1}, response: {}}")
def test_random_bytes(attempt: Callable[[bytes], None], head: bytes, rest: bytes) -> None:
    attempt(head + rest)


@fuzz
@given(data=st.data())
def test_a_truncated_sample(attempt: Callable[[bytes], None], data: st.DataObject) -> None:
    sample = data.draw(st.sampled_from(samples()))
    attempt(sample[: data.draw(st.integers(0, len(sample)))])


@fuzz
@given(data=st.data())
def test_a_sample_with_wrong_bytes(attempt: Callable[[bytes], None], data: st.DataObject) -> None:
    changed = bytearray(data.draw(st.sampled_from(samples())))
    places = st.integers(0, len(changed) - 1)
    for place, byte in data.draw(st.lists(st.tuples(places, st.integers(0, 255)), min_size=1, max_size=8)):
        changed[place] = byte
    attempt(bytes(changed))


@fuzz
@given(data=st.data())
def test_a_sample_with_values_exchanged(attempt: Callable[[bytes], None], data: st.DataObject) -> None:
    sample = data.draw(st.sampled_from(samples()))
    old = data.draw(
        st.sampled_from([b'"', b"{", b"[", b"200", b"status", b"body", b"string", b"url", b"uri", b"headers"])
    )
    new = data.draw(
        st.sampled_from([b"null", b"[]", b"{}", b"-1", b"1e999", b"", b"\\ud800", b'"', b"99999999999999999999"])
    )
    attempt(sample.replace(old, new, data.draw(st.integers(1, 3))))
