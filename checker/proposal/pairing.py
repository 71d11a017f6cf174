"""Two lists of fields → which belong together: by what they mean, by their names, by type; one to one, the surest first. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from checker.model.profile import FieldInfo, ResourceProfile
from checker.profiles.names import flat, one_of, words

# Roles that are not the same and yet often hold the same thing, and how sure that is.
RELATED: Mapping[frozenset[str], float] = {
    frozenset(pair): score
    for *pair, score in (
        ("tax_rate", "tax_code", 0.7),
        ("active", "blocked", 0.7),
        ("active", "status", 0.5),
        ("paid", "status", 0.5),
        ("sku", "number", 0.7),
        ("price", "unit_price", 0.6),
        ("name", "description", 0.5),
        ("name_2", "description", 0.45),
        ("phone", "mobile", 0.5),
        ("website", "domain", 0.5),
        ("vat_id", "tax_number", 0.5),
        ("discount", "discount_percent", 0.5),
        ("discount", "discount_amount", 0.5),
        ("amount", "net", 0.5),
        ("amount", "gross", 0.45),
        ("external_id", "number", 0.5),
        ("kind", "category", 0.4),
        ("note", "description", 0.45),
    )
}
ADDRESS = re.compile(r"(^|_)(address|adresse|anschrift|indirizzo|direccion|location)(_\w+)?$")
INSIDE = 0.85  # for each object around
SAME_NAME, ALIKE, RELATION = 0.8, 0.55, 0.9
AUTHORS = frozenset(("created_by", "updated_by", "modified_by", "changed_by", "last_modified_by", "last_updated_by"))
CLOSE = 0.85  # of two names, by difflib's ratio
LEAST = 0.4
PLAIN = frozenset({"string", "number", "integer", "boolean"})


@dataclass(frozen=True, slots=True)
class Field:
    """A field that may be mapped: its name from where its record begins, and the resource that it points at, if it does."""

    name: str
    info: FieldInfo
    to: str | None = None
    known: bool = False  # the profile takes it for the record's own field of its role

    @property
    def role(self) -> str | None:
        """What it seems to mean."""
        return self.info.means.role if self.info.means else None


@dataclass(frozen=True, slots=True)
class Pair:
    """Two fields that seem to be one; how sure (0 to 1), and why."""

    left: Field
    right: Field
    score: float
    why: str
    link: str | None = None


def mappable(resource: ResourceProfile, inside: str = "") -> list[Field]:
    """The fields of a resource's records, or of the records inside them (`lines[]`), that somebody might map."""
    roles = resource.fields
    apart = {roles.id, roles.deleted, *_listed(roles.created), *_listed(roles.updated)} if not inside else set()
    known = {getattr(roles, one) for one in ("number", "name", "email", "vat_id", "currency", "country")}
    relations = {one.field: one.to for one in resource.relations}
    start = f"{inside}." if inside else ""
    names = [one.name.removeprefix(start) for one in resource.schema if one.name.startswith(start)]
    plain = {flat(one) for one in names if "." not in one}
    # `customer` is another record where it is a relation, or where its key stands beside it: customer.sku and customer_sku
    others = {flat(one.removeprefix(start)) for one in relations} | ({one_of(resource.name)} if inside else set())
    keyed = {flat(one.partition(".")[0]) for one in names if "." in one and flat(one) in plain}
    found = []
    for info in resource.schema:
        name = info.name.removeprefix(start)
        own_key = (
            name == roles.id and info.required and not info.read_only and info.means is not None
        )  # a number of the customer's
        outside = name in apart and not own_key
        if not info.name.startswith(start) or "[]" in name or outside or flat(name) in ("id", "updated_by"):
            continue
        if _another_ones(info, name, others, keyed) or (inside and flat(name) == f"{one_of(resource.name)}_id"):
            continue
        if info.type in PLAIN or (info.type is None and info.means is not None):
            to = relations.get(info.name) or relations.get(info.name.rpartition(".")[0])
            found.append(Field(name, info, to, info.name in known))
    return found


def _another_ones(info: FieldInfo, name: str, others: Collection[str], keyed: Collection[str]) -> bool:
    """Whether a field within an object is another record's: of one that is referred to, or of who wrote this one. An id may be the reference."""
    holder, _, last = name.rpartition(".")
    first = flat(holder.partition(".")[0])
    if holder and (first in AUTHORS or first in keyed):
        return True
    is_id = info.means is None and words(last)[-1:] == ("id",) and "." not in holder
    return bool(holder) and first in others and not is_id and ADDRESS.search(first) is None


def _listed(name: str | list[str] | None) -> list[str | None]:
    return [*name] if isinstance(name, list) else [name]


def pairs(left: Sequence[Field], right: Sequence[Field], linked: Mapping[tuple[str, str], str]) -> list[Pair]:
    """Which fields belong together, in the order of the left ones; no field twice. `linked`: both sides' resources → the flow that links them.

    Taking the surest pair that is left, again and again, is the stable one-to-one assignment where both sides agree on the scores.
    """
    scored = [one for ours in left for theirs in right if (one := _pair(ours, theirs, linked)) is not None]
    taken: set[int] = set()
    chosen = []
    for one in sorted(scored, key=lambda pair: -pair.score):
        if id(one.left) not in taken and id(one.right) not in taken:
            taken |= {id(one.left), id(one.right)}
            chosen.append(one)
    return sorted(chosen, key=lambda pair: left.index(pair.left))


def _pair(left: Field, right: Field, linked: Mapping[tuple[str, str], str]) -> Pair | None:
    if left.info.read_only and right.info.read_only:
        return None
    if left.to is not None and right.to is not None:
        flow = linked.get((left.to, right.to))
        return Pair(left, right, RELATION, f"both point at {flow}", flow) if flow else None
    if (left.to is not None or right.to is not None) and (left.role is None or right.role is None):
        return None
    score, why = _alike(left, right)
    score *= _types(left.info, right.info) * min(_near(left.name), _near(right.name))
    if left.known and right.known:
        score += 0.05
    return Pair(left, right, min(round(score, 2), 1.0), why) if score >= LEAST else None


def _alike(left: Field, right: Field) -> tuple[float, str]:
    ours, theirs = left.info.means, right.info.means
    if ours is not None and theirs is not None:
        if ours.role == theirs.role == "external_id":
            return 0.0, ""  # each is the place for the other's id, not for the same
        if ours.role == theirs.role:
            return min(ours.score, theirs.score), f"both mean {ours.role}"
        related = RELATED.get(frozenset((ours.role, theirs.role)))
        if {ours.role, theirs.role} == {"external_id", "number"} and not (left.known or right.known):
            return 0.0, ""  # another record's number
        if related is not None:
            return related * min(ours.score, theirs.score) / 0.9, f"{ours.role} and {theirs.role}"
        return 0.0, ""
    names = flat(left.name), flat(right.name)
    if names[0] == names[1]:
        return SAME_NAME, "the same name"
    if SequenceMatcher(None, *names).ratio() >= CLOSE:
        return ALIKE, "similar names"
    return 0.0, ""


def _near(name: str) -> float:
    """A field within an object is another thing's more often than the record's own; within its address it isn't."""
    holder = name.rpartition(".")[0]
    return 1.0 if not holder or ADDRESS.search(flat(holder)) else INSIDE ** (holder.count(".") + 1)


def _types(left: FieldInfo, right: FieldInfo) -> float:
    """How well two declared types go together, with what drop-downs have in common."""
    kinds = {"number" if one.type == "integer" else one.type for one in (left, right) if one.type is not None}
    fit = 1.0 if len(kinds) <= 1 else 0.95
    if kinds == {"boolean", "number"}:
        fit = 0.6
    ours, theirs = ({str(one).casefold() for one in field.enum if one is not None} for field in (left, right))
    if ours and theirs and ours & theirs:
        fit += 0.05 * len(ours & theirs) / min(len(ours), len(theirs))
    return fit
