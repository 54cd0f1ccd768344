"""Every type of tool beyond functions, forced and streamed: it is run, or refused with its place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from antiphon.contract.load import contract
from antiphon.exercise.scenario import CapabilityDeclined
from antiphon.suite import Answer, Api, Exchange, Transcript, assume, is_completed, names_field, requirement, scenario
from antiphon.suite.parts import words_of


@dataclass(frozen=True)
class Tool:
    """A tool, the choice that forces it, and the types of items that show its use."""

    id: str
    definition: dict[str, Any]
    choice: dict[str, Any] | str
    shows: tuple[str, ...]
    include: tuple[str, ...] = ()


def plain(type: str, *shows: str, include: tuple[str, ...] = (), **members: Any) -> Tool:
    return Tool(type, {"type": type, **members}, {"type": type}, shows or (f"{type}_call",), include)


HEADERS = {"x-client-token": "made-up-for-this-test"}


def mcp(id: str, approval: str, shows: str) -> Tool:
    server = {"type": "mcp", "server_label": "docs", "server_url": "https://example.com/mcp", "headers": HEADERS}
    choice = {"type": "mcp", "server_label": "docs"}
    return Tool(id, {**server, "require_approval": approval}, choice, (shows, "mcp_list_tools"))


SCREEN: dict[str, Any] = {"environment": "browser", "display_width": 800, "display_height": 600}
PATTERN = {"type": "grammar", "syntax": "regex", "definition": "[A-F]{3}-[0-9]{2}"}
TOOLS = (
    Tool(
        "custom-pattern",
        {"type": "custom", "name": "stamp", "format": PATTERN},
        {"type": "custom", "name": "stamp"},
        ("custom_tool_call",),
    ),
    Tool("custom", {"type": "custom", "name": "jot"}, {"type": "custom", "name": "jot"}, ("custom_tool_call",)),
    plain("web_search", include=("web_search_call.action.sources",)),
    plain("web_search_preview", "web_search_call"),
    plain("file_search", vector_store_ids=["vs_0"], include=("file_search_call.results",)),
    plain("code_interpreter", container={"type": "auto"}, include=("code_interpreter_call.outputs",)),
    plain("image_generation", quality="low", size="1024x1024", partial_images=1),
    mcp("mcp", "never", "mcp_call"),
    mcp("mcp-approval", "always", "mcp_approval_request"),
    plain("shell", environment={"type": "container_auto"}),
    Tool("shell-local", {"type": "shell", "environment": {"type": "local"}}, {"type": "shell"}, ("shell_call",)),
    plain("apply_patch"),
    Tool("local_shell", {"type": "local_shell"}, "required", ("local_shell_call",)),
    plain("computer_use_preview", "computer_call", **SCREEN),
)


@scenario(each=TOOLS, needs={"tools", "streaming"})
async def hosted(api: Api, tool: Tool) -> None:
    """A tool is forced, as a stream, unless the edition knows functions only."""
    edition = contract(api.target.edition).edition
    if edition.data.get("tools") == ["function"]:
        raise CapabilityDeclined("tools", f"edition {edition.id} knows functions only")
    body: dict[str, Any] = {"tools": [tool.definition], "tool_choice": tool.choice, "max_output_tokens": 1024}
    if tool.include:
        body["include"] = list(tool.include)
    await api.stream(input="Use the tool to write hello.", store=False, **body)


def is_custom(tool: Tool) -> bool:
    return bool(tool.definition["type"] == "custom")


def items_of(exchange: Exchange) -> list[dict[str, Any]]:
    output = exchange.reply.get("output")
    return output if isinstance(output, list) else []


def place(exchange: Exchange, tool: Tool) -> bool:
    """A refusal says that it is about the tool."""
    error = exchange.body.get("error") if exchange.is_client_error else None
    said = f"{error.get('param')} {error.get('message')}" if isinstance(error, dict) else ""
    values = [value for value in tool.definition.values() if isinstance(value, str)]
    return any(word in said for word in ("tool", *values, *tool.definition.get("vector_store_ids", ())))


@requirement("create.unknown-tool-types")
def test_is_taken_or_refused_with_its_place(hosted: Transcript) -> None:
    """A tool type of the contract is taken or refused with its place."""
    (forced,) = hosted
    if forced.is_success:
        return

    assert place(forced, hosted.case)


@requirement("tools.hosted-refused-or-run")
def test_is_run_or_refused(hosted: Transcript) -> None:
    """A hosted tool is run or refused by name."""
    (forced,) = hosted
    assume(not is_custom(hosted.case), "the tool is not a hosted one")
    if not forced.is_success:
        assert place(forced, hosted.case)
        return
    assume(is_completed(forced), "the response did not complete")
    shown = {item.get("type") for item in items_of(forced)}

    assert shown & set(hosted.case.shows)


@requirement("tools.named-custom")
def test_the_custom_tool_is_called(hosted: Transcript) -> None:
    """With a named custom tool that tool is called."""
    (forced,) = hosted
    assume(is_custom(hosted.case), "the tool is not a custom one")
    assume(is_completed(forced), "the create was refused or cut")
    assume(items_of(forced), "the response is empty")
    names = [item.get("name") for item in items_of(forced) if item.get("type") == "custom_tool_call"]

    assert names == [hosted.case.definition["name"]]


@dataclass(frozen=True)
class ToolGroup:
    """Tools that are offered together."""

    id: str
    tools: tuple[Tool, ...]

    @classmethod
    def of(cls, id: str, *names: str) -> ToolGroup:
        """The group of the tools with these names."""
        return cls(id, tuple(tool for tool in TOOLS if tool.id in names))


GROUPS = (
    ToolGroup.of("run-by-server", "web_search_preview", "file_search", "code_interpreter", "image_generation"),
    ToolGroup.of("run-by-client", "mcp", "shell", "apply_patch", "computer_use_preview"),
)
ALL = "Use each of the tools once to write hello."


@scenario(each=GROUPS, needs={"tools", "streaming"})
async def hosted_together(api: Api, group: ToolGroup) -> None:
    """Several tools are offered, of which one at least must be used, as a stream.

    A tool that a refusal names is left out of the next try; where it names none, each is offered alone.
    """
    edition = contract(api.target.edition).edition
    if edition.data.get("tools") == ["function"]:
        raise CapabilityDeclined("tools", f"edition {edition.id} knows functions only")
    left = list(group.tools)
    while left:
        answer = await offer(api, left)
        named = [tool for tool in left if answer.exchange.is_client_error and is_named(answer.exchange, tool)]
        if not answer.exchange.is_client_error or len(left) == 1:
            return
        if not named:
            break
        left = [tool for tool in left if tool not in named]
    for tool in left:
        await offer(api, [tool])


async def offer(api: Api, tools: list[Tool]) -> Answer:
    """A stream that must use one of these tools at least."""
    body: dict[str, Any] = {"tools": [tool.definition for tool in tools], "tool_choice": "required"}
    if include := [name for tool in tools for name in tool.include]:
        body["include"] = include
    return await api.stream(input=ALL, store=False, background=False, max_output_tokens=2048, **body)


def is_named(refusal: Exchange, tool: Tool) -> bool:
    """A refusal names the type of a tool, or what stands in it."""
    words = [tool.definition["type"], *tool.definition.get("vector_store_ids", ())]
    return any(word in words_of(refusal) for word in words)


@requirement("create.unknown-tool-types")
def test_each_is_taken_or_refused_with_its_place(hosted_together: Transcript) -> None:
    """A tool type of the contract is taken or refused with its place."""
    alone = [each for each in hosted_together if len(each.sent["tools"]) == 1]
    tools = {tool.definition["type"]: tool for tool in hosted_together.case.tools}
    refused = [each for each in alone if not each.is_success and not names_field(each, "background")]
    assume(refused or hosted_together[-1].is_success, "no create with one of the tools was answered")

    assert [each.id for each in refused if not place(each, tools[each.sent["tools"][0]["type"]])] == []


@requirement("tools.hosted-refused-or-run")
def test_one_at_least_is_run(hosted_together: Transcript) -> None:
    """A hosted tool is run or refused by name: where one has to be used, one of those that were taken is."""
    *_, taken = hosted_together
    assume(is_completed(taken), "the create was refused, or did not complete")
    shown = {item.get("type") for item in items_of(taken)}

    assert shown & {kind for tool in hosted_together.case.tools for kind in tool.shows}


REPEATED = tuple(tool for tool in TOOLS if tool.id in ("web_search", "code_interpreter"))
TWICE = "Use the tool twice, each time alone: for the square root of 2, then for that of 3. Then say both in words."


@scenario(each=REPEATED, needs={"tools"})
async def hosted_limited(api: Api, tool: Tool) -> None:
    """A hosted tool is to be used twice, without a limit of tool calls and with a limit of one; code as streams."""
    edition = contract(api.target.edition).edition
    if edition.data.get("tools") == ["function"]:
        raise CapabilityDeclined("tools", f"edition {edition.id} knows functions only")
    body: dict[str, Any] = {"tools": [tool.definition], "tool_choice": "required", "max_output_tokens": 1024}
    streams = tool.id == "code_interpreter" and api.target.capabilities.get("streaming") is not False
    create = api.stream if streams else api.create
    await create(input=TWICE, store=False, **body)
    await create(input=TWICE, store=False, **body, max_tool_calls=1)


@requirement("tools.max-tool-calls-obeyed")
def test_hosted_calls_are_limited(hosted_limited: Transcript) -> None:
    """No more calls of hosted tools are made than max_tool_calls allows, where more are made without it."""
    free, limited = hosted_limited
    assume(is_completed(free) and is_completed(limited), "a create was refused or cut")
    assume(all(map(items_of, hosted_limited)), "a response is empty")
    counts = [sum(item.get("type") in hosted_limited.case.shows for item in items_of(each)) for each in hosted_limited]
    assume(counts[0] > 1, f"the tool is used {counts[0]} times without a limit")

    assert counts[1] <= 1
