"""Issues: words from the registry, severity only ever lowered, loci that read well."""

from __future__ import annotations

import pytest

from telemparse.errors import CallError
from telemparse.model.codes import CODES, Code, Severity
from telemparse.model.issues import Issue, Locus


def test_an_issue_takes_severity_message_and_hint_from_the_registry():
    issue = Issue("ROWS_SKIPPED", Locus("a.csv", line=7), count=3, total=90)

    assert issue.code == "ROWS_SKIPPED"
    assert issue.severity is Severity.WARNING
    assert issue.message == "3 of 90 rows could not be read and were skipped"
    assert issue.hint == CODES["ROWS_SKIPPED"].hint
    assert issue.evidence == {"count": 3, "total": 90}
    assert issue.locus == Locus("a.csv", line=7)


def test_evidence_fills_the_hint_as_well():
    issue = Issue("CSV_AMBIGUOUS_TIME_FORMAT", column="Datum", interpretations="dmy, mdy")

    assert "Datum" in issue.message
    assert "columns={'Datum': 't:dmy'}" in issue.hint


def test_evidence_that_is_missing_prints_as_a_question_mark():
    assert Issue("ROWS_SKIPPED", count=3).message.startswith("3 of ? rows")


def test_evidence_may_be_named_like_a_field_of_the_issue():
    assert Issue("PLUGIN_LOAD_FAILED", plugin="p", stage="import", error="boom").evidence["error"] == "boom"


def test_an_error_can_be_lowered_to_a_warning():
    assert Issue("CSV_MISSING_LAT_LON", severity=Severity.WARNING).severity is Severity.WARNING


def test_a_warning_cannot_be_raised_to_an_error():
    assert Issue("TIME_RELATIVE", severity=Severity.ERROR).severity is Severity.WARNING


def test_strict_can_raise_a_warning():
    issue = Issue("ROWS_SKIPPED", count=1, total=2)

    assert issue.raised().severity is Severity.ERROR
    assert issue.raised().message == issue.message


def test_a_severity_that_is_none_is_refused():
    with pytest.raises(ValueError, match="bogus"):
        Issue("ROWS_SKIPPED", severity="bogus")


def test_a_code_outside_the_registry_is_an_error_until_its_card_completes_it():
    issue = Issue("TOY_ODD", count=2)

    assert (issue.severity, issue.message, issue.hint) == (Severity.ERROR, "TOY_ODD", "")


def test_a_code_that_is_no_word_is_refused():
    with pytest.raises(CallError):
        Issue("no such code")


def test_an_issue_of_a_cards_own_entry_uses_its_words():
    entry = Code("TOY_ODD", Severity.WARNING, "{count} odd toys", "Odd.", "shake {count} times")
    issue = Issue.of(entry, None, entry.severity, {"count": 2})

    assert (issue.message, issue.hint) == ("2 odd toys", "shake 2 times")


def test_a_locus_names_artifact_line_byte_and_record():
    assert str(Locus("a.csv", offset=120, line=7, record=0)) == "a.csv, line 7, byte 120, record 0"
    assert str(Locus(line=7)) == "line 7"
    assert str(Locus()) == ""


def test_issues_are_values():
    assert Issue("NO_STREAMS", artifacts="a") == Issue("NO_STREAMS", artifacts="a")
    assert Issue("NO_STREAMS", artifacts="a") != Issue("NO_STREAMS", artifacts="b")
    with pytest.raises(AttributeError):
        Issue("NO_STREAMS").code = "OTHER"
