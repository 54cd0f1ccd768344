"""Stored completions are listed, oldest first, page by page, narrowed by their metadata."""

import secrets

import anyio

from antiphon.suite import Api, Exchange, Transcript, assume, requirement, scenario

OURS = 3
"""How many completions share one value of the metadata; the one that is made after them has another."""


@scenario(needs={"chat-stored"})
async def completions_kept(api: Api) -> None:
    """Four completions are stored; the three that share a value are listed at once, and by pages of two."""
    mark = f"list-{secrets.token_hex(6)}"
    for pause, value in zip((1.1, 0, 0, 0), (mark, mark, mark, "other"), strict=True):
        body = {"model": api.model, "messages": [{"role": "user", "content": "Say hi."}], "max_completion_tokens": 200}
        await api.call("chat.create", body={**body, "store": True, "metadata": {"antiphon": value}})
        await anyio.sleep(pause)  # the service orders by whole seconds
    query = {"metadata[antiphon]": mark}
    for _ in range(20):
        listed = await api.call("chat.list", query=query)
        if len(listed.body.get("data") or ()) >= OURS:
            break
        await anyio.sleep(0.5)
    after: dict[str, str] = {}
    for _ in range(6):
        page = await api.call("chat.list", query={**query, "limit": 2, **after})
        if not page.ok or not page.body.get("has_more"):
            break
        after = {"after": page.body["data"][-1]["id"]}


def made(transcript: Transcript) -> list[str]:
    """The ids of the completions that share the value."""
    return [exchange.body["id"] for exchange in transcript[:OURS]]


def lists(transcript: Transcript, *, limited: bool) -> list[Exchange]:
    """The lists that were asked for with a limit, or without."""
    asked = transcript[OURS + 1 :]
    return [each for each in asked if each.request and (("limit", "2") in each.request.query) == limited]


def ids(listed: Exchange) -> list[str]:
    """The ids of a list, in its order."""
    return [completion["id"] for completion in listed.body["data"]]


def assume_listed(transcript: Transcript) -> list[str]:
    """The ids of the whole list, if ours are in it."""
    found = ids(lists(transcript, limited=False)[-1])
    assume(set(made(transcript)) <= set(found), "not all stored completions are listed")
    return found


@requirement("chat.stored.list")
def test_stored_completions_are_listed(completions_kept: Transcript) -> None:
    """A stored completion is in the list."""
    whole = lists(completions_kept, limited=False)[-1]

    assert [each for each in made(completions_kept) if each not in ids(whole)] == []


@requirement("chat.stored.order")
def test_the_oldest_comes_first(completions_kept: Transcript) -> None:
    """Completions are listed oldest first when no order is asked for."""
    found = assume_listed(completions_kept)

    first, *_, last = made(completions_kept)

    assert found.index(first) < found.index(last)


@requirement("chat.stored.metadata-filter")
def test_metadata_narrow_the_list(completions_kept: Transcript) -> None:
    """The list can be narrowed by metadata."""
    found = assume_listed(completions_kept)
    other = completions_kept[OURS].body["id"]

    assert other not in found


@requirement("chat.stored.pages")
def test_pages_give_every_completion_once(completions_kept: Transcript) -> None:
    """Walking the pages gives every completion once."""
    assume_listed(completions_kept)
    walked = [each for page in lists(completions_kept, limited=True) for each in ids(page)]

    assert sorted(each for each in walked if each in made(completions_kept)) == sorted(made(completions_kept))
