"""Private customers among companies, and whether personal data that travels has a stated purpose. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from checker.data.counted import Counted, holds, idle, open_
from checker.data.quality import Record, Sample, filled
from checker.data.volumes import ONLY_TEST
from checker.model.profile import ResourceProfile
from checker.profiles.names import vocabulary, words
from checker.project.sides import FlowView, many

PRIVATE_CLAIM, PERSONAL_CLAIM = "private-customers.known", "personal-fields.needed"
PARTIES = frozenset({"contact", "company"})
MOST_KINDS = 12  # different values of a field that says what kind of customer somebody is
# Words of such a field's name, and of its values, in English and German
KIND = vocabulary(
    "kind type typ art category kategorie group gruppe class klasse segment legal form rechtsform is ist b2b b2c anrede salutation kundengruppe kundenart kundentyp kundenklasse"
)
PRIVATE = vocabulary(
    "private privat person individual consumer b2c endkunde privatkunde privatperson natural household haushalt herr frau pk"
)
COMPANY = vocabulary(
    "company firma business organisation organization b2b corporate geschaeftskunde unternehmen legal juristisch juristische gk"
)
# Words of fields that tell of a person, beside what the document's roles say
PERSONAL = vocabulary(
    "email mail phone telefon tel mobile mobil handy fax birth birthday geburt geburtstag geburtsdatum iban bic firstname lastname vorname nachname "
    "salutation anrede street strasse gender geschlecht nationality religion"
)
FIRST_OR_LAST = re.compile(r"^(first|last|given|family|sur|vor|nach|ruf)[_-]?name$", re.IGNORECASE)


def private_customers(sample: Sample) -> Counted:
    """A field that tells the kinds apart, or companies without VAT id that nothing tells apart."""
    claim, profile = PRIVATE_CLAIM, sample.profile
    if profile.role not in PARTIES:
        return idle(claim)
    if not sample.records:
        return open_(claim, "no-records")
    found = _kind(profile, sample.records)
    if found is not None:
        name, kinds = found
        return holds(claim, good=True, field=name, kinds=kinds, of=len(sample.records))
    if profile.role != "company" or profile.fields.vat_id is None:
        return open_(claim, "no-kind-field")
    without = len(sample.records) - sum(1 for _ in filled(sample.records, profile.fields.vat_id))
    if without:
        return holds(claim, good=False, without=without, of=len(sample.records))
    return open_(claim, "none-private" if sample.production else ONLY_TEST)


def _kind(profile: ResourceProfile, records: Iterable[Record]) -> tuple[str, int] | None:
    """The field that says private or company, and how many kinds it has; by its values, or a yes-or-no field by its name."""
    found = _few([info.name for info in profile.schema], records)
    for info in profile.schema:
        named, values = set(words(info.name)), found.get(info.name)
        if not values:
            continue
        if info.type == "boolean" and named & (PRIVATE | COMPANY):
            return info.name, len(values)
        spoken = {word for one in values for word in words(one)}
        if named & KIND and spoken & PRIVATE and (spoken & COMPANY or len(values) > 1):
            return info.name, len(values)
    return None


def _few(names: Iterable[str], records: Iterable[Record]) -> dict[str, set[str]]:
    """The values of the fields that have few different ones."""
    found: dict[str, set[str]] = {name: set() for name in names}
    for record in records:
        for name, values in list(found.items()):
            values |= {str(one) for one in filled([record], name) if isinstance(one, str | int | bool)}
            if len(values) > MOST_KINDS:
                del found[name]
    return found


def personal_fields(view: FlowView) -> Counted:
    """Every mapped personal field has its `purpose` in the project file. Where nobody has begun to state purposes, only data protection knows."""
    claim = PERSONAL_CLAIM
    personal = dict(_personal(view))
    if not view.flow.fields:
        return open_(claim, "no-mapping")
    if not personal:
        return idle(claim)
    lacking = sorted(name for name, purpose in personal.items() if not purpose)
    if len(lacking) == len(personal):
        return open_(claim, "no-purposes", fields=lacking)
    return holds(claim, not lacking, fields=lacking, of=len(personal))


def _personal(view: FlowView) -> Iterator[tuple[str, str | None]]:
    """The mapped fields that tell of a person, by name on the left, with their purpose."""
    for mapping in view.flow.fields:
        names = many(mapping.left)
        if any(
            _is_personal(name, side.profile)
            for side, some in ((view.left, names), (view.right, many(mapping.right)))
            for name in some
        ):
            yield " + ".join(names), mapping.purpose


def _is_personal(name: str, profile: ResourceProfile | None) -> bool:
    own = name.rpartition(".")[2]
    roles = profile.fields if profile is not None else None
    of_person = profile is not None and profile.role == "contact"
    if roles is not None and name in (roles.email, roles.phone, roles.name if of_person else None):
        return True
    return bool(PERSONAL & set(words(own))) or FIRST_OR_LAST.match(own) is not None
