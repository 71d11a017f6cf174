"""`readiness data`: what the records say, from the sandboxes or from exported files."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from checker.sandbox.demo_project import demo_environment, write_demo
from checker.sandbox.pair import Pair, running_pair
from tests.story.cli import Readiness


@pytest.fixture
def pair(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pair]:
    """The running pair, its project in the current folder, its credentials in the environment."""
    now = datetime.now(UTC)
    with running_pair(now, rate_limit=10_000_000) as running:
        write_demo(tmp_path, running, now)
        monkeypatch.chdir(tmp_path)
        for name, value in demo_environment().items():
            monkeypatch.setenv(name, value)
        yield running


FATES = ("create_on_the_other_side", "create_if_agreed", "stay", "out_of_scope")


def forecast(readiness: Readiness, *words: str) -> dict[str, dict[str, object]]:
    """The forecast by flow."""
    ended = readiness("data", "match", *words, "--format", "json")
    assert ended.code == 0, ended.err
    return {one["flow"]: one for one in json.loads(ended.out)["result"]["flows"]}


def test_the_forecast_is_that_of_the_sync(readiness: Readiness, pair: Pair) -> None:
    """Every record is in one class; the links are those that a plan takes."""
    told = forecast(readiness)
    plan = json.loads(readiness("sync", "plan", "--format", "json").out)["result"]
    planned = {one["flow"]: len(one["links"]) for one in plan["flows"]}
    for name, one in told.items():
        assert one["linked"] == planned[name] == sum(one["linked_by"].values())
        for side in (one["left"], one["right"]):
            assert side["records"] == one["linked"] + side["ambiguous"] + side["unusable"] + sum(
                side[fate] for fate in FATES
            )


def test_what_becomes_of_records_without_counterpart_is_what_the_sync_would_do(
    readiness: Readiness, pair: Pair
) -> None:
    """Created are those whom the plan creates; the others wait for a person, go the other way, or aren't in scope: told in figures, words and lists."""
    told = forecast(readiness, "--out", "lists")
    plan = json.loads(readiness("sync", "plan", "--format", "json").out)["result"]
    for flow in plan["flows"]:
        created = [one["side"] for one in flow["actions"] if one["kind"] == "create"]
        sides = told[flow["flow"]]
        assert sides["right"]["create_on_the_other_side"] >= created.count("left")
        assert sides["left"]["create_on_the_other_side"] >= created.count("right")
    companies, products = told["companies"], told["products"]
    assert companies["left"]["create_on_the_other_side"] == 0
    assert companies["left"]["create_if_agreed"] > 0
    assert companies["left"]["out_of_scope"] > 0
    assert (
        products["left"]["stay"]
        == products["left"]["records"]
        - products["linked"]
        - products["left"]["ambiguous"]
        - products["left"]["unusable"]
    )
    rows = list(csv.reader(Path("lists/companies-only-crm.csv").read_text("utf-8-sig").splitlines(), delimiter=";"))
    assert rows[0][-1] == "becomes"
    assert {row[-1] for row in rows[1:]} == {"created if a person agrees", "out of scope: filter"}
    said = readiness("data", "match", "companies", "--language", "de").out
    assert "ohne Gegenstück, dort anzulegen, wenn eine Person zustimmt" in said
    assert "ohne Gegenstück, nicht im Umfang (Filter)" in said


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")  # pyspark's own, to its Java process
def test_spark_says_what_the_embedded_engine_says(readiness: Readiness, pair: Pair) -> None:
    """`--engine spark --spark-master local[2]`: every flow has the same figures."""
    pytest.importorskip("pyspark", reason="Spark isn't installed: make spark")
    assert forecast(readiness, "--engine", "spark", "--spark-master", "local[2]") == forecast(readiness)


def test_exported_files_give_the_same_forecast_and_need_no_system(
    readiness: Readiness, pair: Pair, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same records as a German CSV and as JSON lines: the same figures, with the files as their source, and nobody is asked."""
    live = forecast(readiness, "companies")["companies"]
    crm = [{"id": one.id, **one.data} for one in pair.crm.store.living("companies")]
    columns = [name for name in crm[0] if not isinstance(crm[0][name], dict | list)]
    with (tmp_path / "firmen.csv").open("w", encoding="cp1252", errors="replace", newline="") as out:
        writer = csv.DictWriter(out, columns, delimiter=";", extrasaction="ignore")
        writer.writeheader()
        writer.writerows(crm)
    erp = [{"id": one.id, **one.data} for one in pair.erp.store.living("geschaeftspartner")]
    (tmp_path / "partner.jsonl").write_text("\n".join(json.dumps(one) for one in erp), "utf-8")
    for name in demo_environment():
        monkeypatch.delenv(name)
    files = ("--file", "crm/companies=firmen.csv", "--file", "erp/geschaeftspartner=partner.jsonl")
    said = readiness("data", "match", "companies", *files)
    assert "firmen.csv (CSV, Windows-1252, separated by ;)" in said.out
    assert "partner.jsonl (JSON lines, utf-8)" in said.out
    assert forecast(readiness, "companies", *files)["companies"] == live
    assert "crm, vat_id: 3 keys, 6 records" in readiness("data", "duplicates", "companies", *files).out


def test_the_lists_to_clean_up_are_masked_unless_their_owner_asks(
    readiness: Readiness, pair: Pair, tmp_path: Path
) -> None:
    """CSV that a spreadsheet opens; keys masked; with --unmasked as they are; nothing that a spreadsheet takes for a formula."""
    readiness("data", "match", "contacts", "--out", "lists")
    text = (tmp_path / "lists" / "contacts-linked.csv").read_text("utf-8-sig")
    assert text.splitlines()[0] == "crm;erp;by;email;last_name + first_name"
    assert "@***" in text
    mails = [one.data["email"] for one in pair.crm.store.living("contacts") if one.data["email"]]
    assert not any(one in text for one in mails)
    readiness("data", "match", "contacts", "--out", "lists", "--unmasked")
    clear = (tmp_path / "lists" / "contacts-linked.csv").read_text("utf-8-sig")
    assert sum(one.lower() in clear for one in mails) > 30
    rows = list(csv.reader(clear.splitlines(), delimiter=";"))
    assert not any(cell[:1] in "=+-@" for row in rows for cell in row if cell)


def test_the_lists_come_as_a_workbook_too(readiness: Readiness, pair: Pair, tmp_path: Path) -> None:
    """One for each flow, a sheet for each list; every cell is a text, so that nothing is a formula."""
    for company in list(pair.crm.store.living("companies")):
        pair.crm.store.change("companies", company.id, {**company.data, "name": "=1+1"}, "test")
    readiness("data", "match", "companies", "--out", "lists", "--list-format", "xlsx", "--unmasked")
    book = load_workbook(tmp_path / "lists" / "companies.xlsx")
    assert {"linked", "only-erp"} <= set(book.sheetnames)
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert any(str(cell.value).startswith("=1+1") for cell in cells)
    assert {cell.data_type for cell in cells} == {"s"}
    assert not list((tmp_path / "lists").glob("*.csv"))


def test_why_two_records_are_linked_or_not_is_explained(readiness: Readiness, pair: Pair) -> None:
    """Key by key, and the verdict; an id that isn't there is told."""
    readiness("data", "match", "companies", "--out", "lists", "--unmasked")
    rows = list(csv.reader(Path("lists/companies-linked.csv").read_text("utf-8-sig").splitlines(), delimiter=";"))
    left, right, by = rows[1][:3]
    said = readiness("data", "explain", "companies", left, right).out
    assert f"linked by {by}" in said
    assert "the same" in said
    other = rows[2][1]
    assert f"{left} is linked with {right}" in readiness("data", "explain", "companies", left, other).out
    assert readiness("data", "explain", "companies", left, "nobody").code == 2


def test_a_pair_that_another_key_contradicts_is_left_to_a_person(readiness: Readiness, pair: Pair) -> None:
    """One name and country, two VAT ids: not linked, not created, counted apart, and explained. Mutant: the name alone links them."""
    readiness("data", "match", "companies", "--out", "lists", "--unmasked")
    rows = list(csv.reader(Path("lists/companies-linked.csv").read_text("utf-8-sig").splitlines(), delimiter=";"))
    left, right, by = rows[1][:3]
    before, company = forecast(readiness, "companies")["companies"], pair.crm.store.get("companies", left)
    pair.crm.store.change("companies", left, {**company.data, "vat_id": "DE811193231"}, "test")
    told = forecast(readiness, "companies", "--fresh")["companies"]
    assert (by, told["contradicted_by"]) == ("vat_id", {"vat_id": 1})
    assert told["linked"] == before["linked"] - 1
    assert told["left"]["create_on_the_other_side"] == before["left"]["create_on_the_other_side"]
    assert "contradicted by vat_id" in readiness("data", "match", "companies", "--out", "lists").out
    assert "contradicted by" in Path("lists/companies-ambiguous.csv").read_text("utf-8-sig").splitlines()[0]
    said = readiness("data", "explain", "companies", left, right).out
    assert "name + country says that" in said
    assert "and vat_id that they are two" in said


def test_branches_that_share_a_vat_id_are_linked_and_told(readiness: Readiness, pair: Pair) -> None:
    """One link across two postal codes: counted, listed, and the same of exported files. Mutant: linked silently."""
    readiness("data", "match", "companies", "--out", "lists")
    link = next(
        row
        for row in csv.reader(Path("lists/companies-linked.csv").read_text("utf-8-sig").splitlines(), delimiter=";")
        if row[2] == "vat_id"
    )
    before, company = forecast(readiness, "companies")["companies"], pair.crm.store.get("companies", link[0])
    pair.crm.store.change("companies", link[0], {**company.data, "postal_code": "00001"}, "test")
    found = forecast(readiness, "companies", "--fresh", "--out", "lists")["companies"]
    assert (found["linked"], found["linked_in_two_places"]) == (before["linked"], before["linked_in_two_places"] + 1)
    assert "in two places (one VAT id may be several branches)" in readiness("data", "match", "companies").out
    listed = Path("lists/companies-two-places.csv").read_text("utf-8-sig").splitlines()
    assert any(row.startswith(f"{link[0]};{link[1]};vat_id;") for row in listed[1:])
    for subject, store in (("crm/companies", pair.crm.store), ("erp/geschaeftspartner", pair.erp.store)):
        held = [{"id": one.id, **one.data} for one in store.living(subject.partition("/")[2])]
        Path(f"{subject.partition('/')[2]}.jsonl").write_text("\n".join(map(json.dumps, held)), "utf-8")
    files = ("--file", "crm/companies=companies.jsonl", "--file", "erp/geschaeftspartner=geschaeftspartner.jsonl")
    assert forecast(readiness, "companies", *files)["companies"] == found


def test_fields_are_told_without_their_values(readiness: Readiness, pair: Pair) -> None:
    """Filled, distinct, lengths, shapes, personal data; no value of a record."""
    said = readiness("data", "profile", "crm/contacts").out
    assert "mail" in said
    assert "unique" in said
    assert not any(one.data["last_name"] in said for one in pair.crm.store.living("contacts"))
    told = json.loads(readiness("data", "profile", "crm/contacts", "--format", "json").out)["result"]["fields"]
    email = next(one for one in told if one["name"] == "email")
    assert email["personal"] == "mail"
    assert email["filled"] < email["records"]
    assert (email["invalid"], next(one for one in told if one["name"] == "last_name")["invalid"]) == (0, None)


def test_fields_of_a_file_are_those_of_the_list(readiness: Readiness, pair: Pair) -> None:
    """Whatever kind of file the same records were exported to; a file that only a second look can read is no exception."""
    held = [{"id": one.id, **one.data} for one in pair.crm.store.living("contacts")]
    names = list(dict.fromkeys(name for one in held for name in one if not isinstance(one[name], dict | list)))
    plain = [{name: one.get(name) for name in names} for one in held]
    Path("a.jsonl").write_text("\n".join(map(json.dumps, plain)), "utf-8")
    with Path("b.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names, delimiter=";")
        writer.writeheader()
        writer.writerows(plain)
    book = Workbook()
    for line in ([*names], *([None if one[name] == "" else one[name] for name in names] for one in plain)):
        book.active.append(line)
    book.save("c.xlsx")

    def told(path: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        ended = readiness("data", "profile", "crm/contacts", "--file", f"crm/contacts={path}", "--format", "json")
        assert ended.code == 0, ended.err
        result = json.loads(ended.out)["result"]
        return result["fields"], result["sources"]

    fields, (source,) = told("a.jsonl")
    assert {one["records"] for one in fields} == {source["records"]} == {len(held)}
    assert told("b.csv")[0] == told("c.xlsx")[0] == fields


def test_test_records_are_found_where_the_project_file_says(readiness: Readiness, pair: Pair) -> None:
    """With `--test-data`, and no `--file`; without it the sandbox is read as ever. A file that went missing is told with line and key."""
    crm = [{"id": one.id, **one.data} for one in pair.crm.store.living("companies")][:7]
    Path("firmen.jsonl").write_text("\n".join(json.dumps(one) for one in crm), "utf-8")
    project = Path("readiness.yaml").read_text("utf-8")
    named = project.replace("  crm:\n", "  crm:\n    test_data: {companies: firmen.jsonl}\n")
    Path("readiness.yaml").write_text(named, "utf-8")

    def source(*more: str) -> tuple[str, int]:
        ended = readiness("data", "check", "companies", "--format", "json", *more)
        told = {one["subject"]: one for one in json.loads(ended.out)["result"]["sources"]}["crm/companies"]
        return told["where"], told["records"]

    assert source("--test-data") == ("firmen.jsonl (JSON lines, utf-8)", 7)
    assert source()[0] == "sandbox"
    Path("given.jsonl").write_text(json.dumps(crm[0]), "utf-8")
    assert source("--test-data", "--file", "crm/companies=given.jsonl") == ("given.jsonl (JSON lines, utf-8)", 1)
    Path("firmen.jsonl").unlink()
    ended = readiness("data", "check", "companies", "--test-data")
    line = named.splitlines().index("    test_data: {companies: firmen.jsonl}") + 1
    assert ended.code == 2
    assert f"readiness.yaml:{line}:" in ended.err
    assert "systems.crm.test_data.companies: there is no file firmen.jsonl" in ended.err


def test_a_profile_of_a_broken_file_tells_its_line(readiness: Readiness, pair: Pair) -> None:
    """However far down it is: exit 2, and no figures."""
    Path("a.csv").write_text("id;email\n" + "1;a@kern.de\n" * 5000 + "2;b@kern.de;more\n", "utf-8")
    ended = readiness("data", "profile", "crm/contacts", "--file", "crm/contacts=a.csv")
    assert (ended.code, ended.out) == (2, "")
    assert "a.csv:5002" in ended.err
    Path("a.csv").write_text("nr;email\n1;a@kern.de\n", "utf-8")
    ended = readiness("data", "profile", "crm/contacts", "--file", "crm/contacts=a.csv")
    assert ended.code == 2
    assert "column id, by which its records are known" in ended.err


def test_what_is_wrong_with_an_export_is_told_without_a_person_s_data(readiness: Readiness, pair: Pair) -> None:
    """File, line, column, and the shape of the cell: neither its line nor its value, be they printed or in JSON; the same advice once."""
    Path("a.csv").write_text("id;name;price\n1;Erika Mustermann;0171 5550017 mobil\n2;Erika Mustermann;viel\n", "utf-8")
    ended = readiness("data", "profile", "crm/products", "--file", "crm/products=a.csv", "--format", "json")
    assert ended.code == 2
    assert "a.csv:2:3: price: a value like “9999 9999999 aaaaa”" in ended.err
    assert not [one for one in ("Mustermann", "5550017", "viel") if one in ended.err + ended.out]
    assert ended.err.count("correct it in the source") == 1
    assert ended.out.count("correct it in the source") == 2


HEAD = "id;name;vat_id;country"
BAD_FILES: dict[str, tuple[bytes, str]] = {  # content, and where and what is told
    "empty.csv": (b"", "empty.csv is empty"),
    "blank.csv": (b"\n ; \n\n", "blank.csv is empty"),
    "ragged.csv": (f"{HEAD}\n1;Kern;;DE\n2;Süd;DE\n".encode(), "ragged.csv:3"),
    "delimiter.csv": (b"id:name:vat_id\n1:Kern;:DE\n2:S:DE\n", "delimiter.csv:1"),
    "headers.csv": (f"{HEAD}\n{HEAD.upper()}\n1;Kern;;DE\n".encode(), "headers.csv:2"),
    "twice.csv": (b"id;name;name\n1;a;b\n", "twice.csv:1:3"),
    "mixed.csv": (f"{HEAD}\n1;Süd;;DE\n".encode() + "2;Süd;;DE\n".encode("cp1252"), "mixed.csv:3"),
    "cell.csv": (b"id;name;price\n1;Kern;many\n", "cell.csv:2:3"),
    "quote.csv": (f'{HEAD}\n1;"Kern;;DE\n'.encode(), "quote.csv:2"),
    "zeros.csv": (f"{HEAD}\n1;".encode() + bytes(2_000_000), "zeros.csv:2"),
    "ids.csv": (b"id;name\n;Kern\n;Nord\n", "ids.csv:1"),
    "no-json.jsonl": (b'{"id": "1"}\n{"id": }\n', "no-json.jsonl:2"),
    "array.jsonl": (b'[{"id": "1"}]\n', "array.jsonl:1"),
    "twice.jsonl": (b'{"id": "1", "name": "a", "name": "b"}\n', "twice.jsonl:1"),
    "no-book.xlsx": (b"PK nothing", "no-book.xlsx can't be read"),
    "no-parquet.parquet": (b"PAR1", "no-parquet.parquet can't be read"),
}


@pytest.mark.parametrize("name", [*BAD_FILES, "formula.xlsx", "huge.csv"])
def test_a_bad_file_is_refused_by_every_command_with_its_place(readiness: Readiness, pair: Pair, name: str) -> None:
    """File, line and column where there are some; exit 2, no figures and no traceback. Mutants: a cell coerced, a second column that wins."""
    content, said = BAD_FILES.get(name, (b"", ""))
    Path(name).write_bytes(content)
    if name == "formula.xlsx":
        book = Workbook()
        book.active.append(["id", "name"])
        book.active.append(["1", "=1+1"])
        book.save(name)
        said = "Sheet!B2"
    if name == "huge.csv":
        with Path(name).open("wb") as file:
            file.truncate(2 * 1024**3)  # a hole: takes no room
        said = "larger than 1,024 MB"
    Path("partner.jsonl").write_text('{"id": 1, "name1": "Kern"}\n', "utf-8")
    flow, other = ("products", "artikel") if name == "cell.csv" else ("companies", "geschaeftspartner")
    files = ("--file", f"crm/{flow}={name}", "--file", f"erp/{other}=partner.jsonl")
    for words in (("profile", f"crm/{flow}"), ("match", flow), ("duplicates", flow), ("check", flow)):
        ended = readiness("data", *words, *files)
        assert (ended.code, ended.out) == (2, ""), words
        assert said in ended.err, words
        assert "Traceback" not in ended.err


def test_records_that_nobody_can_name_are_left_out_and_counted(readiness: Readiness, pair: Pair) -> None:
    """Whichever way the file is read. Mutant: left out silently."""
    Path("a.csv").write_text("id;name\n1;Kern\n;Nord\n;Ost\n2;West\n", "utf-8")
    Path("partner.jsonl").write_text('{"id": 1, "name1": "Kern"}\n', "utf-8")
    files = ("--file", "crm/companies=a.csv", "--file", "erp/geschaeftspartner=partner.jsonl")
    for words in (("profile", "crm/companies"), ("match", "companies"), ("check", "companies")):
        said = readiness("data", *words, *files).out
        assert "crm/companies: 2 records from a.csv (CSV, utf-8, separated by ;; 2 without id left out)" in said


def test_duplicates_are_clusters_with_what_the_policy_does(readiness: Readiness, pair: Pair) -> None:
    """By side and key; values masked, ids shown."""
    said = readiness("data", "duplicates", "companies").out
    assert "the policy is report" in said
    assert "crm, vat_id: 3 keys, 6 records" in said
    assert "***" in said


def test_a_check_ends_with_the_verdict_on_the_records(readiness: Readiness, pair: Pair) -> None:
    """The pair's companies share VAT ids, and a name is too long for the other side: exit 1, each with its sentence."""
    ended = readiness("data", "check", "companies", "--language", "de")
    assert ended.code == 1
    assert "✖ flow:companies:crm->erp" in ended.out
    assert "name1: 1" in ended.out


def test_a_reference_to_nowhere_is_told_where_the_other_list_was_read_too(readiness: Readiness, pair: Pair) -> None:
    """A contact of the export belongs to a company that there isn't: the flow of contacts leans on that of companies, whose records were read."""
    crm = [{"id": one.id, **one.data} for one in pair.crm.store.living("contacts")]
    crm[0]["company_id"] = "cmp_999999"
    Path("kontakte.jsonl").write_text("\n".join(json.dumps(one) for one in crm), "utf-8")
    ended = readiness("data", "check", "contacts", "--file", "crm/contacts=kontakte.jsonl", "--format", "json")
    told = {(one["id"], one["subject"]): one for one in json.loads(ended.out)["result"]["findings"]}
    found = told["relations.resolve", "crm/contacts"]
    assert (found["answer"], found["values"]["fields"]) == ("no", {"company_id": 1})


def test_files_are_taken_for_production_s_unless_one_says_otherwise(
    readiness: Readiness, pair: Pair, tmp_path: Path
) -> None:
    """How many records there are is known from an export; from one of test records it isn't."""
    crm = [{"id": one.id, **one.data} for one in pair.crm.store.living("companies")]
    (tmp_path / "firmen.jsonl").write_text("\n".join(json.dumps(one) for one in crm), "utf-8")

    def answer(*more: str) -> str:
        ended = readiness(
            "data", "check", "companies", "--file", "crm/companies=firmen.jsonl", "--format", "json", *more
        )
        findings = json.loads(ended.out)["result"]["findings"]
        return next(
            one["answer"] for one in findings if (one["id"], one["subject"]) == ("volume.counted", "crm/companies")
        )

    assert (answer(), answer("--test-data")) == ("yes", "unknown")


@pytest.mark.parametrize(("language", "title"), [("en", "What the records say"), ("de", "Was die Daten sagen")])
def test_the_figures_come_as_a_page(
    readiness: Readiness, pair: Pair, tmp_path: Path, language: str, title: str
) -> None:
    """One file that loads nothing, in the reader's language; its figures are the forecast's, its sources named, no value of a record in it."""
    told = forecast(readiness)
    ended = readiness("data", "report", "--out", "page.html", "--language", language)
    assert ended.code == 0, ended.err
    assert "crm/companies: 55 records from sandbox" in ended.out
    page = (tmp_path / "page.html").read_text("utf-8")
    assert f'<html lang="{language}">' in page
    assert f'<h2 id="records">{title}</h2>' in page
    assert page.count('<section class="group records"') == len(told)
    for one in told.values():
        assert f'<td class="n">{one["linked"]}</td><td class="n">{one["linked"]}</td>' in page
    assert not re.search(r"<script|\sstyle=|\ssrc=|https?://", page)
    assert not any(one.data["last_name"] in page for one in pair.crm.store.living("contacts"))


def test_the_page_of_exported_files_needs_no_system(
    readiness: Readiness, pair: Pair, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two exports without times: the page names both files with their records, and in the timeline's place stands why there is none."""
    crm = [{"id": one.id, **one.data} for one in pair.crm.store.living("companies")]
    (tmp_path / "firmen.jsonl").write_text("\n".join(json.dumps(one) for one in crm), "utf-8")
    (tmp_path / "partner.csv").write_text("id;name1;land;status\n1;Nobody;Deutschland;A\n", "utf-8")
    for name in demo_environment():
        monkeypatch.delenv(name)
    files = ("--file", "crm/companies=firmen.jsonl", "--file", "erp/geschaeftspartner=partner.csv")
    ended = readiness("data", "report", "companies", *files)
    assert ended.code == 0, ended.err
    page = (tmp_path / "readiness-data.html").read_text("utf-8")
    assert "55 records, firmen.jsonl (JSON lines, utf-8)" in page
    assert "1 record, partner.csv (CSV, utf-8, separated by ;)" in page
    assert "No picture: no record has a readable time of the past in this field." in page


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("match", "--file", "crm/contacts"), "SYSTEM/RESOURCE=FILE"),
        (("match", "--file", "crm/deals=x.csv"), "crm/deals"),
        (("match", "nothing"), "companies"),
        (("match", "--file", "crm/companies=missing.csv"), "missing.csv"),
        (("profile", "crm/deals"), "crm/companies"),
        (("report", "nothing"), "companies"),
    ],
)
def test_wrong_words_are_told_with_what_there_is(
    readiness: Readiness, pair: Pair, words: tuple[str, ...], told: str
) -> None:
    """Exit 2, and what may be written instead."""
    ended = readiness("data", *words)
    assert ended.code == 2
    assert told in ended.err
