"""A streamed text: read again when it has ended, without padding, and refused before it begins."""

from typing import Any

import anyio

from antiphon.suite import Api, Transcript, assume, must_refuse, requirement, scenario

ENDINGS = ("response.completed", "response.incomplete", "response.failed", "error")
TURNED = 1.1
"""Seconds after which a time that is read from the clock shows another second."""
APART = frozenset({"encrypted_content", "obfuscation"})


@scenario(needs={"streaming", "store"})
async def streamed_text(api: Api) -> None:
    """A text is streamed, and the response is read when it has ended and the second has turned over."""
    streamed = await api.stream(input="Say hi.", store=True, metadata={"purpose": "contract"})
    streamed_id = streamed.id
    await anyio.sleep(TURNED)
    await api.retrieve(streamed_id)


@requirement("store.readable-after-stream")
def test_the_streamed_response_can_be_read(streamed_text: Transcript) -> None:
    """A response can be read by its id as soon as its stream has ended."""
    _, read = streamed_text

    assert read.is_success


def bare(value: Any) -> Any:
    """A value without what may differ each time it is written."""
    match value:
        case dict():
            return {name: bare(inner) for name, inner in value.items() if name not in APART}
        case list():
            return [bare(inner) for inner in value]
    return value


@requirement("stream.completes")
def test_a_stream_completes(streamed_text: Transcript) -> None:
    """A valid stream ends with response.completed or response.incomplete."""
    streamed = streamed_text[0]
    assert streamed.is_success
    ended = [str(event.get("type")) for event in streamed.events if event.get("type") in ENDINGS]
    assume(ended, "the stream has no end")

    assert ended[0] in ("response.completed", "response.incomplete")


@requirement("stream.final.equals-retrieved")
def test_the_end_equals_what_is_stored(streamed_text: Transcript) -> None:
    """The response of the terminal event equals the stored response read afterwards, encrypted content apart."""
    streamed, read = streamed_text
    ended = any(event.get("type") in ENDINGS and "response" in event for event in streamed.events)
    assume(ended, "no terminal event has a response")
    assume(read.is_success and isinstance(read.body, dict), "the response cannot be read")
    final, stored = bare(streamed.reply), bare(read.body)
    differing = sorted(name for name in {*final, *stored} if final.get(name) != stored.get(name))

    assert {name: stored.get(name) for name in differing} == {name: final.get(name) for name in differing}


@scenario(needs={"streaming"})
async def unpadded(api: Api) -> None:
    """A text is streamed without obfuscation."""
    await api.stream(input="Say hi.", stream_options={"include_obfuscation": False}, max_output_tokens=64, store=False)


@requirement("stream.obfuscation.off")
def test_nothing_is_padded(unpadded: Transcript, streamed_text: Transcript) -> None:
    """No event carries obfuscation when the request switches it off."""
    (streamed,) = unpadded
    assume(streamed.is_success and streamed.events, "the stream was refused")
    padded = [event for event in streamed_text[0].events if "obfuscation" in event]
    assume(padded or any("obfuscation" in event for event in streamed.events), "nothing is padded unasked either")

    assert [event.get("type") for event in streamed.events if "obfuscation" in event] == []


@scenario(needs={"streaming"})
async def malformed_stream(api: Api) -> None:
    """A stream is asked for with a value of a wrong type."""
    with api.intending(must_refuse("max-output-tokens-type")):
        await api.stream(input="Say hi.", max_output_tokens="many")


@requirement("stream.error.refused-before-start")
def test_a_malformed_stream_is_refused(malformed_stream: Transcript) -> None:
    """A malformed request for a stream is refused as JSON with a 4xx status and no stream."""
    (refusal,) = malformed_stream

    assert refusal.is_client_error
    assert isinstance(refusal.body, dict)
