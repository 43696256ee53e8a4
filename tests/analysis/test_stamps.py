"""Which instants lie between stamps that are near enough to each other."""

from __future__ import annotations

import numpy as np

from telemparse.analysis.stamps import spanned


def test_instants_between_close_stamps_are_spanned_and_those_in_gaps_and_beyond_are_not():
    stamps = np.array([0.0, 1.0, 2.0, 5.0, 5.5])
    wanted = np.array([-0.1, 0.0, 0.5, 2.0, 3.0, 5.0, 5.2, 5.5, 5.6])
    expected = [False, True, True, True, False, False, True, True, False]
    assert spanned(wanted, stamps, 1.0).tolist() == expected
    assert spanned(wanted, stamps, 3.0).tolist()[4:6] == [True, True]
