"""What `readiness demo --fault` says beside the report: what is broken on purpose, and which items turned because of it."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence

from checker.checklist.turned import Turned
from checker.demonstration import extended
from checker.model.audit import Audit
from checker.model.finding import Answer
from checker.reports.book import Book, full_stop, open_book, worst
from checker.reports.terminal import WIDTH
from checker.sandbox.faulty import Listed, listed

SHOWN = 3  # reasons of an item
NOT_NOTICED = {"en": "nothing notices it yet", "de": "bemerkt noch nichts"}
COMPARING = {
    "en": "Now a healthy pair is audited, to compare …",
    "de": "Nun wird zum Vergleich ein gesundes Paar geprüft …",
}
TEXTS = {
    "en": {
        "broken": "BROKEN ON PURPOSE",
        "extended": "The extended checklist is switched on, for what must notice stands only there: {items}.",
        "turned": "WHAT TURNED, BESIDE A HEALTHY PAIR",
        "silent": "did not turn, although it must: what is broken went unnoticed there",
        "more": "and {n} more",
        "also": "Also turned: {items}.",
    },
    "de": {
        "broken": "MIT ABSICHT DEFEKT",
        "extended": "Die erweiterte Checkliste ist eingeschaltet, denn was es bemerken muss, steht nur dort: {items}.",
        "turned": "WAS SICH GEGENÜBER EINEM GESUNDEN PAAR VERSCHLECHTERT HAT",
        "silent": "hat sich nicht verändert, obwohl es das müsste: Der Defekt blieb dort unbemerkt",
        "more": "und {n} weitere",
        "also": "Ebenfalls verschlechtert: {items}.",
    },
}


def listing(language: str) -> Iterator[str]:
    """Every fault with what it breaks and the items that notice."""
    for one in listed().values():
        noticed = ", ".join(one.must) or NOT_NOTICED[language]
        yield f"{one.id}\n    {one.breaks[language]}\n    → {noticed}"


def broken(faults: Sequence[Listed], language: str) -> Iterator[str]:
    """What is broken on purpose, a sentence each, and whether the extended checklist is switched on for it; nothing without a fault."""
    if not faults:
        return
    texts = TEXTS[language]
    yield texts["broken"]
    for one in faults:
        yield from _indented(f"{one.system.upper()}: {one.breaks[language]} ({one.id})", 2)
    if missing := extended(faults):
        yield from _indented(texts["extended"].format(items=", ".join(missing)), 2)
    yield ""


def turned_lines(faults: Sequence[Listed], turned: Mapping[str, Turned], audit: Audit, language: str) -> Iterator[str]:
    """For each fault the items that must notice, with what they say now, or that they noticed nothing; then what turned besides."""
    texts, book = TEXTS[language], open_book(audit, language)
    yield f"\n{texts['turned']}"
    for one in faults:
        yield from _indented(f"{one.breaks[language]} ({one.id})", 2)
        for item in one.must:
            yield from _item(book, item, turned.get(item), texts)
        if not one.must:
            yield f"    – {NOT_NOTICED[language]}"
    if others := [name for name in turned if not any(name in one.must for one in faults)]:
        yield from _indented(texts["also"].format(items=", ".join(others)), 2)


def _item(book: Book, item: str, found: Turned | None, texts: Mapping[str, str]) -> Iterator[str]:
    if found is None:
        yield from _indented(f"? {item}: {texts['silent']}.", 4)
        return
    mark = book.words.state(worst(str(one.state) for one in book.audit.results if one.item == item))
    yield from _indented(f"{mark.symbol} {item}, {mark.word}: {book.question(item)}", 4)
    reasons = list(dict.fromkeys(_reasons(book, found)))
    for reason in reasons[:SHOWN]:
        yield from _indented(reason, 6)
    if len(reasons) > SHOWN:
        yield f"      {texts['more'].format(n=len(reasons) - SHOWN)}"


def _reasons(book: Book, found: Turned) -> Iterator[str]:
    """The claims that no longer hold; where there are none, what the worse results rest on."""
    rest = [one for result in found.worse for one in book.findings(result) if one.answer is not Answer.YES]
    for one in found.refuted or rest:
        yield full_stop(f"{book.names.subject(one.subject)}: {book.sentence(one)}")


def _indented(text: str, by: int) -> list[str]:
    """The text in lines of a report's width, all of them indented."""
    return textwrap.wrap(text, WIDTH, initial_indent=" " * by, subsequent_indent=" " * (by + 2))
