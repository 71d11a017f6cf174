"""A weaker finding that says the opposite of the stronger is a finding of its own."""

from judging import CLAIMS, found

from checker.catalogue import sentence
from checker.checklist.contradictions import contradiction_texts, contradictions


def test_document_against_probe_is_told_in_both_languages():
    """Both sentences stand in it, each with its grade."""
    told = contradictions([found("walk.ends", "crm/a", "yes", "documented"), found("walk.ends", "crm/a", "no")], CLAIMS)
    assert [(one.id, one.subject, one.grade) for one in told] == [("contradiction.walk.ends", "crm/a", "probed")]
    assert told[0].says == "it does not hold (tested) – although: it holds (documented)"
    german = sentence(contradiction_texts(CLAIMS["walk.ends"]), told[0].answer, told[0].values, "de")
    assert german == "it does not hold (de) (getestet) – obwohl: it holds (de) (laut Dokumentation)"


def test_agreement_and_silence_are_no_contradiction():
    """Neither the same answer nor an unknown, and nothing about another subject."""
    same = [found("walk.ends", "crm/a", "yes", "documented"), found("walk.ends", "crm/a")]
    silent = [found("walk.ends", "crm/b", "unknown"), found("walk.ends", "crm/b", "no", "documented")]
    apart = [found("walk.ends", "crm/c"), found("walk.ends", "crm/d", "no", "documented")]
    assert contradictions([*same, *silent, *apart], CLAIMS) == ()
