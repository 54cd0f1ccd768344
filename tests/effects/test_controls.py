"""What an effect is told by was seen to move, and is not what the server does unasked."""

from __future__ import annotations

import json
from typing import Any

import pytest

from antiphon.contract.load import contract
from antiphon.effects import Effects
from antiphon.recording.exchange import Chunk, Exchange, Request, Response

LONG = "Count from 1 to 30, with commas, and then say what you think of it."


def create(step: int, sent: dict[str, Any], **reply: Any) -> Exchange:
    """A create and its reply, which is a completed response with these fields."""
    body = {"id": f"resp_{step}", "object": "response", "status": "completed", "output": [], **reply}
    return exchange(step, Request("POST", "/responses", body={"model": "m", "input": "hi", **sent}), 200, body)


def read(step: int, of: int, status: int) -> Exchange:
    """A read of what was created in an earlier step."""
    body = {"id": f"resp_{of}", "object": "response"} if status == 200 else {"error": {"message": "no"}}
    return exchange(step, Request("GET", f"/responses/resp_{of}"), status, body)


def exchange(step: int, request: Request, status: int, body: Any) -> Exchange:
    chunks = (Chunk(0.1, json.dumps(body).encode()),)
    return Exchange(f"made/{step}", request, Response(status, (("content-type", "application/json"),), chunks), "made")


def counting(entered: int, written: int = 1) -> dict[str, Any]:
    return {"usage": {"input_tokens": entered, "output_tokens": written, "total_tokens": entered + written}}


def tables(*exchanges: Exchange) -> dict[str, Any]:
    effects = Effects(contract())
    for each in exchanges:
        effects.see(each)
    return effects.tables((), {})


def verdict(name: str, *exchanges: Exchange) -> str:
    rows = tables(*exchanges)["parameters"]
    return next(str(row["verdict"]) for row in rows if (row["surface"], row["name"]) == ("responses", name))


@pytest.mark.parametrize(("longer", "state"), [(5, "unknown"), (30, "ignored")])
def test_chaining_is_ignored_only_where_counts_move(longer: int, state: str) -> None:
    chain = [
        create(1, {"input": LONG}, **counting(longer)),
        create(2, {}, **counting(5)),
        create(3, {"previous_response_id": "resp_1"}, **counting(5)),
    ]

    assert tables(*chain)["capabilities"]["chaining"]["state"] == state


@pytest.mark.parametrize(("other", "expected"), [(20, "unknown"), (3, "ignored")])
def test_a_limit_is_ignored_only_where_counts_of_output_move(other: int, expected: str) -> None:
    plain, limited = create(1, {}, **counting(5, other)), create(2, {"max_output_tokens": 16}, **counting(5, 20))

    assert verdict("max_output_tokens", plain, limited) == expected


def test_an_output_that_ends_by_itself_at_the_limit_shows_nothing() -> None:
    free, limited = create(1, {}, **counting(5, 5)), create(2, {"max_output_tokens": 5}, **counting(5, 5))

    assert verdict("max_output_tokens", free, limited) == "unknown"


@pytest.mark.parametrize(("unasked", "expected"), [(0.7, "unknown"), (1, "echoed")])
def test_a_value_that_is_shown_unasked_as_well_is_no_echo(unasked: float, expected: str) -> None:
    plain, sent = create(1, {}, temperature=unasked), create(2, {"temperature": 0.7}, temperature=0.7)

    assert verdict("temperature", plain, sent) == expected
    assert verdict("temperature", sent, plain) == expected


@pytest.mark.parametrize(("status", "expected"), [(404, "unknown"), (200, "effective")])
def test_what_was_not_to_be_stored_counts_where_something_is_stored(status: int, expected: str) -> None:
    reads = [create(1, {}), read(2, 1, status), create(3, {"store": False}), read(4, 3, 404)]

    assert verdict("store", *reads) == expected
