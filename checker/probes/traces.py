"""Traces of a record that is gone, or no longer what it was: a mark in it, a place among what changed, a line in a journal of the system's own."""

from __future__ import annotations

from typing import Any

from checker.model.paths import get
from checker.probes.bins import bin_of
from checker.probes.contexts import evidence_of
from checker.probes.journals import journal_of
from checker.probes.touching import Record, ResourceTouch
from checker.resources.query import Query, brackets

DELETED = ("delet", "archiv", "trash", "geloescht")
EMPTY = (None, False, "")
MOST_PAGES = 5  # of a list that is looked through for a deleted record


def mark_of(touch: ResourceTouch, before: Record, after: Record) -> str | None:
    """The field that shows a delete: the one that the profile names, else one that now says so by its name and value."""
    name = touch.profile.fields.deleted
    if name is not None:
        return name if get(after, name) not in (*EMPTY, 0) else None
    changed = [one for one in after if after[one] != before.get(one) and after[one] not in EMPTY]
    return next((one for one in changed if any(word in one.lower() for word in DELETED)), None)


def among_changes(touch: ResourceTouch, before: Record, record_id: str) -> tuple[bool, tuple[str, ...]]:
    """Whether asking for changes since the record's last one brings it, with what the profile says is needed to see deletes."""
    stamp = touch.look.stamp(before)
    query: Query | None = touch.resource.since(stamp.at) if stamp is not None else None
    if query is None:
        return False, ()
    for name, value in (touch.profile.updated_since.deleted_query or {}).items():
        query = query | Query(brackets(name, _plain(value)))
    page = touch.resource.page(query)
    return any(touch.resource.id_of(one) == record_id for one in page.records), evidence_of(page.response)


def _switched_on(touch: ResourceTouch, record_id: str) -> tuple[bool, tuple[str, ...]]:
    """Whether the list shows the record where it is asked for the deleted ones, too, or for nothing else."""
    switch = touch.profile.updated_since.deleted_query
    if not switch:
        return False, ()
    query = Query(tuple(pair for name, value in switch.items() for pair in brackets(name, _plain(value))))
    for page in touch.resource.pages(query, most=MOST_PAGES):
        if any(touch.resource.id_of(one) == record_id for one in page.records):
            return True, evidence_of(page.response)
    return False, evidence_of(page.response)


def traced(touch: ResourceTouch, before: Record, record_id: str) -> tuple[str | None, tuple[str, ...]]:
    """What tells of a record that is gone: `changes`, `parameter NAME`, `list PATH`, `journal NAME`, None where nothing does; and the exchanges that show it."""
    since, evidence = among_changes(touch, before, record_id)
    if since:
        return "changes", evidence
    shown, asked = _switched_on(touch, record_id)
    if shown:
        return f"parameter {next(iter(touch.profile.updated_since.deleted_query or ()))}", asked
    kept, more = bin_of(touch, record_id)
    if kept is not None:
        return f"list {kept}", more
    journal, told = journal_of(touch, before, record_id)
    return f"journal {journal}" if journal else None, (*evidence, *asked, *more, *told)


def _plain(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else value
