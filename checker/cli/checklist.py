"""`readiness checklist`: the items themselves."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from checker.cli.options import CONTEXT, emit_json, format_option, language_option

if TYPE_CHECKING:
    from checker.model.checklist import Pack


@click.group("checklist", context_settings=CONTEXT)
def command() -> None:
    """The checklist itself: list, show, check.

    \b
    Examples:
      readiness checklist list --section api
      readiness checklist show on-delete
      readiness checklist check my-checklist.yaml
    """


def _packs(names: tuple[str, ...]) -> tuple[Pack, ...]:
    from checker.checklist.load import load_packs

    return load_packs(names or ("core",), relative_to=Path.cwd())


@command.command("list", context_settings=CONTEXT)
@click.option("--section", help="Only this section.")
@click.option("--pack", "packs", multiple=True, help="A pack's name or an own file; default: core.")
@language_option
@format_option
def list_items(section: str | None, packs: tuple[str, ...], language: str | None, form: str) -> None:
    """List the items, by section.

    \b
    Example: readiness checklist list --section matching --language de
    """
    loaded = _packs(packs)
    known = {one.section for pack in loaded for one in pack.items}
    if section is not None and section not in known:
        raise click.UsageError(f"there is no section {section!r}; sections: {', '.join(sorted(known))}")
    items = [one for pack in loaded for one in pack.items if section in (None, one.section)]
    if form == "json":
        import msgspec

        emit_json("checklist list", msgspec.to_builtins(items))
        return
    titles = {name: text for pack in loaded for name, text in pack.sections.items()}
    last = None
    for item in items:
        if item.section != last:
            last = item.section
            title = titles.get(last)
            click.echo(f"\n{title.of(language or 'en') if title else last}")
        click.echo(f"  {item.id:30} {item.question.of(language or 'en')}")
    click.echo(f"\n{len(items)} items")


@command.command("show", context_settings=CONTEXT)
@click.argument("item_id")
@language_option
@format_option
def show(item_id: str, language: str | None, form: str) -> None:
    """Show one item at length.

    \b
    Example: readiness checklist show pagination
    """
    from checker.cli.explain import command as explain

    click.get_current_context().invoke(explain, code=item_id, language=language, form=form)


@command.command("check", context_settings=CONTEXT)
@click.argument("files", nargs=-1)
@format_option
def check(files: tuple[str, ...], form: str) -> None:
    """Check checklist files of your own: shape, texts in both languages, claims that exist.

    \b
    Example: readiness checklist check our-items.yaml
    """
    items = [item.id for pack in _packs(files) for item in pack.items]
    if form == "json":
        emit_json("checklist check", {"items": items})
    else:
        click.echo(f"{len(items)} items are right")
