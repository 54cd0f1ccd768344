"""Why a choice ends: at a limit, or at a stop sequence."""

from antiphon.suite import Api, Exchange, Transcript, assume, is_unsupported, requirement, scenario

COUNT = [{"role": "user", "content": "Count from 1 to 40, with a comma and a space after each number."}]
STOP = [" ", ","]
LIMIT = 5


@scenario(needs={"chat"})
async def chat_ended(api: Api) -> None:
    """A long answer is cut by a limit, whole and as a stream; then it is not, and then it meets a stop sequence."""
    common = {"model": api.model, "messages": COUNT}
    await api.call("chat.create", body={**common, "max_completion_tokens": LIMIT})
    await api.call("chat.create", body={**common, "max_completion_tokens": LIMIT, "stream": True})
    await api.call("chat.create", body={**common, "max_completion_tokens": 1000})
    await api.call("chat.create", body={**common, "max_completion_tokens": 1000, "stop": STOP})


def _tokens(completion: Exchange) -> int:
    """The tokens of an answer; those of the limit where the reply does not count them."""
    count = (completion.body.get("usage") or {}).get("completion_tokens")
    return count if isinstance(count, int) else LIMIT


@requirement("chat.length-cut")
def test_a_cut_answer_says_length(chat_ended: Transcript) -> None:
    """A completion that reaches its limit finishes with length."""
    cut, _, whole, *_ = chat_ended
    assume(cut.is_success, "so low a limit was refused")
    assume(_tokens(cut) >= LIMIT, "the model stopped before its limit")
    assume(_tokens(whole) > LIMIT, "the whole answer is no longer than the limit")

    assert cut.body["choices"][0]["finish_reason"] == "length"


@requirement("chat.stop-sequence")
def test_the_text_has_no_stop_sequence(chat_ended: Transcript) -> None:
    """A stop sequence is not part of the text."""
    *_, whole, stopped = chat_ended
    assume(not is_unsupported(stopped), "stop was refused, as reasoning models do")
    assert stopped.is_success
    assume_meets_stop(whole)

    assert [sequence for sequence in STOP if sequence in text_of(stopped)] == []


def text_of(completion: Exchange) -> str:
    return str(completion.body["choices"][0]["message"]["content"] or "")


def assume_meets_stop(whole: Exchange) -> None:
    """Not testable unless the answer without stop sequences holds one."""
    assume(whole.is_success, "the whole answer was refused")
    assume(any(sequence in text_of(whole) for sequence in STOP), "the whole answer holds no stop sequence either")


@requirement("chat.stop-finish")
def test_a_stopped_answer_says_stop(chat_ended: Transcript) -> None:
    """A completion that meets a stop sequence finishes with stop."""
    *_, whole, stopped = chat_ended
    assume(stopped.is_success, "stop was refused, as reasoning models do")
    assume_meets_stop(whole)
    cut = not any(sequence in text_of(stopped) for sequence in STOP)
    assume(cut, "the text was not cut at the stop sequence")

    assert stopped.body["choices"][0]["finish_reason"] == "stop"
