"""Which field plays which role: id, created, updated, email, external id, VAT id, currency, number, deleted, name, country."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from msgspec.structs import replace

from checker.model.api import Schema
from checker.model.profile import FieldRoles, Undetermined
from checker.profiles.field_names import (
    ADDRESS,
    COUNTRY,
    CREATED,
    CURRENCY,
    DELETED,
    EMAIL,
    EXTERNAL,
    EXTERNAL_SAID,
    LONE_ADDRESS,
    MONEY,
    NAME,
    PARTY,
    STAMP,
    TAX_ID,
    UPDATED,
    VAT,
)
from checker.profiles.meanings import meaning
from checker.profiles.names import ends_with_thing, flat, one_of, vocabulary, words
from checker.profiles.roles import DOCUMENT_ROLES, PARTY_ROLES, role_of
from checker.profiles.shapes import ID_NAMES, join
from checker.profiles.view import TRANSPARENT, Detection, View


def identity(view: View, properties: Mapping[str, Schema]) -> str | None:
    """The field that names a record: `id`, else what the path's parameter is called, else the usual names."""
    scalars = {
        name: flat(name)
        for name, schema in properties.items()
        if view.shapes.kind(schema) not in ("object", "array", "boolean")
    }
    parameter = flat(view.key_parameter or "")
    thing = view.thing
    wanted: list[str] = ["id", f"{thing}_id", f"{thing.rpartition('_')[2]}_id", parameter]
    if parameter:
        wanted += [
            parameter.replace(f"_{thing}_", "_"),
            parameter.rpartition("_")[2],
        ]  # `external_customer_id` of a customer
    wanted += [*(flat(one) for one in ID_NAMES), f"{thing}_number", f"{thing}_no"]
    for name in wanted:
        found = next((prop for prop, said in scalars.items() if name and said == name), None)
        if found is not None:
            return found
    return None


def _stamp(view: View, core: frozenset[str]) -> str | None:
    ranked: list[tuple[int, int, str]] = []
    for number, (path, said, schema) in enumerate(view.own_fields):
        parts = set(said.split("_"))
        if not parts & core or parts - core - STAMP or view.shapes.kind(schema) in ("object", "array", "boolean"):
            continue
        stamped = schema.format in ("date-time", "date", "unix-time", "dateTime", "timestamp") or bool(parts & STAMP)
        ranked.append((0 if stamped else 1, number, path))
    return min(ranked)[2] if ranked else None


def _split(view: View, path: str | None) -> str | list[str] | None:
    """A stamp whose day and time of day stand in two fields, as `[date, time]`; otherwise the field as it is."""
    holder = next(((said, schema) for own, said, schema in view.own_fields if own == path), None)
    if path is None or holder is None or holder[1].format == "date-time":
        return path
    head, _, last = holder[0].rpartition("_")
    if last not in ("date", "datum", "day", "tag"):
        return path
    times = (f"{head}_time", f"{head}_zeit", f"{head}_uhrzeit")
    time = next((own for own, said, _ in view.own_fields if said in times), None)
    return [path, time] if time is not None else path


def find_updated(view: View) -> str | None:
    """The field that says when a record was last changed."""
    return _stamp(view, UPDATED)


def _named(view: View, names: tuple[str, ...] | list[str], *, thing: bool = True) -> str | None:
    """The record's own field of the best of these names, also with the resource's name before it."""
    known, last = view.plain_fields, view.thing.rpartition("_")[2]
    for name in names:
        own = (name, f"{view.thing}_{name}", f"{last}_{name}") if thing else (name,)
        found = [known[one] for one in own if one in known]
        if found:
            return min(found)[1]  # the first in the document
    return None


def _text_named(view: View, names: tuple[str, ...] | list[str], *, thing: bool = True) -> str | None:
    """The same, but no number: a `company` that is one points at a company and names nobody."""
    numbers = {path for path, _, schema in view.own_fields if view.shapes.kind(schema) in ("integer", "number")}
    found = (_named(view, (name,), thing=thing) for name in names)
    return next((path for path in found if path is not None and path not in numbers), None)


def _ending(view: View, endings: tuple[str, ...], beside: frozenset[str] = frozenset()) -> str | None:
    """The record's own text field whose name ends so, and has none of the words `beside`."""
    fields = ((path, said) for path, said, schema in view.own_fields if view.shapes.kind(schema) in ("string", None))
    return next((path for path, said in fields if said.endswith(endings) and beside.isdisjoint(said.split("_"))), None)


def _inside(
    view: View, where: re.Pattern[str], names: tuple[str, ...] | list[str], *, listed: bool = False
) -> str | None:
    """The field of one of these names in an object of the record whose name says that it stands for a party or an address."""
    ranked = sorted(
        (
            (0 if "bill" not in flat(prop) else 1, number, prop)
            for number, prop in enumerate(view.properties)
            if where.search(flat(prop))
        )
    )
    for _, _, prop in ranked:
        holder = view.properties[prop]
        mark = "[]" if holder.items is not None else ""
        found = _deep(view, holder.items or holder, names, 1)
        if found is not None and (not mark or listed):
            return join(prop, mark, found)
    return None


def _deep(view: View, schema: Schema, names: tuple[str, ...] | list[str], depth: int) -> str | None:
    properties = view.shapes.properties(schema)
    for name in names:
        found = next(
            (
                p
                for p, one in properties.items()
                if flat(p) == name and view.shapes.kind(one) not in ("object", "array")
            ),
            None,
        )
        if found is not None:
            return found
    for prop, below in properties.items() if depth > 0 else ():
        if below.items is not None and flat(prop) in ("data", "items", "values"):
            found = _deep(view, below.items, names, 0)
            if found is not None:
                return join(prop, "[]", found)
        if flat(prop) in TRANSPARENT or flat(prop) in (
            "tax_ids",
            "tax",
            "tax_info",
            "emails",
            "contact",
            "contact_info",
        ):
            found = _deep(view, below, names, depth - 1)
            if found is not None:
                return join(prop, found)
    return None


def _email(view: View, role: str | None) -> str | None:
    own = _named(view, EMAIL) or next(
        (path for path, said, schema in view.own_fields if schema.format == "email" and "mail" in said), None
    )
    if own is None:
        own = next(
            (
                path
                for path, said, schema in view.own_fields
                if said.endswith(("_email", "_email_address")) and PARTY.search(said.rpartition("_email")[0])
            ),
            None,
        )
    if own is not None or role not in DOCUMENT_ROLES | PARTY_ROLES:
        return own
    listed = _inside(
        view, re.compile(r"^(emails|email_addresses|e_mails)$"), ("email", "value", "address", "main"), listed=True
    )
    return listed or _inside(view, PARTY, EMAIL) or _inside(view, LONE_ADDRESS, EMAIL)


def _vat(view: View, role: str | None) -> str | None:
    names = [*VAT, *TAX_ID] if role in PARTY_ROLES else VAT
    own = _text_named(view, names, thing=False)  # a number called `vat` is a rate
    if own is not None:
        return own
    if role not in PARTY_ROLES | DOCUMENT_ROLES:
        return None
    taxes = re.compile(r"^(tax_ids|tax|taxes|tax_info|vat|tax_id|vat_info)$")
    return _inside(view, taxes, [*VAT, "number", "value", "id"], listed=True) or _inside(view, PARTY, VAT)


def _currency(view: View, role: str | None) -> str | None:
    endings = ("_currency", "_currency_code", "_currency_id", "_currency_iso_code")
    own = _named(view, CURRENCY) or _ending(view, endings, AMOUNT_WORDS)
    if own is not None:
        return own
    for prop, schema in view.properties.items():
        if flat(prop) in ("currency", "waehrung"):
            code = _deep(view, schema, ("code", "iso_code", "iso", "id", "currency_code", "symbol"), 0)
            if code is not None:
                return join(prop, code)
    return None if role in PARTY_ROLES else _money_currency(view)


AMOUNT_WORDS = vocabulary(
    "amount price total net gross cost sum betrag preis summe"
)  # `net_amount_in_company_currency` is an amount
TOTALS = ("amount", "price", "total", "total_money", "total_amount")


def _money_currency(view: View) -> str | None:
    """The currency inside an amount of the record; totals first."""
    names = ("currency", "currency_code", "currency_id")
    ranked: list[tuple[int, int, str]] = []
    for number, (prop, schema) in enumerate(view.properties.items()):
        said = flat(prop)
        if not MONEY.search(said):
            continue
        entries = schema.items
        found = _deep(view, entries or schema, names, 0)
        if found is not None:
            rank = 0 if said in TOTALS else 1 if said.startswith(("total", "grand")) else 2
            ranked.append((rank, number, join(prop, "[]" if entries is not None else "", found)))
    return min(ranked)[2] if ranked else None


def _external(view: View, role: str | None) -> str | None:
    own = _named(view, EXTERNAL, thing=False)
    if own is not None:
        return own
    for prop, schema in view.properties.items():
        if flat(prop) in ("external", "external_reference", "external_ids"):
            inner = _deep(view, schema, ("id", "gid", "external_id", "key", "value"), 0)
            if inner is not None:
                return join(prop, inner)
    own_id = identity(view, view.properties)
    for path, said, schema in view.own_fields:
        if path == own_id:
            continue
        names = said.endswith(("_number", "_code", "_reference", "_id", "_key")) or said in (
            "reference",
            "code",
            "number",
        )
        if (
            names
            and schema.type == "string"
            and EXTERNAL_SAID.search(schema.description)
            and "identif" in schema.description.lower()
        ):
            return path
    return _own_code(view, own_id) if role in PARTY_ROLES else None


def _own_code(view: View, own_id: str | None) -> str | None:
    """A party's code that the client must give while the system gives the id: the client's own key for it."""
    if view.body is None or own_id is None or own_id in view.shapes.properties(view.body.schema):
        return None
    return next(
        (name for name in view.body.schema.required() if flat(name) in ("code", f"{view.thing}_code", "key")), None
    )


def _number(view: View, taken: str | None) -> str | None:
    names = (
        "number",
        "no",
        "document_number",
        "sku",
        "article_number",
        "item_number",
        "code",
        "nummer",
        "belegnummer",
        "rechnungsnummer",
        "kundennummer",
        "artikelnummer",
        "product_number",
    )
    found = _named(view, names)
    if found is None:
        found = next(
            (
                p
                for p, said, s in view.own_fields
                if said.endswith("_number") and ends_with_thing(view.thing, said.removesuffix("_number"))
            ),
            None,
        )
    return None if found is not None and found == taken else found


def detect_fields(view: View) -> Detection:
    """`fields`: the roles that matter for synchronising; nothing where no record is described."""
    if not view.properties:
        why = "no record of this resource is described"
        open_ones = tuple(
            Undetermined(what=f"fields.{role}", why=why, settled_by=claim)
            for role, claim in (("id", "read.single"), ("updated", "timestamp.filled"))
        )
        return Detection({}, undetermined=open_ones)
    role = role_of(view)[0]
    own_id = identity(view, view.properties)
    finders: dict[str, Callable[[], str | None]] = {
        "created": lambda: _stamp(view, CREATED),
        "updated": lambda: find_updated(view),
        "email": lambda: _email(view, role),
        "external_id": lambda: _external(view, role),
        "vat_id": lambda: _vat(view, role),
        "currency": lambda: _currency(view, role),
        "number": lambda: _number(view, own_id),
        "deleted": lambda: next((path for name in DELETED for path, said, _ in view.own_fields if said == name), None),
        "name": lambda: _text_named(view, NAME),
        "country": lambda: _named(view, COUNTRY) or _inside(view, ADDRESS, COUNTRY),
    }
    found = {"id": own_id, **{name: finder() for name, finder in finders.items()}}
    further, ambiguous = _by_meaning(view)
    found |= further
    roles = replace(FieldRoles(**found), created=_split(view, found["created"]), updated=_split(view, found["updated"]))
    told = {f"fields.{name}": _why(view, path) for name, path in found.items() if path is not None}
    sure = {f"fields.{name}": 0.95 if "." not in path else 0.75 for name, path in found.items() if path is not None}
    still: tuple[Undetermined, ...] = ()
    if roles.updated is None:
        still = (
            Undetermined(
                what="fields.updated", why="no field says when a record was changed", settled_by="timestamp.filled"
            ),
        )
    return Detection({"fields": roles, "ambiguous": ambiguous}, told, sure, still)


# Role of a record → what the field that plays it may mean.
MEANT: Mapping[str, tuple[str, ...]] = {
    "phone": ("phone",),
    "register_number": ("register_number",),
    "register_court": ("register_court",),
    "net": ("net",),
    "gross": ("gross",),
    "discount": ("discount", "discount_percent", "discount_amount"),
    "tax_rate": ("tax_rate",),
    "due_date": ("due_date",),
    "owner": ("owner",),
}


def _by_meaning(view: View) -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
    """The record's own fields by what they mean: role → field, and role → fields where several are as likely."""
    means = [(path, meaning(path, view.thing, view.shapes.kind(schema))) for path, _, schema in view.own_fields]
    found: dict[str, str] = {}
    ambiguous: dict[str, tuple[str, ...]] = {}
    for role, wanted in MEANT.items():
        scores = {path: one.score for path, one in means if one is not None and one.role in wanted}
        best = tuple(path for path, score in scores.items() if score == max(scores.values()))
        if len(best) == 1:
            found[role] = best[0]
        elif best:
            ambiguous[role] = best
    return found, ambiguous


def _why(view: View, path: str) -> str:
    schema = view.properties.get(path.split(".", maxsplit=1)[0].removesuffix("[]"))
    return f"{one_of(path) and path} at {schema.pointer}" if schema is not None and words(path) else path
