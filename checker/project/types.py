"""The project file as types (design.md, The project file). The published JSON Schema is generated from them.

A text of type `Ref` may hold `${env:NAME}`, `${file:PATH}` or `${keyring:SERVICE/USER}`; one of type `SecretRef` must.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, NamedTuple

from msgspec import Meta, Struct, field

# x-secret marks, in the published schema, the places where only a reference may stand
SecretRef = Annotated[
    str,
    Meta(
        extra_json_schema={"x-secret": True},
        description="a reference: ${env:NAME}, ${file:PATH} or ${keyring:SERVICE/USER}",
    ),
]
Duration = Annotated[
    str, Meta(pattern=r"^[0-9]+(\.[0-9]+)?(s|m|h|d)$", description="a number and a unit: 30s, 5m, 2h, 1d")
]
DURATION_UNITS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}  # seconds
Date = Annotated[str, Meta(pattern=r"^\d{4}-\d{2}-\d{2}$", description="a date: 2027-02-01")]
Direction = Literal["both", "left-to-right", "right-to-left"]


def seconds(duration: str) -> float:
    """A `Duration` (`30s`, `5m`, `2h`, `1d`) in seconds."""
    return float(duration[:-1]) * DURATION_UNITS[duration[-1]]


class Reference(NamedTuple):
    """One side of a flow taken apart: `erp/customers.contactPersons[]` are records inside the records of the resource `customers`."""

    system: str
    resource: str
    inside: str

    @classmethod
    def parse(cls, text: str) -> Reference:
        """Take `SYSTEM/RESOURCE` or `SYSTEM/RESOURCE.PATH[]` apart."""
        system, _, rest = text.partition("/")
        resource, _, inside = rest.partition(".")
        return cls(system, resource, inside)


class Strict(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A mapping in which an unknown key is an error."""


class NoAuth(Strict, frozen=True, tag_field="kind", tag="none"):
    """No credentials."""


class BearerAuth(Strict, frozen=True, tag_field="kind", tag="bearer"):
    """`Authorization: Bearer TOKEN`."""

    token: SecretRef


class ApiKeyHeaderAuth(Strict, frozen=True, tag_field="kind", tag="api_key_header"):
    """A key in a header; `prefix` is written before the value with a blank (`Bearer`, `Token`)."""

    name: str
    value: SecretRef
    prefix: str | None = None


class ApiKeyQueryAuth(Strict, frozen=True, tag_field="kind", tag="api_key_query"):
    """A key in the query."""

    name: str
    value: SecretRef
    prefix: str | None = None


class ApiKeyCookieAuth(Strict, frozen=True, tag_field="kind", tag="api_key_cookie"):
    """A key in a cookie."""

    name: str
    value: SecretRef
    prefix: str | None = None


class BasicAuth(Strict, frozen=True, tag_field="kind", tag="basic"):
    """HTTP Basic (RFC 7617)."""

    username: str
    password: SecretRef


class ClientCredentialsAuth(Strict, frozen=True, tag_field="kind", tag="oauth2_client_credentials"):
    """OAuth 2.0 client credentials (RFC 6749, 4.4)."""

    token_url: str
    client_id: str
    client_secret: SecretRef
    scopes: list[str] = field(default_factory=list)


class RefreshTokenAuth(Strict, frozen=True, tag_field="kind", tag="oauth2_refresh_token"):
    """OAuth 2.0 refresh token (RFC 6749, 6)."""

    token_url: str
    client_id: str
    client_secret: SecretRef
    refresh_token: SecretRef
    scopes: list[str] = field(default_factory=list)


class PasswordAuth(Strict, frozen=True, tag_field="kind", tag="oauth2_password"):
    """OAuth 2.0 resource owner password credentials (RFC 6749, 4.3)."""

    token_url: str
    username: str
    password: SecretRef
    client_id: str | None = None
    client_secret: SecretRef | None = None
    scopes: list[str] = field(default_factory=list)


class LoginAuth(Strict, frozen=True, tag_field="kind", tag="login"):
    """A login request that answers with a token (`token_path`) or sets a cookie (`cookie`)."""

    request: str
    body: dict[str, Any] = field(default_factory=dict)
    token_path: str | None = None
    cookie: str | None = None
    lifetime: Duration | None = None
    logout: str | None = None


Auth = (
    NoAuth | BearerAuth | ApiKeyHeaderAuth | ApiKeyQueryAuth | ApiKeyCookieAuth | BasicAuth
    | ClientCredentialsAuth | RefreshTokenAuth | PasswordAuth | LoginAuth
)  # fmt: skip


class Fixed(Strict, frozen=True):
    """Sent with every request."""

    path: dict[str, str] = field(default_factory=dict)
    query: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)


class Tls(Strict, frozen=True):
    """A CA bundle of the customer's own, and a client certificate; verification can't be turned off."""

    ca_file: str | None = None
    client_certificate: str | None = None


class Limits(Strict, frozen=True):
    """What we may ask of a system. `share`: the part of the daily quota that is ours (0 to 1)."""

    requests_per_second: Annotated[float, Meta(gt=0)] = 5.0
    concurrent: Annotated[int, Meta(ge=1, le=32)] = 4
    max_requests: Annotated[int, Meta(ge=1)] = 2000
    daily_quota: Annotated[int, Meta(ge=1)] | None = None
    share: Annotated[float, Meta(gt=0, le=1)] = 0.5


class Volume(Strict, frozen=True):
    """Production figures of a resource."""

    records: Annotated[int, Meta(ge=0)] | None = None
    changed_per_day: Annotated[float, Meta(ge=0)] | None = None
    busiest_hour: Annotated[float, Meta(ge=0)] | None = None


class SubscriptionCall(Strict, frozen=True):
    """One of the calls that subscribe to events. Path and body may hold placeholders (`project/calls.py`); the body is sent as it stands.

    `as` names the record that the call makes: later calls say `${NAME}` for its id.
    """

    call: Annotated[str, Meta(pattern=r"^(POST|PUT|PATCH) /\S*$")]
    body: dict[str, Any] = field(default_factory=dict)
    as_: str | None = field(default=None, name="as")


class WebhookSettings(Strict, frozen=True):
    """How a system's events are registered and signed. `subscribe`: the calls that a subscription takes, where no document tells them."""

    auth: Auth | None = None
    registration: Literal["api", "manual"] | None = None
    subscribe: list[SubscriptionCall] = field(default_factory=list)
    events: list[str] = field(default_factory=list)
    secret: SecretRef | None = None
    scheme: Literal["standard-webhooks", "hmac-sha256", "none"] | None = None


class Production(Strict, frozen=True):
    """The production system, read-only, to compare with the sandbox; never written."""

    base_url: str
    auth: Auth
    approved_by: str
    until: Date


class MetadataCall(Strict, frozen=True):
    """An operation that tells the schema, the fields or the options, and where in its answer."""

    operation: str
    path: str = ""


class ResourceMetadata(Strict, frozen=True):
    """Operations that tell what no document tells."""

    schema: MetadataCall | None = None
    fields: MetadataCall | None = None
    options: MetadataCall | None = None


class ResourceOverrides(Strict, frozen=True):
    """Overrides of the detected profile: the keys of a profile's resource, and what no document tells (design.md).

    `operations` holds `METHOD /path` by what they do; null takes a detected one away.
    """

    operations: dict[str, str | None] = field(default_factory=dict)
    role: str | None = None
    pagination: dict[str, Any] = field(default_factory=dict)
    items_path: str | list[str] | None = None
    record_path: str | None = None
    body_path: str | None = None
    spread: list[str] = field(default_factory=list)
    filtering: dict[str, Any] = field(default_factory=dict)
    sorting: dict[str, Any] = field(default_factory=dict)
    updated_since: dict[str, Any] = field(default_factory=dict)
    fields: dict[str, str | list[str] | None] = field(default_factory=dict)
    validation: dict[str, list[str]] = field(default_factory=dict)
    line_items: bool | None = None
    custom_fields: bool | None = None
    relations: list[dict[str, str]] = field(default_factory=list)
    metadata: ResourceMetadata | None = None
    fixed: Fixed | None = None
    answer_path: str | dict[str, str | None] | None = None
    created_id_path: str | None = None
    write_as: dict[str, str] = field(default_factory=dict)
    detail_fields: list[str] = field(default_factory=list)
    create_example: dict[str, Any] | None = None
    body: Literal["json", "form"] | None = None
    deactivate: dict[str, Any] | None = None


class System(Strict, frozen=True):
    """One of the two systems. `test_data`: files with test records by resource, relative to the project file."""

    document: str | None = None
    overlay: str | None = None
    base_url: str | None = None
    sandbox: bool = False
    auth: Auth | None = None
    other_auth: dict[Literal["restricted", "expired", "second_user"], Auth] = field(default_factory=dict)
    fixed: Fixed = field(default_factory=Fixed)
    timezone: str | None = None
    origins: list[str] = field(default_factory=list)
    tls: Tls = field(default_factory=Tls)
    proxy: str | None = None
    limits: Limits = field(default_factory=Limits)
    volumes: dict[str, Volume] = field(default_factory=dict)
    test_data: dict[str, str] = field(default_factory=dict)
    webhooks: WebhookSettings | None = None
    production: Production | None = None
    resources: dict[str, ResourceOverrides] = field(default_factory=dict)


class FieldMapping(Strict, frozen=True):
    """One pair of fields, written left → right; the way back is the transformations' own.

    `purpose`: what a personal field is needed for (Art. 5 GDPR), for the one who answers for data protection.
    """

    left: str | list[str]
    right: str | list[str]
    transform: list[str | dict[str, Any]] = field(default_factory=list)
    options: dict[str, Any] | None = None
    unknown_option: Literal["error"] | dict[Literal["default"], Any] = "error"
    direction: Direction | None = None
    leading: str | None = None
    link: str | None = None
    empty: Literal["clear", "skip"] | None = None
    default: Any = None
    purpose: str | None = None


class Lines(Strict, frozen=True):
    """Line items: where they sit on both sides, by what they are matched, and their fields."""

    left: str
    right: str
    match: list[str | list[str]] = field(default_factory=list)
    fields: list[FieldMapping] = field(default_factory=list)


class Guard(Strict, frozen=True):
    """A plan that deletes, updates or creates more than this is refused."""

    percent: Annotated[float, Meta(gt=0, le=100)] = 10.0
    records: Annotated[int, Meta(ge=0)] = 20


class Duplicates(Strict, frozen=True):
    """What to do with duplicates, and whom to tell."""

    policy: Literal["report", "merge", "ignore"] = "report"
    notify: list[str] = field(default_factory=list)


class SideFilter(Strict, frozen=True):
    """Which records are in scope, per side."""

    left: dict[str, Any] = field(default_factory=dict)
    right: dict[str, Any] = field(default_factory=dict)


Create = Literal["create", "ignore", "ask"]
Update = Literal["update", "ignore", "ask"]
Delete = Literal["delete", "deactivate", "ignore", "ask"]
OneWay = Literal["left-to-right", "right-to-left"]


# What systems and flows may be called: these names stand in subjects (`crm/contacts#email`) and in names of files.
Name = Annotated[str, Meta(min_length=1, pattern=r"^[^:#@/\s]+$")]


class Flow(Strict, frozen=True):
    """One pair of resources to be synchronised. `freshness` is how old the other side's data may be."""

    name: Name
    left: Annotated[str, Meta(pattern=r"^[^/]+/.+$")]
    right: Annotated[str, Meta(pattern=r"^[^/]+/.+$")]
    direction: Direction = "both"
    leading: str | None = None
    freshness: Duration | None = None
    filter: SideFilter = field(default_factory=SideFilter)
    match: list[str | list[str]] = field(default_factory=list)
    fields: list[FieldMapping] = field(default_factory=list)
    not_synced: dict[str, str] = field(default_factory=dict)
    lines: Lines | None = None
    on_create: Create | dict[OneWay, Create] | None = None
    on_update: Update | dict[OneWay, Update] | None = None
    on_delete: Delete | dict[OneWay, Delete] | None = None
    on_conflict: Literal["ask", "leading", "newest"] | None = None
    on_new_field: Literal["report", "ignore", "stop"] | None = None
    duplicates: Literal["report", "merge", "ignore"] | Duplicates | None = None
    guard: Guard = field(default_factory=Guard)


class Notify(Strict, frozen=True):
    """Who gets the error mails, and through which server."""

    smtp: str | None = None
    to: list[str] = field(default_factory=list)
    language: Literal["en", "de"] | None = None


class WebhookLab(Strict, frozen=True):
    """Where the webhook lab listens, and how it is reached from outside."""

    listen: str = "127.0.0.1:0"
    public_url: str | None = None


class Platform(Strict, frozen=True):
    """What the integration will run on in production."""

    static_ips: list[str] = field(default_factory=list)
    receiver_url: str | None = None
    answers: str | None = None


class Project(Strict, frozen=True):
    """The whole of `readiness.yaml`."""

    project: str
    systems: dict[Name, System]
    language: Literal["en", "de"] = "en"
    go_live: Date | None = None
    platform: Platform | None = None
    flows: list[Flow] = field(default_factory=list)
    notify: Notify | None = None
    webhooks: WebhookLab | None = None
    checklists: list[str] = field(default_factory=lambda: ["core"])
    gate: Literal["start", "build", "go-live"] = "go-live"
