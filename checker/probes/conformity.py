"""Do live answers match the document, and does it know all of their fields?"""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from collections.abc import Callable, Iterator
from zoneinfo import ZoneInfo

from checker.client import mask
from checker.documents.closure import as_json_schema
from checker.model.api import Reply
from checker.model.instants import read_instant
from checker.model.text import safe
from checker.probes.base import Told, probe, unknown, whether
from checker.probes.contexts import ResourceLook, evidence_of

# What a protocol puts beside a record's fields: OData's and JSON-LD's annotations (`items@odata.count`, `@id`), links (`_links`).
BESIDE = re.compile(r"@|(^|\.)_")
MOST_NAMED, LONGEST_NAME = 10, 80  # fields that a finding names, and characters of each
# What a description says of a time that is a number: that it is one, and in which unit.
SINCE = re.compile(r"\b(since|seit|unix|epoch)\b", re.IGNORECASE)
UNITS = {
    "epoch_ms": re.compile(r"milli|\bms\b", re.IGNORECASE),
    "epoch_s": re.compile(r"second|sekunde", re.IGNORECASE),
}
NAMES = {"epoch_s": "seconds", "epoch_ms": "milliseconds"}
UTC = ZoneInfo("UTC")
MARKED = "byte order mark before JSON (RFC 8259, section 8.1)"  # strict readers stop at it


@probe("answers.match-document", scope="resource")
def conformity(look: ResourceLook) -> Iterator[Told]:
    """Validate the first page's body, as it came, against the schema that the document declares for it; and is it labelled as JSON?"""
    if not look.readable:
        return
    api = look.system.api
    operation = api.operation(look.profile.pagination.operation or look.profile.operations.list) if api else None
    reply = operation.success if operation else None
    schema = as_json_schema(reply.schema) if reply is not None and reply.schema else None
    evidence = evidence_of(look.first.response)
    mismatches = _mismatches(schema, look.first.response.json(), look.redact) if schema is not None else None
    if look.first.response.body.startswith(BOM_UTF8):
        mismatches = [MARKED, *(mismatches or [])]
    label = _label(look, reply)
    if label is not None:
        mismatches = [label, *(mismatches or [])]
    units = [*_units(look)]
    if units:
        mismatches = [*units, *(mismatches or [])]
    if mismatches is None:
        yield unknown("answers.match-document", "no-schema", evidence)
        return
    first = next(iter(mismatches), None)
    yield whether(
        "answers.match-document",
        not mismatches,
        evidence,
        mismatches=len(mismatches),
        first=first,
        of=len(look.first.records),
    )


@probe("answers.fields-declared", scope="resource")
def fields(look: ResourceLook) -> Iterator[Told]:
    """Look for fields of the records that the document doesn't know, as those are that a customer's own people add."""
    if not look.readable:
        return
    claim = "answers.fields-declared"
    paths = [one.name.replace("[]", "").split(".") for one in look.profile.schema]
    known = {".".join(parts[:depth]) for parts in paths for depth in range(1, len(parts) + 1)}
    records = look.walk.records
    if not known or not records:
        yield unknown(claim, "no-records" if known else "no-schema", look.walk.evidence)
        return
    strange = dict.fromkeys(name for one in records for name in one if name not in known and not BESIDE.search(name))
    shown = [safe(mask.free_text(look.redact(name)), LONGEST_NAME) for name in strange]
    yield whether(claim, not strange, look.walk.evidence, fields=shown[:MOST_NAMED])


def _label(look: ResourceLook, reply: Reply | None) -> str | None:
    """What is wrong with the answer's media type; None where nothing is, or none is told. Clients that go by it take JSON for a page."""
    said = look.first.response.headers.get("content-type", "").partition(";")[0].strip().lower()
    declared = any("json" in name.lower() for name in reply.media) if reply is not None else False
    return f"Content-Type: {safe(said, 40)} instead of JSON" if said and "json" not in said and declared else None


def _units(look: ResourceLook) -> Iterator[str]:
    """Times as numbers that come in another unit than their field's description says, in all records that have one: who trusts it reads the year 1970,
    or 50,000.
    """
    for one in look.profile.schema:
        said = next((unit for unit, words in UNITS.items() if words.search(one.description)), None)
        if one.type not in {"integer", "number"} or said is None or not SINCE.search(one.description):
            continue
        times = [time for record in look.first.records if (time := read_instant(record.get(one.name), UTC)) is not None]
        if len(times) > 1 and all(time.form in UNITS and time.form != said for time in times):
            yield f"{one.name}: {NAMES[times[0].form]} instead of {NAMES[said]}"


def _mismatches(schema: dict[str, object], body: object, redact: Callable[[str], str]) -> list[str] | None:
    """The places where the body breaks the schema, each kind once, array positions left out; None where the schema itself is broken.

    Secrets and personal data are taken out of the places: some answers have them as names.
    """
    import jsonschema_rs  # noqa: PLC0415 - slow to import, and only live audits need it

    try:
        validator = jsonschema_rs.validator_for({"$schema": "https://json-schema.org/draft/2020-12/schema", **schema})
    except (jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError, ValueError):
        return None
    found: dict[str, None] = {}
    for error in validator.iter_errors(body):
        place = ".".join("[]" if isinstance(part, int) else str(part) for part in error.instance_path).replace(
            ".[]", "[]"
        )
        found[f"{safe(mask.free_text(redact(place)), LONGEST_NAME)}: {_kind(error)}"] = None
    return list(found)


def _kind(error: object) -> str:
    """What is broken, without the value: values may be personal data."""
    rule = list(getattr(error, "schema_path", ["?"]))
    return str(rule[-1]) if rule and rule[-1] != "$ref" else "?"
