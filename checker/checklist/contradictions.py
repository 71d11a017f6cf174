"""Contradictions: a weaker finding that says the opposite of the one that decides. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from checker.catalogue import Claim, sentence
from checker.catalogue.steps import GRADES
from checker.model.audit import FindingText
from checker.model.checklist import Text
from checker.model.finding import Answer, Finding
from checker.model.text import fill

PREFIX = "contradiction."
TOLD = Text(
    en="{stronger_en} ({stronger_grade_en}) – although: {weaker_en} ({weaker_grade_en})",
    de="{stronger_de} ({stronger_grade_de}) – obwohl: {weaker_de} ({weaker_grade_de})",
)
OPPOSITE = {Answer.YES: Answer.NO, Answer.NO: Answer.YES}


def contradictions(findings: Iterable[Finding], claims: Mapping[str, Claim]) -> tuple[Finding, ...]:
    """One finding `contradiction.ID` for each claim and subject about which two grades say the opposite, in the order of ids and subjects.

    Raises KeyError for a claim that isn't in `claims`.
    """
    groups: dict[tuple[str, str], list[Finding]] = {}
    for one in findings:
        if one.answer in OPPOSITE:
            groups.setdefault((one.id, one.subject), []).append(one)
    found = []
    for (claim, _), same in sorted(groups.items()):
        same.sort(key=lambda one: -one.grade.rank)
        weaker = next((one for one in same if one.answer is OPPOSITE[same[0].answer]), None)
        if weaker is not None:
            found.append(_contradiction(same[0], weaker, contradiction_texts(claims[claim]), claims[claim]))
    return tuple(found)


def contradiction_texts(claim: Claim) -> FindingText:
    """The texts of `contradiction.ID`, as a saved audit carries them."""
    return FindingText(question=claim.question, yes=TOLD, no=TOLD, unknown=TOLD, remedy=claim.remedy)


def _contradiction(stronger: Finding, weaker: Finding, texts: FindingText, claim: Claim) -> Finding:
    own = FindingText(question=claim.question, yes=claim.yes, no=claim.no, unknown=claim.unknown, remedy=claim.remedy)
    values: dict[str, str] = {}
    for name, one in (("stronger", stronger), ("weaker", weaker)):
        for language in ("en", "de"):
            values[f"{name}_{language}"] = sentence(own, one.answer, one.values, language).rstrip(".")
            values[f"{name}_grade_{language}"] = GRADES[one.grade].of(language)
    return Finding(
        id=PREFIX + stronger.id,
        subject=stronger.subject,
        answer=Answer.NO,
        grade=stronger.grade,
        says=fill(texts.no.en, values, "en"),
        values=dict(values),
        evidence=(*stronger.evidence, *weaker.evidence),
    )
