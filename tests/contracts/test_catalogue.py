"""The catalogue's contract: whatever a finding or an error may say, it says it whole, in English and in German."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import get_args, get_type_hints

import pytest

from checker.catalogue import Claim, ErrorText, claims, errors
from checker.catalogue.words import reasons, words
from checker.model.checklist import Text
from checker.model.text import PLACEHOLDER

ROOT = Path(__file__).parents[2]
PARTS = ("question", "yes", "no", "unknown", "remedy")
CLAIM_ID = re.compile(r"[a-z-]+\.[a-z-]+")
ERROR_CODE = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)?")
REASON_CODE = re.compile(r"[a-z]+(-[a-z]+)*")
# report-and-words.md, section 4: what is not said to a German reader. Keys and commands stand in backticks and are exempt.
NOT_GERMAN = re.compile(
    r"\b(Sandbox(es)?|Rehearsal|Flows?|Mappings?|Polling|Push|Evidenz|Owner|Workarounds?|Gates?|Duplikate?|Picklists?|Custom Fields?"
    r"|Matching|Keys?|Limits?|Master|Waiver|Findings?|Reconciliation|Migration|Echtzeit|Audits?|Showstopper|Records?|Token-Refresh)\b"
)
CODE = re.compile(r"`[^`]*`")


def texts_of_claims() -> Iterator[tuple[str, Text]]:
    """Every text of every claim, by `id part`."""
    for claim_id, claim in claims().items():
        for part in PARTS:
            yield f"{claim_id} {part}", getattr(claim, part)


def texts_of_errors() -> Iterator[tuple[str, Text]]:
    """Every text of every error, by `code part`."""
    for code, error in errors().items():
        for part in ErrorText.__struct_fields__:
            text = getattr(error, part)
            if text is not None:
                yield f"{code} {part}", text


def texts_of_words() -> Iterator[tuple[str, Text]]:
    """Every reason and every word, by code."""
    yield from reasons().items()
    for name, known in words().items():
        for code, text in known.items():
            yield f"{name} {code}", text


ALL = [*texts_of_claims(), *texts_of_errors(), *texts_of_words()]
CLAIM_TEXTS = list(texts_of_claims())


def failing(texts: list[tuple[str, Text]], fine: object) -> list[str]:
    """The names of the texts that are not fine in one of both languages."""
    assert callable(fine)
    return [f"{name}: {one}" for name, text in texts for one in (text.en, text.de) if not fine(one)]


def test_there_is_something_to_check() -> None:
    """The tests below do not pass for want of texts."""
    assert len(claims()) > 150
    assert errors()
    assert len(reasons()) > 30


def test_every_text_says_something_in_both_languages() -> None:
    """No text is empty, and none begins or ends with blanks or breaks its line."""
    assert not failing(ALL, lambda one: one == one.strip() and one and "\n" not in one)


def test_both_languages_show_the_same_values() -> None:
    """A German reader is told the same figures as an English one."""
    apart = [name for name, text in ALL if {*PLACEHOLDER.findall(text.en)} != {*PLACEHOLDER.findall(text.de)}]
    assert not apart


def test_no_claim_was_forgotten_in_translating() -> None:
    """A claim's German text is not its English one."""
    assert not [name for name, text in CLAIM_TEXTS if text.de == text.en]


def test_no_error_was_forgotten_in_translating() -> None:
    """An error's German message is not its English one; a hint may be the same command in both."""
    assert not [name for name, text in texts_of_errors() if text.de == text.en and not name.endswith(" hint")]


def test_no_reason_was_forgotten_in_translating() -> None:
    """A reason's German text is not its English one."""
    assert not [code for code, text in reasons().items() if text.de == text.en]


def test_claim_ids_are_topic_and_claim() -> None:
    """A claim's id is `topic.claim` in small letters."""
    assert not [claim_id for claim_id in claims() if not CLAIM_ID.fullmatch(claim_id)]


def test_error_and_reason_codes_are_spelt_alike() -> None:
    """Codes are small letters, digits and hyphens; an error's may carry a topic before a dot."""
    assert not [code for code in errors() if not ERROR_CODE.fullmatch(code)]
    assert not [code for code in reasons() if not REASON_CODE.fullmatch(code)]


def test_a_reason_is_no_claim_and_no_error() -> None:
    """`readiness explain CODE` never has to choose between a claim and an error."""
    assert not claims().keys() & errors().keys()
    assert not reasons().keys() & errors().keys()


def test_a_claims_scope_and_stage_are_known_ones() -> None:
    """Every claim is about a pair, a system, a resource, a flow or a direction, and a stage answers it."""
    hints = get_type_hints(Claim)
    for claim_id, claim in claims().items():
        assert claim.scope in get_args(hints["scope"]), claim_id
        assert claim.stage in get_args(hints["stage"]), claim_id


def test_questions_ask_and_sentences_end() -> None:
    """A question ends with a question mark, a sentence with a full stop."""
    questions = [(name, text) for name, text in CLAIM_TEXTS if name.endswith(" question")]
    others = [(name, text) for name, text in CLAIM_TEXTS if not name.endswith(" question")]
    assert not failing(questions, lambda one: one.endswith("?"))
    assert not failing(others, lambda one: one.endswith("."))


def test_what_is_said_at_length_of_an_error_ends() -> None:
    """The long text of an error consists of whole sentences."""
    assert not failing(
        [(name, text) for name, text in texts_of_errors() if name.endswith(" more")],
        lambda one: one.endswith((".", "!", "?")),
    )


def test_an_open_finding_says_why_it_is_open() -> None:
    """Every text for an unknown answer ends with the reason, after what would settle it."""
    for claim_id, claim in claims().items():
        assert claim.unknown.en.endswith(" Not settled: {reason}."), claim_id
        assert claim.unknown.de.endswith(" Offen: {reason}."), claim_id
        assert len(claim.unknown.en) > len("Not settled: {reason}.") + 20, claim_id


def test_questions_and_remedies_stand_by_themselves() -> None:
    """A question and a remedy are shown where no value is at hand."""
    named = [name for name, text in CLAIM_TEXTS if name.split()[1] in ("question", "remedy")]
    texts = dict(CLAIM_TEXTS)
    assert not [name for name in named if PLACEHOLDER.search(texts[name].en)]


def test_reasons_stand_after_a_colon() -> None:
    """A reason is a clause without capital and full stop in English, and without full stop in German."""
    for code, text in reasons().items():
        assert text.en[0].islower(), code
        assert not text.en.endswith("."), code
        assert not text.de.endswith("."), code


@pytest.mark.parametrize("mark", ['"', " - ", "...", "''"])
def test_typography_is_that_of_a_letter(mark: str) -> None:
    """Texts for a customer have typographic quotes, dashes and dots."""
    assert not failing(CLAIM_TEXTS, lambda one: mark not in CODE.sub("", one))


def test_german_is_that_of_the_glossary() -> None:
    """No German text uses a word that the glossary rules out, nor an English quotation mark."""
    for name, text in [*CLAIM_TEXTS, *texts_of_words()]:
        plain = CODE.sub("", text.de)
        assert not NOT_GERMAN.search(plain), f"{name}: {text.de}"
        assert plain.count("„") == plain.count("“"), name


def test_german_has_its_umlauts() -> None:
    """No German text is written with ae, oe, ue for want of a key."""
    asciified = re.compile(
        r"\b(fuer|ueber|koennen|muessen|pruef\w*|aender\w*|loesch\w*|waehl\w*|zulaessig)\b", re.IGNORECASE
    )
    assert not [name for name, text in ALL if asciified.search(text.de)]


def test_a_remedy_tells_what_to_do_in_few_words() -> None:
    """A remedy is one to three short sentences: it stands in a table."""
    assert not failing([(n, t) for n, t in CLAIM_TEXTS if n.endswith(" remedy")], lambda one: len(one) <= 260)


def calls_in_probes() -> Iterator[tuple[str, str, list[object]]]:
    """(module, function called, its leading literal arguments) of every call in the modules that answer claims."""
    for path in sorted((ROOT / "checker" / "probes").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                literals = [one.value if isinstance(one, ast.Constant) else None for one in node.args]
                yield path.name, node.func.id, literals


def test_probes_answer_claims_that_exist() -> None:
    """A probe names no claim that the catalogue doesn't have."""
    telling = {"yes": 1, "no": 1, "unknown": 1, "whether": 1, "probe": None}
    named = [
        (module, claim)
        for module, function, literals in calls_in_probes()
        if function in telling
        for claim in literals[: telling[function]]
        if isinstance(claim, str)
    ]
    assert named
    assert not [(module, claim) for module, claim in named if claim not in claims()]


def test_probes_give_reasons_that_exist() -> None:
    """A probe leaves nothing open for a reason that has no words."""
    given = [
        (module, literals[1])
        for module, function, literals in calls_in_probes()
        if function == "unknown" and len(literals) > 1 and isinstance(literals[1], str)
    ]
    assert given
    assert not [(module, reason) for module, reason in given if reason not in reasons()]


def strings_in_code() -> Iterator[tuple[str, re.Pattern[str]]]:
    """(name of the function called, or empty; pattern) of every text in the code: as it stands, and `.+` for what an f-string fills in."""
    for path in sorted((ROOT / "checker").rglob("*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        first = {
            id(node.args[0]): getattr(node.func, "id", getattr(node.func, "attr", ""))
            for node in ast.walk(tree)
            if isinstance(node, ast.Call) and node.args
        }
        for node in ast.walk(tree):
            parts = node.values if isinstance(node, ast.JoinedStr) else [node]
            if all(isinstance(one, ast.FormattedValue) for one in parts):
                continue
            texts = [getattr(one, "value", None) if isinstance(one, ast.Constant) else ast for one in parts]
            if all(isinstance(one, str) or one is ast for one in texts):
                whole = "".join(".+" if one is ast else re.escape(str(one)) for one in texts)
                yield first.get(id(node), ""), re.compile(whole)


def test_every_error_that_is_raised_has_its_texts() -> None:
    """A problem whose code the catalogue doesn't have would be told as a bug of ours."""
    raised = {pattern for function, pattern in strings_in_code() if function in {"Problem", "problem", "unreadable"}}
    codes = {one for one in raised if ERROR_CODE.fullmatch(one.pattern.replace("\\", "").replace(".+", "x"))}
    assert len(codes) > 60
    assert not [one.pattern for one in codes if not any(one.fullmatch(code) for code in errors())]


def test_every_error_with_texts_can_be_raised() -> None:
    """No text is kept for a code that nobody raises."""
    topics = re.compile(r"[a-z]+\\\.")
    known = {one for _, one in strings_in_code() if ".+" not in one.pattern or topics.match(one.pattern)}
    assert not [code for code in errors() if not any(one.fullmatch(code) for one in known)]


@pytest.mark.parametrize("path", sorted((ROOT / "checker" / "catalogue").rglob("*.yaml")), ids=lambda one: one.name)
def test_no_text_is_written_twice(path: Path) -> None:
    """A key that stands twice would hide the first of its texts."""
    keys = re.findall(r"^([A-Za-z][\w.-]*):", path.read_text("utf-8"), re.MULTILINE)
    assert [one for one, count in Counter(keys).items() if count > 1] == []
