"""The lists to clean up, as CSV or as one workbook: linked, ambiguous, unusable, without counterpart, alike. Masked unless somebody asks."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from checker.cli.data_text import JOINED, Fates, Forecast, key_shown
from checker.data.keys import key_values, keys
from checker.errors import InputError, Problem
from checker.model.sync import Which
from checker.model.text import safe
from checker.store import write_whole

if TYPE_CHECKING:
    from checker.gathering import Gathered

FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet takes a cell that begins so for a formula (acceptance C38)
BECOMES = {
    "create": "created on the other side", "ask": "created if a person agrees", "stay": "stays: direction or rule", "out-of-scope": "out of scope: filter",
}  # fmt: skip
LONGEST_SHEET = 31  # characters of a sheet's name, Excel's own limit
NOT_IN_SHEETS = str.maketrans("[]:*?/\\", "-------")

Lists = Mapping[str, list[list[str]]]


def write_lists(made: Gathered, one: Forecast, folder: Path, form: str, *, masked: bool) -> Iterator[Path]:
    """The lists that have something in them: a CSV file for each, or a workbook with a sheet for each (`form`: csv, xlsx)."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(Problem("files.cannot-use", {"path": folder, "reason": error.strerror})) from None
    lists = {name: lines for name, lines in lists_of(made, one, masked=masked).items() if len(lines) > 1}
    start = safe(one.view.flow.name, 60)
    if form == "xlsx" and lists:
        path = folder / f"{start}.xlsx"
        write_whole(path, _workbook(lists))
        yield path
    for name, lines in lists.items() if form == "csv" else ():
        path = folder / f"{start}-{name}.csv"
        write_whole(path, _csv(lines))
        yield path


def lists_of(made: Gathered, one: Forecast, *, masked: bool) -> Lists:
    """Each list by name, its header first. A record is told by its id and its keys."""
    view = one.view
    found = keys(view, made.between(view))
    rows = {which is Which.LEFT: {row.id: row for row in made.key_rows(view, which)} for which in Which}

    def told(row_id: str, *, left: bool) -> list[str]:
        row = rows[left].get(row_id)
        values = [key_values(key, row, left=left) if row else None for key in found]
        return [
            key_shown(JOINED.join(value), key.by, masked=masked) if value else ""
            for key, value in zip(found, values, strict=True)
        ]

    heads, ours, theirs = [key.by for key in found], view.left.system, view.right.system
    return {
        "linked": [[ours, theirs, "by", *heads], *([link.left, link.right, link.by, *told(link.left, left=True)] for link in one.matched.links)],
        "two-places": [[ours, theirs, "by", *heads], *([link.left, link.right, link.by, *told(link.left, left=True)] for link in one.elsewhere)],
        "ambiguous": [[ours, theirs, "by", "key", "contradicted by"], *([" ".join(each.left), " ".join(each.right), each.by, key_shown(each.key, each.by, masked=masked), each.against or ""] for each in one.matched.ambiguous)],
        f"unusable-{ours}": [["id", *heads], *([each, *told(each, left=True)] for each in one.unusable_left)],
        f"unusable-{theirs}": [["id", *heads], *([each, *told(each, left=False)] for each in one.unusable_right)],
        f"only-{ours}": [["id", *heads, "becomes"], *([each, *told(each, left=True), BECOMES[fate]] for each, fate in _in_order(one.matched.only_left, one.fates_left))],
        f"only-{theirs}": [["id", *heads, "becomes"], *([each, *told(each, left=False), BECOMES[fate]] for each, fate in _in_order(one.matched.only_right, one.fates_right))],
        "alike": [[ours, theirs, "score"], *([each.left, each.right, f"{each.score:g}"] for each in one.likely or ())],
    }  # fmt: skip


def _in_order(ids: Sequence[str], fates: Fates) -> Iterator[tuple[str, str]]:
    """What becomes of each record that is neither linked nor unusable."""
    by_id = {each: fate for fate, some in fates.items() for each in some}
    return ((each, by_id[each]) for each in ids if each in by_id)


def _csv(lines: Sequence[Sequence[str]]) -> bytes:
    """CSV that a spreadsheet opens by a double click: UTF-8 with its mark, semicolons; nothing in it is taken for a formula."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    for line in lines:
        writer.writerow([f"'{cell}" if cell.startswith(FORMULA) else cell for cell in line])
    return out.getvalue().encode("utf-8-sig")


def _workbook(lists: Lists) -> bytes:
    """A workbook, a sheet a list. Every cell is a text: nothing is taken for a formula, and no id loses its zeros."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.utils.exceptions import IllegalCharacterError

    book = Workbook(write_only=True)
    for name, lines in lists.items():
        sheet = book.create_sheet(name.translate(NOT_IN_SHEETS)[:LONGEST_SHEET])
        sheet.freeze_panes = "A2"
        for line in lines:
            cells = []
            for text in line:
                try:
                    cell = WriteOnlyCell(sheet, text)
                except IllegalCharacterError:
                    cell = WriteOnlyCell(sheet, safe(text))
                cell.data_type = "s"
                cells.append(cell)
            sheet.append(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
