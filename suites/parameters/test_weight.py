"""What a request holds besides its text is read: told by the input tokens that it costs."""

import pytest

from antiphon.suite import Transcript, requirement
from antiphon.suite.controls import token_counts
from antiphon.suite.controls.token_counts import ADDITIONS, assume_count_moves, count_input

weighed = token_counts.weighed


@requirement("{name}")
@pytest.mark.parametrize("name", ADDITIONS, ids=str)
def test_what_is_added_is_read(weighed: Transcript, name: str) -> None:
    """What is sent besides the input costs input tokens."""
    alone, longer, *others = weighed
    added = others[list(ADDITIONS).index(name)]
    assume_count_moves(alone, longer)

    assert count_input(added) > count_input(alone)
