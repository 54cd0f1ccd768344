"""What a request holds besides its text is read: told by the input tokens that it costs."""

import pytest

from antiphon.suite import Exchange, Transcript, requirement
from antiphon.suite.controls import token_counts
from antiphon.suite.controls.token_counts import assume_count_moves, count_input

weighed = token_counts.weighed
ADDED = {"create.instructions-read": 2, "create.tools-read": 3}
"""Which create holds something besides its input, by the requirement that it is read."""


@requirement("{name}")
@pytest.mark.parametrize("name", ADDED, ids=str)
def test_what_is_added_is_read(weighed: Transcript, name: str) -> None:
    """What is sent besides the input costs input tokens, or the function that was offered is called."""
    alone, longer, *_ = weighed
    added = weighed[ADDED[name]]
    assume_count_moves(alone, longer)

    assert is_called(added) or count_input(added) > count_input(alone)


def is_called(answered: Exchange) -> bool:
    """The answer calls a function."""
    output = answered.body.get("output") if answered.is_success and isinstance(answered.body, dict) else None
    items = output if isinstance(output, list) else []
    return any(isinstance(item, dict) and item.get("type") == "function_call" for item in items)
