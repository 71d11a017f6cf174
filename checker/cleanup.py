"""`readiness cleanup` as a story: what earlier runs left behind is settled and removed, from the journal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from checker.client.clock import Clock
from checker.describe import Say
from checker.errors import Problem
from checker.journal import FILE, Entry, Journal
from checker.model.permit import Permit
from checker.permitting import knock, opened, permits
from checker.probes.contexts import SystemLook
from checker.project.load import LoadedProject
from checker.resources.cleaning import Leftover, clean_up
from checker.resources.resource import Resource
from checker.resources.writing import Writer
from checker.store import Store


@dataclass(frozen=True)
class Cleaned:
    """What came of it. `refused`: systems in which nothing may be deleted, and why; `unknown`: other writes of which nobody knows the end."""

    removed: int
    left: tuple[Leftover, ...]
    refused: tuple[Problem, ...]
    unknown: tuple[Entry, ...]

    @property
    def clean(self) -> bool:
        """Whether nothing of ours is left, as far as one can tell."""
        return not (self.left or self.unknown)


def cleanup(loaded: LoadedProject, environ: Mapping[str, str], say: Say, clock: Clock | None = None) -> Cleaned:
    """Remove what the project's journal has as test records, of all runs, where the permit still holds.

    Raises RefusedError where another run writes or the journal is not ours, InputError where a file can't be used.
    """
    store = Store(loaded.folder)
    if not (store.folder / FILE).exists():
        return Cleaned(0, (), (), ())
    with store.locked("cleanup"):
        journal = Journal(store.folder / FILE, loaded.project.project)
        try:
            return _cleaned(loaded, environ, say, journal, clock)
        finally:
            journal.close()


def _cleaned(
    loaded: LoadedProject, environ: Mapping[str, str], say: Say, journal: Journal, clock: Clock | None
) -> Cleaned:
    concerned = {one.system for one in journal.test_records()}
    removed, left, refused = 0, list[Leftover](), list[Problem]()
    if concerned:
        with opened(loaded, environ, say) as looks:
            findings = [one for name in concerned & looks.keys() for one in knock(looks[name])]
            permitted = permits(loaded, looks, findings)
            for name in sorted(concerned):
                one = permitted.get(name, (Problem("permit.no-address", {"system": name, "base_url": ""}),))
                if not isinstance(one, Permit):
                    refused += one
                    left += [
                        Leftover(name, it.resource, it.record, "no-permit", mark=it.mark)
                        for it in journal.test_records(name)
                    ]
                    continue
                say(f"{name}: removing test records")
                done = clean_up(Writer(one, journal, "", clock=clock), every_resource(looks[name]))
                removed += done.removed
                left += done.left
    unknown = tuple(one for one in journal.unresolved() if one.operation != "delete" and not one.test)
    return Cleaned(removed, tuple(left), tuple(refused), unknown)


def every_resource(look: SystemLook) -> dict[str, Resource]:
    """All resources of a system by name: an earlier run may have written in one that no flow carries any more."""
    look.now("clean-up", look.name)
    return {one.name: look.door(one) for one in look.profile.resources}
