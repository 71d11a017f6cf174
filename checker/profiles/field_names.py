"""The names under which public APIs, in several languages, keep the fields that matter for synchronising."""

from __future__ import annotations

import re

from checker.profiles.names import ranking, vocabulary, words

# Words that tell a stamp beside created/updated, in several languages.
STAMP = vocabulary(
    "at on date time datetime timestamp utc when dt ts am um tstamp instant last record system zeitpunkt datum gmt the"
)
CREATED = vocabulary(
    "add created create creation createdate added inserted insert erstellt erstellung angelegt erfasst anlage cr"
)
UPDATED = vocabulary(
    "updated update modified modification modify changed change edited lastmod mod upd mtime lastmodified write geaendert "
    "aenderung aenderungsdatum aktualisiert tstamp lastupdate lastupdated"
)
BY = vocabulary("by von user durch benutzer author")
EMAIL = (
    "email",
    "email_address",
    "e_mail",
    "mail",
    "mail_address",
    "emailaddress",
    "primary_email",
    "e_mail_address",
    "emailaddresses",
)
VAT = ranking(
    "vat_id vat_number vatnumber vat_no vat_reg_no vat_registration_number vat_identification_number vat eu_vat eu_vat_number "
    "ust_id ust_idnr ustid ust_id_nr ustidnr umsatzsteuer_id ustidentnr uid_number uid_nummer vat_ids tax_number tax_identification_number "
    "tax_registration_number taxnumber tax_ids customer_tax_ids partita_iva nif siret gst_number gstin abn taxvat vatcode vat_code "
    "business_vat_id customer_vat_id company_vat_number tax_reg_no steuernummer"
)
TAX_ID = (
    "tax_id",
    "taxid",
    "tax_identifier",
    "tax_no",
    "fiscal_code",
    "tax_code",
)  # of a party; elsewhere it names a tax rate
CURRENCY = ranking(
    "currency currency_code currency_id currency_iso_code iso_currency_code currency_iso waehrung document_currency "
    "default_currency_code default_currency order_currency_code doc_currency preferred_currency base_currency "
    "currency_symbol transaction_currency waehrungscode currency_unit"
)
MONEY = re.compile(
    r"(^|_)(amount|total|money|price|prices|cost|currencies|gross|net|sum|value|betrag|preis|summe|gesamtpreis)(_|$)"
)
EXTERNAL = ranking(
    "external_id externalid external_identifier ext_id external_reference external_ref external_key external external_code "
    "foreign_id reference_id remote_id third_party_id client_reference source_id origin_id fremdschluessel external_number "
    "externe_id import_id integration_id merchant_reference external_reference_id correlation_id original_id legacy_id fremdsystem_id fremd_id fremdnummer externe_nummer"
)
EXTERNAL_SAID = re.compile(
    r"(external|another|other|third.party|your( own)?|client'?s?|merchant'?s?|outside|fremd\w*)\s+(\w+\s+)?(system|systems|application|platform|"
    r"database|id|identifier)",
    re.IGNORECASE,
)
DELETED = (
    "deleted",
    "is_deleted",
    "deleted_at",
    "deleted_on",
    "date_deleted",
    "deletion_date",
    "removed",
    "geloescht",
    "in_trash",
    "archived",
    "is_archived",
    "archived_at",
)
NAME = (
    "name",
    "display_name",
    "full_name",
    "company_name",
    "title",
    "company",
    "firma",
    "bezeichnung",
    "name_1",
    "firmenname",
    "organization_name",
    "legal_name",
    "label",
    "last_name",
    "subject",
)
COUNTRY = (
    "country",
    "country_code",
    "country_id",
    "country_iso",
    "country_iso_code",
    "land",
    "laendercode",
    "countrycode",
    "country_code_iso2",
)
# Objects that stand for the other party of a document, or a record's own address.
PARTY = re.compile(
    r"(^|_)(customer|client|contact|account|buyer|recipient|party|partner|payer|entity|person|company|invoicee|debtor|kunde|kunden|"
    r"empfaenger|geschaeftspartner|organization|bill_to|billing|billing_address|billing_info|sold_to|order_customer|billing_contact)$"
)
ADDRESS = re.compile(r"(^|_)(address|addresses|adresse|billing_address|location|anschrift)$")
LONE_ADDRESS = re.compile(r"(^|_)shipping(_address)?$")


def says_who(name: str) -> bool:
    """Whether a field's name says who changed the record: `updated_by`, `geaendert_von`."""
    parts = set(words(name))
    return bool(parts & UPDATED) and bool(parts & BY)
