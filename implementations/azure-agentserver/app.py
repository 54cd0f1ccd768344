"""A host of the Responses protocol whose handler says Hello in two pieces: python app.py PORT."""

import asyncio
import sys
from collections.abc import AsyncIterator

from azure.ai.agentserver.responses import CreateResponse, ResponseContext, ResponsesAgentServerHost, TextResponse

app = ResponsesAgentServerHost()


async def pieces() -> AsyncIterator[str]:
    """The text, in two deltas."""
    for piece in ("Hel", "lo"):
        yield piece


@app.response_handler
async def answer(request: CreateResponse, context: ResponseContext, cancellation: asyncio.Event) -> TextResponse:
    """Hello, whatever was asked."""
    return TextResponse(context, request, text=pieces())


app.run(host="127.0.0.1", port=int(sys.argv[1]))
