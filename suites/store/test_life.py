"""From its reply to its deletion, a stored response is what its reply said."""

from antiphon.judge.json_pointer import differences
from antiphon.suite import Api, Transcript, assume, must_refuse, requirement, scenario

SEALED = frozenset({"encrypted_content"})
"""Made anew each time it is shown."""
KEPT = ("id", "status", "output", "usage", "created_at", "background")
"""What is compared; metadata have a requirement of their own."""


@scenario(needs={"store"})
async def stored_life(api: Api) -> None:
    """A stored response is read, deleted and asked for once more."""
    created = await api.create(
        input="Say hi.", store=True, metadata={"purpose": "antiphon", "turn": "one"}, max_output_tokens=64
    )
    await api.retrieve(created.id)
    await api.delete(created.id)
    with api.intending(must_refuse("deleted")):
        await api.retrieve(created.id)


@requirement("store.taken")
def test_a_create_to_be_stored_is_taken(stored_life: Transcript) -> None:
    """A create with store true is taken, or declined by the name of store."""
    created = stored_life[0]

    assert created.is_success


@requirement("store.readable-at-once")
def test_a_reply_can_be_read_again(stored_life: Transcript) -> None:
    """A response can be read by its id as soon as its reply has arrived."""
    _, found, *_ = stored_life

    assert found.is_success


@requirement("store.echo-tells-truth")
def test_what_is_said_to_be_stored_can_be_read(stored_life: Transcript) -> None:
    """A reply says store true only of a response that can be read."""
    created, found, *_ = stored_life
    assume(created.body.get("store") is True, "the reply does not say that it is stored")

    assert found.is_success


@requirement("store.get-equals-create")
def test_a_stored_response_is_its_reply(stored_life: Transcript) -> None:
    """A stored response has the members of its reply, encrypted content apart."""
    created, found, *_ = stored_life
    assume(found.is_success, "the response cannot be read")
    said, kept = ({name: each.body.get(name) for name in KEPT} for each in (created, found))

    assert list(differences(said, kept, SEALED)) == []


@requirement("metadata.kept-on-get")
def test_metadata_are_kept(stored_life: Transcript) -> None:
    """A stored response shows the metadata it was created with."""
    created, found, *_ = stored_life
    assume(found.is_success, "the response cannot be read")
    assume("metadata" in found.body, "the response that is read has no metadata")

    assert found.body["metadata"] == created.sent["metadata"]


@requirement("store.delete-succeeds")
def test_a_stored_response_can_be_deleted(stored_life: Transcript) -> None:
    """Deleting a stored response is answered with 200."""
    deletion = stored_life[2]

    assert deletion.status == 200


@requirement("store.delete-then-get")
def test_a_deleted_response_is_gone(stored_life: Transcript) -> None:
    """A deleted response cannot be read."""
    _, found, deletion, gone = stored_life
    assume(found.is_success, "it could not be read even before that")
    assume(deletion.is_success, "it was not deleted")

    assert gone.is_client_error


@requirement("store.delete-then-get-404")
def test_a_deleted_response_is_not_found(stored_life: Transcript) -> None:
    """Reading a deleted response is refused with 404."""
    _, found, deletion, gone = stored_life
    assume(found.is_success, "it could not be read even before that")
    assume(deletion.is_success, "it was not deleted")
    assume(gone.is_client_error, "it can still be read")

    assert gone.status == 404
