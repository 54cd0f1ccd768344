"""A long prompt that comes twice, for the checks that hold for any exchange; no test reads it on its own."""

from antiphon.suite import Api, scenario

STORY = " ".join(
    f"In house number {number} lives a baker who bakes bread at dawn and sells it." for number in range(1, 121)
)
"""More than the 1,024 tokens from which on services cache what a prompt begins with."""


@scenario()
async def long_prompt_repeated(api: Api) -> None:
    """A long text is sent twice."""
    for _ in range(2):
        await api.create(input=f"{STORY} Say hi.", max_output_tokens=16, store=False)
