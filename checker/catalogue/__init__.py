"""Catalogue: every claim and every error by id, with its texts in English and German.

`findings/*.yaml` hold the claims, one file a topic; `errors/*.yaml` the errors; `reasons.yaml` and `words.yaml` the meaning of codes
that findings carry as values. A claim's entry:

    pagination.ends:
      stage: probe            # who answers it, see `Stage`
      scope: resource         # pair, system, resource, flow, direction
      question: {en: …, de: …}
      yes: {en: …, de: …}     # what was found, with {placeholders} for the finding's values
      no: {en: …, de: …}
      unknown: {en: …, de: …} # what would settle it, and the reason why it isn't; shown after the question
      remedy: {en: …, de: …}  # what to do about a no

An error's entry: `message`, `hint` (what to do next) and `more` (at length), each {en, de}, with {placeholders}.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any, Literal

import msgspec
import yaml
from msgspec import Struct

from checker.catalogue.words import localised
from checker.errors import Problem
from checker.model.audit import FindingText
from checker.model.checklist import Text
from checker.model.finding import Answer, Finding, Grade
from checker.model.text import fill

# document: read off the API documents; project: off readiness.yaml; probe: asked live, reading; computed: from other findings and volumes;
# the rest come with later stages of the audit
Stage = Literal["document", "project", "probe", "computed", "data", "write", "webhook", "rehearsal"]


class Claim(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One claim of the catalogue."""

    stage: Stage
    scope: Literal["pair", "system", "resource", "flow", "direction"]
    question: Text
    yes: Text
    no: Text
    unknown: Text
    remedy: Text


class ErrorText(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The sentences of one error: what is wrong, what to do next, and more at length."""

    message: Text
    hint: Text | None = None
    more: Text | None = None


def _read(folder: str, kind: type[Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for file in sorted(files("checker.catalogue").joinpath(folder).iterdir(), key=lambda one: one.name):
        if file.name.endswith(".yaml"):
            # all scalars as text, for YAML 1.1 takes the key `yes` for a truth value
            loaded = yaml.load(file.read_text("utf-8"), yaml.CBaseLoader)  # noqa: S506 - it makes text only
            for key, entry in (loaded or {}).items():
                if key in found:
                    message = f"{key} stands twice in the catalogue, again in {folder}/{file.name}"
                    raise ValueError(message)
                found[key] = msgspec.convert(entry, kind)
    return found


@cache
def claims() -> Mapping[str, Claim]:
    """All claims, by id."""
    return _read("findings", Claim)


@cache
def errors() -> Mapping[str, ErrorText]:
    """All errors, by code."""
    return _read("errors", ErrorText)


def finding_text(claim_id: str) -> FindingText:
    """The texts of a claim, as a saved audit carries them. Raises KeyError for an id that isn't in the catalogue."""
    claim = claims()[claim_id]
    return FindingText(question=claim.question, yes=claim.yes, no=claim.no, unknown=claim.unknown, remedy=claim.remedy)


# What is said where the answer is none of yes, no, unknown; the claim's question stands before it.
OTHERWISE = {
    Answer.NOT_APPLICABLE: Text(en="does not apply here", de="entfällt hier"),
    Answer.NOT_PERMITTED: Text(en="could not be looked at: permission missing", de="nicht prüfbar: Berechtigung fehlt"),
    Answer.ERROR: Text(
        en="the check failed (ours, not yours): {error}",
        de="Prüfung misslungen (Fehler der Prüfung, nicht Ihres Systems): {error}",
    ),
}


def _told(values: Mapping[str, Any], language: str) -> dict[str, Any]:
    """The values in a reader's words; a `problem` (an error's code, with its own values in `details`) is told as the reason."""
    words = localised(values, language)
    text = errors().get(str(values.get("problem")))
    return (
        words
        if text is None
        else {**words, "reason": fill(text.message.of(language), values.get("details") or {}, language)}
    )


def sentence(texts: FindingText, answer: Answer, values: Mapping[str, Any], language: str) -> str:
    """A finding as a sentence in `language` (en, de); codes among the values are told in its words.

    What is open begins with the claim's question, so that the sentence stands by itself.
    """
    values = _told(_with_question(values, language), language)
    told = {Answer.YES: texts.yes, Answer.NO: texts.no}.get(answer)
    if told is not None:
        return fill(told.of(language), values, language)
    question = texts.question.of(language)
    if answer is Answer.UNKNOWN:
        return f"{question} {fill(texts.unknown.of(language), values, language)}"
    return f"{question} – {fill(OTHERWISE[answer].of(language), values, language)}"


def _with_question(values: Mapping[str, Any], language: str) -> Mapping[str, Any]:
    """A claim among the values (the one that has to be settled first) as the question that it asks."""
    claim = claims().get(str(values["claim"])) if "claim" in values else None
    if claim is None:
        return values
    return {**values, "claim": {"de": "„{}“"}.get(language, "“{}”").format(claim.question.of(language))}


def finding(
    claim_id: str,
    subject: object,
    answer: Answer,
    grade: Grade,
    values: Mapping[str, Any] | None = None,
    evidence: Sequence[str] = (),
) -> Finding:
    """Make a finding, its English sentence taken from the catalogue. Raises KeyError for an id that isn't there."""
    values = dict(values or {})
    says = sentence(finding_text(claim_id), answer, values, "en")
    return Finding(
        id=claim_id,
        subject=str(subject),
        answer=answer,
        grade=grade,
        says=says,
        values=values,
        evidence=tuple(evidence),
    )


SUGGESTION = Text(en="did you mean {suggestion}?", de="meinten Sie {suggestion}?")


def explain_problem(problem: Problem, language: str = "en") -> tuple[str, str | None]:
    """A problem's message and what to do next, in `language`, placeholders filled."""
    text = errors()[problem.code]
    hints = [SUGGESTION if problem.values.get("suggestion") else None, text.hint]
    told = [fill(one.of(language), problem.values, language) for one in hints if one is not None]
    return fill(text.message.of(language), problem.values, language), "; ".join(told) or None
