"""Two responses on one conversation at the same moment."""

import anyio

from antiphon.suite import PROBE, Api, Exchange, Transcript, assume, requirement, scenario

WISHES = ("Count from 1 to 30 with commas.", "Count from 30 down to 1 with commas.")


@scenario(needs={"conversations", "streaming"}, alone=True)
async def conversation_shared(api: Api) -> None:
    """Two streams begin at once on one conversation; when both have ended, its items are listed."""
    made = (await api.call("conversations.create", body={})).id
    with api.intending(PROBE):
        async with anyio.create_task_group() as group:
            for wish in WISHES:
                group.start_soon(_ask, api, made, wish)
    await api.call("conversations.items.list", conversation_id=made, query={"limit": 50, "order": "asc"})


async def _ask(api: Api, conversation: str, wish: str) -> None:
    await api.stream(input=wish, conversation=conversation, max_output_tokens=200)


def asked(transcript: Transcript) -> list[Exchange]:
    """The two streams, or refusals."""
    return [each for each in transcript if isinstance(each.sent, dict) and "input" in each.sent]


@requirement("conversations.locked")
def test_one_of_two_may_be_refused(conversation_shared: Transcript) -> None:
    """Two responses at once on one conversation succeed, or one is refused as locked."""
    statuses = sorted(each.status or 0 for each in asked(conversation_shared))

    assert statuses in ([200, 200], [200, 400], [200, 409])


@requirement("errors.trigger.conversation-locked.detail")
def test_a_lock_is_named(conversation_shared: Transcript) -> None:
    """The refusal of a locked conversation has status 400, param conversation and code conversation_locked."""
    refused = [each for each in asked(conversation_shared) if each.is_client_error]
    assume(refused, "neither of the two was refused")
    error = refused[0].body["error"]

    assert refused[0].status == 400
    assert (error.get("param"), error.get("code")) == ("conversation", "conversation_locked")


@requirement("conversations.nothing-lost")
def test_no_item_is_lost(conversation_shared: Transcript) -> None:
    """No item is lost when two responses use one conversation at once."""
    *_, listed = conversation_shared
    said = [each.sent["input"] for each in asked(conversation_shared) if each.is_success]
    assume(said, "neither of the two was answered")
    assert listed.is_success
    found = str(listed.body["data"])
    assume(any(wish in found for wish in said), "responses append nothing at all")

    assert [wish for wish in said if wish not in found] == []
