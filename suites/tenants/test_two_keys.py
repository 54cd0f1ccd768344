"""What one key made, another can neither see nor touch."""

from contextlib import suppress

from antiphon.suite import (
    Api,
    CannotContinue,
    CapabilityDeclined,
    Exchange,
    Transcript,
    assume,
    must_refuse,
    requirement,
    scenario,
)

STORY = "A baker has a red door, a carpenter has a green door, and a teacher has a blue door. Say who lives where."


@scenario(needs={"store"})
async def asked_by_another(api: Api) -> None:
    """A response is read; then it is read, continued and deleted with a second key, and read with the first again."""
    second = api.target.second_api_key
    if not second or second == api.target.api_key:
        raise CannotContinue("there is no second key; name its variable with --second-api-key-env")
    other = {"Authorization": f"Bearer {second}"}
    made = (await api.create(input=STORY, store=True, max_output_tokens=32)).id
    await api.retrieve(made)
    await api.create(headers=other, input="Say hi.", max_output_tokens=32)
    with api.intending(must_refuse("another-key")):
        await api.call("retrieve", response_id=made, headers=other)
        await api.create(headers=other, input="And?", previous_response_id=made, max_output_tokens=32)
        with suppress(CapabilityDeclined):  # a server without this route may leak in the others all the same
            await api.call("delete", response_id=made, headers=other)
    await api.retrieve(made)


def counted(exchange: Exchange) -> int:
    """The input tokens that a reply says it used."""
    usage = exchange.body.get("usage") if exchange.is_success else None
    tokens = usage.get("input_tokens") if isinstance(usage, dict) else None
    return tokens if isinstance(tokens, int) else 0


def admitted(transcript: Transcript) -> None:
    """Both keys are good."""
    _, mine, theirs, *_ = transcript
    assume(mine.is_success, "the first key cannot read what it made")
    assume(theirs.is_success, "the second key is not taken")


@requirement("store.foreign-ids-hidden")
def test_another_key_cannot_read_it(asked_by_another: Transcript) -> None:
    """A response of one project cannot be read with the key of another."""
    admitted(asked_by_another)
    _, _, _, read, *_ = asked_by_another

    assert read.is_client_error


@requirement("store.foreign-ids-not-continued")
def test_another_key_cannot_continue_it(asked_by_another: Transcript) -> None:
    """A response of one project cannot be continued with the key of another."""
    admitted(asked_by_another)
    _, _, theirs, _, continued, *_ = asked_by_another
    assume(continued.is_client_error or counted(continued) > counted(theirs), "it is continued as if it were not there")

    assert continued.is_client_error


@requirement("store.foreign-ids-kept")
def test_another_key_cannot_delete_it(asked_by_another: Transcript) -> None:
    """A response of one project cannot be deleted with the key of another."""
    admitted(asked_by_another)
    *_, deleted, found = asked_by_another
    assume(deleted.status not in (405, 501), "the server does not delete at all")

    assert found.is_success
