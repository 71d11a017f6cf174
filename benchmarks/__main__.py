"""All benchmarks, one after the other."""

from __future__ import annotations

from benchmarks import documents, extract, look, match, probing, quality, startup

if __name__ == "__main__":
    startup.main()
    documents.main()
    look.main()
    probing.main()
    extract.main()
    match.main()
    quality.main()
