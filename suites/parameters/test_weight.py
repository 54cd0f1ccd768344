"""What a request holds besides its text is read: told by the input tokens that it costs."""

import pytest

from antiphon.suite import Transcript, requirement
from antiphon.suite.controls import token_counts
from antiphon.suite.controls.token_counts import assume_count_moves, count_input

weighed = token_counts.weighed
ADDED = {"create.instructions-read": 2, "create.tools-read": 3}
"""Which create holds something besides its input, by the requirement that it is read."""


@requirement("{name}")
@pytest.mark.parametrize("name", ADDED, ids=str)
def test_what_is_added_is_read(weighed: Transcript, name: str) -> None:
    """What is sent besides the input costs input tokens."""
    alone, longer, *_ = weighed
    added = weighed[ADDED[name]]
    assume_count_moves(alone, longer)

    assert count_input(added) > count_input(alone)
