"""Reading and validating API documents, each a whole process, beside peers and the floor (the best parser and the official meta-schema).

Goals: `inspect` at most 2.5 × the floor from 3 MB up, in time and memory; ten times faster than prance with openapi-spec-validator, twice as
fast as openapi-spec-validator alone (it takes jsonschema-rs where that is installed, as here); twice the document, twice the time.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from benchmarks.rounds import Run, in_turns, least, python, run, show

FIELDS = 60  # of a record; public documents of 3 to 7 MB have 25 to 45 kB a resource, most of it prose
PROSE = "What stands here is text that the user of the system has entered, at most eighty characters, and nothing is said of it elsewhere. "
SIZES = (1, 2, 4, 8, 16)  # MB
COMPARED = 4  # MB
PER_MB = 36  # resources that make about a megabyte


def _schema(number: int) -> dict[str, Any]:
    fields: dict[str, Any] = {
        f"field_{one}": {
            "type": "string",
            "maxLength": 80,
            "description": f"Field {one} of record {number}. {PROSE * 2}",
        }
        for one in range(FIELDS)
    }
    fields |= {
        "id": {"type": "integer", "readOnly": True},
        "updated_at": {"type": "string", "format": "date-time"},
        "next": {"$ref": f"#/components/schemas/Records{max(0, number - 1)}"},
        "lines": {"type": "array", "items": {"$ref": f"#/components/schemas/Line{number}"}},
    }
    return {"type": "object", "required": ["field_0"], "properties": fields}


def _operations(number: int) -> Iterator[tuple[str, dict[str, Any]]]:
    record = {"application/json": {"schema": {"$ref": f"#/components/schemas/Records{number}"}}}
    many = {
        "application/json": {
            "schema": {
                "type": "object",
                "properties": {
                    "data": {"type": "array", "items": record["application/json"]["schema"]},
                    "next_cursor": {"type": "string"},
                },
            }
        }
    }
    one = {"200": {"description": "the record", "content": record}, "404": {"description": "nothing is there"}}
    key = {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}
    params = [
        {"name": name, "in": "query", "schema": {"type": "string"}, "description": f"The parameter {name} of the list."}
        for name in ("cursor", "limit", "updated_after", "sort")
    ]
    body = {"required": True, "content": record}
    yield f"/records{number}", {
        "get": {"operationId": f"list{number}", "parameters": params, "responses": {"200": {"description": "records", "content": many}}},
        "post": {"operationId": f"create{number}", "requestBody": body, "responses": {"201": one["200"]}},
    }  # fmt: skip
    yield (
        f"/records{number}/{{id}}",
        {
            "parameters": [key],
            "get": {"operationId": f"read{number}", "responses": one},
            "patch": {"operationId": f"update{number}", "requestBody": body, "responses": one},
            "delete": {"operationId": f"delete{number}", "responses": {"204": {"description": "gone"}}},
        },
    )


def document(megabytes: int) -> dict[str, Any]:
    """A valid document of about that size: collections with five operations, records that refer to each other, line items."""
    resources = range(megabytes * PER_MB)
    schemas = {f"Records{one}": _schema(one) for one in resources}
    line = {
        "type": "object",
        "properties": {f"value_{one}": {"type": "number", "description": "An amount."} for one in range(40)},
    }
    schemas |= {f"Line{one}": line for one in resources}
    paths = dict(pair for one in resources for pair in _operations(one))
    about = {"title": "A large system", "version": "1"}
    return {"openapi": "3.0.3", "info": about, "paths": paths, "components": {"schemas": schemas}}


def write(path: str) -> None:
    """Write the document of as many megabytes as the file's name says, in a process of its own: what it holds is no child's memory."""
    import yaml

    made = document(int(Path(path).stem))
    text = json.dumps(made) if path.endswith(".json") else yaml.dump(made, Dumper=yaml.CSafeDumper, sort_keys=False)
    Path(path).write_text(text, "utf-8")


def floor(path: str) -> bool:
    """What no reader can do without: the best parser, and the meta-schema by the best validator."""
    import jsonschema_rs
    import orjson

    from checker.documents.meta import _folder

    raw = Path(path).read_bytes()
    if path.endswith(".json"):
        value = orjson.loads(raw)
    else:
        import fast_yaml

        value = fast_yaml.safe_load(raw.decode(), max_scan_ahead=len(raw) + 1)
    schema = orjson.loads((_folder() / "v3.0" / "schema.json").read_bytes())
    return bool(jsonschema_rs.validator_for(schema).is_valid(value))


def stage(path: str) -> bool:
    """The parse and validate stage alone."""
    from checker import documents

    return documents.validate_fast(documents.load(path)).valid is True


def by_spec_validator(path: str) -> bool:
    """openapi-spec-validator with the faster of the parsers that it could be given."""
    import orjson
    from openapi_spec_validator import validate

    validate(orjson.loads(Path(path).read_bytes()))
    return True


def by_prance(path: str) -> bool:
    """Prance with openapi-spec-validator, references left as they are."""
    from prance import BaseParser

    return bool(BaseParser(path, backend="openapi-spec-validator").specification)


WAYS: dict[str, Callable[[str], object]] = {
    "floor": floor,
    "parse and validate": stage,
    "openapi-spec-validator": by_spec_validator,
    "prance": by_prance,
}


def commands(path: Path, *ways: str) -> dict[str, list[str]]:
    """How each of them reads a document; Redocly where it is installed."""
    found = {name: python("-m", "benchmarks.documents", name, str(path)) for name in ways}
    found["readiness inspect"] = python("-m", "checker", "inspect", str(path), "--format", "json")
    redocly = shutil.which("redocly")
    if redocly and "openapi-spec-validator" in ways:
        found["redocly lint, minimal rules"] = [redocly, "lint", str(path), "--extends=minimal"]
    return found


def main() -> None:
    """Print growth with size, then the comparison for JSON of two sizes and for YAML."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        growth: dict[int, list[Run]] = {}
        for size in SIZES:
            path = folder / f"{size}.json"
            run(python("-m", "benchmarks.documents", "write", str(path)))
            runs = in_turns(commands(path, "floor", "parse and validate"), 3)
            growth[size] = runs["readiness inspect"]
            print(f"\nJSON, {path.stat().st_size / 1e6:.1f} MB")
            show(runs, "floor")
        print("\ngrowth of `inspect`: seconds a megabyte, whole process")
        print("   ".join(f"{size} MB {least(took) / size:.3f}" for size, took in growth.items()))
        yaml_path = folder / "3.yaml"
        run(python("-m", "benchmarks.documents", "write", str(yaml_path)))
        for path, ways in (
            (folder / f"{COMPARED}.json", WAYS),
            (yaml_path, ("floor", "parse and validate", "prance")),
        ):
            print(f"\n{path.suffix[1:].upper()}, {path.stat().st_size / 1e6:.1f} MB, beside peers")
            show(in_turns(commands(path, *ways), 1), "floor")


if __name__ == "__main__":
    if sys.argv[1:]:
        sys.exit({**WAYS, "write": write}[sys.argv[1]](sys.argv[2]) is False)
    else:
        main()
