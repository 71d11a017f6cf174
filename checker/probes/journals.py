"""Journals: does a list of the system's own, which nobody writes by the API, tell of a delete?

Told by what stands in an entry, not by its fields' names, which differ from system to system: the deleted record's id, the name of its kind,
and a word for deleting, which may as well be the list's own name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from checker.model.profile import ResourceProfile
from checker.probes.contexts import evidence_of
from checker.probes.ordering import spellings
from checker.probes.touching import Record, ResourceTouch
from checker.profiles.declared import GONE
from checker.profiles.names import singular, vocabulary, words
from checker.resources.query import Query

JOURNAL = vocabulary("activity audit log journal history change event trail protokoll aenderung verlauf")
DELETED = re.compile(r"delet|remov|destroy|trash|gelöscht|geloescht|löschung|loeschung", re.IGNORECASE)
MOST_LISTS = 2
ENTRIES = 50  # of the newest
MOST_PAGES = 5  # of a list that can't be asked for its newest entries


def journal_of(touch: ResourceTouch, before: Record, record_id: str) -> tuple[str | None, tuple[str, ...]]:
    """The name of the list that tells of the record's delete, None where none does; and the exchanges that show it."""
    evidence: tuple[str, ...] = ()
    kinds = [one.name for one in touch.system.look.profile.resources]
    journals = [one for one in touch.system.look.profile.resources if is_journal(one)]
    for profile in sorted(journals, key=lambda one: not _of_deleted(one))[:MOST_LISTS]:
        resource = touch.system.look.door(profile)
        if _of_deleted(profile):
            stamp = touch.look.stamp(before)
            lately = resource.since(stamp.at) if stamp is not None else None
            for page in resource.pages(lately, most=MOST_PAGES):
                evidence = (*evidence, *evidence_of(page.response))
                if any(tells(one, touch.profile.name, record_id, kinds, deleted=True) for one in page.records):
                    return profile.name, evidence_of(page.response)
            continue
        for query in _newest_first(profile):
            page = resource.page(query, size=ENTRIES)
            if page.response.ok:
                evidence = (*evidence, *evidence_of(page.response))
                if any(tells(one, touch.profile.name, record_id, kinds) for one in page.records):
                    return profile.name, evidence_of(page.response)
                break
    return None, evidence


def is_journal(profile: ResourceProfile) -> bool:
    """Whether a resource is called a journal, and can be read and not written."""
    named = JOURNAL.intersection(singular(one) for one in words(profile.name)) or _of_deleted(profile)
    return bool(named) and profile.operations.list is not None and profile.operations.create is None


def _of_deleted(profile: ResourceProfile) -> bool:
    """Whether a resource is called so that nothing but what was deleted stands in it."""
    return bool(GONE.intersection(words(profile.name)))


def _newest_first(profile: ResourceProfile) -> Iterator[Query]:
    """Ways to ask for the newest entries, by the order of ids where there is one; the list as it comes where there is none."""
    created = profile.fields.created
    field = created if isinstance(created, str) else profile.fields.id
    for _, down in spellings(profile.sorting, None, field) if profile.sorting.params and field is not None else ():
        yield down
    yield Query()


def tells(
    entry: Mapping[str, Any], kind: str, record_id: str, kinds: Iterable[str] = (), *, deleted: bool = False
) -> bool:
    """Whether an entry says that this record of that kind was deleted. `kinds`: the system's others, whose names may hold this one (invoice lines);
    `deleted`: nothing else stands in its list.
    """
    told = [str(one) for one in values_of(entry)]
    own = _named(kind)
    longer = [other for other in map(_named, kinds) if own < other]
    named = any(own <= said and not any(other <= said for other in longer) for said in map(_named, told))
    return named and record_id in told and (deleted or any(DELETED.search(text) for text in told))


def _named(text: str) -> frozenset[str]:
    return frozenset(singular(one) for one in words(text))


def values_of(entry: Any) -> Iterator[Any]:
    """What stands in an entry, at any depth."""
    if isinstance(entry, Mapping):
        for one in entry.values():
            yield from values_of(one)
    elif isinstance(entry, list):
        for one in entry:
            yield from values_of(one)
    else:
        yield entry
