"""From positions to laps and quality, or a level of a million samples."""

from __future__ import annotations

import pyarrow.parquet as pq

from telemparse.analysis import align, downsample, find_laps, score, select_for_chart, smooth


def prepare(path: str) -> object:
    """Read the table."""
    return pq.read_table(path)


def run(table: object, what: str) -> dict[str, object]:
    """Do one thing with a table.

    Args:
        table: positions, or inertial samples.
        what: `align`, `smooth`, `laps`, `all` (align, smooth, laps and quality), `downsample` or `chart`.
    """
    if what == "align":
        return {"rows": align(table).table.num_rows}
    if what == "smooth":
        return {"rows": len(smooth(table))}
    if what == "laps":
        return {"rows": len(find_laps(table))}
    if what == "all":
        aligned = align(table).table
        laps = find_laps(aligned)
        score(aligned, laps=laps)
        return {"rows": len(laps)}
    if what == "downsample":
        return {"rows": downsample(table, "ds_50hz").num_rows}
    return {"rows": select_for_chart(table, "ax_mps2", 2000).num_rows}
