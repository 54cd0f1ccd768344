"""What a conversation says is read, whatever form its items have."""

from __future__ import annotations

from antiphon.recording.exchange import Chunk, Exchange, Request, Response
from antiphon.recording.records import ScenarioEnd
from antiphon.recording.transcript import Transcript
from antiphon.suite.controls.whole_conversation import texts
from antiphon.suite.observation import observe


def test_content_that_is_a_text_is_read_like_a_part() -> None:
    parts = {"type": "message", "content": [{"type": "input_text", "text": " Hello "}, {"type": "input_image"}]}
    text = {"type": "message", "content": "Again."}

    assert texts([parts, text, {"type": "function_call"}, None]) == ["Hello", "", "Again."]


def says_hello(life: Transcript) -> None:
    """What was said is listed."""
    assert "Hello" in texts(life[0].body["data"])


def test_a_page_without_a_list_is_the_servers_doing() -> None:
    reply = Response(200, (("content-type", "application/json"),), (Chunk(0.1, b'{"data": 7}'),))
    page = Exchange("life/1", Request("GET", "/conversations/conv_1/items"), reply, "life", started_at=1, elapsed=0.2)

    seen = observe(says_hello, {"life": Transcript("life", (page,), ScenarioEnd("life", "finished"))})

    assert not seen.error
    assert seen.violation
    assert seen.violation.exchange == "life/1"
