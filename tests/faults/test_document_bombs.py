"""C27: small texts that would fill the memory, hang, or crash a parser end quickly in one sentence with its line.

Each runs in a process of its own with a memory limit, so that a crash or a hang is seen as one. Mutants these tests catch: a parser that
recurses, aliases that are expanded, numbers that are converted before they are measured, errors that are all built before fifty are shown.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

HEAD = "openapi: 3.0.0\ninfo: {title: a, version: '1'}\npaths: {}\n"
JSON = '{"openapi": "3.0.0", "info": {"title": "a", "version": "1"}, "paths": {}, '
CHILD = """
import sys
try:
    import resource
    resource.setrlimit(resource.RLIMIT_AS, (1500 * 2**20,) * 2)
except ImportError:
    pass
from checker.documents import load, validate_fast
from checker.errors import ReadinessError
try:
    print("valid", validate_fast(load(sys.argv[1])).valid)
except ReadinessError as error:
    (problem,) = error.problems
    print(problem.code, problem.line)
"""


def aliases() -> str:
    """Ten lines that stand for three billion words."""
    lines = [f"{chr(98 + i)}: &{chr(98 + i)} [{','.join(['*' + chr(97 + i)] * 9)}]\n" for i in range(9)]
    return HEAD + "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(lines)


def merges() -> str:
    """Merge keys that double with each line."""
    return HEAD + "a0: &a0 {k: v}\n" + "".join(f"a{i + 1}: &a{i + 1}\n  <<: [*a{i}, *a{i}]\n" for i in range(40))


def wide_merges() -> str:
    """One large mapping merged into thousands."""
    return HEAD + "a: &a {" + ",".join(f"k{i}: 1" for i in range(5_000)) + "}\nb:\n" + "- <<: *a\n" * 5_000


def chained(tail: str) -> str:
    """Fifty thousand references, each leading to the next."""
    names = ",".join(f'"s{i}": {{"$ref": "#/components/schemas/s{i + 1}{tail}"}}' for i in range(50_000))
    return JSON + '"components": {"schemas": {' + names + "}}}"


def shared_paths() -> str:
    """Ten thousand paths that are one item of a thousand parameters."""
    paths = ",".join(f'"/p{i}": {{"$ref": "#/components/pathItems/a"}}' for i in range(10_000))
    parameters = ",".join(f'{{"name": "p{i}", "in": "query"}}' for i in range(1_000))
    item = '{"get": {"parameters": [' + parameters + '], "responses": {}}}'
    return JSON + '"components": {"pathItems": {"a": ' + item + '}}, "paths": {' + paths + "}}"


BOMBS: dict[str, tuple[Callable[[], str], str]] = {
    "brackets.yaml": (lambda: HEAD + "x: " + "[" * 100_000, "document.too-deep 4"),
    "brackets.json": (lambda: JSON + '"x": ' + "[" * 100_000 + "]" * 100_000 + "}", "document.too-deep 1"),
    "shallower.json": (lambda: JSON + '"x": ' + "[" * 500 + "]" * 500 + "}", "document.too-deep None"),
    "dashes.yaml": (lambda: HEAD + "x:\n" + "- " * 100_000, "document.too-deep 5"),
    "questions.yaml": (lambda: HEAD + "? " * 100_000, "document.key 4"),
    "indents.yaml": (lambda: "\n".join(" " * i + "a:" for i in range(3_000)), "document.too-deep 201"),
    "aliases.yaml": (aliases, "document.too-many-values 10"),
    "merges.yaml": (merges, "document.too-many-values 38"),
    "wide-merges.yaml": (wide_merges, "document.too-many-values 105"),
    "self.yaml": (lambda: HEAD + "a: &a [*a]\n", "document.alias 4"),
    "digits.yaml": (lambda: HEAD + "x: " + "9" * 1_000_000, "document.number 4"),
    "digits.json": (lambda: JSON + '"x": ' + "9" * 1_000_000 + "}", "document.syntax 1"),
    "empties.json": (lambda: JSON + '"x": [' + "[]," * 5_000_000 + "1]}", "document.too-many-values None"),
    "pairs.yaml": (lambda: HEAD + "x: [" + "a: b, " * 2_000_000 + "]", "document.too-many-values None"),
    "lines.yaml": (lambda: HEAD + "x:\n" + "- a\n" * 2_000_000, "document.too-many-values None"),
    "large.json": (lambda: JSON + '"x": "' + "a" * 70_000_000 + '"}', "document.too-large None"),
    "circle.json": (
        lambda: JSON + '"components": {"schemas": {"a": {"$ref": "#/components/schemas/a/b/c"}}}}',
        "valid False",
    ),
    "chain.json": (lambda: chained(""), "valid False"),
    "chain-below.json": (lambda: chained("/x"), "valid False"),
    "shared.json": (shared_paths, "valid False"),
    "doubled.json": (lambda: JSON + '"x-a": {' + '"a": 1, ' * 200_000 + '"a": 2}}', "valid None"),
    "doubled.yaml": (lambda: HEAD + "x-a:\n" + "  a: 1\n" * 100_000, "valid None"),
    "errors.json": (
        lambda: (
            JSON
            + '"components": {"schemas": {"a": {"properties": {'
            + ",".join(f'"s{i}": {{"type": 5}}' for i in range(50_000))
            + "}}}}}"
        ),
        "valid False",
    ),
    "quotes.yaml": (lambda: HEAD + "x-a: '" + "''" * 2_000_000 + "'", "valid True"),
    "comment.yaml": (lambda: "#" * 10_000_000 + "\n" + HEAD, "valid True"),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_ends_in_a_sentence(tmp_path: Path, name: str) -> None:
    """A text made to break parsers ends with one reason, or is read; the process survives, within 1.5 GB and 30 s."""
    make, expected = BOMBS[name]
    (tmp_path / name).write_text(make(), "utf-8")
    command = [sys.executable, "-c", CHILD, str(tmp_path / name)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)
    assert (done.returncode, done.stderr, done.stdout.strip()) == (0, "", expected)
