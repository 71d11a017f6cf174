"""Rules R0 to R11 of checklist.md, D2: which mode, why, and why not a faster one."""

import pytest
from directions import EVENTS, direction, nobody, seen, stated, written

from checker.catalogue.mode_texts import KINDS, mode_texts, say, told
from checker.modes.rules import choose, mode_of

NO_FILTER = {"filter": seen(value=False, claim="updated-since.excludes-older@crm/contacts")}
UNKNOWN_FILTER = {"filter": nobody("updated-since.excludes-older@crm/contacts")}


@pytest.mark.parametrize(
    ("changes", "rule", "mode", "interval"),
    [
        ({"listable": seen(value=False)}, "R1", "not-possible-yet", None),
        ({"keys_stable": seen(value=False)}, "R1", "not-possible-yet", None),
        ({"listable": seen(value=False), **EVENTS}, "R2", "webhooks", 60),
        ({"freshness": 1440.0, **EVENTS}, "R0", "daily", 1440),
        ({"freshness": 1440.0, **NO_FILTER}, "R0", "daily", 1440),
        (EVENTS, "R2", "webhooks", 60),
        ({**EVENTS, **NO_FILTER}, "R2", "webhooks", 1440),
        ({**EVENTS, "receiver": nobody()}, "R4", "polling", 15),
        ({**EVENTS, "receiver": seen(value=False)}, "R4", "polling", 15),
        ({"events": {"create": seen()}, "receiver": seen()}, "R4", "polling", 15),
        ({"freshness": 240.0}, "R4", "polling", 60),
        ({"freshness": 14.0}, "R4", "polling", 10),
        ({"filter": written()}, "R4", "polling", 15),
        ({"freshness": 60.0, **NO_FILTER}, "R5", "full-compare", 60),
        ({"freshness": 240.0, **NO_FILTER}, "R5", "full-compare", 240),
        ({"records": 250_000, "freshness": 60.0, **NO_FILTER}, "R6", "not-possible-yet", None),
        ({"records": 600_000, "freshness": 1440.0, **NO_FILTER}, "R6", "not-possible-yet", None),
        ({"target_quota": 100, "freshness": 60.0}, "R6", "not-possible-yet", None),
        ({"freshness": 4.0}, "R7", "daily", 1440),
    ],
)
def test_the_first_rule_that_matches_decides(changes, rule, mode, interval):
    """Every rule with a case of its own, in the order R1, R0, R2, R4, R5, R6, R7."""
    told_ = mode_of(direction(**changes))
    assert (told_.rule, told_.mode, told_.interval_minutes) == (rule, mode, interval)


def test_nothing_answered_recommends_nothing_and_shows_everything():
    """Without a freshness the alternatives stand side by side."""
    told_ = mode_of(direction(freshness=None))
    assert (told_.mode, told_.rule, told_.interval_minutes, told_.staleness_minutes) == (None, None, None, None)
    assert [(one.mode, one.interval_minutes) for one in told_.alternatives] == [
        *(("polling", minutes) for minutes in (5, 10, 15, 30, 60)), ("full-compare", 1440), ("daily", 1440),
    ]  # fmt: skip
    assert told_.settled_by[0] == "realtime-vs-daily@flow:contacts"
    assert told_.provisional
    assert told_.why_not_faster is None
    assert "nobody has said yet" in told_.reasons[0]


def test_the_longest_interval_that_fits_is_taken_and_the_shortest_printed_beside_it():
    """T ≤ freshness; both numbers are told."""
    told_ = mode_of(direction(freshness=30.0))
    assert told_.interval_minutes == 30
    assert told_.reasons[1] == "the shortest interval that fits the quota is 5 minutes"
    assert told_.arithmetic["smallest_interval_minutes"] == 5


def test_an_interval_that_exceeds_the_share_is_not_recommended():
    """At 400 usable calls five minutes are too many, fifteen are fine, and the reader sees by how much."""
    told_ = mode_of(direction(quota=400, freshness=15.0))
    rows = {one.interval_minutes: (one.calls_per_day, one.fits) for one in told_.alternatives if one.mode == "polling"}
    assert rows[5] == (317, False)
    assert rows[10] == (158, True)
    assert told_.interval_minutes == 15
    late = mode_of(direction(quota=400, freshness=5.0))
    assert (late.rule, late.mode) == ("R7", "daily")
    assert "the shortest interval that fits the quota is 10 minutes" in late.reasons
    assert "not every 5 minutes: that needs 317 calls a day, 200 are usable" in late.why_not_faster


def test_the_system_that_is_strained_more_is_shown():
    """Writes count against the target's quota."""
    told_ = mode_of(direction(changed=2_000, target_quota=5_000, quota=100_000))
    assert (told_.arithmetic["system"], told_.arithmetic["usable"]) == ("erp", 2_500)
    assert {one.fits for one in told_.alternatives if one.interval_minutes == 5} == {True}
    assert told_.alternatives[0].terms == {"write": 2_000}


def test_a_missing_quota_rules_nothing_out_but_makes_it_provisional():
    """No number, no verdict about fitting; the question that would change it is named."""
    told_ = mode_of(direction(quota=None))
    assert (told_.rule, told_.provisional, told_.settled_by) == ("R4", True, ("quota.known@crm",))
    assert {one.fits for one in told_.alternatives} == {None}


def test_missing_volumes_print_no_numbers():
    """Without changes a day there are no calls, and the question is named."""
    told_ = mode_of(direction(records=None, changed=None, volumes=nobody("volumes.stated@crm/contacts")))
    assert {one.calls_per_day for one in told_.alternatives} == {None}
    assert told_.settled_by == ("volumes.stated@crm/contacts",)
    assert told_.arithmetic["initial_load"] is None


def test_a_list_of_unknown_size_is_told_as_such():
    """Nobody claims that reading everything is cheap."""
    told_ = mode_of(
        direction(records=None, freshness=60.0, volumes=nobody("volumes.stated@crm/contacts"), **UNKNOWN_FILTER)
    )
    assert (told_.rule, told_.mode) == ("R5", "full-compare")
    assert "which nobody has stated" in told_.reasons[0]
    assert told_.settled_by == ("volumes.stated@crm/contacts", "updated-since.excludes-older@crm/contacts")


@pytest.mark.parametrize(
    ("changes", "settled_by"),
    [
        ({}, ()),
        (
            {"filter": written(claim="updated-since.excludes-older@crm/contacts")},
            ("updated-since.excludes-older@crm/contacts",),
        ),
        ({"moves": nobody("timestamp.moves-on-update@crm/contacts")}, ("timestamp.moves-on-update@crm/contacts",)),
        ({**EVENTS, "receiver": stated(claim="webhook.reachable@crm")}, ("webhook.reachable@crm",)),
        ({**EVENTS, "events": {"create": written(), "update": seen()}}, ("written.down@crm/contacts",)),
        (
            {"two_way": True, "own_writes": nobody("changed-by.own-user-shown@crm/contacts")},
            ("changed-by.own-user-shown@crm/contacts",),
        ),
        (
            {"freshness": 1440.0, "leading": nobody("flow.leading-named@flow:contacts")},
            ("flow.leading-named@flow:contacts",),
        ),
    ],
)
def test_what_is_not_proven_makes_it_provisional_and_is_named(changes, settled_by):
    """R10: the one probe or question that would change the recommendation."""
    told_ = mode_of(direction(**changes))
    assert (told_.provisional, told_.settled_by) == (bool(settled_by), settled_by)
    assert ("R10" in told_.riders) is told_.provisional


@pytest.mark.parametrize(
    ("changes", "rider", "rides"),
    [
        ({"two_way": True}, "R8", False),
        ({"two_way": True, "own_writes": nobody()}, "R8", True),
        ({"two_way": True, "comparable": seen(value=False)}, "R8", True),
        ({"own_writes": nobody()}, "R8", False),
        ({"deletes_visible": nobody()}, "R9", True),
        ({"deletes_visible": seen(value=False)}, "R9", True),
        ({"deletes_visible": nobody(), "deletes_matter": False}, "R9", False),
        ({"deletes_visible": nobody(), "freshness": 60.0, **NO_FILTER}, "R9", False),
        ({"deletes_visible": seen()}, "R9", False),
    ],
)
def test_riders(changes, rider, rides):
    """R8 and R9 are added to any mode that needs them; a full compare sees deletes by itself."""
    assert (rider in mode_of(direction(**changes)).riders) is rides


def test_the_nightly_id_check_is_part_of_the_sum():
    """R9 costs ⌈N/P⌉ calls a night."""
    told_ = mode_of(direction(records=31_000, deletes_visible=nobody()))
    assert told_.alternatives[0].terms["sweep"] == 310


def test_figures_of_a_test_system_do_not_transfer():
    """R11: volumes counted, or events seen, in a sandbox say nothing of production."""
    from dataclasses import replace

    facts = direction(volumes=seen())
    sandbox = replace(facts, from_budget=replace(facts.from_budget, sandbox=True))
    assert "R11" in mode_of(sandbox).riders
    assert "R11" not in mode_of(facts).riders
    events = direction(**EVENTS)
    assert "R11" in mode_of(replace(events, from_budget=replace(events.from_budget, sandbox=True))).riders


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        (EVENTS, []),
        ({"freshness": 1440.0}, ["faster-not-needed"]),
        ({}, ["no-events", "shorter-not-needed"]),
        ({"freshness": 5.0}, ["no-events"]),
        ({**EVENTS, "receiver": nobody()}, ["no-receiver", "shorter-not-needed"]),
        ({**EVENTS, "receiver": seen(value=False)}, ["receiver-unreachable", "shorter-not-needed"]),
        (
            {**EVENTS, "thin_events": seen(), "changed": 2_400, "freshness": 60.0, "quota": 5_000},
            ["events-unaffordable", "shorter-not-needed"],
        ),
        ({"quota": 400, "freshness": 10.0}, ["no-events", "too-many-calls"]),
        ({"freshness": 60.0, **NO_FILTER}, ["no-events", "no-filter"]),
        ({"freshness": 4.0}, ["no-events", "interval-too-long"]),
        ({"records": 250_000, "freshness": 60.0, **NO_FILTER}, []),
    ],
)
def test_why_not_faster(changes, codes):
    """Always the next faster mode, in one line, in both languages."""
    told_ = mode_of(direction(**changes))
    kept = told_.says["why_not_faster"]
    assert [one["code"] for one in kept] == codes
    assert (told_.why_not_faster or "") == "; ".join(say(one, "en") for one in kept)
    assert all(say(one, "de") for one in kept)


def test_missing_kinds_of_events_are_named_in_both_languages():
    """The sentence names the very kinds that are missing."""
    kept = mode_of(direction(events={"create": seen()}, receiver=seen())).says["why_not_faster"][0]
    assert say(kept, "en") == "not in real time: crm is not known to send events (contacts: update)"
    assert "(contacts: Änderung)" in say(kept, "de")


def test_staleness_of_each_mode():
    """Minutes, mean and worst; events are as old as measured, and a lost one waits for the check run."""
    assert _ages(direction(freshness=10.0)) == (6, 11)
    assert _ages(direction(freshness=10.0, delay=1.0)) == (7, 12)
    assert _ages(direction(freshness=1440.0)) == (720, 1441)
    assert _ages(direction(**EVENTS)) == (None, 60)
    assert _ages(direction(**EVENTS, delivery=seen(value=0.05))) == (0.05, 60)
    assert _ages(direction(**EVENTS, **NO_FILTER)) == (None, 1440)


def _ages(facts):
    told_ = mode_of(facts).staleness_minutes
    return told_.mean, told_.worst


def test_the_first_load_is_reckoned_too():
    """60,000 contacts, looked up and written one by one, inside the target's share."""
    told_ = mode_of(direction(records=60_000, changed=2_000, quota=1_000_000, target_quota=5_000, look_up=1))
    assert told_.arithmetic["system"] == "erp"
    assert told_.arithmetic["initial_load"] == {"calls": 120_600, "days": 48.2}


def test_a_row_ceiling_limits_the_interval():
    """A run at the peak has to fit under the ceiling of one query."""
    rows = {
        one.interval_minutes: one.fits
        for one in mode_of(direction(changed=9_600, row_ceiling=seen(value=600), quota=100_000)).alternatives
    }
    assert (rows[30], rows[60]) == (True, False)


def test_the_headline():
    """One mode over all directions is the headline, several are mixed, none is none."""
    from dataclasses import replace

    polling, daily, none = direction(), direction(freshness=1440.0), direction(freshness=None)
    assert choose([polling, polling]).headline == "polling"
    assert choose([polling, daily]).headline == "mixed"
    assert choose([none]).headline is None
    assert choose([]).headline is None
    assert choose([]).provisional
    back = replace(direction(), source="erp", target="crm")
    mixed = choose([direction(**EVENTS), back])
    assert mixed.headline == "mixed"
    assert all("one way only" in one.reasons[-1] for one in mixed.flows)
    assert all(one.says["reasons"][-1]["code"] == "directions-differ" for one in mixed.flows)


def test_every_sentence_reads_in_both_languages():
    """No text is empty, and both languages take the same values."""
    import re

    for code, text in mode_texts().items():
        assert text.en, code
        assert text.de, code
        assert set(re.findall(r"{(\w+)}", text.en)) == set(re.findall(r"{(\w+)}", text.de)), code
    assert set(KINDS) >= {"create", "update", "delete"}
    with pytest.raises(KeyError):
        told("no-such-sentence")
