"""`readiness explain CODE`: a finding, an item or an error at length, offline."""

from __future__ import annotations

import difflib

import click

from checker.cli.options import CONTEXT, emit_json, format_option, language_option

WORDS = {
    "en": {"question": "Question", "why": "Why it matters", "remedy": "What to do", "yes": "Yes means", "no": "No means", "unknown": "Open means",
           "asked": "Asked of", "settled": "Settled by", "hint": "Next", "severity": "Severity", "gate": "Gate"},
    "de": {"question": "Frage", "why": "Warum es wichtig ist", "remedy": "Was zu tun ist", "yes": "Ja heißt", "no": "Nein heißt", "unknown": "Offen heißt",
           "asked": "Zu fragen", "settled": "Geklärt durch", "hint": "Nächster Schritt", "severity": "Gewicht", "gate": "Freigabe"},
}  # fmt: skip


@click.command("explain", context_settings=CONTEXT)
@click.argument("code")
@language_option
@format_option
def command(code: str, language: str | None, form: str) -> None:
    """Explain a finding, an item or an error at length, offline.

    \b
    Examples:
      readiness explain pagination.no-repeats
      readiness explain on-delete --language de
      readiness explain secret.literal
    """
    told = explanation(code, language or "en")
    if form == "json":
        emit_json("explain", told)
        return
    words = WORDS[language or "en"]
    click.echo(f"{code} ({told.pop('kind')})\n")
    for name, text in told.items():
        if text:
            click.echo(click.wrap_text(f"{words.get(name, name)}: {text}", 96, subsequent_indent="    ") + "\n")


def explanation(code: str, language: str) -> dict[str, str]:
    """What is known of a code, by label. Raises click.UsageError for an unknown one, with near ones."""
    from pathlib import Path

    from checker import catalogue
    from checker.checklist.load import load_packs

    claims, errors = catalogue.claims(), catalogue.errors()
    items = {item.id: item for pack in load_packs(["core"], relative_to=Path.cwd()) for item in pack.items}
    claim_code = code.removeprefix("contradiction.")
    if claim_code in claims:
        claim = claims[claim_code]
        texts = {name: getattr(claim, name).of(language) for name in ("question", "yes", "no", "unknown", "remedy")}
        return {"kind": f"finding, {claim.stage}", **texts}
    if code in items:
        item = items[code]
        settled = "; ".join(" + ".join(need.all) for need in item.needs)
        asked = (
            ""
            if item.ask.of == "never"
            else f"{item.ask.of}: {(item.ask.de if language == 'de' else item.ask.en) or item.question.of(language)}"
        )
        return {
            "kind": f"checklist item, {item.section}", "question": item.question.of(language), "why": item.why.of(language),
            "remedy": item.remedy.of(language), "settled": settled, "asked": asked,
        }  # fmt: skip
    if code in errors:
        error = errors[code]
        return {
            "kind": "error",
            "message": error.message.of(language),
            "hint": error.hint.of(language) if error.hint else "",
            "more": error.more.of(language) if error.more else "",
        }
    near = difflib.get_close_matches(code, [*claims, *items, *errors], 3, 0.5)
    raise click.UsageError(
        f"nothing is called {code!r}."
        + (f" Did you mean {', '.join(near)}?" if near else " `readiness checklist list` shows the items.")
    )
