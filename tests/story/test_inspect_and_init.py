"""`inspect` and `init`: from one or two documents to a profile and a project file."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

import jsonschema_rs
import pytest

from checker.project.load import load_project
from checker.project.sides import many
from checker.project.types import Flow
from checker.sandbox.demo_project import write_demo
from checker.sandbox.document import document_text
from checker.sandbox.pair import SEED_NOW, running_pair
from tests.manners import JSON_API, ODATA
from tests.servers import Answered, serve
from tests.story.cli import Readiness

ROOT = Path(__file__).parents[2]


@pytest.fixture
def documents(tmp_path: Path) -> tuple[Path, Path]:
    """The documents of the embedded pair as files."""
    made = []
    for name in ("crm.openapi.yaml", "erp.openapi.json"):
        path = tmp_path / name
        path.write_text(document_text(name), "utf-8")
        made.append(path)
    return made[0], made[1]


def test_inspect_tells_what_a_document_declares(readiness: Readiness, documents: tuple[Path, Path]) -> None:
    """As text: title, access, webhooks, the resources as a table; with --all each resource's paging and change detection."""
    ended = readiness("inspect", str(documents[0]))
    assert ended.code == 0
    for told in ("contact 100%", "cursor", "bearer", "subscription api"):
        assert told in ended.out
    assert "updated_after" in readiness("inspect", str(documents[0]), "--all").out


@pytest.mark.parametrize("strict", [(), ("--strict",)])
def test_inspect_as_json_keeps_to_the_published_schema(
    readiness: Readiness, documents: tuple[Path, Path], strict: tuple[str, ...]
) -> None:
    """--format json is one profile in the shape of reports/profile.schema.json; both validators call the pair's documents valid."""
    schema = json.loads((ROOT / "reports" / "profile.schema.json").read_text("utf-8"))
    for document in documents:
        ended = readiness("inspect", str(document), "--format", "json", *strict)
        assert ended.code == 0
        profile = json.loads(ended.out)
        assert [str(one) for one in jsonschema_rs.validator_for(schema).iter_errors(profile)] == []
        assert profile["valid"] is True


def test_inspect_strict_ends_with_1_where_a_document_is_invalid(readiness: Readiness, tmp_path: Path) -> None:
    """Invalid, yet readable: inspect shows it and ends with 0; --strict ends with 1; the problem has its line."""
    path = tmp_path / "bad.yaml"
    path.write_text(
        "openapi: 3.0.3\ninfo:\n  title: t\n  version: '1'\npaths:\n  /a:\n    get:\n      responses: {}\n      colour: red\n",
        "utf-8",
    )
    assert readiness("inspect", str(path)).code == 0
    ended = readiness("inspect", str(path), "--strict", "--format", "json")
    assert ended.code == 1
    profile = json.loads(ended.out)
    assert profile["valid"] is False
    assert any(one["line"] for one in profile["problems"])


def test_inspect_reads_an_address_that_the_user_names(readiness: Readiness) -> None:
    """A document can be read from a server."""
    text = document_text("crm.openapi.yaml").encode()
    with serve(lambda _asked: Answered(200, text, [("Content-Type", "application/yaml")])) as server:
        ended = readiness("inspect", f"{server.url}/openapi.yaml", "--format", "json")
    assert ended.code == 0
    assert json.loads(ended.out)["operations"] > 10


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.html", b"<!DOCTYPE html><html></html>"),
        ("a.json", b""),
        ("a.bin", b"\x00\x01\x02\xff" * 40),
        ("a.yaml", b"a: [1\nb: 2"),
        ("a.json", b"{}"),
    ],
)
def test_a_text_that_is_no_api_document_ends_with_2_and_says_what_to_do(
    readiness: Readiness, tmp_path: Path, name: str, content: bytes
) -> None:
    """HTML, empty, binary, broken and foreign files: one clear message, no traceback."""
    path = tmp_path / name
    path.write_bytes(content)
    ended = readiness("inspect", str(path))
    assert ended.code == 2
    assert "→" in ended.err
    assert "Traceback" not in ended.err


def test_a_file_that_is_not_there_is_told(readiness: Readiness, tmp_path: Path) -> None:
    """A wrong path ends with 2 and names it."""
    ended = readiness("inspect", str(tmp_path / "nope.yaml"))
    assert ended.code == 2
    assert "nope.yaml" in ended.err


def test_init_writes_a_valid_project_for_the_embedded_pair(
    readiness: Readiness, documents: tuple[Path, Path], tmp_path: Path
) -> None:
    """Two documents become a project with guessed flows; it is valid as it stands and says what is still to fill in."""
    out = tmp_path / "readiness.yaml"
    ended = readiness("init", f"crm={documents[0]}", f"erp={documents[1]}", "-o", str(out))
    assert ended.code == 0
    project = load_project(out).project
    assert {flow.name for flow in project.flows} >= {"companies", "products", "invoices"}
    assert project.systems["crm"].document == "crm.openapi.yaml"
    assert "base_url" in ended.out
    assert "sure:" in out.read_text("utf-8")


def pairs_of(flows: list[Flow]) -> dict[tuple[str, str, str], set[tuple[str, str]]]:
    """Every field mapping by flow and first field: the single pairs that it holds, those of line items with their list's name."""
    found = {}
    for flow in flows:
        lines = [(one, "lines:") for one in flow.lines.fields] if flow.lines else []
        for one, start in [*((one, "") for one in flow.fields), *lines]:
            both = {(left, right) for left in many(one.left) for right in many(one.right)}
            found[flow.name, start + many(one.left)[0], many(one.right)[0]] = both
    return found


def test_init_finds_the_mapping_of_the_embedded_pair(
    readiness: Readiness, documents: tuple[Path, Path], tmp_path: Path
) -> None:
    """Against the mapping that ships with the pair, lines and records within records included: precision ≥ 0.9, recall ≥ 0.8."""
    out = tmp_path / "readiness.yaml"
    assert readiness("init", f"crm={documents[0]}", f"erp={documents[1]}", "-o", str(out)).code == 0
    guessed = pairs_of(load_project(out).project.flows)
    folder = tmp_path / "demo"
    folder.mkdir()
    with running_pair(SEED_NOW) as pair:
        committed = pairs_of(load_project(write_demo(folder, pair, SEED_NOW)).project.flows)
    truth = {(key[0], *one) for key, both in committed.items() for one in both}
    said = {(key[0], *one) for key, both in guessed.items() for one in both}
    right = [key for key, both in committed.items() if any((key[0], *one) in said for one in both)]
    assert len(said & truth) / len(said) >= 0.9, sorted(said - truth)
    assert len(right) / len(committed) >= 0.8, sorted(set(committed) - set(right))


def test_a_guess_says_how_sure_it_is_why_and_what_is_left_to_do(
    readiness: Readiness, documents: tuple[Path, Path], tmp_path: Path
) -> None:
    """Beside each pair; a drop-down whose options can't be told is a task; what nobody mapped is listed."""
    out = tmp_path / "readiness.yaml"
    readiness("init", f"crm={documents[0]}", f"erp={documents[1]}", "-o", str(out))
    text = out.read_text("utf-8")
    assert (
        '{left: "vat_id", right: "ust_id", transform: [remove_blanks, uppercase]}    # sure: 95%, both mean vat_id'
        in text
    )
    assert "TO DO: pair the options: business, private ↔ GK, PK" in text
    assert 'options: {active: "A", inactive: "I"}' in text
    assert 'options: {"true": "N", "false": "J"}' in text  # active ↔ blocked
    assert "nothing was found for these of crm: domain, industry, owner" in text


def test_what_init_writes_can_be_audited_at_once(
    readiness: Readiness, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two other systems, one in JSON:API's manner and one in OData's: the project loads, and the audit of the documents runs to its end."""
    for name, document in (("shop", JSON_API), ("books", ODATA)):
        (tmp_path / f"{name}.json").write_text(json.dumps(document), "utf-8")
    monkeypatch.chdir(tmp_path)
    assert readiness("init", "shop=shop.json", "books=books.json").code == 0
    (flow,) = load_project(tmp_path / "readiness.yaml").project.flows
    assert ("attributes.emailAddress", "EMail") in {(one.left, one.right) for one in flow.fields}
    ended = readiness("audit", "--offline", "--format", "json")
    assert ended.code in (1, 3)
    assert {one["subject"] for one in json.loads(ended.out)["results"]} >= {"shop", "books", "flow:contacts"}


def test_init_names_a_registers_number_with_its_court(readiness: Readiness, tmp_path: Path) -> None:
    """Where both sides tell the court, the number alone is no key: the next court has it, too."""
    names = ("name", "vat_id", "register_number", "register_court")
    company = {"type": "object", "properties": {one: {"type": "string"} for one in ("id", *names)}}
    content = {"application/json": {"schema": {"type": "array", "items": company}}}
    listed = {"get": {"responses": {"200": {"description": "companies", "content": content}}}}
    one = {
        "openapi": "3.0.3",
        "info": {"title": "x", "version": "1"},
        "paths": {"/companies": listed, "/companies/{id}": {}},
    }
    for name in ("crm", "erp"):
        (tmp_path / f"{name}.json").write_text(json.dumps(one), "utf-8")
    out = tmp_path / "readiness.yaml"
    assert readiness("init", *(f"{name}={tmp_path / name}.json" for name in ("crm", "erp")), "-o", str(out)).code == 0
    (flow,) = load_project(out).project.flows
    assert flow.match[:2] == ["vat_id", ["register_number", "register_court"]]
    assert "register_number" not in flow.match


@pytest.mark.parametrize(
    ("crm", "erp", "key"),
    [
        (("zip", "city", "birthday"), ("plz", "ort", "geburtsdatum"), ["last_name", "first_name", "zip"]),
        (("city", "birthday"), ("plz", "ort", "geburtsdatum"), ["last_name", "first_name", "birthday"]),
        (("zip", "city"), ("ort",), ["last_name", "first_name", "city"]),
        (("zip",), ("ort",), ["last_name", "first_name"]),
    ],
)
def test_init_tells_namesakes_apart(
    readiness: Readiness, tmp_path: Path, crm: tuple[str, ...], erp: tuple[str, ...], key: list[str]
) -> None:
    """A person's name is a key together with what both sides have of postcode, birth date and place; alone only where they have none of it."""
    sides = {"crm": ("email", "last_name", "first_name", *crm), "erp": ("email", "nachname", "vorname", *erp)}
    for name, fields in sides.items():
        contact = {"type": "object", "properties": {one: {"type": "string"} for one in ("id", *fields)}}
        content = {"application/json": {"schema": {"type": "array", "items": contact}}}
        listed = {"get": {"responses": {"200": {"description": "contacts", "content": content}}}}
        paths = {"/contacts": listed, "/contacts/{id}": {}}
        one = {"openapi": "3.0.3", "info": {"title": "x", "version": "1"}, "paths": paths}
        (tmp_path / f"{name}.json").write_text(json.dumps(one), "utf-8")
    out = tmp_path / "readiness.yaml"
    assert readiness("init", *(f"{name}={tmp_path / name}.json" for name in sides), "-o", str(out)).code == 0
    (flow,) = load_project(out).project.flows
    assert flow.match == ["email", key]


def test_init_without_documents_gives_a_skeleton_and_the_questions(readiness: Readiness, tmp_path: Path) -> None:
    """Two names are enough for a valid skeleton."""
    out = tmp_path / "readiness.yaml"
    assert readiness("init", "shop", "billing", "-o", str(out)).code == 0
    assert list(load_project(out).project.systems) == ["shop", "billing"]


def test_init_overwrites_nothing_unasked(readiness: Readiness, tmp_path: Path) -> None:
    """A project that is there stays; --force replaces it."""
    out = tmp_path / "readiness.yaml"
    out.write_text("mine", "utf-8")
    assert readiness("init", "a", "b", "-o", str(out)).code == 2
    assert out.read_text("utf-8") == "mine"
    assert readiness("init", "a", "b", "-o", str(out), "--force").code == 0


@pytest.mark.parametrize("words", [("crm",), ("a", "a"), ("1x", "b"), ("a", "b", "c")])
def test_init_wants_two_names(readiness: Readiness, words: tuple[str, ...]) -> None:
    """One system, the same twice, three, or a bad name: exit 2 with the right form."""
    assert readiness("init", *words).code == 2


def test_the_pair_s_documents_are_in_the_package() -> None:
    """The embedded documents travel with the code."""
    assert files("checker.sandbox").joinpath("crm.openapi.yaml").is_file()


def test_an_address_that_gives_no_document_is_told_with_the_servers_answer(readiness: Readiness) -> None:
    """A 404 is the user's to mend, not a bug of ours; what stands in the query isn't repeated."""
    with serve(lambda _asked: Answered(404, {})) as server:
        ended = readiness("inspect", f"{server.url}/openapi.json?key=s3cret")
    assert ended.code == 2
    assert f"{server.url}/openapi.json" in ended.err
    assert "404" in ended.err
    assert "s3cret" not in ended.err
