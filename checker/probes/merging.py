"""Merging: does the document show a call that makes one record of two?

What such a call takes differs from system to system, and what it does can't be undone: so a declared one is named, for a person to try.
"""

from __future__ import annotations

from collections.abc import Iterator

from checker.model.api import Api
from checker.model.profile import ResourceProfile
from checker.probes.base import Told, probe, unknown
from checker.probes.touching import ResourceTouch
from checker.profiles.names import vocabulary, words

CLAIM = "merge.visible"
MERGING = vocabulary("merge merges merging deduplicate zusammenfuehren verschmelzen")

WRITING = frozenset({"POST", "PUT"})  # a PATCH may be called a merge and change one record


@probe(CLAIM, scope="resource")
def merges(touch: ResourceTouch) -> Iterator[Told]:
    """Look for a declared merge."""
    operation = merge_of(touch.profile, touch.look.system.api)
    if operation is None:
        yield unknown(CLAIM, "no-merge-operation")
    else:
        yield unknown(CLAIM, "merge-untried", operation=operation)


def merge_of(profile: ResourceProfile, api: Api | None) -> str | None:
    """The key of the operation below the resource's own path that merges records; None where the document shows none."""
    operations = profile.operations
    homes = {one.partition(" ")[2] for one in (operations.list, operations.create) if one}
    for one in api.operations if api else ():
        below = next((one.path.removeprefix(home) for home in homes if one.path.startswith(f"{home}/")), None)
        if one.method in WRITING and below is not None and MERGING.intersection((*words(below), *words(one.id or ""))):
            return one.key
    return None
