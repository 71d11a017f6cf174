"""Nothing is written before somebody agreed to what would be."""

from __future__ import annotations

import pytest

from checker.cli.consent import consent, lines
from checker.errors import RefusedError
from checker.model.permit import Planned

PLANNED = (Planned("crm", "contacts", 7), Planned("erp", "geschaeftspartner", 5), Planned("crm", "products", 3))
WHERE = {"crm": "http://127.0.0.1:8055/v1", "erp": "http://127.0.0.1:8056"}


def test_each_system_is_one_line_with_its_address_and_how_much_is_written_where() -> None:
    """Who agrees knows the system by its address, the resources, and the most records that may come."""
    assert lines(PLANNED, WHERE, "en") == [
        "  crm (http://127.0.0.1:8055/v1): up to 10 test records (contacts, products)",
        "  erp (http://127.0.0.1:8056): up to 5 test records (geschaeftspartner)",
    ]
    assert lines(PLANNED[:1], WHERE, "de") == ["  crm (http://127.0.0.1:8055/v1): bis zu 7 Testdatensätze (contacts)"]


def test_without_a_terminal_and_without_yes_it_is_refused_and_the_list_is_shown(capsys) -> None:
    """In a pipe nobody can be asked: refused, and what would be written stands on stderr. Mutant: silence counts as consent."""
    with pytest.raises(RefusedError) as caught:
        consent(PLANNED, WHERE, "en", yes=False)
    assert caught.value.problems[0].code == "consent.nobody-asked"
    told = capsys.readouterr()
    assert "up to 10 test records" in told.err
    assert told.out == ""


def test_yes_is_consent_and_the_list_is_shown_all_the_same(capsys) -> None:
    """A log of a run in CI says what was agreed to."""
    consent(PLANNED, WHERE, "de", yes=True)
    assert "bis zu 5 Testdatensätze" in capsys.readouterr().err


@pytest.mark.parametrize("answer", ["n\n", "\n"])
def test_a_person_who_does_not_agree_is_heard(monkeypatch, answer: str) -> None:
    """No, or just Enter: nothing is written."""
    import io
    import sys

    given = io.StringIO(answer)
    given.isatty = lambda: True  # type: ignore[method-assign]
    monkeypatch.setattr(sys, "stdin", given)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with pytest.raises(RefusedError) as caught:
        consent(PLANNED, WHERE, "en", yes=False)
    assert caught.value.problems[0].code == "consent.declined"
