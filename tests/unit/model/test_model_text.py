"""Foreign text and numbers as they are shown."""

from __future__ import annotations

import json

import pytest

from checker.model.text import json_safe, number


@pytest.mark.parametrize("value", [10**30, 10**400, -(10**30), 1e300, float("inf"), float("nan")])
def test_a_number_that_nobody_can_mean_is_shown_as_it_is_and_shortened(value: float) -> None:
    """A system may count 31 digits of records; the report is written all the same."""
    assert number(value, "de") == str(value)[:30] + ("…" if len(str(value)) > 30 else "")


def test_json_keeps_its_meaning_when_its_invisible_characters_are_escaped() -> None:
    """Controls, bidi overrides and characters beyond the first plane become escapes; umlauts and lines stay."""
    given = {"ü": "a\x7f\x9b\u202e\U000e0041b", "c": "\x1b"}
    text = json.dumps(given, ensure_ascii=False, indent=2)
    safe = json_safe(text)
    assert json.loads(safe) == given
    assert safe.count("\n") == text.count("\n")
    assert all(character.isprintable() or character == "\n" for character in safe)
    assert "ü" in safe
