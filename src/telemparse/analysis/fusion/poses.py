"""From the filter's nodes to the stream `pose`: a row for every sample of the unit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import numpy as np
import pyarrow as pa

from telemparse.analysis.fusion.rotations import angles_of, turned_by
from telemparse.analysis.fusion.states import ATTITUDE, GRAVITY, POSITION, VELOCITY
from telemparse.analysis.fusion.strapdown import within
from telemparse.kernels.clocks import NS_PER_S
from telemparse.schemas import build
from telemparse.schemas.common import QualityFlag

if TYPE_CHECKING:
    from telemparse.analysis.fusion.estimates import Estimate
    from telemparse.analysis.fusion.inertial import Inertial
    from telemparse.analysis.motions import Motion
    from telemparse.kernels.arrays import Floats, Ints, Mask
    from telemparse.kernels.local_frame import LocalFrame

_DIGITS_S = 1e-9

__all__ = ["Poses", "measured_table", "poses_of", "table_of"]


@attrs.frozen(eq=False, kw_only=True)
class Poses:
    """The trajectory at instants.

    Args:
        t_ns: instants on the receiver's clock, rising, shape (n,).
        position_m, velocity_mps: east, north, up, shape (n, 3).
        attitude: from the vehicle's frame to east, north, up, shape (n, 3, 3); NaN where nobody knows.
        yaw_rate_rps: shape (n,); likewise.
        covariance: of position (east, north), velocity (east, north) and yaw, shape (n, 5, 5); likewise.
        node: of the filter before each, shape (n,).
    """

    t_ns: Ints
    position_m: Floats
    velocity_mps: Floats
    attitude: Floats
    yaw_rate_rps: Floats
    covariance: Floats
    node: Ints


def poses_of(found: Estimate, unit: Inertial, rate_hz: float) -> Poses:
    """Return the trajectory at samples of the unit between the first and the last node, and at fixes without.

    Between two nodes sums of the samples lead on from the first one; what they miss at the second one is
    spread over the time between them. In long silences of the unit, before and behind it, the fixes remain:
    without attitude.

    Args:
        found: at the nodes.
        unit: samples in the vehicle's frame, on the receiver's clock.
        rate_hz: most rows a second.
    """
    path, stretches = found.trajectory, found.stretches
    biases = path.biases(stretches)
    sums, inside = within(stretches, *biases)
    every = max(1, round(1 / (rate_hz * unit.period_s))) if len(unit) > 1 else 1
    chosen = np.arange(0, len(stretches.interval), every)
    interval, since = stretches.interval[chosen], stretches.since_s[chosen][:, None]
    part = since / sums.step_s[interval][:, None]
    here = path.attitude[interval]
    missed = path.missed(sums)[interval] * part
    gain = np.einsum("kij,kj->ki", here, inside.gain_mps[chosen])
    way = np.einsum("kij,kj->ki", here, inside.way_m[chosen])
    start = path.velocity_mps[interval]
    position = path.position_m[interval] + start * since + 0.5 * GRAVITY * since**2 + way
    attitude = here @ inside.turn[chosen] @ turned_by(-missed[:, 6:9])
    instants = path.nodes_s[interval] + since[:, 0]
    sample = np.clip(np.searchsorted(unit.t_s, instants - _DIGITS_S), 0, len(unit) - 1)
    rate = unit.rate[sample] - biases[1][interval]
    covariance = _covariances(found)
    share = part[:, :, None]
    alone = _alone(unit.blind(path.nodes_s), path.nodes_s, rate_hz)
    unknown = np.full(len(alone), np.nan)
    apart = covariance[alone]
    apart[:, 4] = apart[:, :, 4] = np.nan
    together = np.concatenate([instants, path.nodes_s[alone]])
    # What is left between the clocks: a fix of the receiver's stamp is where the unit was that much later.
    stamps = together - np.interp(together, path.nodes_s, path.offset_s)
    order = np.argsort(together, kind="stable")

    def both(within: Floats, at_fixes: Floats) -> Floats:
        return np.concatenate([within, at_fixes])[order]

    return Poses(
        t_ns=unit.zero_ns + np.rint(stamps[order] * NS_PER_S).astype(np.int64),
        position_m=both(position - missed[:, 0:3], path.position_m[alone]),
        velocity_mps=both(start + GRAVITY * since + gain - missed[:, 3:6], path.velocity_mps[alone]),
        attitude=both(attitude, path.attitude[alone] * np.nan),
        yaw_rate_rps=both(np.einsum("ki,ki->k", attitude[:, 2], rate), unknown),
        covariance=both(covariance[interval] * (1 - share) + covariance[interval + 1] * share, apart),
        node=np.concatenate([interval, alone])[order],
    )


def _alone(blind: Mask, nodes_s: Floats, rate_hz: float) -> Ints:
    """Return the nodes within long silences of the unit, at most so many a second."""
    nodes = np.flatnonzero(np.append(True, blind) & np.append(blind, True))
    step = float(np.median(np.diff(nodes_s)))
    return nodes[:: max(1, round(1 / (rate_hz * step)))]


def _covariances(found: Estimate) -> Floats:
    """Return covariances of east, north, their velocities and yaw at the nodes, shape (n, 5, 5)."""
    pick = np.zeros((len(found.covariance), 5, found.covariance.shape[1]))
    for row, state in enumerate((POSITION.start, POSITION.start + 1, VELOCITY.start, VELOCITY.start + 1)):
        pick[:, row, state] = 1.0
    # A turn of the vehicle's frame about the axis that points up is one of the yaw.
    pick[:, 4, ATTITUDE] = found.trajectory.attitude[:, 2]
    return np.asarray(pick @ found.covariance @ np.swapaxes(pick, 1, 2))


def table_of(poses: Poses, frame: LocalFrame, time_base: str, *, heights: bool, flagged: Mask) -> pa.Table:
    """Return the canonical stream of a fused trajectory.

    Args:
        poses: of the trajectory.
        frame: of its plane.
        time_base: of its stamps.
        heights: the receiver said how high; else height and climb are null.
        flagged: rows in gaps of the receiver, shape (n,).
    """
    yaw, pitch, roll = angles_of(poses.attitude)
    variance = np.einsum("kii->ki", poses.covariance)
    columns = {
        "t": poses.t_ns,
        "x_e_m": poses.position_m[:, 0],
        "y_n_m": poses.position_m[:, 1],
        "z_u_m": poses.position_m[:, 2] if heights else None,
        "vx_mps": poses.velocity_mps[:, 0],
        "vy_mps": poses.velocity_mps[:, 1],
        "vz_mps": poses.velocity_mps[:, 2] if heights else None,
        "yaw_rad": yaw,
        "pitch_rad": pitch,
        "roll_rad": roll,
        "yaw_rate_rps": poses.yaw_rate_rps,
        "pos_std_e_m": np.sqrt(variance[:, 0]),
        "pos_std_n_m": np.sqrt(variance[:, 1]),
        "pos_cov_en_m2": poses.covariance[:, 0, 1],
        "vel_std_mps": np.sqrt((variance[:, 2] + variance[:, 3]) / 2),
        "yaw_std_rad": np.sqrt(variance[:, 4]),
        "quality_flags": np.where(flagged, QualityFlag.INTERPOLATED, 0).astype(np.uint32),
    }
    return _built(columns, frame, time_base, "server_fused")


def measured_table(motion: Motion) -> pa.Table:
    """Return the canonical stream of a motion that the receiver alone tells: no attitude, no deviations."""
    path = motion.path
    columns = {
        "t": path.t_ns,
        "x_e_m": motion.position_m[:, 0],
        "y_n_m": motion.position_m[:, 1],
        "vx_mps": motion.velocity_mps[:, 0],
        "vy_mps": motion.velocity_mps[:, 1],
        "quality_flags": path.flags.astype(np.uint32),
    }
    return _built(columns, path.frame, path.time_base, "gnss_measured")


def _built(columns: dict[str, object], frame: LocalFrame, time_base: str, source: str) -> pa.Table:
    facts: dict[str, Any] = {
        "origin_lat_deg": frame.lat_deg,
        "origin_lon_deg": frame.lon_deg,
        "origin_alt_m": frame.alt_m,
        "pose_source": source,
    }
    given = {name: column for name, column in columns.items() if column is not None}
    return pa.Table.from_batches([build("pose", given, time_base=time_base, **facts)])
