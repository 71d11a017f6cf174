"""What the records of one resource say of themselves: duplicates, spellings, currencies, dates, sums, relations. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC
from functools import partial
from itertools import chain
from typing import Any
from zoneinfo import ZoneInfo

from checker.data.checks import check_of
from checker.data.counted import Counted, holds, idle, open_
from checker.data.laid import shared
from checker.data.normal import normal
from checker.data.sums import amounts
from checker.model.instants import read_instant
from checker.model.paths import get, get_all
from checker.model.profile import ResourceProfile

Record = Mapping[str, Any]

CODE = re.compile(r"[A-Z]{3}")  # ISO 4217
# UTF-8 read as Latin-1 or Windows-1252: the lead byte of two as a letter, the follower as a sign.
GARBLED = re.compile(
    "[\u00c2\u00c3][\u0080-\u00bf\u0152\u0153\u0160\u0178\u2018-\u2022\u20ac\u2122]|\u00e2\u20ac|\ufffd"
)
# Names that nobody can own (RFC 2606, RFC 6761)
NOBODYS = re.compile(r"(\.(example|invalid|test|localhost)|[@.]example\.(com|net|org))$", re.IGNORECASE)
LONG = 30  # characters of a name that is worth calling long
ENOUGH = 2
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True)
class Sample:
    """The records of one resource that were read, to be walked as often as there are questions. `whole`: they are all there are. `pointed`: ids of the resources that were looked at; None of one
    that was not read to its end. `production`: they are production's own records, not a test system's.
    """

    profile: ResourceProfile
    records: Collection[Record]
    whole: bool
    zone: ZoneInfo = field(default=ZoneInfo("UTC"))
    pointed: Mapping[str, Collection[str] | None] = field(default_factory=dict)
    production: bool = False


QUALITY_CLAIMS = (
    "duplicates.none", "currency.codes-used", "encoding.composed", "dates.consistent", "amounts.consistent", "lines.several-present",
    "edge-cases.present", "test-data.synthetic", "relations.resolve",
)  # fmt: skip


def quality(sample: Sample) -> Iterator[Counted]:
    """All claims about one resource's records."""
    yield _duplicates(sample)
    yield _currencies(sample)
    yield _composed(sample)
    yield _dates(sample)
    yield amounts(sample.profile, sample.records)
    yield _several_lines(sample)
    yield _edge_cases(sample)
    yield _synthetic(sample)
    yield _relations(sample)


def filled(records: Iterable[Record], name: str | None) -> Iterator[Any]:
    """The values of a field, without those that are nothing."""
    found = (value for record in records for value in get_all(record, name)) if name else ()
    return (value for value in found if value not in (None, "", [], {}))


def _duplicates(sample: Sample) -> Counted:
    """Records that share a mail, a VAT id, a bank account, an entry in a register or a number in its normal form; companies that share name and country."""
    claim, roles = "duplicates.none", sample.profile.fields
    keys: list[tuple[Sequence[str | None], Sequence[str]]] = [([roles.vat_id], ["vat_id"]), ([roles.email], ["email"])]
    keys += [([roles.number], ["product" if sample.profile.role == "product" else "text"])]
    keys += [([roles.register_number, roles.register_court], ["register_entry", "court"])]
    if sample.profile.role in ("company", "contact"):  # a payment's account is no duplicate's
        keys += [([one.name], ["iban"]) for one in sample.profile.schema if check_of(one.name) == "iban"]
    if sample.profile.role == "company":  # two persons may well have one name
        keys += [([roles.name, roles.country], ["name", "text"])]
    known = [(names, forms) for names, forms in keys if all(names)]
    if not known:
        return open_(claim, "no-key-field")
    if len(sample.records) < ENOUGH:
        return open_(claim, "too-few-records")
    found: dict[str, int] = {}
    for names, forms in known:
        several = shared(partial(_keys, sample.records, names, forms))
        if several:
            found[" + ".join(str(one) for one in names)] = several
    return holds(claim, not found, shared=found, of=len(sample.records))


def _keys(
    records: Iterable[Record], names: Sequence[str | None], forms: Sequence[str]
) -> Iterator[tuple[str, ...] | None]:
    return (_key(one, names, forms) for one in records)


def _key(record: Record, names: Sequence[str | None], forms: Sequence[str]) -> tuple[str, ...] | None:
    values = [get(record, name or "") for name in names]
    if any(not isinstance(one, str | int) or isinstance(one, bool) or one == "" for one in values):
        return None
    found = tuple(normal(form, str(value)) for form, value in zip(forms, values, strict=True))
    return found if all(found) else None


def _nothing(sample: Sample) -> str:
    """Why there are no values to look at, as a reason's code."""
    return "no-values" if sample.records else "no-records"


def _currencies(sample: Sample) -> Counted:
    claim, name = "currency.codes-used", sample.profile.fields.currency
    if name is None:
        return idle(claim)
    values = Counter(str(one) for one in filled(sample.records, name))
    if not values:
        return open_(claim, _nothing(sample))
    signs = {value: n for value, n in values.items() if CODE.fullmatch(value) is None}
    return holds(claim, not signs, field=name, found=dict(values.most_common(10)), signs=sum(signs.values()))


def _composed(sample: Sample) -> Counted:
    """Letters with accents as one character each, and nothing that was read in a wrong encoding."""
    claim = "encoding.composed"
    bad: Counter[str] = Counter()
    looked = 0
    for path, text in chain.from_iterable(map(texts, sample.records)):
        if text.isascii():
            continue
        looked += 1
        if GARBLED.search(text) or unicodedata.normalize("NFC", text) != text:
            bad[path] += 1
    if not looked:
        return open_(claim, "no-special-letters" if sample.records else "no-records")
    return holds(claim, not bad, fields=dict(bad), looked=looked)


def texts(record: Record, prefix: str = "") -> Iterator[tuple[str, str]]:
    """Every text of a record by dotted name; of lists without positions."""
    for name, value in record.items():
        path = f"{prefix}{name}"
        if isinstance(value, str):
            yield path, value
        elif isinstance(value, Mapping):
            yield from texts(value, f"{path}.")
        elif isinstance(value, list):
            for one in value:
                if isinstance(one, Mapping):
                    yield from texts(one, f"{path}[].")


def _dates(sample: Sample) -> Counted:
    """Every field that the document calls a date or an instant holds one, in one form."""
    claim = "dates.consistent"
    declared = {one.name: one.format for one in sample.profile.schema if one.format in {"date", "date-time"}}
    values, wrong = Counter[str](), Counter[str]()
    forms: dict[str, set[str]] = {name: set() for name in declared}
    for record in sample.records if declared else ():
        for name, kind in declared.items():
            for value in filled([record], name):
                if isinstance(value, str | int | float):
                    values[name] += 1
                    wrong[name] += not _is_date(value, kind == "date", sample.zone)
                    read = read_instant(value, sample.zone)
                    forms[name] |= {read.form} if read is not None else set()
    bad = {name: wrong[name] or values[name] for name in declared if wrong[name] or len(forms[name]) > 1}
    looked = values.total()
    if not looked:
        return open_(claim, "no-date-field" if not declared else _nothing(sample))
    return holds(claim, not bad, fields=bad, looked=looked)


def _is_date(value: Any, day: bool, zone: ZoneInfo) -> bool:
    if day:
        return isinstance(value, str) and DAY.fullmatch(value) is not None
    found = read_instant(value, zone)
    return found is not None and found.at.astimezone(UTC).year > 0


def _several_lines(sample: Sample) -> Counted:
    claim, path = "lines.several-present", sample.profile.line_items_path
    if path is None:
        return idle(claim)
    if not sample.records:
        return open_(claim, "no-records")
    lists = (get(record, path.removesuffix("[]")) for record in sample.records)
    most = max((len(one) for one in lists if isinstance(one, list)), default=0)
    if most < ENOUGH and not sample.whole:
        return open_(claim, "not-all-read")
    return holds(claim, most >= ENOUGH, most=most, of=len(sample.records))


def _edge_cases(sample: Sample) -> Counted:
    """Letters beyond ASCII, a long name, several lines: what a first load stumbles over. Which are missing is told; none at all proves little."""
    claim, roles = "edge-cases.present", sample.profile.fields
    if not sample.records:
        return open_(claim, "no-records")
    checks: dict[str, bool] = {}
    special = long = named = False
    for name in map(str, filled(sample.records, roles.name)):
        special, long, named = special or not name.isascii(), long or len(name) >= LONG, True
    if named:
        checks["special-letters"], checks["long-names"] = special, long
    if sample.profile.line_items_path is not None:
        checks["several-lines"] = _several_lines(sample).answer.value == "yes"
    if not checks:
        return open_(claim, "no-name-field")
    if not any(checks.values()) and not sample.whole:
        return open_(claim, "not-all-read")
    missing = [name for name, there in checks.items() if not there]
    return holds(claim, any(checks.values()), missing=missing, looked=list(checks))


def _synthetic(sample: Sample) -> Counted:
    """Mail addresses of domains that nobody owns are proof; all others may be somebody's."""
    claim, name = "test-data.synthetic", sample.profile.fields.email
    if name is None:
        return idle(claim)
    mails = real = 0
    for one in map(str, filled(sample.records, name)):
        mails, real = mails + 1, real + (NOBODYS.search(one.strip()) is None)
    if not mails:
        return open_(claim, _nothing(sample))
    if real:
        return open_(claim, "looks-real", field=name, real=real, of=mails)
    return holds(claim, good=True, field=name, of=mails)


def _relations(sample: Sample) -> Counted:
    """Fields that point at other records lead to one that is there."""
    claim = "relations.resolve"
    known = [one for one in sample.profile.relations if one.to in sample.pointed]
    lost: dict[str, int] = {}
    looked, unread = 0, False
    for one in known:
        there = sample.pointed[one.to]
        if there is None:
            unread = True
            continue
        gone = 0
        for value in filled(sample.records, one.field):
            if isinstance(value, str | int):
                looked, gone = looked + 1, gone + (str(value) not in there)
        if gone:
            lost[one.field] = gone
    if not known:
        return idle(claim)
    if unread and not lost:
        return open_(claim, "not-all-read")
    if not looked:
        return open_(claim, _nothing(sample))
    return holds(claim, not lost, fields=lost, of=looked)
