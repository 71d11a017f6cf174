"""Whether a list can be narrowed on the server."""

from __future__ import annotations

from checker.model.profile import Filtering
from checker.profiles.inputs import filters
from checker.profiles.view import Detection, View


def detect_filtering(view: View) -> Detection:
    """`filtering`: the parameters that narrow the list or the search; open where no list is described."""
    if view.listing is None:
        return Detection({})
    found = [one for one in view.inputs if filters(one, view)]
    if not found:
        sure = 0.7 if view.listing.parameters else 0.5
        none = Filtering(supported=False, operation=view.listing.key, pointer=view.listing.pointer)
        return Detection({"filtering": none}, {"filtering": "no parameter of the list narrows it"}, {"filtering": sure})
    # A search beside the list has parameters of its own: only those of one operation can be said together
    found = [one for one in found if one.operation.key == found[0].operation.key]
    holders = {one.name.rpartition(".")[0] for one in found if one.location == "body"}
    found = [one for one in found if one.name not in holders]
    filtering = Filtering(
        supported=True,
        operation=found[0].operation.key,
        params=tuple({one.name: one.param() for one in found}.values()),
        pointer=found[0].pointer,
    )
    names = ", ".join(one.name for one in found[:5])
    return Detection({"filtering": filtering}, {"filtering": f"narrowed by {names}"}, {"filtering": 0.85})
