"""A list server with switchable defects, and a look at it: what a probe test needs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from checker.client.recorder import Recorder
from checker.model.api import Api
from checker.model.finding import Finding
from checker.model.profile import (
    DocumentInfo,
    FieldInfo,
    FieldRoles,
    Filtering,
    Operations,
    Pagination,
    Param,
    Profile,
    ResourceProfile,
    Sorting,
    UpdatedSince,
)
from checker.probes import RESOURCE_PROBES, SYSTEM_PROBES
from checker.probes.base import Ledger
from checker.probes.contexts import ResourceLook, SystemLook
from checker.probes.run import ask
from checker.project.types import BearerAuth, System
from checker.resources.resource import Resource
from tests.clients import FAST, client
from tests.servers import Answered, Asked, serve

TOKEN = "good-token"
COMPARING = ("points[gte]", "max_points", "town[neq]", "town[null]")
TYPES = {"points": "integer"}  # of the fields that are no texts
BEGIN = datetime(2026, 11, 1, 8, 0, tzinfo=UTC)


def record(number: int) -> dict[str, Any]:
    """One contact; each changed an hour after the one before."""
    changed = (BEGIN + timedelta(hours=number)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    town = ("Oslo", "Gent", None)[number % 3]
    return {
        "id": str(number),
        "email": f"p{number}@example.com",
        "name": f"Person {number % 7}",
        "points": number * 5,
        "town": town,
        "updated_at": changed,
    }


# How much later than the instant that is asked for a record must have been changed to come.
LOST = {"excludes-boundary": timedelta(0), "excludes-much": timedelta(seconds=2)}


@dataclass
class Lists:
    """The server. `defect` names what it does wrong; without one it is a good citizen."""

    defect: str = ""
    records: list[dict[str, Any]] = field(default_factory=lambda: [record(i) for i in range(23)])
    style: str = "offset"
    turn: int = 1

    def __call__(self, asked: Asked) -> Answered | Any:
        """Answer a request."""
        if self.defect.isdigit() and asked.path == "/contacts":
            return Answered(int(self.defect), {"error": "so"})
        if self.defect == "html":
            return Answered(200, b"<!DOCTYPE html><html>log in</html>", [("Content-Type", "text/html")])
        if self.defect == "cut":
            return Answered(200, b'{"data": [{"id": "1"')
        if asked.headers.get("authorization") != f"Bearer {TOKEN}" and self.defect != "lets-everybody-in":
            return Answered(401, {"error": "who?"})
        if asked.path != "/contacts":
            found = next((one for one in self.records if f"/contacts/{one['id']}" == asked.path), None)
            if self.defect == "mock":
                found = self.records[0]
            if found and self.defect == "read-differs":
                found = {**found, "name": "somebody else"}
            return found or Answered(404, {"error": "none"})
        return self.listed(asked.query)

    def listed(self, query: dict[str, str]) -> Answered | Any:
        """The list, narrowed, ordered and cut as asked, but for the defect."""
        known = {"email", "name", "town", "limit", "offset", "sort", "since", *COMPARING}
        if query.keys() - known and self.defect != "ignores-unknown":
            return Answered(400, {"error": "unknown parameter"})
        if self.defect == "breaks-deep" and int(query.get("offset", "0")):
            return Answered(500, {"error": "so"})
        if self.defect == "forgets-since" and int(query.get("offset", "0")):
            query = {name: value for name, value in query.items() if name != "since"}
        found = self.narrowed(query)
        if isinstance(found, Answered):
            return found
        if "sort" in query and self.defect != "ignores-sort":
            name = query["sort"].lstrip("-")
            if name not in self.records[0]:
                if self.defect == "sorts-by-nothing":
                    return {"data": found, "total": len(found)}
                return Answered(500 if self.defect == "breaks-on-sort" else 400, {"error": "no such field"})
            if self.defect == "ties-move":
                self.turn = -self.turn
                found = found[:: self.turn]
            written = str if self.defect == "sorts-numbers-as-texts" else lambda value: value
            found = sorted(found, key=lambda one: written(one[name]), reverse=query["sort"].startswith("-"))
        if self.defect == "cut-in-silence":
            found = found[:15]
        return self.cut(found, int(query.get("offset", "0")), int(query.get("limit", "100")))

    def cut(self, found: list[dict[str, Any]], start: int, size: int) -> Answered | Any:
        """One page of what was found."""
        size = min(size, 10) if self.defect == "cuts-size" else size
        size = 100 if self.defect == "ignores-size" else size - (self.defect == "short-pages" and start > 0)
        if self.defect.startswith("far-") and start > len(self.records) + 50:
            refused = {"far-breaks": 500, "far-refused": 404}.get(self.defect)
            return Answered(refused, {}) if refused else {"data": found[:size], "total": len(found)}
        if self.defect == "window" and start >= 10_000:
            return Answered(400, {"error": "result window is too large"})
        if self.defect in {"mock", "loops"} or (self.defect == "window-again" and start >= 10_000):
            start = 0
        if self.defect == "repeats" and start:
            start -= 1
        page = found[start : start + size]
        if self.defect == "endless":
            page = [{**record(start + i), "id": f"n{start + i}"} for i in range(size)]
        if self.defect == "shows-more":
            page = [{**one, "x_region": "north", "@odata.etag": "1", "_links": {}} for one in page]
        total = len(self.records if self.defect == "counts-all" else found) + (2 if self.defect == "incomplete" else 0)
        return {"data": page} if self.defect in {"endless", "no-total"} else {"data": page, "total": total}

    def narrowed(self, query: dict[str, str]) -> list[dict[str, Any]] | Answered:
        """The records that the filters leave."""
        found = self.records
        if "email" in query and self.defect != "ignores-filter":
            wanted = query["email"][:1] if self.defect == "finds-similar" else query["email"]
            wanted = wanted if self.defect == "minds-case" else wanted.casefold()
            begins = self.defect in {"finds-similar", "finds-beginnings"}
            found = [one for one in found if one["email"] == wanted or (begins and one["email"].startswith(wanted))]
        if "name" in query and self.defect not in {"ignores-filter", "first-filter-only"}:
            found = [one for one in found if one["name"] == query["name"]]
        if "name" in query and "email" not in query and self.defect == "first-filter-only":
            found = [one for one in found if one["name"] == query["name"]]
        if "town" in query and self.defect != "first-filter-only":
            found = [one for one in found if one["town"] == query["town"]]
        found = self.compared(found, query)
        if "since" in query and self.defect != "ignores-since":
            try:
                since = datetime.fromisoformat(query["since"])
                since = since.replace(tzinfo=UTC) if self.defect == "minds-no-zone" else since
            except ValueError:
                return [] if self.defect == "takes-nonsense" else Answered(400, {"error": "no date"})
            stamps = [(one, datetime.fromisoformat(one["updated_at"])) for one in found]
            found = [one for one, at in stamps if at > since + LOST.get(self.defect, -timedelta(microseconds=1))]
            found = [] if self.defect == "empty-since" else found[::2] if self.defect == "loses-some" else found
        return found

    def compared(self, found: list[dict[str, Any]], query: dict[str, str]) -> list[dict[str, Any]]:
        """The records on the right side of the bounds, and those of another town."""
        if "points[gte]" in query and self.defect != "ignores-comparison":
            bound = int(query["points[gte]"]) + (self.defect == "leaves-the-bound-out")
            found = [one for one in found if one["points"] >= bound]
        if "max_points" in query:
            found = [one for one in found if one["points"] <= int(query["max_points"])]
        if "town[neq]" in query:
            kept = found if self.defect != "drops-empty" else [one for one in found if one["town"] is not None]
            found = [one for one in kept if one["town"] != query["town[neq]"]]
        if "town[null]" in query and self.defect != "ignores-null":
            found = [one for one in found if (one["town"] is None) is (query["town[null]"] == "true")]
        return found


def profile(style: str = "offset", max_page_size: int | None = 50) -> ResourceProfile:
    """The contacts of the server as a document would declare them."""
    query = {name: Param(name=name, in_="query") for name in ("email", "name", "sort", "since", *COMPARING)}
    params = (Param(name="limit", in_="query", means="size"), Param(name="offset", in_="query", means="position"))
    return ResourceProfile(
        name="contacts",
        role="contact",
        operations=Operations(list="GET /contacts", read="GET /contacts/{id}"),
        pagination=Pagination(
            style=style, operation="GET /contacts", params=params, max_page_size=max_page_size, total_path="total"
        ),
        items_path="data",
        filtering=Filtering(supported=True, params=tuple(query[one] for one in ("email", "name", *COMPARING))),
        sorting=Sorting(supported=True, params=(query["sort"],)),
        updated_since=UpdatedSince(supported=True, param=query["since"]),
        schema=tuple(FieldInfo(name=one, type=TYPES.get(one, "string")) for one in (*record(0), "address.city")),
        fields=FieldRoles(id="id", email="email", updated="updated_at", name="name"),
    )


@contextmanager
def looking(
    lists: Callable[[Asked], Any], one: ResourceProfile | None = None, token: str = TOKEN, *, api: Api | None = None
) -> Iterator[SystemLook]:
    """A look at a running server; `api` is what its document describes."""
    with serve(lists) as server:
        settings = System(base_url=server.url, auth=BearerAuth(token="${env:T}"), limits=FAST)
        made = client(server.url, BearerAuth(token="${env:T}"), secrets={"T": token})
        whole = Profile(document=DocumentInfo(title="t", version="1", openapi="3.1.0", source="t.json"))
        look = SystemLook("crm", settings, whole, api, made, Recorder(), Ledger())
        look.resources = [ResourceLook(look, Resource("crm", one or profile(), made))]
        try:
            yield look
        finally:
            made.close()


def probed(
    lists: Lists, one: ResourceProfile | None = None, token: str = TOKEN, *, api: Api | None = None
) -> dict[str, Finding]:
    """The findings of all probes about the server, by claim."""
    with looking(lists, one, token, api=api) as look:
        found = [finding for probe in SYSTEM_PROBES for finding in ask(probe, look, "crm")]
        found += [finding for probe in RESOURCE_PROBES for finding in ask(probe, look.resources[0], "crm/contacts")]
        return {finding.id: finding for finding in found}
