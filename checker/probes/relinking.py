"""Links: does the changed time move when a record points at another one than before, or at one more or less, and nothing else of it changes?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from checker.client.messages import Request
from checker.model.finding import Answer
from checker.model.profile import Relation
from checker.probes.attempts import Seen, refused_by_rule, why_not
from checker.probes.base import Told, not_applicable, probe, unknown
from checker.probes.stamps import moved, wait_for_next_unit
from checker.probes.touching import Record, ResourceTouch
from checker.probes.writing import quoted, written_and_seen
from checker.profiles.names import same_thing, words
from checker.resources.linking import LinkForm, belongs, link_forms
from checker.resources.slots import Slot

CLAIM = "timestamp.moves-on-link"
ARRAY, OBJECT = "array", "object"


@dataclass(frozen=True, slots=True)
class LinkList:
    """A list of links to records of another resource; `key` is the field of an entry that has the id, None where the entries are bare ids."""

    name: str
    to: str
    key: str | None

    def ids(self, held: Sequence[Any]) -> list[str]:
        """The ids in such a list, as texts."""
        return [str(one.get(self.key) if isinstance(one, dict) and self.key else one) for one in held]

    def with_(self, held: Sequence[Any], other: Any) -> list[Any]:
        """The list as it is sent, with that record in it."""
        return [*self.without(held, other), other if self.key is None else {self.key: other}]

    def without(self, held: Sequence[Any], other: Any) -> list[Any]:
        """The list as it is sent, without that record."""
        kept = [one for one in held if self.ids([one]) != [str(other)]]
        return kept if self.key is None else [{self.key: one[self.key]} for one in kept]


@probe(CLAIM, scope="resource")
def link(touch: ResourceTouch) -> Iterator[Told]:
    """Let the test record point at another record, or at one more and one less; look at its stamp, and let it point back: later probes go by where
    it pointed.
    """
    if not touch.born or touch.first_seen.record is None:
        yield from touch.left_open(CLAIM)
        return
    lists = [one for slot in touch.bodies.slots if (one := link_list(touch, slot)) is not None]
    single = single_links(touch)
    calls = list(link_forms(touch.profile, touch.system.look.api, touch.system.look.profile.resources))
    if not (single or lists or calls):
        yield not_applicable(CLAIM)
        return
    if touch.profile.operations.update is None and not calls:
        yield unknown(CLAIM, "no-update-operation")
        return
    told: list[Told] = []
    if touch.profile.operations.update is not None:
        told += _single(touch, single)
        told += (told for one in lists for told in _one_more_and_less(touch, one))
    told += (told for one in calls for told in _by_calls(touch, one))
    worst = next((one for one in told if one.answer is Answer.NO), None)
    settled = next((one for one in told if one.answer is not Answer.UNKNOWN), next(iter(told), None))
    yield worst or settled or unknown(CLAIM, "no-other-target")


def single_links(touch: ResourceTouch) -> list[str]:
    """The fields of a resource's records that point at one other record each, and are written."""
    lists = {one.name for one in touch.bodies.slots if one.type == ARRAY}
    return [one.field for one in touch.profile.relations if one.field not in lists and _is_written(touch, one)]


def _is_written(touch: ResourceTouch, relation: Relation) -> bool:
    """Whether a link is written: by a flow, or in a create that could, where it leads to records of a flow. A link to anybody else is left alone, for
    whoever is made a record's owner may be told so.
    """
    if relation.field in touch.bodies.references:
        return True
    ours = {one.profile.name for one in touch.system.look.resources} - {touch.profile.name}
    return (
        relation.to in ours and touch.profile.at_top(relation.field) and touch.bodies.slot(relation.field) is not None
    )


def link_list(touch: ResourceTouch, slot: Slot) -> LinkList | None:
    """The list of links that a field of the record is; None for any other field. A list of those who themselves say whose they are is none either: to
    list one there would take it from whoever has it.
    """
    if slot.type != ARRAY or slot.item is None or not touch.profile.at_top(slot.name):
        return None
    known = {one.field: one.to for one in touch.profile.relations}
    others = [one for one in touch.system.look.profile.resources if one.name != touch.profile.name]
    bare = slot.item.type != OBJECT  # texts may be names: only a name that says so has ids
    to = next(
        (one for one in others if known.get(slot.path) == one.name or (not bare and same_thing(slot.name, one.name))),
        None,
    )
    if to is None or belongs(to, touch.profile.name):
        return None
    if bare:
        return LinkList(slot.name, to.name, None)
    keys = [one.name for one in slot.item.below if words(one.name)[-1:] == ("id",)]
    demanded = {one.name for one in slot.item.below if one.required}
    return LinkList(slot.name, to.name, keys[0]) if len(keys) == 1 and demanded <= {*keys} else None


def _single(touch: ResourceTouch, names: Sequence[str]) -> Iterator[Told]:
    """The first single link that can point at another record."""
    held = touch.latest
    for name, other in elsewhere(touch, names, held).items():
        told = _changed(touch, name, other)
        if touch.latest.get(name) != held.get(name):
            written_and_seen(touch, {name: held.get(name)})
        yield told


def elsewhere(touch: ResourceTouch, names: Sequence[str], record: Record) -> dict[str, Any]:
    """The first of these links of a record that can point at another one than it does, with the other's id; nothing where there is none."""
    to = {one.field: one.to for one in touch.profile.relations}
    for name in names:
        held = record.get(name)
        other = touch.system.another(to[name], held) if touch.profile.at_top(name) else None
        if other is not None and isinstance(held, str | int | None):
            return {name: other}
    return {}


def _one_more_and_less(touch: ResourceTouch, links: LinkList) -> Iterator[Told]:
    """One link more and then one less, or the other way round where the record has it already."""
    held = touch.latest.get(links.name) or []
    other = touch.system.record_of(links.to, touch)
    if not isinstance(held, list) or other is None:
        return
    more, less = links.with_(held, other), links.without(held, other)
    for sent in (less, more) if str(other) in links.ids(held) else (more, less):
        told = _changed(touch, links.name, sent)
        yield told
        if told.answer is Answer.UNKNOWN:
            return


def _by_calls(touch: ResourceTouch, form: LinkForm) -> Iterator[Told]:
    """A link to a test record of ours, made and ended by the calls that there are for it."""
    own = next((one for one in touch.system.resources if one.profile.name == form.to and one.control is not None), None)
    other = touch.system.record_of(form.to, touch) if own is not None else None
    if other is None or own is None or not own.writer.owns(own.resource, str(other)):
        return
    record_id = touch.id or ""
    for there, (call, body) in ((True, form.made(record_id, other)), (False, form.ended(record_id, other))):
        before = touch.latest
        wait_for_next_unit(touch, before)
        written = touch.writer.call(touch.resource, record_id, call, body)
        if not written.ok:
            reason = "refused" if refused_by_rule(written) else why_not(written)
            yield unknown(CLAIM, reason, written.evidence, message=quoted(touch, written))
            return
        if form.shown and _names(touch, form.listed(record_id), other) is not there:
            yield unknown(CLAIM, "link-unchanged", written.evidence, field=form.to)
            return
        yield _told(touch, before, written.evidence, touch.seen_once(record_id), form.to)


def _names(touch: ResourceTouch, path: str, other: Any) -> bool:
    """Whether the list of a record's links names the other record."""
    response = touch.resource.send(Request("GET", touch.resource.filled(path)))
    return response.ok and _holds(response.json(), str(other))


def _holds(value: Any, wanted: str) -> bool:
    if isinstance(value, dict | list):
        return any(_holds(one, wanted) for one in (value.values() if isinstance(value, dict) else value))
    return str(value) == wanted


def _changed(touch: ResourceTouch, name: str, other: Any) -> Told:
    """What becomes of the stamp when only that field is written."""
    before = touch.latest
    wait_for_next_unit(touch, before)
    written, seen = written_and_seen(touch, {name: other})
    if seen is None or seen.record is None:
        reason = "refused" if refused_by_rule(written) else why_not(written)
        return unknown(CLAIM, reason, written.evidence, message=quoted(touch, written))
    if seen.record.get(name) == before.get(name):
        return unknown(CLAIM, "link-unchanged", (*written.evidence, *seen.evidence), field=name)
    return _told(touch, before, written.evidence, seen, name)


def _told(touch: ResourceTouch, before: Record, written: tuple[str, ...], seen: Seen, name: str) -> Told:
    told = next(moved(CLAIM, touch, before, written, seen))
    return told._replace(values={**told.values, "link": name})
