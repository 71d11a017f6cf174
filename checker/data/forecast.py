"""The forecast: how many records of a flow will be linked, would be created, or are left open. Pure; the links are matching's own."""

from __future__ import annotations

from collections import Counter

from checker.data.counted import Counted
from checker.model.finding import Answer
from checker.model.sync import Matched
from checker.project.sides import FlowView

COMPUTED, UNAMBIGUOUS = "match.forecast-computed", "match.unambiguous"


def forecast(view: FlowView, matched: Matched) -> tuple[Counted, Counted]:
    """What matching says of a flow: `match.forecast-computed` and `match.unambiguous`.

    Pairs that one key found and another contradicts are counted by the other. Without match keys, or without records on both sides, there is nothing to forecast, and both are unknown. A key that several records
    share is told by its fields, never by its value: that is personal.
    """
    counts = _counts(matched)
    if not view.flow.match or not (counts["left"] and counts["right"]):
        open_ = {"reason": "no-records" if view.flow.match else "no-match-keys"}
        return Counted(COMPUTED, Answer.UNKNOWN, open_), Counted(UNAMBIGUOUS, Answer.UNKNOWN, open_)
    values = {**counts, "left_system": view.left.system, "right_system": view.right.system}
    shared = ", ".join(dict.fromkeys(one.by for one in matched.ambiguous))
    answer = Answer.NO if shared else Answer.YES
    against = dict(Counter(one.against for one in matched.ambiguous if one.against))
    return Counted(COMPUTED, Answer.YES, values), Counted(
        UNAMBIGUOUS, answer, {**values, "by": shared, "against": against}
    )


def _counts(matched: Matched) -> dict[str, int]:
    """Records of both sides, and of each how many are linked, open (one key, several records), or without a counterpart."""
    open_left = sum(len(one.left) for one in matched.ambiguous)
    open_right = sum(len(one.right) for one in matched.ambiguous)
    linked = len(matched.links)
    return {
        "left": linked + open_left + len(matched.only_left),
        "right": linked + open_right + len(matched.only_right),
        "linked": linked,
        "open_left": open_left,
        "open_right": open_right,
        "only_left": len(matched.only_left),
        "only_right": len(matched.only_right),
    }
