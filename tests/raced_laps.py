"""Laps of simulated runs, timed by truth: so that what is made of laps is judged apart from finding them."""

from __future__ import annotations

import attrs
import numpy as np
import pyarrow as pa

from telemparse.analysis.lap_results import Laps
from telemparse.analysis.motions import Method, Motion
from telemparse.analysis.paths import Path


def true_motion(run, *, method=Method.SMOOTHED):
    """Return what really happened, at the epochs of a run."""
    path = Path.of(run.gnss, frame=run.frame)
    states = run.truth.at(path.t_ns)
    return Motion(
        path=path,
        method=method,
        position_m=states.position_m,
        velocity_mps=states.velocity_mps,
        acceleration_mps2=states.acceleration_mps2,
        broken=path.step_s > path.gap_s,
    )


def timed(run, motion=None, *, std_s=0.02):
    """Return the true laps and sectors of a run, with a motion or the true one."""
    laps, sectors = run.laps, run.timing.sectors
    return Laps(
        table=with_column(laps, "duration_std_s", [std_s] * laps.num_rows),
        sectors=with_column(sectors, "duration_std_s", [std_s] * sectors.num_rows),
        gate=run.gate,
        sector_gates=run.sectors,
        motion=true_motion(run) if motion is None else motion,
    )


def with_column(table, name, values):
    """Return a table with other values in a column of the same type."""
    index = table.schema.get_field_index(name)
    return table.set_column(
        index, table.schema.field(index), pa.array(values, table.schema.field(index).type)
    )


def with_rows(laps, rows):
    """Return laps of some rows only."""
    return attrs.evolve(laps, table=laps.table.take(pa.array(rows, pa.int64())))


def moved(motion, *, angle_rad=0.0, by_m=(0.0, 0.0), later_ns=0):
    """Return a motion turned about the origin, shifted and delayed."""
    cosine, sine = np.cos(angle_rad), np.sin(angle_rad)
    turn = np.array([[cosine, sine], [-sine, cosine]])
    return attrs.evolve(
        motion,
        path=attrs.evolve(motion.path, t_ns=motion.path.t_ns + later_ns),
        position_m=motion.position_m @ turn + np.array(by_m),
        velocity_mps=motion.velocity_mps @ turn,
        acceleration_mps2=motion.acceleration_mps2 @ turn,
    )


def later(laps, motion, by_ns):
    """Return laps whose table is delayed as their motion is."""
    table = laps.table
    for name in ("t_start", "t_end"):
        table = with_column(
            table, name, [value + by_ns for value in table[name].cast(pa.int64()).to_pylist()]
        )
    return attrs.evolve(laps, table=table, motion=motion)


def shaken(motion, sigma_m, seed=0):
    """Return a motion with independent errors in every position."""
    noise = np.random.default_rng(seed).normal(0.0, sigma_m, motion.position_m.shape)
    return attrs.evolve(motion, position_m=motion.position_m + noise)


def thinned(motion, keep):
    """Return a motion of some epochs only, with gaps where they are missing."""
    path = motion.path.part(keep)
    fields = ("position_m", "velocity_mps", "acceleration_mps2")
    return attrs.evolve(
        motion,
        path=path,
        broken=path.step_s > path.gap_s,
        **{name: getattr(motion, name)[keep] for name in fields},
    )


def silent(motion, first_ns, last_ns):
    """Return a motion that knows nothing between two instants."""
    stamps = motion.path.t_ns
    return thinned(motion, (stamps <= first_ns) | (stamps >= last_ns))
