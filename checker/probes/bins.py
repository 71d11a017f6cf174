"""Bins: does a list of deleted records below the resource's own (`/contacts/deleted`) show one that is gone?"""

from __future__ import annotations

from collections.abc import Iterator

from checker.errors import InputError
from checker.model.profile import ResourceProfile
from checker.probes.contexts import evidence_of
from checker.probes.journals import values_of
from checker.probes.touching import ResourceTouch
from checker.profiles.declared import GONE
from checker.profiles.names import words

MOST_PAGES = 5


def bin_of(touch: ResourceTouch, record_id: str) -> tuple[str | None, tuple[str, ...]]:
    """The list that tells of the record's delete, None where none does; and the exchanges that show it."""
    look = touch.system.look
    for profile in _bins(look.profile.resources, touch.profile):
        try:
            for page in look.door(profile).pages(most=MOST_PAGES):
                if any(record_id in map(str, values_of(one)) for one in page.records):
                    return (profile.operations.list or "").partition(" ")[2], evidence_of(page.response)
        except InputError:  # a list inside something that nobody names
            continue
    return None, ()


def _bins(resources: tuple[ResourceProfile, ...], own: ResourceProfile) -> Iterator[ResourceProfile]:
    """Lists below the resource's own path, called so that deleted records must stand in them."""
    made = own.operations.create or own.operations.list or ""
    base = made.partition(" ")[2].rstrip("/")
    for one in resources:
        method, _, path = (one.operations.list or "").partition(" ")
        below = path.removeprefix(f"{base}/") if base and path.startswith(f"{base}/") else ""
        if method == "GET" and below and "/" not in below and GONE & set(words(below)):
            yield one
