"""A table of fixes to write: a million rows of the bench CSV in the canonical schema."""

import numpy as np
import pyarrow as pa
import pyarrow.csv as pc

COLUMNS = {
    "t": ("timestamp", pa.timestamp("ns", tz="UTC")),
    "lat_deg": ("latitude", pa.float64()),
    "lon_deg": ("longitude", pa.float64()),
    "alt_m": ("altitude_m", pa.float64()),
    "speed_mps": ("speed_mps", pa.float32()),
    "course_deg": ("heading_deg", pa.float32()),
    "hdop": ("hdop", pa.float32()),
    "sat_count": ("num_sats", pa.uint8()),
}


def read(path: str) -> pa.Table:
    """Return t, position, altitude, speed, course, hdop, satellites, fix type and flags."""
    types = dict(COLUMNS.values())
    options = pc.ConvertOptions(column_types=types, include_columns=list(types))
    table = pc.read_csv(path, convert_options=options).rename_columns(list(COLUMNS)).combine_chunks()
    table = table.append_column("fix_type", pa.array(np.full(table.num_rows, 3, np.uint8)))
    return table.append_column("quality_flags", pa.array(np.zeros(table.num_rows, np.uint32)))
