"""The base: what both sides answered, and what must not enter it."""

from checker.model.sync import Base, NoticeKind, Row, Which
from checker.project.types import FieldMapping
from checker.sync.base import settle, unsettled
from checker.sync.parts import parts_of
from tests.memory import World, view_of

NAME = FieldMapping(left="name", right="name1")
PARTS = parts_of(view_of(NAME), {})


def pair(left: str | None, right: str | None) -> dict[Which, Row]:
    """Both rows of one thing."""
    return {
        Which.LEFT: Row(id="l", values={"name": left}),
        Which.RIGHT: Row(id="r", values={"name1": right}),
    }


def test_the_base_is_what_both_sides_answer() -> None:
    """Not what was sent: a target that cuts a name keeps the cut one as its base, and nobody writes it again."""
    base = settle(PARTS, None, pair("Longer", "L"), pair("Longer", "Long"), written={"right:name1"})
    assert base == Base(left={"name": "Longer"}, right={"name1": "Long"})


def test_an_edit_between_writing_and_reading_again_is_the_next_change() -> None:
    """A user who edits the source while we sync is not overlooked. Mutant: the base takes whatever is re-read."""
    base = settle(PARTS, Base(left={"name": "A"}, right={"name1": "A"}), pair("B", "A"), pair("C", "B"), written={"right:name1"})  # fmt: skip
    assert base == Base(left={"name": "B"}, right={"name1": "B"})


def test_what_awaits_a_decision_keeps_its_base() -> None:
    """A conflict stays a conflict until it is decided. Mutant: the base moves on and both values are left to rot."""
    world = World(view_of(NAME))
    world.write(Which.LEFT, "l", {"name": "A"})
    world.sync()
    (link,) = world.links
    world.write(Which.LEFT, "l", {"name": "B"})
    world.write(Which.RIGHT, link.right, {"name1": "C"})
    for _ in range(3):
        assert [one.kind for one in world.sync().notices] == [NoticeKind.CONFLICT]
    world.write(Which.LEFT, "l", {"name": "C"})
    assert world.sync().notices == ()
    assert world.base["l", link.right] == Base(left={"name": "C"}, right={"name1": "C"})


def test_an_edit_after_both_sides_came_to_agree_by_themselves_is_not_undone() -> None:
    """Both sides were set to the same by hand, and one was cleared while the sync ran: the next one carries the clearing over.

    Mutant: the base stays what it was before both were set, and the value comes back.
    """
    world = World(view_of(NAME))
    world.write(Which.LEFT, "l", {"name": "A"})
    world.sync()
    (link,) = world.links
    world.write(Which.LEFT, "l", {"name": "B"})
    world.write(Which.RIGHT, link.right, {"name1": "B"})
    world.sync(lambda _made: world.write(Which.LEFT, "l", {"name": "A"}))
    assert world.sync().notices == ()
    assert world.sides[Which.RIGHT][link.right]["name1"] == "A"


def test_a_target_that_keeps_another_value_is_told() -> None:
    """A written value that comes back otherwise is named with both spellings."""
    (notice,) = unsettled("contacts", PARTS, {"name1": "Longer"}, Which.RIGHT, pair("Longer", "Long"))
    assert (notice.kind, notice.on_field) == (NoticeKind.UNSETTLED, "name")
    assert notice.values == {"written": ["Longer"], "answered": ["Long"]}
    assert unsettled("contacts", PARTS, {"name1": "Long"}, Which.RIGHT, pair("Long", "Long")) == ()


def test_a_change_that_the_policy_holds_back_is_told_again() -> None:
    """With on_update: ask a change waits for its decision, however often a sync runs. Mutant: it is told once and forgotten."""
    world = World(view_of(NAME, on_update="ask"))
    world.write(Which.LEFT, "l", {"name": "A"})
    world.sync()
    world.write(Which.LEFT, "l", {"name": "B"})
    for _ in range(3):
        assert [one.kind for one in world.sync().notices] == [NoticeKind.NOT_UPDATED]
