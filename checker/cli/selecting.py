"""How much an audit asks, as its options say: fewer requests, fewer questions, not again what an interrupted one has settled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checker.errors import InputError, Problem
from checker.model.selection import Selection

if TYPE_CHECKING:
    from checker.model.audit import Audit
    from checker.project.load import LoadedProject


def capped(loaded: LoadedProject, most: int | None) -> LoadedProject:
    """The project with at most so many requests to each system; never more than it allows itself."""
    import dataclasses

    from msgspec.structs import replace

    if most is None:
        return loaded
    systems = {
        name: replace(one, limits=replace(one.limits, max_requests=min(most, one.limits.max_requests)))
        for name, one in loaded.project.systems.items()
    }
    return dataclasses.replace(loaded, project=replace(loaded.project, systems=systems))


def last_audit(loaded: LoadedProject) -> Audit:
    """The audit that was saved last. Raises InputError where there is none."""
    from checker.reports import load_audit
    from checker.store import Store

    return load_audit(Store(loaded.folder).audit())


def selection(loaded: LoadedProject, only: tuple[str, ...], skip: tuple[str, ...]) -> Selection:
    """The questions that are asked. Raises InputError for patterns that match nothing there is."""
    from checker.catalogue import claims
    from checker.look import resource_names
    from checker.project.check import suggestion

    made = Selection(only, skip)
    systems = list(loaded.project.systems)
    known = [*claims(), *systems, *(f"{name}/{one}" for name in systems for one in resource_names(loaded, name))]
    problems = [
        Problem("selection.matches-nothing", {"pattern": one, "suggestion": suggestion(one, known)})
        for one in made.strangers(known)
    ]
    if problems:
        raise InputError(*problems)
    return made
