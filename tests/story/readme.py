"""`python -m tests.story.readme` puts what `readiness demo` prints into README."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path

README = Path(__file__).parents[2] / "README.md"

if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        printed = subprocess.run(
            [sys.executable, "-m", "checker", "demo"],
            cwd=folder,
            check=True,
            capture_output=True,
            text=True,
            encoding="utf-8",
        ).stdout
    block = f"<!-- demo -->\n\n```text\n{printed.rstrip()}\n```\n\n<!-- /demo -->"
    README.write_text(
        re.sub(r"<!-- demo -->.*<!-- /demo -->", lambda _: block, README.read_text("utf-8"), flags=re.DOTALL), "utf-8"
    )
