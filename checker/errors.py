"""Everything that may go wrong on the user's side, as one tree.

ReadinessError              a problem that the user can do something about; never shown with a traceback
├── InputError              wrong command line, project, mapping or answers file: exit 2
│   └── DocumentError       a text that is no API document at all, or one outside the jail: exit 2
├── RefusedError            no permit, a guard, a stale plan: exit 4, nothing was written
└── TransportError          a request that got no usable answer; probes turn it into findings
    ├── UnreachableError    DNS, TCP, TLS or proxy: no conversation came about
    ├── DeadlineError       the answer did not end in time
    ├── TooLargeError       the answer is larger than we accept
    ├── OriginError         the address is outside the origins that may be talked to
    └── UnreadableError     the answer is not what its content type says

The sentences are in the catalogue (`catalogue/errors/*.yaml`), by code, in English and German; `readiness explain CODE` shows them at length.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, and where.

    `code` names a text of the catalogue, `values` fill its placeholders. `line` and `column` count from 1.
    """

    code: str
    values: Mapping[str, object] = field(default_factory=dict)
    file: str | None = None
    line: int | None = None
    column: int | None = None

    @property
    def where(self) -> str:
        """`file:line:column`, as far as it is known."""
        return ":".join(str(part) for part in (self.file, self.line, self.column) if part is not None)


class ReadinessError(Exception):
    """A problem that the user can do something about; carries one or several."""

    exit_code = 2

    def __init__(self, *problems: Problem) -> None:
        super().__init__(*problems)
        self.problems = problems

    def __str__(self) -> str:
        return "; ".join(f"{p.where}: {p.code} {dict(p.values)}".lstrip(": ") for p in self.problems)


class InputError(ReadinessError):
    """Wrong use or input: command line, project, mapping or answers file."""


class DocumentError(InputError):
    """A text that is no API document, or a reference that leaves the jail."""


class RefusedError(ReadinessError):
    """Refused for lack of a permit, by a guard, or because a plan is stale; nothing was written."""

    exit_code = 4


class TransportError(ReadinessError):
    """A request that got no usable answer. `exchange` is the evidence key of what was recorded, if anything was."""

    exchange: str | None = None


class UnreachableError(TransportError):
    """No conversation came about: DNS, TCP, TLS or proxy."""


class DeadlineError(TransportError):
    """The answer did not end within the deadline."""


class TooLargeError(TransportError):
    """The answer is larger than we accept."""


class OriginError(TransportError):
    """The address is outside the origins that may be talked to; nothing was sent."""


class UnreadableError(TransportError):
    """The answer is not what its content type says."""
