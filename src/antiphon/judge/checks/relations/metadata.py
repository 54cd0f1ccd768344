"""Metadata of a create, and of later reads of its response."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar, NamedTuple

from antiphon.contract.schemas.schema_error import format_value
from antiphon.judge.checks.metadata.echo import is_lawful
from antiphon.judge.checks.relations.digests import comparable, digest
from antiphon.judge.checks.relations.mergers import bound_together, extend_sets, keep_least
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
@dataclass
class MetadataOfRequest:
    """A stored response shows, in every read, the metadata that its create was sent with."""

    requirements: ClassVar[tuple[str, ...]] = ("metadata.kept-on-get",)
    subject: ClassVar[type] = ResponseObject

    sent: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    """By id: the create, and a digest of its metadata."""
    reads: dict[str, set[_Read]] = field(default_factory=dict)

    def see(self, response: ResponseObject) -> None:
        if not comparable(response):
            return
        id, exchange = response.body["id"], response.exchange.id
        if response.operation == "create" and is_lawful(response):
            keep_least(self.sent, id, (exchange, digest(response.sent["metadata"])))
        elif response.operation == "retrieve" and response.body.get("metadata", MISSING) is not MISSING:
            shown = response.body["metadata"]
            read = _Read(exchange, response.at("/metadata"), digest(shown), format_value(shown))
            self.reads.setdefault(id, set()).add(read)
        bound_together(self.sent, self.reads)

    def add(self, other: MetadataOfRequest) -> None:
        for id, sent in other.sent.items():
            keep_least(self.sent, id, sent)
        extend_sets(self.reads, other.reads)
        bound_together(self.sent, self.reads)

    def close(self) -> RelationVerdicts:
        bound_together(self.sent, self.reads, exactly=True)
        for id in sorted(self.sent.keys() & self.reads.keys()):
            create, sent = self.sent[id]
            expected = f"the metadata that {create} sent"
            yield (
                self.requirements[0],
                [
                    Violation(read.at, expected, read.text, exchange=read.exchange)
                    for read in sorted(self.reads[id])
                    if read.metadata != sent
                ],
            )
