"""The event matrix of the report: what came, what did not, what nobody tried."""

from __future__ import annotations

import msgspec
from sample import finding, sample

from checker.reports.book import open_book
from checker.reports.events import event_rows


def test_a_change_without_an_event_is_told_beside_those_with_one() -> None:
    """Created and changed came, deleted did not; the delay and the thin payload stand beside."""
    (row,) = event_rows(open_book(sample(), "en"))
    assert [cell.mark.word for cell in row.kinds] == ["came", "came", "did not come", "not tried"]
    assert (row.delay, row.payload.mark.word) == ("1.2 s (worst 4.05 s)", "only a part")


def test_merges_are_told_as_named_in_the_document_only() -> None:
    """No interface merges on request, so that an event for it can't be waited for."""
    made = sample()
    named = finding("webhooks.events-declared", "crm/contacts", "yes", "documented", (), events=["contact.merged"])
    (row,) = event_rows(open_book(msgspec.structs.replace(made, findings=(*made.findings, named)), "de"))
    assert row.kinds[-1].mark.word == "nur im Dokument genannt"


def test_without_any_tried_change_there_is_no_table() -> None:
    """An audit that heard nothing shows none."""
    made = sample()
    silent = tuple(one for one in made.findings if not one.id.startswith("webhook."))
    assert event_rows(open_book(msgspec.structs.replace(made, findings=silent), "en")) == ()
