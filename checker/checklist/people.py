"""What people say about an item: their answers, waivers and assignments, each for the subjects that it covers. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol, TypeVar

from checker.catalogue.steps import told
from checker.model.audit import State
from checker.model.checklist import Answers, Assignment, Choice, GivenAnswer, Item, Text, Waiver
from checker.model.finding import PersonEvidence, Subject

NOT_APPLICABLE = "not-applicable"  # "doesn't concern us", with a reason in the note (report-and-words.md, section 2)
DOES_NOT_CONCERN = {"en": "does not concern us", "de": "betrifft uns nicht"}
JUDGED_KINDS = ("choice", "number")  # different free texts may say the same; different choices don't


class _Covering(Protocol):
    @property
    def subject(self) -> str | None: ...


T = TypeVar("T", bound=_Covering)


@dataclass(frozen=True, slots=True)
class Said:
    """What people make of an item.

    `state` is None where nobody has answered yet; `assignee` takes the measure, where that is not the item's own. `step` names the next step (catalogue/steps.yaml) that an open answer calls for, with its values.
    """

    state: State | None = None
    who: str | None = None
    answer: str = ""
    note: str | None = None
    measure: Text | None = None
    assignee: str | None = None
    step: str | None = None
    values: dict[str, Any] | None = None
    due: str | None = None

    @property
    def disagreed(self) -> bool:
        """Whether two people answered differently."""
        return self.step == "resolve-disagreement"


def covers(general: str | None, subject: str) -> bool:
    """Whether what is said of `general` holds for `subject`: everything (None, pair), a system's resources, a flow's directions, or itself."""
    if general is None or general in (subject, "pair"):
        return True
    wide, narrow = Subject.parse(general), Subject.parse(subject)
    if wide.scope == "system":
        return narrow.system == wide.system
    return wide.scope == "flow" and narrow.flow == wide.flow


def _width(one: _Covering) -> int:
    """How special an entry is: 0 for everything, 3 for a resource or a direction."""
    if one.subject is None:
        return 0
    return {"pair": 1, "system": 2, "flow": 2}.get(Subject.parse(one.subject).scope, 3)


def for_subject(entries: Iterable[T], subject: str) -> tuple[T, ...]:
    """The entries that cover the subject, only the most special ones, in their order."""
    fitting = [one for one in entries if covers(one.subject, subject)]
    special = max(map(_width, fitting), default=0)
    return tuple(one for one in fitting if _width(one) == special)


def said(item: Item, given: Iterable[GivenAnswer], subject: str) -> Said:
    """What people say about the item at the subject.

    Somebody's later answer replaces their earlier one. Two people who chose differently leave it open, with both names; "ask …" and
    "later" keep it open unless somebody else has answered.
    """
    latest: dict[str | None, GivenAnswer] = {}
    for one in sorted(for_subject(given, subject), key=lambda one: one.when or ""):
        latest.pop(one.who, None)
        latest[one.who] = one
    answers = [one for one in latest.values() if one.answer not in (None, "", [], {})]
    if not answers:
        return _put_off(list(latest.values()))
    if item.ask.answer in JUDGED_KINDS and len({_chosen(one) for one in answers}) > 1:
        people = ", ".join(f"{one.who or '–'} ({_chosen(one)})" for one in answers)
        return Said(State.UNKNOWN, step="resolve-disagreement", values={"people": people})
    return _one(item, answers[-1])


def statements(items: Iterable[Item], answers: Answers) -> Iterator[PersonEvidence]:
    """What people said, item by item, as evidence: an answer in the checklist's words, or who is to be asked and until when."""
    for item in items:
        for given in answers.answers.get(item.id, ()):
            answer = "" if given.answer is None else _chosen(given)
            choice = next((one for one in item.ask.choices if one.id == answer), None)
            put_off = _put_off([given]) if answer in ("", "a table of 0") else Said()
            yield PersonEvidence(
                item=item.id,
                answer=answer,
                who=given.who,
                when=given.when,
                note=given.note,
                subject=given.subject,
                says=_worded(choice, put_off, answer),
            )


def _worded(choice: Choice | None, put_off: Said, answer: str) -> dict[str, str]:
    if choice is not None:
        return {"en": choice.en, "de": choice.de}
    if put_off.step is not None:
        return {language: told(put_off.step, put_off.values or {}, language) for language in ("en", "de")}
    return dict(DOES_NOT_CONCERN) if answer == NOT_APPLICABLE else {}


def _chosen(given: GivenAnswer) -> str:
    # YAML reads an unquoted yes or no as a truth value
    if isinstance(given.answer, bool):
        return "yes" if given.answer else "no"
    return f"a table of {len(given.answer)}" if isinstance(given.answer, list | dict) else str(given.answer)


def _put_off(open_answers: Sequence[GivenAnswer]) -> Said:
    later = next((one for one in reversed(open_answers) if one.later), None)
    other = next((one for one in reversed(open_answers) if one.ask), None)
    if other is not None:
        values = {"other": other.ask, "who": other.who or "–"}
        return Said(State.UNKNOWN, other.who, step="ask-other", values=values, due=other.later)
    if later is not None:
        return Said(State.UNKNOWN, later.who, step="await-answer", values={"date": later.later}, due=later.later)
    return Said()


def _one(item: Item, given: GivenAnswer) -> Said:
    """What one answer gives."""
    chosen = _chosen(given)
    choice: Choice | None = next((one for one in item.ask.choices if one.id == chosen), None)
    if choice is not None:
        return Said(State(choice.gives), given.who, choice.en, given.note, choice.measure, choice.assignee)
    if chosen == NOT_APPLICABLE:
        if given.note:
            return Said(State.NOT_APPLICABLE, given.who, DOES_NOT_CONCERN["en"], given.note)
        return Said(State.UNKNOWN, given.who, chosen, step="give-reason")
    if item.ask.answer == "choice" and item.ask.choices:
        choices = item.ask.choices
        values = {
            "answer": chosen,
            "choices_en": "; ".join(one.en for one in choices),
            "choices_de": "; ".join(one.de for one in choices),
        }
        return Said(State.UNKNOWN, given.who, chosen, given.note, step="choose-answer", values=values)
    return Said(State.READY, given.who, chosen, given.note)


def waiver(waivers: Iterable[Waiver], subject: str, today: date) -> tuple[Waiver | None, Waiver | None]:
    """The waiver that holds for the subject (the one that lasts longest), and, where none holds, the last one that has ended.

    A waiver holds through its last day; one without a proper date (ISO 8601) doesn't hold.
    """
    fitting = sorted((one for one in waivers if covers(one.subject, subject)), key=lambda one: (one.until, one.who))
    holding = [one for one in fitting if _day(one.until) is not None and (_day(one.until) or today) >= today]
    if holding:
        return holding[-1], None
    return None, next(reversed(fitting), None)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def assignment(assignments: Iterable[Assignment], subject: str) -> Assignment:
    """Who does it, until when, and whether it is done; the most special entry, the last one where there are several."""
    fitting = for_subject(assignments, subject)
    return fitting[-1] if fitting else Assignment()
