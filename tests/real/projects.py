"""Project folders for the real systems, and an audit of one: what a consultant has on disk, looked at in this process."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from checker.audit import Options, audit
from checker.model.audit import Audit
from checker.model.finding import Finding
from checker.project.load import load_project
from checker.trial import Wish

TEMPLATES = Path(__file__).with_name("projects")


def written(folder: Path, template: str, **values: str) -> Path:
    """A project file made of a template, its `@NAME@` filled in; gives its path."""
    text = (TEMPLATES / template).read_text("utf-8")
    for name, value in values.items():
        text = text.replace(f"@{name}@", value)
    return _saved(folder, text)


def small(
    folder: Path,
    *,
    url: str,
    document: str,
    auth: Mapping[str, Any],
    resources: Sequence[str],
    others: Mapping[str, Any] | None = None,
    listen: str | None = None,
) -> Path:
    """A project file without any override: one flow for each resource, and another side that isn't asked. JSON is YAML.

    `listen`: where events are received, of which a person has told the system.
    """
    crm = {"document": document, "base_url": url, "sandbox": True, "auth": auth, "limits": {"requests_per_second": 50}}
    crm |= {"other_auth": others or {}} | ({"webhooks": {"registration": "manual"}} if listen else {})
    flows = [{"name": one, "left": f"crm/{one}", "right": "erp/none"} for one in resources]
    project = {"project": "Directus as it describes itself", "systems": {"crm": crm, "erp": {}}, "flows": flows}
    project |= {"webhooks": {"listen": listen}} if listen else {}
    return _saved(folder, json.dumps(project, indent=1))


def flow_lines(resources: Iterable[str]) -> str:
    """The flows of a template that has one for each resource."""
    return "\n".join(f"  - {{name: {one}, left: crm/{one}, right: erp/none}}" for one in resources)


def _saved(folder: Path, text: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    project = folder / "readiness.yaml"
    project.write_text(text, "utf-8")
    return project


class Looked:
    """A finished audit, its findings by claim and subject."""

    def __init__(self, made: Audit) -> None:
        self.audit = made
        self.findings = {(one.id, one.subject): one for one in made.findings}

    def finding(self, claim: str, subject: str) -> Finding | None:
        """The finding; None where the audit has none."""
        return self.findings.get((claim, subject))


def looked(
    project: Path, environment: Mapping[str, str], *, offline: bool = False, touch: bool = False, rehearse: bool = True
) -> Looked:
    """The audit of a project, with these variables and no others; `touch` agrees to what it writes."""
    wish = Wish(touch=touch, rehearse=rehearse, agree=lambda _planned, _addresses: None)
    options = Options(environ=environment, offline=offline, wish=wish)
    return Looked(audit(load_project(project), options, lambda _: None).audit)


def resources_of(template: str) -> list[str]:
    """The names of the resources that a template's `crm` has overrides for, in its order."""
    import yaml

    text = re.sub(r"@\w+@", "x", (TEMPLATES / template).read_text("utf-8").partition("flows:")[0])
    return list(yaml.safe_load(text)["systems"]["crm"]["resources"])
