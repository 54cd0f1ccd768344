"""Replies to a client that takes compression, as every library does, for the checks of whether they can be read."""

from antiphon.suite import Api, scenario

TAKEN = {"Accept-Encoding": "gzip, deflate"}


@scenario()
async def compressed_reply(api: Api) -> None:
    """A client that takes compressed bodies creates a response."""
    await api.create(headers=TAKEN, input="Say hi.", store=False, max_output_tokens=16)


@scenario(needs={"streaming"})
async def compressed_stream(api: Api) -> None:
    """A client that takes compressed bodies creates a stream."""
    await api.create(headers=TAKEN, input="Say hi.", store=False, max_output_tokens=16, stream=True)
