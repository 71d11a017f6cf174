"""How a client shows who it is, and how events can be had."""

from profile_apis import crud, fields, listed, operation, profile, query

URL = fields(
    "url", events={"type": "array", "items": {"type": "string", "enum": ["contact.created", "contact.deleted"]}}
)


def test_declared_schemes_come_with_the_used_ones_first():
    """All declared schemes are alternatives, those that operations ask for first."""
    found = profile(crud(), schemes={"a": ["basic"], "b": ["bearer"]}, security=(("b",),)).auth
    assert [one.kind for one in found] == ["bearer", "basic"]
    assert {one.group for one in found} == {None}


def test_schemes_asked_for_together_share_a_group():
    """A key and a token in one alternative belong together."""
    schemes = {"key": ["api_key_header"], "token": ["bearer"], "alone": ["basic"]}
    found = {
        one.name: one.group for one in profile(crud(), schemes=schemes, security=(("key", "token"), ("alone",))).auth
    }
    assert found == {"key": 1, "token": 1, "alone": None}


def test_without_schemes_a_token_operation_gives_it_away():
    """A document without security still says how to log in, by its token operation."""
    token = operation(fields("access_token"), body=fields("grant_type username password"))
    assert [one.kind for one in profile({"POST /oauth/v1/token": token}).auth] == ["oauth2_other"]
    grant = {"type": "object", "properties": {"grant_type": {"type": "string", "enum": ["client_credentials"]}}}
    assert profile({"POST /token": operation(body=grant)}).auth[0].kind == "oauth2_client_credentials"
    assert profile({"POST /auth/login": operation(body=fields("user password"))}).auth[0].kind == "other"


def test_a_key_header_on_most_operations_is_a_key():
    """An undeclared scheme shows as a header parameter of every operation."""
    key = query("X-Api-Key", where="header")
    paths = {"GET /contacts": operation(listed(fields()), params=[key])}
    assert [(one.kind, one.parameter) for one in profile(paths).auth] == [("api_key_header", "X-Api-Key")]


def test_nothing_at_all_is_no_auth():
    """An open API has no scheme."""
    assert profile(crud()).auth == ()


def test_registering_a_url_is_a_subscription_api():
    """POST /webhooks with a url registers; the events that may be chosen are listed."""
    found = profile({**crud(), "POST /webhooks": operation(body=URL), "POST /webhooks/{id}/test": operation()}).webhooks
    assert (found.kind, found.operations) == ("subscription_api", ("POST /webhooks",))
    assert found.events == ("contact.created", "contact.deleted")


def test_a_subscription_with_a_sink_is_one_too():
    """A body with sink and types below `data` registers, without the word webhook."""
    body = {
        "type": "object",
        "properties": {"data": fields("sink", types={"type": "array", "items": {"type": "string"}})},
    }
    assert profile({"POST /subscriptions": operation(body=body)}).webhooks.kind == "subscription_api"


def test_a_customers_subscription_is_no_webhook():
    """Subscriptions that are sold have no URL to call."""
    body = fields("plan_id customer_id", type={"type": "string"}, logo_url={"type": "string"})
    assert profile({"POST /subscriptions": operation(body=body)}).webhooks.kind == "none"


def test_documented_events_alone_are_said_to_be_so():
    """Events without an operation that registers a URL must be set up by hand."""
    found = profile(crud(), events={"customer_created": "#/webhooks/customer_created"}).webhooks
    assert (found.kind, found.events, found.pointer) == (
        "documented_events",
        ("customer_created",),
        "#/webhooks/customer_created",
    )
