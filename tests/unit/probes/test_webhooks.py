"""What events hold of the records that they are about."""

from __future__ import annotations

from checker.probes.webhooks import missing_in


def test_links_are_no_part_of_a_record_that_an_event_could_lack() -> None:
    """HAL's links and OData's annotations stand beside a record's fields; what it has no value for need not come."""
    record = {"id": 1, "name": "Kern", "note": None, "_links": {"self": {}}, "@odata.etag": "1"}
    assert missing_in({"id": 1, "name": "Kern"}, record) == []
    assert missing_in({"id": 1}, record) == ["name"]
