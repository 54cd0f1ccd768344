"""What a refusal leaves behind, and what is answered where nothing is."""

from antiphon.suite import Api, Transcript, assume, must_refuse, requirement, scenario


@scenario(needs={"conversations"})
async def refused_in_conversation(api: Api) -> None:
    """A create that must be refused names a conversation, which is listed; so does a valid one after it."""
    conversation = await api.call("conversations.create", body={})
    with api.intending(must_refuse("temperature-type")):
        await api.create(input="Say hi.", conversation=conversation.id, temperature="x")
    await api.call("conversations.items.list", conversation_id=conversation.id)
    await api.create(input="Say hi.", conversation=conversation.id, max_output_tokens=64)
    await api.call("conversations.items.list", conversation_id=conversation.id)


@requirement("errors.unchanged-after-refusal")
def test_a_refused_create_leaves_nothing_behind(refused_in_conversation: Transcript) -> None:
    """A refused create leaves nothing behind."""
    _, refusal, listed, _, after = refused_in_conversation
    assume(refusal.is_client_error, "the create was not refused")
    assume(after.is_success and after.body.get("data"), "a valid create leaves nothing there either")

    assert listed.body["data"] == []


@scenario()
async def nowhere(api: Api) -> None:
    """A path is asked for that no server of this API has."""
    with api.intending(must_refuse("unknown-route")):
        await api.send("GET", "/no-such-path-of-antiphon")


@requirement("errors.unknown-route")
def test_an_unknown_path_is_refused(nowhere: Transcript) -> None:
    """An unknown path is refused with 404 and the envelope."""
    (refusal,) = nowhere

    assert refusal.status == 404
    assert isinstance(refusal.body["error"]["message"], str)
