"""What cannot be done with a deleted response, and what a deletion leaves alone."""

from antiphon.suite import Api, Transcript, assume, must_refuse, requirement, scenario


@scenario(needs={"chaining"})
async def deleted_parent(api: Api) -> None:
    """The first response of a chain is deleted, then its child is read and it is continued itself."""
    parent = await api.create(input="Say hi.", store=True, max_output_tokens=64)
    child = await api.create(input="Again.", previous_response_id=parent.id, store=True, max_output_tokens=64)
    child_id = child.id
    await api.delete(parent.id)
    await api.retrieve(child_id)
    with api.intending(must_refuse("deleted")):
        await api.create(input="Once more.", previous_response_id=parent.id, max_output_tokens=64)


@requirement("store.delete-then-chain")
def test_a_deleted_response_is_not_continued(deleted_parent: Transcript) -> None:
    """A deleted response cannot be continued."""
    _, child, deletion, _, orphan = deleted_parent
    assume(child.is_success, "it could not be continued even before that")
    assume(deletion.is_success, "it was not deleted")

    assert orphan.is_client_error


@requirement("store.delete-keeps-children")
def test_a_child_outlives_its_parent(deleted_parent: Transcript) -> None:
    """A response stays readable when the one it follows is deleted."""
    deletion, child = deleted_parent[2], deleted_parent[3]
    assume(deletion.is_success, "it was not deleted")

    assert child.is_success
