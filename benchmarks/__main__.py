"""All benchmarks, one after the other."""

from __future__ import annotations

from benchmarks import look, matching, startup

if __name__ == "__main__":
    startup.main()
    look.main()
    matching.main()
