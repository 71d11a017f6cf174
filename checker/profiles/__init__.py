"""Api → Profile: resources, roles, and one detector module per capability.

Adding a capability: a module with `detect_…(view) -> Detection`, and its line in `DETECTORS` (build.py).
"""

from __future__ import annotations

from checker.profiles.build import DETECTORS, build_profile
from checker.profiles.overrides import apply_overrides

__all__ = ["DETECTORS", "apply_overrides", "build_profile"]
