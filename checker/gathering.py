"""`readiness data …`, as stories: the records of both systems, read from the sandboxes or from exported files, and what they say."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from checker.client.build import client_for
from checker.client.client import Client
from checker.client.recorder import Recorder
from checker.data import match
from checker.data.across import Both
from checker.data.columns import Columns, columns_of
from checker.data.counted import Counted
from checker.data.counts import counts_of_flow, counts_of_resource
from checker.data.direct import IndirectError, Wanted, match_columns, wanted_of
from checker.data.doubles import Doubled, doubled, parts_of
from checker.data.engine import EMBEDDED, FOLDER, Engine
from checker.data.fields import FieldStats, field_stats
from checker.data.figures import flow_figures
from checker.data.forecast import forecast
from checker.data.keys import Between, keys
from checker.data.laid import Again, laid
from checker.data.mapped import legal
from checker.data.match import texts_of
from checker.data.quality import Sample
from checker.data.times import times
from checker.describe import both_described
from checker.errors import InputError, Problem
from checker.exports import UnfitError, fields_of, read_export
from checker.model.figures import FlowFigures, RecordFigures, ResourceFigures, Source
from checker.model.profile import FieldRoles, Profile, ResourceProfile
from checker.model.sync import Link, Matched, Row, Which
from checker.project.load import LoadedProject
from checker.project.secrets import Secrets
from checker.project.sides import FlowView, Side, leans_on, views
from checker.resources.resource import Resource
from checker.store import Store
from checker.sync import rows as seen
from checker.sync.planning import leaning_first
from checker.sync.policies import in_scope, of_new
from checker.sync.reading import QUIETLY, Keeping, Reader, eyes
from checker.sync.side import SyncSide

if TYPE_CHECKING:
    from pyarrow import RecordBatchReader

Say = Callable[[str], None]
UTC_NAME = "UTC"
OFTEN = 10_000  # records after which it is said how many were read


@dataclass
class Gathered:
    """The records of both systems. `files`: exported ones by subject; what has none is read from its sandbox, each list once.

    `test_data`: the files hold test records, not production's. `keyed`: nothing but keys, names and countries is looked at, so that a file's
    records needn't be rows where matching does without.
    """

    loaded: LoadedProject
    profiles: Mapping[str, Profile]
    files: Mapping[str, Path]
    say: Say
    secrets: Secrets
    reader: Reader
    engine: Engine = EMBEDDED
    test_data: bool = False
    keyed: bool = False
    _columns: dict[str, Mapping[Which, Columns]] = field(default_factory=dict)
    _spools: ExitStack = field(default_factory=ExitStack)
    _clients: dict[str, Client] = field(default_factory=dict)
    _rows: dict[tuple[str, str, str], Again[Row]] = field(default_factory=dict)
    _links: dict[str, tuple[Link, ...]] = field(default_factory=dict)
    _matched: dict[str, Matched] = field(default_factory=dict)
    sources: dict[str, Source] = field(default_factory=dict)

    @property
    def views(self) -> tuple[FlowView, ...]:
        """The project's flows."""
        return tuple(views(self.loaded.project, self.profiles))

    def view(self, flow: str) -> FlowView:
        """A flow by its name. Raises InputError for one that isn't there."""
        found = next((one for one in self.views if one.flow.name == flow), None)
        if found is None:
            known = ", ".join(one.flow.name for one in self.views)
            raise InputError(Problem("data.no-flow", {"name": flow, "known": known}))
        return found

    def close(self) -> None:
        """Close the connections, and remove what was laid aside and records that were kept for too long."""
        self._spools.close()
        for one in self._clients.values():
            one.close()
        self.reader.close()

    def records(self, system: str, resource: str) -> Again[Row]:
        """All records of a resource. Raises InputError for what is wrong with a file, TransportError where a list can't be read to its end."""
        key = (f"{system}/{resource}", "", "")
        if key not in self._rows:
            profile = self.profile(system, resource)
            path = self.files.get(key[0])
            rows = self._of_file(key[0], path, profile) if path else self._of_sandbox(system, profile)
            self._rows[key] = laid(self._new_file("rows"), rows)
        return self._rows[key]

    def _new_file(self, name: str) -> Path:
        """Where something may be laid aside until the end; only we may read it."""
        return Path(self._spools.enter_context(tempfile.TemporaryDirectory(prefix=FOLDER))) / name

    def profile(self, system: str, resource: str) -> ResourceProfile:
        """What is known of a resource; where no document speaks of it, its id is taken to be called `id`."""
        profile = self.profiles.get(system)
        found = profile.resource(resource) if profile else None
        return found or ResourceProfile(name=resource, fields=FieldRoles(id="id"))

    def _zone(self, system: str) -> ZoneInfo:
        return ZoneInfo(self.loaded.project.systems[system].timezone or UTC_NAME)

    def _of_file(self, subject: str, path: Path, profile: ResourceProfile) -> Iterator[Row]:
        """A file's records that have an id. Raises InputError where none has one."""
        self.say(f"reading {path.name}")
        export, key = read_export(path, fields_of(profile)), profile.fields.id or "id"
        zone, count, came = self._zone(subject.partition("/")[0]), 0, 0
        for came, one in enumerate(export.records if key in (export.columns or (key,)) else (), start=1):
            if not came % OFTEN:
                self._read_so_far(path, came)
            if one.get(key) not in (None, ""):
                count += 1
                yield seen.whole(one, str(one[key]), profile, zone)
        if not count:
            raise InputError(Problem("export.no-id", {"file": path.name, "name": key}, path.name, 1))
        self.sources[subject] = Source(subject, _where(path, export.how, came - count, key), count, export.written)

    def _read_so_far(self, path: Path, records: int) -> None:
        self.say(f"reading {path.name}: {records:,} records")

    def fields(self, system: str, resource: str) -> list[FieldStats]:
        """What the values of each field of a resource look like. Few of its records are in memory at a time."""
        subject, profile = f"{system}/{resource}", self.profile(system, resource)
        path = self.files.get(subject)
        rows = self._of_file(subject, path, profile) if path else self._of_sandbox(system, profile)
        return field_stats(row.values for row in rows)

    def _of_sandbox(self, system: str, profile: ResourceProfile) -> Iterator[Row]:
        self.say(f"{system}: reading {profile.name}")
        zone, client = self._zone(system), self._client(system)
        who = eyes(client, self.loaded.project.systems[system], self.secrets)
        count = 0
        with self.reader.reading(self._side(system, profile), who) as made:
            for key, record in made.records():
                count += 1
                yield seen.whole(record, key, profile, zone)
        subject = f"{system}/{profile.name}"
        self.sources[subject] = Source(subject, "sandbox", count, made.finished, made.begun)

    def _side(self, system: str, profile: ResourceProfile) -> SyncSide:
        side = Side(system, profile.name, "", profile)
        view = next((one for one in self.views if (one.left.system, one.left.resource) == (system, profile.name)), None)
        which = Which.LEFT if view is not None else Which.RIGHT
        view = view or next(
            one for one in self.views if (one.right.system, one.right.resource) == (system, profile.name)
        )
        resource = Resource(system, profile, self._client(system), zone=self._zone(system))
        whole = FlowView(
            view.flow, side if which is Which.LEFT else view.left, side if which is Which.RIGHT else view.right
        )
        return SyncSide(whole, which, resource, self._zone(system))

    def _client(self, system: str) -> Client:
        if system not in self._clients:
            settings = self.loaded.project.systems[system]
            folder = self.loaded.folder
            tally = Store(folder).tally(system)
            self._clients[system] = client_for(
                system, settings, self.secrets, Recorder(), folder=folder, keep=self.secrets.keep, tally=tally
            )
        return self._clients[system]

    def rows(self, side: Side) -> Again[Row]:
        """The rows of a flow's side; those inside other records one by one."""
        records = self.records(side.system, side.resource)
        key = (f"{side.system}/{side.resource}", side.inside, "")
        if key not in self._rows:
            profile, zone = self.profile(side.system, side.resource), self._zone(side.system)
            own = seen.own_key((one.values for one in records), side.inside)
            inner = (seen.inner(one.values, one.id, profile, zone, side.inside, own) for one in records)
            self._rows[key] = laid(self._new_file("rows"), chain.from_iterable(inner))
        return self._rows[key]

    def _within(self, side: Side, wanted: Mapping[str, Any], flow: str) -> Again[Row]:
        """The rows of a flow's side that are in its scope."""
        if not wanted:
            return self.rows(side)
        key = (f"{side.system}/{side.resource}", side.inside, flow)
        if key not in self._rows:
            self._rows[key] = laid(self._new_file("rows"), (row for row in self.rows(side) if in_scope(row, wanted)))
        return self._rows[key]

    def matched(self, flow: str) -> Matched:
        """What matching finds of a flow: the same links that the sync takes. Flows that it leans on are matched first."""
        wanted = self.view(flow)
        needed = {*leans_on(wanted.flow), flow}
        for view in leaning_first(self.views):
            name = view.flow.name
            if name in needed and name not in self._matched:
                self.say(f"matching {name}")
                found = self._by_columns(view) or self._by_rows(view)
                self._matched[name], self._links[name] = found, found.links
        return self._matched[flow]

    def _by_rows(self, view: FlowView) -> Matched:
        left, right = self.rows(view.left), self.rows(view.right)
        return match(view, left, right, links=self._links, zones=self._zones(view), engine=self.engine)

    def _by_columns(self, view: FlowView) -> Matched | None:
        held = self._laid_aside(view)
        return match_columns(view, *held, self.between(view), self.engine) if held else None

    def _laid_aside(self, view: FlowView) -> tuple[Wanted, Mapping[Which, Columns]] | None:
        """What a flow's keys look at, and the columns of its files where they needn't be rows; None where they have to be, or are."""
        if not self.keyed or any(
            (f"{side.system}/{side.resource}", "", "") in self._rows for side in (view.left, view.right)
        ):
            return None
        try:
            wanted = wanted_of(view, self.between(view))
            found = {which: self._read(view, wanted, which) for which in Which}
        except (IndirectError, UnfitError):
            return None
        self._columns[view.flow.name] = found
        return wanted, found

    def _read(self, view: FlowView, wanted: Wanted, which: Which) -> Columns:
        side = view.left if which is Which.LEFT else view.right
        subject, profile = f"{side.system}/{side.resource}", self.profile(side.system, side.resource)
        path = self.files.get(subject)
        if path is None:
            raise IndirectError("no file")
        self.say(f"reading {path.name}")
        names, texts = wanted.names[which], wanted.texts[which]
        spool, key = self._new_file("columns"), profile.fields.id or "id"
        found = columns_of(path, fields_of(profile), key, names, texts, spool, partial(self._read_so_far, path))
        where = _where(path, found.how, found.without, key)
        self.sources[subject] = Source(subject, where, len(found.ids), found.written)
        return found

    def key_rows(self, view: FlowView, which: Which, only: Iterable[str] | None = None) -> Iterable[Row]:
        """A side's rows of a flow that was matched, or those of these ids, with no more of them than keys, names and countries where they needn't be rows."""
        columns = self._columns.get(view.flow.name)
        if columns is not None:
            return columns[which].rows(only)
        rows = self.rows(view.left if which is Which.LEFT else view.right)
        return rows if only is None else (row for ids in [set(only)] for row in rows if row.id in ids)

    def count(self, view: FlowView, which: Which) -> int:
        """How many records a side of a flow that was matched has."""
        columns = self._columns.get(view.flow.name)
        return len(columns[which].ids) if columns else len(self.rows(view.left if which is Which.LEFT else view.right))

    def doubled(self, view: FlowView) -> Iterator[tuple[Side, Doubled, list[str]]]:
        """What records of one side share of a flow's keys, and their ids."""
        wanted = keys(view, self.between(view))
        held = self._laid_aside(view)
        given: dict[Which, RecordBatchReader] = {}
        ids: dict[Which, list[str]] = {}
        for which, side in ((Which.LEFT, view.left), (Which.RIGHT, view.right)):
            texts = [getattr(one, which.value) for one in parts_of(wanted)]
            if held:
                given[which] = held[1][which].reader(texts)
            else:
                given[which], ids[which] = texts_of(self.rows(side), texts), [row.id for row in self.rows(side)]
        for one in doubled(wanted, given, self.engine):
            side = view.left if one.side is Which.LEFT else view.right
            yield side, one, held[1][one.side].ids_of(one.rows) if held else [ids[one.side][at] for at in one.rows]

    def between(self, view: FlowView) -> Between:
        """What lies between the sides of a flow: other flows' links, and both time zones."""
        pointed = {flow: {one.right: one.left for one in links} for flow, links in self._links.items()}
        return Between(pointed, self._zones(view))

    def _zones(self, view: FlowView) -> tuple[str | None, str | None]:
        systems = self.loaded.project.systems
        return systems[view.left.system].timezone, systems[view.right.system].timezone

    def both(self, flow: str) -> Both:
        """A flow's records in scope, and which is which."""
        view, matched = self.view(flow), self.matched(flow)
        wanted = view.flow.filter
        left, right = (
            self._within(side, one, flow) for side, one in ((view.left, wanted.left), (view.right, wanted.right))
        )
        side = view.left.profile or view.right.profile
        return Both(view, left, right, matched, self.between(view), side.role if side else None)

    def _is_production(self, side: Side) -> bool:
        """An export is taken for production's unless somebody says otherwise: what else would one export? A sandbox's list is not."""
        if f"{side.system}/{side.resource}" in self.files:
            return not self.test_data
        return not self.loaded.project.systems[side.system].sandbox

    def figures(self, flows: Sequence[str]) -> RecordFigures:
        """What a report draws of these flows. Raises InputError for one that isn't there."""
        found = tuple(self._figures(one) for one in flows)
        return RecordFigures(sources={name: self._source(one) for name, one in self.sources.items()}, flows=found)

    def _figures(self, flow: str) -> FlowFigures:
        both = self.both(flow)
        view = both.view
        refused = {"left" if target is view.left else "right": legal(both, target) for _, target in view.directions}
        return flow_figures(both, (self.rows(view.left), self.rows(view.right)), of_new(view), refused)

    def _source(self, source: Source) -> ResourceFigures:
        system, _, resource = source.subject.partition("/")
        roles, zone = self.profile(system, resource).fields, self._zone(system)
        at = source.at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        found = times(roles, self._values(system, resource), zone, source.at)
        return ResourceFigures(source=source.where, at=at, records=source.records, times=found)

    def _values(self, system: str, resource: str) -> Again[dict[str, Any]]:
        records = self.records(system, resource)
        return Again(lambda: (row.values for row in records))

    def _ids(self, system: str, resource: str) -> frozenset[str] | None:
        """The ids of a resource that was read, or stands in a file; None of others: nobody asked for them."""
        subject = f"{system}/{resource}"
        read = subject in self.files or (subject, "", "") in self._rows
        return frozenset(row.id for row in self.records(system, resource)) if read else None

    def told(self, flow: str) -> Iterator[tuple[str, Counted]]:
        """What the records of a flow say, by subject: each side's own, what both say together, and what the other side would refuse."""
        both = self.both(flow)
        view = both.view
        for side in (view.left, view.right):
            values = self._values(side.system, side.resource)
            profile = self.profile(side.system, side.resource)
            pointed = {one.to: self._ids(side.system, one.to) for one in profile.relations}
            zone, production = self._zone(side.system), self._is_production(side)
            sample = Sample(profile, values, whole=True, zone=zone, pointed=pointed, production=production)
            self.say(f"looking through {side.system}/{side.resource}")
            yield from ((f"{side.system}/{side.resource}", one) for one in counts_of_resource(sample))
        subject = f"flow:{flow}"
        self.say(f"comparing both sides of {flow}")
        production = self._is_production(view.left) and self._is_production(view.right)
        yield from (
            (subject, one) for one in (*counts_of_flow(both, production=production), *forecast(view, both.matched))
        )
        for source, target in view.directions:
            yield f"{subject}:{source.system}->{target.system}", legal(both, target)


def _where(path: Path, how: str, without: int, key: str) -> str:
    """How a file is told to have been read; with how many of its records nobody can name."""
    return f"{path.name} ({how}{f'; {without} without {key} left out' if without else ''})"


@contextmanager
def gathered(  # noqa: PLR0913 - the edges of the world come in here
    loaded: LoadedProject,
    files: Mapping[str, Path],
    say: Say,
    environ: Mapping[str, str] | None = None,
    engine: Engine = EMBEDDED,
    keeping: Keeping = QUIETLY,
    *,
    test_data: bool = False,
    keyed: bool = False,
) -> Iterator[Gathered]:
    """The records of a project, read as they are wanted; connections are closed at the end. No system is written to. `engine` matches them.

    What a system gave is kept beside the project, page by page (`sync/reading.py`), as `keeping` says; `test_data`: the files hold
    no production records; `keyed` as of `Gathered`. Raises InputError for a file whose subject is no resource of a flow.
    """
    secrets = Secrets(loaded.folder, os.environ if environ is None else environ)
    described = both_described(loaded, secrets, say)
    profiles = {name: one.profile for name, one in described.items() if one.profile is not None}
    reader = Reader(Store(loaded.folder), keeping)
    made = Gathered(loaded, profiles, files, say, secrets, reader, engine, test_data, keyed)
    known = {f"{side.system}/{side.resource}" for view in made.views for side in (view.left, view.right)}
    strange = next((one for one in files if one not in known), None)
    if strange is not None:
        raise InputError(Problem("data.no-subject", {"name": strange, "known": ", ".join(sorted(known))}))
    try:
        yield made
    finally:
        made.close()
