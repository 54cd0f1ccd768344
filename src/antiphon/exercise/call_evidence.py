"""What one exchange says about a part of the API that its server may lack; each reason is a sentence, or empty."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from antiphon.contract.missing_routes import is_missing
from antiphon.recording.exchange import Exchange
from antiphon.recording.outcome import Outcome, outcome, speaks_of_request

REFUSED = frozenset({400, 422, 501})
"""Statuses with which a parameter is declined."""
UNKNOWN = frozenset({"unknown_parameter", "unsupported_parameter"})
UNSUPPORTED = frozenset({"unsupported_parameter", "unsupported_value"})
_UNSUPPORTED = re.compile(r"not (?:yet )?(?:support|implement)|n't (?:yet )?support|unsupported", re.IGNORECASE)
_SENT = object()


@dataclass(frozen=True, slots=True)
class CallEvidence:
    """An exchange, its operation, and the ids of responses that were to be stored and of which no reply said so."""

    exchange: Exchange
    operation: str
    unkept: Collection[str] = ()

    def lacks(self, *operations: str) -> str:
        """One of the operations is answered as a route that is not there."""
        if self.operation not in operations or not is_missing(self.operation, self.exchange.status):
            return ""
        if outcome(self.exchange) is not Outcome.UNROUTED and self.operation != "websocket":
            return ""
        return f"{self.operation} is answered with {self.exchange.status}"

    def refuses(self, parameter: str, value: Any = _SENT, codes: Collection[str] = ()) -> str:
        """A create with the parameter (and the value) is refused, and the refusal names the parameter."""
        sent = _value_at(self.exchange.sent, parameter)
        if self.operation != "create" or sent is None or self.exchange.status not in REFUSED:
            return ""
        if value is not _SENT and sent != value and not (isinstance(sent, list) and value in sent):
            return ""
        if not self._names(parameter) or (codes and not self._says_unsupported(codes)):
            return ""
        return f"{parameter} is refused with {self.exchange.status}"

    def refuses_query(self, name: str) -> str:
        """A parameter of the query is refused by its name."""
        request = self.exchange.request
        if self.operation == "create" or request is None or name not in dict(request.query):
            return ""
        if self.exchange.status not in REFUSED or not self._names(name):
            return ""
        return f"{name} in the query is refused with {self.exchange.status}"

    def does_not_store(self) -> str:
        """A reply shows store false where the request asked for storing; a field left out asks for the default."""
        reply, sent = self.exchange.reply, self.exchange.sent
        if self.operation != "create" or not self.exchange.is_success:
            return ""
        if not isinstance(reply, dict) or not isinstance(sent, dict) or "background" in sent:
            return ""
        return "the reply shows store false" if reply.get("store") is False and sent.get("store") is not False else ""

    def not_stored(self, *operations: str) -> str:
        """404 for a response that was to be stored and of which no reply said store true."""
        request = self.exchange.request
        if self.operation not in operations or self.exchange.status != 404 or request is None:
            return ""
        if not set(self.unkept).intersection(request.path.split("/")):
            return ""
        return f"{self.operation} is answered with 404, and no reply said that the response was stored"

    @property
    def error(self) -> Mapping[str, Any]:
        """The error object of the reply, or an empty one."""
        body = self.exchange.body
        error = body.get("error") if isinstance(body, dict) else None
        return error if isinstance(error, dict) else {}

    @property
    def is_about_the_request(self) -> bool:
        """A refusal speaks of the request, so it comes from a route that is there."""
        return speaks_of_request(self.exchange)

    def _says_unsupported(self, codes: Collection[str]) -> bool:
        """The refusal has one of the codes; where it has none of words, its message says the same."""
        code = self.error.get("code")
        return code in codes if isinstance(code, str) else bool(_UNSUPPORTED.search(str(self.error.get("message"))))

    def _names(self, parameter: str) -> bool:
        """The refusal names the parameter: in `param`, or in its message where there is no `param`."""
        param = self.error.get("param")
        if isinstance(param, str):
            return param == parameter or param.startswith((parameter + "[", parameter + "."))
        return parameter in str(self.error.get("message", ""))


def _value_at(body: Any, path: str) -> Any:
    for name in path.split("."):
        body = body.get(name) if isinstance(body, dict) else None
    return body
