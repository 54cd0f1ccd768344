"""Metadata of a create, and of later reads of its response."""

from __future__ import annotations

from typing import ClassVar, NamedTuple

from antiphon.contract.schemas.schema_error import format_value
from antiphon.judge.checks.metadata.echo import is_lawful
from antiphon.judge.checks.relations.digests import comparable, digest
from antiphon.judge.checks.relations.responses import RelationVerdicts
from antiphon.judge.registry import Violation, relation
from antiphon.judge.subjects.responses import ResponseObject
from antiphon.judge.values import MISSING


class _Read(NamedTuple):
    """What a read of a response shows of its metadata, as a digest and in words."""

    exchange: str
    at: str
    metadata: bytes
    text: str


@relation
class MetadataOfRequest:
    """A stored response shows, in every read, the metadata that its create was sent with."""

    requirements: ClassVar[tuple[str, ...]] = ("metadata.kept-on-get",)
    subject: ClassVar[type] = ResponseObject

    def __init__(self) -> None:
        self._sent: dict[str, tuple[str, bytes]] = {}
        """By id: the create, and a digest of its metadata."""
        self._read: dict[str, set[_Read]] = {}

    def see(self, response: ResponseObject) -> None:
        if not comparable(response):
            return
        id, exchange = response.body["id"], response.exchange.id
        if response.operation == "create" and is_lawful(response):
            sent = exchange, digest(response.sent["metadata"])
            self._sent[id] = min(sent, self._sent.get(id, sent))
        elif response.operation == "retrieve" and response.body.get("metadata", MISSING) is not MISSING:
            shown = response.body["metadata"]
            read = _Read(exchange, response.at("/metadata"), digest(shown), format_value(shown))
            self._read.setdefault(id, set()).add(read)

    def close(self) -> RelationVerdicts:
        for id in sorted(self._sent.keys() & self._read.keys()):
            create, sent = self._sent[id]
            expected = f"the metadata that {create} sent"
            yield (
                self.requirements[0],
                [
                    Violation(read.at, expected, read.text, exchange=read.exchange)
                    for read in sorted(self._read[id])
                    if read.metadata != sent
                ],
            )
