"""The files of one document, and its references: read lazily, each once, and only from inside the jail.

A reference that is refused, missing or broken resolves to None; why is kept in `Library.reasons` for the list of problems. The jail is
the folder of the document (for a URL: its folder on its own origin) and what the caller allows by name (acceptance C26).
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

from checker.documents.budgets import MAX_FILES, MAX_TOTAL
from checker.documents.parse import Parsed, parse
from checker.documents.reading import as_utf8, bounded, read_file
from checker.errors import DocumentError, Problem, ReadinessError
from checker.model.api import MAX_REFERENCE_HOPS, Place

Fetch = Callable[[str], bytes]

SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
MISSING = object()


class Refused(Exception):  # noqa: N818 - never leaves this module
    """A reference that isn't followed, and why."""


def is_url(source: str) -> bool:
    """Whether a source is an http or https URL."""
    return source.lower().startswith(("http://", "https://"))


def public_url(url: str) -> str:
    """A URL as it may be shown: without user, password, query and fragment, where secrets stand."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


class Jail:
    """Where references may lead: from a reference and the file that holds it to a path or URL. Raises Refused."""

    def __init__(self, source: str, allow_refs: Sequence[str]) -> None:
        self.url = source if is_url(source) else None
        self.path = None if self.url else Path(os.path.realpath(source))
        self.folders = [self.path.parent] if self.path else []
        self.hosts: set[str] = set()
        for one in allow_refs:
            if is_url(one):
                self.hosts.add(urlsplit(one).netloc.lower())
            elif Path(one).is_dir():
                self.folders.append(Path(os.path.realpath(one)))
            else:
                self.hosts.add(one.lower())

    def path_of(self, target: str, folder: Path) -> Path:
        """The file that a reference names, seen from `folder`."""
        scheme = SCHEME.match(target)
        if scheme and scheme[0].lower() != "file:":
            raise Refused(f"{scheme[0]} references are not followed")
        name = unquote(urlsplit(target).path if scheme else target.partition("?")[0])
        if "\\" in name or "\0" in name or name.startswith("//") or (":" in name and os.name == "nt"):
            raise Refused("not a plain relative file name")
        # By name first, so that nothing outside is even looked at; then by where symbolic links lead
        written = Path(os.path.normpath(folder / name))
        if not self._inside(written) or not self._inside(real := Path(os.path.realpath(written))):
            raise Refused("leads out of the document's folder")
        return real

    def _inside(self, path: Path) -> bool:
        return any(path.is_relative_to(folder) for folder in self.folders)

    def url_of(self, target: str, holder: str | None) -> str:
        """The URL that a reference names; `holder` is the URL of the document that holds it, None for a file."""
        url = urljoin(holder or "", target)
        parts = urlsplit(url)
        if not is_url(url):
            raise Refused("only http and https references can be allowed")
        if parts.netloc.lower() in self.hosts or (parts.hostname or "") in self.hosts:
            return url
        home = urlsplit(self.url) if self.url else None
        if home is None or (parts.scheme, parts.netloc) != (home.scheme, home.netloc):
            raise Refused(f"{parts.hostname or 'this host'} is not allowed")
        folder = home.path.rpartition("/")[0] + "/"
        if not os.path.normpath(unquote(parts.path)).replace("\\", "/").startswith(folder):
            raise Refused("leads out of the document's folder")
        return url


class Library:
    """The document's files by the name they are shown under (`Place.base`), and the resolver of its references."""

    def __init__(self, source: str, *, fetch: Fetch | None = None, allow_refs: Sequence[str] = ()) -> None:
        self.source = source
        self.base = public_url(source) if is_url(source) else source
        self.jail = Jail(source, allow_refs)
        self.fetch = fetch
        self.texts: dict[str, bytes] = {}
        self.values: dict[str, Any] = {}
        self.may_double: set[str] = set()
        self.origins: dict[str, Path | str] = {self.base: self.jail.path or source}
        self.reasons: dict[tuple[str, str], str] = {}
        self._found: dict[tuple[str, str], tuple[Any, Place] | None] = {}
        self._anchors: dict[str, dict[str, tuple[Any, str]]] = {}
        self._depth = 0

    def read_root(self) -> bytes:
        """The bytes of the document itself, as UTF-8. Raises DocumentError, and whatever `fetch` raises."""
        if not is_url(self.source):
            raw = read_file(Path(self.source), self.base)
        elif self.fetch is None:
            raise DocumentError(Problem("document.no-fetch", {"file": self.base}, self.base))
        else:
            raw = bounded(self.fetch(self.source), self.base)
        self.texts[self.base] = as_utf8(raw, self.base)
        return self.texts[self.base]

    def resolve(self, reference: str, place: Place) -> tuple[Any, Place] | None:
        """The node behind a reference and its place; None where it leads nowhere or may not be followed."""
        key = (place.base, reference)
        if key not in self._found:
            self._found[key] = None  # a reference that needs itself to be found leads nowhere
            self._depth += 1
            try:
                self._found[key] = self._look_up(reference, place)
            except (Refused, ReadinessError, ValueError, OSError) as error:
                self.reasons[key] = _reason(error)
            finally:
                self._depth -= 1
        return self._found[key]

    def _look_up(self, reference: str, place: Place) -> tuple[Any, Place]:
        if self._depth > MAX_REFERENCE_HOPS:
            raise Refused("too many references one behind the other")
        target, _, fragment = reference.partition("#")
        base = self.base_of(target, place.base) if target else place.base
        return self._inside(base, unquote(fragment), MAX_REFERENCE_HOPS)

    def base_of(self, target: str, holder: str) -> str:
        """The name of the file that a reference names, read by now."""
        own = self.values[self.base]
        if isinstance(own, Mapping) and target in (own.get("$self"), own.get("$id")):
            return self.base
        origin = self.origins[holder]
        remote = isinstance(origin, str) or is_url(target)
        if remote:
            found: Path | str = self.jail.url_of(target, origin if isinstance(origin, str) else None)
        else:
            assert isinstance(origin, Path)  # noqa: S101 - for the type checker
            found = self.jail.path_of(target, origin.parent)
        for name, known in self.origins.items():
            if known == found and name in self.values:
                return name
        name = self._name(found)
        self._read(name, found)
        return name

    def _name(self, found: Path | str) -> str:
        if isinstance(found, str):
            return public_url(found)
        try:
            beside = os.path.relpath(found, self.jail.folders[0]) if self.jail.path else str(found)
        except ValueError:  # another drive
            return str(found)
        return str(found) if beside.startswith("..") else Path(beside).as_posix()

    def _read(self, name: str, origin: Path | str) -> None:
        if len(self.texts) >= MAX_FILES:
            raise Refused(f"more than {MAX_FILES} files")
        if isinstance(origin, Path):
            raw = read_file(origin, name)
        elif self.fetch is None:
            raise Refused("no connection was given to read it")
        else:
            raw = bounded(self.fetch(origin), name)
        if sum(map(len, self.texts.values())) + len(raw) > MAX_TOTAL:
            raise Refused(f"the document's files are larger than {MAX_TOTAL // (1024 * 1024)} MB together")
        text = as_utf8(raw, name)
        self.texts[name] = text
        self.origins[name] = origin
        self.take(name, parse(text, name))

    def take(self, name: str, parsed: Parsed) -> None:
        """Keep the value of a file that was parsed."""
        self.values[name] = parsed.value
        if parsed.may_double:
            self.may_double.add(name)

    def _inside(self, base: str, fragment: str, hops: int) -> tuple[Any, Place]:
        node, place = self.values[base], Place(base, "#")
        if fragment and not fragment.startswith("/"):
            return self._anchor(base, fragment)
        for part in fragment.split("/")[1:]:
            key = part.replace("~1", "/").replace("~0", "~")
            below = _child(node, key)
            while below is MISSING and hops and isinstance(node, Mapping) and isinstance(node.get("$ref"), str):
                hops -= 1
                further = self.resolve(node["$ref"], place)
                if further is None:
                    break
                node, place = further
                below = _child(node, key)
            if below is MISSING:
                raise Refused("nothing is there")
            node, place = below, place.child(key)
        return node, place

    def _anchor(self, base: str, name: str) -> tuple[Any, Place]:
        """JSON Schema 2020-12: `$anchor` and `$dynamicAnchor` name a place inside the document."""
        if base not in self._anchors:
            self._anchors[base] = anchors(self.values[base])
        if name not in self._anchors[base]:
            raise Refused("nothing is there")
        node, pointer = self._anchors[base][name]
        return node, Place(base, pointer)


def _child(node: Any, key: str) -> Any:
    if isinstance(node, Mapping):
        return node.get(key, MISSING)
    if isinstance(node, list) and key.isascii() and key.isdigit() and len(key) < 10 and int(key) < len(node):  # noqa: PLR2004 - an index, not an essay
        return node[int(key)]
    return MISSING


def anchors(root: Any) -> dict[str, tuple[Any, str]]:
    """All anchors of a document: name → node and pointer; the first of a name wins."""
    found: dict[str, tuple[Any, str]] = {}
    waiting: list[tuple[Any, Place]] = [(root, Place("", "#"))]
    seen: set[int] = set()
    while waiting:
        node, place = waiting.pop()
        if id(node) in seen or not isinstance(node, dict | list):
            continue
        seen.add(id(node))
        if isinstance(node, dict):
            for word in ("$anchor", "$dynamicAnchor"):
                if isinstance(node.get(word), str):
                    found.setdefault(node[word], (node, place.pointer))
        pairs = node.items() if isinstance(node, dict) else enumerate(node)
        waiting.extend((one, place.child(key)) for key, one in pairs if isinstance(one, dict | list))
    return found


def _reason(error: Exception) -> str:
    if not isinstance(error, ReadinessError) or not error.problems:
        return str(error)
    problem = error.problems[0]
    where = f" (line {problem.line})" if problem.line else ""
    detail = problem.values.get("reason")
    return f"{problem.code.partition('.')[2].replace('-', ' ')}{where}" + (f": {detail}" if detail else "")
