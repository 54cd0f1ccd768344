"""What holds for any exchange is judged over all of them, one test per requirement."""

import pytest

from antiphon.judge.registry import judged_ids
from antiphon.suite import requirement


@requirement("{id}")
@pytest.mark.parametrize("id", sorted(judged_ids()))
def test_every_exchange_keeps(id: str, findings: object) -> None:
    """Every exchange of the run keeps the requirement."""
    assert findings is not None
