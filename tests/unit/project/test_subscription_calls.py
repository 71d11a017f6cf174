"""The calls that subscribe to events: what is wrong with them is said with file, line and key, before anything is sent."""

from __future__ import annotations

from pathlib import Path

import pytest

from checker.catalogue import explain_problem
from checker.errors import InputError, Problem
from checker.project import calls
from checker.project.load import load_project
from checker.project.types import SubscriptionCall

GOOD = """\
project: CRM to ERP
systems:
  crm:
    webhooks:
      events: [created]
      subscribe:
        - call: POST /flows
          body: {name: "readiness ${mark}", events: "${events}", scope: {of: ["${resources}"]}}
          as: flow
        - call: POST /operations
          body: {flow: "${flow}", options: {url: "${url}", secret: "${secret}", body: "{{ $trigger }}"}}
          as: operation
        - call: PATCH /flows/${flow}
          body: {operation: "${operation}"}
  erp: {}
"""


def problems(tmp_path: Path, old: str, new: str) -> tuple[Problem, ...]:
    """What is wrong with the file once a part of it is another."""
    path = tmp_path / "readiness.yaml"
    assert old in GOOD
    path.write_text(GOOD.replace(old, new), "utf-8")
    with pytest.raises(InputError) as caught:
        load_project(path)
    return caught.value.problems


def test_calls_are_read_in_their_order(tmp_path: Path) -> None:
    """Method and path, body and name; another system's own braces stay as they are."""
    path = tmp_path / "readiness.yaml"
    path.write_text(GOOD, "utf-8")
    settings = load_project(path).project.systems["crm"].webhooks
    assert settings is not None
    assert [(one.call, one.as_) for one in settings.subscribe] == [
        ("POST /flows", "flow"),
        ("POST /operations", "operation"),
        ("PATCH /flows/${flow}", None),
    ]
    assert settings.subscribe[1].body["options"]["body"] == "{{ $trigger }}"


@pytest.mark.parametrize(
    ("old", "new", "code", "line", "key"),
    [
        ('${flow}", options', '${flwo}", options', "unknown-placeholder", 11, "subscribe[1].body.flow"),
        ('options: {url: "${url}"', 'options: {url: "${flow.url}", to: "${url}"', "unknown-placeholder", 11, "subscribe[1].body.options.url"),
        ("PATCH /flows/${flow}", "PATCH /flows/${url}", "unknown-placeholder", 13, "subscribe[2].call"),
        ('name: "readiness ${mark}"', 'name: "${operation} ${mark}"', "unknown-placeholder", 8, "subscribe[0].body.name"),
        ('["${resources}"]', '["${resorces}"]', "unknown-placeholder", 8, "subscribe[0].body.scope.of[0]"),
        ("      events: [created]\n", "", "unknown-placeholder", 7, "subscribe[0].body.events"),
        ('url: "${url}"', 'url: "${mark}"', "subscribe-nowhere", 6, "webhooks.subscribe"),
        ("readiness ${mark}", "readiness", "subscribe-unmarked", 7, "subscribe[0].call"),
        ("as: operation", "as: flow", "subscribe-name", 12, "subscribe[1].as"),
        ("as: flow", "as: url", "subscribe-name", 9, "subscribe[0].as"),
        ("readiness ${mark}", "${env:TOKEN} ${mark}", "subscribe-secret", 8, "subscribe[0].body.name"),
        ("events: [created]", "registration: manual\n      events: [created]", "subscribe-by-hand", 5, "webhooks.registration"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_place(
    tmp_path: Path, old: str, new: str, code: str, line: int, key: str
) -> None:
    """Each mistake with the line and the key at which it stands, and what to write instead."""
    found = [one for one in problems(tmp_path, old, new) if one.code == f"project.{code}"]
    assert [(one.line, str(one.values["key"]).endswith(key)) for one in found[:1]] == [(line, True)]
    message, hint = explain_problem(found[0])
    assert found[0].file
    assert "–" not in message + (hint or "")


def test_a_misspelt_placeholder_gets_did_you_mean(tmp_path: Path) -> None:
    """A name that is nearly right is answered with the right one."""
    (found,) = problems(tmp_path, "${resources}", "${resorces}")
    assert "did you mean ${resources}?" in (explain_problem(found)[1] or "")


@pytest.mark.parametrize("call", ["DELETE /flows/${flow}", "GET /flows", "/flows", "POST flows", "POST /flows ?a"])
def test_a_call_is_a_writing_method_and_a_path(tmp_path: Path, call: str) -> None:
    """Anything else is told; nothing is ever deleted on the way to a subscription."""
    (found, *_) = problems(tmp_path, "call: PATCH /flows/${flow}", f"call: {call}")
    assert (found.code, found.line) == ("value.wrong", 13)


def test_a_secret_in_plain_text_is_refused_where_its_placeholder_may_stand(tmp_path: Path) -> None:
    """The secret for signatures is `${secret}`; one that is written out is an error."""
    (found,) = problems(tmp_path, "${secret}", "hunter2")
    assert (found.code, found.line) == ("secret.literal", 11)


def test_a_text_that_is_one_placeholder_becomes_the_value_with_its_type() -> None:
    """Ids that are numbers stay numbers, lists stay lists; inside a text they are written out."""
    values = {"flow": 7, "events": ["a", "b"], "mark": "rdy1"}
    body = {
        "flow": "${flow}",
        "on": ["${events}"],
        "name": "x ${mark} ${flow}",
        "n": 3,
        "own": "${{ flow }} {{ flow }}",
    }
    assert calls.filled(body, values) == {
        "flow": 7, "on": [["a", "b"]], "name": "x rdy1 7", "n": 3, "own": "${{ flow }} {{ flow }}",
    }  # fmt: skip
    assert calls.operation(SubscriptionCall(call="PUT /a/${id}/b"), {"id": "x/y z"}) == ("PUT", "/a/x%2Fy%20z/b")
