"""What cannot be done with a deleted response, and what a deletion leaves alone."""

from antiphon.suite import Api, Transcript, assume, must_refuse, requirement, scenario


@scenario(needs={"store"})
async def deleted_twice(api: Api) -> None:
    """A response is deleted twice."""
    created = await api.create(input="Say hi.", store=True, max_output_tokens=64)
    await api.delete(created.id)
    with api.intending(must_refuse("deleted")):
        await api.delete(created.id)


@scenario(needs={"store", "input-items"})
async def deleted_input(api: Api) -> None:
    """The input of a response is listed before and after its deletion."""
    created = await api.create(input="Say hi.", store=True, max_output_tokens=64)
    await api.input_items(created.id)
    await api.delete(created.id)
    with api.intending(must_refuse("deleted")):
        await api.input_items(created.id)


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


@requirement("store.delete-twice")
def test_a_second_delete_is_refused(deleted_twice: Transcript) -> None:
    """A second delete is refused with 404."""
    _, first, second = deleted_twice
    assume(first.is_success, "it was not deleted")

    assert second.status == 404


@requirement("store.delete-then-input-items")
def test_the_input_goes_with_its_response(deleted_input: Transcript) -> None:
    """The input of a deleted response cannot be listed."""
    _, before, deletion, after = deleted_input
    assume(before.is_success, "the input cannot be listed before either")
    assume(deletion.is_success, "it was not deleted")

    assert after.is_client_error


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
