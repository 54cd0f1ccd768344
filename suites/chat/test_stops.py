"""A stop sequence ends a completion, and is no part of it."""

from antiphon.suite import Exchange, Transcript, assume, is_taken, requirement
from antiphon.suite.controls import kept_completions
from antiphon.suite.controls.kept_completions import ROOM, STOP, stored_pair

completion_kept = kept_completions.completion_kept


def stopped_texts(completion: Exchange) -> list[str]:
    """The texts of a completion that had stop sequences."""
    assume(completion.sent.get("stop") and is_taken(completion), "stop was refused, as reasoning models do")
    contents = [choice["message"].get("content") for choice in completion.body["choices"]]
    texts = [content for content in contents if isinstance(content, str) and content]
    assume(texts, "the completion has no text")
    return texts


@requirement("chat.stop-sequence")
def test_the_text_has_no_stop_sequence(completion_kept: Transcript) -> None:
    """A stop sequence is not part of the text."""
    texts = stopped_texts(stored_pair(completion_kept)[0])

    assert [sequence for sequence in STOP for text in texts if sequence in text] == []


@requirement("chat.stop-finish")
def test_a_stopped_answer_says_stop(completion_kept: Transcript) -> None:
    """A completion that meets a stop sequence finishes with stop."""
    completion = stored_pair(completion_kept)[0]
    texts = stopped_texts(completion)
    assume(not any(sequence in text for sequence in STOP for text in texts), "the text was not cut there")
    made = (completion.body.get("usage") or {}).get("completion_tokens")
    assume(isinstance(made, int) and made < ROOM, "it may have met its limit")
    reasons = [choice["finish_reason"] for choice in completion.body["choices"]]
    assume(set(reasons) <= {"stop", "length"}, "it ended for a reason that has nothing to do with its text")

    assert reasons == ["stop"] * len(reasons)
