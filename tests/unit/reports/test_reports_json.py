"""The JSON report: one document of the published shape, and back."""

from __future__ import annotations

import json

import jsonschema_rs
import msgspec
import pytest
from sample import bare, ready, sample

from checker.data_files import data_folder
from checker.errors import InputError
from checker.model.finding import Answer
from checker.reports import load_audit, render
from checker.reports.schemas import as_text, schemas


@pytest.mark.parametrize("name", ["audit.schema.json", "profile.schema.json"])
def test_published_schema_is_that_of_the_types(name: str) -> None:
    """The committed schema and the program never differ. To renew: `python tests/unit/reports/renew.py`."""
    assert data_folder("reports").joinpath(name).read_text("utf-8") == as_text(schemas()[name])


@pytest.mark.parametrize("make", [sample, ready, bare])
def test_saved_audit_comes_back_as_it_was(make) -> None:
    """Nothing is lost between saving an audit and rendering it again."""
    assert load_audit(render(make(), "json", "en").encode()) == make()


@pytest.mark.parametrize("format_", ["html", "terminal"])
@pytest.mark.parametrize("make", [sample, ready, bare])
def test_saved_audit_gives_the_same_report(make, format_: str) -> None:
    """What was printed at once and what `readiness report` prints later are the same bytes, though saved mappings are sorted."""
    saved = load_audit(render(make(), "json", "en").encode())
    assert render(saved, format_, "de") == render(make(), format_, "de")


def test_document_validates_against_its_schema() -> None:
    """What we print is what we publish."""
    jsonschema_rs.validator_for(schemas()["audit.schema.json"]).validate(json.loads(render(sample(), "json", "de")))


def test_language_changes_nothing_for_machines() -> None:
    """Numbers and dates in JSON are never local (acceptance D42)."""
    assert render(sample(), "json", "de") == render(sample(), "json", "en")


def test_mappings_are_sorted_so_that_equal_audits_are_equal_bytes() -> None:
    """The order in which evidence was gathered leaves no trace."""
    audit = sample()
    turned = msgspec.structs.replace(audit, evidence=dict(reversed(audit.evidence.items())))
    assert render(turned, "json", "en") == render(audit, "json", "en")


def test_lone_surrogate_and_nan_become_something_every_reader_takes() -> None:
    """A broken character or number in a customer's data breaks neither writing nor strict readers (acceptance F11)."""
    finding = msgspec.structs.replace(
        sample().findings[0], answer=Answer.NO, values={"host": "a\ud800b", "\udfff": [float("nan"), 2**70]}
    )
    text = render(msgspec.structs.replace(sample(), findings=(finding,)), "json", "en")
    values = msgspec.json.decode(text.encode("utf-8"))["findings"][0]["values"]
    assert values["host"] == "a\\u{d800}b"
    assert values["\\u{dfff}"][0] is None


@pytest.mark.parametrize("data", [b"", b"\xff\xfe", b"{", b"[]", b'{"schema_version": 1}', b"[" * 100_000])
def test_what_is_no_saved_audit_is_refused_with_the_reason(data: bytes) -> None:
    """A wrong file is the user's error, told with what is wrong about it, never a traceback."""
    with pytest.raises(InputError) as caught:
        load_audit(data)
    assert caught.value.problems[0].code == "report.unreadable"
    assert caught.value.problems[0].values["reason"]
