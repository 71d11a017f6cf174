"""The permit: every doubt refuses, and what is refused is never written to (acceptance C34).

Mutants: a comparison of hosts by their end, a word of production looked for in one language, an answer that is read for one system only.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from checker.errors import InputError, RefusedError
from checker.journal import Journal
from checker.model.checklist import Answers, GivenAnswer
from checker.model.finding import Answer
from checker.model.permit import Permit
from checker.model.profile import Operations
from checker.permit import Known, permit
from checker.permitting import knock, opened, permits
from checker.probes.identity import identity
from checker.project.load import load_project
from checker.project.types import BearerAuth, Production, System
from checker.resources.resource import Resource
from checker.resources.writing import Writer
from checker.sandbox.demo_project import demo_environment, write_demo
from checker.sandbox.pair import SEED_NOW, running_pair
from tests.clients import client, contacts
from tests.servers import serve

URL = "https://sandbox.example.com/v1"


def known(url: str | None = URL, *, production: str | None = None, **changes: Any) -> Known:
    """What is known of a system that may be written in, but for the changes. `production` is the address of its production system."""
    there = None
    if production is not None:
        there = Production(base_url=production, auth=BearerAuth(token="x"), approved_by="Nora", until="2026-12-31")
    usual = {
        "settings": System(base_url=url, sandbox=True, production=there),
        "base_url": url,
        "accepted": Answer.YES,
        "stateless": False,
        "server_names": {},
        "says": {},
    }
    return Known(**{**usual, **changes})


def codes(one: Known, answers: Answers | None = None) -> list[str]:
    """What speaks against writing in a system called erp."""
    found = permit("erp", one, answers or Answers())
    return [] if isinstance(found, Permit) else [problem.code for problem in found]


def answered(answer: str, subject: str | None) -> Answers:
    """The item about effects in the real world, answered."""
    return Answers(answers={"side-effects-muted": (GivenAnswer(subject=subject, answer=answer),)})


REFUSED = [
    (known(settings=System(base_url=URL)), "permit.not-marked"),
    (known(settings=System(sandbox=True)), "permit.no-address"),
    (known(accepted=Answer.NO), "permit.credentials-not-accepted"),
    (known(accepted=Answer.UNKNOWN), "permit.credentials-not-accepted"),
    (known(stateless=True), "permit.stateless"),
    *(
        (known(f"https://{host}/v1"), "permit.production-host")
        for host in (
            "prod-erp.example.com",
            "erp-prod.example.com",
            "PROD.example.com",
            "prod2.example.com",
            "erp-prd.example.com",
            "live.example.com",
            "live.example.com.",
            "live.example.com:8443",
            "api.production.example.com",
            "erp_produktiv.example.de",
            "echtsystem.example.de",
            "produktionssystem.example.de",
        )
    ),
    *(
        (known(url), "permit.production-path")
        for url in (
            "https://api.example.com/prod",
            "https://api.example.com/v1/live/",
            "https://api.example.com/Production/v2",
            "http://127.0.0.1:8000/produktiv/api",
        )
    ),
    *(
        (known(production=url), "permit.production-address")
        for url in (
            URL,
            "https://www.sandbox.example.com",
            "https://sandbox.example.com/other",
            "https://SANDBOX.example.com",
            "https://sandbox.example.com:443",
            "https://sandbox.example.com.",
            "http://sandbox.example.com",
            "https://user@sandbox.example.com",
            "no address",
        )
    ),
    *(
        (known(server_names={server: said}), "permit.production-server")
        for server, said in (
            ("https://sandbox.example.com", "Production"),
            ("https://sandbox.example.com/v1", "the productive server"),
            ("https://sandbox.example.com/v1/", "Produktivsystem"),
            ("https://sandbox.example.com", "Unser Echtsystem (live)"),
            ("http://sandbox.example.com/v1", "Production"),
            ("https://sandbox.example.com./v1", "Production"),
            ("https://www.sandbox.example.com/v1", "Production"),
        )
    ),
    *(
        (known(says={field: value}), "permit.says-production")
        for field, value in (
            ("environment", "production"),
            ("environment", "PROD-EU"),
            ("data.environment", "live"),
            ("art", "Produktivsystem"),
            ("betriebsart", "Echtbetrieb"),
            ("umgebung", "Produktion"),
            ("livemode", True),
            ("live_mode", True),
            ("isLive", True),
            ("isProduction", True),
            ("produktiv", "ja"),
            ("production", "true"),
            ("sandbox", False),
            ("isSandbox", False),
            ("testMode", False),
            ("testsystem", False),
            ("testsystem", "nein"),
        )
    ),
]
PASSES = [
    known(),
    known("https://non-prod.example.com"),
    known("https://nonprod-erp.example.com"),
    known("https://products.example.com"),
    known("https://sandbox.example.com/products/deliver"),
    known("https://sandbox.example.com/non-prod/v1"),
    known("https://delivery.example.com"),
    known("http://127.0.0.1:8000/api"),
    known(production="https://erp.example.com/v1"),
    known(production="https://sandbox.example.com:8443/v1"),
    known(server_names={"https://erp.example.com": "Production", URL: "Sandbox"}),
    known(server_names={URL: "non-production"}),
    known(server_names={"https://sandbox.example.com/v10": "Production"}),
    known(says={"environment": "sandbox", "livemode": False, "sandbox": True, "art": "Testmandant", "type": "product"}),
]


@pytest.mark.parametrize(("one", "code"), REFUSED, ids=[f"{at}-{code}" for at, (_, code) in enumerate(REFUSED)])
def test_every_doubt_refuses(one: Known, code: str) -> None:
    """Each sign of a production system, and each thing that was not shown, is a refusal with its own code."""
    assert codes(one) == [code]


@pytest.mark.parametrize("one", PASSES, ids=range(len(PASSES)))
def test_a_sandbox_is_not_refused_for_nothing(one: Known) -> None:
    """A marked sandbox gets its permit, for its own address; what only sounds like production doesn't matter."""
    assert permit("erp", one, Answers()) == Permit("erp", str(one.base_url))


@pytest.mark.parametrize("answer", ["still-on", "unsure"])
@pytest.mark.parametrize("subject", ["erp", "pair", None])
def test_effects_in_the_real_world_refuse(answer: str, subject: str | None) -> None:
    """Where somebody said that mails still go out, or didn't know, nothing is written; said of the pair, it holds for both systems."""
    assert codes(known(), answered(answer, subject)) == ["permit.side-effects"]
    assert codes(known(), answered("muted", subject)) == []


def test_the_other_systems_answer_is_the_other_systems() -> None:
    """That the CRM sends mails doesn't stand in the ERP's way."""
    assert codes(known(), answered("still-on", "crm")) == []


def test_all_that_speaks_against_it_is_told_at_once() -> None:
    """Nobody has to find out the reasons one after the other."""
    everything = known("https://live.example.com", settings=System(), accepted=Answer.NO, stateless=True)
    assert len(codes(everything, answered("unsure", None))) == 6


HOST = "sandbox.example.com"
ATTACKS = [
    *(f"https://{host}/v1" for host in (
        f"{HOST}.evil.org", f"evil-{HOST}", f"evil{HOST}", f"{HOST}.", "sandbox.example.co", "sandbox.example.com.de",
        "sandb0x.example.com", "sand-box.example.com", "sandbox-example.com", "example.com", "www.sandbox.example.com",
        "sandbоx.example.com", "sandböx.example.com", "ѕandbox.example.com", "xn--sandbx-9ta.example.com",
        "sandbox.exámple.com", f"{HOST}%2eevil.org", f"{HOST}@evil.org", f"evil@{HOST}", f"evil:pw@{HOST}", f"{HOST}:443@evil.org",
        f"{HOST}:444", f"{HOST}:80", f"{HOST}:8443", f"{HOST}:0", f"{HOST}:99999", f"{HOST}\\evil.org", f"{HOST}#evil.org",
        f"{HOST}?evil.org", "127.0.0.1", "localhost", "[::1]", "2130706433",
    )),
    f"http://{HOST}/v1", f"http://{HOST}:443/v1", f"ftp://{HOST}/v1", f"file://{HOST}/v1", f"//{HOST}/v1", f"javascript://{HOST}/v1",
    *(f"https://{HOST}{path}" for path in ("", "/", "/v2", "/v1x", "/V1", "/v1/live", "/v1/../live", "/v1/%2e%2e/live", "//v1")),
]  # fmt: skip


@pytest.mark.parametrize("url", ATTACKS)
def test_a_permit_holds_for_one_address(tmp_path: Path, url: str) -> None:
    """An address that only looks like the permitted one is refused before anything is written down or sent."""
    journal = Journal(tmp_path / "journal.sqlite", "test")
    profile = contacts(operations=Operations(create="POST /contacts"))
    try:
        with pytest.raises((RefusedError, InputError)) as caught:
            resource = Resource("crm", profile, client(url))
            Writer(Permit("crm", URL), journal, "rdymark").create(resource, {"name": "rdymark"})
        assert caught.value.problems[0].code in {"write.other-origin", "http.bad-base-url"}
        assert journal.unresolved() == []
    finally:
        journal.close()


def test_there_are_enough_attacks() -> None:
    """Acceptance asks for forty."""
    assert len({*ATTACKS}) >= 40


@pytest.mark.parametrize("verb", ["create", "update", "delete"])
def test_the_server_of_another_permit_sees_nothing(tmp_path: Path, verb: str) -> None:
    """A writer with the permit for another address, or another system, sends nothing at all: the server's own log is empty."""
    journal = Journal(tmp_path / "journal.sqlite", "test")
    operations = Operations(create="POST /c", update="PATCH /c/{id}", delete="DELETE /c/{id}")
    with serve(lambda _: {}) as server, serve(lambda _: {}) as other:
        asking = client(server.url)
        resource = Resource("crm", contacts(operations=operations), asking)
        call = {"create": ({"a": "x"},), "update": ("1", {"a": "x"}), "delete": ("1",)}[verb]
        for leave in (Permit("crm", other.url), Permit("erp", asking.base_url), Permit("crm", f"{server.url}/v1")):
            with pytest.raises(RefusedError):
                getattr(Writer(leave, journal, "rdymark"), verb)(resource, *call)
        asking.close()
        assert server.asked == other.asked == []
    journal.close()


def test_the_embedded_pair_says_of_itself_that_it_is_a_sandbox(tmp_path: Path) -> None:
    """The CRM's account and the ERP's client company are asked, and both systems get their permits; one without the mark gets none."""
    with running_pair(SEED_NOW) as pair:
        loaded = load_project(write_demo(tmp_path, pair, SEED_NOW))
        with opened(loaded, demo_environment(), lambda _: None) as looks:
            findings = [one for look in looks.values() for one in knock(look)]
            for look in looks.values():
                look.now("identity", look.name)
            said = {name: identity(look) for name, look in looks.items()}
            assert said["crm"]["environment"] == "sandbox"
            assert said["erp"]["art"] == "Testmandant"
            given = permits(loaded, looks, findings)
            assert given == {"crm": Permit("crm", pair.crm.base_url), "erp": Permit("erp", pair.erp.base_url)}
            unmarked = msgspec.structs.replace(loaded.project.systems["erp"], sandbox=False)
            assert codes(known(settings=unmarked)) == ["permit.not-marked"]
