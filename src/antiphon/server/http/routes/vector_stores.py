"""Vector stores: made, filled with files, searched by the words of a query."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request

from antiphon.server.errors import missing_parameter, wrong_type
from antiphon.server.http.list_pages import list_object, page_of
from antiphon.server.http.request_body import read_body
from antiphon.server.json_values import Json
from antiphon.server.state.files import VectorStore
from antiphon.server.state.service import Service

MOST_TEXT = 2_000


async def create(request: Request, service: Service) -> Json:
    """A new vector store, with the files that are named."""
    body = await read_body(request, optional=True)
    shown = {
        "id": service.ids.new("vs_"), "object": "vector_store", "created_at": service.now(),
        "name": body.get("name"), "metadata": body.get("metadata") or {}, "status": "completed",
        "expires_after": None, "expires_at": None, "last_active_at": service.now(),
    }  # fmt: skip
    store = VectorStore(shown)
    for id in body.get("file_ids") or ():
        store.files[service.file_store.file(str(id)).shown["id"]] = {}
    service.file_store.add_vector_store(store)
    return _shown(store, service)


def _shown(store: VectorStore, service: Service) -> Json:
    done = len(store.files)
    counts = {"in_progress": 0, "completed": done, "failed": 0, "cancelled": 0, "total": done}
    files = service.file_store.files
    size = sum(len(files[id].content) for id in store.files if id in files)
    return {**store.shown, "file_counts": counts, "usage_bytes": size}


def _store(request: Request, service: Service) -> VectorStore:
    return service.file_store.vector_store(request.path_params["vector_store_id"])


async def list_all(request: Request, service: Service) -> Json:
    """Every vector store."""
    stores = [_shown(store, service) for store in service.file_store.vector_stores.values()]
    return list_object(*page_of(request, stores, service.policy.chat.pages))


async def get(request: Request, service: Service) -> Json:
    """One vector store."""
    return _shown(_store(request, service), service)


async def delete(request: Request, service: Service) -> Json:
    """Forget a vector store; its files stay."""
    store = _store(request, service)
    del service.file_store.vector_stores[store.shown["id"]]
    return {"id": store.shown["id"], "object": "vector_store.deleted", "deleted": True}


async def add_file(request: Request, service: Service) -> Json:
    """Let a file be searched; it is ready at once."""
    store, body = _store(request, service), await read_body(request)
    if "file_id" not in body:
        raise missing_parameter("file_id")
    file = service.file_store.file(str(body["file_id"]))
    store.files[file.shown["id"]] = body.get("attributes") or {}
    return _file(store, file.shown["id"], service)


def _file(store: VectorStore, id: str, service: Service) -> Json:
    file = service.file_store.file(id)
    return {
        "id": id, "object": "vector_store.file", "created_at": file.shown["created_at"], "status": "completed",
        "usage_bytes": len(file.content), "vector_store_id": store.shown["id"], "last_error": None,
        "attributes": store.files.get(id, {}),
        "chunking_strategy": {"type": "static", "static": {"max_chunk_size_tokens": 800, "chunk_overlap_tokens": 400}},
    }  # fmt: skip


async def list_files(request: Request, service: Service) -> Json:
    """The files of a vector store."""
    store = _store(request, service)
    files = [_file(store, id, service) for id in store.files if id in service.file_store.files]
    return list_object(*page_of(request, files, service.policy.chat.pages))


async def get_file(request: Request, service: Service) -> Json:
    """One file of a vector store."""
    return _file(_store(request, service), request.path_params["file_id"], service)


async def search(request: Request, service: Service) -> Json:
    """The files that have words of the query."""
    store, body = _store(request, service), await read_body(request)
    query: Any = body.get("query")
    if query is None:
        raise missing_parameter("query")
    if not isinstance(query, str | list):
        raise wrong_type("query", "a string", query)
    text = query if isinstance(query, str) else " ".join(map(str, query))
    data = [
        {
            "file_id": file.shown["id"], "filename": file.shown["filename"], "score": score, "attributes": attributes,
            "content": [{"type": "text", "text": file.text[:MOST_TEXT]}],
        }
        for score, file, attributes in service.file_store.search(store, text)
    ]  # fmt: skip
    return {
        "object": "vector_store.search_results.page", "search_query": [text], "data": data, "has_more": False,
        "next_page": None,
    }  # fmt: skip
