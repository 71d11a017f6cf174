"""The terminal's report: plain text by rich. What matters most comes last, where the reader's eyes are: verdict, what blocks, who does what."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from checker.model.audit import Audit, StepOutcome
from checker.model.text import safe
from checker.reports.blockers import GateCell
from checker.reports.book import Book, open_book
from checker.reports.front import Front, front
from checker.reports.rehearsal import FlowRows, StepRow, rehearsal_view
from checker.reports.sync import SumTable
from checker.reports.words import Mark

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.table import Table
    from rich.text import Text

WIDTH = 100
NARROWEST = 60
STYLES = {"ready": "green", "conditional": "yellow", "not-ready": "bold red", "unknown": "cyan", "error": "magenta"}
LONGEST_SHOWN = 2000


def render(
    audit: Audit, language: str, *, width: int = WIDTH, colour: bool = False, only_rehearsal: bool = False
) -> str:
    """The report as text, at most `width` columns wide (60 at least); with `colour` in ANSI colours, which are never the only sign.

    `only_rehearsal`: that section alone.
    """
    from rich.console import Console  # noqa: PLC0415 - slow to import

    book = open_book(audit, language)
    out = io.StringIO()
    console = Console(
        file=out,
        width=max(width, NARROWEST),
        force_terminal=colour,
        color_system="standard" if colour else None,
        no_color=not colour,
        legacy_windows=False,
        markup=False,
        emoji=False,
        highlight=False,
        _environ={},
    )
    page = _Page(book, front(book), console)
    if only_rehearsal:
        page.rehearsal()
    else:
        page.write()
    return "\n".join(line.rstrip() for line in out.getvalue().split("\n"))


class _Page:
    """Writes the parts of the report, one after the other."""

    def __init__(self, book: Book, page: Front, console: Console) -> None:
        self.book = book
        self.words = book.words
        self.page = page
        self.console = console

    def write(self) -> None:
        """The whole report, the most important part last."""
        self._head()
        self._status()
        self._gates()
        self._sync()
        self.rehearsal()
        self._heading("not-tested")
        for one in (*self.page.not_tested, self.words("not-tested.always")):
            self._say(one)
        self._verdict()
        self._blockers()
        self._tasks()

    def _text(self, text: str, style: str = "") -> Text:
        from rich.text import Text  # noqa: PLC0415 - slow to import

        return Text(safe(text, LONGEST_SHOWN), style=style)

    def _say(self, text: str, style: str = "") -> None:
        """A paragraph, indented."""
        self._show(self._text(text, style))

    def _heading(self, key: str, more: str = "") -> None:
        self.console.print()
        self.console.print(self._text(self.words(key).upper(), "bold") + self._text(f"  {more}" if more else "", "dim"))

    def _marked(self, mark: Mark, more: str = "") -> Text:
        return self._text(f"{mark.symbol} {mark.word}{more}", STYLES.get(mark.state, ""))

    def _grid(self, *ratios: int | None) -> Table:
        from rich.table import Table  # noqa: PLC0415 - slow to import

        grid = Table.grid(padding=(0, 2), expand=any(ratios))
        for ratio in ratios:
            grid.add_column(ratio=ratio, overflow="fold")
        return grid

    def _show(self, table: RenderableType) -> None:
        from rich.padding import Padding  # noqa: PLC0415 - slow to import

        self.console.print(Padding(table, (0, 0, 0, 2)))

    def _head(self) -> None:
        page = self.page
        self.console.print(self._text(f"{self.words('title').upper()}  {page.title}", "bold"))
        self.console.print(self._text(" · ".join((page.project, *page.meta)), "dim"))

    def _status(self) -> None:
        status = self.page.status
        self._heading("status", status.total)
        self._say(" · ".join(f"{one.mark.symbol} {self.words.number(one.n)} {one.mark.word}" for one in status.tallies))
        if status.met:
            self._say(self.words("status.by-grade", list=", ".join(status.met)))
        if status.waits:
            self._say(self.words("status.open-by", list="; ".join(status.waits)))

    def _gates(self) -> None:
        self._heading("gates")
        grid = self._grid(None, None, None, None, None)
        grid.add_row(
            self._text(""),
            self._text(""),
            *(self._text(self.words(f"gate.{gate}"), "bold") for gate in ("start", "build", "go-live")),
        )
        for row in self.page.gates:
            grid.add_row(self._text(row.flow), self._text(row.route), *(self._cell(cell) for cell in row.cells))
        self._show(grid)

    def _cell(self, cell: GateCell) -> Text:
        return self._marked(cell.mark, f": {cell.label}" if cell.label else "")

    def _sync(self) -> None:
        sync = self.page.sync
        self._heading("sync", self.words("sync.provisional") if sync.provisional and sync.lines else "")
        if not sync.lines:
            self._say(self.words("sync.empty"))
            return
        if self.book.audit.sync_mode.headline is None:
            self._say(self.words("sync.none"))
        grid = self._grid(None, 3, 2)
        for line in sync.shown:
            mode = " + ".join((line.mode, *line.notes))
            flows = f" ({line.flows})" if line.flows else ""
            age = "; ".join(part for part in (line.age, line.wanted) if part)
            grid.add_row(self._text(line.direction), self._text(mode + flows), self._text(age))
        self._show(grid)
        if sync.more:
            self._say(sync.more, "dim")
        for direction, reason in sync.why_not[:3]:
            self._say(f"{self.words('sync.why-not')} {direction}: {reason}")
        if sync.table:
            self._sums(sync.table.telling)
        for note in sync.notes:
            self._say(note, "dim")

    def _sums(self, table: SumTable) -> None:
        from rich import box  # noqa: PLC0415 - slow to import
        from rich.table import Table  # noqa: PLC0415 - slow to import

        self.console.print()
        self._say(table.caption, "bold")
        shown = Table(box=box.SIMPLE_HEAD, pad_edge=False)
        for n, heading in enumerate((self.words("sync.interval"), *table.columns, table.total, "")):
            shown.add_column(self._text(heading), justify="left" if n == 0 or not heading else "right")
        for row in table.rows:
            shown.add_row(
                self._text(row.interval), *map(self._text, row.terms), self._text(row.total), self._marked(row.mark)
            )
        self._show(shown)
        if table.quota:
            self._say(table.quota)

    def rehearsal(self) -> None:
        """What passed, and what can't occur, in one line a flow each; what needs somebody's attention whole."""
        view = rehearsal_view(self.book)
        if view is None:
            return
        self._heading("rehearsal", view.summary)
        for flow in view.flows:
            self._flow(flow)

    def _flow(self, flow: FlowRows) -> None:
        self._say(f"{flow.flow} {flow.route}".strip(), "bold")
        for outcome, names in ((StepOutcome.PASS, flow.passed), (StepOutcome.SKIPPED, flow.skipped)):
            mark = self.words.outcome(outcome)
            if names:
                self._say(f"{mark.symbol} {mark.word}: {', '.join(names)}", STYLES.get(mark.state, ""))
        grid = self._grid(None, 1)
        for row in flow.telling:
            grid.add_row(self._text(row.mark.symbol, STYLES.get(row.mark.state, "")), self._step(row))
        if flow.telling:
            self._show(grid)

    def _step(self, row: StepRow) -> Text:
        head = self._text(f"{row.name}: ", "bold") + self._text(f"{row.mark.word}. ", STYLES.get(row.mark.state, ""))
        said = " ".join(part for part in (row.did, row.happened) if part)
        decide = f" → {self.words('rehearsal.decide')}: {row.decide}" if row.decide else ""
        return head + self._text(said) + self._text(decide, "bold")

    def _verdict(self) -> None:
        self._heading("verdict")
        mark = self.page.verdict
        self._say(f"{mark.symbol} {mark.word.upper()}", STYLES.get(mark.state, "bold"))
        self._say(" ".join(self.page.sentences))

    def _blockers(self) -> None:
        page = self.page
        if not page.blockers:
            return
        self._heading("blocks" if page.known_blockers else "blocks.open")
        grid = self._grid(None, 1)
        for one in page.blockers:
            effect = f" → {one.effect}" if one.effect else ""
            detail = f" {one.detail}" if one.detail else ""
            grid.add_row(
                self._text(f"{one.number} {one.mark.symbol}"),
                self._text(one.title, "bold") + self._text(detail + effect),
            )
        self._show(grid)
        if page.more_blockers:
            self._say(f"    {page.more_blockers}")

    def _tasks(self) -> None:
        self._heading("tasks")
        tasks = self.page.tasks
        if not tasks.groups:
            self._say(self.words("tasks.none"))
            return
        grid = self._grid(None, 1, None)
        for group in tasks.groups:
            for n, task in enumerate(group.tasks):
                grid.add_row(self._text("" if n else group.who, "bold"), self._text(task.what), self._text(task.due))
            if group.more:
                grid.add_row(self._text(""), self._text(group.more, "dim"), self._text(""))
        self._show(grid)
        if tasks.more:
            self._say(tasks.more, "dim")
