"""In which order flows are loaded: what others point at comes first. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from checker.project.sides import FlowView


def needed_by(view: FlowView) -> tuple[str, ...]:
    """Names of the flows whose links this one resolves its values by; a flow may point at itself (a parent company), which needs nobody before."""
    lines = view.flow.lines.fields if view.flow.lines else []
    named = (one.link for one in (*view.flow.fields, *lines) if one.link is not None)
    return tuple(dict.fromkeys(name for name in named if name != view.flow.name))


def in_load_order(views: Sequence[FlowView]) -> tuple[FlowView, ...]:
    """The flows so that each comes after those it needs, otherwise in the project file's order; a circle is broken where it begins."""
    by_name = {one.flow.name: one for one in views}
    done: dict[str, FlowView] = {}

    def put(view: FlowView, above: tuple[str, ...]) -> None:
        for name in needed_by(view):
            if name in by_name and name not in done and name not in above:
                put(by_name[name], (*above, view.flow.name))
        done.setdefault(view.flow.name, view)

    for one in views:
        put(one, ())
    return tuple(done.values())
