"""Planning, by properties (acceptance A1, A5, A6, A8): users edit both systems, syncs run, and no edit of one side only is ever lost."""

import random
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from checker.model.sync import FlowPlan, Link, Matched, NoticeKind, Which
from checker.project.types import FieldMapping
from checker.sync.plan import plan
from tests.memory import World, linked, rows, view_of

FIELDS = (("name", "name1"), ("email", "mail"))
MAPPINGS = tuple(
    FieldMapping(left=left, right=right, transform=["trim", "lowercase"], empty="clear") for left, right in FIELDS
)
VALUES = st.sampled_from([None, "", "Ada", " ada ", "Bob", "BOB", "Eve", "Zoë", "Zoe\u0308"])
SIDES = st.sampled_from(list(Which))


def plain(value: Any) -> str:
    """What a person takes for the same value."""
    import unicodedata

    return unicodedata.normalize("NFC", value or "").strip().lower()


def tidied(values: dict[str, Any]) -> dict[str, Any]:
    """A system that cuts blanks and writes small letters."""
    return {name: plain(value) or None for name, value in values.items()}


class TwoSystems(RuleBasedStateMachine):
    """Users of both systems and the sync between them; the oracle knows what stood on both sides after each sync."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World(view_of(*MAPPINGS), keeps={Which.RIGHT: tidied})
        self.last: dict[tuple[str, str, int], tuple[Any, Any]] = {}
        self.made = 0

    def now(self, link: Link, index: int) -> tuple[Any, Any]:
        left, right = FIELDS[index]
        world = self.world.sides
        return world[Which.LEFT][link.left].get(left), world[Which.RIGHT][link.right].get(right)

    @rule(side=SIDES, name=VALUES, email=VALUES)
    def somebody_creates(self, side: Which, name: Any, email: Any) -> None:
        """A new record in one system."""
        self.made += 1
        at = 0 if side is Which.LEFT else 1
        self.world.write(side, f"{side}{self.made}", {FIELDS[0][at]: name, FIELDS[1][at]: email})

    @rule(side=SIDES, which=st.integers(0, 50), index=st.integers(0, 1), value=VALUES)
    def somebody_edits(self, side: Which, which: int, index: int, value: Any) -> None:
        """One field of one record."""
        ids = sorted(self.world.sides[side])
        if ids:
            name = FIELDS[index][0 if side is Which.LEFT else 1]
            self.world.write(side, ids[which % len(ids)], {name: value})

    @rule(between=st.none() | st.tuples(SIDES, st.integers(0, 50), st.integers(0, 1), VALUES))
    def a_sync_runs(self, between: Any) -> None:
        """A sync, perhaps with an edit between our writing and our reading again."""
        before = {key: self.now(link, key[2]) for link in self.world.links for key in self.keys(link)}
        made = self.world.sync(lambda plan: self.after_writing(plan, before, between))
        assert all(notice.kind is NoticeKind.CONFLICT for notice in made.notices)

    def keys(self, link: Link) -> list[tuple[str, str, int]]:
        return [(link.left, link.right, index) for index in range(len(FIELDS))]

    def after_writing(self, made: FlowPlan, before: dict[Any, Any], between: Any) -> None:
        conflicts = {(one.left, one.right, one.on_field) for one in made.notices}
        for link in self.world.links:
            for key in self.keys(link):
                conflict = (link.left, link.right, FIELDS[key[2]][0]) in conflicts
                self.judge(key, before.get(key), self.now(link, key[2]), conflict)
                if not conflict:
                    self.last[key] = self.now(link, key[2])
        if between is not None:
            self.edit_unwritten(made, *between)

    def judge(self, key: Any, before: Any, after: Any, conflict: bool) -> None:
        """Safety and maximality of one field."""
        if before is None:  # just created: both sides say the same
            assert plain(after[0]) == plain(after[1])
            return
        moved = [plain(was) != plain(now) for was, now in zip(self.last[key], before, strict=True)]
        agree = plain(before[0]) == plain(before[1])
        assert conflict is (all(moved) and not agree)
        if conflict or not any(moved) or agree:
            assert after == before, "nobody asked for a write"
        else:
            wanted = plain(before[0 if moved[0] else 1])
            assert plain(after[0]) == plain(after[1]) == wanted, "an edit of one side only is on both"

    def edit_unwritten(self, made: FlowPlan, side: Which, which: int, index: int, value: Any) -> None:
        ids = sorted(self.world.sides[side])
        if not ids:
            return
        record, name = ids[which % len(ids)], FIELDS[index][0 if side is Which.LEFT else 1]
        written = {(one.record, field) for one in made.actions if one.side is side for field in one.values}
        fresh = any(record.startswith(f"{one}-new-") for one in Which)
        if (record, name) not in written and not fresh:
            self.world.write(side, record, {name: value})

    @rule()
    def after_a_sync_a_second_one_is_idle(self) -> None:
        """A5: nothing is left to do, and conflicts stay reported."""
        self.a_sync_runs(None)
        told = self.world.plan()
        assert told.actions == ()
        assert {one.kind for one in told.notices} <= {NoticeKind.CONFLICT}

    @invariant()
    def every_record_has_one_counterpart_at_most(self) -> None:
        """0 duplicates."""
        for side in Which:
            ids = [getattr(one, side.value) for one in self.world.links]
            assert len(ids) == len(set(ids))


TestTwoSystems = TwoSystems.TestCase
TestTwoSystems.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)

NORMALISERS: dict[str, Callable[[str], Any]] = {
    "trim": str.strip,
    "capitals": str.upper,
    "small letters": str.lower,
    "titles": str.title,
    "cut": lambda text: text[:3],
    "no blanks": lambda text: text.replace(" ", ""),
    "decomposed": lambda text: __import__("unicodedata").normalize("NFD", text),
    "added mark": lambda text: text if text.endswith("!") else f"{text}!",
    "grows each time": lambda text: f"{text}+",
    "dropped": lambda _: None,
    "default": lambda text: text or "-",
    "turned round": lambda text: text[::-1],
}


@pytest.mark.parametrize("side", list(Which))
@pytest.mark.parametrize("name", NORMALISERS)
def test_a_system_that_spells_its_own_way_starts_no_ping_pong(name: str, side: Which) -> None:
    """A6: whatever a system makes of what is written to it, writes stop after two rounds. Mutant: the base is what was sent."""

    def keeps(values: dict[str, Any]) -> dict[str, Any]:
        return {one: NORMALISERS[name](held) if held else held for one, held in values.items()}

    world = World(view_of(FieldMapping(left="name", right="name1", empty="clear")), keeps={side: keeps})
    world.write(side.other, "one", {"name" if side is Which.RIGHT else "name1": "Zoë Quist "})
    counts = [len(world.sync().actions) for _ in range(10)]
    assert counts[0] == 1
    assert not any(counts[2:])


def test_an_edit_after_a_targets_own_spelling_still_travels() -> None:
    """What is left alone because the target cuts it is taken over again as soon as a user changes it."""
    cut = {Which.RIGHT: lambda values: {name: (held or "")[:3] for name, held in values.items()}}
    world = World(view_of(FieldMapping(left="name", right="name1")), keeps=cut)
    world.write(Which.LEFT, "one", {"name": "Longer"})
    world.sync()
    world.write(Which.LEFT, "one", {"name": "Other"})
    world.sync()
    assert next(iter(world.sides[Which.RIGHT].values())) == {"name1": "Oth"}
    world.write(Which.RIGHT, world.links[0].right, {"name1": "New"})
    world.sync()
    assert world.sides[Which.LEFT]["one"] == {"name": "New"}


RECORDS = st.lists(st.tuples(VALUES, VALUES), min_size=2, max_size=6)


@settings(max_examples=60, deadline=None)
@given(
    left=RECORDS, right=RECORDS, pairs=st.integers(0, 4), seed=st.randoms(use_true_random=False), leads=st.booleans()
)
def test_the_plan_does_not_depend_on_any_order(
    left: list[Any], right: list[Any], pairs: int, seed: random.Random, leads: bool
) -> None:
    """The same world gives the same plan, however the lists were read; and planning changes nothing that it is given."""
    ours = {f"l{i}": {"name": name, "email": email} for i, (name, email) in enumerate(left)}
    theirs = {f"r{i}": {"name1": name, "mail": email} for i, (name, email) in enumerate(right)}
    count = min(pairs, len(left), len(right))
    matched = linked(
        *((f"l{i}", f"r{i}") for i in range(count)), only_left=tuple(ours)[count:], only_right=tuple(theirs)[count:]
    )
    view = view_of(*MAPPINGS, leading="crm" if leads else None)
    made = plan(view, rows(**ours), rows(**theirs), {}, matched)

    def mixed(values: Any) -> Any:
        return seed.sample(list(values), len(values))

    turned = Matched(
        links=tuple(mixed(matched.links)),
        only_left=tuple(mixed(matched.only_left)),
        only_right=tuple(mixed(matched.only_right)),
    )
    again = plan(view, rows(**dict(mixed(ours.items()))), rows(**dict(mixed(theirs.items()))), {}, turned)
    assert again == made
    assert plan(view, rows(**ours), rows(**theirs), {}, matched) == made
