"""What the authority says of the documents: asked in children of their own while the audit asks the systems, and known again by a document's digest."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from importlib.metadata import version

import msgspec

from checker.describe import Described, with_verdict
from checker.documents import Document, Verdict, validate
from checker.documents.authority import AUTHORITY
from checker.errors import InputError
from checker.patience import begun, outcome
from checker.store import Store


class Verdicts:
    """The verdicts on a project's documents, under way from the start on."""

    def __init__(self, store: Store, described: Mapping[str, Described]) -> None:
        self._running: dict[str, Future[Verdict]] = {
            name: begun(partial(_verdict, store, one.document)) for name, one in described.items() if one.document
        }

    def settled(self, described: Mapping[str, Described], *, wait: bool = True) -> dict[str, Described]:
        """The documents with their verdicts. Without `wait`, one that isn't there yet is left out: what reading showed stands.

        Ctrl-C is felt while one waits.
        """
        ready = {name for name, one in self._running.items() if wait or one.done()}
        return {
            name: with_verdict(one, outcome(self._running[name])) if name in ready else one
            for name, one in described.items()
        }


def _verdict(store: Store, document: Document) -> Verdict:
    """The authority's verdict on a document, which is asked for once: the same files by the same release are judged the same."""
    name = f"{document.digest}-{version(AUTHORITY)}"
    # A folder that can't be used, and what another release or somebody else put there, are no reason not to ask again.
    with suppress(InputError, msgspec.DecodeError):
        return msgspec.json.decode(store.verdict(name), type=Verdict)
    told = validate(document)
    if told.valid is not None:  # that none was come to may have been the machine's doing
        with suppress(InputError):
            store.keep_verdict(name, msgspec.json.encode(told))
    return told
