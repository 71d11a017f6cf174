"""Reading 100,000 records in pages of 100, beside the same loop in plain httpx and dlt's rest_api, each a whole process.

Goals: at least 0.8 of the plain loop's records a second, over a cursor and over page numbers, and, where each page is stored, of the plain
loop with an upsert into SQLite; where each answer takes 20 ms and pages have
numbers, at most a quarter of the plain loop's time and at least 0.8 of eight threads' records a second; the memory for 200,000 records
within a tenth of that for 10,000.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from urllib.parse import parse_qs
from wsgiref.types import StartResponse, WSGIEnvironment

from benchmarks.peers import peer
from benchmarks.rounds import in_turns, least, python, show

if TYPE_CHECKING:
    from checker.resources.resource import Resource

PAGE = 100
FEW, RECORDS, MANY = 10_000, 100_000, 200_000
LATENCY_S = 0.02
THREADS = 8


def record(number: int) -> dict[str, object]:
    """A contact as a CRM shows it."""
    return {
        "id": number,
        "email": f"person.{number}@example.com",
        "first_name": f"First {number}",
        "last_name": f"Last {number}",
        "company": {"id": number // 7, "name": f"Company {number // 7} GmbH"},
        "country": "DE",
        "updated_at": "2026-11-02T09:30:00.000Z",
        "lines": [{"sku": f"A{number}", "quantity": 2, "price": 12.5}],
    }


def serve() -> None:
    """The other side: pages that are written once, by cursor or by number; `/slow/` takes its time. Prints its port; ends with its parent."""
    import orjson
    from waitress.server import create_server

    pages = {at: orjson.dumps([record(one) for one in range(at, at + PAGE)]) for at in range(0, MANY, PAGE)}

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        end = int(environ["PATH_INFO"].rpartition("/")[2])
        asked = parse_qs(environ["QUERY_STRING"])
        at = (int(asked["page"][0]) - 1) * PAGE if "page" in asked else int(asked.get("cursor", ["0"])[0])
        follows = b'"%d"' % (at + PAGE) if at + PAGE < end else b"null"
        more = b"true" if at + PAGE < end else b"false"
        held = pages[at] if at < end else b"[]"
        body = b'{"data":%b,"next_cursor":%b,"more":%b,"page":%d,"total":%d}' % (
            held, follows, more, at // PAGE + 1, end,
        )  # fmt: skip
        if environ["PATH_INFO"].startswith("/slow/"):
            time.sleep(LATENCY_S)
        start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
        return [body]

    server = create_server(answer, host="127.0.0.1", port=0, threads=2 * THREADS)
    print(server.effective_port, flush=True)  # type: ignore[union-attr]
    server.run()


def plain(base: str, records: int) -> int:
    """The floor over a cursor: a loop in httpx."""
    import httpx
    import orjson

    count, cursor = 0, {"cursor": "0"}
    with httpx.Client() as client:
        while cursor:
            body = orjson.loads(client.get(f"{base}/contacts/{records}", params={"limit": PAGE, **cursor}).content)
            count += len(body["data"])
            cursor = {"cursor": body["next_cursor"]} if body["next_cursor"] else {}
    return count


def plain_stored(base: str, records: int) -> int:
    """The floor where records are kept: the loop over a cursor, and an upsert into SQLite for each page."""
    import sqlite3

    import httpx
    import orjson

    cursor = {"cursor": "0"}
    with TemporaryDirectory() as folder, httpx.Client() as client:
        db = sqlite3.connect(f"{folder}/records.sqlite")
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = NORMAL")
        db.execute("CREATE TABLE record (id TEXT PRIMARY KEY, content BLOB)")
        while cursor:
            body = orjson.loads(client.get(f"{base}/contacts/{records}", params={"limit": PAGE, **cursor}).content)
            rows = [(str(one["id"]), orjson.dumps(one)) for one in body["data"]]
            with db:
                db.executemany(
                    "INSERT INTO record VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET content = excluded.content", rows
                )
            cursor = {"cursor": body["next_cursor"]} if body["next_cursor"] else {}
        count = db.execute("SELECT count(*) FROM record").fetchone()[0]
        db.close()
    return int(count)


def plain_pages(base: str, records: int) -> int:
    """The floor over page numbers: a loop in httpx."""
    import httpx
    import orjson

    count, number, more = 0, 0, True
    with httpx.Client() as client:
        while more:
            number += 1
            answer = client.get(f"{base}/contacts/{records}", params={"limit": PAGE, "page": number})
            body = orjson.loads(answer.content)
            count, more = count + len(body["data"]), body["more"]
    return count


def eight_threads(base: str, records: int) -> int:
    """The same in eight threads over one client, who know how many pages there are."""
    from concurrent.futures import ThreadPoolExecutor

    import httpx
    import orjson

    with httpx.Client() as client, ThreadPoolExecutor(THREADS) as pool:

        def one(number: int) -> int:
            answer = client.get(f"{base}/contacts/{records}", params={"limit": PAGE, "page": number})
            return len(orjson.loads(answer.content)["data"])

        return sum(pool.map(one, range(1, records // PAGE + 1)))


def by_dlt(base: str, records: int) -> int:
    """The rest_api of dlt, only iterated: nothing is normalised or stored."""
    from dlt.sources.rest_api import rest_api_resources

    paging = {
        "type": "page_number",
        "base_page": 1,
        "page_param": "page",
        "total_path": None,
        "maximum_page": records // PAGE + 1,
    }
    endpoint = {
        "path": f"contacts/{records}",
        "params": {"limit": PAGE},
        "paginator": paging,
        "data_selector": "data",
    }
    config = {"client": {"base_url": f"{base}/"}, "resources": [{"name": "contacts", "endpoint": endpoint}]}
    return sum(1 for _ in rest_api_resources(config)[0])


def resource(base: str, records: int, style: str, place: str, **more: str) -> Resource:
    """The list as the product sees it."""
    from checker.client.build import client_for
    from checker.client.recorder import Recorder
    from checker.model.profile import FieldRoles, Operations, Pagination, Param, ResourceProfile
    from checker.project.types import Limits, System
    from checker.resources.resource import Resource

    free = Limits(requests_per_second=1e6, max_requests=10**6, concurrent=THREADS)
    client = client_for("crm", System(base_url=base, sandbox=True, limits=free), str, Recorder())
    params = (Param(name=place, in_="query", means="position"), Param(name="limit", in_="query", means="size"))
    paging = Pagination(style=style, params=params, default_page_size=PAGE, **more)
    profile = ResourceProfile(
        name="contacts",
        operations=Operations(list=f"GET /contacts/{records}"),
        pagination=paging,
        items_path="data",
        fields=FieldRoles(id="id"),
    )
    return Resource("crm", profile, client)


def ours(base: str, records: int) -> int:
    """The product's walk over a cursor."""
    made = resource(base, records, "cursor", "cursor", next_path="next_cursor")
    return sum(1 for _ in made.walk(whole=True, size=PAGE))


def our_stored(base: str, records: int) -> int:
    """The same, kept in the file that `readiness data` keeps."""
    from datetime import UTC, datetime

    from checker.resources.extraction import Extraction
    from checker.resources.kept import Asker, Kept

    made = resource(base, records, "cursor", "cursor", next_path="next_cursor")
    with TemporaryDirectory() as folder:
        kept = Kept(Path(folder) / "records.sqlite")
        Extraction(made, kept, Asker("bench", "contacts"), lambda: datetime.now(UTC), lambda _: None).done()
        count = kept.count()
        kept.close()
    return count


def our_pages(base: str, records: int) -> int:
    """The product's walk over page numbers."""
    made = resource(base, records, "page", "page", next_path="more", total_path="total")
    return sum(1 for _ in made.walk(whole=True, size=PAGE))


WAYS: dict[str, Callable[[str, int], int]] = {
    "plain": plain,
    "ours": ours,
    "plain stored": plain_stored,
    "our stored": our_stored,
    "plain pages": plain_pages,
    "eight threads": eight_threads,
    "our pages": our_pages,
    "dlt pages": by_dlt,
}


def commands(base: str, ways: tuple[str, ...], records: int) -> dict[str, list[str]]:
    """Each of the ways as a command; a peer that isn't to be had is left out."""
    found = {way: python("-m", "benchmarks.extract", way, base, str(records)) for way in ways if "dlt" not in way}
    dlt = peer("dlt") if "dlt pages" in ways else None
    if dlt is not None:
        found["dlt pages"] = [dlt, "-m", "benchmarks.extract", "dlt pages", base, str(records)]
    return {f"{way} {records:,}": command for way, command in found.items()}


def compare(base: str) -> None:
    """Time all in turns and print the figures."""
    by_cursor = {records: commands(base, ("plain", "ours"), records) for records in (FEW, RECORDS, MANY)}
    by_number = {records: commands(base, ("plain pages", "our pages"), records) for records in (FEW, RECORDS, MANY)}
    by_number[RECORDS] |= commands(base, ("eight threads", "dlt pages"), RECORDS)
    stored = {records: commands(base, ("plain stored", "our stored"), records) for records in (FEW, RECORDS, MANY)}
    for title, several, floor in (
        ("over a cursor", by_cursor, "plain"),
        ("over a cursor, each page stored", stored, "plain stored"),
        ("over page numbers, no latency", by_number, "plain pages"),
    ):
        print(f"\n{title}")
        runs = in_turns({name: one for group in several.values() for name, one in group.items()}, 2)
        for records, group in several.items():
            show({name: runs[name] for name in group}, f"{floor} {records:,}")
    print(f"\nover page numbers, {LATENCY_S * 1000:.0f} ms latency")
    slow = f"{base}/slow"
    ways = ("plain pages", "eight threads", "our pages", "dlt pages")
    runs = in_turns(
        {
            **commands(slow, ways, RECORDS),
            **commands(slow, ("our pages",), MANY),
            **commands(slow, ("our pages",), FEW),
        },
        2,
    )
    show(runs, f"plain pages {RECORDS:,}")
    wall = {name: least(took) for name, took in runs.items()}
    mine = wall[f"our pages {RECORDS:,}"]
    print(
        f"sequential loop / ours: {wall[f'plain pages {RECORDS:,}'] / mine:.2f} (goal: 4), "
        f"eight threads / ours: {wall[f'eight threads {RECORDS:,}'] / mine:.2f} (goal: 0.8)"
    )


def main() -> None:
    """Start the other side, compare, and end it."""
    with subprocess.Popen(python("-m", "benchmarks.extract", "serve"), stdout=subprocess.PIPE, text=True) as server:
        try:
            compare(f"http://127.0.0.1:{(server.stdout or sys.stdin).readline().strip()}")
        finally:
            server.terminate()


if __name__ == "__main__":
    if sys.argv[1:] == ["serve"]:
        serve()
    elif sys.argv[1:]:
        wanted = int(sys.argv[3])
        found = WAYS[sys.argv[1]](sys.argv[2], wanted)
        if found != wanted:
            raise SystemExit(f"{found} records instead of {wanted}")
    else:
        main()
