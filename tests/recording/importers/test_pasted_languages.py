"""What programs of many languages print is read; what they print without quotes is refused in one sentence."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from tests.recording.importers.test_pasted import EVENTS, STREAM, violated
from tests.recording.importers.test_pasted_kinds import DEFECTS, of_bytes

from antiphon.errors import RecordingError
from antiphon.recording.exchange import EXCERPT, RECODED, Exchange
from antiphon.recording.importers import read


def quoted(text: str) -> str:
    """A text in double quotes."""
    return json.dumps(text, ensure_ascii=False)


def scalar(value: Any, null: str = "null") -> str:
    """A text, a number or a word."""
    return null if value is None else json.dumps(value, ensure_ascii=False)


def rust(value: Any) -> str:
    """A value of serde_json."""
    if isinstance(value, dict):
        return "Object {" + ", ".join(f"{quoted(name)}: {rust(each)}" for name, each in value.items()) + "}"
    if isinstance(value, list):
        return "Array [" + ", ".join(map(rust, value)) + "]"
    kind = "Bool" if isinstance(value, bool) else "String" if isinstance(value, str) else "Number"
    return "Null" if value is None else f"{kind}({scalar(value)})"


def go(value: Any) -> str:
    """What %#v prints, in which each number is a float64."""
    if isinstance(value, dict):
        inner = ", ".join(f"{quoted(name)}:{go(each)}" for name, each in value.items())
        return f"map[string]interface {{}}{{{inner}}}"
    if isinstance(value, list):
        return "[]interface {}{" + ", ".join(map(go, value)) + "}"
    if isinstance(value, int) and value > 10**6 and not isinstance(value, bool):
        return f"{value / 10 ** (len(str(value)) - 1)!r}e+{len(str(value)) - 1:02}"
    return scalar(value, "interface {}(nil)")


def spew(value: Any, indent: int = 0) -> str:
    """A dump of go-spew."""
    space = " " * (indent + 1)
    if isinstance(value, dict):
        inner = (f"{space}(string) (len={len(k)}) {quoted(k)}: {spew(v, indent + 1)}" for k, v in value.items())
        return f"(map[string]interface {{}}) (len={len(value)}) {{\n" + ",\n".join(inner) + f"\n{' ' * indent}}}"
    if isinstance(value, list):
        inner = (space + spew(each, indent + 1) for each in value)
        return f"([]interface {{}}) (len={len(value)} cap=4) {{\n" + ",\n".join(inner) + f"\n{' ' * indent}}}"
    kind = "bool" if isinstance(value, bool) else f"string) (len={len(str(value))}"
    kind = "float64" if isinstance(value, int | float) and not isinstance(value, bool) else kind
    return f"({kind}) {scalar(value)}" if value is not None else "(interface {}) <nil>"


def exported(value: Any, indent: int = 0) -> str:
    """What var_export of PHP prints."""
    space = "  " * indent
    if isinstance(value, dict | list):
        pairs = value.items() if isinstance(value, dict) else enumerate(value)
        inner = "".join(f"{space}  {exported(name)} => \n{space}  {exported(v, indent + 1)},\n" for name, v in pairs)
        return f"array (\n{inner}{space})"
    if isinstance(value, str):
        return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
    return scalar(value, "NULL")


def dumped(value: Any, indent: int = 0) -> str:
    """What var_dump of PHP prints, without escapes and with the bytes of texts counted."""
    space = "  " * indent
    if isinstance(value, dict | list):
        pairs = list(value.items() if isinstance(value, dict) else enumerate(value))
        inner = "".join(f"{space}  [{scalar(name)}]=>\n{dumped(each, indent + 1)}\n" for name, each in pairs)
        return f"{space}array({len(pairs)}) {{\n{inner}{space}}}"
    if isinstance(value, str):
        return f'{space}string({len(value.encode())}) "{value}"'
    kind = "bool" if isinstance(value, bool) else "int" if isinstance(value, int) else "float"
    return f"{space}NULL" if value is None else f"{space}{kind}({scalar(value)})"


def laravel(value: Any, indent: int = 0) -> str:
    """What dump() of Laravel prints."""
    space = "  " * (indent + 1)
    if isinstance(value, dict | list) and value:
        pairs = value.items() if isinstance(value, dict) else enumerate(value)
        inner = "".join(f"{space}{scalar(name)} => {laravel(each, indent + 1)}\n" for name, each in pairs)
        return f"array:{len(value)} [\n{inner}{'  ' * indent}]"
    return "[]" if isinstance(value, dict | list) else scalar(value)


def struct(value: Any) -> str:
    """An OpenStruct of Ruby."""
    if isinstance(value, dict):
        return f"#<OpenStruct{' ' if value else ''}" + ", ".join(f"{k}={struct(v)}" for k, v in value.items()) + ">"
    return f"[{', '.join(map(struct, value))}]" if isinstance(value, list) else scalar(value, "nil")


def lua(value: Any) -> str:
    """What vim.inspect prints."""
    if isinstance(value, dict) and value:
        return "{\n" + ",\n".join(f"  {name} = {lua(each)}" for name, each in value.items()) + "\n}"
    if isinstance(value, list) and value:
        return "{ " + ", ".join(map(lua, value)) + " }"
    return "{}" if isinstance(value, dict | list) else scalar(value, "vim.NIL")


def erlang(value: Any) -> str:
    """A map of Erlang."""
    if isinstance(value, dict):
        return "#{" + ",".join(f"<<{quoted(k)}>> => {erlang(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return f"[{','.join(map(erlang, value))}]"
    return f"<<{quoted(value)}/utf8>>" if isinstance(value, str) else scalar(value)


def julia(value: Any) -> str:
    """A Dict of Julia."""
    if isinstance(value, dict):
        return "Dict{String, Any}(" + ", ".join(f"{quoted(k)} => {julia(v)}" for k, v in value.items()) + ")"
    return f"Any[{', '.join(map(julia, value))}]" if isinstance(value, list) else scalar(value, "nothing")


def bare(value: Any) -> str:
    """A map as Java prints it."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}={bare(each)}" for name, each in value.items()) + "}"
    return f"[{', '.join(map(bare, value))}]" if isinstance(value, list) else str(value)


def shallow(value: Any, depth: int = 2) -> Any:
    """What ConvertTo-Json of PowerShell leaves of a value."""
    if isinstance(value, dict):
        if depth < 0:
            return "@{" + "; ".join(f"{name}={each}" for name, each in value.items()) + "}"
        return {name: shallow(each, depth - 1) for name, each in value.items()}
    if isinstance(value, list):
        return " ".join(str(shallow(v, -1)) for v in value) if depth < 0 else [shallow(v, depth - 1) for v in value]
    return value


def packed(value: Any) -> str:
    """A value as it is sent."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


WRITERS: dict[str, Callable[[Any], str]] = {
    "Rust": lambda event: f"[src/main.rs:42:9] event = {rust(event)}",
    "Go": lambda event: f"2026/09/12 10:22:00 {go(event)}",
    "go-spew": spew,
    "bytes of Go": lambda event: f"{{Type:x Data:[{' '.join(map(str, packed(event).encode()))}]}}",
    "var_export": exported,
    "var_dump": dumped,
    "Laravel": lambda event: f"{laravel(event)} // app/Stream.php:33",
    "OpenStruct": struct,
    "Lua": lua,
    "Erlang": erlang,
    "Julia": julia,
    "SQL": lambda event: "INSERT INTO e VALUES (1,'" + packed(event).replace("'", "''") + "');",
    "inline code": lambda event: f"- `data: {packed(event)}`",
    "journald": lambda event: json.dumps({"_PID": "1", "MESSAGE": list(f"data: {packed(event)}".encode())}),
    "quoted in a text": lambda event: json.dumps({"msg": f"got {json.dumps(packed(event))}"}),
    "events of a socket": lambda event: f"MessageEvent {{\n  data: {quoted(packed(event))},\n  target: [WebSocket]\n}}",
    "cat -A": lambda event: f"data: {json.dumps(event)}$\n$",
}


def written(name: str, events: list[dict[str, Any]]) -> bytes:
    """The events as a program prints them."""
    return "".join(WRITERS[name](event) + "\n" for event in events).encode()


def whole() -> set[str]:
    """What the stream itself breaks."""
    path = Path(__file__).parents[2] / "data" / "traffic" / "made" / "stream.sse"
    return violated([each for each in read(path) if isinstance(each, Exchange)])


def events_with_quotes() -> list[dict[str, Any]]:
    """Events in whose texts stand quotes, a backslash, a line end, an apostrophe and letters that are no ASCII."""
    text = packed([{**each, "x_note": "x"} for each in EVENTS])
    return json.loads(text.replace('"x_note":"x"', r'"x_note":"say \"it\": {a\\b}\nit' + "'" + 's é"'))  # type: ignore[no-any-return]


@pytest.mark.parametrize("name", WRITERS)
def test_what_a_program_prints_holds_the_events_that_were_sent(name: str, tmp_path: Path) -> None:
    events = events_with_quotes() if name != "cat -A" else EVENTS

    (exchange,), remarks = of_bytes(written(name, events), tmp_path)

    assert exchange.events == events
    assert EXCERPT not in exchange.notes
    assert violated([exchange]) - whole() - {"sse.event-named"} == set()
    assert remarks


@pytest.mark.parametrize(("defect", "requirement"), DEFECTS, ids=lambda each: getattr(each, "__name__", ""))
@pytest.mark.parametrize("name", WRITERS)
def test_what_a_program_prints_shows_what_is_wrong(
    name: str, defect: Callable[[], list[dict[str, Any]]], requirement: str, tmp_path: Path
) -> None:
    exchanges, _ = of_bytes(written(name, defect()), tmp_path)

    assert requirement in violated(exchanges)


@pytest.mark.parametrize("around", ["{}", "10:22:00 [main] DEBUG App - {}", "ResponseStreamEvent{}"])
def test_what_is_printed_without_quotes_is_refused_in_one_sentence(around: str, tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match="without quotes around its texts"):
        of_bytes("".join(around.format(bare(each)) + "\n" for each in EVENTS).encode(), tmp_path)


def test_nested_values_that_powershell_leaves_out_are_blamed_on_nobody(tmp_path: Path) -> None:
    text = "".join(json.dumps(shallow(each), indent=4) + "\n" for each in EVENTS)

    exchanges, (remark,) = of_bytes(text.encode(), tmp_path)

    assert violated(exchanges) - whole() == set()
    assert all(EXCERPT in each.notes for each in exchanges)
    assert "not readable" in remark.message
    with pytest.raises(RecordingError, match="-Depth"):
        of_bytes(json.dumps(shallow(EVENTS[-1]["response"])).encode(), tmp_path)


def recoded(text: str) -> bytes:
    """A text with letters that are no ASCII, as a program of Windows saves it."""
    return text.replace('"metadata":{}', '"metadata":{"k":"é – “x”"}').encode("cp1252")


@pytest.mark.parametrize(
    "text",
    [
        f"$ curl -N http://localhost/v1/responses\n{STREAM}",
        "".join(f"DEBUG é {packed(each)}\n" for each in EVENTS),
        "".join(json.dumps(each, indent=1, ensure_ascii=False).replace("{}", '{"k": "é"}') + "\n" for each in EVENTS),
        STREAM.replace("\n", "\r\n"),
    ],
)
def test_a_paste_that_was_saved_in_another_encoding_is_blamed_on_nobody(text: str, tmp_path: Path) -> None:
    (exchange,), remarks = of_bytes(recoded(text), tmp_path)

    assert RECODED in exchange.notes
    assert violated([exchange]) - whole() == set()
    assert "Windows-1252" in remarks[0].message
    assert exchange.events[0]["response"]["metadata"]["k"].startswith("é")


@pytest.mark.parametrize("head", ["", "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n"])
def test_a_capture_shows_the_encoding_that_was_sent(head: str, tmp_path: Path) -> None:
    (exchange,), _ = of_bytes(head.encode() + recoded(STREAM), tmp_path)

    assert "sse.utf8" in violated([exchange])


@pytest.mark.parametrize(("old", "new"), [("\n", "\u2028"), ("\n", "\\n"), ("\n", "\r")])
def test_line_ends_that_a_page_or_a_log_wrote_otherwise_are_put_back(old: str, new: str, tmp_path: Path) -> None:
    text = re.sub(r"(?<!\\)\\(?!u)", r"\\\\", STREAM) if new == "\\n" else STREAM
    start = "$ curl x\r" if new == "\r" else ""

    (exchange,), _ = of_bytes(
        (start + text.replace('"', '\\"' if new == "\\n" else '"').replace(old, new)).encode(), tmp_path
    )

    assert exchange.events == EVENTS


def test_what_an_application_answered_is_no_response(tmp_path: Path) -> None:
    item = deepcopy(EVENTS[-1]["response"]["output"])
    trace = {"id": "1", "type": "GENERATION", "startTime": "2026-09-12", "model": "m", "output": item, "usage": {}}

    with pytest.raises(RecordingError):
        of_bytes(json.dumps(trace).encode(), tmp_path)


CUTS: dict[str, Callable[[str], str]] = {
    "repr": lambda text: f"Out[3]: {text!r}\n",
    "concatenated": lambda _: "".join(map(packed, EVENTS)),
    "strings": lambda _: "".join(json.dumps(packed(each)) + "\n" for each in EVENTS),
    "Rust": lambda _: written("Rust", EVENTS).decode(),
    "go-spew": lambda _: written("go-spew", EVENTS).decode(),
    "indented": lambda text: "".join(f"    {line}\n" for line in text.split("\n")),
}


@pytest.mark.parametrize("from_end", [False, True], ids=["start", "end"])
@pytest.mark.parametrize("name", CUTS)
def test_what_a_selection_cut_off_is_blamed_on_nobody(name: str, from_end: bool, tmp_path: Path) -> None:
    text = CUTS[name](STREAM)
    known = whole()

    for at in range(7, len(text), len(text) // 12):
        try:
            exchanges, _ = of_bytes((text[:at] if from_end else text[at:]).encode(), tmp_path)
        except RecordingError:
            continue
        assert violated(exchanges) - known - {"sse.event-named"} == set(), at
