"""Customers and persons of two systems with known truth, from seeded randomness: what is one on both sides, and how it is spelt there.

Nobody in them exists: names are drawn from lists, numbers are made with their check digits, mail addresses stand under `.example`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random

Record = dict[str, str | None]


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


FIRST = _words(
    "Anna Jürgen Björn Käthe Thomas Sabine Michael Petra Günter Jörg Ursula Zoë Andreas Monika Stefan Heike Uwe Anke Lars Birgit Søren René "
    "Karl-Heinz Anne-Marie Hans-Jürgen Lukas Emma Mia Jonas Leonie Felix Frieda Götz Bärbel Dörte Mathias Matthias Katharina Catharina Ömer"
)
LAST = _words(
    "Müller Schmidt Schneider Fischer Weber Meyer Wagner Becker Schulz Hoffmann Schäfer Koch Bauer Richter Klein Wolf Schröder Neumann Schwarz "
    "Zimmermann Braun Krüger Hofmann Hartmann Lange Schmitt Werner Krause Meier Lehmann Schmid Schulze Maier Köhler Herrmann König Walter Mayer "
    "Huber Kaiser Fuchs Peters Lang Scholz Möller Weiß Jung Hahn Schubert Vogel Friedrich Keller Günther Frank Berger Winkler Roth Beck Lorenz "
    "Baumann Franke Albrecht Schuster Simon Ludwig Böhm Winter Kraus Martin Schumacher Krämer Vogt Stein Jäger Otto Sommer Groß Seidel Heinrich "
    "Brandt Haas Schreiber Graf Schulte Dietrich Ziegler Kuhn Kühn Pohl Engel Horn Busch Bergmann Thomas Voigt Sauer Arnold Wolff Pfeiffer Preiß "
    "Müller-Lüdenscheidt Größle Đorđević Łukasik Nuñez Ørsted Strauß Süß Rößler Bäumer"
)
# Family names of which there are few bearers, by their parts; four of five have such a one
BEGINS = _words(
    "Eber Hagen Linden Rosen Stein Grün Breiten Ober Nieder Alten Neuen Eichen Birken Hasel Tannen Buchen Wolfs Bären Hirsch Königs Kessel Mühl Brücken "
    "Kirch Sonnen Winter Sommer Herbst Röthen Schwarzen Weißen Lichten Langen Kurzen Hohen Tiefen Klingen Schöll Dürren Feld Wiesen Heiden Moos Schilf "
    "Fürsten Grafen Ritters Bauern Schmieds Müllers Peters Pauls Hans Diet Gott Wald Berg Tal Bruch Ried"
)
ENDS = _words(
    "bach berger hofer mann meier brecht hardt huber stein fels rath wald kamp born burger heim egger thaler steiner reuter gruber brunner müller feldt ström"
)
TRADES = _words(
    "Maschinenbau Elektrotechnik Bäckerei Spedition Gebäudetechnik Metallbau Werkzeugbau Getränke Möbel Gärtnerei Druckerei Sanitär Präzisionsteile "
    "Kältetechnik Straßenbau Großhandel Büroservice Fördertechnik Verpackungen Zerspanung Oberflächentechnik Medizintechnik Fensterbau Tiefbau "
    "Industrieservice Antriebe Pumpen Messtechnik Kunststoffe Textil Feinkost Immobilien Software Beratung Logistik Reinigung Solar Dachdeckerei"
)
# City, court of its register, first digits of its postal codes
CITIES = (
    ("München", "München", "80"), ("Berlin", "Charlottenburg", "10"), ("Hamburg", "Hamburg", "20"), ("Köln", "Köln", "50"), ("Düsseldorf", "Düsseldorf", "40"),
    ("Nürnberg", "Nürnberg", "90"), ("Stuttgart", "Stuttgart", "70"), ("Münster", "Münster", "48"), ("Göttingen", "Göttingen", "37"), ("Gießen", "Gießen", "35"),
    ("Würzburg", "Würzburg", "97"), ("Lübeck", "Lübeck", "23"), ("Osnabrück", "Osnabrück", "49"), ("Fürth", "Fürth", "90"), ("Jena", "Jena", "07"),
)  # fmt: skip
FORMS = (
    ("GmbH", 46),
    ("GmbH & Co. KG", 18),
    ("UG (haftungsbeschränkt)", 10),
    ("AG", 6),
    ("e. K.", 8),
    ("KG", 6),
    ("OHG", 6),
)
ABROAD = {
    "AT": ("GmbH", "AG"),
    "FR": ("SARL", "S.A."),
    "IT": ("S.r.l.", "S.p.A."),
    "CH": ("AG", "GmbH"),
    "GB": ("Ltd.", "Limited"),
    "US": ("Inc.", "LLC"),
}
# How people write a legal form
SPELT = {
    "GmbH & Co. KG": ("GmbH & Co KG", "GmbH u. Co. KG", "GmbH und Co. KG", "GmbH + Co. KG", "GMBH&CO.KG"),
    "GmbH": ("Gmbh", "G.m.b.H.", "gmbH"), "UG (haftungsbeschränkt)": ("UG", "UG haftungsbeschränkt"), "e. K.": ("e.K.", "e.Kfr.", "eK"),
    "AG": ("A.G.",), "Ltd.": ("Ltd", "Limited"), "S.r.l.": ("Srl", "SRL"), "S.A.": ("SA",), "S.p.A.": ("SpA",), "OHG": ("oHG",),
}  # fmt: skip
FREE = ("mail.example", "post.example", "web.example")  # where private customers have their address
LETTERS = "abcdefghijklmnopqrstuvwxyz"
UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})

# Shares, of all that they are about
ON_BOTH, ONE_SIDE, RARE = 0.7, 0.15, 0.8
PRIVATE, GROUP, BRANCHES = 0.1, 0.03, 0.02
TWICE = 0.02  # recorded twice on a side
LACKS = {
    "vat_id": 0.12,
    "register": 0.4,
    "email": 0.12,
    "phone": 0.2,
    "iban": 0.4,
    "country": 0.02,
    "postal_code": 0.05,
}
MISTYPED, ASCII, OTHER_CASE, BLANKS, OTHER_FORM, NO_FORM = 0.04, 0.06, 0.06, 0.05, 0.25, 0.05
MOVED, OTHER_MAILBOX, OTHER_PHONE, WRONG_DIGIT = 0.05, 0.12, 0.08, 0.01
SHARED_BOX, MARRIED, CHANGED_JOB = 0.06, 0.02, 0.04


@dataclass
class Sides:
    """Both sides' records by id, and the pairs of ids that are one thing. `things`: how many things stand on both sides."""

    left: dict[str, Record] = field(default_factory=dict)
    right: dict[str, Record] = field(default_factory=dict)
    truth: set[tuple[str, str]] = field(default_factory=set)
    things: int = 0


class Town:
    """Where nobody else has an address or a domain that is given away."""

    def __init__(self, rng: Random, groups: float = GROUP) -> None:
        self.rng = rng
        self.groups = groups  # the share of customers that are several companies with one mailbox
        self._gone: set[str] = set()

    def own(self, wanted: str, end: str) -> str:
        """That name with that end, with a number where somebody has it."""
        found, number = f"{wanted}{end}", 1
        while found in self._gone:
            number += 1
            found = f"{wanted}{number}{end}"
        self._gone.add(found)
        return found


def companies(count: int, seed: int = 1, *, groups: float = GROUP) -> Sides:
    """About so many customers a side: companies, that share of them in groups, with branches; private customers, companies abroad."""
    rng = Random(seed)
    town = Town(rng, groups)
    things: list[Record] = []
    while len(things) < count / (1 - ONE_SIDE):
        things += _customers(town)
    return _recorded(things, rng, _as_customer)


def persons(count: int, seed: int = 1) -> Sides:
    """About so many contact persons a side, some of whom share their company's mailbox."""
    rng = Random(seed)
    town = Town(rng)
    things: list[Record] = []
    while len(things) < count / (1 - ONE_SIDE):
        firm = _customers(town)[0]
        things += [_person(firm, town) for _ in range(rng.randint(1, 4))]
    return _recorded(things, rng, _as_person)


def _recorded(things: Sequence[Record], rng: Random, recorded: Callable[[Record, Random], Record]) -> Sides:
    made = Sides()
    for number, thing in enumerate(things):
        drawn = rng.random()
        ids: dict[str, list[str]] = {"l": [], "r": []}
        for side, records in (("l", made.left), ("r", made.right)):
            if (side == "l" and drawn > 1 - ONE_SIDE) or (side == "r" and ON_BOTH < drawn <= 1 - ONE_SIDE):
                continue
            for copy in range(2 if rng.random() < TWICE else 1):
                key = f"{side}{number}.{copy}"
                records[key] = recorded(thing, rng)
                ids[side].append(key)
        made.truth |= {(one, other) for one in ids["l"] for other in ids["r"]}
        made.things += bool(ids["l"] and ids["r"])
    return made


def _customers(town: Town) -> list[Record]:
    """One customer; or a group of companies with one mailbox; or the branches of one company, with one VAT id."""
    rng = town.rng
    drawn = rng.random()
    if drawn < PRIVATE:
        return [_private(town)]
    first = _company(town)
    if drawn < PRIVATE + town.groups:
        sisters = [_company(town) for _ in range(rng.randint(1, 3))]
        head = str(first["name"]).split(maxsplit=1)[0]
        for one in sisters:
            one |= {"email": first["email"], "iban": first["iban"] if rng.random() < OTHER_MAILBOX else one["iban"]}
            if rng.random() < ON_BOTH:
                one["name"] = f"{head} {rng.choice(TRADES)} {one['form']}"
        return [first, *sisters]
    if drawn < PRIVATE + town.groups + BRANCHES:
        return [first, *(first | _address(str(first["country"]), rng) for _ in range(rng.randint(1, 3)))]
    return [first]


def _company(town: Town) -> Record:
    rng = town.rng
    country = rng.choices(("DE", *ABROAD), (80, 8, 3, 2, 4, 2, 1))[0]
    form = rng.choices(*zip(*FORMS, strict=True))[0] if country == "DE" else rng.choice(ABROAD[country])
    last, trade = _last(rng), rng.choice(TRADES)
    city, court, _ = place = rng.choice(CITIES)
    kind = "HRA" if form in ("e. K.", "KG", "OHG", "GmbH & Co. KG") else "HRB"
    stem = rng.choices(
        (f"{last} {trade}", f"{last} & {_last(rng)}", f"{rng.choice(FIRST)} {last}", f"{city}er {trade}", f"{_word(rng)} {trade}", _word(rng)),
        (40, 12, 8, 4, 18, 18),
    )[0]  # fmt: skip
    domain = town.own(_plain(stem), ".example")
    known = {"DE": ("VAT", 0.92), "AT": ("VAT", 0.95), "FR": ("VAT", 0.95), "IT": ("VAT", 0.97)}.get(country)
    return {
        "name": f"{stem} {form}",
        "form": form,
        "vat_id": VAT[country](rng) if known and rng.random() < known[1] else None,
        "register": f"Amtsgericht {court}, {kind} {rng.randint(1, 60_000)}" if country == "DE" else None,
        "email": f"info@{domain}",
        "iban": _iban(rng) if country == "DE" else None,
        **_address(country, rng, place),
    }


def _private(town: Town) -> Record:
    rng = town.rng
    first, last = rng.choice(FIRST), _last(rng)
    mail = town.own(f"{_plain(first)}.{_plain(last)}", f"@{rng.choice(FREE)}")
    return {
        "name": f"{first} {last}",
        "form": "",
        "vat_id": None,
        "register": None,
        "email": mail,
        "iban": _iban(rng),
        **_address("DE", rng),
    }


def _person(firm: Record, town: Town) -> Record:
    rng = town.rng
    first, last = rng.choice(FIRST), _last(rng)
    domain = str(firm["email"]).partition("@")[2]
    own, private = (town.own(f"{_plain(first)}.{_plain(last)}", f"@{one}") for one in (domain, rng.choice(FREE)))
    return {
        "first_name": first, "last_name": last, "country": firm["country"], "postal_code": firm["postal_code"], "private": private,
        "email": firm["email"] if rng.random() < SHARED_BOX else own, "phone": _phone(rng), "company": firm["name"], "form": firm["form"],
    }  # fmt: skip


def _last(rng: Random) -> str:
    return rng.choice(BEGINS) + rng.choice(ENDS) if rng.random() < RARE else rng.choice(LAST)


def _address(country: str, rng: Random, place: tuple[str, str, str] | None = None) -> Record:
    city, _, zone = place or rng.choice(CITIES)
    return {"country": country, "city": city, "postal_code": f"{zone}{rng.randint(0, 999):03}", "phone": _phone(rng)}


def _phone(rng: Random) -> str:
    return f"+49{rng.randint(30, 999)}{rng.randint(10_000, 9_999_999)}"


def _word(rng: Random) -> str:
    return "".join(
        rng.choice("bdfgklmnprstvwz") + rng.choice("aeiouäöü") for _ in range(rng.randint(2, 4))
    ).capitalize()


def _plain(text: str) -> str:
    return "".join(one for one in text.lower().translate(UMLAUTS) if one in LETTERS)


def _german_vat(rng: Random) -> str:
    from stdnum.iso7064 import mod_11_10

    digits = str(rng.randint(10_000_000, 99_999_999))
    return f"DE{digits}{mod_11_10.calc_check_digit(digits)}"


def _austrian_vat(rng: Random) -> str:
    from stdnum.at import uid

    digits = str(rng.randint(1_000_000, 9_999_999))
    return f"ATU{digits}{uid.calc_check_digit(digits)}"


def _french_vat(rng: Random) -> str:
    from stdnum import luhn

    digits = str(rng.randint(10_000_000, 99_999_999))
    siren = digits + luhn.calc_check_digit(digits)
    return f"FR{int(siren + '12') % 97:02}{siren}"


def _italian_vat(rng: Random) -> str:
    from stdnum import luhn

    digits = f"{rng.randint(100_000, 9_999_999):07}{rng.randint(1, 100):03}"
    return f"IT{digits}{luhn.calc_check_digit(digits)}"


VAT: Mapping[str, Callable[[Random], str]] = {
    "DE": _german_vat,
    "AT": _austrian_vat,
    "FR": _french_vat,
    "IT": _italian_vat,
}


def _iban(rng: Random) -> str:
    from stdnum import iban

    rest = f"{rng.randint(10**17, 10**18 - 1)}"
    return f"DE{iban.calc_check_digits(f'DE00{rest}')}{rest}"


def _as_customer(thing: Record, rng: Random) -> Record:
    """The thing as a clerk recorded it."""
    made = _thinned(thing, rng)
    made["name"] = _spelt(str(thing["name"]), str(thing["form"]), rng)
    if rng.random() < MOVED:
        made |= _address(str(thing["country"]), rng)
    if made["email"] and rng.random() < OTHER_MAILBOX:
        made["email"] = f"{rng.choice(('kontakt', 'office', 'einkauf'))}@{made['email'].partition('@')[2]}"
    if made["vat_id"] and rng.random() < WRONG_DIGIT:
        made["vat_id"] = made["vat_id"][:-1] + str((int(made["vat_id"][-1]) + rng.randint(1, 9)) % 10)
    return _written(made, rng)


def _as_person(thing: Record, rng: Random) -> Record:
    """The person as a clerk recorded them."""
    made = _thinned(thing, rng)
    private = made.pop("private")
    made |= {name: _spelt(str(thing[name]), "", rng) for name in ("first_name", "last_name")}
    made["company"] = _spelt(str(thing["company"]), str(thing["form"]), rng)
    if rng.random() < MARRIED:
        made["last_name"] = _last(rng)
    if made["email"] and rng.random() < CHANGED_JOB:
        made["email"] = private
    return _written(made, rng)


def _thinned(thing: Record, rng: Random) -> Record:
    return {
        name: None if rng.random() < LACKS.get(name, 0) else value for name, value in thing.items() if name != "form"
    }


def _spelt(name: str, form: str, rng: Random) -> str:
    """A name as people write it."""
    stem = name.removesuffix(form).strip()
    if form and rng.random() < OTHER_FORM:
        form = rng.choice(SPELT.get(form, (form,)))
    text = stem if form and rng.random() < NO_FORM else f"{stem} {form}".strip()
    if rng.random() < MISTYPED:
        text = _mistyped(text, rng)
    if rng.random() < ASCII:
        text = text.translate(UMLAUTS)
    if rng.random() < OTHER_CASE:
        text = rng.choice((text.lower(), text.upper().replace("SS", "ß") if "ß" in text else text.upper()))
    return text.replace(" ", "  ", 1) + " " if rng.random() < BLANKS else text


def _mistyped(text: str, rng: Random) -> str:
    at = rng.randrange(1, len(text))
    return rng.choice(
        (
            text[:at] + text[at + 1 :],
            text[:at] + rng.choice(LETTERS) + text[at:],
            text[: at - 1] + text[at] + text[at - 1] + text[at + 1 :],
        )
    )


def _written(made: Record, rng: Random) -> Record:
    """Numbers and addresses in one of the ways that people write them."""
    vat, mail, register, iban = (made.get(one) for one in ("vat_id", "email", "register", "iban"))
    if vat and rng.random() < OTHER_FORM:
        made["vat_id"] = rng.choice((f"{vat[:2]} {vat[2:5]} {vat[5:]}", vat.lower(), f" {vat}"))
    if mail and rng.random() < OTHER_CASE:
        made["email"] = rng.choice((mail.title(), f"{mail} ", mail.upper()))
    if register and rng.random() < ON_BOTH:
        court, kind, number = register.removeprefix("Amtsgericht ").replace(",", "").rsplit(" ", 2)
        made["register"] = rng.choice(
            (
                f"{kind} {number}",
                f"{kind}{number} {court}",
                f"{kind} {number}, AG {court}",
                f"AG {court} {kind} {number}",
            )
        )
    if iban and rng.random() < OTHER_FORM:
        made["iban"] = " ".join(iban[at : at + 4] for at in range(0, len(iban), 4))
    if made.get("phone") and rng.random() < OTHER_FORM:
        made["phone"] = str(made["phone"]).replace("+49", "0049 ")
    return made
