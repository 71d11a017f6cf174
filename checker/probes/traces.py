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


def traced(touch: ResourceTouch, before: Record, record_id: str) -> tuple[str | None, tuple[str, ...]]:
    """What tells of a record that is gone: `changes`, `list PATH`, `journal NAME`, None where nothing does; and the exchanges that show it."""
    since, evidence = among_changes(touch, before, record_id)
    if since:
        return "changes", evidence
    kept, more = bin_of(touch, record_id)
    if kept is not None:
        return f"list {kept}", more
    journal, told = journal_of(touch, record_id)
    return f"journal {journal}" if journal else None, (*evidence, *more, *told)


def _plain(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else value
