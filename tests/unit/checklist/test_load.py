"""Checklist packs are read with every mistake named by file, line and column."""

from __future__ import annotations

from pathlib import Path

import pytest

from checker import catalogue
from checker.checklist import load
from checker.errors import InputError, Problem
from checker.model.audit import State
from checker.profiles.roles import NAMES

ITEM = """\
  - id: pallets
    section: house
    question: {en: "Which pallets?", de: "Welche Paletten?"}
    why: {en: "They differ.", de: "Sie unterscheiden sich."}
    remedy: {en: "Ask.", de: "Fragen Sie."}
    scope: flow
    severity: major
    assignee: department
    needs:
      - {all: [flow.leading-named]}
    ask: {of: lead, choices: [{id: yes, en: "yes", de: "ja", gives: ready}]}
"""
PACK = 'pack: house\nsections: {house: {en: "House rules", de: "Hausregeln"}}\nitems:\n' + ITEM


def write(folder: Path, text: str, name: str = "own.yaml") -> str:
    (folder / name).write_text(text, "utf-8")
    return name


def problems(folder: Path, text: str) -> tuple[Problem, ...]:
    with pytest.raises(InputError) as caught:
        load.load_packs([write(folder, text)], relative_to=folder)
    return caught.value.problems


def only(folder: Path, old: str, new: str) -> Problem:
    assert old in PACK
    (problem,) = problems(folder, PACK.replace(old, new, 1))
    return problem


def test_own_file_beside_the_project(tmp_path: Path) -> None:
    """A consultant's own file is taken by its path, relative to the project file."""
    (pack,) = load.load_packs([write(tmp_path, PACK)], relative_to=tmp_path)
    assert [item.id for item in pack.items] == ["pallets"]
    assert load.items([pack])["pallets"] == (pack.items[0], "house")
    assert load.sections([pack])["house"].de == "Hausregeln"


def test_yes_and_no_stay_text(tmp_path: Path) -> None:
    """`yes`, `no` and `on` are text, as YAML 1.2 has it."""
    text = PACK.replace("severity: major", "severity: [{if: quota.within-share, answer: no, is: blocker}, {is: major}]")
    (pack,) = load.load_packs([write(tmp_path, text)], relative_to=tmp_path)
    assert pack.items[0].ask.choices[0].id == "yes"
    assert pack.items[0].severity[0].answer == "no"  # type: ignore[index,union-attr]


def test_shipped_pack_by_name(tmp_path: Path) -> None:
    """`core` is found wherever the project lies, and an own file may use its sections and wait for its items."""
    text = PACK.replace("section: house", "section: api").replace(
        "scope: flow", "scope: flow\n    waits_on: pagination"
    )
    core, own = load.load_packs(["core", write(tmp_path, text)], relative_to=tmp_path)
    assert core.pack == "core"
    assert list(load.items([core, own]))[-1] == "pallets"
    assert "core" in load.shipped()


def test_the_same_pack_named_twice_counts_once(tmp_path: Path) -> None:
    """Naming a pack twice is no mistake."""
    name = write(tmp_path, PACK)
    assert len(load.load_packs([name, name], relative_to=tmp_path)) == 1


def test_unknown_pack_is_answered_with_the_known_ones(tmp_path: Path) -> None:
    """A misspelt name is answered with the name that was probably meant."""
    with pytest.raises(InputError) as caught:
        load.load_packs(["cor"], relative_to=tmp_path)
    (problem,) = caught.value.problems
    assert (problem.code, problem.values["suggestion"]) == ("checklist.unknown-pack", "core")


def test_missing_file_is_named(tmp_path: Path) -> None:
    """A path that leads nowhere is said to."""
    with pytest.raises(InputError) as caught:
        load.load_packs(["house/own.yaml"], relative_to=tmp_path)
    assert caught.value.problems[0].code == "file.not-found"


@pytest.mark.parametrize(
    ("old", "new", "code", "suggestion"),
    [
        ("flow.leading-named", "flow.leading-nammed", "checklist.unknown-claim", "flow.leading-named"),
        ("scope: flow", "scope: flows", "checklist.unknown-word", "flow"),
        ("severity: major", "severity: mayor", "checklist.unknown-word", "major"),
        ("assignee: department", "assignee: departement", "checklist.unknown-word", "department"),
        ("gives: ready", "gives: redy", "checklist.unknown-word", "ready"),
        ("of: lead", "of: leed", "checklist.unknown-word", "lead"),
        ("section: house", "section: hose", "checklist.unknown-section", "house"),
        ("scope: flow", "scope: flow\n    waits_on: palets", "checklist.unknown-item", "pallets"),
        ("scope: flow", "scope: flow\n    gate: bild", "checklist.unknown-word", "build"),
        ("scope: flow", "scope: flow\n    when: {roles: [invoce]}", "checklist.unknown-word", "invoice"),
        ("scope: flow", "scope: flow\n    when: {flows: twoway}", "checklist.unknown-word", "two-way"),
        ("    remedy:", "    remedie:", "key.unknown", "remedy"),
    ],
)
def test_misspelt_word(tmp_path: Path, old: str, new: str, code: str, suggestion: str) -> None:
    """A misspelt word is answered, at its place, with the word that was probably meant."""
    found = {one.code: one for one in problems(tmp_path, PACK.replace(old, new, 1))}
    assert found[code].values["suggestion"] == suggestion
    wrong = new.rpartition("\n")[2].strip()
    line = next(i for i, one in enumerate(PACK.replace(old, new, 1).splitlines(), 1) if wrong in one)
    assert (found[code].file, found[code].line) == ("own.yaml", line)


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (', de: "Welche Paletten?"', "", "key.missing"),
        ('de: "Welche Paletten?"', 'de: " "', "checklist.empty-text"),
        ('de: "ja"', 'de: ""', "checklist.empty-text"),
        ("gives: ready", "gives: conditional", "checklist.measure-missing"),
        ("[flow.leading-named]", "[flow.leading-named], gives: conditional", "checklist.measure-missing"),
        (', choices: [{id: yes, en: "yes", de: "ja", gives: ready}]', "", "checklist.no-choices"),
        ("scope: flow", "scope: flow\n    lead_time_days: soon", "value.wrong"),
    ],
)
def test_incomplete_item(tmp_path: Path, old: str, new: str, code: str) -> None:
    """A text in one language only, a condition without its measure, a choice without choices: each is one error."""
    assert only(tmp_path, old, new).code == code


def test_a_choice_stands_once(tmp_path: Path) -> None:
    """Two choices of one id can't be told apart in answers.yaml."""
    twice = '{id: yes, en: "yes", de: "ja", gives: ready}'
    assert only(tmp_path, twice, f"{twice}, {twice}").code == "checklist.duplicate-choice"


def test_an_item_stands_once_across_files(tmp_path: Path) -> None:
    """An id used twice is an error that names the first place, also across files."""
    names = [write(tmp_path, PACK, "a.yaml"), write(tmp_path, PACK, "b.yaml")]
    with pytest.raises(InputError) as caught:
        load.load_packs(names, relative_to=tmp_path)
    (problem,) = caught.value.problems
    assert (problem.code, problem.file, problem.values["first"]) == ("checklist.duplicate-item", "b.yaml", "a.yaml:4")


def test_several_mistakes_at_once(tmp_path: Path) -> None:
    """All mistakes are shown together, in the order of the lines."""
    text = PACK.replace("scope: flow", "scope: floww").replace("flow.leading-named", "flow.lead").replace("why:", "wy:")
    found = problems(tmp_path, text)
    assert {one.code for one in found} == {
        "key.unknown", "key.missing", "checklist.unknown-word", "checklist.unknown-claim",
    }  # fmt: skip
    assert [one.line for one in found] == sorted(one.line or 0 for one in found)


@pytest.mark.parametrize("text", ["", "- a\n", "pack: x\nitems: 3\n", "pack: x\nitems: [3]\n", "pack: [\n"])
def test_no_checklist_at_all(tmp_path: Path, text: str) -> None:
    """A file of another shape is answered with a problem, never with a traceback."""
    assert problems(tmp_path, text)


def test_every_mistake_has_its_texts(tmp_path: Path) -> None:
    """Each code has a sentence in both languages, with its placeholders filled."""
    text = PACK.replace("scope: flow", "scope: floww").replace("flow.leading-named", "flow.lead-named")
    for problem in problems(tmp_path, text):
        for language in ("en", "de"):
            message, hint = catalogue.explain_problem(problem, language)
            assert "{" not in message + (hint or "")


def test_roles_are_those_that_profiles_know() -> None:
    """An item may be limited to any role that a resource can be recognised as, and to no other."""
    assert set(load.ROLES) == set(NAMES)
    assert set(load.GIVES) < set(State)
