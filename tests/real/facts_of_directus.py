"""What the audit must say of Directus: every fact of `directus/facts.yaml` by finding and subject.

A fact is confirmed by other people's script against the same software (sandboxes/README.md), so that this table holds the checker against
something that it didn't find out itself. Two kinds of rows, and `Row` says which: `now` is asserted, `not_ours` is no question of a readiness audit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from checker.model.finding import Answer

YES, NO, UNKNOWN, NOT_PERMITTED = Answer.YES, Answer.NO, Answer.UNKNOWN, Answer.NOT_PERMITTED


@dataclass(frozen=True)
class Expected:
    """A finding of one of the audits (conftest.Audits): its answer, and those of its values that matter."""

    audit: str
    claim: str
    subject: str
    answer: Answer
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Row:
    """One fact."""

    fact: str
    now: tuple[Expected, ...] = ()
    not_ours: str | None = None


def pair(claim: str, subject: str, answer: Answer, **values: Any) -> Expected:
    """In the audit as a consultant sets it up."""
    return Expected("pair", claim, subject, answer, values)


def touched(claim: str, subject: str, answer: Answer, **values: Any) -> Expected:
    """In the audit that writes, set up as a consultant would."""
    return Expected("touched", claim, subject, answer, values)


def restricted(claim: str, subject: str, answer: Answer, **values: Any) -> Expected:
    """In the audit that writes, with a user beside who may not."""
    return Expected("restricted", claim, subject, answer, values)


def hooked(claim: str, subject: str, answer: Answer, **values: Any) -> Expected:
    """In the audit that writes while a flow sends events to the receiver."""
    return Expected("hooked", claim, subject, answer, values)


def subscribed(claim: str, subject: str, answer: Answer, **values: Any) -> Expected:
    """In the audit that subscribes by the calls of the project file."""
    return Expected("subscribed", claim, subject, answer, values)


def nested(claim: str, subject: str, answer: Answer, **values: Any) -> Expected:
    """In the audit of invoices and their lines while a flow sends the events of both."""
    return Expected("nested", claim, subject, answer, values)


def written(claim: str, subject: str, answer: Answer, **values: Any) -> Expected:
    """A finding of the audit that writes in every collection."""
    return Expected("lab", claim, subject, answer, values)


def scoped(resource: str, claim: str, answer: Answer, **values: Any) -> Expected:
    """In the audit that asks in other ways; `resource` is the way (projects/scopes.readiness.yaml)."""
    return Expected("scopes", claim, f"crm/{resource}", answer, values)


def bare(claim: str, subject: str, answer: Answer, **values: Any) -> Expected:
    """In the audit that knows only the document."""
    return Expected("bare", claim, subject, answer, values)


ACCESS = (
    Row("auth-none", (
        pair("credentials.missing-refused", "crm", YES, status=403),
        pair("credentials.errors-distinct", "crm", NO, missing=403),
    )),
    Row("auth-wrong", (pair("credentials.wrong-refused", "crm", YES, status=401),)),
    Row("auth-bearer", (pair("credentials.accepted", "crm", YES, status=200),)),
    Row("auth-query", (
        Expected("key_in_query", "credentials.accepted", "crm", YES, {"status": 200}),
        Expected("key_in_query", "credentials.wrong-refused", "crm", YES, {"status": 401}),
    )),
    Row("auth-login", (
        Expected("login", "credentials.accepted", "crm", YES, {"status": 200}),
        Expected("login", "token.renewed", "crm", YES, {"lifetime": 900.0}),
    )),
    Row("auth-refresh", not_ours="the renewal is no OAuth but the system's own; the tool logs in anew, which auth-login shows"),
    Row("auth-static-lifetime", (pair("token.renewed", "crm", UNKNOWN, reason="no-renewal"),)),
    Row("auth-restricted", (
        Expected("promised", "list.readable", "crm/contacts", YES, {"status": 200}),
        Expected("promised", "list.readable", "crm/products", YES, {"status": 200}),
        Expected("promised", "list.readable", "crm/invoices", NOT_PERMITTED, {"status": 403}),
        restricted("rights.restricted-refused", "crm", YES),
    )),
    Row("doc-per-role", (
        Expected("integration", "flow.objects-found", "flow:invoices", NO, {"missing": ["crm/invoices", "erp/none"]}),
        Expected("integration", "flow.objects-found", "flow:contacts", UNKNOWN, {"missing": ["erp/none"]}),
        Expected("promised", "flow.objects-found", "flow:invoices", UNKNOWN, {"missing": ["erp/none"]}),
    )),
    Row("auth-changed-by", (touched("changed-by.own-user-shown", "crm/contacts", NO),)),
    Row("activity-admin-only", (
        Expected("promised", "operations.readable-declared", "crm/activity", YES),
        Expected("promised", "list.readable", "crm/activity", NOT_PERMITTED, {"status": 403}),
    )),
)  # fmt: skip

EXISTENCE = (
    Row("unknown-collection", (scoped("nosuch", "list.readable", NOT_PERMITTED, status=403),)),
    Row("unknown-id", (pair("credentials.errors-distinct", "crm", NO, unknown=403),)),
    Row("bad-id", (pair("sandbox.stateful", "crm", YES, evidence=[]),)),
    Row("unknown-route", (scoped("nowhere", "list.readable", NO, status=404),)),
    Row("ping", (pair("network.tcp", "crm", YES),)),
    Row("options", not_ours="which methods a path takes is read off the document, and tried one by one"),
)

PAGING = (
    Row("paging-offset", (
        pair("pagination.complete", "crm/contacts", YES, seen=60, total=60),
        pair("count.known", "crm/contacts", YES, total=60, how="meta.total_count"),
        bare("pagination.complete", "crm/contacts", UNKNOWN, seen=60, reason="no-total"),
    )),
    Row("paging-walk", (pair("pagination.no-repeats", "crm/contacts", YES, repeated=0),)),
    Row("paging-end", (
        pair("pagination.ends", "crm/contacts", YES, records=60),
        pair("pagination.declared", "crm/contacts", YES, style="offset"),
    )),
    Row("paging-page", (
        scoped("by_page", "pagination.ends", YES),
        scoped("by_page", "pagination.complete", YES, seen=60, total=60),
        scoped("by_page", "pagination.no-repeats", YES, repeated=0),
    )),
    Row("paging-default", (
        bare("records.present", "crm/products", YES, records=100),
        bare("count.known", "crm/products", YES, total=130, how="walk"),
    )),
    Row("paging-all", (
        scoped("all_at_once", "pagination.ends", YES, pages=1, records=130),
        scoped("all_at_once", "pagination.complete", YES, seen=130, total=130),
    )),
    Row("paging-limit--2", (scoped("limit_negative", "list.readable", NO, status=400),)),
    Row("paging-limit-abc", (scoped("limit_letters", "list.readable", NO, status=400),)),
    Row("paging-limit-0", (
        scoped("limit_zero", "list.readable", YES, status=200),
        scoped("limit_zero", "count.known", YES, total=60, how="meta.total_count"),
    )),
    Row("paging-offset-abc", (scoped("offset_letters", "list.readable", NO, status=400),)),
)  # fmt: skip

SORTING_AND_FILTERING = (
    Row("sort", (scoped("by_name", "sort.honoured", YES, param="sort", field="last_name"),)),
    Row("sort-unknown", (scoped("sorted_by_nothing", "list.readable", NOT_PERMITTED, status=403),)),
    Row("sort-default", (bare("pagination.no-repeats", "crm/contacts", YES, repeated=0),)),
    Row("filter-eq", (
        pair("filter.honoured", "crm/companies", YES, param="filter[country][_eq]", field="country", kept=4, of=20),
        pair("filter.honoured", "crm/contacts", YES, param="filter[email][_eq]", kept=1, of=60),
    )),
    Row("filter-json", (
        scoped("without_email", "count.known", YES, total=6, how="meta.filter_count"),
        scoped("without_email", "pagination.complete", YES, seen=6, total=6),
    )),
    Row("filter-related", (
        scoped("of_german_companies", "filter.honoured", YES, field="company.country", kept=12, of=60),
    )),
    Row("filter-unknown-field", (scoped("unknown_filter", "list.readable", NOT_PERMITTED, status=403),)),
    Row("filter-unknown-op", (scoped("unknown_operator", "list.readable", NO, status=400),)),
    Row("filter-plain-ignored", (
        pair("filter.unknown-refused", "crm/contacts", NO, status=200),
        scoped("plain_filter", "filter.honoured", NO, param="email", kept=60, of=60),
    )),
    Row("filter-case", (
        pair("filter.case-known", "crm/contacts", NO, param="filter[email][_eq]", field="email", sensitive=True),
    )),
    Row("search-verb", (
        scoped("by_verb_search", "list.readable", YES, operation="SEARCH /items/contacts"),
        scoped("by_verb_search", "pagination.ends", YES, records=60),
    )),
    Row("search-q", (scoped("named_smith", "pagination.complete", YES, seen=5, total=5),)),
)  # fmt: skip

CHANGES = (
    Row("create", (touched("write.create-accepted", "crm/contacts", YES),)),
    Row("updated-null", (pair("timestamp.filled", "crm/contacts", NO, field="date_updated", filled=12, of=60),)),
    Row("update", (
        pair("timestamp.zoned", "crm/contacts", YES, field="date_updated", format="rfc3339"),
        pair("timestamp.precise", "crm/contacts", YES, precision="millisecond"),
        touched("timestamp.moves-on-update", "crm/contacts", YES),
        touched("timestamp.still-on-read", "crm/contacts", YES),
    )),
    Row("update-noop", (touched("rehearsal.own-writes-recognised", "flow:contacts", YES),)),
    Row("put", (
        pair("operations.writable-declared", "crm/contacts", YES, update="PATCH /items/contacts/{id}"),
        touched("write.update-accepted", "crm/contacts", YES),
    )),
    Row("since-boundary", (
        pair("updated-since.excludes-older", "crm/contacts", YES, param="filter[date_updated][_gte]", older=0),
        pair("updated-since.includes-boundary", "crm/contacts", YES, param="filter[date_updated][_gte]"),
        scoped("since_exclusive", "updated-since.excludes-older", YES),
        scoped("since_exclusive", "updated-since.includes-boundary", NO),
    )),
    Row("since-offset", (
        scoped("since_naive", "updated-since.excludes-older", YES),
        scoped("since_naive", "updated-since.includes-boundary", YES),
    )),
    Row("since-epoch", (
        scoped("since_epoch", "updated-since.includes-boundary", NO),
        scoped("since_epoch", "updated-since.excludes-older", UNKNOWN, reason="empty-answer"),
        scoped("since_epoch_ms", "updated-since.includes-boundary", NO),
    )),
    Row("since-garbage", (
        pair("updated-since.nonsense-refused", "crm/contacts", NO, status=200),
        bare("updated-since.nonsense-refused", "crm/contacts", NO, status=200),
    )),
    Row("since-or", (
        scoped("since_either", "updated-since.excludes-older", YES),
        scoped("since_either", "updated-since.includes-boundary", YES),
    )),
    Row("client-timestamp", (touched("write.read-only-refused", "crm/contacts", NO),)),
    Row("bulk-create", (pair("batch.declared", "crm/contacts", YES),)),
    Row("bulk-update", (
        pair("timestamp.distinct", "crm/companies", NO, shared=8, of=10),
        pair("timestamp.distinct", "crm/contacts", YES, shared=1, of=12),
        written("timestamp.moves-on-bulk", "crm/contacts", YES, field="date_updated"),
    )),
    Row("bulk-partial", (written("batch.errors-per-row", "crm/contacts", NO, status=400, outcome="all-refused"),)),
    # Sent inside the invoice a changed line moves it; changed alone it doesn't.
    Row("child-does-not-move-parent", (
        written("timestamp.moves-on-child", "crm/invoices", NO, field="date_updated", alone="invoice_lines"),
    )),
)  # fmt: skip

WRITING = (
    Row("val-required", (touched("write.required-enforced", "crm/contacts", YES),)),
    Row("val-null-required", (touched("write.required-enforced", "crm/contacts", YES),)),
    Row("val-empty-required", (touched("write.empty-required-refused", "crm/contacts", NO, field="last_name", outcome="stored"),)),
    Row("val-maxlength-db", (touched("write.max-length-enforced", "crm/contacts", NO),)),
    Row("val-maxlength-rule", (written("write.max-length-enforced", "crm/invoices", YES, field="currency", status=400),)),
    Row("val-enum-form", (written("write.enum-enforced", "crm/deals", NO, field="stage", outcome="stored"),)),
    Row("val-enum-rule", (touched("write.enum-enforced", "crm/contacts", YES),)),
    Row("val-unique", (written("write.unique-enforced", "crm/products", YES, fields=["sku"]),)),
    Row("val-unique-email", (touched("write.unique-enforced", "crm/contacts", YES),)),
    Row("val-unique-email-case", (Expected("pair", "keys.unique", "flow:contacts", NO),)),
    Row("val-unique-null", (Expected("pair", "keys.filled", "flow:contacts", NO),)),
    Row("val-type", (written("write.format-enforced", "crm/invoices", NO, field="lines[].position", outcome="stored"),)),
    Row("val-range", (written("write.rules-known", "crm/invoices", YES, taken=["lines[].position"], found=["lines[].quantity"]),)),
    Row("val-email-format", (touched("write.format-enforced", "crm/contacts", NO),)),
    Row("val-reference", (
        written("write.reference-enforced", "crm/contacts", YES, field="company", status=400),
        written("write.error-names-field", "crm/contacts", NO, fields=["company"]),
    )),
    # A text in a number is taken, a day that is none is not.
    Row("val-date", (written("write.format-enforced", "crm/deals", NO, field="amount", kept=["close_date"]),)),
    Row("val-unknown-field", (touched("write.unknown-field-refused", "crm/contacts", NO, status=200, outcome="ignored"),)),
    Row("val-required-metadata", (written("write.required-enforced", "crm/invoices", NO, field="company", status=200),)),
    Row("unicode", (touched("write.unicode-kept", "crm/contacts", YES),)),
    Row("amounts", (written("write.not-altered", "crm/deals", YES, alterations=[]),)),
    Row("date-only", (written("write.round-trip", "crm/deals", YES, fields=[]),)),
    Row("empty-null", (touched("write.null-clears", "crm/contacts", YES),)),
    Row("metadata", (
        bare("validation.declared", "crm/contacts", YES, enum=[], max_length=[]),
        bare("validation.declared", "crm/deals", YES, enum=[], max_length=[]),
    )),
    Row("err-json", (written("write.error-names-field", "crm/products", YES),)),
    Row("idempotency-key", (pair("idempotency.declared", "crm/contacts", NO), touched("write.idempotent-create", "crm/contacts", NO))),
    Row("client-id", not_ours="an id of ours would move the system's own numbers for good, which no clean-up undoes"),
)  # fmt: skip

LIMITS_AND_LOCKS = (
    Row("headers", (
        pair("rate-limit.shown", "crm", UNKNOWN, headers=[]),
        pair("clock.in-step", "crm", YES),
    )),
    Row("etag-304", not_ours="a weak ETag of the body saves bytes, not calls, and guards no write"),
    Row("if-match", (
        pair("optimistic-lock.declared", "crm/contacts", NO),
        touched("write.lock-honoured", "crm/contacts", NO, header="ETag"),
    )),
    Row("rate-limited", (written("burst.known", "crm", UNKNOWN, reason="no-limit-headers"),)),
)  # fmt: skip

DELETES_AND_DOCUMENTS = (
    Row("delete", (pair("operations.delete-declared", "crm/contacts", YES, delete="DELETE /items/contacts/{id}"), touched("delete.accepted", "crm/contacts", YES))),
    Row("delete-activity", (touched("delete.visible", "crm/contacts", YES, how="journal activity"),)),
    Row("soft-delete", (touched("deactivate.accepted", "crm/contacts", YES, field="status", outcome="came-back"),)),
    Row("delete-blocked", (written("delete.blocked-with-reason", "crm/companies", NO, status=500, outcome="refused-as-broken"),)),
    Row("delete-set-null", (Expected("unlinked", "delete.blocked-with-reason", "crm/companies", NO, {"pointing": "contacts.company", "outcome": "emptied-in-silence"}),)),
    Row("nested-create", (bare("line-items.declared", "crm/invoices", YES, path="lines[]"),)),
    Row("nested-update", (written("write.lines-replaced", "crm/invoices", YES, field="lines", sent=1, found=1),)),
    Row("no-transitions", (written("write.transitions-known", "crm/deals", YES, field="stage", refused=[]),)),
    Row("delete-cascade", (written("delete.visible", "crm/invoice_lines", NO, how=None, listed=False, parent="invoices"),)),
    Row("mass-delete", not_ours="nothing of ours ever deletes by a filter"),
    Row("left-clean", (touched("cleanup.nothing-left", "crm", YES),)),
)  # fmt: skip

EVENTS = (
    Row(
        "webhook-arrives",
        (
            hooked("webhook.arrives", "crm/contacts", YES, events=3),
            hooked("webhook.covers-events", "crm/contacts", YES, missing=[], tried=["create", "update", "delete"]),
            hooked("webhook.reachable", "crm", YES),
        ),
    ),
    Row("webhook-shape", (hooked("webhook.ids-and-times", "crm", NO, lacking=["id", "time"]),)),
    Row("webhook-signature", (hooked("webhook.signed", "crm", NO, state="none"),)),
    Row("webhook-bulk", (hooked("webhook.complete-payload", "crm/contacts", NO),)),
    Row("webhook-retry", (hooked("webhook.retried", "crm", NO, status=[500, 503]),)),
    Row("webhook-down", (hooked("webhook.retried", "crm", NO),)),
    Row(
        "webhook-nested",
        (
            nested("webhook.covers-events", "crm/invoices", YES, missing=[]),
            nested("webhook.arrives", "crm/invoice_lines", YES, events=1),
            nested("webhook.covers-events", "crm/invoice_lines", NO, missing=["delete"], tried=["create", "delete"]),
        ),
    ),
    Row(
        "webhook-removed",
        (
            subscribed("webhook.several-subscriptions", "crm", YES),
            subscribed("webhook.stops", "crm", YES),
            subscribed("webhook.expiry-known", "crm", UNKNOWN, reason="no-end-shown"),
            subscribed("webhook.arrives", "crm/contacts", YES, events=3),
            subscribed("webhook.signed", "crm", NO, state="none"),
            subscribed("cleanup.nothing-left", "crm", YES),
        ),
    ),
)

DOCUMENT = (
    Row("doc-status-codes", (pair("error-format.declared", "crm/contacts", YES, codes=["401", "404"]),)),
    Row("doc-params", (
        bare("filter.declared", "crm/contacts", YES, params=["filter", "search"]),
        bare("sort.declared", "crm/contacts", YES, params=["sort"]),
        bare("pagination.declared", "crm/contacts", YES, style="offset", operation="GET /items/contacts"),
        bare("page-size.declared", "crm/contacts", UNKNOWN, reason="not-declared"),
        bare("updated-since.declared", "crm/contacts", UNKNOWN, reason="not-declared"),
    )),
    Row("doc-schema", (
        bare("read-only.declared", "crm/contacts", UNKNOWN, reason="not-declared"),
        bare("timestamp.declared", "crm/contacts", YES, field="date_updated"),
        bare("validation.declared", "crm/contacts", YES, required=["last_name"], enum=[], max_length=[]),
    )),
    Row("doc-array", (
        pair("answers.match-document", "crm/contacts", YES, mismatches=0, of=60),
        bare("answers.match-document", "crm/invoices", YES, mismatches=0, of=20),
    )),
    Row("doc-security", (
        pair("auth.declared", "crm", YES, kinds=["api_key_header", "api_key_query"]),
        pair("auth.unattended", "crm", YES, kind="bearer"),
    )),
    Row("doc-webhooks", (pair("webhooks.events-declared", "crm/contacts", UNKNOWN, reason="not-declared"),)),
    Row("doc-file", (
        pair("document.available", "crm", YES),
        pair("document.readable", "crm", YES, kind="OpenAPI 3.0.1"),
    )),
    Row("doc-server", (
        pair("version.declared", "crm", YES, version="11.3.5"),
        pair("sandbox.marked", "crm", YES),
    )),
)  # fmt: skip

FACTS: tuple[Row, ...] = (
    *ACCESS, *EXISTENCE, *PAGING, *SORTING_AND_FILTERING, *CHANGES, *WRITING,
    *LIMITS_AND_LOCKS, *DELETES_AND_DOCUMENTS, *EVENTS, *DOCUMENT,
)  # fmt: skip
