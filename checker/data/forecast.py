"""The forecast: how many records of a flow will be linked, would be created, or are left open. Pure; the links are matching's own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from checker.model.finding import Answer
from checker.model.sync import Matched


class Counted(NamedTuple):
    """One answer about a flow, out of counts over its records."""

    claim: str
    answer: Answer
    values: Mapping[str, Any]


def forecast(matched: Matched, *, keys: int) -> tuple[Counted, Counted]:
    """What matching says of a flow: `match.forecast-computed` and `match.unambiguous`. `keys`: how many match keys the flow names.

    Without keys, or without records on both sides, there is nothing to forecast, and both are unknown.
    """
    counts = _counts(matched)
    if not keys or not (counts["left"] and counts["right"]):
        open_ = {"reason": "no-match-keys" if not keys else "no-records"}
        return (
            Counted("match.forecast-computed", Answer.UNKNOWN, open_),
            Counted("match.unambiguous", Answer.UNKNOWN, open_),
        )
    alone = Answer.NO if matched.ambiguous else Answer.YES
    return (
        Counted("match.forecast-computed", Answer.YES, counts),
        Counted("match.unambiguous", alone, counts | {"by": _by(matched)}),
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


def _by(matched: Matched) -> list[str]:
    """The keys that several records share, each once, in order."""
    return list(dict.fromkeys(one.by for one in matched.ambiguous))
