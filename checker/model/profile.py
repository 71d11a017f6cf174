"""Profile: all that a document declares of a system, in the shape of `readiness inspect --format json`."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

# What a resource may be recognised as; the names that stand for each are in `profiles/roles.py`.
ROLES = (
    "contact", "company", "deal", "quote", "order", "invoice", "product", "price", "payment", "subscription", "address",
    "user", "category", "task", "project", "shipment", "currency", "tax", "warehouse", "file", "note", "event",
)  # fmt: skip


class DocumentInfo(Struct, frozen=True, kw_only=True):
    """What the document calls itself. `openapi` is the version of the description language, `2.0` for Swagger."""

    title: str
    version: str
    openapi: str
    source: str
    servers: tuple[str, ...] = ()


class DocumentProblem(Struct, frozen=True, kw_only=True):
    """One place where the document breaks its own rules. `line` counts from 1."""

    pointer: str
    message: str
    line: int | None = None


class Correction(Struct, frozen=True, kw_only=True):
    """What the user overrode: in which file, and where: a pointer into the document, or `resource.key` of the profile."""

    by: str
    at: str


class AuthScheme(Struct, frozen=True, kw_only=True):
    """One way to authenticate; schemes that are needed together share a `group`. Kinds: design.md, auth kinds."""

    kind: str
    name: str
    scopes: tuple[str, ...] = ()
    pointer: str = ""
    group: int | None = None
    parameter: str | None = None
    token_url: str | None = None
    authorization_url: str | None = None


class Webhooks(Struct, frozen=True, kw_only=True):
    """How events can be had: none, documented_events or subscription_api."""

    kind: str = "none"
    operations: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    signature: str | None = None
    pointer: str | None = None


class Operations(Struct, frozen=True, kw_only=True):
    """`METHOD /path` of each operation on a resource, null where there is none."""

    list: str | None = None
    search: str | None = None
    create: str | None = None
    read: str | None = None
    update: str | None = None
    delete: str | None = None
    bulk: str | None = None
    upsert: str | None = None


class Param(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """A parameter of an operation. `means`: size, position, total (true asks for the number of records in all), expression (conditions as `field eq 'value'`), or free; `in` is query, header, path, cookie or body."""

    name: str
    in_: str = field(name="in")
    means: str | None = None


class Pagination(Struct, frozen=True, kw_only=True):
    """Styles: none, offset, page, cursor, link, since_id. `next_path` and `total_path` are dotted, or `header:NAME`."""

    style: str = "none"
    also: tuple[str, ...] = ()
    operation: str | None = None
    max_page_size: int | None = None
    default_page_size: int | None = None
    params: tuple[Param, ...] = ()
    next_path: str | None = None
    total_path: str | None = None
    pointer: str | None = None


class Filtering(Struct, frozen=True, kw_only=True):
    """Whether lists can be narrowed on the server, and by which parameters."""

    supported: bool | None = None
    operation: str | None = None
    params: tuple[Param, ...] = ()
    pointer: str | None = None


class Sorting(Struct, frozen=True, kw_only=True):
    """Whether lists can be sorted on the server, and by which parameters."""

    supported: bool | None = None
    operation: str | None = None
    params: tuple[Param, ...] = ()
    pointer: str | None = None


class UpdatedSince(Struct, frozen=True, kw_only=True):
    """Whether lists can be asked for what changed since an instant.

    `query` is a template with `{since}` (project file), `format` one of rfc3339, epoch_s, epoch_ms, date, naive. `deletes` says what a deleted
    record shows (`{field, equals}`), `deleted_query` what has to be asked beside for it to be shown at all.
    """

    supported: bool | None = None
    operation: str | None = None
    param: Param | None = None
    together_with: dict[str, Any] = field(default_factory=dict)
    query: dict[str, Any] = field(default_factory=dict)
    format: str | None = None
    boundary: str | None = None
    deletes: dict[str, Any] | None = None
    deleted_query: dict[str, Any] | None = None
    pointer: str | None = None


class FieldRoles(Struct, frozen=True, kw_only=True):
    """Which field plays which role: dotted names relative to the record, null where none was found."""

    id: str | None = None
    created: str | list[str] | None = None
    updated: str | list[str] | None = None
    email: str | None = None
    external_id: str | None = None
    vat_id: str | None = None
    currency: str | None = None
    number: str | None = None
    deleted: str | None = None
    name: str | None = None
    country: str | None = None
    phone: str | None = None
    register_number: str | None = None
    register_court: str | None = None
    net: str | None = None
    gross: str | None = None
    discount: str | None = None
    tax_rate: str | None = None
    due_date: str | None = None
    owner: str | None = None


class Validation(Struct, frozen=True, kw_only=True):
    """Names of the fields that the document declares a rule for, as the create body has them."""

    required: tuple[str, ...] = ()
    enum: tuple[str, ...] = ()
    max_length: tuple[str, ...] = ()
    pattern: tuple[str, ...] = ()
    unique: tuple[str, ...] = ()


class Relation(Struct, frozen=True, kw_only=True):
    """A field that points at another resource."""

    field: str
    to: str
    kind: str | None = None  # how a reference that names the kind beside the id calls the other resource's records


class Metadata(Struct, frozen=True, kw_only=True):
    """Operations that tell what the document leaves to the running system: schema, fields, drop-down options."""

    schema: Any = None
    fields: Any = None
    options: Any = None


class Undetermined(Struct, frozen=True, kw_only=True):
    """Something the document leaves open, why, and the finding that would settle it."""

    what: str
    why: str
    settled_by: str


class Meaning(Struct, frozen=True, kw_only=True):
    """What a field seems to be, in the words of `profiles/meanings.py`; how sure (0 to 1), and why."""

    role: str
    score: float
    why: str


class FieldInfo(Struct, frozen=True, kw_only=True):
    """A declared field of the record: JSON type, format, and the rules of the create body."""

    name: str
    type: str | None = None
    format: str | None = None
    required: bool = False
    read_only: bool = False
    max_length: int | None = None
    pattern: str | None = None
    enum: tuple[Any, ...] = ()
    limits: dict[str, float] = field(default_factory=dict)  # by JSON Schema's keyword: bounds, steps, shortest texts
    description: str = ""
    means: Meaning | None = None

    @property
    def constant(self) -> bool:
        """Whether the field is demanded and takes one value only (JSON:API's `type`): nothing that anybody maps."""
        return self.required and len(self.enum) == 1 and "." not in self.name


class ResourceProfile(Struct, frozen=True, kw_only=True):
    """One business object of a system as its API shows it. Paths are dotted, `[]` after an array, `""` for the body itself."""

    name: str
    role: str | None = None
    role_score: float | None = None
    operations: Operations = field(default_factory=Operations)
    pagination: Pagination = field(default_factory=Pagination)
    items_path: str | list[str] | None = None
    record_path: str = ""
    body_path: str | None = ""
    spread: tuple[str, ...] = ()  # objects that hold the record's own fields (JSON:API's `attributes`); see `at_top`
    body_media: str | None = None
    filtering: Filtering = field(default_factory=Filtering)
    sorting: Sorting = field(default_factory=Sorting)
    updated_since: UpdatedSince = field(default_factory=UpdatedSince)
    fields: FieldRoles = field(default_factory=FieldRoles)
    validation: Validation = field(default_factory=Validation)
    schema: tuple[FieldInfo, ...] = ()
    ambiguous: dict[str, tuple[str, ...]] = field(default_factory=dict)  # role → the fields that may play it
    line_items: bool | None = None
    line_items_path: str | None = None
    expand: dict[str, dict[str, str]] = field(default_factory=dict)  # by operation, the query with which more comes
    custom_fields: bool | None = None
    relations: tuple[Relation, ...] = ()
    metadata: Metadata = field(default_factory=Metadata)
    undetermined: tuple[Undetermined, ...] = ()
    # What no document tells; filled from the project file (design.md, `systems.X.resources.R`).
    fixed: dict[str, dict[str, str]] = field(default_factory=dict)
    answer_path: str | dict[str, str | None] | None = None
    created_id_path: str | None = None
    write_as: dict[str, str] = field(default_factory=dict)
    detail_fields: tuple[str, ...] = ()
    create_example: dict[str, Any] | None = None
    deactivate: dict[str, Any] | None = None
    why: dict[str, str] = field(default_factory=dict)
    sure: dict[str, float] = field(default_factory=dict)

    def at_top(self, path: str) -> bool:
        """Whether a record, as it is read here, has the field at its top: what `spread` objects hold stands there, named by its path."""
        return "[]" not in path and ("." not in path or path.partition(".")[0] in self.spread)

    def spoken(self, path: str) -> str:
        """What the API calls the field where it names fields only: without the object that holds the record's fields."""
        holder, dot, rest = path.partition(".")
        return rest if dot and holder in self.spread else path


class Profile(Struct, frozen=True, kw_only=True):
    """The profile of one document. `valid` is null until a validator spoke; `operations` counts them."""

    schema_version: int = 1
    document: DocumentInfo
    valid: bool | None = None
    validated_by: str | None = None
    problems: tuple[DocumentProblem, ...] = ()
    operations: int = 0
    auth: tuple[AuthScheme, ...] = ()
    webhooks: Webhooks = field(default_factory=Webhooks)
    resources: tuple[ResourceProfile, ...] = ()
    declared: dict[str, Any] = field(default_factory=dict)
    corrections: tuple[Correction, ...] = ()

    def resource(self, name: str) -> ResourceProfile | None:
        """The resource of that name, if there is one."""
        return next((one for one in self.resources if one.name == name), None)

    def with_resources(self, names: Collection[str]) -> Profile:
        """The same profile with only the resources of these names."""
        return replace(self, resources=tuple(one for one in self.resources if one.name in names))
