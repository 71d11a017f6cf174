"""What a resource means whatever it is called: contact, company, deal, order, invoice, product, …"""

from __future__ import annotations

from collections.abc import Mapping

from checker.model.profile import Undetermined
from checker.profiles.names import flat, one_of, words
from checker.profiles.view import Detection, View

# Names in English, German, French, Italian, Spanish and Dutch, as public APIs of CRM, ERP, shop and billing systems use them.
NAMES: Mapping[str, str] = {
    "contact": "contact person people lead customer client kunde kunden kontakt kontakte ansprechpartner personen cliente clienti contatto "
    "contatti contacto klant subscriber patient member member_profile shopper buyer contact_person kundenkontakt",
    "company": "company account organization organisation business_partner geschaeftspartner geschaeftspartners partner firma firmen "
    "unternehmen debitor debitoren kreditor kreditoren lieferant lieferanten supplier vendor fournisseur fornitore azienda societe "
    "entreprise empresa bedrijf debtor creditor relation business tenant_company adressat",
    "deal": "deal opportunity verkaufschance verkaufschancen chance pipeline_deal angebotschance opportunita",
    "quote": "quote quotation offer estimate angebot angebote proposal preventivo devis presupuesto offerte",
    "order": "order sales_order purchase_order auftrag auftraege bestellung bestellungen ordine ordini commande pedido verkaufsauftrag "
    "verkaufsauftraege kundenauftrag",
    "invoice": "invoice sales_invoice bill rechnung rechnungen beleg belege fattura fatture facture factura issued_document credit_note "
    "gutschrift gutschriften credit_memo document_invoice ausgangsrechnung voucher receipt purchase_invoice received_document",
    "product": "product item article artikel catalog_object catalog_item sku prodotto prodotti produit producto produkt produkte material "
    "variant product_variant stock_item inventory_item catalog part service plan leistung artikelstamm",
    "price": "price price_list pricelist preis preise preisliste tariff price_book pricing",
    "payment": "payment zahlung zahlungen pagamento paiement pago charge transaction refund payout payment_intent",
    "subscription": "subscription abo abonnement abos contract vertrag vertraege",
    "address": "address adresse adressen anschrift indirizzo adresse_livraison customer_address shipping_address billing_address",
    "user": "user benutzer employee mitarbeiter staff team_member utente utilisateur agent owner",
    "category": "category kategorie kategorien product_category product_group warengruppe family collection categoria",
    "task": "task aufgabe aufgaben activity todo ticket issue aktivitaet",
    "project": "project projekt projekte job progetto",
    "shipment": "shipment delivery delivery_note lieferung lieferungen lieferschein lieferscheine fulfillment dispatch versand",
    "currency": "currency waehrung waehrungen",
    "tax": "tax tax_rate steuersatz steuersaetze steuer vat_rate vat_type",
    "warehouse": "warehouse lager location stock inventory bestand",
    "file": "file attachment document dokument dokumente datei dateien media",
    "note": "note comment notiz notizen kommentar",
    "event": "event webhook_event change_log",
}
# Fields that speak for a role where the name alone is unsure; two of them are enough.
FIELDS: Mapping[str, str] = {
    "contact": "first_name last_name given_name family_name email phone birthday salutation vorname nachname",
    "company": "vat_id vat_number tax_number company_name legal_name industry website employees ust_id handelsregister iban",
    "deal": "stage pipeline probability close_date expected_revenue deal_stage",
    "order": "order_number line_items order_lines shipping_address order_date delivery_date positionen auftragsnummer",
    "invoice": "invoice_number due_date line_items amount_due invoice_date rechnungsnummer faelligkeit subtotal",
    "product": "sku ean gtin price unit_price stock weight artikelnummer barcode",
    "payment": "amount payment_method paid_at payment_date zahlart",
    "address": "street city postal_code zip country address1 line1 strasse plz ort",
}
# What only a person has, and things that are persons beyond doubt: beside them a customer is a company.
PERSON = frozenset(
    {"first_name", "last_name", "given_name", "family_name", "vorname", "nachname", "birthday", "salutation"}
)
PEOPLE = frozenset({"contact", "person", "contact_person", "ansprechpartner", "kontakt"})
PARTY_ROLES = frozenset({"contact", "company", "address", "user"})
DOCUMENT_ROLES = frozenset({"order", "invoice", "quote", "payment", "subscription", "shipment", "deal"})
# Names that also mean something else (a help article, an item of a list, a user's account).
AMBIGUOUS = frozenset(("article", "item", "account", "service", "part", "offer", "plan", "partner", "member"))
_BY_NAME: Mapping[str, str] = {one_of(name): role for role, names in NAMES.items() for name in reversed(names.split())}
_BY_FIELD: Mapping[str, frozenset[str]] = {role: frozenset(names.split()) for role, names in FIELDS.items()}
_ENOUGH_FIELDS = 2
SHORTEST_HEAD, SHORTEST_TAIL = (
    4,
    5,
)  # letters of names that are run together: `customerorder` is an order, a `recorder` none


def role_of(view: View) -> tuple[str | None, float, str]:
    """Role, score (0 to 1) and the reason; the role is None where neither name nor fields speak."""
    thing = view.thing
    role, score, reason = _by_name(thing)
    fields = {flat(name) for name in view.properties}
    hits = {one: len(fields & known) for one, known in _BY_FIELD.items()}
    if role == "contact" and hits["company"] > hits["contact"]:
        return "company", 0.7, f"called {thing}, with the fields of a company"
    if role == "contact" and hits["company"] and not fields & PERSON and view.things.keys() & PEOPLE - {thing}:
        return "company", 0.7, f"called {thing}, beside the contacts and with a field of a company"
    if role is not None and thing in AMBIGUOUS and not hits.get(role, 0):
        return role, 0.4, f"{reason}, though none of its fields says so"
    if role is not None:
        bonus = 0.1 if hits.get(role, 0) >= _ENOUGH_FIELDS else 0.0
        return role, round(min(1.0, score + bonus), 2), reason
    best = max(hits, key=lambda one: hits[one])
    if hits[best] > _ENOUGH_FIELDS and not view.group.template:
        return best, round(min(0.6, 0.15 * hits[best]), 2), f"has the fields of a {best}"
    return None, 0.0, "neither its name nor its fields speak of a known business object"


def _by_name(thing: str) -> tuple[str | None, float, str]:
    if thing in _BY_NAME:
        return _BY_NAME[thing], 0.9, f"called {thing}"
    parts = thing.split("_")
    for start in range(1, len(parts)):
        end = "_".join(parts[start:])
        if end in _BY_NAME:
            return _BY_NAME[end], 0.6, f"called {thing}"
    run_together = (name for name in _BY_NAME if thing.endswith(name) and len(thing) - len(name) >= SHORTEST_HEAD)
    longest = max((name for name in run_together if len(name) >= SHORTEST_TAIL), key=len, default=None)
    return (_BY_NAME[longest], 0.6, f"called {thing}") if longest is not None else (None, 0.0, "")


def role_by_name(name: str) -> tuple[str | None, float | None]:
    """Role and score of a resource of which only the name is known."""
    role, score, _ = _by_name(one_of(name))
    return role, score if role is not None else None


def detect_role(view: View) -> Detection:
    """`role` and `role_score`."""
    role, score, reason = role_of(view)
    if role is None:
        still = (Undetermined(what="role", why=reason, settled_by="role.recognised"),) if words(view.thing) else ()
        return Detection({"role": None, "role_score": None}, {}, {}, still)
    return Detection({"role": role, "role_score": score}, {"role": reason}, {"role": score})
