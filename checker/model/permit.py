"""Permit: the leave to write in one system, which every write has to show (design.md, Words)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Permit:
    """Writing is allowed in `system`, below `base_url` and nowhere else. Made by `checker.permit` only, after all its questions were answered."""

    system: str
    base_url: str


@dataclass(frozen=True, slots=True)
class Planned:
    """What a run is going to write into a resource of a system: how many test records it creates at most; all of them are removed again."""

    system: str
    resource: str
    at_most: int
