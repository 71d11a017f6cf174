"""What of a run did not go through, in sentences."""

from __future__ import annotations

from collections.abc import Iterator

from checker.catalogue.rehearsal_texts import said
from checker.model.audit import Said
from checker.model.sync import NoticeKind, Which
from checker.rehearsing.runs import Ran
from checker.rehearsing.stage import Stage


def troubles(stage: Stage, ran: Ran) -> Iterator[Said]:
    """What did not go through, by system and kind."""
    for side in Which:
        refused = [one for one in ran.failures if one.side is side and not one.open]
        if refused:
            reasons = list(dict.fromkeys(one.reason for one in refused))
            yield said("refused", system=stage.system(side), n=len(refused), reasons=reasons)
        if n := sum(one.open for one in ran.failures if one.side is side):
            yield said("open-writes", system=stage.system(side), n=n)
    for kind, code in ((NoticeKind.UNTRANSLATABLE, "not-translated"), (NoticeKind.UNLINKED, "not-linked")):
        fields = sorted({one.on_field or "" for one in ran.notices if one.kind is kind})
        if fields:
            yield said(code, fields=fields)
