"""Who does what by when: the next steps, grouped by the function that has to take them. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from checker.model.audit import Result
from checker.reports.book import GATES, OPEN, SEVERITIES, Book, is_item, rank, shorten

MINUTES_A_QUESTION = 3  # report-and-words.md: 14 questions, about 40 minutes
SHOWN_GROUPS = 8
ROOM = 10  # steps on the first page: one of each function, then second ones as far as there is room
COUNTING = ("blocker", "major")  # what lesser items need stands with them, not on the first page
LONGEST_STEP = 190  # with the subject before it; nearly all of the catalogue's
NEVER = "9999"  # sorts after every ISO 8601 date


@dataclass(frozen=True, slots=True)
class Task:
    """One step: what, until when (empty where no date is known), and the item it belongs to."""

    what: str
    due: str
    item: str


@dataclass(frozen=True, slots=True)
class TaskGroup:
    """A function's steps, most urgent first; `more` says how many the page leaves out."""

    who: str
    tasks: tuple[Task, ...]
    more: str

    @property
    def rows(self) -> int:
        """How many steps are shown."""
        return len(self.tasks)


@dataclass(frozen=True, slots=True)
class TaskList:
    """The functions that have something to do; `more` says how many of them the page leaves out."""

    groups: tuple[TaskGroup, ...]
    more: str

    @property
    def dates(self) -> bool:
        """Whether any step has a date."""
        return any(task.due for group in self.groups for task in group.tasks)


@dataclass(slots=True)
class _Step:
    """A step while it is gathered: the same text for several subjects is one step."""

    weight: tuple[int, int, str]
    text: str
    item: str
    subjects: dict[str, None]
    due: str | None


def task_list(book: Book) -> TaskList:
    """Who has something to do, the most urgent first; we ourselves come last. Minor steps only where there are no others."""
    counting = [one for one in book.audit.results if one.severity in COUNTING]
    gathered = _gathered(book, counting) or _gathered(book, list(book.audit.results))
    us = book.names.who("us")
    ordered = sorted(gathered.items(), key=lambda pair: (pair[0] == us, min(step.weight for step in pair[1])))
    rest = len(ordered) - SHOWN_GROUPS
    kept = ordered if rest <= 0 else [*ordered[: SHOWN_GROUPS - 1], ordered[-1]]
    seconds = ROOM - len(kept)
    groups = []
    for who, steps in kept:
        second = seconds > 0 and len(steps) > 1
        seconds -= second
        groups.append(_group(book, who, steps, 1 + second))
    return TaskList(tuple(groups), book.words.count("tasks.more-groups", rest) if rest > 0 else "")


def _gathered(book: Book, results: list[Result]) -> dict[str, list[_Step]]:
    gathered: dict[str, list[_Step]] = {}
    for (who, _), step in _steps(book, results).items():
        gathered.setdefault(who, []).append(step)
    for who, steps in _rolled_up(book, results).items():
        gathered.setdefault(who, []).extend(steps)
    return gathered


def _steps(book: Book, results: list[Result]) -> dict[tuple[str, str], _Step]:
    """Steps of results that are not met, conditional, or open for a reason of their own."""
    found: dict[tuple[str, str], _Step] = {}
    for result in results:
        state = str(result.state)
        if result.measure_done:
            continue
        if state not in ("not-ready", "conditional") and not (state in OPEN and result.waits_on is None):
            continue
        text = book.step(result)
        if not text:
            continue
        key = (book.names.acts(result.assignee, result.subject), text)
        step = found.setdefault(key, _Step(_weight(result), text, result.item, {}, result.due))
        step.subjects[book.names.subject(result.subject)] = None
        step.weight = min(step.weight, _weight(result))
        step.due = min(filter(None, (step.due, result.due)), default=None)
    return found


def _weight(result: Result) -> tuple[int, int, str]:
    """What is not met before conditions before what is open; blockers first; then the earlier gate and date."""
    state = rank(("not-ready", "unknown", "conditional"), str(result.state))
    severity = rank(SEVERITIES, result.severity)
    return (severity * 3 + state, rank(GATES, result.gate), result.due or NEVER)


def _rolled_up(book: Book, results: list[Result]) -> dict[str, list[_Step]]:
    """One step for all open questions of a recipient, and one for what is left to us."""
    waiting: dict[tuple[str, str], list[Result]] = {}
    for result in results:
        cause = result.waits_on
        if str(result.state) in OPEN and cause and not is_item(cause):
            who = book.names.acts(result.assignee, result.subject, cause)
            waiting.setdefault((cause, who), []).append(result)
    found: dict[str, list[_Step]] = {}
    for (cause, who), same in waiting.items():
        kind = "ask-vendor" if cause == "answers:vendor" else book.waits(cause)[0]
        found.setdefault(who, []).append(_rolled(book, kind, same))
    return found


def _rolled(book: Book, kind: str, same: list[Result]) -> _Step:
    n = len({one.item for one in same})
    text = book.words.count(f"tasks.{kind}", n)
    if kind == "answers":
        text = book.words("tasks.answer.how", what=text, minutes=max(5, round(n * MINUTES_A_QUESTION / 5) * 5))
    due = min((one.due for one in same if one.due), default=None)
    return _Step(min(_weight(one) for one in same), text, "", {}, due)


def _group(book: Book, who: str, steps: list[_Step], shown: int) -> TaskGroup:
    steps.sort(key=lambda step: step.weight)
    rest = len(steps) - shown
    return TaskGroup(
        who=who,
        tasks=tuple(_task(book, step) for step in steps[:shown]),
        more=book.words.count("tasks.more", rest) if rest > 0 else "",
    )


def _task(book: Book, step: _Step) -> Task:
    subjects = list(step.subjects)
    where = f"{', '.join(subjects[:2])}{' …' if len(subjects) > 2 else ''}: " if subjects else ""  # noqa: PLR2004 - two names fit a line
    return Task(
        what=shorten(where + step.text, LONGEST_STEP),
        due=book.words.date(step.due) if step.due else "",
        item=step.item,
    )
