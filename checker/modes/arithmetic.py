"""The arithmetic of sync modes: calls, staleness, first load. Pure; every formula is checklist.md's, section D3, under its own letters.

Calls are a day's unless said otherwise; minutes are minutes. Rounding up is exact: numbers come as written in the project file.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from checker.modes.facts import Load

MINUTES_A_DAY = 1440
HOURS_A_DAY = 24
INTERVALS = (5, 10, 15, 30, 60)  # minutes between polls that are offered (D2, R4)
PEAK_SAFETY = 3  # how much more than the average a peak may bring (D3, row ceiling)
DAYS_A_YEAR = 365


def runs_per_day(interval: float) -> float:
    """Runs a day at an interval of so many minutes: 1440 / T (D3)."""
    return MINUTES_A_DAY / interval


def pages(rows: float, page: int) -> int:
    """Calls that list so many rows: ⌈rows / P⌉."""
    return math.ceil(rows / page)


def poll_calls(changed: float, page: int, interval: float, overlap: float) -> float:
    """List calls of one polled object: runs × max(1, ⌈U·(T+L)/1440 / P⌉). An idle object still costs one call per run (D3)."""
    return runs_per_day(interval) * max(1, pages(changed * (interval + overlap) / MINUTES_A_DAY, page))


def detail_calls(changed: float, detail: int, interval: float, overlap: float) -> float:
    """Single reads of changed rows: U·(1 + L/T)·D; the overlap window reads some twice (D3)."""
    return changed * (1 + overlap / interval) * detail


def event_calls(changed: float, *, thin: bool) -> float:
    """Reads that events cause: U × (1 if the event carries only an id, else 0) (D3)."""
    return changed if thin else 0.0


def look_up_calls(changed: float, look_up: int) -> float:
    """Look-ups before writing: U·M (D3)."""
    return changed * look_up


def write_calls(changed: float, batch: int, interval: float | None) -> float:
    """Write calls: max(min(runs, U), ⌈U/B⌉); batches only fill when the interval is long. `interval` None: each change on its own (D3)."""
    if interval is None:
        return math.ceil(changed)
    return max(min(runs_per_day(interval), changed), math.ceil(changed / batch))


def full_compare_calls(records: float, page: int) -> int:
    """Calls of one full compare, and of one walk over all ids: ⌈N/P⌉; an empty list still costs one call (D3)."""
    return max(1, pages(records, page))


def fits_quota(calls: float, usable: float) -> bool:
    """Whether r × (poll + event + write + reconciliation) ≤ s × Q; `calls` come with the retry factor (D3)."""
    return calls <= usable


def busiest_run_calls(load: Load, interval: float, overlap: float) -> float | None:
    """Calls of the busiest run: its pages, detail reads, look-ups and writes; None where the changes aren't known (D3, burst).

    Where the busiest hour isn't stated, it is taken for `PEAK_SAFETY` times the average.
    """
    if load.changed is None:
        return None
    hourly = load.busiest_hour if load.busiest_hour is not None else load.changed / HOURS_A_DAY * PEAK_SAFETY
    rows = hourly * (interval + overlap) / 60
    return max(1, pages(rows, load.page)) + rows * (load.detail + load.look_up) + math.ceil(rows / load.batch)


def fits_burst(calls: float, burst_per_minute: float, interval: float) -> bool:
    """Whether the busiest run's calls ≤ burst limit × allowed time; a run has to end before the next begins (D3)."""
    return calls <= burst_per_minute * interval


def rows_per_run(changed: float, interval: float) -> float:
    """Rows that a run may meet at the peak: U × T/1440 × safety 3; they must stay under the result cap (D3)."""
    return changed * interval / MINUTES_A_DAY * PEAK_SAFETY


def time_cursor_passes(sharing_one_time: int, row_ceiling: int) -> bool:
    """Whether a cursor on changed time gets on: no more records share one changed time than a query gives (D3)."""
    return sharing_one_time <= row_ceiling


def initial_load_calls(records: float, page: int, look_up: int, batch: int) -> float:
    """Calls of the first load: ⌈N/P⌉ + N·M + ⌈N/B⌉ (D3)."""
    return pages(records, page) + records * look_up + math.ceil(records / batch)


def hours(calls: float, rate_per_minute: float) -> float:
    """Hours that so many calls take at the burst limit: calls / rate (D3)."""
    return calls / rate_per_minute / 60


def days(calls: float, usable: float) -> float:
    """Days that so many calls take within the share: calls / (s·Q) (D3)."""
    return calls / usable


def polling_staleness(interval: float, delay: float, run: float) -> tuple[float, float]:
    """Mean T/2 + V + run time, worst T + V + run time, in minutes (D3)."""
    return interval / 2 + delay + run, interval + delay + run


def webhook_staleness(delivery: float | None, check_interval: float) -> tuple[float | None, float]:
    """Typical: the measured delivery; worst, for a lost event: the interval of the check runs, in minutes (D3)."""
    return delivery, check_interval


def daily_staleness(run: float) -> tuple[float, float]:
    """Mean 12 h, worst 24 h + run time, in minutes (D3)."""
    return MINUTES_A_DAY / 2, MINUTES_A_DAY + run


def lost_events_per_year(loss_share: float, events_per_day: float) -> float:
    """Loss share × events a day × 365 (D3)."""
    return loss_share * events_per_day * DAYS_A_YEAR


def total(terms: Sequence[float], retry: float) -> float:
    """The sum of the terms after the retry factor, free of binary dust (1.1 × 2,000 is 2,200 and not a little more)."""
    return round(sum(terms) * retry, 6)
