"""When a response can be read: by default, after a stream, with include, while it is made; and when not."""

import anyio

from antiphon.suite import PROBE, Api, Transcript, assume, must_refuse, requirement, scenario, while_streaming


@scenario(needs={"store"})
async def stored_by_default(api: Api) -> None:
    """A response is created without store, and read; once more when it could not be read at once."""
    created = await api.create(input="Say hi.", max_output_tokens=64)
    found = await api.retrieve(created.id)
    if not found.ok:
        await anyio.sleep(1.5)
        await api.retrieve(created.id)


@scenario(needs={"store"})
async def read_with_include(api: Api) -> None:
    """A response is read without include, and with it when the second has turned over."""
    created = await api.create(input="Say hi.", store=True, max_output_tokens=64)
    await api.retrieve(created.id)
    await anyio.sleep(1.1)
    await api.retrieve(created.id, include=["message.output_text.logprobs"])


@scenario(needs={"store"})
async def not_stored(api: Api) -> None:
    """A response with store false is asked for."""
    created = await api.create(input="Say hi.", store=False, max_output_tokens=64)
    with api.intending(must_refuse("not-stored")):
        await api.retrieve(created.id)


@scenario(needs={"store", "streaming"})
async def read_after_stream(api: Api) -> None:
    """A response is read right after its stream."""
    streamed = await api.stream(input="Say hi.", store=True, max_output_tokens=64)
    await api.retrieve(streamed.id)


@scenario(needs={"store", "streaming"})
async def read_in_flight(api: Api) -> None:
    """A foreground response is asked for while it streams."""

    async def read(response_id: str) -> None:
        with api.intending(PROBE):
            await api.retrieve(response_id)

    await while_streaming(api, read, input="Count from 1 to 100.", store=True, max_output_tokens=200)


@requirement("store.default-on")
def test_store_is_on_by_default(stored_by_default: Transcript) -> None:
    """A response is stored when store is left out."""
    *_, found = stored_by_default

    assert found.is_success


@requirement("store.include-on-get")
def test_include_is_taken_when_reading(read_with_include: Transcript) -> None:
    """Reading a response takes include in its query."""
    _, plain, included = read_with_include
    assume(plain.is_success, "the response cannot be read at all")

    assert included.is_success


@requirement("store.echo-tells-truth")
def test_what_is_not_stored_is_not_said_to_be(not_stored: Transcript) -> None:
    """A reply does not say store true of a response that cannot be read."""
    created, found = not_stored
    assume(found.is_client_error, "it can be read though it was not to be stored")

    assert created.body.get("store") is not True


@requirement("store.readable-after-stream")
def test_a_streamed_response_can_be_read(read_after_stream: Transcript) -> None:
    """A response can be read by its id as soon as its stream has ended."""
    _, found = read_after_stream

    assert found.is_success


@requirement("store.get-in-flight")
def test_a_response_in_flight_is_read_or_not_found(read_in_flight: Transcript) -> None:
    """A foreground response in flight can be read or is refused with 404."""
    asked = next(each for each in read_in_flight if each.request and each.request.method == "GET")

    assert asked.status in (200, 404)
