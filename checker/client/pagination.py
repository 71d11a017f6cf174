"""Page styles as small machines that never send: they look at an answer and say what the next request changes, or why there is none.

A machine is made for one walk and remembers it; it stops on its own when a walk goes in circles (acceptance A12).
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Protocol

from checker.client.links import link_of, next_link, value_at
from checker.client.messages import Headers
from checker.client.origin import in_query, resolve
from checker.model.paths import get
from checker.model.profile import Pagination, Param

EMPTY_PAGES = 10  # pages in a row that may be empty while the server promises more; some filter after paging
# Where the number of the page stands beside the records.
PAGE_ECHOES = ("", "meta.", "pagination.", "paging.", "page_info.", "meta.pagination.", "page.")
PAGE_NAMES = ("page", "current_page", "currentPage", "page_number", "pageNumber", "page.number", "pageIndex")
# How many pages there are, beside the records and in headers (Laravel, Spring, Rails' kaminari, GitLab, WordPress).
PAGE_COUNTS = ("total_pages", "totalPages", "last_page", "lastPage", "page_count", "pageCount", "pages")
INLINE_COUNT, ALL_PAGES = "$inlinecount", "allpages"  # how OData's versions 2 and 3 ask for the total
PAGE_COUNT_HEADERS = ("x-total-pages", "x-wp-totalpages")
FIGURE = re.compile(r"[0-9]{1,9}", re.ASCII)  # Python refuses to read very long ones
STYLE_NAMES = {
    "offset": ("offset", "skip", "start", "from"),
    "page": ("page",),
    "cursor": ("cursor", "after", "token", "continuation", "offset", "from", "bookmark"),
    "since_id": ("since", "after", "from", "id"),
    "link": (),
    "none": (),
}


@dataclass(frozen=True, slots=True)
class Step:
    """What a request changes: values for parameters, each where its `in` says; or a whole URL, which replaces path and query.

    `again`: the answer just seen was the first page once more, asked for to learn how pages are counted; its records are known already.
    """

    values: tuple[tuple[Param, Any], ...] = ()
    url: str | None = None
    again: bool = False


@dataclass(frozen=True, slots=True)
class Stop:
    """The walk's end. `end` and `single` are natural; the others say what went wrong: loop, repeats, no-next, too-many-empty."""

    reason: str

    @property
    def natural(self) -> bool:
        """Whether the server had nothing more to give."""
        return self.reason in {"end", "single"}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a machine sees of a page: decoded body, headers, the URL that answered, the records, and their ids where a profile names one."""

    body: Any
    headers: Headers
    url: str
    records: Sequence[Any]
    ids: Sequence[str] | None = None

    def fingerprint(self) -> int:
        """Equal for pages of equal records."""
        return hash(tuple(self.ids)) if self.ids else hash(repr(self.records))


class Pager(Protocol):
    """A page style's machine."""

    def first(self, size: int | None) -> Step:
        """The changes to the first request; `size` is records per page, None leaves it to the server."""
        ...

    def resume(self, step: Step, came: int = 0) -> None:
        """Go on as if this step had just been asked, after `came` records."""
        ...

    def after(self, answer: Answer) -> Step | Stop:
        """The changes to the request after this answer, or why there is none."""
        ...

    def ahead(self, total: int | None) -> Iterator[Step]:
        """The steps that will follow the one said last, if the list goes on as it did so far. `total` is its number of records, where that
        was told. None beyond what this walk is going to ask for: rather too few than too many.
        """
        ...


def position(pagination: Pagination, style: str) -> Param | None:
    """The parameter that says where a page begins; of several the one whose name fits the style."""
    free = [one for one in pagination.params if one.means in (None, "position") and one is not size_of(pagination)]
    said = [one for one in free if one.means == "position"] or free
    for word in STYLE_NAMES[style]:
        for one in said:
            if word in one.name.lower():
                return one
    return said[0] if said else None


def size_of(pagination: Pagination) -> Param | None:
    """The parameter that says how many records a page has."""
    said = next((one for one in pagination.params if one.means == "size"), None)
    named = re.compile(r"limit|size|per_?page|count|top|max|rows|^take$", re.IGNORECASE)
    return said or next((one for one in pagination.params if one.means is None and named.search(one.name)), None)


@dataclass
class Walk(ABC):
    """What all styles share: the size, and the memory that ends circles. Subclasses say how a walk goes on (`_next`)."""

    style: ClassVar[str] = "none"
    pagination: Pagination
    size: int | None = None
    _pages: set[int] = field(default_factory=set)
    _seen: set[str] = field(default_factory=set)
    _empty: int = 0
    _came: int = 0
    _longest: int = 0

    def first(self, size: int | None) -> Step:
        """The first request carries the size alone."""
        self.size = size
        return self._step()

    def resume(self, step: Step, came: int = 0) -> None:
        """The size that was asked for is asked for again."""
        self._came = came
        self.size = next((int(value) for param, value in step.values if param == size_of(self.pagination)), self.size)

    def _asked(self, step: Step) -> int | None:
        """The number that a step asked for as its position."""
        place = position(self.pagination, self.style)
        return next((int(value) for param, value in step.values if param == place and str(value).isdigit()), None)

    def after(self, answer: Answer) -> Step | Stop:
        """Ends on circles, else goes on as the style does."""
        if answer.records:
            self._empty = 0
            fingerprint = answer.fingerprint()
            if fingerprint in self._pages:
                return Stop("repeats")
            self._pages.add(fingerprint)
            self._came += len(answer.records)
            self._longest = max(self._longest, len(answer.records))
        else:
            self._empty += 1
            if self._empty > EMPTY_PAGES:
                return Stop("too-many-empty")
        return self._next(answer)

    def ahead(self, total: int | None) -> Iterator[Step]:  # noqa: ARG002 - known only where pages have numbers
        """Only the answer says how it goes on."""
        return iter(())

    @abstractmethod
    def _next(self, answer: Answer) -> Step | Stop:
        """How the style goes on after a page that is no circle."""

    def _step(self, value: Any = None) -> Step:
        values: list[tuple[Param, Any]] = []
        size, place = size_of(self.pagination), position(self.pagination, self.style)
        if size is not None and self.size is not None:
            values.append((size, self.size))
        if place is not None and value is not None:
            values.append((place, value))
        counting = (one for one in self.pagination.params if one.means == "total")
        values += [(one, ALL_PAGES if one.name == INLINE_COUNT else True) for one in counting]
        return Step(tuple(values))

    def _once(self, step: Step, mark: str) -> Step | Stop:
        """The step, or the end where this very cursor or URL was followed before."""
        if mark in self._seen:
            return Stop("loop")
        self._seen.add(mark)
        return step

    def _follow(self, answer: Answer, link: str) -> Step | Stop:
        url = resolve(answer.url, link)
        self._seen.add(answer.url)
        return self._once(Step(url=url), url)


class Single(Walk):
    """No paging: one answer has it all."""

    def _next(self, answer: Answer) -> Step | Stop:  # noqa: ARG002 - whatever it says
        return Stop("single")


class Offset(Walk):
    """A number of records to leave out. It goes on by what came, so that a capped page size loses nothing, until a page is empty."""

    style: ClassVar[str] = "offset"
    _offset: int = 0

    def resume(self, step: Step, came: int = 0) -> None:
        """As in all styles, from the step's offset on."""
        super().resume(step, came)
        self._offset = self._asked(step) or 0

    def _next(self, answer: Answer) -> Step | Stop:
        told = value_at(answer, self.pagination.next_path) if self.pagination.next_path else None
        if not answer.records or told is False:
            return Stop("end")
        self._offset += len(answer.records)
        if position(self.pagination, self.style) is None:
            return Stop("no-next")
        return self._step(self._offset)

    def ahead(self, total: int | None) -> Iterator[Step]:
        """By the longest page so far, up to the last record; the empty page that ends the list is no guess."""
        if total is not None and self._longest:
            yield from map(self._step, range(self._offset + self._longest, total, self._longest))


class Page(Walk):
    """A page's number. Whether the first is 0 or 1 is read off the answer; where it isn't told, the second request asks for 1 and compares."""

    style: ClassVar[str] = "page"
    _number: int | None = None
    _first: int | None = None
    _asked_one: bool = False
    _told_pages: int | None = None
    _told_last: int | None = None

    def resume(self, step: Step, came: int = 0) -> None:
        """As in all styles, from the step's page on."""
        super().resume(step, came)
        self._number = self._asked(step)

    def after(self, answer: Answer) -> Step | Stop:
        """As in all styles, but page 1 may show the first page again: then the first page's number is 1."""
        if self._asked_one and answer.records and answer.fingerprint() == self._first:
            self._asked_one = False
            self._number = 2
            return replace(self._step(2), again=True)
        self._asked_one = False
        return super().after(answer)

    def _next(self, answer: Answer) -> Step | Stop:
        told = value_at(answer, self.pagination.next_path) if self.pagination.next_path else None
        if not answer.records or told is False:
            return Stop("end")
        if position(self.pagination, self.style) is None:
            return Stop("no-next")
        if self._number is None:
            return self._second(answer, told)
        self._number += 1
        return self._step(self._number)

    def _second(self, answer: Answer, told: Any) -> Step | Stop:
        self._told_pages, self._told_last = self._pages_in(answer), self._last_in(answer)
        first = self._echoed(answer)
        if first is None and isinstance(told, int) and told is not True:  # that more comes is no number
            first = told - 1
        if first is None:
            self._asked_one, self._first, self._number = True, answer.fingerprint(), 1
            return self._step(1)
        self._number = first + 1
        return self._step(self._number)

    def ahead(self, total: int | None) -> Iterator[Step]:
        """Up to the last page, by the total, the number of pages, or the link to the last: by the least of them."""
        if self._number is None or self._asked_one or not self._longest:
            return
        left = [] if total is None else [-(-(total - self._came) // self._longest) - 1]
        left += [] if self._told_pages is None else [self._told_pages - len(self._pages) - 1]
        left += [] if self._told_last is None else [self._told_last - self._number]
        for further in range(1, min(left, default=0) + 1):
            yield self._step(self._number + further)

    @staticmethod
    def _pages_in(answer: Answer) -> int | None:
        """How many pages there are, as the answer says it."""
        for name in PAGE_COUNT_HEADERS:
            if FIGURE.fullmatch(answer.headers.get(name, "")):
                return int(answer.headers[name])
        for name in PAGE_COUNTS:
            for where in PAGE_ECHOES:
                value = get(answer.body, where + name) if isinstance(answer.body, Mapping) else None
                if isinstance(value, int) and not isinstance(value, bool):
                    return value
        return None

    def _last_in(self, answer: Answer) -> int | None:
        """The number of the page that the Link header calls the last."""
        link, place = link_of(answer.headers, "last"), position(self.pagination, self.style)
        number = in_query(resolve(answer.url, link), place.name) if link and place else None
        return int(number) if number is not None and FIGURE.fullmatch(number) else None

    def _echoed(self, answer: Answer) -> int | None:
        """The first page's number as the answer says it: 0 or 1, anything else is no page number."""
        place = position(self.pagination, self.style)
        for name in (place.name if place else "page", *PAGE_NAMES):
            for where in PAGE_ECHOES:
                value = get(answer.body, where + name) if isinstance(answer.body, Mapping) else None
                if value in (0, 1) and not isinstance(value, bool):
                    return int(value)
        return None


class Cursor(Walk):
    """An opaque token from the answer. One that turns out to be a URL is followed as a link."""

    style: ClassVar[str] = "cursor"
    _linked: bool = False  # the page before led on by a link that no document names

    def resume(self, step: Step, came: int = 0) -> None:
        """As in all styles; where the walk was led by links, it ends where none comes."""
        super().resume(step, came)
        self._linked = step.url is not None

    def _next(self, answer: Answer) -> Step | Stop:
        if self.pagination.next_path is None:
            link = next_link(answer)
            was_linked, self._linked = self._linked, link is not None
            return self._follow(answer, link) if link else Stop("end" if was_linked else "no-next")
        token = value_at(answer, self.pagination.next_path)
        if token is None or token is False or token == "":
            return Stop("end")
        text = str(token)
        place = position(self.pagination, self.style)
        if re.match(r"https?://|[/?]", text):
            inside = in_query(text, place.name) if place else None
            if inside is None:
                return self._follow(answer, text)
            text, token = inside, inside
        return self._once(self._step(token), text) if place is not None else Stop("no-next")


class Link(Walk):
    """The next page's URL, in the body or in the Link header."""

    style: ClassVar[str] = "link"

    def _next(self, answer: Answer) -> Step | Stop:
        link = next_link(answer, self.pagination.next_path)
        return self._follow(answer, link) if link else Stop("end")


class SinceId(Walk):
    """The last record's id."""

    style: ClassVar[str] = "since_id"

    def _next(self, answer: Answer) -> Step | Stop:
        told = value_at(answer, self.pagination.next_path) if self.pagination.next_path else None
        if not answer.records or told is False:
            return Stop("end")
        if not answer.ids or position(self.pagination, self.style) is None:
            return Stop("no-next")
        return self._once(self._step(answer.ids[-1]), answer.ids[-1])


PAGERS: dict[str, Callable[[Pagination], Pager]] = {
    "none": Single,
    "offset": Offset,
    "page": Page,
    "cursor": Cursor,
    "link": Link,
    "since_id": SinceId,
}


def pager(pagination: Pagination, style: str | None = None) -> Pager:
    """The machine of a declared style, or of another one that the operation offers too. Raises KeyError for a style that there is none of."""
    return PAGERS[style or pagination.style](pagination)
