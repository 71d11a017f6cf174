"""Plain values against our types: every problem at once, each with what was found, what was expected, and "did you mean"."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
from msgspec import inspect

from checker.errors import InputError, Problem
from checker.model.text import safe
from checker.project.positions import Key, Positioned

REFERENCE = re.compile(r"\$\{(env|file|keyring):([^}]+)\}")
# The scheme of an Authorization header may stand before it, as in `Token ${env:KEY}`: it is no secret.
SECRET = re.compile(rf"(?:[A-Za-z][A-Za-z-]* )?{REFERENCE.pattern}")
KINDS = {
    dict: "a mapping",
    list: "a list",
    str: "text",
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    type(None): "nothing",
}


def suggestion(word: object, known: Sequence[str]) -> str | None:
    """The known word that was probably meant."""
    near = difflib.get_close_matches(str(word).lower(), [one.lower() for one in known], 1, 0.6)
    return next((one for one in known if near and one.lower() == near[0]), None)


def found(value: Any) -> str:
    """A value as an error shows it: its kind, and itself where it is short and no mapping."""
    kind = KINDS.get(type(value), type(value).__name__)
    return (
        kind
        if isinstance(value, dict | list) or value is None
        else f"{kind}, {safe(value, 40)!r}"
        if isinstance(value, str)
        else f"{kind}, {value}"
    )


def _expected(kind: inspect.Type) -> str:
    match kind:
        case inspect.Metadata():
            told = (kind.extra_json_schema or {}).get("description")
            return str(told) if told else _expected(kind.type)
        case inspect.LiteralType():
            return ", ".join(map(str, kind.values))
        case inspect.UnionType():
            tags = [one.tag for one in kind.types if isinstance(one, inspect.StructType) and one.tag]
            return (
                f"a mapping with kind: {', '.join(map(str, tags))}"
                if tags
                else " or ".join(_expected(one) for one in kind.types)
            )
        case inspect.StructType() | inspect.DictType():
            return "a mapping"
        case inspect.ListType() | inspect.VarTupleType():
            return "a list"
        case inspect.BoolType():
            return KINDS[bool]
        case inspect.IntType():
            return _range(KINDS[int], kind)
        case inspect.FloatType():
            return _range(KINDS[float], kind)
        case inspect.StrType():
            return "text" + (f" like {kind.pattern}" if kind.pattern else "")
        case inspect.NoneType():
            return "nothing"
    return "a value"


def _range(word: str, kind: inspect.IntType | inspect.FloatType) -> str:
    bounds = (("from", kind.ge), ("over", kind.gt), ("to", kind.le), ("below", kind.lt))
    return " ".join([word, *(f"{name} {bound:g}" for name, bound in bounds if bound is not None)])


def _fits(kind: inspect.Type, value: Any) -> bool:
    match kind:
        case inspect.Metadata():
            return _fits(kind.type, value)
        case inspect.AnyType():
            return True
        case inspect.NoneType():
            return value is None
        case inspect.StructType() | inspect.DictType():
            return isinstance(value, dict)
        case inspect.ListType() | inspect.VarTupleType():
            return isinstance(value, list)
        case inspect.LiteralType():
            return any(value == one and type(value) is type(one) for one in kind.values)
        case inspect.UnionType():
            return any(_fits(one, value) for one in kind.types)
    try:
        msgspec.convert(value, _plain(kind))
    except msgspec.ValidationError:
        return False
    return True


def _plain(kind: inspect.Type) -> Any:
    """The annotation of a scalar type, with its bounds."""
    basic: dict[type[inspect.Type], type[Any]] = {
        inspect.BoolType: bool, inspect.IntType: int, inspect.FloatType: float, inspect.StrType: str,
    }  # fmt: skip
    if isinstance(kind, inspect.EnumType | inspect.CustomType):
        return kind.cls
    bounds = {
        name: getattr(kind, name)
        for name in ("gt", "ge", "lt", "le", "pattern", "min_length", "max_length")
        if getattr(kind, name, None) is not None
    }
    from typing import Annotated  # noqa: PLC0415 - only here

    plain = basic.get(type(kind), object)
    return Annotated[plain, msgspec.Meta(**bounds)] if bounds else plain


class Checker:
    """Walks plain values beside a type and collects problems; the codes' texts start with `scope` (project, answers …)."""

    def __init__(self, positioned: Positioned) -> None:
        self.at = positioned
        self.problems: list[Problem] = []

    def _wrong(self, path: Key, kind: inspect.Type, value: Any) -> None:
        values: dict[str, object] = {"found": found(value), "expected": _expected(kind)}
        if isinstance(value, str) and isinstance(kind, inspect.LiteralType):
            values["suggestion"] = suggestion(value, [str(one) for one in kind.values])
        self.problems.append(self.at.problem("value.wrong", path, values))

    def check(self, kind: inspect.Type, value: Any, path: Key = ()) -> None:
        """Collect what is wrong with `value`, at any depth."""
        match kind:
            case inspect.Metadata():
                if (
                    (kind.extra_json_schema or {}).get("x-secret")
                    and isinstance(value, str)
                    and not SECRET.fullmatch(value)
                ):
                    self.problems.append(self.at.problem("secret.literal", path))
                else:
                    self.check(kind.type, value, path)
            case inspect.UnionType():
                self._union(kind, value, path)
            case inspect.StructType() if isinstance(value, dict):
                self._struct(kind, value, path)
            case inspect.DictType() if isinstance(value, dict):
                for name, child in value.items():
                    self._key(kind.key_type, name, path)
                    self.check(kind.value_type, child, (*path, name))
            case inspect.ListType() | inspect.VarTupleType() if isinstance(value, list):
                for i, child in enumerate(value):
                    self.check(kind.item_type, child, (*path, i))
            case _ if not _fits(kind, value):
                self._wrong(path, kind, value)

    def _union(self, kind: inspect.UnionType, value: Any, path: Key) -> None:
        tagged = {
            str(one.tag): one for one in kind.types if isinstance(one, inspect.StructType) and one.tag is not None
        }
        if tagged and isinstance(value, dict):
            chosen = tagged.get(str(value.get("kind")))
            if chosen is not None:
                self._struct(chosen, value, path)
                return
            tags = list(tagged)
            values = {
                "found": found(value.get("kind")),
                "expected": ", ".join(tags),
                "suggestion": suggestion(value.get("kind", ""), tags),
            }
            self.problems.append(self.at.problem("value.wrong", (*path, "kind"), values))
            return
        fitting = next((one for one in kind.types if not isinstance(one, inspect.NoneType) and _fits(one, value)), None)
        if fitting is not None:
            self.check(fitting, value, path)
        elif not _fits(kind, value):
            self._wrong(path, kind, value)

    def _struct(self, kind: inspect.StructType, value: dict[str, Any], path: Key) -> None:
        fields = {one.encode_name: one for one in kind.fields}
        for name, child in value.items():
            if name in fields:
                self.check(fields[name].type, child, (*path, name))
            elif not (kind.tag is not None and name == kind.tag_field):
                self._unknown(name, path, list(fields))
        for name, one in fields.items():
            if one.required and name not in value:
                self.problems.append(
                    self.at.problem(
                        "key.missing", path, {"missing": name, "expected": _expected(one.type)}, at_key=True
                    )
                )

    def _key(self, kind: inspect.Type, name: str, path: Key) -> None:
        if isinstance(kind, inspect.LiteralType) and not _fits(kind, name):
            self._unknown(name, path, [str(one) for one in kind.values])
        elif not _fits(kind, name):
            values = {"found": found(name), "expected": _expected(kind)}
            self.problems.append(self.at.problem("value.wrong", (*path, name), values, at_key=True))

    def _unknown(self, name: str, path: Key, known: list[str]) -> None:
        values = {"name": name, "suggestion": suggestion(name, known), "known": ", ".join(known)}
        self.problems.append(self.at.problem("key.unknown", (*path, name), values, at_key=True))


def problems_of(positioned: Positioned, kind: type[Any]) -> Iterator[Problem]:
    """Everything in which the values differ from the type, in the file's order."""
    checker = Checker(positioned)
    checker.check(inspect.type_info(kind), positioned.value if positioned.value is not None else {})
    yield from sorted([*positioned.problems, *checker.problems], key=lambda one: (one.line or 0, one.column or 0))


def convert(positioned: Positioned, kind: type[Any]) -> Any:
    """The values as `kind`. Raises InputError with every problem."""
    problems = tuple(problems_of(positioned, kind))
    if problems:
        raise InputError(*problems)
    return msgspec.convert(positioned.value if positioned.value is not None else {}, kind)
