"""What must come back as it went: through Parquet, and through the author's own encoder."""

from __future__ import annotations

import tempfile
from typing import TYPE_CHECKING

import numpy as np

from telemparse import writers
from telemparse.kernels.arrays import numpy_view, validity
from telemparse.testing.checks.steadiness import difference
from telemparse.testing.kit import Broken
from telemparse.testing.readings import place_of
from telemparse.testing.strategies import gnss_pvt_tables

if TYPE_CHECKING:
    import pyarrow as pa

    from telemparse.testing.encoding import Encoder
    from telemparse.testing.subject import Subject

__all__ = ["encode_parse_round_trip", "has_encoder", "parquet_round_trip"]

_ALWAYS = ("t", "lat_deg", "lon_deg")
_TURN_DEG = 360.0
_ANGLES = ("lon_deg", "course_deg")


def parquet_round_trip(subject: Subject) -> None:
    """Write the result of every sample and read it back."""
    for sample in subject.samples:
        result = subject.result(sample.files)
        with tempfile.TemporaryDirectory(prefix="telemparse-") as folder:
            try:
                writers.write(result, folder)
                found = difference(result, writers.read(folder))
            except Exception as error:  # noqa: BLE001  (whatever writer and reader cannot bear)
                found = place_of(error)
        if found is not None:
            raise Broken(f"sample {sample.name} does not come back from Parquet as it was: {found}")


def has_encoder(subject: Subject) -> bool:
    """Tell whether the author handed in an encoder."""
    return subject.encoder is not None


def encode_parse_round_trip(subject: Subject) -> None:
    """Write drawn tables with the author's encoder and read them back."""
    encoder = subject.encoder
    if encoder is None:
        raise Broken("there is no encoder")

    def travel(table: pa.Table) -> None:
        result = subject.result(encoder.files(table))
        if "gnss_pvt" not in result.streams:
            codes = ", ".join(issue.code for issue in result.errors) or "no error"
            raise Broken(f"{table.num_rows} fixes were written and no gnss_pvt came back ({codes})")
        _compare(encoder, table, result.streams["gnss_pvt"])

    strategy = gnss_pvt_tables(columns=encoder.columns, step_ns=encoder.step_ns)
    subject.drawn(strategy, travel)


def _compare(encoder: Encoder, written: pa.Table, back: pa.Table) -> None:
    if written.num_rows != back.num_rows:
        raise Broken(f"{written.num_rows} fixes were written and {back.num_rows} came back")
    for name in (*_ALWAYS, *encoder.columns):
        one, other = written.column(name), back.column(name)
        if (validity(one) != validity(other)).any():
            raise Broken(f"{name} is null in other rows than those that were written")
        known = validity(one)
        off = numpy_view(one)[known].astype(np.float64) - numpy_view(other)[known].astype(np.float64)
        if name == "t":  # floats do not hold nanoseconds since 1970
            off = (numpy_view(one) - numpy_view(other)).astype(np.float64)
        if name in _ANGLES:
            off = (off + _TURN_DEG / 2) % _TURN_DEG - _TURN_DEG / 2
        worst = float(np.abs(off).max(initial=0.0))
        if worst > encoder.tolerances.get(name, 0.0):
            raise Broken(f"{name} comes back {worst:g} off, more than {encoder.tolerances.get(name, 0.0):g}")
