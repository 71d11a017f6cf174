"""Names of the transformations that a field mapping may use. What they do is in `mapping/registry.py`; a test holds both lists equal."""

TRANSFORMATION_NAMES = (
    "country_name",
    "currency_symbol",
    "date_and_time",
    "decimal_comma",
    "discount",
    "insert",
    "join_date_and_time",
    "lowercase",
    "minor_units",
    "phone",
    "remove_blanks",
    "table",
    "timezone",
    "trim",
    "uppercase",
)
