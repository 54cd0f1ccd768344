"""Writes the files in `made/`: exchanges of `sample.jsonl.gz` in the other formats that are read."""

from __future__ import annotations

import base64
import gzip
import json
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import yaml

HERE = Path(__file__).parent
MADE = HERE / "made"
HOST = "https://api.openai.com"


def sample() -> list[dict[str, Any]]:
    """A few short exchanges: a stream, JSON bodies, a page with a query and an error."""
    lines = gzip.decompress((HERE / "sample.jsonl.gz").read_bytes()).decode().splitlines()
    whole = [row for row in map(json.loads, lines) if row["request"] and row["provider"] == "openai"]
    streams = [row for row in whole if "sse" in row["response"]]
    bodies = [row for row in whole if "sse" not in row["response"]]
    return [streams[0], bodies[0], *[row for row in bodies if row["request"]["query"]][:1], bodies[-1]]


def address(row: dict[str, Any]) -> str:
    """Where a request went."""
    query = urlencode(row["request"]["query"])
    return f"{HOST}{row['request']['path']}{'?' if query else ''}{query}"


def sent(row: dict[str, Any]) -> str:
    """The text of a request's body."""
    body = row["request"]["body"]
    return "" if body is None else json.dumps(body, ensure_ascii=False)


def came(row: dict[str, Any]) -> str:
    """The text of a reply's body."""
    response: dict[str, str] = row["response"]
    return response["sse"] if "sse" in response else json.dumps(response["body"], ensure_ascii=False, indent=2)


def headers(row: dict[str, Any]) -> dict[str, str]:
    """The recorded headers of a reply, with the media type of a stream."""
    known = {str(name).lower(): str(value) for name, value in row["response"]["headers"].items()}
    kind = "text/event-stream; charset=utf-8" if "sse" in row["response"] else "application/json"
    return {"content-type": kind, **known}


def har(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """A HAR document; every other body in Base64, as browsers save what they take for binary."""
    entries = []
    for number, row in enumerate(rows):
        text: dict[str, Any] = {"text": came(row)}
        if number % 2:
            text = {"text": base64.b64encode(came(row).encode()).decode(), "encoding": "base64"}
        reply_headers = [{"name": name, "value": value} for name, value in headers(row).items()]
        request: dict[str, Any] = {
            "method": row["request"]["method"],
            "url": address(row),
            "httpVersion": "h2",
            "headers": [{"name": "authorization", "value": "Bearer [redacted]"}],
            "queryString": [{"name": name, "value": value} for name, value in row["request"]["query"].items()],
        }
        if sent(row):
            request["postData"] = {"mimeType": "application/json", "text": sent(row)}
        entries.append(
            {
                "startedDateTime": f"2026-08-01T12:00:{number:02}.500Z",
                "time": 1250.0 + number,
                "request": request,
                "response": {
                    "status": row["response"]["status"],
                    "statusText": "",
                    "headers": reply_headers,
                    "content": {"size": len(came(row).encode()), "mimeType": headers(row)["content-type"], **text},
                },
                "timings": {"send": 0, "wait": 1000, "receive": 250.0 + number},
            }
        )
    return {"log": {"version": "1.2", "creator": {"name": "examples.py", "version": "1"}, "entries": entries}}


def vcrpy(rows: list[dict[str, Any]], packed: bool) -> dict[str, Any]:
    """A cassette of vcrpy; `packed` leaves the bodies compressed, as it does by default."""
    interactions = []
    for row in rows:
        string: str | bytes = gzip.compress(came(row).encode(), mtime=0) if packed else came(row)
        reply_headers = {name: [value] for name, value in headers(row).items()}
        interactions.append(
            {
                "request": {
                    "method": row["request"]["method"],
                    "uri": address(row),
                    "headers": {"content-type": ["application/json"]},
                    "body": sent(row) or None,
                },
                "response": {
                    "status": {"code": row["response"]["status"], "message": ""},
                    "headers": reply_headers | ({"content-encoding": ["gzip"]} if packed else {}),
                    "body": {"string": string},
                },
            }
        )
    return {"version": 1, "interactions": interactions}


def parsed(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """A cassette whose JSON bodies were parsed when it was saved."""
    cassette = vcrpy(rows, packed=False)
    for interaction, row in zip(cassette["interactions"], rows, strict=True):
        if row["request"]["body"] is not None:
            interaction["request"]["parsed_body"] = row["request"]["body"]
            del interaction["request"]["body"]
        if "sse" not in row["response"]:
            interaction["response"]["parsed_body"] = row["response"]["body"]
            del interaction["response"]["body"]
    return cassette


def paired(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """A cassette with requests and responses in two lists, as langchain-tests writes them."""
    interactions = vcrpy(rows, packed=True)["interactions"]
    return {
        "requests": [{**each["request"], "body": (each["request"]["body"] or "").encode()} for each in interactions],
        "responses": [each["response"] for each in interactions],
    }


def ruby(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """A cassette of Ruby's VCR; every other body in Base64."""
    interactions = []
    for number, row in enumerate(rows):
        body: dict[str, Any] = {"encoding": "UTF-8", "string": came(row)}
        if number % 2:
            body = {"encoding": "UTF-8", "base64_string": base64.encodebytes(came(row).encode()).decode()}
        interactions.append(
            {
                "request": {
                    "method": row["request"]["method"].lower(),
                    "uri": address(row),
                    "body": {"encoding": "UTF-8", "string": sent(row)},
                    "headers": {"Authorization": ["Bearer <KEY>"]},
                },
                "response": {
                    "status": {"code": row["response"]["status"], "message": ""},
                    "headers": {name.title(): [value] for name, value in headers(row).items()},
                    "body": body,
                },
                "recorded_at": "Sat, 01 Aug 2026 12:00:00 GMT",
            }
        )
    return {"http_interactions": interactions, "recorded_with": "VCR 6.3.1"}


def go(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """A cassette of go-vcr."""
    interactions = [
        {
            "id": number,
            "request": {
                "proto": "HTTP/1.1",
                "host": "",
                "body": sent(row),
                "form": {},
                "headers": {"Content-Type": ["application/json"]},
                "url": address(row),
                "method": row["request"]["method"],
            },
            "response": {
                "uncompressed": True,
                "body": came(row),
                "headers": {name.title(): [value] for name, value in headers(row).items()},
                "status": f"{row['response']['status']} -",
                "code": row["response"]["status"],
                "duration": "1.25s",
            },
        }
        for number, row in enumerate(rows)
    ]
    return {"version": 2, "interactions": interactions}


def php(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A cassette of PHP-VCR."""
    return [
        {
            "request": {
                "method": row["request"]["method"],
                "url": address(row),
                "headers": {"Host": "api.openai.com", "Content-Type": "application/json"},
                "body": sent(row),
            },
            "response": {
                "status": {"http_version": "1.1", "code": str(row["response"]["status"]), "message": "OK"},
                "headers": {name.title(): value for name, value in headers(row).items()},
                "body": came(row),
                "curl_info": {"url": address(row), "http_code": row["response"]["status"]},
            },
            "index": 0,
        }
        for row in rows
    ]


def rust(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The documents that httpmock for Rust records."""
    return [
        {
            "when": {
                "scheme": "https",
                "host": "api.openai.com",
                "method": row["request"]["method"],
                "path": row["request"]["path"],
                "query_param": [{"name": name, "value": value} for name, value in row["request"]["query"].items()],
                **({"body": sent(row)} if sent(row) else {}),
            },
            "then": {
                "status": row["response"]["status"],
                "header": [{"name": name, "value": value} for name, value in headers(row).items()],
                "body": came(row),
            },
        }
        for row in rows
    ]


def wiremock(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """The request journal of WireMock; every other body in Base64."""
    entries = []
    for number, row in enumerate(rows):
        packed = base64.b64encode(came(row).encode()).decode()
        path = address(row).removeprefix(HOST)
        entries.append(
            {
                "id": f"00000000-0000-0000-0000-{number:012}",
                "request": {
                    "url": path,
                    "absoluteUrl": address(row),
                    "method": row["request"]["method"],
                    "headers": {"Content-Type": "application/json"},
                    "body": sent(row),
                    "bodyAsBase64": base64.b64encode(sent(row).encode()).decode(),
                    "loggedDate": 1785585600000 + number,
                },
                "responseDefinition": {"status": row["response"]["status"], "proxyBaseUrl": HOST},
                "response": {
                    "status": row["response"]["status"],
                    "headers": headers(row),
                    **({"bodyAsBase64": packed} if number % 2 else {"body": came(row)}),
                },
                "wasMatched": True,
            }
        )
    return {"requests": entries, "meta": {"total": len(entries)}}


def batch(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Lines of the output of a batch, the last of which never got a reply."""
    plain = [row for row in rows if "sse" not in row["response"] and row["request"]["method"] == "POST"]
    lines: list[dict[str, Any]] = [
        {
            "id": f"batch_req_{number}",
            "custom_id": f"request-{number}",
            "response": {
                "status_code": row["response"]["status"],
                "request_id": f"{number:032x}",
                "body": row["response"]["body"],
            },
            "error": None,
        }
        for number, row in enumerate(plain)
    ]
    lost = {"code": "batch_expired", "message": "This request could not be executed before the batch expired."}
    return [*lines, {"id": "batch_req_x", "custom_id": "request-x", "response": None, "error": lost}]


def bodies(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Bodies, and the body of a refusal."""
    error = {"message": "Unknown parameter.", "type": "invalid_request_error", "param": "x", "code": None}
    return [*[row["response"]["body"] for row in rows if "sse" not in row["response"]], {"error": error}]


def playwright(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """A HAR document whose bodies are attached files, and those files by name."""
    archive = har(rows)
    files: dict[str, Any] = {}
    for number, (entry, row) in enumerate(zip(archive["log"]["entries"], rows, strict=True)):
        name = f"body-{number}.{'txt' if 'sse' in row['response'] else 'json'}"
        content = entry["response"]["content"]
        entry["response"]["content"] = {"size": content["size"], "mimeType": content["mimeType"], "_file": name}
        files[name] = came(row)
    return {"playwright.har": json.dumps(archive, ensure_ascii=False, indent=1), **files}


def write() -> None:
    """Write every example."""
    rows = sample()
    MADE.mkdir(exist_ok=True)
    yamls = {
        "vcrpy": vcrpy(rows, packed=False),
        "vcrpy-packed": vcrpy(rows, packed=True),
        "parsed": parsed(rows),
        "ruby": ruby(rows),
        "go": go(rows),
        "paired": paired(rows),
    }
    for name, value in yamls.items():
        (MADE / f"{name}.yaml").write_text(yaml.safe_dump(value, allow_unicode=True), encoding="utf-8")
    texts = {
        "php.yaml": yaml.safe_dump(php(rows), allow_unicode=True, sort_keys=False, indent=4),
        "rust.yaml": yaml.safe_dump_all(rust(rows), allow_unicode=True, sort_keys=False, explicit_start=False),
        "wiremock.json": json.dumps(wiremock(rows), indent=1),
        "batch.jsonl": "".join(json.dumps(line) + "\n" for line in batch(rows)),
        "bodies.jsonl": "".join(json.dumps(line) + "\n" for line in bodies(rows)),
        "browser.har": json.dumps(har(rows), ensure_ascii=False, indent=1),
        "vcrpy.json": json.dumps(vcrpy(rows, packed=False), indent=1),
        "stream.sse": came(rows[0]),
        "body.json": came(rows[1]),
    }
    for name, text in texts.items():
        (MADE / name).write_text(text, encoding="utf-8")
    attached = MADE.parent / "attached"
    attached.mkdir(exist_ok=True)
    for name, text in playwright(rows).items():
        (attached / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write()
