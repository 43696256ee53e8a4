"""What is left out is counted, and the first three places stay."""

from __future__ import annotations

import numpy as np

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


def test_several_of_one_place_count_as_so_many():
    skips = Skips()
    skips.add(Locus("a.bin", offset=7), 12)
    assert (skips.count, skips.loci) == (12, [Locus("a.bin", offset=7)])


def test_of_offsets_in_any_order_the_three_lowest_stay():
    skips = Skips()
    for offsets in ([90, 70, 80, 95], [], [60, 75]):
        skips.add_offsets("a.bin", np.array(offsets, np.int64))
    assert skips.count == 6
    assert skips.loci == [Locus("a.bin", offset=offset) for offset in (60, 70, 75)]


def test_the_offsets_that_are_counted_stay_as_they_are():
    offsets = np.array([3, 1, 2])
    Skips().add_offsets("a.bin", offsets)
    assert offsets.tolist() == [3, 1, 2]
