"""The situations of one flow, played one after the other on its stage."""

from __future__ import annotations

from collections.abc import Callable

from checker.errors import ReadinessError, TransportError
from checker.model.sync import Which
from checker.probes.run import reason_of
from checker.rehearsing.changing import change, different_fields, same_field
from checker.rehearsing.endings import deleted_record, one_key_twice
from checker.rehearsing.failing import other_side_down, refused_value
from checker.rehearsing.loading import first_load, second_run_idle
from checker.rehearsing.scene import Scene, broke_off
from checker.rehearsing.stage import Stage

Play = Callable[[Stage], Scene]


def played(name: str, play: Play, stage: Stage) -> Scene:
    """One situation. What the systems or our own guards refuse ends the situation, not the rehearsal."""
    try:
        return play(stage)
    except TransportError as error:
        return broke_off(name, reason_of(error), (error.exchange,) if error.exchange else ())
    except ReadinessError as error:
        return broke_off(name, error.problems[0].code)


SCENES: tuple[tuple[str, Play], ...] = (
    ("first-load", first_load),
    ("second-run-idle", second_run_idle),
    ("change-left", change(Which.LEFT)),
    ("change-right", change(Which.RIGHT)),
    ("different-fields", different_fields),
    ("same-field", same_field),
    ("refused-value", refused_value),
    ("other-side-down", other_side_down),
    ("deleted-record", deleted_record),
    ("one-key-twice", one_key_twice),
)
