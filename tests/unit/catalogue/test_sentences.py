"""A finding as a reader meets it: one sentence in their language."""

from __future__ import annotations

import pytest

from checker.catalogue import explain_problem, finding, finding_text, sentence
from checker.catalogue.words import localised, reasons
from checker.errors import Problem
from checker.model.audit import FindingText
from checker.model.checklist import Text
from checker.model.finding import Answer, Grade
from checker.model.text import fill, safe


def told(template: str, values: dict[str, object], language: str = "en", answer: Answer = Answer.YES) -> str:
    """The sentence of a claim that says `template` whatever the answer."""
    text = Text(template, template)
    return sentence(FindingText(question=text, yes=text, no=text, unknown=text, remedy=text), answer, values, language)


@pytest.mark.parametrize(
    ("language", "expected"),
    [("en", "Records: 1,234,567, share: 0.5, pages: 12."), ("de", "Records: 1.234.567, share: 0,5, pages: 12.")],
)
def test_numbers_are_written_as_the_reader_writes_them(language: str, expected: str) -> None:
    """A German reader gets a decimal comma and dots between thousands."""
    values = {"n": 1234567, "s": 0.5, "p": 12}
    assert told("Records: {n}, share: {s}, pages: {p}.", values, language) == expected


def test_a_port_is_a_name_and_not_an_amount() -> None:
    """Port 8055 is never shown as 8,055."""
    assert told("{port}", {"port": 8055}) == "8055"
    assert told("{port}", {"port": 8055}, "de") == "8055"


def test_a_day_is_written_as_the_reader_writes_it() -> None:
    """A certificate's end is a date of the reader's country; a text that is no date is shown as it is."""
    assert told("{expires}", {"expires": "2027-02-01"}, "de") == "01.02.2027"
    assert told("{expires}", {"expires": "2027-02-01"}, "en") == "1 Feb 2027"
    assert told("{expires}", {"expires": "never"}, "de") == "never"


def test_an_instant_that_was_sent_stays_as_it_was_sent() -> None:
    """Whoever repeats a query needs the very text of its point in time."""
    assert told("{since}", {"since": "2026-11-24T02:00:00+00:00"}, "de") == "2026-11-24T02:00:00+00:00"


@pytest.mark.parametrize("missing", [{}, {"x": None}, {"x": ""}, {"x": []}, {"x": ()}, {"x": {}}])
def test_a_missing_value_is_a_dash(missing: dict[str, object]) -> None:
    """A value that nobody gave leaves a dash, not a hole and not a placeholder."""
    assert told("Found: {x}.", missing) == "Found: –."


@pytest.mark.parametrize(("value", "expected"), [(0, "0"), (False, "nein"), (True, "ja")])
def test_nothing_and_no_are_values(value: object, expected: str) -> None:
    """Zero and false are answers and shown as such."""
    assert told("{x}", {"x": value}, "de") == expected


def test_lists_and_tables_are_told_with_commas() -> None:
    """Several values stand side by side, those with names after their names."""
    assert told("{x}", {"x": ["a", "b"]}) == "a, b"
    assert told("{x}", {"x": {"field": "deleted", "equals": True}}, "de") == "field: deleted, equals: ja"


@pytest.mark.parametrize(
    "hostile", ["\x1b[31mred", "\u202egnp.exe", "a\u0000b", "two\nlines", "zero\u200bwidth", "\ud800"]
)
def test_control_characters_of_others_become_visible(hostile: str) -> None:
    """What a foreign system put into a value can't recolour, reorder or break the sentence."""
    shown = told("The answer said: {x}.", {"x": hostile})
    assert "\\u{" in shown
    assert shown.isprintable()
    assert told("{x}", {"x": [hostile]}) == told("{x}", {"x": hostile})
    assert told("{x}", {"x": {hostile: 1}}).isprintable()


def test_a_value_can_not_bring_in_a_placeholder() -> None:
    """A value that looks like a placeholder is shown, not filled."""
    assert told("{x} {y}", {"x": "{y}", "y": "Z"}) == "{y} Z"
    assert told("{reason}", {"reason": "{y}", "y": "Z"}) == "{y}"


def test_a_long_value_is_cut() -> None:
    """A whole page inside a value doesn't become a whole page of report."""
    assert len(told("{x}", {"x": "a" * 10_000})) < 400


def test_a_long_list_is_cut_and_counted() -> None:
    """Two hundred unmapped fields are not all named in one sentence, and none is passed over in silence."""
    assert told("{x}", {"x": ["a"] * 200}).endswith("a, a … (+175)")
    assert "…" not in told("{x}", {"x": ["a"] * 25})


@pytest.mark.parametrize("language", ["en", "de"])
def test_a_reason_is_told_in_the_readers_language(language: str) -> None:
    """The code of a reason is replaced by its words."""
    expected = {"en": "Not settled: no credentials are on file.", "de": "Offen: keine Zugangsdaten hinterlegt."}[
        language
    ]
    said = sentence(finding_text("list.readable"), Answer.UNKNOWN, {"reason": "no-credentials"}, language)
    assert said.endswith(expected)


def test_what_is_open_stands_by_itself() -> None:
    """An open finding says what it asks, what would settle it, and why that hasn't happened."""
    said = sentence(finding_text("list.readable"), Answer.UNKNOWN, {"reason": "offline"}, "en")
    assert said == (
        "Can the list be read? A read request for the list shows it. Not settled: the system was not contacted in this run."
    )


def test_a_reason_that_is_no_code_is_shown_as_it_is() -> None:
    """A system's own words are passed on, made safe."""
    assert told("{reason}", {"reason": "Name or service\x07 not known"}, "de") == "Name or service\\u{7} not known"


def test_a_dependency_names_the_question_that_comes_first() -> None:
    """What waits for another finding says which question that is."""
    said = told("{reason}", {"reason": "depends", "claim": "credentials.accepted"}, "de")
    assert said == "zuerst ist eine andere Frage zu klären: „Nimmt das System die Zugangsdaten an?“"
    assert "“Does the system accept the credentials?”" in told(
        "{reason}", {"reason": "depends", "claim": "credentials.accepted"}
    )
    assert told("{claim}", {"claim": "no.such"}) == "no.such"


@pytest.mark.parametrize("code", sorted(reasons()))
def test_every_reason_is_told_whole(code: str) -> None:
    """No reason leaves a placeholder open when its values are there."""
    for language in ("en", "de"):
        said = told("{reason}", {"reason": code, "claim": "list.readable"}, language)
        assert "–" not in said
        assert said != code


def test_codes_are_told_as_words() -> None:
    """Policies, page styles and sign-in methods stand in the reader's words."""
    assert localised({"policy": "ask"}, "de") == {"policy": "eine Person fragen"}
    assert localised({"style": "cursor"}, "en") == {"style": "by cursor"}
    assert localised({"kinds": ["basic", "bearer"]}, "de") == {
        "kinds": "Benutzername und Kennwort (Basic), Zugriffstoken (Bearer)"
    }
    lacking = {"missing": ["special-letters", "long-names"]}
    assert localised(lacking, "de") == {"missing": "Namen mit Umlauten oder Akzenten, lange Namen"}
    assert localised({"missing": ["crm: update"]}, "de") == {"missing": "crm: ändern"}
    assert localised({"how": "walk"}, "de") == {"how": "seitenweise ausgezählt"}
    assert localised({"how": "header ETag"}, "de") == {"how": "Kopfzeile ETag"}
    assert localised({"how": "header:X-Total-Count"}, "de") == {"how": "Kopfzeile X-Total-Count"}


def test_a_policy_by_direction_is_told_whole() -> None:
    """Where each direction has its own rule, both are told."""
    value = {"policy": "left-to-right: create, right-to-left: ignore"}
    assert localised(value, "de") == {"policy": "von links nach rechts: anlegen, von rechts nach links: auslassen"}


@pytest.mark.parametrize(
    "values",
    [
        {"missing": ["read", "iban"]},
        {"missing": "${env:CRM_TOKEN}"},
        {"kind": "HTML page"},
        {"how": "nightly export"},
        {"how": "meta.total"},
        {"how": "field.count"},
        {"how": {"field": "deleted"}},
        {"field": "create"},
        {"style": None},
        {"reason": None},
    ],
)
def test_names_of_the_customers_own_are_not_translated(values: dict[str, object]) -> None:
    """A field that is called like a code among others that are not keeps its name."""
    assert localised(values, "de") == values


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (Answer.NOT_APPLICABLE, "Lässt sich die Liste lesen? – entfällt hier"),
        (Answer.NOT_PERMITTED, "Lässt sich die Liste lesen? – nicht prüfbar: Berechtigung fehlt"),
        (
            Answer.ERROR,
            "Lässt sich die Liste lesen? – Prüfung misslungen (Fehler der Prüfung, nicht Ihres Systems): boom",
        ),
    ],
)
def test_other_answers_stand_behind_the_question(answer: Answer, expected: str) -> None:
    """Where the answer is none of yes, no, unknown, the question says what it was about."""
    assert sentence(finding_text("list.readable"), answer, {"error": "boom"}, "de") == expected


def test_a_finding_says_its_english_sentence() -> None:
    """The JSON carries the sentence of the answer given, with the values filled and kept as they were."""
    values = {"pages": 3, "records": 1200, "reason": "loop"}
    one = finding("pagination.ends", "crm/contacts", Answer.NO, Grade.PROBED, values)
    assert one.says == (
        "Paging through the list came to no end; pages: 3, records: 1,200, broken off: the next page led back to one already read."
    )
    assert one.values == values


def test_an_unknown_claim_is_a_mistake_of_ours() -> None:
    """A probe that misspells its claim is noticed at once."""
    with pytest.raises(KeyError):
        finding("pagination.end", "crm/contacts", Answer.YES, Grade.PROBED)


def test_a_problem_is_explained_in_the_readers_language() -> None:
    """An error's message and hint come from the catalogue, filled."""
    message, hint = explain_problem(Problem("internal", {"what": "x\x1b", "file": "bug.txt"}), "de")
    assert message == "ein Fehler in diesem Programm: x\\u{1b}"
    assert hint is not None
    assert "bug.txt" in hint


def test_filling_leaves_other_braces_alone() -> None:
    """`${env:NAME}` and JSON in a text are no placeholders."""
    assert fill('${env:NAME} {"a": 1} {x}', {"x": 1}) == '${env:NAME} {"a": 1} 1'


def test_safe_text_is_stable() -> None:
    """Making safe text safe again changes nothing, so that a value may pass several hands."""
    once = safe("a\x1bb")
    assert safe(once) == once == "a\\u{1b}b"


def test_a_part_without_its_value_is_left_out() -> None:
    """No dash in the middle of a sentence: what there is nothing to say about isn't said."""
    assert told("Relations are resolved[[: {names}]].", {"names": []}) == "Relations are resolved."
    assert told("Relations are resolved[[: {names}]].", {"names": ["a"]}) == "Relations are resolved: a."
    assert told("{x}", {"x": "[[{y}]]"}) == "[[{y}]]"
