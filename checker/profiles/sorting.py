"""Whether a list can be sorted on the server."""

from __future__ import annotations

from checker.model.profile import Sorting
from checker.profiles.inputs import sorts
from checker.profiles.view import Detection, View


def detect_sorting(view: View) -> Detection:
    """`sorting`: the parameters that order the list or the search."""
    if view.listing is None:
        return Detection({})
    found = [one for one in view.inputs if sorts(one)]
    if not found:
        none = Sorting(supported=False, operation=view.listing.key, pointer=view.listing.pointer)
        return Detection({"sorting": none}, {"sorting": "no parameter of the list orders it"}, {"sorting": 0.75})
    sorting = Sorting(
        supported=True,
        operation=found[0].operation.key,
        params=tuple({one.name: one.param() for one in found}.values()),
        pointer=found[0].pointer,
    )
    names = ", ".join(one.name for one in found[:5])
    return Detection({"sorting": sorting}, {"sorting": f"ordered by {names}"}, {"sorting": 0.9})
