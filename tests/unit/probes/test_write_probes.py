"""Write probes against the embedded pair: they find what FACTS.md says, and leave nothing behind."""

from __future__ import annotations

from pathlib import Path

from tests.unit.probes.touched import probed, told, world

MOST_REQUESTS = 40  # what probing one resource may cost
from checker.touch import cleaned  # noqa: E402


def test_x(tmp_path: Path) -> None:
    with world(tmp_path) as w:
        for name in ("crm", "erp"):
            s = w.system(name)
            for r in s.resources:
                n = s.look.whole_client.requests
                f = probed(s, r.profile.name)
                print(r.subject, s.look.whole_client.requests - n)
                for c, one in f.items():
                    print("  ", c, one.answer.value, dict(one.values))
            s.cleaned = None
            print({c: (o.answer.value, dict(o.values)) for c, o in told(s).items()})
            n = s.look.whole_client.requests
            s.cleaned = cleaned(s)
            print("clean", s.look.whole_client.requests - n)
            print({c: (o.answer.value, dict(o.values)) for c, o in told(s).items()})
