"""The capability matrix: what the document declares, what the system did, and what the flows need, per resource. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from checker.model.audit import FlowSeen
from checker.model.finding import Answer, Finding, Grade
from checker.model.profile import ResourceProfile
from checker.model.text import safe
from checker.reports.book import Book
from checker.reports.words import Mark

MINUTES_A_DAY = 1440


@dataclass(frozen=True, slots=True)
class Capability:
    """A row of the matrix, and the claims that answer it from the document and from the running system.

    `contradicts`: both are about the same thing, so that a yes here and a no there contradict each other.
    """

    id: str
    declared: tuple[str, ...]
    observed: tuple[str, ...]
    contradicts: bool = True


CAPABILITIES = (
    Capability("list", ("operations.readable-declared",), ("list.readable",)),
    Capability("read", ("operations.readable-declared",), ("read.single",)),
    Capability("create", ("operations.writable-declared",), ("write.create-accepted",)),
    Capability("update", ("operations.writable-declared",), ("write.update-accepted",)),
    Capability("delete", ("operations.delete-declared",), ("delete.accepted",)),
    Capability(
        "paging",
        ("pagination.declared",),
        ("pagination.ends", "pagination.no-repeats", "pagination.complete"),
        contradicts=False,
    ),
    Capability("filter", ("filter.declared",), ("filter.honoured",)),
    Capability("sort", ("sort.declared",), ("sort.honoured",)),
    Capability(
        "updated-since",
        ("updated-since.declared",),
        ("updated-since.excludes-older",),
    ),
    Capability("timestamps", ("timestamp.declared",), ("timestamp.filled",), contradicts=False),
    Capability("time-zone", (), ("timestamp.zoned",)),
    Capability("webhooks", ("webhooks.events-declared",), ("webhook.arrives",)),
    Capability("deletes-visible", ("delete.visible-declared",), ("delete.visible",)),
    Capability("external-id", ("external-id.declared",), ()),
    Capability("idempotent", ("idempotency.declared",), ("write.idempotent-create",)),
    Capability("lock", ("optimistic-lock.declared",), ("write.lock-honoured",)),
    Capability("batch", ("batch.declared",), ("batch.errors-per-row",)),
)

MARKS = {
    Answer.YES: "ready",
    Answer.NO: "not-ready",
    Answer.UNKNOWN: "unknown",
    Answer.NOT_APPLICABLE: "not-applicable",
    Answer.NOT_PERMITTED: "not-permitted",
    Answer.ERROR: "error",
}
BAD_FIRST = (Answer.NO, Answer.ERROR, Answer.NOT_PERMITTED, Answer.UNKNOWN, Answer.YES, Answer.NOT_APPLICABLE)


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: a mark (state `none` where nothing is known), and a detail such as the paging style."""

    mark: Mark
    detail: str = ""


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """A capability of a resource; `warning` says gap or contradiction, else it is empty."""

    capability: str
    declared: Cell
    observed: Cell
    needed: Cell
    warning: str


@dataclass(frozen=True, slots=True)
class ResourceMatrix:
    """The capabilities of one resource, and which flows use it."""

    name: str
    role: str
    flows: str
    rows: tuple[MatrixRow, ...]


@dataclass(frozen=True, slots=True)
class _Use:
    """How a flow uses a resource."""

    flow: FlowSeen
    source: bool
    target: bool
    modes: frozenset[str]
    deletes: str | None


def matrices(book: Book) -> tuple[ResourceMatrix, ...]:
    """One matrix for every resource that a flow names, in the flows' order, left before right."""
    ends = dict.fromkeys(end for flow in book.audit.flows for end in (flow.left, flow.right))
    return tuple(_matrix(book, end) for end in ends)


def _matrix(book: Book, end: str) -> ResourceMatrix:
    system, _, resource = end.partition("/")
    seen = book.audit.systems.get(system)
    profile = seen.profile if seen else None
    shown = (profile.resource(resource) or profile.resource(resource.partition(".")[0])) if profile else None
    uses = [_use(book, flow, end) for flow in book.audit.flows if end in (flow.left, flow.right)]
    role = next((use.flow.role for use in uses if use.flow.role), None)
    return ResourceMatrix(
        name=book.names.subject(end),
        role=book.words.known(f"role.{role}", role) if role else "",
        flows=", ".join(book.names.flow(use.flow.name) for use in uses),
        rows=tuple(_row(book, one, end, shown, uses) for one in CAPABILITIES),
    )


def _use(book: Book, flow: FlowSeen, end: str) -> _Use:
    left = flow.left == end
    source = flow.direction == "both" or (flow.direction == "left-to-right") == left
    target = flow.direction == "both" or not source
    system = end.partition("/")[0]
    modes = frozenset(
        one.mode for one in book.audit.sync_mode.flows if one.flow == flow.name and one.from_ == system and one.mode
    )
    stated = book.by_reference.get(f"flow.on-delete-stated@flow:{flow.name}", [])
    policy = next((str(one.values["policy"]) for one in stated if one.values.get("policy")), None)
    return _Use(flow, source, target, modes, policy)


def _row(book: Book, one: Capability, end: str, profile: ResourceProfile | None, uses: list[_Use]) -> MatrixRow:
    declared, said = _declared(book, one, end, profile)
    observed = _observed(book, one, end)
    need = max((_need(one.id, use) for use in uses), default=0)
    seen = observed.answer if observed else None
    words = book.words
    warning = ""
    if one.contradicts and {declared, seen} == {Answer.YES, Answer.NO}:
        warning = words("matrix.contradiction")
    elif need == NEEDED and (seen == Answer.NO or (seen != Answer.YES and declared == Answer.NO)):
        warning = words("matrix.gap")
    return MatrixRow(
        capability=words(f"capability.{one.id}"),
        declared=_cell(book, declared, said),
        observed=_cell(book, seen, _how_seen(book, observed)),
        needed=Cell(_need_mark(book, need)),
        warning=warning,
    )


def _cell(book: Book, answer: Answer | None, detail: str) -> Cell:
    if answer is None:
        return Cell(Mark("none", book.words("matrix.not-looked")))
    return Cell(Mark(MARKS[answer], book.words(f"answer.{answer}")), detail)


def _how_seen(book: Book, finding: Finding | None) -> str:
    return book.words.grade(finding.grade) if finding and finding.grade != Grade.PROBED else ""


def _worst(findings: Iterable[Finding]) -> Finding | None:
    return min(findings, key=lambda one: BAD_FIRST.index(one.answer), default=None)


def _found(book: Book, claims: tuple[str, ...], end: str, grades: tuple[Grade, ...]) -> Finding | None:
    carrier = end.partition(".")[0]  # records inside a record are listed and read with it
    found = (one for claim in claims for one in book.by_reference.get(f"{claim}@{carrier}", []))
    return _worst(one for one in found if one.grade in grades)


def _observed(book: Book, one: Capability, end: str) -> Finding | None:
    return _found(book, one.observed, end, (Grade.PROBED,)) or _found(book, one.observed, end, (Grade.SIMULATED,))


def _declared(book: Book, one: Capability, end: str, profile: ResourceProfile | None) -> tuple[Answer | None, str]:
    """What the profile says, or the finding where the profile has no word for it; and a detail."""
    if profile is not None and one.id in ("list", "read", "create", "update", "delete"):
        operation = getattr(profile.operations, one.id)
        return (Answer.YES, "") if operation else (Answer.NO, "")
    stated = (Grade.DOCUMENTED, Grade.ANSWERED)
    finding = _found(book, one.declared, end, stated)
    if finding is None and one.id == "webhooks":  # where the document names events, but not of which resource
        finding = _found(book, ("webhooks.declared",), end.partition("/")[0], stated)
    detail = _detail(book, one.id, profile) if profile is not None else ""
    if finding is not None:
        return finding.answer, detail if finding.answer == Answer.YES else ""
    if profile is None:
        return None, ""
    flags = {
        "filter": profile.filtering.supported,
        "sort": profile.sorting.supported,
        "updated-since": profile.updated_since.supported,
        "paging": profile.pagination.style != "none",
        "timestamps": bool(profile.fields.updated) or None,
    }
    flag = flags.get(one.id)
    known = Answer.YES if flag else Answer.NO
    return (known, detail if flag else "") if flag is not None else (Answer.UNKNOWN if one.id in flags else None, "")


def _detail(book: Book, capability: str, profile: ResourceProfile) -> str:
    if capability == "paging" and profile.pagination.style != "none":
        style = book.words.known(f"paging.{profile.pagination.style}", profile.pagination.style)
        most = profile.pagination.max_page_size
        return f"{style}, {book.words('paging.max', n=most)}" if most else style
    names = {
        "updated-since": [profile.updated_since.param.name] if profile.updated_since.param else [],
        "sort": [one.name for one in profile.sorting.params],
        "timestamps": _listed(profile.fields.updated),
        "external-id": _listed(profile.fields.external_id),
    }
    return safe(", ".join(names.get(capability, [])[:2]), 40)


def _listed(names: str | list[str] | None) -> list[str]:
    return [names] if isinstance(names, str) else list(names or [])


NOT_NEEDED, HELPFUL, NEEDED = 0, 1, 2


def _need(capability: str, use: _Use) -> int:
    """How much a flow needs a capability of this side (design.md: source lists and reads, target creates and updates)."""
    if capability in ("list", "paging"):
        return NEEDED
    if capability in ("create", "update"):
        return NEEDED if use.target else NOT_NEEDED
    if capability == "delete":
        return NEEDED if use.target and use.deletes == "delete" else NOT_NEEDED
    if capability in ("external-id", "idempotent", "batch", "lock"):
        return HELPFUL if use.target else NOT_NEEDED
    if not use.source:
        return HELPFUL if capability in ("read", "filter") else NOT_NEEDED
    return _need_of_source(capability, use)


def _need_of_source(capability: str, use: _Use) -> int:
    fresh = use.flow.freshness_minutes
    often = "polling" in use.modes or (fresh is not None and fresh < MINUTES_A_DAY)
    needs = {
        "read": NEEDED,
        "filter": HELPFUL,
        "sort": HELPFUL,
        "updated-since": NEEDED if often else HELPFUL,
        "timestamps": NEEDED if often else HELPFUL,
        "time-zone": HELPFUL,
        "webhooks": NEEDED if "webhooks" in use.modes else HELPFUL,
        "deletes-visible": NEEDED if use.deletes in ("delete", "deactivate") else HELPFUL,
    }
    return needs.get(capability, NOT_NEEDED)


def _need_mark(book: Book, need: int) -> Mark:
    state, key = {
        NEEDED: ("needed", "matrix.needed.yes"),
        HELPFUL: ("wanted", "matrix.needed.wanted"),
        NOT_NEEDED: ("none", "matrix.needed.no"),
    }[need]
    return Mark(state, book.words(key))
