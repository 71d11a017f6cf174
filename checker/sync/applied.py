"""What came of applying a plan: plain data, for the screen, for programs and for the rehearsal."""

from __future__ import annotations

from msgspec import Struct

from checker.model.sync import Notice, NoticeKind

AWAITING, DONE = 5, 0
# Notices that always await somebody; of the others only those whose policy says ask.
OPEN = frozenset({
    NoticeKind.CONFLICT, NoticeKind.DELETED, NoticeKind.AMBIGUOUS, NoticeKind.UNTRANSLATABLE, NoticeKind.UNLINKED, NoticeKind.REFUSED,
    NoticeKind.UNSETTLED,
})  # fmt: skip


class Did(Struct, frozen=True, kw_only=True):
    """One action that was done; `record` is the id of the row that was written."""

    action: str
    record: str
    evidence: tuple[str, ...] = ()


class Left(Struct, frozen=True, kw_only=True):
    """One action that was not done, or of which nobody knows.

    `reason`: refused (the target said no), moved (changed meanwhile), gone, unlinked, no-parent, cannot-move, unknown.
    """

    action: str
    reason: str
    status: int | None = None
    says: str = ""
    evidence: tuple[str, ...] = ()


class Stopped(Struct, frozen=True, kw_only=True):
    """A flow that couldn't be done to its end, for a system didn't answer; what is left over is planned anew next time."""

    flow: str
    system: str
    left: int
    code: str
    says: str = ""


class Applied(Struct, frozen=True, kw_only=True):
    """What came of a plan."""

    done: tuple[Did, ...] = ()
    refused: tuple[Left, ...] = ()
    unknown: tuple[Left, ...] = ()
    stopped: tuple[Stopped, ...] = ()
    notices: tuple[Notice, ...] = ()

    @property
    def counts(self) -> dict[str, int]:
        """How many of each."""
        found = {"done": self.done, "refused": self.refused, "unknown": self.unknown, "stopped": self.stopped}
        return {**{name: len(held) for name, held in found.items()}, "open": sum(map(awaits, self.notices))}

    @property
    def exit_code(self) -> int:
        """5 where something awaits a decision, else 0."""
        return AWAITING if any(count for name, count in self.counts.items() if name != "done") else DONE


def awaits(notice: Notice) -> bool:
    """Whether a notice awaits a decision."""
    return notice.kind in OPEN or notice.decides == "ask"
