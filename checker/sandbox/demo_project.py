"""The demonstration's own project: `readiness.yaml`, `answers.yaml` and the two documents, as a newcomer finds them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from importlib.resources import files
from pathlib import Path

from checker.sandbox import crm, erp
from checker.sandbox.document import document_text
from checker.sandbox.pair import CRM_DOCUMENT, ERP_DOCUMENT, Pair

GO_LIVE_AFTER = timedelta(days=70)
EITHER = re.compile(r"@\[(?P<en>[^]|]*?) *\| *(?P<de>[^]|]*)]@")  # a note in both languages
ANSWERED_BEFORE = timedelta(days=6)


def demo_environment() -> dict[str, str]:
    """The variables that the demonstration's project file refers to, with the pair's credentials."""
    return {
        "DEMO_CRM_TOKEN": crm.TOKEN,
        "DEMO_CRM_READONLY_TOKEN": crm.READ_TOKEN,
        "DEMO_CRM_SECOND_TOKEN": crm.SECOND_TOKEN,
        "DEMO_CRM_EXPIRED_TOKEN": crm.EXPIRED_TOKEN,
        "DEMO_ERP_KEY": erp.KEY,
        "DEMO_ERP_READONLY_KEY": erp.READ_KEY,
    }


def demo_project(pair: Pair, now: datetime, language: str = "en", checklists: Sequence[str] = ("core",)) -> str:
    """The text of `readiness.yaml` for a running pair; the two documents are expected beside it. Going live is ten weeks after `now`."""
    return _filled(
        "readiness.yaml",
        CRM_URL=pair.crm.base_url,
        ERP_URL=pair.erp.base_url,
        GO_LIVE=(now + GO_LIVE_AFTER).date().isoformat(),
        LANGUAGE=language,
        CHECKLISTS=f"[{', '.join(checklists)}]",
    )


def demo_answers(now: datetime, language: str = "en") -> str:
    """The text of `answers.yaml`: what an invented customer answered six days before `now`; one question is left open on purpose.

    The customer's notes are in `language` (en, de).
    """
    answered = (now - ANSWERED_BEFORE).date()
    text = _filled("answers.yaml", ANSWERED=answered.isoformat(), LATER=(answered + timedelta(days=20)).isoformat())
    return EITHER.sub(lambda found: found["de" if language == "de" else "en"], text)


def write_demo(
    folder: Path, pair: Pair, now: datetime, language: str = "en", checklists: Sequence[str] = ("core",)
) -> Path:
    """Write project file, answers and both documents into an existing folder; the project file's path. Replaces files of these names."""
    for name in (CRM_DOCUMENT, ERP_DOCUMENT):
        (folder / name).write_text(document_text(name), "utf-8")
    (folder / "answers.yaml").write_text(demo_answers(now, language), "utf-8")
    project = folder / "readiness.yaml"
    project.write_text(demo_project(pair, now, language, checklists), "utf-8")
    return project


def _filled(name: str, **values: str) -> str:
    text = files("checker.sandbox").joinpath("demo", name).read_text("utf-8")
    for key, value in values.items():
        text = text.replace(f"@{key}@", value)
    return text
