"""What is left out is counted, and the first three places stay."""

from __future__ import annotations

from telemparse.model.issues import Locus
from telemparse.model.skips import Skips


def test_nothing_left_out_is_no_issue():
    assert list(Skips().issues(total=9)) == []


def test_many_left_out_are_one_issue_at_the_first_place():
    skips = Skips()
    for line in range(5, 1005):
        skips.add(Locus("a.txt", line=line))
    (issue,) = skips.issues(total=2000)
    assert (issue.code, issue.locus) == ("ROWS_SKIPPED", Locus("a.txt", line=5))
    assert issue.evidence == {
        "count": 1000, "total": 2000, "loci": ["a.txt, line 5", "a.txt, line 6", "a.txt, line 7"],
    }  # fmt: skip
    assert issue.message == "1000 of 2000 rows could not be read and were skipped"
    assert len(skips.loci) == 3


def test_the_code_may_be_one_of_the_cards_own():
    skips = Skips("TOY_BROKEN")
    skips.add(Locus("a.bin", offset=16))
    assert [issue.code for issue in skips.issues()] == ["TOY_BROKEN"]
