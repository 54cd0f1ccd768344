"""`spec/openapi.yaml` is valid, complete, and one document that other tools can load."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from antiphon.contract.load import DEFAULT_EDITION, edition, edition_ids, read_yaml
from antiphon.contract.openapi import bundle_document, document, operations
from antiphon.contract.paths import spec_dir
from antiphon.contract.schemas.standalone import standalone
from antiphon.contract.schemas.validation import Schemas
from antiphon.errors import ConfigError


def all_operations() -> dict[str, tuple[str, str]]:
    return {each["operationId"]: (method, path) for method, path, each in operations(document()["paths"])}


def test_every_route_of_every_edition_is_an_operation() -> None:
    known = set(all_operations().values())

    for name in edition_ids():
        routes = {(each.method, each.path) for each in edition(name).routes.values() if each.operation != "websocket"}
        assert routes - known == set(), name


def test_an_operation_has_the_name_of_its_route() -> None:
    routes = {name: (each.method, each.path) for name, each in edition(DEFAULT_EDITION).routes.items()}
    named = {name: place for name, place in all_operations().items() if not name.endswith(".by-response-id")}

    assert named == {name: place for name, place in routes.items() if name != "websocket"}


def test_operations_of_few_editions_are_marked() -> None:
    for method, path, each in operations(document()["paths"]):
        having = [name for name in edition_ids() if (method, path) in _routes(name)]
        assert ("x-editions" in each) == (DEFAULT_EDITION not in having)
        assert each.get("x-editions", having) == having


def _routes(name: str) -> set[tuple[str, str]]:
    return {(each.method, each.path) for each in edition(name).routes.values()}


def test_query_parameters_are_those_of_the_parameter_tables() -> None:
    listed = read_yaml(spec_dir() / "parameters.yaml")["operations"]
    parts = bundle_document()["components"]["parameters"]

    for _, _, each in operations(document()["paths"]):
        given = [
            parts[each["$ref"].rpartition("/")[2]] if "$ref" in each else each for each in each.get("parameters", ())
        ]
        table = listed.get(each["operationId"], {})
        wanted = [row["name"] for row in table.get("parameters", ())] if table.get("in") == "query" else []
        assert sorted(row["name"] for row in given) == sorted(wanted), each["operationId"]


def test_body_parameters_are_those_of_the_parameter_tables() -> None:
    listed = read_yaml(spec_dir() / "parameters.yaml")["operations"]

    for operation, kind in {
        "create": "request.create", "compact": "request.compact", "input_tokens": "request.input-tokens",
        "chat.create": "request.chat.create", "conversations.create": "request.conversation.create",
    }.items():  # fmt: skip
        fields = {each.name for each in Schemas().describe(kind).fields}
        assert {row["name"] for row in listed[operation]["parameters"]} - fields <= {"functions", "function_call"}
        assert fields <= {row["name"] for row in listed[operation]["parameters"]}, operation


@pytest.mark.parametrize("name", [None, *edition_ids()])
def test_the_document_and_its_bundles_are_valid_openapi(name: str | None) -> None:
    validator = pytest.importorskip("openapi_spec_validator").OpenAPIV31SpecValidator
    if name is None:
        assert list(validator(document(), base_uri=(spec_dir() / "openapi.yaml").as_uri()).iter_errors()) == []
    else:
        assert list(validator(bundle_document(name)).iter_errors()) == []


@pytest.mark.parametrize("name", edition_ids())
def test_a_bundle_refers_to_itself_only(name: str) -> None:
    whole = bundle_document(name)

    for reference in _references(whole):
        value: Any = whole
        assert reference.startswith("#/components/"), reference
        for step in reference.removeprefix("#/").split("/"):
            value = value[step]


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for each in node.values():
            yield from _references(each)
    elif isinstance(node, list):
        for each in node:
            yield from _references(each)


def test_a_bundle_has_the_routes_of_its_edition() -> None:
    seed = bundle_document("oaiapi-in11-2026-01-30")["paths"]

    assert "/responses/{response_id}/compact" in seed
    assert "/responses/compact" not in seed
    assert set(bundle_document("open-responses-2026-04-24")["paths"]) == {"/responses", "/responses/compact"}


def test_replies_are_open_and_requests_are_not() -> None:
    item = {"type": "hologram", "id": "holo_1"}
    answer = jsonschema_rs.validator_for(standalone("item.output"))
    message = {"type": "message", "role": "user", "content": "hi"}
    request = jsonschema_rs.validator_for(standalone("request.item"))

    assert answer.is_valid(item)
    assert not answer.is_valid({"type": "message", "id": "msg_1"})
    assert request.is_valid(message)
    assert not request.is_valid({**message, "bogus": 1})
    assert not request.is_valid(item)


def test_a_standalone_schema_follows_its_edition() -> None:
    usage = {"input_tokens": 1, "output_tokens": 1, "total_tokens": 2}
    usage |= {"input_tokens_details": {"cached_tokens": 0}, "output_tokens_details": {"reasoning_tokens": 0}}  # type: ignore[dict-item]

    assert jsonschema_rs.validator_for(standalone("usage")).is_valid(usage)
    with pytest.raises(ConfigError, match=r"did you mean response"):
        standalone("respone")
    with pytest.raises(ConfigError, match=r"response\.completed"):
        standalone("event", "response.complete")


def test_the_bundle_can_be_fuzzed(tmp_path: Path) -> None:
    """Schemathesis loads it and makes a request for every operation."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        schemathesis = pytest.importorskip("schemathesis")
        from hypothesis import HealthCheck, Phase, given, settings

        whole = schemathesis.openapi.from_dict(bundle_document())
        made = []
        for found in whole.get_all_operations():
            operation = found.ok()

            @settings(
                max_examples=2, database=None, deadline=None, phases=[Phase.generate], derandomize=True,
                suppress_health_check=list(HealthCheck),
            )  # fmt: skip
            @given(case=operation.as_strategy())
            def one(case: Any) -> None:
                made.append(f"{case.method.upper()} {case.operation.path}")

            one()

    assert set(made) == {f"{method} {path}" for method, path in _routes(DEFAULT_EDITION)} - {"GET /responses"}
