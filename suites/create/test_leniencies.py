"""Null for all that may be absent, and a create with no header that it does not need."""

from antiphon.suite import Api, Transcript, assume, requirement, scenario

LIMIT = 32
NULLS = (
    "include", "instructions", "max_tool_calls", "metadata", "parallel_tool_calls", "previous_response_id", "prompt",
    "reasoning", "service_tier", "store", "stream", "temperature", "text", "tool_choice", "tools", "top_p",
    "truncation", "user",
)  # fmt: skip


@scenario()
async def only_nulls(api: Api) -> None:
    """Every optional field is null, and then left out."""
    await api.create(input="Say hi.", max_output_tokens=LIMIT, **dict.fromkeys(NULLS))
    await api.create(input="Say hi.", max_output_tokens=LIMIT)


@requirement("create.null-is-absent")
def test_null_gives_the_default(only_nulls: Transcript) -> None:
    """An optional field sent as null shows the same value as one that was left out."""
    null, absent = only_nulls
    assume(null.is_success and absent.is_success, "a create was refused")
    shared = [name for name in NULLS if name in null.body and name in absent.body]

    assert {name: null.body[name] for name in shared} == {name: absent.body[name] for name in shared}


@scenario()
async def bare_headers(api: Api) -> None:
    """A create has no header beyond those for its key and its content."""
    body = {"model": api.model, "input": "Say hi.", "max_output_tokens": LIMIT}
    await api.send("POST", api.route("create").path, body=body, headers={"accept": None, "user-agent": None})


@requirement("create.unknown-headers-ignored")
def test_no_other_header_is_needed(bare_headers: Transcript) -> None:
    """Headers beyond authorization and content type are not needed."""
    (bare,) = bare_headers

    assert bare.is_success
