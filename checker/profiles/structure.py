"""What a record is made of beside plain fields: line items, custom fields, relations, and the operations that tell about them."""

from __future__ import annotations

import re
from collections.abc import Mapping

from checker.model.api import Operation, Parameter, Schema
from checker.model.profile import Metadata, Relation, Undetermined
from checker.profiles.names import flat, one_of, singular, vocabulary
from checker.profiles.paths import HOLE
from checker.profiles.roles import DOCUMENT_ROLES, role_by_name, role_of
from checker.profiles.shapes import LIST_NAMES
from checker.profiles.view import Detection, View

# Names of a document's positions, in several languages.
LINE_NAMES = vocabulary(
    "lines line_items order_lines invoice_lines lineitems orderlines invoicelines order_items invoice_items positions position_items "
    "positionen belegpositionen rechnungspositionen auftragspositionen line document_lines sales_lines quote_lines items items_list "
    "rows order_rows invoice_rows entries cart_items products article_lines lignes righe line_item document_items"
)
SURE_LINES = frozenset(
    name
    for name in LINE_NAMES
    if "line" in name or "position" in name or name in ("items_list", "order_items", "invoice_items")
)
# Parameters that name what comes along with a record.
EXPANDING = vocabulary("expand expands include includes populate embed embeds")
LINE_FIELDS = vocabulary(
    "quantity qty amount price unit_price net_price gross_price unit_amount menge anzahl preis einzelpreis product_id sku tax_rate "
    "vat_rate line_amount unit_cost discount total item_code product base_price_money qta net_price_amount"
)
LINED_ROLES = frozenset({"order", "invoice", "quote"})  # that nearly always have positions, whatever these are called
QUANTITIES = vocabulary("quantity qty units menge anzahl unit_count")
# Names of the place where users keep fields of their own.
CUSTOM_NAMES = vocabulary(
    "custom_fields customfields custom_field custom_attributes custom_properties custom_field_values custom_attribute_values custom_data "
    "metadata meta_data form_fields extra_fields user_fields user_defined_fields udf udfs additional_properties extra additional_fields "
    "custom custom_values custom_field_settings zusatzfelder freifelder eigene_felder free_fields extension_attributes extra_attributes "
    "dynamic_fields field_values customizations additional_attributes custom_object_data user_data own_fields"
)
# Names that hold them only where the value is a free map or a list of name and value.
MAYBE_CUSTOM = vocabulary("attributes values properties fields data tags_map extensions options")
_CUSTOM_PATH = re.compile(
    r"^(custom_(field|attribute|propert)|field_definition|user_defined|metafield|attribute_value)"
)
_META_PATH = re.compile(
    r"^(custom_)?(fields?|propert(y|ies)|schemas?|describe|metadata|field_definitions|attributes?|field_settings)$|^custom_(field|attribute)"
)
_OPTION_PATH = re.compile(r"^(options?|choices|picklists?|picklist_values|enum_options|values)$")
_SYSTEM_FIELDS = vocabulary("id created_by updated_by")


def _line_items(view: View) -> tuple[bool | None, str | None]:
    if not view.properties:
        return None, None
    documents = role_of(view)[0] in DOCUMENT_ROLES
    for name, schema in view.fields.items():
        said = view.said(name)
        own = said.removeprefix(f"{view.thing}_").removeprefix(f"{view.thing.rpartition('_')[2]}_")
        if not {said, own} & LINE_NAMES or not (documents or said in SURE_LINES):
            continue
        path, entry = _entries(view, name, schema)
        if entry is None:
            continue
        fields = {flat(one) for one in view.shapes.properties(entry)}
        if fields & LINE_FIELDS or (documents and said in SURE_LINES):
            return True, path
    return _lines_by_fields(view) if role_of(view)[0] in LINED_ROLES else (False, None)


def _lines_by_fields(view: View) -> tuple[bool, str | None]:
    """A document's array by another name (`fees`, `works`) whose entries say how many of a thing, and for how much."""
    for name, schema in view.fields.items():
        path, entry = _entries(view, name, schema)
        fields = {flat(one) for one in view.shapes.properties(entry)}
        priced = any({"amount", "price", "preis", "betrag"} & set(one.split("_")) for one in fields)
        if priced and fields & QUANTITIES:
            return True, path
    return False, None


def _entries(view: View, name: str, schema: Schema) -> tuple[str, Schema | None]:
    """The entries of an array, or of an array inside an object that wraps it (`lines.data[]`)."""
    if schema.items is not None:
        return f"{name}[]", schema.items
    for inner, below in view.shapes.properties(schema).items():
        if below.items is not None and flat(inner) in LIST_NAMES:
            return f"{name}.{inner}[]", below.items
    return name, None


def _expansions(view: View, path: str | None, relations: tuple[Relation, ...]) -> dict[str, dict[str, str]]:
    """Of the operations that show records, the query with which line items, and the other records that this one refers to, come along: many
    interfaces leave them out until they are asked for.
    """
    lines = (path or "").removesuffix("[]").partition(".")[0]
    whole = [one.field for one in relations if one.field in view.properties]
    others = [one for one in whole if view.shapes.kind(view.properties[one]) == "object"]
    wanted = [lines, *others] if lines else others
    shown = [one for kind in ("list", "search", "read") if (one := view.operation(kind)) is not None]
    found = ((one.key, param) for one in shown for param in one.parameters if param.location == "query")
    asked = ((key, param.name, _chosen(param, wanted)) for key, param in found)
    known = {key: {name: value} for key, name, value in asked if value}
    # Many documents describe such a parameter once, where several operations take it.
    return {one.key: known.get(one.key) or next(iter(known.values())) for one in shown} if known else {}


def _chosen(param: Parameter, wanted: list[str]) -> str:
    """What a parameter for that purpose is set to: those of `wanted` that are among its values, all where it names none; nothing for others."""
    schema = param.schema
    if flat(param.name.removeprefix("$")) not in EXPANDING or schema.type not in ("string", "array", None):
        return ""
    several = schema.items.enum if schema.items is not None else []
    named = [one for one in wanted if one in (*schema.enum, *several)]
    if schema.enum:
        named = named[:1]
    return ",".join(named if schema.enum or several else wanted)


def _custom_fields(view: View) -> tuple[bool | None, str]:
    if view.group.template:
        return True, "the collection's fields are the customer's own"
    body = view.fields_of(view.shapes.properties(view.body.schema)) if view.body is not None else {}
    role = role_of(view)[0]
    for name, schema in (*view.fields.items(), *body.items()):
        said = view.said(name)
        if role == "file" and said == "metadata":
            continue  # what a file says about itself, not the customer's own fields
        if said in CUSTOM_NAMES or said.endswith(("_custom_fields", "_custom_attributes")):
            return True, f"field {name}"
        if said in MAYBE_CUSTOM and _is_free(view, schema):
            return True, f"field {name} holds names of the customer's own"
    if any(one.startswith(("x_", "cf_", "custom_")) for one in map(view.said, view.fields)):
        return True, "fields with the prefix of custom fields"
    operation = _custom_operation(view)
    if operation is not None:
        return True, operation.key
    return (False, "no place for fields of the customer's own") if view.properties else (None, "no record is described")


def _is_free(view: View, schema: Schema) -> bool:
    """A map with any key, or a list whose entries have a name (or id) and a value."""
    if schema.items is not None:
        entry = {flat(one) for one in view.shapes.properties(schema.items)}
        entry |= (
            {flat(one) for one in view.shapes.properties(schema.items.items)}
            if schema.items.items is not None
            else set()
        )
        valued = any(one == "value" or one.endswith("_value") for one in entry)
        return valued and bool(entry & {"name", "key", "id", "field", "field_id", "attribute_id", "code"})
    free = schema.additional
    known = view.shapes.properties(schema)
    placeholders = bool(known) and all(re.search(r"[|{}<>]", name) for name in known)
    return placeholders or ((free is True or isinstance(free, Schema)) and not known)


def _custom_operation(view: View) -> Operation | None:
    """An operation below the resource's path, or named after it, that manages custom fields."""
    for operation, key in view.around.telling:
        below = key[: len(view.group.key)] == view.group.key
        if below and any(_CUSTOM_PATH.match(flat(one)) for one in key[len(view.group.key) :] if one != HOLE):
            return operation
    return None


def _relations(view: View, lines: str | None) -> tuple[Relation, ...]:
    """Fields that point at other resources; those of the line items (`lines[].product`) too."""
    found = {name: to for name, schema in view.fields.items() if (to := _pointed(view, name, schema)) is not None}
    for name, to in [*found.items()]:  # the other record itself beside its id: the id is the reference
        beside = any(
            other != name and found[other] == to and flat(other).startswith(f"{flat(name)}_") for other in found
        )
        if beside and view.shapes.kind(view.fields[name]) in ("object", None):
            del found[name]
    for name, one in _line_fields(view, lines).items() if lines is not None else ():
        to = _pointed(view, name, one) if view.shapes.kind(one) not in ("object", "array") else None
        if to is not None and to != view.group.name:  # a line that names its own document points back
            found[f"{lines}.{name}"] = to
    return tuple(Relation(field=name, to=to, kind=_kind(view, name)) for name, to in found.items())


def _kind(view: View, name: str) -> str | None:
    """What a reference of the form `{data: {type, id}}` calls the records that it points at; None for another form, or where any are meant."""
    holder, _, rest = name.partition(".")
    if holder not in view.spread or not rest.endswith(".data.id"):
        return None
    shape = view.shapes.properties(view.properties[holder]).get(rest.removesuffix(".data.id"))
    data = view.shapes.properties(shape).get("data")
    kind = view.shapes.properties(data).get("type") if data is not None else None
    return str(kind.enum[0]) if kind is not None and len(kind.enum) == 1 else None


def _line_fields(view: View, path: str) -> Mapping[str, Schema]:
    """The fields of one line item, which stand at that path."""
    name = path.removesuffix("[]")
    name = name if name in view.fields else name.rpartition(".")[0]
    entry = _entries(view, name, view.fields[name])[1]
    return view.shapes.properties(entry) if entry is not None else {}


def _pointed(view: View, name: str, schema: Schema) -> str | None:
    """The resource that a field points at."""
    said, kind = view.said(name), _kind(view, name)
    if said in _SYSTEM_FIELDS or said == f"{view.thing}_id":
        return None
    told = view.things.get(one_of(kind)) if kind is not None else None
    target = told or _target(said, view.things) or _other_party(said, view)
    if target is None and schema.type in ("object", None) and schema.name:
        target = view.things.get(one_of(schema.name))
    return target if target != view.group.name or "parent" in said else None


def _other_party(said: str, view: View) -> str | None:
    """A customer by any name (`kunde_id`), where the system has one kind of company or contact."""
    head, _, last = said.rpartition("_")
    if last not in ("id", "uuid", "nummer", "number", "nr") or role_by_name(head)[0] not in ("contact", "company"):
        return None
    parties = {name for thing, name in view.things.items() if role_by_name(thing)[0] in ("contact", "company")}
    return next(iter(parties)) if len(parties) == 1 and head != view.thing else None


def _target(said: str, things: Mapping[str, str]) -> str | None:
    parts = said.split("_")
    if parts[-1] not in ("id", "ids", "uuid", "gid", "ref", "code", "number", "key"):
        return things.get(said)
    parts = [*parts[:-2], singular(parts[-2])] if len(parts) > 1 else []
    for start in range(len(parts)):
        target = things.get("_".join(parts[start:]))
        if target is not None:
            return target
    return None


def _metadata(view: View) -> Metadata:
    """Operations that tell fields or options while the system runs: below the resource, named after it, or with a parameter for it."""
    found: dict[str, str] = {}
    for operation, key in view.around.telling:
        if operation.method != "GET":
            continue
        for number, part in enumerate(key):
            said = flat(part)
            kind = "fields" if _META_PATH.match(said) else "options" if _OPTION_PATH.match(said) else None
            if kind is not None and part != HOLE and _about(view, key, number) and len(key) - number <= 2:  # noqa: PLR2004 - at most its own key follows
                found.setdefault("schema" if said.startswith(("schema", "describe")) else kind, operation.key)
    return Metadata(**found)


def _about(view: View, key: tuple[str, ...], number: int) -> bool:
    """Whether a segment speaks of this resource: it stands right below it or beside its name, or a parameter may name it."""
    if key[:number] == view.group.key:
        return True
    near = [one for one in (*key[:number][-1:], *key[number + 1 :]) if one != HOLE]
    if any(one_of(one) == view.thing for one in near):
        return True
    return view.group.template and key[number + 1 :] == (HOLE,)


def detect_structure(view: View) -> Detection:
    """`line_items`, `line_items_path`, `expand`, `custom_fields`, `relations` and `metadata`."""
    lines, path = _line_items(view)
    relations = _relations(view, path)
    custom, reason = _custom_fields(view)
    still = []
    for what, value in (("line_items", lines), ("custom_fields", custom)):
        if value is None:
            still.append(
                Undetermined(
                    what=what, why="no record of this resource is described", settled_by="answers.match-document"
                )
            )
    found = {
        "line_items": lines,
        "line_items_path": path,
        "expand": _expansions(view, path, relations),
        "custom_fields": custom,
        "relations": relations,
        "metadata": _metadata(view),
    }
    why = {"custom_fields": reason, **({"line_items": f"array {path}"} if path else {})}
    return Detection(found, why, {"line_items": 0.85, "custom_fields": 0.85}, tuple(still))
