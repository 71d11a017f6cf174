"""What a sync mode is chosen from: facts of one direction of a flow, each with its grade (checklist.md, D1)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Generic, TypeVar

from checker.model.finding import Grade

T = TypeVar("T")

# Where nobody said otherwise. All of these are assumptions and named as such.
DEFAULT_SHARE = 0.5  # of the daily quota, agreed with the customer (D3)
DEFAULT_RETRY_FACTOR = 1.1  # D3
DEFAULT_OVERLAP_MINUTES = 2.0  # D3's worked example
DEFAULT_PAGE_SIZE = 100  # rows; the usual maximum of business systems' lists
DEFAULT_RUN_MINUTES = 1.0
DEFAULT_COMPARES_PER_DAY = 24.0  # hourly check runs beside events, where the filter allows it


@dataclass(frozen=True, slots=True)
class Fact(Generic[T]):
    """A value, how sure it is (None: nobody knows it), and what would settle it, as `CLAIM@SUBJECT` or `ITEM@SUBJECT`."""

    value: T | None = None
    grade: Grade | None = None
    settled_by: str = ""

    @property
    def known(self) -> bool:
        """Whether anything but an assumption stands behind it."""
        return self.value is not None and self.grade is not None and self.grade.opens_gates

    @property
    def proven(self) -> bool:
        """Whether it was seen on the running system."""
        return self.known and self.grade is Grade.PROBED


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """One object that is read from a system or written into it, under D3's letters.

    `records` N; `changed` U, changes a day; `page` P, rows a page; `detail` D, extra reads per changed row; `look_up` M, look-up calls per
    change before writing; `batch` B, rows per write call; `busiest_hour`, changes in it. `polled`: its list can be asked for changes only;
    `sweep`: its ids are walked every night, since deletes are not visible otherwise. None where nobody knows.
    """

    key: str
    records: float | None = None
    changed: float | None = None
    page: int = DEFAULT_PAGE_SIZE
    detail: int = 0
    look_up: int = 1
    batch: int = 1
    busiest_hour: float | None = None
    polled: bool = True
    sweep: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """A system's calls: its daily quota Q, the agreed share s, the retry factor r, and who uses them.

    `burst` is the pace that may be kept, in calls a minute; `limit` what the system itself says, for a time that it rarely names.
    `reads` are the objects read from the system, `writes` those written into it, over all flows; their keys are the directions' subjects.
    """

    system: str
    quota: Fact[int] = field(default_factory=Fact)
    share: float = DEFAULT_SHARE
    retry: float = DEFAULT_RETRY_FACTOR
    burst: Fact[float] = field(default_factory=Fact)
    limit: Fact[int] = field(default_factory=Fact)
    reads: tuple[Load, ...] = ()
    writes: tuple[Load, ...] = ()
    sandbox: bool = False

    @property
    def usable(self) -> float | None:
        """Calls a day within the agreed share, s × Q; None where the quota isn't known."""
        return None if self.quota.value is None else self.quota.value * self.share


@dataclass(frozen=True, slots=True, kw_only=True)
class ModeFacts:
    """All that decides the mode of one direction of a flow. `freshness`, `overlap`, `delay` (V) and `run` in minutes.

    `events` holds a fact per kind of change; `thin_events`: an event carries only the id. `delivery`: measured minutes from change to event.
    `moves`: the changed time moves with every change; `comparable`: both sides' changed times can be compared; `own_writes`: what we wrote
    ourselves can be told from people's changes; `row_ceiling`: most rows that one query gives.
    """

    flow: str
    source: str
    target: str
    source_resource: str
    target_resource: str
    freshness: Fact[float] = field(default_factory=Fact)
    two_way: bool = False
    leading: Fact[str] = field(default_factory=Fact)
    listable: Fact[bool] = field(default_factory=Fact)
    export: Fact[bool] = field(default_factory=Fact)
    keys_stable: Fact[bool] = field(default_factory=Fact)
    events: dict[str, Fact[bool]] = field(default_factory=dict)
    thin_events: Fact[bool] = field(default_factory=Fact)
    delivery: Fact[float] = field(default_factory=Fact)
    receiver: Fact[bool] = field(default_factory=Fact)
    filter: Fact[bool] = field(default_factory=Fact)
    moves: Fact[bool] = field(default_factory=Fact)
    comparable: Fact[bool] = field(default_factory=Fact)
    own_writes: Fact[bool] = field(default_factory=Fact)
    deletes_visible: Fact[bool] = field(default_factory=Fact)
    deletes_matter: bool = True
    volumes: Fact[bool] = field(default_factory=Fact)
    page: Fact[int] = field(default_factory=Fact)
    row_ceiling: Fact[int] = field(default_factory=Fact)
    overlap: float = DEFAULT_OVERLAP_MINUTES
    delay: float = 0.0
    run: float = DEFAULT_RUN_MINUTES
    own: Load
    from_budget: Budget
    to_budget: Budget

    @property
    def key(self) -> str:
        """The direction's subject."""
        return f"flow:{self.flow}:{self.source}->{self.target}"

    @property
    def place(self) -> str:
        """`SYSTEM/RESOURCE` of the source."""
        return f"{self.source}/{self.source_resource}"

    @property
    def sweeps(self) -> bool:
        """Whether deletes have to be found by walking all ids every night (R9)."""
        return self.deletes_matter and self.deletes_visible.value is not True

    def event_kinds_missing(self) -> tuple[str, ...]:
        """Kinds of change that no event is known for, of those that a sync can't do without (D1: create and update)."""
        return tuple(kind for kind in ("create", "update") if not _true(self.events.get(kind)))


def _true(fact: Fact[bool] | None) -> bool:
    return fact is not None and fact.known and fact.value is True
