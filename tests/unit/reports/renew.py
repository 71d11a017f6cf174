"""Renews what is committed of the reports: snapshots and schemas. `python tests/unit/reports/renew.py`; then read the diff."""

from __future__ import annotations

from pathlib import Path

from sample import sample
from test_reports_html import skeleton

from checker.data_files import data_folder
from checker.reports import render
from checker.reports.schemas import as_text, schemas

SNAPSHOTS = Path(__file__).parent / "snapshots"


def main() -> None:
    """Write them all."""
    SNAPSHOTS.mkdir(exist_ok=True)
    for language in ("en", "de"):
        SNAPSHOTS.joinpath(f"terminal.{language}.txt").write_text(render(sample(), "terminal", language), "utf-8")
        SNAPSHOTS.joinpath(f"skeleton.{language}.txt").write_text(skeleton(render(sample(), "html", language)), "utf-8")
    for name, schema in schemas().items():
        data_folder("reports").joinpath(name).write_text(as_text(schema), "utf-8")


if __name__ == "__main__":
    main()
