"""OpenAPI Overlay 1.0: what the user corrects of a vendor's document, in a file of its own (https://spec.openapis.org/overlay/v1.0.0).

Targets are JSONPath (RFC 9535), evaluated by python-jsonpath. The document's own value is never changed: containers on the way to a target
are copied, since YAML aliases let one of them stand in several places.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from checker.documents.budgets import MAX_DEPTH
from checker.documents.lines import lines
from checker.documents.parse import count_keys, parse
from checker.documents.reading import as_utf8, read_file
from checker.errors import DocumentError, Problem
from checker.model.api import Place
from checker.model.profile import Correction, DocumentProblem
from checker.model.text import safe

VERSION = re.compile(r"1\.0\.\d+")
ACTION_KEYS = frozenset({"target", "description", "update", "remove"})
Parts = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Overlay:
    """An overlay that was read: the name it is shown under, its text (UTF-8), and its actions in their order."""

    name: str
    text: bytes
    actions: Sequence[Mapping[str, Any]]

    def line(self, number: int) -> int:
        """The line on which an action (from 0) begins."""
        pointer = f"/actions/{number}"
        return lines(self.text, [pointer])[pointer]


def read_overlay(path: Path, shown_as: str | None = None) -> Overlay:
    """The overlay in a file. Raises DocumentError with file and line for whatever is none."""
    name = shown_as or str(path)
    text = as_utf8(read_file(path, name), name)
    value = parse(text, name).value
    said = value.get("overlay") if isinstance(value, Mapping) else None
    actions = value.get("actions") if isinstance(value, Mapping) else None
    if not isinstance(said, str) or not VERSION.fullmatch(said) or not isinstance(actions, list) or not actions:
        raise DocumentError(Problem("overlay.none", {"file": name}, name))
    overlay = Overlay(name, text, actions)
    problems = [
        _problem(overlay, number, reason) for number, one in enumerate(actions) if (reason := _wrong(one)) is not None
    ]
    if problems:
        raise DocumentError(*problems)
    return overlay


def _problem(overlay: Overlay, number: int, reason: str) -> Problem:
    values = {"file": overlay.name, "number": number + 1, "reason": reason}
    return Problem("overlay.action", values, overlay.name, overlay.line(number))


def _wrong(action: Any) -> str | None:
    """What is wrong with an action; None where nothing is."""
    if not isinstance(action, Mapping):
        return "an action is a mapping with `target` and `update` or `remove`"
    unknown = sorted(key for key in action if key not in ACTION_KEYS and not key.startswith("x-"))
    if unknown:
        return f"`{safe(unknown[0], 40)}` is no key of an action: {', '.join(sorted(ACTION_KEYS))}"
    if not isinstance(action.get("target"), str):
        return "`target` (a JSONPath such as `$.paths['/contacts'].get`) is missing"
    if "update" not in action and action.get("remove") is not True:
        return "it neither updates nor removes anything"
    return None


@dataclass(frozen=True, slots=True)
class Corrected:
    """A document's value after an overlay, the places that were changed, and the actions that found no place."""

    value: Any
    changed: tuple[Correction, ...]
    missed: tuple[DocumentProblem, ...]


def corrected(root: Any, overlay: Overlay) -> Corrected:
    """The document's value with every action applied in turn. Pure. Raises DocumentError for an action that can't be done.

    A target that nothing answers to changes nothing (4.4.3), and is told: a typing error, or the vendor has mended the document.
    """
    import jsonpath

    changed: list[Correction] = []
    missed: list[DocumentProblem] = []
    for number, action in enumerate(overlay.actions):
        try:
            found = [one.parts for one in jsonpath.finditer(action["target"], root)]
        except (jsonpath.JSONPathError, RecursionError) as error:
            raise DocumentError(_problem(overlay, number, safe(str(error).partition("\n")[0], 120))) from None
        if not found:
            message = f"action {number + 1} of the overlay changes nothing: {safe(action['target'], 120)} is not there"
            at = f"{overlay.name}#/actions/{number}"
            missed.append(DocumentProblem(pointer=at, message=message, line=overlay.line(number)))
        removes = action.get("remove") is True
        if any(not parts for parts in found) and removes:
            raise DocumentError(_problem(overlay, number, "the whole document can't be removed"))
        # From the last on, so that what is removed from a list moves none of the places that are still to come
        for parts in reversed(found):
            root = _without(root, parts) if removes else _changed(root, parts, _updating(overlay, number, parts))
        changed += [Correction(by=overlay.name, at=Place("", "#").child(*parts).pointer) for parts in found]
    if count_keys(root, MAX_DEPTH) is None:
        raise DocumentError(Problem("document.too-deep", {"file": overlay.name, "limit": MAX_DEPTH}, overlay.name))
    return Corrected(root, tuple(changed), tuple(missed))


def _updating(overlay: Overlay, number: int, parts: Parts) -> Callable[[Any], Any]:
    update = overlay.actions[number]["update"]

    def updated(node: Any) -> Any:
        if isinstance(node, list):
            return [*node, update]
        if isinstance(node, dict) and isinstance(update, Mapping):
            return merged(node, update)
        at = Place("", "#").child(*parts).pointer
        raise DocumentError(_problem(overlay, number, f"{at} is no mapping or list that `update` could be merged into"))

    return updated


def merged(node: Any, update: Any) -> Any:
    """Overlay 1.0, 4.4.3: mappings are merged key by key, lists joined, anything else is replaced."""
    if isinstance(node, Mapping) and isinstance(update, Mapping):
        return {**node, **{key: merged(node.get(key), one) for key, one in update.items()}}
    if isinstance(node, list) and isinstance(update, list):
        return [*node, *update]
    return update


def _changed(node: Any, parts: Parts, change: Callable[[Any], Any]) -> Any:
    """A copy in which the node at `parts` is another."""
    if not parts:
        return change(node)
    copy = node.copy()
    copy[parts[0]] = _changed(node[parts[0]], parts[1:], change)
    return copy


def _without(root: Any, parts: Parts) -> Any:
    """A copy without the node at `parts`."""

    def remove(holder: Any) -> Any:
        copy = holder.copy()
        del copy[parts[-1]]
        return copy

    return _changed(root, parts[:-1], remove)
