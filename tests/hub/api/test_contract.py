"""The API keeps to its own description, whatever it is sent."""

import re
from contextlib import suppress
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from hub.api.http import commands
from tests.rig.hubs import RunningHub

CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
)
PARTS = 5
"""Of the operations, each a test of its own: so the workers share what takes long."""


@pytest.fixture
def operations(leaking: RunningHub, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Every operation that has an end and a schema."""
    monkeypatch.setattr(commands, "ANSWER_WITHIN_S", 1.0)
    schema: Any = schemathesis.openapi.from_url(f"{leaking.url}/api/v1/openapi.json")
    found = [result.ok() for result in schema.get_all_operations()]
    return [o for o in found if not o.path.endswith("/live") and o.path != "/metrics"]


@pytest.mark.parametrize("part", range(PARTS))
def test_no_input_is_a_fault_and_every_answer_is_as_described(
    leaking: RunningHub, operations: list[Any], part: int
) -> None:
    with leaking.client("admin") as admin:
        headers = {"Authorization": admin.headers["Authorization"]}

    @settings(
        max_examples=6,  # of each operation, right and wrong; most share their machinery
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    def try_it(case: Any) -> None:
        case.call_and_validate(headers=headers, checks=CHECKS)

    assert len(operations) > 25
    mine = operations[part::PARTS]
    tried: set[tuple[str, GenerationMode]] = set()
    for operation in mine:
        for mode in GenerationMode:
            with suppress(Unsatisfiable):  # without parameters, there is nothing to get wrong
                given(case=operation.as_strategy(generation_mode=mode))(try_it)()
                tried.add((operation.label, mode))
    assert {label for label, _ in tried} == {operation.label for operation in mine}
    assert len(tried) > 1.5 * len(mine)


def test_every_list_pages_in_one_way(operations: list[Any]) -> None:
    """`next` is a cursor or null; who takes a limit takes the cursor."""
    lists = 0
    for operation in operations:
        known = {parameter.name for parameter in operation.query}
        answer = operation.definition.raw["responses"].get("200", {})
        schema = answer.get("content", {}).get("application/json", {}).get("schema", {})
        shape = _resolved(operation, schema).get("properties", {})
        if operation.method.upper() == "GET" and "items" in shape:
            lists += 1
            assert {"type": "string"} in shape["next"]["anyOf"], operation.label
            assert ("limit" in known) == ("cursor" in known), operation.label
    assert lists > 20


def _resolved(operation: Any, schema: dict[str, Any]) -> dict[str, Any]:
    name = schema.get("$ref", "").rpartition("/")[2]
    schemas: dict[str, dict[str, Any]] = operation.schema.raw_schema["components"]["schemas"]
    return schemas[name] if name else schema


def test_query_parameter_that_an_endpoint_does_not_know_is_refused(
    leaking: RunningHub, operations: list[Any]
) -> None:
    with leaking.client("admin") as admin:
        for operation in (o for o in operations if o.path.startswith("/api/")):
            path = leaking.url + re.sub(r"{\w+}", "x", operation.path)
            answer = admin.request(operation.method, path, params={"no_such": "1"})
            assert answer.status_code == 422, operation.label
            [error] = answer.json()["errors"]
            assert (error["field"], error["value"]) == ("query.no_such", "1")


def test_real_answers_have_the_described_shape(leaking: RunningHub, operations: list[Any]) -> None:
    """Schemathesis seldom guesses an id that exists; these do."""
    ids = {
        "alarm_id": "harbour-a1", "incident_id": "harbour-i1", "ticket_id": "harbour-t1",
        "notice_id": "harbour-n1",
    }  # fmt: skip
    parts = {
        "rules": "leak", "plans": "PIPE", "messages": "LEAK", "policies": "ticket_policy",
    }  # fmt: skip
    asked = {"device": "b1-mains", "signal": "voltage_v", "estate": "harbour"}
    with leaking.client("admin") as admin:
        headers = {"Authorization": admin.headers["Authorization"]}
    checked = 0
    for operation in operations:
        ids["part_id"] = parts.get(operation.path.split("/{")[0].rpartition("/")[2], "")
        unguessable = set(re.findall(r"{(\w+)}", operation.path)) - ids.keys()
        if operation.method.upper() != "GET" or unguessable:
            continue
        query = {p.name: asked[p.name] for p in operation.query if p.is_required}
        answer = httpx.get(
            leaking.url + operation.path.format(**ids), params=query, headers=headers
        )
        assert answer.status_code == 200, (operation.path, answer.text)
        operation.validate_response(answer)
        checked += 1
    assert checked >= 18
