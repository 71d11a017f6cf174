"""`readiness.yaml` and `answers.yaml` → typed values. Everything that is wrong is said at once, with file, line and column."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from checker.errors import InputError, Problem
from checker.model.checklist import Answers
from checker.model.text import safe
from checker.model.transformations import TRANSFORMATION_NAMES
from checker.project import calls, check, positions
from checker.project.check import REFERENCE, suggestion
from checker.project.positions import Key, Positioned
from checker.project.types import FieldMapping, Flow, Project, Reference, WebhookSettings

FILE_NAME = "readiness.yaml"
ANSWERS_NAME = "answers.yaml"
SYSTEMS = 2  # exactly two; more are audited pair by pair

# Keys below which a literal is a secret whatever the type says: login bodies, fixed headers and query parameters.
SECRET_NAMES = re.compile(
    r"passw|secret|token|api.?key|auth.?key|authorization|credential|kennwort|passwort", re.IGNORECASE
)
USERINFO = re.compile(r"^[a-z][a-z0-9+.-]*://[^/@\s]*:(?P<secret>[^/@\s]+)@", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class LoadedProject:
    """A valid project: its types, where each key stands, and keys that this version takes but doesn't act upon yet."""

    path: Path
    project: Project
    positioned: Positioned
    not_yet: tuple[str, ...] = ()
    answers: Answers = field(default_factory=Answers)

    @property
    def folder(self) -> Path:
        """The folder that relative paths of the file start from."""
        return self.path.parent

    def test_files(self) -> dict[str, Path]:
        """The files with test records by `SYSTEM/RESOURCE`. Raises InputError with every one that isn't there."""
        named = [(name, *one) for name, system in self.project.systems.items() for one in system.test_data.items()]
        found = {f"{system}/{resource}": self.folder / file for system, resource, file in named}
        missing = [
            self.positioned.problem(
                "project.no-file", ("systems", system, "test_data", resource), {"file": safe(file, 120)}
            )
            for system, resource, file in named
            if not (self.folder / file).is_file()
        ]
        if missing:
            raise InputError(*missing)
        return found

    def line(self, *key: str | int) -> int | None:
        """The line at which a key stands."""
        place = self.positioned.places.get(tuple(key))
        return place.key_line if place else None


# Keys that design.md has and this version reads, checks and reports, without acting upon them yet; `*` is any name or index. A key stands here
# until something besides the profile's own printing depends on it.
NOT_YET: tuple[tuple[str, ...], ...] = (
    ("platform", "answers"),
    ("systems", "*", "production", "auth"),
    *(
        ("systems", "*", "resources", "*", *key)
        for key in (
            ("pagination", "also"),
            ("sorting", "operation"),
            ("updated_since", "boundary"),
            ("validation", "pattern"),
            ("metadata",),
        )
    ),
    ("notify", "smtp"),
    ("notify", "language"),
)


def find_project(start: Path) -> Path | None:
    """The nearest `readiness.yaml`, from `start` upward."""
    return next((folder / FILE_NAME for folder in (start, *start.parents) if (folder / FILE_NAME).is_file()), None)


def load_project(path: Path, shown_as: str | None = None) -> LoadedProject:
    """The project file and the answers beside it. Raises InputError with every problem found."""
    positioned = positions.read(path, shown_as)
    problems = [*check.problems_of(positioned, Project), *_literal_secrets(positioned)]
    if not problems:
        problems = list(_meaning(positioned, check.convert(positioned, Project)))
    if problems:
        raise InputError(*sorted(set_of(problems), key=lambda one: (one.line or 0, one.column or 0)))
    beside = path.parent / ANSWERS_NAME
    answers = load_answers(beside) if beside.is_file() else Answers()
    not_yet = tuple(positions.dotted(key) for key in _unused(positioned.value))
    project: Project = check.convert(positioned, Project)
    return LoadedProject(path, project, positioned, not_yet, answers)


def load_answers(path: Path) -> Answers:
    """A person's answers, waivers and assignments. Raises InputError with every problem found."""
    answers: Answers = check.convert(positions.read(path), Answers)
    return answers


def set_of(problems: list[Problem]) -> list[Problem]:
    """The problems, each place and code once."""
    return list({(one.code, one.file, one.line, one.column, one.values.get("key")): one for one in problems}.values())


def _leaves(value: Any, path: Key = ()) -> Iterator[tuple[Key, Any]]:
    if isinstance(value, dict):
        for name, child in value.items():
            yield from _leaves(child, (*path, name))
    elif isinstance(value, list):
        for i, child in enumerate(value):
            yield from _leaves(child, (*path, i))
    else:
        yield path, value


def _literal_secrets(at: Positioned) -> Iterator[Problem]:
    """Secrets that stand where the types allow any text: login bodies, fixed headers, addresses with user and password or a key."""
    for path, value in _leaves(at.value):
        if not isinstance(value, str):
            continue
        userinfo = USERINFO.match(value)
        if userinfo and not REFERENCE.search(userinfo["secret"]):
            yield at.problem("secret.literal", path)
        query = parse_qsl(value.partition("?")[2]) if "://" in value else []
        if any(SECRET_NAMES.search(name) and not REFERENCE.search(held) for name, held in query):
            yield at.problem("secret.literal", path)
        free = any(part in {"body", "fixed"} for part in path[:-1]) and path[:1] == ("systems",)
        known_later = "subscribe" in path and calls.PLACEHOLDER.search(value)
        if free and SECRET_NAMES.search(str(path[-1])) and value and not REFERENCE.search(value) and not known_later:
            yield at.problem("secret.literal", path)


def _meaning(at: Positioned, project: Project) -> Iterator[Problem]:
    """What the types can't say: two systems, flows between them, zones that exist, links to flows that exist."""
    names = list(project.systems)
    if len(names) != SYSTEMS:
        yield at.problem("project.not-two-systems", ("systems",), {"found": len(names)}, at_key=True)
    for name, system in project.systems.items():
        yield from _zone(at, ("systems", name, "timezone"), system.timezone)
        yield from calls.problems_of(at, ("systems", name, "webhooks"), system.webhooks or WebhookSettings())
    yield from _test_data(at, project)
    flows = [flow.name for flow in project.flows]
    for i, flow in enumerate(project.flows):
        here: Key = ("flows", i)
        if flow.name in flows[:i]:
            yield at.problem("project.duplicate-flow", (*here, "name"), {"name": flow.name})
        for side in ("left", "right"):
            yield from _known(at, (*here, side), Reference.parse(getattr(flow, side)).system, names, "system")
        if Reference.parse(flow.left).system == Reference.parse(flow.right).system:
            yield at.problem("project.one-sided-flow", (*here, "right"), {"name": flow.name})
        if flow.leading is not None:
            yield from _known(at, (*here, "leading"), flow.leading, names, "system")
        for path, mapping in _mappings(here, flow):
            yield from _transformations(at, path, mapping)
            if mapping.link is not None:
                yield from _known(at, (*path, "link"), mapping.link, flows, "flow")
                yield from _crossed(at, (*path, "link"), flow, mapping.link, project)
        for j, mapping in enumerate(flow.fields):
            if mapping.leading is not None:
                yield from _known(at, (*here, "fields", j, "leading"), mapping.leading, names, "system")


def _crossed(at: Positioned, path: Key, flow: Flow, link: str, project: Project) -> Iterator[Problem]:
    """A link to a flow whose sides are the other way round: what is left in one would be looked for on the right of the other."""
    left = Reference.parse(flow.left).system
    for other in project.flows:
        if other.name == link and Reference.parse(other.right).system == left:
            yield at.problem("project.crossed-link", path, {"link": link, "system": left})


def _test_data(at: Positioned, project: Project) -> Iterator[Problem]:
    """Files of resources that are in no flow."""
    synced = {Reference.parse(side)[:2]: None for flow in project.flows for side in (flow.left, flow.right)}
    for name, system in project.systems.items():
        known = [resource for of, resource in synced if of == name]
        for resource in system.test_data:
            yield from _known(at, ("systems", name, "test_data", resource), resource, known, "resource")


def _mappings(here: Key, flow: Flow) -> Iterator[tuple[Key, FieldMapping]]:
    """Every field mapping of a flow, those of its line items too, and where it stands."""
    yield from (((*here, "fields", j), one) for j, one in enumerate(flow.fields))
    if flow.lines is not None:
        yield from (((*here, "lines", "fields", j), one) for j, one in enumerate(flow.lines.fields))


def _transformations(at: Positioned, path: Key, mapping: FieldMapping) -> Iterator[Problem]:
    """Transformations that nobody knows. One with options is a mapping, and its name one of the keys."""
    for k, step in enumerate(mapping.transform):
        names = [step] if isinstance(step, str) else list(step)
        if not any(name in TRANSFORMATION_NAMES for name in names):
            wrong = names[0] if names else ""
            yield from _known(at, (*path, "transform", k), wrong, list(TRANSFORMATION_NAMES), "transformation")


def _known(at: Positioned, path: Key, name: str, known: list[str], what: str) -> Iterator[Problem]:
    if name not in known:
        values = {"name": name, "known": ", ".join(known), "suggestion": suggestion(name, known)}
        yield at.problem(f"project.unknown-{what}", path, values)


def _zone(at: Positioned, path: Key, name: str | None) -> Iterator[Problem]:
    if name is None:
        return
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        yield at.problem("project.unknown-timezone", path, {"name": name})


def _unused(value: Mapping[str, Any]) -> Iterator[Key]:
    for pattern in NOT_YET:
        yield from (path for path, _ in positions.matches(value, pattern))
