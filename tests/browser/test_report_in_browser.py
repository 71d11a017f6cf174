"""The HTML report in a real browser, as its readers see it: WCAG, no overflow, nothing loaded, page one on one sheet."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from checker.reports import render
from checker.reports.html import render_records

sys.path.insert(0, str(Path(__file__).parents[1] / "unit" / "reports"))
from sample import FIGURES, READ, sample

pytestmark = pytest.mark.browser
VIEWS = {
    "desktop": {"viewport": {"width": 1280, "height": 900}},
    "phone": {"viewport": {"width": 320, "height": 640}},
    "dark": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"},
    "paper": {"viewport": {"width": 794, "height": 1123}},
}
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]


def chromium() -> str | None:
    """Where Chromium is: named by READINESS_CHROMIUM, or on the path."""
    names = (os.environ.get("READINESS_CHROMIUM"), "chromium", "chromium-browser", "google-chrome")
    return next((found for name in names if name and (found := shutil.which(name))), None)


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    """A Chromium without sandbox, as in a container."""
    path = chromium()
    if path is None:
        pytest.skip("no Chromium found: install Debian's package chromium, or name one in READINESS_CHROMIUM")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def axe() -> str:
    """The text of axe-core, from the development dependency that carries it."""
    package = pytest.importorskip("axe_playwright_python", reason="axe-playwright-python is not installed")
    return Path(package.__file__).with_name("axe.min.js").read_text("utf-8")


def written(folder: Path, language: str) -> str:
    """The report as a file, and its address."""
    file = folder / f"report.{language}.html"
    file.write_text(render(sample(), "html", language), "utf-8")
    return file.as_uri()


def written_figures(folder: Path, language: str) -> str:
    """The page of `readiness data report` as a file, and its address."""
    file = folder / f"records.{language}.html"
    file.write_text(render_records(FIGURES, "Muster GmbH", READ, "0.1.0", language), "utf-8")
    return file.as_uri()


# German words are the longer ones: in English one view is enough
@pytest.mark.parametrize(("language", "view"), [("en", "desktop"), *(("de", view) for view in VIEWS)])
@pytest.mark.parametrize("write", [written, written_figures])
def test_everyone_can_read_the_report(
    browser, axe: str, tmp_path: Path, language: str, view: str, write: Callable[[Path, str], str]
) -> None:
    """No axe violation (WCAG 2.1 A and AA), no sideways scrolling, nothing loaded from anywhere (acceptance D44)."""
    context = browser.new_context(bypass_csp=True, **VIEWS[view])
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    if view == "paper":
        page.emulate_media(media="print")
    page.goto(write(tmp_path, language))
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    page.add_script_tag(content=axe)
    found = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)["violations"]
    context.close()
    assert [(one["id"], one["nodes"][0]["html"][:120]) for one in found] == []
    assert overflow <= 0
    assert [one for one in asked if not one.startswith("file:")] == []


@pytest.mark.parametrize("language", ["en", "de"])
def test_policy_lets_our_own_style_through(browser, tmp_path: Path, language: str) -> None:
    """With the page's own policy in force the style sheet applies and the browser complains of nothing."""
    context = browser.new_context()
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(written(tmp_path, language))
    rules = page.evaluate("document.styleSheets[0].cssRules.length")
    context.close()
    assert said == []
    assert rules > 50


@pytest.mark.parametrize("language", ["en", "de"])
def test_first_page_fits_one_sheet(browser, tmp_path: Path, language: str) -> None:
    """Printed on A4, the first page is one page: what follows it begins on the second."""
    context = browser.new_context(viewport={"width": 794, "height": 1123})
    page = context.new_page()
    page.emulate_media(media="print")
    page.goto(written(tmp_path, language))
    front_alone = "[...document.querySelector('main').children].slice(1).forEach(one => one.remove()); document.querySelector('footer').remove()"
    page.evaluate(front_alone)
    printed = page.pdf(format="A4", prefer_css_page_size=True)
    context.close()
    assert printed.count(b"/Type /Page\n") + printed.count(b"/Type /Page ") + printed.count(b"/Type /Page/") == 1


@pytest.mark.parametrize("width", [320, 360, 1280])
def test_no_picture_is_cut_off_or_collapsed(browser, tmp_path: Path, width: int) -> None:
    """On a phone as on a desk: every bar lies within its section, has a height, and its numbers fit into their pieces."""
    context = browser.new_context(viewport={"width": width, "height": 740})
    page = context.new_page()
    page.goto(written_figures(tmp_path, "de"))
    sizes = page.evaluate(
        "[...document.querySelectorAll('.plot')].map(one => [one.getBoundingClientRect(), one.closest('.records').getBoundingClientRect()])"
        ".map(([own, all]) => [own.width, own.height, own.left >= all.left - 1, own.right <= all.right + 1])"
    )
    labels = page.evaluate(
        "[...document.querySelectorAll('.p-label')].map(one => [one.getBoundingClientRect().width, one.previousElementSibling.getBoundingClientRect().width])"
    )
    cells = page.evaluate(
        "[...document.querySelectorAll('.records tbody td, .records tbody th')].filter(one => one.scrollWidth > one.clientWidth + 1).map(one => one.textContent)"
    )
    context.close()
    assert len(sizes) > 20
    assert all(wide > 8 and high > 8 and begins and ends for wide, high, begins, ends in sizes)
    assert labels
    assert all(label <= room for label, room in labels)
    assert cells == []


def test_first_screen_answers_the_three_questions(browser, tmp_path: Path) -> None:
    """Without scrolling, a laptop shows whether it is ready, what blocks, and who does what next."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(written(tmp_path, "de"))
    tops = [page.locator(f"#{name}").bounding_box()["y"] for name in ("verdict", "blocks", "tasks")]
    first_task = page.locator(".tasks tbody tr").first.bounding_box()
    context.close()
    assert tops == sorted(tops)
    assert first_task["y"] + first_task["height"] < 900
