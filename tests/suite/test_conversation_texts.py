"""What a conversation says is read, whatever form its items have."""

from __future__ import annotations

from antiphon.suite.controls.whole_conversation import texts


def test_content_that_is_a_text_is_read_like_a_part() -> None:
    parts = {"type": "message", "content": [{"type": "input_text", "text": " Hello "}, {"type": "input_image"}]}
    text = {"type": "message", "content": "Again."}

    assert texts([parts, text, {"type": "function_call"}, None]) == ["Hello", "", "Again."]
