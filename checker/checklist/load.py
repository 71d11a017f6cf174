"""Checklist packs: YAML → `Pack`, with every mistake named by file, line and column.

A pack is data (design.md, Files): a consultant writes one beside the project file without touching Python. What msgspec's types can't say
is checked here: words of a fixed vocabulary, claims that the catalogue has, ids that stand once, sections and items that are referred to.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PureWindowsPath
from types import MappingProxyType
from typing import Any

from checker import catalogue
from checker.data_files import data_folder
from checker.errors import InputError, Problem
from checker.model.audit import State
from checker.model.checklist import Gate, Item, Pack, Severity, Text
from checker.model.finding import Answer, Grade
from checker.model.profile import ROLES
from checker.project import check, positions
from checker.project.positions import Key, Positioned

ENDINGS = (".yaml", ".yml")
LANGUAGES = ("en", "de")

SCOPES = ("pair", "system", "resource", "flow", "direction")
ASSIGNEES = ("system owner", "lead", "department", "it", "privacy", "vendor", "platform", "integrator")
ANSWER_KINDS = ("choice", "text", "number", "table")
GIVES = (State.READY, State.CONDITIONAL, State.NOT_READY, State.UNKNOWN, State.NOT_APPLICABLE)

# Where in an item a word of a fixed vocabulary stands; `*` is any index, or any key of a mapping.
VOCABULARY: tuple[tuple[Key, Sequence[str]], ...] = (
    (("scope",), SCOPES),
    (("assignee",), ASSIGNEES),
    (("severity",), tuple(Severity)),
    (("severity", "*", "is"), tuple(Severity)),
    (("severity", "*", "answer"), tuple(Answer)),
    (("gate",), tuple(Gate)),
    (("gate", "*", "severity"), tuple(Severity)),
    (("gate", "*", "grade"), tuple(Grade)),
    (("when", "flows"), ("any", "two-way", "daily")),
    (("when", "roles", "*"), ROLES),  # a misspelt one would make an item silently not applicable
    (("needs", "*", "grade"), tuple(Grade)),
    (("needs", "*", "gives"), GIVES),
    (("needs", "*", "assignee"), ASSIGNEES),
    (("ask", "choices", "*", "assignee"), ASSIGNEES),
    (("ask", "of"), (*ASSIGNEES, "never")),
    (("ask", "answer"), ANSWER_KINDS),
    (("ask", "choices", "*", "gives"), GIVES),
)
CLAIMS: tuple[Key, ...] = (("needs", "*", "all", "*"), ("severity", "*", "if"))
TEXTS: tuple[Key, ...] = (("question",), ("why",), ("remedy",))
MEASURED: tuple[Key, ...] = (("needs", "*"), ("ask", "choices", "*"))


@dataclass(slots=True)
class _Known:
    """What the loaded files may refer to: claims of the catalogue, items and sections of all files, and where each item first stands."""

    claims: Collection[str]
    items: dict[str, str] = field(default_factory=dict)
    sections: dict[str, None] = field(default_factory=dict)


def shipped() -> tuple[str, ...]:
    """Names of the packs that travel with the product."""
    return tuple(sorted(file.stem for file in data_folder("checklists").glob("*.yaml")))


def load_packs(names: Sequence[str], *, relative_to: Path) -> tuple[Pack, ...]:
    """The packs of those names, in order: shipped ones by name, own ones by path (relative paths start at `relative_to`).

    Raises InputError with every problem of every file.
    """
    problems: list[Problem] = []
    files: list[Positioned] = []
    for name in dict.fromkeys(names):
        try:
            files.append(_open(name, relative_to))
        except InputError as error:
            problems += error.problems
    known = _Known(catalogue.claims().keys())
    for at in files:
        problems += _collect(at, known)
    for at in files:
        wrong = [*_words(at, known), *check.problems_of(at, Pack)]
        problems += sorted(_once(wrong), key=lambda one: (one.line or 0, one.column or 0))
    if problems:
        raise InputError(*problems)
    return tuple(check.convert(at, Pack) for at in files)


def items(packs: Sequence[Pack]) -> Mapping[str, tuple[Item, str]]:
    """All items by id, each with its pack's name, in the packs' order."""
    return MappingProxyType({item.id: (item, pack.pack) for pack in packs for item in pack.items})


def sections(packs: Sequence[Pack]) -> Mapping[str, Text]:
    """All sections' titles by id, in the packs' order; the first pack that titles a section decides."""
    titles: dict[str, Text] = {}
    for pack in packs:
        for name, title in pack.sections.items():
            titles.setdefault(name, title)
    return MappingProxyType(titles)


def _open(name: str, relative_to: Path) -> Positioned:
    """The file behind a name. Raises InputError where there is none."""
    looks_like_path = name.endswith(ENDINGS) or PureWindowsPath(name).name != name
    if looks_like_path:
        return positions.read(relative_to / name, name)
    known = shipped()
    if name not in known:
        values = {"name": name, "known": ", ".join(known), "suggestion": check.suggestion(name, known)}
        raise InputError(Problem("checklist.unknown-pack", values))
    return positions.read(data_folder("checklists") / f"{name}.yaml", f"{name}.yaml")


def _collect(at: Positioned, known: _Known) -> Iterator[Problem]:
    """Note the file's items and sections; an id that stands twice is a problem."""
    titles = at.value.get("sections") if isinstance(at.value, dict) else None
    known.sections.update(dict.fromkeys(titles if isinstance(titles, dict) else ()))
    for path, item in _items(at):
        name = item.get("id")
        if not isinstance(name, str):
            continue
        if name in known.items:
            yield at.problem("checklist.duplicate-item", (*path, "id"), {"name": name, "first": known.items[name]})
            continue
        place = at.places[*path, "id"]
        known.items[name] = f"{at.file}:{place.line}"


def _items(at: Positioned) -> Iterator[tuple[Key, dict[str, Any]]]:
    listed = at.value.get("items") if isinstance(at.value, dict) else None
    for i, item in enumerate(listed if isinstance(listed, list) else ()):
        if isinstance(item, dict):
            yield ("items", i), item


def _words(at: Positioned, known: _Known) -> Iterator[Problem]:
    """What the types can't say, of all the file's items."""
    for path, title in positions.matches(at.value, ("sections", "*")):
        yield from _empty(at, path, title)
    for path, item in _items(at):
        for pattern, words in VOCABULARY:
            for place, word in positions.matches(item, pattern, path):
                if isinstance(word, str) and word not in words:
                    yield _unknown(at, "checklist.unknown-word", place, word, list(map(str, words)))
        for pattern in CLAIMS:
            for place, word in positions.matches(item, pattern, path):
                if isinstance(word, str) and word not in known.claims:
                    yield _unknown(at, "checklist.unknown-claim", place, word, list(known.claims))
        yield from _references(at, path, item, known)
        yield from _texts(at, path, item)
        yield from _asked(at, path, item)


def _unknown(at: Positioned, code: str, path: Key, word: str, known: Sequence[str]) -> Problem:
    values = {"name": word, "known": ", ".join(known), "suggestion": check.suggestion(word, known)}
    return at.problem(code, path, values)


def _references(at: Positioned, path: Key, item: dict[str, Any], known: _Known) -> Iterator[Problem]:
    held_up_by, section = item.get("waits_on"), item.get("section")
    if isinstance(held_up_by, str) and held_up_by not in known.items:
        yield _unknown(at, "checklist.unknown-item", (*path, "waits_on"), held_up_by, list(known.items))
    if isinstance(section, str) and section not in known.sections:
        yield _unknown(at, "checklist.unknown-section", (*path, "section"), section, list(known.sections))


def _texts(at: Positioned, path: Key, item: dict[str, Any]) -> Iterator[Problem]:
    for pattern in TEXTS:
        for place, text in positions.matches(item, pattern, path):
            yield from _empty(at, place, text)
    for pattern in MEASURED:
        for place, entry in positions.matches(item, pattern, path):
            if not isinstance(entry, dict):
                continue
            yield from _empty(at, (*place, "measure"), entry.get("measure"))
            if entry.get("gives") == State.CONDITIONAL and "measure" not in entry:
                yield at.problem("checklist.measure-missing", place)


def _empty(at: Positioned, path: Key, text: Any) -> Iterator[Problem]:
    for language in LANGUAGES if isinstance(text, dict) else ():
        if isinstance(text.get(language), str) and not text[language].strip():
            yield at.problem("checklist.empty-text", (*path, language))


def _asked(at: Positioned, path: Key, item: dict[str, Any]) -> Iterator[Problem]:
    """A question with choices has some, and each id stands once."""
    asked = item.get("ask")
    if not isinstance(asked, dict) or not isinstance(asked.get("choices", []), list):
        return
    choices = [one for one in asked.get("choices", []) if isinstance(one, dict)]
    needs_choices = asked.get("of") != "never" and asked.get("answer", "choice") == "choice"
    if needs_choices and not choices:
        yield at.problem("checklist.no-choices", (*path, "ask"))
    seen: set[object] = set()
    for i, one in enumerate(choices):
        if one.get("id") in seen:
            yield at.problem("checklist.duplicate-choice", (*path, "ask", "choices", i, "id"), {"name": one["id"]})
        seen.add(one.get("id"))
        yield from _empty(at, (*path, "ask", "choices", i), one)


def _once(problems: Sequence[Problem]) -> Iterator[Problem]:
    """The first problem of each place; a key that is missing has no place of its own, so its name counts too."""
    seen: set[tuple[object, ...]] = set()
    for one in problems:
        place = (one.line, one.column, one.values.get("missing"))
        if place not in seen:
            seen.add(place)
            yield one
