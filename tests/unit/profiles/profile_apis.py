"""Small APIs for the tests, written as an OpenAPI-like mapping and read into our own Api."""

from checker.model.api import Api, Body, Operation, Parameter, Place, Reply, Schema
from checker.model.profile import AuthScheme, Profile, ResourceProfile
from checker.profiles import build_profile


def _schema(node, pointer, root):
    def resolve(reference, place):
        here = root
        for part in reference.removeprefix("#/").split("/"):
            here = here[part]
        return here, Place("test", reference)

    return Schema(node, Place("test", pointer), resolve)


def query(name, kind="string", description="", **more):
    """A query parameter."""
    return {
        "in": more.pop("where", "query"),
        "name": name,
        "description": description,
        "schema": {"type": kind, **more},
    }


def fields(text="id name", **more):
    """An object with text fields of these names, and those given with their schemas."""
    return {"type": "object", "properties": {**{one: {"type": "string"} for one in text.split()}, **more}}


def listed(record, key="data", **beside):
    """An answer that wraps a list of records."""
    return {"type": "object", "properties": {key: {"type": "array", "items": record}, **beside}}


def operation(answer=None, *, params=(), body=None, media="application/json", headers=(), status="200", **more):
    """One operation of a mapping for `api`."""
    return {
        "answer": answer,
        "params": params,
        "body": body,
        "media": media,
        "headers": headers,
        "status": status,
        **more,
    }


def api(paths, *, schemas=None, schemes=None, security=(), events=None):
    """An Api of `METHOD /path` → `operation(…)`."""
    root = {"schemas": schemas or {}}
    operations = tuple(_operation(key, value, root) for key, value in paths.items())
    kinds = {name: tuple(AuthScheme(kind=one, name=name) for one in found) for name, found in (schemes or {}).items()}
    return Api(
        title="Test", version="1", spec="3.1.0", source="test", description="", servers=("https://api.example.com/v1",),
        operations=operations, schemes=kinds, security=security, events=events or {}, schemas={}, tags={}, extensions={},
    )  # fmt: skip


def _operation(key, value, root):
    method, _, path = key.partition(" ")
    pointer = f"#/paths/{path.replace('/', '~1')}/{method.lower()}"

    def at(node, name):
        return _schema(node, f"{pointer}/{name}", root)

    parameters = tuple(
        Parameter(
            one["name"], one["in"], one.get("required", False), at(one["schema"], f"p/{one['name']}"),
            one["description"], f"{pointer}/parameters/{number}",
        )
        for number, one in enumerate(value["params"])
    )  # fmt: skip
    media = {} if value["answer"] is None else {"application/json": at(value["answer"], "answer")}
    replies = (
        Reply(value["status"], media, {name: at({}, f"h/{name}") for name in value["headers"]}),
        *(Reply(status, {}, {}, "", f"{pointer}/responses/{status}") for status in value.get("errors", ())),
    )
    body = None if value["body"] is None else Body({value["media"]: at(value["body"], "body")}, required=True)
    return Operation(
        method=method, path=path, id=value.get("id"), summary=value.get("summary", ""), description="", tags=(),
        parameters=parameters, body=body, replies=replies, security=value.get("security"),
        deprecated=value.get("deprecated", False), callbacks=(), pointer=pointer, extensions={},
    )  # fmt: skip


def profile(paths, **more) -> Profile:
    """The profile of a small API."""
    return build_profile(api(paths, **more))


def resource(paths, name=None, **more) -> ResourceProfile:
    """One resource of a small API; the only one where no name is given."""
    found = profile(paths, **more)
    if name is None:
        assert len(found.resources) == 1, [one.name for one in found.resources]
        return found.resources[0]
    one = found.resource(name)
    assert one is not None, [one.name for one in found.resources]
    return one


def crud(path="/contacts", record=None, *, listing=None, create=None, params=()):
    """The five usual operations of a collection."""
    record = record or fields()
    return {
        f"GET {path}": operation(listing or listed(record), params=params),
        f"POST {path}": operation(record, body=create or record, status="201"),
        f"GET {path}/{{id}}": operation(record),
        f"PATCH {path}/{{id}}": operation(record, body=record),
        f"DELETE {path}/{{id}}": operation(status="204"),
    }
