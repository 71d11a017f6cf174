"""The questions: to documents (`declared`), to the project file (`configured`), and live ones, one module per topic.

The tuples are the registry of live probes, in the order in which they run: what settles most comes first.
"""

from __future__ import annotations

from checker.probes import (
    access,
    adding_up,
    aftermath,
    again,
    bulk,
    changes,
    combining,
    comparing,
    conformity,
    deleting,
    emptying,
    filtering,
    following,
    idling,
    inactive,
    listing,
    locking,
    merging,
    narrowing,
    pacing,
    paging,
    parts,
    promptness,
    punctual,
    racing,
    reach,
    rechecking,
    relinking,
    reusing,
    rights,
    rules,
    shifting,
    sorting,
    stamps,
    statefulness,
    states,
    together,
    unwritten,
    upserting,
    webhooks,
    writing,
)
from checker.probes.base import Probe
from checker.probes.contexts import ResourceLook, SystemLook
from checker.probes.hooking import Lab, ResourceHooks
from checker.probes.touching import ResourceTouch, SystemTouch

# Without any of these nothing else can be asked.
REACH_PROBES: tuple[Probe[SystemLook], ...] = (reach.network_way, reach.origin)

SYSTEM_PROBES: tuple[Probe[SystemLook], ...] = (
    access.accepted,
    statefulness.statefulness,
    access.refusals,
    rights.lack,
    access.expired,
    access.renewal,
    access.headers,
    pacing.figures,
    reach.clock,
    reach.latency,
)

RESOURCE_PROBES: tuple[Probe[ResourceLook], ...] = (
    listing.listing,
    listing.single,
    paging.paging,
    paging.past_end,
    paging.deep_page,
    paging.page_size,
    filtering.filtering,
    narrowing.lookups,
    combining.combined,
    comparing.comparing,
    comparing.excluding,
    comparing.emptiness,
    sorting.sorting,
    combining.ties,
    changes.timestamps,
    changes.updated_since,
    following.links,
    conformity.conformity,
    conformity.fields,
)

# About the system once more, when all has been asked.
LAST_SYSTEM_PROBES: tuple[Probe[SystemLook], ...] = (access.lifetime,)

# What a stateless mock can still be asked honestly; everything else needs a system that keeps what it is given.
WITHOUT_STATE = frozenset({"sandbox-stateful"})

# Behind the permit: about each resource, in the order of one test record's life; then about the system; then after the clean-up.
WRITE_PROBES: tuple[Probe[ResourceTouch], ...] = (
    writing.create,
    writing.read_back,
    adding_up.totals,
    rules.rules,
    rules.twice,
    upserting.upsert,
    rules.unique,
    racing.race,
    rules.error_messages,
    unwritten.unwritten,
    together.together,
    punctual.punctual,
    stamps.change,
    stamps.changed_by,
    rechecking.recheck,
    writing.telling,
    stamps.child,
    relinking.link,
    bulk.bulk,
    locking.lock,
    stamps.reading,
    idling.same_again,
    stamps.settable,
    emptying.clearing,
    states.moves,
    inactive.inactive,
    deleting.delete,
    shifting.shifted,
    again.again,
    reusing.reuse,
    merging.merges,
)

# About each resource once more, when all have their test records.
LAST_WRITE_PROBES: tuple[Probe[ResourceTouch], ...] = (deleting.blocked,)

WRITE_SYSTEM_PROBES: tuple[Probe[SystemTouch], ...] = (rights.restricted, aftermath.others)

# The webhook lab: about each resource, then about the system.
HOOK_PROBES: tuple[Probe[ResourceHooks], ...] = (webhooks.events, parts.parts)

HOOK_SYSTEM_PROBES: tuple[Probe[Lab], ...] = (
    webhooks.deliveries,
    webhooks.failures,
    promptness.prompt,
    webhooks.subscriptions,
)

CLEANUP_PROBES: tuple[Probe[SystemTouch], ...] = (rights.nothing_left,)
