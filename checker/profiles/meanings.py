"""What a field means, by its name in several languages, its type and its format: for the roles of a record, and to pair two systems' fields.

The names are those that public APIs of CRM, ERP, shop and billing systems use, in English, German, French, Italian, Spanish and Dutch; the
longest end of a name that is known decides (`billing_postal_code` is a postal code), and what stands before it makes it less sure.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from checker.model.profile import Meaning
from checker.profiles.names import flat

TEXT, NUMBER, FLAG, OBJECT = "string", "number", "boolean", "object"
# Role → the kinds of value that can play it, then its names, the plainest first.
ROLES: Mapping[str, tuple[frozenset[str], str]] = {
    role: (frozenset(kinds.split()), names)
    for role, kinds, names in (
        ("email", "string", "email e_mail mail email_address e_mail_address mail_address courriel mailadresse emailadresse correo_electronico posta_elettronica"),
        ("phone", "string", "phone telephone tel telefon phone_number telephone_number telefonnummer telefono telefoon rufnummer phone_1 fon"),
        ("mobile", "string", "mobile mobile_phone cell cell_phone mobile_number mobil mobiltelefon handy mobilnummer cellulare movil portable gsm mobiel"),
        ("fax", "string", "fax fax_number telefax faxnummer"),
        ("website", "string", "website url homepage web_site www internet webseite site_web sito_web sitio_web web"),
        ("domain", "string", "domain internet_domain"),
        ("first_name", "string", "first_name given_name firstname forename vorname prenom nome_proprio nombre_de_pila voornaam given fname christian_name"),
        ("last_name", "string", "last_name family_name surname lastname nachname familienname cognome apellido apellidos achternaam lname nom_de_famille"),
        ("name", "string", "name full_name display_name company_name firmenname firma company_name_1 legal_name organization_name organisation_name denominazione ragione_sociale raison_sociale razon_social nom nombre naam bezeichnung titel title label designation denominacion libelle omschrijving benennung"),
        ("name_2", "string", "name_2 name_line_2 company_name_2 name_addition zusatz namenszusatz bezeichnung_2 designation_2"),
        ("salutation", "string", "salutation anrede gender civility civilite honorific tratamiento aanhef name_prefix"),
        ("job_title", "string", "job_title position function funktion stellung rolle role berufsbezeichnung fonction poste cargo functie jobtitle occupation"),
        ("department", "string", "department abteilung service_name reparto departamento afdeling"),
        ("birth_date", "string", "birth_date birthday date_of_birth birthdate dob geburtsdatum geburtstag date_de_naissance data_di_nascita fecha_de_nacimiento geboortedatum"),
        ("language", "string", "language locale language_code sprache korrespondenzsprache sprachcode langue lingua idioma taal lang preferred_language"),
        ("street", "string", "street street_1 address_1 address_line_1 street_address line_1 line1 address1 strasse strasse_hausnummer strasse_1 rue adresse_1 indirizzo via calle straat street_name address_line"),
        ("street_2", "string", "street_2 address_2 address_line_2 line_2 line2 address2 adresszusatz strasse_2 adresse_2 complement"),
        ("house_number", "string number", "house_number street_number hausnummer huisnummer numero_civico numero_de_rue"),
        ("postal_code", "string number", "postal_code zip zip_code postcode zipcode plz postleitzahl code_postal cap codigo_postal post_code"),
        ("city", "string", "city town ort stadt locality ville citta comune ciudad poblacion plaats wohnort"),
        ("region", "string", "region state province county bundesland kanton provincia departement state_code province_code administrative_area"),
        ("country", "string object number", "country country_code country_iso country_iso_code land laendercode laenderkennzeichen pays paese nazione pais country_id countrycode country_code_iso2 staat"),
        ("vat_id", "string", "vat_id vat_number vat_no vat ust_id ust_id_nr ust_idnr ustid ustidnr umsatzsteuer_id eu_vat_number vat_reg_no vat_registration_number partita_iva tva numero_tva nif btw_nummer uid_nummer vatin"),
        ("tax_number", "string", "tax_number tax_id tax_no steuernummer codice_fiscale tax_identification_number fiscal_code tin numero_fiscal"),
        ("register_number", "string", "register_number registration_number company_number handelsregisternummer handelsregister hrb hrb_nummer trade_register_number commercial_register_number commercial_register registernummer siren siret kvk_nummer kvk rea coc_number company_registration_number registro_mercantil register_no"),
        ("register_court", "string", "register_court registergericht amtsgericht court registry_court commercial_register_court tribunal greffe handelsregister_ort"),
        ("iban", "string", "iban iban_number bank_iban"),
        ("bic", "string", "bic swift swift_code bic_swift bank_bic"),
        ("bank_account", "string number", "bank_account account_number kontonummer bank_account_number"),
        ("currency", "string object", "currency currency_code currency_iso currency_iso_code waehrung waehrungscode waehrungskennzeichen devise valuta moneda divisa monnaie currency_id"),
        ("net", "number string object", "net net_amount net_total total_net subtotal sub_total amount_net netto nettobetrag nettosumme summe_netto total_ht montant_ht imponibile base_imponible total_excl_tax total_excluding_tax untaxed_amount amount_without_tax netto_betrag"),
        ("gross", "number string object", "gross gross_amount total_gross gross_total total total_amount grand_total amount_gross brutto bruttobetrag bruttosumme summe_brutto total_ttc montant_ttc total_incl_tax amount_total total_price endbetrag gesamtbetrag amount_due_total importe_total totale"),
        ("tax_amount", "number string object", "tax tax_amount total_tax tax_total vat_amount steuer steuerbetrag mehrwertsteuer mwst mwst_betrag montant_tva imposta iva ust_betrag total_vat amount_tax"),
        ("tax_rate", "number string object", "tax_rate vat_rate tax_percent tax_percentage vat_percent steuersatz mwst_satz ust_satz mehrwertsteuersatz taux_tva aliquota tipo_iva btw_tarief vat_percentage steuer_prozent"),
        ("tax_code", "string number object", "tax_code tax_class tax_key steuerschluessel vat_code tax_class_id vat_type tax_type steuerklasse steuercode steuerkennzeichen mwst_code codice_iva tax_category tax_rate_id"),
        ("discount", "number string object", "discount rabatt remise sconto descuento korting nachlass"),
        ("discount_percent", "number string", "discount_percent discount_percentage discount_rate rabatt_prozent rabattsatz rabatt_satz remise_pourcent sconto_percentuale porcentaje_descuento line_discount_percent discount_pct percent_off"),
        ("discount_amount", "number string object", "discount_amount rabatt_betrag rabattbetrag remise_montant total_discount discount_total discount_value amount_off sconto_importo"),
        ("price", "number string object", "price list_price sales_price preis listenpreis verkaufspreis vk_preis prix prix_de_vente prezzo precio verkoopprijs net_price retail_price default_price base_price preis_netto vk"),
        ("unit_price", "number string object", "unit_price price_per_unit einzelpreis stueckpreis unit_amount price_each prix_unitaire prezzo_unitario precio_unitario rate unit_cost_price einzelpreis_netto net_unit_price unit_net_price"),
        ("cost", "number string object", "cost purchase_price einkaufspreis ek_preis cost_price prix_achat costo coste unit_cost"),
        ("quantity", "number string", "quantity qty menge anzahl quantite quantita cantidad aantal stueckzahl amount_of_units"),
        ("unit", "string object", "unit unit_of_measure uom einheit mengeneinheit unite unita unidad eenheid unit_name measure_unit quantity_unit me"),
        ("sku", "string", "sku article_number item_number product_number product_code item_code artikelnummer artikel_nr artikelnr produktnummer materialnummer reference codice_articolo referencia artikelcode product_sku article_no item_no part_number"),
        ("ean", "string", "ean gtin barcode ean13 gtin13 upc ean_code strichcode"),
        ("description", "string", "description long_description beschreibung langtext descrizione descripcion beschrijving text details product_description"),
        ("note", "string", "note notes remark remarks comment comments memo bemerkung bemerkungen notiz anmerkung commentaire nota notas opmerking internal_note"),
        ("status", "string number", "status state_name stage lifecycle_stage zustand statut stato estado document_status life_cycle_status"),
        ("paid", "boolean string", "paid is_paid bezahlt paye pagato pagado betaald fully_paid"),
        ("kind", "string", "customer_type kind type art typ kundengruppe kundenart customer_group account_type contact_type company_type client_type tipo soort kategorie_art"),
        ("industry", "string", "industry branche sector branch_of_industry secteur settore sector_code"),
        ("category", "string number object", "category product_group product_category warengruppe kategorie artikelgruppe item_group category_id categorie categoria product_type family"),
        ("number", "string number", "number document_number invoice_number order_number rechnungsnummer auftragsnummer belegnummer kundennummer customer_number nummer no numero numero_facture invoice_no order_no doc_number kunden_nr debitorennummer factuurnummer num code"),
        ("issue_date", "string", "issue_date invoice_date document_date order_date date issued_at issued_on issued rechnungsdatum belegdatum auftragsdatum date_facture data_documento fecha_factura factuurdatum bestelldatum doc_date posting_date datum"),
        ("due_date", "string", "due_date due_at payment_due due_on faellig_am faelligkeit faelligkeitsdatum date_echeance echeance scadenza data_scadenza fecha_vencimiento vencimiento vervaldatum net_due_date due payment_due_date zahlbar_bis"),
        ("delivery_date", "string", "delivery_date shipping_date ship_date lieferdatum liefertermin date_livraison data_consegna fecha_entrega leverdatum"),
        ("close_date", "string", "close_date closing_date expected_close_date abschlussdatum abschluss_am"),
        ("amount", "number string object", "amount betrag montant importo importe bedrag value deal_value expected_amount"),
        ("payment_terms", "string number object", "payment_terms payment_term zahlungsbedingung zahlungsbedingungen zahlungsziel conditions_paiement condizioni_pagamento condiciones_pago betaalconditie term_days terms"),
        ("credit_limit", "number string", "credit_limit kreditlimit limite_credit fido limite_de_credito"),
        ("owner", "string number object", "owner owner_id assigned_to assignee responsible responsible_id account_manager sales_rep verantwortlich verantwortlicher betreuer sachbearbeiter zustaendig bearbeiter owner_email assigned_user_id salesperson commercial responsable owner_user_id"),
        ("external_id", "string", "external_id ext_id external_reference external_ref fremdsystem_id externe_id foreign_id external_key fremd_id fremdnummer reference_id"),
        ("active", "boolean string number", "active is_active enabled aktiv actif attivo activo actief published available is_enabled"),
        ("blocked", "boolean string number", "blocked is_blocked locked inactive disabled gesperrt sperre inaktiv bloque bloccato bloqueado geblokkeerd is_inactive"),
        ("consent", "boolean string", "marketing_consent consent newsletter opt_in accepts_marketing einwilligung werbeeinwilligung gdpr_consent email_opt_in marketing_opt_in"),
        ("stock", "number string", "stock stock_quantity inventory lagerbestand bestand stock_level quantity_in_stock giacenza existencias voorraad on_hand"),
        ("weight", "number string object", "weight gewicht poids peso net_weight"),
        ("line_number", "number string", "line_number line_no pos positionsnummer position_number lfd_nr sort_order sequence nr row_number"),
    )
}  # fmt: skip
# A price in the smallest unit of its currency says so at its end.
MINOR = re.compile(r"_(cents?|minor|minor_units?|in_cents?)$")
# Words before a role's own that only say which of several is the usual one.
USUAL = frozenset({"primary", "main", "default", "own", "haupt", "standard", "work", "business", "billing"})
LONGEST = max(name.count("_") + 1 for _, names in ROLES.values() for name in names.split())
SURE, USUALLY, WITH_MORE, BY_FORMAT = 0.9, 0.8, 0.6, 0.5
_BY_NAME: dict[str, list[str]] = {}
for _role, (_, _names) in ROLES.items():
    for _name in _names.split():
        _BY_NAME.setdefault(flat(_name), []).append(_role)
_FORMATS = {"email": "email", "phone": "phone", "iban": "iban", "uri": "website", "url": "website"}
_KINDS = {"integer": NUMBER}


@lru_cache(maxsize=65536)
def meaning(name: str, thing: str = "", kind: str | None = None, form: str | None = None) -> Meaning | None:
    """What a field of a resource (`thing`: its name in the singular) means; None where nothing speaks. `name` may be dotted: its end counts."""
    holder, _, last = name.rpartition(".")
    said = MINOR.sub("", flat(last.removesuffix("[]")))
    kind = _KINDS.get(kind or "", kind)
    within = flat(holder.rpartition(".")[2].removesuffix("[]"))  # `discount.value` is a discount's
    for own in dict.fromkeys((f"{within}_{said}" if within else said, said, said.removeprefix(f"{thing}_"))):
        found = _fitting(_BY_NAME.get(own, ()), kind)
        if found is not None:
            return Meaning(role=found, score=SURE, why=f"called {own}")
    if re.search(r"[a-z]_?1$", said):
        first = meaning(re.sub(r"_?1$", "", said), thing, kind, form)
        if first is not None:
            return Meaning(role=first.role, score=min(first.score, USUALLY), why=f"called {said}")
    parts = said.split("_")
    for start in range(max(1, len(parts) - LONGEST), len(parts)):
        found = _fitting(_BY_NAME.get("_".join(parts[start:]), ()), kind)
        if found is not None:
            score = USUALLY if set(parts[:start]) <= USUAL else WITH_MORE
            return Meaning(role=found, score=score, why=f"ends with {'_'.join(parts[start:])}")
    by_format = _FORMATS.get(form or "")
    return Meaning(role=by_format, score=BY_FORMAT, why=f"format {form}") if by_format else None


def _fitting(roles: Sequence[str], kind: str | None) -> str | None:
    """The first of the roles that a value of this kind can play."""
    return next((one for one in roles if kind in (None, "array") or kind in ROLES[one][0]), None)
