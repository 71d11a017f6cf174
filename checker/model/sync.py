"""Sync: links, base, plan. Plain data between matching (`data/`), planning (pure), and applying (`sync/`)."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from msgspec import Struct, field


class Which(StrEnum):
    """The two sides of a flow, as the project file names them."""

    LEFT = "left"
    RIGHT = "right"

    @property
    def other(self) -> Which:
        """The side opposite."""
        return Which.RIGHT if self is Which.LEFT else Which.LEFT


class Link(Struct, frozen=True, kw_only=True):
    """Two records recognised as one thing. Ids are text. `by`: the key that found them (`vat_id`, `name + country`), or `created`."""

    left: str
    right: str
    by: str


class Ambiguous(Struct, frozen=True, kw_only=True):
    """One key by which nobody may be linked: several records of a side share it, or the one of each side that do differ in what must be the same.

    `key` is its normal form, unmasked. `against` names what speaks against a pair (`vat_id`), None where the key is shared; a record of the pair
    that awaits its decision elsewhere already isn't told again.
    """

    by: str
    key: str
    left: tuple[str, ...]
    right: tuple[str, ...]
    against: str | None = None


class Matched(Struct, frozen=True, kw_only=True):
    """What matching found: links, ambiguous keys, and ids that have no counterpart. Every id given stands in exactly one of the four."""

    links: tuple[Link, ...] = ()
    ambiguous: tuple[Ambiguous, ...] = ()
    only_left: tuple[str, ...] = ()
    only_right: tuple[str, ...] = ()


class Base(Struct, frozen=True, kw_only=True):
    """What both sides answered when they were re-read after the last successful sync of a linked pair: values by dotted field name."""

    left: dict[str, Any] = field(default_factory=dict)
    right: dict[str, Any] = field(default_factory=dict)


class Row(Struct, frozen=True, kw_only=True):
    """A record as a flow sees it: its id as text, its values (nested, as the API shows them), and those of the record around it.

    `id` of a record inside another one is `PARENT/OWN`. `changed` is its changed time (ISO 8601, aware), None where it isn't told.
    """

    id: str
    values: dict[str, Any]
    around: dict[str, Any] | None = None
    changed: str | None = None


class FieldChange(Struct, frozen=True, kw_only=True):
    """One mapped field that an action writes: names on both sides, what stands in the target now and what shall stand there (target's spelling)."""

    left: str
    right: str
    before: Any = None
    after: Any = None


class Kind(StrEnum):
    """What an action does."""

    CREATE = "create"
    UPDATE = "update"


class Action(Struct, frozen=True, kw_only=True):
    """One write that a sync would do. `side` is the one that is written; `source` the record on the other side, `record` the target's id.

    `values` is what is written: dotted field name → value in the target's spelling; a create has all fields, an update those that change.
    `links` names values that another flow's links have yet to supply (field → flow and the source's id), for records that are created in the
    same plan. `id` is stable: `FLOW:KIND:SIDE:SOURCE`.
    """

    id: str
    kind: Kind
    flow: str
    side: Which
    source: str
    record: str | None = None
    changes: tuple[FieldChange, ...] = ()
    values: dict[str, Any] = field(default_factory=dict)
    links: dict[str, tuple[str, str]] = field(default_factory=dict)


class NoticeKind(StrEnum):
    """Something that the plan reports and doesn't do."""

    CONFLICT = "conflict"  # both sides changed the same field
    DELETED = "deleted"  # a linked record is gone on one side
    AMBIGUOUS = "ambiguous"  # one key, several records
    NOT_CREATED = "not-created"  # the policy says ask or ignore
    NOT_UPDATED = "not-updated"  # the policy says ask or ignore
    UNTRANSLATABLE = "untranslatable"  # a value that its transformation or table can't take
    UNLINKED = "unlinked"  # the record that a link points at has no counterpart
    REFUSED = "refused"  # the target refused these very values before; nothing changed since
    UNSETTLED = "unsettled"  # a value that the target changes each time it is written


class Notice(Struct, frozen=True, kw_only=True):
    """One thing that awaits a decision, or that a person should know. `left` and `right` are ids; `on_field` the mapping's left name; `values` what stands on both sides; `decides` what the policy would do."""

    kind: NoticeKind
    flow: str
    left: str | None = None
    right: str | None = None
    on_field: str | None = None
    values: dict[str, Any] = field(default_factory=dict)
    decides: str | None = None


class FlowPlan(Struct, frozen=True, kw_only=True):
    """What the sync of one flow would do: pure data, in the order in which it is done. `links` are those the plan rests on."""

    flow: str
    actions: tuple[Action, ...] = ()
    notices: tuple[Notice, ...] = ()
    links: tuple[Link, ...] = ()
    records: dict[str, int] = field(default_factory=dict)


class Plan(Struct, frozen=True, kw_only=True):
    """The list of actions that a sync would take, bound to what it was made from.

    `made_from` holds digests by what they are of (`project`, `document:crm`, `target:crm`, `record:crm/contacts/con_1`): where one moved, the
    plan is stale. `seal` is a digest over all of it: a plan that was edited by hand is refused.
    """

    schema_version: int = 1
    project: str
    made: str
    readiness_version: str
    flows: tuple[FlowPlan, ...]
    made_from: dict[str, str] = field(default_factory=dict)
    seal: str = ""
