"""The published JSON Schemas, made from the types: `reports/audit.schema.json` and `reports/profile.schema.json`."""

from __future__ import annotations

import json
from typing import Any

import msgspec

from checker.model.audit import Audit
from checker.model.profile import Profile

DIALECT = "https://json-schema.org/draft/2020-12/schema"
PUBLISHED = {"audit.schema.json": Audit, "profile.schema.json": Profile}


def schemas() -> dict[str, dict[str, Any]]:
    """Every published schema by its file name."""
    return {
        name: {"$schema": DIALECT, "title": kind.__name__, **msgspec.json.schema(kind)}
        for name, kind in PUBLISHED.items()
    }


def as_text(schema: dict[str, Any]) -> str:
    """A schema as it is committed."""
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
