"""An output that reaches its limit, plain and streamed."""

from antiphon.suite import Api, Transcript, assume, requirement, scenario
from antiphon.suite.controls import output_cuts, token_counts
from antiphon.suite.controls.output_cuts import LIMIT, LONG, cut_at_limit, is_cut, usage
from antiphon.suite.controls.token_counts import assume_count_moves, count_input

weighed, plain_cut = token_counts.weighed, output_cuts.plain_cut


def reached_limit(transcript: Transcript) -> bool:
    """The response was cut, or used up its limit where one with a higher limit went beyond it."""
    cut, *more = transcript
    if is_cut(cut):
        return True
    beyond = any(is_cut(each) or (usage(each).get("output_tokens") or 0) > LIMIT for each in more if each.is_success)
    return beyond and (usage(cut).get("output_tokens") or 0) >= LIMIT


@scenario(needs={"streaming"})
async def streamed_cut(api: Api) -> None:
    """The same is asked for as a stream."""
    await cut_at_limit(api, stream=True)


@scenario()
async def plain_cut_again(api: Api) -> None:
    """The same is asked for once more."""
    await api.create(input=LONG, max_output_tokens=LIMIT, store=False)


@requirement("limits.minimum-output-tokens")
def test_sixteen_tokens_are_accepted(plain_cut: Transcript) -> None:
    """A max_output_tokens of 16 is accepted."""
    cut, *_ = plain_cut

    assert cut.is_success


@requirement("limits.output-cut-is-incomplete")
def test_a_cut_output_is_incomplete(plain_cut: Transcript) -> None:
    """An output that reaches its limit ends incomplete with the reason max_output_tokens."""
    cut, *_ = plain_cut
    assume(cut.is_success, "the create was refused")
    assume(reached_limit(plain_cut), "the model stopped before its limit, or just at it")

    assert cut.reply["status"] == "incomplete"
    assert (cut.reply.get("incomplete_details") or {}).get("reason") == "max_output_tokens"


@requirement("limits.last-item-incomplete")
def test_the_last_item_is_incomplete(plain_cut: Transcript) -> None:
    """The item in which the output was cut has the status incomplete."""
    cut, *_ = plain_cut
    shown = cut.is_success and cut.reply.get("status") in (None, "incomplete")
    assume(shown and reached_limit(plain_cut), "the output was not cut")
    output = cut.reply.get("output")
    assume(isinstance(output, list) and output and "status" in output[-1], "no item with a status is left")

    assert output[-1]["status"] == "incomplete"


@requirement("stream.cut-ends-incomplete")
def test_a_cut_stream_ends_incomplete(streamed_cut: Transcript, plain_cut: Transcript) -> None:
    """A stream cut by the output limit ends with response.incomplete."""
    cut, *_ = streamed_cut
    assume(plain_cut[0].is_success, "so low a limit is refused in a plain create too")
    assert cut.is_success
    endings = ("response.completed", "response.incomplete", "response.failed")
    last = [event.get("type") for event in cut.events if event.get("type") in endings][-1:]
    assume(last, "the stream has no end")
    assume(reached_limit(streamed_cut), "the model stopped before its limit, or just at it")

    assert last == ["response.incomplete"]


@requirement("stream.final.same-keys-as-plain")
def test_a_streamed_response_has_the_same_keys(plain_cut: Transcript, streamed_cut: Transcript) -> None:
    """A streamed response object has the keys of one that was not streamed."""
    plain, *_ = plain_cut
    streamed, *_ = streamed_cut
    assume(plain.is_success and isinstance(plain.body, dict), "the plain create was refused")
    ends = [event for event in streamed.events if event.get("type") in ("response.completed", "response.incomplete")]
    assume(ends and isinstance(ends[-1].get("response"), dict), "the stream has no response at its end")
    assume(ends[-1]["response"].get("status") == plain.body.get("status"), "the two ended in different ways")

    assert sorted(ends[-1]["response"]) == sorted(plain.body)


@requirement("usage.text-stays-put")
def test_the_same_input_counts_the_same_streamed(
    plain_cut: Transcript, streamed_cut: Transcript, weighed: Transcript
) -> None:
    """The same input counts the same input tokens plain and streamed."""
    plain, *_ = plain_cut
    streamed, *_ = streamed_cut
    assume_count_moves(weighed[0], weighed[1])

    assert count_input(streamed) == count_input(plain)


@requirement("usage.text-stays-put")
def test_the_same_input_counts_the_same_twice(
    plain_cut: Transcript, plain_cut_again: Transcript, weighed: Transcript
) -> None:
    """The same input counts the same input tokens twice."""
    first, *_ = plain_cut
    (second,) = plain_cut_again
    assume_count_moves(weighed[0], weighed[1])

    assert count_input(second) == count_input(first)
