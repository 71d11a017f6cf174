"""What a field means, whatever language and spelling its name has; what several fields may mean is listed, not guessed."""

from __future__ import annotations

import pytest

from checker.profiles.meanings import ROLES, meaning
from checker.profiles.names import flat
from tests.unit.profiles.profile_apis import crud, resource


@pytest.mark.parametrize(
    ("role", "names"),
    [
        ("first_name", ["first_name", "firstName", "FirstName", "given-name", "vorname", "prenom"]),
        ("postal_code", ["zip", "zipCode", "postal_code", "PLZ", "billing_postal_code", "code_postal"]),
        ("vat_id", ["vat_id", "vatNumber", "VATNumber", "ust_id", "ustIdNr", "partita_iva"]),
        ("register_number", ["handelsregisternummer", "companyNumber", "siret", "trade_register_number"]),
        ("register_court", ["registergericht", "amtsgericht", "register_court"]),
        ("due_date", ["dueDate", "due_date", "faellig_am", "fällig_am", "date_echeance", "scadenza"]),
        ("unit_price", ["unit_price", "unitPriceCents", "einzelpreis_cent", "prix_unitaire"]),
        ("name", ["name", "name1", "Name_1", "companyName"]),
    ],
)
def test_a_meaning_has_many_names(role: str, names: list[str]) -> None:
    """English, German, French, Italian; camel, snake and kebab case; with a number or a usual word about it."""
    for name in names:
        found = meaning(name)
        assert found is not None, name
        assert found.role == role, name


def test_the_type_has_a_say() -> None:
    """A flag is no total, an object no e-mail address."""
    assert meaning("total", kind="boolean") is None
    assert meaning("email", kind="object") is None
    assert meaning("active", kind="boolean") is not None


def test_more_words_make_it_less_sure() -> None:
    """The name itself is surer than one that only ends with it, and a format alone is least."""
    scores = [
        found.score
        for found in (
            meaning("email"),
            meaning("primary_email"),
            meaning("accounting_email"),
            meaning("x", form="email"),
        )
        if found
    ]
    assert scores == sorted(scores, reverse=True)
    assert len(set(scores)) == 4


def test_the_thing_s_own_name_and_the_object_around_count() -> None:
    """`invoice_number` of invoices is their number; the value of a discount is a discount."""
    for name, thing, role in (("ticket_number", "ticket", "number"), ("discount.value", "invoice", "discount_amount")):
        found = meaning(name, thing)
        assert found is not None
        assert found.role == role


def test_no_name_has_two_first_meanings_of_the_same_type() -> None:
    """A name that stands under two roles would silently mean the first."""
    seen: dict[tuple[str, str], str] = {}
    for role, (kinds, names) in ROLES.items():
        for name in names.split():
            for kind in kinds:
                assert seen.setdefault((flat(name), kind), role) == role, name


def test_what_two_fields_may_mean_is_listed_and_not_guessed() -> None:
    """A discount in percent and one as an amount: the role stays open and names both."""
    record = {
        "type": "object",
        "properties": {
            "id": {"type": "integer"},
            "rabatt_prozent": {"type": "number"},
            "rabatt_betrag": {"type": "number"},
            "faellig_am": {"type": "string", "format": "date"},
        },
    }
    invoices = resource(crud("/rechnungen", record))
    assert invoices.fields.discount is None
    assert invoices.ambiguous == {"discount": ("rabatt_prozent", "rabatt_betrag")}
    assert invoices.fields.due_date == "faellig_am"
