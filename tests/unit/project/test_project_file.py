"""The project file: every error at once, each with its place and what was meant; secrets never in it."""

from __future__ import annotations

import os
import re
from pathlib import Path

import msgspec
import pytest

from checker.catalogue import explain_problem
from checker.errors import InputError, Problem
from checker.project import types
from checker.project.load import find_project, load_answers, load_project
from checker.project.secrets import Secrets
from checker.project.types import Project

GOOD = """\
project: CRM to ERP
language: de
go_live: 2027-02-01
systems:
  crm:
    base_url: http://127.0.0.1:8055
    sandbox: true
    auth: {kind: bearer, token: "${env:CRM_TOKEN}"}
    timezone: Europe/Berlin
    volumes: {contacts: {records: 60000, changed_per_day: 2000}}
  erp: {}
flows:
  - name: contacts
    left: crm/contacts
    right: erp/customers.contactPersons[]
    freshness: 5m
    match: [email, [name, country]]
    fields:
      - {left: email, right: mail, transform: [lowercase]}
      - {left: status, right: state, options: {active: A, "no": N}, unknown_option: {default: A}}
"""


def project(tmp_path: Path, text: str) -> Path:
    """A project file with that text."""
    path = tmp_path / "readiness.yaml"
    path.write_text(text, "utf-8")
    return path


def problems(tmp_path: Path, text: str) -> tuple[Problem, ...]:
    """What is wrong with a project file of that text."""
    with pytest.raises(InputError) as caught:
        load_project(project(tmp_path, text))
    return caught.value.problems


def test_a_good_file_becomes_typed_values(tmp_path: Path) -> None:
    """A project file as design.md shows it is read whole."""
    loaded = load_project(project(tmp_path, GOOD))
    flow = loaded.project.flows[0]
    assert (flow.match, flow.fields[1].options, flow.fields[1].unknown_option) == (
        ["email", ["name", "country"]],
        {"active": "A", "no": "N"},
        {"default": "A"},
    )
    assert loaded.project.systems["crm"].volumes["contacts"].changed_per_day == 2000
    assert loaded.project.go_live == "2027-02-01"
    assert loaded.line("systems", "crm", "auth") == 8


def test_all_problems_are_told_at_once_in_the_files_order(tmp_path: Path) -> None:
    """A file with six mistakes gets six messages, each with line and column, sorted as in the file."""
    text = (
        GOOD.replace("language: de", "langauge: de")
        .replace("sandbox: true", "sandbox: yes")
        .replace("kind: bearer", "kind: bearr")
    )
    text = (
        text.replace("5m", "5 minutes")
        .replace("left: crm/contacts", "left: contacts")
        .replace("records: 60000", "records: -1")
    )
    found = problems(tmp_path, text)
    assert [(one.code, one.line) for one in found] == [
        ("key.unknown", 2),
        ("value.wrong", 7),
        ("value.wrong", 8),
        ("value.wrong", 10),
        ("value.wrong", 14),
        ("value.wrong", 16),
    ]
    assert all(one.column for one in found)


@pytest.mark.parametrize(
    ("old", "new", "suggested"),
    [
        ("language: de", "langauge: de", "language"),
        ("kind: bearer", "kind: baerer", "bearer"),
        ("freshness: 5m", "freshnes: 5m", "freshness"),
    ],
)
def test_a_misspelt_word_gets_did_you_mean(tmp_path: Path, old: str, new: str, suggested: str) -> None:
    """A word that is nearly right is answered with the right one."""
    (problem,) = [one for one in problems(tmp_path, GOOD.replace(old, new)) if one.values.get("suggestion")]
    assert problem.values["suggestion"] == suggested
    assert f"did you mean {suggested}?" in (explain_problem(problem)[1] or "")


@pytest.mark.parametrize(
    "replacement",
    [
        ('token: "${env:CRM_TOKEN}"', "token: abc123"),
        ("base_url: http://127.0.0.1:8055", "base_url: http://user:hunter2@127.0.0.1:8055"),
        ("timezone: Europe/Berlin", "fixed: {headers: {X-Auth-Token: hunter2}}"),
        ("timezone: Europe/Berlin", "proxy: http://me:hunter2@127.0.0.1:3128"),
        ("base_url: http://127.0.0.1:8055", "base_url: http://127.0.0.1:8055/?api_key=hunter2"),
        (
            'auth: {kind: bearer, token: "${env:CRM_TOKEN}"}',
            "auth: {kind: login, request: POST /login, body: {password: hunter2}}",
        ),
    ],
)
def test_a_literal_secret_is_an_error_with_its_line_and_is_never_shown(
    tmp_path: Path, replacement: tuple[str, str]
) -> None:
    """A secret in plain text is refused wherever it may stand; the message doesn't repeat it."""
    found = problems(tmp_path, GOOD.replace(*replacement))
    assert [one.code for one in found] == ["secret.literal"]
    assert found[0].line in {6, 8, 9}
    assert "hunter2" not in repr(found[0]) + str(explain_problem(found[0]))


def test_the_scheme_may_stand_before_a_secret(tmp_path: Path) -> None:
    """`Token ${env:…}` is how many systems want their Authorization header; a second word is a secret."""
    key = 'auth: {{kind: api_key_header, name: Authorization, value: "{}"}}'
    old = 'auth: {kind: bearer, token: "${env:CRM_TOKEN}"}'
    load_project(project(tmp_path, GOOD.replace(old, key.format("Token ${env:CRM_TOKEN}"))))
    for wrong in ("Token hunter2", "hunter2${env:CRM_TOKEN}", "Token a ${env:CRM_TOKEN}", "Token ${env:CRM_TOKEN} b"):
        assert [one.code for one in problems(tmp_path, GOOD.replace(old, key.format(wrong)))] == ["secret.literal"]


def test_yaml_is_read_as_json_would(tmp_path: Path) -> None:
    """`no` is text and not false, a date stays text, and 017 is seventeen."""
    loaded = load_project(project(tmp_path, GOOD.replace("project: CRM to ERP", "project: no")))
    assert loaded.project.project == "no"


def test_a_key_that_stands_twice_names_both_lines(tmp_path: Path) -> None:
    """The second of two equal keys is an error that names the first one's line."""
    (problem,) = problems(tmp_path, GOOD.replace("language: de", "language: de\nlanguage: en"))
    assert (problem.code, problem.line, problem.values["first"]) == ("yaml.duplicate-key", 3, 2)


def test_a_system_is_called_so_that_subjects_and_files_can_be(tmp_path: Path) -> None:
    """`crm/contacts#email` names a field of a system's resource, and what is kept of a system lies in files: no name may hold these signs."""
    (problem, *_) = problems(tmp_path, GOOD.replace("  erp: {}", '  "../erp": {}'))
    assert (problem.code, problem.line, problem.values["key"]) == ("value.wrong", 11, "systems.../erp")


def test_a_yaml_error_names_line_and_reason(tmp_path: Path) -> None:
    """A syntax error says where and why."""
    (problem,) = problems(tmp_path, GOOD.replace("  erp: {}", "  erp: {"))
    assert problem.code == "yaml.syntax"
    assert problem.line is not None


@pytest.mark.parametrize(
    "text", ["[" * 20_000, "a: &a [x, x]\n" + "".join(f"b{i}: *a\n" for i in range(300)), "x" * 2_100_000]
)
def test_a_bomb_is_refused_before_it_is_built(tmp_path: Path, text: str) -> None:
    """Endless nesting, many aliases and huge files end at once with a clear message."""
    (problem,) = problems(tmp_path, text)
    assert problem.code in {"yaml.too-large", "yaml.syntax"}


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("  erp: {}\n", "", "project.not-two-systems"),
        ("right: erp/", "right: erb/", "project.unknown-system"),
        ("Europe/Berlin", "Europe/Berln", "project.unknown-timezone"),
        ("right: erp/customers.contactPersons[]", "right: crm/companies", "project.one-sided-flow"),
        ("right: mail, transform: [lowercase]", "right: mail, link: firms", "project.unknown-flow"),
        ("transform: [lowercase]", "transform: [lower_case]", "project.unknown-transformation"),
        (
            "    volumes: {contacts: {",
            "    test_data: {contact: a.csv}\n    volumes: {contacts: {",
            "project.unknown-resource",
        ),
        ("transform: [lowercase]", 'transform: [{insrt: "-", at: 1}]', "project.unknown-transformation"),
    ],
)
def test_what_the_schema_cannot_say_is_checked_too(tmp_path: Path, old: str, new: str, code: str) -> None:
    """Two systems, flows between both, zones and links that exist."""
    assert code in {one.code for one in problems(tmp_path, GOOD.replace(old, new))}


def test_a_mistyped_transformation_is_named_with_its_line_and_the_one_meant(tmp_path: Path) -> None:
    """Whoever mistypes a transformation reads in which line, and what was probably meant; line items are read too."""
    lines = "    lines: {left: items, right: positions, match: [sku], fields: [{left: sku, right: nr, transform: [tirm]}]}\n"
    (problem,) = problems(tmp_path, GOOD.rstrip("\n") + "\n" + lines)
    assert problem.code == "project.unknown-transformation"
    assert problem.values["suggestion"] == "trim"
    assert problem.line == len(GOOD.rstrip("\n").splitlines()) + 1


def test_a_line_that_links_to_no_flow_is_named_with_its_line(tmp_path: Path) -> None:
    """Line items may point at another flow's records, and only at one that is there."""
    lines = "    lines: {left: items, right: positions, fields: [{left: product, right: article, link: products}]}\n"
    (problem,) = problems(tmp_path, GOOD.rstrip("\n") + "\n" + lines)
    assert (problem.code, problem.line) == ("project.unknown-flow", len(GOOD.rstrip("\n").splitlines()) + 1)


@pytest.mark.parametrize(("left", "right", "codes"), [("crm", "erp", []), ("erp", "crm", ["project.crossed-link"])])
def test_a_link_to_a_flow_the_other_way_round_is_named(tmp_path: Path, left: str, right: str, codes: list[str]) -> None:
    """What is left in one flow would be looked for on the right of the other, so that no link would ever be found."""
    firms = f"  - name: firms\n    left: {left}/companies\n    right: {right}/customers\n    match: [vat]\n"
    lines = "    lines: {left: items, right: positions, fields: [{left: firm, right: customer, link: firms}]}\n"
    text = GOOD.rstrip("\n") + "\n" + lines + firms
    if codes:
        assert [one.code for one in problems(tmp_path, text)] == codes
    else:
        assert load_project(project(tmp_path, text))


def test_files_of_test_records_are_found_from_the_project_s_folder(tmp_path: Path) -> None:
    """By system and resource; one that isn't there is told with its line and key, when it is asked for."""
    text = GOOD.replace("    volumes: {", "    test_data: {contacts: data/a.csv}\n    volumes: {")
    loaded = load_project(project(tmp_path, text))
    with pytest.raises(InputError) as raised:
        loaded.test_files()
    (problem,) = raised.value.problems
    line = text.splitlines().index("    test_data: {contacts: data/a.csv}") + 1
    assert (problem.code, problem.line, problem.values["key"]) == (
        "project.no-file",
        line,
        "systems.crm.test_data.contacts",
    )
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "a.csv").write_text("id\n1\n", "utf-8")
    assert loaded.test_files() == {"crm/contacts": tmp_path / "data" / "a.csv"}


def test_a_known_key_that_this_version_does_not_act_upon_is_reported(tmp_path: Path) -> None:
    """Keys of later versions are taken and named, never silently ignored."""
    loaded = load_project(project(tmp_path, GOOD + "notify: {smtp: 'smtp://127.0.0.1'}\n"))
    assert loaded.not_yet == ("notify.smtp",)


EVERY_KEY = """\
project: CRM to ERP
language: de
go_live: 2027-02-01
platform: {static_ips: [203.0.113.10], receiver_url: https://hooks.example.com, answers: ../platform.answers.yaml}
systems:
  crm:
    document: crm.openapi.json
    overlay: crm.overlay.yaml
    base_url: http://127.0.0.1:8055
    sandbox: true
    auth: {kind: login, request: POST /login, body: {user: me}, token_path: token, lifetime: 1h, logout: POST /logout}
    other_auth: {second_user: {kind: bearer, token: "${env:OTHER}"}, expired: {kind: bearer, token: "${env:OLD}"}}
    fixed: {path: {company_id: "42"}, query: {}, headers: {X-Tenant: acme}}
    timezone: Europe/Berlin
    origins: []
    tls: {ca_file: ca.pem, client_certificate: null}
    proxy: null
    limits: {requests_per_second: 5, concurrent: 4, max_requests: 2000, daily_quota: 5000, share: 0.5}
    volumes: {contacts: {records: 60000, changed_per_day: 2000, busiest_hour: 300}}
    test_data: {contacts: contacts.csv}
    webhooks: {auth: {kind: none}, registration: api, events: [a], secret: "${env:HOOK}", scheme: standard-webhooks, subscribe: [{call: POST /hooks, body: {url: "${url}"}, as: hook}]}
    production: {base_url: https://crm.example.com, auth: {kind: none}, approved_by: Lead, until: 2027-03-01}
    resources:
      contacts:
        operations: {list: GET /items/contacts}
        role: contact
        pagination: {style: offset, also: [page], total_path: total}
        items_path: data
        record_path: ""
        spread: [attributes]
        body_path: data
        filtering: {operation: GET /items/contacts, params: [email]}
        sorting: {operation: GET /items/contacts, params: [sort]}
        updated_since: {param: since, format: naive, boundary: inclusive, deletes: {field: deleted, equals: true}}
        fields: {updated: date_updated, vat_id: vat, country: land}
        validation: {required: [email], pattern: [zip], unique: [email]}
        line_items: false
        custom_fields: true
        relations: [{field: company_id, to: companies}]
        metadata: {fields: {operation: GET /fields}}
        fixed: {query: {fields: "*"}}
        answer_path: {read: contact}
        created_id_path: id
        write_as: {account.id: account_id}
        detail_fields: [lines]
        create_example: {name: Muster}
        body: json
        deactivate: {status: archived}
  erp: {}
flows:
  - name: contacts
    left: crm/contacts
    right: erp/customers
    direction: both
    leading: crm
    freshness: 5m
    filter: {left: {status: active}}
    match: [email]
    fields:
      - {left: email, right: mail, transform: [lowercase], direction: both, leading: erp, empty: skip, default: "-", purpose: order confirmations}
      - {left: status, right: state, options: {active: A}, unknown_option: error}
      - {left: company_id, right: customer_id, link: contacts}
    not_synced: {birthday: not needed}
    lines: {left: items, right: positions, match: [sku], fields: [{left: sku, right: article}]}
    on_create: create
    on_update: update
    on_delete: ask
    on_conflict: ask
    on_new_field: report
    duplicates: {policy: report, notify: [a@example.com]}
    guard: {percent: 10, records: 20}
notify: {smtp: "smtp://127.0.0.1:2525", to: [ops@example.com], language: de}
webhooks: {listen: 127.0.0.1:0, public_url: null}
checklists: [core]
gate: go-live
"""


def test_of_all_keys_exactly_those_that_change_nothing_are_reported(tmp_path: Path) -> None:
    """A file with every key of design.md is told which of them this version reads in vain, and no others."""
    crm, contacts = "systems.crm", "systems.crm.resources.contacts"
    assert set(load_project(project(tmp_path, EVERY_KEY)).not_yet) == {
        "platform.answers",
        *(f"{crm}.{key}" for key in ("production.auth",)),
        *(f"{contacts}.{key}" for key in ("pagination.also", "sorting.operation", "updated_since.boundary")),
        *(f"{contacts}.{key}" for key in ("validation.pattern", "metadata")),
        "notify.smtp",
        "notify.language",
    }


def test_the_file_with_every_key_leaves_none_out() -> None:
    """A key that joins the types has to join the file above, and so the question whether anything acts upon it."""
    there = set(re.findall(r"\w+(?=:)", EVERY_KEY))
    structs = [one for one in vars(types).values() if isinstance(one, type) and issubclass(one, types.Strict)]
    named = {name for one in structs if not one.__name__.endswith("Auth") for name in one.__struct_encode_fields__}
    assert named - there == {"schema"}  # a further key of `metadata`, which is reported as a whole


def test_the_nearest_project_upward_is_found(tmp_path: Path) -> None:
    """A command in a sub-folder finds the project above."""
    path = project(tmp_path, GOOD)
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    assert find_project(below) == path
    assert find_project(Path(below.anchor)) is None


def test_answers_are_read_and_checked(tmp_path: Path) -> None:
    """answers.yaml takes answers, waivers and assignments; a misspelt key is an error with its line."""
    path = tmp_path / "answers.yaml"
    path.write_text('answers:\n  on-delete: [{answer: ignore, who: Sales, when: "2026-11-20"}]\nwaivers: {}\n', "utf-8")
    assert load_answers(path).answers["on-delete"][0].answer == "ignore"
    path.write_text("answers:\n  on-delete: [{anwser: ignore}]\n", "utf-8")
    with pytest.raises(InputError) as caught:
        load_answers(path)
    assert (caught.value.problems[0].code, caught.value.problems[0].line) == ("key.unknown", 2)


def test_secrets_come_from_environment_file_and_keyring(tmp_path: Path) -> None:
    """Each kind of reference resolves, inside a text too."""
    (tmp_path / "pw").write_text("from-file\n", "utf-8")
    (tmp_path / "pw").chmod(0o600)
    secrets = Secrets(tmp_path, {"A": "from-env"}, lambda service, user: f"{service}-{user}")
    assert secrets("${env:A}") == "from-env"
    assert secrets("smtp://me:${file:pw}@host") == "smtp://me:from-file@host"
    assert secrets("${keyring:crm/bot}") == "crm-bot"


@pytest.mark.parametrize(
    ("reference", "code"),
    [
        ("${env:NOPE}", "secret.unset-variable"),
        ("${file:none}", "secret.no-file"),
        ("${keyring:a/b}", "secret.not-in-keyring"),
    ],
)
def test_a_reference_that_leads_nowhere_says_which(tmp_path: Path, reference: str, code: str) -> None:
    """An unset variable, a missing file and an empty keyring entry are told apart."""
    secrets = Secrets(tmp_path, {}, lambda _service, _user: None)
    with pytest.raises(InputError) as caught:
        secrets(reference)
    assert caught.value.problems[0].code == code
    assert secrets.missing(reference) == reference


@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX's")
def test_a_secret_file_that_others_may_read_is_refused(tmp_path: Path) -> None:
    """A world-readable secret is no secret."""
    (tmp_path / "pw").write_text("x", "utf-8")
    (tmp_path / "pw").chmod(0o644)
    with pytest.raises(InputError) as caught:
        Secrets(tmp_path, {})("${file:pw}")
    assert caught.value.problems[0].code == "secret.world-readable"


def test_the_published_schema_is_made_from_the_types() -> None:
    """Editors complete every key: the schema names them all and forbids others."""
    schema = msgspec.json.schema(Project)
    flow = schema["$defs"]["Flow"]
    assert {"name", "left", "right", "match", "on_delete", "guard", "lines"} <= set(flow["properties"])
    assert flow["additionalProperties"] is False
