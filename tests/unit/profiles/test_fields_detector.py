"""Roles of resources and of fields."""

import pytest
from profile_apis import crud, fields, listed, operation, resource

DATED = {"type": "string", "format": "date-time"}


def roles(record, path="/contacts"):
    """The field roles of a resource with this record."""
    return resource(crud(path, record)).fields


@pytest.mark.parametrize(
    ("path", "role"),
    [
        ("/Kunden", "contact"), ("/geschaeftspartner", "company"), ("/Rechnungen", "invoice"), ("/artikel", "product"),
        ("/belege", "invoice"), ("/aufträge", "order"), ("/sales-invoices", "invoice"), ("/deals", "deal"),
        ("/clienti", "contact"), ("/fournisseurs", "company"), ("/widgets", None),
    ],
)  # fmt: skip
def test_roles_are_known_in_several_languages(path, role):
    """German, Italian and French names of business objects are recognised; an unknown name stays without a role."""
    found = resource(crud(path))
    assert found.role == role
    assert (found.role_score is None) == (role is None)


def test_an_unknown_name_with_the_fields_of_an_address_is_an_address():
    """Where the name says nothing the fields speak, less surely."""
    found = resource(crud("/anlagen", fields("id street city postal_code country")))
    assert found.role == "address"
    assert found.role_score < 0.7


def test_customers_with_company_fields_are_companies():
    """A customer list that holds firms is said to hold firms."""
    assert resource(crud("/customers", fields("id company_name vat_id website"))).role == "company"


def test_the_id_is_what_the_path_names_it_after():
    """`id`, the resource's own id, else the path parameter: uuid, code, gid."""
    record = fields("code label")
    paths = {"GET /families": operation(listed(record)), "GET /families/{code}": operation(record)}
    assert resource(paths).fields.id == "code"
    record = fields("gid name")
    paths = {"GET /tasks": operation(listed(record)), "GET /tasks/{task_gid}": operation(record)}
    assert resource(paths).fields.id == "gid"


@pytest.mark.parametrize(
    "name",
    [
        "updated_at",
        "modifiedOn",
        "UpdatedDateUTC",
        "date_modified",
        "last_modified_date_time",
        "geaendert_am",
        "write_date",
    ],
)
def test_stamps_of_the_last_change_are_known(name):
    """The usual spellings, English and German."""
    assert roles(fields("id", **{name: DATED})).updated == name


def test_who_changed_it_is_not_when():
    """created_by, updatedById and a created_from_ip are no stamps."""
    found = roles(fields("id created_by updatedById created_from_ip"))
    assert (found.created, found.updated) == (None, None)


def test_no_stamp_stays_open():
    """A record without an updated field says what would settle it."""
    found = resource(crud())
    assert ("fields.updated", "timestamp.filled") in [(one.what, one.settled_by) for one in found.undetermined]


def test_an_invoices_e_mail_may_be_its_customers():
    """On a document the e-mail of the other party counts, billing first; on a product no nested one does."""
    record = fields("id", shipping_address=fields("email"), billing_address=fields("email city"))
    assert roles(record, "/invoices").email == "billing_address.email"
    assert roles(fields("id", manufacturer=fields("email"), contact=fields("email")), "/products").email is None


def test_an_expandable_reference_is_not_the_records_own():
    """`oneOf [id, user]` is another record: its e-mail isn't the file's."""
    user = {"oneOf": [{"type": "string"}, fields("id email")]}
    assert roles(fields("id", owner=user), "/orders").email is None


def test_vat_ids_are_told_from_tax_rates():
    """`tax_id` is a party's number; on a product it points at a rate."""
    assert roles(fields("id tax_id"), "/customers").vat_id == "tax_id"
    assert roles(fields("id tax_id"), "/products").vat_id is None
    assert roles(fields("id", tax_ids=fields("eu_vat")), "/customers").vat_id == "tax_ids.eu_vat"
    assert roles(fields("id ustIdNr"), "/kunden").vat_id == "ustIdNr"


def test_currencies_are_found_beside_and_inside_amounts():
    """A field of its own, an object with a code, or the currency inside a total."""
    money = fields("value currency")
    assert roles(fields("id currency_code"), "/invoices").currency == "currency_code"
    assert roles(fields("id", currency=fields("id symbol")), "/invoices").currency == "currency.id"
    assert roles(fields("id", refundedAmount=money, totalAmount=money), "/invoices").currency == "totalAmount.currency"
    prices = {"type": "array", "items": fields("net currencyId")}
    assert roles(fields("id", price=prices), "/products").currency == "price[].currencyId"
    assert roles(fields("id", balance_amount=money), "/customers").currency is None


def test_external_ids_are_known_by_name_and_by_prose():
    """`external_id`, an object `external`, or a number that the description calls another system's."""
    said = {"type": "string", "description": "used to identify contacts in external systems"}
    assert roles(fields("id external_id")).external_id == "external_id"
    assert roles(fields("id", external=fields("gid data"))).external_id == "external.gid"
    assert roles(fields("id", ContactNumber=said)).external_id == "ContactNumber"
    assert roles(fields("id number")).external_id is None


def test_attributes_are_looked_through():
    """JSON:API keeps the fields in `attributes`; they count as the record's own, with their path."""
    record = fields("id", attributes=fields("email", updatedAt=DATED))
    found = roles(record)
    assert (found.id, found.email, found.updated) == ("id", "attributes.email", "attributes.updatedAt")


def test_every_role_says_where_it_was_found():
    """A reason with a pointer stands under the role's name."""
    found = resource(crud(record=fields("id email")))
    assert found.why["fields.email"].startswith("email at #/paths")
    assert found.sure["fields.email"] > 0.9


def test_a_stamp_in_two_fields_is_date_and_time():
    """Day and time of day in two fields are one stamp; a single date stays one field."""
    day = {"type": "string", "format": "date"}
    assert roles(fields("id geaendert_zeit", geaendert_datum=day)).updated == ["geaendert_datum", "geaendert_zeit"]
    assert roles(fields("id", geaendert_datum=day)).updated == "geaendert_datum"


def test_an_owners_address_is_not_the_records_e_mail():
    """A field in e-mail format that names our own employee isn't the customer's e-mail."""
    assert roles(fields("id", owner={"type": "string", "format": "email"}), "/deals").email is None


def test_the_key_in_the_path_may_name_its_resource():
    """`/customers/{external_customer_id}` is the customer's `external_id`."""
    record = fields("our_number external_id name")
    paths = {"GET /customers": operation(listed(record)), "GET /customers/{external_customer_id}": operation(record)}
    assert resource(paths, "customers").fields.id == "external_id"


def test_a_number_called_vat_is_a_rate():
    """A product's `vat` of 19 is nobody's VAT id."""
    record = fields(vat={"type": "integer"})
    assert resource(crud("/products", record=record), "products").fields.vat_id is None


def test_names_that_are_run_together_are_known_by_their_end():
    """`customerorder` is an order, and a `recorder` none."""
    assert resource(crud("/customerorder"), "customerorder").role == "order"
    assert resource(crud("/recorder"), "recorder").role is None


def test_an_amount_in_the_companys_currency_is_no_currency():
    """`net_amount_in_company_currency` holds an amount; the record's currency stands elsewhere."""
    record = fields("id net_amount_in_company_currency record_currency_id")
    assert roles(record, "/invoices").currency == "record_currency_id"
