"""Api → Profile: resources, roles, and one detector module per capability.

Adding a capability: a module with `detect_…(view) -> Detection`, and its line in `DETECTORS` (build.py).
"""

from __future__ import annotations

from checker.profiles.build import DETECTORS, build_profile

__all__ = ["DETECTORS", "build_profile"]
