"""The format json_object, and the field that has its place in another API."""

from antiphon.suite import PROBE, Api, Transcript, assume, requirement, scenario


@scenario(needs={"structured-output"})
async def json_object(api: Api) -> None:
    """Any JSON object is asked for, in words and by the format."""
    text = {"format": {"type": "json_object"}}
    await api.create(input="Answer in JSON: which colour has the sky?", text=text, max_output_tokens=1024, store=False)


@requirement("structured.json-object-asked")
def test_json_object_is_accepted(json_object: Transcript) -> None:
    """The format json_object is accepted when the input asks for JSON."""
    (answered,) = json_object

    assert answered.is_success


@scenario()
async def response_format(api: Api) -> None:
    """The field response_format of Chat Completions is sent."""
    schema = {"type": "object", "properties": {}, "required": [], "additionalProperties": False}
    format = {"type": "json_schema", "json_schema": {"name": "empty", "strict": True, "schema": schema}}
    with api.intending(PROBE):
        await api.create(input="Say hi.", response_format=format, max_output_tokens=32)


@requirement("structured.response-format-refused")
def test_response_format_is_refused_or_shown_as_plain(response_format: Transcript) -> None:
    """The chat field response_format is refused or ignored with plain text shown."""
    (sent,) = response_format
    if sent.is_client_error:
        return
    assume(sent.is_success, "there is no reply")
    format = (sent.body.get("text") or {}).get("format") or {}

    assert format.get("type") == "text"
