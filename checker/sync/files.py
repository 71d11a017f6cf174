"""A plan as a file: readable, private to its owner for the records' values in it, sealed against edits."""

from __future__ import annotations

from pathlib import Path

import msgspec
from msgspec.structs import replace

from checker import __version__
from checker.errors import InputError, Problem, RefusedError
from checker.model.sync import Plan
from checker.store import write_whole
from checker.sync.exact import decoded, digest, encoded

LARGEST_PLAN = 256 * 1024 * 1024  # bytes
KNOWN_VERSION = 1


def sealed(plan: Plan) -> Plan:
    """The plan with its seal: a digest over all the rest."""
    return replace(plan, seal=digest(replace(plan, seal="")))


def plan_text(plan: Plan) -> bytes:
    """The plan as it stands in its file: names sorted, two blanks a level."""
    return msgspec.json.format(encoded(plan), indent=2) + b"\n"


def write_plan(path: Path, plan: Plan) -> None:
    """Keep a sealed plan, readable for its owner only: it holds records' values. Raises InputError."""
    write_whole(path, plan_text(plan))


def read_plan(path: Path, *, project: str) -> Plan:
    """A plan from its file. Raises InputError for what is no plan, RefusedError for an edited one, another project's or another version's."""
    try:
        if path.stat().st_size > LARGEST_PLAN:
            raise InputError(Problem("sync.no-plan", {"path": path}))
        text = path.read_bytes()
    except OSError as error:
        raise InputError(Problem("files.cannot-use", {"path": path, "reason": error.strerror})) from None
    try:
        plan = decoded(text, Plan)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise InputError(Problem("sync.no-plan", {"path": path})) from None
    if plan.schema_version != KNOWN_VERSION or plan.readiness_version != __version__:
        values = {"path": path, "found": plan.readiness_version, "expected": __version__}
        raise RefusedError(Problem("sync.plan-version", values))
    if sealed(plan).seal != plan.seal or plan_text(plan) != text:
        raise RefusedError(Problem("sync.plan-edited", {"path": path}))
    if plan.project != project:
        raise RefusedError(
            Problem("sync.plan-other-project", {"path": path, "found": plan.project, "expected": project})
        )
    return plan
