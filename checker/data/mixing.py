"""Whether a normal form takes two things for one. Product numbers are levelled (case, blanks, hyphens, leading zeros) only where it takes none."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from checker.data.keys import Key, Part
from checker.data.normal import normal
from checker.model.sync import Row

CAREFUL = "product"  # the form that is used on proof
AS_SPELT = "text"


def unmixed(wanted: Sequence[Key], left: Collection[Row], right: Collection[Row]) -> tuple[Key, ...]:
    """The keys, with product numbers as they are spelt where levelling would make one of two that a side has."""

    def proven(part: Part) -> Part:
        mixes = part.form == CAREFUL and any(
            fallen(part, rows, left=here) for rows, here in ((left, True), (right, False))
        )
        return replace(part, form=AS_SPELT) if mixes else part

    return tuple(replace(key, parts=tuple(proven(part) for part in key.parts)) for key in wanted)


def fallen(part: Part, rows: Iterable[Row], *, left: bool) -> int:
    """How many different values of a side have a normal form that another one has, too."""
    texts = {normal(AS_SPELT, text) for row in rows if (text := (part.left if left else part.right)(row))}
    forms: dict[str, int] = {}
    for text in texts:
        form = normal(part.form, text)
        forms[form] = forms.get(form, 0) + 1
    return sum(many for many in forms.values() if many > 1)
