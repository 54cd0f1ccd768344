"""What was sent is found among what is listed by what each item is known by."""

from typing import Any

import pytest

from antiphon.suite.item_faces import missing_items

TEXT = {"type": "input_text", "text": "Hi."}
MESSAGE: dict[str, Any] = {"type": "message", "role": "user", "content": [TEXT]}
CALL: dict[str, Any] = {"type": "function_call", "call_id": "call_1", "name": "wash", "arguments": "{}"}
OUTPUT: dict[str, Any] = {"type": "function_call_output", "call_id": "call_1", "output": [TEXT]}
SENT = [MESSAGE, CALL, OUTPUT]


def test_items_are_found_whatever_else_is_shown_of_them() -> None:
    shown = [{**item, "id": "some", "status": "completed"} for item in SENT]
    shown[2] = {**shown[2], "output": [{**TEXT, "annotations": []}]}

    assert missing_items([*SENT, {"type": "reasoning", "id": "rs_1", "summary": []}], shown) == []


@pytest.mark.parametrize(
    ("place", "change"),
    [
        (0, {"content": [{**TEXT, "text": "Ho."}]}),
        (0, {"content": []}),
        (1, {"arguments": '{"room":1}'}),
        (1, {"call_id": "call_2"}),
        (2, {"output": "Hi."}),
    ],
)
def test_an_item_that_says_something_else_is_missed(place: int, change: dict[str, Any]) -> None:
    shown = [{**item, **change} if place == number else item for number, item in enumerate(SENT)]

    assert [item["type"] for item in missing_items(SENT, shown)] == [SENT[place]["type"]]
