"""A document of several files as plain values whose references name each other by plain names, for libraries that resolve by themselves.

What our loader did not prove to be inside the jail isn't in it: such references become empty nodes.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from checker.documents.document import Document
from checker.model.api import Place

ROOT = "0.json"
UNSAFE = re.compile(r"[^A-Za-z0-9.-]")


def portable(document: Document, *, into_root: str = "~1") -> dict[str, Any]:
    """File name → value, the document itself as `0.json`, every reference to another file rewritten as `N-name.json#…`.

    `into_root` is what an escaped slash of a reference into the document becomes.
    """
    assert document.findings is not None  # noqa: S101 - the walk has read every file by then
    library = document.library
    names = {base: f"{number}-{UNSAFE.sub('-', Path(base).stem)}.json" for number, base in enumerate(library.values)}
    names[library.base] = ROOT
    return {names[base]: _Copy(document, base, names, into_root).of(value) for base, value in library.values.items()}


class _Copy:
    def __init__(self, document: Document, base: str, names: dict[str, str], into_root: str) -> None:
        self.library = document.library
        self.base = base
        self.names = names
        self.into_root = into_root

    def of(self, node: Any) -> Any:
        """The copy of a node; the loader bounds how deep it is."""
        if isinstance(node, list):
            return [self.of(one) for one in node]
        if not isinstance(node, dict):
            return node
        reference = node.get("$ref")
        if isinstance(reference, str):
            return self.reference(reference, node)
        return {key: self.of(one) for key, one in node.items()}

    def reference(self, reference: str, node: dict[str, Any]) -> dict[str, Any]:
        siblings = {key: self.of(one) for key, one in node.items() if key != "$ref"}
        found = self.library.resolve(reference, Place(self.base, "#"))
        if found is None:
            return {"$ref": reference, **siblings} if reference.startswith("#") else siblings
        target, _, fragment = reference.partition("#")
        name = self.names[self.library.base_of(target, self.base)] if target else self.names[self.base]
        if name == ROOT:
            fragment = fragment.replace("~1", self.into_root)
        prefix = "" if name == self.names[self.base] else name
        return {"$ref": f"{prefix}#{fragment}", **siblings}
