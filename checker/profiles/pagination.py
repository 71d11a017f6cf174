"""How a list is walked: page styles, their parameters, and where answers say what comes next."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from msgspec.structs import replace

from checker.model.api import Operation, Schema
from checker.model.profile import Pagination, Undetermined
from checker.profiles.names import flat, vocabulary
from checker.profiles.paging import RECORD_ID, STARTING_RECORD, TOKEN, counts, meaning, spelled
from checker.profiles.shapes import MAX_DEPTH, good_schema, join
from checker.profiles.view import Detection, Input, View

NEXT_URL = vocabulary(
    "next next_url nexturl next_page next_page_url next_page_uri next_link nextlink odata_next_link next_page_path next_uri "
    "next_href next_records_url next_page_link"
)
NEXTTOKEN = vocabulary(
    "next_cursor cursor next_offset next_token next_page_token next_page_cursor continuation_token after end_cursor "
    "next_page_info cursor_next bookmark next_starting_after next next_page scroll_id skip_token nexttoken nextpagetoken "
    "next_marker last_cursor offset"
)
TOTAL = vocabulary(
    "total total_count totalcount count total_results total_items total_records total_elements total_size totalelements "
    "item_count record_count number_of_results odata_count total_hits filter_count nb_hits total_entries totalresults gesamt gesamtanzahl anzahl_gesamt treffer"
)
TOTAL_HEADERS = vocabulary(
    "x_total_count x_total x_pagination_total_count total_count x_wp_total pagination_count x_count"
)
NEXT_HEADERS = vocabulary("link x_next_page next_page x_next_cursor next_cursor x_next x_next_page_url")
WIDEST_HOLDER = 25  # an object with more properties holds a record, no cursor
MODES_FIRST = (
    "offset",
    "page",
    "cursor",
    "since_id",
)  # what wins where several are offered: numbers can be fetched side by side

TYPE_BOUND = 2**31 - 1  # the largest of 32 bits, and all beyond: no page is that large
_MAXIMUM = re.compile(
    r"(?:max(?:imum|\.)?|up to|at most|not (?:more|greater) than|between 1 and|1\s?(?:-|–|to)|höchstens|maximal)"
    r"[^\d.;]{0,40}?(\d{2,5})\b",
    re.IGNORECASE,
)
_DEFAULT = re.compile(r"default(?:s|ing)?[^\d.;]{0,25}?(\d{1,5})\b", re.IGNORECASE)


def _answers(
    schema: Schema | None, view: View, prefix: str = "", above: tuple[Schema, ...] = ()
) -> Iterator[tuple[str, Schema]]:
    """Every property of an answer outside the records, with its dotted path; deeper than three nobody hides a cursor."""
    items = view.items.path if view.items is not None else None
    for name, below in view.shapes.properties(schema).items():
        path = join(prefix, name)
        if path == items or below.items is not None:
            continue
        yield path, below
        holder = below.type in ("object", None) and len(above) < MAX_DEPTH
        if holder and below not in above and len(view.shapes.properties(below)) <= WIDEST_HOLDER:
            yield from _answers(below, view, path, (*above, below))


def _next_path(answers: list[tuple[str, Schema]], style: str) -> tuple[str | None, str | None]:
    """Where the next token and where the next URL stand in the answer."""
    token = url = None
    for path, schema in answers:
        last, above = flat(path.rpartition(".")[2]), flat(path.rpartition(".")[0].rpartition(".")[2])
        scalar = schema.type in ("string", "integer", None)
        if (last == "href" and above in ("next", "next_page")) or (
            scalar and last in NEXT_URL and _is_url(path, schema, style)
        ):
            url = url or path
        elif scalar and (
            last in NEXTTOKEN
            or (above in ("next", "next_page") and last in ("after", "offset", "cursor", "token", "starting_after"))
        ):
            token = token or path
        elif scalar and above == "next_page" and last in ("uri", "url", "path"):
            url = url or path
    return token, url


def _is_url(path: str, schema: Schema, style: str) -> bool:
    name, says = flat(path.rpartition(".")[2]), f"{schema.description} {schema.get('example') or ''}"
    if schema.type == "integer":
        return False
    if schema.format in ("uri", "url", "uri-reference") or any(
        one in name for one in ("url", "link", "uri", "href", "path")
    ):
        return True
    if re.search(r"\b(url|uri|link|path)\b|https?://|/", says, re.IGNORECASE):
        return True
    linked = any(flat(part) in ("links", "_links", "link") for part in path.split(".")[:-1])
    return linked or (style == "none" and not TOKEN.search(says) and name == "next")


def _sizes(one: Input | None) -> tuple[int | None, int | None]:
    """Largest and usual page size, as the schema or the prose says."""
    if one is None:
        return None, None
    largest, usual = one.schema.get("maximum"), one.schema.get("default")
    if not isinstance(largest, int) and (said := _MAXIMUM.search(one.description)):
        largest = int(said.group(1))
    if not isinstance(usual, int) and (said := _DEFAULT.search(one.description)):
        usual = int(said.group(1))
    return _number(largest), _number(usual)


def _number(value: object) -> int | None:
    """A whole number; none that only says how large the type is."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value < TYPE_BOUND else None


def _styles(meant: Mapping[str, list[Input]], answers: list[tuple[str, Schema]]) -> list[str]:
    """The styles that an operation offers, the one to use first."""
    styles = [one for one in MODES_FIRST if one in meant]
    fading = [
        one
        for one in styles
        if all(re.search("deprecat", i.description, re.IGNORECASE) or i.schema.get("deprecated") for i in meant[one])
    ]
    styles = [one for one in styles if one not in fading] + fading
    says_cursor = any(flat(path.rpartition(".")[2]) in ("next_cursor", "next_page_token") for path, _ in answers)
    if not styles and says_cursor:
        styles = ["cursor"]
    if "cursor" in styles and "since_id" not in styles:
        records = [
            i for i in meant.get("cursor", []) if spelled(i) in STARTING_RECORD and RECORD_ID.search(i.description)
        ]
        styles += ["since_id"] if records else []
    return styles


def detect_pagination(view: View) -> Detection:
    """Page style of the list (else of the search), its parameters, sizes, and where the answer shows next and total."""
    operation = view.listing
    if operation is None:
        return Detection({})
    meant: dict[str, list[Input]] = {}
    for one in view.inputs:
        kind = meaning(one) if one.operation.key == operation.key else None
        if kind is not None:
            meant.setdefault(kind, []).append(one)
    schema = good_schema(operation.success)
    answers = list(_answers(schema, view))
    styles = _styles(meant, answers)
    token, url = _next_path(answers, styles[0] if styles else "none")
    header = _next_header(operation)
    if url is not None or header is not None:
        styles.append("link")
    style = styles[0] if styles else "none"
    page = _profile(operation, meant, styles)
    next_path = (token if style in ("cursor", "since_id") else None) or url or header
    page = replace(page, next_path=next_path, total_path=_total(operation, answers))
    if page.total_path is not None:
        counting = [one.param("total") for one in view.inputs if one.operation.key == operation.key and counts(one)]
        page = replace(page, params=(*page.params, *counting[:1]))
    why = _why(style, meant, next_path)
    return Detection(
        {"pagination": page}, {"pagination": why}, {"pagination": _sure(style, page)}, _open(style, meant, view)
    )


def _profile(operation: Operation, meant: Mapping[str, list[Input]], styles: list[str]) -> Pagination:
    sizes = meant.get("size", [])
    # Two sizes belong to two ways of paging (limit beside start, pageSize beside page), which few systems let mix: one of each is kept.
    size = next((one for one in sizes if ("page" in spelled(one)) == (styles[:1] == ["page"])), next(iter(sizes), None))
    if len(sizes) > 1:
        styles = styles[:1]
        meant = {kind: found for kind, found in meant.items() if kind in (*styles, "mode")}
    largest, usual = _sizes(size)
    params = [size.param("size")] if size is not None else []
    for kind in MODES_FIRST:
        params += [one.param("position") for one in meant.get(kind, [])]
    params += [one.param("free") for one in meant.get("mode", [])]
    positions = [one for kind in MODES_FIRST for one in meant.get(kind, [])]
    pointer = next(iter(positions), size)
    return Pagination(
        style=styles[0] if styles else "none",
        also=tuple(dict.fromkeys(styles[1:])),
        operation=operation.key,
        max_page_size=largest,
        default_page_size=usual,
        params=tuple(params),
        pointer=pointer.pointer if pointer is not None else operation.pointer,
    )


def _next_header(operation: Operation) -> str | None:
    reply = operation.success
    return next((f"header:{name}" for name in (reply.headers if reply else ()) if flat(name) in NEXT_HEADERS), None)


def _total(operation: Operation, answers: list[tuple[str, Schema]]) -> str | None:
    reply = operation.success
    header = next((f"header:{name}" for name in (reply.headers if reply else ()) if flat(name) in TOTAL_HEADERS), None)
    numbers = {
        path: flat(path.rpartition(".")[2]) for path, schema in answers if schema.type in ("integer", "number", None)
    }
    named = [path for path, name in numbers.items() if name in TOTAL and name != "count"]
    return next(iter(named), None) or next((path for path, name in numbers.items() if name in TOTAL), None) or header


def _why(style: str, meant: Mapping[str, list[Input]], next_path: str | None) -> str:
    positions = ", ".join(one.name for one in meant.get(style, []))
    if style == "none":
        return "neither a position parameter nor a next link is declared"
    if style == "link":
        return f"the answer says where the next page is: {next_path}"
    told = f", the next one stands in {next_path}" if next_path else ""
    return f"parameter {positions or 'of the next page'}{told}"


def _sure(style: str, page: Pagination) -> float:
    if style == "none":
        return 0.6 if not page.params else 0.3
    if style in ("cursor", "link"):
        return 0.95 if page.next_path else 0.7
    return 0.9 if len(page.params) > 1 else 0.75


def _open(style: str, meant: Mapping[str, list[Input]], view: View) -> tuple[Undetermined, ...]:
    if style != "none":
        return ()
    if view.items is None:
        return (
            Undetermined(what="pagination", why="the answer of the list isn't described", settled_by="pagination.ends"),
        )
    if "size" in meant:
        why = "a page size is declared, but no way to the next page"
        return (Undetermined(what="pagination", why=why, settled_by="pagination.complete"),)
    return ()
