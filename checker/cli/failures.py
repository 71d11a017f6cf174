"""How a failed run is told: problems with place, reason and next step; a bug of ours as a redacted file."""

from __future__ import annotations

import errno
import itertools
import json
import os
import re
import tempfile
import traceback
from pathlib import Path

import click

from checker.catalogue import explain_problem
from checker.errors import InputError, Problem, ReadinessError
from checker.model.text import safe

BUG = 70
NO_ROOM = frozenset({errno.ENOSPC, errno.EIO, errno.EFBIG})
SECRET_FROM = 8  # characters; shorter values of the environment stand in every text
QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
MOST_SHOWN = 25
SECRETISH = re.compile(r"(?i)(bearer|basic|token|secret|password|api[-_]?key)([\"'=:\s]+)[^\s\"',}]+")


def told(problem: Problem, after: Problem | None = None) -> str:
    """One problem as two lines: where and what; what to do next, unless the problem `after` it takes the same."""
    message, hint = explain_problem(problem)
    where = f"{safe(problem.where)}: " if problem.where else ""
    again = after is not None and explain_problem(after)[1] == hint
    return f"{where}{message}" + (f"\n  → {hint}" if hint and not again else "")


def excerpt(problem: Problem) -> str:
    """The line of the file that a problem is about, with a mark below the column; empty where it can't be had, or may be secret or personal."""
    if problem.file is None or problem.line is None or problem.code.startswith(("secret.", "export.")):
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
    for problem, after in itertools.zip_longest(problems[:MOST_SHOWN], problems[1:MOST_SHOWN]):
        click.echo(f"error: {told(problem, after)}{excerpt(problem)}", err=True)
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


def report_system(error: OSError, words: list[str]) -> int:
    """Tell what the machine refused; gives the exit code."""
    if error.filename is not None:
        return report(
            InputError(Problem("files.cannot-use", {"path": error.filename, "reason": error.strerror})), words
        )
    if error.errno in NO_ROOM:
        return report(InputError(Problem("files.no-output", {"reason": error.strerror})), [])
    return report_bug(error, words)


def report_bug(error: Exception, words: list[str]) -> int:
    """Keep a redacted account of a bug of ours, say where, and with --debug show it; gives the exit code."""
    text = redacted_account(error)
    if "--debug" in words:
        click.echo(text, err=True)
    try:
        with tempfile.NamedTemporaryFile(
            "w", prefix="readiness-bug-", suffix=".txt", delete=False, encoding="utf-8", errors="backslashreplace"
        ) as file:
            file.write(text)
    except OSError:
        click.echo(text, err=True)
    else:
        click.echo(f"error: {told(Problem('internal', {'what': type(error).__name__, 'file': file.name}))}", err=True)
    return BUG


def redacted_account(error: Exception) -> str:
    """The traceback without what may be secret or personal: quoted values of messages, values of the environment, what looks like either."""
    from checker.client import mask
    from checker.client.redact import Secrets

    secrets = Secrets()
    for name, value in os.environ.items():
        if len(value) >= SECRET_FROM:
            secrets.add(value, name)
    places = traceback.format_exception(error)
    lines = (one if one.startswith(("  ", "Traceback")) else QUOTED.sub("'…'", one) for one in places)
    return mask.free_text(secrets.redact(SECRETISH.sub(r"\1\2***", "".join(lines))))
