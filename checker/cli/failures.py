"""How a failed run is told: problems with place, reason and next step; a bug of ours as a redacted file."""

from __future__ import annotations

import itertools
import json
import re
import tempfile
import traceback
from pathlib import Path

import click

from checker.catalogue import explain_problem
from checker.errors import Problem, ReadinessError
from checker.model.text import safe

BUG = 70
MOST_SHOWN = 25
SECRETISH = re.compile(r"(?i)(bearer|basic|token|secret|password|api[-_]?key)([\"'=:\s]+)[^\s\"',}]+")


def told(problem: Problem, language: str = "en") -> str:
    """One problem as two lines: where and what; what to do next."""
    message, hint = explain_problem(problem, language)
    where = f"{safe(problem.where)}: " if problem.where else ""
    return f"{where}{message}" + (f"\n  → {hint}" if hint else "")


def excerpt(problem: Problem) -> str:
    """The line of the file that a problem is about, with a mark below the column; empty where it can't be had or may be secret."""
    if problem.file is None or problem.line is None or problem.code.startswith("secret."):
        return ""
    try:
        line = Path(problem.file).read_text("utf-8", "replace").splitlines()[problem.line - 1]
    except (OSError, IndexError):
        return ""
    shown = SECRETISH.sub(r"\1\2***", line)
    if shown != line:
        return ""
    mark = "\n" + " " * (len(str(problem.line)) + 5 + problem.column - 1) + "^" if problem.column else ""
    return f"\n  {problem.line} | {safe(line, 160)}{mark}"


def report(error: ReadinessError, words: list[str]) -> int:
    """Tell all problems on stderr, and as JSON on stdout where JSON was asked for; gives the exit code."""
    problems = error.problems
    for problem in problems[:MOST_SHOWN]:
        click.echo(f"error: {told(problem)}{excerpt(problem)}", err=True)
    if len(problems) > MOST_SHOWN:
        click.echo(f"and {len(problems) - MOST_SHOWN} more", err=True)
    if any(a == "--format" and b == "json" for a, b in itertools.pairwise(words)) or "--format=json" in words:
        name = next((word for word in words if not word.startswith("-")), "readiness")
        click.echo(
            json.dumps(
                {"schema_version": 1, "command": name, "result": None, "problems": [as_json(one) for one in problems]},
                indent=2,
            )
        )
    return error.exit_code


def as_json(problem: Problem) -> dict[str, object]:
    """A problem in the shape of every command's `--format json`."""
    message, hint = explain_problem(problem)
    return {
        "code": problem.code,
        "message": message,
        "file": problem.file,
        "line": problem.line,
        "column": problem.column,
        "hint": hint,
    }


def report_bug(error: Exception) -> int:
    """Keep a redacted account of a bug of ours, say where; gives the exit code."""
    text = SECRETISH.sub(r"\1\2***", "".join(traceback.format_exception(error)))
    with tempfile.NamedTemporaryFile(
        "w", prefix="readiness-bug-", suffix=".txt", delete=False, encoding="utf-8", errors="backslashreplace"
    ) as file:
        file.write(text)
    problem = Problem("internal", {"what": type(error).__name__, "file": file.name})
    click.echo(f"error: {told(problem)}", err=True)
    return BUG
