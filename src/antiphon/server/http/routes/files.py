"""Files: sent as a form, listed, read, deleted."""

from __future__ import annotations

from email.message import Message
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any

from starlette.requests import Request

from antiphon.server.errors import ApiError, missing_parameter
from antiphon.server.http.list_pages import list_object, page_of
from antiphon.server.http.request_body import read_bytes
from antiphon.server.http.results import REPLY_HEADERS
from antiphon.server.json_values import Json
from antiphon.server.state.files import StoredFile
from antiphon.server.state.service import Service


async def create(request: Request, service: Service) -> Json:
    """A new file."""
    parts = _form(request.headers.get("content-type", ""), await read_bytes(request))
    if "purpose" not in parts:
        raise missing_parameter("purpose")
    if "file" not in parts:
        raise missing_parameter("file")
    content = _content(parts["file"])
    shown = {
        "id": service.ids.new("file-"), "object": "file", "bytes": len(content), "created_at": service.now(),
        "expires_at": None, "filename": parts["file"].get_filename() or "file", "status": "processed",
        "status_details": None, "purpose": _content(parts["purpose"]).decode("utf-8", "replace"),
    }  # fmt: skip
    service.file_store.add(StoredFile(shown, content))
    return shown


def _form(kind: str, body: bytes) -> dict[str, Message]:
    """The parts of a form by their names."""
    if not kind.startswith("multipart/form-data"):
        message = "A file is sent as a form: 'multipart/form-data' with 'file' and 'purpose'."
        raise ApiError(message, status=415, code="unsupported_content_type")
    message_ = BytesParser(policy=HTTP).parsebytes(b"content-type: " + kind.encode("latin-1") + b"\r\n\r\n" + body)
    parts = message_.iter_parts() if message_.is_multipart() else ()
    return {str(part.get_param("name", header="content-disposition")): part for part in parts}


def _content(part: Message) -> bytes:
    content: Any = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


async def list_all(request: Request, service: Service) -> Json:
    """Every file, or those of one purpose."""
    purpose = request.query_params.get("purpose")
    files = [file.shown for file in service.file_store.files.values()]
    page, has_more = page_of(
        request, [file for file in files if purpose in (None, file["purpose"])], service.policy.chat.pages
    )
    return list_object(page, has_more)


async def get(request: Request, service: Service) -> Json:
    """One file."""
    return service.file_store.file(request.path_params["file_id"]).shown


async def content(request: Request, service: Service) -> bytes:
    """The bytes of a file."""
    request.scope[REPLY_HEADERS] = {"content-type": "application/octet-stream"}
    return service.file_store.file(request.path_params["file_id"]).content


async def delete(request: Request, service: Service) -> Json:
    """Forget a file."""
    file = service.file_store.file(request.path_params["file_id"])
    del service.file_store.files[file.shown["id"]]
    return {"id": file.shown["id"], "object": "file", "deleted": True}
