"""Two profiles → the flows that seem to be meant: resources of the same role, records inside others included, with keys and fields. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from msgspec.structs import replace

from checker.model.profile import Profile, ResourceProfile
from checker.profiles.roles import role_by_name
from checker.proposal.pairing import RELATION, Field, Pair, mappable, pairs

# Roles worth synchronising, in the order in which they are loaded (what others point at comes first), and their flow's name.
FLOW_NAMES: Mapping[str, str] = {
    "company": "companies",
    "contact": "contacts",
    "product": "products",
    "deal": "deals",
    "quote": "quotes",
    "order": "orders",
    "invoice": "invoices",
}
# What tells namesakes apart, the surest first: one of them joins a person's name where both sides have it.
PERSON, TELLS_APART = ("last_name", "first_name"), ("postal_code", "birth_date", "city")
# By which fields two records of a role are recognised as the same, the surest first: what the fields mean.
MATCH: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "company": (("vat_id",), ("register_number", "register_court"), ("register_number",), ("name", "country")),
    "contact": (("email",), PERSON),
    "product": (("sku",), ("number",), ("ean",)),
    "line": (("sku",), ("number",)),
}
# Fields that may stand in an object and are the record's own all the same
OF_AN_ADDRESS = frozenset({"country", "postal_code", "city"})
BY_NUMBER = (("number",), ("sku",), ("external_id",))
LISTS = re.compile(r"^(?P<list>.+\[\])\.[^.]+$")
INSIDE = 0.7  # how sure it is that a list within a record holds records of the role that its name says
CERTAIN = 0.75  # how sure a pair must be to tell records by it
FEWEST = 2  # fields that a list within a record has in common with a resource before it is taken for its records


@dataclass(frozen=True, slots=True)
class Place:
    """Where a side's records are: a resource, or a list within its records."""

    resource: ResourceProfile
    inside: str
    sure: float

    @property
    def path(self) -> str:
        """As the project file names it, without the system."""
        return f"{self.resource.name}.{self.inside}" if self.inside else self.resource.name


@dataclass(frozen=True, slots=True)
class LinePairs:
    """Line items of both sides: where they are, their pairs and keys."""

    left: str
    right: str
    pairs: tuple[Pair, ...]
    match: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class FlowGuess:
    """A flow that seems to be meant, and what nobody mapped."""

    name: str
    role: str
    left: Place
    right: Place
    pairs: tuple[Pair, ...]
    match: tuple[tuple[str, ...], ...]
    lines: LinePairs | None
    direction: str
    unmapped: tuple[tuple[str, ...], tuple[str, ...]]


def best(profile: Profile, role: str) -> ResourceProfile | None:
    """The resource that most probably plays the role: of those that can be listed the surest, then the one with line items, then the richest."""
    playing = [one for one in profile.resources if one.role == role and (one.operations.list or one.operations.search)]
    return max(
        playing,
        key=lambda one: (one.role_score or 0, bool(one.line_items), bool(one.operations.create), len(one.schema)),
        default=None,
    )


def guessed(left: Profile, right: Profile) -> list[FlowGuess]:
    """The flows between two systems, in the order in which they are loaded."""
    places = [(role, _place(left, role), _place(right, role)) for role in FLOW_NAMES]
    both = [
        (role, ours, theirs) for role, ours, theirs in places if ours and theirs and not (ours.inside and theirs.inside)
    ]
    linked = {
        (ours.resource.name, theirs.resource.name): FLOW_NAMES[role]
        for role, ours, theirs in both
        if not ours.inside and not theirs.inside
    }
    found = (_flow(role, ours, theirs, linked) for role, ours, theirs in both)
    return [one for one in found if not (one.left.inside or one.right.inside) or len(one.pairs) > FEWEST]


def _place(profile: Profile, role: str) -> Place | None:
    own = best(profile, role)
    if own is not None:
        return Place(own, "", own.role_score or 0)
    return max(_within(profile, role), key=lambda one: len(mappable(one.resource, one.inside)), default=None)


def _within(profile: Profile, role: str) -> Iterator[Place]:
    """Lists within other records whose name says that they hold records of the role (contact persons of a customer)."""
    for resource in profile.resources:
        if resource.role in FLOW_NAMES and (resource.operations.list or resource.operations.search):
            for inside in dict.fromkeys(found["list"] for one in resource.schema if (found := LISTS.match(one.name))):
                if inside != resource.line_items_path and role_by_name(inside.removesuffix("[]"))[0] == role:
                    yield Place(resource, inside, INSIDE)


def _flow(role: str, left: Place, right: Place, linked: Mapping[tuple[str, str], str]) -> FlowGuess:
    ours, theirs = mappable(left.resource, left.inside), mappable(right.resource, right.inside)
    paired = pairs(ours, theirs, linked)
    parent = _around(left, right, ours, theirs, linked)
    paired += [parent] if parent else []
    return FlowGuess(
        name=FLOW_NAMES[role],
        role=role,
        left=left,
        right=right,
        pairs=tuple(paired),
        match=_keys(paired, MATCH.get(role, BY_NUMBER)),
        lines=_lines(left, right, linked),
        direction=_direction(left, right, paired),
        unmapped=(_rest(ours, (one.left for one in paired)), _rest(theirs, (one.right for one in paired))),
    )


def _around(
    left: Place, right: Place, ours: list[Field], theirs: list[Field], linked: Mapping[tuple[str, str], str]
) -> Pair | None:
    """Records inside another one belong to it; on the other side a field says so (`company_id` ↔ `..id`)."""
    holder, pointing = (right, ours) if right.inside else (left, theirs)
    key = holder.resource.fields.id
    info = next((one for one in holder.resource.schema if one.name == key), None)
    if not holder.inside or info is None:
        return None
    # The record around is there already, so that its id is no field that only the system sets
    around = Field(f"..{key}", replace(info, read_only=False))
    for one in pointing:
        flow = (
            linked.get((one.to, holder.resource.name) if right.inside else (holder.resource.name, one.to))
            if one.to
            else None
        )
        if flow:
            left_field, right_field = (one, around) if right.inside else (around, one)
            return Pair(left_field, right_field, RELATION, f"both point at {flow}", flow)
    return None


def _keys(paired: list[Pair], wanted: Iterable[tuple[str, ...]]) -> tuple[tuple[str, ...], ...]:
    """The left names of the fields that mean what records are recognised by; a key goes without what one before it has and more."""
    by_role: dict[str, str] = {}
    for one in paired:
        for role in (one.left.role, one.right.role):
            if (
                role is not None
                and one.link is None
                and one.score >= CERTAIN
                and ("." not in one.left.name or role in OF_AN_ADDRESS)
            ):
                by_role.setdefault(role, one.left.name)
    known = [_narrowed(key, by_role) for key in wanted if all(role in by_role for role in key)]
    found = [key for number, key in enumerate(known) if not any({*key} < {*one} for one in known[:number])]
    return tuple(dict.fromkeys(tuple(by_role[role] for role in key) for key in found))


def _narrowed(key: tuple[str, ...], known: Collection[str]) -> tuple[str, ...]:
    """A person's name with what tells namesakes apart; any other key as it is."""
    return (*key, *[role for role in TELLS_APART if role in known][:1]) if key == PERSON else key


def _lines(left: Place, right: Place, linked: Mapping[tuple[str, str], str]) -> LinePairs | None:
    ours, theirs = left.resource.line_items_path, right.resource.line_items_path
    if left.inside or right.inside or not ours or not theirs:
        return None
    paired = pairs(mappable(left.resource, ours), mappable(right.resource, theirs), linked)
    if not paired:
        return None
    return LinePairs(ours.removesuffix("[]"), theirs.removesuffix("[]"), tuple(paired), _keys(paired, MATCH["line"]))


def _direction(left: Place, right: Place, paired: list[Pair]) -> str:
    """Both ways, unless only one side can issue the number, or only one can be written."""
    writable = [bool(one.resource.operations.create or one.resource.operations.update) for one in (left, right)]
    number = next((one for one in paired if "number" in (one.left.role, one.right.role) and one.left.known), None)
    issues = (number.left.info.read_only, number.right.info.read_only) if number else (False, False)
    if not writable[0] or issues == (False, True):
        return "right-to-left"
    if not writable[1] or issues == (True, False):
        return "left-to-right"
    return "both"


def _rest(fields: list[Field], taken: Iterable[Field]) -> tuple[str, ...]:
    """Writable fields that no pair has."""
    mapped = {one.name for one in taken}
    return tuple(one.name for one in fields if one.name not in mapped and not one.info.read_only)
