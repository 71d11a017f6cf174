"""The arithmetic of checklist.md, D3, number by number."""

import pytest

from checker.model.finding import Grade
from checker.modes import arithmetic as a
from checker.modes.facts import Budget, Fact, Load
from checker.modes.sums import Plan, cost, polling_plan

OVERLAP = 2.0


def limits_of_the_example(batch: int, look_up: int = 0, **more) -> Budget:
    """5,000 calls a day, half of them usable; four objects polled, all 2,000 changes a day in one of them; 100 rows a page."""
    busy = Load(key="contacts", records=60_000, changed=2_000, page=100, look_up=look_up, batch=batch)
    idle = [Load(key=f"idle-{n}", records=100, changed=0, page=100) for n in range(3)]
    return Budget(system="erp", quota=Fact(5_000, Grade.ANSWERED), reads=(busy, *idle), writes=(busy,), **more)


@pytest.mark.parametrize(
    ("interval", "batch", "read", "write", "calls", "fits"),
    [
        (5, 1, 1_152, 2_000, 3_467, False),
        (15, 1, 384, 2_000, 2_622, False),
        (30, 1, 192, 2_000, 2_411, True),
        (5, 50, 1_152, 288, 1_584, True),
        (15, 50, 384, 96, 528, True),
        (30, 50, 192, 48, 264, True),
    ],
)
def test_the_worked_example(interval, batch, read, write, calls, fits):
    """Batch writing decides here, not the interval."""
    told = cost(limits_of_the_example(batch), lambda _: polling_plan(interval), OVERLAP)
    assert (told.terms["read"], told.terms["write"]) == (read, write)
    assert (round(told.calls), told.usable, told.fits) == (calls, 2_500, fits)


def test_fifteen_minutes_miss_by_five_percent():
    """The example says by how much."""
    told = cost(limits_of_the_example(1), lambda _: polling_plan(15), OVERLAP)
    assert round((told.calls / told.usable - 1) * 100) == 5


def test_the_first_load_of_the_example():
    """60,000 contacts: 120,600 calls one by one, 33.5 hours at 60 a minute but 48 days in the share; 1,800 with upsert and batches."""
    single = a.initial_load_calls(60_000, page=100, look_up=1, batch=1)
    assert single == 120_600
    assert a.hours(single, 60) == 33.5
    assert round(a.days(single, 5_000 * 0.5)) == 48
    batched = a.initial_load_calls(60_000, page=100, look_up=0, batch=50)
    assert batched == 1_800
    assert a.hours(batched, 60) == 0.5


def test_full_reads_of_the_example():
    """250,000 records are 2,500 calls: fine once a day, 720,000 at five minutes."""
    once = a.full_compare_calls(250_000, 100)
    assert once == 2_500
    assert once * a.runs_per_day(5) == 720_000
    assert a.fits_quota(once, 5_000 * 0.5)


@pytest.mark.parametrize(("interval", "read", "calls", "fits"), [(5, 1_152, 2_587, False), (10, 576, 1_954, True)])
def test_the_figures_of_the_reports_first_page(interval, read, calls, fits):
    """Four objects, a nightly delete check of 310 calls, 890 for look-ups and writes (report-and-words.md, section 1)."""
    swept = Load(key="articles", records=31_000, changed=0, sweep=True)
    idle = [Load(key=f"idle-{n}", changed=0) for n in range(3)]
    written = Load(key="orders", changed=445, look_up=1)
    budget = Budget(system="erp", quota=Fact(5_000, Grade.DOCUMENTED), reads=(swept, *idle), writes=(written,))
    told = cost(budget, lambda _: polling_plan(interval), OVERLAP)
    assert told.terms == {"read": read, "sweep": 310, "lookup": 445, "write": 445}
    assert (round(told.calls), told.fits) == (calls, fits)


@pytest.mark.parametrize(
    ("changed", "page", "interval", "calls"),
    [(0, 100, 5, 288), (2_000, 100, 5, 288), (100_000, 100, 60, 24 * 44), (14_400, 10, 10, 144 * 12)],
)
def test_polling_costs_at_least_a_call_per_run(changed, page, interval, calls):
    """An idle object costs one call per run, a busy one its pages."""
    assert a.poll_calls(changed, page, interval, OVERLAP) == calls


def test_single_terms():
    """Detail reads count the overlap twice, events only when they are thin, look-ups only where they are needed."""
    assert a.detail_calls(100, 1, interval=4, overlap=2) == 150
    assert a.detail_calls(100, 0, interval=4, overlap=2) == 0
    assert (a.event_calls(100, thin=True), a.event_calls(100, thin=False)) == (100, 0)
    assert (a.look_up_calls(100, 1), a.look_up_calls(100, 0)) == (100, 0)


@pytest.mark.parametrize(
    ("changed", "batch", "interval", "calls"),
    [(2_000, 50, 5, 288), (10, 50, 5, 10), (2_000, 50, 1440, 40), (2_000, 1, 1440, 2_000), (2_000, 50, None, 2_000)],
)
def test_batches_only_fill_when_the_interval_is_long(changed, batch, interval, calls):
    """At five minutes a batch goes out half empty; an event's change goes out alone."""
    assert a.write_calls(changed, batch, interval) == calls


def test_row_ceiling():
    """At the peak a run may meet three times the average; records that share one time must fit into one answer."""
    assert a.rows_per_run(14_400, 10) == 300
    assert a.time_cursor_passes(10_000, 10_000)
    assert not a.time_cursor_passes(10_001, 10_000)


def test_staleness():
    """Ten minutes of polling are six on average and eleven at worst; a lost event waits for the check run; a day is a day."""
    assert a.polling_staleness(10, delay=0, run=1) == (6, 11)
    assert a.polling_staleness(10, delay=1, run=1) == (7, 12)
    assert a.webhook_staleness(0.05, 60) == (0.05, 60)
    assert a.daily_staleness(10) == (720, 1450)


def test_lost_events():
    """A thousandth of a hundred a day is 36 a year, one every ten days."""
    assert a.lost_events_per_year(0.001, 100) == 36.5


def test_the_busiest_run():
    """Pages, look-ups and writes of the busiest hour's part; three times the average where nobody stated it."""
    load = Load(key="k", changed=2_400, page=100, look_up=1, batch=1, busiest_hour=600)
    assert a.busiest_run_calls(load, interval=58, overlap=2) == 6 + 600 + 600
    assert a.busiest_run_calls(Load(key="k", changed=2_400, look_up=0, batch=50), interval=58, overlap=2) == 3 + 6
    assert a.busiest_run_calls(Load(key="k"), interval=5, overlap=2) is None
    assert a.fits_burst(300, burst_per_minute=60, interval=5)
    assert not a.fits_burst(301, burst_per_minute=60, interval=5)


def test_a_stated_pace_may_forbid_what_the_quota_allows():
    """A run has to end before the next one begins."""
    slow = limits_of_the_example(1, burst=Fact(2.0, Grade.ANSWERED))
    assert cost(slow, lambda _: polling_plan(30), OVERLAP).fits is False
    assumed = limits_of_the_example(1, burst=Fact(2.0, Grade.ASSUMED))
    assert cost(assumed, lambda _: polling_plan(30), OVERLAP).fits is True


def test_without_the_changes_of_every_object_no_number_is_given():
    """A sum with a hole in it would look like knowledge."""
    holes = Budget(system="erp", quota=Fact(5_000, Grade.ANSWERED), reads=(Load(key="a", changed=10), Load(key="b")))
    told = cost(holes, lambda _: polling_plan(5), OVERLAP)
    assert (told.terms, told.calls, told.fits) == ({}, None, None)


def test_without_a_quota_the_sum_stands_but_nothing_is_said_to_fit():
    """The reader sees the calls and asks for the quota."""
    told = cost(Budget(system="erp", reads=(Load(key="a", changed=10),)), lambda _: polling_plan(5), OVERLAP)
    assert (round(told.calls, 1), told.fits) == (316.8, None)


@pytest.mark.parametrize(
    ("plan", "terms"),
    [
        (Plan("full-compare", 60), {"compare": 240}),
        (Plan("daily", 1440), {"read": 1, "sweep": 10}),
        (Plan("polling", 60), {"read": 24, "sweep": 10}),
        (Plan("webhooks", 60, thin=True), {"events": 50, "reconciliation": 24, "sweep": 10}),
        (Plan("webhooks", 60, thin=False), {"reconciliation": 24, "sweep": 10}),
    ],
)
def test_what_each_mode_reads(plan, terms):
    """1,000 records on ten pages, 50 changes a day, deletes not visible."""
    load = Load(key="a", records=1_000, changed=50, sweep=True)
    assert cost(Budget(system="erp", reads=(load,)), lambda _: plan, OVERLAP).terms == terms


def test_what_cannot_be_asked_for_changes_is_read_in_full():
    """Without a filter the check run beside events is a full read a day, and so is a daily run."""
    load = Load(key="a", records=1_000, changed=50, polled=False, sweep=True)
    budget = Budget(system="erp", reads=(load,))
    assert cost(budget, lambda _: Plan("daily", 1440), OVERLAP).terms == {"compare": 10}
    assert cost(budget, lambda _: Plan("webhooks", 60), OVERLAP).terms == {"reconciliation": 10}
    assert cost(budget, lambda _: polling_plan(60), OVERLAP).terms == {"read": 24, "sweep": 10}
