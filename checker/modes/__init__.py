"""Sync modes: which one each direction can have, and what it costs. `gather` collects the facts, `choose` applies the rules; both are pure."""

from __future__ import annotations

from checker.modes.gather import Gathered, gather
from checker.modes.rules import choose

__all__ = ["Gathered", "choose", "gather"]
