"""Streams that fail on the way, for the checks that hold for any exchange; no test reads them on its own."""

from antiphon.suite import Api, scenario

NOWHERE = "https://antiphon.invalid/wall.png"


@scenario(needs={"streaming"})
async def image_out_of_reach(api: Api) -> None:
    """A stream shows an image that cannot be fetched."""
    image = {"type": "input_image", "image_url": NOWHERE, "detail": "low"}
    parts = [{"type": "input_text", "text": "What is this?"}, image]
    await api.stream(input=[{"type": "message", "role": "user", "content": parts}], max_output_tokens=64, store=False)
