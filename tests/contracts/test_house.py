"""The house rules that a linter doesn't know: sizes, one transport, no vendor names."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULES = sorted((ROOT / "checker").rglob("*.py"))
LONGEST_MODULE, LONGEST_FUNCTION = 400, 60


def functions(tree: ast.AST) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function and method of a module."""
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_modules_and_functions_fit_on_a_screen(path: Path) -> None:
    """No module is longer than 400 lines, no function longer than 60."""
    text = path.read_text("utf-8")
    long = [
        f"{one.name}: {(one.end_lineno or 0) - one.lineno + 1} lines"
        for one in functions(ast.parse(text))
        if (one.end_lineno or 0) - one.lineno >= LONGEST_FUNCTION
    ]
    assert not long
    assert text.count("\n") <= LONGEST_MODULE


def test_a_broad_except_stands_at_the_top_of_programs_and_in_the_probe_runner_only() -> None:
    """Only the probe runner, the command line and the child around a foreign validator catch everything."""
    found = set()
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            broad = isinstance(node, ast.ExceptHandler) and (
                node.type is None or (isinstance(node.type, ast.Name) and node.type.id == "Exception")
            )
            if broad:
                found.add(path.relative_to(ROOT).as_posix())
    assert found == {"checker/probes/run.py", "checker/cli/main.py", "checker/documents/authority_child.py"}


def test_nothing_in_the_product_is_posix_only() -> None:
    """Consultants use Windows too: no module imports what only POSIX has."""
    posix = {"fcntl", "resource", "pwd", "grp", "termios", "tty", "pty", "posix"}
    for path in MODULES:
        for node in ast.parse(path.read_text("utf-8")).body:
            names = (
                {one.name for one in node.names}
                if isinstance(node, ast.Import)
                else {node.module}
                if isinstance(node, ast.ImportFrom)
                else set()
            )
            assert not names & posix, f"{path.relative_to(ROOT)} imports {names & posix}"
