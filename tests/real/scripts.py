"""Real systems, started and stopped by the scripts that come with them; nothing of theirs is copied here."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
VARIABLE = "READINESS_SANDBOXES"  # a folder with directus/ and prism/, where it isn't beside the repository
CACHE = Path.home() / ".cache"  # an installation takes minutes: it is kept, outside the repository
INSTALL_S = 3000.0
CALL_S = 120.0

# The sandbox's own defaults (sandboxes/README.md): invented credentials of an invented company.
ADMIN_TOKEN = "readiness-sandbox-static-token"
INTEGRATION_TOKEN = "readiness-integration-static-token"
ADMIN_EMAIL, ADMIN_PASSWORD = "admin@example.com", "readiness-sandbox"


def sandboxes() -> Path:
    """The folder of the scripts; skips, saying why, where there is none."""
    folder = Path(os.environ.get(VARIABLE) or REPOSITORY.parent / "shared" / "sandboxes")
    if not (folder / "directus" / "start.sh").is_file():
        pytest.skip(f"no scripts of real systems in {folder} ({VARIABLE} names another folder)")
    return folder


def free_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@dataclass(frozen=True)
class Sandbox:
    """A started system: `folder` has its scripts, `state` what it keeps."""

    folder: Path
    state: Path
    port: int

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """What the scripts are called with."""
        own = {"STATE_DIR": str(self.state), "PORT": str(self.port), "INSTALL_DIR": str(install_folder(self.folder))}
        return {**os.environ, **own}

    def run(self, script: str, *words: str, limit_s: float = CALL_S) -> subprocess.CompletedProcess[str]:
        """Run one of the system's scripts. Its output goes to a file: a server that it leaves running would keep a pipe open."""
        with (self.state / f"{script}.out").open("w+", encoding="utf-8") as out:
            done = subprocess.run(
                [str(self.folder / script), *words],
                env=self.environment, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT, timeout=limit_s, check=False,
            )  # fmt: skip
            out.seek(0)
            return subprocess.CompletedProcess(done.args, done.returncode, out.read(), "")

    def start(self) -> None:
        """Install where needed, start, wait for the first answer. Skips only where npm can't install."""
        if shutil.which("npm") is None:
            pytest.skip("npm is not installed, and the real systems come from its registry")
        started = self.run("start.sh", limit_s=INSTALL_S)
        if started.returncode and "install failed" in started.stdout:
            log = self.state / "install.log"
            pytest.skip(
                f"npm could not install it: {log.read_text('utf-8')[-400:] if log.exists() else started.stdout}"
            )
        assert started.returncode == 0, started.stdout

    def stop(self) -> None:
        """End exactly the processes that `start` started."""
        stopped = self.run("stop.sh")
        assert stopped.returncode == 0, stopped.stdout

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """A request as the system's own users would make it, with the administrator's token; what stands under `data`."""
        headers = {"Authorization": f"Bearer {ADMIN_TOKEN}", "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        with urlopen(Request(self.url + path, data, headers, method=method), timeout=CALL_S) as answer:
            return json.loads(answer.read())["data"]


def install_folder(folder: Path) -> Path:
    """Where the packages are kept between runs."""
    kept = CACHE / f"readiness-{folder.name}"
    kept.mkdir(parents=True, exist_ok=True)
    return kept
