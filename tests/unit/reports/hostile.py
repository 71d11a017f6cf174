"""Hostile texts, and an audit that carries them everywhere."""

from __future__ import annotations

from typing import Any

import msgspec

from checker.model.audit import Audit

# After the OWASP list of injections into HTML, attributes, styles and addresses, and our own for texts and terminals.
PAYLOADS = (
    "<script>alert(1)</script>", "</script><script>alert(1)</script>", "<img src=x onerror=alert(1)>", '"><svg onload=alert(1)>', "'><b>x</b>",
    "</title><script>1</script>", "</style><style>*{display:none}</style>", "<!--", "-->", "<![CDATA[", "]]>", "<?xml ?>", "<!doctype html>",
    "javascript:alert(1)", "data:text/html,<script>1</script>", '" onmouseover="alert(1)', "' autofocus onfocus='alert(1)", "{{ 7*7 }}", "{% raw %}", "{# x #}", "${7*7}", "&lt;b&gt;", "&#60;script&#62;",
    "\u202e\u2066txt", "\x00\x1b[31m\x07", "\ud800", "a\u2028b\u2029c\nd\re\tf", "</pre></details></main></body>", "<base href=//evil>", "<meta http-equiv=refresh content=0>",
    "<form action=//evil><input name=a>", "%3Cscript%3E", "\uff1cscript\uff1e", "x" * 5000,
)  # fmt: skip

# Keys of the audit whose values are one of a few words of ours, numbers as text, or references that other fields must match.
CLOSED = frozenset(
    {
        "state",
        "outcome",
        "answer",
        "grade",
        "kind",
        "direction",
        "gate",
        "gates",
        "severity",
        "mode",
        "rule",
        "riders",
        "style",
        "schema_version",
    }
)


def poisoned(audit: Audit, payload: str) -> Audit:
    """The audit with the payload at the end of every free text, and of every key, so that references still meet."""

    def walk(value: Any, key: str) -> Any:
        if key in CLOSED:
            return value
        if isinstance(value, str):
            return value + payload
        if isinstance(value, dict):
            names = key in (
                "systems",
                "items",
                "sections",
                "texts",
                "evidence",
                "values",
                "body",
                "headers",
                "counted",
                "terms",
                "sources",
                "refused",
            )
            return {(name + payload if names else name): walk(one, name) for name, one in value.items()}
        return [walk(one, key) for one in value] if isinstance(value, list | tuple) else value

    return msgspec.convert(walk(msgspec.to_builtins(audit), ""), Audit)
