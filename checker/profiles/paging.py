"""What a parameter means for walking a list: size, page, offset, cursor, since_id or mode."""

from __future__ import annotations

import re

from checker.client.pagination import INLINE_COUNT
from checker.profiles.names import flat, vocabulary
from checker.profiles.view import Input

# Parameter names as public APIs spell them (JSON:API page[…], OData $top/$skip/$skiptoken, AIP-158 page_size/page_token, Relay first/after,
# SCIM startIndex/count, …); compared by their words.
SIZE = vocabulary(
    "limit per_page page_size pagesize perpage page_limit max_results maxresults max_items max_records top results_per_page "
    "items_per_page records_per_page page_length limit_page_length rows num_results first take count size batch_size "
    "page_per_page number_of_results anzahl seitengroesse max num"
)
PAGE = vocabulary(
    "page page_number pagenumber page_no page_num page_index pageindex current_page p page_id seite page_page"
)
OFFSET = vocabulary(
    "offset skip start start_at start_index startindex start_position first_result page_offset limit_start begin from_index "
    "start_row start_record versatz"
)
CURSOR = vocabulary(
    "cursor page_token pagetoken next_token nexttoken next_page_token continuation_token continuation continue after before "
    "page_info starting_after start_after ending_before search_after bookmark marker page_after page_before page_cursor skiptoken "
    "skip_token scroll_id next_cursor start_cursor end_cursor page_state position_token after_cursor before_cursor"
)
SINCE_ID = vocabulary("since_id min_id last_id after_id max_id from_id starting_id id_above_than id_gt")
STARTING_RECORD = vocabulary("starting_after ending_before from after")  # may take a record's id
MODE = vocabulary("pagination_type pagination_mode paging_mode pagination paging page_mode")
# Switches by which a list tells how many records there are in all.
COUNTING = vocabulary(
    "count with_count include_count count_total total include_total with_total show_total return_total total_count include_total_count "
    "with_total_count return_total_count pagination_with_count page_count_total"
)
_HOLDER = re.compile(r"^(pagination|paging|pager)_(?=.)")  # pagination[page], paging.limit
TOKEN = re.compile(
    r"\b(tokens?|cursor|opaque|returned (by|from|in) (the|a) previous|next_offset|bookmark)\b", re.IGNORECASE
)
RECORD_ID = re.compile(
    r"\bobject id\b|\bid of the (last|first|item|object|record)|item with the given id|provide an id", re.IGNORECASE
)
_ABOUT_PAGES = re.compile(
    r"\b(pag(e|es|inat\w*)|number of|how many|maximum|results?|records?|items?|returned?)\b", re.IGNORECASE
)


def spelled(one: Input) -> str:
    """The parameter's name by its words, without the sigils and holders that don't tell its meaning."""
    leaf = (
        one.name.removeprefix("$").removeprefix("pagination.").removeprefix("page.")
        if one.location == "body"
        else one.name
    )
    said = flat(leaf)
    inner = _HOLDER.sub("", said)
    return said if said in MODE or inner in MODE else inner


def counts(one: Input) -> bool:
    """Whether an input, set to true (or, as OData's version 2 has it, to `allpages`), makes the answer tell how many records there are in all."""
    switch = one.schema.type == "boolean" and flat(one.name.removeprefix("$")) in COUNTING
    return one.location == "query" and (switch or one.name == INLINE_COUNT)


def meaning(one: Input) -> str | None:
    """What an input means for walking a list: size, page, offset, cursor, since_id, mode; None where it has another meaning."""
    if one.location == "header" or (one.location == "body" and one.name.count(".") > 1):
        return None
    name, kind, says = spelled(one), one.schema.type, one.description
    numeric = kind in ("integer", "number", None)
    if name in SINCE_ID:
        return "since_id"
    if name in MODE and kind in ("string", "boolean", None):
        return "mode"
    if name in CURSOR:
        return None if one.schema.format in ("date", "date-time") else "cursor"
    if name in OFFSET or name == "from":
        if one.schema.format in ("date", "date-time"):
            return None
        if kind == "string" and (name == "from" or TOKEN.search(says)):
            return "cursor" if name != "from" or RECORD_ID.search(says) or TOKEN.search(says) else None
        return "offset" if numeric or name in ("offset", "skip") else None
    if name in PAGE:
        return "cursor" if kind == "string" and TOKEN.search(says) else "page" if kind != "object" else None
    if name in SIZE and kind != "boolean":
        return "size" if numeric or name in ("limit", "per_page", "page_size") or _ABOUT_PAGES.search(says) else None
    return None
