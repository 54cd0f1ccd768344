"""No secret survives, and nothing else changes."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from itertools import pairwise
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from antiphon.credential_names import REDACTED
from antiphon.recording import records
from antiphon.recording.exchange import Chunk, Exchange, Request, Response
from antiphon.recording.redaction.redactor import Redactor

KEY = "sk-proj-4fJ2kL9mN0pQ7rS1tU3vW5xY"
SECRET = "correct-horse-battery"

printable = st.characters(min_codepoint=32, max_codepoint=126)
secrets = st.text(printable | st.sampled_from('é😀\n\t"\\/+='), min_size=8, max_size=40)
around = st.text(printable | st.sampled_from('é😀\n"\\u0'), max_size=12)


def cut(data: bytes, places: Sequence[int]) -> tuple[Chunk, ...]:
    """Bytes in chunks that end at the given places."""
    edges = [0, *sorted(place % (len(data) + 1) for place in places), len(data)]
    return tuple(Chunk(float(n), data[a:b]) for n, (a, b) in enumerate(pairwise(edges)))


def forms(secret: str) -> list[str]:
    """How a secret may stand in a text."""
    return [
        secret,
        quote(secret, safe=""),
        quote_plus(secret),
        json.dumps([secret]),
        json.dumps({"a": json.dumps(secret)}),
    ]


def written(redactor: Redactor, exchange: Exchange) -> tuple[str, Exchange]:
    """The line that is written of an exchange, and what a reader makes of it."""
    line = records.dump(redactor.exchange(exchange))
    back = records.parse(line, "here")
    assert isinstance(back, Exchange)
    return line, back


def saying(said: str, is_ascii: bool, places: Sequence[int]) -> Exchange:
    """An exchange that says something in every place where it can."""
    body = json.dumps({"error": {"message": said}, "n": 7}, ensure_ascii=is_ascii)
    data = f"event: error\ndata: {body}\n\n".encode()
    response = Response(401, (("x-echo", said),), cut(data, places))
    request = Request("POST", "/responses", (("q", said),), (("x-a", said),), {"input": said}, said.encode())
    return Exchange("s/1", request, response)


def strings(value: object) -> list[str]:
    """Every text in a JSON value."""
    if isinstance(value, dict):
        return [text for pair in value.items() for each in pair for text in strings(each)]
    if isinstance(value, list):
        return [text for each in value for text in strings(each)]
    return [str(value)]


@settings(max_examples=300, deadline=None)
@given(
    secret=secrets,
    before=around,
    after=around,
    places=st.lists(st.integers(0, 10_000), max_size=5),
    is_ascii=st.booleans(),
    form=st.integers(0, 4),
)
@example(secret="0073abcd", before="\\u", after="", places=[], is_ascii=True, form=0)
@example(secret="nabcdefgh", before="\n", after='"', places=[20], is_ascii=True, form=0)
@example(secret="abcdefg\\", before="", after='"\n', places=[], is_ascii=False, form=0)
@example(secret='"bcdefgh"', before="", after="", places=[], is_ascii=False, form=0)
@example(secret="abcdefg\\", before="", after="é", places=[], is_ascii=False, form=0)
@example(secret="12345678", before="", after="9", places=[3, 14, 15], is_ascii=False, form=3)
@example(secret="eeeeeeee", before="", after="", places=[], is_ascii=False, form=0)
@example(secret="-.E-.E-.", before="", after="", places=[], is_ascii=False, form=0)
@example(secret="11111111", before="1", after="1", places=[], is_ascii=False, form=0)
@example(secret="XabcdefX", before="Xabcdef", after="abcdefX", places=[], is_ascii=False, form=0)
def test_no_secret_survives_in_the_written_line(
    secret: str, before: str, after: str, places: list[int], is_ascii: bool, form: int
) -> None:
    assume(any(character.isalnum() and character != "X" for character in secret))
    own = ["redacted", *strings(json.loads(records.dump(saying("", is_ascii, []))))]
    assume(not any(secret in text for text in own))
    exchange = saying(before + forms(secret)[form] + after, is_ascii, places)

    line, back = written(Redactor([secret]), exchange)

    response = exchange.response
    assert response is not None
    assert back.response is not None
    assert [len(chunk.data) for chunk in back.response.chunks] == [len(chunk.data) for chunk in response.chunks]
    assert [chunk.at for chunk in back.response.chunks] == [chunk.at for chunk in response.chunks]
    (event,) = back.events
    told = [*strings(json.loads(line)), *strings(event)]
    assert not any(secret in text for text in told)
    for text in strings(event):
        assert json.dumps(secret)[1:-1] not in text
        assert quote(secret, safe="") not in text


@settings(deadline=None)
@given(secret=st.text(printable, min_size=8, max_size=40), before=st.binary(max_size=5), url_safe=st.booleans())
@example(secret="{Q5{Q5{Q5", before=b"", url_safe=False)
@example(secret="W]pabW]p", before=b"W]pab", url_safe=False)
def test_a_secret_in_base64_is_found(secret: str, before: bytes, url_safe: bool) -> None:
    encode = base64.urlsafe_b64encode if url_safe else base64.b64encode
    coded = encode(before + secret.encode()).decode()

    masked = Redactor([secret]).text(f"token {coded} end")

    assert coded not in masked
    padded = masked[6:-4]
    assert secret.encode() not in base64.b64decode(padded, altchars=b"-_" if url_safe else None)


def reply(*pieces: bytes) -> Exchange:
    """An exchange whose reply came in pieces."""
    chunks = tuple(Chunk(n / 10, piece) for n, piece in enumerate(pieces))
    return Exchange("s/1", Request("POST", "/responses"), Response(200, (), chunks))


def test_a_secret_over_two_chunks_is_covered_in_place() -> None:
    redacted = Redactor([SECRET]).exchange(reply(b'{"a": "correct-ho', b'rse-battery staple"}'))

    assert redacted.response is not None
    assert redacted.response.chunks == (
        Chunk(0.0, b'{"a": "XXXXXXXXXX'),
        Chunk(0.1, b'XXXXXXXXXXX staple"}'),
    )
    assert "redacted" in redacted.notes


def test_what_holds_no_secret_stays_the_same_object() -> None:
    exchange = reply(b'{"output_text": "task-force-of-the-month-2026-in-sk-language, Bearer of news"}', b"")

    redacted = Redactor([SECRET]).exchange(exchange)

    assert redacted == exchange
    assert redacted.response is not None
    assert exchange.response is not None
    assert redacted.response.chunks is exchange.response.chunks


def test_a_short_secret_is_no_reason_to_change_words() -> None:
    request = Request("POST", "/responses", headers=(("Authorization", "Bearer test"),), body={"input": "the latest"})

    redacted = Redactor(["test"]).exchange(Exchange("s/1", request, None))

    assert redacted.request is not None
    assert redacted.request.body == {"input": "the latest"}
    assert redacted.request.headers == (("Authorization", "Bearer [redacted]"),)


@pytest.mark.parametrize(
    "name",
    ["Authorization", "api-key", "X-Api-Key", "Cookie", "set-cookie", "Proxy-Authorization", "OpenAI-Organization",
     "openai-project", "X-Amz-Security-Token"],
)  # fmt: skip
def test_credentials_in_headers_give_way(name: str) -> None:
    assert Redactor().headers(((name, "abc"),)) == ((name, REDACTED),)


@pytest.mark.parametrize(
    "name", ["content-type", "x-ratelimit-remaining-tokens", "openai-version", "x-request-id", "webhook-signature"]
)
def test_other_headers_stay(name: str) -> None:
    assert Redactor().headers(((name, "abc"),)) == ((name, "abc"),)


@pytest.mark.parametrize(
    ("url", "redacted"),
    [
        ("http://u:p@host/v1", "http://[redacted]@host/v1"),
        ("http://h/v1?api-version=1&api-key=abc&x=2", "http://h/v1?api-version=1&api-key=[redacted]&x=2"),
        ("/x?sig=a%2Fb#f", "/x?sig=[redacted]#f"),
        ("/x?access_token=t&key=t&code=t", "/x?access_token=[redacted]&key=[redacted]&code=[redacted]"),
        ("/responses/resp_1?after=msg_1", "/responses/resp_1?after=msg_1"),
        (f"/x/{SECRET}", "/x/" + "X" * len(SECRET)),
    ],
)  # fmt: skip
def test_credentials_in_addresses_give_way(url: str, redacted: str) -> None:
    assert Redactor([SECRET]).url(url) == redacted


@pytest.mark.parametrize(
    "text", [KEY, f"say \n{KEY}", f"Bearer {KEY}", f'"Bearer%20{KEY}"', f'{{\\"k\\": \\"{KEY}\\"}}']
)
def test_what_looks_like_a_key_is_covered(text: str) -> None:
    masked = Redactor().text(json.dumps(text))

    assert KEY not in masked
    assert KEY[8:] not in masked
    assert isinstance(json.loads(masked), str)


def test_the_credentials_of_a_request_are_secrets_in_its_reply() -> None:
    body = {"tools": [{"type": "mcp", "authorization": "mcp-secret-77", "headers": {"X-Key": "header-secret-78"}}]}
    headers = (("authorization", "Bearer local-key-79"),)
    echo = b'{"message": "local-key-79", "tools": ["mcp-secret-77", "header-secret-78"]}'
    exchange = Exchange(
        "s/1", Request("POST", "/responses", headers=headers, body=body), Response(401, (), (Chunk(0, echo),))
    )

    line, back = written(Redactor(), exchange)

    assert not any(secret in line for secret in ("mcp-secret-77", "header-secret-78", "local-key-79"))
    assert back.request is not None
    tool = back.request.body["tools"][0]
    assert back.body["tools"] == [tool["authorization"], tool["headers"]["X-Key"]]


def test_long_runs_of_backslashes_take_linear_time() -> None:
    data = b"\\" * 3_000_000

    assert Redactor(["back\\slash-secret"]).mask(data) == data


def test_what_is_redacted_already_stays() -> None:
    tool = {"type": "mcp", "authorization": "<redacted>", "headers": None}
    headers = (("authorization", "Bearer local-key-79"), ("x-a", "b"))
    echo = b'{"message": "[redacted]", "tools": [{"authorization": "<redacted>"}]}'
    exchange = Exchange(
        "s/1",
        Request("POST", "/responses", headers=headers, body={"tools": [tool]}),
        Response(200, (), (Chunk(0, echo),)),
    )

    once = Redactor().exchange(exchange)

    assert once.content == echo
    assert once.sent == {"tools": [tool]}
    assert Redactor().exchange(once) == once


@pytest.mark.parametrize("name", [f"x-{KEY}", f"x-{KEY.lower()}-seen", f"X-{SECRET.upper()}"])
def test_a_secret_in_the_name_of_a_header_is_covered(name: str) -> None:
    said = Exchange("e", Request("GET", "/"), Response(200, ((name, "1"), ("x-request-id", "req_1"))))

    clean = Redactor([KEY, SECRET]).exchange(said).response
    assert clean is not None
    (covered, _), (other, _) = clean.headers

    assert KEY.lower() not in covered.lower()
    assert SECRET not in covered.lower()
    assert len(covered) == len(name)
    assert other == "x-request-id"
