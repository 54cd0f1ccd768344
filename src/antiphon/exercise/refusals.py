"""Clean refusals of a capability: `spec/capabilities.yaml` as code."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from antiphon.contract.model import Contract
from antiphon.recording.exchange import Exchange


class CapabilityRefusal(NamedTuple):
    """A capability that the target lacks, and how its refusal reads."""

    capability: str
    reason: str


def find_refusal(
    contract: Contract, needs: Iterable[str], exchange: Exchange, unstored: Collection[str] = ()
) -> CapabilityRefusal | None:
    """The needed capability, or one that it rests on, that an exchange declines; None where it declines none.

    `unkept` are the ids of responses that were to be stored and of which no reply said that they are.
    """
    if exchange.request is None or exchange.response is None or _error(exchange).get("code") == "model_not_found":
        return None
    operation = contract.edition.operation(exchange.request.method, exchange.request.path)
    if operation == "create" and not _is_about_the_request(exchange):
        needs = {*needs, "core"}
    for name in sorted(needs):
        capability = contract.capabilities.get(name)
        said = _refusal_text(capability.declined_by, operation, exchange) if capability else ""
        said = said or (_unread_text(capability.declined_by, operation, exchange, unstored) if capability else "")
        if said:
            return CapabilityRefusal(name, said)
    return None


def _refusal_text(by: Mapping[str, Any], operation: str, exchange: Exchange) -> str:
    status = exchange.status
    if status in (by.get("operations") or {}).get(operation, ()) and not (
        operation == "chat.create" and _is_about_the_request(exchange)
    ):
        return f"{operation} is answered with {status}"
    if operation == "create":
        for name, rule in (by.get("parameters") or {}).items():
            if _refuses(name, rule, _requested_value(exchange.sent, name), exchange):
                return f"{name} is refused with {status}"
        return _reply_text(by.get("replies") or {}, exchange)
    query = dict(exchange.request.query) if exchange.request else {}
    for name, rule in (by.get("queries") or {}).items():
        if name in query and status in rule["statuses"] and _names(exchange, name):
            return f"{name} in the query is refused with {status}"
    return ""


def _unread_text(by: Mapping[str, Any], operation: str, exchange: Exchange, unstored: Collection[str]) -> str:
    statuses = (by.get("unkept") or {}).get(operation, ())
    if exchange.status not in statuses or exchange.request is None:
        return ""
    if not set(unstored).intersection(exchange.request.path.split("/")):
        return ""
    return f"{operation} is answered with {exchange.status}, and no reply said that the response was stored"


def _requested_value(body: Any, name: str) -> Any:
    for part in name.split("."):
        body = body.get(part) if isinstance(body, dict) else None
    return body


def _refuses(name: str, rule: Mapping[str, Any], value: Any, exchange: Exchange) -> bool:
    if value is None or exchange.status not in rule["statuses"]:
        return False
    wanted = rule.get("value", value)
    if value != wanted and not (isinstance(value, list) and wanted in value):
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


def _is_about_the_request(exchange: Exchange) -> bool:
    """A refusal names a parameter or repeats a text of the request, so the route exists."""
    error, sent = _error(exchange), exchange.sent if isinstance(exchange.sent, dict) else {}
    message = str(error.get("message") or exchange.content.decode("utf-8", "replace"))
    return bool(error.get("param")) or any(text in message for text in _strings(sent) if len(text) > 2)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, (dict, list)):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _strings(each)


def _error(exchange: Exchange) -> Mapping[str, Any]:
    body = exchange.body
    error = body.get("error") if isinstance(body, dict) else None
    return error if isinstance(error, dict) else {}


def _reply_text(replies: Mapping[str, Any], exchange: Exchange) -> str:
    """A field by which a successful reply shows that a parameter had no effect; an absent field stands for the
    default.
    """
    reply, sent = exchange.reply, exchange.sent
    if not exchange.is_success or not isinstance(reply, dict) or not isinstance(sent, dict):
        return ""
    for name, value in replies.items():
        if reply.get(name) is value and sent.get(name) is not value and "background" not in sent:
            return f"the reply shows {name} {str(value).lower()}"
    return ""
