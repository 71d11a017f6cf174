"""Do live answers match the document?"""

from __future__ import annotations

from codecs import BOM_UTF8
from collections.abc import Callable, Iterator

from checker.client import mask
from checker.documents.closure import as_json_schema
from checker.model.text import safe
from checker.probes.base import Told, probe, unknown, whether
from checker.probes.contexts import ResourceLook, evidence_of

MARKED = "byte order mark before JSON (RFC 8259, section 8.1)"  # strict readers stop at it


@probe("answers.match-document", scope="resource")
def conformity(look: ResourceLook) -> Iterator[Told]:
    """Validate the first page's body, as it came, against the schema that the document declares for it."""
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
        found[f"{safe(mask.free_text(redact(place)), 80)}: {_kind(error)}"] = None
    return list(found)


def _kind(error: object) -> str:
    """What is broken, without the value: values may be personal data."""
    rule = list(getattr(error, "schema_path", ["?"]))
    return str(rule[-1]) if rule and rule[-1] != "$ref" else "?"
