"""A parsed document → Api. Nothing that is malformed ends the reading: it is left out and noted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urljoin

from checker.documents import parts, swagger
from checker.documents.context import Context, entries, extensions, members, text, texts, word
from checker.documents.security import requirements, schemes
from checker.model.api import Api, Operation, Place, Reply

METHODS = frozenset({"get", "put", "post", "delete", "options", "head", "patch", "trace", "query"})
MAX_OPERATIONS = 20_000


def build_api(context: Context, spec: str, source: str, url: str | None) -> Api:
    """The Api of a document. `source` is shown; `url` is where the document came from, for servers that are relative to it."""
    root = context.root
    info, _ = context.mapping(root.get("info"), context.top.child("info"))
    operations: list[Operation] = []
    events: dict[str, str] = {}
    for word_ in ("webhooks", "x-webhooks"):
        named = (name for name, _ in members(root, word_) if not name.startswith("x-"))  # extensions are no events
        events.update((name, f"#/{word_}/{_escaped(name)}") for name in named)
    for operation, callbacks in _operations(context):
        operations.append(operation)
        for name, pointer in callbacks.items():
            events.setdefault(name, pointer)
        if len(operations) >= MAX_OPERATIONS:
            context.problem(context.top.child("paths"), f"only the first {MAX_OPERATIONS} operations are read")
            break
    where = ("definitions",) if context.swagger else ("components", "schemas")
    holder = root if context.swagger else root.get("components")
    at = context.top.child(*where)
    servers = _servers(context, url)
    return Api(
        title=_scalar(info.get("title")),
        version=_scalar(info.get("version")),
        spec=spec,
        source=source,
        description=text(info, "description"),
        servers=tuple(servers),
        operations=tuple(operations),
        schemes=schemes(context),
        security=requirements(root) or (),
        events=events,
        schemas={name: context.schema(one, at.child(name)) for name, one in members(holder, where[-1])},
        tags={text(one, "name"): text(one, "description") for _, one in entries(root, "tags") if _named(one)},
        extensions=extensions(root),
        server_names={address: said for address, said in servers.items() if said},
    )


def _named(node: Any) -> bool:
    return isinstance(node, Mapping) and word(node, "name") is not None


def _scalar(value: Any) -> str:
    """`version: 1.0` is a number in YAML, and a version all the same."""
    return str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


def _servers(context: Context, url: str | None) -> dict[str, str]:
    """The servers' addresses, each with its description."""
    found = dict.fromkeys(swagger.servers(context.root), "") if context.swagger else dict(_servers3(context))
    if not url:
        return found
    return {one if "{" in one else _joined(url, one): said for one, said in found.items()}


def _joined(url: str, server: str) -> str:
    try:
        return urljoin(url, server)
    except ValueError:  # no URL at all, `http://[host`
        return server


def _servers3(context: Context) -> Iterator[tuple[str, str]]:
    for _, one in entries(context.root, "servers"):
        address = word(one, "url") if isinstance(one, Mapping) else None
        if address is None:
            continue
        for name, variable in members(one, "variables"):
            default = variable.get("default") if isinstance(variable, Mapping) else None
            if isinstance(default, str | int | float):
                address = address.replace("{" + name + "}", str(default))
        yield address.rstrip("/") or "/", word(one, "description") or ""


def _operations(context: Context) -> Iterator[tuple[Operation, dict[str, str]]]:
    """Each operation with the pointers of its callbacks."""
    read: dict[Place, tuple[Operation, dict[str, str]]] = {}
    paths, paths_at = context.mapping(context.root.get("paths", {}), context.top.child("paths"))
    for path, node in paths.items():
        if not str(path).startswith("/"):
            continue
        written_at = paths_at.child(str(path))
        item, item_at = context.mapping(node, written_at)
        if not item:
            if node or not isinstance(node, Mapping):
                context.problem(written_at, "this path is no mapping, or its reference leads nowhere; it is left out")
            continue
        for method, one, at in _methods(item, item_at):
            if isinstance(one, Mapping):
                if at not in read:  # many paths may share one item by reference
                    read[at] = _operation(context, (method, str(path)), (item, item_at), context.mapping(one, at))
                operation, callbacks = read[at]
                yield replace(operation, path=str(path)), callbacks
            else:
                context.problem(at, "this operation is no mapping; it is left out")


def _methods(item: Mapping[str, Any], place: Place) -> Iterator[tuple[str, Any, Place]]:
    for name, node in item.items():
        if str(name).lower() in METHODS:
            yield str(name).upper(), node, place.child(str(name))
    for name, node in members(item, "additionalOperations"):  # 3.2
        yield name, node, place.child("additionalOperations", name)


def _operation(
    context: Context, key: tuple[str, str], item: tuple[Mapping[str, Any], Place], own: tuple[Mapping[str, Any], Place]
) -> tuple[Operation, dict[str, str]]:
    node, at = own
    callbacks = {name: context.shown(at.child("callbacks", name)) for name, _ in members(node, "callbacks")}
    said = node.get("operationId")
    operation = Operation(
        method=key[0],
        path=key[1],
        id=str(said) if isinstance(said, str | int) and said != "" else None,
        summary=text(node, "summary") or text(item[0], "summary"),
        description=text(node, "description") or text(item[0], "description"),
        tags=texts(node, "tags"),
        parameters=parts.merged_parameters(context, *item, *own),
        body=swagger.body(context, *item, *own) if context.swagger else parts.body(context, *own),
        replies=_replies(context, node, at),
        security=requirements(node),
        deprecated=node.get("deprecated") is True,
        callbacks=tuple(callbacks),
        pointer=context.shown(at),
        extensions=extensions(node),
    )
    return operation, callbacks


def _replies(context: Context, node: Mapping[str, Any], at: Place) -> tuple[Reply, ...]:
    produces = (texts(node, "produces") or texts(context.root, "produces")) if context.swagger else ()
    found = []
    for status, one in members(node, "responses"):
        if status.startswith("x-"):
            continue
        place = at.child("responses", status)
        found.append(
            swagger.reply(context, status, one, place, produces)
            if context.swagger
            else parts.reply(context, status, one, place)
        )
    return tuple(found)
