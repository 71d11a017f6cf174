"""Records whose fields an object holds (JSON:API's `attributes` and `relationships`) are tried like any others."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from checker.model.finding import Answer
from tests.unit.probes.enveloped import Enveloped, in_envelopes
from tests.unit.probes.writable import FIELDS, Small, small

YES, NO, UNKNOWN = Answer.YES, Answer.NO, Answer.UNKNOWN
WANTED = {f"attributes.{one}" for one in FIELDS if one not in ("lines", "company_id")} | {
    "attributes.lines.text",
    "relationships.company.data.id",
}
# What no document offers here.
NOT_OFFERED = {"batch.errors-per-row", "timestamp.moves-on-bulk", "merge.visible"}
NOT_ASKED = {
    "write.put-replaces",
    "write.upsert-one-record",
}  # of a system with partial changes, and without such a call
DEFECTS: list[tuple[str, str, dict[str, Any]]] = [
    ("drops", "write.not-altered", {"alterations": ["attributes.note: dropped"]}),
    ("cuts", "write.not-altered", {"alterations": ["attributes.note: cut"]}),
    ("ascii", "write.unicode-kept", {"field": "attributes.last_name"}),
    ("allows-required", "write.required-enforced", {"field": "attributes.stage", "status": 201}),
    ("allows-max-length", "write.max-length-enforced", {"field": "attributes.last_name", "outcome": "cut"}),
    ("allows-enum", "write.enum-enforced", {"field": "attributes.stage", "outcome": "stored"}),
    ("allows-format", "write.format-enforced", {"field": "attributes.email", "outcome": "stored"}),
    ("allows-read-only", "write.read-only-refused", {"outcome": "ignored"}),
    ("allows-unique", "write.unique-enforced", {"fields": ["attributes.email"]}),
    ("allows-reference", "write.reference-enforced", {"field": "relationships.company.data.id", "outcome": "stored"}),
    ("allows-unknown", "write.unknown-field-refused", {"field": "attributes.readiness_no_such_field"}),
    ("stamps-settable", "timestamp.not-settable", {"field": "attributes.updated_at"}),
    ("stuck", "timestamp.moves-on-update", {"field": "attributes.updated_at"}),
    ("child-stuck", "timestamp.moves-on-child", {"field": "attributes.updated_at"}),
    ("adds-lines", "write.lines-replaced", {"field": "attributes.lines", "sent": 1, "found": 2}),
    ("replaces", "write.update-keeps-rest", {}),
    ("keeps-null", "write.null-clears", {"null": "kept", "empty": "kept"}),
    ("no-user", "changed-by.own-user-shown", {"field": None}),
    ("silent", "write.error-names-field", {}),
]


@contextmanager
def envelopes(folder: Path, defect: str = "") -> Iterator[Small]:
    """The small CRM in resource objects."""
    with small(folder, defect, speaks=Enveloped, told=in_envelopes, wanted=WANTED) as one:
        yield one


def test_a_system_of_resource_objects_that_keeps_its_rules_is_told_so(tmp_path: Path) -> None:
    """Everything that it offers is a yes, and no test record is left."""
    with envelopes(tmp_path) as one:
        answers = {claim: finding.answer for claim, finding in one.probed().items()}
        expected = {
            **dict.fromkeys(answers, YES),
            **dict.fromkeys(NOT_OFFERED, UNKNOWN),
            **dict.fromkeys(NOT_ASKED, Answer.NOT_APPLICABLE),
            "side-effects.none-seen": UNKNOWN,
            "write.put-replaces": Answer.NOT_APPLICABLE,  # it changes by PATCH
        }
        assert answers == expected
        assert all(record["deleted_at"] for record in one.server.records.values())


@pytest.mark.parametrize(("defect", "claim", "values"), DEFECTS, ids=[one[0] for one in DEFECTS])
def test_a_defect_behind_resource_objects_is_noticed(
    tmp_path: Path, defect: str, claim: str, values: dict[str, Any]
) -> None:
    """What it does wrong is told, with the path of the field."""
    with envelopes(tmp_path, defect) as one:
        finding = one.probed()[claim]
    assert (finding.answer, {name: finding.values.get(name) for name in values}) == (NO, values)
