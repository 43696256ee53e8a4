"""How far time gained and lost along the way is from truth: `python -m benchmarks.deltas` in `tests`."""

from __future__ import annotations

import numpy as np

from telemparse.analysis import compare_laps, find_laps
from telemparse.kernels.clocks import NS_PER_S
from telemparse.testing.simulate import CIRCUITS, simulate

_SEEDS = range(6)
_RECEIVERS = ("perfect", "m9", "f9_rtk")


def errors_s(circuit: str, receiver: str, seed: int) -> np.ndarray:
    """Return errors of `delta_s` over all laps and places of a run at 10 Hz."""
    run = simulate(circuit, seed=seed, gnss=receiver, rate_hz=10)
    compared = compare_laps(find_laps(run.gnss, run.gate))
    states, lines = run.truth.states, run.crossings_ns
    starts = [int(lines[np.abs(lines - row.t_start_ns).argmin()]) for row in compared.laps]
    progress = run.truth.at(np.array(starts)).progress_m
    index = compared.numbers.index(compared.reference)
    there = compared.laps[index].t_start_ns + np.rint(compared.elapsed_s[index] * NS_PER_S).astype(np.int64)
    place = run.truth.at(there).progress_m - progress[index]
    errors = []
    for number, start, begun in zip(compared.numbers, starts, progress, strict=True):
        if number != compared.reference:
            truly = np.interp(place + begun, states.progress_m, states.t_ns - start)
            delta = compared.delta_s(number, compared.reference)
            errors.append(delta - (truly - (there - starts[index])) / NS_PER_S)
    return np.concatenate(errors)


def main() -> None:
    """Print root mean square and median of the absolute errors in ms, a row for each circuit and receiver."""
    for circuit in CIRCUITS:
        for receiver in _RECEIVERS:
            errors = 1e3 * np.concatenate([errors_s(circuit, receiver, seed) for seed in _SEEDS])
            errors = errors[np.isfinite(errors)]
            spread, middle = np.sqrt(np.mean(errors**2)), np.median(np.abs(errors))
            print(f"{circuit:11s}{receiver:8s} rms {spread:6.1f} median {middle:6.1f}")


if __name__ == "__main__":
    main()
