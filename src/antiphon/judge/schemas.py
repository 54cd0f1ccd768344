"""The schemas that count for an exchange: those of its edition, on its day."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from antiphon.contract.schemas import Schemas
from antiphon.judge.subjects import Call
from antiphon.judge.values import day_of


def schemas_for(call: Call) -> Schemas:
    """The schemas of the edition under which a call is judged, as they counted on its day."""
    if "schemas" not in call.memo:
        call.memo["schemas"] = _schemas(call.edition.id, day_of(call.exchange))
    return call.memo["schemas"]  # type: ignore[no-any-return]


@lru_cache(maxsize=4096)
def _schemas(edition: str, day: date | None) -> Schemas:
    return Schemas(edition, day)
