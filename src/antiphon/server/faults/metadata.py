"""Metadata that get lost, or are not taken."""

from __future__ import annotations

from antiphon.server.faults.base import Fault, Reply, one
from antiphon.server.faults.shaping import EARLY, edit_response
from antiphon.server.faults.store_reach import CREATE, GET, after, fault, record_of, refuse, show, store_of

FEW = 10


def refuse_many(reply: Reply) -> None:
    record = record_of(reply)
    if len(reply.body["metadata"]) > FEW:
        if record:
            store_of(reply).delete(record)
        refuse(reply, "Invalid 'metadata': at most 10 pairs.", code="object_above_max_properties")


FAULTS: tuple[Fault, ...] = (
    fault(
        "metadata-ten-pairs",
        "More than ten pairs of metadata are refused.",
        "metadata.maximum-accepted",
        after(CREATE, refuse_many),
    ),
    fault(
        "metadata-lost-when-read",
        "A response that is read shows no metadata.",
        "metadata.kept-on-get",
        after(GET, lambda reply: show(reply, metadata={})),
        "concurrency.stored-not-mixed stream.final.equals-retrieved",
    ),
    Fault(
        name="metadata-late-in-stream",
        says="A stream shows the metadata only at its end.",
        breaks=one("metadata.in-stream"),
        events=edit_response(*EARLY, metadata={}),
    ),
)
