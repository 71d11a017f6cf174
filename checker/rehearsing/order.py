"""What flows lean on each other for. Pure."""

from __future__ import annotations

from checker.project.sides import FlowView, leans_on


def needed_by(view: FlowView) -> tuple[str, ...]:
    """Names of the flows whose links this one resolves its values by; a flow may point at itself (a parent company), which needs nobody before."""
    return tuple(name for name in leans_on(view.flow) if name != view.flow.name)
