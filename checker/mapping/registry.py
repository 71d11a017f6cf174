"""Every transformation by its name in the project file: `name`, or `{name: what it takes, option: …}`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from checker.errors import InputError, Problem
from checker.mapping.amounts import CENTS, DecimalComma, Discount, MinorUnits
from checker.mapping.lens import Lens
from checker.mapping.names import CountryName, CurrencySymbol
from checker.mapping.stamps import DateAndTime, LocalTime, TurnedRound
from checker.mapping.tables import NO_DEFAULT, Table
from checker.mapping.texts import Inserted, Phone, Tidied, without_blanks
from checker.model.profile import FieldInfo
from checker.model.transformations import TRANSFORMATION_NAMES
from checker.project.check import suggestion

UTC_NAME = "UTC"


@dataclass(frozen=True, slots=True)
class Fields:
    """What is known of the fields that a lens stands between: their declarations, where there are any, and both systems' time zones."""

    left: Sequence[FieldInfo | None] = ()
    right: Sequence[FieldInfo | None] = ()
    left_zone: str | None = None
    right_zone: str | None = None

    @property
    def left_type(self) -> str | None:
        """The declared type of the only field on the left."""
        return self.left[0].type if len(self.left) == 1 and self.left[0] else None


@dataclass(frozen=True, slots=True)
class Step:
    """One transformation as the project file states it: what stands beside its name, and its further options."""

    takes: Any
    options: Mapping[str, Any]
    between: Fields

    def option(self, name: str, default: Any = None) -> Any:
        """An option that stands beside the name, or below it."""
        below = self.takes if isinstance(self.takes, dict) else {}
        return self.options.get(name, below.get(name, default))


def _tidied(tidy: Callable[[str], str]) -> Callable[[Step], Lens]:
    return lambda _: Tidied(tidy)


def _phone(step: Step) -> Lens:
    return Phone(step.option("region") or _region(step.between.right_zone) or _region(step.between.left_zone))


def _region(zone: str | None) -> str | None:
    """The country that a time zone belongs to; None where it is nobody's, as UTC."""
    from babel.core import get_global  # noqa: PLC0415 - slow to import

    found = get_global("zone_territories").get(zone) if zone else None
    return found if found and found != "001" else None


def _country(step: Step) -> Lens:
    return CountryName(step.takes if isinstance(step.takes, str) else step.option("language", "de"))


def _currency(step: Step) -> Lens:
    return CurrencySymbol(step.takes if isinstance(step.takes, dict) else {})


def _insert(step: Step) -> Lens:
    return Inserted(str(step.takes), int(step.option("at", 0)))


def _discount(step: Step) -> Lens:
    amount = step.between.right[1] if len(step.between.right) > 1 else None
    comma = step.option("comma", amount is not None and amount.type == "string")
    return Discount(step.option("percent", "percent"), step.option("amount", "amount"), comma=bool(comma))


def _zones(step: Step) -> Lens:
    left = step.option("left", step.between.left_zone) or UTC_NAME
    return LocalTime(ZoneInfo(left), ZoneInfo(step.option("right", step.between.right_zone) or UTC_NAME))


def _table(step: Step) -> Lens:
    return table(step.takes if isinstance(step.takes, dict) else {}, step.between)


def table(rows: Mapping[str, Any], between: Fields, default: Any = NO_DEFAULT) -> Table:
    """The table of a transformation, or a mapping's `options`."""
    return Table({str(left): right for left, right in rows.items()}, between.left_type, default)


TRANSFORMATIONS: Mapping[str, Callable[[Step], Lens]] = {
    "country_name": _country,
    "currency_symbol": _currency,
    "date_and_time": lambda _: DateAndTime(),
    "decimal_comma": lambda step: DecimalComma(int(step.option("places", CENTS))),
    "discount": _discount,
    "insert": _insert,
    "join_date_and_time": lambda _: TurnedRound(DateAndTime()),
    "lowercase": _tidied(str.lower),
    "minor_units": lambda step: MinorUnits(int(step.option("places", CENTS))),
    "phone": _phone,
    "remove_blanks": _tidied(without_blanks),
    "table": _table,
    "timezone": _zones,
    "trim": _tidied(str.strip),
    "uppercase": _tidied(str.upper),
}


def lens(step: str | Mapping[str, Any], between: Fields) -> Lens:
    """The lens of one step. Raises InputError for a name that nobody knows (the project file's check says it with its line)."""
    stated = {step: None} if isinstance(step, str) else step
    name = next((one for one in stated if one in TRANSFORMATIONS), None)
    if name is None:
        wrong = next(iter(stated), "")
        values = {"key": "transform", "name": wrong, "known": ", ".join(TRANSFORMATION_NAMES)}
        raise InputError(
            Problem("project.unknown-transformation", {**values, "suggestion": suggestion(wrong, TRANSFORMATION_NAMES)})
        )
    return TRANSFORMATIONS[name](
        Step(stated[name], {one: held for one, held in stated.items() if one != name}, between)
    )
