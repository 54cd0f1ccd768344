"""The data of `spec/` is whole: every file fits its meta schema, and every name in it leads somewhere."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from referencing import Registry, Resource

from antiphon.contract.edition_data import EditionData, StreamRules
from antiphon.contract.evidence import evidence_of
from antiphon.contract.load import all_requirements
from antiphon.contract.missing_routes import STATUSES
from antiphon.contract.model import Level, Requirement
from antiphon.contract.triggers import source_trigger, triggers
from antiphon.exercise.capability_signs import SIGNS
from antiphon.exercise.refusals import REASONS

SPEC = Path(__file__).resolve().parents[2] / "spec"

ALONE = (
    "capabilities", "crossed", "crossing", "profiles", "errors", "parameters", "disagreements", "sources", "streams",
)  # fmt: skip
"""Files with a meta schema of their own."""

DISAGREEMENTS = [f"D-{n:02}" for n in range(1, 54)]

FILES = [
    *(("requirements", path) for path in sorted((SPEC / "requirements").glob("*.yaml"))),
    *(("edition", path) for path in sorted((SPEC / "editions").glob("*.yaml"))),
    *(("client", path) for path in sorted((SPEC / "clients").glob("*.yaml"))),
    *((name, SPEC / f"{name}.yaml") for name in ALONE),
]


@cache
def data(path: Path) -> Any:
    return yaml.load(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


def spec(name: str) -> Any:
    return data(SPEC / f"{name}.yaml")


def requirements() -> list[Requirement]:
    return list(all_requirements().values())


def ids() -> frozenset[str]:
    return frozenset(all_requirements())


def common() -> Any:
    return json.loads((SPEC / "meta" / "common.schema.json").read_text(encoding="utf-8"))


def editions() -> list[dict[str, Any]]:
    return [data(path) for kind, path in FILES if kind == "edition"]


def clients() -> list[dict[str, Any]]:
    return [data(path) for kind, path in FILES if kind == "client"]


def twice(names: Iterable[str]) -> list[str]:
    return [name for name, times in Counter(names).items() if times > 1]


def routes(edition: str) -> set[str]:
    own = spec(f"editions/{edition}")
    found = routes(own["base"]) if own["base"] else set()
    return (found | {name for name, route in own["routes"].items() if route}) - {
        name for name, route in own["routes"].items() if route is None
    }


@pytest.mark.parametrize(("meta", "path"), FILES, ids=lambda value: value.stem if isinstance(value, Path) else value)
def test_a_file_fits_its_meta_schema(meta: str, path: Path) -> None:
    schema = json.loads((SPEC / "meta" / f"{meta}.schema.json").read_text(encoding="utf-8"))
    shared = Registry().with_resource("common.schema.json", Resource.from_contents(common()))
    jsonschema.Draft202012Validator.check_schema(schema)
    value = json.loads(json.dumps(data(path), default=str))

    errors = jsonschema.Draft202012Validator(schema, registry=shared).iter_errors(value)

    assert [f"{error.json_path}: {error.message[:200]}" for error in errors] == []


def test_there_are_requirements_in_every_area() -> None:
    areas = {each.area for each in requirements()}

    assert areas == {path.stem for kind, path in FILES if kind == "requirements"}
    assert len(requirements()) >= 350


def test_an_id_begins_with_the_area_of_its_file() -> None:
    for kind, path in FILES:
        if kind == "requirements":
            assert data(path)["area"] == path.stem
    assert [each.id for each in requirements() if not each.id.startswith(f"{each.area}.")] == []


def test_ids_are_unique() -> None:
    assert twice(each["id"] for each in spec("errors")["triggers"]) == []
    assert twice(each["id"] for each in spec("disagreements")["disagreements"]) == []
    assert twice(each["id"] for each in spec("capabilities")["capabilities"]) == []


def test_no_two_requirements_say_the_same_of_one_area() -> None:
    assert twice(f"{each.area}: {each.says}" for each in requirements()) == []


def test_a_sentence_states_a_promise() -> None:
    hedged = re.compile(r"\bshould\b|\btest that\b|\bmust\b|\bto do\b", re.IGNORECASE)

    assert [each.id for each in requirements() if hedged.search(each.says)] == []


def test_a_sentence_is_short() -> None:
    assert [each.id for each in requirements() if len(each.says) > 160] == []


def test_every_disagreement_is_decided() -> None:
    assert [each["id"] for each in spec("disagreements")["disagreements"]] == DISAGREEMENTS


def test_a_decision_leads_to_data() -> None:
    lost = [
        f"{each['id']}: {where}"
        for each in spec("disagreements")["disagreements"]
        for where in each["where"]
        if not leads_somewhere(*where.split(":", 1))
    ]

    assert lost == []


def leads_somewhere(kind: str, name: str) -> bool:
    match kind:
        case "requirement":
            return name in ids()
        case "trigger":
            return name in {each["id"] for each in spec("errors")["triggers"]}
        case "parameter":
            return name in set(parameter_names())
        case "capability":
            return name in {each["id"] for each in spec("capabilities")["capabilities"]}
        case "errors":
            return name in spec("errors")
    edition, _, key = name.partition("#")
    value: Any = spec(f"editions/{edition}")
    for part in filter(None, key.split(".")):
        value = value.get(part)
        if value is None:
            return False
    return True


def parameter_names() -> Iterator[str]:
    for operation, value in spec("parameters")["operations"].items():
        for each in value["parameters"]:
            yield f"{operation}.{each['name']}"


def test_a_client_file_is_named_by_its_id() -> None:
    assert [path.stem for kind, path in FILES if kind == "client" and data(path)["id"] != path.stem] == []


def test_an_edition_is_named_by_its_id_and_has_a_known_base() -> None:
    known = {edition["id"] for edition in editions()}

    assert known == {path.stem for kind, path in FILES if kind == "edition"}
    assert [edition["id"] for edition in editions() if edition["base"] and edition["base"] not in known] == []


def test_an_edition_speaks_of_known_requirements() -> None:
    named = {(edition["id"], name) for edition in editions() for name in edition["levels"]}
    quirks = {(edition["id"], quirk["about"]) for edition in editions() for quirk in edition.get("quirks", ())}

    assert [pair for pair in sorted(named | quirks) if pair[1] not in ids()] == []
    assert {name for each in requirements() for name in each.editions} <= {each["id"] for each in editions()}


def test_a_level_of_an_edition_differs_from_its_base() -> None:
    own = {each.id: each.level.value for each in requirements()}
    same = [
        f"{edition['id']}: {name}"
        for edition in editions()
        for name, level in edition["levels"].items()
        if own[name] == level
    ]

    assert same == []


def test_the_seed_edition_has_the_routes_of_the_seed() -> None:
    own = spec("editions/oaiapi-in11-2026-01-30")

    assert own["routes"]["compact"] == {"method": "POST", "path": "/responses/{response_id}/compact"}
    assert own["routes"]["input_tokens"] == {"method": "GET", "path": "/responses/{response_id}/input_tokens"}
    assert own["statuses"] == ["completed", "in_progress", "failed", "cancelled"]
    assert own["error_statuses"] == [400, 401, 404, 429]
    assert {"web_search", "code_interpreter", "file_search", "computer_use", "mcp"} <= set(own["tools"])
    assert own["input_content"] == ["input_text", "input_image", "input_audio", "input_file"]
    assert "same-model-family" in {quirk["id"] for quirk in own["quirks"]}


def test_profiles_are_closed_under_what_their_capabilities_need() -> None:
    needs = {each["id"]: set(each.get("needs", ())) for each in spec("capabilities")["capabilities"]}

    for profile in spec("profiles")["profiles"]:
        capabilities = set(profile["capabilities"])
        assert set().union(*(needs[each] for each in capabilities)) <= capabilities, profile["id"]
    assert capabilities == set(needs), "the last profile is the full one"


def test_every_capability_has_its_code() -> None:
    names = {each["id"] for each in spec("capabilities")["capabilities"]}

    assert names - {"webhooks"} == set(REASONS), "webhooks are declined by the configuration of a target"
    assert names == set(SIGNS)
    assert set(STATUSES) <= routes("openai-2026-08")
    assert {name for signs in SIGNS.values() for name in (*signs.operations, *signs.streams)} <= routes(
        "openai-2026-08"
    )


def test_a_trigger_leads_to_its_requirements() -> None:
    for trigger in triggers():
        assert trigger.requirement in ids(), trigger.id
        assert (trigger.detail or trigger.requirement) in ids(), trigger.id
        assert trigger.operation in routes("openai-2026-08"), trigger.id


def test_two_requirements_are_made_of_a_trigger() -> None:
    refused = all_requirements()["errors.trigger.unknown-model"]
    detail = all_requirements()["errors.trigger.unknown-model.detail"]

    assert (refused.says, refused.level) == ("A request with an unknown model is refused.", "must")
    assert detail.says == (
        "The refusal of a request with an unknown model has status 400, param model and code model_not_found."
    )
    assert (detail.level, detail.area, detail.capability, detail.judged) == ("should", "errors", "core", "suite")
    assert [str(each) for each in detail.evidence] == [
        "recording (wire, POST /responses, 2026-08)",
        "schema (or, POST /responses, 2026-04-24)",
        "probe (probe, POST /responses, 2026-08-31)",
    ]


def test_a_trigger_may_prove_a_requirement_of_another_area() -> None:
    known = {each.id: each for each in triggers()}

    assert known["unstored-response-delete"].requirement == "store.off-not-deletable"
    assert known["unstored-response-delete"].detail == "store.off-is-404"
    assert known["unknown-previous-response"].requirement == "chain.unknown-refused"
    assert known["unknown-previous-response"].detail == "errors.trigger.unknown-previous-response.detail"
    assert "errors.trigger.unknown-previous-response" not in ids()


def test_a_requirement_leads_to_its_trigger() -> None:
    made = {name for each in triggers() for name in (each.requirement, each.detail) if source_trigger(name)}

    assert made == {name for name in ids() if source_trigger(name)}
    assert {source_trigger(name) for name in made} <= {each.id for each in triggers()}
    assert source_trigger("usage.total") == ""


def test_what_is_excluded_of_a_trigger_is_judged_by_nothing() -> None:
    detail = all_requirements()["errors.trigger.reasoning-plain-model.detail"]

    assert (detail.judged, detail.excluded) == ("", spec("errors")["excluded"])
    assert all_requirements()["errors.trigger.reasoning-plain-model"].excluded == ""


def test_the_names_in_the_schemas_are_those_of_the_data() -> None:
    names = {key: value["enum"] for key, value in common()["$defs"].items() if "enum" in value}

    assert names["source"] == list(spec("sources")["sources"])
    assert names["evidence-kind"] == list(spec("sources")["kinds"])
    assert names["capability"] == [each["id"] for each in spec("capabilities")["capabilities"]]
    assert names["level"] == list(Level)


def test_evidence_is_that_of_its_source_unless_it_says_otherwise() -> None:
    plain, own = evidence_of(["wire", {"source": "openapi", "kind": "prose", "where": "a guide"}], "a place")

    assert str(plain) == "recording (wire, a place, 2026-08)"
    assert str(own) == "prose (openapi, a guide, 2026-08-21)"


def test_the_code_of_a_trigger_is_a_known_code_with_that_status() -> None:
    codes = spec("errors")["codes"]

    for trigger in spec("errors")["triggers"]:
        code = trigger["expected"].get("code")
        assert code is None or trigger["expected"]["status"] in codes[code], trigger["id"]


def test_a_trigger_that_is_not_portable_says_why() -> None:
    assert [each.id for each in triggers() if not each.portable and not each.note] == []


def test_parameters_lead_to_triggers_and_requirements() -> None:
    known = {each.id for each in triggers()}

    for operation, value in spec("parameters")["operations"].items():
        assert operation in routes("openai-2026-08")
        for each in value["parameters"]:
            assert set(each.get("invalid", ())) <= known, each["name"]
            assert set(each.get("requirements", ())) <= ids(), each["name"]


def test_create_has_thirty_five_parameters() -> None:
    names = [name for name in parameter_names() if name.startswith("create.")]

    assert len(names) == len(set(names)) == 35


def test_valid_values_of_a_parameter_are_valid() -> None:
    parameters = [each for value in spec("parameters")["operations"].values() for each in value["parameters"]]

    for each in parameters:
        for valid in each.get("valid", ()):
            if isinstance(valid, str) and not valid.startswith("$") and "enum" in each:
                assert valid in each["enum"], each["name"]
            if isinstance(valid, int | float) and not isinstance(valid, bool):
                assert each.get("minimum", valid) <= valid <= each.get("maximum", valid), each["name"]


def test_the_typed_form_of_an_edition_is_that_of_its_schema() -> None:
    schema = json.loads((SPEC / "meta" / "edition.schema.json").read_text(encoding="utf-8"))["properties"]
    read_into_fields = {"id", "date", "title", "base", "routes", "probed_routes", "levels"}

    assert set(EditionData.__annotations__) == schema.keys() - read_into_fields
    assert set(StreamRules.__annotations__) == schema["stream"]["properties"].keys()
