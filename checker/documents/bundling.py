"""A document of several files as one, by prance, in a bounded child on copies of what our loader has already read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from checker.documents.document import Document
from checker.documents.portable import portable
from checker.errors import DocumentError, Problem
from checker.model.text import safe


def bundle(document: Document, *, timeout: float = 60) -> dict[str, Any]:
    """The document with all its files as components of its own; a document of one file as it is.

    Nothing is inlined. Raises DocumentError where the bundling failed or did not end within `timeout` seconds.
    """
    import tempfile

    from checker.documents.child import ChildError, run

    files = portable(document, into_root="~01")  # prance takes one round of escapes away and puts none back
    if len(files) == 1:
        return dict(document.raw)
    with tempfile.TemporaryDirectory(prefix="readiness-") as folder:
        for name, value in files.items():
            (Path(folder) / name).write_text(json.dumps(value), "utf-8")
        try:
            answer: dict[str, Any] = json.loads(
                run("checker.documents.bundling_child", json.dumps(folder).encode(), timeout)
            )
        except (ChildError, ValueError) as error:
            values = {"file": document.source, "reason": safe(error)}
            raise DocumentError(Problem("document.bundle", values, document.source)) from None
    return answer
