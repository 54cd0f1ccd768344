"""A stored response that is read, listed and continued: what a refusal of another id is held against."""

from __future__ import annotations

from antiphon.exercise.api import Api
from antiphon.suite import scenario


@scenario(needs={"store"})
async def stored_read(api: Api) -> None:
    """A stored response is read."""
    created = await api.create(input="Say hi.", store=True, max_output_tokens=16)
    await api.retrieve(created.id)


@scenario(needs={"chaining"})
async def stored_continued(api: Api) -> None:
    """A stored response is continued."""
    created = await api.create(input="Say hi.", store=True, max_output_tokens=16)
    await api.create(input="Again.", previous_response_id=created.id, max_output_tokens=16)
