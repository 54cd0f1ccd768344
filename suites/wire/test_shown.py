"""What few conversations hold, for the checks that hold for any exchange; no test reads these scenarios on its own."""

import anyio

from antiphon.suite import Api, must_refuse, scenario

NOWHERE = "https://antiphon.invalid/wall.png"
SERVER = {
    "type": "mcp", "server_label": "docs", "server_url": "https://example.com/mcp", "require_approval": "never",
    "headers": {"x-shelf": "third-from-the-left"},
}  # fmt: skip


@scenario(needs={"tools"})
async def remote_tool_offered(api: Api) -> None:
    """A remote tool with a header is offered and not to be used."""
    await api.create(
        input="Say hi.", tools=[SERVER], tool_choice="none", background=False, store=False, max_output_tokens=64
    )


@scenario()
async def payload_refused(api: Api) -> None:
    """An image of 64 kB with a detail that there is not is refused."""
    image = {"type": "input_image", "image_url": "data:image/png;base64," + "iVBORw0K" * 8192, "detail": "blurry"}
    with api.intending(must_refuse("image-detail")):
        await api.create(input=[{"type": "message", "role": "user", "content": [image]}], max_output_tokens=64)


@scenario(needs={"background"})
async def background_image_out_of_reach(api: Api) -> None:
    """An image that cannot be fetched is shown in the background, and the response is read until it has ended."""
    parts = [{"type": "input_text", "text": "What is this?"},
             {"type": "input_image", "image_url": NOWHERE, "detail": "low"}]  # fmt: skip
    created = await api.create(
        input=[{"type": "message", "role": "user", "content": parts}], background=True, store=True, max_output_tokens=64
    )
    for _ in range(100):
        read = await api.retrieve(created.id)
        if read.body.get("status") not in ("queued", "in_progress"):
            break
        await anyio.sleep(0.1)


ANNOTATED = {
    "type": "message", "role": "assistant", "id": "msg_antiphonannotated", "status": "completed",
    "content": [{"type": "output_text", "text": "See both files.", "logprobs": [], "annotations": [
        {"type": "container_file_citation", "container_id": "cntr_1", "file_id": "cfile_1", "filename": "a.txt",
         "start_index": 0, "end_index": 3},
        {"type": "file_path", "file_id": "file-1", "index": 4},
    ]}],
}  # fmt: skip
DIFF = {"type": "create_file", "path": "a.txt", "diff": "+a\n"}
SCREEN = {"type": "computer_screenshot", "image_url": "https://example.com/screen.png"}
SHOWN = (
    [ANNOTATED],
    [{"type": "custom_tool_call", "call_id": "call_custom", "name": "jot", "input": "hi"},
     {"type": "custom_tool_call_output", "call_id": "call_custom", "output": "Noted."}],
    [{"type": "apply_patch_call", "call_id": "call_patch", "status": "completed", "operation": DIFF},
     {"type": "apply_patch_call_output", "call_id": "call_patch", "status": "completed", "output": "Done."}],
    [{"type": "local_shell_call", "id": "lsh_antiphon", "call_id": "call_local", "status": "completed",
      "action": {"type": "exec", "command": ["echo", "hi"], "env": {}}},
     {"type": "local_shell_call_output", "id": "lsh_antiphonout", "call_id": "call_local", "output": "hi"}],
    [{"type": "computer_call", "id": "cu_antiphon", "call_id": "call_screen", "status": "completed",
      "pending_safety_checks": [], "action": {"type": "screenshot"}},
     {"type": "computer_call_output", "call_id": "call_screen", "output": SCREEN}],
    [{"type": "mcp_approval_request", "id": "mcpr_antiphon", "server_label": "docs", "name": "hello",
      "arguments": "{}"},
     {"type": "mcp_approval_response", "approval_request_id": "mcpr_antiphon", "approve": False}],
    [{"type": "tool_search_call", "call_id": "call_search", "execution": "client", "arguments": {}},
     {"type": "tool_search_output", "call_id": "call_search", "execution": "client", "tools": []}],
    [{"type": "additional_tools", "role": "developer", "tools": []}],
    [{"type": "reasoning", "id": "rs_antiphon", "summary": [],
      "content": [{"type": "reasoning_text", "text": "A greeting is asked for."}]}, ANNOTATED],
    [{"type": "program", "id": "cm_antiphon", "call_id": "call_program", "code": "1 + 1", "fingerprint": "fp"},
     {"type": "program_output", "id": "cmo_antiphon", "call_id": "call_program", "result": "2", "status": "completed"}],
    [{"type": "configuration_update", "id": "cu_antiphonupdate", "reasoning": {"effort": "low"}}],
)  # fmt: skip
"""Items that a model rarely makes, as they are handed back to it: each with the one that it answers."""


@scenario(each=range(len(SHOWN)), needs={"input-items"})
async def handed_back(api: Api, number: int) -> None:
    """Items are handed to the model, and the input items of the response are listed."""
    asked = {"type": "message", "role": "user", "content": "Say hi."}
    created = await api.create(input=[*SHOWN[number], asked], store=True, max_output_tokens=64)
    await api.input_items(created.id)
