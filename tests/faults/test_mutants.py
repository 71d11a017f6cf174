"""The criteria of the wire (acceptance B17 to B25) and of what comes from outside (C29 to C36) can fail: each with a mutant that it catches.

A mutant is the program with one guard taken out. The tests that stand for the criterion run against a copy with it, and must not pass.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
COPIED = (
    "checker",
    "checklists",
    "reports",
    "tests",
    "benchmarks",
    "pyproject.toml",
    "README.md",
    "ARCHITECTURE.md",
    "CHANGELOG.md",
)
FAILED = 1  # pytest: some tests failed; anything else is no proof
LONGEST_S = 300.0


@dataclass(frozen=True)
class Mutant:
    """In `file` the only `old` becomes `new`; `tests` are to notice."""

    criterion: str
    file: str
    old: str
    new: str
    tests: str


LAYERS = "lint-imports"
RETRY, SECRETS, DEADLINES = (
    "tests/faults/test_http_retry.py",
    "tests/faults/test_http_secrets.py",
    "tests/faults/test_http_deadlines.py",
)
MANNERS, TLS, RECEIVER = (
    "tests/faults/test_http_manners.py",
    "tests/faults/test_http_tls.py",
    "tests/unit/test_receiver.py",
)
MUTANTS = (
    Mutant("B17 a write without a key is sent once", "checker/client/retry.py", "if not (one.method in READING or one.keyed", "if False and not (one.method in READING or one.keyed", RETRY),
    Mutant("B17 at most four tries", "checker/client/retry.py", "if one.number >= tries:", "if one.number >= tries + 1:", RETRY),
    Mutant("B18 never earlier than asked", "checker/client/client.py", "if asked is not None and decision.reason in", "if False and asked is not None and decision.reason in", RETRY),
    Mutant("B18 nonsense is a finding", "checker/client/ratelimit.py", "if wait is None or not 0 <= wait <= LONGEST_BELIEVED:", "if False:", "tests/unit/client/test_client_ratelimit.py"),
    Mutant("B19 the pace is learnt from 429", "checker/client/client.py", "if result.status == TOO_MANY:", "if False:", MANNERS),
    Mutant("B19 the share of a day is kept", "checker/client/limits.py", "return int(quota * self._limits.share)", "return quota", MANNERS),
    Mutant("B20 a drip ends at the deadline", "checker/client/transport.py", "return self._inner.read(max_bytes, left)", "return self._inner.read(max_bytes, timeout)", DEADLINES),
    Mutant("B21 what is received is bounded", "checker/client/transport.py", "                if size > self.largest:", "                if False:", DEADLINES),
    Mutant("B21 what is inflated is bounded", "checker/client/inflate.py", "if total > largest:", "if False:", f"{DEADLINES} tests/unit/client/test_client_inflate.py"),
    Mutant("B22 redirects stay inside the origin", "checker/client/client.py", "                and target.origin == address.origin\n", "", SECRETS),
    Mutant("B22 writes are not redirected", "checker/client/client.py", 'request.method in {"GET", "HEAD"}\n', "True\n", f"{SECRETS} tests/unit/client"),
    Mutant("B23 loopback is never proxied", "checker/client/proxy.py", "if origin.loopback:", "if False:", TLS),
    Mutant("B24 one module talks HTTP", "checker/doctor.py", "from __future__ import annotations\n", "from __future__ import annotations\n\nimport httpx\n", LAYERS),
    Mutant("B25 long figures stay exact", "checker/client/strict_json.py", "if MANY_DIGITS not in text.translate(DIGITS):", "if True:", MANNERS),
    Mutant("C29 a report escapes what is foreign", "checker/reports/html.py", "autoescape=True", "autoescape=False", "tests/unit/reports/test_reports_html.py"),
    Mutant("C30 no foreign control characters", "checker/model/text.py", "if unicodedata.category(c) in INVISIBLE else c for c in text[", "if False else c for c in text[", "tests/unit/reports/test_reports_terminal.py tests/unit/model"),
    Mutant("C31 every spelling of a secret is hidden", "checker/client/redact.py", "for spelling in spellings(value):", "for spelling in [value]:", f"{SECRETS} tests/unit/client"),
    Mutant("C32 a literal secret is refused", "checker/project/check.py", 'self.problems.append(self.at.problem("secret.literal", path))', "pass", "tests/unit/project"),
    Mutant("C32 a file that others read is refused", "checker/project/secrets.py", "mode & (stat.S_IRGRP | stat.S_IROTH)", "False", "tests/unit/project"),
    Mutant("C33 files are their owner's alone", "checker/store.py", "temporary.chmod(mode)", "temporary.chmod(0o644)", "tests/unit/store"),
    Mutant("C34 another origin is refused", "checker/resources/writing.py", "if (resource.system, base_url) != (self.permit.system, self.permit.base_url):", "if False:", "tests/faults/test_write_faults.py tests/unit/permit"),
    Mutant("C36 what is too old is refused", "checker/hooks/signatures.py", "stale = stamp is not None and not _fresh(stamp, now)", "stale = False", "tests/unit/hooks"),
    Mutant("C36 an unknown path is none", "checker/receiver.py", "        if not known:\n            return _said(start_response, 404)\n", "        known = known or [path]\n        self._paths.setdefault(path, accepts)\n", RECEIVER),
    Mutant("C36 a drip is dropped", "checker/serving.py", "self.last_activity = began", "pass", RECEIVER),
    Mutant("A16 only what carries the mark is changed", "checker/resources/writing.py", "if purpose != SYNC and not self.owns(resource, record_id):", "if False:", "tests/faults/test_write_safety.py"),
)  # fmt: skip


def noticed(mutant: Mutant, folder: Path) -> int:
    """The exit code of the criterion's tests, run against a copy with the mutant."""
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder / name)
    path = folder / mutant.file
    text = path.read_text("utf-8")
    assert text.count(mutant.old) == 1, f"{mutant.file} has another number of {mutant.old!r}"
    path.write_text(text.replace(mutant.old, mutant.new), "utf-8")
    tests = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "-m", "not real and not soak"]
    command = (
        [str(Path(sys.executable).with_name(LAYERS))] if mutant.tests == LAYERS else [*tests, *mutant.tests.split()]
    )
    environment = {**os.environ, "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    ended = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=LONGEST_S, check=False
    )
    return ended.returncode


@pytest.mark.soak
@pytest.mark.parametrize("mutant", MUTANTS, ids=[one.criterion for one in MUTANTS])
def test_a_mutant_is_noticed(mutant: Mutant, tmp_path: Path) -> None:
    """With the guard taken out, the tests that stand for the criterion fail."""
    assert noticed(mutant, tmp_path) == FAILED
