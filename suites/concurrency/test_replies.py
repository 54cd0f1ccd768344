"""Several responses made at once do not mix."""

from typing import Any

import anyio

from antiphon.suite import Answer, Api, Exchange, Transcript, assume, requirement, scenario
from antiphon.suite.shown_metadata import shown_of

FEW, MANY = 3, 24


async def at_once(api: Api, number: int, **options: Any) -> list[Answer]:
    """Create so many responses at once, each with a text and metadata of its own."""
    made: list[Answer] = []

    async def create(place: int) -> None:
        made.append(
            await api.create(
                input=f"Say the number {place}.", metadata={"place": str(place)}, max_output_tokens=64, **options
            )
        )

    async with anyio.create_task_group() as group:
        for place in range(number):
            group.start_soon(create, place)
    return made


@scenario()
async def few_at_once(api: Api) -> None:
    """A few responses are made at once."""
    await at_once(api, FEW)


@scenario(needs={"store"})
async def many_stored_at_once(api: Api) -> None:
    """Several responses are made at once, and read at once."""
    made = await at_once(api, MANY, store=True)
    async with anyio.create_task_group() as group:
        for answer in made:
            group.start_soon(api.retrieve, answer.id)


@scenario(needs={"store", "input-items"})
async def many_listed_at_once(api: Api) -> None:
    """Several responses are made at once, and their inputs are listed at once."""
    made = await at_once(api, MANY, store=True)
    async with anyio.create_task_group() as group:
        for answer in made:
            group.start_soon(api.input_items, answer.id)


def created(transcript: Transcript) -> list[Exchange]:
    """The creates that succeeded; several of them, or nothing can be told."""
    found = [each for each in transcript if each.sent and each.is_success]
    assume(len(found) > 1, "fewer than two of the creates succeeded")
    return found


def asked(transcript: Transcript) -> dict[str, Exchange]:
    """What was asked by GET for each response that was made, by its id. The ids must be distinct."""
    ids = [each.body.get("id") for each in created(transcript)]
    assume(len(set(ids)) == len(ids), "two responses share an id")
    reads = [each for each in transcript if not each.sent and each.request]
    return {id: each for each in reads for id in ids if f"/{id}" in each.request.path}  # type: ignore[union-attr]


@requirement("concurrency.replies-not-mixed")
def test_each_reply_has_its_own_metadata(few_at_once: Transcript) -> None:
    """Each of several replies at once repeats its own metadata."""
    replies = created(few_at_once)
    shown = [shown_of(each.sent["metadata"], each.body["metadata"]) for each in replies]
    assume(any(shown), "no reply repeats any metadata")

    assert shown == [each.sent["metadata"] for each in replies]


@requirement("concurrency.ids-distinct")
def test_no_two_replies_share_an_id(few_at_once: Transcript) -> None:
    """No two of several responses made at once share an id."""
    ids = [each.body.get("id") for each in created(few_at_once)]

    assert sorted(set(ids)) == sorted(ids)


@requirement("concurrency.stored-not-mixed")
def test_each_is_stored_with_its_own_metadata(many_stored_at_once: Transcript) -> None:
    """Each of several responses made at once is stored with its own metadata."""
    found = asked(many_stored_at_once)
    shown = {
        each.body["id"]: shown_of(each.sent["metadata"], found[each.body["id"]].body.get("metadata"))
        for each in created(many_stored_at_once)
        if found[each.body["id"]].is_success
    }
    assume(any(shown.values()), "no stored response shows any metadata")
    sent = {each.body["id"]: each.sent["metadata"] for each in created(many_stored_at_once)}

    assert shown == {id: sent[id] for id in shown}


@requirement("concurrency.inputs-not-mixed")
def test_each_lists_its_own_input(many_listed_at_once: Transcript) -> None:
    """Each of several responses made at once lists its own input."""
    pages = asked(many_listed_at_once)
    sent = {each.body["id"]: each.sent["input"] for each in created(many_listed_at_once)}
    listed = {id: str(page.body.get("data")) for id, page in pages.items() if page.is_success}
    assume(listed, "no input can be listed")

    assert [id for id, text in listed.items() if sent[id] not in text] == []
