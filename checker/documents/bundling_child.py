"""Runs prance's translator over copies of a document's files in a folder of its own, and writes the one document it makes."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from checker.documents.child import confine
from checker.documents.portable import ROOT


def main() -> None:
    """Read the name of the folder as JSON, write the bundled document as JSON."""
    confine()
    folder = Path(json.loads(sys.stdin.buffer.read()))
    from prance.util.translator import _RefTranslator

    root = json.loads((folder / ROOT).read_text("utf-8"))
    translator = _RefTranslator(root, (folder / ROOT).as_uri())
    translator.translate_references()
    sys.stdout.write(json.dumps(translator.specs))
