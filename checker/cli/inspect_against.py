"""`readiness inspect --against OLD`: what changed between two versions of a document, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from checker.model.api import Api
    from checker.profiles.compare import Change

MOST = 10  # harmless differences that are shown
TELLS = {
    "en": {"none": "Nothing changed.", "breaking": "BREAKING", "harmless": "OTHER", "more": "and {n} more", "limited": "Only what the project maps: {resources}."},
    "de": {"none": "Nichts hat sich geändert.", "breaking": "STÖREND", "harmless": "SONSTIGES", "more": "und {n} weitere", "limited": "Nur was das Projekt zuordnet: {resources}."},
}  # fmt: skip


def changes(old: Api, new: Api, document: str) -> tuple[list[Change], list[str]]:
    """The differences, and the resources that they are limited to: those that the project of this folder maps, where it names the document."""
    from checker.profiles.compare import compare

    scope = _scope(document, new)
    if scope is None:
        return list(compare(old, new)), []
    operations, fields, resources = scope
    return list(compare(old, new, operations, fields)), resources


def _scope(document: str, new: Api) -> tuple[set[str], set[str], list[str]] | None:
    from checker.errors import InputError
    from checker.look import resource_names
    from checker.probes.needs import carried_fields
    from checker.profiles import build_profile
    from checker.profiles.overrides import apply_overrides
    from checker.project.load import find_project, load_project
    from checker.project.sides import views

    path = find_project(Path.cwd())
    try:
        loaded = load_project(path) if path is not None else None
    except InputError:
        return None
    if loaded is None:
        return None
    wanted = Path(document).resolve()
    named = {
        name: one
        for name, one in loaded.project.systems.items()
        if one.document and (loaded.folder / one.document).resolve() == wanted
    }
    for name, settings in named.items():
        profile = apply_overrides(
            build_profile(new), settings.resources, documented=[one.key for one in new.operations]
        )
        resources = resource_names(loaded, name)
        operations, fields = set[str](), set[str]()
        for resource in filter(None, (profile.resource(one) for one in resources)):
            told = (getattr(resource.operations, one) for one in resource.operations.__struct_fields__)
            operations |= {key for key in told if key}
        for view in views(loaded.project, {name: profile}):
            for side in (view.left, view.right):
                if side.system == name:
                    fields |= set(carried_fields(view, side))
        return operations, fields, resources
    return None


def lines(found: Sequence[Change], resources: Sequence[str], language: str) -> Iterator[str]:
    """For people: what breaks first, by operation."""
    from checker.model.text import safe
    from checker.profiles.compare import BREAKING, HARMLESS

    tells, which = TELLS[language], 0 if language == "en" else 1
    if resources:
        yield tells["limited"].format(resources=", ".join(resources))
    if not found:
        yield tells["none"]
    for title, texts, most in (("breaking", BREAKING, len(found)), ("harmless", HARMLESS, MOST)):
        some = [one for one in found if one.code in texts]
        if some:
            yield ""
            yield f"{tells[title]}  {len(some)}"
        for one in some[:most]:
            yield safe(f"  {one.place}  {texts[one.code][which].format(**one.values)}")
        if len(some) > most:
            yield f"  {tells['more'].format(n=len(some) - most)}"


def as_json(found: Sequence[Change]) -> list[dict[str, object]]:
    """For programs."""
    return [{"code": one.code, "breaking": one.breaking, "operation": one.place, **one.values} for one in found]
