"""The terminal report as its readers see it."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

import pytest
from hostile import PAYLOADS, poisoned
from sample import bare, ready, sample

from checker.model.text import INVISIBLE
from checker.reports import render, terminal

SNAPSHOTS = Path(__file__).parent / "snapshots"
ANSI = re.compile(r"\x1b\[[0-9;]*m")


@pytest.mark.parametrize("language", ["en", "de"])
def test_whole_report_is_as_committed(language: str) -> None:
    """A change of the report's words or layout is seen by whoever reviews it."""
    assert render(sample(), "terminal", language) == SNAPSHOTS.joinpath(f"terminal.{language}.txt").read_text("utf-8")


def test_verdict_blockers_and_tasks_come_last_in_this_order() -> None:
    """The last lines on the screen say whether one may go live, what blocks, and who does what."""
    text = render(sample(), "terminal", "en")
    headings = [line.split("  ")[0] for line in text.splitlines() if re.fullmatch(r"[A-Z][A-Z -]+(  .*)?", line)]
    assert headings[-3:] == ["VERDICT", "WHAT BLOCKS", "WHO DOES WHAT BY WHEN"]


@pytest.mark.parametrize("width", [60, 80, 100, 140])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    """Nothing is wrapped by the terminal itself."""
    for language in ("en", "de"):
        assert max(map(len, terminal.render(sample(), language, width=width).splitlines())) <= width


def test_colours_are_there_only_when_asked_for() -> None:
    """A pipe gets plain text, a terminal the same text in colours."""
    plain = terminal.render(sample(), "en")
    coloured = terminal.render(sample(), "en", colour=True)
    assert "\x1b" not in plain
    assert "\x1b[" in coloured
    assert "\n".join(line.rstrip() for line in ANSI.sub("", coloured).split("\n")) == plain


def test_environment_has_no_say(monkeypatch: pytest.MonkeyPatch) -> None:
    """Colour and width are arguments: the same audit gives the same text on every machine."""
    plain = terminal.render(sample(), "de", colour=True)
    for name, value in {"NO_COLOR": "1", "COLUMNS": "40", "TERM": "dumb", "FORCE_COLOR": "1"}.items():
        monkeypatch.setenv(name, value)
    assert terminal.render(sample(), "de", colour=True) == plain


def test_hostile_text_shows_as_text() -> None:
    """Escape sequences, bidi overrides, markup and emoji codes from outside stay visible signs (acceptance F9)."""
    import msgspec

    project = "\x1b[31mred \x1b]52;c;eA==\x07 \u202ereversed [/foo] [bold]x :bomb: \x00"
    text = render(msgspec.structs.replace(sample(), project=project), "terminal", "en")
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "\x00" not in text
    assert "[/foo] [bold]x :bomb:" in text


@pytest.mark.parametrize("payload", PAYLOADS, ids=range(len(PAYLOADS)))
def test_no_text_from_outside_steers_the_terminal(payload: str) -> None:
    """Whatever stands in names, values and answers: in colour or not, only our own colours are sent (acceptance C30)."""
    text = ANSI.sub("", terminal.render(poisoned(sample(), payload), "de", colour=True))
    assert not [sign for sign in text if unicodedata.category(sign) in INVISIBLE and sign != "\n"]
    text.encode("utf-8")


def test_ready_audit_says_so_and_asks_nobody_for_anything() -> None:
    """Where everything is met, the report says ready and that nothing is left to do."""
    text = render(ready(), "terminal", "de")
    assert "✔ BEREIT FÜR DEN PRODUKTIVSTART." in text
    assert "Es ist nichts mehr zu tun." in text
    assert "WAS SPERRT" not in text


def test_audit_without_anything_is_still_a_report() -> None:
    """An audit that found nothing out is open, not ready, and no crash."""
    text = render(bare(), "terminal", "en")
    assert "? WHETHER GO-LIVE IS CLEAR IS STILL OPEN." in text
