"""Where `checklists/` and `reports/` are: inside the installed package, or at the top of a checkout."""

from __future__ import annotations

from pathlib import Path


def data_folder(name: str) -> Path:
    """The folder of that name (`checklists`, `reports`)."""
    package = Path(__file__).parent
    installed = package / "_data" / name
    return installed if installed.is_dir() else package.parent / name
