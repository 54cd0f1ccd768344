"""The least and the greatest limit, and the list of a response that continues another."""

from antiphon.suite import Api, Transcript, assume, requirement, scenario


@scenario(needs={"store", "input-items"})
async def limited(api: Api) -> None:
    """Two messages are listed without a limit, with the least and with the greatest."""
    messages = [{"role": "user", "content": text} for text in ("Say hi.", "Say it twice.")]
    created = await api.create(input=messages, store=True, max_output_tokens=64)
    await api.input_items(created.id)
    await api.input_items(created.id, limit=1)
    await api.input_items(created.id, limit=100)


@scenario(needs={"chaining", "input-items"})
async def listed_in_chain(api: Api) -> None:
    """The input of a response that continues another is listed."""
    first = await api.create(input="The first turn.", store=True, max_output_tokens=64)
    second = await api.create(input="The second turn.", previous_response_id=first.id, store=True, max_output_tokens=64)
    await api.input_items(second.id)


@requirement("input-items.limit-maximum")
def test_limits_of_one_and_a_hundred_are_taken(limited: Transcript) -> None:
    """Limits of 1 and 100 are accepted."""
    _, plain, least, greatest = limited
    assume(plain.is_success, "the input cannot be listed at all")

    assert [least.status, greatest.status] == [200, 200]


@requirement("input-items.history")
def test_the_history_is_listed(listed_in_chain: Transcript) -> None:
    """The list holds the history of the chain as well."""
    page = listed_in_chain[2]
    assume(page.is_success, "the input cannot be listed")

    assert any("The first turn." in str(item.get("content")) for item in page.body["data"])
