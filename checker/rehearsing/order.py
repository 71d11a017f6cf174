"""What flows lean on each other for. Pure."""

from __future__ import annotations

from checker.project.sides import FlowView


def needed_by(view: FlowView) -> tuple[str, ...]:
    """Names of the flows whose links this one resolves its values by; a flow may point at itself (a parent company), which needs nobody before."""
    named = (one.link for one in view.flow.fields if one.link is not None)
    return tuple(dict.fromkeys(name for name in named if name != view.flow.name))
