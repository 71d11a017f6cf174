"""The links of another flow, as a field that points at a record asks for them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from checker.model.sync import FlowPlan, Kind, Link, Which


@dataclass(frozen=True, slots=True)
class Linked:
    """Which record here is which record there, in one flow. `coming` are sources, by the side that they stand on, whose counterpart the same plan creates."""

    to_right: Mapping[str, str] = field(default_factory=dict)
    to_left: Mapping[str, str] = field(default_factory=dict)
    coming: Mapping[Which, frozenset[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, links: Iterable[Link], coming: Mapping[Which, frozenset[str]] | None = None) -> Linked:
        """From links alone, and sources on their way."""
        known = tuple(links)
        return cls({one.left: one.right for one in known}, {one.right: one.left for one in known}, coming or {})

    @classmethod
    def of_plan(cls, flow: FlowPlan) -> Linked:
        """From a flow's plan: its links, and the records that it is going to create."""
        creates = [one for one in flow.actions if one.kind is Kind.CREATE]
        return cls.of(
            flow.links,
            {side.other: frozenset(one.source for one in creates if one.side is side) for side in Which},
        )

    def counterpart(self, target: Which, source: str) -> str | None:
        """The id on the target's side of a record on the other."""
        return (self.to_right if target is Which.RIGHT else self.to_left).get(source)

    def is_coming(self, target: Which, source: str) -> bool:
        """Whether the same plan creates the counterpart on the target's side."""
        return source in self.coming.get(target.other, frozenset())
