"""Small worlds to judge: claims, items and findings with as few words as possible."""

from datetime import date

from checker.catalogue import Claim
from checker.checklist.judge import judge
from checker.model.audit import Result
from checker.model.checklist import Answers, Ask, Choice, Gate, Item, Need, Severity, Text
from checker.model.finding import Answer, Finding, Grade
from checker.model.scope import FlowScope, Scope

TODAY = date(2026, 11, 27)
CONTACTS = FlowScope(
    name="contacts", left="crm", left_resource="contacts", right="erp", right_resource="customers",
    directions=(("crm", "erp"), ("erp", "crm")), role="contact", freshness_minutes=5.0, events=("crm", "erp"),
)  # fmt: skip
INVOICES = FlowScope(
    name="invoices", left="crm", left_resource="bills", right="erp", right_resource="invoices",
    directions=(("erp", "crm"),), role="invoice", freshness_minutes=1440.0,
)  # fmt: skip
SCOPE = Scope(("crm", "erp"), (CONTACTS, INVOICES))


def text(words: str) -> Text:
    return Text(en=words, de=f"{words} (de)")


def claim(stage: str = "probe", scope: str = "resource") -> Claim:
    return Claim(
        stage=stage, scope=scope, question=text("does it hold?"), yes=text("it holds"), no=text("it does not hold"),
        unknown=text("open"), remedy=text("mend {what}"),
    )  # fmt: skip


CLAIMS = {
    "walk.ends": claim(),
    "walk.complete": claim(),
    "walk.declared": claim("document"),
    "keys.declared": claim("document"),
    "login.accepted": claim("probe", "system"),
    "quota.fits": claim("computed", "system"),
    "create.works": claim("write"),
    "duplicates.none": claim("data"),
    "policy.stated": claim("project", "flow"),
    "order.computed": claim("project", "pair"),
    "way.open": claim("document", "direction"),
}


def item(id: str = "walk", **changes) -> Item:
    plain = {
        "section": "api", "question": text("does a walk end?"), "why": text("why"), "remedy": text("mend the item"),
        "scope": "resource", "severity": Severity.BLOCKER, "assignee": "it", "gate": Gate.BUILD,
    }  # fmt: skip
    return Item(id=id, **(plain | changes))


def need(*claims: str, grade: Grade | None = None, gives: str = "ready", measure: str | None = None) -> Need:
    return Need(all=claims, grade=grade, gives=gives, measure=text(measure) if measure else None)


def ask(of: str = "lead", **gives: str) -> Ask:
    choices = tuple(Choice(id=name, en=name, de=name, gives=given) for name, given in gives.items())
    return Ask(of=of, en="which?", de="welche?", choices=choices)


def found(id: str, subject: str, answer: str = "yes", grade: str = "probed", **values) -> Finding:
    told = Answer(answer)
    return Finding(
        id=id, subject=subject, answer=told, grade=Grade(grade), says=f"{id} at {subject}: {answer}", values=values
    )


def judged(items, findings=(), answers=None, scope=SCOPE, **more) -> list[Result]:
    return list(judge(
        tuple(items), findings, answers or Answers(), scope, claims=CLAIMS, today=more.pop("today", TODAY), **more,
    ))  # fmt: skip


def one(item_: Item, findings=(), answers=None, at: str | None = None, **more) -> Result:
    """The only result, or the one about `at`."""
    results = [result for result in judged([item_], findings, answers, **more) if at in (None, result.subject)]
    assert len(results) == 1, results
    return results[0]
