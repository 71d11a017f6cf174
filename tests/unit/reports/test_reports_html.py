"""The HTML report: one harmless file, in both languages."""

from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser
from pathlib import Path

import msgspec
import pytest
from hostile import PAYLOADS, poisoned
from sample import bare, ready, sample

from checker.model.finding import Finding
from checker.reports import render
from checker.reports.html import anchor

SNAPSHOTS = Path(__file__).parent / "snapshots"
KEPT = ("class", "scope", "role", "aria-hidden", "lang", "open", "tabindex")


class _Skeleton(HTMLParser):
    """Tags with the attributes that rule layout and meaning, without texts, addresses and ids."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [f"{name}={value}" if name in KEPT else name for name, value in attrs]
        self.seen.append(" ".join([tag, *names]))

    def handle_endtag(self, tag: str) -> None:
        self.seen.append(f"/{tag}")

    def handle_comment(self, data: str) -> None:  # noqa: ARG002 - the parser's signature
        self.seen.append("comment")

    def handle_decl(self, decl: str) -> None:
        self.seen.append(f"decl {decl}")

    def unknown_decl(self, data: str) -> None:  # noqa: ARG002 - the parser's signature
        self.seen.append("unknown decl")

    def handle_pi(self, data: str) -> None:  # noqa: ARG002 - the parser's signature
        self.seen.append("pi")


def skeleton(page: str) -> str:
    """The page's tags, one a line."""
    parser = _Skeleton()
    parser.feed(page)
    parser.close()
    return "\n".join(parser.seen) + "\n"


@pytest.mark.parametrize("language", ["en", "de"])
def test_skeleton_is_as_committed(language: str) -> None:
    """A change of the page's structure is seen by whoever reviews it."""
    assert skeleton(render(sample(), "html", language)) == SNAPSHOTS.joinpath(f"skeleton.{language}.txt").read_text(
        "utf-8"
    )


@pytest.mark.parametrize("payload", PAYLOADS, ids=range(len(PAYLOADS)))
def test_no_text_from_outside_becomes_structure(payload: str) -> None:
    """Whatever stands in names, values, answers, headers or bodies: the page's tags stay the same (acceptance C29)."""
    harmless = render(poisoned(sample(), "y" * len(payload)), "html", "de")
    page = render(poisoned(sample(), payload), "html", "de")
    if "\n" not in payload:
        assert skeleton(page) == skeleton(harmless)
    assert not set(page) & {"\u202e", "\u2066", "\x00", "\x1b", "\ud800", "\u2028"}
    page.encode("utf-8")


@pytest.mark.parametrize("language", ["en", "de"])
def test_page_is_one_file_that_asks_for_nothing(language: str) -> None:
    """No script, no style attribute, no address to load from; the policy forbids everything but our one style sheet."""
    page = render(sample(), "html", language)
    style = re.search(r"<style>(.*?)</style>", page, re.DOTALL)
    assert style
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'" in page
    assert not re.search(r"<(script|link|img|iframe|object|form|base)\b|\sstyle=|\son\w+=|\ssrc=|url\(|@import", page)
    assert set(re.findall(r'href="(.)', page)) == {"#"}


def test_every_link_has_its_target_and_no_id_occurs_twice() -> None:
    """Each number, item and piece of evidence leads where it says."""
    for audit in (sample(), poisoned(sample(), " <&> ä")):
        page = render(audit, "html", "en")
        ids = re.findall(r'\sid="([^"]+)"', page)
        assert len(ids) == len(set(ids))
        assert {one.removeprefix("#") for one in re.findall(r'href="([^"]+)"', page)} <= set(ids)
        assert set(" ".join(re.findall(r'aria-labelledby="([^"]+)"', page)).split()) <= set(ids)


def test_anchors_of_different_names_differ() -> None:
    """Names that look alike once cleaned keep apart, so that no link leads to another's evidence."""
    assert anchor("item", "a b") != anchor("item", "a/b")
    assert anchor("item", "pagination") == "item-pagination"


@pytest.mark.parametrize("make", [sample, ready, bare])
def test_same_audit_gives_the_same_bytes(make) -> None:
    """A report can be compared with the one before."""
    assert render(make(), "html", "de") == render(make(), "html", "de")


def test_five_thousand_findings_stay_below_two_megabytes() -> None:
    """A large audit can still be sent by mail (acceptance D44)."""
    audit = sample()
    many: list[Finding] = []
    results = []
    for n in range(1, 1001):
        many += [
            msgspec.structs.replace(one, subject=f"crm/resource_{n}", evidence=(f"ex-{n}",))
            for one in audit.findings[5:10]
        ]
        references = tuple(f"{one.id}@{one.subject}" for one in many[-5:])
        results.append(msgspec.structs.replace(audit.results[26], subject=f"crm/resource_{n}", findings=references))
    evidence = {f"ex-{n}": audit.evidence["ex-3"] for n in range(1, 5001)}
    large = msgspec.structs.replace(audit, findings=tuple(many), results=tuple(results), evidence=evidence)
    assert len(render(large, "html", "de").encode()) <= 2_000_000
