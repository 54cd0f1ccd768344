"""The first calls of a client that retrieves: embeddings, files, vector stores; and what is not there."""

from __future__ import annotations

import math

import httpx
import openai
import pytest
from openai import OpenAI

from antiphon.server import background_server

MODEL = "text-embedding-3-small"


def near(one: list[float], other: list[float]) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))


def test_texts_that_share_words_are_near_each_other(sdk: OpenAI) -> None:
    """The library asks for base64 by itself, and for floats when it is told to."""
    texts = ["the cat sat on the mat", "a cat on a mat", "quarterly revenue"]
    made = sdk.embeddings.create(model=MODEL, input=texts)
    plain = sdk.embeddings.create(model=MODEL, input=texts[0], encoding_format="float", dimensions=64)
    one, two, three = (entry.embedding for entry in made.data)

    assert [len(one), len(plain.data[0].embedding)] == [256, 64]
    assert math.isclose(near(one, one), 1, rel_tol=1e-5)
    assert near(one, two) > near(one, three)
    assert made.usage.prompt_tokens == made.usage.total_tokens > 0
    assert sdk.embeddings.create(model="antiphon-1", input=[1, 2, 3]).data[0].index == 0


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({"input": "x"}, None),
        ({"model": MODEL}, "input"),
        ({"model": MODEL, "input": [{}]}, "input"),
        ({"model": MODEL, "input": "x", "dimensions": 0}, "dimensions"),
        ({"model": MODEL, "input": "x", "encoding_format": "hex"}, "encoding_format"),
    ],
)
def test_a_wrong_embedding_is_refused(http: httpx.Client, body: dict[str, object], param: str | None) -> None:
    refused = http.post("/embeddings", json=body)
    assert refused.status_code == 400
    assert refused.json()["error"]["param"] == (param or "model")


def test_a_file_is_sent_read_and_deleted(sdk: OpenAI) -> None:
    made = sdk.files.create(file=("notes.txt", b"Oslo is rainy.\r\n--x\n\xff"), purpose="assistants")

    assert (made.filename, made.bytes, made.purpose, made.status) == ("notes.txt", 21, "assistants", "processed")
    assert sdk.files.retrieve(made.id) == made
    assert sdk.files.content(made.id).content == b"Oslo is rainy.\r\n--x\n\xff"
    assert made.id in [file.id for file in sdk.files.list(purpose="assistants")]
    assert sdk.files.delete(made.id).deleted
    with pytest.raises(openai.NotFoundError):
        sdk.files.retrieve(made.id)


def test_a_vector_store_is_searched(sdk: OpenAI) -> None:
    rain, sun = (
        sdk.files.create(file=(name, text), purpose="assistants")
        for name, text in (("rain.txt", b"Oslo is rainy in autumn."), ("sun.txt", b"Lisbon is sunny."))
    )
    store = sdk.vector_stores.create(name="weather", file_ids=[sun.id])
    added = sdk.vector_stores.files.create(store.id, file_id=rain.id, attributes={"year": 2026})
    found = sdk.vector_stores.search(store.id, query="Is Oslo rainy?").data

    assert added.status == "completed"
    assert sdk.vector_stores.retrieve(store.id).file_counts.completed == 2
    assert [hit.filename for hit in found] == ["rain.txt", "sun.txt"]
    assert found[0].score > found[1].score
    assert found[0].content[0].text == "Oslo is rainy in autumn."
    assert {file.id for file in sdk.vector_stores.files.list(store.id)} == {rain.id, sun.id}
    assert sdk.vector_stores.files.retrieve(rain.id, vector_store_id=store.id).attributes == {"year": 2026}
    assert store.id in [other.id for other in sdk.vector_stores.list()]
    assert sdk.vector_stores.delete(store.id).deleted
    with pytest.raises(openai.NotFoundError):
        sdk.vector_stores.retrieve(store.id)


@pytest.mark.parametrize(
    "path", ["/moderations", "/images/generations", "/audio/speech", "/batches", "/threads/a/runs"]
)
def test_what_is_not_there_says_so(http: httpx.Client, path: str) -> None:
    for refused in (http.post(path, json={}), http.get(path)):
        assert (refused.status_code, refused.json()["error"]["code"]) == (501, "not_implemented")
        assert "files and vector stores" in refused.json()["error"]["message"]


def test_a_form_without_a_file_is_refused(http: httpx.Client) -> None:
    assert http.post("/files", json={}).status_code == 415
    assert http.post("/files", files={"purpose": (None, "assistants")}).json()["error"]["param"] == "file"
    assert http.post("/files", files={"file": ("a", b"b")}).json()["error"]["param"] == "purpose"
    broken = http.post("/files", content=b"--x", headers={"content-type": "multipart/form-data; boundary=y"})
    assert broken.status_code == 400


def test_files_are_alone_with_their_key_and_bounded() -> None:
    with background_server(api_key="a", api_keys=("b",)) as url:
        one, other = (OpenAI(base_url=url, api_key=key, max_retries=0) for key in "ab")
        first = one.files.create(file=("a", b"x"), purpose="assistants").id
        with pytest.raises(openai.NotFoundError):
            other.files.retrieve(first)
        for _ in range(200):
            one.files.create(file=("a", b"x"), purpose="assistants")
        with pytest.raises(openai.NotFoundError):
            one.files.retrieve(first)
