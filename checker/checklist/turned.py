"""What turned between two audits of one project: items that came out worse, or for what they were have a new reason. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from checker.checklist.load import items
from checker.model.audit import Audit, Result, State
from checker.model.checklist import Pack
from checker.model.finding import Answer, Finding

# From good to bad; all other states are worse than these.
RANKS = {State.READY: 0, State.WAIVED: 0, State.NOT_APPLICABLE: 0, State.CONDITIONAL: 1, State.UNKNOWN: 2}


@dataclass(frozen=True, slots=True)
class Turned:
    """An item that turned: its results that are worse than they were, and the claims of its that no longer hold, each with evidence."""

    item: str
    worse: tuple[Result, ...]
    refuted: tuple[Finding, ...]


def turned(before: Audit, after: Audit, packs: Sequence[Pack]) -> dict[str, Turned]:
    """The items that turned from one audit to the other, by id, in the order of the later one's results. `packs`: the checklists that both went by."""
    was = {_place(one): _rank(one) for one in before.results}
    refuted_before = {(one.id, one.subject) for one in _refuted(before)}
    news = [one for one in _refuted(after) if (one.id, one.subject) not in refuted_before]
    asked = {name: {claim for need in item.needs for claim in need.all} for name, (item, _) in items(packs).items()}
    found = {}
    for name in dict.fromkeys(one.item for one in after.results):
        mine = [one for one in after.results if one.item == name]
        worse = tuple(one for one in mine if _rank(one) > was.get(_place(one), len(RANKS)))
        refuted = tuple(one for one in news if one.id in asked.get(name, ()))
        if worse or refuted:
            found[name] = Turned(name, worse, refuted)
    return found


def _place(result: Result) -> tuple[str, str, str]:
    return result.item, result.subject, result.gate


def _rank(result: Result) -> int:
    return RANKS.get(result.state, len(RANKS))


def _refuted(audit: Audit) -> list[Finding]:
    return [one for one in audit.findings if one.answer is Answer.NO and one.evidence]
