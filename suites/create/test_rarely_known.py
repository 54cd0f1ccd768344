"""What few documents know and some clients send, for the checks that hold for any exchange."""

from antiphon.suite import PROBE, Api, scenario

SILENCE = "UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAIA+AAACABAAZGF0YQAAAAA="


@scenario()
async def client_metadata(api: Api) -> None:
    """A create says of which client it is."""
    await api.create(input="Say hi.", client_metadata={"client": "antiphon"}, max_output_tokens=32)


@scenario()
async def moderated(api: Api) -> None:
    """A create asks for moderation of what is said on both sides."""
    await api.create(input="Say hi.", moderation={"model": "omni-moderation-latest"}, max_output_tokens=32, store=False)


@scenario()
async def audio(api: Api) -> None:
    """A message holds audio."""
    part = {"type": "input_audio", "input_audio": {"data": SILENCE, "format": "wav"}}
    with api.intending(PROBE):
        await api.create(input=[{"type": "message", "role": "user", "content": [part]}], max_output_tokens=32)
