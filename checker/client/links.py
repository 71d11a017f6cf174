"""Where an answer leads on: what stands at a path of its body or in a header, and links to the next page."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from checker.client.messages import Headers
from checker.model.paths import get

if TYPE_CHECKING:  # pages are walked by what this finds
    from checker.client.pagination import Answer

# <target> and its parameters, RFC 8288 section 3
LINK = re.compile(r"<([^>]*)>((?:\s*;\s*[^;,=\s]+(?:\s*=\s*(?:\"[^\"]*\"|[^\s;,\"]+))?)*)")
HEADER = "header:"
# Where next links stand when a profile doesn't say: HAL, JSON:API, OData, and the commonest of the rest.
NEXT_LINKS = (
    "_links.next",
    "links.next",
    "@odata.nextLink",
    "@nextLink",
    "next",
    "paging.next",
    "meta.next",
    "pagination.next",
)
# The same in headers; some hold a number, which is no link.
NEXT_HEADERS = ("header:next-page", "header:x-next-page", "header:next", "header:x-next")


def link_of(headers: Headers, relation: str = "next") -> str | None:
    """The target of the Link header with that relation (RFC 8288)."""
    for target, parameters in LINK.findall(headers.get("link", "")):
        named = re.search(r";\s*rel\s*=\s*(?:\"([^\"]*)\"|([^\s;,]+))", parameters, re.IGNORECASE)
        if named and relation in (named[1] or named[2] or "").lower().split():
            return str(target)
    return None


def value_at(answer: Answer, path: str) -> Any:
    """What stands at a path of a profile: dotted, or `header:NAME`."""
    if path.startswith(HEADER):
        name = path.removeprefix(HEADER)
        return link_of(answer.headers) if name.lower() == "link" else answer.headers.get(name)
    return get(answer.body, path)


def next_link(answer: Answer, path: str | None = None) -> str | None:
    """The next page's URL, at the path of a profile; without one where such links usually stand, in headers too that no document names."""
    for one in (path,) if path else ("header:Link", *NEXT_LINKS, *NEXT_HEADERS):
        link = value_at(answer, one)
        link = link.get("href") if isinstance(link, Mapping) else link
        if isinstance(link, str) and link and (one not in NEXT_HEADERS or "?" in link):
            return link
    return None
