"""What speaks against a pair that a key found: a key that proves more, filled on both sides, with another value. It is asked, not linked.

A company has one VAT id and one entry in a register, whoever reads its mail: groups, tax advisers and branches share addresses, telephones and
accounts. A name alone proves least, the name of a person least of all. Where somebody else's name stands beside an address, the address is shared.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from checker.data.checks import valid
from checker.data.keys import Between, Key, Part, part
from checker.project.sides import FlowView, many

CERTAIN = ("vat_id", "register")  # one company has one; overrule all other keys, and the earlier of them the later
REACHED = frozenset({"email", "phone", "iban"})  # by which a person or company is reached; several may share it
NAMES = frozenset(
    {"name", "country"}
)  # a key of nothing else is overruled by every identifier in front of it, and by another mail domain
IDENTIFIERS = frozenset({"email", "iban", "product", "text", *CERTAIN})
UNLIKE = 70.0  # of 100 by RapidFuzz's token sort ratio of bare names: below it sister companies are told apart, above it only slips of the pen
# Mailboxes of a role and not of a person (RFC 2142, and what German firms call theirs)
ROLE_BOXES = frozenset(
    {
        "info", "office", "kontakt", "contact", "mail", "post", "zentrale", "service", "support", "sales", "vertrieb", "einkauf", "buchhaltung", "rechnung",
        "rechnungen", "billing", "accounting", "invoice", "admin", "hello", "hallo", "team", "verwaltung", "empfang", "bestellung", "order", "orders",
        "anfrage", "personal", "bewerbung", "marketing",
    }
)  # fmt: skip


class Veto(NamedTuple):
    """One thing to compare in a pair that a key found: how it is told, and its fields."""

    by: str
    parts: tuple[Part, ...]


Vetoes = Mapping[str, Sequence[Veto]]  # by the key that found the pair


def vetoes(view: FlowView, wanted: Sequence[Key], between: Between) -> Vetoes:
    """What may speak against each key's pairs: the flow's other keys, and VAT ids and register entries that are mapped and no key."""
    certain = [*_certain(wanted), *_mapped(view, wanted, between)]
    names = _names(wanted)
    return {key.by: tuple(_against(key, wanted[:number], certain, names)) for number, key in enumerate(wanted)}


def _certain(wanted: Sequence[Key]) -> Iterator[Veto]:
    for key in wanted:
        forms = {one.form for one in key.parts}
        if forms <= {*CERTAIN, "register_entry", "court"} and len(forms) == len(key.parts):
            yield Veto(key.by, key.parts)


def _mapped(view: FlowView, wanted: Sequence[Key], between: Between) -> Iterator[Veto]:
    known = {one.form for key in wanted for one in key.parts}
    names = dict.fromkeys([name for mapping in view.flow.fields for name in many(mapping.left)] + ["vat_id"])
    for name in names:
        found = part(name, view, between)
        if found is not None and found.form in CERTAIN and found.form not in known:
            known.add(found.form)
            yield Veto(name, (found,))


def _names(wanted: Sequence[Key]) -> Veto | None:
    """The names that the first key with any has."""
    found = next((key for key in wanted if any(one.form == "name" for one in key.parts)), None)
    return Veto("name", tuple(one for one in found.parts if one.form == "name")) if found else None


def _against(key: Key, before: Sequence[Key], certain: Sequence[Veto], names: Veto | None) -> Iterator[Veto]:
    forms = {one.form for one in key.parts}
    sure = [one for one in certain if one.parts == key.parts]
    yield from certain[: certain.index(sure[0])] if sure else certain
    if forms <= REACHED and names is not None:
        yield names
    if forms <= NAMES:
        told = {one.by for one in certain}
        for one in before:
            if len(one.parts) == 1 and one.parts[0].form in IDENTIFIERS and one.by not in told:
                yield Veto(one.by, one.parts)


def speaks(veto: Veto, left: Sequence[str], right: Sequence[str], key: Sequence[str]) -> bool:
    """Whether these values, in normal form and complete, are two things and no two spellings. `key` is the value that the pair shares.

    An id with a wrong check digit proves nothing.
    """
    form = veto.parts[0].form
    if form == "name":
        return _other_name(left, right, key)
    if form == "email":
        return left[0].rpartition("@")[2] != right[0].rpartition("@")[2]
    return all(valid(form, one) for one in (left[0], right[0]))


def _other_name(left: Sequence[str], right: Sequence[str], key: Sequence[str]) -> bool:
    """Whether somebody else is meant: nothing of the name is alike; at a mailbox that isn't one person's, one part that isn't is enough."""
    from rapidfuzz import fuzz

    from checker.data.likely import bare

    unlike = [fuzz.token_sort_ratio(bare(one), bare(other)) < UNLIKE for one, other in zip(left, right, strict=True)]
    return any(unlike) if key[0].partition("@")[0] in ROLE_BOXES else all(unlike)
