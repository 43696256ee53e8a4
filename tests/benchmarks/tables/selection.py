"""Two channels of a hundred: what `channels=` saves where a format knows the places of its channels."""

from __future__ import annotations

from benchmarks.bench import Bench
from benchmarks.logs import CHANNELS, log_input
from benchmarks.values import MB, Bar, Job, Measurement, Section

FILE = log_input(200_000)
HASH = Job("sha256 of the file alone", "hash_file.py", version_of="")
WAYS = ("parse", "convert")
_TWO = ("sensor_007", "Sensor 090")
ALL = {
    way: Job(f"{way}: all {CHANNELS} channels", "telemparse_channels.py", arguments=(way,)) for way in WAYS
}
TWO = {
    way: Job(f"{way}: 2 of {CHANNELS} channels", "telemparse_channels.py", arguments=(way, *_TWO))
    for way in WAYS
}
_MOST_PERCENT = 25


def sections(bench: Bench) -> list[Section]:
    """Read all and two channels of a MoTeC log in turn and return the table."""
    measured = bench.in_turn((HASH, *ALL.values(), *TWO.values()), FILE)
    rows = [
        (
            label,
            run.failure or str(run.facts.get("columns", "")),
            f"{run.cpu_s:.3f}",
            f"{run.peak_bytes / MB:.0f}",
        )
        for label, run in measured.items()
    ]
    note = (
        f"A MoTeC log of {bench.file(FILE).stat().st_size / MB:.0f} MB: {CHANNELS} channels of 200 000"
        " samples. However little is wanted, the whole file is hashed for the provenance, which is most of"
        " what two channels take."
    )
    header = ("what", "columns", "CPU s", "peak MB")
    return [Section("Some channels of many", note, header, tuple(rows), _bars(measured))]


def _bars(measured: dict[str, Measurement]) -> tuple[Bar, ...]:
    if any(run.failure for run in measured.values()):
        return ()
    whole, part = ({way: measured[jobs[way].label].cpu_s for way in WAYS} for jobs in (ALL, TWO))
    return tuple(
        Bar(f"MoTeC LD: CPU of 2 channels of 100, {way}", 100 * part[way] / whole[way], _MOST_PERCENT, "%")
        for way in WAYS
    )
