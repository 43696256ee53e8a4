"""Epochs without a fix, counted and told the same in blocks of any size."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from telemparse.schemas import FixChanges


def told(states: list[bool], block: int) -> tuple[list[tuple[int, str]], int, int]:
    watch, found = FixChanges(), []
    for start in range(0, len(states), block):
        some = states[start : start + block]
        batch = watch.events(np.arange(start, start + len(some)), np.array(some, np.bool_))
        if batch is not None:
            times = batch.column("t").cast(pa.int64()).to_pylist()
            found += zip(times, batch.column("event_type").to_pylist(), strict=True)
    return found, watch.epochs, watch.without_fix


def test_losses_and_returns_are_told_and_the_first_state_is_none():
    states = [True, False, False, True]
    assert told(states, 4) == ([(1, "fix_lost"), (3, "fix_regained")], 4, 2)
    assert told([False, True], 2) == ([(1, "fix_regained")], 2, 1)
    assert told([], 1) == ([], 0, 0)


@given(st.lists(st.booleans(), max_size=40), st.integers(1, 7))
def test_blocks_change_nothing(states, block):
    assert told(states, block) == told(states, len(states) or 1)
