"""The first page: verdict, gates, what blocks, who does what, the sync, the status, what was not tested. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from checker.model.audit import Result
from checker.model.instants import working_day
from checker.reports.blockers import SHOWN, Blocker, GateRow, blockers, gate_rows
from checker.reports.book import OPEN, Book, shorten
from checker.reports.status import Status, status
from checker.reports.sync import SyncView, sync_view
from checker.reports.tasks import TaskList, task_list
from checker.reports.words import Mark, day

LONGEST_WAY = 150


@dataclass(frozen=True, slots=True)
class Front:
    """Everything the first page says."""

    title: str
    project: str
    meta: tuple[str, ...]
    verdict: Mark
    sentences: tuple[str, ...]
    gates: tuple[GateRow, ...]
    blockers: tuple[Blocker, ...]
    more_blockers: str
    known_blockers: bool
    tasks: TaskList
    sync: SyncView
    status: Status
    not_tested: tuple[str, ...]
    phases: str


def front(book: Book) -> Front:
    """The first page of an audit."""
    audit, words = book.audit, book.words
    causes = blockers(book)
    known = sum(cause.known for cause in causes)
    return Front(
        title=book.names.pair(),
        project=audit.project,
        meta=(
            words("as-of", at=words.instant(audit.finished)),
            words("go-live", date=words.date(audit.go_live)) if audit.go_live else words("go-live-open"),
        ),
        verdict=_verdict(book),
        sentences=_sentences(book, causes),
        gates=gate_rows(book, causes),
        blockers=causes[:SHOWN],
        more_blockers=_more(book, known, len(causes) - known),
        known_blockers=known > 0,
        tasks=task_list(book),
        sync=sync_view(book),
        status=status(book, causes),
        not_tested=_not_tested(book),
        phases=", ".join(words.known(f"phase.{phase}", phase) for phase in audit.phases) or "–",
    )


def _more(book: Book, known: int, undecided: int) -> str:
    """How many causes the page leaves out; the open ones are counted only where all known ones are listed."""
    if known > SHOWN:
        return book.words.count("blocks.more", known - SHOWN)
    rest = known + undecided - SHOWN
    return book.words.count("blocks.more-open", rest) if rest > 0 else ""


def _verdict(book: Book) -> Mark:
    verdict = book.audit.verdict
    state = verdict.gates.get(verdict.gate, "unknown")
    if verdict.ready and state != "conditional":
        state = "ready"
    elif state in OPEN or state not in ("not-ready", "conditional"):
        state = "unknown"
    return Mark(state, book.words(f"verdict.{state}.{verdict.gate}"))


def _sentences(book: Book, causes: tuple[Blocker, ...]) -> tuple[str, ...]:
    words = book.words
    known = sum(cause.known for cause in causes)
    said = []
    if known:
        said.append(words.count("verdict.blocks", known))
    elif causes:
        undecided = {one.item for cause in causes for one in cause.results}
        said += [words("verdict.nothing-blocks"), words.count("verdict.undecided", len(undecided))]
    stopped = book.audit.stopped
    ended = (words("stopped", reason=words.known(f"stopped.{stopped}", stopped)),) if stopped else ()
    return (*said, *_longest(book, causes), *ended)


def _longest(book: Book, causes: tuple[Blocker, ...]) -> tuple[str, ...]:
    """What takes longest of all that counts, and by when it has to be there; nothing where nothing takes a day."""
    waiting = [(one.lead_time_days, cause, one) for cause in causes for one in cause.results if _own(cause, one)]
    days, cause, last = max(waiting, key=lambda found: found[0], default=(0, None, None))
    if cause is None or last is None or not days:
        return ()
    words = book.words
    took = words.count("days", days)
    if cause.number <= SHOWN:
        return (words("longest", number=cause.number, days=took), *_held(book, days))
    said = words("longest-other", what=shorten(cause.title, LONGEST_WAY).rstrip("."), days=took)
    return (said, *_held(book, days))


def _own(cause: Blocker, result: Result) -> bool:
    """Whether a result takes its own time, rather than waiting for the cause."""
    return str(result.state) == "not-ready" if cause.known else result.item == cause.item


def _held(book: Book, days: int) -> tuple[str, ...]:
    """By when the longest way has to begin so that the planned go-live holds, or that it is too late for that."""
    words = book.words
    go_live, today = day(book.audit.go_live), day(book.audit.finished)
    if go_live is None or today is None:
        return ()
    begin = working_day(go_live - timedelta(days=days))
    if begin < today:
        end = today + timedelta(days=days)
        return (words("longest-late", end=words.date(end.isoformat()), go_live=words.date(go_live.isoformat())),)
    return (words("longest-due", due=words.date(begin.isoformat()), go_live=words.date(go_live.isoformat())),)


def _not_tested(book: Book) -> tuple[str, ...]:
    words = book.words
    said = tuple(
        words(f"not-tested.{one.code}", **one.values) if words.has(f"not-tested.{one.code}") else shorten(one.says, 200)
        for one in book.audit.coverage.not_tested
    )
    return said or (words("not-tested.none"),)
