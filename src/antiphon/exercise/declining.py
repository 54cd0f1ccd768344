"""When a refusal means that a server lacks a capability and says so cleanly: `spec/capabilities.yaml` as code."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from antiphon.contract.model import Contract
from antiphon.transcript.exchange import Exchange


class Refused(NamedTuple):
    """The capability that is absent, and what was said."""

    capability: str
    reason: str


def declined(contract: Contract, needs: Iterable[str], exchange: Exchange) -> Refused | None:
    """Whether an exchange declines one of the capabilities that its scenario needs, or one that these rest on."""
    if exchange.request is None or exchange.response is None or _error(exchange).get("code") == "model_not_found":
        return None
    operation = contract.edition.operation(exchange.request.method, exchange.request.path)
    for name in sorted(needs):
        capability = contract.capabilities.get(name)
        if capability and (said := _said(capability.declined_by, operation, exchange)):
            return Refused(name, said)
    return None


def _said(by: Mapping[str, Any], operation: str, exchange: Exchange) -> str:
    status = exchange.status
    if status in (by.get("operations") or {}).get(operation, ()):
        return f"{operation} is answered with {status}"
    if operation == "create":
        for name, rule in (by.get("parameters") or {}).items():
            if _refuses(name, rule, _asked(exchange.sent, name), exchange):
                return f"{name} is refused with {status}"
        return _shown(by.get("replies") or {}, exchange)
    query = dict(exchange.request.query) if exchange.request else {}
    for name, rule in (by.get("queries") or {}).items():
        if name in query and status in rule["statuses"] and _names(exchange, name):
            return f"{name} in the query is refused with {status}"
    return ""


def _asked(body: Any, name: str) -> Any:
    for part in name.split("."):
        body = body.get(part) if isinstance(body, dict) else None
    return body


def _refuses(name: str, rule: Mapping[str, Any], asked: Any, exchange: Exchange) -> bool:
    if asked is None or exchange.status not in rule["statuses"]:
        return False
    wanted = rule.get("value", asked)
    if asked != wanted and not (isinstance(asked, list) and wanted in asked):
        return False
    codes = rule.get("codes")
    return _names(exchange, name) and (not codes or _error(exchange).get("code") in codes)


def _names(exchange: Exchange, name: str) -> bool:
    """The refusal names the parameter: in `param`, or in its message where there is no `param`."""
    error = _error(exchange)
    param = error.get("param")
    if isinstance(param, str):
        return param == name or param.startswith((name + "[", name + "."))
    return name in str(error.get("message", ""))


def _error(exchange: Exchange) -> Mapping[str, Any]:
    body = exchange.body
    error = body.get("error") if isinstance(body, dict) else None
    return error if isinstance(error, dict) else {}


def _shown(replies: Mapping[str, Any], exchange: Exchange) -> str:
    """What a successful reply shows in place of what was asked for; a field left out asks for the default."""
    reply, sent = exchange.reply, exchange.sent
    if not exchange.is_success or not isinstance(reply, dict) or not isinstance(sent, dict):
        return ""
    for name, value in replies.items():
        if reply.get(name) is value and sent.get(name) is not value and "background" not in sent:
            return f"the reply shows {name} {str(value).lower()}"
    return ""
