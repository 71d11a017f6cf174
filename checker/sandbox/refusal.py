"""Refusal: a request that a sandbox does not fulfil, in neutral words; each dialect has its own spelling for it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from types import MappingProxyType

NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclasses.dataclass(frozen=True, slots=True)
class Issue:
    """One thing that is wrong. `code` is neutral (too_long, not_unique …), `values` fill the dialect's sentence."""

    code: str
    field: str | None = None
    values: Mapping[str, object] = dataclasses.field(default_factory=dict)


class Refusal(Exception):  # noqa: N818 - the field's word; nothing is broken when a server refuses
    """Answered with `status` and the dialect's error body; `headers` join the answer's."""

    def __init__(self, status: int, *issues: Issue, headers: Mapping[str, str] = NOTHING) -> None:
        super().__init__(status, *issues)
        self.status = status
        self.issues = issues
        self.headers = headers
