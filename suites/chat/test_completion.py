"""Messages are answered with a completion."""

from antiphon.suite import Transcript, requirement
from antiphon.suite.controls import completions

chatted = completions.chatted


@requirement("chat.text")
def test_messages_are_answered(chatted: Transcript) -> None:
    """A model and messages are answered with 200 and a completion."""
    answer, *_ = chatted

    assert answer.status == 200
    assert "choices" in answer.body
