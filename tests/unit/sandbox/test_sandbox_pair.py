"""Starting and stopping the pair, and what a newcomer sees."""

from __future__ import annotations

import threading
from typing import Any

import httpx
import pytest
import yaml

from checker.checklist.load import load_packs
from checker.project.load import load_answers, load_project
from checker.sandbox.__main__ import introduction, main
from checker.sandbox.demo_project import demo_answers, demo_environment, demo_project, write_demo
from checker.sandbox.document import Document, read_document
from checker.sandbox.pair import CRM_DOCUMENT, ERP_DOCUMENT, SEED_NOW, Pair, running_pair


def test_both_servers_stop_and_leave_nothing() -> None:
    """After the block both ports are closed and no thread of theirs runs, even with a connection still open."""
    before = set(threading.enumerate())
    with httpx.Client() as http:
        with running_pair() as pair:
            addresses = [f"{pair.crm.base_url}/openapi.yaml", f"{pair.erp.base_url}/openapi.json"]
            assert [http.get(one).status_code for one in addresses] == [200, 200]
        assert set(threading.enumerate()) == before
        for one in addresses:
            with pytest.raises(httpx.TransportError):
                http.get(one)


def test_servers_stop_when_the_block_fails() -> None:
    """A crash inside the block stops both servers too."""
    address = ""

    def crash() -> None:
        nonlocal address
        with running_pair() as pair:
            address = pair.crm.base_url
            raise ValueError

    with pytest.raises(ValueError, match=r"^$"):
        crash()
    with pytest.raises(httpx.ConnectError):
        httpx.get(address)


def test_two_pairs_know_nothing_of_each_other(pair: Pair, crm: httpx.Client) -> None:
    """What is written to one pair is not in another."""
    crm.post("companies", json={"name": "Only here"})
    with running_pair() as other:
        headers = {"Authorization": f"Bearer {other.crm.token}"}
        found = httpx.get(f"{other.crm.base_url}/companies", headers=headers, params={"name": "Only here"}).json()
    assert found["total"] == 0
    assert crm.get("companies", params={"name": "Only here"}).json()["total"] == 1


def test_a_taken_port_is_an_error_and_leaves_nothing(seeded: Pair) -> None:
    """When the second server can't start, the first is stopped."""
    before = set(threading.enumerate())
    taken = httpx.URL(seeded.crm.base_url).port or 0
    with pytest.raises(OSError, match=r"in use|only one usage"), running_pair(ports=(0, taken)):
        pass
    assert set(threading.enumerate()) == before


def test_newcomers_are_shown_how_to_ask(seeded: Pair, capsys: pytest.CaptureFixture[str]) -> None:
    """`python -m checker.sandbox` prints addresses, credentials and a request for each system."""
    done = threading.Event()
    done.set()
    assert main([], until=done) == 0
    shown = capsys.readouterr().out
    assert shown.count("curl -H") == 2
    assert all(f"{name}={value}" in shown for name, value in demo_environment().items())
    assert seeded.crm.base_url in introduction(seeded)


def test_the_demonstrations_project_is_a_valid_project_file(seeded: Pair, tmp_path: Any) -> None:
    """The shipped readiness.yaml has the shape of every project file, and holds no secret."""
    loaded = load_project(write_demo(tmp_path, seeded, SEED_NOW, "de"))
    text, project = loaded.path.read_text("utf-8"), loaded.project
    assert project.systems["crm"].base_url == seeded.crm.base_url
    assert (project.go_live, project.language) == ("2027-02-01", "de")
    assert not any(secret in text for secret in demo_environment().values())
    assert "@" not in text.replace("ops@example.com", "").replace("data@example.com", "")


def test_every_variable_of_the_project_is_provided(seeded: Pair) -> None:
    """The environment has exactly the variables that the project file refers to."""
    text = demo_project(seeded, SEED_NOW)
    assert {part.split("}")[0] for part in text.split("${env:")[1:]} == set(demo_environment())


def _named(mapping: dict[str, Any], side: str) -> list[str]:
    return [mapping[side]] if isinstance(mapping[side], str) else list(mapping[side])


def test_the_projects_fields_exist_in_the_documents(seeded: Pair) -> None:
    """Every field of every flow, mapped or explained, is one of its resource; options are the declared ones."""
    crm, erp = Document(read_document(CRM_DOCUMENT)), Document(read_document(ERP_DOCUMENT))
    kinds = {"companies": "Company", "contacts": "Contact", "products": "Product", "invoices": "Invoice"}
    partners = {"geschaeftspartner": "Geschaeftspartner", "artikel": "Artikel", "rechnungen": "Rechnung"}
    for flow in yaml.safe_load(demo_project(seeded, SEED_NOW))["flows"]:
        left = crm.raw["components"]["schemas"][kinds[flow["left"].split("/")[1]]]["properties"]
        name, _, inside = flow["right"].split("/")[1].partition(".")
        schema = "Ansprechpartner" if inside else partners[name]
        right = erp.raw["components"]["schemas"][schema]["properties"]
        mapped = [(_named(one, "left"), _named(one, "right")) for one in flow["fields"]]
        assert {name.split(".")[0] for names, _ in mapped for name in names} <= set(left)
        assert {name for _, names in mapped for name in names if not name.startswith("..")} <= set(right)
        assert set(flow["not_synced"]) <= set(left) | set(right)


def test_the_demonstration_is_written_as_four_files(seeded: Pair, tmp_path: Any) -> None:
    """Project, answers and both documents lie side by side, as a customer's would."""
    project = write_demo(tmp_path, seeded, SEED_NOW)
    assert project == tmp_path / "readiness.yaml"
    assert {one.name for one in tmp_path.iterdir()} == {"readiness.yaml", "answers.yaml", CRM_DOCUMENT, ERP_DOCUMENT}


def test_the_shipped_answers_fit_the_checklist(tmp_path: Any) -> None:
    """Every answer belongs to an item of the core checklist and is one of its choices; exactly one question is left open on purpose."""
    file = tmp_path / "answers.yaml"
    file.write_text(demo_answers(SEED_NOW), "utf-8")
    answers = load_answers(file)
    (pack,) = load_packs(["core"], relative_to=tmp_path)
    items = {one.id: one for one in pack.items}
    assert set(answers.answers) <= set(items)
    for item, given in answers.answers.items():
        choices = {choice.id for choice in items[item].ask.choices}
        for one in given:
            assert one.answer in {*choices, "not-applicable"} or not choices or one.later is not None, item
    later = [item for item, given in answers.answers.items() if any(one.later for one in given)]
    assert later == ["parallel-editing"]
