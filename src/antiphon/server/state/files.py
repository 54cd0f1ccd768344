"""Store of files and of vector stores over them, in memory. Bounded: the oldest files go first."""

from __future__ import annotations

import re
from collections import OrderedDict
from dataclasses import dataclass, field

from antiphon.server.errors import ApiError, shorten
from antiphon.server.json_values import Json

MOST_FILES = 200
MOST_BYTES = 64 * 1024 * 1024
MOST_STORES = 200
WORD = re.compile(r"\w+")


@dataclass(slots=True, eq=False)
class StoredFile:
    """File as it was sent, and as the API shows it."""

    shown: Json
    content: bytes

    @property
    def text(self) -> str:
        """Its content as a text."""
        return self.content.decode("utf-8", "replace")


@dataclass(slots=True, eq=False)
class VectorStore:
    """Vector store: which files it holds, and with which attributes."""

    shown: Json
    files: OrderedDict[str, Json] = field(default_factory=OrderedDict)


class FileStore:
    """Files and vector stores of one tenant."""

    def __init__(self) -> None:
        self.files: OrderedDict[str, StoredFile] = OrderedDict()
        self.vector_stores: OrderedDict[str, VectorStore] = OrderedDict()

    def add(self, file: StoredFile) -> None:
        """Store a file; the oldest go where there are too many, or too large ones."""
        self.files[file.shown["id"]] = file
        while len(self.files) > MOST_FILES or self._size() > MOST_BYTES:
            self.files.popitem(last=False)

    def _size(self) -> int:
        return sum(len(file.content) for file in self.files.values())

    def add_vector_store(self, store: VectorStore) -> None:
        """Keep a vector store; the oldest goes where there are too many."""
        self.vector_stores[store.shown["id"]] = store
        while len(self.vector_stores) > MOST_STORES:
            self.vector_stores.popitem(last=False)

    def file(self, id: str) -> StoredFile:
        """The file of that id. Raises ApiError where there is none."""
        if id not in self.files:
            raise ApiError(f"No such File object: {shorten(id, quote=False)}", status=404, param="id")
        return self.files[id]

    def vector_store(self, id: str) -> VectorStore:
        """The vector store of that id. Raises ApiError where there is none."""
        if id not in self.vector_stores:
            message = f"Vector store with id '{shorten(id, quote=False)}' not found."
            raise ApiError(message, status=404, param="vector_store_id")
        return self.vector_stores[id]

    def search(self, store: VectorStore, query: str) -> list[tuple[float, StoredFile, Json]]:
        """The files that have words of the query, the best first: the share of its words, the file, its attributes."""
        words = set(WORD.findall(query.lower()))
        hits = []
        for id, attributes in store.files.items():
            if id in self.files and words:
                file = self.files[id]
                score = len(words & set(WORD.findall(file.text.lower()))) / len(words)
                hits.append((score, file, attributes))
        return sorted((hit for hit in hits if hit[0]), key=lambda hit: -hit[0])
