"""Finding, evidence, subject: the one word that flows from every stage to the judge."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, NamedTuple

from msgspec import Struct, field


class Answer(StrEnum):
    """The answer to one claim about one subject. Claims are phrased so that yes is good news."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not-applicable"
    NOT_PERMITTED = "not-permitted"
    ERROR = "error"


class Grade(StrEnum):
    """How sure: probed > documented > answered > simulated > assumed. The last two never open a gate."""

    PROBED = "probed"
    DOCUMENTED = "documented"
    ANSWERED = "answered"
    SIMULATED = "simulated"
    ASSUMED = "assumed"

    @property
    def rank(self) -> int:
        """4 for probed down to 0 for assumed."""
        return len(Grade) - 1 - list(Grade).index(self)

    @property
    def opens_gates(self) -> bool:
        """Whether evidence of this grade may let a flow pass a gate."""
        return self.rank >= Grade.ANSWERED.rank


class Finding(Struct, frozen=True, kw_only=True):
    """The answer to the claim `id` about `subject`.

    `says` is the English rendering of the catalogue's text with `values`; renderers use id, answer and values.
    `evidence` holds keys of the audit's evidence. Built by `catalogue.finding`, so that `says` is always right.
    """

    id: str
    subject: str
    answer: Answer
    grade: Grade
    says: str
    values: dict[str, Any] = field(default_factory=dict)
    evidence: tuple[str, ...] = ()


class ExchangeEvidence(Struct, frozen=True, kw_only=True, tag_field="kind", tag="exchange"):
    """A recorded HTTP exchange, redacted and masked; `repeat` is a curl command with secrets as shell variables."""

    at: str
    system: str
    request: dict[str, Any]
    response: dict[str, Any] | None
    error: str | None = None
    milliseconds: float | None = None
    repeat: str = ""


class DocumentEvidence(Struct, frozen=True, kw_only=True, tag_field="kind", tag="document"):
    """A place in an API document: a JSON pointer, and what stands there, shortened."""

    system: str
    source: str
    pointer: str
    excerpt: str = ""
    line: int | None = None


class CountEvidence(Struct, frozen=True, kw_only=True, tag_field="kind", tag="count"):
    """A count over records: of how many, from where, when, with masked examples."""

    system: str
    resource: str
    records: int
    counted: dict[str, Any]
    at: str
    examples: tuple[str, ...] = ()


class PersonEvidence(Struct, frozen=True, kw_only=True, tag_field="kind", tag="answer"):
    """What a person answered, who and when. `subject` None: everywhere; `says`: the chosen answer as the checklist words it, by language."""

    item: str
    answer: str
    who: str | None
    when: str | None
    note: str | None = None
    subject: str | None = None
    says: dict[str, str] = field(default_factory=dict)


class ActionEvidence(Struct, frozen=True, kw_only=True, tag_field="kind", tag="action"):
    """An action of the sync or of the rehearsal."""

    flow: str
    action: str
    detail: dict[str, Any] = field(default_factory=dict)


class ProjectEvidence(Struct, frozen=True, kw_only=True, tag_field="kind", tag="project"):
    """A place in the project file."""

    file: str
    key: str
    excerpt: str = ""
    line: int | None = None


Evidence = ExchangeEvidence | DocumentEvidence | CountEvidence | PersonEvidence | ActionEvidence | ProjectEvidence


class Subject(NamedTuple):
    """What a finding is about, taken apart. Text form (design.md): SYSTEM | SYSTEM/RESOURCE | SYSTEM/RESOURCE#FIELD | flow:NAME | flow:NAME#FIELD | flow:NAME:FROM->TO | pair."""

    system: str | None = None
    resource: str | None = None
    flow: str | None = None
    source: str | None = None
    target: str | None = None
    part: str | None = None

    @property
    def scope(self) -> str:
        """pair, system, resource, flow or direction."""
        if self.flow is not None:
            return "direction" if self.source is not None else "flow"
        if self.system is not None:
            return "resource" if self.resource is not None else "system"
        return "pair"

    def __str__(self) -> str:
        if self.flow is not None:
            text = f"flow:{self.flow}" + (f":{self.source}->{self.target}" if self.source is not None else "")
        elif self.system is not None:
            text = self.system + (f"/{self.resource}" if self.resource is not None else "")
        else:
            text = "pair"
        return f"{text}#{self.part}" if self.part is not None else text

    @classmethod
    def parse(cls, text: str) -> Subject:
        """Take a subject's text form apart; the inverse of `str()`."""
        text, _, part = text.partition("#")
        field_ = part or None
        if text == "pair":
            return cls(part=field_)
        if text.startswith("flow:"):
            name, _, direction = text.removeprefix("flow:").partition(":")
            source, _, target = direction.partition("->")
            return cls(flow=name, source=source or None, target=target or None, part=field_)
        system, _, resource = text.partition("/")
        return cls(system=system, resource=resource or None, part=field_)
