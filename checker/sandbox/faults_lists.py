"""Faults of lists: paging, totals, page size, filters, order, "changed since"."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from checker.sandbox.fault_tools import (
    Row,
    after,
    ignoring,
    instead,
    listing,
    lists,
    query,
    reads,
    rows_of,
    shown,
)
from checker.sandbox.faulty import Ask, Fault, Reply, register
from checker.sandbox.store import Store

PAGES_SEEN = 2  # pages after which a list that ends early ends
FILTERS = ("email", "company_id", "status", "external_id", "name")  # of contacts
FAR = 50  # a page behind all that there is
WHOLE = 100  # records on the largest page, and more than there are products
GIVEN = 30  # articles that a list gives that is cut in silence
CAP = 3  # the page from which on a capped list refuses


def _repeats() -> None:
    last: dict[str, Row] = {}

    def change(ask: Ask, rows: list[Row], _body: Row) -> None:
        if "after" in ask.query and ask.key in last:
            rows.insert(0, last[ask.key])
        last[ask.key] = rows[-1]

    listing("crm-page-repeats-a-record", lists("crm", "companies"), change)


def _unstable() -> None:
    asked = [0]

    def change(ask: Ask, _store: Store) -> None:
        if ask.key in lists("erp", "artikel") and "sortierung" not in ask.query:
            asked[0] += 1
            ask.query["sortierung"] = "id" if asked[0] % 2 else "-id"

    register("erp-order-changes-from-page-to-page", Fault("erp", asked=change))


def _drops(ask: Ask, rows: list[Row], _body: Row) -> None:
    if ask.query.get("seite", "1") != "1":
        del rows[0]


def _ties_moved() -> Any:
    """Every second answer has the records that share the value of the order the other way round."""
    asked = [0]

    def change(ask: Ask, reply: Reply, _store: Store) -> None:
        name = ask.query.get("sort", "").lstrip("-")
        rows = rows_of(reply)
        asked[0] += bool(name)
        if name and asked[0] % 2:
            groups = [list(tied) for _, tied in groupby(list(rows), key=lambda row: str(row.get(name)))]
            rows[:] = [row for tied in groups for row in reversed(tied)]

    return change


def _one_filter(given: dict[str, str]) -> None:
    for one in [one for one in given if one in FILTERS][1:]:
        del given[one]


def _ends_early(ask: Ask, _rows: list[Row], body: Row) -> None:
    if "after" in ask.query:
        body["paging"] = {"next": None}


def _loops() -> None:
    first: dict[str, Row] = {}

    def change(ask: Ask, _rows: list[Row], body: Row) -> None:
        following = body.get("paging", {}).get("next")
        if following is not None and "after" not in ask.query:
            first[ask.key] = following
        if following is None and ask.key in first:
            body["paging"] = {"next": first[ask.key]}

    listing("crm-cursor-leads-back", lists("crm", "contacts"), change)


def _more(_ask: Ask, _rows: list[Row], body: Row) -> None:
    body["total"] += 7


def _of_page(_ask: Ask, rows: list[Row], body: Row) -> None:
    body["gesamt"] = len(rows)


def _without(name: str) -> None:
    def change(row: Row) -> None:
        row.pop(name, None)

    shown(f"crm-list-lacks-{name.replace('_', '-')}", lists("crm", "companies"), change)


def _capped(ask: Ask, _store: Store) -> Reply | None:
    deep = int(ask.query.get("seite", "1")) > CAP
    return Reply(400, {"fehler": {"code": "FENSTER", "meldung": "Zu weit hinten.", "feld": "seite"}}) if deep else None


def _broken_page(ask: Ask, _store: Store) -> Reply | None:
    return Reply(500, {"errors": []}) if "after" in ask.query else None


def _by_change(given: dict[str, str]) -> None:
    given.setdefault("sortierung", "-geaendert_datum")


def _far(given: dict[str, str]) -> None:
    if int(given.get("seite", "1")) > FAR:
        given["seite"] = "1"


def _shorter(given: dict[str, str]) -> None:
    if "after" in given and int(given.get("limit", "0")) > 1:
        given["limit"] = str(int(given["limit"]) - 1)


def _starts_with(given: dict[str, str]) -> None:
    given.pop("email", None)


def _similar(ask: Ask, reply: Reply, store: Store) -> None:
    """A filter by mail brings whoever has a mail of the same first letter, too."""
    wanted = ask.query.get("email")
    rows = rows_of(reply)
    if wanted and rows:
        more = [one for one in store.living("contacts") if str(one.data.get("email") or "").startswith(wanted[0])]
        known = {row["id"] for row in rows}
        rows += [{**rows[0], **one.data, "id": one.id} for one in more if one.id not in known]


def _beginning(ask: Ask, reply: Reply, store: Store) -> None:
    """A filter by mail brings whoever's mail begins like that, too."""
    wanted = ask.query.get("email", "").casefold()
    if not wanted or not isinstance(reply.body, dict) or "results" not in reply.body:
        return
    known = {row["id"] for row in reply.body["results"]}
    found = [one for one in store.living("contacts") if str(one.data.get("email") or "").casefold().startswith(wanted)]
    reply.body["results"] += [{**one.data, "id": one.id} for one in found if one.id not in known]
    reply.body["total"] = len(reply.body["results"])


def _of_all(_ask: Ask, reply: Reply, store: Store) -> None:
    if isinstance(reply.body, dict) and "gesamt" in reply.body:
        reply.body["gesamt"] = sum(1 for _ in store.living("artikel"))


def _cut(ask: Ask, reply: Reply, _store: Store) -> None:
    rows = rows_of(reply)
    before = (int(ask.query.get("seite", "1")) - 1) * int(ask.query.get("anzahl", "25"))
    del rows[max(0, GIVEN - before) :]
    if isinstance(reply.body, dict) and "gesamt" in reply.body:
        reply.body["gesamt"] = min(reply.body["gesamt"], GIVEN)


def _position(ask: Ask, _store: Store) -> None:
    """A cursor of products is taken for the number of records before it; the size that was asked for is kept for the answer."""
    if ask.key in lists("crm", "products"):
        at, size = ask.query.pop("after", "0"), ask.query.get("limit", "20")
        ask.headers |= {"X-At": at if at.isdigit() else "0", "X-Size": size if size.isdigit() else "20"}
        ask.query["limit"] = str(WHOLE)


def _from_position(ask: Ask, reply: Reply, _store: Store) -> None:
    if ask.key not in lists("crm", "products") or not rows_of(reply):
        return
    rows, at = rows_of(reply), int(ask.headers["X-At"])
    behind = at + min(int(ask.headers["X-Size"]), WHOLE)
    reply.body["paging"]["next"] = {"after": str(behind)} if behind < len(rows) else None
    rows[:] = rows[at:behind]


def _nothing(_ask: Ask, reply: Reply, _store: Store) -> None:
    if isinstance(reply.body, dict) and "results" in reply.body:
        reply.body.update({"results": [], "paging": {"next": None}, "total": 0})


def _days(given: dict[str, str]) -> None:
    if "geaendert_ab" in given:
        given["geaendert_ab"] = given["geaendert_ab"][:10]


def _created(given: dict[str, str]) -> None:
    if "updated_after" in given:
        given["created_after"] = given.pop("updated_after")


def _exclusive(ask: Ask, rows: list[Row], _body: Row) -> None:
    since = ask.query.get("updated_after")
    if since:
        rows[:] = [row for row in rows if row["updated_at"][:19] != since[:19]]


def _lost_on_page_two(given: dict[str, str]) -> None:
    if "after" in given:
        given.pop("updated_after", None)


def _only_known(given: dict[str, str]) -> None:
    for name in [one for one in given if "readiness" in one]:
        del given[name]


def _own_case(ask: Ask, rows: list[Row], body: Row) -> None:
    wanted = ask.query.get("email")
    if wanted is not None:
        rows[:] = [row for row in rows if row.get("email") == wanted]
        body["total"] = len(rows)


def _filled_only(ask: Ask, rows: list[Row], _body: Row) -> None:
    if "industry_not" in ask.query:
        rows[:] = [row for row in rows if row.get("industry")]


def _known_order(given: dict[str, str]) -> None:
    if "readiness" in given.get("sort", ""):
        del given["sort"]


def _lenient(given: dict[str, str]) -> None:
    if not given.get("updated_after", "2")[:1].isdigit():
        given.pop("updated_after")


_repeats()
register("crm-cursor-is-a-position", Fault("crm", asked=_position, answered=_from_position))
_unstable()
_loops()
_without("vat_id")
listing("erp-page-drops-a-record", lists("erp", "geschaeftspartner"), _drops)
listing("crm-list-ends-early", lists("crm", "companies"), _ends_early)
listing("crm-total-too-high", lists("crm", "companies"), _more)
listing("erp-total-of-the-page", lists("erp", "artikel"), _of_page)
ignoring("erp-page-size-ignored", lists("erp"), "anzahl")
query("erp-far-page-shows-the-first", lists("erp", "artikel"), _far)
query("crm-pages-come-short", lists("crm", "contacts"), _shorter)
instead("erp-no-page-beyond-the-third", lists("erp", "geschaeftspartner"), _capped)
instead("crm-second-page-breaks", lists("crm", "products"), _broken_page)
after("crm-list-always-empty", lists("crm", "contacts"), _nothing)
ignoring("crm-filters-ignored", lists("crm", "contacts"), *FILTERS)
ignoring("erp-filters-ignored", lists("erp"), "email", "kundennummer", "ust_id", "status", "artikelnummer", "name1")
after("crm-filter-finds-similar", lists("crm", "contacts"), _similar)
after("crm-mail-filter-finds-beginnings", lists("crm", "contacts"), _beginning)
after("erp-list-cut-in-silence", lists("erp", "artikel"), _cut)
after("erp-total-ignores-filters", lists("erp", "artikel"), _of_all)
ignoring("crm-comparison-ignored", lists("crm", "contacts"), "created_after")
listing("crm-mail-filter-minds-case", lists("crm", "contacts"), _own_case)
listing("crm-other-than-drops-empty", lists("crm", "companies"), _filled_only)
query("crm-unknown-parameters-ignored", lists("crm"), _only_known)
ignoring("crm-order-ignored", lists("crm"), "sort")
query("crm-unknown-order-ignored", lists("crm", "contacts"), _known_order)
after("crm-order-moves-in-ties", lists("crm", "contacts"), _ties_moved())
query("crm-second-filter-ignored", lists("crm", "contacts"), _one_filter)
query(
    "erp-descending-ignored",
    lists("erp"),
    lambda given: given.update({"sortierung": given["sortierung"].lstrip("-")}) if "sortierung" in given else None,
)
ignoring("crm-changed-since-ignored", lists("crm"), "updated_after")
query("erp-list-in-the-order-of-changes", lists("erp", "artikel"), _by_change)
ignoring("erp-changed-since-ignored", lists("erp"), "geaendert_ab")
listing("crm-changed-since-without-boundary", lists("crm"), _exclusive)
query("erp-changed-since-whole-days", lists("erp"), _days)
query("crm-changed-since-means-created", lists("crm"), _created)
query("crm-changed-since-lost-on-page-two", lists("crm"), _lost_on_page_two)
query("crm-changed-since-takes-nonsense", lists("crm"), _lenient)
shown("crm-read-shows-another-name", reads("crm", "companies"), lambda row: row.update(name=f"{row['name']} (alt)"))
