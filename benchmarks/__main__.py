"""All benchmarks, one after the other."""

from __future__ import annotations

from benchmarks import documents, extract, look, matching, startup

if __name__ == "__main__":
    startup.main()
    documents.main()
    look.main()
    extract.main()
    matching.main()
