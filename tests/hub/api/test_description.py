"""The API's description names and describes everything, so that a client can be made from it."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import rules
from hub.api.app import application
from rules.records.nouns import NOUNS


@pytest.fixture(scope="module")
def described() -> dict[str, Any]:
    return application().openapi()


def test_each_model_has_a_name_of_its_own(described: dict[str, Any]) -> None:
    """FastAPI lengthens the names of those that it cannot tell apart."""
    names = set(described["components"]["schemas"])
    assert [name for name in names if "__" in name or name.endswith(("-Input", "-Output"))] == []


def test_every_answer_says_what_is_in_it(described: dict[str, Any]) -> None:
    """But for the two that hold a JSON Schema."""
    schemas = described["components"]["schemas"]
    vague = [
        f"{path} {where}"
        for path, methods in described["paths"].items()
        for operation in methods.values()
        for status, answer in operation["responses"].items()
        for media in answer.get("content", {}).values()
        if status.startswith("2")
        for where in _vague(media["schema"], schemas, set())
    ]
    assert [where.split()[0] for where in vague] == ["/api/v1/rules/schema", "/api/v1/plans/schema"]


def test_event_names_every_kind_that_the_rules_emit(described: dict[str, Any]) -> None:
    schemas = described["components"]["schemas"]
    variants = [schemas[one["$ref"].rpartition("/")[2]] for one in schemas["Event"]["anyOf"]]
    told = {kind for one in variants for kind in _kinds(one["properties"]["kind"])}
    assert set(_emitted()) <= told
    assert len(variants) == len(NOUNS)


def _vague(schema: Any, schemas: dict[str, Any], seen: set[str]) -> Iterator[str]:
    """Where anything may stand."""
    if name := schema.get("$ref", "").rpartition("/")[2]:
        if name not in seen:
            seen.add(name)
            yield from (f"{name} {where}" for where in _vague(schemas[name], schemas, seen))
        return
    parts = [*schema.get("anyOf", ()), *schema.get("properties", {}).values()]
    if "items" in schema:
        parts.append(schema["items"])
    if (more := schema.get("additionalProperties")) not in (None, False):
        parts.append({} if more is True else more)
    if not parts and schema.keys().isdisjoint({"type", "enum", "const"}):
        yield schema.get("title", "")
    for part in parts:
        yield from _vague(part, schemas, seen)


def _kinds(schema: dict[str, Any]) -> list[str]:
    found: list[str] = schema.get("enum") or [schema["const"]]
    return found


def _emitted() -> Iterator[str]:
    """Each kind that is written out in a call of `emit`."""
    for file in Path(rules.__path__[0]).rglob("*.py"):
        for call in ast.walk(ast.parse(file.read_text())):
            if (
                isinstance(call, ast.Call)
                and isinstance(call.func, ast.Attribute)
                and call.func.attr == "emit"
                and isinstance(kind := getattr(call.args[0], "value", None), str)
            ):
                yield kind
