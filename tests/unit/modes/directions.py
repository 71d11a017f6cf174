"""Facts of one direction, all well unless a test says otherwise."""

from dataclasses import replace

from checker.model.finding import Grade
from checker.modes.facts import Budget, Fact, Load, ModeFacts

KEY = "flow:contacts:crm->erp"


def seen(*, value=True, claim="seen.live@crm/contacts") -> Fact:
    return Fact(value, Grade.PROBED, claim)


def stated(*, value=True, claim="stated.by-people@crm") -> Fact:
    return Fact(value, Grade.ANSWERED, claim)


def written(*, value=True, claim="written.down@crm/contacts") -> Fact:
    return Fact(value, Grade.DOCUMENTED, claim)


def nobody(claim="nobody.knows@crm/contacts") -> Fact:
    return Fact(settled_by=claim)


def direction(*, records=1_000, changed=100, quota=5_000, target_quota=100_000, freshness=15.0, **changes) -> ModeFacts:
    """Contacts from crm to erp: a proven filter, no events, figures stated by people."""
    filter_ = changes.get("filter", seen(claim="updated-since.excludes-older@crm/contacts"))
    visible = changes.get("deletes_visible", seen())
    own = Load(
        key=KEY, records=records, changed=changed, polled=filter_.value is True, sweep=visible.value is not True,
        look_up=changes.pop("look_up", 0), batch=changes.pop("batch", 1),
    )  # fmt: skip
    quotas = [
        Fact(one, Grade.ANSWERED if one else None, f"quota.known@{system}")
        for one, system in ((quota, "crm"), (target_quota, "erp"))
    ]
    facts = ModeFacts(
        flow="contacts", source="crm", target="erp", source_resource="contacts", target_resource="customers",
        freshness=stated(value=freshness) if freshness else nobody("realtime-vs-daily@flow:contacts"),
        leading=stated(value="crm"), listable=seen(), keys_stable=written(), filter=filter_, moves=seen(), comparable=seen(),
        own_writes=seen(), deletes_visible=visible, volumes=stated(), own=own,
        from_budget=Budget(system="crm", quota=quotas[0], reads=(own,)),
        to_budget=Budget(system="erp", quota=quotas[1], writes=(own,)),
    )  # fmt: skip
    return replace(
        facts, **{name: value for name, value in changes.items() if name not in ("filter", "deletes_visible")}
    )


EVENTS = {
    "events": {"create": seen(), "update": seen(), "delete": seen()},
    "receiver": seen(),
    "thin_events": seen(value=False),
}
