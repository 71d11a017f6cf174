"""From findings, project and profiles to facts, and to the findings that are computed from them."""

import pytest

from checker.catalogue import claims, finding
from checker.model.finding import Answer, Finding, Grade
from checker.model.profile import DocumentInfo, FieldRoles, Operations, Pagination, Profile, ResourceProfile
from checker.model.scope import FlowScope, Scope
from checker.modes import choose, gather
from checker.project.types import Flow, Limits, Platform, Project, System, Volume

INFO = DocumentInfo(title="t", version="1", openapi="3.1.0", source="t.yaml")
CONTACTS = FlowScope(
    name="contacts", left="crm", left_resource="contacts", right="erp", right_resource="customers",
    directions=(("crm", "erp"), ("erp", "crm")), freshness_minutes=15.0,
)  # fmt: skip
SCOPE = Scope(("crm", "erp"), (CONTACTS,))
FLOW = Flow(name="contacts", left="crm/contacts", right="erp/customers", freshness="15m")


def project(**more) -> Project:
    crm = System(
        sandbox=True,
        limits=Limits(daily_quota=5_000, requests_per_second=1),
        volumes={"contacts": Volume(records=60_000, changed_per_day=2_000)},
    )
    erp = System(limits=Limits(daily_quota=10_000), volumes={"customers": Volume(records=50_000, changed_per_day=10)})
    return Project(**({"project": "p", "systems": {"crm": crm, "erp": erp}, "flows": [FLOW]} | more))


def profile(name: str, page: int | None = 100, **more) -> Profile:
    plain = {"pagination": Pagination(max_page_size=page), "fields": FieldRoles(id="id")}
    return Profile(document=INFO, resources=(ResourceProfile(name=name, **(plain | more)),))


PROFILES = {"crm": profile("contacts"), "erp": profile("customers", None)}


def found(claim: str, subject: str, answer: str = "yes", grade: str = "probed", **values) -> Finding:
    return finding(claim, subject, Answer(answer), Grade(grade), values)


def facts(*findings, **more):
    told = gather(findings, more.pop("scope", SCOPE), more.pop("project", project()), more.pop("profiles", PROFILES))
    return told.facts


def test_every_direction_has_its_facts():
    """Both directions, each with its own source and the other's quota for writing."""
    there, back = facts()
    assert (there.key, back.key) == ("flow:contacts:crm->erp", "flow:contacts:erp->crm")
    assert (there.from_budget.quota.value, there.to_budget.quota.value) == (5_000, 10_000)
    assert (there.own.records, there.own.changed, there.own.page) == (60_000, 2_000, 100)
    assert there.two_way
    assert [one.key for one in there.from_budget.reads] == [there.key]
    assert [one.key for one in there.from_budget.writes] == [back.key]


def test_what_nobody_said_is_unknown_and_names_what_would_settle_it():
    """No finding, no fact."""
    there, _ = facts()
    assert (there.filter.value, there.filter.settled_by) == (None, "updated-since.excludes-older@crm/contacts")
    assert not there.own.polled
    assert there.event_kinds_missing() == ("create", "update")
    assert there.receiver.value is None
    assert there.sweeps


@pytest.mark.parametrize(
    ("findings", "value", "grade"),
    [
        ([found("updated-since.declared", "crm/contacts", grade="documented")], True, "documented"),
        ([found("updated-since.declared", "crm/contacts", "no", "documented")], False, "documented"),
        (
            [
                found("updated-since.declared", "crm/contacts", grade="documented"),
                found("updated-since.excludes-older", "crm/contacts", "no"),
            ],
            False,
            "probed",
        ),
        (
            [
                found("updated-since.declared", "crm/contacts", grade="documented"),
                found("updated-since.excludes-older", "crm/contacts", "unknown"),
            ],
            True,
            "documented",
        ),
        ([found("updated-since.excludes-older", "crm/contacts", grade="simulated")], None, None),
    ],
)
def test_a_probe_outweighs_the_document_and_a_stand_in_says_nothing(findings, value, grade):
    """A filter that is silently ignored is no filter, whatever is written."""
    there, _ = facts(*findings)
    assert (there.filter.value, there.filter.grade) == (value, grade)
    assert there.own.polled is (value is True)


def test_events_by_kind():
    """The document names some kinds only; events that arrived outweigh it; a system without any has none."""
    told = facts(
        found(
            "webhooks.events-declared",
            "crm/contacts",
            "no",
            "documented",
            events=["contact.created"],
            missing=["update", "delete"],
        )
    )[0]
    assert told.event_kinds_missing() == ("update",)
    assert told.events["create"].grade == "documented"
    told = facts(found("webhook.covers-events", "crm/contacts"))[0]
    assert (told.event_kinds_missing(), told.events["update"].proven) == ((), True)
    told = facts(found("webhooks.declared", "crm", "no", "documented"))[0]
    assert told.events["create"].value is False


def test_a_stated_receiver_is_somebodys_word():
    """The platform's address counts as stated; a delivery that was seen counts for more."""
    platform = Platform(receiver_url="https://in.example.com")
    assert facts(project=project(platform=platform))[0].receiver.grade == "answered"
    assert facts(found("webhook.reachable", "crm", "no"), project=project(platform=platform))[0].receiver.value is False


def test_pages_look_ups_and_detail_reads_come_from_the_profiles():
    """Undeclared pages are assumed; an upsert or an external id saves the look-up; detail fields cost a read."""
    profiles = {
        "crm": profile("contacts", detail_fields=("lines",)),
        "erp": profile("customers", 50, operations=Operations(upsert="PUT /customers")),
    }
    there, back = facts(profiles=profiles)
    assert (there.own.detail, there.own.look_up, back.own.page, back.own.look_up) == (1, 0, 50, 1)
    keyed = facts(found("external-id.declared", "crm/contacts", grade="documented"))[1]
    assert keyed.own.look_up == 0
    assert facts()[1].page.grade == "assumed"
    assert facts(found("page-size.honoured", "crm/contacts"))[0].page.grade == "probed"


def test_counted_records_stand_in_for_unstated_ones():
    """But the changes a day can only be stated."""
    bare = project(systems={"crm": System(sandbox=True), "erp": System()})
    there, _ = facts(found("count.known", "crm/contacts", total=40, how="total"), project=bare)
    assert (there.own.records, there.own.changed, there.volumes.known) == (40, None, False)
    assert there.volumes.settled_by == "volumes.stated@crm/contacts"


@pytest.mark.parametrize(
    ("policy", "matters"),
    [(None, True), ("ignore", False), ("ask", True), ({"left-to-right": "ignore", "right-to-left": "delete"}, True)],
)
def test_deletes_matter_unless_they_are_ignored(policy, matters):
    """Only then nobody has to learn of them."""
    flow = Flow(name="contacts", left="crm/contacts", right="erp/customers", on_delete=policy)
    assert facts(project=project(flows=[flow]))[0].deletes_matter is matters


def test_changed_times_are_comparable_only_if_everything_says_so():
    """Both clocks, both sides' stamps; one no is enough."""
    places = [
        ("clock.in-step", "crm"),
        ("clock.in-step", "erp"),
        ("timestamp.precise", "crm/contacts"),
        ("timestamp.precise", "erp/customers"),
    ]
    good = [found(*one) for one in places]
    assert facts(*good)[0].comparable.value is True
    assert facts(*good[1:])[0].comparable.value is None
    assert facts(*good[1:], found("clock.in-step", "crm", "no"))[0].comparable.value is False


def test_a_one_way_flow_is_led_by_its_source():
    """Nobody has to name it."""
    from dataclasses import replace

    one_way = Scope(("crm", "erp"), (replace(CONTACTS, directions=(("erp", "crm"),)),))
    assert [one.leading.value for one in facts(scope=one_way)] == ["erp"]
    assert facts()[0].leading.value is None


def computed(*findings, **more) -> dict[str, Finding]:
    told = gather(findings, more.pop("scope", SCOPE), more.pop("project", project()), PROFILES)
    return {f"{one.id}@{one.subject}": one for one in told.findings}


FILTERS = [found("updated-since.excludes-older", place) for place in ("crm/contacts", "erp/customers")]
VISIBLE = [found("delete.visible", place) for place in ("crm/contacts", "erp/customers")]


def test_the_share_is_held_against_the_recommended_modes():
    """Calls of all directions together: polled every 15 minutes, each change looked up and written into the other side."""
    told = computed(*FILTERS, *VISIBLE)
    # 96 polls + 10 look-ups + 10 writes, and 96 polls + 2,000 look-ups + 2,000 writes, each with a tenth for retries
    assert told["quota.within-share@crm"].values == {"calls": 128, "share": 2_500}
    assert told["quota.within-share@erp"].values == {"calls": 4_506, "share": 5_000}
    assert {told[f"quota.within-share@{one}"].answer for one in ("crm", "erp")} == {Answer.YES}
    assert told["quota.within-share@crm"].grade == "answered"


@pytest.mark.parametrize(
    ("systems", "findings", "reason"),
    [
        ({"crm": System(), "erp": System()}, FILTERS, "no-quota"),
        ({"crm": System(limits=Limits(daily_quota=9)), "erp": System()}, FILTERS, "no-volumes"),
    ],
)
def test_what_is_missing_for_the_sum_is_named(systems, findings, reason):
    """Unknown is an answer, and says why."""
    told = computed(*findings, project=project(systems=systems))["quota.within-share@crm"]
    assert (told.answer, told.values) == (Answer.UNKNOWN, {"reason": reason})


def test_without_a_freshness_the_share_stays_open():
    """No mode, no sum."""
    from dataclasses import replace

    told = computed(*FILTERS, scope=Scope(("crm", "erp"), (replace(CONTACTS, freshness_minutes=None),)))
    assert told["quota.within-share@crm"].values == {"reason": "not-asked"}
    assert computed(scope=Scope(("crm", "erp")), project=project(flows=[]))["quota.within-share@crm"].values == {
        "reason": "no-flow"
    }


def test_quota_and_limit_are_findings():
    """The stated quota is somebody's word; the limit is what the system's headers name."""
    told = computed(found("rate-limit.shown", "crm", limit=60, headers=["X"], remaining=59))
    assert (told["quota.known@crm"].grade, told["quota.known@crm"].values) == ("answered", {"quota": 5_000})
    assert (told["burst.known@crm"].grade, told["burst.known@crm"].values) == ("probed", {"limit": 60})
    assert told["burst.known@erp"].answer is Answer.UNKNOWN
    assert (
        computed(project=project(systems={"crm": System(), "erp": System()}))["quota.known@crm"].answer
        is Answer.UNKNOWN
    )


def test_the_order_of_findings_does_not_matter():
    """Nor which of two contradicting findings comes first."""
    pair = [
        found("updated-since.excludes-older", "crm/contacts"),
        found("updated-since.excludes-older", "crm/contacts", "no"),
    ]
    assert facts(*pair) == facts(*pair[::-1])
    assert facts(*pair)[0].filter.value is False


def test_every_claim_that_settles_a_fact_is_in_the_catalogue():
    """A report can tell the question behind it; what is no claim is an item."""
    for one in choose(facts()).flows:
        for reference in one.settled_by:
            claim, _, subject = reference.partition("@")
            assert claim in claims() or claim == "realtime-vs-daily", reference
            assert subject


def test_a_look_without_any_finding_still_gives_a_recommendation_to_think_about():
    """Provisional, with what would settle it; no mode is invented where nobody stated a freshness."""
    told = choose(facts())
    assert told.provisional
    assert all(one.settled_by for one in told.flows)
    bare = choose(gather((), Scope(("crm", "erp")), project(flows=[]), {}).facts)
    assert (bare.headline, bare.flows) == (None, ())


def test_changes_counted_in_production_take_the_place_of_a_stated_figure():
    """What somebody stated stands; where nobody did, the records' own rate enters the arithmetic."""
    counted = found("change-rate.measured", "crm/contacts", per_day=40, busiest_hour=12)
    assert facts(counted)[0].own.changed == 2_000
    unstated = project(systems={"crm": System(volumes={"contacts": Volume(records=100)}), "erp": System()})
    there, _ = facts(counted, project=unstated)
    assert (there.own.changed, there.own.busiest_hour, there.volumes.value) == (40, 12, True)
    in_test = found(
        "change-rate.measured", "crm/contacts", "unknown", per_day=40, busiest_hour=12, reason="test-system-only"
    )
    assert facts(in_test, project=unstated)[0].own.changed is None
