"""A pipeline of one chat generator over the upstream, for Responses and for Chat Completions."""

import os
from collections.abc import AsyncGenerator
from typing import Any

from haystack.components.generators.chat import OpenAIChatGenerator
from haystack.dataclasses import ChatMessage
from haystack.utils import Secret
from hayhooks import AsyncPipeline, BasePipelineWrapper, async_streaming_generator, chat_messages_from_openai_response


def options(body: dict[str, Any]) -> dict[str, Any]:
    """The functions of a request and its tool_choice, as Chat Completions has them."""
    keys = ("name", "description", "parameters")
    tools = [
        {"type": "function", "function": {key: tool[key] for key in keys if tool.get(key)}}
        for tool in body.get("tools") or []
        if tool.get("type") == "function" and "name" in tool
    ]
    choice = body.get("tool_choice") or "auto"
    if isinstance(choice, dict):
        choice = {"type": "function", "function": {"name": choice.get("name")}}
    return {"tools": tools, "tool_choice": choice} if tools else {}


class PipelineWrapper(BasePipelineWrapper):
    """Hello, or what else the upstream says."""

    def setup(self) -> None:
        """Build the pipeline."""
        self.pipeline = AsyncPipeline()
        llm = OpenAIChatGenerator(
            model="fake-model", api_base_url=os.environ["UPSTREAM"], api_key=Secret.from_token("none"), max_retries=0
        )
        self.pipeline.add_component("llm", llm)

    async def run_response_async(self, model: str, input_items: list[dict], body: dict) -> str | AsyncGenerator:
        """Answer a request of the Responses API."""
        return await self._answer(chat_messages_from_openai_response(input_items), body)

    async def run_chat_completion_async(self, model: str, messages: list[dict], body: dict) -> str | AsyncGenerator:
        """Answer a request of Chat Completions."""
        return await self._answer([ChatMessage.from_openai_dict_format(each) for each in messages], body)

    async def _answer(self, messages: list[ChatMessage], body: dict[str, Any]) -> str | AsyncGenerator:
        arguments = {"llm": {"messages": messages}}
        if body.get("stream"):
            arguments["llm"]["generation_kwargs"] = options(body)
            return async_streaming_generator(pipeline=self.pipeline, pipeline_run_args=arguments)
        return (await self.pipeline.run_async(arguments))["llm"]["replies"][0].text
