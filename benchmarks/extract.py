"""Reading 100,000 records in pages of 100 over a cursor, beside the same loop in plain httpx, each a whole process.

Goals: at least 0.8 of the plain loop's records a second; the memory for 200,000 records within a tenth of that for 10,000.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from urllib.parse import parse_qs
from wsgiref.types import StartResponse, WSGIEnvironment

from benchmarks.rounds import in_turns, python, show

PAGE = 100
FEW, RECORDS, MANY = 10_000, 100_000, 200_000


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
    """The other side: pages that are written once. Prints its port; ends with its parent."""
    import orjson
    from waitress.server import create_server

    pages = {at: orjson.dumps([record(one) for one in range(at, at + PAGE)]) for at in range(0, MANY, PAGE)}

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        end = int(environ["PATH_INFO"].rpartition("/")[2])
        at = int(parse_qs(environ["QUERY_STRING"]).get("cursor", ["0"])[0])
        follows = b'"%d"' % (at + PAGE) if at + PAGE < end else b"null"
        body = b'{"data":%b,"next_cursor":%b}' % (pages[at], follows)
        start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
        return [body]

    server = create_server(answer, host="127.0.0.1", port=0, threads=2)
    print(server.effective_port, flush=True)  # type: ignore[union-attr]
    server.run()


def plain(base: str, records: int) -> int:
    """The floor: a loop in httpx."""
    import httpx
    import orjson

    count, cursor = 0, {"cursor": "0"}
    with httpx.Client() as client:
        while cursor:
            body = orjson.loads(client.get(f"{base}/contacts/{records}", params={"limit": PAGE, **cursor}).content)
            count += len(body["data"])
            cursor = {"cursor": body["next_cursor"]} if body["next_cursor"] else {}
    return count


def ours(base: str, records: int) -> int:
    """The product's walk."""
    from checker.client.build import client_for
    from checker.client.recorder import Recorder
    from checker.model.profile import FieldRoles, Operations, Pagination, Param, ResourceProfile
    from checker.project.types import Limits, System
    from checker.resources.resource import Resource

    client = client_for(
        "crm",
        System(base_url=base, sandbox=True, limits=Limits(requests_per_second=1e6, max_requests=10**6)),
        str,
        Recorder(),
    )
    params = (Param(name="cursor", in_="query", means="position"), Param(name="limit", in_="query", means="size"))
    paging = Pagination(style="cursor", params=params, next_path="next_cursor", default_page_size=PAGE)
    profile = ResourceProfile(
        name="contacts",
        operations=Operations(list=f"GET /contacts/{records}"),
        pagination=paging,
        items_path="data",
        fields=FieldRoles(id="id"),
    )
    return sum(1 for _ in Resource("crm", profile, client).walk())


WAYS: dict[str, Callable[[str, int], int]] = {"plain": plain, "ours": ours}


def main() -> None:
    """Time all in turns and print the figures."""
    with subprocess.Popen(python("-m", "benchmarks.extract", "serve"), stdout=subprocess.PIPE, text=True) as server:
        try:
            base = f"http://127.0.0.1:{(server.stdout or sys.stdin).readline().strip()}"
            commands = {
                f"{way} {records:,}": python("-m", "benchmarks.extract", way, base, str(records))
                for records in (FEW, RECORDS, MANY)
                for way in WAYS
            }
            runs = in_turns(commands, 2)
            for records in (FEW, RECORDS, MANY):
                show(
                    {name: took for name, took in runs.items() if name.endswith(f" {records:,}")}, f"plain {records:,}"
                )
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
