"""Where records stand: in the list's answer, in an entry of the list, in the body of a write, in the answer of a single read."""

from __future__ import annotations

from checker.model.profile import Undetermined
from checker.profiles.fields import identity
from checker.profiles.shapes import Found
from checker.profiles.view import Detection, View


def detect_items(view: View) -> Detection:
    """`items_path`, `record_path`, `body_path`, `spread`, `body_media`, `answer_path`, `created_id_path` and `detail_fields`."""
    found: dict[str, object] = {}
    why, sure, still = {}, {}, []
    if view.items is not None:
        found["items_path"] = view.items.path
        found["record_path"] = view.record_path
        why["items_path"] = f"the list of records in the answer, {view.items.schema.pointer}"
        sure["items_path"] = 0.95 if view.listed else 0.6
    elif view.listing is not None:
        reason = "the answer of the list isn't described"
        still.append(Undetermined(what="items_path", why=reason, settled_by="list.readable"))
    if view.spread:
        found["spread"] = view.spread
    if view.body is not None:
        found["body_path"], found["body_media"] = view.body.path, view.body.media
        why["body_path"] = f"the record in the body of the write, {view.body.schema.pointer}"
        sure["body_path"] = 0.9
    elif view.operation("create") is None:
        found["body_path"] = None
    answers = {kind: one.path for kind in ("read", "create", "update") if (one := _answer(view, kind)) is not None}
    if answers:
        found["answer_path"] = answers
    created = _answer(view, "create")
    if created is not None:
        name = _identity(view, created)
        found["created_id_path"] = f"{created.path}.{name}".lstrip(".") if name else None
    found["detail_fields"] = _detail(view)
    return Detection(found, why, sure, tuple(still))


def _answer(view: View, kind: str) -> Found | None:
    found = view.read_answer if kind == "read" else view.answer(kind)
    known = found is not None and (found.path != "" or view.shapes.is_object(found.schema))
    return found if known else None


def _identity(view: View, created: Found) -> str | None:
    return identity(view, view.shapes.properties(created.schema))


def _detail(view: View) -> tuple[str, ...]:
    """Fields that only the single read has."""
    read = view.read_answer
    if read is None or not view.listed:
        return ()
    return tuple(name for name in view.shapes.properties(read.schema) if name not in view.listed)
