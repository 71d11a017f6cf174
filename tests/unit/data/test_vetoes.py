"""What speaks against a pair that a key found. Mutants: a veto that no other key can settle; an id whose check digit is wrong taken for a proof."""

from __future__ import annotations

from typing import Any

import pytest

from checker.data import forecast, match
from checker.data.vetoes import ROLE_BOXES
from checker.model.sync import Ambiguous, Link, Matched
from checker.project.types import FieldMapping
from tests.unit.data.flows import FIELDS, flow, left, right

ONE, OTHER, MISTYPED = "DE136695976", "DE811193231", "DE136695977"
FIRST_LAST = [FieldMapping(left=one, right=one) for one in ("first_name", "last_name")]


def asked(by: str, key: str, against: str) -> Matched:
    """One pair that awaits a decision."""
    return Matched(ambiguous=(Ambiguous(by=by, key=key, left=("a",), right=("1",), against=against),))


@pytest.mark.parametrize("keys", [("vat_id", "email"), ("email", "vat_id"), ("email",)])
def test_one_mail_address_and_two_vat_ids_are_asked(keys: tuple[str, ...]) -> None:
    """Two companies read one mailbox; the VAT id counts wherever it stands among the keys, and where it is only mapped."""
    here, there = [left("a", email="info@x.de", vat_id=ONE)], [right("1", email="info@x.de", vat_id=OTHER)]
    assert match(flow(*keys), here, there) == asked("email", "info@x.de", "vat_id")


@pytest.mark.parametrize("vat", [MISTYPED, None, "", "de 136 695 976"])
def test_an_id_that_is_none_or_the_same_speaks_against_nobody(vat: str | None) -> None:
    """A wrong check digit is a slip of the pen, an empty field is no other company, and a spelling is none."""
    found = match(flow("email"), [left("a", email="i@x.de", vat_id=ONE)], [right("1", email="i@x.de", vat_id=vat)])
    assert found == Matched(links=(Link(left="a", right="1", by="email"),))


def test_a_later_key_links_what_was_kept_apart() -> None:
    """The address is that of a sister company; the VAT id finds the company itself, and the sister is nobody's here."""
    there = [right("1", email="info@x.de", vat_id=OTHER), right("2", email="new@x.de", vat_id=ONE)]
    found = match(flow("email", "vat_id"), [left("a", email="info@x.de", vat_id=ONE)], there)
    assert found == Matched(links=(Link(left="a", right="2", by="vat_id"),), only_right=("1",))


def test_a_record_awaits_one_decision() -> None:
    """Kept apart from one by its address and from another by its name, it is told with the first; the other has no counterpart."""
    here = [left("a", email="info@x.de", vat_id=ONE, name="Kern GmbH", country="DE")]
    there = [
        right("1", email="info@x.de", vat_id=OTHER),
        right("2", name="Kern GmbH", country="DE", vat_id="DE129273398"),
    ]
    found = match(flow("email", ["name", "country"]), here, there)
    assert found.ambiguous == asked("email", "info@x.de", "vat_id").ambiguous
    assert found.only_right == ("2",)


@pytest.mark.parametrize(
    ("here", "there", "linked"),
    [
        ("info@kern.de", "kontakt@kern.de", True),
        ("info@kern.de", "info@kern-it.de", False),
        ("info@kern.de", None, True),
    ],
)
def test_a_name_alone_is_overruled_by_another_mail_domain(here: str, there: str | None, linked: bool) -> None:
    """Two firms of one name have each its own domain; another mailbox of the same one is no other firm."""
    rows = [left("a", name="Kern GmbH", country="DE", email=here)], [right("1", name="Kern GmbH", country="DE", email=there)]  # fmt: skip
    assert bool(match(flow("email", ["name", "country"]), *rows).links) is linked


def test_a_name_with_more_than_a_country_stands() -> None:
    """People change their address: where the name comes with a place or a birthday, another address is no other person."""
    fields = [*FIELDS, FieldMapping(left="zip", right="zip")]
    rows = [left("a", name="Kern", zip="80331", email="k@x.de")], [right("1", name="Kern", zip="80331", email="k@y.de")]
    assert match(flow("email", ["name", "zip"], fields=fields), *rows).links


@pytest.mark.parametrize(
    ("mail", "here", "there", "linked"),
    [
        ("info@x.de", ("Anna", "Huber"), ("Bernd", "Schäfer"), False),
        ("info@x.de", ("Anna", "Huber"), ("Anna", "Schäfer"), False),
        ("info@x.de", ("Anna", "Huber"), ("anna", "Hubr"), True),
        ("a.huber@x.de", ("Anna", "Huber"), ("Anna", "Schäfer"), True),
        ("a.huber@x.de", ("Anna", "Huber"), ("Bernd", "Schäfer"), False),
        ("a.huber@x.de", ("Thomas", "Müller"), ("Tom", "Mueller"), True),
    ],
)
def test_a_shared_mailbox_links_no_two_persons(
    mail: str, here: tuple[str, str], there: tuple[str, str], linked: bool
) -> None:
    """At info@ the whole name has to be alike; at a person's own address they may have married, not become somebody else."""
    view = flow("email", ["last_name", "first_name"], fields=[*FIELDS, *FIRST_LAST])
    rows = [
        side(id_, email=mail, first_name=first, last_name=last)
        for side, id_, (first, last) in ((left, "a", here), (right, "1", there))
    ]
    assert bool(match(view, rows[:1], rows[1:]).links) is linked


def test_a_number_in_front_overrules_a_name_and_nothing_else() -> None:
    """Two customer numbers are two customers of one name; a VAT id proves more than a number that somebody mistyped."""
    same: dict[str, Any] = {"name": "Kern GmbH", "country": "DE", "vat_id": ONE}
    here, there = [left("a", number="10017", **same)], [right("1", number="10018", **same)]
    assert match(flow("number", ["name", "country"]), here, there).ambiguous[0].against == "number"
    assert match(flow("number", "vat_id"), here, there).links


def test_the_first_of_two_certain_keys_decides() -> None:
    """One VAT id in two registers is linked where the VAT id comes first, and asked where the register does."""
    fields = [*FIELDS, FieldMapping(left="register", right="register")]
    here = [left("a", vat_id=ONE, register="Amtsgericht München, HRB 1")]
    there = [right("1", vat_id=ONE, register="HRB 1 Ulm")]
    assert match(flow("vat_id", "register", fields=fields), here, there).links
    assert match(flow("register", "vat_id", fields=fields), here, there).ambiguous[0].against == "register"


def test_pairs_that_are_asked_are_counted_by_what_speaks_against_them() -> None:
    """The forecast tells it by the key's name, never by a value."""
    view = flow("email")
    matched = match(view, [left("a", email="i@x.de", vat_id=ONE)], [right("1", email="i@x.de", vat_id=OTHER)])
    _, alone = forecast(view, matched)
    assert (alone.values["against"], alone.values["open_left"], alone.values["open_right"]) == ({"vat_id": 1}, 1, 1)
    assert ONE not in str(alone)


def test_mailboxes_of_roles_are_spelt_as_addresses_are() -> None:
    """The list is compared with what stands before the @, in its normal form."""
    assert all(one == one.strip().lower() for one in ROLE_BOXES)
