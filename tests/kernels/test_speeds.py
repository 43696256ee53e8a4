"""The unit of speeds is told where they fit the way, and not told where they do not."""

from __future__ import annotations

import numpy as np
import pytest

from telemparse.kernels.speeds import speed_unit

ROWS = 200
T_NS = np.arange(ROWS) * 100_000_000
LAT = 10 + np.arange(ROWS) * 2.0 / 111_195
LON = np.zeros(ROWS)
EVERY = np.ones(ROWS, np.bool_)


@pytest.mark.parametrize(("symbol", "speed"), [("m/s", 20.0), ("km/h", 72.0), ("mph", 44.74), ("kn", 38.88)])
def test_a_unit_that_fits_the_way_is_found(symbol, speed):
    assert speed_unit(T_NS, LAT, LON, np.full(ROWS, speed), EVERY).symbol == symbol


@pytest.mark.parametrize(
    ("speed", "usable"),
    [
        (np.full(ROWS, 60.0), EVERY),
        (np.zeros(ROWS), EVERY),
        (np.full(ROWS, 20.0), T_NS < 10**9),
        (np.full(ROWS, 20.0), T_NS < 1),
    ],
    ids=["between two units", "standing", "too short a way", "one row"],
)
def test_what_does_not_fit_is_not_told(speed, usable):
    assert speed_unit(T_NS, LAT, LON, speed, usable) is None
