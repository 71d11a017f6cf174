"""Which operations belong to one business object."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from checker.model.api import Api, Operation, Schema
from checker.model.profile import Operations
from checker.profiles.names import one_of, same_thing, vocabulary, words
from checker.profiles.paths import BULK_WORDS, HOLE, Node, Table, is_bulk, verb_of
from checker.profiles.shapes import Shapes, body_schema, good_schema, is_list

UPSERT_WORDS = ("upsert", "create_or_update", "update_or_create", "createorupdate", "updateorcreate", "or_create")
READING_WORDS = vocabulary("search list find query filter lookup get")
NOT_ADDING = vocabulary(
    "delete remove archive get read retrieve fetch"
)  # of bulk operations, what records are not written by
ALIKE = 0.8  # share of common fields from which two records written out at two places are taken for the same
NEAR_ROOT = 2  # segments: a bulk operation this near the root serves all resources
WRITING = ("create", "update", "delete", "upsert")


@dataclass(slots=True)
class Group:
    """The operations of one business object, by what they do; `key` is its collection's path in segments."""

    name: str
    key: tuple[str, ...]
    order: int
    found: dict[str, Operation] = field(default_factory=dict)
    template: bool = False  # one documented collection for many kinds of records

    @property
    def holes(self) -> int:
        """How many parameters the collection's path has."""
        return self.key.count(HOLE)

    def operations(self) -> Operations:
        """As the profile names them."""
        return Operations(**{kind: one.key for kind, one in self.found.items()})


def group_operations(api: Api, shapes: Shapes) -> list[Group]:
    """All business objects of a system, in the document's order, each name once."""
    table = Table(api.operations)
    groups = [group for node in _collections(table) if (group := _group(table, node, shapes)) is not None]
    _add_searches(table, groups)
    _add_spelled_out(table, groups)
    groups = _join_orphans(groups, shapes)
    groups = _join_nested(groups, shapes)
    _add_bulk(table, groups, shapes)
    _add_upserts(table, groups, shapes)
    groups = [one for one in groups if _is_object(one)]
    return _named(sorted(groups, key=lambda one: one.order))


def _collections(table: Table) -> Iterator[Node]:
    """Paths that may stand for many records: a literal at the end, or a parameter that has a further parameter below it."""
    for key, node in list(table.nodes.items()):
        if not key:
            continue
        if key[-1] == HOLE:
            if _is_template(table, node):
                yield node
        elif verb_of(key[-1]) is None and not is_bulk(key[-1]):
            yield node
    for key, node in list(table.nodes.items()):
        base = key[:-1]
        of_verbs = bool(base) and verb_of(key[-1]) in ("list", "search") and base[-1] != HOLE
        if of_verbs and base not in table.nodes and not is_bulk(base[-1]):
            table.nodes[base] = Node(base, order=node.order)
            yield table.nodes[base]
    for key, node in list(table.nodes.items()):
        base = key[:-1]
        if not (len(key) > 1 and key[-1] == HOLE) or base in table.nodes or _is_template(table, node):
            continue
        if base[-1] != HOLE and not is_bulk(base[-1]):
            table.nodes[base] = Node(base, order=node.order)
            yield table.nodes[base]


def _is_template(table: Table, node: Node) -> bool:
    """Whether a path parameter names the collection (`/items/{collection}`), not a record."""
    item, above = table.nodes.get((*node.key, HOLE)), table.nodes.get(node.key[:-1])
    one = item is not None and bool({"GET", "PATCH", "PUT", "DELETE"} & set(item.methods))
    freely = above is None or not ({"GET", "POST"} & set(above.methods))
    return node.key[-1] == HOLE and one and freely and bool({"GET", "POST"} & set(node.methods))


def _group(table: Table, node: Node, shapes: Shapes) -> Group | None:
    template = node.key[-1] == HOLE
    literals = [one for one in node.key if one != HOLE]
    name = literals[-1] if literals else "records"
    group = Group(name, node.key, node.order, template=template)
    item = table.nodes.get((*node.key, HOLE))
    if item is not None and _is_template(table, item):
        item = None
    verbs = {
        verb: operation
        for below in table.below(node.key)
        if (verb := verb_of(below.key[-1])) is not None
        for operation in [_writes_or_reads(below, verb)]
        if operation is not None
    }
    if item is not None:
        group.order = min(group.order, item.order)
    _put_reading(group, node, item, verbs, shapes)
    _put_writing(group, node, item, verbs, table)
    return group if group.found else None


def _writes_or_reads(node: Node, verb: str) -> Operation | None:
    order = ("GET", "POST") if verb in ("list", "read", "search") else ("POST", "PUT", "PATCH", "DELETE")
    if verb == "search":
        order = ("POST", "GET")
    return next((node.methods[one] for one in order if one in node.methods), None)


def _put_reading(group: Group, node: Node, item: Node | None, verbs: dict[str, Operation], shapes: Shapes) -> None:
    listing = node.methods.get("GET")
    if listing is not None and (
        (_unknown_answer(listing) and item is not None) or is_list(listing, shapes, group.name)
    ):
        group.found["list"] = listing
    elif "list" in verbs:
        group.found["list"] = verbs["list"]
    if "search" in verbs:
        group.found["search"] = verbs["search"]
    reading = item.methods.get("GET") if item is not None else None
    read = reading or verbs.get("read")
    if read is not None:
        group.found["read"] = read
    posting = node.methods.get("POST")
    if posting is not None and _only_reads(posting):
        group.found.setdefault("search", posting)


def _unknown_answer(operation: Operation) -> bool:
    schema = good_schema(operation.success)
    return schema is None or not schema


def _put_writing(group: Group, node: Node, item: Node | None, verbs: dict[str, Operation], table: Table) -> None:
    at = node.methods
    of_item = item.methods if item is not None else {}
    item_verbs = _item_verbs(table, item)
    posting = at.get("POST")
    if posting is not None and _only_reads(posting):
        posting = None
    update = of_item.get("PATCH") or of_item.get("PUT") or of_item.get("POST") or item_verbs.get("update")
    create = posting or verbs.get("create")
    putting = at.get("PUT")
    if putting is not None and update is not None and (create is None or _is_upsert(create)):
        create = putting  # PUT adds here, and POST adds or changes
    if update is None:
        changed = at.get("PATCH") or (putting if create is not None else None)
        update = changed or verbs.get("update") or (create if create is not None and _is_upsert(create) else None)
    delete = of_item.get("DELETE") or item_verbs.get("delete") or at.get("DELETE") or verbs.get("delete")
    upsert = verbs.get("upsert") or next(
        (one for one in (posting, putting) if one is not None and _is_upsert(one)), None
    )
    for kind, one in (("create", create), ("update", update), ("delete", delete), ("upsert", upsert)):
        if one is not None:
            group.found[kind] = one


def _item_verbs(table: Table, item: Node | None) -> dict[str, Operation]:
    found: dict[str, Operation] = {}
    for below in table.below(item.key) if item is not None else ():
        verb = verb_of(below.key[-1])
        operation = _writes_or_reads(below, verb) if verb in ("update", "delete") else None
        if verb is not None and operation is not None:
            found.setdefault(verb, operation)
    return found


def _wording(operation: Operation) -> tuple[str, ...]:
    return words(operation.id or operation.summary)


def _is_upsert(operation: Operation) -> bool:
    """Whether an operation creates a record or changes it: by its name, or because a PUT or PATCH answers 201 beside 200 (RFC 9110, 9.3.4)."""
    said = "_".join(_wording(operation)) + " " + "_".join(words(operation.summary))
    both = {"200", "201"} <= {one.status for one in operation.replies} and operation.method in ("PUT", "PATCH")
    return both or any(one in said for one in UPSERT_WORDS)


def _only_reads(operation: Operation) -> bool:
    """Whether a POST only asks: its name says search, list or find, and its answer is no created record."""
    said = _wording(operation)
    return bool(said) and said[0] in READING_WORDS and not any(one.status == "201" for one in operation.replies)


def _add_searches(table: Table, groups: list[Group]) -> None:
    """Searches that stand apart: `/search/customer`, `/invoices-search`, `/workspaces/{id}/tasks/search`."""
    by_thing: dict[str, list[Group]] = {}
    for group in groups:
        by_thing.setdefault(one_of(group.name), []).append(group)
    apart: set[tuple[str, ...]] = set()
    for key, node in table.nodes.items():
        thing = _searched(key)
        operation = node.methods.get("POST") or node.methods.get("GET")
        if thing is None or operation is None:
            continue
        homes = [one for one in by_thing.get(one_of(thing), ()) if {"list", "read"} & set(one.found) and one.key != key]
        for group in homes:
            group.found.setdefault("search", operation)
        if homes:
            apart.add(key)
    groups[:] = [one for one in groups if one.key not in apart]


def _add_spelled_out(table: Table, groups: list[Group]) -> None:
    """Writes whose last segment spells out verb and thing: `/Invoice/Factory/saveInvoice`, `/contacts/createContact`."""
    by_thing: dict[str, Group] = {}
    for group in groups:
        if {"list", "read", "search"} & set(group.found):
            by_thing.setdefault(one_of(group.name), group)
    for key, node in table.nodes.items():
        said = words(key[-1]) if key and key[-1] != HOLE else ()
        kind = verb_of(said[0]) if len(said) > 1 else None
        home = by_thing.get(one_of("_".join(said[1:]))) if kind in WRITING else None
        operation = next((node.methods[one] for one in ("POST", "PUT", "PATCH", "DELETE") if one in node.methods), None)
        if home is not None and kind is not None and operation is not None and _at_home(home, key):
            home.found.setdefault(kind, operation)


def _at_home(home: Group, key: tuple[str, ...]) -> bool:
    """Whether a path stands beside a collection's or below it, not below another object's record."""
    below = key[: len(home.key)] == home.key and HOLE not in key[len(home.key) :]
    return below or key[:-1] == home.key[:-1]


def _searched(key: tuple[str, ...]) -> str | None:
    if len(key) > 1 and verb_of(key[-2]) == "search" and key[-1] != HOLE:
        return key[-1]
    if len(key) > 1 and verb_of(key[-1]) == "search" and key[-2] != HOLE:
        return key[-2]
    said = words(key[-1]) if key else ()
    if len(said) > 1 and verb_of(said[0]) == "search":
        return "_".join(said[1:])
    return "_".join(said[:-1]) if len(said) > 1 and verb_of(said[-1]) == "search" else None


def _record_of(group: Group, shapes: Shapes) -> Schema | None:
    for kind in ("read", "list", "search", "create"):
        operation = group.found.get(kind)
        schema = good_schema(operation.success) if operation is not None else None
        many = kind in ("list", "search")
        found = shapes.items(schema, group.name, None) if many else shapes.record(schema, group.name)
        if found is not None and shapes.is_object(found.schema):
            return found.schema
    return None


def _join_orphans(groups: list[Group], shapes: Shapes) -> list[Group]:
    """Lists without a single read and reads without a list are one object where name or record are the same, side by side."""
    lists = [one for one in groups if {"list", "search"} & set(one.found) and "read" not in one.found]
    lists.sort(key=lambda one: ("list" not in one.found, len(one.key)))
    rest = [one for one in groups if not ({"list", "search"} & set(one.found))]
    rest.sort(key=lambda one: "read" not in one.found)
    gone: set[int] = set()
    for listed in lists:
        near = [one for one in rest if id(one) not in gone and _side_by_side(listed, one)]
        other = next((one for one in near if same_thing(listed.name, one.name)), None)
        if other is None and near:
            record = _record_of(listed, shapes)
            other = next(
                (
                    one
                    for one in near
                    if "read" in one.found and record is not None and _record_of(one, shapes) == record
                ),
                None,
            )
        if other is not None:
            for kind, operation in other.found.items():
                listed.found.setdefault(kind, operation)
            gone.add(id(other))
    return [one for one in groups if id(one) not in gone]


def _side_by_side(listed: Group, other: Group) -> bool:
    parent = other.key[:-1]
    return parent in (listed.key, listed.key[:-1])


def _join_nested(groups: list[Group], shapes: Shapes) -> list[Group]:
    """A collection below a parent joins the one of the same name that stands freely, and lends it what it lacks."""
    free: dict[str, Group] = {}
    for group in sorted(groups, key=lambda one: (one.template, one.holes, "list" not in one.found, len(one.key))):
        free.setdefault(one_of(group.name), group)
    kept = []
    for group in groups:
        home = free[one_of(group.name)]
        if home is group or group.template or group.holes == home.holes or not _same_record(home, group, shapes):
            kept.append(group)
            continue
        for kind in ("create", "list"):
            if kind in group.found and kind not in home.found and not (kind == "list" and "search" in home.found):
                home.found[kind] = group.found[kind]
    return kept


def _same_record(home: Group, group: Group, shapes: Shapes) -> bool:
    left, right = _record_of(home, shapes), _record_of(group, shapes)
    if left is None or right is None or left == right or (left.name is not None and left.name == right.name):
        return True
    mine, theirs = set(shapes.properties(left)), set(shapes.properties(right))
    return len(mine & theirs) >= ALIKE * len(mine | theirs)


def _add_upserts(table: Table, groups: list[Group], shapes: Shapes) -> None:
    """Calls that create or change a record by another key than its id: `PUT /customers/by-number/{number}`, with the body that a create takes."""
    for group in groups:
        create = group.found.get("create")
        for key, node in table.nodes.items() if create is not None and "upsert" not in group.found else ():
            below = key[:-2] == group.key and len(key) == len(group.key) + 2 and key[-1] == HOLE and key[-2] != HOLE
            puts = [node.methods[one] for one in ("PUT", "PATCH") if one in node.methods] if below else []
            found = next((one for one in puts if create and _is_upsert(one) and _same_body(one, create, shapes)), None)
            if found is not None:
                group.found["upsert"] = found
                break


def _same_body(one: Operation, other: Operation, shapes: Shapes) -> bool:
    left, right = (body_schema(operation.body)[1] for operation in (one, other))
    if left is None or right is None:
        return False
    mine, theirs = set(shapes.properties(left)), set(shapes.properties(right))
    return left == right or len(mine & theirs) >= ALIKE * len(mine | theirs) > 0


def _add_bulk(table: Table, groups: list[Group], shapes: Shapes) -> None:
    shared = next(
        (
            node.methods["POST"]
            for key, node in table.nodes.items()
            if key
            and BULK_WORDS.issuperset(words(key[-1]))
            and "POST" in node.methods
            and HOLE not in key
            and len(key) <= NEAR_ROOT
            and table.get(key[:-1], "GET") is None  # below a list it is that resource's alone
            and _may_hold_many(node.methods["POST"], shapes)
        ),
        None,
    )
    for group in groups:
        below = [node for node in table.below(group.key) if is_bulk(node.key[-1])]
        below.sort(key=lambda node: bool(NOT_ADDING & set(words(node.key[-1]))))
        named = [one for node in below for one in node.methods.values() if one.method != "GET"]
        at = table.nodes.get(group.key)
        arrays = [one for one in (at.methods.values() if at else ()) if _takes_many(one, group, shapes)]
        patched = [at.methods["PATCH"]] if at is not None and "PATCH" in at.methods else []
        bulk = next(iter((*named, *patched, *arrays)), shared)
        if bulk is not None and set(WRITING) & set(group.found):
            group.found["bulk"] = bulk


def _may_hold_many(operation: Operation, shapes: Shapes) -> bool:
    """Whether a body may hold several records: a batch of goods in a warehouse is one record."""
    schema = body_schema(operation.body)[1]
    if not schema:
        return True
    wrapped = [below for one in shapes.properties(schema).values() for below in shapes.properties(one).values()]
    found = (schema, *shapes.properties(schema).values(), *wrapped)
    return any(one.items is not None or one.additional for one in found)


def _takes_many(operation: Operation, group: Group, shapes: Shapes) -> bool:
    schema = body_schema(operation.body)[1] if operation.method in ("POST", "PUT", "PATCH") else None
    found = shapes.record(schema, group.name)
    return found is not None and "[]" in found.path


def _is_object(group: Group) -> bool:
    found = set(group.found)
    return bool(found & {"list", "search"}) or ("read" in found and bool(found & set(WRITING)))


def _named(groups: list[Group]) -> list[Group]:
    """Each name once: the freest path keeps the bare one, the others put their parent's name before it."""
    taken: set[str] = set()
    for group in sorted(groups, key=lambda one: (one.holes, len(one.key))):
        literals = [one for one in group.key if one != HOLE]
        name = group.name
        for parent in reversed(literals[:-1]):
            if name not in taken:
                break
            name = f"{parent}_{name}"
        number = 2
        while name in taken:
            name, number = f"{group.name}_{number}", number + 1
        group.name = name
        taken.add(name)
    return groups
