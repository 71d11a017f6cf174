"""A system that takes whole records (PUT): what is left out is emptied, or it is told; unless the document says that it stays."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from checker.model.finding import Answer
from tests.servers import Answered, Asked
from tests.unit.probes.writable import FIELDS, Writable, document, small

YES, NO, UNKNOWN = Answer.YES, Answer.NO, Answer.UNKNOWN


class Whole(Writable):
    """Changes come as whole records: what one doesn't name is emptied."""

    def __call__(self, asked: Asked) -> Answered | Any:
        """Answer a request."""
        if asked.method != "PUT":
            return super().__call__(asked)
        blank = dict.fromkeys(FIELDS) if self.defect != "merges" else {}
        if self.defect == "wants-all" and not FIELDS.keys() <= asked.json().keys():
            return Answered(422, {"errors": [{"field": "all", "code": "required"}]})
        return self.updated(asked.path.rpartition("/")[2], {**blank, **asked.json()}, "api@example.com")


def with_put(fields: Mapping[str, Any], summary: str = "Changes a contact") -> dict[str, Any]:
    """The small CRM's document, with a PUT in place of its PATCH."""
    made = document(fields)
    item = made["paths"]["/contacts/{id}"]
    item["put"] = {**item.pop("patch"), "summary": summary}
    return made


@pytest.mark.parametrize(
    ("defect", "summary", "answer"),
    [
        ("", "Changes a contact", YES),
        ("merges", "Changes a contact", NO),
        ("merges", "Changes a contact. Fields that are left out keep their value.", Answer.NOT_APPLICABLE),
        ("merges", "Partial update of a contact", Answer.NOT_APPLICABLE),
        ("wants-all", "Changes a contact", UNKNOWN),
    ],
)
def test_what_a_put_leaves_out_is_gone_or_it_is_told(tmp_path: Path, defect: str, summary: str, answer: Answer) -> None:
    """RFC 9110 has a PUT replace the record. Whoever relies on it clears nothing where it merges; what the document says of it counts."""
    with small(tmp_path, defect, speaks=Whole, told=partial(with_put, summary=summary)) as it:
        found = it.probed()
        assert found["write.put-replaces"].answer is answer
        assert found["write.null-clears"].answer is YES
        assert all(record["deleted_at"] for record in it.server.records.values())


def test_where_the_put_is_refused_for_what_was_left_out_both_are_told_apart(tmp_path: Path) -> None:
    """A system that wants every field refuses a record without one: that says nothing of an empty value."""
    with small(tmp_path, "wants-all", speaks=Whole, told=with_put) as it:
        found = it.probed()
        assert found["write.put-replaces"].values["reason"] == "nothing-left-out"
        assert found["write.null-clears"].values["null"] == "cleared"
