"""Permit: the leave to write in one system, which every write has to show (design.md, Words)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Permit:
    """Writing is allowed in `system`, below `base_url` and nowhere else. Made by `checker.permit` only, after all its questions were answered."""

    system: str
    base_url: str
