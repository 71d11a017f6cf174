"""What the validator said of a document is asked for once, and known again by what the document says."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from checker.describe import Described, described
from checker.documents import Verdict
from checker.documents.authority import AUTHORITY
from checker.model.profile import DocumentProblem
from checker.store import Store
from checker.verdicts import Verdicts

GOOD = '{"openapi": "3.0.3", "info": {"title": "a", "version": "1"}, "paths": {}}'
WRONG = GOOD.replace('"version": "1"', '"version": 1')
TOLD = Verdict(False, "somebody", (DocumentProblem(pointer="#", message="as it was kept"),))


def read(folder: Path, text: str) -> dict[str, Described]:
    """A document with that text, as reading shows it."""
    (folder / "api.json").write_text(text, "utf-8")
    return {"crm": described(str(folder / "api.json"))}


def settled(folder: Path, text: str) -> tuple[bool | None, str | None]:
    """What is said of a document with that text in the end: valid or not, and by whom."""
    found = read(folder, text)
    profile = Verdicts(Store(folder), found).settled(found)["crm"].profile
    assert profile is not None
    return profile.valid, profile.validated_by


def kept(folder: Path) -> list[Path]:
    """The verdicts that are kept."""
    return sorted((folder / ".readiness").rglob("verdicts/*"))


def test_the_same_document_is_judged_once(tmp_path: Path) -> None:
    """The second run takes what was kept; nobody is asked. Another text is another document."""
    assert settled(tmp_path, GOOD) == (True, AUTHORITY)
    (held,) = kept(tmp_path)
    held.write_bytes(msgspec.json.encode(TOLD))
    assert settled(tmp_path, GOOD) == (False, "somebody")
    assert settled(tmp_path, WRONG) == (False, AUTHORITY)
    assert len(kept(tmp_path)) == 2


@pytest.mark.parametrize("torn", [b"", b"{", b'{"valid": 5}', b"\xff"])
def test_a_torn_verdict_is_asked_for_again(tmp_path: Path, torn: bytes) -> None:
    """What can't be read back is no verdict, and is replaced by one."""
    settled(tmp_path, GOOD)
    (held,) = kept(tmp_path)
    held.write_bytes(torn)
    assert settled(tmp_path, GOOD) == (True, AUTHORITY)
    assert msgspec.json.decode(held.read_bytes(), type=Verdict).valid is True


def test_a_folder_that_cannot_be_used_costs_only_the_memory(tmp_path: Path) -> None:
    """Where nothing can be kept, the verdict is there all the same."""
    (tmp_path / ".readiness").write_text("a file", "utf-8")
    assert settled(tmp_path, GOOD) == (True, AUTHORITY)


def test_who_does_not_wait_gets_what_reading_showed(tmp_path: Path) -> None:
    """After Ctrl-C nobody waits for the validator: what stands is the verdict of the quick look, under its own name."""
    found = read(tmp_path, GOOD)
    verdicts = Verdicts(Store(tmp_path), found)
    profiles = [verdicts.settled(found, wait=wait)["crm"].profile for wait in (False, True)]
    assert [one.validated_by for one in profiles if one] == ["meta-schema", AUTHORITY]
