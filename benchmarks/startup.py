"""`readiness --help` beside `python -c "import click"`; goal: at most twice."""

from __future__ import annotations

from benchmarks.rounds import in_turns, python, show


def main() -> None:
    """Time both in turns and print the ratio."""
    commands = {
        "import click": python("-c", "import click"),
        "readiness --help": python("-m", "checker", "--help"),
    }
    show(in_turns(commands, 10), "import click")


if __name__ == "__main__":
    main()
