"""The rehearsal on the embedded pair: every situation's outcome, what breaks which of them, and nothing left behind."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml
from werkzeug.wrappers import Request, Response

from checker.model.audit import StepOutcome
from checker.model.finding import ActionEvidence, ExchangeEvidence
from checker.rehearsing import own
from checker.sandbox.demo_project import demo_environment
from checker.sandbox.pair import Pair, running_pair
from tests.story.cli import Readiness
from tests.story.rehearsed import Seen, project, see, stored

COMPANIES = "POST /companies"
PARTNERS = "POST /mandanten/{mandant}/geschaeftspartner"
FLOWS = ("companies", "contacts", "products", "invoices")
PARTNER = "PUT /mandanten/{mandant}/geschaeftspartner/{id}"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Seen:
    """One rehearsal of all four flows."""
    with running_pair() as pair:
        return see(project(tmp_path_factory.mktemp("whole"), pair), pair)


@pytest.fixture
def pair() -> Iterator[Pair]:
    """A fresh pair."""
    with running_pair() as running:
        yield running


def test_two_way_flow_passes_every_situation(whole: Seen) -> None:
    """Contacts travel both ways: loaded, idle, changed here and there, merged, a conflict kept, a refusal listed, an outage survived."""
    assert whole.outcomes("contacts") == {
        "first-load": "pass",
        "second-run-idle": "pass",
        "change-left": "pass",
        "change-right": "pass",
        "different-fields": "pass",
        "same-field": "pass",
        "refused-value": "pass",
        "other-side-down": "pass",
        "deleted-record": "decision",
        "one-key-twice": "decision",
    }


def test_empty_sandboxes_are_rehearsed_with_made_up_records(tmp_path: Path, pair: Pair, whole: Seen) -> None:
    """Nobody has entered anything yet: test records are made after the documents, and the situations pass as they do with data."""
    for one in (pair.crm, pair.erp):
        for records in one.store._records.values():
            records.clear()
        for taken in one.store._taken.values():
            taken.clear()
    seen = see(project(tmp_path, pair), pair)
    played = {flow: seen.outcomes(flow) for flow in FLOWS}
    with_data = {flow: whole.outcomes(flow) for flow in FLOWS}
    # Persons live inside partners: without one there, none is made up in the ERP, and the CRM's mails are unique.
    with_data["contacts"]["one-key-twice"] = "skipped"
    assert played == with_data
    assert seen.after == seen.before


def test_one_way_flow_says_what_does_not_apply(whole: Seen) -> None:
    """Products come from the ERP only: nothing is expected from the CRM, and the step says so."""
    outcomes = whole.outcomes("products")
    skipped = {name for name, outcome in outcomes.items() if outcome == "skipped"}
    assert {"change-left", "different-fields", "same-field"} <= skipped
    assert outcomes["first-load"] == outcomes["change-right"] == outcomes["other-side-down"] == "pass"
    assert whole.step("products", "change-left").says == "This flow carries nothing from crm to erp."
    assert whole.answer("fields-merge", "flow:products") == "not-applicable"


def test_new_records_that_a_person_decides_about_ask_who_decides(whole: Seen) -> None:
    """Companies of the CRM are not created in the ERP by themselves: none was, and the report asks who decides."""
    step = whole.step("companies", "first-load")
    assert step.outcome is StepOutcome.DECISION
    assert "Not created in erp: 2" in step.says
    assert [one.code for one in step.decide] == ["decide-create"]
    assert whole.answer("create-policy-kept", "flow:companies") == "yes"


def test_flows_are_loaded_after_those_they_point_at(whole: Seen) -> None:
    """The contacts' company and the invoices' customer are test records of the flow companies."""
    assert whole.answer("load-order-works", "pair") == "yes"
    assert whole.answer("first-load", "flow:invoices") == "yes"
    assert whole.answer("amounts-agree", "flow:invoices") == "yes"


def test_guard_stops_a_mass_change_before_the_first_write(whole: Seen) -> None:
    """Two creates where ten percent of four records may change: the run stops, and goes on only as a rehearsal."""
    assert whole.answer("guard-stops", "flow:contacts") == "yes"


def test_everything_is_as_before(whole: Seen) -> None:
    """No record of either system is there, gone or changed, not even its changed time."""
    assert whole.after == whole.before
    assert whole.rehearsed.left == 0
    step = whole.step(None, "clean-up")
    assert step.outcome is StepOutcome.PASS
    assert step.says == f"Removed: {sum(one.removed for one in whole.rehearsed.cleaned.values())}."


def test_every_step_that_wrote_can_be_looked_up(whole: Seen) -> None:
    """The run with its fields and outcomes, and the exchanges of its writes, stand behind each step."""
    for step in whole.rehearsed.rehearsal.steps:
        found = [whole.evidence[key] for key in step.evidence]
        assert not step.did or any(isinstance(one, ActionEvidence) for one in found), step.name
        assert not step.actions or any(isinstance(one, ExchangeEvidence) for one in found), step.name


def test_evidence_of_runs_holds_names_and_no_values(whole: Seen) -> None:
    """What a run did is told without a single value of a record."""
    told = json.dumps([one.detail for one in whole.evidence.values() if isinstance(one, ActionEvidence)])
    assert "@example.com" not in told
    assert "Nordlicht" not in told


def test_long_list_is_not_walked_at_each_run(pair: Pair, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a list of many pages only our own records are read, one by one: the same outcomes, and few list requests.

    Mutant: the whole list is read at each of the fifty runs.
    """
    monkeypatch.setattr(own, "MOST_WALKED", 1)
    listed: list[str] = []
    pair.erp.faults["GET /mandanten/{mandant}/geschaeftspartner"] = lambda request: listed.append(request.path)
    seen = see(project(tmp_path, pair, ("companies", "contacts")), pair)
    assert set(seen.outcomes("contacts").values()) == {"pass", "decision"}
    assert seen.after == seen.before
    assert len(listed) < 20


def answering(status: int) -> Callable[[Request], Response | None]:
    """A fault: the operation answers that status and stores nothing."""
    return lambda _: Response(b'{"fehler": {"code": "KAPUTT"}}', status, content_type="application/json")


def dropping(field: str) -> Callable[[Request], Response | None]:
    """A fault: the operation takes the request and forgets one field of it."""

    def drop(request: Request) -> None:
        body = json.loads(request.get_data())
        body.pop(field, None)
        request.__dict__["_cached_data"] = json.dumps(body).encode()

    return drop


def with_faults(pair: Pair, tmp_path: Path, **faults: dict[str, Callable[[Request], Response | None]]) -> Seen:
    """A rehearsal of companies, one system faulty."""
    for system, broken in faults.items():
        getattr(pair, system).faults.update(broken)
    return see(project(tmp_path, pair, ("companies",)), pair)


def test_target_that_drops_a_field_fails_the_first_load(pair: Pair, tmp_path: Path) -> None:
    """A CRM that forgets the town of every new company: the step names the field. Mutant: the load counts as good when ids came back."""
    seen = with_faults(pair, tmp_path, crm={COMPANIES: dropping("city")})
    step = seen.step("companies", "first-load")
    assert step.outcome is StepOutcome.FAIL
    assert "city" in step.says
    assert seen.answer("first-load", "flow:companies") == "no"
    assert seen.after == seen.before


def test_target_that_refuses_everything_fails_the_first_load_with_its_reason(pair: Pair, tmp_path: Path) -> None:
    """Every company refused with 422: nothing arrives, the status is told, and later situations say that there is no pair."""
    seen = with_faults(pair, tmp_path, crm={COMPANIES: answering(422)})
    step = seen.step("companies", "first-load")
    assert step.outcome is StepOutcome.FAIL
    assert "HTTP 422" in step.says
    assert seen.outcomes("companies")["change-left"] == "skipped"
    assert seen.after == seen.before


def test_target_that_forgets_changes_fails_those(pair: Pair, tmp_path: Path) -> None:
    """An ERP that answers 200 to changes and keeps the old street: the change is told as missing. Mutant: an answered write counts as arrived."""
    seen = with_faults(pair, tmp_path, erp={PARTNER: dropping("strasse")})
    assert seen.outcomes("companies")["change-left"] == "fail"
    assert seen.answer("change-travels", "flow:companies:crm->erp") == "no"
    assert seen.answer("change-travels", "flow:companies:erp->crm") != "yes"


def test_target_that_stores_twice_is_found_by_looking_there(pair: Pair, tmp_path: Path) -> None:
    """A CRM that makes two companies of one request: told as doubled. Mutant: only the ids that were answered are counted."""

    def twice(request: Request) -> None:
        pair.crm.store.create("companies", json.loads(request.get_data()), "somebody")

    seen = with_faults(pair, tmp_path, crm={COMPANIES: twice})
    step = seen.step("companies", "other-side-down")
    assert step.outcome is StepOutcome.FAIL
    assert "Doubles in crm: 1" in step.says
    assert seen.answer("outage-survived", "flow:companies") == "no"


def test_target_that_breaks_down_is_no_refusal(pair: Pair, tmp_path: Path) -> None:
    """A CRM that answers 500 to creates: the load failed, and it is said that nobody knows what became of the writes."""
    seen = with_faults(pair, tmp_path, crm={COMPANIES: answering(500)})
    step = seen.step("companies", "first-load")
    assert step.outcome is StepOutcome.FAIL
    assert "not known what became of them" in step.says
    assert seen.answer("create-policy-kept", "flow:companies") == "unknown"
    assert seen.after == seen.before


def test_stop_in_the_middle_keeps_what_was_played_and_removes_the_records(pair: Pair, tmp_path: Path) -> None:
    """Ctrl-C after the first load: its steps are there, the rest is open with the reason, and nothing is left."""

    def stop(saying: str) -> None:
        if saying == "companies: change-left":
            raise KeyboardInterrupt

    seen = see(project(tmp_path, pair, ("companies",)), pair, stop)
    assert seen.rehearsed.stopped
    assert list(seen.outcomes("companies")) == ["first-load", "second-run-idle"]
    assert seen.answer("conflict-found", "flow:companies") == "unknown"
    assert seen.after == seen.before


def test_a_crash_of_ours_removes_the_records_too(pair: Pair, tmp_path: Path) -> None:
    """A bug in the middle is told as one, after the test records were removed. Mutant: the clean-up stands after the play."""

    def crash(saying: str) -> None:
        if saying == "companies: same-field":
            raise ZeroDivisionError

    before = stored(pair)
    with pytest.raises(ZeroDivisionError):
        see(project(tmp_path, pair, ("companies",)), pair, crash)
    assert stored(pair) == before


def test_what_can_not_be_removed_is_listed(pair: Pair, tmp_path: Path) -> None:
    """A CRM that refuses to delete: the step names what is left and asks who removes it."""
    seen = with_faults(pair, tmp_path, crm={"DELETE /companies/{id}": answering(403)})
    step = seen.step(None, "clean-up")
    assert step.outcome is StepOutcome.DECISION
    assert "Could not be removed in crm: companies cmp_" in step.says
    assert seen.rehearsed.left > 0


def test_conflict_that_a_person_decides_asks_for_the_decision(pair: Pair, tmp_path: Path) -> None:
    """Where the rule is to ask, the step says what the customer has to decide."""
    seen = see(project(tmp_path, pair, ("companies",), companies={"on_conflict": "ask"}), pair)
    step = seen.step("companies", "same-field")
    assert step.outcome is StepOutcome.DECISION
    assert [one.code for one in step.decide] == ["decide-conflict"]
    assert seen.answer("conflict-found", "flow:companies") == "yes"


@pytest.fixture
def shell(pair: Pair, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The project of a small rehearsal, its credentials in the environment."""
    for name, value in demo_environment().items():
        monkeypatch.setenv(name, value)
    return project(tmp_path, pair, ("products",)).path


def test_command_shows_what_it_would_write_and_sends_nothing_without_consent(
    readiness: Readiness, shell: Path, pair: Pair
) -> None:
    """Without `--yes` and without a terminal: exit 4, the list on stderr, not one request. Mutant: the permit is looked for first."""
    asked: list[str] = []
    for one in (pair.crm, pair.erp):
        one.faults.update(dict.fromkeys(EVERY, lambda request: asked.append(request.path)))
    ended = readiness("rehearse", "--project", str(shell))
    assert ended.code == 4
    assert "test records" in ended.err
    assert pair.erp.base_url in ended.err
    assert asked == []


def test_command_refuses_a_system_that_is_not_marked(readiness: Readiness, shell: Path, pair: Pair) -> None:
    """`--yes` is no permit: a system that is not marked as a sandbox is refused, exit 4, and nothing was asked."""
    stated = yaml.safe_load(shell.read_text("utf-8"))
    stated["systems"]["erp"]["sandbox"] = False
    shell.write_text(yaml.safe_dump(stated, allow_unicode=True), "utf-8")
    before = stored(pair)
    ended = readiness("rehearse", "--yes", "--project", str(shell))
    assert ended.code == 4
    assert stored(pair) == before


def test_command_plays_and_tells_in_the_readers_language(readiness: Readiness, shell: Path, pair: Pair) -> None:
    """Exit 0, the section alone on stdout, in German where asked."""
    before = stored(pair)
    ended = readiness("rehearse", "--yes", "--project", str(shell), "--language", "de")
    assert ended.code == 0, ended.err
    assert ended.out.lstrip().startswith("GENERALPROBE")
    assert "✔ bestanden: Erstübernahme" in ended.out
    assert stored(pair) == before


def test_command_gives_programs_the_steps_and_findings(readiness: Readiness, shell: Path) -> None:
    """JSON in the shape of every command, with the audit's rehearsal, findings and evidence."""
    ended = readiness("rehearse", "--yes", "--project", str(shell), "--format", "json")
    told = json.loads(ended.out)
    assert told["command"] == "rehearse"
    assert {one["name"] for one in told["result"]["rehearsal"]["steps"]} >= {"first-load", "clean-up"}
    keys = {key for one in told["result"]["rehearsal"]["steps"] for key in one["evidence"]}
    assert keys <= set(told["result"]["evidence"])


EVERY = ("GET /account", "GET /products", "POST /products", "GET /mandanten/{mandant}/artikel", "POST /mandanten/{mandant}/artikel", "GET /mandanten/{mandant}")  # fmt: skip
