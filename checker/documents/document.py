"""`load`: a path or URL → Document, the one door to the outside world of API documents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from checker.documents.build import build_api
from checker.documents.context import Context
from checker.documents.kinds import refuse_foreign_text, spec_version
from checker.documents.library import Fetch, Library, is_url
from checker.documents.overlay import Corrected, Overlay, corrected
from checker.documents.parse import parse
from checker.errors import DocumentError, Problem
from checker.model.api import Api, Place
from checker.model.profile import DocumentProblem

if TYPE_CHECKING:
    from checker.documents.walk import Found


class Document:
    """An API document that was read: its Api, its problems, and where things stand in its files."""

    def __init__(
        self, raw: Mapping[str, Any], spec: str, library: Library, overlay: Overlay | None, corrected: Corrected | None
    ) -> None:
        self.raw = raw
        self.spec = spec
        self.library = library
        self.overlay = overlay
        self.corrections = corrected.changed if corrected else ()
        self._missed = corrected.missed if corrected else ()
        self.source = library.base
        context = Context(raw, library.base, library.resolve, self.shown, spec.startswith("2"))
        url = library.base if is_url(library.source) else None  # without the secrets that the address may hold
        self.api: Api = build_api(context, spec, library.base, url)
        self._left_out = tuple(context.problems)

    def __repr__(self) -> str:
        return f"Document({self.source!r}, {self.spec}, {len(self.api.operations)} operations)"

    @property
    def texts(self) -> Mapping[str, bytes]:
        """The files read so far, as UTF-8, by the name they are shown under; the document itself first."""
        return self.library.texts

    def shown(self, place: Place) -> str:
        """A place as a pointer: `#/…` in the document itself, `file#/…` in a file beside it."""
        return place.pointer if place.base == self.library.base else place.base + place.pointer

    @cached_property
    def findings(self) -> tuple[Found, ...]:
        """What our own walk found, each with whether it makes the document invalid."""
        from checker.documents.walk import Found, walk

        left_out = tuple(Found(one, breaks=True) for one in self._left_out)
        return (*left_out, *walk(self.spec, self.library, self.api, self.shown))

    @property
    def problems(self) -> tuple[DocumentProblem, ...]:
        """Places that break the language's rules, and references that were not followed; their lines by `with_lines`."""
        return (*self._missed, *(one.problem for one in self.findings))

    def with_lines(self, problems: Sequence[DocumentProblem]) -> tuple[DocumentProblem, ...]:
        """The same problems, each with its line."""
        open_ = [one for one in problems if one.line is None]
        numbers = iter(self.lines_of([one.pointer for one in open_]))
        return tuple(
            one if one.line is not None else msgspec.structs.replace(one, line=next(numbers)) for one in problems
        )

    @cached_property
    def digest(self) -> str:
        """SHA-256 over the document and all files that it refers to, in hexadecimal."""
        assert self.findings is not None  # noqa: S101 - the walk has read every file by then
        import hashlib

        whole = hashlib.sha256()
        for name, text in sorted(self.texts.items(), key=lambda one: (one[0] != self.source, one[0])):
            inside = "" if name == self.source else name
            whole.update(f"{len(inside)}:{inside}:{len(text)}:".encode() + text)
        whole.update(self.overlay.text if self.overlay else b"")
        return whole.hexdigest()

    def line_of(self, pointer: str | Place) -> int | None:
        """The line, from 1, on which the node of a pointer begins, or its nearest ancestor that is there."""
        return self.lines_of([pointer])[0]

    def lines_of(self, pointers: Sequence[str | Place]) -> list[int | None]:
        """The lines of several pointers, each file read once; None for a file that isn't the document's."""
        from checker.documents.lines import lines

        wanted: dict[str, list[str]] = {}
        written = [self.shown(one) if isinstance(one, Place) else one for one in pointers]
        for one in written:
            base, _, pointer = one.partition("#")
            wanted.setdefault(base or self.source, []).append(pointer)
        found = {base: lines(self.texts[base], asked) for base, asked in wanted.items() if base in self.texts}
        return [found.get(base or self.source, {}).get(at) for base, _, at in (one.partition("#") for one in written)]


def load(
    source: str | Path,
    *,
    fetch: Fetch | None = None,
    allow_refs: Sequence[str] = (),
    overlay: Overlay | None = None,
) -> Document:
    """Read an API document from a path or an http(s) URL, and correct it by an overlay.

    `fetch(url)` returns the bytes of a URL (the caller has the HTTP client); without it URLs are refused. `allow_refs` names further folders
    and hosts that references may lead to. Raises DocumentError for what is no API document, and for an overlay that doesn't fit it; what
    `fetch` raises comes through.
    """
    name = str(source)
    try:
        library = Library(name, fetch=fetch, allow_refs=allow_refs)
    except ValueError as error:  # a URL with a broken host, a path with NUL
        raise DocumentError(Problem("document.unreadable", {"file": name, "reason": str(error)}, name)) from None
    raw = library.read_root()
    refuse_foreign_text(raw, library.base)
    parsed = parse(raw, library.base)
    after = corrected(parsed.value, overlay) if overlay is not None else None
    if after is not None:
        parsed = replace(parsed, value=after.value)
    spec = spec_version(parsed.value, library.base)
    library.take(library.base, parsed)
    return Document(parsed.value, spec, library, overlay, after)
