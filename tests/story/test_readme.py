"""README tells the truth: what it says the program prints is what it prints, and its commands exist."""

from __future__ import annotations

import re
from pathlib import Path

from checker.cli.main import COMMANDS

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")
# Days and times differ from run to run, and with them where a line breaks.
MOVING = re.compile(r"\d{1,2} (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4}( \d{2}:\d{2} UTC)?")


def still(text: str) -> list[str]:
    """The words of a text, with everything that moves replaced; a day may stand on two lines."""
    return MOVING.sub("DAY", " ".join(text.split())).split()


def test_readme_shows_what_the_demo_prints(demonstration: tuple[Path, str]) -> None:
    """The block in README is the output of `readiness demo`, but for days and times."""
    shown = re.search(r"<!-- demo -->\n+```text\n(.*?)\n```\n+<!-- /demo -->", README, re.DOTALL)
    assert shown is not None
    folder, printed = demonstration
    assert still(shown[1]) == still(printed.replace(f"{folder.parent}/", ""))


def test_readme_names_commands_that_exist() -> None:
    """Every `readiness COMMAND` of README is a command."""
    named = set(re.findall(r"readiness ([a-z]+)\b", README)) - {"is"}
    assert named
    assert named <= set(COMMANDS)


def test_readme_names_the_two_commands_of_a_clone() -> None:
    """A clone needs `make demo` and `make test`, and both are targets."""
    makefile = (ROOT / "Makefile").read_text("utf-8")
    for target in ("demo", "test", "lint", "bench", "test-real"):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE)
        assert f"make {target}" in README
