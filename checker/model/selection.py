"""Which questions a run asks: shell patterns over claim ids (`pagination.*`) and subjects (`crm`, `crm/contacts`)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase


@dataclass(frozen=True, slots=True)
class Selection:
    """What is asked: `only` what one of these patterns matches, where there are any, and nothing that `skip` matches."""

    only: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()

    def asks(self, claims: Sequence[str], subject: str) -> bool:
        """Whether a probe of these claims is asked about `subject`. It is left out only where all of its claims are."""
        return any(self._wanted(claim, subject) for claim in claims)

    def strangers(self, known: Iterable[str]) -> list[str]:
        """Patterns that match none of the known claims and subjects."""
        names = list(known)
        return [one for one in (*self.only, *self.skip) if not any(fnmatchcase(name, one) for name in names)]

    def _wanted(self, claim: str, subject: str) -> bool:
        names = (claim, subject, subject.partition("/")[0])
        wanted = not self.only or _matches(self.only, names)
        return wanted and not _matches(self.skip, names)


def _matches(patterns: Iterable[str], names: Iterable[str]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns for name in names)
