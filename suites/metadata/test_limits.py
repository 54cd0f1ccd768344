"""As much metadata as may be, and what it costs."""

from antiphon.suite import Api, Transcript, assume, requirement, scenario
from antiphon.suite.controls import token_counts
from antiphon.suite.controls.token_counts import assume_count_moves, count_input

weighed = token_counts.weighed

FULL = {f"{number:02d}" + "k" * 62: "v" * 512 for number in range(16)}
FOREIGN = {"foreign": "é你" * 256}


@scenario()
async def annotated(api: Api) -> None:
    """The same request is sent without metadata, with little, with as much as may be, and with letters beyond ASCII."""
    await api.create(input="Say hi.", max_output_tokens=64)
    await api.create(input="Say hi.", max_output_tokens=64, metadata={"purpose": "to be counted, or rather not" * 8})
    await api.create(input="Say hi.", max_output_tokens=64, metadata=FULL)
    await api.create(input="Say hi.", max_output_tokens=64, metadata=FOREIGN)


@requirement("metadata.maximum-accepted")
def test_sixteen_long_pairs_come_back(annotated: Transcript) -> None:
    """Sixteen pairs with keys of 64 and values of 512 characters are accepted and come back."""
    _, little, full, _ = annotated
    assume(little.is_success, "no metadata is taken at all")
    assert full.is_success

    assert full.body["metadata"] == FULL


@requirement("metadata.not-counted")
def test_metadata_costs_nothing(annotated: Transcript, weighed: Transcript) -> None:
    """Metadata adds nothing to the input tokens."""
    plain, little, *_ = annotated
    assume_count_moves(weighed[0], weighed[1])

    assert count_input(little) == count_input(plain)


@requirement("metadata.characters-not-bytes")
def test_limits_count_characters(annotated: Transcript) -> None:
    """A value of 512 characters outside ASCII is accepted."""
    *_, foreign = annotated

    assert foreign.is_success
