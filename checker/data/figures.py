"""The figures of a flow: in which class each record is, how well its fields are filled, what the other side would refuse. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping

from checker.data.across import Both, first_key
from checker.data.counted import Counted
from checker.data.keys import role_field, value
from checker.mapping.lens import comparable, is_empty
from checker.model.figures import FieldFigures, FlowFigures, KeyFigures, SideFigures
from checker.model.finding import Answer
from checker.model.sync import Row
from checker.project.sides import FlowView, Side, many, travels

Sides = tuple[Collection[Row], Collection[Row]]


def flow_figures(
    both: Both, rows: Sides, creates: tuple[str, str], refused: Mapping[str, Counted], missing: str | None = None
) -> FlowFigures:
    """The figures of a flow. `rows`: all records of both sides, those out of scope too; `creates`: what the flow does with left and right
    records that have no counterpart (create, ask, ignore); `refused`: what was counted against a target's rules, by `left` and `right`.

    `missing`: why it can't be said which record is which; the classes stay empty then.
    """
    view = both.view
    missing = missing or (None if both.keys else "no-match-keys") or (None if all(rows) else "no-records")
    linked = Counter(one.by for one in both.matched.links)
    return FlowFigures(
        flow=view.flow.name,
        direction=view.flow.direction,
        left=_side(both, rows[0], creates[0], refused.get("right"), left=True, met=missing is None),
        right=_side(both, rows[1], creates[1], refused.get("left"), left=False, met=missing is None),
        linked_by=tuple(KeyFigures(by=by, pairs=n) for by, n in linked.items()) if missing is None else (),
        missing=missing,
    )


def reference(side: Side) -> str:
    """A side as the project file names it: `erp/partners.persons[]`."""
    return f"{side.system}/{side.resource}" + (f".{side.inside}" if side.inside else "")


def _side(
    both: Both, rows: Collection[Row], creates: str, refused: Counted | None, *, left: bool, met: bool
) -> SideFigures:
    wanted = both.left if left else both.right
    known = refused is not None and refused.answer in {Answer.YES, Answer.NO}
    return SideFigures(
        reference=reference(both.view.left if left else both.view.right),
        records=len({row.id for row in rows}),
        wanted=len(wanted),
        fields=tuple(_fields(both.view, wanted, left=left)) if wanted else (),
        refused=dict(refused.values["fields"]) if refused is not None and known else None,
        **(_classes(both, rows, creates, left=left) if met else {}),
    )


def _classes(both: Both, rows: Collection[Row], creates: str, *, left: bool) -> dict[str, int]:
    """How many records of a side are in which class; together they are all."""
    matched, keys = both.matched, both.keys
    alone = {*(matched.only_left if left else matched.only_right)}
    inside = {row.id for row in (both.left if left else both.right)}
    keyless = {row.id for row in rows if row.id in alone and first_key(row, keys, left) is None}
    free = len((alone - keyless) & inside)
    return {
        "linked": len(matched.links),
        "ambiguous": sum(len(one.left if left else one.right) for one in matched.ambiguous),
        "keyless": len(keyless),
        "create": free if creates == "create" else 0,
        "decide": free if creates == "ask" else 0,
        "stay": len(alone - keyless) - (free if creates in {"create", "ask"} else 0),
    }


def _fields(view: FlowView, rows: Collection[Row], *, left: bool) -> Iterator[FieldFigures]:
    """Each key and mapped field, what matters first: keys in their order, then what the other side demands and is not filled, then the emptiest."""
    keys, demanded = _key_fields(view, left=left), set(_demanded(view, left=left))
    mapped = [name for one in view.flow.fields for name in many(one.left if left else one.right)]
    found = [
        FieldFigures(
            name=name,
            filled=len(held := [given for row in rows if not is_empty(given := value(row, name))]),
            distinct=len({str(comparable(one)) for one in held}),
            key=keys.get(name),
            demanded=name in demanded,
        )
        for name in dict.fromkeys([*keys, *mapped])
    ]
    lacking = {one.name for one in found if one.demanded and one.filled < len(rows)}
    last = len(view.flow.match) + 1
    yield from sorted(found, key=lambda one: (one.key or last, one.key is None and one.name not in lacking, one.filled))


def _key_fields(view: FlowView, *, left: bool) -> dict[str, int]:
    """A side's fields that hold the flow's keys, each with the number of its first key: mapped ones, or those of the role that a key names."""
    found: dict[str, int] = {}
    for number, key in enumerate(view.flow.match, start=1):
        for name in many(key):
            mapping = next((one for one in view.flow.fields if name in many(one.left)), None)
            role = role_field(name, view.left if left else view.right)
            mapped = [] if mapping is None else [name] if left else many(mapping.right)
            for one in mapped or ([role] if role else []):
                found.setdefault(one, number)
    return found


def _demanded(view: FlowView, *, left: bool) -> Iterator[str]:
    """A side's fields that feed what a create on the other side demands, as far as nothing stands in for them."""
    target = view.right if left else view.left
    if all(other is not target for _, other in view.directions):
        return
    for one in view.flow.fields:
        theirs = many(one.right if left else one.left)
        if one.default is None and travels(one, to_right=left) and set(theirs) & set(target.required):
            yield from many(one.left if left else one.right)
