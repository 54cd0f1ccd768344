"""Valid parts of a create that few clients send, many in one: what only the newest documents know, images and files."""

import pytest

from antiphon.suite import (
    Api,
    Part,
    Transcript,
    any_outcome,
    find_refused_part,
    none_of,
    parts_of,
    requirement,
    requirements_of,
    scenario,
    send_parts,
)
from antiphon.suite.valid_parts.rare import RARE

BOUNDS = (
    Part("create.accepts.max-output-tokens", {"max_output_tokens": 40}, everywhere=True),
    Part("create.accepts.store-off", {"store": False}, everywhere=True),
)
PARTS = (*BOUNDS, *RARE)


@scenario()
async def rarely_accepted(api: Api) -> None:
    """Creates have what few clients send; where one is refused, its parts are tried in halves."""
    await send_parts(api, PARTS)


@any_outcome
@requirement("{name}")
@pytest.mark.parametrize("name", requirements_of(*RARE))
def test_what_is_rare_is_taken(rarely_accepted: Transcript, name: str) -> None:
    """A valid part of a create that few clients send is taken."""
    none_of(find_refused_part(parts_of(name, PARTS), PARTS, rarely_accepted))
