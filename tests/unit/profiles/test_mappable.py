"""Which fields of a record a flow may map: its own, and not those of another record that it shows."""

from profile_apis import crud, fields, resource

from checker.proposal.pairing import mappable


def names(record, inside="", create=None, **beside):
    """The fields of an order with this record that may be mapped, where these other resources are there."""
    paths = {**crud("/orders", record, create=create)}
    for name, one in beside.items():
        paths |= crud(f"/{name}", one)
    return {one.name for one in mappable(resource(paths, "orders"), inside)}


CUSTOMER = fields("id name city")


def test_a_record_that_stands_beside_its_own_id_is_not_mapped_field_by_field():
    """OData and many others show `customer` where it is asked for, beside `customer_id`, which is the reference."""
    record = fields("id number customer_id", customer=CUSTOMER)
    assert names(record, customers=CUSTOMER) == {"number", "customer_id"}


def test_the_reference_is_the_id_and_not_the_record_beside_it():
    """One reference, told once: else a flow that maps the id would lack the other."""
    paths = {**crud("/orders", fields("id customer_id", customer=CUSTOMER)), **crud("/customers", CUSTOMER)}
    assert [(one.field, one.to) for one in resource(paths, "orders").relations] == [("customer_id", "customers")]
    paths = {**crud("/orders", fields("id", customer=CUSTOMER)), **crud("/customers", CUSTOMER)}
    assert [(one.field, one.to) for one in resource(paths, "orders").relations] == [("customer", "customers")]


def test_of_a_record_that_is_referred_to_by_nothing_else_the_id_may_be_mapped():
    """`customer.id` is how some interfaces refer; the customer's name is the customer's."""
    assert names(fields("id number", customer=CUSTOMER), customers=CUSTOMER) == {"number", "customer.id"}
    paths = {**crud("/orders", fields("id", customer=CUSTOMER)), **crud("/customers", CUSTOMER)}
    assert [(one.name, one.to) for one in mappable(resource(paths, "orders"))] == [("customer.id", "customers")]


def test_an_address_is_the_records_own():
    """An object that no resource stands behind belongs to the record."""
    record = fields("id number address_type", address=fields("city street"))
    assert names(record) == {"number", "address_type", "address.city", "address.street"}
    assert "address.city" in names(record, addresses=fields("id city street"))


def test_who_wrote_a_record_is_not_mapped():
    """The people of one system are not those of another."""
    assert names(fields("id number", createdBy=fields("id firstname"), updated_by=fields("email"))) == {"number"}


def test_in_lines_neither_the_product_nor_the_way_back_is_mapped():
    """The product's number stands beside the product; the order's id is given by where the line stands."""
    line = fields("order_id product_sku amount", product=fields("sku name"), order=fields("id number"))
    record = fields("id number", items={"type": "array", "items": line})
    assert names(record, "items[]", products=fields("sku name")) == {"product_sku", "amount"}


def test_a_number_that_the_client_gives_is_mapped_though_it_is_the_id():
    """A product's number has to be sent, and it is what products are matched by."""
    record = fields("sku name")
    paths = crud("/products", record, create={**record, "required": ["sku"]})
    assert {one.name for one in mappable(resource(paths, "products"))} == {"sku", "name"}
