"""Faults of metadata: lost, refused or counted as input."""

from __future__ import annotations

from antiphon.server.behaviour.fault import OutgoingReply
from antiphon.server.faults.base import fault
from antiphon.server.faults.replies import CREATE, GET, after, refuse_create, show
from antiphon.server.faults.rewrites import EARLY, put_response

FEW = 10


def refuse_many(reply: OutgoingReply) -> None:
    if len(reply.body["metadata"]) > FEW:
        refuse_create(reply, "Invalid 'metadata': at most 10 pairs.", code="object_above_max_properties")


FAULTS = (
    fault(
        "metadata-ten-pairs",
        "More than ten pairs of metadata are refused.",
        "metadata.maximum-accepted",
        reply=after(CREATE, refuse_many),
    ),
    fault(
        "metadata-lost-when-read",
        "A response that is read shows no metadata.",
        "metadata.kept-on-get",
        reply=after(GET, lambda reply: show(reply, metadata={})),
        implies="modes.settings-shown concurrency.stored-not-mixed stream.final.equals-retrieved",
    ),
    fault(
        "metadata-late-in-stream",
        "A stream shows the metadata only at its end.",
        "metadata.in-stream",
        events=put_response(*EARLY, metadata={}),
    ),
    fault(
        "metadata-counted",
        "Metadata counts as input.",
        "metadata.not-counted",
        policy={"metadata_counts": True},
        implies="input-tokens.equals-usage",
    ),
)
