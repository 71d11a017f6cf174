"""The records themselves, as far as the look has read them: what they say of keys, duplicates, sums, and of the other side's rules.

Nothing is asked anew but what the look left unread of a list; matching is the sync's own.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC

from checker.catalogue import finding
from checker.data import forecast, match
from checker.data.across import Both
from checker.data.counted import Counted, open_
from checker.data.counts import OF_FLOW, OF_RESOURCE, counts_of_flow, counts_of_resource
from checker.data.figures import flow_figures, reference
from checker.data.forecast import COMPUTED, UNAMBIGUOUS
from checker.data.keys import Between
from checker.data.mapped import LEGAL, legal
from checker.data.quality import Record, Sample, filled
from checker.data.times import times
from checker.errors import TransportError, UnreadableError
from checker.look import Look
from checker.model.figures import FlowFigures, RecordFigures, ResourceFigures, SideFigures
from checker.model.finding import Answer, Finding, Grade
from checker.model.profile import Profile
from checker.model.sync import Link, Matched, Row
from checker.probes.contexts import ResourceLook
from checker.probes.round import LEFT_OUT
from checker.probes.run import left_open
from checker.project.sides import FlowView, Side, views
from checker.sync.planning import leaning_first
from checker.sync.policies import in_scope, of_new
from checker.sync.rows import entries, gone, inner, own_key, whole

WHOLE_FLOW = (*OF_FLOW, COMPUTED, UNAMBIGUOUS)
READ_SINGLY = 3  # ids that no list shows


@dataclass
class Records:
    """The records of both systems, each list read once. `readable`: subjects whose list may be read; `links`: what matching found so far, by flow.

    `why`: reasons' codes of the lists that may not be read. `sources` and `flows` are the figures of the flows that were asked about.
    """

    live: Look
    profiles: Mapping[str, Profile]
    readable: Collection[str]
    why: Mapping[str, str] = field(default_factory=dict)
    links: dict[str, tuple[Link, ...]] = field(default_factory=dict)
    sources: dict[str, ResourceFigures] = field(default_factory=dict)
    flows: dict[str, FlowFigures] = field(default_factory=dict)

    def findings(self) -> Iterator[Finding]:
        """All that the records say of what was asked about, each claim about each subject once."""
        for system in self.live.looks.values():
            for look in system.resources:
                if self._asked(look.subject, OF_RESOURCE):
                    yield from _unless_broken(self._told(look.subject, self._of_resource(look), [look]))
                else:
                    yield from left_open(OF_RESOURCE, look.subject, LEFT_OUT)
        seen = views(self.live.loaded.project, self.profiles)
        for view in leaning_first(seen):
            subject = f"flow:{view.flow.name}"
            if self._asked(subject, (*WHOLE_FLOW, LEGAL)):
                yield from _unless_broken(self._of_flow(view))
                self.flows.setdefault(view.flow.name, _untold(view))
            else:
                yield from left_open(WHOLE_FLOW, subject, LEFT_OUT)

    def _asked(self, subject: str, claims: Sequence[str]) -> bool:
        """Whether anything of this was asked for: nothing is read for what wasn't."""
        return self.live.round.selection.asks(claims, subject)

    def _told(self, subject: str, counted: Iterable[Counted], looks: Iterable[ResourceLook]) -> Iterator[Finding]:
        evidence = tuple(key for look in looks if self._read(look) for key in look.walk.evidence)
        made = (finding(one.claim, subject, one.answer, Grade.PROBED, one.values, evidence) for one in counted)
        yield from self.live.round.narrowed(made)

    def _read(self, look: ResourceLook) -> bool:
        """Whether there is a list to read: what the look found broken or refused is left alone."""
        return not look.system.stateless and look.subject in self.readable and look.readable

    def _of_resource(self, look: ResourceLook) -> Iterator[Counted]:
        records = self._records(look)
        if records is None:
            reason = "stateless-mock" if look.system.stateless else "list-refused"
            yield from (open_(claim, reason) for claim in OF_RESOURCE)
            return
        pointed = {one.profile.name: self._known(look, one, records) for one in look.system.resources}
        production = self._is_production(look.system.name)
        yield from counts_of_resource(
            Sample(look.profile, records, self._is_whole(look), look.system.zone, pointed, production)
        )

    def _records(self, look: ResourceLook) -> list[Record] | None:
        """The living records that the walk brought, each once: that paging repeats them is no double. None where the list gives none."""
        if not self._read(look):
            return None
        records = {look.asked.id_of(one) or at: one for at, one in enumerate(look.walk.records)}
        return [one for one in records.values() if not gone(one, look.profile)]

    def _known(self, look: ResourceLook, target: ResourceLook, records: Sequence[Record]) -> frozenset[str] | None:
        """Ids that a reference may lead to; None where the list was not read to its end.

        What the list doesn't show may still be there, archived perhaps: some of those ids are read singly, and where each is found, all count.
        """
        if not self._is_whole(target):
            return None
        ids = self._ids(target)
        fields = [one.field for one in look.profile.relations if one.to == target.profile.name]
        asked = {str(value) for name in fields for value in filled(records, name) if isinstance(value, str | int)}
        hidden = sorted(asked - ids)
        if not hidden or target.profile.operations.read is None:
            return ids
        look.system.now("references", look.subject)
        found = all(target.resource.read(one).record is not None for one in hidden[:READ_SINGLY])
        return ids | set(hidden) if found else ids

    def _is_whole(self, look: ResourceLook) -> bool:
        """Whether the list was read to its end, and told no more than it gave."""
        if not self._read(look) or not look.walk.ended:
            return False
        return look.walk.total is None or look.walk.total <= len(self._ids(look))

    def _ids(self, look: ResourceLook) -> frozenset[str]:
        return frozenset(one for record in look.walk.records if (one := look.asked.id_of(record)) is not None)

    def _of_flow(self, view: FlowView) -> Iterator[Finding]:
        subject = f"flow:{view.flow.name}"
        looks = [self._look(side) for side in (view.left, view.right)]
        rows = [self._rows(side, look) for side, look in zip((view.left, view.right), looks, strict=True)]
        seen = [one for one in looks if one is not None]
        matched = match(view, rows[0], rows[1], links=self.links, zones=self._zones(view)) if all(rows) else Matched()
        self.links[view.flow.name] = matched.links
        both = self._both(view, rows, matched)
        production = all(self._is_production(side.system) for side in (view.left, view.right))
        yield from self._told(subject, [*counts_of_flow(both, production=production), *forecast(view, matched)], seen)
        refused: dict[str, Counted] = {}
        for source, target in view.directions:
            about = f"{subject}:{source.system}->{target.system}"
            counted = refused["left" if target is view.left else "right"] = legal(both, target)
            yield from self._told(about, [counted], seen)
        missing = [self._figures(side, look) for side, look in zip((view.left, view.right), looks, strict=True)]
        why = next((one for one in missing if one is not None), None)
        self.flows[view.flow.name] = flow_figures(both, (rows[0], rows[1]), of_new(view), refused, why)

    def _figures(self, side: Side, look: ResourceLook | None) -> str | None:
        """Keep the figures of a side's resource; gives why which record is which can't be said of it, where it can't."""
        subject = f"{side.system}/{side.resource}"
        if subject not in self.sources:
            self.sources[subject] = self._of_list(side.system, subject, look)
        found = self.sources[subject]
        return found.missing or (None if found.whole else "not-all-read")

    def _of_list(self, system: str, subject: str, look: ResourceLook | None) -> ResourceFigures:
        source = "sandbox" if self.live.loaded.project.systems[system].sandbox else "system"
        records = self._records(look) if look is not None else None
        if look is None or records is None:
            mock = look is not None and look.system.stateless
            reason = "stateless-mock" if mock else self.why.get(subject, "list-refused")
            return ResourceFigures(source=source, at="", whole=False, missing=reason)
        read = look.walk.pages[-1].response.received
        return ResourceFigures(
            source=source,
            at=read.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
            records=len(records),
            total=look.walk.total,
            whole=self._is_whole(look),
            times=times(look.profile.fields, records, look.system.zone, read),
        )

    def _both(self, view: FlowView, rows: Sequence[Sequence[Row]], matched: Matched) -> Both:
        """The flow's records in scope; matching has seen the others, too."""
        wanted = view.flow.filter
        left, right = (
            [row for row in some if in_scope(row, one)]
            for some, one in zip(rows, (wanted.left, wanted.right), strict=True)
        )
        pointed = {flow: {one.right: one.left for one in links} for flow, links in self.links.items()}
        side = view.left.profile or view.right.profile
        return Both(view, left, right, matched, Between(pointed, self._zones(view)), side.role if side else None)

    def _is_production(self, system: str) -> bool:
        return not self.live.loaded.project.systems[system].sandbox

    def _zones(self, view: FlowView) -> tuple[str | None, str | None]:
        systems = self.live.loaded.project.systems
        return systems[view.left.system].timezone, systems[view.right.system].timezone

    def _look(self, side: Side) -> ResourceLook | None:
        system = self.live.looks.get(side.system)
        return next((one for one in system.resources if one.profile.name == side.resource), None) if system else None

    def _rows(self, side: Side, look: ResourceLook | None) -> list[Row]:
        records = self._records(look) if look is not None else None
        if look is None or not records:
            return []
        zone, known = look.system.zone, [(look.asked.id_of(one), dict(one)) for one in records]
        held = [(key, one) for key, one in known if key is not None]
        if not side.inside:
            return [whole(one, key, look.profile, zone) for key, one in held]
        own = own_key([one for _, one in held if entries(one, side.inside)], side.inside)
        return [row for key, one in held for row in inner(one, key, look.profile, zone, side.inside, own)]


def _unless_broken(findings: Iterator[Finding]) -> tuple[Finding, ...]:
    """The findings about one subject; none where its list breaks now."""
    try:
        return tuple(findings)
    except (TransportError, UnreadableError):
        return ()


def _untold(view: FlowView) -> FlowFigures:
    """A flow of which nothing can be said, because a list broke off."""
    return FlowFigures(
        flow=view.flow.name,
        direction=view.flow.direction,
        left=SideFigures(reference=reference(view.left)),
        right=SideFigures(reference=reference(view.right)),
        missing="walk-not-ended",
    )


def weighed(
    live: Look, profiles: Mapping[str, Profile], findings: Iterable[Finding]
) -> tuple[tuple[Finding, ...], RecordFigures]:
    """What the records of a finished look say, and its figures; `findings` are the look's."""
    live.say("weighing the records")
    lists = [one for one in findings if one.id == "list.readable"]
    readable = {one.subject for one in lists if one.answer is Answer.YES or one.values.get("reason") == LEFT_OUT}
    why = {one.subject: str(one.values["reason"]) for one in lists if "reason" in one.values}
    records = Records(live, profiles, readable, why)
    said = tuple(records.findings())
    in_order = (records.flows.get(one.name) for one in live.loaded.project.flows)
    return said, RecordFigures(sources=records.sources, flows=tuple(one for one in in_order if one is not None))
