"""How sure a pose usually is."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from telemparse.kernels.pose_figures import Sureness, rounded_std, sureness
from telemparse.schemas import build


def pose(**columns):
    whole = {"t": np.arange(3), "x_e_m": np.zeros(3), "y_n_m": np.zeros(3), **columns}
    return pa.Table.from_batches([build("pose", whole)])


def test_the_middle_of_each_deviation_is_told_and_the_worse_axis_of_the_position():
    found = sureness(
        pose(
            pos_std_e_m=[1.0, 2.0, 9.0], pos_std_n_m=[0.5, 3.0, 4.0], vel_std_mps=[0.1, 0.2, 7.0],
            yaw_std_rad=[np.pi, np.pi / 180, 0.0],
        )
    )  # fmt: skip
    assert found.position_m == 3.0
    assert found.velocity_mps == pytest.approx(0.2)
    assert found.yaw_deg == pytest.approx(1.0)


def test_rows_without_a_value_do_not_count():
    assert sureness(pose(vel_std_mps=[None, 0.5, None])).velocity_mps == 0.5


def test_a_pose_without_deviations_says_none():
    assert sureness(pose()) == Sureness(position_m=None, velocity_mps=None, yaw_deg=None)
    assert sureness(pose(pos_std_e_m=[1.0, 1.0, 1.0])).position_m is None
    assert sureness(pose().select(["t"])).yaw_deg is None


@pytest.mark.parametrize(
    ("sigma", "shown"),
    [(0.0, "0.000"), (0.0004, "0.000"), (0.0123, "0.012"), (0.31, "0.31"), (1.26, "1.3"), (44.4, "44")],
)
def test_a_deviation_has_two_digits_that_count(sigma, shown):
    assert rounded_std(sigma) == shown
