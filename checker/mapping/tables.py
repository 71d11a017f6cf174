"""Tables: options of the one side, and what they are called on the other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from checker.mapping.lens import Untranslatable, comparable, spelled

NO_DEFAULT: Any = object()


def typed(text: str, kind: str | None) -> Any:
    """A table's key, which YAML keeps as text, as the field of that declared type takes it."""
    if kind == "boolean" and text in ("true", "false"):
        return text == "true"
    if kind in ("integer", "number"):
        try:
            return int(text) if text.lstrip("-").isdigit() and text.isascii() else float(text)
        except ValueError:
            return text
    return text


@dataclass(frozen=True, slots=True)
class Table:
    """A left option ↔ a right one, or several right fields. `kind` is the left field's declared type; `default` stands for options that the table doesn't name."""

    rows: Mapping[str, Any]
    kind: str | None = None
    default: Any = NO_DEFAULT

    def there(self, value: Any) -> Any:
        """The right side's option."""
        held = self.rows.get(spelled(value), self.default)
        if held is NO_DEFAULT:
            raise Untranslatable(value, "unknown-option")
        return tuple(held) if isinstance(held, list) else held

    def back(self, value: Any) -> Any:
        """The left side's option: the first that the table names for it."""
        found = self._named(value)
        if found is None and self.default is not NO_DEFAULT:
            found = self._named(self.default)
        if found is None:
            raise Untranslatable(value, "unknown-option")
        return typed(found, self.kind)

    def _named(self, value: Any) -> str | None:
        wanted = comparable(value)
        return next((left for left, right in self.rows.items() if comparable(right) == wanted), None)
