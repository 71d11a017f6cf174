"""Links that are made and ended by calls of their own (`PUT /contacts/{id}/companies/{companyId}`), as the document shows them. Pure.

Such a call is known where nothing but the two ids goes into it, and where one that ends the link is declared beside it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from checker.model.api import Api, Operation
from checker.model.profile import ResourceProfile
from checker.profiles.names import same_thing, vocabulary, words

HOLE = "{"
# What may stand between a record and the other resource's name.
JOINING = vocabulary("links link associations relationships relations")


@dataclass(frozen=True, slots=True)
class LinkForm:
    """How a link to a record of the resource `to` is made and ended: method, path above the other's id, and whether the id stands in the path.

    `key`: the field of the body that has it, where it doesn't. `shown`: whether the links can be listed at that path.
    """

    to: str
    path: str
    makes: str
    key: str | None
    shown: bool

    def made(self, record_id: str, other: Any) -> tuple[tuple[str, str], Mapping[str, Any]]:
        """The call (method, path) that makes the link, and its body."""
        if self.key is not None:
            return (self.makes, self.listed(record_id)), {self.key: other}
        return (self.makes, self._one(record_id, other)), {}

    def ended(self, record_id: str, other: Any) -> tuple[tuple[str, str], Mapping[str, Any]]:
        """The call that ends it, and its body."""
        return ("DELETE", self._one(record_id, other)), {}

    def listed(self, record_id: str) -> str:
        """The path of a record's links."""
        before, _, behind = self.path.rpartition(HOLE)
        return f"{before}{quote(record_id, safe='')}{behind.partition('}')[2]}"

    def _one(self, record_id: str, other: Any) -> str:
        return f"{self.listed(record_id)}/{quote(str(other), safe='')}"


def link_forms(profile: ResourceProfile, api: Api | None, resources: Sequence[ResourceProfile]) -> Iterator[LinkForm]:
    """The links of a resource's records that have calls of their own. Records that say themselves whose they are are none: to link one here would
    take it from whoever has it.
    """
    base = (profile.operations.read or profile.operations.update or "").partition(" ")[2]
    if api is None or not base.endswith("}"):
        return
    declared = {one.key: one for one in api.operations}
    for path in dict.fromkeys(one.path.rpartition("/")[0] for one in api.operations if one.method == "DELETE"):
        between, _, name = path.removeprefix(f"{base}/").rpartition("/")
        to = next((one for one in resources if one is not profile and same_thing(name, one.name)), None)
        known = path.startswith(f"{base}/") and (not between or between in JOINING)
        if not known or to is None or belongs(to, profile.name):
            continue
        ends = next(key for key in declared if key.startswith(f"DELETE {path}/{HOLE}"))
        way = _way(declared, path, ends.partition(" ")[2])
        if way is not None:
            yield LinkForm(to.name, path, *way, f"GET {path}" in declared)


def belongs(profile: ResourceProfile, owner: str) -> bool:
    """Whether a resource's records say, each in a field for one, to which record of `owner` they belong."""
    lists = {one.name for one in profile.schema if one.type == "array"}
    return any(one.to == owner and one.field not in lists for one in profile.relations)


def _way(declared: Mapping[str, Operation], path: str, one: str) -> tuple[str, str | None] | None:
    """The method that makes a link, and the body's field for the other's id; None where it isn't clear what the call takes."""
    for method in ("PUT", "POST"):
        operation = declared.get(f"{method} {one}")
        if operation is not None and operation.body is None:
            return method, None
    operation = declared.get(f"POST {path}")
    schema = operation.body.schema if operation is not None and operation.body else None
    fields = [*schema.properties()] if schema is not None else []
    return ("POST", fields[0]) if len(fields) == 1 and words(fields[0])[-1:] == ("id",) else None
