"""A sync that ends at any side effect goes on as if it had not (acceptance A2). Mutant: what both sides agree on is kept before it was written."""

from __future__ import annotations

import copy
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from checker.client.transport import Transport
from checker.journal import Journal
from checker.sandbox.pair import Pair, running_pair
from checker.sandbox.store import Store
from checker.sync.apply import _link, _Run
from checker.sync.state import State
from tests.sync_ground import NOW, Both, both

EFFECTS: tuple[tuple[type, tuple[str, ...]], ...] = (
    (Transport, ("exchange",)),
    (Journal, ("intend", "settle")),
    (State, ("begin", "end", "settle", "learn", "keep", "knows", "refuse", "note", "run_begins", "run_ends")),
)
FLOWS = ("products", "contacts")
SHARDS = (
    9  # one of them at every change, the others in the soak; odd, so that moments before and after an effect take turns
)
THIRD = 5  # every so many moments a third run is looked at
MOST = 2000  # a run that has more side effects than this is no longer the one that is tested


class Ended(BaseException):
    """The process ends here: nobody catches it, and nothing is tidied up that a dead process would leave."""


@dataclass
class Fate:
    """Before and after each side effect: the n-th moment is the last. 0: none is."""

    last: int = 0
    now: int = 0

    def passes(self) -> None:
        """One more moment."""
        self.now += 1
        if self.now == self.last:
            raise Ended


@dataclass
class World:
    """The pair after a first sync and some edits, and the sync's memory of it; both can be had again as they were."""

    pair: Pair
    folder: Path
    kept: list[tuple[Store, dict[str, Any]]] = field(default_factory=list)

    @property
    def stores(self) -> tuple[Store, Store]:
        """Both systems' records."""
        return self.pair.crm.store, self.pair.erp.store

    def keep(self) -> None:
        """Keep all as it is now."""
        self.kept = [(one, copy.deepcopy({name: vars(one)[name] for name in HELD})) for one in self.stores]
        shutil.copytree(self.folder / ".readiness", self.folder / "kept")

    def restore(self) -> None:
        """As it was kept."""
        for store, held in self.kept:
            vars(store).update(copy.deepcopy(held))
        shutil.rmtree(self.folder / ".readiness")
        shutil.copytree(self.folder / "kept", self.folder / ".readiness")

    def sync(self) -> list[str]:
        """Plan and apply, as a new process; gives the writes that reached a server."""
        with both(self.folder, self.pair) as made:
            made.sync(*FLOWS)
            return made.writes

    def records(self) -> dict[str, list[str]]:
        """What both systems hold, without stamps and ids that depend on the order."""
        told = ("sku", "name", "price", "email", "job_title", "artikelnummer", "bezeichnung", "ansprechpartner")
        return {
            f"{number}/{name}": sorted(
                str({key: value for key, value in one.data.items() if key in told}) for one in store.living(name)
            )
            for number, store in enumerate(self.stores)
            for name in ("products", "contacts", "artikel", "geschaeftspartner")
            if name in store.kinds
        }


HELD = ("_records", "_last", "_taken")


def edited(made: Both) -> None:
    """After the first sync: new and changed on either side, and in one record on both."""
    crm, erp = made.pair.crm.store, made.pair.erp.store
    for number, article in enumerate(list(erp.living("artikel"))[:3]):
        erp.change("artikel", article.id, {**article.data, "bezeichnung": f"Neu {number}"}, "MHUBER")
    some = next(erp.living("artikel")).data
    for number in range(2):
        erp.create("artikel", {**some, "artikelnummer": f"A-9000{number}", "bezeichnung": f"Frisch {number}"}, "MHUBER")
    linked = made.opened.state.links("contacts")[:3]
    for number, link in enumerate(linked):
        contact = crm.get("contacts", link.left)
        crm.change("contacts", contact.id, {**contact.data, "job_title": f"Leitung {number}"}, "nora.lind@example.com")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A world to crash in."""
    folder = tmp_path_factory.mktemp("crash")
    with running_pair(NOW, rate_limit=10_000_000) as pair:
        with both(folder, pair) as made:
            made.sync("companies", *FLOWS)
            edited(made)
        found = World(pair, folder)
        found.keep()
        yield found


@pytest.fixture
def fate(monkeypatch: pytest.MonkeyPatch) -> Fate:
    """The moments of all that leaves the process or is kept."""
    made = Fate()
    for kind, names in EFFECTS:
        for name in names:
            monkeypatch.setattr(kind, name, _watched(getattr(kind, name), made))
    return made


def _watched(real: Callable[..., Any], fate: Fate) -> Callable[..., Any]:
    def call(*given: Any, **named: Any) -> Any:
        fate.passes()
        result = real(*given, **named)
        fate.passes()
        return result

    return call


def undisturbed(world: World, fate: Fate) -> tuple[int, dict[str, list[str]]]:
    """How many writes a run that nobody ends does, and what both systems hold then; `fate.now` has its moments."""
    world.restore()
    fate.now = fate.last = 0
    return len(world.sync()), world.records()


def ended(world: World, fate: Fate, last: int) -> int:
    """End a run at that moment and start again; how many writes the second one does."""
    world.restore()
    fate.now, fate.last = 0, last
    with pytest.raises(Ended):
        world.sync()
    fate.last = 0
    return len(world.sync())


@pytest.mark.parametrize(
    "shard", [pytest.param(one, marks=pytest.mark.soak if one else pytest.mark.slow) for one in range(SHARDS)]
)
def test_a_sync_that_ends_anywhere_goes_on(world: World, fate: Fate, shard: int) -> None:
    """For every moment: end there, start again; both systems then hold what an undisturbed run leaves, nothing twice, and a third run writes nothing."""
    writes, expected = undisturbed(world, fate)
    moments = fate.now
    assert 50 < moments < MOST
    for last in range(1 + shard, moments + 1, SHARDS):
        again = ended(world, fate, last)
        assert world.records() == expected, last
        assert again <= writes + 1, last
        assert last % THIRD or world.sync() == [], last


@pytest.mark.soak
def test_a_base_that_is_kept_too_early_loses_an_edit(world: World, fate: Fate, monkeypatch: pytest.MonkeyPatch) -> None:
    """The mutant: some moment tells it apart, so the test above can fail."""
    real = _Run._update

    def hasty(self: _Run, pairing: Any, action: Any, values: dict[str, Any], rows: Any) -> None:
        target, source = rows[action.side][action.record], rows[action.side.other][action.source]
        meant = replace(target, values={**target.values, **values})
        seen = {action.side: target, action.side.other: source}
        self._keep(pairing, _link(action, action.record), action, values, seen, {**seen, action.side: meant})
        real(self, pairing, action, values, rows)

    monkeypatch.setattr(_Run, "_update", hasty)
    _, expected = undisturbed(world, fate)
    moments = fate.now
    assert any(ended(world, fate, last) is not None and world.records() != expected for last in range(1, moments + 1))
