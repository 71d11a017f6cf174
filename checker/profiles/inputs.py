"""What the parameters of a list mean beside walking it: which narrow it, which sort it, which only shape the answer."""

from __future__ import annotations

import re

from checker.profiles.names import flat, vocabulary, words
from checker.profiles.paging import meaning
from checker.profiles.view import Input, View

# Parameters that choose the shape, language or mode of an answer, not its records (common public conventions).
SHAPE = vocabulary(
    "fields select include includes expand embed with extend fieldset field_set view format locale locales lang language pretty "
    "opt_pretty opt_fields testmode test_mode summary_only unitdp meta deep alias export aggregate group_by groupby backlink "
    "version api_version access_token api_key apikey token key accept content_type properties attributes scope with_count "
    "count total include_total timezone tz currency_format callback jsonp envelope trace debug dry_run raw response _response "
    "return_entries populate projection wt indent compact verbose detail details full opt include_count facets facet cache "
    "result_type return_type output hal apply compute properties_with_history additional_fields exclude exclude_fields "
    "options aggregations associations excludes grouping total_count_mode catalog_version track_total highlight"
)
_SHAPING = re.compile(r"^(with|opt|include|return|show|expand|embed|exclude_field|fields|format)_")
SORT = vocabulary(
    "sort sort_by sortby sort_field sort_fields sort_order sort_direction sort_dir sort_column sort_key sort_ascending sorting "
    "sorts sort_on sort_type order order_by orderby ordering order_direction order_field order_dir direction dir sortorder "
    "sortfield sort_desc sorted_attribute_query order_type sortierung sortieren sort_keys orders odata_orderby"
)
_SORTING = re.compile(
    r"\b(sort(s|ed|ing)?|order(ed|ing)? (by|of|direction)|asc(ending)?|desc(ending)?|sortier\w*)\b", re.IGNORECASE
)
# Parameters that take a query of the API's own, or single out records by their ids.
QUERY = vocabulary(
    "filter filters q query search where criteria search_term searchterm search_text keyword keywords term text conditions "
    "condition ids id filtering search_query domain jql soql filter_groups filter_by suche suchbegriff fql cql filter_string "
    "filter_query s find post_filter types ids_in id_in"
)
_FILTERING = re.compile(
    r"\b(filter\w*|only (return|show|include|list|fetch|those)|returns? (only|all|the|those|a list of)|limit(s|ed)? (the|to|results)|"
    r"narrow\w*|restrict\w*|search\w*|retrieve only|list of .{1,40} associated|match(es|ing)?|to (retrieve|list|search)|"
    r"(modified|updated|changed|created) (since|after|before))\b|nur .{1,40} (mit|deren|die)|filtert",
    re.IGNORECASE,
)
_OPERATOR = re.compile(
    r"(?:[:.\[_]+|(?<=[a-z])(?=[A-Z]))\$?(?:gte?|lte?|eq|neq?|not|in|nin|like|ilike|min|max|from|to|after|before|since|until|start|end|contains|"
    r"starts_?with|ends_?with|exact|range|between|exists|null|greater_?than|less_?than)\]?$",
    re.IGNORECASE,
)


def shapes_answer(one: Input) -> bool:
    """Whether a parameter only shapes the answer."""
    name = flat(one.name.removeprefix("$"))
    return not _widens(name) and (name in SHAPE or _SHAPING.match(name) is not None)


def _widens(name: str) -> bool:
    """Whether it adds records that a list leaves out: archived, deleted, inactive ones."""
    return (
        name.startswith(("include_", "with_", "show_"))
        and re.search("archiv|delet|inactiv|disabled|trash", name) is not None
    )


def sorts(one: Input) -> bool:
    """Whether it tells the order of a list."""
    leaf = one.name.removeprefix("$").rpartition(".")[2] if one.location == "body" else one.name.removeprefix("$")
    name = flat(leaf)
    if one.location == "header" or (one.location == "body" and one.name.count(".") > 1):
        return False
    if re.fullmatch(r"(sort|order)(_[a-z]+)*", name) is None and name not in SORT:
        return False
    if name in ("order", "orders", "direction", "dir", "order_type"):
        values = {str(value).lower() for value in one.schema.enum}
        return (
            bool(values & {"asc", "desc"})
            or _SORTING.search(one.description) is not None
            or (name == "order" and "id" not in one.description.lower())
        )
    return name in SORT or _SORTING.search(one.description) is not None or name.startswith("sort")


def base_name(name: str) -> str:
    """A parameter's name without its operator: `created[gte]`, `price_min`, `email:in` → `created`, `price`, `email`."""
    return _OPERATOR.sub("", name)


def filters(one: Input, view: View) -> bool:
    """Whether it narrows a list: a query, a field of the record, another resource's id, or one whose description says so."""
    if meaning(one) is not None or sorts(one) or shapes_answer(one):
        return False
    if one.location == "header":
        return False
    if one.location == "body":
        holder, _, leaf = one.name.rpartition(".")
        asked = flat(leaf) in QUERY or not holder
        if flat(holder) in QUERY and flat(leaf) in {view.said(path) for path in view.fields}:
            return True
        if one.name.count(".") > 1 or not asked:
            return False
        return not any(flat(name) in QUERY | SORT for name in view.shapes.properties(one.schema))
    name = flat(one.name.removeprefix("$"))
    if name in QUERY or _widens(name) or name.startswith(("filter_", "search_", "where_", "q_")):
        return True
    base = flat(base_name(one.name))
    fields = {view.said(prop) for prop in view.fields}
    if base in fields or name in fields or base.removesuffix("s") in fields:
        return True
    said = words(one.name)
    points = (bool(said) and said[-1] in ("id", "ids", "uuid", "gid")) or "_".join(said) in view.things
    return points or _FILTERING.search(one.description) is not None or _OPERATOR.search(one.name) is not None
