"""Plans, results and open decisions of a sync as text: counts first, then examples, personal data masked."""

from __future__ import annotations

import itertools
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from checker.client import mask
from checker.model.sync import Action, FlowPlan, Kind, Notice, Plan, Which
from checker.model.text import safe
from checker.sync.applied import Applied, Left
from checker.sync.exact import encoded

MOST_CHANGES = 5  # of a flow, unless all are asked for
MOST_IDS = 3  # examples of a kind of notice
LONGEST_VALUE = 40
Names = Mapping[str, Mapping[Which, str]]  # flow → side → system
Texts = Mapping[str, str]

TEXTS: Mapping[str, Texts] = {
    "en": {
        "flow": "flow", "create": "create in", "update": "update in", "notices": "notices", "nothing": "Nothing would be written: both systems agree.",
        "would": "Would be written", "writes": "{count} writes", "more": "and {count} more", "open": "Reported, not done", "done": "Done: {done}   refused: {refused}   unknown: {unknown}   awaiting a decision: {open}",
        "refused": "Refused or held back, everything else went on", "unknown": "Outcome unknown, never sent again by itself; the next plan looks", "stopped": "{flow}: stopped, {system} didn't answer; {left} writes are left for the next plan",
        "links": "links", "last": "last run", "never": "nothing was synchronised yet", "broken": "was broken off; the next plan looks what came of it", "pending": "writes of unknown outcome",
        "conflict": "conflict: both sides changed it", "deleted": "deleted on one side", "ambiguous": "one key, several records", "not-created": "not created (policy)",
        "not-updated": "not changed (policy)", "untranslatable": "value that can't be taken over", "unlinked": "points at a record without counterpart", "unsettled": "spelled differently by the target",
        "refused-before": "refused by the target before", "agree": "Write this?", "written-to": "{count} writes to {systems}",
        "moved": "changed meanwhile", "gone": "no longer there", "no-parent": "the record around is missing", "cannot-move": "can't move to another record",
    },
    "de": {
        "flow": "Datenfluss", "create": "anlegen in", "update": "ändern in", "notices": "Hinweise", "nothing": "Es würde nichts geschrieben: beide Systeme stimmen überein.",
        "would": "Geschrieben würde", "writes": "{count} Schreibvorgänge", "more": "und {count} weitere", "open": "Gemeldet, nicht ausgeführt", "done": "Ausgeführt: {done}   abgelehnt: {refused}   ungewiss: {unknown}   zu entscheiden: {open}",
        "refused": "Abgelehnt oder zurückgehalten, alles andere lief weiter", "unknown": "Ausgang ungewiss, wird nicht von selbst wiederholt; der nächste Plan sieht nach", "stopped": "{flow}: angehalten, {system} antwortete nicht; {left} Schreibvorgänge bleiben für den nächsten Plan",
        "links": "Verknüpfungen", "last": "letzter Lauf", "never": "es wurde noch nichts abgeglichen", "broken": "wurde abgebrochen; der nächste Plan sieht nach, was daraus wurde", "pending": "Schreibvorgänge mit ungewissem Ausgang",
        "conflict": "Konflikt: beide Seiten haben es geändert", "deleted": "auf einer Seite gelöscht", "ambiguous": "ein Schlüssel, mehrere Datensätze", "not-created": "nicht angelegt (Regel)",
        "not-updated": "nicht geändert (Regel)", "untranslatable": "Wert nicht übertragbar", "unlinked": "verweist auf einen Datensatz ohne Gegenstück", "unsettled": "vom Zielsystem anders geschrieben",
        "refused-before": "vom Zielsystem schon einmal abgelehnt", "agree": "Jetzt schreiben?", "written-to": "{count} Schreibvorgänge in {systems}",
        "moved": "inzwischen geändert", "gone": "nicht mehr vorhanden", "no-parent": "der umgebende Datensatz fehlt", "cannot-move": "kann nicht in einen anderen Datensatz wechseln",
    },
}  # fmt: skip


def plan_lines(plan: Plan, systems: Names, language: str, *, everything: bool = False) -> Iterator[str]:
    """The plan's summary: a table of counts, examples of what would be written, what is reported."""
    texts = TEXTS[language]
    yield from _table(plan, systems, texts)
    actions = [one for flow in plan.flows for one in flow.actions]
    yield ""
    if actions:
        yield f"{texts['would']}:"
    else:
        yield texts["nothing"]
    for flow in plan.flows:
        shown = flow.actions if everything else flow.actions[:MOST_CHANGES]
        yield from (f"  {_action(one, systems, texts)}" for one in shown)
        if len(flow.actions) > len(shown):
            yield f"  {flow.flow}: {texts['more'].format(count=len(flow.actions) - len(shown))}"
    yield from notice_lines([one for flow in plan.flows for one in flow.notices], texts)


def _table(plan: Plan, systems: Names, texts: Texts) -> Iterator[str]:
    columns = [
        (kind, name) for kind in Kind for name in sorted({one for held in systems.values() for one in held.values()})
    ]
    head = [texts["flow"], *(f"{texts[kind.value]} {safe(name)}" for kind, name in columns), texts["notices"]]
    rows = [
        [safe(flow.flow), *(str(_count(flow, systems, *one)) for one in columns), str(len(flow.notices))]
        for flow in plan.flows
    ]
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    for row in (head, *rows):
        yield "  ".join(cell.ljust(width) if at == 0 else cell.rjust(width) for at, (cell, width) in enumerate(zip(row, widths, strict=True)))  # fmt: skip


def _count(flow: FlowPlan, systems: Names, kind: Kind, system: str) -> int:
    return sum(1 for one in flow.actions if one.kind is kind and systems[flow.flow][one.side] == system)


def _action(action: Action, systems: Names, texts: Texts) -> str:
    target = systems[action.flow][action.side]
    changes = ", ".join(_change(one, action.side) for one in action.changes)
    record = f" {safe(action.record)}" if action.record else f" ← {safe(action.source)}"
    return f"{safe(action.flow)}: {texts[action.kind.value]} {safe(target)}{record}: {safe(changes, 200)}"


def _change(one: Any, side: Which) -> str:
    name = one.left if side is Which.LEFT else one.right
    before, after = masked(name, one.before), masked(name, one.after)
    return f"{name} {_short(after)}" if one.before is None else f"{name} {_short(before)} → {_short(after)}"


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= LONGEST_VALUE else text[:LONGEST_VALUE] + "…"


def masked(name: str, value: Any) -> Any:
    """A value as it may be shown: of personal fields the shape only."""
    last = name.rpartition(" + ")[2].rpartition(".")[2]
    if isinstance(value, str):
        return mask.field(last, value)
    if isinstance(value, list | dict):
        return json.loads(mask.json_text(encoded({last: value}).decode()))[last]
    return mask.field(last, str(value)) if mask.kind_of(last) == "number" and value is not None else value


def notice_lines(notices: Sequence[Notice], texts: Texts) -> Iterator[str]:
    """What is reported, counted by flow, kind and field, with the ids of some."""
    if not notices:
        return
    yield ""
    yield f"{texts['open']}:"
    groups = itertools.groupby(sorted(notices, key=_group), key=_group)
    for (flow, kind, on_field, decides), held in groups:
        all_of = list(held)
        ids = ", ".join(
            "/".join(safe(one) for one in (notice.left, notice.right) if one) for notice in all_of[:MOST_IDS]
        )
        more = f", {texts['more'].format(count=len(all_of) - MOST_IDS)}" if len(all_of) > MOST_IDS else ""
        where = f" {safe(on_field)}" if on_field else ""
        says = f" [{safe(decides)}]" if decides else ""
        label = texts["refused-before"] if kind == "refused" else texts[kind]
        yield f"  {safe(flow)}{where}: {label}: {len(all_of)}{says}" + (f"  ({ids}{more})" if ids else "")


def _group(one: Notice) -> tuple[str, str, str, str]:
    return one.flow, one.kind.value, one.on_field or "", one.decides or ""


def applied_lines(applied: Applied, language: str) -> Iterator[str]:
    """What came of a plan."""
    texts = TEXTS[language]
    yield texts["done"].format_map(applied.counts)
    for stopped in applied.stopped:
        values = {"flow": safe(stopped.flow), "system": safe(stopped.system or "?"), "left": stopped.left}
        yield texts["stopped"].format_map(values)
    yield from _left(applied.refused, texts["refused"], texts)
    yield from _left(applied.unknown, texts["unknown"], texts)
    yield from notice_lines(applied.notices, texts)


def _left(left: Iterable[Left], title: str, texts: Texts) -> Iterator[str]:
    held = list(left)
    if not held:
        return
    yield ""
    yield f"{title}:"
    for one in held:
        why = {"refused": "", "unknown": ""}.get(one.reason, texts.get(one.reason, one.reason))
        parts = (safe(one.action), why, str(one.status or ""), safe(one.says, 200))
        yield "  " + "  ".join(part for part in parts if part)


def masked_plan(plan: Plan) -> dict[str, Any]:
    """The plan for programs: everything but personal values, which keep their shape."""
    made: dict[str, Any] = json.loads(mask.json_text(encoded(plan).decode()))
    for flow, shown in zip(plan.flows, made["flows"], strict=True):
        for action, one in zip(flow.actions, shown["actions"], strict=True):
            for change, seen in zip(action.changes, one["changes"], strict=True):
                name = change.left if action.side is Which.LEFT else change.right
                seen["before"], seen["after"] = (
                    json.loads(encoded(masked(name, held))) for held in (change.before, change.after)
                )
    return made


def counted(notices: Iterable[Notice]) -> dict[str, int]:
    """How many notices of each kind."""
    return dict(sorted(Counter(one.kind.value for one in notices).items()))
