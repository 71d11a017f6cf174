"""A list by page numbers that doesn't say whether its first page is 0 or 1: asked once more to learn it, yet no record comes twice."""

from __future__ import annotations

from typing import Any

import pytest

from checker.model.profile import FieldRoles, Operations, Pagination, Param, ResourceProfile
from checker.resources.resource import Resource
from tests.clients import client
from tests.servers import Asked, serve

IDS = [str(number) for number in range(7)]


@pytest.mark.parametrize("first", [0, 1])
def test_each_record_comes_once_whatever_the_first_page_is_called(first: int) -> None:
    """Servers that count from 0 and from 1, and don't echo the number, both give every record once and in order."""

    def answer(asked: Asked) -> Any:
        start = (int(asked.query.get("page", first)) - first) * 3
        return {"data": [{"id": one} for one in IDS[start : start + 3]]} if start >= 0 else {"data": []}

    params = (Param(name="limit", in_="query", means="size"), Param(name="page", in_="query", means="position"))
    profile = ResourceProfile(
        name="things",
        operations=Operations(list="GET /things"),
        pagination=Pagination(style="page", params=params),
        items_path="data",
        fields=FieldRoles(id="id"),
    )
    with serve(answer) as server:
        made = client(server.url)
        try:
            pages = list(Resource("crm", profile, made).pages(size=3))
        finally:
            made.close()
    assert [record["id"] for page in pages for record in page.records] == IDS
    assert pages[-1].natural
